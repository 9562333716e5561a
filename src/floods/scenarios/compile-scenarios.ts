/** Rules of others, made ready to be applied to a log. */
import { parseAllDocuments } from 'yaml';
import { banjaxRules, type Candidate, isBanjaxConfiguration } from './banjax.js';
import { crowdSecScenario, isCrowdSecScenario } from './crowdsec.js';
import { failRules, isFailIni } from './fail2ban.js';
import type { Scenario, ScenarioProblem } from './scenario.js';
import { ScenarioError } from './scenario-error.js';
import { isMap, textIn } from './values.js';

/** A file of rules is written by hand, or is a collection of some hundred. */
const MAX_FILE_LENGTH = 1_048_576;
const MAX_SCENARIOS = 1_000;
/** YAML that stands for more than it writes: aliases of aliases. */
const MAX_ALIASES = 100;

export interface CompiledScenarios {
  readonly scenarios: readonly Scenario[];
  /** Rules that are left out, and why. */
  readonly problems: readonly ScenarioProblem[];
}

interface FileCandidate extends Candidate {
  readonly file: string;
}

/**
 * Reads rules out of files: CrowdSec scenarios (several documents in a file too), Banjax configurations (new and old),
 * jails and filters of fail2ban. A rule that cannot be applied exactly is left out and named.
 *
 * @example
 * const { scenarios, problems } = compileScenarios([{ name: 'http-probing.yaml', text }]);
 */
export function compileScenarios(
  files: readonly { readonly name: string; readonly text: string }[],
): CompiledScenarios {
  const problems: ScenarioProblem[] = [];
  const candidates: FileCandidate[] = [];
  const jails: { readonly name: string; readonly text: string }[] = [];
  for (const file of files) {
    if (file.text.length > MAX_FILE_LENGTH) {
      problems.push({
        file: file.name,
        place: '',
        code: 'yaml',
        detail: `${file.text.length} > ${MAX_FILE_LENGTH}`,
      });
    } else if (isFailIni(file.text)) {
      jails.push(file);
    } else {
      candidates.push(...yamlCandidates(file, problems));
    }
  }
  const ofJails = failRules(jails);
  candidates.push(...ofJails);
  if (ofJails.length === 0) {
    for (const { name } of jails) problems.push({ file: name, place: '', code: 'rules', detail: '' });
  }
  const scenarios: Scenario[] = [];
  for (const { file, place, make } of candidates) {
    if (scenarios.length >= MAX_SCENARIOS) {
      problems.push({ file, place, code: 'count', detail: `> ${MAX_SCENARIOS}` });
      break;
    }
    try {
      scenarios.push(make());
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      problems.push({ file, place, code: error.code, detail: error.detail });
    }
  }
  return { scenarios, problems };
}

function yamlCandidates(
  { name, text }: { readonly name: string; readonly text: string },
  problems: ScenarioProblem[],
): FileCandidate[] {
  const found: FileCandidate[] = [];
  const before = problems.length;
  let index = 0;
  for (const value of documentsOf(name, text, problems)) {
    index += 1;
    if (value === null || value === undefined) continue;
    // CrowdSec also takes a list of scenarios.
    for (const map of Array.isArray(value) ? value : [value]) {
      const place = isMap(map) ? (textIn(map, 'name') ?? `${index}`) : `${index}`;
      if (isMap(map) && isBanjaxConfiguration(map)) {
        found.push(...banjaxRules(map, name).map((rule) => ({ ...rule, file: name })));
      } else if (isMap(map) && isCrowdSecScenario(map)) {
        found.push({ file: name, place: place.slice(0, 200), make: () => crowdSecScenario(map, name) });
      } else {
        problems.push({ file: name, place: place.slice(0, 200), code: 'rules', detail: '' });
      }
    }
  }
  if (found.length === 0 && problems.length === before)
    problems.push({ file: name, place: '', code: 'rules', detail: '' });
  return found;
}

function documentsOf(file: string, text: string, problems: ScenarioProblem[]): unknown[] {
  const values: unknown[] = [];
  try {
    const documents = parseAllDocuments(text, { logLevel: 'silent', prettyErrors: true });
    for (const document of Array.isArray(documents) ? documents : []) {
      const [error] = document.errors;
      if (error) {
        problems.push({ file, place: '', code: 'yaml', detail: firstLine(error.message) });
        continue;
      }
      values.push(document.toJS({ mapAsMap: true, maxAliasCount: MAX_ALIASES }));
    }
  } catch (error) {
    problems.push({
      file,
      place: '',
      code: 'yaml',
      detail: firstLine(error instanceof Error ? error.message : ''),
    });
  }
  return values;
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').slice(0, 200);
}
