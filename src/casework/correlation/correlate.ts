/**
 * What findings of one case and of many have in common: one line of time for all techniques, people who met several in the
 * same weeks, traces that reach several people. Things that happened near each other are put side by side; that one caused
 * the other is never said.
 */
import { compareText } from '../../core/compare-text.js';
import { SEVERITIES, type Severity } from '../../core/contracts.js';
import type { ResultFinding } from '../../core/result.js';
import type { Case } from '../model/case.js';
import { type Trace, traceKey, tracesOf } from './traces.js';

/** Techniques as the people we serve meet them. */
export const TECHNIQUES = [
  'lure',
  'phone-trace',
  'computer-implant',
  'network-injection',
  'suspicious-traffic',
  'surveillance-server',
  'ddos',
  'site-intrusion',
  'fake-base-station',
  'coordinated-harassment',
  'listed-indicator',
] as const;
export type Technique = (typeof TECHNIQUES)[number];

/** A case with what its checks found. */
export interface CaseFindings {
  readonly case: Case;
  readonly findings: readonly { readonly run: string; readonly finding: ResultFinding }[];
}

/** Something with a date that is no finding: what was published, a hearing, a protest. */
export interface CalendarEntry {
  readonly at: string;
  readonly title: string;
  readonly kind: 'publication' | 'hearing';
  /** Code of the case it belongs to; null for all. */
  readonly caseCode: string | null;
}

/** One finding on the line of time. */
export interface CaseEvent {
  readonly caseCode: string;
  /** Pseudonym. */
  readonly person: string;
  readonly at: string | null;
  readonly precision: ResultFinding['atPrecision'];
  readonly technique: Technique;
  readonly severity: Severity;
  readonly title: string;
  readonly run: string;
  readonly finding: string;
  readonly detector: string;
  readonly traces: readonly Trace[];
}

/** A trace that several people or cases have. */
export interface Tie {
  readonly trace: Trace;
  readonly people: readonly string[];
  readonly cases: readonly string[];
  readonly events: readonly CaseEvent[];
}

/** People tied to each other, by one trace or over several. */
export interface Campaign {
  readonly people: readonly string[];
  readonly cases: readonly string[];
  readonly techniques: readonly Technique[];
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  /** Those that reach most people first. */
  readonly ties: readonly Tie[];
}

/** Several techniques against one person within a few weeks. */
export interface Concurrence {
  readonly caseCode: string;
  readonly person: string;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly techniques: readonly { readonly technique: Technique; readonly events: number }[];
  /** What was published or heard from a week before to a week after. */
  readonly calendar: readonly CalendarEntry[];
}

export interface Correlation {
  /** By time; those without one last. */
  readonly events: readonly CaseEvent[];
  readonly campaigns: readonly Campaign[];
  readonly concurrences: readonly Concurrence[];
  readonly calendar: readonly CalendarEntry[];
}

/** "The same weeks". */
const WINDOW_DAYS = 28;
const CALENDAR_DAYS = 7;
const DAY = 86_400_000;
/** Below that a finding ties nobody to anybody. */
const LEAST: Severity = 'medium';

/** @param calendar in any order */
export function correlate(
  cases: readonly CaseFindings[],
  calendar: readonly CalendarEntry[] = [],
): Correlation {
  const events = cases.flatMap(eventsOf).sort(byTime);
  const telling = events.filter(({ severity }) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(LEAST));
  const entries = [...calendar].sort((a, b) => compareText(a.at, b.at) || compareText(a.title, b.title));
  return {
    events,
    campaigns: campaignsOf(telling),
    concurrences: concurrencesOf(telling, entries),
    calendar: entries,
  };
}

function byTime(a: CaseEvent, b: CaseEvent): number {
  if (a.at !== b.at) return a.at === null ? 1 : b.at === null ? -1 : compareText(a.at, b.at);
  return (
    compareText(a.caseCode, b.caseCode) || compareText(a.run, b.run) || compareText(a.finding, b.finding)
  );
}

