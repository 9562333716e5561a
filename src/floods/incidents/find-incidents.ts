/** Finds what happened to each site: more than there should be, or less. Pure; reads counted traffic only. */
import { COHORT, type CohortType, type TrafficView } from '../traffic/shape.js';
import { type Usual, usualOf } from './baseline.js';
import { type CohortRun, cohortRuns } from './cohort-runs.js';
import type { Baseline, CohortSign, Incident, IncidentKind } from './incident.js';
import { areDownloads, kindOf, kindOfPart, type WindowFacts } from './kind.js';
import { type Part, partsOf, signsOfPart } from './parts.js';
import { type Series, seriesOf } from './series.js';
import {
  hitsWithin,
  mixedClients,
  type Participants,
  type Place,
  participantsOf,
  pingbackAgents,
  signsOf,
  withClients,
} from './signs.js';
import { SlotIndex, SlotTimes } from './slot-index.js';
import { type SpanSums, sums } from './span.js';
import { edgesOf, failures, merged, silences, surges, type Window } from './windows.js';

/** What is found changes what is usual, and what is usual changes what is found, until nothing changes any more. */
const MAX_ROUNDS = 16;
/** Incidents of one site at most, the largest ones. */
const MAX_WINDOWS = 200;
/** A cohort that rises without the whole counts when most of it comes from clients that ask for nothing else, again and again. */
const LEAST_PARTICIPANTS = 8;
const LEAST_HITS_PER_PARTICIPANT = 4;
const LEAST_PARTICIPANT_SHARE = 0.5;
/** Where pages have parts in the log, and these come from nowhere, less is enough: who fetches none of them does not read. */
const USUAL_ASSETS = 0.2;
const LEAST_HITS_WITHOUT_ASSETS = 2;
/** Where they have none, those who come from a page of the site or from elsewhere read. */
const LEAST_WITHOUT_REFERER = 0.8;
/** What is slow and does no harm is told when it is costly, or so many times all that is usual. */
const COSTLY: ReadonlySet<IncidentKind> = new Set<IncidentKind>([
  'pingback',
  'search-abuse',
  'post-flood',
  'login-brute-force',
  'xmlrpc-flood',
]);
const SLOW_TIMES = 3;
/** Of the requests of a time in which a crowd reads, so many must be of an attack for it to be told. */
const LEAST_HIDDEN = 0.25;
/** Silence so soon after an attack is its effect. */
const EFFECT_MINUTES = 20;
/** Share of requests that failed, and times what fails otherwise: the attack had an effect. */
const EFFECT_SHARE = 0.05;
const EFFECT_TIMES = 4;
/** Without anything to compare with: so many clients, so much alike. */
const ALONE_CLIENTS = 8;
const ALONE_SHARE = 0.8;
const ALONE_PER_MINUTE = 60;
const ALONE_BUSY_MINUTES = 3;
const ALONE_ASSETS = 0.05;
/** Kinds that no program but an attacker's makes so many requests of: the others need something to compare with. */
const CERTAIN_ALONE: ReadonlySet<IncidentKind> = new Set<IncidentKind>([
  'pingback',
  'cache-busting',
  'random-uri',
  'login-brute-force',
  'xmlrpc-flood',
  'rapid-reset',
  'agent-rotation',
]);
const NO_ATTACK: ReadonlySet<IncidentKind> = new Set<IncidentKind>([
  'flash-crowd',
  'outage',
  'crawl',
  'surge',
]);
/** Signs that show when an attack began and ended: nearly all of their requests are its own. */
const EDGE_PRECISION = 0.8;
const EDGE_SHARE = 0.5;
/** What rises slowly is the attack's from so many requests a minute on, and so many times what its signs have otherwise. */
const [RISE_PER_MINUTE, RISE_TIMES] = [8, 4];
/** Of what it has in the middle: with less in its first minutes it rises slowly. */
const SLOW_EDGE = 0.3;
/** From this share of requests on, the addresses of a log are those of a go-between. */
const HIDDEN_SHARE = 0.6;
/** Quiet minutes of cohorts are put together by so many. */
const BLOCK_MINUTES = 64;
/** Attacks that begin or end so many minutes apart are several. */
const APART_MINUTES = 5;
/** Clients that may come before and stay after the rest. */
const FEW_CLIENTS = 0.05;
/** What comes at the same hour of half of the other days is a habit: a nightly copy, a crawler with a timetable. */
const DAY = 1_440;
const HABIT_SHARE = 0.5;
const HABIT_PART = 0.25;
const LEAST_HABIT_DAYS = 2;
/** A hole between two files of this length is a file that was not given. */
const MISSING_FILE_MINUTES = 360;
/** Addresses that pingbacks name, of which blogs that link on ordinary days are left out. */
const MAX_ASKERS = 20;
const LEAST_ASKED = 10;
const LEAST_ASKED_SHARE = 0.02;

