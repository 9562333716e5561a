import { compareText } from '../../../core/compare-text.js';
import type {
  Detector,
  DetectorContext,
  EvidenceRecord,
  FindingDraft,
  IndicatorMatch,
  Observable,
  Pointer,
} from '../../../core/contracts.js';
import type { Indicator } from '../../../core/indicator.js';
import { hostOf, hostOfUrl, urlOf } from '../../../records/links.js';
import { canonicalPath } from '../../matcher-paths.js';
import { groupByTime, SAME_MESSAGE_MILLISECONDS } from '../../matcher-windows.js';
import { compareHits, type Hit, hitOf, placeOf, type Sighting, weighed } from './hits.js';
import {
  type ActClass,
  actClassOf,
  isTraffic,
  showsOf,
  techniqueOf,
  variantOf,
  withoutServersThatArePages,
} from './rules.js';
import { Traffic } from './traffic.js';

const ID = 'indicators/match';
const VERSION = 4;

/**
 * Compares every observable of every record with the loaded indicators.
 *
 * Shows that something in the evidence equals something published. Does not show that an attack worked, and never who
 * was behind it. The same event in several artifacts becomes one finding with several pointers; the same value in
 * several lists becomes one finding with several sources.
 *
 * `details`: `category`, `stalkerware` where the tool is one; of captured traffic what {@link trafficFinding} says too.
 */
export const detector: Detector = {
  id: ID,
  version: VERSION,
  watches: '*',
  references: [
    'https://attack.mitre.org/techniques/T1660/',
    'https://www.amnesty.org/en/latest/research/2021/07/forensic-methodology-report-how-to-catch-nso-groups-pegasus/',
    'https://citizenlab.ca/2017/06/reckless-exploit-mexico-nso/',
    'https://github.com/mvt-project/mvt/issues/320',
    'https://github.com/mvt-project/mvt/issues/482',
  ],

  start(context) {
    const sightings = new Map<string, Sighting[]>();
    const traffic = new Traffic(context);
    return {
      see(record) {
        if (context.matcher.size === 0) return;
        const found = isTraffic(record) ? traffic.see(record) : sightingsIn(record, context);
        for (const sighting of found) {
          // Two pieces of evidence are two devices, or two states of one: what happened in one is told of that one.
          const key = `${record.source.evidence}\n${sighting.actClass}\n${sighting.subject}`;
          const known = sightings.get(key);
          if (known) known.push(sighting);
          else sightings.set(key, [sighting]);
        }
      },
      end() {
        const keys = [...sightings.keys()].sort(compareText);
        return [
          ...keys.flatMap((key) => events(sightings.get(key) ?? []).map(findingOf)),
          ...traffic.findings(),
        ];
      },
    };
  },
};

const NONE: readonly Sighting[] = Object.freeze([]);

function sightingsIn(record: EvidenceRecord, context: DetectorContext): readonly Sighting[] {
  let hits: Hit[] | null = null;
  const observables = context.observablesOf(record);
  for (const observable of observables) {
    const matches = context.matcher.match(observable);
    if (matches.length === 0) continue;
    for (const match of withoutServersThatArePages(actClassOf(observable), matches)) {
      if (!isMeaningful(observable, match)) continue;
      hits ??= [];
      hits.push(hitOf(observable, match));
    }
  }
  return hits === null ? NONE : sightingsOf(record, observables, hits);
}

/** The kernel cuts names of running processes; names of apps in other lists are whole. */
function isMeaningful({ act }: Observable, { how }: IndicatorMatch): boolean {
  return how !== 'truncated' || act === 'ran';
}

function sightingsOf(
  record: EvidenceRecord,
  observables: readonly Observable[],
  hits: readonly Hit[],
): Sighting[] {
  const byClass = new Map<ActClass, Hit[]>();
  for (const hit of withoutEchoes(hits)) {
    const actClass = actClassOf(hit.observable);
    const known = byClass.get(actClass);
    if (known) known.push(hit);
    else byClass.set(actClass, [hit]);
  }
  const base = { at: record.at, source: record.source };
  const list: Sighting[] = [];
  for (const [actClass, ofClass] of byClass) {
    for (const [subject, ofSubject] of bySubject(actClass, observables, ofClass)) {
      list.push({ ...base, actClass, subject, hits: ofSubject });
    }
  }
  return list;
}

/**
 * One app id may be seen twice in one record, alone and as a part of `process/bundle`. Of several classes of thing that
 * one indicator fits in a record, only the closest stays.
 */
function withoutEchoes(hits: readonly Hit[]): Hit[] {
  const closest = new Map<Indicator, Hit>();
  for (const hit of hits) {
    const known = closest.get(hit.match.indicator);
    if (!known || compareHits(hit, known) < 0) closest.set(hit.match.indicator, hit);
  }
  return hits.filter((hit) => {
    const actClass = actClassOf(hit.observable);
    if (isAboutValues(actClass)) return true;
    const best = closest.get(hit.match.indicator);
    return !best || actClassOf(best.observable) === actClass;
  });
}

