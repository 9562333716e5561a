/**
 * Why a rule was left out.
 *
 * - `yaml`: the file is no YAML, or too large
 * - `rules`: there is no rule in it that is known
 * - `part`: the rule has a part that is not supported; `detail` names it
 * - `missing`: the rule lacks a part it needs
 * - `value`: a part has a value that makes no sense
 * - `expression`: an expression is not understood, or uses what is not supported
 * - `field`: an expression asks for a field that access logs do not give
 * - `pattern`: a regular expression is not understood, or too large
 * - `never`: no request of a web site can fit it (a rule about something else)
 * - `count`: there are too many rules
 */
export type ScenarioProblemCode =
  | 'yaml'
  | 'rules'
  | 'part'
  | 'missing'
  | 'value'
  | 'expression'
  | 'field'
  | 'pattern'
  | 'never'
  | 'count';

/** Thrown while a rule is compiled, caught by the reader of the file. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';

  constructor(
    readonly code: ScenarioProblemCode,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
  }
}
