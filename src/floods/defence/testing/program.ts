/** Real programs that read the files, where they are installed. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Where a program is, or null. */
export function program(name: string): string | null {
  const folders = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin', '/sbin'];
  return folders.map((folder) => `${folder}/${name}`).find((path) => existsSync(path)) ?? null;
}

/** Runs it to its end. */
export function run(
  path: string,
  args: readonly string[],
): { readonly code: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(path, args, { encoding: 'utf8', timeout: 20_000 });
  return { code: status, said: `${stdout}${stderr}` };
}

/** Whether `nft -c` may look at the tables of this machine, which takes the rights of an administrator. */
export function mayCheckNft(): boolean {
  const nft = program('nft');
  return nft !== null && run(nft, ['list', 'tables']).code === 0;
}
