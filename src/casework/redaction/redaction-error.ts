/** Why a redacted copy was not made. Sentences in the desk's language files. */
export type RedactionErrorCode =
  /** Neither text nor PNG: what is in such a file cannot be taken out with certainty here. */
  | 'kind-not-supported'
  /** It begins as what it is said to be, and is not. */
  | 'damaged'
  | 'too-large'
  /** A word so short that half the text would go, or none at all. */
  | 'bad-request'
  /** A column or member of that name is nowhere in the file. */
  | 'no-such-field'
  /** The copy was searched again, and one of the words is in it in some form. */
  | 'still-there';

/** @example throw new RedactionError('still-there', 'base64'); */
export class RedactionError extends Error {
  override readonly name = 'RedactionError';

  constructor(
    readonly code: RedactionErrorCode,
    /** Form, field or limit it is about; never what was to be hidden. */
    readonly detail = '',
    options?: ErrorOptions,
  ) {
    super(`${code}${detail === '' ? '' : `: ${detail}`}`, options);
  }
}
