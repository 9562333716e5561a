import { compareText } from '../../../../core/compare-text.js';
import type { Detection, Detector, FindingDraft, Pointer, TextValue } from '../../../../core/contracts.js';
import { SampledMap } from '../../../../core/sampled-map.js';
import { Smallest } from '../../../../core/smallest.js';
import type { Flow } from '../../../../records/kinds/flow.js';
import type { Http } from '../../../../records/kinds/http.js';
import type { Tls } from '../../../../records/kinds/tls.js';
import type { ServerSign } from '../../../scans/fingerprints/signs.js';
import { isOwnSide } from '../../addresses.js';
import { compareSeen, type SeenAt } from '../../tables/places.js';
import { type Sides, sidesOf } from '../../tables/sides.js';
import { signsOfAnswer, signsOfCertificates } from './answer-signs.js';

type Watched = Flow | Http | Tls;

/**
 * What the downloader of the RCS agent for Windows asks for, and as which browser it does (Hacking-Team-Sweeper,
 * specs of the network, section 3). 3735928545 is 0xdeadbee1.
 */
const RCS_PATH = '/gh/3735928545/deadbee2';
const RCS_AGENT =
  'Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/536.11 (KHTML, like Gecko) Chrome/20.0.1132.57 Safari/536.11';
/** What a conversation that begins with the hello of FinSpy 1.1 (0c 00 00 00 40 01 73 00) is called in its record. */
const FINSPY_APPLICATION = 'finspy-tlv';

/** Pairs of device and server that are followed; an ordinary capture has none. */
const MAX_CASES = 10_000;
const MAX_PLACES = 20;
const MAX_NAMES = 5;
/** Findings of one kind that are told one by one. */
const MAX_FINDINGS = 200;

type Mark = 'rcs-downloader' | 'finspy-hello' | 'finspy-probe' | 'server';

interface Case {
  readonly mark: Mark;
  readonly family: ServerSign['family'];
  readonly sides: Sides;
  readonly names: Smallest<string>;
  readonly ports: Smallest<number>;
  readonly seen: Smallest<SeenAt>;
  readonly signs: Map<string, { readonly sign: ServerSign; times: number }>;
  times: number;
  /** Of the RCS downloader: requests that also named its browser. */
  exactTimes: number;
  last: string | null;
}

/**
 * Marks of FinSpy and of Hacking Team's RCS in traffic: what an agent sends first, and answers and certificates of
 * servers that fit the published fingerprints.
 *
 * `details` (of `weak`: a list of these as `servers`): `mark`, `device`, `host`, `names`, `ports`, `times`, `exactTimes` (of `rcs-downloader`), `firstAt`, `lastAt`,
 * `fingerprints` (`fingerprint`, `how`, `needsSecond`, `times`).
 */
export const detector: Detector<Watched> = {
  id: 'captures/implant-marks',
  version: 1,
  watches: ['flow', 'http', 'tls'],
  references: [
    'https://citizenlab.ca/2013/03/you-only-click-twice-finfishers-global-proliferation-2/',
    'https://citizenlab.ca/2014/02/mapping-hacking-teams-untraceable-spyware/',
    'https://github.com/citizenlab/spyware-scan',
  ],
  start(): Detection<Watched> {
    const marks = new Marks();
    return { see: (record) => marks.see(record), end: () => marks.findings() };
  },
};

class Marks {
  readonly #cases = new SampledMap<Case>(MAX_CASES);

  see(record: Watched): void {
    if (record.kind === 'flow') {
      if (record.application === FINSPY_APPLICATION) this.#hello(record);
      return;
    }
    if (record.kind === 'tls') {
      const signs = signsOfCertificates(record);
      if (signs.length === 0) return;
      const place = placeAt(record.source, record.certificateFrame);
      this.#server(record, signs, record.serverName, [place]);
      return;
    }
    this.#downloader(record);
    const signs = signsOfAnswer(record);
    if (signs.length === 0) return;
    const answer = placeAt(record.source, record.responsePacket?.frame ?? null);
    this.#server(record, signs, record.host, [record.source, answer]);
  }

