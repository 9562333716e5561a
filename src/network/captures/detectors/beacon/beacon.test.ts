import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvidenceRecord, FindingDraft } from '../../../../core/contracts.js';
import { detect, readAll } from '../../../../core/testing/run.js';
import { expectSoundTexts, renderTexts } from '../../../../core/testing/texts.js';
import { memoryEvidence } from '../../../../evidence/testing/memory-source.js';
import type { Dns } from '../../../../records/kinds/dns.js';
import type { Flow } from '../../../../records/kinds/flow.js';
import type { Http } from '../../../../records/kinds/http.js';
import type { Tls } from '../../../../records/kinds/tls.js';
import { reader } from '../../readers/pcap/pcap.js';
import { dns, flow, frame, http, momentAt, tls } from '../../testing/traffic.js';
import { detector } from './beacon.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };

type Watched = Flow | Tls | Http | Dns;

const find = (records: readonly Watched[]): readonly FindingDraft[] =>
  detect(detector, records as readonly (Watched & EvidenceRecord)[]);

/** Numbers from 0 to 1 that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Connections that begin at these seconds. */
const flowsAt = (seconds: readonly number[], part: Partial<Flow> = {}): Flow[] =>
  seconds.map((second, index) =>
    flow({ at: momentAt(second), source: frame(100 + index), lastFrame: null, ...part }),
  );
const startsWith = (count: number, gap: () => number): number[] => {
  const starts = [0];
  while (starts.length < count) starts.push((starts.at(-1) ?? 0) + gap());
  return starts;
};
const every = (seconds: number, count: number): number[] => startsWith(count, () => seconds);
/** The beginning and the end of a capture of so many hours, by connections to somewhere else. */
const span = (hours: number): Flow[] =>
  flowsAt([0, hours * 3600], { serverAddress: '198.51.100.200', serverNames: ['other.example'] });

