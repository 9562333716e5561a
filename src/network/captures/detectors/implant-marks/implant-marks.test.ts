import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureBuilder } from '../../../../../fixtures/captures/conversation.js';
import type { FindingDraft } from '../../../../core/contracts.js';
import { detect } from '../../../../core/testing/run.js';
import { expectSoundTexts, renderTexts } from '../../../../core/testing/texts.js';
import type { ServerCertificate } from '../../../../records/certificate.js';
import type { Flow } from '../../../../records/kinds/flow.js';
import type { Http } from '../../../../records/kinds/http.js';
import type { Tls } from '../../../../records/kinds/tls.js';
import type { PacketFacts } from '../../../../records/network-ends.js';
import { readCapture } from '../../testing/read-capture.js';
import { flow, frame, http, momentAt, tls } from '../../testing/traffic.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './implant-marks.js';

type Watched = Flow | Http | Tls;

const find = (...records: Watched[]): readonly FindingDraft[] => detect(detector, records);

const RCS_AGENT =
  'Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/536.11 (KHTML, like Gecko) Chrome/20.0.1132.57 Safari/536.11';
const downloader = (part: Partial<Http> = {}): Http =>
  http({ target: '/gh/3735928545/deadbee2', userAgent: RCS_AGENT, status: null, reason: null, ...part });

const answer = (
  status: number,
  reason: string,
  responseHeaders: [string, string][],
  body = '',
  part: Partial<Http> = {},
): Http =>
  http({
    status,
    reason,
    responseHeaders,
    responseBodyStart: body,
    responseBodyBytes: body.length,
    responsePacket: { frame: 9 } as PacketFacts,
    ...part,
  });
const notFound = (part: Partial<Http> = {}): Http =>
  answer(
    404,
    'NotFound',
    [
      ['Connection', 'close'],
      ['Content-Type', 'text/html'],
      ['Content-length', '13'],
    ],
    '<html></html>',
    part,
  );
const forbidden = (zone: string): Http =>
  answer(403, 'Forbidden', [
    ['Date', `Thu, 14 Mar 2013 10:00:00 ${zone}`],
    ['Server', 'Apache'],
    ['Vary', 'Accept-Encoding'],
    ['Content-Length', '204'],
    ['Content-Type', 'text/html; charset=iso-8859-1'],
  ]);
const blank = (part: Partial<Http> = {}): Http =>
  answer(200, 'OK', [['Content-Type', 'text/html; charset=UTF-8']], '', part);
const works = (part: Partial<Http> = {}): Http =>
  answer(
    200,
    'OK',
    [
      ['Server', 'Apache'],
      ['Date', 'Thu, 14 Mar 2013 10:00:00 GMT'],
      ['Content-Type', 'text/html; charset=iso-8859-1'],
      ['Content-Length', '140'],
    ],
    '<html>',
    part,
  );
const certificate = (part: Partial<ServerCertificate>): ServerCertificate => ({
  position: 1,
  subject: [['CN', 'server']],
  issuer: [['CN', 'default']],
  namesInOrder: true,
  serial: '2',
  extendedKeyUsage: null,
  authorityName: null,
  sha256: null,
  sha1: null,
  md5: null,
  ...part,
});

describe('the downloader of RCS', () => {
  it('is told with high severity when path and browser fit', () => {
    const [found, ...others] = find(downloader(), downloader({ at: momentAt(5), source: frame(30) }));

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'high',
      confidence: 'high',
      shows: 'trace',
      family: 'Hacking Team RCS',
      variant: 'rcs-downloader',
      at: momentAt(0),
      details: { device: '192.168.43.17', host: '203.0.113.10', times: 2, exactTimes: 2 },
    });
    expect(found?.evidence).toEqual([frame(4), frame(30)]);
  });

  it('is told with medium severity by its path alone, also in a target that names the host', () => {
    expect(find(downloader({ userAgent: 'curl/8' }))).toMatchObject([
      { severity: 'medium', confidence: 'medium', shows: 'attempt', details: { exactTimes: 0 } },
    ]);
    expect(find(downloader({ target: 'http://c2.example/gh/3735928545/deadbee2?x=1' }))).toMatchObject([
      { severity: 'high' },
    ]);
  });

  it('is not a path that is only like it', () => {
    expect(
      find(
        downloader({ target: '/gh/3735928545/deadbee2/more' }),
        downloader({ target: '/proxy?u=/gh/3735928545/deadbee2' }),
        downloader({ target: '/gh/3735928545/deadbee3' }),
        downloader({ method: 'POST' }),
        downloader({ target: null }),
        http({ userAgent: RCS_AGENT }),
      ),
    ).toEqual([]);
  });
});

