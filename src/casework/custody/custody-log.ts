/**
 * The custody log: an append-only chain of signed entries, described in docs/custody-format.md so that others can write a
 * verifier of their own. Each entry holds the hash of the one before: what was written cannot be changed, removed or moved
 * without breaking the chain from there on. The end of the chain can be cut off unseen, and whoever has the key can make
 * all of it anew: receipts and time stamps show that.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CUSTODY_ACTIONS, type CustodyAction } from '../model/vocabularies.js';
import { CanonicalError, canonicalise, type JsonValue } from './canonical-json.js';
import { isSignedBy } from './keys.js';

const DOMAIN = 'vigia-custody-v1';
const NO_ENTRY = '0'.repeat(64);
/** A longer line is no entry. */
const MAX_LINE_CHARACTERS = 1_048_576;
/** Problems that are listed one by one. */
const MAX_PROBLEMS = 1_000;

export interface CustodyBody {
  /** From 1. */
  readonly seq: number;
  /** Hash of the entry before, 64 zeros for the first. */
  readonly prev: string;
  /** UTC, ISO 8601. */
  readonly at: string;
  /** Where the time comes from: `system`. */
  readonly clockSource: string;
  readonly monotonicMs: number;
  readonly actor: string;
  readonly action: CustodyAction;
  readonly evidenceId: string | null;
  readonly detail: { readonly [key: string]: JsonValue };
}

export interface CustodyEntry extends CustodyBody {
  /** Lower-case hex of 32 bytes, and of 64. */
  readonly hash: string;
  readonly sig: string;
}

const entrySchema = z.strictObject({
  seq: z.number().int().positive(),
  prev: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.string(),
  clockSource: z.string(),
  monotonicMs: z.number(),
  actor: z.string(),
  action: z.enum(CUSTODY_ACTIONS),
  evidenceId: z.string().nullable(),
  detail: z.record(z.string(), z.custom<JsonValue>(hasFiniteNumbers)),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  sig: z.string().regex(/^[0-9a-f]{128}$/),
});

/** Of what JSON.parse gave only numbers can be none of JSON (1e999). However deep it is: no function calls itself here. */
function hasFiniteNumbers(value: unknown): boolean {
  const waiting = [value];
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (typeof one === 'number' && !Number.isFinite(one)) return false;
    if (typeof one === 'object' && one !== null) for (const inner of Object.values(one)) waiting.push(inner);
  }
  return true;
}

/** The next entry of a log. */
export function makeEntry(
  previous: Pick<CustodyEntry, 'seq' | 'hash'> | null,
  body: Omit<CustodyBody, 'seq' | 'prev'>,
  sign: (hash: Uint8Array) => Uint8Array,
): CustodyEntry {
  const whole = { ...body, seq: (previous?.seq ?? 0) + 1, prev: previous?.hash ?? NO_ENTRY };
  const hash = hashOf(whole);
  return { ...whole, hash: hash.toString('hex'), sig: Buffer.from(sign(hash)).toString('hex') };
}

/** SHA-256 over the name of the format, the 32 bytes of `prev`, and the canonical body. */
function hashOf(body: CustodyBody): Buffer {
  return createHash('sha256')
    .update(DOMAIN, 'ascii')
    .update(Buffer.from(body.prev, 'hex'))
    .update(canonicalise({ ...body }), 'utf8')
    .digest();
}

export const LOG_PROBLEMS = [
  'bad-json',
  'not-an-entry',
  'not-canonical',
  'wrong-seq',
  'broken-link',
  'bad-hash',
  'bad-signature',
] as const;

export interface LogProblem {
  /** As the entry says; null when it says none. */
  readonly seq: number | null;
  /** From 1. */
  readonly line: number;
  readonly code: (typeof LOG_PROBLEMS)[number];
}

/** What checking a log said. */
export interface LogVerdict {
  readonly ok: boolean;
  readonly entries: number;
  /** Of the last entry; null for an empty log. */
  readonly headHash: string | null;
  /** Where it goes wrong first; null when it does not. */
  readonly firstBadSeq: number | null;
  /** The first thousand. */
  readonly problems: readonly LogProblem[];
}

/** Checks every line of a log: form, order, chain, hashes, signatures by one of the keys. Never throws for what a log holds. */
export async function verifyLog(
  lines: Iterable<string> | AsyncIterable<string>,
  publicKeys: readonly Uint8Array[],
): Promise<LogVerdict> {
  const problems: LogProblem[] = [];
  let firstBadSeq: number | null = null;
  let line = 0;
  let seq = 0;
  let headHash: string | null = null;
  for await (const text of lines) {
    if (text === '') continue;
    line += 1;
    seq += 1;
    const expected = { seq, prev: headHash ?? NO_ENTRY };
    const { entry, codes } = checkLine(text, expected, publicKeys);
    if (codes.length > 0) firstBadSeq ??= seq;
    for (const code of codes) {
      if (problems.length < MAX_PROBLEMS) problems.push({ seq: entry?.seq ?? null, line, code });
    }
    // What follows is held against what this entry says, so that one changed entry is one bad entry.
    if (entry) {
      headHash = entry.hash;
      seq = entry.seq;
    }
  }
  return { ok: problems.length === 0, entries: line, headHash, firstBadSeq, problems };
}

function checkLine(
  text: string,
  expected: { readonly seq: number; readonly prev: string },
  publicKeys: readonly Uint8Array[],
): { readonly entry: CustodyEntry | null; readonly codes: readonly LogProblem['code'][] } {
  const value = text.length > MAX_LINE_CHARACTERS ? undefined : parsed(text);
  if (value === undefined) return { entry: null, codes: ['bad-json'] };
  const read = entrySchema.safeParse(value);
  if (!read.success) return { entry: null, codes: ['not-an-entry'] };
  const entry: CustodyEntry = read.data;
  const codes: LogProblem['code'][] = [];
  const { hash, sig, ...body } = entry;
  try {
    // The line itself, and with it every byte of it, is what the hash is over.
    if (canonicalise({ ...entry }) !== text) codes.push('not-canonical');
    if (hashOf(body).toString('hex') !== hash) codes.push('bad-hash');
  } catch (error) {
    if (!(error instanceof CanonicalError)) throw error;
    codes.push('not-canonical');
  }
  if (entry.seq !== expected.seq) codes.push('wrong-seq');
  if (entry.prev !== expected.prev) codes.push('broken-link');
  const [digest, signature] = [Buffer.from(hash, 'hex'), Buffer.from(sig, 'hex')];
  if (!publicKeys.some((key) => isSignedBy(key, digest, signature))) codes.push('bad-signature');
  return { entry, codes };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
