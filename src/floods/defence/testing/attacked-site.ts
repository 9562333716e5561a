/** A synthetic site under a synthetic attack, for tests of the defence: counted, and its requests to be read again. */
import type { Happening, LoggedRequest } from '../../../../fixtures/floods/request.js';
import { merged } from '../../../../fixtures/floods/request.js';
import { siteTraffic } from '../../../../fixtures/floods/site-log.js';
import { Hit } from '../../hits/hit.js';
import type { HitConsumer } from '../../hits/log-format.js';
import { fillHit } from '../../testing/requests.js';
import { COHORT, type CohortType, type TrafficView } from '../../traffic/shape.js';
import { WebTraffic } from '../../traffic/web-traffic.js';
import type { Attack, AttackSign } from '../attack.js';

export interface AttackedSite {
  readonly requests: readonly LoggedRequest[];
  readonly view: TrafficView;
  readonly attack: Attack;
  /** Reads the log again. */
  replay(consumer: HitConsumer): void;
}

const PROTOCOLS: Readonly<Record<string, number>> = { 'HTTP/1.0': 10, 'HTTP/1.1': 11, 'HTTP/2.0': 20 };

/** Six hours of ordinary traffic and what happens in them. */
export function attackedSite(
  happening: Happening,
  { hitsPerDay = 20_000, seed = 7, hoursBefore = 3, hours = 6 } = {},
): AttackedSite {
  const from = happening.truth.from - hoursBefore * 3_600;
  const requests: LoggedRequest[] = [];
  for (const request of merged(siteTraffic({ seed, from, days: hours / 24, hitsPerDay }), [happening])) {
    requests.push(request);
  }
  const hit = new Hit();
  const replay = (consumer: HitConsumer): void => {
    for (const request of requests)
      consumer.hit(fillHit(hit, { ...plain(request), second: request.second + request.ms / 1000 }));
  };
  const traffic = new WebTraffic();
  const source = traffic.startSource({ evidence: 'e1', path: 'access.log' });
  replay(traffic);
  traffic.endSource(source, { lines: requests.length, unparsed: 0, formats: new Map() });
  const view = traffic.view();
  return { requests, view, attack: attackIn(view, happening), replay };
}

function plain(request: LoggedRequest) {
  const { client, method, target, status, bytes, referer, agent } = request;
  return {
    client,
    method,
    target,
    status,
    bytes,
    referer,
    agent,
    protocol: PROTOCOLS[request.protocol] ?? 0,
  };
}

/** What a finder of incidents would say of it. */
export function attackIn(view: TrafficView, { truth }: Happening): Attack {
  const taking = new Set(truth.clients);
  const fromMinute = Math.floor(truth.from / 60);
  const toMinute = Math.floor((truth.to - 1) / 60);
  const clients: number[] = [];
  for (let row = 0; row < view.clients.size; row += 1) {
    const text = view.clientText(row).replace(/::\/64$/, '');
    if (
      taking.has(view.clientText(row)) ||
      [...taking].some((one) => one.includes(':') && one.startsWith(text))
    )
      clients.push(row);
  }
  return {
    kind: truth.kind,
    siteName: '',
    fromMinute,
    toMinute,
    attackHits: truth.hits,
    signs: signsOf(view, fromMinute, toMinute),
    clients,
    mixedClients: [],
  };
}

function signsOf(view: TrafficView, fromMinute: number, toMinute: number): readonly AttackSign[] {
  const inside = new Float64Array(view.cohorts.size);
  const { owner, minute, hits, size } = view.cohortSlots;
  for (let slot = 0; slot < size; slot += 1) {
    const at = minute[slot] as number;
    if (at >= fromMinute && at <= toMinute)
      inside[owner[slot] as number] = (inside[owner[slot] as number] as number) + (hits[slot] as number);
  }
  const types: readonly number[] = [
    COHORT.agent,
    COHORT.path,
    COHORT.query,
    COHORT.protocol,
    COHORT.referer,
    COHORT.manner,
  ];
  const signs: AttackSign[] = [];
  for (let row = 0; row < view.cohorts.size; row += 1) {
    const type = view.cohorts.type[row] as CohortType;
    const windowHits = inside[row] as number;
    const all = view.cohorts.hits[row] as number;
    if (!types.includes(type) || windowHits < 20 || windowHits < all * 0.3) continue;
    signs.push({ type, value: view.cohortText(row), windowHits, outsideHits: all - windowHits });
  }
  return signs.sort((a, b) => b.windowHits - a.windowHits || (a.value < b.value ? -1 : 1)).slice(0, 30);
}
