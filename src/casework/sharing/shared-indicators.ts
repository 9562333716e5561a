/** Which names of the attacker's infrastructure a case gives, and which of them a profile lets out. */
import { type Confidence, SEVERITIES, type Severity } from '../../core/contracts.js';
import { type IndicatorType, UNKNOWN_FAMILY } from '../../core/indicator.js';
import type { ResultFinding } from '../../core/result.js';
import { settle, type TypeHint } from '../../indicators/classify.js';
import { hostOf } from '../../records/links.js';
import type { Redactor } from './redactor.js';
import type { ShareableFinding } from './shareable.js';
import type { SharedIndicator, SharedTime } from './shared.js';

/**
 * Facts of findings that name the attacker's side, by check. Only these are looked at: the same words mean the person's
 * own computers elsewhere. `from`: the least severity from which the check is sure enough.
 */
const ATTACKER_FACTS: Readonly<Record<string, { readonly facts: readonly Fact[]; readonly from: Severity }>> =
  {
    'lures/suspicious-message': {
      // The addresses as they were sent tell whom they were sent to.
      facts: [
        { key: 'hosts', type: 'domain' },
        { key: 'links', type: 'url', fullOnly: true },
      ],
      from: 'high',
    },
    'captures/injected-redirect': { facts: [{ key: 'targetOwner', type: 'domain' }], from: 'high' },
    'scans/finfisher-server': { facts: [{ key: 'address', type: 'ip' }], from: 'medium' },
    'scans/hacking-team-server': { facts: [{ key: 'address', type: 'ip' }], from: 'medium' },
    'implants/rule-match': { facts: [{ key: 'sha256', type: 'sha256' }], from: 'high' },
  };

interface Fact {
  readonly key: string;
  readonly type: TypeHint;
  /** Only where all facts leave. */
  readonly fullOnly?: true;
}

const MAX_VALUES_PER_FINDING = 1_000;
const MAX_FAMILY_LENGTH = 80;
const OBSERVED_TYPES: ReadonlySet<IndicatorType> = new Set(['domain', 'url', 'ipv4', 'ipv6', 'sha256']);
const PERSONS_FOLDER = /(?:^|[/\\])(?:users|home|usuarios|documents and settings)[/\\]/i;

interface Candidate {
  readonly type: IndicatorType;
  readonly value: string;
  readonly family: string | null;
  readonly basis: SharedIndicator['basis'];
  readonly lists: readonly string[];
}

/** The key two findings share when they name the same thing. */
function keyOf({ type, value }: { readonly type: IndicatorType; readonly value: string }): string {
  return `${type}\0${value}`;
}

interface Gathered extends Candidate {
  severity: Severity;
  confidence: Confidence;
  firstSeen: SharedTime | null;
  lastSeen: SharedTime | null;
  findings: number;
  readonly lists: string[];
  readonly techniques: Set<string>;
}

/** The indicators of a case, and those of each finding. */
export interface GatheredIndicators {
  readonly all: readonly SharedIndicator[];
  of(finding: ResultFinding): readonly SharedIndicator[];
}