interface FoundWindow extends Window {
  readonly isSurge: boolean;
  readonly isAlone: boolean;
  readonly runs: readonly CohortRun[];
}

/** What was found, and what is usual: for pictures. */
export interface Analysis {
  readonly incidents: readonly Incident[];
  /** Usual requests in a Unix minute of a site; null when nothing says it. */
  usualPerMinute(site: number, minute: number): number | null;
}

/** Incidents of all sites, by time. */
export function findIncidents(view: TrafficView): readonly Incident[] {
  return analyse(view).incidents;
}

/** Incidents of all sites, by time, and what they were held against. */
export function analyse(view: TrafficView): Analysis {
  const finder = new Finder(view);
  const incidents: Incident[] = [];
  const usuals: { readonly series: Series; readonly usual: Usual }[] = [];
  for (const series of seriesOf(view)) {
    const { usual, found } = finder.incidentsOf(series);
    incidents.push(...found);
    usuals.push({ series, usual });
  }
  incidents.sort((a, b) => a.fromMinute - b.fromMinute || a.site - b.site || a.toMinute - b.toMinute);
  return {
    incidents,
    usualPerMinute: (site, minute) => {
      for (const { series, usual } of usuals) {
        const index = minute - series.first;
        if (series.site === site && index >= 0 && index < series.counts.length && usual.kind !== 'none')
          return usual.perMinute[index] as number;
      }
      return null;
    },
  };
}

/** Indexes of a view, made when the first site needs them. */
class Finder {
  readonly #view: TrafficView;
  readonly #cohortsOf: readonly (readonly number[])[];
  readonly #cohortSlots: SlotIndex;
  readonly #areClientsHidden: boolean;
  #slotTimes: SlotTimes | null = null;
  #pingbacks: ReadonlySet<number> | null = null;
  #assets: boolean | null = null;

  constructor(view: TrafficView) {
    this.#view = view;
    const rows: number[][] = view.sites.map(() => []);
    for (let row = 0; row < view.cohorts.size; row += 1) rows[view.cohorts.site[row] as number]?.push(row);
    this.#cohortsOf = rows;
    this.#cohortSlots = new SlotIndex(view.cohortSlots.owner, view.cohorts.size);
    const [hits, proxied] = view.sources.reduce(
      ([all, through], source) => [all + source.hits, through + source.proxied],
      [0, 0],
    );
    this.#areClientsHidden = hits > 0 && proxied >= hits * HIDDEN_SHARE;
  }

