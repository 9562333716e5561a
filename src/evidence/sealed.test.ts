import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { armor as libraryArmor } from 'age-encryption';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { tarArchive, zipArchive } from '../../fixtures/archives.js';
import { buildSqlite } from '../../fixtures/sqlite-file.js';
import coreTexts from '../core/en.json' with { type: 'json' };
import { lookAtSealed, openHeader, sealStream } from './age/age.js';
import { parseIdentityFile } from './age/key-ring.js';
import {
  type AgeIdentity,
  type AgeRecipient,
  generateIdentity,
  identityText,
  publicKeyOf,
} from './age/keys.js';
import { UnsealedFile } from './age/unsealed-file.js';
import english from './en.json' with { type: 'json' };
import { readRange } from './file-range.js';
import { type OpenedEvidence, type OpenOptions, openEvidence } from './open-evidence.js';
import { openSqlite } from './sqlite/sqlite.js';

const CHUNK = 65_536;
const SEALED_CHUNK = CHUNK + 16;
const PASSPHRASE = 'frase de prueba ñ';
const place = { evidence: 'e1', path: '', locator: '' };
const key = generateIdentity((count) => Buffer.alloc(count, 7));
const stranger = generateIdentity((count) => Buffer.alloc(count, 9));
const forKey: AgeRecipient = { kind: 'x25519', publicKey: publicKeyOf(key.privateKey) };
const forPassphrase: AgeRecipient = {
  kind: 'passphrase',
  passphrase: Buffer.from(PASSPHRASE),
  workFactor: 10,
};
const password = async ({ attempt }: { readonly attempt: number }): Promise<string | null> =>
  attempt === 1 ? PASSPHRASE : null;

const systemTmp = tmpdir();
const ownTmp = mkdtempSync(join(systemTmp, 'vigia-tests-'));
const folder = join(ownTmp, 'given');
let opened: OpenedEvidence[] = [];
beforeAll(() => {
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, ownTmp);
});
afterEach(async () => {
  for (const evidence of opened) await evidence.close();
  opened = [];
  rmSync(folder, { recursive: true, force: true });
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(ownTmp, { recursive: true, force: true });
});

