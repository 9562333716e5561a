/** Stands in for `../custody/` until it is there. */
import { createHash, createPrivateKey, createPublicKey, sign as signBytes } from 'node:crypto';
import type { CustodyAction } from '../model/vocabularies.js';

type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
export interface CustodyBody {
  readonly seq: number;
  readonly prev: string;
  readonly at: string;
  readonly clockSource: string;
  readonly monotonicMs: number;
  readonly actor: string;
  readonly action: CustodyAction;
  readonly evidenceId: string | null;
  readonly detail: Record<string, JsonValue>;
}
export interface CustodyEntry extends CustodyBody {
  readonly hash: string;
  readonly sig: string;
}
export function canonicalise(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalise).join(',')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => `${JSON.stringify(key)}:${canonicalise(inner)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}
export function makeEntry(
  previous: CustodyEntry | null,
  body: Omit<CustodyBody, 'seq' | 'prev'>,
  sign: (hash: Uint8Array) => Uint8Array,
): CustodyEntry {
  const whole = { ...body, seq: (previous?.seq ?? 0) + 1, prev: previous?.hash ?? '0'.repeat(64) };
  const hash = createHash('sha256')
    .update('vigia-custody-v1')
    .update(Buffer.from(whole.prev, 'hex'))
    .update(canonicalise(whole))
    .digest();
  return { ...whole, hash: hash.toString('hex'), sig: Buffer.from(sign(hash)).toString('hex') };
}
function privateKey(seed: Uint8Array) {
  return createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  });
}
export function signer(seed: Uint8Array): (hash: Uint8Array) => Uint8Array {
  const key = privateKey(seed);
  return (hash) => signBytes(null, hash, key);
}
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  return createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' }).subarray(-32);
}
