import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyLog } from '../custody/custody-log.js';
import { aCase } from './testing/a-case.js';
import { newVault, reopened, temporaryFolder } from './testing/open-vault.js';
import { plainScript } from './testing/plain-script.js';
import { StartedProcess } from './testing/started-process.js';

const { folder, remove } = temporaryFolder();
let script = '';
beforeAll(() => {
  if (process.platform !== 'win32')
    script = plainScript(new URL('./testing/vault-process.ts', import.meta.url), join(folder, 'plain'));
});
afterAll(remove);

/** A file system of its own for a process needs a name space of its own, which some systems give to everybody. */
const UNSHARE = ['unshare', '-rm', 'sh', '-ec'] as const;
const CAN_MOUNT =
  process.platform === 'linux' &&
  spawnSync(UNSHARE[0], [...UNSHARE.slice(1), 'mount -t tmpfs tmpfs /mnt']).status === 0;
const IS_ROOT = process.getuid?.() === 0;

/** Runs a shell in which `$0` is node and `$1` the script, and gives the lines it said. */
async function inShell(program: readonly string[], ...given: string[]): Promise<string[]> {
  const [first = 'sh', ...rest] = program;
  const shell = new StartedProcess(first, [...rest, process.execPath, script, ...given]);
  await shell.ended;
  expect(shell.errors).toBe('');
  return shell.lines;
}

/** All of what was said is in the vault. */
async function expectStored(dir: string, lines: readonly string[]): Promise<void> {
  const numbers = lines
    .filter((line) => line.startsWith('stored '))
    .map((line) => line.split(' ').map(Number));
  const [, stored = 0, seq = 0] = numbers.at(-1) ?? [];
  const caseId = lines.find((line) => line.startsWith('case '))?.split(' ')[1] ?? '';
  expect(stored).toBeGreaterThan(0);
  const vault = await reopened(dir);
  expect(vault.records.count(caseId)).toBeGreaterThanOrEqual(stored);
  expect(vault.custody.last(caseId)?.seq).toBeGreaterThanOrEqual(seq);
  const log = await verifyLog(vault.custody.lines(caseId), vault.custody.publicKeys(caseId));
  expect(log.problems).toEqual([]);
  expect(vault.verify()).toEqual([]);
  // There is room again.
  expect(vault.cases.open(aCase()).code).toMatch(/^V-2026-/);
  vault.close();
}

describe('a disk that is full', () => {
  it.skipIf(!CAN_MOUNT)(
    'is said to be, opens still, and has lost nothing when there is room again (skipped where nothing can be mounted)',
    async () => {
      const [dir, after] = [join(folder, 'full'), join(folder, 'full-after')];
      (await newVault(dir)).close();
      const lines = await inShell(
        [
          ...UNSHARE,
          'mount -t tmpfs -o size=3m tmpfs /mnt; cp -r "$3" /mnt/vault; "$0" "$1" "$2" /mnt/vault; cp -r /mnt/vault "$4"',
        ],
        'fill',
        dir,
        after,
      );

      expect(lines.slice(-2)).toEqual(['error disk-full database', 'again 1 []']);
      await expectStored(after, lines);
    },
  );

  it.skipIf(!CAN_MOUNT)('leaves no half vault where one is to be made', async () => {
    const after = join(folder, 'made-after');
    const lines = await inShell(
      [
        ...UNSHARE,
        'mount -t tmpfs -o size=64k tmpfs /mnt; "$0" "$1" "$2" /mnt/vault; ls -A /mnt/vault; cp -r /mnt/vault "$3"',
      ],
      'make',
      after,
    );

    expect(lines).toEqual(['error disk-full database']);
    expect(readdirSync(after)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')(
    'and a file that may not grow do no harm (skipped on Windows)',
    async () => {
      const dir = join(folder, 'limit');
      (await newVault(dir)).close();
      // In blocks of 512 bytes (POSIX): 2 MiB.
      const lines = await inShell(['sh', '-ec', 'ulimit -f 4096; "$0" "$1" "$2" "$3"'], 'fill', dir);

      expect(lines.at(-2)).toMatch(/^error disk-(?:full|failed) database$/);
      await expectStored(dir, lines);
    },
  );
});

describe('a place that may not be written to', () => {
  it.skipIf(!CAN_MOUNT)('is said to be: a disk (skipped where nothing can be mounted)', async () => {
    const dir = join(folder, 'read only disk');
    (await newVault(dir)).close();
    const lines = await inShell(
      [
        ...UNSHARE,
        'mount --bind "$3" /mnt; mount -o remount,bind,ro /mnt; "$0" "$1" "$2" /mnt; "$0" "$1" make /mnt/new',
      ],
      'change',
      dir,
    );

    expect(lines).toEqual([
      expect.stringMatching(/^error read-only/),
      expect.stringMatching(/^error read-only/),
    ]);
    const vault = await reopened(dir);
    expect(vault.verify()).toEqual([]);
    vault.close();
  });

  it.skipIf(process.platform === 'win32' || IS_ROOT)(
    'is said to be: a folder, a file (skipped on Windows and for root, who may write everywhere)',
    async () => {
      const dir = join(folder, 'read only');
      (await newVault(dir)).close();
      chmodSync(dir, 0o500);
      await expect(reopened(dir)).rejects.toMatchObject({ code: 'read-only' });
      await expect(newVault(join(dir, 'more'))).rejects.toMatchObject({ code: 'read-only' });
      chmodSync(dir, 0o700);
      chmodSync(join(dir, 'vault.db'), 0o400);
      await expect(reopened(dir)).rejects.toMatchObject({ code: 'read-only' });
      chmodSync(join(dir, 'vault.db'), 0o600);
      const vault = await reopened(dir);
      expect(vault.verify()).toEqual([]);
      vault.close();
    },
  );
});

describe('the folder of a vault', () => {
  it('is for its owner only, has no file but two once it is closed, and none for an index while it is open', async () => {
    const dir = join(folder, 'files');
    const vault = await newVault(dir);
    vault.cases.open(aCase());
    expect(readdirSync(dir).sort()).toEqual(['vault.db', 'vault.db-wal', 'vault.json', 'vault.lock']);
    if (process.platform !== 'win32') {
      const rights = readdirSync(dir).map((name) => statSync(join(dir, name)).mode & 0o077);
      expect([statSync(dir).mode & 0o077, ...rights]).toEqual([0, 0, 0, 0, 0]);
    }
    vault.close();

    expect(readdirSync(dir).sort()).toEqual(['vault.db', 'vault.json']);
    expect(() => vault.cases.list()).toThrow(expect.objectContaining({ code: 'closed' }));
    expect(() => vault.transaction(() => 1)).toThrow(expect.objectContaining({ code: 'closed' }));
    vault.close();
  });

  it('is not overwritten by another vault', async () => {
    const dir = join(folder, 'taken');
    (await newVault(dir)).close();
    await expect(newVault(dir)).rejects.toMatchObject({ code: 'already-there' });
    const half = join(folder, 'half');
    mkdirSync(half);
    copyFileSync(join(dir, 'vault.db'), join(half, 'vault.db'));
    await expect(newVault(half)).rejects.toMatchObject({ code: 'already-there' });
    expect(existsSync(join(half, 'vault.db'))).toBe(true);
  });

  it.each(['nothing', 'a file'])('that is none: %s', async (what) => {
    const dir = join(folder, `no vault ${what}`);
    if (what === 'a file') writeFileSync(dir, 'hello');

    await expect(reopened(dir)).rejects.toMatchObject({ code: 'not-a-vault', place: 'folder' });
  });
});
