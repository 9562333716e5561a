import { compareText } from '../../../../core/compare-text.js';
import type { Detection, Detector, FindingDraft, FindingReason } from '../../../../core/contracts.js';
import { SampledMap } from '../../../../core/sampled-map.js';
import { Smallest } from '../../../../core/smallest.js';
import type { Dns } from '../../../../records/kinds/dns.js';
import { plainAddress } from '../../tables/host-names.js';
import { compareSeen, type SeenAt } from '../../tables/places.js';
import { type NameShape, nameShape } from './name-shape.js';

/** Specs of the network, section 3: fifty different names in a minute, of long labels or letters without pattern … */
const LEAST_NAMES = 50;
const WINDOW_SECONDS = 60;
const LEAST_LABEL = 20;
const LEAST_ENTROPY_MILLI = 3_500;
/**
 * A tunnel that waits between its questions never comes to fifty in a minute. Over the whole capture so many different
 * names are asked for by honest services too (advertising, distribution), but in questions for addresses and with names
 * of at most a hash: so the type, raw bytes, or more letters than a hash of 256 bits has must speak for it.
 */
const LEAST_SLOW_NAMES = 100;
const LEAST_SLOW_LETTERS = 100;
/** … asked in types that carry more than an address, with raw bytes, or answered as not to be kept. */
const CARRYING_TYPES: ReadonlySet<string> = new Set([
  'NULL',
  'TXT',
  'CNAME',
  'MX',
  'KEY',
  'SRV',
  'PRIVATE',
  'TYPE65399',
]);
/** Names with less below their parent carry nothing worth a tunnel; leaving them out keeps the tables small. */
const LEAST_LETTERS = 16;

/** Pairs of device and parent that are followed. */
const MAX_CASES = 20_000;
/** Minutes of one pair. */
const MAX_WINDOWS = 1_000;
const MAX_NAMES = 64;
const MAX_PLACES = 10;
const MAX_FINDINGS = 100;

/**
 * Look-ups by the thousand that are ordinary: an antivirus or a mail filter asks about a file or an address by a name made
 * of it. From the vendors' own pages.
 */
const KNOWN_LOOKUPS: ReadonlySet<string> = new Set([
  ...[
    'sophosxl.net',
    'sophosxl.com',
    'mcafee.com',
    'e5.sk',
    'avira.com',
    'kaspersky-labs.com',
    'trendmicro.com',
  ],
  ...[
    'spamhaus.org',
    'spamcop.net',
    'surbl.org',
    'uribl.com',
    'barracudacentral.org',
    'dnswl.org',
    'cymru.com',
  ],
]);

interface Case {
  readonly evidence: string;
  readonly device: string;
  readonly parent: string;
  /** Different names of each minute, also of those that begin half a minute later, by a hash of the name. */
  readonly windows: SampledMap<Smallest<number>>;
  /** Different names of the whole capture, by the same hash. */
  readonly names: Smallest<number>;
  readonly types: Map<string, number>;
  readonly seen: Smallest<SeenAt>;
  questions: number;
  carrying: number;
  odd: number;
  answered: number;
  unkept: number;
  longest: number;
  letters: number;
  entropyMilli: number;
  first: string | null;
  last: string | null;
}

/**
 * Data carried in names of the DNS: many different long names under one parent, within a minute or little by little.
 *
 * `details`: `device`, `parent`, `questions`, `namesInMinute` (at most 64 are counted), `pace` (`fast`, `slow`), `meanLabel` (of the longest of each name), `meanEntropy` (bits per
 * letter), `letters`, `types` (type -> questions), `rawNames`, `answers`, `answersNotKept`, `firstAt`, `lastAt`.
 */
export const detector: Detector<Dns> = {
  id: 'captures/dns-tunnel',
  version: 1,
  watches: ['dns'],
  references: ['https://attack.mitre.org/techniques/T1071/004/', 'https://www.rfc-editor.org/rfc/rfc1035'],
  start(): Detection<Dns> {
    const cases = new SampledMap<Case>(MAX_CASES);
    return { see: (record) => see(record, cases), end: () => findings(cases) };
  },
};

