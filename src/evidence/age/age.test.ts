import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decrypter, Encrypter, armor as libraryArmor } from 'age-encryption';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  lookAtSealed,
  openHeader,
  type SealOptions,
  sealStream,
  unsealStream,
  unsealWithFileKey,
} from './age.js';
import { AgeError } from './age-error.js';
import { fromBech32, toBech32 } from './bech32.js';
import {
  type AgeIdentity,
  type AgeRecipient,
  generateIdentity,
  identityText,
  parseIdentity,
  parseRecipient,
  publicKeyOf,
  recipientText,
  workFactorOf,
} from './keys.js';
import { payloadSize, plainSize } from './payload.js';

const CHUNK = 65_536;
const SIZES = [0, 1, 15, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 77, 3_000_000];
const PASSPHRASE = Buffer.from('contraseña de prueba', 'utf8');
/** Quick: what is tested is the format, not the cost of guessing. */
const WORK = 10;
const key = generateIdentity(bytesFrom(1));
const recipient: AgeRecipient = { kind: 'x25519', publicKey: publicKeyOf(key.privateKey) };
const withPassphrase: AgeRecipient = { kind: 'passphrase', passphrase: PASSPHRASE, workFactor: WORK };
const byPassphrase: AgeIdentity = { kind: 'passphrase', passphrase: PASSPHRASE };

describe('sealing in the age format', () => {
  it.each(SIZES)('gives %i bytes back', async (size) => {
    const plain = content(size);
    const sealed = await seal(plain, [recipient]);

    expect((await unseal(sealed, [key])).equals(plain)).toBe(true);
    const { header } = await lookAtSealed(pieces(sealed));
    expect(sealed.byteLength).toBe(header.sizeBytes + 16 + payloadSize(size));
    expect(plainSize(sealed.byteLength - header.sizeBytes - 16)).toBe(size);
  });

  it('writes the header that others measured: 168 bytes before the payload for one key', async () => {
    const { header } = await lookAtSealed(pieces(await seal(content(5), [recipient])));

    expect(header.sizeBytes).toBe(22 + 54 + 44 + 48);
    expect(header.stanzas.map(({ args }) => args[0])).toEqual(['X25519']);
  });

  it('opens for each of several keys, and for none else', async () => {
    const other = generateIdentity(bytesFrom(2));
    const stranger = generateIdentity(bytesFrom(3));
    const sealed = await seal(content(100), [
      recipient,
      { kind: 'x25519', publicKey: publicKeyOf(other.privateKey) },
    ]);

    for (const identity of [key, other]) expect(await unseal(sealed, [stranger, identity])).toHaveLength(100);
    await expect(unseal(sealed, [stranger, byPassphrase])).rejects.toMatchObject({ code: 'no-match' });
  });

  it('takes a passphrase, alone', async () => {
    const sealed = await seal(content(100), [withPassphrase]);

    expect(await unseal(sealed, [key, byPassphrase])).toHaveLength(100);
    expect(workFactorOf((await lookAtSealed(pieces(sealed))).header.stanzas)).toBe(WORK);
    const wrong: AgeIdentity = { kind: 'passphrase', passphrase: Buffer.from('otra') };
    await expect(unseal(sealed, [wrong])).rejects.toMatchObject({ code: 'no-match' });
    await expect(seal(content(1), [withPassphrase, recipient])).rejects.toThrow(RangeError);
    await expect(seal(content(1), [])).rejects.toThrow(RangeError);
  });

  it('writes the text form, and reads it with the line ends of Windows too', async () => {
    for (const size of SIZES) {
      const text = await seal(content(size), [recipient], { armored: true });
      const lines = text.toString('latin1').split('\n');

      expect(lines.slice(1, -3).every((line) => line.length === 64)).toBe(true);
      expect((await unseal(text, [key])).equals(content(size))).toBe(true);
      const windows = Buffer.from(text.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
      expect(await unseal(windows, [key])).toHaveLength(size);
    }
  });

  it('gives the same bytes for the same randomness, and others for other', async () => {
    const once = await seal(content(70_000), [recipient], { random: bytesFrom(7) });

    expect((await seal(content(70_000), [recipient], { random: bytesFrom(7) })).equals(once)).toBe(true);
    expect((await seal(content(70_000), [recipient])).equals(once)).toBe(false);
  });

  it('opens again with the key of the file, which stays as it was', async () => {
    const sealed = await seal(content(CHUNK), [recipient]);
    const fileKey = await openHeader((await lookAtSealed(pieces(sealed))).header, [key]);

    for (let round = 0; round < 2; round += 1)
      expect(await all(unsealWithFileKey(pieces(sealed), fileKey))).toHaveLength(CHUNK);
    const other = await seal(content(CHUNK), [recipient]);
    await expect(all(unsealWithFileKey(pieces(other), fileKey))).rejects.toMatchObject({
      code: 'header-changed',
    });
  });

  it('tells the source when nobody reads on', async () => {
    let isClosed = false;
    const source = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield content(CHUNK);
      } finally {
        isClosed = true;
      }
    };
    let given = 0;
    for await (const part of sealStream(source(), [recipient])) {
      given += part.byteLength;
      if (given > CHUNK) break;
    }

    expect(isClosed).toBe(true);
  });
});

