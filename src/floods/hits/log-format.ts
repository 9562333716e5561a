import type { Hit } from './hit.js';

/** What a format says of a line. */
export const LINE = {
  /** Not of this format, or damaged. */
  foreign: 0,
  /** A request: the hit is filled. */
  hit: 1,
  /** A line of an error or ban log: the hit is filled as far as it goes, with its `event`. */
  event: 2,
  /** Of this format and of no interest: a header, a comment, a line of another logger. */
  skipped: 3,
} as const;

/** One format of access logs, at work on one file: it may keep what a header line told it. */
export interface LogFormat {
  /** As the field calls it: `combined`, `caddy`, `aws-alb`. Shown to people. */
  readonly id: string;
  /**
   * Reads one line of `bytes` (without its end) into `hit`, which it resets first when the line looks like its own.
   * Never throws, and takes time linear in the length of the line. @returns one of {@link LINE}
   */
  parse(bytes: Buffer, start: number, end: number, hit: Hit): number;
}

/** A kind of format, from which each file gets one of its own. */
export interface LogFormatKind {
  readonly id: string;
  open(): LogFormat;
}

/** So much of a log is read at once: it stays in the caches of the processor. */
export const PIECE_BYTES = 262_144;

/** Takes every request of a log, in the order of its lines. */
export interface HitConsumer {
  /** May put a piece of the log, of at most {@link PIECE_BYTES}, elsewhere. @returns what is to be read in its place */
  place?(piece: Buffer): Buffer;
  hit(hit: Hit): void;
  /** A line of an error or ban log. */
  event?(hit: Hit): void;
}
