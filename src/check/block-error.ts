/** A list that was given cannot be used: with a line left out, somebody who should be spared would not be. */
export class AddressListError extends Error {
  override readonly name = 'AddressListError';
  constructor(
    readonly code: 'unreadable' | 'wrong-line',
    readonly path: string,
    readonly line: number,
    readonly text: string,
  ) {
    super(`${code}: ${path}`);
  }
}

/** The format of the lines that was given cannot be understood. */
export class BadLogFormatError extends Error {
  override readonly name = 'BadLogFormatError';
}
