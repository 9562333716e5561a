import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingDraft } from '../../../../core/contracts.js';
import { detect } from '../../../../core/testing/run.js';
import { expectSoundTexts, renderTexts } from '../../../../core/testing/texts.js';
import type { FileDownload } from '../../../../records/kinds/file-download.js';
import type { Http } from '../../../../records/kinds/http.js';
import type { PacketAnomaly } from '../../../../records/kinds/packet-anomaly.js';
import type { PacketFacts } from '../../../../records/network-ends.js';
import { anomaly, packet } from '../../testing/anomalies.js';
import { frame, http, momentAt } from '../../testing/traffic.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './injected-redirect.js';

type Watched = Http | FileDownload | PacketAnomaly;

const find = (...records: Watched[]): readonly FindingDraft[] => detect(detector, records);

/** An answer with the headers of an ordinary server, in the time and from the distance of one. */
const redirect = (url: string, location: string, part: Partial<Http> = {}): Http => {
  const { hostname, pathname, search } = new URL(url);
  return http({
    host: hostname,
    target: `${pathname}${search}`,
    url,
    status: 302,
    reason: 'Found',
    location,
    responseHeaders: [
      ['Server', 'nginx'],
      ['Date', 'Mon, 02 Mar 2026 10:00:00 GMT'],
      ['Location', location],
      ['Connection', 'close'],
    ],
    requestPacket: packet({ frame: 4, ttl: 64, ipId: 900 }),
    responsePacket: packet({ frame: 6, at: momentAt(0.1) }),
    synAckPacket: packet({ frame: 2, tcpFlags: 0x12 }),
    handshakeMicroseconds: 90_000,
    ...part,
  });
};
const bare = (url: string, location: string, part: Partial<Http> = {}): Http =>
  redirect(url, location, {
    responseHeaders: [
      ['Location', location],
      ['Content-Length', '0'],
    ],
    ...part,
  });
const answer = (facts: Partial<PacketFacts>): Partial<Http> => ({
  responsePacket: packet({ frame: 6, at: momentAt(0.1), ...facts }),
});
const QUICK = answer({ at: momentAt(0.003), ttl: 64, ipId: 1, dontFragment: false });
const download = (url: string, part: Partial<FileDownload> = {}): FileDownload => ({
  kind: 'file-download',
  at: momentAt(1),
  source: frame(38),
  transport: 'tcp',
  clientAddress: '192.168.43.17',
  clientPort: 50_002,
  serverAddress: '203.0.113.20',
  serverPort: 80,
  protocol: 'http',
  direction: 'download',
  url,
  name: 'b.exe',
  mediaType: 'application/octet-stream',
  fileType: 'pe',
  sizeBytes: 1_000,
  isWhole: true,
  sha256: 'ab'.repeat(32),
  ...part,
});

const PROGRAM = 'http://tools.example/latest/a.exe';
const OTHER = 'http://other.test/files/b.exe';
const signsOf = (found: FindingDraft | undefined): unknown => found?.reasons?.map(({ code }) => code);