describe('a sealed file that is not whole', () => {
  const sealed = seal(content(3 * CHUNK + 100), [recipient], { random: bytesFrom(5) });
  const start = 168 + 16;
  const CHUNK_SEALED = CHUNK + 16;

  it('says so for a flipped bit anywhere, and gives out only what comes before', async () => {
    const whole = await sealed;
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.byteLength - 1), fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        const { error, released } = await outcome(changed, [key]);

        expect(error).toBeInstanceOf(AgeError);
        const goodChunks = at < start ? 0 : Math.floor((at - start) / CHUNK_SEALED);
        expect(released.equals(content(3 * CHUNK + 100).subarray(0, goodChunks * CHUNK))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('says so for a cut anywhere', async () => {
    const whole = await sealed;
    const edges = [1, 2, 3].map((chunks) => start + chunks * CHUNK_SEALED);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.nat(whole.byteLength - 1), fc.constantFrom(...edges, start, start + 1)),
        async (length) => {
          const { error } = await outcome(whole.subarray(0, length), [key]);

          expect(error).toBeInstanceOf(AgeError);
          if (length >= start) expect(error).toMatchObject({ code: 'payload-cut' });
        },
      ),
      { numRuns: 150 },
    );
  });

  it('names chunks that were put elsewhere, twice, or behind the end', async () => {
    const whole = await sealed;
    const chunk = (number: number): Buffer =>
      whole.subarray(start + number * CHUNK_SEALED, start + (number + 1) * CHUNK_SEALED);
    const file = (...numbers: number[]): Buffer =>
      Buffer.concat([whole.subarray(0, start), ...numbers.map(chunk)]);

    expect((await outcome(file(1, 0, 2, 3), [key])).error).toMatchObject({
      code: 'payload-damaged',
      place: 'chunk 1',
    });
    expect((await outcome(file(0, 0, 1, 2, 3), [key])).error).toMatchObject({ place: 'chunk 2' });
    expect((await outcome(file(0, 2, 3), [key])).error).toMatchObject({ place: 'chunk 2' });
    expect((await outcome(file(0, 1, 2), [key])).error).toMatchObject({ code: 'payload-cut' });
    const two = await seal(content(2 * CHUNK), [recipient]);
    expect((await outcome(Buffer.concat([two, Buffer.alloc(1)]), [key])).error).toMatchObject({
      code: 'payload-trailing',
      place: 'chunk 2',
    });
  });

  it('passes an error of its source through', async () => {
    const source = async function* (): AsyncGenerator<Uint8Array> {
      yield (await sealed).subarray(0, 1_000);
      throw new Error('disk gone');
    };

    await expect(all(unsealStream(source(), [key]))).rejects.toThrow('disk gone');
  });
});

