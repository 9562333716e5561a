import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvidenceRecord, FindingDraft } from '../../../core/contracts.js';
import type { Indicator } from '../../../core/indicator.js';
import { detect } from '../../../core/testing/run.js';
import { expectSoundTexts, renderTexts } from '../../../core/testing/texts.js';
import { dns, flow, frame, http, momentAt, tls } from '../../../network/captures/testing/traffic.js';
import type { ServerCertificate } from '../../../records/certificate.js';
import type { FileDownload } from '../../../records/kinds/file-download.js';
import { recordKinds } from '../../../records/kinds.generated.js';
import { compileMatcher } from '../../matcher.js';
import { indicator } from '../../testing/indicator.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './match.js';

const SHA1 = 'c'.repeat(40);
const JA3 = 'd'.repeat(32);
const PEGASUS = indicator('domain', 'lure.example', { family: 'Pegasus' });
/** One visit: question, flow of it, hello, flow of the connection. */
const VISIT = [
  dns('lure.example', ['198.51.100.7'], { source: frame(1), answerFrame: 2 }),
  flow({ transport: 'udp', serverAddress: '192.168.43.1', serverPort: 53, application: 'dns' }),
  tls({
    source: frame(6),
    at: momentAt(1),
    serverName: 'lure.example',
    serverAddress: '198.51.100.7',
    hellos: [{ frame: 6, ja3: JA3, ja4: null }],
  }),
  flow({
    source: frame(3),
    at: momentAt(0.5),
    serverAddress: '198.51.100.7',
    application: 'tls',
    serverNames: ['lure.example'],
  }),
];

