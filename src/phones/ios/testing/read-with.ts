import type { EvidenceRecord, Problem, Reader, RecordKind } from '../../../core/contracts.js';
import { sqliteTablesOf } from '../../../evidence/sqlite/sqlite.js';
import { type MemorySourceOptions, memorySource } from '../../../evidence/testing/memory-source.js';
import { readAll } from './read-all.js';

/** Runs a reader over the first of some files held in memory. Records are checked against their schemas. */
export async function readWith<R extends EvidenceRecord>(
  reader: Reader<R>,
  kinds: readonly Pick<RecordKind, 'kind' | 'schema'>[],
  files: Readonly<Record<string, Uint8Array | string>>,
  options: MemorySourceOptions = {},
): Promise<{ records: R[]; problems: Problem[] }> {
  const path = Object.keys(files)[0] ?? '';
  const source = await memorySource(files, options);
  try {
    const file = await source.file(path);
    if (!file) throw new Error(`no ${path}`);
    const result = await readAll(reader, file);
    for (const record of result.records) kinds.find(({ kind }) => kind === record.kind)?.schema.parse(record);
    return result;
  } finally {
    await source.close();
  }
}

/** Whether the reader recognises this content under a name that says nothing. */
export async function recognises(reader: Pick<Reader, 'recognises'>, content: Uint8Array): Promise<boolean> {
  const source = await memorySource({ renamed: content });
  try {
    const file = await source.file('renamed');
    if (!file || !reader.recognises) return false;
    const tables = await sqliteTablesOf(file);
    const probe = { path: 'renamed', head: content.subarray(0, 4096), sqliteTables: async () => tables };
    return await reader.recognises(probe);
  } finally {
    await source.close();
  }
}
