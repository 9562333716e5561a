import { fromUnixSeconds } from '../../core/time.js';
import type { RuleOverflow } from '../../records/kinds/rule-overflow.js';
import type { Overflow } from './scenario.js';

/** Records of one log. A botnet breaks a rule once for each of its addresses: more are counted. */
const MAX_RECORDS = 5_000;
const MAX_STATUSES = 6;

/**
 * Makes records of broken rules: one for each rule and key and visit, however often it was broken in it.
 *
 * @example
 * const records = new OverflowRecords({ evidence: 'e1', path: 'access.log' });
 * const replay = new ScenarioReplay(DEFAULT_SCENARIOS, (overflow) => records.add(overflow));
 * // after all hits
 * replay.end();
 * yield* records.end();
 */
export class OverflowRecords {
  readonly #place: { readonly evidence: string; readonly path: string };
  readonly #firsts: Overflow[] = [];
  /** Cases that are not noted one by one. */
  leftOut = 0;

  constructor(place: { readonly evidence: string; readonly path: string }) {
    this.#place = place;
  }

  add(overflow: Overflow): void {
    if (overflow.visit.overflows > 1) return;
    if (this.#firsts.length < MAX_RECORDS) this.#firsts.push(overflow);
    else this.leftOut += 1;
  }

  /** All of them, in the order in which they came in the log. After the last hit. */
  end(): RuleOverflow[] {
    return this.#firsts.map((first) => recordOf(first, this.#place));
  }
}

function recordOf(
  { scenario, key, client, site, at, byte, visit }: Overflow,
  place: { readonly evidence: string; readonly path: string },
): RuleOverflow {
  return {
    kind: 'rule-overflow',
    at: fromUnixSeconds(at),
    source: { ...place, locator: `byte ${byte}` },
    rule: scenario.name,
    ruleSet: scenario.ruleSet,
    engine: scenario.engine,
    description: scenario.description,
    keyKind: scenario.keyKind,
    key,
    client: client === '' ? null : client,
    site: site === '' ? null : site,
    events: visit.events,
    overflows: visit.overflows,
    firstAt: fromUnixSeconds(visit.first),
    lastAt: fromUnixSeconds(visit.last),
    samplePaths: [...visit.samplePaths],
    statuses: [...visit.statuses]
      .map(([status, count]) => ({ status, count }))
      .sort((a, b) => b.count - a.count || a.status - b.status)
      .slice(0, MAX_STATUSES),
    techniques: [...scenario.techniques],
    behaviour: scenario.behaviour,
    ruleConfidence: scenario.confidence,
    spoofable: scenario.spoofable,
    remediation: scenario.remediation,
    decision: scenario.decision,
  };
}