describe('the hello of FinSpy 1.1', () => {
  it('is told on any port', () => {
    const [found, ...others] = find(flow({ application: 'finspy-tlv', serverPort: 1111 }));

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'high',
      shows: 'trace',
      family: 'FinFisher',
      variant: 'finspy-hello',
      details: { ports: [1111], times: 1 },
      evidence: [frame(1)],
    });
  });

  it('from outside to the own side is somebody looking for servers', () => {
    const probe = { clientAddress: '198.51.100.9', serverAddress: '192.168.43.17' };
    expect(find(flow({ application: 'finspy-tlv', ...probe }))).toMatchObject([
      { severity: 'low', shows: 'oddity', variant: 'finspy-probe' },
    ]);
  });

  it('is nothing else that a conversation may be', () => {
    expect(find(flow({ application: 'tls' }), flow({ application: null }))).toEqual([]);
    expect(find(flow({ application: 'finspy-tlv', clientAddress: null }))).toEqual([]);
  });
});

describe('servers that fit a published fingerprint', () => {
  it('are told with the request and the answer', () => {
    const [found, ...others] = find(notFound());

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'high',
      confidence: 'high',
      shows: 'attempt',
      family: 'Hacking Team RCS',
      reasons: [{ code: 'rcs-http-404', values: { times: 1, general: 'no' } }],
      details: { names: ['www.example'], fingerprints: [{ fingerprint: 'rcs-http-404', how: 'exact' }] },
    });
    expect(found?.evidence).toEqual([frame(4), frame(9)]);
    expect(renderTexts('es', { title: es.title }, found?.values ?? {}).title).toBe(
      '192.168.43.17 habló con www[.]example, que coincide con la huella publicada de los servidores de Hacking Team RCS',
    );
    expect(find(forbidden('UTC'))).toMatchObject([
      { severity: 'high', family: 'FinFisher', reasons: [{ code: 'finfisher-2-0' }] },
    ]);
  });

  it('are not those that write as everybody does', () => {
    expect(find(forbidden('GMT'), notFound({ reason: 'Not Found' }), http(), tls())).toEqual([]);
    const shuffled = notFound();
    expect(find({ ...shuffled, responseHeaders: shuffled.responseHeaders.toReversed() })).toEqual([]);
    const more = notFound();
    expect(find({ ...more, responseHeaders: [...more.responseHeaders, ['X-Cache', 'HIT']] })).toEqual([]);
  });

  it('of version 1.0 are of medium severity: records do not keep the missing space', () => {
    const headers: [string, string][] = [
      ['Content-Type', 'text/html; charset=UTF-8'],
      ['Content-Length', '12'],
    ];
    expect(find(answer(200, 'OK', headers, 'Hallo Steffi'))).toMatchObject([
      { severity: 'medium', confidence: 'medium', values: { strength: 'hallo' } },
    ]);
    expect(find(answer(200, 'OK', headers, 'Hello Steffi'))).toEqual([]);
  });

  it('are of low severity together when the shape is general, of medium when there are two', () => {
    const other = { serverAddress: '203.0.113.11', host: 'b.example' };
    expect(find(blank(), blank(other))).toMatchObject([
      { severity: 'low', confidence: 'low', shows: 'oddity', variant: 'weak', values: { servers: 2 } },
    ]);
    expect(find(blank(), works())).toMatchObject([
      { severity: 'medium', values: { strength: 'combined' }, reasons: [{ code: 'finfisher-3-0' }, {}] },
    ]);
  });

  it('are told by their certificates, with the packet of the certificate', () => {
    const [found, ...others] = find(tls({ certificates: [certificate({})], certificateFrame: 12 }));

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'high',
      reasons: [{ code: 'rcs-certificate-2' }],
      evidence: [frame(12)],
    });
    expect(find(tls({ certificates: [certificate({ subject: [['CN', 'server1']] })] }))).toEqual([]);
    expect(
      find(
        tls({
          certificates: [
            certificate({
              subject: [['CN', 'abcdefghijk']],
              issuer: [['CN', 'lmnopqrstuv']],
              serial: '1',
              extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
              authorityName: [['CN', 'lmnopqrstuv']],
            }),
          ],
        }),
      ),
    ).toMatchObject([{ severity: 'low', variant: 'weak' }]);
  });
});

