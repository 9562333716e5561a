import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CertificateParts,
  CLIENT_AUTHENTICATION,
  derCertificate,
  ordinaryCertificate,
  SERVER_AUTHENTICATION,
} from '../../../../fixtures/scans/certificates.js';
import type { ServerCertificate } from '../../../records/certificate.js';
import type { ServerObservation } from '../../../records/kinds/server-observation.js';
import { certificateFromDer } from '../../certificates.js';
import { type HttpAnswer, httpFromParts, httpFromRaw, withBody } from '../http-answer.js';
import { observed } from '../testing/observations.js';
import { signsOf } from './signs.js';

const rawSigns = (raw: string) => signsOf(observed({ http: httpFromRaw(raw) }));
const namesOf = (raw: string) => rawSigns(raw).map(({ fingerprint, how }) => `${fingerprint} ${how}`);
const partSigns = (...parts: Parameters<typeof httpFromParts>) =>
  signsOf(observed({ http: httpFromParts(...parts) }));

const HALLO =
  'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Length:12\r\n\r\nHallo Steffi';
const FORBIDDEN =
  'HTTP/1.1 403 Forbidden\r\nDate: Thu, 14 Mar 2013 10:00:00 UTC\r\nServer: Apache\r\nVary: Accept-Encoding\r\nContent-Length: 204\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n<html>';
const BLANK = 'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n';
const WORKS =
  'HTTP/1.1 200 OK\r\nServer: Apache\r\nDate: Thu, 14 Mar 2013 10:00:00 GMT\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Length: 140\r\n\r\n<html>';
const REFRESH =
  '<html> <head><meta http-equiv="refresh" content="0;url=http://www.example.org/a"></head> </html>';
const APACHE_PAGE = '<address>Apache/2.4.4 (Unix) OpenSSL/1.0.0g Server at  Port 80</address>';
const RCS_HEAD = 'Connection: close\r\nContent-Type: text/html\r\nContent-length: 90\r\n';
const rcs = (status: string, head = RCS_HEAD, body = REFRESH) => `HTTP/1.1 ${status}\r\n${head}\r\n${body}`;

