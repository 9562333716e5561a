import { describe, expect, it } from 'vitest';
import { installerKindOf, isApples } from './known-installers.js';

describe('known installers', () => {
  it.each([
    ['com.apple.AppStore', 'ordinary'],
    ['dmd', 'ordinary'],
    ['com.apple.MobileSMS', 'apple'],
    ['com.example.market', 'other'],
    ['com.appleton.market', 'other'],
    ['', 'other'],
  ] as const)('%s is %s', (installer, kind) => {
    expect(installerKindOf(installer)).toBe(kind);
  });

  it('knows Apple by the whole first part of an id', () => {
    expect(isApples('com.apple.mobilesafari')).toBe(true);
    expect(isApples('com.applefake.x')).toBe(false);
  });
});
