/** What may be wrong with a bag. One problem is enough to refuse it; all are listed, so that the sender can be told. */
export const BAG_PROBLEM_CODES = [
  'no-bagit-txt',
  'bom',
  'bad-declaration',
  'unsupported-version',
  'unsupported-encoding',
  'bad-info-line',
  'bad-manifest-line',
  'bad-fetch-line',
  'line-too-long',
  'too-large',
  'too-many-files',
  'no-manifest',
  'unsupported-digest',
  'wrong-manifest',
  'unsafe-name',
  'twice-in-archive',
  'listed-twice',
  'listed-twice-other-digest',
  'missing-file',
  'unlisted-file',
  'manifests-differ',
  'digest-mismatch',
  'oxum-mismatch',
  'fetch-not-followed',
  'not-a-file',
  'unreadable',
] as const;
export type BagProblemCode = (typeof BAG_PROBLEM_CODES)[number];

export interface BagProblem {
  readonly code: BagProblemCode;
  /** The file that says it, or that it is about. */
  readonly file: string;
  /** Line of `file`, null when it is about the whole of it. */
  readonly line: number | null;
  /** The name or value at fault; the file itself where there is no other. Somebody else's text. */
  readonly detail: string;
}

/** Why a bag, or a file of one, could not be given. */
export const BAG_ERROR_CODES = ['not-a-bag', 'not-in-bag', 'digest-mismatch', 'unreadable'] as const;
type BagErrorCode = (typeof BAG_ERROR_CODES)[number];

/** @example throw new BagError('digest-mismatch', 'data/case.json'); */
export class BagError extends Error {
  override readonly name = 'BagError';

  constructor(
    readonly code: BagErrorCode,
    readonly file: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${file}`, options);
  }
}

/** Problems of one code that are kept: a hostile manifest can have a million bad lines. */
const KEPT_PER_CODE = 100;
/** Longest text kept of a name. */
const KEPT_CHARACTERS = 300;

/** Gathers problems in bounded memory. */
export class BagProblems {
  readonly #kept: BagProblem[] = [];
  readonly #counts = new Map<BagProblemCode, number>();

  add(code: BagProblemCode, file: string, line: number | null = null, detail = file): void {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count > KEPT_PER_CODE) return;
    this.#kept.push({ code, file: shortened(file), line, detail: shortened(detail) });
  }

  /** How many there are, also of those no longer kept. */
  get count(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  list(): readonly BagProblem[] {
    return [...this.#kept];
  }
}

function shortened(text: string): string {
  return text.length > KEPT_CHARACTERS ? `${text.slice(0, KEPT_CHARACTERS)}…` : text;
}