describe('answers of FinFisher servers', () => {
  it.each([
    ['finfisher-1.0', HALLO, false],
    ['finfisher-2.0', FORBIDDEN, false],
    ['finfisher-3.0', BLANK, true],
    ['finfisher-4.0', WORKS, true],
  ])('knows %s by its bytes', (fingerprint, raw, needsSecond) => {
    expect(rawSigns(raw)).toEqual([
      { family: 'FinFisher', fingerprint, how: 'exact', needsSecond, decoy: null },
    ]);
  });

  it('takes what follows the greeting of 1.0, and what stands before the date of 2.0', () => {
    expect(namesOf(`${HALLO}\r\n`)).toEqual(['finfisher-1.0 exact']);
    expect(namesOf(FORBIDDEN.replace('Date', 'X-Test: 1\r\nDate'))).toEqual(['finfisher-2.0 exact']);
  });

  it.each([
    ['1.0 with a space after the colon', HALLO.replace('Length:12', 'Length: 12')],
    ['1.0 in lower case', HALLO.replace('UTF-8', 'utf-8')],
    ['1.0 with a header name in lower case', HALLO.replace('Content-Length', 'content-length')],
    ['1.0 in the other order', HALLO.replace(/(Content-Type[^\r]+)\r\n(Content-Length:12)/, '$2\r\n$1')],
    ['1.0 with another header', HALLO.replace('Content-Type', 'Server: a\r\nContent-Type')],
    ['1.0 with another body', HALLO.replace('Steffi', 'Stefan')],
    ['1.0 with HTTP/1.0', HALLO.replace('HTTP/1.1', 'HTTP/1.0')],
    ['2.0 with GMT', FORBIDDEN.replace('UTC', 'GMT')],
    ['2.0 with a date that is none', FORBIDDEN.replace('Thu, 14 Mar 2013 10:00:00', 'now')],
    ['2.0 whose UTC ends another header', FORBIDDEN.replace('Date', 'Last-Modified')],
    ['2.0 with another header between', FORBIDDEN.replace('Vary', 'Accept-Ranges: bytes\r\nVary')],
    ['2.0 with another header behind', FORBIDDEN.replace('iso-8859-1\r\n', 'iso-8859-1\r\nX: 1\r\n')],
    ['2.0 with another length', FORBIDDEN.replace('204', '205')],
    ['2.0 in another order', FORBIDDEN.replace(/(Server[^\r]+)\r\n(Vary[^\r]+)/, '$2\r\n$1')],
    ['3.0 with a body', `${BLANK}x`],
    ['3.0 with another header', BLANK.replace('\r\n\r\n', '\r\nServer: Apache\r\n\r\n')],
    ['3.0 with another text of the type', BLANK.replace('; charset', ';charset')],
    ['3.0 cut before its end', BLANK.slice(0, -2)],
    ['4.0 in another order', WORKS.replace(/(Server[^\r]+)\r\n(Date[^\r]+)/, '$2\r\n$1')],
    ['4.0 with another header', WORKS.replace('Date', 'Vary: a\r\nDate')],
    ['4.0 with another length', WORKS.replace('140', '141')],
    ['4.0 with something else for a date', WORKS.replace('Thu, 14 Mar 2013 10:00:00 GMT', 'x\\r\\nVary: a')],
    ['4.0 not found', WORKS.replace('200 OK', '404 Not Found')],
  ])('does not take %s for it', (_, raw) => {
    expect(namesOf(raw)).toEqual([]);
  });

  it('is not sure where line ends were changed on the way', () => {
    for (const raw of [HALLO, FORBIDDEN, BLANK, WORKS]) {
      const [sign] = rawSigns(raw.replaceAll('\r\n', '\n'));
      expect(sign).toMatchObject({ how: 'compatible', needsSecond: true });
    }
    expect(namesOf(HALLO.replace('\r\n', '\n'))).toEqual([]);
  });

  it('is not sure of the empty body and of the greeting where the export keeps no bodies', () => {
    const without = (raw: string): HttpAnswer => withBody(httpFromRaw(raw), null);
    const signs = (http: HttpAnswer) => signsOf(observed({ http }));

    expect(signs(without(BLANK))).toMatchObject([{ fingerprint: 'finfisher-3.0', how: 'compatible' }]);
    expect(signs(without(HALLO))).toMatchObject([{ fingerprint: 'finfisher-1.0', how: 'compatible' }]);
    expect(signs(withBody(httpFromRaw(BLANK), 'page'))).toEqual([]);
  });

  it('is compatible with parsed headers in any order, with names in any writing', () => {
    const type = ['content_type', 'text/html; charset=UTF-8'] as const;
    expect(partSigns('200 OK', [['content_length', '12'], type], 'Hallo Steffi')).toEqual([
      {
        family: 'FinFisher',
        fingerprint: 'finfisher-1.0',
        how: 'compatible',
        needsSecond: true,
        decoy: null,
      },
    ]);
    expect(
      partSigns(
        'HTTP/1.1 403 Forbidden',
        [
          ['Content-Type', 'text/html; charset=iso-8859-1'],
          ['Content-Length', '204'],
          ['Vary', 'Accept-Encoding'],
          ['Server', 'Apache'],
          ['Date', 'Thu, 14 Mar 2013 10:00:00 UTC'],
        ],
        null,
      ),
    ).toMatchObject([{ fingerprint: 'finfisher-2.0', how: 'compatible' }]);
    expect(partSigns('HTTP/1.1 200 OK', [type], '')).toMatchObject([
      { fingerprint: 'finfisher-3.0', how: 'compatible', needsSecond: true },
    ]);
    expect(
      partSigns(
        'HTTP/1.1 200 OK',
        [
          ['Date', 'Thu, 14 Mar 2013 10:00:00 GMT'],
          ['Server', 'Apache'],
          ['Content-Length', '140'],
          ['Content-Type', 'text/html; charset=iso-8859-1'],
        ],
        null,
      ),
    ).toMatchObject([{ fingerprint: 'finfisher-4.0', how: 'compatible' }]);
  });

  it('is not compatible with other parsed headers', () => {
    const type = ['Content-Type', 'text/html; charset=UTF-8'] as const;
    const ok = 'HTTP/1.1 200 OK';
    expect(partSigns(ok, [type], 'x')).toEqual([]);
    expect(partSigns(ok, [type], null)).toEqual([]);
    expect(partSigns(ok, [type, ['Server', 'a']], '')).toEqual([]);
    expect(partSigns(ok, [type, type], '')).toEqual([]);
    expect(partSigns(ok, [type, ['Content-Length', '12']], 'Hallo Stefan')).toEqual([]);
    expect(partSigns('HTTP/1.1 404 Not Found', [type], '')).toEqual([]);
    expect(partSigns(null, [type], '')).toEqual([]);
  });
});

