import { describe, expect, it } from 'vitest';
import type { FindingDraft } from '../../../core/contracts.js';
import { detect } from '../../../core/testing/run.js';
import { expectSoundTexts, renderTexts } from '../../../core/testing/texts.js';
import type { RuleOverflow } from '../../../records/kinds/rule-overflow.js';
import { readRequests } from '../../testing/broken.js';
import type { Request } from '../../testing/requests.js';
import { detector } from './brute-force.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };

const START = 1_700_000_000;

function found(requests: readonly Request[]): readonly FindingDraft[] {
  const { records, traffic } = readRequests(requests);
  return detect(detector, records, {}, [traffic]);
}

const logins = (client: string, count: number, gap: number, changes: Partial<Request> = {}): Request[] =>
  Array.from({ length: count }, (_, index) => ({
    second: START + index * gap,
    client,
    method: 'POST',
    target: '/wp-login.php',
    status: 200,
    ...changes,
  }));

const accepted = (client: string, second: number): Request[] => [
  { second, client, method: 'POST', target: '/wp-login.php', status: 302 },
  { second: second + 1, client, target: '/wp-admin/', status: 200 },
];

describe('floods/brute-force', () => {
  it('tells of passwords tried by one client', () => {
    const findings = found(logins('203.0.113.9', 30, 1));

    expect(findings).toMatchObject([
      {
        severity: 'low',
        confidence: 'high',
        shows: 'site-attack',
        technique: 'T1110',
        values: { clients: 1, tries: 30, client: '203.0.113.9', hasClient: 'yes', isProxy: 'no' },
        reasons: [{ code: 'wordpress', values: { events: 30, clients: 1 } }],
        details: { clients: [{ client: '203.0.113.9', failures: 30, xmlrpc: 0 }], clientsTotal: 1 },
        evidence: [{ evidence: 'e1', path: 'access.log', locator: 'byte 500' }],
      },
    ]);
    expect(findings[0]?.variant).toBeUndefined();
    expect(renderTexts('en', en, { ...rest, ...findings[0]?.values }).title).toBe(
      '203.0.113.9 tried passwords on the site',
    );
  });

  it('tells of a possible intrusion when a login is accepted after at least five refused ones', () => {
    const findings = found([...logins('203.0.113.9', 30, 1), ...accepted('203.0.113.9', START + 40)]);

    expect(findings.map(({ severity, variant }) => `${severity} ${variant}`)).toEqual([
      'low undefined',
      'high success',
    ]);
    expect(findings[1]).toMatchObject({
      confidence: 'medium',
      at: '2023-11-14T22:14:00.000000Z',
      values: {
        client: '203.0.113.9',
        failures: 30,
        successes: 1,
        adminPages: 1,
        burst: 'yes',
        grade: 'high',
        leftOut: 0,
      },
    });
    expect(findings[1]?.evidence.length).toBeGreaterThan(0);
    expect(renderTexts('es', es, { ...rest, ...findings[1]?.values })['variants.success.title']).toBe(
      '203.0.113.9 pudo entrar al sitio después de 30 accesos rechazados',
    );
  });

  it('takes slow tries that end in a login as gravely', () => {
    const findings = found([...logins('203.0.113.9', 40, 600), ...accepted('203.0.113.9', START + 40 * 600)]);

    expect(findings.map(({ severity, variant }) => `${severity} ${variant}`)).toEqual([
      'low undefined',
      'high success',
    ]);
    expect(findings[1]).toMatchObject({ values: { burst: 'no' } });
  });

  it('does not take four refused logins and one accepted for anything', () => {
    expect(found([...logins('203.0.113.9', 4, 20), ...accepted('203.0.113.9', START + 100)])).toEqual([]);
  });

  it('does not ask about an office where people mistype now and then and get in', () => {
    const days = Array.from({ length: 30 }, (_, day) => [
      ...(day % 3 === 0 ? logins('198.51.100.4', 1, 1, { second: START + day * 86_400 }) : []),
      ...accepted('198.51.100.4', START + day * 86_400 + 30),
    ]).flat();

    expect(found(days)).toEqual([]);
  });

  it('sees tries over xmlrpc.php and at pages with a password of the server', () => {
    const [finding] = found([
      ...logins('203.0.113.9', 20, 1, { target: '/xmlrpc.php' }),
      ...logins('203.0.113.10', 20, 1, { method: 'GET', target: '/privado/', status: 401 }),
      ...logins('203.0.113.10', 20, 1, { method: 'GET', target: '/otro/', status: 403 }),
    ]);

    expect(finding).toMatchObject({ values: { clients: 2, hasClient: 'no' } });
    expect(finding?.reasons?.map(({ code }) => code)).toEqual(['xmlrpc', 'basic', 'forbidden']);
  });

  it('sees slow tries and tries spread over many clients', () => {
    const [slow] = found(logins('203.0.113.9', 25, 600));
    expect(slow).toMatchObject({
      confidence: 'medium',
      values: { tries: 25 },
      reasons: [{ code: 'slow', values: { clients: 1, events: 25 } }],
    });

    const spread = Array.from({ length: 100 }, (_, index) => logins(`10.9.0.${index}`, 3, 3_600)).flat();
    expect(found(spread)).toMatchObject([
      {
        severity: 'medium',
        values: { clients: 100, tries: 300 },
        reasons: [{ code: 'spread', values: { clients: 100, events: 300 } }],
      },
    ]);
    expect(found(spread)[0]?.evidence).toEqual([{ evidence: 'e1', path: 'access.log', locator: '' }]);
  });

  it('is graver when there are very many', () => {
    expect(found(logins('203.0.113.9', 1_200, 1))[0]).toMatchObject({ severity: 'medium' });
  });

  it('is silent on readers, on editors, and on pages that are forbidden', () => {
    expect(
      found(
        Array.from({ length: 300 }, (_, index) => ({
          second: START + index,
          client: `10.0.0.${index % 250}`,
          target: '/',
        })),
      ),
    ).toEqual([]);
    expect(
      found([
        ...accepted('198.51.100.4', START),
        ...logins('198.51.100.4', 60, 1, { method: 'GET', target: '/wp-admin/post.php' }),
      ]),
    ).toEqual([]);
    expect(found(logins('198.51.100.4', 60, 1, { method: 'GET', target: '/privado/', status: 403 }))).toEqual(
      [],
    );
    // A program of an editor that writes over xmlrpc.php, slowly.
    expect(
      found([
        ...accepted('198.51.100.4', START),
        ...logins('198.51.100.4', 80, 900, { target: '/xmlrpc.php' }),
      ]),
    ).toEqual([]);
  });

  it('works without counts, and does not depend on the order of records', () => {
    const { records, traffic } = readRequests([
      ...logins('203.0.113.9', 30, 1),
      ...logins('2001:db8::9', 40, 1),
    ]);

    expect(detect(detector, records)).toMatchObject([{ values: { clients: 2, tries: 70 } }]);
    expect(detect(detector, [...records].reverse(), {}, [traffic])).toEqual(
      detect(detector, records, {}, [traffic]),
    );
    const [first] = records as [RuleOverflow];
    expect(detect(detector, [{ ...first, rule: 'example/mine', engine: 'crowdsec' }])[0]?.reasons).toEqual([
      { code: 'rule', values: { rule: 'example/mine', events: first.events, clients: 1 } },
    ]);
  });

  it('says the same in both languages', () => {
    expectSoundTexts(
      { es, en },
      {
        ...rest,
        clients: 1,
        tries: 1,
        events: 1,
        failures: 1,
        successes: 1,
        adminPages: 0,
        leftOut: 0,
        hasClient: 'yes',
      },
      {
        ...rest,
        hasSpan: 'no',
        hasTime: 'no',
        burst: 'no',
        isProxy: 'yes',
        grade: 'medium',
        adminPages: 1,
        leftOut: 1,
      },
      { ...rest, hasSpan: 'no', clients: 2_000, leftOut: 4 },
    );
  });
});

const rest = {
  ...{
    clients: 3,
    tries: 3_000,
    events: 3_000,
    failures: 30,
    successes: 2,
    adminPages: 3,
    leftOut: 0,
    rule: 'a',
  },
  ...{
    client: '203.0.113.9',
    hasClient: 'no',
    hasSpan: 'yes',
    isProxy: 'no',
    burst: 'yes',
    grade: 'high',
    hasTime: 'yes',
  },
  first: { time: '2024-02-12T20:05:33.123456Z' },
  last: { time: '2024-02-12T20:05:33.123456Z' },
  at: { time: '2024-02-12T20:05:33.123456Z' },
};
