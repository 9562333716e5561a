import { compareText } from '../../../../core/compare-text.js';
import type { Detection, Detector, FindingDraft, FindingReason } from '../../../../core/contracts.js';
import { SampledMap } from '../../../../core/sampled-map.js';
import { Smallest } from '../../../../core/smallest.js';
import type { Http } from '../../../../records/kinds/http.js';
import { isOwnSide } from '../../addresses.js';
import { plainAddress, plainName } from '../../tables/host-names.js';
import { compareSeen, type SeenAt } from '../../tables/places.js';
import { LEAK_KINDS, type Leak, type LeakKind, leaksOf } from './kinds.js';

/** Pairs of device and host that are followed. */
const MAX_HOSTS = 20_000;
const MAX_PLACES = 5;
/** Hosts told one by one; the others are counted in a finding of their own. */
const MAX_FINDINGS = 40;
const MAX_LISTED = 1_000;
const MAX_NAMED = 5;

/** With one of these anybody on the way can act as the person. */
const SECRETS: ReadonlySet<LeakKind> = new Set(['password', 'session']);

interface Told {
  times: number;
  readonly places: Set<Leak['place']>;
  readonly seen: Smallest<SeenAt>;
}

interface Case {
  readonly evidence: string;
  readonly device: string;
  readonly host: string;
  readonly kinds: Map<LeakKind, Told>;
}

/**
 * Passwords, identifiers, places and addresses of people that requests in the clear carry to hosts outside: anybody on
 * the way reads them. A fault of an app or a site, not a sign of spyware. Values are not told, only their kind and where
 * they stand.
 *
 * `details`: `device`, `host`, `kinds` (`kind`, `times`, `places`: `header`, `cookie`, `address`, `body`, `answer`); of
 * `rest`: `hosts`, a list of these.
 */
export const detector: Detector<Http> = {
  id: 'captures/plain-text-leaks',
  version: 1,
  watches: ['http'],
  references: ['https://www.rfc-editor.org/rfc/rfc7617#section-4', 'https://www.rfc-editor.org/rfc/rfc7258'],
  start(): Detection<Http> {
    const cases = new SampledMap<Case>(MAX_HOSTS);
    return {
      see: (record) => see(record, cases),
      end: () => findings(cases),
    };
  },
};

function see(record: Http, cases: SampledMap<Case>): void {
  const { clientAddress, serverAddress, source, at } = record;
  if (clientAddress === null || serverAddress === null || isOwnSide(serverAddress)) return;
  const leaks = leaksOf(record);
  if (leaks.length === 0) return;
  const device = plainAddress(clientAddress);
  const host = record.host === null ? plainAddress(serverAddress) : plainName(record.host);
  const found = cases.at(`${source.evidence} ${device} ${host}`, () => ({
    evidence: source.evidence,
    device,
    host,
    kinds: new Map(),
  }));
  if (!found) return;
  for (const { kind, place } of leaks) {
    let told = found.kinds.get(kind);
    if (!told) {
      told = { times: 0, places: new Set(), seen: new Smallest(MAX_PLACES, compareSeen) };
      found.kinds.set(kind, told);
    }
    told.times += 1;
    told.places.add(place);
    const frame = place === 'answer' ? (record.responsePacket?.frame ?? null) : null;
    told.seen.add({ at, source: frame === null ? source : { ...source, locator: `frame ${frame}` } });
  }
}

function findings(cases: SampledMap<Case>): readonly FindingDraft[] {
  const all = [...cases.values()].sort(
    (a, b) =>
      Number(hasSecret(b)) - Number(hasSecret(a)) ||
      b.kinds.size - a.kinds.size ||
      compareSeen(firstOf(a), firstOf(b)) ||
      compareText(`${a.device} ${a.host}`, `${b.device} ${b.host}`),
  );
  const rest = all.slice(MAX_FINDINGS);
  return [
    ...all.slice(0, MAX_FINDINGS).map(findingOf),
    ...(rest.length === 0 ? [] : [restFinding(rest, cases.aboutLeftOut)]),
  ];
}

function findingOf(found: Case): FindingDraft {
  const { device, host } = found;
  const isSecret = hasSecret(found);
  return {
    severity: isSecret ? 'low' : 'info',
    confidence: 'medium',
    shows: 'advice',
    values: {
      device: device,
      host: { link: host },
      isSecret: isSecret ? 'yes' : 'no',
      kinds: kindsOf(found).length,
    },
    at: firstOf(found).at,
    reasons: kindsOf(found).map((kind) => reasonOf(kind, found.kinds.get(kind) as Told)),
    details: detailsOf(found),
    evidence: seenOf(found).map(({ source }) => source),
  };
}

function restFinding(rest: readonly Case[], leftOut: number): FindingDraft {
  const secret = rest.some(hasSecret);
  return {
    severity: secret ? 'low' : 'info',
    confidence: 'medium',
    shows: 'advice',
    variant: 'rest',
    values: {
      count: rest.length,
      hosts: { list: rest.slice(0, MAX_NAMED).map(({ host }) => ({ link: host })) },
      leftOut,
    },
    at: firstOf(rest[0] as Case).at,
    details: { hosts: rest.slice(0, MAX_LISTED).map(detailsOf) },
    evidence: rest.slice(0, MAX_FINDINGS).map((found) => firstOf(found).source),
  };
}

function reasonOf(kind: LeakKind, { times, places }: Told): FindingReason {
  const has = (place: Leak['place']): 'yes' | 'no' => (places.has(place) ? 'yes' : 'no');
  return {
    code: kind,
    values: {
      times,
      inHeader: has('header'),
      inCookie: has('cookie'),
      inAddress: has('address'),
      inBody: has('body'),
      inAnswer: has('answer'),
    },
  };
}

function detailsOf({ device, host, kinds }: Case): Readonly<Record<string, unknown>> {
  const inOrder = LEAK_KINDS.filter((kind) => kinds.has(kind));
  return {
    device,
    host,
    kinds: inOrder.map((kind) => {
      const { times, places } = kinds.get(kind) as Told;
      return { kind, times, places: [...places].sort(compareText) };
    }),
  };
}

function kindsOf({ kinds }: Case): readonly LeakKind[] {
  return LEAK_KINDS.filter((kind) => kinds.has(kind));
}

function hasSecret({ kinds }: Case): boolean {
  return [...kinds.keys()].some((kind) => SECRETS.has(kind));
}

/** Some places of every kind, each once, in order. */
function seenOf({ kinds }: Case): readonly SeenAt[] {
  const all = new Smallest<SeenAt>(MAX_PLACES * LEAK_KINDS.length, compareSeen);
  for (const { seen } of kinds.values()) for (const place of seen.values()) all.add(place);
  return all.values();
}

function firstOf(found: Case): SeenAt {
  return seenOf(found)[0] as SeenAt;
}