  #within(from: number, to: number): Uint32Array {
    this.#slotTimes ??= new SlotTimes(this.#view);
    return this.#slotTimes.within(from, to);
  }

  #pingbackAgents(): ReadonlySet<number> {
    this.#pingbacks ??= pingbackAgents(this.#view);
    return this.#pingbacks;
  }

  incidentsOf(series: Series): { readonly usual: Usual; readonly found: readonly Incident[] } {
    const { counts, first, unknown, site } = series;
    const { usual, surging, quiet, leftOut } = settled(series);
    const rows = this.#cohortsOf[site] ?? [];
    const runs = cohortRuns(this.#view, this.#cohortSlots, rows, series, usual);
    const windows = this.#joined(series, surging, runs);
    if (windows.length === 0 && (usual.kind === 'none' || usual.kind === 'rolling')) {
      const alone = this.#wholeFile(series, rows);
      if (alone) windows.push(alone);
    }
    const largest = windows
      .sort((a, b) => hitsOf(counts, b) - hitsOf(counts, a) || a.from - b.from)
      .slice(0, MAX_WINDOWS);
    const ground: Ground = { series, usual, quiet, leftOut: leftOut.slice(), windows: largest };
    for (const { from, to } of largest) ground.leftOut.fill(1, from, to + 1);
    const found = largest.flatMap((window) => this.#incidentsOf(ground, window));
    const errors = errorsOf(this.#view, series);
    const failing = failures(counts, errors, usual);
    const isUnknown = (window: Window): boolean => unknown[window.from] === 1;
    const holes = merged([...quiet, ...failing]).filter((window) => !isUnknown(window));
    const between = gaps(unknown).filter(
      ({ from, to }) =>
        to - from + 1 < MISSING_FILE_MINUTES &&
        silences(counts, usual, new Uint8Array(counts.length), leftOut).some(
          (silence) => silence.from <= to && silence.to >= from,
        ),
    );
    const isExplained = ({ from, to }: Window): boolean =>
      found.some(
        ({ kind, fromMinute, toMinute }) =>
          kind !== 'outage' && first + from <= toMinute + EFFECT_MINUTES && first + to >= fromMinute,
      );
    const outages = [
      ...holes.map((window) => ({ window, isGap: false })),
      ...between.map((window) => ({ window, isGap: true })),
    ]
      .filter(({ window }) => !isExplained(window))
      .slice(0, MAX_WINDOWS)
      .map(({ window, isGap }) => outageOf(this.#view, series, usual, window, isGap));
    return { usual, found: [...found, ...outages] };
  }

  /** Surges of the whole site and cohorts that rise by themselves, as one where they overlap. */
  #joined({ first }: Series, surging: readonly Window[], runs: readonly CohortRun[]): FoundWindow[] {
    const join = (a: FoundWindow, b: FoundWindow): FoundWindow => ({
      from: a.from,
      to: Math.max(a.to, b.to),
      isSurge: a.isSurge || b.isSurge,
      isAlone: false,
      runs: [...a.runs, ...b.runs],
    });
    const windowOf = (run: CohortRun): FoundWindow => ({
      from: run.from - first,
      to: run.to - first,
      isSurge: false,
      isAlone: false,
      runs: [run],
    });
    // Cohorts of one happening are looked at together: the clients of a span are gathered once.
    const confirmed = merged(runs.map(windowOf), join).flatMap((window) => {
      const within = this.#within(first + window.from, first + window.to);
      return window.runs.filter((run) => this.#isByItself(run, within));
    });
    return merged(
      [
        ...surging.map((window) => ({ ...window, isSurge: true, isAlone: false, runs: [] })),
        ...confirmed.map(windowOf),
      ],
      join,
    );
  }

  /** Whether most of a run comes from clients that ask for nothing else, and ask again and again. */
  #isByItself(run: CohortRun, within: Uint32Array): boolean {
    const view = this.#view;
    const sign = { row: run.row, windowHits: run.hits };
    const { clients, hits } = participantsOf(view, within, [sign], NOBODY);
    if (clients.length < LEAST_PARTICIPANTS || hits < run.hits * LEAST_PARTICIPANT_SHARE) return false;
    const { refererNone, hits: all } = view.cohorts;
    const perClient = hits / clients.length;
    const isFromNowhere =
      (refererNone[run.row] as number) >= (all[run.row] as number) * LEAST_WITHOUT_REFERER;
    return this.#hasAssets()
      ? perClient >= (isFromNowhere ? LEAST_HITS_WITHOUT_ASSETS : LEAST_HITS_PER_PARTICIPANT)
      : perClient >= LEAST_HITS_PER_PARTICIPANT && isFromNowhere;
  }

  /** Whether the logs have parts of pages at all. */
  #hasAssets(): boolean {
    const { pages, assets } = this.#view.minutes;
    this.#assets ??= sum(assets) >= sum(pages) * USUAL_ASSETS;
    return this.#assets;
  }

  /** A log that holds nothing but an attack: nothing to compare with, but nothing that looks like readers either. */
  #wholeFile({ counts, rows }: Series, cohorts: readonly number[]): FoundWindow | null {
    const view = this.#view;
    const busy = Array.from(counts.keys()).filter((index) => (counts[index] as number) >= ALONE_PER_MINUTE);
    const [from, to] = [busy[0], busy.at(-1)];
    if (from === undefined || to === undefined || busy.length < ALONE_BUSY_MINUTES) return null;
    const { hits, assets } = sums(view, rows, { from, to });
    if (assets > hits * ALONE_ASSETS || hits < ALONE_PER_MINUTE * (to - from + 1)) return null;
    const types: ReadonlySet<number> = new Set([COHORT.path, COHORT.query, COHORT.agent, COHORT.manner]);
    const isAlike = cohorts.some(
      (row) =>
        types.has(view.cohorts.type[row] as number) &&
        (view.cohorts.hits[row] as number) >= hits * ALONE_SHARE &&
        view.cohortDistinct(row, 'clients') >= ALONE_CLIENTS,
    );
    const pingbacks = this.#pingbackAgents();
    const pingbackHits = cohorts
      .filter((row) => view.cohorts.type[row] === COHORT.agent && pingbacks.has(view.cohortHash(row)))
      .reduce((total, row) => total + (view.cohorts.hits[row] as number), 0);
    return isAlike || pingbackHits >= hits * ALONE_SHARE
      ? { from, to, isSurge: true, isAlone: true, runs: [] }
      : null;
  }

  #incidentsOf(ground: Ground, found: FoundWindow): readonly Incident[] {
    const { series } = ground;
    const whole = this.#look(ground, found);
    const kind = kindOf(this.#view, whole.facts);
    if (kind === 'flash-crowd' || (kind === 'surge' && areDownloads(whole.facts))) {
      const hidden = this.#hiddenIn(ground, found);
      if (hidden) return [hidden];
    }
    if (kind === null) return [];
    if (NO_ATTACK.has(kind)) {
      return kind !== 'flash-crowd' && isHabit(ground, found) ? [] : [this.#told(ground, kind, whole)];
    }
    const isSlow = !found.isSurge && found.runs.every((run) => run.isSlow);
    const window = isSlow
      ? this.#slowEdges(series, found, whole.facts)
      : this.#attackEdges(series, found, whole);
    const isSame = window.from === found.from && window.to === found.to;
    const narrow = isSame ? whole : this.#look(ground, { ...found, ...window });
    const { hasEffect, participantHits, usualHits } = narrow.facts;
    if (isSlow && !hasEffect && !COSTLY.has(kind) && participantHits < usualHits * SLOW_TIMES) return [];
    const several = isSlow ? [] : this.#severalAtOnce(ground, narrow);
    if (several.length > 0) return several;
    return [this.#told(ground, isSame ? kind : (kindOf(this.#view, narrow.facts) ?? kind), narrow)];
  }

  /** Attacks that went on at once, by different clients and for different things, and that began or ended apart. */
  #severalAtOnce(ground: Ground, looked: Looked): readonly Incident[] {
    const view = this.#view;
    const { first, counts } = ground.series;
    const parts = this.#partsOf(looked);
    if (parts.length < 2) return [];
    const windows = this.#edgesOfParts(ground, looked, parts);
    if (windows === null) return [];
    const isApart = windows.some((one, index) =>
      windows
        .slice(index + 1)
        .some(
          ({ from, to }) =>
            Math.abs(one.from - from) > APART_MINUTES || Math.abs(one.to - to) > APART_MINUTES,
        ),
    );
    const areApart = isApart && windows.every(({ from, to }) => from < to && to < counts.length);
    if (!areApart) return [];
    return parts.map((part, index) => {
      const window = { ...looked.window, ...(windows[index] as Window) };
      const seen = this.#look(ground, window);
      const others = parts.filter((other) => other !== part);
      const signs = signsOfPart(view, seen.facts.signs, part, others, seen.part.slots);
      const within = this.#within(first + window.from, first + window.to);
      const pingbacks = part.sign === null ? this.#pingbackAgents() : NOBODY;
      const all = participantsOf(view, within, signs, pingbacks);
      const own = withoutOthers(view, all, others);
      const facts = { ...seen.facts, signs, participants: own.clients, participantHits: own.hits };
      return this.#told(ground, kindOfPart(view, part.sign), { ...seen, facts, part: own }, true);
    });
  }

  /** Kinds of attacks that cannot be told apart in time. */
  #kindsOf(looked: Looked): Incident['parts'] {
    const parts = this.#partsOf(looked).map(({ sign, hits, clients }) => ({
      ...{ kind: kindOfPart(this.#view, sign), hits, clients: clients.size },
    }));
    return new Set(parts.map(({ kind }) => kind)).size > 1 ? parts : [];
  }

  #partsOf({ facts, part }: Looked): readonly Part[] {
    return partsOf(this.#view, part, facts.signs, this.#pingbackAgents());
  }

  /** When each part began and ended; null when that cannot be told of one of them. */
  #edgesOfParts(
    { series, usual }: Ground,
    { window }: Looked,
    parts: readonly Part[],
  ): readonly Window[] | null {
    const { counts, first } = series;
    const from = Math.max(0, window.from - EFFECT_MINUTES);
    const to = Math.min(counts.length - 1, window.to + EFFECT_MINUTES);
    const hasQuery = parts.some(({ sign }) => sign?.type === COHORT.query);
    const own = parts.map(({ sign }) =>
      // Requests with a query have a path, too.
      sign === null || (sign.type === COHORT.path && hasQuery)
        ? null
        : this.#minutesOf(sign.row, first, from, to),
    );
    if (own.filter((minutes) => minutes === null).length > 1) return null;
    const rest = counts.slice(from, to + 1).map((count, index) => {
      const others = own.reduce((total, minutes) => total + (minutes?.[index] ?? 0), 0);
      return count - (usual.perMinute[from + index] as number) - others;
    });
    const windows: Window[] = [];
    for (const minutes of own) {
      const edges = edgesOf(minutes ?? rest);
      if (edges === null) return null;
      windows.push({ from: from + edges.from, to: from + edges.to });
    }
    return windows;
  }

  /** Requests of a cohort in its busy minutes. */
  #minutesOf(row: number, first: number, from: number, to: number): Float64Array {
    const { minute, length, hits } = this.#view.cohortSlots;
    const minutes = new Float64Array(to - from + 1);
    for (const slot of this.#cohortSlots.of(row)) {
      const index = (minute[slot] as number) - first - from;
      if (length[slot] === 1 && index >= 0 && index < minutes.length) {
        minutes[index] = (minutes[index] as number) + (hits[slot] as number);
      }
    }
    return minutes;
  }

  /** An attack in the middle of a crowd: the largest of its cohorts that rise by themselves, and what lies within its time. */
  #hiddenIn(ground: Ground, { runs }: FoundWindow): Incident | null {
    const { first } = ground.series;
    const [largest] = runs.toSorted((a, b) => b.hits - a.hits || a.row - b.row);
    if (!largest) return null;
    const window: FoundWindow = {
      from: largest.from - first,
      to: largest.to - first,
      runs: runs.filter(({ from, to }) => from >= largest.from && to <= largest.to),
      isSurge: true,
      isAlone: false,
    };
    const looked = this.#look(ground, window);
    if (looked.facts.participantHits < looked.facts.hits * LEAST_HIDDEN) return null;
    const kind = kindOf(this.#view, { ...looked.facts, isByItself: true });
    return kind === null || NO_ATTACK.has(kind) ? null : this.#told(ground, kind, looked);
  }

  /** Everything that is known of a window. */
  #look({ series, usual, quiet, leftOut, windows }: Ground, found: FoundWindow): Looked {
    const view = this.#view;
    const { counts, first, rows, site } = series;
    const [from, to] = [first + found.from, first + found.to];
    const inside = sums(view, rows, found);
    // Other attacks are not what is usual.
    const outside = sums(view, rows, { from: 0, to: counts.length - 1 }, leftOut);
    let [normal, peak, peakMinute, mostClients] = [0, 0, from, 0];
    for (let index = found.from; index <= found.to; index += 1) {
      if (!found.isAlone) normal += usual.perMinute[index] as number;
      const count = counts[index] as number;
      if (count > peak) [peak, peakMinute] = [count, first + index];
      const row = rows[index] as number;
      if (row !== -1) mostClients = Math.max(mostClients, view.minutes.clients[row] as number);
    }
    const place: Place = {
      rows: this.#cohortsOf[site] ?? [],
      from,
      to,
      hits: inside.hits,
      spanMinutes: counts.length,
    };
    const signs = signsOf(view, this.#cohortSlots, place, found.runs);
    const part = participantsOf(view, this.#within(from, to), signs, this.#pingbackAgents());
    const outageMinutes = quiet
      .filter((silence) => silence.from <= found.to + EFFECT_MINUTES && silence.to >= found.from)
      .reduce((total, silence) => total + silence.to - silence.from + 1, 0);
    const failed = inside.serverErrors / Math.max(inside.hits, 1);
    const failedOtherwise = outside.serverErrors / Math.max(outside.hits, 1);
    const facts: WindowFacts = {
      ...inside,
      minutes: found.to - found.from + 1,
      usualHits: normal,
      outside,
      signs,
      participants: part.clients,
      participantHits: part.hits,
      readerHits: part.readerHits,
      pingbackShare: part.pingbackHits / Math.max(inside.hits, 1),
      hasSurge: found.isSurge,
      isByItself: false,
      hasEffect: outageMinutes > 0 || (failed >= EFFECT_SHARE && failed >= EFFECT_TIMES * failedOtherwise),
      areClientsHidden: this.#areClientsHidden,
      mostClients,
      agentsAlike: () => this.#agentsAlike(place),
    };
    const others = windows.filter((other) => other.to < found.from || other.from > found.to);
    const precise = new Set(
      signs
        .filter(({ row, windowHits, outsideHits }) => {
          const slots = this.#cohortSlots.of(row);
          const elsewhere = others.reduce(
            (total, other) => total + hitsWithin(view, slots, first + other.from, first + other.to),
            0,
          );
          return windowHits >= (windowHits + Math.max(0, outsideHits - elsewhere)) * EDGE_PRECISION;
        })
        .map(({ row }) => row),
    );
    return { window: found, from, to, facts, part, outageMinutes, peak, peakMinute, precise };
  }

  /** How much of the user agents of a span and of the rest is the same, as shares of each. */
  #agentsAlike({ rows, from, to }: Place): number {
    const view = this.#view;
    const pairs: (readonly [number, number])[] = [];
    let [insideAll, outsideAll] = [0, 0];
    for (const row of rows) {
      if (view.cohorts.type[row] !== COHORT.agent) continue;
      const inside = hitsWithin(view, this.#cohortSlots.of(row), from, to);
      const outside = Math.max(0, (view.cohorts.hits[row] as number) - inside);
      insideAll += inside;
      outsideAll += outside;
      pairs.push([inside, outside]);
    }
    if (insideAll === 0 || outsideAll === 0) return 0;
    return pairs.reduce((sum, [a, b]) => sum + Math.min(a / insideAll, b / outsideAll), 0);
  }

  /** When those requests came that have what the attack has in common. The window may hold more: a crowd, what came after. */
  #attackEdges({ first, counts }: Series, found: FoundWindow, { facts, precise: isPrecise }: Looked): Window {
    const view = this.#view;
    const { minute, length, hits } = view.cohortSlots;
    const precise = facts.signs.filter(({ row }) => isPrecise.has(row));
    const ownOf = (type: CohortType): readonly CohortSign[] => precise.filter((sign) => sign.type === type);
    let best: { readonly hits: number; readonly edges: Window } | null = null;
    for (const type of [COHORT.query, COHORT.path, COHORT.agent, COHORT.manner, COHORT.network]) {
      const series = new Float64Array(counts.length);
      let total = 0;
      for (const { row } of ownOf(type)) {
        for (const slot of this.#cohortSlots.of(row)) {
          const index = (minute[slot] as number) - first;
          if (length[slot] !== 1 || index < found.from - EFFECT_MINUTES || index > found.to + EFFECT_MINUTES)
            continue;
          series[index] = (series[index] ?? 0) + (hits[slot] as number);
          total += hits[slot] as number;
        }
      }
      if (total < facts.hits * EDGE_SHARE * 0.5 || (best && total <= best.hits)) continue;
      const edges = edgesOf(series);
      if (edges === null) continue;
      const ordinary = ownOf(type).reduce((sum, { outsideHits }) => sum + outsideHits, 0) / counts.length;
      best = {
        hits: total,
        edges: widened(series, edges, Math.max(RISE_PER_MINUTE, ordinary * RISE_TIMES)),
      };
    }
    return best ? best.edges : { from: found.from, to: found.to };
  }

  /** When most of the clients of a slow attack came first and last: its cohorts are too quiet to have minutes. */
  #slowEdges({ first, counts }: Series, found: FoundWindow, { signs }: WindowFacts): Window {
    const { firstSecond, lastSecond } = this.#view.clients;
    const around = { from: Math.max(found.from - BLOCK_MINUTES, 0), to: found.to + BLOCK_MINUTES };
    const within = this.#within(first + around.from, first + around.to);
    const { clients } = participantsOf(this.#view, within, signs, NOBODY);
    const index = (second: number): number => Math.floor(second / 60) - first;
    const only = clients.filter(
      (client) =>
        index(firstSecond[client] as number) >= around.from &&
        index(lastSecond[client] as number) <= around.to,
    );
    if (only.length < clients.length / 2 || only.length === 0) return found;
    const firsts = Float64Array.from(only, (client) => index(firstSecond[client] as number)).sort();
    const lasts = Float64Array.from(only, (client) => index(lastSecond[client] as number)).sort();
    const few = Math.floor(only.length * FEW_CLIENTS);
    const from = firsts[few] as number;
    const to = Math.min(lasts[lasts.length - 1 - few] as number, counts.length - 1);
    return from < to ? { from, to } : found;
  }

  #told({ series, usual }: Ground, kind: IncidentKind, looked: Looked, isOneOfSeveral = false): Incident {
    const view = this.#view;
    const { facts, part, window, from, to, outageMinutes, peak, peakMinute } = looked;
    const told: IncidentKind = window.isAlone && !CERTAIN_ALONE.has(kind) ? 'surge' : kind;
    const isAttack = !NO_ATTACK.has(told);
    // In blocks of quiet minutes the hits of clients reach over the edges of the incident.
    const own = Math.min(part.hits, facts.hits);
    const surplus = facts.hits - facts.usualHits;
    const mixed = isAttack && own > 0 ? mixedClients(view, part, { from, to }) : { clients: [], hits: 0 };
    const mixedHits = Math.max(0, Math.min(mixed.hits, facts.hits - own));
    const attackHits = own > 0 ? own + mixedHits : surplus;
    const signs = withClients(view, facts.signs, part);
    const isListed = isAttack || told === 'crawl';
    return {
      kind: told,
      site: series.site,
      siteName: view.sites[series.site] ?? '',
      fromMinute: from,
      toMinute: to,
      baseline: usual.kind,
      normalPerMinute: Math.round(facts.usualHits / facts.minutes),
      peakPerMinute: peak,
      peakMinute,
      hits: facts.hits,
      attackHits: Math.max(0, Math.round(isListed ? attackHits : surplus)),
      signs,
      // Readers are never listed.
      clients: isListed ? part.clients : [],
      mixedClients: mixed.clients,
      mixedHits,
      serverErrors: facts.serverErrors,
      outageMinutes,
      pingbackAddresses: told === 'pingback' ? askers(view, from, to) : [],
      parts: isAttack && !isOneOfSeveral ? this.#kindsOf(looked) : [],
      isAttack,
      severity:
        areDownloads(facts) && !isAttack && !facts.hasEffect
          ? 'info'
          : severityOf(told, isAttack, facts.hasEffect),
      confidence: confidenceOf(told, usual.kind, looked),
      notes: [...(isOneOfSeveral ? ['another-at-once'] : []), ...notesOf(view, usual.kind, looked, told)],
    };
  }
}

