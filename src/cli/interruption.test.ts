import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeLargeBackup } from '../../fixtures/large-backup.js';
import { ensureBuilt, hashesOf, labFolder, startCli } from './testing/built-cli.js';

const lab = labFolder();
const backup = join(lab, 'large');
let hashes: Record<string, string>;

// On Windows a signal from another process ends this one at once, without a word: nothing can be done then.
describe.skipIf(process.platform === 'win32')('a run that is interrupted', () => {
  beforeAll(async () => {
    await ensureBuilt();
    // Enough for a second or two of reading, with the content decrypted into scratch.
    writeLargeBackup(backup, {
      manifestRows: 3_000,
      messages: 60_000,
      visits: 3_000,
      chatMessages: 3_000,
      presentFiles: 20,
      encrypted: { password: 'x' },
    });
    hashes = hashesOf(backup);
  }, 240_000);

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'by %s in the middle of reading leaves no working copy and no half-written file',
    async (signal, code) => {
      const out = join(lab, signal);
      const { child, scratch, ended } = startCli(['check', backup, '-p', 'x', '-o', out, '--lang', 'es']);
      // Reading has begun when the first output file is there: everything encrypted has its copies in scratch by then.
      for (let n = 0; n < 1_000 && !(existsSync(out) && readdirSync(out).length > 0); n += 1) await pause(10);
      await pause(150);
      const before = readdirSync(scratch);
      child.kill(signal);
      const run = await ended;

      expect(before.length).toBeGreaterThan(0);
      expect(run).toMatchObject({
        code,
        stdout: '',
        stderr: 'Interrumpido. Las copias de trabajo se borraron y su evidencia no cambió.\n',
        leftovers: [],
      });
      expect(readdirSync(out)).toEqual([]);
      expect(hashesOf(backup)).toEqual(hashes);
    },
  );

  it('by signals before anything was opened ends as well', async () => {
    const { child, ended } = startCli(['check', backup, '-p', 'x']);
    child.kill('SIGTERM');
    const run = await ended;

    // Before the program listens, the system ends it: no exit code of its own.
    expect([null, 143]).toContain(run.code);
    expect(run.leftovers).toEqual([]);
  });

  it('by a second signal does not wait', async () => {
    const { child, scratch, ended } = startCli(['check', backup, '-p', 'x']);
    for (let n = 0; n < 1_000 && readdirSync(scratch).length === 0; n += 1) await pause(10);
    child.kill('SIGINT');
    child.kill('SIGTERM');
    const run = await ended;

    expect([130, 143]).toContain(run.code);
    expect(run.leftovers).toEqual([]);
  });

  it('in a pipe to head ends in order', () => {
    const command = `"${process.execPath}" bin/vigia.js check "${backup}" -p x --json --only sms | head -c 10`;
    const { stdout, stderr } = spawnSync(command, { shell: true, encoding: 'utf8' });

    expect(stdout).toBe('{\n  "schem');
    expect(stderr).toBe('');
  });
});