describe('contact at even intervals', () => {
  it('is found, with its interval, its packets and a picture', () => {
    const [found, ...others] = find([
      ...span(24),
      ...flowsAt(every(3600, 24), { serverNames: ['c2.example'], application: 'tls' }),
    ]);

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'medium',
      confidence: 'medium',
      at: momentAt(0),
      values: {
        host: { link: 'c2.example' },
        starts: 24,
        interval: 60,
        intervalUnit: 'minutes',
        isShort: 'no',
      },
      details: {
        device: '192.168.43.17',
        host: 'c2.example',
        addresses: ['203.0.113.10'],
        ports: [443],
        starts: 24,
        firstAt: momentAt(0),
        lastAt: momentAt(23 * 3600),
        intervalSeconds: 3600,
        deviationSeconds: 0,
        counted: 'connections',
        captureSeconds: 86_400,
        scores: { timing: 1, size: 1, duration: 1, histogram: 1, total: 1 },
      },
      picture: {
        kind: 'intervals',
        from: momentAt(0),
        to: momentAt(86_400),
        rows: [{ label: 'c2.example', intervalSeconds: 3600, severity: 'medium' }],
      },
    });
    expect(found?.evidence.slice(0, 2)).toEqual([frame(100), frame(101)]);
    expect(found?.reasons?.map(({ code, points }) => [code, points])).toEqual([
      ['timing', 25],
      ['size', 25],
      ['duration', 25],
      ['histogram', 25],
    ]);
    expect(renderTexts('es', { title: es.title }, found?.values ?? {}).title).toBe(
      '192.168.43.17 se conectó con c2[.]example 24 veces, cada 60 minutos más o menos',
    );
  });

  it('is found with jitter, also in a short capture, and is then of low severity', () => {
    const random = numbers(7);
    const starts = startsWith(60, () => 60 * (0.8 + 0.4 * random()));
    const [found, ...others] = find(flowsAt(starts, { serverNames: ['c2.example'] }));

    expect(others).toEqual([]);
    expect(found).toMatchObject({ severity: 'low', values: { isShort: 'yes', intervalUnit: 'seconds' } });
    expect(Number(found?.values.interval)).toBeGreaterThan(50);
    expect(Number(found?.values.interval)).toBeLessThan(70);
    expect(found?.reasons?.map(({ code }) => code)).toContain('short');
  });

  it('is found a minute apart give or take a fifth for half an hour, whatever the dice', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = numbers(seed);
      const starts = startsWith(30, () => 60 * (0.8 + random() * 0.4));
      expect(find([...span(0.5), ...flowsAt(starts)])).toMatchObject([{ severity: 'low' }]);
    }
  });

  it('is never said with confidence from four connections in half an hour', () => {
    const [found] = find([...span(0.5), ...flowsAt(every(400, 4), { serverNames: ['c2.example'] })]);

    expect(found).toMatchObject({ severity: 'low', confidence: 'low', values: { starts: 4 } });
  });

  it('is found where nobody answers, and where only the address is known', () => {
    const dead = { isAnswered: false, serverPackets: 0, serverBytes: 0, clientBytes: 0, history: 'S' };
    const [found] = find([...span(1), ...flowsAt(every(120, 30), dead)]);

    expect(found).toMatchObject({ details: { host: '203.0.113.10', names: [] } });
  });

  it('is put together under the name that was looked up when the address changes', () => {
    const [found, ...others] = find([
      ...span(2),
      dns('c2.example', ['203.0.113.10', '203.0.113.11']),
      ...flowsAt(every(240, 15).map((second) => second * 2)),
      ...flowsAt(
        every(240, 15).map((second) => second * 2 + 240),
        { serverAddress: '203.0.113.11' },
      ),
    ]);

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      details: {
        host: 'c2.example',
        addresses: ['203.0.113.10', '203.0.113.11'],
        starts: 30,
        intervalSeconds: 240,
      },
    });
  });

  it('keeps several names of an address', () => {
    const [found] = find([
      ...span(1),
      dns('b.example', ['203.0.113.10']),
      dns('a.example', ['203.0.113.10']),
      ...flowsAt(every(100, 30)),
    ]);

    expect(found?.details).toMatchObject({ host: 'a.example (+1)', names: ['a.example', 'b.example'] });
    expect(found?.values).toMatchObject({ host: { link: 'a.example' }, more: 1 });
  });

  it('is found in the requests of a connection that stays open', () => {
    const [found, ...others] = find([
      ...span(1),
      flow({ serverPort: 80, serverNames: ['c2.example'], application: 'http', lastAt: momentAt(3_000) }),
      ...every(60, 50).map((second) => http({ at: momentAt(second), host: 'c2.example', target: '/gate' })),
    ]);

    expect(others).toEqual([]);
    expect(found?.details).toMatchObject({ host: 'c2.example', counted: 'requests', starts: 50 });
  });

  it('is found in a log that has handshakes alone', () => {
    const log = (line: number) => ({ evidence: 'e1', path: 'ssl.log', locator: `line ${line}` });
    const [found] = find(
      every(300, 40).map((second, index) =>
        tls({ at: momentAt(second), serverName: 'c2.example', source: log(index + 9), hellos: [] }),
      ),
    );

    expect(found).toMatchObject({ details: { starts: 40, scores: { size: 0 } } });
    expect(found?.evidence[0]).toEqual(log(9));
  });

  it('is followed over the files of one capture, and not over captures of different days', () => {
    const cut = [0, 1, 2].flatMap((part) =>
      flowsAt(
        every(100, 36).map((second) => second + part * 3600),
        { serverNames: ['c2.example'], source: frame(1, `part-${part}.pcap`) },
      ),
    );
    const joined = find(cut);
    expect(joined).toHaveLength(1);
    expect(joined[0]?.details).toMatchObject({ starts: 108, captureSeconds: 10_700 });

    const days = [0, 1].flatMap((day) =>
      flowsAt(
        every(100, 36).map((second) => second + day * 86_400),
        { serverNames: ['c2.example'], source: frame(1, `day-${day}.pcap`) },
      ),
    );
    const apart = find(days);
    expect(apart.map(({ details }) => details?.starts)).toEqual([36, 36]);
  });
});