describe('sealed evidence', () => {
  it('is what lies in it: a zip', async () => {
    const sealed = await seal(zipArchive([{ name: 'a/chat.txt', content: 'hola' }]), forPassphrase);
    const evidence = await open([given('case.zip.age', sealed)], { password });

    expect(evidence.given.map(({ kind, sizeBytes, problems }) => ({ kind, sizeBytes, problems }))).toEqual([
      { kind: 'zip', sizeBytes: sealed.byteLength, problems: [] },
    ]);
    expect(evidence.given[0]?.details.sealed).toBe('passphrase');
    expect(await evidence.given[0]?.sha256).toBe(createHash('sha256').update(sealed).digest('hex'));
    expect(await contents(evidence)).toEqual({ 'a/chat.txt': 'hola' });
  });

  it.each([
    ['x.tar', tarArchive([{ name: 'a.txt', content: 'uno' }]), 'tar', { 'a.txt': 'uno' }],
    ['x.tar.gz', gzipSync(tarArchive([{ name: 'a.txt', content: 'uno' }])), 'tar.gz', { 'a.txt': 'uno' }],
    ['x.log.gz', gzipSync('línea'), 'gz', { 'x.log': 'línea' }],
    ['x.txt', Buffer.from('texto'), 'file', { 'x.txt': 'texto' }],
    ['report.docx', zipArchive([{ name: 'word/document.xml', content: '' }]), 'file', null],
  ])('is what lies in it: %s', async (name, plain, kind, inside) => {
    const keyFile = given('key.txt', `# created by a test\r\n${identityText(key.privateKey)}\n`);
    const evidence = await open([given(`${name}.age`, await seal(plain, forKey))], { keyFile });

    expect(evidence.given.map((entry) => [entry.kind, entry.problems, entry.details.sealed])).toEqual([
      [kind, [], 'key'],
    ]);
    if (inside) expect(await contents(evidence)).toEqual(inside);
    else expect(Object.keys(await contents(evidence))).toEqual([name]);
  });

  it('may come as text, and without a name', async () => {
    const text = libraryArmor.encode(await seal(Buffer.from('texto'), forPassphrase));
    const evidence = await open([given('pasted', text)], { password });

    expect(await contents(evidence)).toEqual({ pasted: 'texto' });
  });

  it('may be a database, of which the copy is private', async () => {
    const file = buildSqlite((db) => {
      db.run('CREATE TABLE message (text TEXT)');
      db.run("INSERT INTO message VALUES ('hola')");
    });
    const evidence = await open([given('sms.db.age', await seal(file, forPassphrase))], { password });
    const found = await evidence.sources[0]?.file('sms.db');
    if (!found) throw new Error('not there');
    const probe = await found.probe();

    expect([...(await probe.sqliteTables())]).toEqual(['message']);
    expect(probe.given).toBe(true);
    const db = await openSqlite(found);
    expect([...db.rows('SELECT text FROM message')]).toEqual([{ text: 'hola' }]);
    await db.close();
  });

  it('is opened inside folders and archives, and inside itself, with one answer for all', async () => {
    const inner = await seal(Buffer.from('dentro'), forPassphrase);
    const twice = await seal(await seal(Buffer.from('dos veces'), forPassphrase), forPassphrase);
    given('folder/deep/x.txt.age', inner);
    given('folder/twice.txt.age.age', twice);
    given(
      'folder/box.zip',
      zipArchive([
        { name: 'y.txt.age', content: inner },
        { name: 'z.txt', content: 'z' },
      ]),
    );
    const asked: number[] = [];
    const evidence = await open([join(folder, 'folder')], {
      password: async ({ attempt }) => {
        asked.push(attempt);
        return PASSPHRASE;
      },
    });

    expect(asked).toEqual([1]);
    expect(
      evidence.given.map((entry) => [entry.kind, entry.path.slice(folder.length), entry.problems]),
    ).toEqual([
      ['folder', '/folder', []],
      ['zip', '/folder/box.zip', []],
      ['file', '/folder/box.zip!/y.txt.age', []],
      ['file', '/folder/twice.txt.age.age', []],
      ['file', '/folder/deep/x.txt.age', []],
    ]);
    expect(await contents(evidence)).toEqual({
      'z.txt': 'z',
      'y.txt': 'dentro',
      'x.txt': 'dentro',
      'twice.txt': 'dos veces',
    });
    expect(await evidence.given[2]?.sha256).toBe(createHash('sha256').update(inner).digest('hex'));
  });

  it('goes no deeper than the limit', async () => {
    let sealed: Uint8Array = Buffer.from('hondo');
    for (let layer = 0; layer < 6; layer += 1) sealed = await seal(sealed, forKey);
    const keyFile = given('key.txt', identityText(key.privateKey));
    given('other.txt', 'otro');
    const evidence = await open([given('x.age', sealed), join(folder, 'other.txt')], { keyFile });

    expect(evidence.given[0]?.problems.map(({ code }) => code)).toEqual(['limit-depth']);
  });

  it('writes nothing of it in the clear, also of archives in it', async () => {
    const secret = 'palabra-plantada-';
    const nested = zipArchive([{ name: 'deep.txt', content: secret.repeat(10_000), stored: true }]);
    const tar = gzipSync(tarArchive([{ name: 'nested.zip', content: nested }]));
    const evidence = await open([given('x.tar.gz.age', await seal(tar, forPassphrase))], { password });

    expect(Object.values(await contents(evidence))).toEqual([secret.repeat(10_000)]);
    const written = filesUnder(ownTmp);
    expect(written.length).toBe(2);
    expect(written.filter((path) => readFileSync(path).includes(secret))).toEqual([]);
    expect(await evidence.given[1]?.sha256).toBe(createHash('sha256').update(nested).digest('hex'));
  });

  it('reads at any place what it says it holds', async () => {
    const plain = content(3 * CHUNK + 777);
    const file = await unsealed(await seal(plain, forKey));
    const bytes = file.open(place);
    fc.assert(
      fc.property(fc.nat(plain.byteLength + 10), fc.nat(2 * CHUNK + 10), (position, length) => {
        expect(bytes.readAt(position, length).equals(plain.subarray(position, position + length))).toBe(true);
      }),
    );
    bytes.close();
    const all: Uint8Array[] = [];
    for await (const part of readRange(file, place)) all.push(part);
    expect(Buffer.concat(all).equals(plain)).toBe(true);
  });
});

