/** A watch from beginning to end: follows a log, lets the guard decide, writes down where it stands. */
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Network } from '../defence/networks.js';
import { LOG_FORMATS } from '../formats/formats.js';
import { AsUtf8, isUtf16 } from '../hits/as-utf8.js';
import { LineSplitter } from '../hits/line-splitter.js';
import type { LogFormatKind } from '../hits/log-format.js';
import { LineReader } from '../hits/read-hits.js';
import type { Alert, Decision } from './decision.js';
import { Guard, type GuardOptions, type GuardState } from './guard.js';
import { LogTail, type TailEvent, type TailPosition } from './log-tail.js';

const POLL_MILLISECONDS = 250;
/** Decisions are handed on at most once in this time. */
const BATCH_MILLISECONDS = 1_000;
const CHECKPOINT_MILLISECONDS = 10_000;
/** A checkpoint is never larger: what is, is none of ours. */
const MAX_CHECKPOINT_BYTES = 256 * 1_048_576;
/** Files beside the log that may be the one of before. */
const MAX_ROTATED = 1_000;

export interface WatchOptions {
  /** The log to follow. */
  readonly path: string;
  /** Where to begin when there is no checkpoint. */
  readonly from: 'beginning' | 'end';
  /** Stop at the end of what is there, instead of waiting for more. */
  readonly once?: boolean;
  readonly formats?: readonly LogFormatKind[];
  readonly allow?: readonly Network[];
  readonly isTorExit?: GuardOptions['isTorExit'];
  /** File that keeps where the watch stands, so that another goes on there. */
  readonly checkpoint?: string;
  /** What is to be done, at most once a second; and at the end what is left. */
  readonly decided: (decisions: readonly Decision[]) => void;
  readonly alert: (alert: Alert) => void;
  readonly tail?: (event: TailEvent) => void;
  readonly signal?: AbortSignal;
}

export interface WatchSummary {
  readonly lines: number;
  readonly hits: number;
  readonly unparsed: number;
  readonly decisions: number;
  readonly blocks: number;
  readonly resumed: boolean;
}

interface Checkpoint {
  readonly schema: 'vigia.watch/1';
  readonly position: TailPosition;
  /** The log it was made of. */
  readonly log?: string;
  readonly lines: number;
  readonly unparsed: number;
  readonly guard: GuardState;
}

/** What another program wrote, or half a file, must not become the memory of a guard. */
const number = z.number();
const count = z.number().nonnegative();
const CHECKPOINT: z.ZodType<Checkpoint> = z.object({
  schema: z.literal('vigia.watch/1'),
  position: z.object({
    device: number,
    inode: number,
    offset: count,
    head: z.object({ bytes: count, sha256: z.string() }).exactOptional(),
  }),
  log: z.string().exactOptional(),
  lines: count,
  unparsed: count,
  guard: z.object({
    version: z.literal(1),
    totals: z.object({ hits: count, proxied: count, decisions: count, blocks: count }),
    clients: z.array(z.tuple([z.string()], number)),
    surge: z.object({
      history: z.array(count),
      recent: z.array(count),
      minute: number,
      count,
      isFlood: z.boolean(),
      quiet: count,
      values: z.array(z.tuple([number, number, number, number, number, z.string()])),
    }),
    ownHost: z.tuple([number, number]),
    blockMinute: number,
    blocksInMinute: count,
    ordinaryBlocked: count,
    ordinary: count,
  }),
});

/** The file given as checkpoint is none. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

/** The checkpoint is of another log. */
export class OtherLogError extends Error {
  override readonly name = 'OtherLogError';
  constructor(readonly log: string) {
    super(log);
  }
}

/** Two bytes a character: no web server writes so, and where a line begins cannot be kept. */
export class Utf16LogError extends Error {
  override readonly name = 'Utf16LogError';
}

/**
 * Watches until the signal, or with `once` until the end of the log.
 *
 * A checkpoint holds the guard's memory together with the place in the log up to which it has seen whole lines. Whoever
 * goes on from it sees every later line once: nothing is counted twice, whenever the watch before was killed.
 *
 * @throws CheckpointError, OtherLogError, Utf16LogError; the system's error when the log cannot be opened
 */