/** Without the clients of other attacks. */
function withoutOthers(view: TrafficView, part: Participants, others: readonly Part[]): Participants {
  const { owner, hits } = view.clientSlots;
  const isOwn = (client: number): boolean => !others.some(({ clients }) => clients.has(client));
  const slots = part.slots.filter((slot) => isOwn(owner[slot] as number));
  return {
    ...part,
    slots,
    clients: part.clients.filter(isOwn),
    hits: slots.reduce((total, slot) => total + (hits[slot] as number), 0),
  };
}

/** A site's minutes, what is usual for them, and what was found in them so far. */
interface Ground {
  readonly series: Series;
  readonly usual: Usual;
  readonly quiet: readonly Window[];
  /** 1 for minutes that say nothing about what is usual. */
  readonly leftOut: Uint8Array;
  readonly windows: readonly FoundWindow[];
}

interface Looked {
  readonly window: FoundWindow;
  readonly from: number;
  readonly to: number;
  readonly facts: WindowFacts;
  readonly part: Participants;
  readonly outageMinutes: number;
  readonly peak: number;
  readonly peakMinute: number;
  /** Rows of signs nearly all of whose requests, but for those of other incidents, are its own. */
  readonly precise: ReadonlySet<number>;
}

const NOBODY: ReadonlySet<number> = new Set();

