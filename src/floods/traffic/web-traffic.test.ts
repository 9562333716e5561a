import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT } from '../hits/hit.js';
import { hitOf, type Request } from '../testing/requests.js';
import { COHORT, type CohortType, type TrafficView } from './shape.js';
import { WebTraffic } from './web-traffic.js';

const START = 1_757_000_040;
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';

function counted(requests: readonly Request[]): WebTraffic {
  const traffic = new WebTraffic();
  const source = traffic.startSource({ evidence: 'e1', path: 'access.log' });
  for (const [line, request] of requests.entries()) {
    const hit = hitOf(request);
    hit.lineStart = line * 100;
    hit.lineLength = 99;
    if (hit.event === EVENT.none) traffic.hit(hit);
    else traffic.event(hit);
  }
  traffic.endSource(source, {
    lines: requests.length,
    unparsed: 0,
    formats: new Map([['clf', requests.length]]),
  });
  return traffic;
}

function cohort(view: TrafficView, type: CohortType, text: string): number {
  for (let row = 0; row < view.cohorts.size; row += 1) {
    if (view.cohorts.type[row] === type && view.cohortText(row) === text) return row;
  }
  return -1;
}

/** All that a view says, in an order of its own, without what depends on the order of reading. */
function said(view: TrafficView): unknown {
  const rows = (size: number, row: (row: number) => unknown): string[] =>
    Array.from({ length: size }, (_, index) => JSON.stringify(row(index))).sort();
  const { minutes, clients, cohorts, clientSlots, cohortSlots } = view;
  return {
    minutes: rows(minutes.size, (row) => [
      view.sites[minutes.site[row] as number],
      minutes.minute[row],
      minutes.hits[row],
      minutes.pages[row],
      minutes.status4xx[row],
      minutes.bytesOut[row],
      minutes.refererOutside[row],
    ]),
    clients: rows(clients.size, (row) => [
      view.clientText(row),
      clients.hits[row],
      clients.assets[row],
      clients.firstSecond[row],
      clients.lastSecond[row],
      view.clientDistinct(row, 'paths'),
    ]),
    cohorts: rows(cohorts.size, (row) => [
      cohorts.type[row],
      view.cohortText(row),
      cohorts.hits[row],
      view.cohortDistinct(row, 'clients'),
    ]),
    clientSlots: rows(clientSlots.size, (row) => [
      view.clientText(clientSlots.owner[row] as number),
      clientSlots.minute[row],
      clientSlots.length[row],
      clientSlots.hits[row],
    ]),
    cohortSlots: rows(cohortSlots.size, (row) => [
      view.cohortText(cohortSlots.owner[row] as number),
      cohortSlots.minute[row],
      cohortSlots.hits[row],
    ]),
  };
}

