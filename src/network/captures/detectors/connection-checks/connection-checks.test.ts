import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvidenceRecord, FindingDraft, TextValues } from '../../../../core/contracts.js';
import { createTranslator, flattenMessages } from '../../../../core/language.js';
import { detect } from '../../../../core/testing/run.js';
import { expectSoundTexts, renderTexts, TEXT_DEFECTS } from '../../../../core/testing/texts.js';
import { compileMatcher } from '../../../../indicators/matcher.js';
import { indicator } from '../../../../indicators/testing/indicator.js';
import type { DistinguishedName, ServerCertificate } from '../../../../records/certificate.js';
import type { Dns } from '../../../../records/kinds/dns.js';
import type { Flow } from '../../../../records/kinds/flow.js';
import type { Http } from '../../../../records/kinds/http.js';
import type { IdsAlert } from '../../../../records/kinds/ids-alert.js';
import type { Tls } from '../../../../records/kinds/tls.js';
import { readCapture } from '../../testing/read-capture.js';
import { dns, flow, frame, http, momentAt, tls } from '../../testing/traffic.js';
import { severityOfAlert } from './alerts.js';
import { CHECKS } from './checks.js';
import { detector } from './connection-checks.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };

type Watched = Flow | Dns | Tls | Http | IdsAlert;

/** A name for the server that records have when they say nothing else. */
const NAMED = dns('www.example', ['203.0.113.10'], { source: frame(90), answerFrame: null });
const OWN: DistinguishedName = [['CN', 'server']];

