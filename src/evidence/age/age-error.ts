/** Every way a file in the age format may be refused. Closed on purpose: whoever shows it translates each code. */
export type AgeErrorCode =
  /** It does not begin as such a file does. */
  | 'not-age'
  /** Of a version that came later. */
  | 'newer-version'
  | 'armor-damaged'
  | 'header-damaged'
  /** Its passphrase would take more work than is accepted. */
  | 'work-factor'
  /** None of the keys and passphrases opens it. */
  | 'no-match'
  /** The key is the right one, and somebody changed the header. */
  | 'header-changed'
  /** It ends, and what it ends with is not its last part: cut, or changed there. */
  | 'payload-cut'
  | 'payload-damaged'
  /** Something was put behind its end. */
  | 'payload-trailing';

/**
 * A file in the age format cannot be opened, or not further than it was.
 *
 * @example
 * throw new AgeError('payload-damaged', 'chunk 3');
 */
export class AgeError extends Error {
  override readonly name = 'AgeError';

  constructor(
    readonly code: AgeErrorCode,
    /** Where: a line of the header or the armor, a chunk of the payload. May be empty. */
    readonly place = '',
    options?: ErrorOptions,
  ) {
    // For logs. People read the sentences of whoever opened the file.
    super(place === '' ? code : `${code}: ${place}`, options);
  }
}
