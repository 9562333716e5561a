/** Follows a log while it is written and rotated, without losing or repeating a byte of it. */
import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';

const CHUNK_BYTES = 1_048_576;
/** Read at once before whoever asked gets to decide, to write down where it stands, or to stop. */
const MAX_BYTES_A_POLL = 32 * CHUNK_BYTES;
/** A log is known again by so many of its first bytes: lines of a moment, with their addresses and times. */
const HEAD_BYTES = 4_096;

/** Where reading stands: a file of the disk, and the byte up to which whole lines were taken. */
export interface TailPosition {
  /** Device and number of the file (inode): a renamed file keeps them. 0 where the system has none. */
  readonly device: number;
  readonly inode: number;
  readonly offset: number;
  /** First bytes of the file: numbers of files are given again, and a log that was cut begins anew under its own. */
  readonly head?: LogHead;
}

export interface LogHead {
  readonly bytes: number;
  readonly sha256: string;
}

/** A position kept from before is one in a log that is not there under any name. */
export type Elsewhere = 'lost' | 'refused';

export type TailEvent =
  /** The log was renamed and begun anew, and the old one read to its end. */
  | 'rotated'
  /** The log was cut to nothing and begun anew (`copytruncate`). */
  | 'truncated'
  /** The file where reading stood is gone: what was written in between is lost. */
  | 'lost';

export interface TailOptions {
  /** Takes bytes as they come. `offset`: where in the file they stand. */
  readonly bytes: (chunk: Buffer, offset: number) => void;
  /** The file in hand is over (its last line may lack an end), another follows. */
  readonly ended: (event: TailEvent) => void;
}

/** Reads what is new in a file, each time it is asked to. Only reads. */
export class LogTail {
  readonly #path: string;
  readonly #options: TailOptions;
  #file: FileHandle | null = null;
  #device = 0;
  #inode = 0;
  #offset = 0;

  constructor(path: string, options: TailOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** File in hand, and the byte after the last that was read. */
  get position(): TailPosition {
    return { device: this.#device, inode: this.#inode, offset: this.#offset };
  }

  /** The position with the first bytes of the file. @param offset where whole lines end */
  async positionAt(offset: number): Promise<TailPosition> {
    const { device, inode } = this.position;
    const head = await headOf(this.#file as FileHandle, Math.min(offset, HEAD_BYTES));
    return { device, inode, offset, head };
  }

  /**
   * Opens the log: at a position kept from before where that file is still there (as the log, or renamed or copied to one
   * of `rotated`), else at its beginning or its end. @throws Error of the system when it cannot be opened
   *
   * @returns whether it goes on where it stood, or where that file went
   */
  async start(
    from: TailPosition | 'beginning' | 'end',
    rotated: readonly string[] = [],
    elsewhere: Elsewhere = 'lost',
  ): Promise<'begun' | 'resumed' | Elsewhere> {
    if (typeof from === 'string') {
      await this.#open(this.#path);
      if (from === 'end') this.#offset = (await (this.#file as FileHandle).stat()).size;
      return 'begun';
    }
    const names = [this.#path, ...rotated];
    // The file itself; else one with the same beginning: a copy, of which the log was then cut.
    for (const isCopy of from.head && from.head.bytes > 0 ? [false, true] : [false]) {
      for (const path of names) {
        const facts = await factsOf(path);
        if (facts === null || facts.size < from.offset) continue;
        if (!isCopy && (facts.inode !== from.inode || facts.device !== from.device)) continue;
        if (from.head && !(await beginsWith(path, from.head))) continue;
        await this.#open(path);
        this.#offset = from.offset;
        return 'resumed';
      }
    }
    if (elsewhere === 'refused') return 'refused';
    await this.#open(this.#path);
    this.#options.ended('lost');
    return 'lost';
  }

  /** Reads what there is now, of much only a part. @returns how many bytes that was; 0 at the end */
  async poll(signal?: AbortSignal): Promise<number> {
    let total = await this.#drain(signal);
    if (total >= MAX_BYTES_A_POLL) return total;
    const now = await factsOf(this.#path);
    const { size } = await (this.#file as FileHandle).stat();
    if (size < this.#offset) {
      this.#options.ended('truncated');
      this.#offset = 0;
      total += await this.#drain(signal);
    } else if (now !== null && (now.inode !== this.#inode || now.device !== this.#device)) {
      const next = await openedOrNull(this.#path);
      // Not there any more, or not for this user yet: logrotate sets rights after it has made the file.
      if (next === null) return total;
      // What the server wrote into the renamed file until it opened the new one.
      total += await this.#drain(signal, Number.POSITIVE_INFINITY);
      this.#options.ended('rotated');
      await this.#take(next);
      total += await this.#drain(signal);
    }
    return total;
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }

  async #open(path: string): Promise<void> {
    await this.#take(await open(path, 'r'));
  }

  async #take(file: FileHandle): Promise<void> {
    await this.close();
    this.#file = file;
    const { dev, ino } = await file.stat();
    this.#device = dev;
    this.#inode = ino;
    this.#offset = 0;
  }

  async #drain(signal?: AbortSignal, most = MAX_BYTES_A_POLL): Promise<number> {
    const file = this.#file as FileHandle;
    let total = 0;
    while (total < most) {
      signal?.throwIfAborted();
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, this.#offset);
      if (bytesRead === 0) return total;
      const at = this.#offset;
      this.#offset += bytesRead;
      total += bytesRead;
      this.#options.bytes(buffer.subarray(0, bytesRead), at);
    }
    return total;
  }
}

async function headOf(file: FileHandle, bytes: number): Promise<LogHead> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
  const sha256 = createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex');
  return { bytes: bytesRead, sha256 };
}

async function beginsWith(path: string, head: LogHead): Promise<boolean> {
  const file = await openedOrNull(path);
  if (file === null) return false;
  try {
    const own = await headOf(file, Math.min(head.bytes, HEAD_BYTES));
    return own.bytes === head.bytes && own.sha256 === head.sha256;
  } finally {
    await file.close();
  }
}

async function openedOrNull(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch {
    return null;
  }
}

async function factsOf(path: string): Promise<{ device: number; inode: number; size: number } | null> {
  try {
    const { dev, ino, size } = await stat(path);
    return { device: dev, inode: ino, size };
  } catch {
    return null;
  }
}