describe('sealed evidence that stays closed', () => {
  it('says that a passphrase is needed, that it is wrong, that the key is another', async () => {
    const other = given('other.txt', 'otro');
    const byPassphrase = given('p.age', await seal(Buffer.from('x'), forPassphrase));
    const byKey = given('k.age', await seal(Buffer.from('x'), forKey));
    const keyFile = given('key.txt', identityText(stranger.privateKey));
    const codes = async (path: string, options: OpenOptions): Promise<(string | undefined)[]> => {
      const evidence = await open([path, other], options);
      const [entry] = evidence.given;
      return [entry?.kind, ...(entry?.problems ?? []).map(({ code }) => code)];
    };

    expect(await codes(byPassphrase, {})).toEqual(['age', 'password-needed']);
    expect(await codes(byPassphrase, { keyFile })).toEqual(['age', 'password-needed']);
    expect(await codes(byPassphrase, { password: async () => 'otra' })).toEqual(['age', 'wrong-password']);
    expect(await codes(byKey, { password })).toEqual(['age', 'sealed-no-key']);
    expect(await codes(byKey, { keyFile })).toEqual(['age', 'sealed-no-key']);
    await expect(open([byPassphrase], {})).rejects.toMatchObject({ code: 'password-needed' });
    await expect(open([byKey], { keyFile })).rejects.toMatchObject({
      code: 'encrypted',
      problem: { code: 'sealed-no-key' },
    });
  });

  it('asks again after a wrong answer, three times at most, and not for the next file after none', async () => {
    const first = given('1.age', await seal(Buffer.from('x'), forPassphrase));
    const second = given('2.age', await seal(Buffer.from('y'), forPassphrase));
    const other = given('other.txt', 'otro');
    const answersTo = async (answers: readonly (string | null)[]): Promise<[number[], unknown[]]> => {
      const asked: number[] = [];
      const evidence = await open([first, second, other], {
        password: async ({ attempt }) => {
          asked.push(attempt);
          return answers[asked.length - 1] ?? null;
        },
      });
      return [asked, evidence.given.flatMap(({ problems }) => problems.map(({ code }) => code))];
    };

    expect(await answersTo(['a', PASSPHRASE])).toEqual([[1, 2], []]);
    expect(await answersTo(['a', 'b', 'c', 'd', 'e', 'f'])).toEqual([
      [1, 2, 3, 1, 2, 3],
      ['wrong-password', 'wrong-password'],
    ]);
    expect(await answersTo([null, PASSPHRASE])).toEqual([[1], ['password-needed', 'password-needed']]);
  });

  it('takes a passphrase in either form of its accents', async () => {
    const path = given('x.age', await seal(Buffer.from('x'), forPassphrase));
    const evidence = await open([path], { password: async () => PASSPHRASE.normalize('NFD') });

    expect(evidence.given[0]?.problems).toEqual([]);
  });

  it('tries no passphrase that costs too much, and says why others are not opened', async () => {
    const other = given('other.txt', 'otro');
    const sealed = await seal(Buffer.from('x'), forPassphrase);
    const withFactor = (factor: string): Buffer =>
      Buffer.from(sealed.toString('latin1').replace(/(-> scrypt \S+) 10/, `$1 ${factor}`), 'latin1');
    const newer = Buffer.from(sealed.toString('latin1').replace('/v1', '/v2'), 'latin1');
    const byKey = await seal(Buffer.from('x'), forKey);
    const stretched = Buffer.from(byKey.toString('latin1').replace('--- ', '-> a b\n\n--- '), 'latin1');
    const keyFile = given('key.txt', identityText(key.privateKey));

    for (const [bytes, code] of [
      [withFactor('23'), 'sealed-too-much-work'],
      [withFactor('07'), 'sealed-header-damaged'],
      [newer, 'sealed-newer'],
      [stretched, 'sealed-header-damaged'],
      [byKey.subarray(0, 100), 'sealed-header-damaged'],
      [byKey.subarray(0, 170), 'sealed-header-damaged'],
      [byKey.subarray(0, 190), 'sealed-cut'],
    ] as const) {
      const evidence = await open([given('x.age', bytes), other], { password, keyFile });
      expect(evidence.given[0]?.problems.map((problem) => problem.code)).toEqual([code]);
      expect(Object.keys(await contents(evidence))).toEqual(['other.txt']);
      await evidence.close();
    }
  });

  it('stays a file of its folder, which says why', async () => {
    given('folder/a.age', await seal(Buffer.from('x'), forKey));
    given('folder/b.txt', 'b');
    const evidence = await open([join(folder, 'folder')], {});

    expect(evidence.given).toHaveLength(1);
    expect(evidence.sources[0]?.problems().map(({ code, source }) => [code, source.path])).toEqual([
      ['sealed-no-key', 'a.age'],
    ]);
    expect(Object.keys(await contents(evidence))).toEqual(['a.age', 'b.txt']);
  });
});

