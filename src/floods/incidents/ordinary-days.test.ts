/** What looks odd and is none: each of these once was taken for an attack, by us or by others. And what looks harmless and is one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DESKTOP_AGENTS } from '../../../fixtures/floods/agents.js';
import { flashCrowd, getFlood, scanner, searchFlood, slowFlood } from '../../../fixtures/floods/attacks.js';
import { type Happening, isBefore, type LoggedRequest, merged } from '../../../fixtures/floods/request.js';
import { siteTraffic } from '../../../fixtures/floods/site-log.js';
import { countedTraffic } from '../testing/counted.js';
import { hitOf } from '../testing/requests.js';
import { WebTraffic } from '../traffic/web-traffic.js';
import { findIncidents } from './find-incidents.js';
import type { Incident } from './incident.js';

const START = Date.UTC(2026, 2, 2, 6) / 1_000;
const [HOUR, DAY] = [3_600, 86_400];
const PART = /\.(?:css|js|woff2|svg|ico|jpg|webp)(?:\?|$)/;

const site = (days = 3, hitsPerDay = 6_000): Iterable<LoggedRequest> =>
  siteTraffic({ seed: 3, from: START, days, hitsPerDay });
const found = (requests: Iterable<LoggedRequest>): readonly Incident[] =>
  findIncidents(countedTraffic(requests).view());
const kinds = (requests: Iterable<LoggedRequest>): string[] => found(requests).map(({ kind }) => kind);

/** Somebody who asks again and again at an even pace. */
function* asks(
  client: string,
  from: number,
  to: number,
  everySeconds: number,
  request: (second: number) => Partial<LoggedRequest>,
): Generator<LoggedRequest> {
  for (let at = from; at < to; at += everySeconds) {
    const second = Math.floor(at);
    yield {
      ...{ second, ms: 0, client, method: 'GET', target: '/', protocol: 'HTTP/1.1', status: 200 },
      ...{ bytes: 5_000, referer: '', agent: 'agente/1.0', durationMs: 50, host: 'noticias.example' },
      ...request(second),
    };
  }
}

function together(...streams: Iterable<LoggedRequest>[]): Happening {
  return {
    truth: { kind: '', from: 0, to: 0, host: '', clients: [], hits: 0, seed: 0 },
    requests: () => streams.flatMap((stream) => [...stream]).sort((a, b) => (isBefore(a, b) ? -1 : 1)),
  };
}

const many = (
  count: number,
  stream: (number: number) => Iterable<LoggedRequest>,
): Iterable<LoggedRequest>[] => Array.from({ length: count }, (_, number) => stream(number));

function* changed(
  requests: Iterable<LoggedRequest>,
  change: (request: LoggedRequest) => LoggedRequest | null,
): Generator<LoggedRequest> {
  for (const request of requests) {
    const now = change(request);
    if (now) yield now;
  }
}

