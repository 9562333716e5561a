/** Rules against an attack, from the logs that show it: what `vigia block` calls. */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ProgressListener } from '../core/contracts.js';
import type { Translator } from '../core/language.js';
import { openEvidence } from '../evidence/open-evidence.js';
import { type Defended, defend } from '../floods/defence/defend.js';
import type { TargetId } from '../floods/defence/outputs/target-ids.js';
import { compileLogFormat } from '../floods/formats/custom/custom.js';
import { LogFormatError } from '../floods/formats/custom/log-format-error.js';
import { LOG_FORMATS } from '../floods/formats/formats.js';
import { findIncidents } from '../floods/incidents/find-incidents.js';
import { OutputError } from '../report/outputs.js';
import { allowList, exitList } from './address-lists.js';
import { BadLogFormatError } from './block-error.js';
import { refuseOutputInEvidence } from './output-guard.js';

export { share } from '../floods/defence/outputs/target.js';
export { periodText } from '../floods/defence/period.js';
export type { Defended };

export interface BlockOptions {
  readonly paths: readonly string[];
  readonly target: TargetId;
  /** File, or folder where there are several files; left out, nothing is written. */
  readonly out?: string;
  readonly incident?: number;
  /** File of addresses and networks that are never stopped. */
  readonly allow?: string;
  /** List of Tor exits: one address a line, or the form with `ExitAddress` lines. */
  readonly torExits?: string;
  /** Share of ordinary clients that may be stopped. */
  readonly maxHarm: number;
  readonly lifetimeSeconds: number;
  readonly logFormat?: string;
  readonly translate: Translator;
  readonly progress?: ProgressListener;
  readonly signal?: AbortSignal;
}

export interface BlockOutcome {
  readonly defended: Defended;
  /** Paths of the files written. */
  readonly written: readonly string[];
}

/** @throws AddressListError, BadLogFormatError, OutputInEvidenceError, OutputError, EvidenceError */
export async function runBlock(options: BlockOptions): Promise<BlockOutcome> {
  const { signal, progress, translate } = options;
  const allow = options.allow === undefined ? [] : await allowList(options.allow);
  const torExits = options.torExits === undefined ? [] : await exitList(options.torExits);
  const format = options.logFormat === undefined ? null : compileLogFormat(options.logFormat);
  if (format instanceof LogFormatError) throw new BadLogFormatError(options.logFormat);
  const opened = await openEvidence(options.paths, {
    hash: false,
    ...(progress ? { progress } : {}),
    ...(signal ? { signal } : {}),
  });
  try {
    signal?.throwIfAborted();
    const defended = await defend({
      sources: opened.sources,
      target: options.target,
      findIncidents,
      allow,
      torExits,
      maxHarm: options.maxHarm,
      lifetimeSeconds: options.lifetimeSeconds,
      translate,
      context: {
        now: new Date().toISOString(),
        ...(signal ? { signal } : {}),
        ...(options.logFormat === undefined ? {} : { accessLogs: { logFormat: options.logFormat } }),
      },
      ...(options.incident === undefined ? {} : { incident: options.incident }),
      ...(format === null ? {} : { formats: [format, ...LOG_FORMATS] }),
      ...(progress
        ? {
            progress: ({ path, done, total }) =>
              progress({ stage: 'reading', reader: 'floods/access-log', path, records: 0, done, total }),
          }
        : {}),
    });
    const isWritten = defended.status === 'written' && options.out !== undefined;
    const written = isWritten ? await writeFiles(defended.files, options.out, options.paths) : [];
    return { defended, written };
  } finally {
    await opened.close();
  }
}

async function writeFiles(
  files: readonly { readonly name: string; readonly text: string }[],
  out: string,
  evidence: readonly string[],
): Promise<readonly string[]> {
  const [only] = files;
  const isFile = files.length === 1 && only !== undefined && !(await isFolder(out)) && !/[\\/]$/.test(out);
  const folder = isFile ? dirname(out) : out;
  const named = isFile ? [{ name: basename(out), text: only.text }] : files;
  await refuseOutputInEvidence(
    folder,
    evidence,
    named.map(({ name }) => name),
  );
  const written: string[] = [];
  for (const { name, text } of named) {
    const path = join(folder, ...name.split('/'));
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    } catch (error) {
      throw new OutputError(path, error);
    }
    written.push(path);
  }
  return written;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
