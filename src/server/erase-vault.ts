/** Destroys a whole vault: what opens it first, so that whatever remains of the rest opens for nobody. */
import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SEALED_FOLDER } from '../casework/sealing/sealed-store.js';
import { DATABASE_FILE } from '../casework/vault/database.js';
import { HEADER_FILE } from '../casework/vault/header.js';
import { SETTINGS_FILE } from './settings.js';
import { UPLOADS_FOLDER } from './uploads/upload-store.js';

/** Only what Vigía wrote there; whatever else lies in the folder is not ours. @param dir of a vault that is closed */
export function eraseVault(dir: string): void {
  overwrite(join(dir, HEADER_FILE));
  const files = [HEADER_FILE, DATABASE_FILE, `${DATABASE_FILE}-wal`, `${DATABASE_FILE}-shm`, SETTINGS_FILE];
  for (const name of [...files, SEALED_FOLDER, UPLOADS_FOLDER])
    rmSync(join(dir, name), { recursive: true, force: true, maxRetries: 3 });
}

/** The wrapped master key. A disk may keep older copies of a block; the page says so. */
function overwrite(path: string): void {
  const file = openSync(path, 'r+');
  try {
    writeSync(file, Buffer.alloc(statSync(path).size));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
