import type { Confidence, Severity } from '../core/contracts.js';

/** Severity is a shape, a word and a colour: the shape carries it in print and for those who see no colour. */
export const SEVERITY_MARKS: Readonly<Record<Severity, string>> = {
  critical: '⯃',
  high: '▲',
  medium: '◆',
  low: '○',
  info: '□',
};

/** Inks of the severities on white (contrast at least 7:1); the shape says the same without colour. */
export const SEVERITY_INKS: Readonly<Record<Severity, string>> = {
  critical: '#8a1538',
  high: '#8f3a00',
  medium: '#6b5200',
  low: '#1f5a8a',
  info: '#4a5560',
};

/**
 * The shapes drawn in a square of 16, so that they look the same where no font has them: `outline` is drawn as a line,
 * `fill` is filled.
 */
export const SEVERITY_SHAPES: Readonly<
  Record<Severity, { readonly outline: string; readonly fill: string }>
> = {
  critical: { outline: 'M5 1H11L15 5V11L11 15H5L1 11V5Z', fill: 'M5 1H11L15 5V11L11 15H5L1 11V5Z' },
  high: { outline: 'M8 1.5L15 14.5H1Z', fill: 'M8 1.5L15 14.5H1Z' },
  medium: { outline: 'M8 1L15 8L8 15L1 8Z', fill: 'M8 1V15L1 8Z' },
  low: { outline: 'M2 8A6 6 0 1 1 14 8A6 6 0 1 1 2 8Z', fill: '' },
  info: { outline: 'M2 2H14V14H2Z', fill: '' },
};

/** A severity as a small picture beside its word. */
export function severityPicture(severity: Severity): string {
  const { outline, fill } = SEVERITY_SHAPES[severity];
  const filled = fill === '' ? '' : `<path d="${fill}" fill="currentColor"/>`;
  return `<svg class="mark" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="${outline}" fill="none" stroke="currentColor" stroke-width="2"/>${filled}</svg>`;
}

const BARS: Readonly<Record<Confidence, number>> = { low: 1, medium: 2, high: 3 };

/** Confidence as three bars beside its word. */
export function confidencePicture(confidence: Confidence): string {
  const bars = [0, 1, 2].map((index) => {
    const height = 5 + index * 4;
    const fill = index < BARS[confidence] ? 'currentColor' : 'none';
    return `<rect x="${1 + index * 5}" y="${15 - height}" width="3" height="${height}" fill="${fill}" stroke="currentColor"/>`;
  });
  return `<svg class="mark" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${bars.join('')}</svg>`;
}
