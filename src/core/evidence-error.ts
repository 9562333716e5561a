import type { Pointer, Problem } from './contracts.js';

/** Every way reading may give up. Closed on purpose: the edge translates each code into Spanish and English. */
export const EVIDENCE_ERROR_CODES = [
  'limit-depth',
  'limit-count',
  'limit-bytes',
  'limit-ratio',
  'limit-time',
  'damaged',
  'empty',
  'encrypted',
  'password-needed',
  'wrong-password',
  'missing',
  'no-permission',
  'not-supported',
  'wrong-format',
  'unsafe-name',
  'io',
] as const;

export type EvidenceErrorCode = (typeof EVIDENCE_ERROR_CODES)[number];

/**
 * Reading could not go on with one file. Never a crash: the pipeline turns it into a coverage entry
 * ("unreadable", with this code and place) and goes on with the next file.
 *
 * @example
 * throw new EvidenceError('limit-depth', { evidence: 'e1', path: 'a.plist', locator: 'byte 194' });
 */
export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
  /** What says more than the code, where something does. */
  readonly problem: Problem | null;

  constructor(
    readonly code: EvidenceErrorCode,
    readonly source: Pointer,
    options?: ErrorOptions & { readonly problem?: Problem },
  ) {
    // English and machine-like on purpose: this text is for logs. People read messages from the language files.
    super(`${code}: ${source.evidence} ${source.path} ${source.locator}`, options);
    this.problem = options?.problem ?? null;
  }
}

/** Longest message of an unexpected error that a result quotes. */
const MAX_DETAIL_CHARACTERS = 300;

/** What ended reading, as a problem: an EvidenceError brings its place, any other error gets the one given. */
export function problemOf(error: unknown, place: Pointer): Problem {
  if (error instanceof EvidenceError) {
    return { kind: 'problem', code: error.code, effect: 'lost', source: error.source };
  }
  return {
    kind: 'problem',
    code: 'reader-failed',
    effect: 'lost',
    source: place,
    values: { detail: errorDetail(error) },
  };
}

/** What an unexpected error says of itself. */
export function errorDetail(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, MAX_DETAIL_CHARACTERS);
}
