import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type IosBackupSource, openIosBackup } from '../../../evidence/ios-backup/ios-backup.js';
import { memorySource } from '../../../evidence/testing/memory-source.js';

/** The published sample backup beside the repository; never part of it. */
export const SAMPLE_FOLDER = fileURLToPath(
  new URL('../../../../../shared/data/ios/ios_backup', import.meta.url),
);

export const hasSample = existsSync(SAMPLE_FOLDER);

/** The sample backup, opened from memory. */
export async function sampleBackup(): Promise<IosBackupSource> {
  const contents: Record<string, Uint8Array> = {};
  for (const entry of readdirSync(SAMPLE_FOLDER, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = `${entry.parentPath}/${entry.name}`;
    contents[path.slice(SAMPLE_FOLDER.length + 1).replaceAll('\\', '/')] = readFileSync(path);
  }
  return openIosBackup({ source: await memorySource(contents), prefix: '' }, { id: 'e1' });
}
