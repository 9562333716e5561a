import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ATTACHMENT_FOLDER, ATTACHMENT_NAME } from '../core/attachment.js';
import type { EvidenceRecord, RecordKind, RecordSink } from '../core/contracts.js';
import type { Translator } from '../core/language.js';
import type { Result } from '../core/result.js';
import { renderHtml } from './html.js';
import { LineFile } from './line-file.js';
import { reportDocument } from './pdf/report-document.js';
import { PdfError, typeset } from './pdf/typeset.js';
import { PICTURE_FILES, type PictureFile, picturesOf, stackedPictures } from './pictures.js';
import { TimelineFile } from './timeline-file.js';

/** A file of the output folder could not be written. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  constructor(
    readonly path: string,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The files of `--out`, written while reading goes on. */
export interface Outputs {
  readonly sinks: readonly RecordSink[];
  /** Writes what needs the whole result, puts all files in place and names them. @throws OutputError */
  finish(result: Result): Promise<readonly string[]>;
  /** Takes away what was written so far; files of an earlier run stay. Never throws. */
  abort(): Promise<void>;
}

const ALWAYS_WRITTEN = ['result.json', 'records.jsonl', 'timeline.csv', 'report.html'] as const;
/** Not there where the PDF engine is not: report.html says the same. */
const PDF_FILE = 'report.pdf';
type OutputFile = (typeof ALWAYS_WRITTEN)[number] | typeof PDF_FILE | PictureFile;

/**
 * Names of the files in an output folder; whatever else lies there stays as it is. Those of pictures are only there when
 * a finding has a picture of their kind.
 */
export const OUTPUT_FILES: readonly OutputFile[] = [...ALWAYS_WRITTEN, PDF_FILE, ...PICTURE_FILES];

/** Folders below it whose files of certain names are written and taken away; whatever else lies there stays as it is. */
export const OUTPUT_FOLDERS: readonly string[] = [ATTACHMENT_FOLDER];

/** A half-written file must not pass for a whole one: files carry this ending until all of them are complete. */
const UNFINISHED = '.unfinished';
const LEFTOVER = /^(.+)\.unfinished(?:\.part\d+)?$/;

/** Opens an output folder, made when missing. Files of an earlier run are replaced at the end. @throws OutputError */
export async function openOutputs(folder: string, translate: Translator): Promise<Outputs> {
  const unfinished = (file: OutputFile): string => join(folder, `${file}${UNFINISHED}`);
  const opened: { discard(): Promise<void> }[] = [];
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeLeftovers(folder);
    const records = await LineFile.create(unfinished('records.jsonl'));
    opened.push(records);
    const timelinePath = unfinished('timeline.csv');
    const timeline = await TimelineFile.create(timelinePath, `${timelinePath}.part`, translate);
    opened.push(timeline);
    return new OutputFolder(folder, unfinished, records, timeline, translate);
  } catch (error) {
    for (const file of opened) await file.discard();
    throw new OutputError(folder, error);
  }
}

class OutputFolder implements Outputs {
  readonly sinks: readonly RecordSink[];

