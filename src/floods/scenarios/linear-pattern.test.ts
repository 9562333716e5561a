import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinearPattern, MAX_TEXT, PatternError } from './linear-pattern.js';

const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');
const fits = (pattern: string, text: string): boolean => new LinearPattern(pattern).test(bytesOf(text));

describe('a linear pattern', () => {
  it.each([
    ['abc', 'xxabcxx', true],
    ['^abc$', 'xabc', false],
    ['^abc$', 'abc\n', false],
    ['(?m)^abc$', 'x\nabc\ny', true],
    ['a|b|', 'zzz', true],
    ['^(?:GET|POST) /', 'POST /a', true],
    ['(?i)UNION', 'uNiOn', true],
    ['(?i:a)b', 'Ab', true],
    ['(?i:a)b', 'AB', false],
    ['a(?i)b', 'aB', true],
    ['[^/]+\\.php$', '/a/b.php', true],
    ['^[a-c\\d_-]+$', 'b7_-', true],
    ['[[:upper:]]{3}', 'abCDE', true],
    ['[[:^upper:]]', 'ABC', false],
    ['^[]a]+$', ']a]', true],
    ['^[^]a]$', 'b', true],
    ['\\bwp\\b', 'a wp-login', true],
    ['\\bwp\\b', 'awp-login', false],
    ['\\Bp', 'wp', true],
    ['a{2,3}$', 'baaaa', true],
    ['^a{2,3}$', 'aaaa', false],
    ['^a{2}$', 'aa', true],
    ['^a{2,}$', 'aaaaa', true],
    ['a{,3}', 'a{,3}', true],
    ['x{', 'x{', true],
    ['^.$', '\n', false],
    ['(?s)^.$', '\n', true],
    ['\\x41\\x{42}', 'AB', true],
    ['año', 'un año', true],
    ['\\Q.*\\E', 'a.*b', true],
    ['(?P<name>a)(?<other>b)', 'ab', true],
    ['\\.(?:env|git)', '/.env', true],
    ['^$', '', true],
    ['a+?b*?', 'a', true],
    ['\\w+\\s\\d', 'ab 1', true],
    ['^\\W\\S\\D$', '-a-', true],
    ['(a*)*b', 'aaab', true],
  ])('%s against %j: %s', (pattern, text, expected) => {
    expect(fits(pattern, text)).toBe(expected);
  });

  it.each([
    '(?=a)',
    '(?!a)',
    '(?<=a)',
    '(?<!a)',
    '(?>a)',
    '(a)\\1',
    'a++',
    'a**',
    '*a',
    '(a',
    'a)',
    '[a',
    '[b-a]',
    'a\\',
    '\\p{L}',
    'a{1001}',
    'a{3,2}',
    '(?x)a',
    '[á]',
    '((a{1000}){1000})',
    '((){1000}){1000}',
    '\\x{110000}',
    '[[:nothing:]]',
    `${'('.repeat(200)}a${')'.repeat(200)}`,
  ])('refuses %s', (pattern) => {
    expect(() => new LinearPattern(pattern)).toThrow(PatternError);
  });

  it.each([
    ['(a+)+$', `${'a'.repeat(50_000)}b`],
    ['(a|aa)+$', `${'a'.repeat(50_000)}b`],
    ['(?:a|b|ab)*c', 'ab'.repeat(50_000)],
    ['(.*)(.*)(.*)(.*)(.*)x$', 'y'.repeat(50_000)],
    ['a.{200}b', 'a'.repeat(50_000)],
    ['(x+x+)+y', 'x'.repeat(50_000)],
  ])('is quick where others take for ever: %s', (pattern, text) => {
    const started = performance.now();

    expect(new LinearPattern(pattern).test(text)).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('looks at the beginning of a long text only', () => {
    expect(fits('b', `${'a'.repeat(MAX_TEXT)}b`)).toBe(false);
    expect(fits('b', `${'a'.repeat(MAX_TEXT - 1)}b`)).toBe(true);
  });

  it('knows which texts cannot fit', () => {
    const dot = new Set([0x2e]);

    expect(new LinearPattern('\\.php$').canFitWithout(dot)).toBe(false);
    expect(new LinearPattern('\\.php$|^/admin').canFitWithout(dot)).toBe(true);
    expect(new LinearPattern('a.c').canFitWithout(dot)).toBe(true);
    expect(new LinearPattern('\\.{2}/').canFitWithout(new Set(), dot)).toBe(false);
    expect(new LinearPattern('\\.a\\.').canFitWithout(new Set(), dot)).toBe(true);
    expect(new LinearPattern('').canFitWithout(dot)).toBe(true);
  });

  // JavaScript's own expressions are the oracle for what both understand.
  const atom = fc.constantFrom(
    'a',
    'b',
    '.',
    '[ab]',
    '[^a]',
    '\\d',
    '\\w',
    'x',
    '\\b',
    '^',
    '$',
    '(?:ab|b)',
    '(?:a|)',
    '\\B',
  );
  const piece = fc
    .tuple(atom, fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,2}'))
    .map(([one, times]) => (/^(?:\\[bB]|\^|\$)$/.test(one) ? one : one + times));
  const sequence = fc.array(piece, { maxLength: 5 }).map((parts) => parts.join(''));
  const pattern = fc.array(sequence, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|'));

  it('says the same as a regular expression of JavaScript', () => {
    fc.assert(
      fc.property(
        pattern,
        fc.array(fc.constantFrom('a', 'b', 'x', '1', ' ', '.'), { maxLength: 12 }),
        (source, letters) => {
          const text = letters.join('');
          expect(`${source} ${text} ${new LinearPattern(source).test(text)}`).toBe(
            `${source} ${text} ${new RegExp(source).test(text)}`,
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('never says that a text cannot fit which does', () => {
    const dots = new Set([0x2e]);
    const marks = new Set([0x78]);
    fc.assert(
      fc.property(
        fc.constantFrom('a', 'b', 'x', '\\.').chain((first) => pattern.map((rest) => `${first}${rest}`)),
        fc.array(fc.constantFrom('a', 'b', 'x', '1', '.'), { maxLength: 8 }),
        (source, letters) => {
          const text = letters.join('');
          const made = new LinearPattern(source);
          if (!text.includes('x') && !text.includes('..') && made.test(text)) {
            expect(made.canFitWithout(marks, dots)).toBe(true);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('takes any pattern and any text, or refuses the pattern', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.string({ unit: 'binary', maxLength: 200 }),
        (source, text) => {
          try {
            new LinearPattern(source).test(bytesOf(text));
          } catch (error) {
            expect(error).toBeInstanceOf(PatternError);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
