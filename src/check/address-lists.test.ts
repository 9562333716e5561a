import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitList, networkText } from './address-lists.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigia-lists-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function exitsIn(content: string): Promise<string[]> {
  const path = join(folder, 'exits.txt');
  await writeFile(path, content);
  return (await exitList(path)).map(networkText);
}

describe('a list of Tor exits', () => {
  it('has one address a line', async () => {
    expect(await exitsIn('# made up\n192.0.2.1\r\n\n 2001:db8::1\n192.0.2.3')).toEqual([
      '192.0.2.1',
      '2001:db8::1',
      '192.0.2.3',
    ]);
  });

  it('or is the longer form, as the Tor Project keeps it', async () => {
    const lines = [
      '@type tordnsel 1.0',
      'Downloaded 2026-06-01 11:02:00',
      'ExitNode 0123456789ABCDEF',
      'Published 2026-06-01 10:00:00',
      'LastStatus 2026-06-01 11:00:00',
      'ExitAddress 192.0.2.8 2026-06-01 11:05:00',
    ];
    expect(await exitsIn(lines.join('\r\n'))).toEqual(['192.0.2.8']);
    expect(await exitsIn(lines.slice(2).join('\n'))).toEqual(['192.0.2.8']);
  });

  it('with a line that is no address is refused: somebody who should be spared would not be', async () => {
    await expect(exitsIn('192.0.2.1\nnonsense\n')).rejects.toMatchObject({
      name: 'AddressListError',
      code: 'wrong-line',
      line: 2,
      text: 'nonsense',
    });
  });
});
