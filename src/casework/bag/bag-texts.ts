/** What a person is told of a bag that is not as it should be. */
import type { Translator } from '../../core/language.js';
import { BagError, type BagProblem } from './bag-problem.js';

/** @param say - a translator that has the texts of this folder under `casework.bag` */
export function bagProblemText(problem: BagProblem | BagError, say: Translator): string {
  if (problem instanceof BagError) return say(`casework.bag.errors.${problem.code}`, { file: problem.file });
  const { code, file, line, detail } = problem;
  return say(`casework.bag.problems.${code}`, { file, line: line ?? 0, detail });
}
