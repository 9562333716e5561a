import type { Pointer, Problem, TextValues } from '../core/contracts.js';

/** Problems of one code listed one by one; a hostile archive can hold half a million bad names. */
const LISTED_PER_CODE = 10;

/** Gathers problems of one source in bounded memory: the first of each code with their place, the rest counted. */
export class ProblemCollector {
  readonly #listed: Problem[] = [];
  readonly #listedPerCode = new Map<string, number>();
  readonly #counted = new Map<string, { readonly first: Problem; count: number }>();

  constructor(readonly evidence: string) {}

  add(code: string, effect: Problem['effect'], path: string, locator = '', values?: TextValues): void {
    const listed = this.#listedPerCode.get(code) ?? 0;
    if (listed >= LISTED_PER_CODE) {
      this.count(code, effect, path);
      return;
    }
    this.#listedPerCode.set(code, listed + 1);
    this.#listed.push(problemAt(code, effect, { evidence: this.evidence, path, locator }, values));
  }

  /** For what is ordinary in great numbers, such as links: one entry with a count and the first place. */
  count(code: string, effect: Problem['effect'], path: string): void {
    const counted = this.#counted.get(code);
    if (counted) counted.count += 1;
    else {
      const first = problemAt(code, effect, { evidence: this.evidence, path, locator: '' });
      this.#counted.set(code, { first, count: 1 });
    }
  }

  list(): readonly Problem[] {
    return [...this.#listed, ...[...this.#counted.values()].map(({ first, count }) => ({ ...first, count }))];
  }
}

/** A problem entry. */
export function problemAt(
  code: string,
  effect: Problem['effect'],
  source: Pointer,
  values?: TextValues,
): Problem {
  const problem: Problem = { kind: 'problem', code, effect, source };
  return values ? { ...problem, values } : problem;
}