describe('answers of servers of the Remote Control System', () => {
  it.each([
    ['404 NotFound', 'rcs-http-404'],
    ['400 BadRequest', 'rcs-http-400'],
    ['500 InternalServerError', 'rcs-http-500'],
  ])('knows %s, whatever the page', (status, fingerprint) => {
    const expected = { family: 'Hacking Team RCS', fingerprint, how: 'exact', needsSecond: false };
    expect(rawSigns(rcs(status))).toEqual([{ ...expected, decoy: 'www.example.org' }]);
    expect(rawSigns(rcs(status, RCS_HEAD, 'index.html'))).toEqual([{ ...expected, decoy: null }]);
    expect(rawSigns(rcs(status, `${RCS_HEAD}Server: Apache/2.4.4 (Unix) OpenSSL/1.0.0g\r\n`))).toHaveLength(
      1,
    );
    expect(
      rawSigns(rcs(status, 'Content-Type: text/html\r\nContent-Length: 90\r\nConnection: close\r\n')),
    ).toHaveLength(1);
  });

  it('knows 200 OK by its page, and needs more where the page only leads elsewhere', () => {
    const apache = `${RCS_HEAD}Server: Apache/2.4.4 (Unix) OpenSSL/1.0.0g\r\n`;
    expect(rawSigns(rcs('200 OK'))).toMatchObject([
      { fingerprint: 'rcs-http-200', how: 'exact', needsSecond: true, decoy: 'www.example.org' },
    ]);
    expect(rawSigns(rcs('200 OK', apache))).toMatchObject([{ needsSecond: false }]);
    expect(rawSigns(rcs('200 OK', RCS_HEAD, APACHE_PAGE))).toMatchObject([{ needsSecond: false }]);
  });

  it.each([
    ['a space in the text of the status', rcs('404 Not Found')],
    ['no text of the status', rcs('404 ')],
    ['two statuses', rcs('404 NotFound400 BadRequest')],
    ['lower case', rcs('404 notfound')],
    ['another header', rcs('404 NotFound', `${RCS_HEAD}Date: Thu, 14 Mar 2013 10:00:00 GMT\r\n`)],
    ['another server', rcs('404 NotFound', `${RCS_HEAD}Server: nginx\r\n`)],
    ['keep-alive', rcs('404 NotFound', RCS_HEAD.replace('close', 'keep-alive'))],
    ['no Connection', rcs('404 NotFound', RCS_HEAD.replace('Connection: close\r\n', ''))],
    ['Connection twice', rcs('404 NotFound', `${RCS_HEAD}Connection: close\r\n`)],
    [
      'Connection in the middle',
      rcs('404 NotFound', 'Content-Type: text/html\r\nConnection: close\r\nContent-length: 9\r\n'),
    ],
    ['the server before the connection', rcs('404 NotFound', `Server: Apache\r\n${RCS_HEAD}`)],
    ['a set of characters', rcs('404 NotFound', RCS_HEAD.replace('text/html', 'text/html; charset=UTF-8'))],
    ['a header in lower case', rcs('404 NotFound', RCS_HEAD.toLowerCase())],
    ['a length that is none', rcs('404 NotFound', RCS_HEAD.replace('90', 'x'))],
    ['200 OK with another page', rcs('200 OK', RCS_HEAD, '<html>It works!</html>')],
    ['200 OK that waits', rcs('200 OK', RCS_HEAD, REFRESH.replace('"0;', '"5;'))],
    ['200 OK of another version', rcs('200 OK', RCS_HEAD, APACHE_PAGE.replace('1.0.0g', '1.0.1e'))],
    ['HTTP/1.0', rcs('404 NotFound').replace('HTTP/1.1', 'HTTP/1.0')],
  ])('does not take %s for it', (_, raw) => {
    expect(namesOf(raw)).toEqual([]);
  });

  it('is compatible with parsed headers', () => {
    const headers = [
      ['connection', 'close'],
      ['content_length', '90'],
      ['content_type', 'text/html'],
    ] as const;
    expect(partSigns('404 NotFound', headers, REFRESH)).toEqual([
      {
        family: 'Hacking Team RCS',
        fingerprint: 'rcs-http-404',
        how: 'compatible',
        needsSecond: true,
        decoy: 'www.example.org',
      },
    ]);
    // Parsers written in Go leave "Connection: close" out.
    expect(partSigns('404 NotFound', headers.slice(1), null)).toHaveLength(1);
    expect(partSigns('200 OK', headers, REFRESH)).toHaveLength(1);
    expect(partSigns('200 OK', headers.slice(1), REFRESH)).toEqual([]);
    expect(partSigns('404 NotFound', headers.slice(2), null)).toEqual([]);
    expect(partSigns('404 NotFound', [...headers, ['date', 'x']], null)).toEqual([]);
    expect(partSigns('404 NotFound', [...headers.slice(1), ['content-type', 'text/html']], null)).toEqual([]);
    expect(partSigns('404 Not Found', headers, REFRESH)).toEqual([]);
  });

  it('finds where a page leads, by its own words or by a Location', () => {
    const decoyOf = (page: string, head = RCS_HEAD) =>
      rawSigns(rcs('404 NotFound', head, page))[0]?.decoy ?? null;
    expect(decoyOf("<meta http-equiv=refresh content='0; URL=https://User@Example.NET:8080/x'>")).toBe(
      'example.net',
    );
    expect(decoyOf('<meta content="0;url=http://[2001:db8::1]/">')).toBe('2001:db8::1');
    expect(decoyOf('<meta content="0;url=/local">')).toBeNull();
    const parsed = partSigns(
      '404 NotFound',
      [
        ['content-type', 'text/html'],
        ['content-length', '1'],
      ],
      'x',
    );
    expect(parsed[0]?.decoy).toBeNull();
  });
});

