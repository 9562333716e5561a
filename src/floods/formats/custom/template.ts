/** What a described log holds, in order: fixed text and fields. */
import type { DateStep } from './date-steps.js';
import type { LogFormatError } from './log-format-error.js';

export type FieldKind =
  | 'skip'
  | 'blanks'
  | 'client'
  | 'forwarded'
  | 'host'
  | 'user'
  | 'request'
  | 'method'
  | 'target'
  | 'path'
  | 'query'
  /** `?` when a query follows (nginx `$is_args`). */
  | 'question'
  | 'protocol'
  | 'status'
  | 'bytes'
  | 'referer'
  | 'agent'
  | 'seconds'
  | 'milliseconds'
  | 'microseconds'
  | 'nanoseconds'
  | 'cache'
  | 'upstream-status'
  | 'type'
  | 'tls'
  | 'country'
  | 'asn'
  /** `10/Oct/2000:13:55:36 -0700` */
  | 'clf-time'
  | 'iso-time'
  | 'epoch-time'
  /** In a form of its own: see `steps`. */
  | 'date-steps'
  /** Of the date before it: `-0700`, or anything else. */
  | 'zone';

export interface TemplateField {
  readonly kind: FieldKind;
  /** Where in the description, and what is written there. */
  readonly at: number;
  readonly part: string;
  readonly steps?: readonly DateStep[];
}

/** Fixed text, or a field. */
export type TemplatePart = string | TemplateField;

export interface Template {
  readonly parts: readonly TemplatePart[];
  /** Values are escaped as in JSON (nginx `escape=json`), with backslashes, or not at all. */
  readonly escaping: 'json' | 'backslash' | 'none';
}

/** Text of a description without its quotes and escapes, and where each character of it stood. */
export interface PlacedText {
  readonly text: string;
  readonly places: readonly number[];
}

export type Parsed = Template | LogFormatError;

/** Collects parts; fixed text is joined. */
export class Parts {
  readonly list: TemplatePart[] = [];

  literal(text: string): void {
    const last = this.list.at(-1);
    if (typeof last === 'string') this.list[this.list.length - 1] = last + text;
    else if (text !== '') this.list.push(text);
  }

  field(kind: FieldKind, at: number, part: string, steps?: readonly DateStep[]): void {
    this.list.push(steps === undefined ? { kind, at, part } : { kind, at, part, steps });
  }
}