describe('what is not contact at even intervals', () => {
  it('is people who read pages', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = numbers(seed * 7_919);
      const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      // Pauses between pages, and at each page a handful of connections.
      const pages = startsWith(40, () => 45 * Math.exp(normal()));
      const starts = pages.flatMap((second) =>
        Array.from({ length: 1 + Math.floor(random() * 6) }, (_, index) => second + index * random()),
      );
      const sizes = starts.map(() => 300 + Math.floor(random() * 2_000));
      const records = starts.map((second, index) =>
        flow({ at: momentAt(second), serverNames: ['news.example'], clientBytes: sizes[index] ?? 0 }),
      );
      expect([seed, find(records)]).toEqual([seed, []]);
    }
  });

  it('is one host asked once at every page', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = numbers(seed * 104_729);
      const starts = startsWith(30, () => -60 * Math.log(1 - random()));
      expect([seed, find(flowsAt(starts, { serverNames: ['fonts.example'] }))]).toEqual([seed, []]);
    }
  });

  it('is a burst of connections one after the other', () => {
    expect(find([...span(1), ...flowsAt(every(1, 60), { serverNames: ['video.example'] })])).toEqual([]);
    expect(find([...span(24), ...flowsAt(every(20, 12), { serverNames: ['upload.example'] })])).toEqual([]);
  });

  it.each([
    ['name look-ups', { transport: 'udp', serverPort: 53, application: 'dns' }],
    ['name look-ups on another port', { transport: 'udp', serverPort: 5300, application: 'dns' }],
    ['DNS over TLS', { serverPort: 853, application: 'tls', serverNames: ['dns.example'] }],
    ['a public resolver over HTTPS', { serverNames: ['dns.google'], application: 'tls' }],
    ['clocks', { transport: 'udp', serverPort: 123, application: 'ntp' }],
    ['push services', { serverPort: 5223, serverNames: ['1-courier.push.apple.com'] }],
    ['the own network', { serverAddress: '192.168.43.1', serverPort: 8080 }],
    ['announcements to all', { transport: 'udp', serverAddress: '239.255.255.250', serverPort: 1900 }],
    ['connections from outside', { clientAddress: '203.0.113.9', serverAddress: '192.168.43.17' }],
    ['pings', { transport: 'icmp', clientPort: null, serverPort: null }],
    ['what has no time', { at: null, lastAt: null }],
  ] as const)('is %s', (_what, part) => {
    const records = flowsAt(every(60, 60), part as Partial<Flow>);

    expect(find([...span(2), ...records])).toEqual([]);
  });

  it('is a push service that only its looked-up name tells', () => {
    const records = [dns('mmg.whatsapp.net', ['203.0.113.10']), ...span(2), ...flowsAt(every(60, 60))];

    expect(find(records)).toEqual([]);
  });

  it('is three connections', () => {
    expect(find([...span(1), ...flowsAt(every(900, 3), { serverNames: ['c2.example'] })])).toEqual([]);
  });
});

const REAL = new URL('../../../../../../shared/data/network/benign/ndpi/', import.meta.url);

describe.skipIf(!existsSync(REAL))('phones at rest and in use (skipped without ../shared)', () => {
  it.each(['iphone.pcap', 'signal.pcap', 'googledns_android10.pcap'])('%s has no beacon', async (name) => {
    const { records } = await readAll(reader, await memoryEvidence(name, readFileSync(new URL(name, REAL))));

    expect(records.length).toBeGreaterThan(10);
    expect(detect(detector, records as readonly EvidenceRecord[] as readonly Watched[])).toEqual([]);
  });
});

