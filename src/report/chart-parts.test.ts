import { describe, expect, it } from 'vitest';
import { cutInside } from './chart-parts.js';

describe('labels of figures', () => {
  it('are cut in their middle, and never inside a dot in brackets', () => {
    expect(cutInside('sincroniza[.]example', 20)).toBe('sincroniza[.]example');
    expect(cutInside('sincroniza[.]example', 19)).toBe('sincroniz…example');
    expect(cutInside('abcdefgh[.]ijklmnopqr[.]example', 19)).toBe('abcdefgh…example');
    expect(cutInside('abcdefghijklmnopqrstuvwxyz', 9)).toBe('abcd…wxyz');
  });
});