describe('captures/connection-checks', () => {
  it.each(['es', 'en'] as const)('says in %s what fits one server and several', (language) => {
    const texts = flattenMessages({ t: language === 'es' ? es : en });
    const translate = createTranslator(language, texts, 'UTC', (link) => link);
    const titles = [1, 2].map((hostCount) => translate('t.variants.self-signed.title', { hostCount }));

    expect(titles).toEqual(
      language === 'es'
        ? [
            'Un servidor se identificó con un certificado hecho por él mismo',
            '2 servidores se identificaron con certificados hechos por ellos mismos',
          ]
        : [
            'A server identified itself with a certificate of its own making',
            '2 servers identified themselves with certificates of their own making',
          ],
    );
  });

  it('says once what was checked and what was not, also where nothing is found', () => {
    const [checked, ...others] = run([tls()]);

    expect(others).toEqual([]);
    expect(checked).toMatchObject({
      severity: 'info',
      shows: 'advice',
      values: { records: 1, withSigns: 0 },
      details: { notDone: ['ACT-01', 'ACT-02', 'IOC-11', 'SSL-05'] },
    });
    expect(checked?.reasons?.map(({ code }) => code)).toContain('not-done');
    expect(run([])).toEqual([]);
  });

  it('tells first which checks noted something', () => {
    const udp = flow({ transport: 'udp', serverPort: 40_000 });
    const [checked] = run([udp, NAMED]).filter(({ variant }) => variant === undefined);

    expect(checked?.values.withSigns).toBe(2);
    expect(checked?.reasons?.slice(0, 3)).toMatchObject([
      { code: 'unrecognised-protocol', values: { hostCount: 1 } },
      { code: 'high-port', values: { hostCount: 1 } },
      { code: 'self-signed', values: { hostCount: 0 } },
    ]);
  });

  it('PROTO-01: counts what is neither TCP nor recognised, as context', () => {
    const udp = (part: Partial<Flow>) => flow({ transport: 'udp', serverPort: 40_000, ...part });
    const [found] = ofCheck([udp({}), udp({ source: frame(9) }), NAMED], 'unrecognised-protocol');
    expect(found).toMatchObject({
      severity: 'info',
      shows: 'advice',
      values: { alias: 'PROTO-01', count: 2, hostCount: 1, hosts: { list: [{ link: 'www.example' }] } },
      details: { aliases: ['PROTO-01'], hosts: [{ host: '203.0.113.10', ports: [40_000], marks: ['udp'] }] },
      reasons: [{ code: 'unrecognised-protocol', values: { alias: 'PROTO-01' } }],
    });
    expect(found?.evidence).toHaveLength(2);
    expect(
      ofCheck(
        [flow({ transport: 'ipv6-icmp', serverAddress: '2001:db8::9', serverPort: null })],
        'unrecognised-protocol',
      ),
    ).toHaveLength(1);
    for (const near of [
      udp({ application: 'quic' }),
      udp({ application: 'dns', serverPort: 53 }),
      udp({ serverPort: 443 }),
      udp({ serverPort: 123 }),
      udp({ serverPort: 3478 }),
      udp({ application: 'wireguard' }),
      udp({ serverAddress: '192.168.43.1' }),
      udp({ serverAddress: '239.255.255.250' }),
      udp({ serverAddress: 'fe80::1' }),
      flow({ serverPort: 40_000 }),
    ]) {
      expect(ofCheck([near], 'unrecognised-protocol')).toEqual([]);
    }
  });

  it('PROTO-02: counts high ports, but no push services, tunnels and calls', () => {
    expect(ofCheck([flow({ serverPort: 8_443 })], 'high-port')).toMatchObject([
      { severity: 'info', values: { alias: 'PROTO-02', ports: { list: ['8443'] } } },
    ]);
    for (const near of [
      flow({ serverPort: 1_023 }),
      flow({ serverPort: 5_223, serverNames: ['1-courier.push.apple.com'] }),
      flow({ serverPort: 5_228, serverAddress: '142.250.1.188' }),
      flow({ transport: 'udp', serverPort: 51_820 }),
      flow({ transport: 'udp', serverPort: 3_478 }),
      flow({ serverPort: null }),
    ]) {
      expect(ofCheck([near], 'high-port')).toEqual([]);
    }
  });

  it('PROTO-03 and PROTO-04: tell HTTP on port 80 from HTTP elsewhere', () => {
    const odd = http({ serverPort: 8_080, source: frame(7) });
    expect(ofCheck([http(), odd], 'clear-http')).toMatchObject([
      { severity: 'info', values: { alias: 'PROTO-03', count: 1 } },
    ]);
    expect(ofCheck([http(), odd], 'clear-http-odd-port')).toMatchObject([
      { severity: 'info', values: { alias: 'PROTO-04', count: 1, ports: { list: ['8080'] } } },
    ]);
    expect(ofCheck([http({ host: 'connectivitycheck.gstatic.com' })], 'clear-http')).toEqual([]);
    expect(ofCheck([http({ serverAddress: '192.168.43.1' })], 'clear-http')).toEqual([]);
  });

  it('PROTO-05: takes answers, server names and Host for names, and any order', () => {
    const silent = flow({ source: frame(30) });
    const other = dns('other.example', ['203.0.113.99']);
    expect(ofCheck([silent, other], 'no-name')).toMatchObject([
      {
        severity: 'info',
        confidence: 'medium',
        values: { alias: 'PROTO-05', hidden: 'nothing', hosts: { list: [{ link: '203.0.113.10' }] } },
      },
    ]);
    for (const naming of [
      NAMED,
      tls({ serverName: 'www.example' }),
      http(),
      flow({ serverNames: ['a.example'] }),
    ]) {
      expect(ofCheck([silent, other, naming], 'no-name')).toEqual([]);
      expect(ofCheck([naming, other, silent], 'no-name')).toEqual([]);
    }
    expect(ofCheck([silent, other, http({ host: '203.0.113.10' })], 'no-name')).toHaveLength(1);
    const second = dns('www.example', ['203.0.113.10'], { source: frame(1, 'b.pcap', 'e2') });
    expect(ofCheck([silent, other, second], 'no-name')).toHaveLength(1);
  });

  it('PROTO-05: has nothing to say of pings, resolvers and the own network', () => {
    for (const near of [
      flow({ transport: 'icmp', serverPort: null }),
      flow({ transport: 'udp', serverPort: 53, application: 'dns' }),
      flow({ serverAddress: '192.168.43.1' }),
      flow({ serverAddress: 'fd00::1' }),
      flow({ serverAddress: null }),
      flow({ transport: 'udp', serverPort: 123 }),
    ]) {
      expect(ofCheck([near], 'no-name')).toEqual([]);
    }
  });

  it.each<[string, Flow, string]>([
    ['DNS over HTTPS', flow({ serverAddress: '1.1.1.1' }), 'resolver'],
    ['DNS over TLS', flow({ serverPort: 853, serverAddress: '203.0.113.53' }), 'resolver'],
    ['a VPN', flow({ transport: 'udp', serverPort: 51_820, serverAddress: '203.0.113.51' }), 'tunnel'],
    [
      'Private Relay',
      flow({
        transport: 'udp',
        application: 'quic',
        serverNames: ['mask.icloud.com'],
        serverAddress: '203.0.113.52',
      }),
      'tunnel',
    ],
  ])('PROTO-05: is lowered and explained with %s', (_, hiding, hidden) => {
    const records = [flow({ source: frame(30) }), dns('other.example', ['203.0.113.99']), hiding];
    expect(ofCheck(records, 'no-name')).toMatchObject([
      { confidence: 'low', values: { hidden, hostCount: 1 } },
    ]);
  });

  it('PROTO-05: is lowered and explained where no answers were captured', () => {
    const [found] = ofCheck([flow()], 'no-name');
    expect(found).toMatchObject({ confidence: 'low', values: { hidden: 'noAnswers' } });
    expect(renderTexts('es', es.variants['no-name'], found?.values ?? {}).explanation).toContain(
      'no hay respuestas de nombres (DNS)',
    );
  });

  it('IOC-06 and IOC-10: names with odd endings are context', () => {
    expect(ofCheck([dns('a.xyz', []), http({ host: 'b.top' })], 'odd-ending')).toMatchObject([
      { severity: 'info', details: { aliases: ['IOC-06', 'IOC-10'] }, values: { hostCount: 2 } },
    ]);
    expect(ofCheck([dns('xyz.example', []), dns('xyz', [])], 'odd-ending')).toEqual([]);
  });

  it('IOC-12: names dual-use services', () => {
    expect(ofCheck([tls({ serverName: 'relay.net.anydesk.com' })], 'dual-use')).toMatchObject([
      { severity: 'low', confidence: 'low', values: { alias: 'IOC-12', remote: 'yes' } },
    ]);
    expect(ofCheck([tls({ serverName: 'notanydesk.com' })], 'dual-use')).toEqual([]);
  });

  it('IOC-13: tells encrypted look-ups from plain ones to the same resolver', () => {
    expect(ofCheck([flow({ serverAddress: '8.8.8.8' })], 'encrypted-dns')).toMatchObject([
      { severity: 'info', values: { alias: 'IOC-13', marks: { list: ['Google'] } } },
    ]);
    expect(ofCheck([tls({ serverName: 'dns.quad9.net' })], 'encrypted-dns')).toHaveLength(1);
    expect(
      ofCheck(
        [flow({ transport: 'udp', serverAddress: '8.8.8.8', serverPort: 53, application: 'dns' })],
        'encrypted-dns',
      ),
    ).toEqual([]);
  });

  it('SSL-01: TLS on odd ports', () => {
    expect(ofCheck([tls({ serverPort: 4_444 })], 'tls-odd-port')).toMatchObject([
      { severity: 'low', shows: 'oddity', values: { alias: 'SSL-01', ports: { list: ['4444'] } } },
    ]);
    for (const near of [
      tls({ serverPort: 5_223 }),
      tls({ serverPort: 993 }),
      tls({ serverPort: 587 }),
      tls({ serverPort: 853 }),
      tls({ serverPort: 9_999, serverName: 'g.whatsapp.net' }),
      tls({ serverPort: 4_444, carrier: 'dtls' }),
      tls({ serverPort: 8_443, serverAddress: '192.168.43.1' }),
      tls({ serverPort: null }),
    ]) {
      expect(ofCheck([near], 'tls-odd-port')).toEqual([]);
    }
  });

  it.each(['R3', 'R10', 'R14', 'E5', 'E9'])('SSL-02: knows %s by its organisation', (name) => {
    const issuer: DistinguishedName = [
      ['C', 'US'],
      ['O', "Let's Encrypt"],
      ['CN', name],
    ];
    expect(ofCheck([tls({ certificates: [certificate({ issuer })] })], 'free-authority')).toMatchObject([
      { severity: 'info', values: { alias: 'SSL-02', marks: { list: ["Let's Encrypt"] } } },
    ]);
    const paid: DistinguishedName = [
      ['O', 'Example Trust'],
      ['CN', name],
    ];
    expect(ofCheck([tls({ certificates: [certificate({ issuer: paid })] })], 'free-authority')).toEqual([]);
  });

  it('SSL-03: looks at the certificate of the server only, or at what a log says', () => {
    const own = certificate({ subject: OWN, issuer: OWN });
    const root = certificate({ subject: [['CN', 'root']], issuer: [['CN', 'root']], position: 2 });
    expect(ofCheck([tls({ certificates: [own] })], 'self-signed')).toMatchObject([
      { severity: 'low', values: { alias: 'SSL-03', marks: { list: ['server'] } } },
    ]);
    expect(
      ofCheck([tls({ certificates: [own], serverPort: 4_444, serverName: null })], 'self-signed'),
    ).toMatchObject([{ severity: 'medium' }]);
    expect(
      ofCheck([tls({ validation: 'self signed certificate in certificate chain' })], 'self-signed'),
    ).toHaveLength(1);
    for (const near of [
      tls({ certificates: [root, certificate({})] }),
      tls({ validation: 'ok' }),
      tls({ validation: 'unable to get local issuer certificate' }),
      tls({ certificates: [certificate({ subject: [], issuer: [] })] }),
      tls({ certificates: [certificate({ subject: null, issuer: null })] }),
      tls({ certificates: [own], serverAddress: '10.0.0.1' }),
    ]) {
      expect(ofCheck([near], 'self-signed')).toEqual([]);
    }
  });

  it('SNORT-01: repeats what other programs say, one finding for each rule', () => {
    const findings = run([
      alert({}),
      alert({ source: line(2), at: momentAt(5), action: 'blocked' }),
      alert({ signature: 'ET POLICY other', signatureId: 2, priority: 3 }),
    ]).filter(({ variant }) => variant === 'ids-alert');
    expect(findings).toMatchObject([
      {
        severity: 'high',
        confidence: 'medium',
        values: { engine: 'Suricata', count: 2, blocked: 1 },
        details: { aliases: ['SNORT-01'], signatureId: 1, priority: 1 },
        evidence: [{ locator: 'line 1' }, { locator: 'line 2' }],
      },
      { severity: 'low', confidence: 'low' },
    ]);
    expect(renderTexts('es', es.variants['ids-alert'], findings[0]?.values ?? {})).toMatchObject({
      title: 'El registro de Suricata dice: ET MALWARE test',
      explanation: expect.stringContaining('no tiene la regla ni comprobó los paquetes'),
    });
    expect([1, 2, 3, 4, null].map((priority) => severityOfAlert({ category: null, priority }))).toEqual([
      'high',
      'medium',
      'low',
      'info',
      'low',
    ]);
    expect(severityOfAlert({ category: 'Generic Protocol Command Decode', priority: 1 })).toBe('info');
  });

  it('ADV-01: tells of a host where three checks above context meet, and says which', () => {
    const records = [
      dns('casa.ddns.net', ['203.0.113.10']),
      tls({
        serverPort: 4_444,
        serverName: null,
        source: frame(12),
        certificates: [certificate({ subject: OWN, issuer: OWN })],
      }),
    ];
    const [found, ...others] = ofCheck(records, 'several');
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'medium',
      confidence: 'low',
      shows: 'oddity',
      values: { host: { link: 'casa.ddns.net' }, address: { link: '203.0.113.10' }, checks: 3 },
      details: { host: '203.0.113.10', checks: ['dynamic-dns', 'self-signed', 'tls-odd-port'] },
    });
    expect(found?.details?.aliases).toEqual(['ADV-01', 'IOC-05', 'IOC-09', 'SSL-03', 'SSL-01']);
    expect(found?.reasons?.map(({ code }) => code)).toEqual([
      'host-dynamic-dns',
      'host-self-signed',
      'host-tls-odd-port',
    ]);
    expect(found?.evidence.map(({ locator }) => locator)).toEqual(['frame 12']);

    // Two checks, or any number of those that are context, are not enough.
    expect(ofCheck(records.slice(1), 'several')).toEqual([]);
    const plain = [
      flow({ serverPort: 4_444 }),
      http({ serverPort: 4_445 }),
      http(),
      dns('a.xyz', ['203.0.113.10']),
    ];
    expect(ofCheck([...plain, tls({ serverPort: 4_444 })], 'several')).toEqual([]);
  });

  it('ADV-01: counts that a host is listed', () => {
    const records = [
      tls({
        serverPort: 4_444,
        serverName: null,
        certificates: [certificate({ subject: OWN, issuer: OWN })],
      }),
    ];
    const matcher = compileMatcher([indicator('ipv4', '203.0.113.10')]);
    expect(detect(detector, records, { matcher }).find(({ variant }) => variant === 'several')).toMatchObject(
      {
        details: { checks: ['listed', 'self-signed', 'tls-odd-port'] },
      },
    );
  });

  it('groups by check and evidence, and finds the same in any order', () => {
    const records: Watched[] = [
      ...[1, 2, 3, 4, 5, 6, 7].map((last) =>
        tls({ serverAddress: `203.0.113.${last}`, serverPort: 4_444, source: frame(last), serverName: null }),
      ),
      tls({ serverPort: 4_444, source: frame(1, 'b.pcap', 'e2') }),
      flow({ source: frame(40) }),
      flow({ source: frame(41), serverAddress: '2001:db8::5', at: null }),
      dns('b.ddns.net', ['203.0.113.3', '2001:db8::7']),
      http({ source: frame(50) }),
      alert({}),
      alert({ source: line(9), at: null }),
    ];
    const expected = run(records);
    expect(expected.filter(({ variant }) => variant === 'tls-odd-port')).toMatchObject([
      { values: { hostCount: 7, hostsMore: 'yes' }, details: { count: 7 } },
      { values: { hostCount: 1 } },
    ]);
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
        expect(run(shuffled)).toEqual(expected);
      }),
    );
  });

  it('stays small and quick with a million flows to a hundred thousand servers', () => {
    const detection = detector.start({
      now: '',
      matcher: compileMatcher([]),
      observablesOf: () => [],
      profile: { people: [] } as never,
      givenPath: () => ({ given: '', below: [] }),
    });
    const started = performance.now();
    for (let number = 0; number < 1_000_000; number += 1) {
      const address = `198.${(number >> 8) & 255}.${number & 255}.${(number >> 16) & 1}`;
      detection.see(flow({ serverAddress: address, serverPort: 4_444 }));
    }
    const findings = detection.end();
    expect(findings.find(({ variant }) => variant === 'high-port')?.values.leftOut).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  it('bears anything a capture or log may say', () => {
    const text = fc.oneof(fc.string(), fc.constant('__proto__'), fc.ipV4(), fc.ipV6(), fc.domain());
    fc.assert(
      fc.property(text, text, fc.nat(65_535), (name, address, port) => {
        const ends = { serverAddress: address, clientAddress: name, serverPort: port };
        const findings = run([
          flow({ ...ends, transport: name, application: name, serverNames: [name] }),
          dns(name, [address]),
          tls({
            ...ends,
            serverName: name,
            validation: name,
            certificates: [certificate({ subject: [[name, address]] })],
          }),
          http({ ...ends, host: name }),
          alert({ ...ends, engine: name, signature: address, category: name, host: name }),
        ]);
        for (const { variant, values } of findings) {
          const texts = es.variants[variant as keyof typeof es.variants] ?? es;
          expect(Object.keys(renderTexts('es', own(texts), values)).length).toBeGreaterThan(1);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('has sound texts with any values', () => {
    const counted = (count: number): TextValues => ({
      ...{
        alias: 'X-01',
        count,
        leftOut: count,
        blocked: count,
        records: count,
        checks: 3,
        withSigns: count,
      },
      ...{ hostCount: count, hosts: 'a.example', hostsMore: count > 5 ? 'yes' : 'no' },
      ...{ deviceCount: count, devices: '192.168.1.7', devicesMore: count > 5 ? 'yes' : 'no' },
      ...{ portCount: count, ports: '4444', portsMore: count > 5 ? 'yes' : 'no' },
      ...{ markCount: count, marks: 'udp', marksMore: count > 5 ? 'yes' : 'no' },
      ...{ remote: count > 0 ? 'yes' : 'no', resolvers: 'Google', tunnels: 'Tor', host: 'a.example' },
      ...{ address: '192.0.2.1', hasName: count > 0 ? 'yes' : 'no', engine: 'Suricata', signature: 's' },
      ...{
        hasNumber: 'yes',
        number: '1',
        hasCategory: 'yes',
        category: 'c',
        hasPriority: 'yes',
        priority: 1,
      },
      ...{ ends: 'a > b', hasMoreEnds: count > 5 ? 'yes' : 'no' },
    });
    for (const hidden of ['nothing', 'resolver', 'tunnel', 'both', 'noAnswers']) {
      for (const count of [0, 1, 7]) expectSoundTexts({ es, en }, { ...counted(count), hidden });
    }
    for (const check of Object.keys(CHECKS)) {
      if (check === 'dynamic-dns' || check === 'listed') continue;
      expect(es.variants).toHaveProperty(check);
      expect(es.reasons).toHaveProperty(check);
    }
  });

  it('renders what it gives', () => {
    const findings = run([
      NAMED,
      flow({ source: frame(30), serverAddress: '203.0.113.77' }),
      tls({ serverPort: 4_444 }),
      http({ serverPort: 81 }),
      alert({}),
    ]);
    expect(findings.length).toBeGreaterThan(4);
    for (const { variant, values, reasons = [] } of findings) {
      for (const [language, texts] of [
        ['es', es],
        ['en', en],
      ] as const) {
        const words = renderTexts(
          language,
          own(texts.variants[variant as keyof typeof es.variants] ?? texts),
          values,
        );
        for (const sentence of Object.values(words)) expect(sentence).not.toMatch(TEXT_DEFECTS);
        for (const { code, values: given } of reasons) {
          const sentence = texts.reasons[code as keyof typeof es.reasons];
          expect(renderTexts(language, { sentence }, given).sentence).not.toMatch(TEXT_DEFECTS);
        }
      }
    }
  });
});

const SHARED = new URL('../../../../../../shared/data/network/', import.meta.url);

describe.skipIf(!existsSync(SHARED))('on published captures (skipped without ../shared)', () => {
  const read = async (name: string): Promise<EvidenceRecord[]> =>
    (await readCapture(readFileSync(new URL(name, SHARED)))).records;

  it.each([
    'benign/ndpi/iphone.pcap',
    'benign/ndpi/signal.pcap',
    'benign/ndpi/doh.pcapng',
    'benign/ndpi/googledns_android10.pcap',
    'benign/ndpi/tls_ech.pcapng',
    'ja4/tls-handshake.pcapng',
    'ja4/http1.pcapng',
  ])('says nothing above context of %s', async (name) => {
    const findings = run(await read(name));
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  it('knows that names are hidden in DNS over TLS and over HTTPS', async () => {
    for (const name of ['benign/ndpi/googledns_android10.pcap', 'benign/ndpi/doh.pcapng']) {
      const [checked] = run(await read(name)).filter(({ variant }) => variant === undefined);
      expect(checked?.values.hidden).toBe('resolver');
    }
  });
});

/** Only the texts of a finding: those of reasons and variants need values of their own. */
function own({ title, explanation }: { readonly title: string; readonly explanation: string }) {
  return { title, explanation };
}

function run(records: readonly EvidenceRecord[]): readonly FindingDraft[] {
  return detect(detector, records as readonly Watched[]);
}

function ofCheck(records: readonly EvidenceRecord[], check: string): FindingDraft[] {
  return run(records).filter(({ variant }) => variant === check);
}

function line(number: number) {
  return { evidence: 'e1', path: 'eve.json', locator: `line ${number}` };
}

function alert(part: Partial<IdsAlert>): IdsAlert {
  return {
    kind: 'ids-alert',
    at: momentAt(0),
    source: line(1),
    transport: 'tcp',
    clientAddress: '192.168.43.17',
    clientPort: 50_000,
    serverAddress: '203.0.113.10',
    serverPort: 443,
    engine: 'suricata',
    signatureId: 1,
    signature: 'ET MALWARE test',
    category: 'A Network Trojan was detected',
    priority: 1,
    action: 'allowed',
    host: null,
    ...part,
  };
}

function certificate(part: Partial<ServerCertificate>): ServerCertificate {
  return {
    position: 1,
    subject: [['CN', 'www.example']],
    issuer: [['CN', 'Example CA']],
    namesInOrder: true,
    serial: '1',
    extendedKeyUsage: null,
    authorityName: null,
    sha256: null,
    sha1: null,
    md5: null,
    ...part,
  };
}