function see(record: Dns, cases: SampledMap<Case>): void {
  const { service, name, at, clientAddress, source } = record;
  // Without a time nobody knows what came within a minute. Reverse look-ups spell an address: long and without pattern.
  if (service !== 'dns' || at === null || clientAddress === null || name.length < LEAST_LETTERS) return;
  if (name.endsWith('.arpa') || name.endsWith('.ARPA')) return;
  const shape = nameShape(name);
  if (!shape || shape.letters < LEAST_LETTERS) return;
  const device = plainAddress(clientAddress);
  const { evidence } = source;
  const found = cases.at(`${evidence} ${device} ${shape.parent}`, () =>
    newCase(evidence, device, shape.parent),
  );
  if (found) note(found, record, shape, at);
}

function newCase(evidence: string, device: string, parent: string): Case {
  return {
    evidence,
    device,
    parent,
    windows: new SampledMap(MAX_WINDOWS),
    names: new Smallest<number>(LEAST_SLOW_NAMES, (a, b) => a - b),
    types: new Map(),
    seen: new Smallest(MAX_PLACES, compareSeen),
    ...{ questions: 0, carrying: 0, odd: 0, answered: 0, unkept: 0, longest: 0, letters: 0, entropyMilli: 0 },
    first: null,
    last: null,
  };
}

function note(found: Case, record: Dns, shape: NameShape, at: string): void {
  const second = Math.floor(Date.parse(at) / 1000);
  const hash = hashOf(record.name.toLowerCase());
  found.names.add(hash);
  for (const half of [0, WINDOW_SECONDS / 2]) {
    const window = Math.floor((second + half) / WINDOW_SECONDS);
    found.windows.at(`${half} ${window}`, newNames)?.add(hash);
  }
  found.types.set(record.type, (found.types.get(record.type) ?? 0) + 1);
  found.seen.add({ at, source: record.source });
  found.questions += 1;
  if (CARRYING_TYPES.has(record.type)) found.carrying += 1;
  if (shape.hasOddBytes) found.odd += 1;
  if (record.answers.length > 0) {
    found.answered += 1;
    if (record.answers.every(({ ttlSeconds }) => ttlSeconds === 0)) found.unkept += 1;
  }
  found.longest += shape.longest;
  found.letters += shape.letters;
  found.entropyMilli += shape.entropyMilli;
  if (found.first === null || at < found.first) found.first = at;
  if (found.last === null || at > found.last) found.last = at;
}

function newNames(): Smallest<number> {
  return new Smallest<number>(MAX_NAMES, (a, b) => a - b);
}

interface Judged {
  readonly found: Case;
  readonly pace: 'fast' | 'slow';
  readonly namesInMinute: number;
  /** Different ones within a minute, or of the whole capture where the pace is slow. */
  readonly names: number;
  readonly meanLabel: number;
  readonly meanEntropy: number;
  readonly reasons: readonly FindingReason[];
  readonly grade: 'medium' | 'low' | 'info';
}

function findings(cases: SampledMap<Case>): readonly FindingDraft[] {
  const all: Judged[] = [];
  for (const found of cases.values()) {
    const judged = judge(found);
    if (judged) all.push(judged);
  }
  const order = ['medium', 'low', 'info'];
  all.sort(
    (a, b) =>
      order.indexOf(a.grade) - order.indexOf(b.grade) ||
      b.found.questions - a.found.questions ||
      compareText(`${a.found.parent} ${a.found.device}`, `${b.found.parent} ${b.found.device}`),
  );
  const leftOut = Math.max(0, all.length - MAX_FINDINGS) + cases.aboutLeftOut;
  return all.slice(0, MAX_FINDINGS).map((judged) => findingOf(judged, leftOut));
}

