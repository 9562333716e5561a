import { describe, expect, it } from 'vitest';
import { detect } from '../../../core/testing/run.js';
import { expectSoundTexts, renderTexts } from '../../../core/testing/texts.js';
import type { RuleOverflow } from '../../../records/kinds/rule-overflow.js';
import { readRequests } from '../../testing/broken.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './rules.js';

const START = 1_700_000_000;

const own = (client: string): RuleOverflow[] =>
  readRequests(
    Array.from({ length: 45 }, (_, index) => ({
      second: START + index / 10,
      client,
      target: `/?${1_234_567 + index}`,
    })),
  ).records;
const agents = (client: string): RuleOverflow[] =>
  readRequests(
    Array.from({ length: 12 }, (_, index) => ({
      second: START + index,
      client,
      agent: `Mozilla/5.0 (${index})`,
    })),
  ).records;
const given = (record: RuleOverflow, changes: Partial<RuleOverflow> = {}): RuleOverflow => ({
  ...record,
  ...{ rule: 'example/mine', ruleSet: 'mine.yaml', engine: 'crowdsec', behaviour: null },
  ...changes,
});

describe('floods/rules', () => {
  it('tells of requests in the manner of tools', () => {
    expect(detect(detector, own('203.0.113.9'))).toMatchObject([
      {
        severity: 'low',
        confidence: 'medium',
        values: { rules: 1, clients: 1 },
        reasons: [{ code: 'cache', values: { clients: 1, events: 45 } }],
        evidence: [{ evidence: 'e1', path: 'access.log' }],
      },
    ]);
  });

  it('makes little of many user agents at one address', () => {
    expect(detect(detector, agents('203.0.113.9'))).toMatchObject([
      { severity: 'info', confidence: 'low', shows: 'oddity', reasons: [{ code: 'agents' }] },
    ]);
  });

  it('lists the rules that were given, whatever they are about', () => {
    const [first] = own('203.0.113.9') as [RuleOverflow];
    const findings = detect(detector, [
      given(first),
      given(first, { key: '203.0.113.10', client: '203.0.113.10' }),
      given(first, {
        rule: 'all',
        ruleSet: 'banjax.yaml',
        engine: 'banjax',
        decision: 'challenge',
        events: 900,
      }),
    ]);

    expect(findings).toMatchObject([
      {
        severity: 'info',
        variant: 'given',
        values: { rules: 2, clients: 2 },
        reasons: [
          { code: 'given', values: { rule: 'all', decision: 'challenge', hasDecision: 'yes', clients: 1 } },
          {
            code: 'given',
            values: { rule: 'example/mine', file: 'mine.yaml', hasDecision: 'no', clients: 2, overflows: 2 },
          },
        ],
      },
    ]);
    expect(renderTexts('es', es, { ...rest, ...findings[0]?.values })['variants.given.title']).toBe(
      'El registro rompe 2 reglas de las que se dieron',
    );
  });

  it('leaves holes and passwords to others, and does not depend on the order', () => {
    const scan = readRequests(
      Array.from({ length: 60 }, (_, index) => ({
        second: START + index,
        client: '203.0.113.9',
        target: `/no-${index}`,
        status: 404,
      })),
    ).records;
    const all = [
      ...own('203.0.113.1'),
      ...agents('203.0.113.2'),
      ...own('203.0.113.3').map((one) => given(one)),
    ];

    expect(detect(detector, scan)).toEqual([]);
    expect(detect(detector, [])).toEqual([]);
    expect(detect(detector, [...all].reverse())).toEqual(detect(detector, all));
  });

  it('says the same in both languages', () => {
    expectSoundTexts({ es, en }, rest, {
      ...rest,
      rules: 1,
      clients: 1,
      events: 1,
      overflows: 1,
      isAbout: 'yes',
      hasSpan: 'no',
      leftOut: 1,
      hasDecision: 'yes',
    });
  });
});

const rest = {
  ...{ rules: 3, clients: 20, events: 3_000, overflows: 40, isAbout: 'no', hasSpan: 'yes', leftOut: 0 },
  ...{ rule: 'a', file: 'a.yaml', decision: 'challenge', hasDecision: 'no' },
  first: { time: '2024-02-12T20:05:33.123456Z' },
  last: { time: '2024-02-12T20:05:33.123456Z' },
};
