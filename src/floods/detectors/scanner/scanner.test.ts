import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FindingDraft } from '../../../core/contracts.js';
import { detect } from '../../../core/testing/run.js';
import { expectSoundTexts, renderTexts } from '../../../core/testing/texts.js';
import type { RuleOverflow } from '../../../records/kinds/rule-overflow.js';
import { clf } from '../../formats/clf/clf.js';
import { Hit } from '../../hits/hit.js';
import { LINE } from '../../hits/log-format.js';
import { DEFAULT_SCENARIOS } from '../../scenarios/default-scenarios.js';
import { OverflowRecords } from '../../scenarios/overflow-records.js';
import { ScenarioReplay } from '../../scenarios/replay.js';
import { readRequests } from '../../testing/broken.js';
import type { Request } from '../../testing/requests.js';
import { WebTraffic } from '../../traffic/web-traffic.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './scanner.js';

const START = 1_700_000_000;
const SHARED = new URL('../../../../../shared/data/floods/access-logs/', import.meta.url);

function found(requests: readonly Request[]): readonly FindingDraft[] {
  const { records, traffic } = readRequests(requests);
  return detect(detector, records, {}, [traffic]);
}

const probes = (client: string, count: number, changes: Partial<Request> = {}): Request[] =>
  Array.from({ length: count }, (_, index) => ({
    second: START + index / 2,
    client,
    target: `/no-${index}`,
    status: 404,
    ...changes,
  }));

const readers = (count: number): Request[] =>
  Array.from({ length: count }, (_, index) => ({
    second: START + index,
    client: `10.0.${index >> 8}.${index & 255}`,
    target: '/noticias/una-nota/',
  }));

describe('floods/scanner', () => {
  it('tells of one client that looks for holes, and that it is no denial of service', () => {
    const [finding, ...others] = found([
      ...readers(200),
      ...probes('203.0.113.9', 60),
      ...['/.env', '/.git/config', '/backup.sql', '/a.bak', '/wp-config.php.bak'].map((target, index) => ({
        second: START + 40 + index / 10,
        client: '203.0.113.9',
        target,
        status: 404,
      })),
    ]);

    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'low',
      confidence: 'high',
      shows: 'site-attack',
      technique: 'T1595',
      variant: 'one',
      values: { client: '203.0.113.9', clients: 1, isProxy: 'no' },
      details: {
        clients: [{ client: '203.0.113.9', hits: 65, rules: { 'http-probing': 65, 'sensitive-files': 5 } }],
        clientsTotal: 1,
      },
    });
    expect(finding?.reasons?.map(({ code }) => code)).toEqual(['sensitive', 'probing']);
    expect(finding?.evidence).toEqual([{ evidence: 'e1', path: 'access.log', locator: 'byte 21000' }]);
    const text = renderTexts('es', es, { ...rest, ...finding?.values });
    expect(text['variants.one.title']).toBe('Un cliente buscó fallas en el sitio: 203.0.113.9');
    expect(text['variants.one.explanation']).toContain('no una denegación de servicio');
  });

  it('puts several together, most requests first, whatever the order of the records', () => {
    const { records, traffic } = readRequests([
      ...probes('203.0.113.1', 60),
      ...probes('203.0.113.2', 80),
      ...probes('2001:db8::3', 70),
    ]);
    const [finding] = detect(detector, records, {}, [traffic]);

    expect(finding).toMatchObject({ severity: 'low', values: { clients: 3, events: 210 } });
    expect(finding?.variant).toBeUndefined();
    expect(finding?.details).toMatchObject({
      clients: [
        { client: '203.0.113.2', hits: 80 },
        { client: '2001:db8::3', hits: 70 },
        { client: '203.0.113.1', hits: 60 },
      ],
    });
    expect(detect(detector, [...records].reverse(), {}, [traffic])).toEqual([finding]);
  });

  it('says when files were answered that should not be given away', () => {
    const [finding] = found(
      ['/.env', '/.git/config', '/backup.sql', '/a.bak', '/db.zip', '/old.sql'].map((target, index) => ({
        second: START + index / 10,
        client: '203.0.113.9',
        target,
        status: target === '/.env' ? 200 : 404,
      })),
    );

    expect(finding?.severity).toBe('medium');
    expect(finding?.reasons?.[0]).toMatchObject({ code: 'answered', values: { events: 1 } });
  });

  it('says when one client alone is a burden', () => {
    const [finding] = found([...readers(200), ...probes('203.0.113.9', 1_500)]);

    expect(finding?.severity).toBe('medium');
    expect(finding?.reasons?.find(({ code }) => code === 'heavy')?.values).toEqual({
      client: '203.0.113.9',
      hits: 1_500,
      percent: 88,
    });
  });

  it('sees who takes time', () => {
    const slow = Array.from({ length: 150 }, (_, index) => ({
      second: START + index * 120,
      client: '203.0.113.9',
      target: `/no-${index}`,
      status: index % 3 === 0 ? 200 : 404,
    }));
    const [finding] = found([...readers(50), ...slow]);

    expect(finding).toMatchObject({
      severity: 'low',
      confidence: 'medium',
      variant: 'one',
      values: { client: '203.0.113.9', events: 100 },
    });
    expect(finding?.reasons).toEqual([{ code: 'slow', values: { clients: 1 } }]);
    expect(finding?.evidence).toHaveLength(1);
  });

  it('says less of few addresses that are not there and nothing else: readers of a site with broken links make them too', () => {
    expect(found(probes('203.0.113.9', 12))).toMatchObject([{ severity: 'info', confidence: 'low' }]);
  });

  it('says of the address of a proxy that others may be behind it', () => {
    expect(found(probes('192.168.4.25', 60))[0]).toMatchObject({
      confidence: 'medium',
      values: { isProxy: 'yes' },
    });
  });

  it('is silent on readers, search engines by their address, rules that let in, and other behaviours', () => {
    expect(found(readers(500))).toEqual([]);
    // A published address of Googlebot's range.
    expect(found(probes('66.249.66.1', 60))).toEqual([]);
    const record = readRequests(probes('203.0.113.9', 60)).records[0] as RuleOverflow;
    expect(detect(detector, [{ ...record, decision: 'allow' }])).toEqual([]);
    expect(
      detect(detector, [
        { ...record, behaviour: 'http:dos' },
        { ...record, behaviour: null },
      ]),
    ).toEqual([]);
    expect(detect(detector, [{ ...record, client: null }])).toEqual([]);
  });

  it('names rules of others', () => {
    const record = readRequests(probes('203.0.113.9', 60)).records[0] as RuleOverflow;
    const [finding] = detect(detector, [
      { ...record, rule: 'example/mine', ruleSet: 'mine.yaml', engine: 'crowdsec' },
    ]);

    expect(finding?.reasons).toEqual([
      { code: 'rule', values: { rule: 'example/mine', events: 60, clients: 1 } },
    ]);
  });

  it('says the same in both languages', () => {
    expectSoundTexts(
      { es, en },
      { ...rest, clients: 1, events: 1, hasSpan: 'yes', isProxy: 'yes', isAbout: 'no' },
      { ...rest, clients: 20, events: 2_000, hasSpan: 'no', isProxy: 'no', isAbout: 'yes' },
    );
  });
});