  findings(): readonly FindingDraft[] {
    const all = [...this.#cases.values()].sort(
      (a, b) =>
        rankOf(b) - rankOf(a) || compareSeen(firstOf(a), firstOf(b)) || compareText(keyOf(a), keyOf(b)),
    );
    const weak = all.filter((found) => found.mark === 'server' && strengthOf(found) === 'weak');
    const telling = all.filter((found) => !weak.includes(found));
    const leftOut = Math.max(0, telling.length - MAX_FINDINGS) + this.#cases.aboutLeftOut;
    return [
      ...telling.slice(0, MAX_FINDINGS).map((found) => findingOf(found, leftOut)),
      ...(weak.length === 0 ? [] : [weakFinding(weak, leftOut)]),
    ];
  }

  #hello(record: Flow): void {
    const sides = sidesOf(record);
    if (!sides) return;
    // Somebody from outside who sends it to the own side looks for servers, as the study did.
    const isProbe = isOwnSide(record.serverAddress) && !isOwnSide(record.clientAddress);
    const found = this.#at(record, isProbe ? 'finspy-probe' : 'finspy-hello', 'FinFisher', sides);
    if (!found) return;
    found.times += 1;
    for (const name of record.serverNames) found.names.add(name);
    note(found, record.at, [record.source]);
  }

  #downloader(record: Http): void {
    if (record.target === null || !record.target.includes(RCS_PATH)) return;
    if (record.method !== 'GET' || pathOf(record.target) !== RCS_PATH) return;
    const sides = sidesOf(record);
    const found = sides && this.#at(record, 'rcs-downloader', 'Hacking Team RCS', sides);
    if (!found) return;
    found.times += 1;
    if (record.userAgent === RCS_AGENT) found.exactTimes += 1;
    if (record.host !== null) found.names.add(record.host);
    note(found, record.at, [record.source]);
  }

  #server(
    record: Http | Tls,
    signs: readonly ServerSign[],
    name: string | null,
    places: readonly Pointer[],
  ): void {
    const sides = sidesOf(record);
    if (!sides) return;
    for (const sign of signs) {
      const found = this.#at(record, 'server', sign.family, sides);
      if (!found) continue;
      found.times += 1;
      const key = `${sign.fingerprint} ${sign.how}`;
      const known = found.signs.get(key);
      if (known) known.times += 1;
      else found.signs.set(key, { sign, times: 1 });
      if (name !== null) found.names.add(name);
      note(found, record.at, places);
    }
  }

  #at(record: Watched, mark: Mark, family: ServerSign['family'], sides: Sides): Case | null {
    const key = `${record.source.evidence} ${mark} ${family} ${sides.device} ${sides.host}`;
    const found = this.#cases.at(key, () => newCase(mark, family, sides));
    if (found && sides.hostPort !== null) found.ports.add(sides.hostPort);
    return found;
  }
}

function newCase(mark: Mark, family: ServerSign['family'], sides: Sides): Case {
  return {
    mark,
    family,
    sides,
    names: new Smallest(MAX_NAMES, compareText),
    ports: new Smallest(MAX_NAMES, (a, b) => a - b),
    seen: new Smallest(MAX_PLACES, compareSeen),
    signs: new Map(),
    times: 0,
    exactTimes: 0,
    last: null,
  };
}

function note(found: Case, at: string | null, places: readonly Pointer[]): void {
  for (const source of places) found.seen.add({ at, source });
  if (at !== null && (found.last === null || at > found.last)) found.last = at;
}

function placeAt(source: Pointer, frame: number | null): Pointer {
  return frame === null ? source : { ...source, locator: `frame ${frame}` };
}

/** Path of a request target, also of one that names the host (RFC 9112 3.2.2), without the query. */
function pathOf(target: string): string {
  const path = target.slice(0, 7).toLowerCase() === 'http://' ? target.slice(target.indexOf('/', 7)) : target;
  const query = path.indexOf('?');
  return query === -1 ? path : path.slice(0, query);
}

/** How well a server fits: `hallo` lacks nothing but a space that records do not keep. */
type Strength = 'exact' | 'hallo' | 'combined' | 'weak';

function strengthOf({ signs }: Case): Strength {
  const all = [...signs.values()].map(({ sign }) => sign);
  if (all.some(({ needsSecond }) => !needsSecond)) return 'exact';
  if (all.some(({ fingerprint }) => fingerprint === 'finfisher-1.0')) return 'hallo';
  return new Set(all.map(({ fingerprint }) => fingerprint)).size > 1 ? 'combined' : 'weak';
}

