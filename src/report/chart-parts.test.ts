import { describe, expect, it } from 'vitest';
import { cutInside, narrowAxisTicks } from './chart-parts.js';

describe('labels of figures', () => {
  it('have room beside each other, also with seconds', () => {
    const from = new Date('2026-03-02T10:42:32Z');
    const later = (seconds: number): Date => new Date(from.getTime() + seconds * 1000);

    expect(narrowAxisTicks(from, later(48)).map((tick) => tick.toISOString().slice(14, 19))).toEqual([
      '43:00',
    ]);
    for (const seconds of [1, 7, 48, 120, 299])
      expect(narrowAxisTicks(from, later(seconds)).length).toBeLessThanOrEqual(2);
    expect(narrowAxisTicks(from, later(3 * 3600)).map((tick) => tick.toISOString().slice(11, 16))).toEqual([
      ...['11:00', '12:00', '13:00'],
    ]);
  });

  it('are cut in their middle, and never inside a dot in brackets', () => {
    expect(cutInside('sincroniza[.]example', 20)).toBe('sincroniza[.]example');
    expect(cutInside('sincroniza[.]example', 19)).toBe('sincroniz…example');
    expect(cutInside('abcdefgh[.]ijklmnopqr[.]example', 19)).toBe('abcdefgh…example');
    expect(cutInside('abcdefghijklmnopqrstuvwxyz', 9)).toBe('abcd…wxyz');
  });
});
