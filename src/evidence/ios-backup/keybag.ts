import { createDecipheriv, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import type { Pointer, ProgressListener } from '../../core/contracts.js';
import { EvidenceError } from '../../core/evidence-error.js';

// A real backup keybag has about 1.5 kB and a dozen classes.
const MAX_KEYBAG_BYTES = 1_000_000;
const MAX_KEYBAG_ENTRIES = 10_000;
/**
 * Rounds a keybag may ask for. Apple writes 10,000,000 + 10,000; a hostile keybag may write 2^32, which would keep
 * a processor busy for half an hour for every password tried.
 */
export const MAX_DERIVATION_ROUNDS = 100_000_000;
/** `WRAP` bit 2: the class key is wrapped with a key that comes from the password. Without it: with the device's own. */
const WRAPPED_BY_PASSWORD = 2;
/** Bit 1: wrapped with the device's key as well. The password is proved by it, files of the class stay closed. */
const WRAPPED_BY_DEVICE = 1;
/** RFC 3394 §2.2.3.1, the default initial value; finding it again proves that the key was right. */
const KEY_WRAP_INITIAL_VALUE = Buffer.alloc(8, 0xa6);
const WRAPPED_KEY_BYTES = 40;

const derive = promisify(pbkdf2);

export interface ClassKey {
  readonly protectionClass: number;
  readonly wrap: number;
  /** 40 bytes: the class key in the RFC 3394 wrapping. */
  readonly wrappedKey: Uint8Array | null;
}

/** What protects an encrypted backup: how to get a key from the password, and the class keys wrapped with it. */
export interface Keybag {
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** Salt and rounds of the first derivation, which iOS 10.2 added. */
  readonly dataSalt: Uint8Array | null;
  readonly dataIterations: number | null;
  readonly classKeys: readonly ClassKey[];
}

/**
 * Reads `BackupKeyBag` of Manifest.plist: repeated {4 ASCII letters, 4 bytes length big-endian, value}. Up to the
 * second `UUID` the values describe the bag, then each `UUID` starts a class key.
 *
 * @throws EvidenceError `damaged` with the byte, `limit-bytes`, `limit-count`
 */
export function parseKeybag(bytes: Uint8Array, place: Pointer): Keybag {
  if (bytes.byteLength > MAX_KEYBAG_BYTES) throw new EvidenceError('limit-bytes', place);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = new Map<string, Uint8Array>();
  const groups: Map<string, Uint8Array>[] = [];
  let group: Map<string, Uint8Array> | null = null;
  let entries = 0;
  const damagedAt = (offset: number): EvidenceError =>
    new EvidenceError('damaged', { ...place, locator: `${place.locator} byte ${offset}`.trim() });

  for (let offset = 0; offset < bytes.byteLength; ) {
    if (bytes.byteLength - offset < 8) throw damagedAt(offset);
    const tag = String.fromCharCode(...bytes.subarray(offset, offset + 4));
    const length = view.getUint32(offset + 4);
    if (!/^[A-Z0-9]{4}$/.test(tag) || length > bytes.byteLength - offset - 8) throw damagedAt(offset);
    entries += 1;
    if (entries > MAX_KEYBAG_ENTRIES) throw new EvidenceError('limit-count', place);
    if (tag === 'UUID' && header.has('UUID')) {
      group = new Map();
      groups.push(group);
    }
    const target = group ?? header;
    if (!target.has(tag)) target.set(tag, bytes.subarray(offset + 8, offset + 8 + length));
    offset += 8 + length;
  }

  const salt = header.get('SALT');
  const iterations = integer(header.get('ITER'));
  if (!salt || salt.byteLength === 0 || iterations === null || iterations === 0)
    throw damagedAt(bytes.byteLength);
  const classKeys: ClassKey[] = [];
  for (const values of groups) {
    const protectionClass = integer(values.get('CLAS'));
    const wrap = integer(values.get('WRAP'));
    if (protectionClass === null || wrap === null) continue;
    const wrappedKey = values.get('WPKY') ?? null;
    classKeys.push({ protectionClass, wrap, wrappedKey });
  }
  const keybag: Keybag = {
    salt,
    iterations,
    dataSalt: header.get('DPSL') ?? null,
    dataIterations: integer(header.get('DPIC')),
    classKeys,
  };
  // Without a single key that a password opens there is nothing to tell a right password from a wrong one.
  if (passwordKeys(keybag).length === 0) throw damagedAt(bytes.byteLength);
  return keybag;
}

/**
 * The key that opens the class keys. iOS 10.2 and later derive twice: PBKDF2-HMAC-SHA256 with DPSL and DPIC, then
 * PBKDF2-HMAC-SHA1 with SALT and ITER over its result; earlier versions only the second, over the password itself.
 *
 * @throws EvidenceError `limit-time` when the keybag asks for more rounds than any real one
 */
export async function deriveKey(
  password: string,
  keybag: Keybag,
  options: {
    readonly place: Pointer;
    /** iOS before 10.2 wrote the backup. */
    readonly singleRound: boolean;
    readonly progress?: ProgressListener | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Buffer> {
  const { dataSalt, dataIterations } = keybag;
  const twice = !options.singleRound && dataSalt !== null && dataIterations !== null && dataIterations > 0;
  const total = keybag.iterations + (twice ? dataIterations : 0);
  if (total > MAX_DERIVATION_ROUNDS) throw new EvidenceError('limit-time', options.place);
  options.signal?.throwIfAborted();
  const report = await startReporting(total, options.progress);
  try {
    const secret = Buffer.from(password, 'utf8');
    const first = twice
      ? await abortable(derive(secret, dataSalt, dataIterations, 32, 'sha256'), options.signal)
      : secret;
    const key = await abortable(derive(first, keybag.salt, keybag.iterations, 32, 'sha1'), options.signal);
    report.finished();
    return key;
  } finally {
    report.stop();
  }
}

/**
 * Opens the class keys. Null when not one opens: the password (or key) is wrong. `damaged` counts those that did not
 * open although others did, which a wrong password cannot explain. Keys of the device's own classes are left out.
 */
export function unwrapClassKeys(
  keybag: Keybag,
  key: Uint8Array,
): { readonly keys: ReadonlyMap<number, Buffer>; readonly damaged: number } | null {
  const keys = new Map<number, Buffer>();
  let proofs = 0;
  let damaged = 0;
  for (const { protectionClass, wrap, wrappedKey } of passwordKeys(keybag)) {
    const opened = wrappedKey && unwrapKey(key, wrappedKey);
    if (!opened) {
      damaged += 1;
      continue;
    }
    proofs += 1;
    if ((wrap & WRAPPED_BY_DEVICE) === 0) keys.set(protectionClass, opened);
  }
  return proofs === 0 ? null : { keys, damaged };
}

/** RFC 3394 AES key unwrap; null when the integrity check fails or the lengths are not those of AES-256 keys. */
export function unwrapKey(wrappingKey: Uint8Array, wrapped: Uint8Array): Buffer | null {
  if (wrappingKey.byteLength !== 32 || wrapped.byteLength !== WRAPPED_KEY_BYTES) return null;
  try {
    const decipher = createDecipheriv('id-aes256-wrap', wrappingKey, KEY_WRAP_INITIAL_VALUE);
    return Buffer.concat([decipher.update(wrapped), decipher.final()]);
  } catch {
    // OpenSSL throws when the initial value does not come back, which is exactly the answer "wrong key".
    return null;
  }
}

function passwordKeys(keybag: Keybag): ClassKey[] {
  return keybag.classKeys.filter(
    (key) => (key.wrap & WRAPPED_BY_PASSWORD) !== 0 && key.wrappedKey?.byteLength === WRAPPED_KEY_BYTES,
  );
}

function integer(bytes: Uint8Array | undefined): number | null {
  if (bytes?.byteLength !== 4) return null;
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
}

// The derivation runs on a worker thread that cannot be stopped; whoever waits for it can.
function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    // An abort that came while something else was waited for fires no event any more.
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

// Node tells nothing while it derives. The speed is measured with a short derivation and the position estimated from
// the time gone by, never above 99 %: only the real end says 100 %.
async function startReporting(
  total: number,
  progress: ProgressListener | undefined,
): Promise<{ finished(): void; stop(): void }> {
  if (!progress) return { finished: () => undefined, stop: () => undefined };
  progress({ stage: 'key-derivation', done: 0, total });
  const end = (): void => progress({ stage: 'key-derivation', done: total, total });
  const sampleRounds = 50_000;
  if (total < 20 * sampleRounds) return { finished: end, stop: () => undefined };
  const sampleStart = performance.now();
  await derive('sample', 'sample', sampleRounds, 32, 'sha256');
  const roundsPerMillisecond = sampleRounds / Math.max(1, performance.now() - sampleStart);
  const start = performance.now();
  const timer = setInterval(() => {
    const estimate = Math.round((performance.now() - start) * roundsPerMillisecond);
    progress({ stage: 'key-derivation', done: Math.min(estimate, Math.floor(total * 0.99)), total });
  }, 200);
  timer.unref();
  return { finished: end, stop: () => clearInterval(timer) };
}