describe('what is no sealed file', () => {
  it('gives a typed error for any bytes, soon', async () => {
    const heads = [
      '',
      'age-encryption.org/v1\n',
      'age-encryption.org/v1\n-> X25519 ',
      '-----BEGIN AGE ENCRYPTED FILE-----\n',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...heads),
        fc.uint8Array({ maxLength: 2_000 }),
        async (head, bytes) => {
          const { error } = await outcome(Buffer.concat([Buffer.from(head), bytes]), [key, byPassphrase]);

          expect(error).toBeInstanceOf(AgeError);
        },
      ),
    );
  });

  it('gives a typed error for any header lines', async () => {
    const word = fc.constantFrom(
      'X25519',
      'scrypt',
      'a',
      '',
      ' ',
      '18',
      '10',
      'A'.repeat(43),
      'A'.repeat(22),
      '---',
      '->',
    );
    const line = fc.oneof(
      fc.array(word, { maxLength: 4 }).map((words) => `-> ${words.join(' ')}`),
      word.map((own) => `--- ${own}`),
      word,
      fc.constant('A'.repeat(64)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
        const text = `age-encryption.org/v1\n${lines.join('\n')}\n`;
        const { error } = await outcome(Buffer.from(text), [key]);

        expect(error).toBeInstanceOf(AgeError);
      }),
    );
  });

  it('reads no header of more than a mebibyte', async () => {
    let given = 0;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('age-encryption.org/v1\n-> ');
      for (;;) {
        given += CHUNK;
        yield Buffer.alloc(CHUNK, 'a');
      }
    };

    await expect(all(unsealStream(endless(), [key]))).rejects.toMatchObject({ code: 'header-damaged' });
    expect(given).toBeLessThan(1_200_000);
  });

  it('names a later version', async () => {
    await expect(unseal(Buffer.from('age-encryption.org/v2\n'), [key])).rejects.toMatchObject({
      code: 'newer-version',
    });
  });

  it('does no work for a passphrase that is asked for by a factor of 23 or more', async () => {
    const salt = Buffer.alloc(16).toString('base64').replace(/=+$/, '');
    const body = Buffer.alloc(32).toString('base64').replace(/=+$/, '');
    for (const factor of [23, 40, 99_999_999]) {
      const text = `age-encryption.org/v1\n-> scrypt ${salt} ${factor}\n${body}\n--- ${Buffer.alloc(32).toString('base64').slice(0, 43)}\n`;

      await expect(unseal(Buffer.from(text), [byPassphrase])).rejects.toMatchObject({ code: 'work-factor' });
    }
  });
});

describe('keys as text', () => {
  it('are those of the published examples', () => {
    // Of the conformance files; the recipient by `age-keygen -y`.
    const text = 'AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0';
    const privateKey = parseIdentity(text) ?? Buffer.alloc(0);

    expect(identityText(privateKey)).toBe(text);
    expect(recipientText(publicKeyOf(privateKey))).toBe(
      'age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef',
    );
    expect(parseRecipient(recipientText(publicKeyOf(privateKey)))?.equals(publicKeyOf(privateKey))).toBe(
      true,
    );
  });

  it('are refused with a wrong letter, in mixed case, of another kind', () => {
    const text = identityText(key.privateKey);

    for (let at = 16; at < text.length; at += 1) {
      const wrong = text[at] === 'Q' ? 'P' : 'Q';
      expect(parseIdentity(text.slice(0, at) + wrong + text.slice(at + 1))).toBeNull();
    }
    expect(parseIdentity(text.toLowerCase())?.equals(key.privateKey)).toBe(true);
    expect(parseIdentity(text.slice(0, 20) + text.slice(20).toLowerCase())).toBeNull();
    expect(parseIdentity(recipientText(key.privateKey))).toBeNull();
    expect(parseIdentity(toBech32('age-secret-key-', Buffer.alloc(31)))).toBeNull();
    expect(parseIdentity('')).toBeNull();
  });

  it('go back and forth for any bytes, and any text is a key or null', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(fromBech32('a', toBech32('a', bytes))?.equals(bytes)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fromBech32('a', `a1${text}`)).toBeNull();
      }),
    );
  });
});

describe('the age-encryption package', () => {
  it('opens what is sealed here, in both forms', async () => {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identityText(key.privateKey));
    for (const size of SIZES) {
      const plain = content(size);
      const sealed = await seal(plain, [recipient]);

      expect(Buffer.from(await decrypter.decrypt(new Uint8Array(sealed))).equals(plain)).toBe(true);
      const text = (await seal(plain, [recipient], { armored: true })).toString('latin1');
      expect(Buffer.from(await decrypter.decrypt(libraryArmor.decode(text))).equals(plain)).toBe(true);
    }
  });

  it('seals what is opened here, in both forms', async () => {
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipientText(publicKeyOf(key.privateKey)));
    for (const size of SIZES) {
      const sealed = Buffer.from(await encrypter.encrypt(new Uint8Array(content(size))));

      expect((await unseal(sealed, [key])).equals(content(size))).toBe(true);
      expect(await unseal(Buffer.from(libraryArmor.encode(sealed)), [key])).toHaveLength(size);
    }
  });

  it.each(SIZES)('agrees about passphrases, of %i bytes', async (size) => {
    const plain = content(size);
    const decrypter = new Decrypter();
    decrypter.addPassphrase(PASSPHRASE.toString('utf8'));
    const sealed = await seal(plain, [withPassphrase]);
    expect(Buffer.from(await decrypter.decrypt(new Uint8Array(sealed))).equals(plain)).toBe(true);
    const text = (await seal(plain, [withPassphrase], { armored: true })).toString('latin1');
    expect(Buffer.from(await decrypter.decrypt(libraryArmor.decode(text))).equals(plain)).toBe(true);

    const encrypter = new Encrypter();
    encrypter.setPassphrase(PASSPHRASE.toString('utf8'));
    encrypter.setScryptWorkFactor(WORK);
    const theirs = Buffer.from(await encrypter.encrypt(new Uint8Array(plain)));
    expect((await unseal(theirs, [byPassphrase])).equals(plain)).toBe(true);
    expect(await unseal(Buffer.from(libraryArmor.encode(theirs)), [byPassphrase])).toHaveLength(size);
  });
});