/** What is usual without what is found, and what is found against it. */
function settled({ counts, first, unknown }: Series): {
  readonly usual: Usual;
  readonly surging: readonly Window[];
  readonly quiet: readonly Window[];
  readonly leftOut: Uint8Array;
} {
  let known = 0;
  for (const one of unknown) if (one === 0) known += 1;
  let leftOut = unknown;
  for (let round = 0; ; round += 1) {
    const usual = usualOf(counts, first, leftOut, known);
    const surging = surges(counts, usual);
    const quiet = silences(counts, usual, unknown, leftOut);
    const next = unknown.slice();
    for (const { from, to } of [...surging, ...quiet]) next.fill(1, from, to + 1);
    const isSettled = next.every((value, index) => value === leftOut[index]);
    if (isSettled || round === MAX_ROUNDS) return { usual, surging, quiet, leftOut };
    leftOut = next;
  }
}

/** Whether as much above what is usual came at this hour on other days. */
function isHabit({ series: { counts, unknown }, usual }: Ground, { from, to }: Window): boolean {
  if (to - from + 1 > DAY / 2) return false;
  const surplusOf = (window: Window): number => hitsOf(counts, window) - hitsOf(usual.perMinute, window);
  const surplus = surplusOf({ from, to });
  let [days, alike] = [0, 0];
  const first = from - Math.floor(from / DAY) * DAY;
  for (let start = first; start + to - from < counts.length; start += DAY) {
    if (start === from || unknown[start] === 1) continue;
    const around = { from: Math.max(start - BLOCK_MINUTES, 0), to: start + to - from + BLOCK_MINUTES };
    days += 1;
    if (surplusOf(around) >= surplus * HABIT_PART) alike += 1;
  }
  return days >= LEAST_HABIT_DAYS && alike >= days * HABIT_SHARE;
}

