import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as attacks from '../../../fixtures/floods/attacks.js';
import { type Happening, type LoggedRequest, merged, type Truth } from '../../../fixtures/floods/request.js';
import { siteTraffic } from '../../../fixtures/floods/site-log.js';
import { LOG_FORMATS } from '../formats/formats.js';
import { LineSplitter } from '../hits/line-splitter.js';
import { LineReader } from '../hits/read-hits.js';
import { countedTraffic } from '../testing/counted.js';
import type { TrafficView } from '../traffic/shape.js';
import { WebTraffic } from '../traffic/web-traffic.js';
import { findIncidents } from './find-incidents.js';
import type { Incident, IncidentKind } from './incident.js';

const FROM = 1_757_000_000;

interface Site {
  readonly days?: number;
  readonly hitsPerDay?: number;
  readonly seed?: number;
}

function view(
  happenings: readonly Happening[],
  { days = 3, hitsPerDay = 20_000, seed = 3 }: Site = {},
): TrafficView {
  return countedTraffic(merged(siteTraffic({ seed, from: FROM, days, hitsPerDay }), happenings)).view();
}

function at(day: number): number {
  return FROM + Math.floor(day * 86_400);
}

function one(incidents: readonly Incident[]): Incident {
  expect(incidents.map(({ kind }) => kind)).toHaveLength(1);
  return incidents[0] as Incident;
}

/** Starts and ends within two minutes of the truth. */
function expectEdges({ fromMinute, toMinute }: Incident, truth: Truth): void {
  expect(Math.abs(fromMinute - truth.from / 60)).toBeLessThanOrEqual(2);
  expect(Math.abs(toMinute + 1 - truth.to / 60)).toBeLessThanOrEqual(2);
}