export async function watchLog(options: WatchOptions): Promise<WatchSummary> {
  const kept = options.checkpoint ? await readCheckpoint(options.checkpoint) : null;
  const watch = new Watch(options, kept);
  let splitter = watch.splitter();
  const tail = new LogTail(options.path, {
    bytes: (chunk, offset) => {
      if (offset === 0 && isUtf16(chunk)) throw new Utf16LogError(options.path);
      splitter.add(chunk);
    },
    ended: (event) => {
      splitter.end();
      splitter = watch.splitter();
      options.tail?.(event);
    },
  });
  const keep = async (): Promise<void> => {
    if (!options.checkpoint) return;
    const position = await tail.positionAt(splitter.lineStart);
    await writeCheckpoint(options.checkpoint, watch.checkpoint(position, resolve(options.path)));
  };
  const isStopped = (): boolean => options.signal?.aborted === true;
  try {
    const isOther = kept?.log !== undefined && kept.log !== resolve(options.path);
    const started = await tail.start(
      kept?.position ?? options.from,
      kept === null ? [] : await rotatedNames(options.path),
      isOther ? 'refused' : 'lost',
    );
    if (started === 'refused') throw new OtherLogError(kept?.log ?? '');
    splitter = watch.splitter(tail.position.offset);
    let lastCheckpoint = Date.now();
    while (!isStopped()) {
      const bytes = await tail.poll();
      watch.hand();
      if (Date.now() - lastCheckpoint >= CHECKPOINT_MILLISECONDS) {
        await keep();
        lastCheckpoint = Date.now();
      }
      if (options.once && bytes === 0) break;
      if (bytes === 0)
        await wait(POLL_MILLISECONDS, undefined, { signal: options.signal }).catch(() => undefined);
    }
    // A line without its end may still get it: it is left for the next watch, unless nothing follows.
    if (options.once && !options.checkpoint) splitter.end();
    watch.handAll();
    await keep();
  } finally {
    await tail.close();
  }
  return watch.summary();
}

/** Watches what is piped in, until it ends. */
export async function watchStream(
  stream: AsyncIterable<Uint8Array>,
  options: Omit<WatchOptions, 'path' | 'from' | 'once' | 'checkpoint' | 'tail'>,
): Promise<WatchSummary> {
  const watch = new Watch(options, null);
  const splitter = watch.splitter();
  const text = new AsUtf8();
  for await (const chunk of stream) {
    if (options.signal?.aborted) break;
    splitter.add(text.add(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
    watch.hand();
  }
  splitter.add(text.end());
  splitter.end();
  watch.handAll();
  return watch.summary();
}

/** What is the same wherever the lines come from: the guard that sees them, and its decisions in batches. */
class Watch {
  readonly #guard: Guard;
  readonly #lines: LineReader;
  readonly #kept: Checkpoint | null;
  readonly #decided: WatchOptions['decided'];
  #waiting: Decision[] = [];
  #handedAt = Date.now();

  constructor(
    options: Pick<WatchOptions, 'allow' | 'isTorExit' | 'formats' | 'decided' | 'alert'>,
    kept: Checkpoint | null,
  ) {
    this.#kept = kept;
    this.#decided = options.decided;
    this.#guard = new Guard(
      {
        ...(options.allow ? { allow: options.allow } : {}),
        ...(options.isTorExit ? { isTorExit: options.isTorExit } : {}),
        decide: (decision) => this.#waiting.push(decision),
        alert: options.alert,
      },
      kept?.guard,
    );
    this.#lines = new LineReader(options.formats ?? LOG_FORMATS, this.#guard);
  }

  /** Takes the bytes of one file, from such a place in it on. */
  splitter(offset = 0): LineSplitter {
    return new LineSplitter((bytes, start, end, at) => this.#lines.line(bytes, start, end, at), offset);
  }

  /** Hands on what was decided, unless that was done a moment ago. */
  hand(): void {
    if (Date.now() - this.#handedAt >= BATCH_MILLISECONDS) this.handAll();
  }

  handAll(): void {
    this.#handedAt = Date.now();
    if (this.#waiting.length === 0) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#decided(batch);
  }

  checkpoint(position: TailPosition, log: string): Checkpoint {
    return { schema: 'vigia.watch/1', position, log, ...this.#counted(), guard: this.#guard.state() };
  }

  summary(): WatchSummary {
    const { decisions, blocks, hits } = this.#guard.totals;
    return { ...this.#counted(), hits, decisions, blocks, resumed: this.#kept !== null };
  }

  /** With what the watch before had counted. */
  #counted(): Pick<WatchSummary, 'lines' | 'unparsed'> {
    const { lines, unparsed } = this.#lines;
    return { lines: lines + (this.#kept?.lines ?? 0), unparsed: unparsed + (this.#kept?.unparsed ?? 0) };
  }
}

/** Where logrotate and its like put the file of before: `access.log.1`, `access.log-20260302`. */
async function rotatedNames(path: string): Promise<string[]> {
  const [folder, name] = [dirname(path), basename(path)];
  const beside = await readdir(folder).catch(() => []);
  return beside
    .filter((other) => other !== name && other.startsWith(name))
    .sort()
    .slice(0, MAX_ROTATED)
    .map((other) => join(folder, other));
}

async function readCheckpoint(path: string): Promise<Checkpoint | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    // A folder, or another's file: not the log is at fault.
    throw new CheckpointError(path);
  }
  if (text.length > MAX_CHECKPOINT_BYTES) throw new CheckpointError(path);
  try {
    return CHECKPOINT.parse(JSON.parse(text));
  } catch {
    throw new CheckpointError(path);
  }
}

/** In one step: a kill in the middle leaves the old one. Holds addresses of visitors, so nobody else may read it. */
async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const unfinished = `${path}.unfinished`;
  await writeFile(unfinished, JSON.stringify(checkpoint), { mode: 0o600 });
  await rename(unfinished, path);
}
