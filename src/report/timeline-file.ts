import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { EvidenceRecord, TimelineEntry } from '../core/contracts.js';
import type { Translator } from '../core/language.js';
import { visibleText } from '../core/language.js';
import type { ResultFinding } from '../core/result.js';
import { defangText } from '../records/defang-text.js';
import { LineFile } from './line-file.js';

/**
 * Columns of a Timesketch import: `message`, `datetime` (ISO 8601) and `timestamp_desc` are required, `timestamp` is in
 * microseconds (Timesketch documentation, "Create timeline from JSONL/CSV file"). The others say where it was seen.
 */
const COLUMNS = [
  'message',
  'datetime',
  'timestamp_desc',
  'timestamp',
  'event',
  'kind',
  'evidence',
  'path',
  'locator',
];

/** Timesketch's keyword fields break above 32,766 bytes; a code unit takes at most three bytes in UTF-8. */
const MAX_MESSAGE_CHARACTERS = 10_000;

/** Rows sorted in memory at a time; more are written as sorted parts and merged. */
const ROWS_PER_PART = 50_000;

/** The time line as CSV, sorted by time, in bounded memory. */
export class TimelineFile {
  #rows: string[] = [];
  readonly #parts: string[] = [];
  #spilling: Promise<void> | undefined;

  private constructor(
    readonly path: string,
    readonly translate: Translator,
    readonly target: LineFile,
  ) {}

  static async create(path: string, translate: Translator): Promise<TimelineFile> {
    return new TimelineFile(path, translate, await LineFile.create(path));
  }

  /** Adds one entry. Returns a promise while a part is written. */
  add(record: EvidenceRecord, entry: TimelineEntry): Promise<void> | undefined {
    const { evidence, path, locator } = record.source;
    return this.#row(entry.at, entry.event, record.kind, entry.text, evidence, path, locator);
  }

  #row(
    at: string,
    event: string,
    kind: string,
    text: string,
    evidence: string,
    path: string,
    locator: string,
  ): Promise<void> | undefined {
    const message = visibleText(defangText(text.slice(0, MAX_MESSAGE_CHARACTERS)));
    const words = this.#words(event);
    const cells = [
      message,
      at,
      words,
      microseconds(at),
      event,
      kind,
      evidence,
      visibleText(path),
      visibleText(locator),
    ];
    // The time in front sorts the rows; it is cut off again when the file is written.
    this.#rows.push(`${at}\t${cells.map(cell).join(',')}`);
    if (this.#rows.length < ROWS_PER_PART) return undefined;
    return this.#spill();
  }

  // A time line has hundreds of thousands of rows and a few dozen events.
  readonly #knownWords = new Map<string, string>();

  #words(event: string): string {
    const known = this.#knownWords.get(event);
    if (known !== undefined) return known;
    const id = `report.events.${event}`;
    const words = this.translate.has(id) ? this.translate(id) : event;
    this.#knownWords.set(event, words);
    return words;
  }

  async finish(findings: readonly ResultFinding[]): Promise<void> {
    for (const finding of findings) {
      const place = finding.evidence[0];
      if (!finding.at || !place) continue;
      await this.#row(
        finding.at,
        'finding',
        'finding',
        finding.title,
        place.evidence,
        place.path,
        place.locator,
      );
    }
    await this.#spilling;
    await this.target.line(COLUMNS.join(','));
    this.#rows.sort();
    for await (const row of this.#merged()) {
      const waiting = this.target.line(row.slice(row.indexOf('\t') + 1));
      if (waiting) await waiting;
    }
    await this.target.close();
    await this.#removeParts();
  }

  async abort(): Promise<void> {
    await this.#spilling?.catch(() => undefined);
    await this.target.close().catch(() => undefined);
    await this.#removeParts();
  }

  #spill(): Promise<void> {
    const rows = this.#rows.sort();
    this.#rows = [];
    const path = `${this.path}.part${this.#parts.length + 1}`;
    this.#parts.push(path);
    const before = this.#spilling;
    const writing = (async () => {
      await before;
      const part = await LineFile.create(path);
      for (const row of rows) {
        const waiting = part.line(row);
        if (waiting) await waiting;
      }
      await part.close();
    })();
    this.#spilling = writing;
    return writing;
  }

  /** All rows in order: the sorted parts and the rows still in memory, the smallest head first. */
  async *#merged(): AsyncIterable<string> {
    if (this.#parts.length === 0) {
      yield* this.#rows;
      return;
    }
    const sources: AsyncIterator<string>[] = this.#parts.map((path) =>
      createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })[
        Symbol.asyncIterator
      ](),
    );
    const memory = this.#rows[Symbol.iterator]();
    sources.push({ next: async () => memory.next() });
    const heads: (string | null)[] = [];
    for (const source of sources) heads.push(await head(source));
    for (;;) {
      let smallest = -1;
      for (const [index, row] of heads.entries()) {
        const best = smallest < 0 ? null : (heads[smallest] ?? null);
        if (row !== null && (best === null || row < best)) smallest = index;
      }
      const row = heads[smallest];
      const source = sources[smallest];
      if (row === undefined || row === null || !source) return;
      yield row;
      heads[smallest] = await head(source);
    }
  }

  async #removeParts(): Promise<void> {
    for (const part of this.#parts) await rm(part, { force: true });
  }
}

async function head(source: AsyncIterator<string>): Promise<string | null> {
  const next = await source.next();
  return next.done ? null : next.value;
}

function microseconds(at: string): string {
  // Stored times have six decimals: the last three are the microseconds a Date cannot hold.
  return `${Date.parse(`${at.slice(0, 23)}Z`)}${at.slice(23, 26)}`;
}

/**
 * One CSV cell (RFC 4180). A cell that a spreadsheet would take for a formula gets an apostrophe in front: evidence
 * must not calculate (OWASP, CSV injection).
 */
function cell(text: string): string {
  const guarded = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