/** Splits the hits of a record into things. An app, process or profile is one thing; a message may hold several links. */
function bySubject(
  actClass: ActClass,
  observables: readonly Observable[],
  hits: readonly Hit[],
): Map<string, Hit[]> {
  const subjects = new Map<string, Hit[]>();
  if (!isAboutValues(actClass)) {
    // The first observable of its class names the thing: the app id before its certificate, the path before its hash.
    const best = [...hits].sort(compareHits)[0];
    const first = observables.find((observable) => actClassOf(observable) === actClass) ?? best?.observable;
    if (best && first) subjects.set(thingOf(actClass, first, best), [...hits]);
    return subjects;
  }
  const byValue = new Map<string, Hit[]>();
  for (const hit of hits) {
    const value = comparableValue(actClass, hit.observable);
    const known = byValue.get(value);
    if (known) known.push(hit);
    else byValue.set(value, [hit]);
  }
  // Two links of one message that fit the same indicators are one event.
  const values = new Map<string, string[]>();
  for (const value of [...byValue.keys()].sort(compareText)) {
    const fits = indicatorSet(byValue.get(value) ?? []);
    values.set(fits, [...(values.get(fits) ?? []), value]);
  }
  for (const same of values.values()) {
    subjects.set(
      same.join('\n'),
      same.flatMap((value) => byValue.get(value) ?? []),
    );
  }
  return subjects;
}

/** True where each value is an event of its own. */
function isAboutValues(actClass: ActClass): boolean {
  return [
    'link-received',
    'link-sent',
    'link-opened',
    'contacted',
    'account-contact',
    'calendar',
    'scanned',
    'other',
  ].includes(actClass);
}

/** The form in which two artifacts' spellings of one value are equal. */
function comparableValue(actClass: ActClass, { type, value }: Observable): string {
  if (type === 'url' || type === 'host') {
    // Pages of one site on one day are one visit to it; a link in a message is looked at whole.
    if (actClass === 'link-opened' || actClass === 'contacted')
      return (hostOf(value) ?? value).replace(/^www\./, '');
    const url = urlOf(value);
    const host = url && hostOfUrl(url);
    return url && host
      ? `${host}${url.port && `:${url.port}`}${url.pathname.replace(/\/$/, '')}${url.search}`
      : value;
  }
  if (type === 'phone-number') return value.replace(/\D/g, '').replace(/^00/, '');
  return value.trim().toLowerCase();
}

function thingOf(actClass: ActClass, first: Observable, { observable, match }: Hit): string {
  if (actClass !== 'file') return first.value.toLowerCase();
  // Everything inside a published folder is one event, and so is every copy of a published name.
  if (match.how === 'below' || match.indicator.type === 'file-name')
    return canonicalPath(match.indicator.value);
  return observable.type === 'file-path' ? canonicalPath(first.value) : first.value.toLowerCase();
}

/** Sightings of one subject, parted into events by time. */
function events(sightings: readonly Sighting[]): Sighting[][] {
  const at = (sighting: Sighting) => sighting.at;
  const order = ({ source }: Sighting) => placeOf(source);
  switch (sightings[0]?.actClass) {
    case 'link-received':
    case 'link-sent':
      return groupByTime(sightings, at, order, SAME_MESSAGE_MILLISECONDS);
    case 'calendar':
      // Many invitations of one published account are one event; the same link on two days is two.
      return sightings.some(({ hits }) => hits.some(({ observable }) => observable.type === 'url'))
        ? groupByTime(sightings, at, order, SAME_MESSAGE_MILLISECONDS)
        : groupByTime(sightings, at, order, Number.POSITIVE_INFINITY);
    case 'link-opened':
      return byDay(sightings);
    default:
      return groupByTime(sightings, at, order, Number.POSITIVE_INFINITY);
  }
}

/** One group per day (UTC). What has no time joins the earliest day. */
function byDay(sightings: readonly Sighting[]): Sighting[][] {
  const days = sightings.flatMap(({ at }) => at?.slice(0, 10) ?? []).sort(compareText);
  const groups = new Map<string, Sighting[]>();
  for (const sighting of sightings) {
    const day = sighting.at?.slice(0, 10) ?? days[0] ?? '';
    const group = groups.get(day);
    if (group) group.push(sighting);
    else groups.set(day, [sighting]);
  }
  return [...groups.keys()].sort(compareText).map((day) => groups.get(day) ?? []);
}

function findingOf(event: readonly Sighting[]): FindingDraft {
  const hits = event.flatMap((sighting) => sighting.hits).sort(compareHits);
  const [best] = hits;
  const [first] = event;
  if (!best || !first) throw new Error('an event without a hit');
  const { actClass } = first;
  const { severity, confidence, values, indicator } = weighed(hits, best);
  const evidence = pointersOf(event);
  const times = event.flatMap(({ at }) => at ?? []).sort(compareText);
  const variant = variantOf(actClass, best.match);
  const technique = techniqueOf(actClass, best.match);
  return {
    severity,
    confidence,
    shows: showsOf(actClass, best.observable, best.match, confidence),
    ...(variant === undefined ? {} : { variant }),
    values: { ...values, places: evidence.length },
    at: times[0] ?? null,
    ...(technique === undefined ? {} : { technique }),
    indicator,
    ...detailsOf(best.match),
    evidence,
  };
}

/** Where the tool is put on a phone by somebody close, whoever shows the finding has to say so first. */
function detailsOf({ indicator: { category } }: IndicatorMatch): Pick<FindingDraft, 'details'> {
  return category === 'stalkerware' ? { details: { category } } : {};
}

function pointersOf(event: readonly Sighting[]): Pointer[] {
  const byPlace = new Map<string, Pointer>();
  const sorted = [...event].sort(
    (a, b) =>
      compareText(a.at ?? '9999', b.at ?? '9999') || compareText(placeOf(a.source), placeOf(b.source)),
  );
  for (const { source } of sorted) byPlace.set(placeOf(source), source);
  return [...byPlace.values()];
}

function indicatorSet(hits: readonly Hit[]): string {
  const values = hits.map(({ match: { indicator } }) => `${indicator.type} ${indicator.value.toLowerCase()}`);
  return [...new Set(values)].sort(compareText).join('\n');
}