export function gatherIndicators(
  findings: readonly ShareableFinding[],
  redactor: Redactor,
): GatheredIndicators {
  const gathered = new Map<string, Gathered>();
  const keys = new Map<ResultFinding, string[]>();
  for (const { finding } of findings) {
    const own = new Map(candidatesOf(finding, redactor).map((candidate) => [keyOf(candidate), candidate]));
    keys.set(finding, [...own.keys()]);
    const time = redactor.time('finding.time', finding.at, finding.atPrecision);
    for (const [key, candidate] of own) {
      const known = gathered.get(key);
      if (known === undefined) gathered.set(key, begin(candidate, finding, time));
      else gathered.set(key, joined(known, candidate, finding, time));
    }
  }
  const shared = new Map([...gathered].sort(byKey).map(([key, item]) => [key, finished(item)]));
  return {
    all: [...shared.values()],
    of: (finding) => (keys.get(finding) ?? []).flatMap((key) => shared.get(key) ?? []),
  };
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function begin(candidate: Candidate, finding: ResultFinding, time: SharedTime | null): Gathered {
  return {
    ...candidate,
    lists: [...candidate.lists],
    severity: finding.severity,
    confidence: finding.confidence,
    firstSeen: time,
    lastSeen: time,
    findings: 1,
    techniques: new Set(finding.technique === null ? [] : [finding.technique]),
  };
}

function joined(
  known: Gathered,
  other: Candidate,
  finding: ResultFinding,
  time: SharedTime | null,
): Gathered {
  if (finding.technique !== null) known.techniques.add(finding.technique);
  const earlier = time !== null && (known.firstSeen === null || time.at < known.firstSeen.at);
  const later = time !== null && (known.lastSeen === null || time.at > known.lastSeen.at);
  return {
    ...known,
    family: known.family ?? other.family,
    basis: other.basis === 'published' ? 'published' : known.basis,
    lists: [...new Set([...known.lists, ...other.lists])],
    severity: graver(known.severity, finding.severity),
    firstSeen: earlier ? time : known.firstSeen,
    lastSeen: later ? time : known.lastSeen,
    findings: known.findings + 1,
  };
}

function graver(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b;
}

function finished({ confidence: _, ...item }: Gathered): SharedIndicator {
  const isTelling = SEVERITIES.indexOf(item.severity) >= SEVERITIES.indexOf('medium');
  return {
    ...item,
    lists: item.lists.sort(),
    techniques: [...item.techniques].sort(),
    forDetection: item.basis === 'published' && isTelling && item.type !== 'phone-number',
  };
}

function candidatesOf(finding: ResultFinding, redactor: Redactor): Candidate[] {
  // What is published and was also seen counts as published.
  return [...observed(finding, redactor), ...published(finding, redactor)];
}

function published(finding: ResultFinding, redactor: Redactor): Candidate[] {
  const { indicator } = finding;
  if (indicator === null) return [];
  const lists = [indicator.feed, ...(indicator.sources ?? []).map(({ feed }) => feed)];
  const candidate: Candidate = {
    type: indicator.type,
    value: indicator.value,
    family: redactor.isClients(indicator.family) ? null : familyOf(indicator.family),
    basis: 'published',
    lists: redactor.list('indicator.list', lists),
  };
  return letOut(candidate, 'indicator.published', redactor);
}

/** A family is the name of a tool. Longer texts are sentences of somebody's own list. */
function familyOf(family: string): string | null {
  return family === UNKNOWN_FAMILY || family === '' || family.length > MAX_FAMILY_LENGTH ? null : family;
}

function observed(finding: ResultFinding, redactor: Redactor): Candidate[] {
  const facts = ATTACKER_FACTS[finding.detector];
  if (facts === undefined || SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(facts.from)) return [];
  const { details } = finding;
  if (details === undefined) return [];
  const isFull = redactor.treatment('indicator.unpublished') === 'mask';
  const wanted = facts.facts.filter(({ fullOnly }) => isFull || fullOnly === undefined);
  return wanted.flatMap(({ key, type: hint }) =>
    textsIn(Object.hasOwn(details, key) ? details[key] : null)
      .slice(0, MAX_VALUES_PER_FINDING)
      .flatMap((text) => {
        const settled = settle(hint, text);
        if (settled.refused !== undefined || !OBSERVED_TYPES.has(settled.type)) return [];
        const { type, value } = settled;
        const candidate: Candidate = { type, value, family: null, basis: 'observed', lists: [] };
        return letOut(candidate, 'indicator.unpublished', redactor);
      }),
  );
}

function textsIn(value: unknown): string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.filter((item) => typeof item === 'string');
}

/** What a profile makes of one: itself, its host, or nothing. */
function letOut(
  candidate: Candidate,
  field: 'indicator.published' | 'indicator.unpublished',
  redactor: Redactor,
): Candidate[] {
  const settled = settle(candidate.type, candidate.value);
  const treatment = redactor.treatment(field);
  if (settled.refused !== undefined || treatment === 'remove') {
    redactor.count(field);
    return [];
  }
  const plain = { ...candidate, type: settled.type, value: settled.value };
  const allowed = treatment === 'mask' ? plain : withoutPerson(plain);
  // Somebody's own site or address may be on a list, or in a message that looked like a lure.
  const isOwn = treatment === 'mask' ? (text: string) => redactor.mask(text) !== text : redactor.isClients;
  if (allowed === null || isOwn(allowed.value)) {
    redactor.count(field);
    return [];
  }
  if (allowed.value !== plain.value) redactor.count(field);
  return [allowed];
}

/** An indicator without what may point at one person, or null when nothing is left. */
function withoutPerson(candidate: Candidate): Candidate | null {
  const { type, value, basis } = candidate;
  switch (type) {
    case 'phone-number':
      return null;
    case 'email':
      return basis === 'published' ? candidate : null;
    case 'url':
      return withoutTarget(candidate);
    case 'file-path':
      return PERSONS_FOLDER.test(value) ? null : candidate;
    case 'registry-key':
      // Keys of one account carry its identifier ([MS-DTYP] 2.4.2.1).
      return /S-1-5-21-/i.test(value) ? null : candidate;
    default:
      return candidate;
  }
}

/** Addresses often carry whom they were sent to after the question mark, in any encoding; their host says as much. */
function withoutTarget(candidate: Candidate): Candidate | null {
  const { value } = candidate;
  const afterScheme = value.slice(value.indexOf('://') + 3);
  const [authority = ''] = afterScheme.split(/[/?#]/, 1);
  if (!/[?#]/.test(value) && !authority.includes('@')) return candidate;
  const host = hostOf(value);
  const settled = host === null ? null : settle('domain', host);
  if (settled === null || settled.refused !== undefined || settled.type === 'url') return null;
  return { ...candidate, type: settled.type, value: settled.value, basis: 'observed' };
}
