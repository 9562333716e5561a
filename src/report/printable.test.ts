import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from './printable.js';
import { anyText, LIVE_LINK, UNPRINTABLE } from './testing/documents.js';

describe('a text made safe to print', () => {
  it('shows hidden characters and defangs addresses', () => {
    expect(printable('a\u202eb http://example.org/x\n\u001b[2J')).toBe(
      'a⟨U+202E⟩b hxxp://example[.]org/x ⟨U+001B⟩[2J',
    );
  });

  it('keeps accents, emoji and other scripts as they are', () => {
    expect(printable('¿Qué pasó, Ñandú? 漢字 👩‍👩‍👧‍👦')).toBe('¿Qué pasó, Ñandú? 漢字 👩‍👩‍👧‍👦');
  });

  it('cuts, never through the middle of a character', () => {
    expect(printable('aé👍b', 4)).toBe('aé…');
    expect(printable('x'.repeat(10_000_000))).toHaveLength(4_000);
  });

  it('is harmless for any text, and the same when applied twice', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        const text = printable(a + b, 60);

        expect(text.length).toBeLessThanOrEqual(60);
        expect(text).not.toMatch(UNPRINTABLE);
        expect(text).not.toMatch(LIVE_LINK);
        expect(text).not.toContain('\n');
        expect(printable(text, 60)).toBe(text);
      }),
    );
  });
});
