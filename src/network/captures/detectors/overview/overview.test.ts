import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_PROFILE } from '../../../../core/case-profile.js';
import type { DetectorContext, EvidenceRecord, FindingDraft, Language } from '../../../../core/contracts.js';
import { detect } from '../../../../core/testing/run.js';
import { expectSoundTexts, renderTexts } from '../../../../core/testing/texts.js';
import { compileMatcher } from '../../../../indicators/matcher.js';
import { indicator } from '../../../../indicators/testing/indicator.js';
import type { FileDownload } from '../../../../records/kinds/file-download.js';
import type { Flow } from '../../../../records/kinds/flow.js';
import type { IdsAlert } from '../../../../records/kinds/ids-alert.js';
import type { PacketAnomaly } from '../../../../records/kinds/packet-anomaly.js';
import { dns, flow, frame, http, momentAt, tls } from '../../testing/traffic.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './overview.js';

type Watched = Parameters<ReturnType<typeof detector.start>['see']>[0];

const find = (records: readonly Watched[], context: Partial<DetectorContext> = {}): readonly FindingDraft[] =>
  detect(detector, records as readonly (Watched & EvidenceRecord)[], context);
const codes = (found: FindingDraft | undefined): string[] => (found?.reasons ?? []).map(({ code }) => code);
const said = (language: Language, found: FindingDraft | undefined): string[] =>
  (found?.reasons ?? []).map(({ code, values }) => {
    const texts: Readonly<Record<string, string>> = (language === 'es' ? es : en).reasons;
    return renderTexts(language, { text: texts[code] ?? `no sentence for ${code}` }, values).text ?? '';
  });
const conversations = (found: FindingDraft | undefined) =>
  found?.picture?.kind === 'conversations' ? found.picture.conversations : [];

const ENDS = { transport: 'tcp', clientAddress: '192.168.43.17', clientPort: 50_000, serverPort: 80 };
const download: FileDownload = {
  kind: 'file-download',
  at: momentAt(3),
  source: frame(30),
  ...ENDS,
  serverAddress: '203.0.113.20',
  protocol: 'http',
  direction: 'download',
  url: 'http://files.example/a.apk',
  name: 'a.apk',
  mediaType: null,
  fileType: 'apk',
  sizeBytes: 10,
  isWhole: true,
};
const alert: IdsAlert = {
  kind: 'ids-alert',
  at: momentAt(4),
  source: frame(31),
  ...ENDS,
  serverAddress: '203.0.113.20',
  engine: 'suricata',
  signatureId: 1,
  signature: 'TEST',
  category: null,
  priority: 1,
  action: null,
  host: null,
};
const anomaly = (kind: PacketAnomaly['anomaly'], serverAddress: string): PacketAnomaly => ({
  kind: 'packet-anomaly',
  at: momentAt(5),
  source: frame(32),
  ...ENDS,
  serverAddress,
  anomaly: kind,
  fromServer: true,
  packets: [],
  handshakePacket: null,
  overlapBytes: null,
  differingBytes: null,
  excerpts: [],
  overlapExcerpts: [],
  clientIpId: null,
  clientWindow: null,
  signs: [],
  name: null,
  answers: [],
  request: null,
  statedBy: null,
});

