/**
 * Writes a bag (BagIt 1.0, RFC 8493) as a zip while its files are read: nothing is held but names and digests, so that
 * evidence of many gigabytes goes through. Files are stored as they are, because evidence is packed or sealed already, and because the
 * zip then depends on nothing but what is in it: neither on a compressor nor on the time zone it was made in.
 */
import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { isPayload, isSafeName, manifestAlgorithm, nameKey } from './bag-names.js';

export interface FileForBag {
  /** Name inside the bag: below `data/` it is payload, all else is a tag file (`custody.jsonl`). */
  readonly name: string;
  /** A function is asked when its turn comes, after which there is no more payload: the custody log names the manifest. */
  readonly chunks: Chunks | ((payload: PackedPayload) => Chunks);
}

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The payload as it was packed. */
export interface PackedPayload {
  /** Of `manifest-sha256.txt`. */
  readonly manifestSha256: string;
}

export interface WriteBagOptions {
  readonly now: Date;
  /** What `Bag-Software-Agent` says. */
  readonly software?: string;
}

/** Labels that are computed here. */
const OWN_LABELS = ['bagging-date', 'payload-oxum', 'bag-software-agent'];
const OWN_FILES = ['bagit.txt', 'bag-info.txt', 'fetch.txt'];
const DECLARATION = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

/**
 * @param info - lines of `bag-info.txt`, before those written here
 * @returns the bytes of the zip
 * @throws RangeError for a name or label that cannot be in a bag, when its turn comes: what was written until then is no bag.
 * Errors of the files pass through.
 */
export async function* writeBag(
  files: AsyncIterable<FileForBag> | Iterable<FileForBag>,
  info: readonly (readonly [label: string, value: string])[],
  options: WriteBagOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const infoLines = info.map(infoLine);
  const packer = new Packer(options.now);
  const out = packer.zip.outputStream.pipe(new PassThrough());
  const stop = (error?: unknown): void => {
    out.destroy(error instanceof Error ? error : undefined);
    packer.stop();
  };
  const packed = packer.pack(files, infoLines, options.software ?? 'Vigia').catch(stop);
  try {
    yield* out;
  } finally {
    // Whoever stops reading early leaves no file open behind.
    stop();
    await packed;
  }
}

interface Packed {
  readonly name: string;
  readonly sha256: string;
}

class Packer {
  readonly zip = new ZipFile();
  readonly #now: Date;
  readonly #names = new BagNames();
  readonly #payload: Packed[] = [];
  readonly #tags: Packed[] = [];
  #payloadBytes = 0;
  #payloadIsOver = false;
  #current: Readable | null = null;
  #isStopped = false;

  constructor(now: Date) {
    this.#now = now;
  }

  async pack(
    files: AsyncIterable<FileForBag> | Iterable<FileForBag>,
    infoLines: readonly string[],
    software: string,
  ): Promise<void> {
    await this.#addText('bagit.txt', DECLARATION);
    for await (const { name, chunks } of files) {
      this.#names.add(name);
      if (typeof chunks !== 'function') await this.#add(name, chunks);
      else await this.#add(name, chunks(this.#endPayload()));
    }
    const date = this.#now.toISOString().slice(0, 10);
    const own = [
      ['Bagging-Date', date] as const,
      ['Payload-Oxum', `${this.#payloadBytes}.${this.#payload.length}`] as const,
    ];
    const agent = infoLine(['Bag-Software-Agent', software], -1);
    const lines = [...infoLines, ...own.map(([label, value]) => `${label}: ${value}\n`), agent];
    await this.#addText('bag-info.txt', lines.join(''));
    await this.#addText('manifest-sha256.txt', manifestOf(this.#payload));
    await this.#addText('tagmanifest-sha256.txt', manifestOf(this.#tags));
    this.zip.end();
  }

  stop(): void {
    this.#isStopped = true;
    this.#current?.destroy();
  }

  #endPayload(): PackedPayload {
    this.#payloadIsOver = true;
    return { manifestSha256: createHash('sha256').update(manifestOf(this.#payload)).digest('hex') };
  }

  #addText(name: string, text: string): Promise<void> {
    return this.#add(name, [Buffer.from(text)]);
  }

  async #add(name: string, chunks: Chunks): Promise<void> {
    const hash = createHash('sha256');
    const ofPayload = isPayload(name);
    if (ofPayload && this.#payloadIsOver)
      throw new RangeError(`payload after its manifest: ${JSON.stringify(name)}`);
    const count = (bytes: number): void => {
      if (ofPayload) this.#payloadBytes += bytes;
    };
    async function* hashed(): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const chunk of chunks) {
        hash.update(chunk);
        count(chunk.byteLength);
        yield chunk;
      }
    }
    const stream = Readable.from(hashed(), { objectMode: false });
    this.#current = stream;
    // Only one waits at a time, so the zip takes each as soon as it is added.
    this.zip.addReadStream(stream, name, {
      compress: false,
      mtime: dayOf(this.#now),
      mode: 0o100644,
      forceDosTimestamp: true,
    });
    if (this.#isStopped) stream.destroy();
    await finished(stream);
    (ofPayload ? this.#payload : this.#tags).push({ name, sha256: hash.digest('hex') });
  }
}

/** Noon of the day in UTC, whatever the zone: zip files say local times, and the zone of whoever packs is nobody's business. */
function dayOf(now: Date): Date {
  return new Date(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), 12);
}

function infoLine([label, value]: readonly [string, string], index: number): string {
  const isOwn = index >= 0 && OWN_LABELS.includes(label.toLowerCase());
  if (isOwn || label === '' || label !== label.trim() || /[:\p{Cc}]/u.test(label)) {
    throw new RangeError(`not a label for bag-info.txt: ${JSON.stringify(label)}`);
  }
  // A value of several lines would have to be folded, and would not come back as it was.
  if (/\p{Cc}/u.test(value)) throw new RangeError(`not a value for ${label}: ${JSON.stringify(value)}`);
  return `${label}: ${value}\n`;
}

function manifestOf(files: readonly Packed[]): string {
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  // RFC 8493, 2.1.3. Line ends, which are encoded too, are not in names written here.
  return sorted.map(({ name, sha256 }) => `${sha256}  ${name.replaceAll('%', '%25')}\n`).join('');
}

/** Names of one bag: safe on every system, and told apart by those that do not tell case. */
class BagNames {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>(['data']);

  /** @throws RangeError */
  add(name: string): void {
    const refuse = (why: string): never => {
      throw new RangeError(`${why}: ${JSON.stringify(name)}`);
    };
    if (!isSafeName(name) || /[\p{Cc}\p{Cs}:]/u.test(name) || name !== nameKey(name)) refuse('unsafe name');
    const folded = name.toLowerCase();
    if (OWN_FILES.includes(folded) || manifestAlgorithm(folded) !== null) refuse('name of the format');
    if (isPayload(folded) && !isPayload(name)) refuse('unsafe name');
    if (this.#files.has(folded) || this.#folders.has(folded)) refuse('name used twice');
    const parts = folded.split('/');
    for (let length = 1; length < parts.length; length += 1) {
      const above = parts.slice(0, length).join('/');
      if (this.#files.has(above)) refuse('name used twice');
      this.#folders.add(above);
    }
    this.#files.add(folded);
  }
}