const rest = {
  ...{ client: '203.0.113.9', clients: 2, events: 30, hasSpan: 'yes', isProxy: 'no', isAbout: 'no' },
  first: { time: '2024-02-12T20:05:33.123456Z' },
  last: { time: '2024-02-12T20:05:33.123456Z' },
  ...{ rule: 'a', paths: { list: ['/a', '/b'] }, percent: 30, hits: 2_000 },
};

describe.skipIf(!existsSync(SHARED))(
  'floods/scanner on published samples (skipped without ../shared)',
  () => {
    it.each([
      ['acunetix-scan.quoted.txt', 'medium'],
      ['hub-http-probing.apache-common.log', 'low'],
      ['hub-nginx-malformed.log', 'info'],
    ])('%s: one finding about one client', (name, severity) => {
      const place = { evidence: 'e1', path: name };
      const traffic = new WebTraffic();
      const source = traffic.startSource(place);
      const overflows = new OverflowRecords(place);
      const replay = new ScenarioReplay(DEFAULT_SCENARIOS, (overflow) => overflows.add(overflow));
      const log = readFileSync(new URL(name, SHARED));
      const format = clf.open();
      const hit = new Hit();
      let lines = 0;
      for (let start = 0; start < log.length; ) {
        const feed = log.indexOf(10, start);
        const end = feed === -1 ? log.length : feed;
        if (end > start && format.parse(log, start, end, hit) === LINE.hit) {
          lines += 1;
          traffic.hit(hit);
          replay.hit(hit);
        }
        start = end + 1;
      }
      traffic.endSource(source, { lines, unparsed: 0, formats: new Map() });

      expect(detect(detector, overflows.end(), {}, [traffic])).toMatchObject([
        { severity, variant: 'one', values: { clients: 1 } },
      ]);
    });
  },
);