function judge(found: Case): Judged | null {
  let namesInMinute = 0;
  for (const window of found.windows.values())
    namesInMinute = Math.max(namesInMinute, window.values().length);
  const pace = namesInMinute >= LEAST_NAMES ? 'fast' : 'slow';
  const names = pace === 'fast' ? namesInMinute : found.names.values().length;
  if (pace === 'slow' && names < LEAST_SLOW_NAMES) return null;
  // The longest of each name: a short label for the tunnel itself stands beside it.
  const meanLabel = found.longest / found.questions;
  const meanEntropy = found.entropyMilli / found.questions / 1000;
  const isLong = meanLabel >= LEAST_LABEL;
  if (!isLong && meanEntropy * 1000 < LEAST_ENTROPY_MILLI) return null;
  const reasons: FindingReason[] = [{ code: pace === 'fast' ? 'names' : 'names-slow', values: { names } }];
  if (isLong) reasons.push({ code: 'labels', values: { letters: Math.round(meanLabel) } });
  else reasons.push({ code: 'entropy', values: { bits: Math.round(meanEntropy * 10) / 10 } });
  const telling: FindingReason[] = [];
  if (found.carrying * 2 >= found.questions) {
    const types = [...found.types.keys()].filter((type) => CARRYING_TYPES.has(type)).sort(compareText);
    telling.push({ code: 'types', values: { count: found.carrying, types: { list: types } } });
  }
  if (found.odd * 2 >= found.questions) telling.push({ code: 'raw-bytes', values: { count: found.odd } });
  const isCarrier = telling.length > 0;
  const isBroad = found.letters / found.questions >= LEAST_SLOW_LETTERS;
  if (pace === 'slow' && (!isLong || !(isCarrier || isBroad))) return null;
  if (pace === 'slow' && isBroad)
    reasons.push({ code: 'letters', values: { letters: Math.round(found.letters / found.questions) } });
  if (found.unkept > 0 && found.unkept * 2 >= found.answered) {
    telling.push({ code: 'not-kept', values: { count: found.unkept } });
  }
  // Letters without pattern alone are every word with a number in it.
  if (!isLong && telling.length === 0) return null;
  const isKnown = KNOWN_LOOKUPS.has(found.parent);
  if (isKnown) telling.push({ code: 'known', values: { parent: { link: found.parent } } });
  const grade = isKnown ? 'info' : telling.length > 0 ? 'medium' : 'low';
  return {
    found,
    pace,
    namesInMinute,
    names,
    meanLabel,
    meanEntropy,
    reasons: [...reasons, ...telling],
    grade,
  };
}

function findingOf(
  { found, pace, namesInMinute, names, meanLabel, meanEntropy, reasons, grade }: Judged,
  leftOut: number,
): FindingDraft {
  const { device, parent, questions, letters } = found;
  return {
    severity: grade,
    confidence: grade === 'medium' && pace === 'fast' ? 'medium' : 'low',
    shows: 'oddity',
    technique: 'T1437',
    values: {
      device: device,
      parent: { link: parent },
      questions,
      names,
      pace,
      isCut: names >= MAX_NAMES ? 'yes' : 'no',
      letters,
      first: { time: found.first ?? '' },
      last: { time: found.last ?? '' },
      grade,
      leftOut,
    },
    at: found.first,
    reasons,
    details: {
      device,
      parent,
      questions,
      namesInMinute,
      pace,
      meanLabel: Math.round(meanLabel * 10) / 10,
      meanEntropy: Math.round(meanEntropy * 100) / 100,
      letters,
      types: Object.fromEntries([...found.types].sort((a, b) => compareText(a[0], b[0]))),
      rawNames: found.odd,
      answers: found.answered,
      answersNotKept: found.unkept,
      firstAt: found.first,
      lastAt: found.last,
    },
    evidence: found.seen.values().map(({ source }) => source),
  };
}

/** FNV-1a over the code units: only to tell names apart. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
