import type { ConsentDecision } from '../model/consent.js';

/** Why work on a case was refused. Sentences in `es.json` and `en.json`. */
export type DeskErrorCode =
  | 'no-such-case'
  | 'no-such-evidence'
  | 'no-consent'
  | 'analysis-not-allowed'
  | 'export-not-allowed'
  | 'evidence-unreadable'
  | 'evidence-changed'
  | 'not-sealed'
  | 'already-sealed'
  | 'destroyed'
  | 'bundle-refused'
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