  constructor(
    readonly folder: string,
    readonly unfinished: (file: OutputFile) => string,
    readonly records: LineFile,
    readonly timeline: TimelineFile,
    readonly translate: Translator,
  ) {
    this.sinks = [{ record: (record, kind) => this.#record(record, kind) }];
  }

  #record(record: EvidenceRecord, kind: RecordKind): Promise<void> | undefined {
    const waiting: Promise<void>[] = [];
    try {
      const line = this.records.line(JSON.stringify(record, bigintAsText));
      if (line) waiting.push(line);
      for (const entry of kind.timeline(record)) {
        const row = this.timeline.add(record, entry);
        if (row) waiting.push(row);
      }
    } catch (error) {
      for (const promise of waiting) promise.catch(() => undefined);
      throw new OutputError(this.folder, error);
    }
    if (waiting.length === 0) return undefined;
    return Promise.all(waiting).then(
      () => undefined,
      (error: unknown) => {
        throw new OutputError(this.folder, error);
      },
    );
  }

  async finish(result: Result): Promise<readonly string[]> {
    try {
      await this.records.close();
      await this.timeline.finish(result.findings);
      const json = `${JSON.stringify(result, null, 2)}\n`;
      const resultSha256 = createHash('sha256').update(json).digest('hex');
      await this.#write('result.json', json);
      const pictures = await picturesOf(result.findings, this.translate);
      await this.#write('report.html', await renderHtml(result, this.translate, { resultSha256, pictures }));
      const written: OutputFile[] = [...ALWAYS_WRITTEN];
      const pdf = await this.#pdf(result, { resultSha256, pictures });
      if (pdf) {
        await this.#write(PDF_FILE, pdf);
        written.push(PDF_FILE);
      }
      for (const file of PICTURE_FILES) {
        const drawing = stackedPictures(pictures, file);
        if (drawing === null) continue;
        await this.#write(file, drawing);
        written.push(file);
      }
      const letters = await this.#writeAttachments(result);
      for (const file of written) await rename(this.unfinished(file), join(this.folder, file));
      for (const name of letters) await rename(`${this.#letter(name)}${UNFINISHED}`, this.#letter(name));
      // One of an earlier run would pass for one of this.
      for (const file of OUTPUT_FILES)
        if (!written.includes(file)) await rm(join(this.folder, file), { force: true });
      for (const name of await lettersIn(this.folder))
        if (ATTACHMENT_NAME.test(name) && !letters.has(name)) await rm(this.#letter(name), { force: true });
      return letters.size > 0 ? [...written, `${ATTACHMENT_FOLDER}/`] : written;
    } catch (error) {
      await this.abort();
      throw new OutputError(this.folder, error);
    }
  }

  /** Null without an engine for this system, or when it refuses: whoever gets no report.pdf prints report.html. */
  async #pdf(result: Result, options: Parameters<typeof reportDocument>[2]): Promise<Uint8Array | null> {
    try {
      return await typeset(await reportDocument(result, this.translate, options));
    } catch (error) {
      if (error instanceof PdfError) return null;
      throw error;
    }
  }

  async abort(): Promise<void> {
    await this.records.discard();
    await this.timeline.discard();
    for (const file of OUTPUT_FILES) await rm(this.unfinished(file), { force: true }).catch(() => undefined);
    await removeLeftovers(this.folder).catch(() => undefined);
  }

  #letter(name: string): string {
    return join(this.folder, ATTACHMENT_FOLDER, name);
  }

  async #writeAttachments(result: Result): Promise<ReadonlySet<string>> {
    const texts = new Map<string, string>();
    for (const { attachments = [] } of result.findings)
      for (const { name, text } of attachments) if (ATTACHMENT_NAME.test(name)) texts.set(name, text);
    if (texts.size > 0) await mkdir(join(this.folder, ATTACHMENT_FOLDER), { recursive: true, mode: 0o700 });
    for (const [name, text] of texts)
      await writeFile(`${this.#letter(name)}${UNFINISHED}`, text, { mode: 0o600, flag: 'wx' });
    return new Set(texts.keys());
  }

  // What came out of somebody's phone is for the one who ran the check: nobody else on the machine may read it.
  async #write(file: OutputFile, content: string | Uint8Array): Promise<void> {
    await writeFile(this.unfinished(file), content, { mode: 0o600, flag: 'wx' });
  }
}

/** A run that was killed could not take its parts away. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = LEFTOVER.exec(name)?.[1];
    if (OUTPUT_FILES.some((own) => own === file)) await rm(join(folder, name), { force: true });
  }
  for (const name of await lettersIn(folder)) {
    const file = LEFTOVER.exec(name)?.[1];
    if (file && ATTACHMENT_NAME.test(file)) await rm(join(folder, ATTACHMENT_FOLDER, name), { force: true });
  }
}

/** Names of what lies in the folder of attachments; none when it is not there. */
async function lettersIn(folder: string): Promise<readonly string[]> {
  return readdir(join(folder, ATTACHMENT_FOLDER)).catch(() => []);
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
