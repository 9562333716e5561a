import { compareText } from '../../../core/compare-text.js';
import type {
  Detection,
  Detector,
  FindingDraft,
  FindingReason,
  Pointer,
  Tally,
  TrafficPicture,
} from '../../../core/contracts.js';
import { fromUnixSeconds } from '../../../core/time.js';
import { type Usual, usualOf } from '../../incidents/baseline.js';
import { byGravity, timeOfMinute } from '../../incidents/telling.js';
import { type Weighed, weighed } from '../../incidents/weighed.js';
import { COHORT, type TrafficView } from '../../traffic/shape.js';

const MAX_STEPS = 600;
const STEPS_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1_440, 10_080];
/** Of what is usual so many moments of a step are looked up. */
const MOMENTS_PER_STEP = 6;
const MAX_SPANS = 50;
const [SITES_TOLD, SITES_LISTED] = [5, 100];
const MAX_PLACES = 50;
/** Below this share a part is no part of the log worth the name: a style served from elsewhere, a line without an agent. */
const HARDLY_ANY = 0.01;
/** From this share on, addresses are those of a go-between. */
const MOSTLY = 0.6;
/** From this share of lines on, their order is not that of time. */
const OUT_OF_ORDER = 0.2;

/**
 * What the access logs hold, what was looked for in them, and what an access log cannot show: a report without a flood must
 * not be read as "there was no attack". One finding for all logs together, which says nothing against anybody. Its reasons are
 * the list of what was compared and of what limits it.
 *
 * `details`: `requests`, `clients`, `firstAt`, `lastAt`, `files` (`path`, `formats`, `lines`, `hits`, `events`, `malformed`,
 * `unparsed`, `stepsBack`, `proxied`, `zones`), `sites` (`name`, `requests`, most first), `sitesLeftOut`, `dropped` (as in
 * `TrafficView`), `found` (kind -> how many incidents). No address of a client.
 */
export const detector: Detector = {
  id: 'floods/overview',
  version: 1,
  watches: [],
  tallies: ['web-traffic'],
  references: [
    'https://httpd.apache.org/docs/2.4/logs.html#accesslog',
    'https://nginx.org/en/docs/http/ngx_http_log_module.html',
  ],
  start: () => new Overview(),
};

class Overview implements Detection {
  #weighed: Weighed | null = null;

  see(): void {}

  weigh(tally: Tally): void {
    this.#weighed = weighed(tally) ?? this.#weighed;
  }

  end(): readonly FindingDraft[] {
    return this.#weighed === null ? [] : overviewOf(this.#weighed);
  }
}

/** What the columns of minutes sum up to. */
interface Totals {
  readonly requests: number;
  readonly assets: number;
  readonly serverErrors: number;
  readonly firstMinute: number;
  readonly lastMinute: number;
}

interface Site {
  readonly name: string;
  readonly requests: number;
}

function overviewOf(found: Weighed): readonly FindingDraft[] {
  const { view, analysis } = found;
  const totals = totalsOf(view);
  if (totals.requests === 0) return [];
  const [firstSecond, lastSecond] = spanOf(view, totals);
  const sites = sitesOf(view);
  const named = sites.filter(({ name }) => name !== '');
  const { incidents } = analysis;
  const count = (test: (incident: (typeof incidents)[number]) => boolean): number =>
    incidents.filter(test).length;
  const attacks = count(({ isAttack }) => isAttack);
  const clients = view.clients.size + view.dropped.clients.rows;
  return [
    {
      severity: 'info',
      confidence: 'high',
      shows: 'advice',
      values: {
        requests: totals.requests,
        clients,
        files: view.sources.length,
        from: { time: fromUnixSeconds(firstSecond) ?? '' },
        to: { time: fromUnixSeconds(lastSecond) ?? '' },
        ...lengthOf(lastSecond - firstSecond),
        sites: named.length,
        names: { list: named.slice(0, SITES_TOLD).map(({ name }) => name) },
        moreSites: Math.max(0, named.length - SITES_TOLD),
        attacks,
      },
      at: fromUnixSeconds(firstSecond),
      reasons: [...comparedIn(found, totals), ...limitsOf(view, totals)],
      details: {
        requests: totals.requests,
        clients,
        firstAt: fromUnixSeconds(firstSecond),
        lastAt: fromUnixSeconds(lastSecond),
        files: view.sources.map(
          ({ path, formats, lines, hits, events, malformed, unparsed, stepsBack, proxied, zones }) => ({
            ...{ path, formats, lines, hits, events, malformed, unparsed, stepsBack, proxied, zones },
          }),
        ),
        sites: sites.slice(0, SITES_LISTED),
        sitesLeftOut: Math.max(0, sites.length - SITES_LISTED),
        dropped: view.dropped,
        found: Object.fromEntries(
          [...new Set(incidents.map(({ kind }) => kind))]
            .sort(compareText)
            .map((kind) => [kind, count((incident) => incident.kind === kind)]),
        ),
      },
      picture: pictureOf(found, totals),
      evidence: placesOf(view),
    },
  ];
}