describe('indicators/match on captured traffic', () => {
  it('makes one finding of a question, a hello and the flow to one listed host', () => {
    const [finding, ...others] = run([PEGASUS], VISIT);

    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'critical',
      confidence: 'medium',
      shows: 'attempt',
      variant: 'connected',
      at: '2026-03-02T10:00:00.000000Z',
      indicator: { type: 'domain', value: 'lure.example', family: 'Pegasus' },
      values: { observed: { link: 'lure.example' }, seen: 'reached', lookUps: 1, places: 4 },
      details: {
        hosts: ['lure.example'],
        servers: ['198.51.100.7'],
        devices: ['192.168.43.17'],
        answers: ['198.51.100.7'],
        lookUps: 1,
        contacts: 2,
        lastAt: '2026-03-02T10:00:01.000000Z',
      },
    });
    expect(locators(finding)).toEqual(['frame 1', 'frame 2', 'frame 3', 'frame 6']);
  });

  it('says when a name was only looked up', () => {
    const asked = dns('a.lure.example', ['198.51.100.7']);
    const [finding, ...others] = run([PEGASUS], [asked]);

    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'critical',
      confidence: 'medium',
      shows: 'attempt',
      variant: 'looked-up',
      values: { seen: 'asked', answer: 'given', how: 'subdomain' },
    });
    const words = renderTexts('es', es.variants['looked-up'], finding?.values ?? {});
    expect(words.title).toBe(
      'Un equipo preguntó por un sitio publicado como parte de un programa espía (Pegasus)',
    );
    expect(words.explanation).toContain('preguntar por un nombre no es conectarse');
    expect(words.explanation).toContain('una persona que abrió un enlace');
  });

  it('tells a name that is gone or filtered from one without an answer', () => {
    const answerOf = (record: EvidenceRecord) => run([PEGASUS], [record])[0]?.values.answer;

    expect(answerOf(dns('lure.example', [], { responseCode: 'NXDOMAIN' }))).toBe('refused');
    expect(answerOf(dns('lure.example', ['0.0.0.0']))).toBe('refused');
    expect(answerOf(dns('lure.example', [], { responseCode: null, answerFrame: null }))).toBe('none');
  });

  it('sees connections to the address of the answer, where no name is in sight', () => {
    const asked = dns('lure.example', ['198.51.100.7']);
    const silent = flow({ source: frame(9), serverAddress: '198.51.100.7', at: momentAt(2) });
    const [finding, ...others] = run([PEGASUS], [asked, silent]);

    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      variant: 'looked-up',
      values: { seen: 'resolved', conversations: 1 },
      details: { contactsByAddress: 1 },
    });
    expect(locators(finding)).toContain('frame 9');
    const range = indicator('cidr', '198.51.100.0/24', { category: 'suspect' });
    expect(summary(run([PEGASUS, range], [asked, silent]))).toEqual(['critical looked-up', 'info suspect']);
    // Another site at the same address was meant, another phone's capture, or another address.
    for (const near of [
      { ...silent, serverNames: ['other.example'] },
      { ...silent, source: frame(9, 'capture.pcap', 'e2') },
      { ...silent, serverAddress: '198.51.100.8' },
    ]) {
      expect(run([PEGASUS], [asked, near])).toMatchObject([{ values: { seen: 'asked' } }]);
    }
  });

  it('keeps evidence and hosts apart, and names under one listed domain together', () => {
    const listed = [PEGASUS, indicator('domain', 'other.example', { family: 'Predator' })];
    const findings = run(listed, [
      dns('a.lure.example', []),
      dns('b.lure.example', [], { source: frame(20), answerFrame: null }),
      dns('other.example', [], { source: frame(30), answerFrame: null }),
      dns('lure.example', [], { source: frame(1, 'capture.pcap', 'e2'), answerFrame: null }),
    ]);

    expect(findings.map(({ evidence, details }) => [evidence[0]?.evidence, details?.hosts])).toEqual([
      ['e1', ['a.lure.example', 'b.lure.example']],
      ['e1', ['other.example']],
      ['e2', ['lure.example']],
    ]);
  });

  it('says little about a listed address alone, and joins it to the one listed name seen with it', () => {
    const address = indicator('ipv4', '198.51.100.7', { family: 'Pegasus' });
    const silent = flow({ source: frame(9), serverAddress: '198.51.100.7' });
    expect(run([address], [silent])).toMatchObject([
      {
        severity: 'high',
        confidence: 'low',
        shows: 'oddity',
        variant: 'address',
        values: { seen: 'reached' },
      },
    ]);
    expect(run([address], [dns('innocent.example', ['198.51.100.7'])])).toMatchObject([
      { variant: 'address', values: { seen: 'asked', observed: { link: '198.51.100.7' } } },
    ]);

    const joined = run([address, PEGASUS], [...VISIT, silent]);
    expect(joined).toMatchObject([{ variant: 'connected', indicator: { value: 'lure.example' } }]);
    expect(locators(joined[0])).toContain('frame 9');
    const question = VISIT.slice(0, 1);
    expect(run([address, PEGASUS], [...question, silent])).toMatchObject([
      { variant: 'looked-up', values: { seen: 'resolved', conversations: 1 } },
    ]);

    // Two listed names at one address: it is neither's.
    const second = indicator('domain', 'second.example');
    const shared = dns('second.example', ['198.51.100.7'], { source: frame(40), answerFrame: null });
    expect(summary(run([address, PEGASUS, second], [...VISIT, shared, silent]))).toEqual([
      'high address',
      'critical connected',
      'critical looked-up',
    ]);
  });

  it('makes one finding of a listed range', () => {
    const range = indicator('cidr', '198.51.100.0/24', { category: 'suspect' });
    const records = [1, 2, 3].map((last) =>
      flow({ serverAddress: `198.51.100.${last}`, source: frame(last) }),
    );
    expect(run([range], records)).toMatchObject([
      { severity: 'info', shows: 'advice', variant: 'suspect', values: { places: 3 } },
    ]);
  });

  it('sees who began when a listed address is the client', () => {
    const address = indicator('ipv6', '2001:db8::7', { family: 'Pegasus' });
    const incoming = flow({ clientAddress: '2001:db8::7', serverAddress: '2001:db8:1::2' });
    expect(run([address], [incoming])).toMatchObject([
      {
        variant: 'address',
        values: { seen: 'incoming' },
        details: { devices: [], servers: ['2001:db8:1::2'] },
      },
    ]);
    const own = flow({ serverAddress: '2001:db8::7' });
    expect(run([address], [incoming, own])).toMatchObject([{ values: { seen: 'reached' } }]);
  });

  it('takes an attempt that nobody answers for no connection', () => {
    const address = indicator('ipv4', '198.51.100.7', { family: 'Pegasus' });
    const tried = flow({ serverAddress: '198.51.100.7', isAnswered: false });
    const [finding] = run([address], [tried]);
    expect(finding).toMatchObject({ variant: 'address', values: { seen: 'tried' } });
    expect(
      renderTexts('en', en, { ...finding?.values, otherFeeds: 0, how: 'exact' })[
        'variants.address.explanation'
      ],
    ).toContain('An attempt to reach it is seen, and no answer.');
    expect(run([address], [tried, flow({ serverAddress: '198.51.100.7', source: frame(9) })])).toMatchObject([
      { values: { seen: 'reached' } },
    ]);
  });

  it('takes a listed certificate for contact, never for a profile', () => {
    const shown = tls({
      serverName: 'plain.example',
      certificates: [certificate({ sha1: SHA1 })],
      certificateFrame: 8,
    });
    const [finding, ...others] = run([indicator('cert-sha1', SHA1, { family: 'Pegasus' })], [shown]);

    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'critical',
      confidence: 'high',
      shows: 'attempt',
      variant: 'certificate',
      details: { servers: ['203.0.113.10'] },
    });
    expect(locators(finding)).toEqual(['frame 4', 'frame 8']);
    expect(
      run([indicator('cert-sha1', SHA1)], [tls({ certificates: [certificate({ sha1: 'e'.repeat(40) })] })]),
    ).toEqual([]);
  });

  it('says of marks that many programs share only that', () => {
    const hello = tls({ hellos: [{ frame: 4, ja3: JA3, ja4: null }] });
    expect(run([indicator('ja3', JA3)], [hello])).toMatchObject([
      { severity: 'medium', confidence: 'low', shows: 'oddity', variant: 'program-mark' },
    ]);
    expect(
      run(
        [indicator('ja3', JA3)],
        [hello, tls({ ...hello, source: frame(50), serverAddress: '203.0.113.11' })],
      ),
    ).toMatchObject([{ values: { serverCount: 2 } }]);
    const request = http({ userAgent: 'Spy/1.0' });
    expect(run([indicator('user-agent', 'Spy/1.0')], [request])).toMatchObject([
      {
        severity: 'medium',
        confidence: 'low',
        variant: 'program-mark',
        values: { isUserAgent: 'yes', observed: 'Spy/1.0' },
      },
    ]);
    // With a listed host it is one event.
    expect(summary(run([indicator('ja3', JA3), PEGASUS], VISIT))).toEqual(['critical connected']);
  });

  it('sees requests in the clear, with their answers', () => {
    const request = http({
      host: 'lure.example',
      url: 'http://lure.example/1234567s',
      responsePacket: packet(9),
    });
    const [finding, ...others] = run([indicator('url', 'http://lure.example/1234567s')], [request]);

    expect(others).toEqual([]);
    expect(finding).toMatchObject({ variant: 'connected', indicator: { type: 'url' } });
    expect(locators(finding)).toEqual(['frame 4', 'frame 9']);
  });

  it('keeps the words of products that people buy, and says what was seen', () => {
    const category = { category: 'stalkerware', family: 'Thing' } as const;
    const [server] = run([indicator('domain', 'lure.example', category)], VISIT.slice(0, 1));
    expect(server).toMatchObject({
      severity: 'high',
      shows: 'oddity',
      variant: 'monitoring-network',
      values: { seen: 'asked' },
    });
    expect(renderTexts('en', en.variants['monitoring-network'], server?.values ?? {}).explanation).toContain(
      'no connection is seen',
    );
    expect(
      summary(run([indicator('domain', 'lure.example', { ...category, role: 'website' })], VISIT)),
    ).toEqual(['medium website-only']);
    expect(summary(run([indicator('domain', 'lure.example', { category: 'suspect' })], VISIT))).toEqual([
      'low suspect',
    ]);
    expect(
      summary(
        run([indicator('cert-sha1', SHA1, category)], [tls({ certificates: [certificate({ sha1: SHA1 })] })]),
      ),
    ).toEqual(['critical certificate']);
  });

  it('tells of a listed file that crossed the network as that', () => {
    const sha256 = 'f'.repeat(64);
    const download: FileDownload = {
      ...ends(http()),
      kind: 'file-download',
      at: momentAt(3),
      source: frame(12),
      protocol: 'http',
      direction: 'download',
      url: 'http://files.example/a.apk',
      name: 'a.apk',
      mediaType: null,
      fileType: 'apk',
      sizeBytes: 10,
      isWhole: true,
      sha256,
    };
    expect(run([indicator('sha256', sha256)], [download])).toMatchObject([
      { severity: 'critical', confidence: 'high', shows: 'attempt', variant: 'transferred' },
    ]);
    expect(run([indicator('sha256', '0'.repeat(64))], [download])).toEqual([]);
  });

  it('points to the line of a log, where there are no packets', () => {
    const line = { evidence: 'e1', path: 'dns.log', locator: 'line 12' };
    expect(locators(run([PEGASUS], [dns('lure.example', [], { source: line })])[0])).toEqual(['line 12']);
  });

  it('finds the same whatever the order of records', () => {
    const listed = [
      PEGASUS,
      indicator('ipv4', '198.51.100.7'),
      indicator('ja3', JA3),
      indicator('cidr', '203.0.113.0/24', { category: 'suspect' }),
    ];
    const records = [
      ...VISIT,
      flow({ source: frame(9), serverAddress: '198.51.100.7' }),
      flow({ source: frame(10), serverAddress: '198.51.100.8' }),
      dns('b.lure.example', ['198.51.100.8'], { source: frame(11), answerFrame: 12 }),
      http({ source: frame(13) }),
      tls({ source: frame(14), at: null }),
    ];
    const expected = run(listed, records);
    expect(expected).toHaveLength(2);
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
        expect(run(listed, shuffled)).toEqual(expected);
      }),
    );
  });

  it('bears a million flows, listed or not', () => {
    const detection = detector.start({
      now: '',
      matcher: compileMatcher([PEGASUS]),
      observablesOf: (record) => recordKinds.get(record.kind)?.observables(record) ?? [],
      profile: { people: [] } as never,
      givenPath: () => ({ given: '', below: [] }),
    });
    const started = performance.now();
    const plain = Array.from({ length: 1_000 }, (_, number) =>
      flow({ serverAddress: `203.0.113.${number % 250}`, source: frame(number) }),
    );
    for (let round = 0; round < 1_000; round += 1) for (const record of plain) detection.see(record);
    for (let number = 0; number < 100_000; number += 1) {
      detection.see(flow({ serverNames: ['lure.example'], source: frame(number) }));
    }
    const findings = detection.end();
    expect(findings).toHaveLength(1);
    expect(findings[0]?.evidence).toHaveLength(1_000);
    expect(performance.now() - started).toBeLessThan(8_000);
  });

  it('has sound texts for everything that may have been seen', () => {
    const observed = run([PEGASUS], VISIT)[0]?.values ?? {};
    for (const seen of ['asked', 'resolved', 'reached', 'none']) {
      for (const answer of ['given', 'refused', 'none']) {
        for (const category of ['spyware', 'stalkerware', 'watchware', 'suspect']) {
          for (const family of ['Pegasus', 'unknown']) {
            for (const count of [0, 1, 7]) {
              expectSoundTexts(
                { es, en },
                {
                  ...observed,
                  ...{ seen, answer, category, family, how: count ? 'subdomain' : 'exact' },
                  ...{ lookUps: count, conversations: count, hostCount: count, deviceCount: count },
                  ...{ serverCount: count, isUserAgent: count ? 'yes' : 'no', otherFeeds: count },
                },
              );
            }
          }
        }
      }
    }
  });
});

