import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeAttributedBody } from '../../../../fixtures/attributed-body.js';
import { writeBinaryPlist } from '../../../../fixtures/binary-plist.js';
import { readEditHistory } from './edit-history.js';

describe('the history of an edited message', () => {
  it('gives every version, oldest first', () => {
    const summary = writeBinaryPlist({
      ust: true,
      ec: {
        0: [
          {
            d: 757_393_445.006,
            t: writeAttributedBody('see https://lure.example/1', { link: 'https://lure.example/1' }),
          },
          { d: 757_393_460.5, t: writeAttributedBody('sorry, wrong person') },
        ],
      },
    });

    expect(readEditHistory(summary)).toEqual({
      texts: ['see https://lure.example/1', 'sorry, wrong person'],
      links: ['https://lure.example/1'],
      complete: true,
    });
  });

  it('gives nothing for messages never edited', () => {
    expect(readEditHistory(writeBinaryPlist({ ust: true }))).toBeNull();
  });

  it('says when a version or the whole could not be read', () => {
    const summary = writeBinaryPlist({ ec: { 0: [{ t: new Uint8Array([1, 2, 3]) }, { d: 1 }, 'x'] } });

    expect(readEditHistory(summary)).toEqual({ texts: [], links: [], complete: false });
    expect(readEditHistory(Buffer.from('bplist00ec'))).toEqual({ texts: [], links: [], complete: false });
  });

  it('survives any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readEditHistory(bytes)));
  });
});
