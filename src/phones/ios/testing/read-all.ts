import type { EvidenceFile, EvidenceRecord, Problem, Reader } from '../../../core/contracts.js';

const CONTEXT = { now: '2026-01-01T00:00:00.000000Z' };

/** Runs a reader to its end, for tests: what it read, and its problems apart. */
export async function readAll<R extends EvidenceRecord>(
  reader: Reader<R>,
  file: EvidenceFile,
): Promise<{ records: R[]; problems: Problem[] }> {
  const records: R[] = [];
  const problems: Problem[] = [];
  for await (const item of reader.read(file, CONTEXT)) {
    if (isProblem(item)) problems.push(item);
    else records.push(item);
  }
  return { records, problems };
}

function isProblem(item: EvidenceRecord | Problem): item is Problem {
  return item.kind === 'problem';
}