describe('sealed evidence that is not whole', () => {
  const plain = content(3 * CHUNK + 100);

  it('names the byte where a changed part begins, and reads the parts around it', async () => {
    const sealed = await seal(plain, forPassphrase);
    const start = (await lookAtSealed(pieces(sealed))).header.sizeBytes + 16;
    const at = start + SEALED_CHUNK + 5;
    sealed[at] = (sealed[at] ?? 0) ^ 1;
    const evidence = await open([given('x.bin.age', sealed)], { password });
    const file = await evidence.sources[0]?.file('x.bin');
    const { released, error } = await read(file?.stream() ?? pieces(Buffer.alloc(0)));

    expect(error).toMatchObject({ code: 'damaged', source: { locator: `byte ${start + SEALED_CHUNK}` } });
    expect(released.equals(plain.subarray(0, CHUNK))).toBe(true);
    expect(evidence.given[0]?.problems).toEqual([
      {
        kind: 'problem',
        code: 'sealed-changed',
        effect: 'lost',
        source: {
          evidence: 'e1',
          path: join(folder, 'x.bin.age'),
          locator: `byte ${start + SEALED_CHUNK}`,
        },
        values: { byte: String(start + SEALED_CHUNK) },
      },
    ]);
  });

  it('reads a cut file up to the cut, and says where it is', async () => {
    const sealed = await seal(plain, forPassphrase);
    const start = (await lookAtSealed(pieces(sealed))).header.sizeBytes + 16;
    for (const [length, chunks] of [
      [start + 2 * SEALED_CHUNK, 2],
      [start + 2 * SEALED_CHUNK + 1, 2],
      [start + 2 * SEALED_CHUNK + 500, 2],
      [sealed.byteLength - 1, 3],
    ] as const) {
      const evidence = await open([given('x.bin.age', sealed.subarray(0, length))], { password });
      const file = await evidence.sources[0]?.file('x.bin');
      const { released, error } = await read(file?.stream() ?? pieces(Buffer.alloc(0)));

      expect(error).toBeNull();
      expect(released.equals(plain.subarray(0, chunks * CHUNK))).toBe(true);
      expect(evidence.given[0]?.problems.map(({ code, source }) => [code, source.locator])).toEqual([
        ['sealed-cut', `byte ${start + chunks * SEALED_CHUNK}`],
      ]);
      await evidence.close();
    }
  });

  it('lists what can be listed of an archive with a changed part', async () => {
    const members = ['a', 'b', 'c'].map((name) => ({ name, content: content(3 * CHUNK), stored: true }));
    // The end of the archive of packed members is read first, the other one from its start.
    for (const archive of [zipArchive(members), tarArchive(members)]) {
      const sealed = await seal(archive, forPassphrase);
      const at = Math.floor(sealed.byteLength / 2);
      sealed[at] = (sealed[at] ?? 0) ^ 1;
      const evidence = await open([given('x.age', sealed)], { password });
      const found: Record<string, number> = {};
      for await (const file of evidence.sources[0]?.find(['**']) ?? []) {
        found[file.path] = (await read(file.stream())).released.byteLength;
      }

      expect(found).toEqual({ a: 3 * CHUNK, b: expect.any(Number), c: 3 * CHUNK });
      expect(found.b).toBeLessThan(3 * CHUNK);
      expect(evidence.given[0]?.problems.map(({ code }) => code)).toEqual(['sealed-changed']);
      await evidence.close();
    }
  });

  it('leaves out what was put behind the end, and says so', async () => {
    const even = content(2 * CHUNK);
    const sealed = Buffer.concat([await seal(even, forPassphrase), Buffer.from('more')]);
    const evidence = await open([given('x.bin.age', sealed)], { password });
    const file = await evidence.sources[0]?.file('x.bin');

    expect((await read(file?.stream() ?? pieces(even))).released.equals(even)).toBe(true);
    expect(evidence.given[0]?.problems.map(({ code, effect }) => [code, effect])).toEqual([
      ['sealed-trailing', 'note'],
    ]);
  });

  it('reads a damaged text up to the damage', async () => {
    const text = libraryArmor.encode(await seal(plain, forPassphrase)).split('\n');
    text[2_500] = 'not base64!';
    const evidence = await open([given('x.bin.age', text.join('\n'))], { password });

    expect(evidence.given[0]?.problems.map(({ code, source }) => [code, source.locator])).toEqual([
      ['sealed-text-damaged', 'line 2501'],
    ]);
    const file = await evidence.sources[0]?.file('x.bin');
    const { released } = await read(file?.stream() ?? pieces(plain));
    expect(released.equals(plain.subarray(0, CHUNK))).toBe(true);
  });

  it('gives out nothing of a chunk in which any byte was changed', async () => {
    const sealed = await seal(plain, forKey);
    const { header } = await lookAtSealed(pieces(sealed));
    const start = header.sizeBytes + 16;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: header.sizeBytes, max: sealed.byteLength - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const changed = Buffer.from(sealed);
          changed[at] = (changed[at] ?? 0) ^ flip;
          const met: number[] = [];
          const file = await unsealed(changed, (byte) => met.push(byte));
          const bad = Math.floor((at - start) / SEALED_CHUNK);
          const { released, error } = await read(readRange(file, place));
          const good = at < start ? 0 : bad * CHUNK;

          expect(file.damage !== null || met.length > 0).toBe(true);
          expect(file.damage !== null || error !== null).toBe(true);
          expect(released.equals(plain.subarray(0, good))).toBe(true);
          const bytes = file.open(place);
          for (let chunk = 0; at >= start && chunk * CHUNK < file.sizeBytes; chunk += 1) {
            const attempt = (): Buffer => bytes.readAt(chunk * CHUNK, 100);
            if (chunk === bad) expect(attempt).toThrow('damaged');
            else expect(attempt().equals(plain.subarray(chunk * CHUNK, chunk * CHUNK + 100))).toBe(true);
          }
          bytes.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('opens any bytes behind the mark, or says in a sentence why not', async () => {
    const known = new Set([...Object.keys(english.problems), ...Object.keys(coreTexts.problems)]);
    const other = given('other.txt', 'otro');
    const sealed = await seal(zipArchive([{ name: 'a.txt', content: 'hola' }]), forKey);
    const keyFile = given('key.txt', identityText(key.privateKey));
    const bytes = fc.oneof(
      fc
        .tuple(
          fc.constantFrom(
            'age-encryption.org/v1\n',
            'age-encryption.org/v',
            '-----BEGIN AGE ENCRYPTED FILE-----',
          ),
          fc.uint8Array({ maxLength: 400 }),
        )
        .map(([head, rest]) => Buffer.concat([Buffer.from(head), rest])),
      fc
        .tuple(fc.integer({ min: 21, max: sealed.byteLength - 1 }), fc.nat(255), fc.nat(sealed.byteLength))
        .map(([at, byte, end]) => {
          const changed = Buffer.from(sealed);
          changed[at] = byte;
          return changed.subarray(0, Math.max(end, 40));
        }),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (file) => {
        const evidence = await open([given('x.age', file), other], { keyFile, password });
        const codes = evidence.given.flatMap(({ problems }) => problems.map((problem) => problem.code));
        expect(codes.filter((code) => !known.has(code))).toEqual([]);
        const isWhole = file.equals(sealed);
        if (!isWhole) expect(codes).not.toEqual([]);
        await evidence.close();
      }),
      { numRuns: 100 },
    );
  });
});

describe('files with keys', () => {
  it('are those that age-keygen writes, and nothing else', () => {
    const text = identityText(key.privateKey);

    expect(
      parseIdentityFile(`# created: 2026\n# public key: age1x\n${text}\n`)?.[0]?.equals(key.privateKey),
    ).toBe(true);
    expect(parseIdentityFile(`${text}\r\n\r\n${identityText(stranger.privateKey)}`)).toHaveLength(2);
    for (const wrong of ['', '# only\n', `${text}X`, `${text}\nmore`, 'a'.repeat(64)]) {
      expect(parseIdentityFile(wrong)).toBeNull();
    }
  });
});

// ---------------------------------------------------------------------------------------------------------------

function given(path: string, bytes: Uint8Array | string): string {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, bytes);
  return target;
}

