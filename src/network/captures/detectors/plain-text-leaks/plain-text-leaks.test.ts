import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingDraft, TextValues } from '../../../../core/contracts.js';
import { detect } from '../../../../core/testing/run.js';
import { expectSoundTexts } from '../../../../core/testing/texts.js';
import type { Http } from '../../../../records/kinds/http.js';
import type { PacketFacts } from '../../../../records/network-ends.js';
import { frame, http } from '../../testing/traffic.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { hasEmailAddress, isImei, leaksOf } from './kinds.js';
import { detector } from './plain-text-leaks.js';

const find = (...records: Http[]): readonly FindingDraft[] => detect(detector, records);
/** Kinds and places of what a request says. */
const said = (part: Partial<Http>): string[] =>
  leaksOf(http(part)).map(({ kind, place }) => `${kind} ${place}`);
const query = (text: string): string[] => said({ target: `/track?${text}` });
const body = (requestBodyStart: string): string[] => said({ method: 'POST', requestBodyStart });

describe('what goes in the clear', () => {
  it.each([
    ['user=ana&password=hunter2', ['password address']],
    ['contrase%C3%B1a=abc', ['password address']],
    ['imei=490154203237518', ['device-id address']],
    ['device_id=490154203237518', ['device-id address']],
    ['imsi=334020123456789', ['device-id address']],
    ['android_id=9774d56d682e549c', ['device-id address']],
    ['serialNumber=R58M12ABCDE', ['device-id address']],
    ['wifiMac=3c:5a:b4:01:02:03', ['device-id address']],
    ['idfa=6D92078A-8246-4BA4-AE5B-76104861E7DC', ['advertising-id address']],
    ['lat=19.43261&lon=-99.13321', ['location address']],
    ['ll=19.43261,-99.13321', ['location address']],
    ['phone=%2B1+555+010+4477', ['phone address']],
    ['msisdn=15550104477', ['phone address']],
    ['q=write+to+ana%40example.org+now', ['email address']],
    ['ssid=House&bssid=3c:5a:b4:01:02:03', ['wifi address']],
    ['accessToken=0123456789abcdef0', ['session address']],
  ])('is told in an address: %s', (text, kinds) => {
    expect(query(text)).toEqual(kinds);
  });

  it.each([
    ['password='],
    ['nopassword=hunter2'],
    ['imei=490154203237519'],
    ['imei=000000000000000'],
    ['order=490154203237518'],
    ['android_id=9774d56d682e549'],
    ['wifiMac=02:00:00:00:00:00'],
    ['idfa=00000000-0000-0000-0000-000000000000'],
    ['lat=19.43261'],
    ['lat=19.4&lon=-99.1'],
    ['lat=95.12345&lon=-99.13321'],
    ['lat=0.000&lon=0.000'],
    ['phone=1234'],
    ['phone=samsung'],
    ['icon=logo@2x.png'],
    ['user=@example.org'],
    ['package=lib@1.2.3'],
    ['sid=short'],
  ])('is not something that only looks alike: %s', (text) => {
    expect(query(text)).toEqual([]);
  });

  it('is told in forms, in JSON that was cut, and in parts', () => {
    expect(body('email=ana%40example.org&passwd=x')).toEqual(['email body', 'password body']);
    expect(
      body(
        '{"user": {"device_id": "490154203237518", "lat": 19.43261, "tags": ["a"], "lng":-99.13321}, "pass',
      ),
    ).toEqual(['device-id body', 'location body']);
    expect(
      body(
        '--x\r\nContent-Disposition: form-data; name="pwd"\r\n\r\nsecret\r\n--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--',
      ),
    ).toEqual(['password body']);
    expect(body('{"a": "password", "b": "x"}')).toEqual([]);
  });

  it('is told in headers and cookies', () => {
    expect(said({ requestHeaders: [['Authorization', 'Basic YTpi']] })).toEqual(['password header']);
    expect(said({ requestHeaders: [['authorization', 'Bearer abcdefgh.ijkl']] })).toEqual(['session header']);
    expect(said({ requestHeaders: [['Cookie', 'theme=dark; PHPSESSID=0123456789abcdef']] })).toEqual([
      'session cookie',
    ]);
    expect(said({ responseHeaders: [['Set-Cookie', 'JSESSIONID=0123456789; Path=/; HttpOnly']] })).toEqual([
      'session answer',
    ]);
    expect(
      said({
        requestHeaders: [
          ['Authorization', 'Digest username="a"'],
          ['Cookie', 'theme=dark; _ga=GA1.2.12345678.1234'],
          ['X-Cookie', 'sid=0123456789'],
        ],
        responseHeaders: [['Set-Cookie', 'sid=; Max-Age=0']],
      }),
    ).toEqual([]);
  });

  it('is told in a path', () => {
    expect(said({ target: '/unsubscribe/ana%40example.org/now' })).toEqual(['email address']);
  });
});