describe('no incident', () => {
  it('a copy of the site made every night', () => {
    const copy = (night: number): Iterable<LoggedRequest> =>
      asks(
        '198.19.200.9',
        START + night * DAY + 9 * HOUR,
        START + night * DAY + 9 * HOUR + 900,
        0.25,
        (second) => ({
          target: `/2019/05/nota-${second % 7_000}/`,
        }),
      );
    expect(kinds(merged(site(5), [together(...many(5, copy))]))).toEqual([]);
  });

  it('no attack: pages that ask again by themselves while people read them', () => {
    const from = START + DAY + 12 * HOUR;
    const page = 'https://noticias.example/en-vivo/';
    const reader = (number: number): Iterable<LoggedRequest> => {
      const own = { agent: DESKTOP_AGENTS[number % 5] as string, referer: page };
      const client = `240.77.${number >> 7}.${number & 127}`;
      const start = from + number * 9;
      return together(
        asks(client, start, start + 1, 1, () => ({ ...own, target: '/en-vivo/', referer: '' })),
        asks(client, start + 1, start + 2, 1, () => ({ ...own, target: '/wp-content/themes/a/style.css' })),
        asks(client, start + 2, start + 1_200, 10, (second) => ({
          ...own,
          target: `/api/en-vivo?_=${second}123`,
        })),
      ).requests();
    };
    expect(kinds(merged(site(), [together(...many(300, reader))]))).toEqual(['surge']);
  });

  it('no attack, in a log without parts of pages: a mailing with a mark for each of its readers', () => {
    const from = START + DAY + 12 * HOUR;
    const agents = [...site()].filter(({ target }) => PART.test(target)).map(({ agent }) => agent);
    const reader = (number: number): Iterable<LoggedRequest> => {
      const second = from + Math.floor((number * 7) / 8);
      return asks(`240.78.${number >> 7}.${number & 127}`, second, second + 1, 1, () => ({
        target: `/2026/03/agua/?utm_source=boletin&mc_eid=${(number * 7_919_777).toString(16).padStart(10, 'a')}`,
        agent: agents[(number * 7_919) % agents.length] as string,
      }));
    };
    const withoutParts = changed(site(), (request) => (PART.test(request.target) ? null : request));
    expect(kinds(merged(withoutParts, [together(...many(1_500, reader))]))).toEqual(['surge']);
  });

  it('no attack: an episode that hundreds of people hear in ranges, under an address without an ending', () => {
    const noon = START + DAY + 6 * HOUR;
    const listeners = many(900, (number) => {
      const from = noon + ((number * 7_919) % 5_400);
      const ranges = 3 + (number % 28);
      return asks(`198.51.${number >> 8}.${number & 255}`, from, from + ranges * 4, 4, () => ({
        ...{ target: '/episodio/112/descargar', status: 206, bytes: 1_048_576 },
        agent:
          number % 2 === 0
            ? 'AppleCoreMedia/1.0.0.21E236 (iPhone; U; CPU OS 17_4)'
            : 'Spotify/8.9.18 Android/34',
      }));
    });

    expect(found(together(site(3), ...listeners).requests())).toMatchObject([
      { kind: 'surge', severity: 'info', isAttack: false, notes: ['downloads'] },
    ]);
  });

  it('no attack: a broadcast whose pieces have no ending', () => {
    const noon = START + DAY + 6 * HOUR;
    const players = many(300, (n) =>
      asks(`198.51.${n >> 8}.${n & 255}`, noon + n, noon + n + 1_500, 4, (second) => ({
        ...{ target: `/vivo/720p/${second >> 2}`, bytes: 900_000, agent: DESKTOP_AGENTS[n % 5] as string },
      })),
    );
    expect(found(merged(site(), [together(...players)]))).toMatchObject([{ kind: 'surge', isAttack: false }]);
  });

  it('no attack: letters of a mailing that are opened, seen by a picture without an ending', () => {
    const noon = START + DAY + 6 * HOUR;
    const letters = many(3_000, (n) =>
      asks(
        `198.${50 + (n & 1)}.${(n >> 8) & 15}.${n & 255}`,
        noon + (n >> 1),
        noon + (n >> 1) + 1,
        1,
        () => ({
          target: `/correo/abierto/${(n * 7_919_777).toString(16).padStart(12, 'a')}`,
          ...{ bytes: 43, agent: n % 3 === 0 ? (DESKTOP_AGENTS[n % 5] as string) : 'Mozilla/5.0' },
        }),
      ),
    );
    expect(found(merged(site(), [together(...letters)]))).toMatchObject([{ kind: 'surge', isAttack: false }]);
  });

  it('no attack: a thousand telephones that begin to ask for a feed every ten minutes', () => {
    const noon = START + DAY + 6 * HOUR;
    const phones = many(1_000, (n) =>
      asks(`198.51.${n >> 8}.${n & 255}`, noon + n, noon + n + (1 + (n % 30)) * 600, 600, () => ({
        ...{ target: '/feed/podcast/', status: 304, bytes: 0, agent: 'AntennaPod/3.4.0' },
      })),
    );
    expect(found(merged(site(), [together(...phones)]))).toMatchObject([{ kind: 'surge', isAttack: false }]);
  });

  it('a feed reader without patience', () => {
    const reader = asks('198.19.20.77', START + DAY, START + 1.5 * DAY, 0.8, () => ({ target: '/feed/' }));
    expect(kinds(merged(site(), [together(reader)]))).toEqual([]);
  });

  it('monitors that begin to ask from twelve places', () => {
    const monitors = many(12, (n) =>
      asks(`198.19.41.${n}`, START + 2 * DAY + n, START + 3 * DAY, 60, () => ({ method: 'HEAD' })),
    );
    expect(kinds(merged(site(), [together(...monitors)]))).toEqual([]);
  });

  it('editors at work on a day of elections', () => {
    const at = START + DAY + 9 * HOUR;
    const editors = many(40, (n) => [
      ...asks(`240.77.${n}.5`, at + n, at + n + 1, 1, () => ({ target: '/wp-admin/' })),
      ...asks(`240.77.${n}.5`, at + n + 9, at + 9 * HOUR, 30, () => ({
        ...{ method: 'POST', target: '/wp-admin/admin-ajax.php', agent: DESKTOP_AGENTS[n % 5] as string },
        referer: 'https://noticias.example/wp-admin/post.php',
      })),
    ]);
    expect(kinds(merged(site(), [together(...editors)]))).toEqual([]);
  });

  it('an application that begins to ask, and goes on', () => {
    const phones = many(80, (n) =>
      asks(`240.99.${n}.5`, START + 1.5 * DAY + n * 200, START + 4 * DAY, 120, () => ({
        target: '/wp-json/app/v1/notas',
      })),
    );
    expect(kinds(merged(site(4), [together(...phones)]))).toEqual([]);
  });

  it('a site that grows half as much again every day', () => {
    let drawn = 7;
    const growing = changed(site(12, 15_000), (request) => {
      drawn = (Math.imul(drawn, 1_664_525) + 1_013_904_223) >>> 0;
      return drawn / 2 ** 32 < 0.005 * 1.55 ** ((request.second - START) / DAY) ? request : null;
    });
    expect(kinds(growing)).toEqual([]);
  });

  it('five requests a day', () => {
    expect(
      kinds(changed(site(20, 1_000), (request) => (request.second % 199 === 0 ? request : null))),
    ).toEqual([]);
  });

  it('an hour squeezed into a minute', () => {
    const squeezed = changed(site(), (request) => ({
      ...request,
      second: Math.floor(request.second / HOUR) * HOUR + 300 + (request.second % 60),
    }));
    expect(kinds(squeezed)).toEqual([]);
  });

  it('a clock that is set back', () => {
    const step = START + DAY + 13 * HOUR;
    expect(
      kinds(
        changed(site(), (request) =>
          request.second > step ? { ...request, second: request.second - HOUR } : request,
        ),
      ),
    ).toEqual([]);
  });

  it('a line of 1970 and one of 2099', () => {
    const [early, late] = [
      asks('10.0.0.1', 10, 11, 1, () => ({})),
      asks('10.0.0.1', 4_070_908_800, 4_070_908_801, 1, () => ({})),
    ];
    expect(kinds([...early, ...site(2), ...late])).toEqual([]);
  });

  it('a scanner alone in a log, whose errors are of its own making', () => {
    expect(kinds(scanner({ seed: 3, from: START, minutes: 25 }).requests())).toEqual([]);
  });

  it('a file that is missing between two', () => {
    const traffic = new WebTraffic();
    for (const [index, [from, to]] of [
      [0, 1],
      [2, 3],
    ].entries()) {
      const source = traffic.startSource({ evidence: 'e1', path: `access.log.${index}` });
      for (const request of site(3, 8_000)) {
        if (request.second < START + (from as number) * DAY || request.second >= START + (to as number) * DAY)
          continue;
        traffic.hit(hitOf({ ...request, protocol: 11 }));
      }
      traffic.endSource(source, { lines: 0, unparsed: 0, formats: new Map() });
    }
    expect(findIncidents(traffic.view())).toEqual([]);
  });
});

