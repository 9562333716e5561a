import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { entries, recordBase, textOrNull, timeOrNull } from '../record-base.js';

/** What a key of a rule stands for. `other`: whatever the rule groups by. */
export const OVERFLOW_KEY_KINDS = [
  'client',
  'client-and-site',
  'site',
  'agent',
  'everyone',
  'other',
] as const;

/**
 * A rule about web requests (a scenario of CrowdSec, a rate of Banjax or fail2ban, one of ours) that was broken: more
 * requests that fit it than it lets pass. One per rule and key and visit. `at` = when it was first broken; `source` = the
 * request it broke with.
 */
export const ruleOverflowSchema = z.object({
  kind: z.literal('rule-overflow'),
  ...recordBase,
  rule: z.string(),
  /** `vigia`, or the name of the file it comes from. */
  ruleSet: z.string(),
  /** Whose way of counting it follows. */
  engine: z.enum(['vigia', 'crowdsec', 'banjax', 'fail2ban']),
  description: textOrNull,
  keyKind: z.enum(OVERFLOW_KEY_KINDS),
  /** What the rule counted for. */
  key: z.string(),
  /** Address of the client that broke it; null when the log has none. */
  client: textOrNull,
  /** Site asked for, where the log says it. */
  site: textOrNull,
  /** Requests that fit and were counted, of the whole visit. */
  events: z.number(),
  /** How often it was broken; what came while it was muted is left out. */
  overflows: z.number(),
  firstAt: timeOrNull,
  lastAt: timeOrNull,
  /** Different targets of those requests, as the log has them, at most ten. */
  samplePaths: z.array(z.string()),
  /** Statuses of the answers and how many had them, most first, at most six. */
  statuses: z.array(z.object({ status: z.number(), count: z.number() })),
  /** MITRE ATT&CK (enterprise) ids the rule names. */
  techniques: z.array(z.string()),
  /** `http:scan`, `http:bruteforce`, `http:dos` … as the rule names it. */
  behaviour: textOrNull,
  /** 0 to 3 as CrowdSec counts: how sure the rule is, and how easily its source can be forged. */
  ruleConfidence: z.number().nullable(),
  spoofable: z.number().nullable(),
  /** Whether the rule asks for a block; null when it does not say. */
  remediation: z.boolean().nullable(),
  /** What Banjax would do: `challenge`, `nginx_block`, `iptables_block` …; null for others. */
  decision: textOrNull,
});

export type RuleOverflow = z.infer<typeof ruleOverflowSchema>;

export const ruleOverflow: RecordKind<RuleOverflow> = {
  kind: 'rule-overflow',
  schema: ruleOverflowSchema,
  // A client of a site is nothing that a device contacted, so it is not compared with servers of spyware.
  observables: () => [],
  timeline: (record) =>
    entries([record.at, 'rule-broken', record.key === '' ? record.rule : `${record.rule} ${record.key}`]),
};
