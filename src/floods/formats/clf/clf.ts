import type { Hit } from '../../hits/hit.js';
import { LINE, type LogFormat, type LogFormatKind } from '../../hits/log-format.js';

class ClfFormat implements LogFormat {
  readonly id = 'clf';
  parse(_bytes: Buffer, _start: number, _end: number, _hit: Hit): number {
    return LINE.foreign;
  }
}

/** Common Log Format and what grew out of it. */
export const clf: LogFormatKind = { id: 'clf', open: () => new ClfFormat() };