describe('readers', () => {
  it('who come by messages, without a referer, are a crowd', () => {
    const crowd = merged(site(), [flashCrowd({ seed: 3, from: START + 2 * DAY + 12 * HOUR, minutes: 90 })]);
    const [incident] = found(
      changed(crowd, (request) =>
        request.referer.includes('noticias.example') ? request : { ...request, referer: '' },
      ),
    );
    expect(incident).toMatchObject({ kind: 'flash-crowd', isAttack: false, clients: [] });
  });

  it('are a crowd in a log without parts of pages too, and an attack there is one', () => {
    const pages = (happening: Happening): Iterable<LoggedRequest> =>
      changed(merged(site(3, 15_000), [happening]), (request) =>
        PART.test(request.target) ? null : request,
      );
    const from = START + 2 * DAY + 12 * HOUR;

    expect(kinds(pages(flashCrowd({ seed: 3, from, minutes: 90 })))).toEqual(['flash-crowd']);
    expect(kinds(pages(getFlood({ seed: 3, from, failing: 0, minutes: 10 })))).toEqual(['get-flood']);
  });

  it('do not hide an attack, nor widen it', () => {
    const from = START + 2 * DAY + 12 * HOUR;
    const crowd = flashCrowd({ seed: 3, from: from - HOUR, minutes: 120 });
    const flood = getFlood({ seed: 4, from, clients: 100 });
    const [incident, ...others] = found(merged(site(), [crowd, flood]));

    expect(others).toEqual([]);
    expect(incident).toMatchObject({ kind: 'get-flood', fromMinute: from / 60, toMinute: from / 60 + 24 });
    expect(incident?.clients).toHaveLength(100);
  });
});

