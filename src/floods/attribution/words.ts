/** How findings and letters speak of an attack. */
import type { Pointer, TextValue, TextValues } from '../../core/contracts.js';
import { fromUnixSeconds } from '../../core/time.js';
import type { Incident } from '../incidents/incident.js';
import type { TrafficView } from '../traffic/shape.js';
import { type NumberedAttack, spanOf } from './attacks-of.js';

/** Kinds that the language files of the defence have a name for; others are an attack. */
const NAMED_KINDS: ReadonlySet<string> = new Set([
  'get-flood',
  'post-flood',
  'pingback',
  'joomla-reflection',
  'cache-busting',
  'random-uri',
  'search-abuse',
  'login-brute-force',
  'xmlrpc-flood',
  'agent-rotation',
  'crawl',
  'slow-requests',
  'rapid-reset',
  'surge',
]);

/** Name of a kind, as `vigia block` writes it. */
export function kindWord(kind: string): TextValue {
  return { word: `floods.defence.kinds.${NAMED_KINDS.has(kind) ? kind : 'other'}` };
}

/** A Unix time as sentences show it. */
export function timeValue(seconds: number): TextValue {
  return { time: fromUnixSeconds(seconds) ?? '' };
}

/** What sentences say of an attack: number, kind, site, times. */
export function attackValues({ number, incident }: NumberedAttack): TextValues {
  const { from, to } = spanOf(incident);
  return {
    number,
    kind: kindWord(incident.kind),
    site: incident.siteName,
    hasSite: incident.siteName !== '',
    from: timeValue(from),
    to: timeValue(to),
    minutes: Math.round((to - from) / 60),
    hits: incident.attackHits,
    clients: incident.clients.length,
  };
}

/** Where the requests of some attacks lie in the logs: one place for each log and attack. */
export function placesOf(view: TrafficView, incidents: readonly Incident[]): readonly Pointer[] {
  const places = incidents.flatMap(({ fromMinute, toMinute }) =>
    view.ranges(fromMinute, toMinute).flatMap(({ source, firstByte, lastByte }) => {
      const file = view.sources[source];
      return file
        ? [{ evidence: file.evidence, path: file.path, locator: `bytes ${firstByte}–${lastByte}` }]
        : [];
    }),
  );
  const [first] = view.sources;
  if (places.length === 0 && first) return [{ evidence: first.evidence, path: first.path, locator: '' }];
  return places.sort((a, b) => compare(a.evidence, b.evidence) || compare(a.path, b.path));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
