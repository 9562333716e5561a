import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = css.split('[data-mantine-color-scheme="dark"]');

function tokens(part: string): Record<string, string> {
  return Object.fromEntries(
    [...part.matchAll(/--v-([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name, colour]),
  );
}

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const READ = ['text', 'muted', 'accent', 'critical', 'high', 'medium', 'low', 'info', 'done'];
const SEEN = ['border', 'focus', 'chart-1', 'chart-2', 'chart-3', 'chart-4', 'chart-5'];

describe.each([
  ['light', tokens(light)],
  ['dark', tokens(dark)],
])('the %s palette', (_, palette) => {
  const surfaces = ['surface', 'surface-2', 'surface-3'].map((name) => palette[name] ?? '');

  it.each(READ)('%s is read on every surface: 4.5 to 1 (WCAG 1.4.3)', (name) => {
    for (const surface of surfaces)
      expect(contrast(palette[name] ?? '', surface)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SEEN)('%s is seen on every surface: 3 to 1 (WCAG 1.4.11)', (name) => {
    for (const surface of surfaces) expect(contrast(palette[name] ?? '', surface)).toBeGreaterThanOrEqual(3);
  });

  it('what is written on the accent is read', () => {
    expect(contrast(palette['on-accent'] ?? '', palette.accent ?? '')).toBeGreaterThanOrEqual(4.5);
  });
});
