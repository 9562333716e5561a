import { compareText } from '../../../core/compare-text.js';
import type { Detection, Detector, FindingDraft, FindingReason, Pointer } from '../../../core/contracts.js';
import { SampledMap } from '../../../core/sampled-map.js';
import { Smallest } from '../../../core/smallest.js';
import type { RuleOverflow } from '../../../records/kinds/rule-overflow.js';

/** Our own rules about floods by one client; those about holes and passwords have detectors of their own. */
const OWN_SIGNS: Readonly<Record<string, string>> = {
  'dos-bypass-cache': 'cache',
  'dos-random-uri': 'random',
  'dos-invalid-http-versions': 'versions',
  'nginx-limit-req': 'limit',
  'dos-switching-ua': 'agents',
};
/** Many people behind one address of a carrier do the same. */
const WEAK_SIGN = 'agents';

const MAX_RULES = 500;
const MAX_KEYS = 20_000;
const MAX_LISTED = 20;
const MAX_KEYS_LISTED = 20;
const MAX_PLACES = 20;

interface Broken {
  readonly rule: string;
  readonly ruleSet: string;
  readonly isGiven: boolean;
  readonly decision: string | null;
  readonly keys: SampledMap<{ readonly key: string; events: number }>;
  readonly places: Smallest<{ readonly at: string; readonly source: Pointer }>;
  events: number;
  overflows: number;
  firstAt: string | null;
  lastAt: string | null;
}

/**
 * Which of the rules that the analyst gave (scenarios of CrowdSec, rates of Banjax, jails of fail2ban) the log breaks, and which
 * of our own about floods by one client. Says what the rules would have done; whether that is right is for people: many
 * rules in use stop readers too.
 *
 * `details`: `rules` (`rule`, `ruleSet`, `decision`, `clients`, `events`, `overflows`, `firstAt`, `lastAt`, `keys` with `key` and `events`).
 */
export const detector: Detector<RuleOverflow> = {
  id: 'floods/rules',
  version: 1,
  watches: ['rule-overflow'],
  references: [
    'https://docs.crowdsec.net/docs/scenarios/intro/',
    'https://github.com/deflect-ca/banjax',
    'https://attack.mitre.org/techniques/T1499/',
  ],
  start: () => new Rules(),
};

class Rules implements Detection<RuleOverflow> {
  readonly #rules = new SampledMap<Broken>(MAX_RULES);

  see(record: RuleOverflow): void {
    const isGiven = record.engine !== 'vigia';
    if (!isGiven && OWN_SIGNS[record.rule] === undefined) return;
    const { rule, ruleSet, decision } = record;
    const broken = this.#rules.at(`${record.engine} ${ruleSet} ${rule}`, () => ({
      ...{ rule, ruleSet, isGiven, decision },
      keys: new SampledMap(MAX_KEYS),
      places: new Smallest(MAX_PLACES, comparePlaces),
      ...{ events: 0, overflows: 0, firstAt: null, lastAt: null },
    }));
    if (broken === null) return;
    broken.events += record.events;
    broken.overflows += record.overflows;
    const { firstAt, lastAt } = record;
    if (firstAt !== null && (broken.firstAt === null || firstAt < broken.firstAt)) broken.firstAt = firstAt;
    if (lastAt !== null && (broken.lastAt === null || lastAt > broken.lastAt)) broken.lastAt = lastAt;
    const key = broken.keys.at(record.key, () => ({ key: record.key, events: 0 }));
    if (key !== null) key.events += record.events;
    broken.places.add({ at: record.at ?? '', source: record.source });
  }

  end(): readonly FindingDraft[] {
    const all = [...this.#rules.values()].sort(
      (a, b) =>
        Number(a.isGiven) - Number(b.isGiven) ||
        b.events - a.events ||
        compareText(`${a.ruleSet} ${a.rule}`, `${b.ruleSet} ${b.rule}`),
    );
    const own = all.filter(({ isGiven }) => !isGiven);
    const given = all.filter(({ isGiven }) => isGiven);
    return [...(own.length > 0 ? [ownFinding(own)] : []), ...(given.length > 0 ? [givenFinding(given)] : [])];
  }
}

function ownFinding(own: readonly Broken[]): FindingDraft {
  const isWeak = own.every(({ rule }) => OWN_SIGNS[rule] === WEAK_SIGN);
  return {
    ...common(own, (broken) => ({ code: OWN_SIGNS[broken.rule] ?? 'given', values: valuesOf(broken) })),
    severity: isWeak ? 'info' : 'low',
    confidence: isWeak ? 'low' : 'medium',
    shows: isWeak ? 'oddity' : 'site-attack',
    technique: 'T1499',
  };
}

function givenFinding(given: readonly Broken[]): FindingDraft {
  return {
    ...common(given, (broken) => ({ code: 'given', values: valuesOf(broken) })),
    severity: 'info',
    confidence: 'high',
    shows: 'oddity',
    variant: 'given',
  };
}

function common(
  rules: readonly Broken[],
  reasonOf: (broken: Broken) => FindingReason,
): Pick<FindingDraft, 'values' | 'at' | 'reasons' | 'details' | 'evidence'> {
  const firsts = rules.flatMap(({ firstAt }) => (firstAt === null ? [] : [firstAt])).sort(compareText);
  const lasts = rules.flatMap(({ lastAt }) => (lastAt === null ? [] : [lastAt])).sort(compareText);
  const first = firsts[0] ?? null;
  const last = lasts.at(-1) ?? null;
  const keys = new Set(rules.flatMap((broken) => [...broken.keys.values()].map(({ key }) => key)));
  const isAbout = rules.some((broken) => broken.keys.isSample);
  return {
    values: {
      rules: rules.length,
      clients: keys.size,
      isAbout: isAbout ? 'yes' : 'no',
      first: { time: first ?? '' },
      last: { time: last ?? '' },
      hasSpan: first === null || last === null ? 'no' : 'yes',
      leftOut: Math.max(0, rules.length - MAX_LISTED),
    },
    at: first,
    reasons: rules.slice(0, MAX_LISTED).map(reasonOf),
    details: { rules: rules.map(detailOf) },
    evidence: rules
      .flatMap((broken) => broken.places.values().map(({ source }) => source))
      .slice(0, MAX_PLACES),
  };
}

function valuesOf(broken: Broken): FindingReason['values'] {
  return {
    rule: broken.rule,
    file: broken.ruleSet,
    clients: broken.keys.size + broken.keys.aboutLeftOut,
    events: broken.events,
    overflows: broken.overflows,
    decision: broken.decision ?? '',
    hasDecision: broken.decision === null ? 'no' : 'yes',
  };
}

function detailOf(broken: Broken): Readonly<Record<string, unknown>> {
  const keys = [...broken.keys.values()].sort((a, b) => b.events - a.events || compareText(a.key, b.key));
  return {
    rule: broken.rule,
    ruleSet: broken.ruleSet,
    decision: broken.decision,
    clients: broken.keys.size + broken.keys.aboutLeftOut,
    events: broken.events,
    overflows: broken.overflows,
    firstAt: broken.firstAt,
    lastAt: broken.lastAt,
    keys: keys.slice(0, MAX_KEYS_LISTED),
  };
}

function comparePlaces(
  a: { readonly at: string; readonly source: Pointer },
  b: { readonly at: string; readonly source: Pointer },
): number {
  return (
    compareText(a.at, b.at) ||
    compareText(a.source.evidence, b.source.evidence) ||
    compareText(a.source.path, b.source.path) ||
    compareText(a.source.locator, b.source.locator)
  );
}
