import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceRecord, RecordKind, RecordSink } from '../core/contracts.js';
import type { Translator } from '../core/language.js';
import type { Result } from '../core/result.js';
import { renderHtml } from './html.js';
import { LineFile } from './line-file.js';
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
  /** Writes what needs the whole result, closes everything and names the files. */
  finish(result: Result): Promise<readonly string[]>;
  /** Closes and takes away unfinished parts. */
  abort(): Promise<void>;
}

/** Opens an output folder, made when missing. Files of an earlier run are replaced. @throws OutputError */
export async function openOutputs(folder: string, translate: Translator): Promise<Outputs> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const records = await LineFile.create(join(folder, 'records.jsonl'));
    const timeline = await TimelineFile.create(join(folder, 'timeline.csv'), translate);
    const sink: RecordSink = {
      record(record: EvidenceRecord, kind: RecordKind) {
        const waiting = [
          records.line(JSON.stringify(record, bigintAsText)),
          ...kind.timeline(record).map((entry) => timeline.add(record, entry)),
        ].filter((promise) => promise !== undefined);
        return waiting.length === 0 ? undefined : Promise.all(waiting).then(() => undefined);
      },
    };
    return {
      sinks: [sink],
      async finish(result) {
        try {
          await records.close();
          await timeline.finish(result.findings);
          await write(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
          await write(join(folder, 'report.html'), await renderHtml(result, translate));
        } catch (error) {
          throw new OutputError(folder, error);
        }
        return ['result.json', 'records.jsonl', 'timeline.csv', 'report.html'];
      },
      async abort() {
        await records.close();
        await timeline.abort();
      },
    };
  } catch (error) {
    throw new OutputError(folder, error);
  }
}

// What came out of somebody's phone is for the one who ran the check: nobody else on the machine may read it.
async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