describe('an attack', () => {
  it('that lasts most of the log is found from its beginning to its end', () => {
    const from = START + 3 * HOUR;
    const flood = getFlood({ seed: 3, from, minutes: 1_200, clients: 30, perMinute: 5 });
    const [incident, ...others] = found(merged(site(26 / 24, 15_000), [flood]));

    expect(others).toEqual([]);
    expect(incident?.kind).toBe('get-flood');
    expect(Math.abs((incident?.fromMinute ?? 0) - from / 60)).toBeLessThanOrEqual(2);
    expect(Math.abs((incident?.toMinute ?? 0) - from / 60 - 1_199)).toBeLessThanOrEqual(2);
  });

  it('too slow to have minutes is found by its blocks, and timed by its clients', () => {
    const from = START + 2 * DAY + 12 * HOUR;
    const flood = slowFlood({ seed: 3, from, clients: 40, minutes: 200, perMinute: 0.2 });
    const [incident, ...others] = found(merged(site(3, 12_000), [flood]));

    expect(others).toEqual([]);
    expect(incident).toMatchObject({ kind: 'get-flood', notes: ['coarse-times'] });
    expect(Math.abs((incident?.fromMinute ?? 0) - from / 60)).toBeLessThanOrEqual(5);
    expect(Math.abs((incident?.toMinute ?? 0) - from / 60 - 199)).toBeLessThanOrEqual(5);
  });

  it('that rises for three hours is found from near its beginning', () => {
    const from = START + DAY + 10 * HOUR;
    const rising: Happening = {
      truth: { kind: '', from, to: from + 3 * HOUR, host: '', clients: [], hits: 0, seed: 0 },
      *requests() {
        let drawn = 3;
        for (const request of getFlood({
          seed: 3,
          from,
          minutes: 180,
          clients: 200,
          perMinute: 6,
        }).requests()) {
          drawn = (Math.imul(drawn, 1_664_525) + 1_013_904_223) >>> 0;
          if (drawn / 2 ** 32 < (request.second - from) / (3 * HOUR)) yield request;
        }
      },
    };
    const [incident, ...others] = found(merged(site(), [rising]));

    expect(others).toEqual([]);
    expect(incident?.kind).toBe('get-flood');
    expect(Math.abs((incident?.fromMinute ?? 0) - from / 60)).toBeLessThanOrEqual(5);
    expect(Math.abs((incident?.toMinute ?? 0) - from / 60 - 179)).toBeLessThanOrEqual(1);
  });

  it('at the same hour of other days stays one, each time', () => {
    const floods = [0, 2, 4].map((day) =>
      getFlood({ seed: 3 + day, from: START + day * DAY + 13 * HOUR, clients: 60 }),
    );
    const incidents = found(merged(site(5), floods));

    expect(incidents.map(({ kind, severity }) => [kind, severity])).toEqual([
      ['get-flood', 'high'],
      ['get-flood', 'high'],
      ['get-flood', 'high'],
    ]);
  });

  it('of one machine is one when it is fast and asks for one thing only', () => {
    const flood = getFlood({ seed: 3, from: START + DAY + 13 * HOUR, clients: 1, perMinute: 2_000 });
    expect(found(merged(site(2), [flood]))).toMatchObject([
      { kind: 'get-flood', clients: [expect.any(Number)] },
    ]);
  });

  it('that asks for parts of the home page, or for the feed faster than any reader of feeds, stays one', () => {
    const from = START + DAY + 13 * HOUR;
    for (const target of ['/', '/feed/']) {
      const bots = many(120, (n) =>
        asks(`198.51.100.${n}`, from + (n % 9), from + 900, 9, () => ({
          ...{ target, status: target === '/' ? 206 : 200, bytes: 120_000 },
          agent: DESKTOP_AGENTS[n % 5] as string,
        })),
      );
      expect(found(merged(site(2), [together(...bots)]))).toMatchObject([
        { kind: 'get-flood', fromMinute: from / 60, toMinute: from / 60 + 14 },
      ]);
    }
  });

  it('from addresses with readers behind them is counted whole, and those addresses are not among who took part', () => {
    const from = START + DAY + 13 * HOUR;
    const search = searchFlood({ seed: 3, from });
    const shared = (client: string): string => {
      const bot = search.truth.clients.indexOf(client);
      return bot < 30 ? `240.91.0.${1 + (bot % 3)}` : client;
    };
    const attack: Happening = {
      truth: search.truth,
      *requests() {
        for (const request of search.requests()) yield { ...request, client: shared(request.client) };
      },
    };
    // Behind each of three addresses five people read all day, a page with its parts every few minutes.
    const readers = many(15, (n) => {
      const own = { agent: DESKTOP_AGENTS[n % 5] as string, referer: 'https://noticias.example/' };
      const client = `240.91.0.${1 + (n % 3)}`;
      return [0, 1, 2, 3].flatMap((part) => [
        ...asks(client, START + n * 40 + part, START + 2 * DAY, 900, () => ({
          ...own,
          target: part === 0 ? `/2026/03/nota-${n}/` : `/wp-content/parte${part}.css`,
        })),
      ]);
    });
    const seen = countedTraffic(merged(site(2, 15_000), [attack, together(...readers)])).view();
    const [incident, ...others] = findIncidents(seen);

    expect(others).toEqual([]);
    expect(incident).toMatchObject({ kind: 'search-abuse', isAttack: true });
    expect(incident?.mixedClients.map((row) => seen.clientText(row)).sort()).toEqual([
      '240.91.0.1',
      '240.91.0.2',
      '240.91.0.3',
    ]);
    expect(incident?.clients).toHaveLength(270);
    const { hits } = search.truth;
    expect(Math.abs((incident?.attackHits ?? 0) - hits)).toBeLessThanOrEqual(hits * 0.05);
    expect(Math.abs((incident?.mixedHits ?? 0) - hits / 10)).toBeLessThanOrEqual(hits * 0.02);
  });

  it('alone in a log is told as requests that are alike, and nothing is to be blocked', () => {
    const [incident] = found(searchFlood({ seed: 3, from: START }).requests());
    expect(incident).toMatchObject({ kind: 'surge', isAttack: false, clients: [], normalPerMinute: 0 });
    expect(incident?.notes).toContain('nothing-else');
  });
});