/** What was looked for, and what came of it. */
function comparedIn({ view, analysis }: Weighed, totals: Totals): FindingReason[] {
  const { incidents } = analysis;
  const count = (...kinds: readonly string[]): number =>
    incidents.filter(({ kind }) => kinds.includes(kind)).length;
  const attacks = incidents.filter(({ isAttack }) => isAttack).length;
  const formats = [...new Set(view.sources.flatMap((source) => source.formats))].sort(compareText);
  const events = sum(view.sources.map((source) => source.events));
  return [
    ...(formats.length > 0 ? [{ code: 'formats', values: { formats: { list: formats } } }] : []),
    baselineReason(view),
    { code: 'cohorts', values: { count: view.cohorts.size + view.dropped.cohorts.rows } },
    {
      code: 'errors',
      values: { count: totals.serverErrors, percent: percent(totals.serverErrors, totals.requests) },
    },
    ...(events > 0 ? [{ code: 'events', values: { count: events } }] : []),
    attacks > 0 ? { code: 'attacks', values: { count: attacks } } : { code: 'no-attack', values: {} },
    ...(['flash-crowd', 'surge', 'crawl', 'outage'] as const).flatMap((kind) =>
      count(kind) > 0 ? [{ code: kind, values: { count: count(kind) } }] : [],
    ),
  ];
}

/** What the busiest site was held against. */
function baselineReason(view: TrafficView): FindingReason {
  const kind = usualOfBusiest(view);
  return { code: 'baseline', values: { kind, minutes: view.minutes.size } };
}

const NAME_OF_BASELINE: Readonly<Record<Usual['kind'], string>> = {
  'hour-of-week': 'week',
  'hour-of-day': 'day',
  rolling: 'recent',
  none: 'none',
};

/** What no access log shows, and what these in particular do not. */
function limitsOf(view: TrafficView, totals: Totals): FindingReason[] {
  const { sources, dropped } = view;
  const all = (of: (source: (typeof sources)[number]) => number): number => sum(sources.map(of));
  const [hits, lines, unparsed] = [
    all((source) => source.hits),
    all((source) => source.lines),
    all((source) => source.unparsed),
  ];
  const proxied = all((source) => source.proxied);
  const zones = [...new Set(sources.flatMap((source) => source.zones))].sort((a, b) => a - b);
  const reasons: FindingReason[] = [
    { code: 'limit-packets', values: {} },
    { code: 'limit-slow', values: {} },
    { code: 'limit-guards', values: {} },
  ];
  const add = (code: string, values: FindingReason['values'], holds: boolean): void => {
    if (holds) reasons.push({ code, values });
  };
  add('limit-unparsed', { count: unparsed, percent: percent(unparsed, lines) }, unparsed > 0);
  const malformed = all((source) => source.malformed);
  add('limit-malformed', { count: malformed }, malformed > 0);
  add('limit-proxied', { percent: percent(proxied, hits) }, proxied >= hits * MOSTLY && hits > 0);
  add('limit-assets', {}, totals.assets < totals.requests * HARDLY_ANY);
  add('limit-agents', {}, hitsWithAgent(view) < totals.requests * HARDLY_ANY);
  add('limit-zones', { zones: { list: zones.map(zoneText) } }, zones.length > 1);
  const stepsBack = all((source) => source.stepsBack);
  add('limit-order', { percent: percent(stepsBack, hits) }, stepsBack > hits * OUT_OF_ORDER);
  add('limit-clients', { count: dropped.clients.rows, hits: dropped.clients.hits }, dropped.clients.rows > 0);
  add('limit-cohorts', { count: dropped.cohorts.rows }, dropped.cohorts.rows > 0);
  add('limit-sites', { hits: dropped.sites.hits }, dropped.sites.hits > 0);
  add('limit-minutes', { count: dropped.minutes.rows, hits: dropped.minutes.hits }, dropped.minutes.rows > 0);
  return reasons;
}
