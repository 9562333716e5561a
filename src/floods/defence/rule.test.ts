import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hit } from '../hits/hit.js';
import { hitOf } from '../testing/requests.js';
import {
  agentPattern,
  type Condition,
  compileCondition,
  isPlain,
  literalPattern,
  plainPiece,
  targetPattern,
} from './rule.js';

const fits = (condition: Exclude<Condition, { on: 'client' }>, hit: Hit): boolean =>
  compileCondition(condition)(hit);
const at = (target: string, agent = 'x'): Hit => hitOf({ second: 0, client: '192.0.2.1', target, agent });

describe('a condition', () => {
  it('on a path takes digits and any segment where the template says so', () => {
    const path: Condition = { on: 'path', template: '/noticias/#/*' };

    expect(fits(path, at('/noticias/2024/algo?x=1'))).toBe(true);
    expect(fits(path, at('/noticias/abc/algo'))).toBe(false);
    expect(fits(path, at('/noticias/2024/'))).toBe(false);
    expect(fits(path, at('/noticias/2024/a/b'))).toBe(false);
    expect(fits(path, at('/noticias/2024'))).toBe(false);
  });

  it('on a query compares names and kinds of values', () => {
    const search: Condition = { on: 'query', how: 'is', template: 's=*' };
    const buster: Condition = { on: 'query', how: 'is', template: '#' };

    expect(fits(search, at('/?s=algo+m%C3%A1s'))).toBe(true);
    expect(fits(search, at('/?s='))).toBe(false);
    expect(fits(search, at('/?s=a&p=2'))).toBe(false);
    expect(fits(search, at('/'))).toBe(false);
    expect(fits(buster, at('/?1496275200'))).toBe(true);
    expect(fits(buster, at('/?v=1496275200'))).toBe(false);
  });

  it('on the name of a parameter takes it first or after others', () => {
    const search: Condition = { on: 'query', how: 'has', name: 's' };

    expect(fits(search, at('/?s=a'))).toBe(true);
    expect(fits(search, at('/?p=2&s=a'))).toBe(true);
    expect(fits(search, at('/?ss=a'))).toBe(false);
    expect(fits(search, at('/?p=s'))).toBe(false);
  });

  it('on an agent minds capitals', () => {
    const agent: Condition = { on: 'agent', how: 'contains', text: 'verifying pingback from' };

    expect(fits(agent, at('/', 'WordPress/4.7; https://b.example; verifying pingback from 1'))).toBe(true);
    expect(fits(agent, at('/', 'Verifying pingback from'))).toBe(false);
    expect(fits({ on: 'agent', how: 'none' }, at('/', '-'))).toBe(true);
  });
});

const plain = fc.stringMatching(/^[\x20-\x5b\x5d-\x7e]{1,40}$/);
const hostile = fc.oneof(
  plain,
  fc.constantFrom(
    '$(id)',
    '";}#',
    "'; drop",
    '\u0024{HOME}',
    '%{ENV:X}',
    '`x`',
    '{$PATH}',
    '<HOST>',
    'a)|(b',
    '.*',
    '[',
    '^',
  ),
);

describe('a pattern', () => {
  it('means a text literally, whatever is in it', () => {
    fc.assert(
      fc.property(hostile, hostile, (text, other) => {
        const pattern = new RegExp(`^${literalPattern(text)}$`);
        expect(pattern.test(text)).toBe(true);
        expect(pattern.test(other)).toBe(text === other);
      }),
    );
  });

  it('holds nothing that the languages around it give a meaning to', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(literalPattern(text)).not.toMatch(/["'`${};#%<>]|\\[a-wyz]/);
      }),
    );
  });

  it('refuses what is no printable ASCII', () => {
    expect(() => literalPattern('a\nb')).toThrow(RangeError);
    expect(isPlain('a\nb')).toBe(false);
    expect(isPlain('a\\x22b')).toBe(false);
  });

  it('of an agent decides as the condition does', () => {
    fc.assert(
      fc.property(
        hostile,
        hostile,
        fc.constantFrom('is', 'starts', 'contains'),
        fc.nat(3),
        (text, other, how, mode) => {
          const agent = [other, text, `${other}${text}`, `${text}${other}`][mode] as string;
          if (agent === '-' || agent === '') return;
          const condition = { on: 'agent', how: how as 'is', text } as const;
          expect(new RegExp(agentPattern(condition) ?? '').test(agent)).toBe(fits(condition, at('/', agent)));
        },
      ),
    );
  });

  it('of a target decides as the conditions do', () => {
    const segment = fc.oneof(
      fc.constantFrom('#', '*', 'a', '12', ''),
      fc.stringMatching(/^[a-z0-9.$()"{}'-]{1,6}$/),
    );
    const parameter = fc
      .tuple(segment, fc.constantFrom('', '=', '=#', '=*', '=a'))
      .map((parts) => parts.join(''));
    const concrete = (template: string): string => template.replaceAll('#', '7').replaceAll('*', 'zz');
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1, maxLength: 3 }),
        fc.option(fc.array(parameter, { minLength: 1, maxLength: 3 }), { nil: null }),
        fc.option(fc.constantFrom('s', 'p', 'a.b'), { nil: null }),
        fc.constantFrom('', '?', '?s=1', '?p=s&s=2', '?a=1', '/x', '?7', '?zz=zz'),
        fc.boolean(),
        (segments, query, name, tail, isOwn) => {
          const path = `/${segments.join('/')}`;
          const conditions: Condition[] = [{ on: 'path', template: path }];
          if (query !== null) conditions.push({ on: 'query', how: 'is', template: query.join('&') });
          else if (name !== null) conditions.push({ on: 'query', how: 'has', name });
          const target = `${concrete(path)}${isOwn && query !== null ? `?${concrete(query.join('&'))}` : tail}`;
          const expected = conditions.every((condition) =>
            condition.on === 'client' ? true : fits(condition, at(target)),
          );
          expect(new RegExp(targetPattern(conditions) ?? '').test(target), target).toBe(expected);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the plain piece of a text', () => {
  it('leaves out what the log had to write differently', () => {
    expect(plainPiece('bot\\x22evil piece here\\x0d')).toBe('evil piece here');
    expect(plainPiece('\\"')).toBe('');
    expect(plainPiece('naïve agent')).toBe('ve agent');
  });
});
