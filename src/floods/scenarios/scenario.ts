/** What a rule about requests is, whatever notation it was written in. */
import type { RuleOverflow } from '../../records/kinds/rule-overflow.js';
import type { Expression } from './expression.js';
import type { LineRule } from './line-rule.js';
import type { ScenarioProblemCode } from './scenario-error.js';

/** How requests that fit a rule are counted. Durations in seconds. */
export type Counting =
  /**
   * CrowdSec: a bucket of so many drops, of which one leaks each `leakSeconds`; the next one more breaks the rule. It
   * forgets all after `idleSeconds` without a drop.
   */
  | {
      readonly kind: 'leaky';
      readonly capacity: number;
      readonly leakSeconds: number;
      readonly idleSeconds: number;
    }
  /** CrowdSec: each request breaks it. */
  | { readonly kind: 'trigger' }
  /** CrowdSec: says how many there were when the time since the first is over. */
  | { readonly kind: 'counter'; readonly seconds: number }
  /** CrowdSec: is broken when the condition holds of the request and of how many are kept. */
  | {
      readonly kind: 'conditional';
      readonly condition: Expression;
      readonly idleSeconds: number;
      /** Most that are kept for `queue.Queue`. */
      readonly kept: number;
    }
  /** Banjax (Go): a window that begins with the first request; broken by more than so many, then from 0 again. */
  | { readonly kind: 'window'; readonly seconds: number; readonly hits: number }
  /** Banjax (ATS): hits per millisecond that decay linearly once the interval is over. */
  | { readonly kind: 'decay'; readonly seconds: number; readonly hits: number }
  /** fail2ban: so many within the time before each; then from 0 again. */
  | { readonly kind: 'sliding'; readonly seconds: number; readonly hits: number };

/** One rule, ready to be applied to requests. */
export interface Scenario {
  readonly name: string;
  /** `vigia`, or the name of the file it comes from. */
  readonly ruleSet: string;
  readonly engine: RuleOverflow['engine'];
  readonly description: string | null;
  /** Which requests fit: an expression, or a pattern on the line. */
  readonly fits: Expression | LineRule;
  /** What is counted by; null counts all together. */
  readonly groupBy: Expression | null;
  readonly keyKind: RuleOverflow['keyKind'];
  /** Only the first request with each value is counted. */
  readonly distinct: Expression | null;
  /** A request of which this holds empties the bucket. */
  readonly cancelOn: Expression | null;
  readonly counting: Counting;
  /** Broken again within so many seconds is not said. 0: always said. */
  readonly blackholeSeconds: number;
  readonly techniques: readonly string[];
  readonly behaviour: string | null;
  readonly confidence: number | null;
  readonly spoofable: number | null;
  readonly remediation: boolean | null;
  readonly decision: string | null;
}

export interface ScenarioProblem {
  readonly file: string;
  /** Name of the rule, or where in the file it stands. */
  readonly place: string;
  readonly code: ScenarioProblemCode;
  /** The word or value it is about, as written. */
  readonly detail: string;
}

/**
 * What one key did against one rule in a visit, from the first time it was broken until half an hour of silence. Goes on
 * being filled: read it at the end.
 */
export interface OverflowVisit {
  /** Requests that fit and were counted, also while the rule was muted. */
  events: number;
  /** How often it was broken and not muted. */
  overflows: number;
  /** Unix times with fractions. */
  first: number;
  last: number;
  /** Different targets, at most ten. */
  readonly samplePaths: string[];
  readonly statuses: Map<number, number>;
}

/** A rule was broken. */
export interface Overflow {
  readonly scenario: Scenario;
  readonly key: string;
  /** Address of the client whose request broke it; "" when the log has none. */
  readonly client: string;
  readonly site: string;
  /** Unix time of the request that broke it, with fractions. */
  readonly at: number;
  /** Byte at which its line begins. */
  readonly byte: number;
  /** Requests counted when it was broken. */
  readonly events: number;
  /** The same for all overflows of a visit; `overflows` is 1 when this is the first. */
  readonly visit: OverflowVisit;
}
