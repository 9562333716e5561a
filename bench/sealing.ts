/**
 * Sealing and opening a gibibyte in the age format, as streams, on one core. Each step is a process of its own, so that its memory is seen.
 * Goals: 300 MB/s, below 200 MB. The limit is the cipher of Node on the same chunks with nothing around it; peer: the age-encryption package.
 *
 *     npx tsx bench/sealing.ts [--megabytes 1074] [--keep DIR]
 */
import { spawnSync } from 'node:child_process';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { Decrypter, Encrypter } from 'age-encryption';
import { lookAtSealed, openHeader, sealStream, unsealStream } from '../src/evidence/age/age.js';
import { generateIdentity, identityText, publicKeyOf, recipientText } from '../src/evidence/age/keys.js';
import { UnsealedFile } from '../src/evidence/age/unsealed-file.js';
import { readRange } from '../src/evidence/file-range.js';
import { load, machine, option, print } from './measure.js';

const GOAL_MEGABYTES_PER_SECOND = 300;
const GOAL_PEAK_MEGABYTES = 200;
const PIECE = 1024 * 1024;
const CHUNK = 65_536;
const PIECES = Math.round((Number(option('--megabytes') ?? 1_074) * 1e6) / PIECE);
const BYTES = PIECES * PIECE;
const RUNS = 3;

const identity = generateIdentity((length) => Buffer.alloc(length, 1));
const recipient = { kind: 'x25519', publicKey: publicKeyOf(identity.privateKey) } as const;
const place = { evidence: 'e1', path: '', locator: '' };

type Step = (file: string) => Promise<number>;

/** What each process does: the bytes of content that went through. */
const STEPS: Readonly<Record<string, Step>> = {
  'limit, sealing': async () => rawCipher(true),
  'limit, opening': async () => rawCipher(false),
  sealing: async () => {
    let bytes = 0;
    for await (const part of sealStream(content(), [recipient])) bytes += part.byteLength;
    return bytes > BYTES ? BYTES : 0;
  },
  'opening a stream': async (file) => {
    const sealed = createReadStream(file, { highWaterMark: PIECE });
    let bytes = 0;
    for await (const part of unsealStream(sealed, [identity])) bytes += part.byteLength;
    return bytes;
  },
  'opening at any place, in order': async (file) => {
    const { header } = await lookAtSealed(readRange(file, place));
    const unsealed = new UnsealedFile(file, place, {
      sealedBytes: statSync(file).size,
      headerBytes: header.sizeBytes,
      fileKey: await openHeader(header, [identity]),
      onChanged: () => {},
    });
    let bytes = 0;
    for await (const part of readRange(unsealed, place)) bytes += part.byteLength;
    return bytes;
  },
  'peer, sealing': async () => {
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipientText(recipient.publicKey));
    const bytes = await drain(
      await encrypter.encrypt(Readable.toWeb(Readable.from(content())) as ReadableStream),
    );
    return bytes > BYTES ? BYTES : 0;
  },
  'peer, opening': async (file) => {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identityText(identity.privateKey));
    const sealed = createReadStream(file, { highWaterMark: PIECE });
    return drain(await decrypter.decrypt(Readable.toWeb(sealed) as ReadableStream));
  },
};

/** A pool of pieces, so that all of them are not the same bytes and making them costs nothing. */
async function* content(): AsyncGenerator<Uint8Array> {
  const pool = Array.from({ length: 8 }, () => randomBytes(PIECE));
  for (let piece = 0; piece < PIECES; piece += 1)
    yield pool[piece % pool.length] ?? pool[0] ?? Buffer.alloc(0);
}