function eventsOf({ case: own, findings }: CaseFindings): CaseEvent[] {
  // A published host in a message is part of the message: what else is said of the same place tells the technique.
  const byPlace = new Map<string, Technique>();
  for (const { run, finding } of findings) {
    const technique = techniqueOf(finding);
    if (technique === 'listed-indicator') continue;
    for (const place of placesOf(run, finding)) if (!byPlace.has(place)) byPlace.set(place, technique);
  }
  return findings.flatMap(({ run, finding }) => {
    if (finding.severity === 'info') return [];
    let technique = techniqueOf(finding);
    if (technique === 'listed-indicator') {
      technique =
        placesOf(run, finding)
          .map((place) => byPlace.get(place))
          .find((one) => one !== undefined) ?? technique;
    }
    // What ties a whole campaign is said of each of its messages: of the sum nobody knows whom it reached.
    const traces = finding.detector === 'lures/campaign' ? [] : tracesOf(finding);
    return peopleOf(own, finding).map((person) => ({
      caseCode: own.code,
      person,
      at: finding.at,
      precision: finding.atPrecision,
      technique,
      severity: finding.severity,
      title: finding.title,
      run,
      finding: finding.id,
      detector: finding.detector,
      traces,
    }));
  });
}

function placesOf(run: string, { evidence }: ResultFinding): string[] {
  return evidence.map((place) => [run, place.evidence, place.path, place.locator].join('\0'));
}

/** Whom a finding is about: the client, or, in the case of an organisation, those of its people that the finding names. */
function peopleOf({ clientRef, clientKind, code }: Case, { detector, subjects }: ResultFinding): string[] {
  const client = clientRef === '' ? code : clientRef;
  if (clientKind === 'individual' || !detector.startsWith('lures/') || subjects.length === 0) return [client];
  return subjects.map((subject) => `${client} ${subject}`);
}

const OF_ROOM: Readonly<Record<string, Technique>> = {
  lures: 'lure',
  ios: 'phone-trace',
  android: 'phone-trace',
  phones: 'phone-trace',
  implants: 'computer-implant',
  scans: 'surveillance-server',
  cells: 'fake-base-station',
  swarms: 'coordinated-harassment',
};
const OF_DETECTOR: Readonly<Record<string, Technique>> = {
  'captures/injected-answer': 'network-injection',
  'captures/injected-redirect': 'network-injection',
  'captures/packetlogic': 'network-injection',
  'captures/forged-reset': 'network-injection',
  'captures/competing-answers': 'network-injection',
  'captures/implant-marks': 'computer-implant',
  'floods/incident': 'ddos',
  'floods/packet-flood': 'ddos',
  'floods/linked-incidents': 'ddos',
  'floods/outage': 'ddos',
  'floods/scanner': 'site-intrusion',
  'floods/brute-force': 'site-intrusion',
  'floods/rules': 'site-intrusion',
};

/** By what found it: `listed-indicator` where nothing more is known. */
export function techniqueOf({ detector }: Pick<ResultFinding, 'detector'>): Technique {
  const [room = ''] = detector.split('/');
  return (
    OF_DETECTOR[detector] ??
    OF_ROOM[room] ??
    (room === 'captures' ? 'suspicious-traffic' : 'listed-indicator')
  );
}

function campaignsOf(events: readonly CaseEvent[]): Campaign[] {
  const ties = tiesOf(events);
  const groups = new Groups();
  for (const { people } of ties) for (const person of people) groups.join(people[0] as string, person);
  const byGroup = new Map<string, Tie[]>();
  for (const tie of ties) {
    const group = groups.of(tie.people[0] as string);
    byGroup.set(group, [...(byGroup.get(group) ?? []), tie]);
  }
  return [...byGroup.values()]
    .map(campaignOf)
    .sort((a, b) => b.people.length - a.people.length || compareText(a.people.join(), b.people.join()));
}

function tiesOf(events: readonly CaseEvent[]): Tie[] {
  const byTrace = new Map<string, { trace: Trace; events: CaseEvent[] }>();
  for (const event of events) {
    for (const trace of event.traces) {
      const key = traceKey(trace);
      const known = byTrace.get(key);
      if (known) known.events.push(event);
      else byTrace.set(key, { trace, events: [event] });
    }
  }
  const ties: Tie[] = [];
  for (const { trace, events: own } of byTrace.values()) {
    const people = distinct(own.map(({ person }) => person));
    if (people.length < 2) continue;
    ties.push({ trace, people, cases: distinct(own.map(({ caseCode }) => caseCode)), events: own });
  }
  return ties.sort(
    (a, b) => b.people.length - a.people.length || compareText(traceKey(a.trace), traceKey(b.trace)),
  );
}

