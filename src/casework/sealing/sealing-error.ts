/** Why something could not be sealed, or is not as it was sealed. Sentences in `es.json` and `en.json` of the desk. */
export type SealingErrorCode =
  /** What is to be sealed cannot be read. */
  | 'unreadable'
  /** It changed since it was taken in: sealing it now would seal something else. */
  | 'changed'
  /** The sealed file is not there. */
  | 'missing'
  /** The sealed file is there and does not open: other bytes, another key, cut. */
  | 'damaged'
  /** Something is there already under the name that was asked for. */
  | 'output-exists';

/** @example throw new SealingError('missing', 'E-001'); */
export class SealingError extends Error {
  override readonly name = 'SealingError';

  constructor(
    readonly code: SealingErrorCode,
    /** The file or name it is about. */
    readonly detail = '',
    options?: ErrorOptions,
  ) {
    super(`${code}${detail === '' ? '' : `: ${detail}`}`, options);
  }
}