describe('certificates of the Remote Control System', () => {
  const shapeOf = (parts: CertificateParts, change: Partial<ServerCertificate> = {}) =>
    signsOf(observed({ certificates: [{ ...certificateFromDer(derCertificate(parts)), ...change }] })).map(
      ({ fingerprint, how, needsSecond }) => `${fingerprint} ${how}${needsSecond ? ' weak' : ''}`,
    );
  const ordinary = ordinaryCertificate();
  const issuedBy = (...issuer: [string, string][]): CertificateParts => ({ ...ordinary, issuer });
  const WEAK: CertificateParts = {
    subject: [['CN', 'abcdefghijk']],
    issuer: [['CN', 'lmnopqrstuv']],
    purposes: [CLIENT_AUTHENTICATION],
    authority: [['CN', 'lmnopqrstuv']],
  };

  it('knows the first by its issuer', () => {
    expect(shapeOf(issuedBy(['CN', 'RCS Certification Authority']))).toEqual(['rcs-certificate-1 exact']);
    expect(shapeOf(issuedBy(['C', 'IT'], ['O', 'HT srl'], ['CN', 'x']))).toEqual(['rcs-certificate-1 exact']);
    expect(shapeOf(issuedBy(['CN', 'RCS certification authority']))).toEqual([]);
    expect(shapeOf(issuedBy(['O', 'HT s.r.l.']))).toEqual([]);
    expect(shapeOf({ ...ordinary, subject: [['O', 'HT srl']] })).toEqual([]);
    // Other companies, whose names end so.
    expect(shapeOf(issuedBy(['C', 'IT'], ['O', 'LIGHT srl'], ['CN', 'x']))).toEqual([]);
    expect(shapeOf(issuedBy(['CN', 'MARCS Certification Authority']))).toEqual([]);
  });

  it('knows the second by two names and nothing else', () => {
    const second: CertificateParts = { subject: [['CN', 'server']], issuer: [['CN', 'default']], serial: 77 };
    expect(shapeOf(second)).toEqual(['rcs-certificate-2 exact']);
    expect(shapeOf({ ...second, text: 'printable' })).toEqual(['rcs-certificate-2 exact']);
    expect(shapeOf(second, { namesInOrder: false })).toEqual(['rcs-certificate-2 exact']);
    expect(
      shapeOf({
        ...second,
        subject: [
          ['CN', 'server'],
          ['O', 'x'],
        ],
      }),
    ).toEqual([]);
    expect(
      shapeOf({
        ...second,
        issuer: [
          ['CN', 'default'],
          ['C', 'IT'],
        ],
      }),
    ).toEqual([]);
    expect(shapeOf({ ...second, subject: [['CN', 'Server']] })).toEqual([]);
    expect(shapeOf({ ...second, subject: [['O', 'server']] })).toEqual([]);
    expect(shapeOf({ ...second, issuer: second.subject, subject: second.issuer })).toEqual([]);
  });

  it('knows the third by two parts of its issuer that follow each other', () => {
    const [cn, o]: [string, string][] = [
      ['CN', 'System Certification Authority'],
      ['O', 'Organization ltd'],
    ];
    if (!cn || !o) throw new Error();
    expect(shapeOf(issuedBy(cn, o))).toEqual(['rcs-certificate-3 exact']);
    expect(shapeOf(issuedBy(['C', 'IT'], cn, o, ['L', 'x']))).toEqual(['rcs-certificate-3 exact']);
    expect(shapeOf(issuedBy(o, cn))).toEqual([]);
    expect(shapeOf(issuedBy(cn, ['C', 'IT'], o))).toEqual([]);
    expect(shapeOf(issuedBy(cn, ['O', 'Organisation ltd']))).toEqual([]);
    expect(shapeOf(issuedBy(cn))).toEqual([]);
    expect(shapeOf(issuedBy(o, cn), { namesInOrder: false })).toEqual(['rcs-certificate-3 compatible weak']);
  });

  it('knows the fourth by serial number, lengths, purpose and authority together', () => {
    expect(shapeOf(WEAK)).toEqual(['rcs-certificate-4 exact weak']);
    expect(shapeOf({ ...WEAK, serial: 2 })).toEqual([]);
    expect(shapeOf({ ...WEAK, subject: [['CN', 'abcdefghij']] })).toEqual([]);
    expect(shapeOf({ ...WEAK, issuer: [['CN', 'lmnopqrstuvw']] })).toEqual([]);
    expect(shapeOf({ ...WEAK, purposes: [CLIENT_AUTHENTICATION, SERVER_AUTHENTICATION] })).toEqual([]);
    expect(shapeOf({ ...WEAK, purposes: [SERVER_AUTHENTICATION] })).toEqual([]);
    const { purposes: _, ...withoutPurposes } = WEAK;
    expect(shapeOf(withoutPurposes)).toEqual([]);
    expect(
      shapeOf({
        ...WEAK,
        subject: [
          ['CN', 'abcdefghijk'],
          ['O', 'x'],
        ],
      }),
    ).toEqual([]);
    expect(shapeOf({ ...WEAK, authority: [['CN', 'lmnopqrstux']] })).toEqual([]);
    const { authority: __, ...withoutAuthority } = WEAK;
    expect(shapeOf(withoutAuthority)).toEqual([]);
  });

  it('is not sure of the fourth where an export leaves parts out', () => {
    expect(shapeOf(WEAK, { extendedKeyUsage: null })).toEqual(['rcs-certificate-4 compatible weak']);
    expect(shapeOf(WEAK, { authorityName: null, namesInOrder: false })).toEqual([
      'rcs-certificate-4 compatible weak',
    ]);
    expect(shapeOf(WEAK, { authorityName: null, extendedKeyUsage: null, namesInOrder: false })).toEqual([]);
    expect(shapeOf(WEAK, { serial: null })).toEqual([]);
  });

  it('says each sign once for a chain, and finds it anywhere in the chain', () => {
    const of = (parts: CertificateParts, position: number) =>
      certificateFromDer(derCertificate(parts), position);
    const certificates = [
      of(ordinary, 1),
      of(issuedBy(['O', 'HT srl']), 2),
      of({ ...issuedBy(['O', 'HT srl']), serial: 9 }, 3),
    ];
    expect(signsOf(observed({ certificates }))).toHaveLength(1);
  });

  it('says nothing of ordinary ones and of those only named', () => {
    expect(shapeOf(ordinary)).toEqual([]);
    expect(shapeOf(ordinary, { issuer: null, subject: null })).toEqual([]);
    expect(shapeOf(ordinary, { issuer: [], subject: [] })).toEqual([]);
  });
});

