/** Every way in which a description of a log can be of no use. Closed on purpose: the edge says each in Spanish and English. */
export type LogFormatErrorCode =
  | 'empty'
  | 'too-long'
  /** One word that is no name of a format. */
  | 'unknown-name'
  /** A quote or brace is never closed. */
  | 'unclosed'
  /** A field that this language of formats does not have. */
  | 'unknown-field'
  | 'bad-date-format'
  /** Two fields with nothing between them: nobody can tell where one ends. */
  | 'fields-touch'
  /** A template of JSON: such logs are recognised without being described. */
  | 'json-template'
  | 'time-missing'
  | 'client-missing';

/**
 * A description of a log that cannot be used, with the place in it. Given back, not thrown: a person has typed it.
 *
 * @example
 * const format = compileLogFormat(text);
 * if (format instanceof LogFormatError) say(format.code, format.part, format.at);
 */
export class LogFormatError extends Error {
  override readonly name = 'LogFormatError';

  constructor(
    readonly code: LogFormatErrorCode,
    /** Where in the text, from 0. */
    readonly at: number,
    /** The piece of the text that is meant; "" when something is missing from the whole. */
    readonly part: string,
  ) {
    super(part === '' ? code : `${code}: ${part} at ${at}`);
  }
}