/** As little as there has to be around the cipher: a nonce for each chunk, and the code checked. */
function rawCipher(isSealing: boolean): number {
  const key = randomBytes(32);
  const nonce = Buffer.alloc(12);
  const plain = randomBytes(CHUNK);
  const options = { authTagLength: 16 };
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, options);
  const sealed = cipher.update(plain);
  cipher.final();
  const tag = cipher.getAuthTag();
  for (let done = 0; done < BYTES; done += CHUNK) {
    if (isSealing) {
      nonce.writeUInt32BE(done / CHUNK, 7);
      const next = createCipheriv('chacha20-poly1305', key, nonce, options);
      next.update(plain);
      next.final();
      next.getAuthTag();
    } else {
      const next = createDecipheriv('chacha20-poly1305', key, nonce, options);
      next.setAuthTag(tag);
      next.update(sealed);
      next.final();
    }
  }
  return BYTES;
}

async function drain(stream: ReadableStream<Uint8Array>): Promise<number> {
  let bytes = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes += value.byteLength;
  }
}

interface Figures {
  readonly seconds: number;
  readonly peakMegabytes: number;
}

/** One step in a process of its own, on one core where that can be said. */
function run(step: string, file: string): Figures {
  const given = ['--import', 'tsx', fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const own = [...given, '--step', step, '--file', file];
  const { stdout, stderr, status } = isPinned
    ? spawnSync('taskset', ['-c', '0', process.execPath, ...own], { encoding: 'utf8' })
    : spawnSync(process.execPath, own, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Figures;
}

async function bench(folder: string): Promise<void> {
  const file = join(folder, `content-${PIECES}.age`);
  if (!existsSync(file))
    await pipeline(Readable.from(sealStream(content(), [recipient])), createWriteStream(file));
  print(
    `${(BYTES / 1e6).toFixed(0)} MB; ${isPinned ? 'one core' : 'all cores'}; ${machine()}; load ${load()}`,
  );
  const limits = new Map<boolean, number>();
  const own = new Map<boolean, number>();
  for (const step of Object.keys(STEPS)) {
    const runs = Array.from({ length: step.startsWith('peer') ? 1 : RUNS }, () => run(step, file));
    const best = runs.reduce((a, b) => (b.seconds < a.seconds ? b : a));
    const peak = Math.max(...runs.map(({ peakMegabytes }) => peakMegabytes));
    const isSealing = step.endsWith('sealing');
    const rate = BYTES / 1e6 / best.seconds;
    const words = [`${step}: ${rate.toFixed(0)} MB/s, peak ${peak.toFixed(0)} MB`];
    if (step.startsWith('limit')) limits.set(isSealing, rate);
    else if (step.startsWith('peer')) {
      words.push(`we are ${((own.get(isSealing) ?? 0) / rate).toFixed(1)} times as fast`);
    } else {
      if (!own.has(isSealing)) own.set(isSealing, rate);
      words.push(`${((rate / (limits.get(isSealing) ?? rate)) * 100).toFixed(0)} % of the limit`);
      words.push(
        `goal ${GOAL_MEGABYTES_PER_SECOND} MB/s: ${(rate / GOAL_MEGABYTES_PER_SECOND).toFixed(1)} times it`,
      );
      words.push(`goal ${GOAL_PEAK_MEGABYTES} MB: ${peak < GOAL_PEAK_MEGABYTES ? 'kept' : 'not kept'}`);
    }
    print(words.join('; '));
  }
}

const isPinned = spawnSync('taskset', ['-c', '0', 'true']).status === 0;
const step = option('--step');
if (step !== null) {
  const started = process.hrtime.bigint();
  const bytes = await STEPS[step]?.(option('--file') ?? '');
  if (bytes !== BYTES) throw new Error(`${step}: ${bytes} bytes`);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  print(JSON.stringify({ seconds, peakMegabytes: process.resourceUsage().maxRSS / 1024 }));
} else {
  const keep = option('--keep');
  const folder = keep ?? mkdtempSync(join(tmpdir(), 'vigia-bench-'));
  mkdirSync(folder, { recursive: true });
  try {
    await bench(folder);
  } finally {
    if (keep === null) rmSync(folder, { recursive: true, force: true });
  }
}