describe('a capture made for the test (synthetic: no capture of a real agent is public)', () => {
  it('has its marks found from the packets on', async () => {
    const capture = new CaptureBuilder();
    const [device, server] = ['192.168.1.20', '192.0.2.66'];
    capture.http(
      `${device}:50001`,
      `${server}:80`,
      { target: '/gh/3735928545/deadbee2', headers: [['User-Agent', RCS_AGENT]] },
      {
        status: 404,
        reason: 'NotFound',
        headers: [
          ['Connection', 'close'],
          ['Content-Type', 'text/html'],
          ['Content-length', '13'],
        ],
        body: '<html></html>',
      },
    );
    const hello = Buffer.from('0c000000400173000102030405060708', 'hex');
    const talk = capture.tcp(`${device}:50002`, '192.0.2.77:1111').connect().client(hello);
    talk.close();
    capture.http(
      `${device}:50003`,
      '192.0.2.88:80',
      { target: '/' },
      { status: 200, body: 'an ordinary page' },
    );
    const { records } = await readCapture(capture.bytes());
    const watched = records.filter(({ kind }) => detector.watches.includes(kind as 'flow'));
    const found = find(...(watched as Watched[]));

    expect(found.map(({ severity, variant, details }) => [severity, variant, details?.host])).toEqual([
      ['high', 'rcs-downloader', server],
      ['high', undefined, server],
      ['high', 'finspy-hello', '192.0.2.77'],
    ]);
    expect(found[0]?.evidence).toEqual([frame(4)]);
    expect(found[1]?.details).toMatchObject({
      fingerprints: [{ fingerprint: 'rcs-http-404', how: 'exact' }],
    });
  });
});

describe('marks of implants', () => {
  const RECORDS: readonly Watched[] = [
    downloader(),
    downloader({ userAgent: null, serverAddress: '203.0.113.40' }),
    flow({ application: 'finspy-tlv', serverPort: 22 }),
    notFound({ serverAddress: '203.0.113.41' }),
    blank({ serverAddress: '203.0.113.42' }),
    works({ serverAddress: '203.0.113.43', source: frame(77) }),
    blank({ serverAddress: '203.0.113.43', source: frame(66) }),
    tls({ certificates: [certificate({})], at: null }),
  ];

  it('are the same in whatever order they come', () => {
    const expected = find(...RECORDS);
    expect(expected.map(({ severity }) => severity)).toEqual([
      ...['high', 'high', 'high', 'high'],
      ...['medium', 'medium'],
      'low',
    ]);
    fc.assert(
      fc.property(fc.shuffledSubarray([...RECORDS], { minLength: RECORDS.length }), (records) => {
        expect(find(...records)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('never fail, whatever an answer says', () => {
    const text = fc.string({ maxLength: 60 });
    fc.assert(
      fc.property(
        fc.option(fc.integer()),
        text,
        fc.array(fc.tuple(text, text), { maxLength: 30 }),
        text,
        (status, reason, headers, target) => {
          find(http({ status, reason, responseHeaders: headers, target, responseBodyStart: reason }));
        },
      ),
    );
  });

  it('have sound texts', () => {
    const all = find(
      ...RECORDS,
      flow({ application: 'finspy-tlv', clientAddress: '198.51.100.9', serverAddress: '10.0.0.2' }),
    );
    const values = {
      ...Object.assign({}, ...all.map((found) => found.values)),
      ...{ general: 'yes', times: 2, leftOut: 3 },
    };
    expectSoundTexts({ es, en }, values, {
      ...values,
      ...{ strength: 'hallo', hasName: 'no', isExact: 'no', times: 1, leftOut: 0, general: 'no', servers: 1 },
    });
    for (const { reasons = [] } of all)
      for (const { code } of reasons) expect(Object.keys(es.reasons)).toContain(code);
  });
});
