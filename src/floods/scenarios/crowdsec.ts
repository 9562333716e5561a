/**
 * Scenarios of CrowdSec (docs.crowdsec.net, "Scenarios > Format"; counting as in its package `leakybucket`). What is not
 * supported is named, and the scenario left out: one that counts something else than it says is worse than none.
 */
import type { RuleOverflow } from '../../records/kinds/rule-overflow.js';
import { compileExpression, type Expression } from './expression.js';
import type { FieldPath } from './hit-fields.js';
import type { Counting, Scenario } from './scenario.js';
import { ScenarioError } from './scenario-error.js';
import { goDuration, isMap, numberIn, textIn, wantedText, wholeNumber, type YamlMap } from './values.js';

/** Parts that say nothing about what is counted, or are read below. `data` only matters through `File()`. */
const KNOWN_PARTS: ReadonlySet<string> = new Set([
  ...[
    'type',
    'name',
    'description',
    'filter',
    'groupby',
    'distinct',
    'capacity',
    'leakspeed',
    'duration',
    'blackhole',
  ],
  ...[
    'cache_size',
    'condition',
    'cancel_on',
    'labels',
    'format',
    'version',
    'author',
    'references',
    'debug',
    'data',
  ],
  ...['reprocess', 'scope', 'simulated'],
]);
/** Requests a conditional bucket keeps when it does not say. Those of CrowdSec keep all. */
const MAX_KEPT = 1_000_000;

/** Whether a document of YAML is a scenario. */
export function isCrowdSecScenario(map: YamlMap): boolean {
  return map.has('filter') || (map.has('type') && map.has('name') && !map.has('regex'));
}

/** @throws ScenarioError */
export function crowdSecScenario(
  map: YamlMap,
  ruleSet: string,
  engine: RuleOverflow['engine'] = 'crowdsec',
): Scenario {
  const name = wantedText(map, 'name');
  for (const part of map.keys()) {
    if (!KNOWN_PARTS.has(String(part))) throw new ScenarioError('part', String(part).slice(0, 80));
  }
  const fits = compileExpression(textIn(map, 'filter') ?? 'true', 'truth');
  if (canNeverFit(fits)) throw new ScenarioError('never', fits.source.trim().slice(0, 200));
  const groupBy = optional(map, 'groupby', 'text');
  const labels = map.get('labels');
  return {
    name,
    ruleSet,
    engine,
    description: textIn(map, 'description'),
    fits,
    groupBy,
    keyKind: keyKindOf(groupBy),
    distinct: optional(map, 'distinct', 'text'),
    cancelOn: optional(map, 'cancel_on', 'truth'),
    counting: countingOf(map),
    blackholeSeconds: duration(map, 'blackhole') ?? 0,
    ...labelsOf(isMap(labels) ? labels : new Map()),
  };
}

function optional(map: YamlMap, name: string, wanted: 'truth' | 'text'): Expression | null {
  if (!map.has(name) || map.get(name) === null) return null;
  return compileExpression(wantedText(map, name), wanted);
}

function duration(map: YamlMap, name: string): number | null {
  if (!map.has(name) || map.get(name) === null) return null;
  const text = textIn(map, name) ?? '';
  const seconds = goDuration(text);
  if (seconds === null) throw new ScenarioError('value', `${name}: ${text.slice(0, 40)}`);
  return seconds;
}

function countingOf(map: YamlMap): Counting {
  const type = wantedText(map, 'type');
  switch (type) {
    case 'trigger':
      return { kind: 'trigger' };
    case 'leaky': {
      const capacity = wholeNumber(map, 'capacity', 1);
      const leakSeconds = needed(map, 'leakspeed');
      return { kind: 'leaky', capacity, leakSeconds, idleSeconds: (capacity + 1) * leakSeconds };
    }
    case 'counter':
      return { kind: 'counter', seconds: needed(map, 'duration') };
    case 'conditional': {
      const capacity = numberIn(map, 'capacity') ?? -1;
      const cacheSize = numberIn(map, 'cache_size') ?? 0;
      const isSmaller = cacheSize > 0 && (cacheSize <= capacity || capacity === -1);
      return {
        kind: 'conditional',
        condition: compileExpression(wantedText(map, 'condition'), 'truth', true),
        idleSeconds: needed(map, 'leakspeed'),
        kept: isSmaller ? cacheSize : capacity > 0 ? capacity : MAX_KEPT,
      };
    }
    default:
      throw new ScenarioError('part', `type: ${type.slice(0, 40)}`);
  }
}

function needed(map: YamlMap, name: string): number {
  const seconds = duration(map, name);
  if (seconds === null) throw new ScenarioError('missing', name);
  if (seconds <= 0) throw new ScenarioError('value', `${name}: ${seconds}`);
  return seconds;
}

/** A scenario about something else (`evt.Meta.service == 'ssh'`) fits no request and no line of an error log. */
function canNeverFit(fits: Expression): boolean {
  const open = { status: null, method: null, version: null, isPlain: false, isLower: false, hasDot: true };
  for (const isEvent of [false, true]) {
    for (const isStatic of [false, true]) {
      for (const hasArgs of [false, true]) {
        if (fits.guess({ ...open, isEvent, isStatic, hasArgs }) !== false) return false;
      }
    }
  }
  return true;
}

const CLIENT_FIELDS: ReadonlySet<FieldPath> = new Set<FieldPath>([
  'evt.Meta.source_ip',
  'evt.Parsed.remote_addr',
  'evt.Parsed.clientip',
]);
const SITE_FIELDS: ReadonlySet<FieldPath> = new Set<FieldPath>([
  'evt.Meta.target_fqdn',
  'evt.Parsed.target_fqdn',
]);

function keyKindOf(groupBy: Expression | null): RuleOverflow['keyKind'] {
  if (groupBy === null) return 'everyone';
  const fields = [...groupBy.fields];
  const isPlainField = /^\s*evt\.[A-Za-z]+\.[a-z_]+\s*$/.test(groupBy.source);
  const client = fields.some((field) => CLIENT_FIELDS.has(field));
  const site = fields.some((field) => SITE_FIELDS.has(field));
  if (fields.length === 1 && isPlainField) {
    if (client) return 'client';
    if (site) return 'site';
    return fields[0] === 'evt.Meta.http_user_agent' || fields[0] === 'evt.Parsed.http_user_agent'
      ? 'agent'
      : 'other';
  }
  return fields.length === 2 && client && site ? 'client-and-site' : 'other';
}

function labelsOf(
  labels: YamlMap,
): Pick<Scenario, 'techniques' | 'behaviour' | 'confidence' | 'spoofable' | 'remediation' | 'decision'> {
  const classification = labels.get('classification');
  const listed = Array.isArray(classification) ? classification.slice(0, 20) : [];
  const techniques = listed.flatMap((item) => {
    const found = /^attack\.(T\d{4}(?:\.\d{3})?)$/.exec(String(item));
    return found?.[1] === undefined ? [] : [found[1]];
  });
  const remediation = textIn(labels, 'remediation');
  return {
    techniques,
    behaviour: (textIn(labels, 'behavior') ?? textIn(labels, 'type'))?.slice(0, 100) ?? null,
    confidence: numberIn(labels, 'confidence'),
    spoofable: numberIn(labels, 'spoofable'),
    remediation: remediation === null ? null : remediation === 'true',
    decision: null,
  };
}