const hasAge = spawnSync('age', ['--version']).status === 0;
// The program asks on a terminal and nowhere else; `script` of util-linux is one.
const hasTerminal = hasAge && process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

describe.skipIf(!hasAge)('the age program (skipped without age on the path)', () => {
  let folder = '';
  const path = (name: string): string => join(folder, name);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vigia-age-'));
    writeFileSync(path('key.txt'), `# a key for a test\n${identityText(key.privateKey)}\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(SIZES)('opens %i bytes sealed here, in both forms', async (size) => {
    for (const armored of [false, true]) {
      writeFileSync(path('sealed.age'), await seal(content(size), [recipient], { armored }));
      const opened = execFileSync('age', ['-d', '-i', path('key.txt'), path('sealed.age')], {
        maxBuffer: 10_000_000,
      });

      expect(sha256(opened)).toBe(sha256(content(size)));
    }
  });

  it.each(SIZES)('seals %i bytes that are opened here, in both forms', async (size) => {
    writeFileSync(path('plain'), content(size));
    for (const form of [[], ['-a']]) {
      const to = ['-r', recipientText(publicKeyOf(key.privateKey))];
      execFileSync('age', [...form, ...to, '-o', path('theirs.age'), path('plain')]);

      expect(sha256(await unseal(readFileSync(path('theirs.age')), [key]))).toBe(sha256(content(size)));
    }
  });

  it.skipIf(!hasTerminal)(
    'opens what a passphrase seals here, and the other way round (skipped without a terminal to be had)',
    async () => {
      const plain = content(CHUNK + 1);
      writeFileSync(path('plain'), plain);
      for (const armored of [false, true]) {
        writeFileSync(path('sealed.age'), await seal(plain, [withPassphrase], { armored }));
        await onTerminal(`age -d -o ${path('opened')} ${path('sealed.age')}`);
        expect(sha256(readFileSync(path('opened')))).toBe(sha256(plain));

        await onTerminal(`age -p ${armored ? '-a' : ''} -o ${path('theirs.age')} ${path('plain')}`);
        expect(sha256(await unseal(readFileSync(path('theirs.age')), [byPassphrase]))).toBe(sha256(plain));
      }
    },
    60_000,
  );
});

/** Runs a command on a terminal, and answers each question for the passphrase. */
function onTerminal(command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString('latin1');
      const question = /passphrase[^:]*: /.exec(said);
      if (!question) return;
      said = said.slice(question.index + question[0].length);
      child.stdin.write(`${PASSPHRASE.toString('utf8')}\n`);
    });
    child.on('error', reject);
    child.on('close', (status) => (status === 0 ? resolve() : reject(new Error(`${command}: ${status}`))));
  });
}

// ---------------------------------------------------------------------------------------------------------------

/** Bytes that are no randomness, each time the same. */
function bytesFrom(seed: number): (count: number) => Uint8Array {
  let drawn = 0;
  return (count) => {
    drawn += 1;
    return createHash('shake256', { outputLength: count }).update(`${seed} ${drawn}`).digest();
  };
}

function content(size: number): Buffer {
  return size === 0
    ? Buffer.alloc(0)
    : createHash('shake256', { outputLength: size }).update('content').digest();
}

async function* pieces(bytes: Uint8Array, pieceBytes = 50_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function all(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

function seal(
  plain: Uint8Array,
  recipients: readonly AgeRecipient[],
  options?: SealOptions,
): Promise<Buffer> {
  return all(sealStream(pieces(plain), recipients, options));
}

function unseal(sealed: Uint8Array, identities: readonly AgeIdentity[]): Promise<Buffer> {
  return all(unsealStream(pieces(sealed), identities));
}

async function outcome(
  sealed: Uint8Array,
  identities: readonly AgeIdentity[],
): Promise<{ error: unknown; released: Buffer }> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of unsealStream(pieces(sealed), identities)) parts.push(part);
    return { error: null, released: Buffer.concat(parts) };
  } catch (error) {
    return { error, released: Buffer.concat(parts) };
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