describe('several contacts at even intervals', () => {
  const two = [
    ...flowsAt(every(120, 60), { serverNames: ['a.example'] }),
    ...flowsAt(every(300, 24), { serverNames: ['b.example'], serverAddress: '203.0.113.11' }),
  ];

  it('are told together with one picture, and each by itself', () => {
    const [all, ...each] = find(two);

    expect(each.map(({ details, picture }) => [details?.host, picture])).toEqual([
      ['a.example', undefined],
      ['b.example', undefined],
    ]);
    expect(all).toMatchObject({
      severity: 'low',
      variant: 'overview',
      values: { beacons: 2, hosts: { list: [{ link: 'a.example' }, { link: 'b.example' }] } },
      picture: { rows: [{ label: 'a.example' }, { label: 'b.example' }] },
    });
    expect(all?.picture?.kind === 'intervals' && all.picture.rows[0]?.moments).toHaveLength(60);
  });

  it('are the same whatever the order of the records', () => {
    const records: Watched[] = [
      ...two,
      dns('a.example', ['203.0.113.10']),
      ...every(60, 50).map((second) => http({ at: momentAt(second), host: 'c.example' })),
      flow({ serverNames: ['long.example'], lastAt: momentAt(5 * 3600) }),
      ...flowsAt(every(7, 3_000), { serverNames: ['many.example'] }),
    ];
    const expected = find(records);

    expect(expected).toHaveLength(4);
    expect(find(records.toReversed())).toEqual(expected);
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
        expect(find(shuffled)).toEqual(expected);
      }),
      { numRuns: 5 },
    );
  });

  it('of very many are judged by their first starts', () => {
    const [found] = find(flowsAt(every(20, 4_000), { serverNames: ['c2.example'] }));

    expect(found).toMatchObject({
      details: { starts: 4_000, intervalSeconds: 20 },
      values: { isCut: 'yes' },
    });
    expect(found?.picture?.kind === 'intervals' && found.picture.rows[0]?.moments).toHaveLength(500);
  });

  it('of the devices of a network count for more when few have them', () => {
    const device = (number: number): string => `10.0.0.${number}`;
    const others = Array.from({ length: 60 }, (_, index) =>
      flow({
        clientAddress: device(index + 10),
        serverNames: ['site.example'],
        serverAddress: '203.0.113.99',
      }),
    );
    const beacon = (clientAddress: string) =>
      flowsAt(every(3600, 24), { clientAddress, serverNames: ['c2.example'] });
    const [rare] = find([...others, ...beacon(device(1))]);
    expect(rare?.reasons?.map(({ code, points }) => [code, points])).toContainEqual(['rare', 15]);

    const [all] = find(Array.from({ length: 12 }, (_, index) => beacon(device(index))).flat());
    expect(all).toMatchObject({ variant: 'overview', severity: 'low', values: { beacons: 12 } });
  });
});

describe('connections that stay open', () => {
  it('are listed, longest first, without push services', () => {
    const open = (hours: number, part: Partial<Flow>) => flow({ lastAt: momentAt(hours * 3600), ...part });
    const [found, ...others] = find([
      open(2, { serverNames: ['a.example'] }),
      open(9, { serverAddress: '203.0.113.11', serverPort: 8443 }),
      open(20, { serverNames: ['push.apple.com'], serverPort: 5223 }),
      open(0.5, { serverNames: ['b.example'] }),
    ]);

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'low',
      shows: 'advice',
      variant: 'long',
      values: { count: 2, length: 9, lengthUnit: 'hours' },
      details: {
        connections: [
          { host: '203.0.113.11', port: 8443, seconds: 32_400, step: 8 },
          { host: 'a.example', port: 443, seconds: 7_200, step: 1 },
        ],
      },
    });
    expect(find([open(2, { serverNames: ['a.example'] })])).toMatchObject([{ severity: 'info' }]);
  });
});

describe('the texts', () => {
  it('are sound in both languages', () => {
    const base = {
      ...{ host: { link: 'c2.example' }, more: 0, device: '10.0.0.2', starts: 24 },
      ...{ interval: 60, intervalUnit: 'seconds', length: 24, lengthUnit: 'hours', deviation: 1 },
      ...{ deviationUnit: 'seconds', first: { time: momentAt(0) }, last: { time: momentAt(60) } },
      ...{ isShort: 'no', isCut: 'no', kept: 500, counted: 'connections', score: 90, isSample: 'no' },
      ...{
        known: 'yes',
        devices: 60,
        devicesToHost: 1,
        beacons: 2,
        hosts: { list: ['a.example'] },
        count: 1,
      },
    };
    expectSoundTexts(
      { es, en },
      base,
      { ...base, more: 2, isShort: 'yes', isCut: 'yes', isSample: 'yes', counted: 'requests', count: 2 },
      { ...base, known: 'no', lengthUnit: 'days', intervalUnit: 'minutes', deviationUnit: 'minutes' },
    );
  });
});
