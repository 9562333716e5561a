import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backupInMemory } from '../../../fixtures/ios-backup.js';
import type { ProgressEvent } from '../../core/contracts.js';
import { EvidenceError } from '../../core/evidence-error.js';
import { asBytes, asDictionary, parsePlist } from '../plist/plist.js';
import { changedBytes } from '../testing/arbitraries.js';
import { deriveKey, MAX_DERIVATION_ROUNDS, parseKeybag, unwrapClassKeys, unwrapKey } from './keybag.js';

const PLACE = { evidence: 'e1', path: 'Manifest.plist', locator: 'BackupKeyBag' };
const built = backupInMemory({ files: [], encrypted: { password: 'contraseña', dpic: 1000, iter: 100 } });
const keybagBytes = keybagOf(built.contents['Manifest.plist']);

describe('the keybag of an encrypted backup', () => {
  it('gives salts, rounds and every class key', () => {
    const keybag = parseKeybag(keybagBytes, PLACE);

    expect(keybag).toMatchObject({ iterations: 100, dataIterations: 1000 });
    expect(keybag.salt.byteLength).toBe(20);
    expect(keybag.dataSalt?.byteLength).toBe(20);
    expect(keybag.classKeys.map((key) => [key.protectionClass, key.wrap])).toEqual([
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((number) => [number, 2]),
      [9, 3],
      [10, 3],
      [11, 1],
    ]);
  });

  it('opens the class keys with the right password, leaving those of the device alone', async () => {
    const keybag = parseKeybag(keybagBytes, PLACE);
    const key = await deriveKey('contraseña', keybag, { place: PLACE, singleRound: false });
    const opened = unwrapClassKeys(keybag, key);

    expect(key.toString('hex')).toBe(built.keyHex);
    expect([...(opened?.keys.keys() ?? [])]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(opened?.damaged).toBe(0);
  });

  it('opens nothing with a wrong password', async () => {
    const keybag = parseKeybag(keybagBytes, PLACE);
    const key = await deriveKey('contrasena', keybag, { place: PLACE, singleRound: false });

    expect(unwrapClassKeys(keybag, key)).toBeNull();
  });

  it('counts a damaged class key when others open', async () => {
    const broken = Buffer.from(keybagBytes);
    const at = broken.indexOf('WPKY') + 8;
    broken[at] = (broken[at] ?? 0) ^ 1;
    const keybag = parseKeybag(broken, PLACE);
    const key = await deriveKey('contraseña', keybag, { place: PLACE, singleRound: false });

    expect(unwrapClassKeys(keybag, key)).toMatchObject({ damaged: 1 });
  });

  it('refuses a keybag that asks for more rounds than any real one, at once', async () => {
    const hostile = Buffer.from(keybagBytes);
    hostile.writeUInt32BE(0xffff_ffff, hostile.indexOf('DPIC') + 8);
    const keybag = parseKeybag(hostile, PLACE);

    await expect(deriveKey('x', keybag, { place: PLACE, singleRound: false })).rejects.toMatchObject({
      code: 'limit-time',
      source: PLACE,
    });
    expect(keybag.dataIterations).toBeGreaterThan(MAX_DERIVATION_ROUNDS);
  });

  it('names the byte where a cut keybag ends', () => {
    expect(() => parseKeybag(keybagBytes.subarray(0, 50), PLACE)).toThrow(EvidenceError);
    try {
      parseKeybag(keybagBytes.subarray(0, 50), PLACE);
    } catch (error) {
      expect(error).toMatchObject({ code: 'damaged', source: { locator: 'BackupKeyBag byte 48' } });
    }
  });

  it('survives any change of its bytes', () => {
    fc.assert(
      fc.property(changedBytes(keybagBytes, 8), fc.nat(keybagBytes.byteLength), (bytes, length) => {
        orTypedError(() => parseKeybag(bytes.subarray(0, length), PLACE));
      }),
    );
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) =>
        orTypedError(() => parseKeybag(bytes, PLACE)),
      ),
    );
  });

  it('reports its progress: start, estimates below the end, end', async () => {
    const keybag = { ...parseKeybag(keybagBytes, PLACE), dataIterations: 2_000_000 };
    const events: ProgressEvent[] = [];
    await deriveKey('x', keybag, {
      place: PLACE,
      singleRound: false,
      progress: (event) => events.push(event),
    });
    const done = events.map((event) => (event.stage === 'key-derivation' ? event.done : -1));

    expect(done.at(0)).toBe(0);
    expect(done.at(-1)).toBe(2_000_100);
    expect(Math.max(...done.slice(0, -1))).toBeLessThan(2_000_100);
    expect([...done].sort((a, b) => a - b)).toEqual(done);
  });

  it('stops waiting when told to', async () => {
    const keybag = { ...parseKeybag(keybagBytes, PLACE), dataIterations: 3_000_000 };
    const controller = new AbortController();
    const work = deriveKey('x', keybag, { place: PLACE, singleRound: false, signal: controller.signal });
    controller.abort(new Error('stopped'));

    await expect(work).rejects.toThrow('stopped');
  });
});

describe('AES key unwrap', () => {
  // RFC 3394 §4.6: 256 bits of key data with a 256-bit key.
  const key = Buffer.from('000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F', 'hex');
  const wrapped = Buffer.from(
    '28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21',
    'hex',
  );

  it('agrees with the vector of RFC 3394', () => {
    expect(unwrapKey(key, wrapped)?.toString('hex').toUpperCase()).toBe(
      '00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F',
    );
  });

  it('gives null for a wrong key, changed bytes and wrong lengths', () => {
    const changed = Buffer.from(wrapped);
    changed[39] = (changed[39] ?? 0) ^ 1;

    expect(unwrapKey(Buffer.alloc(32), wrapped)).toBeNull();
    expect(unwrapKey(key, changed)).toBeNull();
    expect(unwrapKey(key, wrapped.subarray(0, 32))).toBeNull();
    expect(unwrapKey(key.subarray(0, 16), wrapped)).toBeNull();
  });
});

function keybagOf(manifestPlist: Buffer | undefined): Buffer {
  const keybag = asBytes(asDictionary(parsePlist(manifestPlist ?? Buffer.alloc(0)))?.BackupKeyBag);
  return Buffer.from(keybag ?? []);
}

function orTypedError(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(EvidenceError);
  }
}
