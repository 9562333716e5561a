/** Finds what happened to each site: more than there should be, or less. Pure; reads counted traffic only. */
import type { Confidence, Severity } from '../../core/contracts.js';
import { COHORT, type TrafficView } from '../traffic/shape.js';
import { type Usual, usualOf } from './baseline.js';
import { type CohortRun, cohortRuns, SlotIndex } from './cohort-runs.js';
import type { Baseline, CohortSign, Incident, IncidentKind } from './incident.js';
import { kindOf, type WindowFacts } from './kind.js';
import { isPingbackAgent, type Participants, participantsOf, signsOf } from './signs.js';
import { difference, sums } from './span.js';
import { merged, silences, surges, type Window } from './windows.js';

/** Flagged minutes change what is usual, and what is usual changes what is flagged: twice is enough to settle. */
const ROUNDS = 3;
/** Longest span looked at minute by minute: two years. */
const MAX_MINUTES = 1_100_000;
/** Sites with fewer requests have no incidents worth the name. */
const LEAST_SITE_HITS = 240;
/** A cohort that rises without the whole counts when its clients ask for nothing else, again and again. */
const LEAST_PARTICIPANTS = 8;
const LEAST_HITS_PER_PARTICIPANT = 4;
const LEAST_PARTICIPANT_SHARE = 0.5;
const LEAST_RUN_PER_MINUTE = 20;
/** Silence so soon after an attack is its effect. */
const EFFECT_MINUTES = 20;
/** An incident begins and ends with a minute that has so much of the surplus of its largest. */
const LEAST_EDGE = 0.05;
/** Share of requests that failed, and times what fails otherwise: the attack had an effect. */
const EFFECT_SHARE = 0.05;
const EFFECT_TIMES = 4;
/** Without anything to compare with: so many clients, so much alike. */
const ALONE_CLIENTS = 20;
const ALONE_SHARE = 0.8;
const ALONE_PER_MINUTE = 60;

/** One site's minutes without gaps. */
interface SiteMinutes {
  readonly site: number;
  readonly first: number;
  readonly counts: Float64Array;
  /** Rows of `view.minutes` by index; -1 for minutes without a request. */
  readonly rows: Int32Array;
}

interface FoundWindow extends Window {
  readonly isSurge: boolean;
  readonly runs: readonly CohortRun[];
}

/** Incidents of all sites, by time. */
export function findIncidents(view: TrafficView): readonly Incident[] {
  const cohortSlots = new SlotIndex(view.cohortSlots.owner, view.cohorts.size);
  const incidents: Incident[] = [];
  for (let site = 0; site < view.sites.length; site += 1) {
    const minutes = minutesOf(view, site);
    if (minutes) incidents.push(...incidentsOf(view, minutes, cohortSlots));
  }
  return incidents.sort((a, b) => a.fromMinute - b.fromMinute || a.site - b.site || a.toMinute - b.toMinute);
}

function minutesOf(view: TrafficView, site: number): SiteMinutes | null {
  const { minutes } = view;
  let [start, end, hits] = [-1, -1, 0];
  for (let row = 0; row < minutes.size; row += 1) {
    if (minutes.site[row] !== site) continue;
    if (start === -1) start = row;
    end = row;
    hits += minutes.hits[row] as number;
  }
  if (start === -1 || hits < LEAST_SITE_HITS) return null;
  const last = minutes.minute[end] as number;
  // A clock gone wrong puts a line into another century: what is far before the rest is not looked at.
  let first = minutes.minute[start] as number;
  while (last - first >= MAX_MINUTES && start < end) {
    start += 1;
    first = minutes.minute[start] as number;
  }
  const counts = new Float64Array(last - first + 1);
  const rows = new Int32Array(counts.length).fill(-1);
  for (let row = start; row <= end; row += 1) {
    const index = (minutes.minute[row] as number) - first;
    counts[index] = minutes.hits[row] as number;
    rows[index] = row;
  }
  return { site, first, counts, rows };
}

function incidentsOf(view: TrafficView, minutes: SiteMinutes, slots: SlotIndex): Incident[] {
  const { counts, first, site } = minutes;
  const flagged = new Uint8Array(counts.length);
  let usual = usualOf(counts, first, flagged);
  let found: Window[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    found = surges(counts, usual);
    flagged.fill(0);
    for (const { from, to } of found) flagged.fill(1, from, to + 1);
    usual = usualOf(counts, first, flagged);
  }
  const runs = cohortRuns(view, slots, site, counts.length).filter(
    (run) => run.hits >= LEAST_RUN_PER_MINUTE * (run.to - run.from + 1) && isByItself(view, run),
  );
  const windows = merged<FoundWindow>(
    [
      ...found.map((window) => ({ ...window, isSurge: true, runs: [] })),
      ...runs.map((run) => ({ from: run.from - first, to: run.to - first, isSurge: false, runs: [run] })),
    ],
    (a, b) => ({
      from: a.from,
      to: Math.max(a.to, b.to),
      isSurge: a.isSurge || b.isSurge,
      runs: [...a.runs, ...b.runs],
    }),
  );
  const alone = windows.length === 0 ? wholeFile(view, minutes, usual) : null;
  const quiet = silences(counts, usual);
  const incidents = [...windows, ...(alone ? [alone] : [])].flatMap(
    (window) => incidentOf(view, minutes, usual, slots, window, quiet) ?? [],
  );
  return [...incidents, ...outages(view, minutes, usual, quiet, incidents)];
}