describe('incidents of a site', () => {
  it.each([
    [1, 3, 20_000],
    [2, 3, 3_000],
    [3, 16, 10_000],
    [4, 0.3, 60_000],
    [5, 0.05, 20_000],
    [6, 2.5, 120_000],
  ])('are none where nothing happens (seed %i, %f days, %i requests a day)', (seed, days, hitsPerDay) => {
    expect(findIncidents(view([], { seed, days, hitsPerDay }))).toEqual([]);
  });

  it.each<[IncidentKind, (options: attacks.AttackOptions) => Happening]>([
    ['pingback', attacks.pingbackFlood],
    ['search-abuse', attacks.searchFlood],
    ['get-flood', attacks.getFlood],
    ['cache-busting', attacks.cacheBusting],
    ['random-uri', attacks.randomUris],
    ['post-flood', attacks.postFlood],
    ['xmlrpc-flood', attacks.xmlrpcFlood],
    ['rapid-reset', attacks.rapidReset],
    ['slow-requests', attacks.slowloris],
    ['agent-rotation', attacks.agentRotation],
  ])('%s: found once, with its edges, its clients and its requests', (kind, happens) => {
    for (const site of [{ hitsPerDay: 8_000 }, { seed: 8, days: 2, hitsPerDay: 40_000 }, { days: 0.2 }]) {
      const happening = happens({ seed: 7, from: at((site.days ?? 3) * 0.6) });
      const { truth } = happening;
      const seen = view([happening], site);
      const incident = one(findIncidents(seen));
      expect([incident.kind, incident.isAttack]).toEqual([kind, true]);
      expectEdges(incident, truth);
      expect(Math.abs(incident.attackHits - truth.hits)).toBeLessThanOrEqual(truth.hits * 0.05);
      const clients = new Set(truth.clients);
      const found = incident.clients.map((row) => seen.clientText(row));
      expect(found.filter((client) => clients.has(client)).length).toBeGreaterThanOrEqual(
        clients.size * 0.95,
      );
      expect(found.filter((client) => !clients.has(client)).length).toBeLessThanOrEqual(2);
    }
  });

  it('an attack of ten thousand addresses that each ask once a minute is one incident', () => {
    const happening = attacks.slowFlood({ seed: 7, from: at(1.8) });
    const seen = view([happening]);
    const incident = one(findIncidents(seen));
    expectEdges(incident, happening.truth);
    expect(incident.clients.length).toBeGreaterThan(9_900);
    expect([incident.kind, incident.severity]).toEqual(['get-flood', 'high']);
  });

  it('what hides in the traffic of a large site shows by what its clients have in common', () => {
    const happening = attacks.searchFlood({ seed: 7, from: at(1.8), clients: 60, perMinute: 2 });
    const incident = one(findIncidents(view([happening], { hitsPerDay: 250_000 })));
    expect(incident.kind).toBe('search-abuse');
    expect(incident.signs[0]?.value).toBe('/?s=*');
    expectEdges(incident, happening.truth);
  });

  it('the address that pingbacks name is a lead; a blog that links on an ordinary day is none', () => {
    const incident = one(findIncidents(view([attacks.pingbackFlood({ seed: 9, from: at(1.2) })])));
    expect(incident.pingbackAddresses.map(({ address }) => address)).toEqual([attacks.PINGBACK_ASKER]);
    expect(incident.confidence).toBe('high');
  });

  it('what rises behind the address of a go-between is told, and not called an attack', () => {
    const behind = (happening: Happening, client: string): TrafficView => {
      const traffic = merged(siteTraffic({ seed: 3, from: FROM, days: 3, hitsPerDay: 20_000 }), [happening]);
      function* hidden(): Generator<LoggedRequest> {
        for (const request of traffic) yield { ...request, client };
      }
      const seen = countedTraffic(hidden()).view();
      return { ...seen, sources: seen.sources.map((source) => ({ ...source, proxied: source.hits })) };
    };
    for (const [happens, kinds] of [
      [attacks.getFlood, ['surge']],
      [attacks.searchFlood, ['surge']],
      [attacks.flashCrowd, ['flash-crowd', 'surge']],
    ] as const) {
      const happening = happens({ seed: 7, from: at(1.8) });
      const incident = one(findIncidents(behind(happening, '172.17.0.1')));
      expect(kinds).toContain(incident.kind);
      expect([incident.isAttack, incident.clients]).toEqual([false, []]);
      expect(incident.notes).toContain('clients-hidden');
    }
    expect(
      findIncidents(behind({ ...attacks.getFlood({ seed: 7, from: at(9) }), *requests() {} }, '10.0.0.2')),
    ).toEqual([]);
  });

  it('two attacks are two, and the first does not make the second usual', () => {
    const happenings = [
      attacks.getFlood({ seed: 7, from: at(1.1) }),
      attacks.getFlood({ seed: 8, from: at(2.1) }),
    ];
    const incidents = findIncidents(view(happenings));
    expect(incidents.map(({ kind }) => kind)).toEqual(['get-flood', 'get-flood']);
    for (const [index, { truth }] of happenings.entries()) expectEdges(incidents[index] as Incident, truth);
  });

  describe('two attacks at once', () => {
    /** The same from addresses of its own. */
    const elsewhere = (happening: Happening): Happening => ({
      truth: happening.truth,
      *requests() {
        for (const request of happening.requests())
          yield { ...request, client: request.client.replace(/^\d+\.\d+/, '251.9') };
      },
    });

    it.each<[IncidentKind, IncidentKind, Happening, (from: number) => Happening]>([
      [
        'search-abuse',
        'pingback',
        attacks.searchFlood({ seed: 7, from: at(1.8), minutes: 30 }),
        (from) => attacks.pingbackFlood({ seed: 8, from, minutes: 40 }),
      ],
      [
        'get-flood',
        'post-flood',
        attacks.getFlood({ seed: 7, from: at(1.8), clients: 120, failing: 0 }),
        (from) => attacks.postFlood({ seed: 8, from, minutes: 30 }),
      ],
    ])('%s and %s, for different things and from others, are two', (firstKind, secondKind, first, next) => {
      const second = next(first.truth.from + 600);
      const incidents = findIncidents(view([first, elsewhere(second)]));

      expect(incidents.map(({ kind }) => kind)).toEqual([firstKind, secondKind]);
      for (const [index, { truth }] of [first, second].entries()) {
        const incident = incidents[index] as Incident;
        expectEdges(incident, truth);
        expect(Math.abs(incident.attackHits - truth.hits)).toBeLessThanOrEqual(truth.hits * 0.05);
        expect(Math.abs(incident.clients.length - truth.clients.length)).toBeLessThanOrEqual(2);
        expect(incident.notes).toContain('another-at-once');
      }
    });

    it('that begin and end together are one, whose parts are told with their own counts', () => {
      const search = attacks.searchFlood({ seed: 7, from: at(1.8), minutes: 30 });
      const pings = attacks.pingbackFlood({ seed: 8, from: at(1.8), minutes: 30 });
      const incident = one(findIncidents(view([search, elsewhere(pings)])));

      expect(incident.parts).toMatchObject([
        { kind: 'search-abuse', clients: 300 },
        { kind: 'pingback', clients: 150 },
      ]);
      for (const [index, { truth }] of [search, pings].entries()) {
        expect(Math.abs((incident.parts[index]?.hits ?? 0) - truth.hits)).toBeLessThanOrEqual(
          truth.hits * 0.05,
        );
      }
    });

    it('of the same clients are one', () => {
      const gets = attacks.getFlood({ seed: 7, from: at(1.8), clients: 120, failing: 0 });
      const posts = attacks.postFlood({ seed: 7, from: at(1.8) + 600, clients: 120 });
      const same: Happening = {
        truth: posts.truth,
        *requests() {
          for (const request of posts.requests()) {
            const client = gets.truth.clients[posts.truth.clients.indexOf(request.client)] as string;
            yield { ...request, client };
          }
        },
      };
      expect(one(findIncidents(view([gets, same]))).clients.length).toBeGreaterThanOrEqual(118);
    });
  });

  it('a story that is passed on is no attack', () => {
    for (const site of [{}, { hitsPerDay: 150_000 }]) {
      const incident = one(findIncidents(view([attacks.flashCrowd({ seed: 7, from: at(1.8) })], site)));
      expect([incident.kind, incident.isAttack, incident.severity]).toEqual(['flash-crowd', false, 'info']);
    }
  });

  it('silence without a burst is an outage, never an attack', () => {
    const happening = attacks.outage({ seed: 7, from: at(1.8) });
    const incident = one(findIncidents(view([happening], { hitsPerDay: 100_000 })));
    expect([incident.kind, incident.isAttack]).toEqual(['outage', false]);
    expectEdges(incident, happening.truth);
  });

  it('silence after a burst is its effect', () => {
    const flood = attacks.getFlood({ seed: 7, from: at(1.8) });
    const silence = attacks.outage({ seed: 7, from: flood.truth.to, minutes: 30 });
    const incident = one(findIncidents(view([flood, silence], { hitsPerDay: 100_000 })));
    expect(incident.kind).toBe('get-flood');
    expect(incident.outageMinutes).toBeGreaterThanOrEqual(25);
    expect(incident.severity).toBe('high');
  });

  it('one scanner is no flood', () => {
    expect(findIncidents(view([attacks.scanner({ seed: 7, from: at(1.8) })]))).toEqual([]);
  });

  it('one that collects the site is told as such', () => {
    const incident = one(findIncidents(view([attacks.crawl({ seed: 7, from: at(1.8) })])));
    expect([incident.kind, incident.isAttack, incident.severity]).toEqual(['crawl', false, 'low']);
  });

  it('a log that holds nothing but the attack is told with low confidence', () => {
    const { truth, requests } = attacks.pingbackFlood({ seed: 7, from: at(1) });
    const incident = one(findIncidents(countedTraffic(requests()).view()));
    expect([incident.kind, incident.baseline]).toEqual(['pingback', 'none']);
    expect(incident.notes).toContain('no-baseline');
    expectEdges(incident, truth);
  });

  it('of several sites in one log only the one concerned has an incident', () => {
    const sites = ['noticias.example', 'archivo.example'];
    const traffic = siteTraffic({ seed: 3, from: FROM, days: 3, hitsPerDay: 20_000, sites });
    const flood = attacks.getFlood({ seed: 7, from: at(1.8), host: 'archivo.example' });
    const incident = one(findIncidents(countedTraffic(merged(traffic, [flood]), 'vcombined').view()));
    expect(incident.siteName).toBe('archivo.example');
  });
});

const SHARED = new URL('../../../../shared/data/floods/access-logs/', import.meta.url);
describe.skipIf(!existsSync(SHARED))('published logs (skipped without ../shared)', () => {
  it.each([
    'elastic-apache-first-5000.log',
    'acunetix-scan.quoted.txt',
    'hub-http-probing.apache-common.log',
    'hub-nginx-malformed.log',
    'hub-nginx-mixed.log',
    'hub-wordpress-login-bf.syslog-nginx.log',
  ])('%s has no incident', (name) => {
    const traffic = new WebTraffic();
    const source = traffic.startSource({ evidence: 'e1', path: name });
    const lines = new LineReader(LOG_FORMATS, traffic);
    const splitter = new LineSplitter((bytes, start, end, byte) => lines.line(bytes, start, end, byte));
    splitter.add(readFileSync(new URL(name, SHARED)));
    splitter.end();
    traffic.endSource(source, { lines: lines.lines, unparsed: lines.unparsed, formats: lines.formats() });
    expect(findIncidents(traffic.view())).toEqual([]);
  });
});
