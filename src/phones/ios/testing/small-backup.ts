import { type BackupInput, backupInMemory } from '../../../../fixtures/ios-backup.js';
import type { EvidenceFile } from '../../../core/contracts.js';
import { type IosBackupSource, openIosBackup } from '../../../evidence/ios-backup/ios-backup.js';
import { memorySource } from '../../../evidence/testing/memory-source.js';

/** A synthetic backup in memory, opened (with its password when encrypted). `replace` puts other bytes in place of what the fixture wrote. */
export async function smallBackup(
  input: Partial<BackupInput> = {},
  replace: Readonly<Record<string, Uint8Array | string>> = {},
): Promise<IosBackupSource> {
  const { contents } = backupInMemory({ files: [], ...input });
  const source = await memorySource({ ...contents, ...replace });
  const password = input.encrypted?.password;
  return openIosBackup(
    { source, prefix: '' },
    password === undefined ? { id: 'e1' } : { id: 'e1', password: async () => password },
  );
}

/** One file of a backup that must be there. */
export async function fileOf(backup: IosBackupSource, path: string): Promise<EvidenceFile> {
  const file = await backup.file(path);
  if (!file) throw new Error(`no ${path} in the backup`);
  return file;
}