describe('signsOf', () => {
  it('passes on what a study says', () => {
    const published = { study: 'S', family: 'FinFisher', fingerprints: ['3.0', '4.0'], customer: null };
    expect(signsOf(observed({ published }))).toMatchObject([
      { family: 'FinFisher', fingerprint: 'finfisher-3.0', how: 'published', needsSecond: false },
      { fingerprint: 'finfisher-4.0' },
    ]);
    expect(signsOf(observed({ published: { ...published, family: 'Other' } }))).toEqual([]);
  });

  it('takes any answer and any certificate', () => {
    const piece = fc.constantFrom(
      ...[HALLO, FORBIDDEN, BLANK, WORKS, rcs('404 NotFound'), rcs('200 OK')].flatMap((raw) =>
        raw.split(/(?<=\r\n)/),
      ),
      '\r\n',
      'x',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), fc.boolean(), (pieces, parsed) => {
        const http = httpFromRaw(pieces.join(''));
        const row: ServerObservation = observed({ http: parsed ? { ...http, raw: null } : http });
        for (const { how, needsSecond } of signsOf(row)) {
          if (parsed) expect(how).toBe('compatible');
          if (how === 'compatible') expect(needsSecond).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('takes about a microsecond for an ordinary row', () => {
    const raw =
      'HTTP/1.1 200 OK\r\nDate: Thu, 14 Mar 2013 10:00:00 GMT\r\nServer: Apache/2.2.3\r\nContent-Length: 5000\r\nConnection: close\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n<html>';
    const row = observed({
      http: httpFromRaw(raw),
      certificates: [certificateFromDer(derCertificate(ordinaryCertificate()))],
    });
    const started = performance.now();
    for (let index = 0; index < 200_000; index += 1) signsOf(row);
    const microseconds = ((performance.now() - started) * 1_000) / 200_000;
    // Ten times what it takes on a machine with nothing else to do.
    expect(microseconds).toBeLessThan(10);
  });
});
