/** What the second thread does: counts what requests have in common, and applies rules. */
import type { RuleOverflow } from '../../records/kinds/rule-overflow.js';
import { compileScenarios } from '../scenarios/compile-scenarios.js';
import { DEFAULT_SCENARIOS } from '../scenarios/default-scenarios.js';
import { OverflowRecords } from '../scenarios/overflow-records.js';
import { ScenarioReplay } from '../scenarios/replay.js';
import type { Scenario, ScenarioProblem } from '../scenarios/scenario.js';
import type { CohortContent } from '../traffic/cohort-table.js';

/** Files of rules as they were given. */
export type ScenarioFiles = readonly { readonly name: string; readonly text: string }[];

/** What the thread is started with. */
export interface CohortJob {
  readonly memory: SharedArrayBuffer;
  readonly place: { readonly evidence: string; readonly path: string };
  readonly scenarios: ScenarioFiles | null;
}

/** What it answers at the end. */
export interface CohortAnswer {
  readonly cohorts: CohortContent;
  readonly rules: BrokenRules;
}

/** Rules that were broken in a log. */
export interface BrokenRules {
  readonly records: readonly RuleOverflow[];
  /** Cases that have no record. */
  readonly leftOut: number;
}

/** Compiled once for a check, not once for each file. */
const compiled = new WeakMap<object, ReturnType<typeof compileScenarios>>();

/** Rules that are always applied, and those of the files. */
export function scenariosOf(files: ScenarioFiles | null): {
  readonly scenarios: readonly Scenario[];
  readonly problems: readonly ScenarioProblem[];
} {
  if (files === null) return { scenarios: DEFAULT_SCENARIOS, problems: [] };
  const known = compiled.get(files) ?? compileScenarios(files);
  compiled.set(files, known);
  return { scenarios: [...DEFAULT_SCENARIOS, ...known.scenarios], problems: known.problems };
}

/** Rules at work on one log. */
export class RuleReplay {
  readonly #overflows: OverflowRecords;
  readonly replay: ScenarioReplay;

  constructor({ place, scenarios }: Pick<CohortJob, 'place' | 'scenarios'>) {
    this.#overflows = new OverflowRecords(place);
    this.replay = new ScenarioReplay(scenariosOf(scenarios).scenarios, (overflow) =>
      this.#overflows.add(overflow),
    );
  }

  end(): BrokenRules {
    this.replay.end();
    return { records: this.#overflows.end(), leftOut: this.#overflows.leftOut };
  }
}