/**
 * Edges moved out over the minutes beside them that have at least so much, where it rises or falls slowly: two minutes after
 * a step all of it is there, and what lies before is something else.
 */
function widened(values: Float64Array, edges: Window, least: number): Window {
  let { from, to } = edges;
  const middle = values.slice(from, to + 1).sort()[(to - from) >> 1] as number;
  const isSlow = (at: number, next: number): boolean =>
    Math.max(values[at] as number, values[next] ?? 0) < middle * SLOW_EDGE;
  if (isSlow(from, from + 1)) while (from > 0 && (values[from - 1] as number) >= least) from -= 1;
  if (isSlow(to, to - 1)) while (to + 1 < values.length && (values[to + 1] as number) >= least) to += 1;
  return { from, to };
}

function hitsOf(counts: Float64Array, { from, to }: Window): number {
  return sum(counts.subarray(from, to + 1));
}

function sum(column: Uint32Array | Float64Array): number {
  let total = 0;
  for (const value of column) total += value;
  return total;
}

function errorsOf({ minutes }: TrafficView, { rows }: Series): Float64Array {
  return Float64Array.from(rows, (row) => (row === -1 ? 0 : (minutes.status5xx[row] as number)));
}

/** Spans that no file holds. */
function gaps(unknown: Uint8Array): Window[] {
  const found: Window[] = [];
  for (let index = 0; index < unknown.length; index += 1) {
    if (unknown[index] !== 1) continue;
    const from = index;
    while (index + 1 < unknown.length && unknown[index + 1] === 1) index += 1;
    found.push({ from, to: index });
  }
  return found;
}