/** Whether most of a run comes from clients that ask for nothing else, and ask again and again. */
function isByItself(view: TrafficView, run: CohortRun): boolean {
  const { clients, hits } = participantsOf(view, [run.row], run.from, run.to);
  return (
    clients.length >= LEAST_PARTICIPANTS &&
    hits >= run.hits * LEAST_PARTICIPANT_SHARE &&
    hits >= clients.length * LEAST_HITS_PER_PARTICIPANT
  );
}

/** A log that holds nothing but an attack: nothing to compare with, but nothing that looks like readers either. */
function wholeFile(view: TrafficView, { site, counts, rows }: SiteMinutes, usual: Usual): FoundWindow | null {
  if (usual.kind !== 'none') return null;
  const busy = [...counts.entries()].filter(([, count]) => count >= ALONE_PER_MINUTE).map(([index]) => index);
  if (busy.length < 3) return null;
  const [from, to] = [busy[0] as number, busy.at(-1) as number];
  const { hits, assets } = sums(view, rows, { from, to });
  if (assets * 20 > hits || hits < ALONE_PER_MINUTE * (to - from + 1)) return null;
  const alike = [COHORT.path, COHORT.query, COHORT.agent, COHORT.manner].some((type) =>
    Array.from({ length: view.cohorts.size }, (_, row) => row).some(
      (row) =>
        view.cohorts.site[row] === site &&
        view.cohorts.type[row] === type &&
        (view.cohorts.hits[row] as number) >= hits * ALONE_SHARE &&
        view.cohortDistinct(row, 'clients') >= ALONE_CLIENTS,
    ),
  );
  const isPingback = pingbackHits(view, site) >= hits * ALONE_SHARE;
  return alike || isPingback ? { from, to, isSurge: true, runs: [] } : null;
}

function pingbackHits(view: TrafficView, site: number): number {
  let sum = 0;
  for (let row = 0; row < view.cohorts.size; row += 1) {
    if (view.cohorts.type[row] !== COHORT.agent || view.cohorts.site[row] !== site) continue;
    if (isPingbackAgent(view.cohortText(row))) sum += view.cohorts.hits[row] as number;
  }
  return sum;
}

function incidentOf(
  view: TrafficView,
  minutes: SiteMinutes,
  usual: Usual,
  slots: SlotIndex,
  found: FoundWindow,
  quiet: readonly Window[],
): Incident | null {
  const window = trimmed(minutes.counts, usual, found);
  const { counts, first, site, rows } = minutes;
  const [fromMinute, toMinute] = [first + window.from, first + window.to];
  const inside = sums(view, rows, window);
  const outside = sums(view, rows, { from: 0, to: counts.length - 1 });
  let [normal, peak, peakMinute] = [0, 0, fromMinute];
  for (let index = window.from; index <= window.to; index += 1) {
    normal += usual.perMinute(index);
    const count = counts[index] as number;
    if (count > peak) [peak, peakMinute] = [count, first + index];
  }
  const length = window.to - window.from + 1;
  const signs = signsOf(view, slots, site, fromMinute, toMinute, inside, counts.length, window.runs);
  const part: Participants = participantsOf(
    view,
    signs.map(({ row }) => row),
    fromMinute,
    toMinute,
  );
  const facts: WindowFacts = {
    ...inside,
    minutes: length,
    usualHits: normal,
    outside: difference(outside, inside),
    signs,
    participants: part.clients,
    participantHits: part.hits,
    pingbackShare: part.pingbackHits / Math.max(inside.hits, 1),
    hasSurge: window.isSurge,
  };
  const kind = kindOf(view, facts);
  if (kind === null) return null;
  const isAttack = kind !== 'flash-crowd' && kind !== 'outage' && kind !== 'crawl';
  const outageMinutes = quiet
    .filter(({ from, to }) => from <= window.to + EFFECT_MINUTES && to >= window.from)
    .reduce((sum, { from, to }) => sum + to - from + 1, 0);
  // In blocks of quiet minutes the hits of clients reach over the edges of the incident.
  const ownHits = part.hits > 0 ? Math.min(part.hits, inside.hits) : inside.hits - normal;
  const attackHits = Math.max(
    0,
    Math.round(window.isSurge ? Math.max(inside.hits - normal, ownHits) : ownHits),
  );
  const hasEffect =
    outageMinutes > 0 ||
    (inside.serverErrors >= inside.hits * EFFECT_SHARE &&
      inside.serverErrors / inside.hits >=
        (EFFECT_TIMES * facts.outside.serverErrors) / Math.max(facts.outside.hits, 1));
  return {
    kind,
    site,
    siteName: view.sites[site] ?? '',
    fromMinute,
    toMinute,
    baseline: usual.kind,
    normalPerMinute: Math.round(normal / length),
    peakPerMinute: peak,
    peakMinute,
    hits: inside.hits,
    attackHits,
    signs,
    clients: part.clients,
    serverErrors: inside.serverErrors,
    outageMinutes,
    pingbackAddresses: kind === 'pingback' ? askers(view, fromMinute, toMinute) : [],
    isAttack,
    severity: severityOf(kind, isAttack, hasEffect),
    confidence: confidenceOf(kind, usual.kind, signs, facts),
    notes: notesOf(view, usual.kind, signs),
  };
}

