import type { EvidenceRecord, Problem, Reader } from '../../core/contracts.js';
import { readAll } from '../../core/testing/run.js';
import { type MemorySourceOptions, memoryEvidence, memorySource } from './memory-source.js';

/** All a reader says about the first of some files held in memory; the others stand beside it. */
export async function readInMemory<R extends EvidenceRecord>(
  reader: Reader<R>,
  files: Readonly<Record<string, Uint8Array | string>>,
  options: MemorySourceOptions = {},
): Promise<{ records: R[]; problems: Problem[] }> {
  const path = Object.keys(files)[0] ?? '';
  const source = await memorySource(files, options);
  try {
    const file = await source.file(path);
    if (!file) throw new Error(`no ${path}`);
    return await readAll(reader, file);
  } finally {
    await source.close();
  }
}

/** Whether the reader recognises this content under a name that says nothing. */
export async function recognises(reader: Pick<Reader, 'recognises'>, content: Uint8Array): Promise<boolean> {
  const file = await memoryEvidence('renamed', content);
  try {
    return (await reader.recognises?.(await file.probe())) ?? false;
  } finally {
    await file.source.close();
  }
}