function askers(view: TrafficView, fromMinute: number, toMinute: number): Incident['pingbackAddresses'] {
  const within = view.pingback.filter(
    ({ firstSecond, lastSecond }) => lastSecond / 60 >= fromMinute && firstSecond / 60 < toMinute + 1,
  );
  const least = Math.max(LEAST_ASKED, (within[0]?.hits ?? 0) * LEAST_ASKED_SHARE);
  return within
    .filter(({ hits }) => hits >= least)
    .slice(0, MAX_ASKERS)
    .map(({ address, hits }) => ({ address, hits }));
}

function severityOf(kind: IncidentKind, isAttack: boolean, hasEffect: boolean): Incident['severity'] {
  if (kind === 'flash-crowd') return 'info';
  if (!isAttack) return hasEffect ? 'medium' : 'low';
  return hasEffect ? 'high' : 'medium';
}

function confidenceOf(
  kind: IncidentKind,
  baseline: Baseline,
  { facts, precise }: Looked,
): Incident['confidence'] {
  if (kind === 'pingback') return 'high';
  if (kind === 'surge' || kind === 'slow-requests') return 'low';
  if (kind === 'flash-crowd') return baseline === 'none' ? 'low' : 'medium';
  const best: CohortSign | undefined = facts.signs[0];
  const isClear = best !== undefined && precise.has(best.row) && facts.participantHits >= facts.hits * 0.4;
  if (baseline === 'none') return isClear && facts.outside.hits > 0 ? 'medium' : 'low';
  return isClear ? 'high' : 'medium';
}

