import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingDraft, TextValues } from '../../../../core/contracts.js';
import { detect } from '../../../../core/testing/run.js';
import { expectSoundTexts } from '../../../../core/testing/texts.js';
import type { ServerCertificate } from '../../../../records/certificate.js';
import type { Tls } from '../../../../records/kinds/tls.js';
import { CAPTURE_START, frame, tls } from '../../testing/traffic.js';
import { inspectorOf, isOwnAuthority, isPublicAuthority } from './authorities.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './unusual-ca.js';

const find = (...records: Tls[]): readonly FindingDraft[] => detect(detector, records);

const certificate = (
  issuer: [string, string][],
  part: Partial<ServerCertificate> = {},
): ServerCertificate => ({
  position: 1,
  subject: [['CN', 'www.example']],
  issuer,
  namesInOrder: true,
  serial: '1f',
  extendedKeyUsage: null,
  authorityName: null,
  sha256: null,
  sha1: null,
  md5: null,
  notBefore: '2026-01-01T00:00:00.000000Z',
  notAfter: '2026-12-31T00:00:00.000000Z',
  ...part,
});
const OWN: [string, string][] = [
  ['O', 'Example Inspection'],
  ['CN', 'Example Inspection Root'],
];
/** A conversation with a site whose chain has these issuers. */
const shown = (serverName: string | null, issuers: [string, string][][], part: Partial<Tls> = {}): Tls =>
  tls({
    serverName,
    version: 'TLS 1.2',
    certificates: issuers.map((issuer) => certificate(issuer)),
    certificateFrame: 12,
    ...part,
  });

describe('one unknown authority for several sites', () => {
  it('is told as a sign that somebody reads what is encrypted', () => {
    const [found, ...others] = find(
      shown('www.a.example', [OWN]),
      shown('mail.b.example', [OWN], { certificateFrame: 20, serverAddress: '203.0.113.11' }),
      shown('c.example', [OWN], { certificateFrame: 30 }),
      tls(),
    );

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'medium',
      confidence: 'medium',
      shows: 'oddity',
      values: { sites: 3, times: 3, hidden: 1, total: 4, who: 'none' },
      reasons: [{ code: 'sites', values: { sites: 3 } }],
      details: {
        issuer: 'O=Example Inspection, CN=Example Inspection Root',
        sites: ['a.example', 'b.example', 'c.example'],
        hosts: ['c.example', 'mail.b.example', 'www.a.example'],
        product: null,
      },
    });
    expect(found?.evidence).toEqual([frame(12), frame(20), frame(30)]);
  });

  it('is told with less confidence for two sites, and names the product that names itself', () => {
    const mitmproxy: [string, string][] = [
      ['CN', 'mitmproxy'],
      ['O', 'mitmproxy'],
    ];
    expect(find(shown('a.example', [mitmproxy]), shown('b.example', [mitmproxy]))).toMatchObject([
      { severity: 'medium', confidence: 'low', values: { who: 'analyst', product: 'mitmproxy' } },
    ]);
  });

  it('is told also when the one who answers is on the own network', () => {
    const proxy = { serverAddress: '192.168.43.5', serverPort: 8080 };
    expect(find(shown('a.example', [OWN], proxy), shown('b.example', [OWN], proxy))).toMatchObject([
      { severity: 'medium', reasons: [{ code: 'sites' }, { code: 'within', values: { count: 2 } }] },
    ]);
  });

  it('says that certificates are new, expired or signed by themselves', () => {
    const odd = (name: string): Tls =>
      shown(name, [], {
        certificates: [
          certificate(OWN, {
            subject: OWN,
            notBefore: CAPTURE_START,
            notAfter: '2026-03-01T00:00:00.000000Z',
          }),
        ],
      });
    expect(find(odd('a.example'), odd('b.example'))[0]?.reasons?.map(({ code }) => code)).toEqual([
      'sites',
      'fresh',
      'expired',
      'self-signed',
    ]);
  });

  it('is not several names of one site', () => {
    expect(find(shown('a.shop.example', [OWN]), shown('b.shop.example', [OWN]))).toMatchObject([
      { severity: 'info', variant: 'single', values: { count: 1 } },
    ]);
  });

  it('is not told across devices', () => {
    const found = find(
      shown('a.example', [OWN]),
      shown('b.example', [OWN], { clientAddress: '192.168.43.20' }),
    );
    expect(found.map(({ variant }) => variant)).toEqual(['single']);
  });
});