describe('counted web traffic', () => {
  it('has minutes, with what the requests of each were', () => {
    const view = counted([
      { second: START, client: '192.0.2.1', target: '/a/', referer: 'https://other.example/x', bytes: 500 },
      {
        second: START + 1,
        client: '192.0.2.1',
        target: '/a/style.css?v=1',
        referer: 'https://site.example/a/',
        host: '',
      },
      { second: START + 2, client: '192.0.2.2', target: '/b/', status: 404, protocol: 20, durationMs: 1_500 },
      { second: START + 60, client: '192.0.2.2', method: 'POST', target: '/b/', status: 503 },
      { second: START + 61, client: '192.0.2.2', target: '/b/', status: 499, bytes: 0 },
      { second: START + 62, client: '192.0.2.3', event: EVENT.clientTimedOut },
    ]).view();
    const { minutes } = view;
    expect(minutes.size).toBe(2);
    expect([...minutes.minute]).toEqual([START / 60, START / 60 + 1]);
    expect([...minutes.hits]).toEqual([3, 2]);
    expect([...minutes.pages]).toEqual([2, 2]);
    expect([...minutes.assets]).toEqual([1, 0]);
    expect([...minutes.posts]).toEqual([0, 1]);
    expect([...minutes.status2xx]).toEqual([2, 0]);
    expect([...minutes.notFound]).toEqual([1, 0]);
    expect([...minutes.status5xx]).toEqual([0, 1]);
    expect([...minutes.clientGone]).toEqual([0, 1]);
    expect([...minutes.clients]).toEqual([2, 1]);
    expect([...minutes.slow]).toEqual([1, 0]);
    expect([...minutes.protocol2]).toEqual([1, 0]);
    expect([...minutes.timedOut]).toEqual([0, 1]);
    expect(minutes.bytesOut[0]).toBe(2_500);
  });

  it('knows clients by address, IPv6 by its /64, names as they are', () => {
    const view = counted([
      { second: START, client: '2001:db8:1:2::7' },
      { second: START + 1, client: '2001:db8:1:2:ffff::1' },
      { second: START + 2, client: '::ffff:192.0.2.9' },
      { second: START + 3, client: '192.0.2.9' },
      { second: START + 4, client: 'host.example' },
    ]).view();
    const texts = Array.from({ length: view.clients.size }, (_, row) => view.clientText(row));
    expect(texts).toEqual(['2001:db8:1:2::/64', '192.0.2.9', 'host.example']);
    expect([...view.clients.hits]).toEqual([2, 2, 1]);
  });

  it('puts clients together by what they have in common', () => {
    const view = counted(
      Array.from({ length: 40 }, (_, index) => ({
        second: START + index,
        client: `192.0.2.${index + 1}`,
        target: `/noticias/2017/${index}?s=w${index}x&page=${index}`,
        agent: FIREFOX,
      })),
    ).view();
    const path = cohort(view, COHORT.path, 'GET /noticias/#/#');
    const query = cohort(view, COHORT.query, '/noticias/#/#?s=*&page=#');
    expect(view.cohorts.hits[path]).toBe(40);
    expect(view.cohorts.hits[query]).toBe(40);
    expect(view.cohorts.hits[cohort(view, COHORT.agent, FIREFOX)]).toBe(40);
    expect(view.cohorts.hits[cohort(view, COHORT.network, '192.0.2.0/24')]).toBe(40);
    expect(view.cohorts.hits[cohort(view, COHORT.referer, 'none')]).toBe(40);
    expect(view.cohorts.hits[cohort(view, COHORT.protocol, 'GET HTTP/1.1')]).toBe(40);
    expect(view.cohorts.hits[cohort(view, COHORT.manner, `GET HTTP/1.1 none ${FIREFOX}`)]).toBe(40);
    for (const what of ['clients', 'queries'] as const) {
      expect(view.cohortDistinct(query, what)).toBeGreaterThan(30);
      expect(view.cohortDistinct(query, what)).toBeLessThanOrEqual(40);
    }
    expect(view.cohortDistinct(path, 'agents')).toBe(1);
    expect(view.textOf(COHORT.agent, view.clients.agent[0] as number)).toBe(FIREFOX);
    expect(view.textOf(COHORT.path, view.clients.path[0] as number)).toBe('GET /noticias/#/#');
  });

  it('tells its own site, other sites and no referer apart, with and without host names', () => {
    const requests = (host?: string): Request[] =>
      [
        'https://www.site.example/x',
        'https://site.example/y',
        'https://t.example/z',
        '-',
        'https://site.example/',
      ].map((referer, index) => ({
        second: START + index,
        client: '192.0.2.1',
        referer,
        ...(host ? { host } : {}),
      }));
    const named = counted(requests('site.example')).view();
    expect(named.cohorts.hits[cohort(named, COHORT.referer, 'own')]).toBe(3);
    expect(named.cohorts.hits[cohort(named, COHORT.referer, 't.example')]).toBe(1);
    expect([...named.minutes.refererOutside]).toEqual([1]);
    expect(named.sites).toEqual(['', 'site.example']);
  });

  it('gives busy minutes a slot of their own and puts quiet ones together', () => {
    const minute = START / 60;
    const view = counted([
      ...Array.from({ length: 20 }, (_, index) => ({ second: START + index, client: '192.0.2.1' })),
      { second: START + 120, client: '192.0.2.1' },
      { second: START + 180, client: '192.0.2.1' },
    ]).view();
    const { clientSlots } = view;
    const slots = Array.from({ length: clientSlots.size }, (_, row) => [
      clientSlots.minute[row],
      clientSlots.length[row],
      clientSlots.hits[row],
    ]);
    expect(slots).toContainEqual([minute, 1, 20]);
    expect(slots.reduce((sum, [, , hits]) => sum + (hits ?? 0), 0)).toBe(22);
    expect(slots.filter(([, length]) => length === 16).every(([from]) => (from ?? 1) % 16 === 0)).toBe(true);
  });

  it('counts refused logins, and one that succeeds after five of them', () => {
    const login = (index: number, status: number): Request => ({
      second: START + index,
      client: '192.0.2.1',
      method: 'POST',
      target: '/wp-login.php',
      status,
    });
    const view = counted([
      ...Array.from({ length: 6 }, (_, index) => login(index, 200)),
      login(7, 302),
      { ...login(8, 302), client: '192.0.2.2' },
    ]).view();
    expect([...view.clients.loginFailures]).toEqual([6, 0]);
    expect([...view.clients.loginSuccesses]).toEqual([1, 0]);
    expect(view.clients.loginSuccessSecond[0]).toBe(START + 7);
  });

  it('takes the address out of pingbacks', () => {
    const agent = 'WordPress/4.7.3; https://blog.example; verifying pingback from 198.51.100.7';
    const view = counted([
      { second: START, client: '192.0.2.1', agent },
      { second: START + 5, client: '192.0.2.2', agent: agent.replace('blog', 'blog2') },
      { second: START + 6, client: '192.0.2.3', agent: 'WordPress/4.1; http://old.example' },
    ]).view();
    expect(view.pingback).toEqual([
      { address: '198.51.100.7', hits: 2, firstSecond: START, lastSecond: START + 5 },
    ]);
  });

  it('says where in the file a span of time lies', () => {
    const traffic = counted(
      Array.from({ length: 5_000 }, (_, index) => ({ second: START + index, client: '192.0.2.1' })),
    );
    const [range] = traffic.view().ranges(START / 60 + 40, START / 60 + 41);
    expect(range?.source).toBe(0);
    expect(range?.firstByte).toBeLessThanOrEqual(40 * 60 * 100);
    expect(range?.lastByte).toBeGreaterThanOrEqual(41 * 60 * 100);
    expect((range?.lastByte ?? 0) - (range?.firstByte ?? 0)).toBeLessThan(20_000);
  });

  it('of two halves says what it says of the whole', () => {
    const request = fc.record({
      second: fc.integer({ min: START, max: START + 7_000 }),
      client: fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::5', '198.51.100.3'),
      target: fc.constantFrom('/', '/a?b=1', '/style.css', '/nota/12'),
      agent: fc.constantFrom(FIREFOX, 'curl/8', '-'),
      status: fc.constantFrom(200, 404, 500),
      host: fc.constantFrom('a.example', 'b.example'),
      referer: fc.constantFrom('-', 'https://a.example/', 'https://c.example/'),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 300 }), fc.nat(300), (requests, cut) => {
        const inOrder = [...requests].sort((a, b) => a.second - b.second);
        const whole = said(counted(inOrder).view()) as Record<string, unknown>;
        const half = counted(inOrder.slice(0, cut));
        half.merge(counted(inOrder.slice(cut)));
        const merged = said(half.view()) as Record<string, unknown>;
        for (const part of ['minutes', 'clients', 'cohorts']) expect(merged[part]).toEqual(whole[part]);
      }),
      { numRuns: 40 },
    );
  });

  it('stays within its bounds, and says what it dropped', { timeout: 60_000 }, () => {
    const traffic = new WebTraffic();
    traffic.startSource({ evidence: 'e1', path: 'x' });
    const hit = hitOf({ second: START, client: '192.0.2.1', agent: 'a' });
    for (let index = 0; index < 400_000; index += 1) {
      hit.ip0 = (index * 2_654_435_761) >>> 0;
      hit.seconds = START + (index >> 4);
      traffic.hit(hit);
    }
    const view = traffic.view();
    expect(view.clients.size).toBeLessThanOrEqual(300_000);
    expect(view.dropped.clients.rows).toBeGreaterThan(0);
    expect(view.clients.hits.reduce((sum, hits) => sum + hits, 0) + view.dropped.clients.hits).toBe(400_000);
    expect(view.minutes.hits.reduce((sum, hits) => sum + hits, 0)).toBe(400_000);
    expect(view.cohorts.hits[cohort(view, COHORT.agent, 'a')]).toBe(400_000);
    expect(view.cohorts.size).toBeLessThanOrEqual(49_152);
  });
});