describe('captures/injected-redirect', () => {
  it('tells an exchanged download with all its signs, and the file behind it', () => {
    const [found, ...others] = find(
      bare(PROGRAM, OTHER, QUICK),
      redirect(OTHER, 'http://d.other.test/files/b.exe', { source: frame(30) }),
      download('http://d.other.test/files/b.exe'),
    );

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'high',
      confidence: 'high',
      shows: 'attempt',
      technique: 'T1659',
      variant: 'download',
      details: {
        device: '192.168.43.17',
        isDownload: true,
        targetOwner: 'other.test',
        count: 1,
        hosts: ['tools.example'],
        redirects: [
          {
            url: PROGRAM,
            location: OTHER,
            frame: 6,
            score: 16,
            file: { url: 'http://d.other.test/files/b.exe', fileType: 'pe', source: 'frame 38' },
          },
        ],
      },
      evidence: [frame(4), frame(6), frame(38)],
    });
    expect(signsOf(found)).toEqual([
      'bare',
      'id-one',
      'too-fast',
      'ttl',
      'download',
      'df',
      'download-swap',
      'file-followed',
    ]);
  });

  it('gives nothing for what sites and mirrors do', () => {
    const mirror = redirect(PROGRAM, 'http://mirror.test/pub/a.exe', answer({ ttl: 40 }));

    expect(find(mirror, download('http://mirror.test/pub/a.exe'))).toEqual([]);
    expect(find(redirect('http://short.test/x', 'https://news.example/'))).toEqual([]);
    // In front of a balancer: another time to live, and early; Server and Date are there.
    expect(
      find(redirect('http://a.test/x', 'http://b.test/', answer({ ttl: 200, at: momentAt(0.01) }))),
    ).toEqual([]);
    expect(
      find(
        bare('http://a.test/x', 'http://b.test/', {
          responseHeaders: [
            ['Set-Cookie', 'id=1'],
            ['Location', 'http://b.test/'],
            ['Content-Length', '0'],
          ],
        }),
      ),
    ).toEqual([]);
  });

  it('gives nothing for redirects that stay with their owner', () => {
    for (const [from, to] of [
      ['http://bank.example/', 'https://bank.example/'],
      ['http://bank.example/', 'https://www.bank.example/login'],
      ['http://a.co.uk/x.exe', 'http://dl.a.co.uk/x.exe'],
      ['http://203.0.113.10/', 'http://203.0.113.10/login'],
      ['http://bank.example/', '/login'],
      ['http://bank.example/', 'mailto:somebody@other.test'],
    ] as const)
      expect(find(bare(from, to, QUICK))).toEqual([]);
    // Under one public suffix are many owners.
    expect(find(bare('http://a.github.io/', 'http://b.github.io/'))).toHaveLength(1);
  });

  it('weighs the signs', () => {
    const level = (record: Http): unknown => {
      const [found] = find(record);
      return (
        found && [
          found.severity,
          found.variant,
          found.reasons?.reduce((sum, { points = 0 }) => sum + points, 0),
        ]
      );
    };
    const from = 'http://a.test/';
    const to = 'http://b.test/';

    expect(level(bare(from, to))).toEqual(['low', undefined, 3]);
    expect(level(bare(from, to, { responseHeaders: [['Location', to]] }))).toBeUndefined();
    expect(level(bare(from, to, answer({ ttl: 60 })))).toEqual(['medium', undefined, 5]);
    // All that a portal shows as well.
    expect(level(bare(from, to, answer({ ttl: 64, at: momentAt(0.002), dontFragment: false })))).toEqual([
      'medium',
      undefined,
      9,
    ]);
    expect(level(bare(from, to, QUICK))).toEqual(['high', undefined, 12]);
    expect(level(bare(PROGRAM, 'http://b.test/'))).toEqual(['medium', 'download', 5]);
  });

  it('knows odd identifications, and the ordinary ones that look so', () => {
    const first = (facts: Partial<PacketFacts>, part: Partial<Http> = {}): unknown =>
      signsOf(find(bare('http://a.test/', 'http://b.test/', { ...answer(facts), ...part }))[0]);

    expect(first({ ipId: 13_330 })).toEqual(['bare', 'id-marked']);
    expect(first({ ipId: 900 })).toEqual(['bare', 'id-echo']);
    expect(first({ ipId: 1 })).toEqual(['bare', 'id-one']);
    // Counts from 0 in each connection.
    expect(first({ ipId: 1 }, { synAckPacket: packet({ frame: 2, ipId: 0 }) })).toEqual(['bare']);
    // Alone it is chance.
    expect(find(redirect('http://a.test/', 'http://b.test/', answer({ ipId: 900 })))).toEqual([]);
    expect(find(redirect('http://a.test/', 'http://b.test/', answer({ ipId: 900, ttl: 60 })))).toHaveLength(
      1,
    );
  });

  it('tells a download redirected from nearer and from elsewhere, though Server and Date are forged', () => {
    const quick = answer({ at: momentAt(0.003), ttl: 60 });
    const forged = redirect(PROGRAM, OTHER, quick);

    expect(find(forged, download(OTHER))).toMatchObject([
      { severity: 'medium', confidence: 'low', shows: 'oddity', variant: 'download' },
    ]);
    expect(find(redirect('http://tools.example/', OTHER, quick))).toEqual([]);
    expect(find(redirect(PROGRAM, OTHER, answer({ at: momentAt(0.003) })))).toEqual([]);
    expect(find(redirect(PROGRAM, OTHER, answer({ ttl: 60 })))).toEqual([]);
    // The first SYN was lost.
    expect(find({ ...forged, handshakeMicroseconds: 1_060_000 })).toEqual([]);
  });

  it('measures by the handshake only where that is long enough', () => {
    const early = answer({ at: momentAt(0.001) });
    const of = (handshakeMicroseconds: number | null): unknown =>
      signsOf(find(bare('http://a.test/', 'http://b.test/', { ...early, handshakeMicroseconds }))[0]);

    expect(of(5_000)).toEqual(['too-fast', 'bare'].reverse());
    expect(of(4_900)).toEqual(['bare']);
    expect(of(null)).toEqual(['bare']);
  });

  it('leaves out portals that answer the checks for them, but not exchanged downloads', () => {
    const check = bare(
      'http://connectivitycheck.gstatic.com/generate_204',
      'http://login.portal.test/',
      QUICK,
    );
    const page = bare('http://news.example/', 'http://login.portal.test/?from=news', QUICK);

    expect(find(check)).toEqual([]);
    expect(find(page)).toHaveLength(1);
    expect(find(page, check)).toEqual([]);
    expect(find(bare(PROGRAM, 'http://login.portal.test/b.exe', QUICK), check)).toHaveLength(1);
    // Another path of a host that serves other things.
    expect(find(page, bare('http://www.gstatic.com/x.js', 'http://login.portal.test/', QUICK))).toHaveLength(
      1,
    );
  });

  it('takes weight from redirects into the own network, and leaves out answers from there', () => {
    expect(find(bare('http://news.example/', 'http://192.168.43.1/login'))).toEqual([]);
    expect(
      find(bare('http://router.example/', 'http://b.test/', { ...QUICK, serverAddress: '192.168.43.1' })),
    ).toEqual([]);
  });

  it('leaves what other detectors tell of to them, in any order, unless a download was asked for', () => {
    const told = (kind: 'overlap-conflict' | 'marked-packet'): PacketAnomaly =>
      anomaly({ anomaly: kind, packets: [packet({ frame: 6 })] });
    const page = bare('http://a.test/', 'http://b.test/', QUICK);

    expect(find(page, told('overlap-conflict'))).toEqual([]);
    expect(find(told('marked-packet'), page)).toEqual([]);
    expect(find(bare(PROGRAM, OTHER, QUICK), told('overlap-conflict'))).toHaveLength(1);
  });

  it('adds that the server went on, and that many sites lead to one place', () => {
    const went = anomaly({
      anomaly: 'data-after-end',
      packets: [packet({ frame: 6 }), packet({ frame: 8 })],
    });
    expect(signsOf(find(bare('http://a.test/', 'http://b.test/'), went)[0])).toEqual(['bare', 'went-on']);

    const sites = ['a', 'c', 'd'].map((name, index) =>
      bare(`http://${name}.test/`, 'http://b.test/', {
        source: frame(10 * index),
        clientPort: 50_000 + index,
      }),
    );
    expect(find(...sites)).toMatchObject([
      { severity: 'medium', details: { count: 3, hosts: ['a.test', 'c.test', 'd.test'] } },
    ]);
  });

  it('says nothing of logs that give no headers', () => {
    expect(find(bare('http://a.test/x.exe', 'http://b.test/y.exe', { responseHeaders: [] }))).toEqual([]);
    expect(find(bare('http://a.test/x.exe', 'http://b.test/y.exe', { responsePacket: null }))).toEqual([]);
    expect(find(bare('http://a.test/', 'http://b.test/', { status: 200 }))).toEqual([]);
    expect(find(bare('http://a.test/', 'http://b.test/', { url: null }))).toEqual([]);
  });

  it('keeps pieces of evidence apart and finds the same in any order', () => {
    const records: Watched[] = [
      bare(PROGRAM, OTHER, QUICK),
      bare(PROGRAM, OTHER, { ...QUICK, source: frame(4, 'capture.pcap', 'e2') }),
      bare('http://a.test/', 'http://b.test/', { source: frame(50) }),
      download(OTHER),
      download(OTHER, { source: frame(60), at: momentAt(3) }),
    ];
    const expected = detect(detector, records);

    expect(expected).toHaveLength(3);
    expect(expected.map(({ values }) => values.hasFile)).toEqual(['yes', 'no', 'no']);
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
        expect(detect(detector, shuffled)).toEqual(expected);
      }),
    );
  });

  it('follows no circle, and does not grow without end', () => {
    expect(find(bare(PROGRAM, OTHER, QUICK), bare(OTHER, PROGRAM, QUICK))).toHaveLength(2);
    const records = Array.from({ length: 8_000 }, (_, number) =>
      bare('http://a.test/', `http://h${number}.test/`, { source: frame(number) }),
    );
    const findings = detect(detector, records);

    expect(findings).toHaveLength(50);
    expect(findings[0]?.details?.leftOut).toBeGreaterThan(2_000);
  });

  it('bears any text', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.webUrl(),
        fc.array(fc.tuple(fc.string(), fc.string())),
        (url, location, good, responseHeaders) => {
          const part = { url, location, responseHeaders, status: 302 };
          find(http(part), http({ ...part, url: good }), http({ ...part, location: good }), download(url));
        },
      ),
    );
  });

  it('has sound texts', () => {
    const [found] = find(bare(PROGRAM, OTHER, QUICK), download(OTHER));
    const values = Object.assign(
      { id: '1', owners: 3 },
      ...(found?.reasons ?? []).map((each) => each.values),
      found?.values,
    );
    for (const count of [0, 1, 7])
      for (const choice of ['yes', 'no'])
        for (const grade of ['high', 'low'])
          expectSoundTexts(
            { es, en },
            {
              ...values,
              ...{ times: count, hostCount: count, owners: count, leftOut: count, grade },
              ...{ hasFile: choice, hasName: choice, isProgram: choice, hasHash: choice },
            },
          );
    expect(renderTexts('es', es, values)['variants.download.explanation']).toContain(
      'Después se descargó desde allí un archivo de tipo pe llamado «b.exe»: es un programa.',
    );
  });
});
