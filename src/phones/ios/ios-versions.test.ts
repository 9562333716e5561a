import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newerVersionFor } from './ios-versions.js';

describe('newest version for a device', () => {
  it.each([
    ['14.3', 'iPhone9,3', { version: '15.8.8', fitsModel: true }],
    ['15.8.8', 'iPhone9,3', null],
    ['18.7.9', 'iPhone11,8', { version: '18.7.10', fitsModel: true }],
    ['18.7.10', 'iPhone11,8', null],
    ['18.7.10', 'iPhone16,1', { version: '27.0.1', fitsModel: false }],
    ['26.3', 'iPhone16,1', { version: '26.7.1', fitsModel: true }],
    ['26.7.1', 'iPhone16,1', null],
    ['17.7.11', 'iPad7,5', null],
    ['18.7.10', 'iPad7,11', null],
    ['17.4.1', null, { version: '27.0.1', fitsModel: false }],
    // What came after the table is not old.
    ['27.1', 'iPhone16,1', null],
    ['28.0', 'iPhone16,1', null],
    ['16.7.16 (a)', 'iPhone10,6', null],
    ['unknown', 'iPhone10,6', null],
    ['', null, null],
  ])('%s on %s: %o', (version, model, expected) => {
    expect(newerVersionFor(version, model)).toEqual(expected);
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.string()), (version, model) => {
        newerVersionFor(version, model);
      }),
    );
  });
});