async function open(paths: readonly string[], options: OpenOptions): Promise<OpenedEvidence> {
  const evidence = await openEvidence(paths, options);
  opened.push(evidence);
  return evidence;
}

async function contents(evidence: OpenedEvidence): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const source of evidence.sources) {
    for await (const file of source.find(['**'])) {
      found[file.path] = Buffer.from(await file.bytes({ maxBytes: 10_000_000 })).toString('utf8');
    }
  }
  return found;
}

async function unsealed(sealed: Buffer, onChanged: (byte: number) => void = () => {}): Promise<UnsealedFile> {
  const { header } = await lookAtSealed(pieces(sealed));
  const identity: AgeIdentity = key;
  const options = {
    sealedBytes: sealed.byteLength,
    headerBytes: header.sizeBytes,
    fileKey: await openHeader(header, [identity]),
    onChanged,
  };
  const stored = {
    sizeBytes: sealed.byteLength,
    open: () => ({
      readAt: (position: number, length: number) => sealed.subarray(position, position + length),
      close: () => {},
    }),
  };
  return new UnsealedFile(stored, place, options);
}

async function seal(plain: Uint8Array, recipient: AgeRecipient): Promise<Buffer> {
  return (await read(sealStream(pieces(plain), [recipient]))).released;
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += 100_000) yield bytes.subarray(at, at + 100_000);
}

async function read(stream: AsyncIterable<Uint8Array>): Promise<{ released: Buffer; error: unknown }> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of stream) parts.push(part);
    return { released: Buffer.concat(parts), error: null };
  } catch (error) {
    return { released: Buffer.concat(parts), error };
  }
}

function content(size: number): Buffer {
  return createHash('shake256', { outputLength: size }).update('content').digest();
}

/** Files in the working folders, not those that were given. */
function filesUnder(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(folder))
    .map((entry) => join(entry.parentPath, entry.name));
}