describe('who talked to whom', () => {
  it('is told once for each piece of evidence, with hosts, volumes, times and packets', () => {
    const [found, ...others] = find([
      dns('www.example', ['203.0.113.10'], { at: momentAt(0), source: frame(1) }),
      flow({
        at: momentAt(0),
        lastAt: momentAt(0.1),
        source: frame(1),
        transport: 'udp',
        serverAddress: '192.168.43.1',
        serverPort: 53,
        application: 'dns',
        clientBytes: 40,
        serverBytes: 80,
      }),
      flow({
        at: momentAt(1),
        lastAt: momentAt(9),
        source: frame(3),
        application: 'tls',
        serverNames: ['www.example'],
      }),
      tls({ at: momentAt(1), source: frame(5) }),
      flow({
        at: momentAt(20),
        lastAt: momentAt(60),
        source: frame(90),
        application: 'tls',
        clientBytes: 100,
        serverBytes: 1_000,
      }),
      flow({
        at: momentAt(30),
        source: frame(100),
        serverAddress: '198.51.100.9',
        serverPort: 8443,
        serverBytes: 20,
      }),
      flow({ source: frame(7), transport: 'udp', serverAddress: '239.255.255.250', serverPort: 1900 }),
    ]);

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'info',
      confidence: 'high',
      shows: 'advice',
      at: momentAt(0),
      values: { devices: 1, hosts: 3, connections: 4, leftOut: 0, length: 60, lengthUnit: 'seconds' },
      details: {
        devices: ['192.168.43.17'],
        hostsLeftOut: 0,
        announcements: 1,
        firstAt: momentAt(0),
        lastAt: momentAt(60),
        checked: { dns: { count: 1, indicators: 0 }, tls: { count: 1, indicators: 0 } },
      },
      evidence: [{ evidence: 'e1', path: 'capture.pcap', locator: '' }],
    });
    expect(found?.picture).toMatchObject({ kind: 'conversations', devices: ['192.168.43.17'], leftOut: 0 });
    expect(conversations(found)).toEqual([
      {
        device: 0,
        host: 'www.example',
        addresses: ['203.0.113.10'],
        protocols: ['tls'],
        connections: 2,
        firstAt: momentAt(1),
        lastAt: momentAt(60),
        sentBytes: 600,
        receivedBytes: 5_000,
        locator: 'frame 3',
        severity: null,
      },
      expect.objectContaining({
        host: '198.51.100.9',
        protocols: ['tcp 8443'],
        sentBytes: 500,
        receivedBytes: 20,
      }),
      expect.objectContaining({
        host: '192.168.43.1',
        protocols: ['dns'],
        connections: 1,
        locator: 'frame 1',
      }),
    ]);
    expect(renderTexts('es', { title: es.title }, found?.values ?? {}).title).toBe(
      '192.168.43.17 habló con 3 equipos, en 4 conexiones',
    );
    expect(renderTexts('en', { title: en.title }, found?.values ?? {}).title).toBe(
      '192.168.43.17 talked to 3 machines, in 4 connections',
    );
  });

  it('keeps every name of a shared address, and joins addresses of the same name', () => {
    const [found] = find([
      flow({ serverAddress: '203.0.113.1', serverNames: ['b.example'] }),
      dns('a.example', ['203.0.113.1']),
      dns('c.example', ['203.0.113.1']),
      dns('d.example', ['203.0.113.2', '203.0.113.3']),
      flow({ serverAddress: '203.0.113.2', serverBytes: 10 }),
      flow({ serverAddress: '203.0.113.3', serverBytes: 10 }),
    ]);

    expect(conversations(found).map(({ host, addresses }) => [host, addresses])).toEqual([
      ['b.example (+2)', ['203.0.113.1']],
      ['d.example', ['203.0.113.2', '203.0.113.3']],
      // Where the questions went.
      ['192.168.43.1', ['192.168.43.1']],
    ]);
    expect(found?.details?.hosts).toMatchObject([
      { names: ['b.example', 'a.example', 'c.example'], source: frame(1) },
      { names: ['d.example'], connections: 2 },
      { names: [], connections: 3 },
    ]);
  });

  it('puts devices of the own side on the left, also when they were called', () => {
    const [found] = find([
      flow({ clientAddress: '203.0.113.7', serverAddress: '10.0.0.5', clientBytes: 1, serverBytes: 2 }),
      flow({ clientAddress: '2001:DB8::5', serverAddress: '2001:db8:f::1', serverBytes: 9_000 }),
    ]);

    expect(found?.picture).toMatchObject({
      devices: ['2001:db8::5', '10.0.0.5'],
      conversations: [
        { device: 0, host: '2001:db8:f::1' },
        { device: 1, host: '203.0.113.7', sentBytes: 2, receivedBytes: 1 },
      ],
    });
  });

  it('counts what a log has where it has no conversations, and says no bytes', () => {
    const log = { evidence: 'e1', path: 'ssl.log', locator: 'line 9' };
    const [found] = find([tls({ source: log }), tls({ source: { ...log, locator: 'line 10' } })]);

    expect(conversations(found)).toMatchObject([
      { host: 'www.example', connections: 2, sentBytes: null, receivedBytes: null, locator: 'line 9' },
    ]);
  });

  it('names the file of a packet where there are several, and tells pieces of evidence apart', () => {
    const found = find([
      flow({ source: frame(5, 'b.pcap') }),
      flow({ source: frame(9, 'a.pcap'), serverAddress: '203.0.113.2' }),
      flow({ source: frame(2, 'c.pcap', 'e2') }),
    ]);

    expect(found.map(({ evidence }) => evidence.map(({ path }) => path))).toEqual([
      ['a.pcap', 'b.pcap'],
      ['c.pcap'],
    ]);
    expect(
      found.map((one) =>
        conversations(one)
          .map(({ locator }) => locator)
          .sort(),
      ),
    ).toEqual([['a.pcap frame 9', 'b.pcap frame 5'], ['frame 2']]);
  });

  it('marks what is listed, what alerts name and what packets contradict', () => {
    const matcher = compileMatcher([
      indicator('domain', 'bad.example'),
      indicator('ipv4', '203.0.113.3', { category: 'stalkerware' }),
    ]);
    const at = (serverAddress: string): Flow => flow({ serverAddress });
    const [found] = find(
      [
        flow({ serverAddress: '203.0.113.1', serverNames: ['x.bad.example'] }),
        dns('bad.example', ['203.0.113.2']),
        ...['2', '3', '4', '5', '6', '20'].map((number) => at(`203.0.113.${number}`)),
        anomaly('marked-packet', '203.0.113.4'),
        anomaly('overlap-conflict', '203.0.113.5'),
        anomaly('data-after-end', '203.0.113.6'),
        alert,
      ],
      { matcher },
    );

    expect(Object.fromEntries(conversations(found).map(({ host, severity }) => [host, severity]))).toEqual({
      'x.bad.example': 'critical',
      'bad.example': 'critical',
      '203.0.113.3': 'medium',
      '203.0.113.4': 'high',
      '203.0.113.5': 'low',
      '203.0.113.6': null,
      '203.0.113.20': 'medium',
      '192.168.43.1': null,
    });
  });

  it('is not told where nothing was captured', () => {
    expect(find([])).toEqual([]);
    expect(find([flow({ clientAddress: null })])).toEqual([]);
  });

  it('is the same whatever the order of the records', () => {
    const records: Watched[] = [
      ...Array.from({ length: 40 }, (_, index) =>
        flow({
          at: index % 7 === 0 ? null : momentAt(index),
          source: frame(index + 1, index % 2 === 0 ? 'a.pcap' : 'b.pcap'),
          serverAddress: `203.0.113.${index % 9}`,
          serverNames: index % 3 === 0 ? [`${index % 5}.example`] : [],
          serverPort: 400 + index,
        }),
      ),
      dns('a.example', ['203.0.113.1', '203.0.113.2']),
      tls({ encryptedClientHello: true }),
      http(),
      download,
      alert,
      anomaly('overlap-conflict', '203.0.113.5'),
    ];
    const expected = find(records);
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
        expect(find(shuffled)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('stays bounded, and counts what is left out', () => {
    const detection = detector.start({
      now: momentAt(0),
      matcher: { size: 0, match: () => [] },
      observablesOf: () => [],
      profile: EMPTY_PROFILE,
      givenPath: () => ({ given: '', below: [] }),
    });
    const count = 150_000;
    const record = flow();
    for (let index = 0; index < count; index += 1)
      detection.see({ ...record, serverAddress: `203.${index >> 16}.${(index >> 8) & 255}.${index & 255}` });
    const [found] = detection.end();

    const shown = conversations(found).length;
    expect(shown).toBe(2_000);
    const leftOut = found?.picture?.kind === 'conversations' ? found.picture.leftOut : 0;
    expect(Math.abs(shown + leftOut - count)).toBeLessThan(5_000);
    expect(Number(found?.values.leftOut)).toBeGreaterThan(60_000);
  });
});

describe('what was compared', () => {
  it('is listed with counts', () => {
    const [found] = find(
      [
        dns('www.example', ['203.0.113.10']),
        flow({ lastFrame: 9 }),
        tls({
          version: 'TLS 1.2',
          certificates: [
            {
              position: 1,
              subject: [['CN', 'www.example']],
              issuer: null,
              namesInOrder: true,
              serial: null,
              extendedKeyUsage: null,
              authorityName: null,
              sha256: null,
              sha1: null,
              md5: null,
            },
          ],
        }),
        http(),
        download,
        alert,
      ],
      { matcher: { size: 1_448, match: () => [] } },
    );

    expect(codes(found).filter((code) => code.startsWith('checked-'))).toEqual([
      ...['checked-dns', 'checked-tls', 'checked-certificates', 'checked-http', 'checked-addresses'],
      ...['checked-fingerprints', 'checked-files', 'checked-packets', 'checked-alerts'],
    ]);
    expect(said('es', found)[0]).toBe('Nombres preguntados al DNS: una pregunta, contra 1,448 indicadores.');
    expect(said('en', found)[5]).toBe('Fingerprints of programs in the encryption (JA3, JA4): 2.');
  });

  it('is not said of what was not there', () => {
    expect(codes(find([flow({ lastFrame: null })])[0]).filter((code) => code.startsWith('checked-'))).toEqual(
      ['checked-addresses'],
    );
  });
});

describe('what a capture cannot show', () => {
  const limits = (records: readonly Watched[]): readonly string[] =>
    codes(find([...records, flow({ at: momentAt(8 * 3600), serverAddress: '203.0.113.99' })])[0])
      .filter((code) => code.startsWith('limit-'))
      .filter((code) => code !== 'limit-no-dns');

  it.each([
    ['nothing, where all is there', [], [dns('www.example', ['203.0.113.10']), flow(), http()]],
    ['names asked over HTTPS', ['limit-doh'], [tls({ serverName: 'dns.google', version: 'TLS 1.2' })]],
    ['names asked over TLS', ['limit-doh'], [flow({ serverPort: 853, serverAddress: '203.0.113.53' })]],
    [
      'the inside of a tunnel',
      ['limit-vpn'],
      [flow({ transport: 'udp', serverPort: 51820, application: 'wireguard' })],
    ],
    ['names behind a cover', ['limit-ech'], [tls({ encryptedClientHello: true, version: 'TLS 1.2' })]],
    ['names of QUIC', ['limit-quic'], [flow({ transport: 'udp', application: 'quic' })]],
    ['certificates of TLS 1.3', ['limit-tls13-certificates'], [tls()]],
    [
      'one direction',
      ['limit-one-sided'],
      Array.from({ length: 8 }, () => flow({ serverPackets: 0, serverBytes: 0, serverPort: 25 })),
    ],
    [
      'headers written anew',
      ['limit-rewritten-headers'],
      Array.from({ length: 5 }, (_, index) =>
        flow({ serverAddress: `198.51.100.${index}`, serverPort: 4000 }),
      ),
    ],
    [
      'no headers written anew where distances differ',
      [],
      Array.from({ length: 8 }, (_, index) =>
        flow({ serverAddress: `198.51.100.${index}`, serverTtls: [index === 0 ? 64 : 52], serverPort: 4000 }),
      ),
    ],
    ['cut packets', ['limit-cut-packets'], Array.from({ length: 8 }, () => flow())],
    ['open connections', ['limit-open-connections'], [flow({ lastAt: momentAt(4_000) })]],
  ] as const)('is said: %s', (_what, expected, records) => {
    expect(limits(records)).toEqual(expected);
  });

  it('is what was asked of the name system where no question is there, and much where the capture is short', () => {
    expect(codes(find([flow({ lastAt: momentAt(1_200) })])[0])).toEqual(
      expect.arrayContaining(['limit-no-dns', 'limit-short']),
    );
  });

  it('has whole sentences', () => {
    const [found] = find([
      flow({ transport: 'udp', serverPort: 51820, application: 'wireguard', lastAt: momentAt(1_200) }),
      tls({ serverName: 'dns.google', encryptedClientHello: true }),
      tls({ serverName: 'cloudflare-ech.com', encryptedClientHello: true }),
    ]);

    expect(said('es', found)).toEqual(
      expect.arrayContaining([
        'No se ve: los nombres preguntados por DNS cifrado (DoH, DoT o DNS privado), en una conexión con Google.',
        'No se ve: lo que va dentro de un túnel (WireGuard), en una conexión. Adentro puede ir cualquier cosa.',
        'Puede no verse el nombre verdadero de 2 conexiones con saludo cifrado (ECH): el que va a la vista puede ser uno de fachada, y en una lo es. Los navegadores también mandan esa marca sin usarla.',
        'La captura es corta (20 minutos): un programa espía puede hablar una vez al día o solo con Wi-Fi.',
      ]),
    );
  });
});

describe('the texts', () => {
  it('are sound in both languages', () => {
    const base = {
      ...{ devices: 1, device: '10.0.0.2', hosts: 1, connections: 1, leftOut: 0, hasSpan: 'yes' },
      ...{ first: { time: momentAt(0) }, last: { time: momentAt(60) }, length: 20, lengthUnit: 'minutes' },
      ...{ indicators: 0, limits: 0, count: 1, total: 2, ttl: 64, coverNames: 0 },
      ...{ resolvers: { list: ['Google'] }, tunnels: { list: ['Tor'] } },
    };
    expectSoundTexts(
      { es, en },
      base,
      { ...base, devices: 0, hosts: 0, connections: 0, hasSpan: 'no', indicators: 1, limits: 1, leftOut: 1 },
      {
        ...base,
        devices: 2,
        hosts: 2,
        connections: 2,
        indicators: 2,
        limits: 2,
        leftOut: 2,
        count: 2,
        coverNames: 2,
      },
    );
  });
});
