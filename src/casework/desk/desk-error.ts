import type { Bag } from '../bag/read-bag.js';
import type { ConsentDecision } from '../model/consent.js';

/** Why work on a case was refused. Sentences in `es.json` and `en.json`. */
export type DeskErrorCode =
  | 'no-such-case'
  | 'no-such-evidence'
  | 'no-such-finding'
  | 'no-consent'
  | 'analysis-not-allowed'
  | 'export-not-allowed'
  | 'evidence-unreadable'
  | 'evidence-changed'
  | 'not-sealed'
  | 'already-sealed'
  | 'destroyed'
  /** Wrong or no key for a sealed bundle. */
  | 'bundle-locked'
  /** It does not open to its end: changed or cut. */
  | 'bundle-damaged'
  /** It is not as its own manifests say. */
  | 'bundle-faults'
  /** A file that every bundle has is not in it. */
  | 'bundle-incomplete'
  /** Its custody log does not hold. */
  | 'bundle-log'
  /** Its signed log names other files. */
  | 'bundle-repacked'
  /** What quotes the evidence does not leave for this. */
  | 'whole-case-purpose'
  | 'output-exists';

/** Something asked of a case cannot be done. Nothing was changed. */
export class DeskError extends Error {
  override readonly name = 'DeskError';

  constructor(
    readonly code: DeskErrorCode,
    /** The case, label, file or reason it is about. */
    readonly detail = '',
    options?: ErrorOptions,
  ) {
    super(`${code}${detail === '' ? '' : `: ${detail}`}`, options);
  }
}

/** Why consent does not let something leave. */
export class ExportRefused extends DeskError {
  constructor(readonly decision: Extract<ConsentDecision, { allowed: false }>) {
    super('export-not-allowed', decision.reason);
  }
}

/** A bag that is not as its own manifests say. */
export class BundleFaults extends DeskError {
  constructor(readonly bag: Pick<Bag, 'problems' | 'problemCount'>) {
    super('bundle-faults', String(bag.problemCount));
  }
}