describe('the findings', () => {
  const login = http({
    target: '/login?imei=490154203237518',
    requestHeaders: [['Cookie', 'sid=secret-session']],
    requestBodyStart: 'password=hunter2',
    responseHeaders: [['Set-Cookie', 'token=another-secret']],
    responsePacket: { frame: 9 } as PacketFacts,
  });

  it('are one for each host, with kinds and places and without any value', () => {
    const again = http({ target: '/a?imei=490154203237518', source: frame(40) });
    const [found, ...others] = find(login, again);

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'low',
      shows: 'advice',
      values: { host: { link: 'www.example' }, isSecret: 'yes', kinds: 3 },
      reasons: [
        { code: 'password', values: { times: 1, inBody: 'yes' } },
        { code: 'session', values: { times: 2, inCookie: 'yes', inAnswer: 'yes' } },
        { code: 'device-id', values: { times: 2, inAddress: 'yes' } },
      ],
    });
    expect(found?.evidence).toEqual([frame(4), frame(9), frame(40)]);
    expect(JSON.stringify(found)).not.toMatch(/hunter2|secret|490154/);
  });

  it('are information without a password or a session', () => {
    expect(find(http({ target: '/?imei=490154203237518' }))).toMatchObject([
      { severity: 'info', values: { isSecret: 'no' } },
    ]);
  });

  it('are none for hosts of the own network, nor for ordinary pages', () => {
    expect(find({ ...login, serverAddress: '192.168.43.1' })).toEqual([]);
    expect(find({ ...login, serverAddress: null })).toEqual([]);
    expect(find(http({ target: '/news?id=7&page=2' }))).toEqual([]);
  });

  it('are one for all hosts beyond the first forty, the same in any order', () => {
    const records = Array.from({ length: 45 }, (_, n) =>
      http({ host: `h${n}.example`, target: '/?imei=490154203237518', source: frame(n + 1) }),
    );
    const found = find(...records);

    expect(found).toHaveLength(41);
    expect(found.at(-1)).toMatchObject({ variant: 'rest', severity: 'info', values: { count: 5 } });
    expect(find(...records.toReversed())).toEqual(found);
    expectSoundTexts(
      { es, en },
      { ...valuesOf(found[0]), ...valuesOf(found.at(-1)) },
      {
        ...valuesOf(found[0]),
        ...valuesOf(found.at(-1)),
        isSecret: 'yes',
        kinds: 1,
        count: 1,
        leftOut: 9,
        times: 1,
      },
    );
  });

  it('know every kind in both languages', () => {
    expect(Object.keys(es.reasons).sort()).toEqual(Object.keys(en.reasons).sort());
  });
});

describe('any request', () => {
  it('is read without failing, and soon', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 3_000 }),
        fc.string({ maxLength: 2_000 }),
        (a, b) => {
          leaksOf(http({ target: `/${a}?${b}`, requestBodyStart: a, requestHeaders: [['Cookie', b]] }));
          leaksOf(http({ target: b, requestBodyStart: `{${a}` }));
          leaksOf(http({ requestBodyStart: `--${a}name="${b}` }));
        },
      ),
    );
    const start = performance.now();
    for (const part of ['@', 'a@', '"a":', '"\\', '&=', '%', 'name="\r\n\r\n', 'a.', ';=']) {
      const text = part.repeat(Math.ceil(4_096 / part.length));
      leaksOf(http({ target: `/${text}?${text}`, requestBodyStart: `{${text}` }));
      leaksOf(http({ requestBodyStart: `--${text}`, requestHeaders: [['Cookie', text]] }));
    }
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('an IMEI has the right check digit', () => {
    expect(isImei('490154203237518')).toBe(true);
    for (const last of '012345679') expect(isImei(`49015420323751${last}`)).toBe(false);
  });

  it('an e-mail address has a host with a name as ending', () => {
    expect(hasEmailAddress('mailto:ana.b+c@mail.example.org?x')).toBe(true);
    for (const text of ['a@b', 'a@b.1', '@a.example', 'x @ y.example', 'a@2x.png', '']) {
      expect([text, hasEmailAddress(text)]).toEqual([text, false]);
    }
  });
});

function valuesOf(found: FindingDraft | undefined): TextValues {
  const reasons = (found?.reasons ?? []).map(({ values }) => values);
  return Object.assign({}, found?.values, ...reasons);
}