describe('what is nothing odd', () => {
  it.each([
    [
      "Let's Encrypt",
      [
        ['C', 'US'],
        ['O', "Let's Encrypt"],
        ['CN', 'R11'],
      ],
    ],
    [
      'DigiCert',
      [
        ['C', 'US'],
        ['O', 'DigiCert Inc'],
        ['CN', 'DigiCert TLS RSA SHA256 2020 CA1'],
      ],
    ],
    ['Sectigo', [['O', 'Sectigo Limited']]],
    ['an authority without an organisation', [['CN', 'GlobalSign']]],
  ] as [string, [string, string][]][])('is a chain of %s', (_name, issuer) => {
    expect(find(shown('a.example', [issuer]), shown('b.example', [issuer]))).toEqual([]);
  });

  it('is a chain with a known authority at its end', () => {
    const chain: [string, string][][] = [
      [['O', 'Example University']],
      [
        ['O', 'The USERTRUST Network'],
        ['CN', 'USERTrust RSA Certification Authority'],
      ],
    ];
    expect(find(shown('a.example', chain), shown('b.example', chain))).toEqual([]);
  });

  it('is a service that signs for its own names, and only for those', () => {
    const signal: [string, string][] = [['O', 'Signal Messenger, LLC']];
    expect(find(shown('chat.signal.org', [signal]), shown('cdn.signal.org', [signal]))).toEqual([]);
    expect(find(shown('chat.signal.org', [signal]), shown('a.example', [signal]))).toMatchObject([
      { severity: 'info' },
    ]);
  });

  it('are devices of the own network, hidden chains, and names without an issuer', () => {
    expect(
      find(
        shown(null, [OWN], { serverAddress: '192.168.43.1' }),
        shown('printer.local', [OWN], { serverAddress: '192.168.43.2' }),
        tls(),
        shown('a.example', [[]]),
        shown('a.example', [OWN], { serverAddress: null }),
      ),
    ).toEqual([]);
  });
});

describe('the findings', () => {
  it('tell single servers together and are the same in any order', () => {
    const records = [
      ...Array.from({ length: 8 }, (_, n) =>
        shown(`h${n}.example`, [[['CN', `Own ${n}`]]], { source: frame(n), certificateFrame: n + 1 }),
      ),
      shown(null, [[['CN', 'localhost']]], { at: null }),
      ...['a', 'b', 'c'].map((name) => shown(`${name}.example`, [OWN])),
    ];
    const expected = find(...records);

    expect(expected.map(({ severity }) => severity)).toEqual(['medium', 'info']);
    expect(expected[1]?.values.count).toBe(9);
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
        expect(find(...shuffled)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('never fail, whatever a certificate says', () => {
    const text = fc.string({ unit: 'binary', maxLength: 80 });
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.tuple(text, text), { maxLength: 4 }), { maxLength: 4 }),
        text,
        (issuers, name) => {
          find(shown(name, issuers), shown(`${name}.example`, issuers));
        },
      ),
    );
  });

  it('have sound texts', () => {
    const [found] = find(shown('a.example', [OWN]), shown('b.example', [OWN]), tls());
    const values = { ...found?.values, count: 2, hosts: { list: ['a'] } } as TextValues;
    expectSoundTexts(
      { es, en },
      values,
      { ...values, who: 'analyst', product: 'x', isCut: 'yes', hidden: 0, leftOut: 3, count: 1 },
      { ...values, who: 'protection', product: 'x' },
      { ...values, who: 'company', product: 'x' },
      { ...values, who: 'state', product: 'x' },
    );
  });
});

describe('names of authorities', () => {
  it('are told with their company forms, at whole words', () => {
    for (const name of ['DigiCert, Inc.', 'GoDaddy.com, Inc.', 'Let’s Encrypt', 'D-Trust GmbH', 'AMAZON']) {
      expect([name, isPublicAuthority(name)]).toEqual([name, true]);
    }
    for (const name of ['DigiCertified', 'My DigiCert', '', 'Example', 'constructor']) {
      expect([name, isPublicAuthority(name)]).toEqual([name, false]);
    }
    expect(isOwnAuthority('Signal Messenger, LLC', 'notsignal.org')).toBe(false);
    expect(inspectorOf('CN=PortSwigger CA')).toEqual({ product: 'Burp Suite', who: 'analyst' });
    expect(inspectorOf('CN=Example')).toBeNull();
  });
});
