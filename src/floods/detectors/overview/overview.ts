import { compareText } from '../../../core/compare-text.js';
import type {
  Detection,
  Detector,
  FindingDraft,
  FindingReason,
  Pointer,
  Tally,
  TextValue,
  TrafficPicture,
} from '../../../core/contracts.js';
import { fromUnixSeconds } from '../../../core/time.js';
import { baselineFor } from '../../incidents/baseline.js';
import type { Baseline } from '../../incidents/incident.js';
import { seriesOf } from '../../incidents/series.js';
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
    ...(formats.length > 0
      ? [{ code: 'formats', values: { formats: { list: formats.map(nameOfFormat) } } }]
      : []),
    {
      code: 'baseline',
      values: { kind: NAME_OF_BASELINE[usualOfBusiest(view)], minutes: view.minutes.size },
    },
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

function nameOfFormat(id: string): TextValue {
  return { word: `detectors.floods/overview.formats.${id}` };
}

const NAME_OF_BASELINE: Readonly<Record<Baseline, string>> = {
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
  add('limit-minutes', { hits: dropped.minutes.hits }, dropped.minutes.hits > 0);
  return reasons;
}

/** What the site with the most requests is held against. */
function usualOfBusiest(view: TrafficView): Baseline {
  for (const { unknown } of seriesOf(view)) {
    let known = 0;
    for (const one of unknown) if (one === 0) known += 1;
    return baselineFor(known);
  }
  return 'none';
}

function totalsOf({ minutes }: TrafficView): Totals {
  let [firstMinute, lastMinute] = [Number.POSITIVE_INFINITY, 0];
  for (const minute of minutes.minute) {
    if (minute < firstMinute) firstMinute = minute;
    if (minute > lastMinute) lastMinute = minute;
  }
  return {
    requests: sum(minutes.hits),
    assets: sum(minutes.assets),
    serverErrors: sum(minutes.status5xx),
    firstMinute,
    lastMinute,
  };
}

/** First and last second; where the files do not say, of the minutes. */
function spanOf({ sources }: TrafficView, { firstMinute, lastMinute }: Totals): readonly [number, number] {
  const dated = sources.filter(({ firstSecond, lastSecond }) => firstSecond <= lastSecond);
  const firsts = dated.map(({ firstSecond }) => firstSecond);
  const lasts = dated.map(({ lastSecond }) => lastSecond);
  return [Math.min(firstMinute * 60 + 59, ...firsts), Math.max(lastMinute * 60, ...lasts)];
}

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

function lengthOf(seconds: number): { readonly length: number; readonly lengthUnit: string } {
  if (seconds < 2 * HOUR) return { length: Math.max(1, Math.round(seconds / MINUTE)), lengthUnit: 'minutes' };
  if (seconds < 2 * DAY) return { length: Math.round(seconds / HOUR), lengthUnit: 'hours' };
  return { length: Math.round(seconds / DAY), lengthUnit: 'days' };
}

/** With most requests first. */
function sitesOf({ sites, minutes }: TrafficView): Site[] {
  const requests = new Float64Array(sites.length);
  for (let row = 0; row < minutes.size; row += 1) {
    const site = minutes.site[row] as number;
    requests[site] = (requests[site] ?? 0) + (minutes.hits[row] as number);
  }
  return sites
    .map((name, site) => ({ name, requests: requests[site] as number }))
    .filter((site) => site.requests > 0)
    .sort((a, b) => b.requests - a.requests || compareText(a.name, b.name));
}

function hitsWithAgent(view: TrafficView): number {
  const { type, hits, size } = view.cohorts;
  let total = 0;
  for (let row = 0; row < size; row += 1) {
    if (type[row] === COHORT.agent && view.cohortText(row) !== '') total += hits[row] as number;
  }
  return total;
}

/** `+02:00`, minutes east of UTC. */
function zoneText(minutes: number): string {
  const all = Math.abs(minutes);
  const two = (count: number): string => String(count).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(all / 60))}:${two(all % 60)}`;
}

/** Requests a minute over the whole time of the logs, of all sites together. */
function pictureOf({ view, analysis }: Weighed, totals: Totals): TrafficPicture {
  const { minutes } = view;
  const { firstMinute, lastMinute } = totals;
  const length = lastMinute - firstMinute + 1;
  const step = STEPS_MINUTES.find((one) => length / one <= MAX_STEPS) ?? Math.ceil(length / MAX_STEPS);
  const steps = Math.ceil(length / step);
  const perMinute = new Array<number>(steps).fill(0);
  const failed = new Array<number>(steps).fill(0);
  const inStep = (place: number): number => Math.min(step, lastMinute - (firstMinute + place * step) + 1);
  for (let row = 0; row < minutes.size; row += 1) {
    const place = Math.floor(((minutes.minute[row] as number) - firstMinute) / step);
    perMinute[place] = (perMinute[place] as number) + (minutes.hits[row] as number) / inStep(place);
    failed[place] = (failed[place] as number) + (minutes.status5xx[row] as number) / inStep(place);
  }
  const spans = analysis.incidents
    .toSorted(byGravity)
    .slice(0, MAX_SPANS)
    .sort((a, b) => a.fromMinute - b.fromMinute || a.site - b.site || a.toMinute - b.toMinute)
    .map(({ kind, fromMinute, toMinute, severity }) => ({
      from: timeOfMinute(fromMinute),
      to: timeOfMinute(toMinute + 1),
      severity,
      label: { word: `detectors.floods/overview.kinds.${kind}` },
    }));
  return {
    kind: 'traffic',
    from: timeOfMinute(firstMinute),
    stepSeconds: step * 60,
    perMinute: perMinute.map(rounded),
    usual: perMinute.map((_, place) =>
      usualWithin(view, analysis, firstMinute + place * step, inStep(place)),
    ),
    failed: failed.map(rounded),
    spans,
  };
}

/** Mean of what is usual in a stretch for all sites together; null where nothing says it of any. */
function usualWithin(
  { sites }: TrafficView,
  analysis: Weighed['analysis'],
  from: number,
  length: number,
): number | null {
  const moments = Math.min(length, MOMENTS_PER_STEP);
  let total: number | null = null;
  for (let site = 0; site < sites.length; site += 1) {
    for (let moment = 0; moment < moments; moment += 1) {
      const minute = from + Math.floor(((moment + 0.5) * length) / moments);
      const usual = analysis.usualPerMinute(site, minute);
      if (usual !== null) total = (total ?? 0) + usual / moments;
    }
  }
  return total === null ? null : rounded(total);
}

function placesOf({ sources }: TrafficView): readonly Pointer[] {
  return sources
    .map(({ evidence, path }) => ({ evidence, path, locator: '' }))
    .sort((a, b) => compareText(a.evidence, b.evidence) || compareText(a.path, b.path))
    .slice(0, MAX_PLACES);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** In hundredths, one decimal where it is little. */
function percent(part: number, whole: number): number {
  const hundredths = whole > 0 ? (part / whole) * 100 : 0;
  return hundredths < 10 ? Math.round(hundredths * 10) / 10 : Math.round(hundredths);
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
