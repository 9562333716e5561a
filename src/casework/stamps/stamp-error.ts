/** Every way reading a stamp, a request, a proof or a certificate may give up. Its sentences are in the language files. */
export const STAMP_ERROR_CODES = [
  'empty',
  'wrong-format',
  'damaged',
  'not-supported',
  'trailing-bytes',
  'limit-bytes',
  'limit-depth',
  'limit-count',
] as const;
export type StampErrorCode = (typeof STAMP_ERROR_CODES)[number];

/**
 * Something given as a stamp could not be read. The place says where in it: `byte 194`, `certificate 2`, `timeStampToken`.
 *
 * @example
 * throw new StampError('limit-depth', 'byte 194');
 */
export class StampError extends Error {
  override readonly name = 'StampError';

  constructor(
    readonly code: StampErrorCode,
    readonly place: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${place}`, options);
  }
}