function campaignOf(ties: readonly Tie[]): Campaign {
  const events = ties.flatMap((tie) => tie.events);
  const times = events.flatMap(({ at }) => (at === null ? [] : [at])).sort(compareText);
  return {
    people: distinct(ties.flatMap(({ people }) => people)),
    cases: distinct(ties.flatMap(({ cases }) => cases)),
    techniques: TECHNIQUES.filter((technique) => events.some((event) => event.technique === technique)),
    firstAt: times[0] ?? null,
    lastAt: times.at(-1) ?? null,
    ties,
  };
}

/** A server only stands somewhere, and a listed address is a part of whatever used it: neither is something that a person met. */
const IS_MET = new Set<Technique>(
  TECHNIQUES.filter((technique) => technique !== 'surveillance-server' && technique !== 'listed-indicator'),
);

/** Windows of some weeks in which a person met more than one technique; those that overlap are one. */
function concurrencesOf(events: readonly CaseEvent[], calendar: readonly CalendarEntry[]): Concurrence[] {
  const byPerson = new Map<string, CaseEvent[]>();
  for (const event of events) {
    // Of a month alone nobody knows the week.
    if (event.at === null || event.precision === 'month' || !IS_MET.has(event.technique)) continue;
    const key = `${event.caseCode}\0${event.person}`;
    byPerson.set(key, [...(byPerson.get(key) ?? []), event]);
  }
  return [...byPerson.values()]
    .flatMap((own) => spansOf(own).map((span) => concurrenceOf(span, calendar)))
    .sort((a, b) => b.techniques.length - a.techniques.length || compareText(a.firstAt, b.firstAt));
}

/** Runs of events, sorted by time, that lie in windows with several techniques. */
function spansOf(events: readonly CaseEvent[]): CaseEvent[][] {
  const inWindow = new Set<number>();
  let first = 0;
  for (let last = 0; last < events.length; last += 1) {
    while (time(events[last]) - time(events[first]) > WINDOW_DAYS * DAY) first += 1;
    const techniques = new Set(events.slice(first, last + 1).map(({ technique }) => technique));
    if (techniques.size > 1) for (let at = first; at <= last; at += 1) inWindow.add(at);
  }
  const spans: CaseEvent[][] = [];
  for (const at of [...inWindow].sort((a, b) => a - b)) {
    const event = events[at] as CaseEvent;
    const open = spans.at(-1);
    if (open && time(event) - time(open.at(-1)) <= WINDOW_DAYS * DAY) open.push(event);
    else spans.push([event]);
  }
  return spans;
}

function concurrenceOf(span: readonly CaseEvent[], calendar: readonly CalendarEntry[]): Concurrence {
  const [first, last] = [span[0] as CaseEvent, span.at(-1) as CaseEvent];
  const counts = new Map<Technique, number>();
  for (const { technique } of span) counts.set(technique, (counts.get(technique) ?? 0) + 1);
  const [from, to] = [time(first) - CALENDAR_DAYS * DAY, time(last) + CALENDAR_DAYS * DAY];
  return {
    caseCode: first.caseCode,
    person: first.person,
    firstAt: first.at ?? '',
    lastAt: last.at ?? '',
    techniques: TECHNIQUES.flatMap((technique) => {
      const count = counts.get(technique);
      return count === undefined ? [] : [{ technique, events: count }];
    }),
    calendar: calendar.filter(
      ({ at, caseCode }) =>
        (caseCode === null || caseCode === first.caseCode) && Date.parse(at) >= from && Date.parse(at) <= to,
    ),
  };
}

function time(event: CaseEvent | undefined): number {
  return Date.parse(event?.at ?? '');
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort(compareText);
}

/** Who belongs together (union-find). */
class Groups {
  readonly #parents = new Map<string, string>();

  of(name: string): string {
    let root = name;
    for (let up = this.#parents.get(root); up !== undefined && up !== root; up = this.#parents.get(root))
      root = up;
    this.#parents.set(name, root);
    return root;
  }

  join(one: string, other: string): void {
    this.#parents.set(this.of(other), this.of(one));
  }
}
