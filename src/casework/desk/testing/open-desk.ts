import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVault, type Vault } from '../../vault/vault.js';
import { Desk } from '../desk.js';

/** A desk over a new vault with a cheap key, and a clock that moves a second each time it is asked. */
export async function openDesk(
  actor = 'ana',
): Promise<{ desk: Desk; vault: Vault; folder: string; nextDay(): void; close(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-desk-'));
  let second = 0;
  const now = (): string => {
    second += 1;
    return `${new Date(Date.UTC(2026, 2, 1) + second * 1_000).toISOString().slice(0, 19)}.000000Z`;
  };
  const vault = await createVault({
    dir: join(folder, 'vault'),
    passphrase: Buffer.from('six words for a test'),
    now,
    argon2: { memoryKiB: 256, passes: 1, lanes: 1 },
    leastMemoryKiB: 8,
  });
  const desk = new Desk(vault, {
    actor,
    now,
    monotonicMs: () => second,
    random: (bytes) => randomBytes(bytes),
  });
  return {
    desk,
    vault,
    folder,
    nextDay: () => {
      second += 86_400;
    },
    close: () => {
      vault.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