const GRADES = {
  high: { severity: 'high', confidence: 'high' },
  medium: { severity: 'medium', confidence: 'medium' },
  low: { severity: 'low', confidence: 'low' },
} as const;

function gradeOf(found: Case): keyof typeof GRADES {
  switch (found.mark) {
    case 'finspy-hello':
      return 'high';
    case 'finspy-probe':
      return 'low';
    case 'rcs-downloader':
      return found.exactTimes > 0 ? 'high' : 'medium';
    case 'server': {
      const strength = strengthOf(found);
      return strength === 'exact' ? 'high' : strength === 'weak' ? 'low' : 'medium';
    }
  }
}

function rankOf(found: Case): number {
  return ['low', 'medium', 'high'].indexOf(gradeOf(found));
}

function showsOf(found: Case): NonNullable<FindingDraft['shows']> {
  if (found.mark === 'finspy-hello') return 'trace';
  if (found.mark === 'finspy-probe') return 'oddity';
  if (found.mark === 'rcs-downloader') return found.exactTimes > 0 ? 'trace' : 'attempt';
  return gradeOf(found) === 'low' ? 'oddity' : 'attempt';
}

function findingOf(found: Case, leftOut: number): FindingDraft {
  const { mark, family, sides, times, exactTimes } = found;
  const names = found.names.values();
  const at = firstOf(found).at;
  const signs = sortedSigns(found);
  return {
    ...GRADES[gradeOf(found)],
    shows: showsOf(found),
    family,
    ...(mark === 'server' ? {} : { variant: mark }),
    values: {
      device: sides.device,
      host: { link: names[0] ?? sides.host },
      address: { link: sides.host },
      hasName: names.length > 0 ? 'yes' : 'no',
      family,
      times,
      isExact: exactTimes > 0 ? 'yes' : 'no',
      strength: mark === 'server' ? strengthOf(found) : 'exact',
      leftOut,
    },
    at,
    reasons: signs.map(({ sign, times: signTimes }) => ({
      code: sign.fingerprint.replaceAll('.', '-'),
      values: { times: signTimes, general: sign.needsSecond ? 'yes' : 'no' },
    })),
    details: detailsOf(found),
    evidence: found.seen.values().map(({ source }) => source),
  };
}

/** Servers with one general shape each: one finding, as a server with an empty page is nothing rare. */
function weakFinding(weak: readonly Case[], leftOut: number): FindingDraft {
  const hosts = weak.map(({ names, sides }): TextValue => ({ link: names.values()[0] ?? sides.host }));
  const fingerprints = weak.flatMap((found) => sortedSigns(found).map(({ sign }) => sign.fingerprint));
  const [first] = weak;
  return {
    ...GRADES.low,
    shows: 'oddity',
    variant: 'weak',
    values: {
      servers: weak.length,
      hosts: { list: hosts.slice(0, MAX_NAMES) },
      fingerprints: { list: [...new Set(fingerprints)].sort(compareText) },
      leftOut,
    },
    at: first ? firstOf(first).at : null,
    details: { servers: weak.slice(0, MAX_FINDINGS).map(detailsOf) },
    evidence: weak.slice(0, MAX_PLACES).map((found) => firstOf(found).source),
  };
}

function detailsOf(found: Case): Readonly<Record<string, unknown>> {
  const { mark, sides, times, exactTimes } = found;
  return {
    mark,
    device: sides.device,
    host: sides.host,
    names: [...found.names.values()],
    ports: [...found.ports.values()],
    times,
    exactTimes,
    firstAt: firstOf(found).at,
    lastAt: found.last,
    fingerprints: sortedSigns(found).map(({ sign: { fingerprint, how, needsSecond }, times: signTimes }) => ({
      fingerprint,
      how,
      needsSecond,
      times: signTimes,
    })),
  };
}

function sortedSigns({ signs }: Case): readonly { readonly sign: ServerSign; readonly times: number }[] {
  return [...signs.values()].sort((a, b) => compareText(keyOfSign(a.sign), keyOfSign(b.sign)));
}

function firstOf(found: Case): SeenAt {
  return found.seen.values()[0] as SeenAt;
}

function keyOf({ mark, family, sides }: Case): string {
  return `${mark} ${family} ${sides.device} ${sides.host}`;
}

function keyOfSign({ fingerprint, how }: ServerSign): string {
  return `${fingerprint} ${how}`;
}