function notesOf(view: TrafficView, baseline: Baseline, looked: Looked, kind: IncidentKind): string[] {
  const { window, facts } = looked;
  const notes: string[] = [];
  if (baseline === 'none' || window.isAlone) notes.push('no-baseline');
  if (window.isAlone) notes.push('nothing-else');
  if (!window.isSurge && window.runs.every(({ isSlow }) => isSlow)) notes.push('coarse-times');
  if (facts.signs.length === 0 && kind !== 'pingback') notes.push('nothing-in-common');
  if (kind === 'slow-requests') notes.push('not-provable');
  if (kind === 'surge' && areDownloads(facts)) notes.push('downloads');
  if (facts.areClientsHidden) notes.push('clients-hidden');
  if (view.dropped.clients.rows > 0) notes.push('clients-dropped');
  return notes;
}

/** Silence, or nothing but errors, that no attack explains. */
function outageOf(
  view: TrafficView,
  { site, first, rows }: Series,
  usual: Usual,
  { from, to }: Window,
  isGap: boolean,
): Incident {
  let normal = 0;
  for (let index = from; index <= to; index += 1) normal += usual.perMinute[index] as number;
  const { hits, serverErrors }: SpanSums = sums(view, rows, { from, to });
  const isFailing = serverErrors > hits / 2 && hits > 0;
  const isToEnd = to === rows.length - 1;
  return {
    kind: 'outage',
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
    mixedClients: [],
    mixedHits: 0,
    serverErrors,
    outageMinutes: to - from + 1,
    pingbackAddresses: [],
    parts: [],
    isAttack: false,
    severity: isGap ? 'info' : 'low',
    confidence: isGap ? 'low' : 'medium',
    notes: [
      ...(isGap ? ['between-files'] : []),
      ...(isFailing ? ['server-errors'] : []),
      ...(isToEnd ? ['until-the-end'] : []),
    ],
  };
}
