import type { Translator } from '../../../src/core/language.js';

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** Bytes as people read them: `12.4 GB`, in steps of 1,000. */
export function sizeWords(bytes: number, t: Translator): string {
  const step = bytes < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** step;
  return `${t.number(step === 0 || value >= 100 ? Math.round(value) : Math.round(value * 10) / 10)} ${UNITS[step]}`;
}
