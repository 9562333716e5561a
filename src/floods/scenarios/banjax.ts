/**
 * Rates of Banjax: `regexes_with_rates` and `per_site_regexes_with_rates` of deflect-ca/banjax (Go), `regex_banner` of
 * equalitie/banjax (a plug-in of Apache Traffic Server). Counting as in their source; floods spec, 1.4. Only the rule
 * that lines older than ten seconds are passed over is left out: it is for live logs.
 */
import { compileExpression, patternOf } from './expression.js';
import type { LineRule } from './line-rule.js';
import type { Counting, Scenario } from './scenario.js';
import { ScenarioError } from './scenario-error.js';
import { isMap, numberIn, textIn, wantedText, wholeNumber, type YamlMap } from './values.js';

export interface Candidate {
  readonly place: string;
  /** @throws ScenarioError */
  make(): Scenario;
}

export function isBanjaxConfiguration(map: YamlMap): boolean {
  return map.has('regexes_with_rates') || map.has('per_site_regexes_with_rates') || map.has('regex_banner');
}

/** The rules of a configuration, those of single sites first, as Banjax asks them. */
export function banjaxRules(map: YamlMap, ruleSet: string): readonly Candidate[] {
  const candidates: Candidate[] = [];
  const sites = map.get('per_site_regexes_with_rates');
  if (isMap(sites)) {
    for (const [site, rules] of sites) candidates.push(...listed(rules, ruleSet, String(site), false));
  }
  candidates.push(...listed(map.get('regexes_with_rates'), ruleSet, null, false));
  candidates.push(...listed(map.get('regex_banner'), ruleSet, null, true));
  return candidates;
}

function listed(rules: unknown, ruleSet: string, site: string | null, isOld: boolean): readonly Candidate[] {
  if (rules === undefined || rules === null) return [];
  const given: readonly unknown[] = Array.isArray(rules) ? rules : [rules];
  return given.map((rule, index) => ({
    place: `${isMap(rule) ? (nameIn(rule) ?? index + 1) : index + 1}`.slice(0, 200),
    make: () => ruleOf(rule, ruleSet, site, isOld),
  }));
}

function nameIn(rule: YamlMap): string | null {
  return textIn(rule, 'rule') ?? textIn(rule, 'name');
}

const KNOWN_PARTS: ReadonlySet<string> = new Set([
  ...['rule', 'name', 'regex', 'interval', 'hits_per_interval', 'decision', 'hosts_to_skip'],
]);

function ruleOf(rule: unknown, ruleSet: string, site: string | null, isOld: boolean): Scenario {
  if (!isMap(rule)) throw new ScenarioError('value', String(rule).slice(0, 80));
  for (const part of rule.keys()) {
    if (!KNOWN_PARTS.has(String(part))) throw new ScenarioError('part', String(part).slice(0, 80));
  }
  const name = nameIn(rule) ?? wantedText(rule, 'rule');
  const regex = wantedText(rule, 'regex');
  const seconds = numberIn(rule, 'interval');
  if (seconds === null || seconds < 0 || seconds > 1e7)
    throw new ScenarioError(rule.has('interval') ? 'value' : 'missing', 'interval');
  const hits = wholeNumber(rule, 'hits_per_interval', 0);
  const fits: LineRule = {
    is: 'line',
    // The old one compares the whole line.
    pattern: patternOf(isOld ? `\\A(?:${regex})\\z` : regex),
    except: null,
    line: isOld ? 'banjax-ats' : 'banjax',
    skippedHosts: hostsIn(rule.get('hosts_to_skip')),
    onlyHost: site === null ? null : bytesOf(site),
  };
  return {
    name: site === null ? name : `${site}: ${name}`,
    ruleSet,
    engine: 'banjax',
    description: null,
    fits,
    groupBy: compileExpression('evt.Meta.source_ip', 'text'),
    keyKind: 'client',
    distinct: null,
    cancelOn: null,
    counting: countingOf(seconds, hits, isOld),
    blackholeSeconds: 0,
    techniques: [],
    behaviour: null,
    confidence: null,
    spoofable: null,
    remediation: null,
    decision: textIn(rule, 'decision') ?? (isOld ? 'block' : null),
  };
}

function countingOf(seconds: number, hits: number, isOld: boolean): Counting {
  if (!isOld) return { kind: 'window', seconds, hits };
  if (hits === 0) return { kind: 'trigger' };
  if (seconds === 0) throw new ScenarioError('value', 'interval: 0');
  return { kind: 'decay', seconds, hits };
}

/** `{ host: true }`, or a list. */
function hostsIn(value: unknown): ReadonlySet<string> {
  const hosts = new Set<string>();
  if (isMap(value)) {
    for (const [host, isSkipped] of value) if (isSkipped === true) hosts.add(bytesOf(String(host)));
  } else if (Array.isArray(value)) {
    for (const host of value.slice(0, 10_000)) hosts.add(bytesOf(String(host)));
  }
  return hosts;
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}
