import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';

/**
 * From now on every write through an open file fails as on a full disk, until mocks are restored.
 *
 * @param folder - where a file may be made to find the class of open files
 * @param after - how many writes succeed first
 */
export async function failWrites(folder: string, after = 0): Promise<void> {
  const probe = await open(join(folder, 'probe.tmp'), 'w');
  const prototype: { appendFile(data: string): Promise<void> } = Object.getPrototypeOf(probe);
  await probe.close();
  const write = prototype.appendFile;
  let writes = 0;
  vi.spyOn(prototype, 'appendFile').mockImplementation(function (this: typeof prototype, data: string) {
    writes += 1;
    if (writes <= after) return write.call(this, data);
    return Promise.reject(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }));
  });
}