/** Without the minutes at both ends in which hardly any of the surplus came. */
function trimmed(counts: Float64Array, usual: Usual, window: FoundWindow): FoundWindow {
  if (!window.isSurge) return window;
  const surplus = (index: number): number => (counts[index] as number) - usual.perMinute(index);
  let most = 0;
  for (let index = window.from; index <= window.to; index += 1) most = Math.max(most, surplus(index));
  let { from, to } = window;
  while (from < to && surplus(from) < most * LEAST_EDGE) from += 1;
  while (to > from && surplus(to) < most * LEAST_EDGE) to -= 1;
  return { ...window, from, to };
}

function askers(view: TrafficView, fromMinute: number, toMinute: number): Incident['pingbackAddresses'] {
  const within = view.pingback.filter(
    ({ firstSecond, lastSecond }) => lastSecond / 60 >= fromMinute && firstSecond / 60 < toMinute + 1,
  );
  // Blogs link to the site on ordinary days too.
  const least = Math.max(10, (within[0]?.hits ?? 0) * 0.02);
  return within
    .filter(({ hits }) => hits >= least)
    .slice(0, 20)
    .map(({ address, hits }) => ({ address, hits }));
}

function severityOf(kind: IncidentKind, isAttack: boolean, hasEffect: boolean): Severity {
  if (!isAttack) return kind === 'crawl' ? 'low' : 'info';
  return hasEffect ? 'high' : 'medium';
}

function confidenceOf(
  kind: IncidentKind,
  baseline: Baseline,
  signs: readonly CohortSign[],
  facts: WindowFacts,
): Confidence {
  if (kind === 'pingback') return 'high';
  if (kind === 'surge' || kind === 'slow-requests') return 'low';
  const best = signs[0];
  const isClear = best !== undefined && best.precision >= 0.8 && facts.participantHits >= facts.hits * 0.4;
  if (baseline === 'none') return isClear && facts.outside.hits > 0 ? 'medium' : 'low';
  return isClear ? 'high' : 'medium';
}

function notesOf(view: TrafficView, baseline: Baseline, signs: readonly CohortSign[]): string[] {
  const notes: string[] = [];
  if (baseline === 'none') notes.push('no-baseline');
  if (signs.length === 0) notes.push('nothing-in-common');
  if (view.dropped.clients.rows > 0) notes.push('clients-dropped');
  return notes;
}

/** Silences that no attack explains. */
function outages(
  view: TrafficView,
  { site, first, rows }: SiteMinutes,
  usual: Usual,
  quiet: readonly Window[],
  incidents: readonly Incident[],
): Incident[] {
  return quiet.flatMap(({ from, to }) => {
    const isExplained = incidents.some(
      ({ isAttack, fromMinute, toMinute }) =>
        isAttack && first + from <= toMinute + EFFECT_MINUTES && first + to >= fromMinute,
    );
    if (isExplained) return [];
    let normal = 0;
    for (let index = from; index <= to; index += 1) normal += usual.perMinute(index);
    const { hits, serverErrors } = sums(view, rows, { from, to });
    return {
      kind: 'outage' as const,
      site,
      siteName: view.sites[site] ?? '',
      fromMinute: first + from,
      toMinute: first + to,
      baseline: usual.kind,
      normalPerMinute: Math.round(normal / (to - from + 1)),
      peakPerMinute: 0,
      peakMinute: first + from,
      hits,
      attackHits: 0,
      signs: [],
      clients: [],
      serverErrors,
      outageMinutes: to - from + 1,
      pingbackAddresses: [],
      isAttack: false,
      severity: 'low' as const,
      confidence: 'medium' as const,
      notes: [],
    };
  });
}
