import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { runMain } from './testing/run-main.js';

const folder = mkdtempSync(join(tmpdir(), 'vigia-watch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

const LINE = '192.0.2.7 - - [02/Mar/2026:14:03:07 -0600] "GET / HTTP/1.1" 200 512 "-" "curl/8.5.0"\n';

describe('vigia watch', () => {
  it('says plainly what is wrong with what it is to watch', async () => {
    const packed = join(folder, 'access.log.gz');
    writeFileSync(packed, gzipSync(LINE));
    const log = join(folder, 'access.log');
    writeFileSync(log, LINE);
    mkdirSync(join(folder, 'kept'));
    const watch = (path: string, ...more: string[]): ReturnType<typeof runMain> =>
      runMain(['watch', path, '--once', '--from-start', '--lang', 'en', ...more]);

    const [wide, other] = [join(folder, 'wide.log'), join(folder, 'other.log')];
    writeFileSync(wide, Buffer.from(`\ufeff${LINE}`, 'utf16le'));
    writeFileSync(other, LINE.replace('.7', '.8'));
    const kept = join(folder, 'state.json');

    const none = await watch(join(folder, 'none.log'));
    const gz = await watch(packed);
    const state = await watch(log, '--checkpoint', join(folder, 'nowhere', 'state.json'));
    const good = await watch(log);

    const unicode = await watch(wide);
    await watch(log, '--checkpoint', kept);
    const foreign = await watch(other, '--checkpoint', kept);

    expect([unicode.code, foreign.code]).toEqual([1, 1]);
    expect(unicode.stderr).toContain('UTF-16');
    expect(foreign.stderr).toContain(`a watch of “${log}”`);
    expect([none.code, gz.code, state.code, good.code]).toEqual([1, 1, 1, 0]);
    expect(none.stderr).toContain('does not exist');
    expect(gz.stderr).toContain('is packed');
    expect(state.stderr).toMatch(/state of the watch cannot be written to .*state\.json/);
    for (const { stderr } of [none, gz, state]) expect(stderr).not.toMatch(/ENOENT/);
  });
});