function run(indicators: readonly Indicator[], records: readonly EvidenceRecord[]): readonly FindingDraft[] {
  return detect(detector, records, {
    matcher: compileMatcher(indicators),
    observablesOf: (record) => recordKinds.get(record.kind)?.observables(record) ?? [],
  });
}

function summary(findings: readonly FindingDraft[]): string[] {
  return findings.map(({ severity, variant }) => `${severity} ${variant}`);
}

function locators(finding: FindingDraft | undefined): string[] {
  return finding?.evidence.map(({ locator }) => locator) ?? [];
}

function ends({ transport, clientAddress, clientPort, serverAddress, serverPort }: ReturnType<typeof http>) {
  return { transport, clientAddress, clientPort, serverAddress, serverPort };
}

function packet(number: number) {
  return {
    frame: number,
    at: null,
    ttl: null,
    ipId: null,
    dontFragment: null,
    tcpFlags: null,
    sequence: null,
    acknowledgement: null,
    window: null,
    optionsBytes: null,
    payloadBytes: null,
  };
}

function certificate(more: Partial<ServerCertificate>): ServerCertificate {
  return {
    position: 1,
    subject: [['CN', 'a.example']],
    issuer: [['CN', 'ca.example']],
    namesInOrder: true,
    serial: '1',
    extendedKeyUsage: null,
    authorityName: null,
    sha256: null,
    sha1: null,
    md5: null,
    ...more,
  };
}
