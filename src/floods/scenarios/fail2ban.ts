/**
 * Jails and filters of fail2ban (jail.conf(5)): a filter's `failregex` over the line, so many times (`maxretry`) within a
 * time (`findtime`) from one address. The line is put together again in the combined format, without the date, as fail2ban
 * has it.
 */

import type { Candidate } from './banjax.js';
import { compileExpression, patternOf } from './expression.js';
import type { Scenario } from './scenario.js';
import { ScenarioError } from './scenario-error.js';
import { failDuration } from './values.js';

/** Defaults of jail.conf. */
const FIND_SECONDS = 600;
const MAX_RETRY = 5;

interface Section {
  readonly file: string;
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
}

export function isFailIni(text: string): boolean {
  return (
    /^\s*\[[^\]\n]{1,100}\]\s*$/m.test(text) && /^\s*(?:failregex|maxretry|findtime|filter)\s*=/m.test(text)
  );
}

/** The jails of some files; filters that no jail names, with the usual limits. */
export function failRules(
  files: readonly { readonly name: string; readonly text: string }[],
): readonly (Candidate & {
  readonly file: string;
})[] {
  const sections = files.flatMap(sectionsOf);
  const filters = new Map<string, Section>();
  const defaults = new Map<string, string>();
  for (const section of sections) {
    if (section.name === 'Definition') filters.set(baseName(section.file), section);
    if (section.name === 'DEFAULT') for (const [name, value] of section.values) defaults.set(name, value);
  }
  const used = new Set<string>();
  const candidates: (Candidate & { readonly file: string })[] = [];
  for (const section of sections) {
    if (['Definition', 'DEFAULT', 'INCLUDES', 'Init', 'Thread'].includes(section.name)) continue;
    const filterName = (section.values.get('filter') ?? section.name).replace(/\[.*$/s, '').trim();
    const filter = filters.get(filterName);
    if (filter) used.add(filterName);
    const regexes = section.values.get('failregex') ?? filter?.values.get('failregex');
    // Jails of all services stand in the same file, most of them turned off.
    if (regexes === undefined && section.values.get('enabled') !== 'true') continue;
    candidates.push({
      file: section.file,
      place: section.name,
      make: () =>
        jail(
          section.name,
          section.file,
          regexes ?? lacking(filterName),
          section.values,
          filter?.values ?? new Map(),
          defaults,
        ),
    });
  }
  for (const [name, filter] of filters) {
    const regexes = filter.values.get('failregex');
    if (used.has(name) || regexes === undefined) continue;
    candidates.push({
      file: filter.file,
      place: name,
      make: () => jail(name, filter.file, regexes, new Map(), filter.values, defaults),
    });
  }
  return candidates;
}

/** `key = value`, lines that begin with a space go on. */
function sectionsOf({ name: file, text }: { readonly name: string; readonly text: string }): Section[] {
  const sections: Section[] = [];
  let values = new Map<string, string>();
  let last = '';
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*[#;]/.test(line)) continue;
    const head = /^\s*\[([^\]]{1,100})\]\s*$/.exec(line);
    if (head) {
      values = new Map();
      last = '';
      sections.push({ file, name: (head[1] as string).trim(), values });
    } else if (/^\s/.test(line) && last !== '' && line.trim() !== '') {
      values.set(last, `${values.get(last) ?? ''}\n${line.trim()}`);
    } else {
      const found = /^([A-Za-z_][A-Za-z0-9_.-]*)\s*[=:]\s*(.*)$/.exec(line);
      if (!found) continue;
      last = found[1] as string;
      values.set(last, (found[2] as string).trim());
    }
  }
  return sections;
}

function baseName(file: string): string {
  return (file.split(/[\\/]/).at(-1) ?? file).replace(/\.(conf|local)$/, '');
}

function jail(
  name: string,
  file: string,
  regexes: string,
  own: ReadonlyMap<string, string>,
  filter: ReadonlyMap<string, string>,
  defaults: ReadonlyMap<string, string>,
): Scenario {
  const value = (key: string): string | undefined => own.get(key) ?? filter.get(key) ?? defaults.get(key);
  if (filter.has('prefregex')) throw new ScenarioError('part', 'prefregex');
  const seconds = durationOf(value('findtime'), FIND_SECONDS, 'findtime');
  const retries = value('maxretry');
  const hits = retries === undefined ? MAX_RETRY : Number(retries);
  if (!Number.isInteger(hits) || hits < 1 || hits > 1_000)
    throw new ScenarioError('value', `maxretry: ${retries}`);
  const ignored = (own.get('ignoreregex') ?? filter.get('ignoreregex') ?? '').trim();
  return {
    name,
    ruleSet: file,
    engine: 'fail2ban',
    description: null,
    fits: {
      is: 'line',
      pattern: patternOf(joined(regexes, filter, true)),
      except: ignored === '' ? null : patternOf(joined(ignored, filter, false)),
      line: 'combined',
      skippedHosts: new Set(),
      onlyHost: null,
    },
    groupBy: compileExpression('evt.Meta.source_ip', 'text'),
    keyKind: 'client',
    distinct: null,
    cancelOn: null,
    counting: { kind: 'sliding', seconds, hits },
    blackholeSeconds: 0,
    techniques: [],
    behaviour: null,
    confidence: null,
    spoofable: null,
    remediation: true,
    decision: null,
  };
}

function lacking(filter: string): never {
  throw new ScenarioError('missing', `filter: ${filter.slice(0, 80)}`);
}

function durationOf(text: string | undefined, otherwise: number, name: string): number {
  if (text === undefined) return otherwise;
  const seconds = failDuration(text);
  if (seconds === null || seconds <= 0) throw new ScenarioError('value', `${name}: ${text.slice(0, 40)}`);
  return seconds;
}

const ADDRESS = '(?:\\[?[0-9A-Za-z][0-9A-Za-z.:_-]*\\]?|::[0-9A-Fa-f:.]*)';

/** Each line is a pattern of its own. */
function joined(text: string, filter: ReadonlyMap<string, string>, needsHost: boolean): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0) throw new ScenarioError('missing', 'failregex');
  const parts = lines.map((line) => {
    const whole = line.replace(/%\(([A-Za-z_][\w.-]*)\)s/g, (_, name: string) => {
      const value = filter.get(name);
      if (value === undefined || value.includes('%(')) throw new ScenarioError('part', `%(${name})s`);
      return value;
    });
    if (needsHost && !/<(?:HOST|ADDR|IP4|IP6|F-ID)>/.test(whole))
      throw new ScenarioError('missing', '<HOST>');
    const plain = whole
      .replaceAll('%%', '%')
      .replace(/<(?:HOST|ADDR|IP4|IP6|CIDR|SUBNET)>/g, () => ADDRESS)
      .replace(/<F-[A-Z0-9_]+>/g, '(?:')
      .replace(/<\/F-[A-Z0-9_]+>/g, ')');
    const other = /<[A-Z_]{2,}[^>]*>/.exec(plain);
    if (other) throw new ScenarioError('part', other[0].slice(0, 40));
    return `(?:${plain})`;
  });
  return parts.join('|');
}