describe('silence', () => {
  it('of one site while others of the log go on is told to its end', () => {
    const sites = ['noticias.example', 'archivo.example', 'otro.example'];
    const traffic = changed(
      siteTraffic({ seed: 3, from: START, days: 3, hitsPerDay: 40_000, sites }),
      (request) =>
        request.host === 'archivo.example' && request.second > START + 2.5 * DAY ? null : request,
    );
    const view = countedTraffic(traffic, 'vcombined').view();

    expect(findIncidents(view)).toMatchObject([
      { kind: 'outage', siteName: 'archivo.example', isAttack: false, notes: ['until-the-end'] },
    ]);
  });
});

describe('any traffic at all', () => {
  const counted = (requests: Iterable<Parameters<typeof hitOf>[0]>): WebTraffic => {
    const traffic = new WebTraffic();
    const source = traffic.startSource({ evidence: 'e1', path: 'access.log' });
    for (const request of requests) traffic.hit(hitOf(request));
    traffic.endSource(source, { lines: 0, unparsed: 0, formats: new Map() });
    return traffic;
  };

  it('says the same when it is read in parts, in any order', () => {
    const flood = searchFlood({ seed: 3, from: START + DAY + 12 * HOUR });
    const requests = [...merged(site(2), [flood])].map((request) => ({ ...request, protocol: 11 }));
    const told = (traffic: WebTraffic): unknown => {
      const view = traffic.view();
      return findIncidents(view).map(({ clients, kind, hits, fromMinute, toMinute }) => ({
        ...{ kind, hits, fromMinute, toMinute },
        clients: clients.map((row) => view.clientText(row)).sort(),
      }));
    };
    const whole = told(counted(requests));
    const split = (count: number): WebTraffic[] =>
      Array.from({ length: count }, (_, part) =>
        counted(requests.filter((_request, index) => index % count === part)),
      );
    const [first, second] = split(2) as [WebTraffic, WebTraffic];
    first.merge(second);
    const [one, two] = split(2) as [WebTraffic, WebTraffic];
    two.merge(one);

    expect(whole).toMatchObject([{ kind: 'search-abuse' }]);
    expect(told(first)).toEqual(whole);
    expect(told(two)).toEqual(whole);
  });

  it('is searched without a failure', () => {
    const request = fc.record({
      second: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 4_000_000_000 })),
      client: fc.constantFrom('192.0.2.1', '192.0.2.2', '198.51.100.9', '2001:db8::7', 'host.example'),
      target: fc.constantFrom('/', '/?s=a', '/x.css', '*', ''),
      status: fc.constantFrom(0, 200, 302, 404, 499, 503),
      agent: fc.constantFrom('', 'x', 'WordPress/5.0; http://b.example; verifying pingback from 192.0.2.9'),
      times: fc.constantFrom(1, 2, 300),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 60 }), (requests) => {
        const hits = requests.flatMap(({ times, ...one }) =>
          Array.from({ length: times }, (_, n) => ({ ...one, second: one.second + n })),
        );
        for (const { fromMinute, toMinute, hits: count } of findIncidents(counted(hits).view())) {
          expect(toMinute).toBeGreaterThanOrEqual(fromMinute);
          expect(count).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 100 },
    );
  });
});
