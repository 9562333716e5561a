/**
 * OpenTimestamps proofs: an own reader and an offline verifier.
 *
 * A proof is a tree of operations that leads from the digest of a file to messages which others have kept: a calendar
 * server for a while ("pending"), the Bitcoin block chain for good. Nothing is asked of anybody: the block header is given.
 * Format: `opentimestamps/core` of python-opentimestamps, and the sample proofs of javascript-opentimestamps.
 */
import { createHash } from 'node:crypto';
import { fromUnixSeconds } from '../../core/time.js';
import { DIGEST_BYTES, digestOf, PROOF_HASHES, type ProofHash } from './digests.js';
import { StampError } from './stamp-error.js';

export type ProofOperation =
  | { readonly name: ProofHash | 'reverse' | 'hexlify' }
  | { readonly name: 'append' | 'prepend'; readonly operand: Uint8Array };

/** Who vouches for a message. Kinds this version does not know are kept with tag and payload. */
export type Attestation =
  | { readonly kind: 'pending'; readonly calendar: string }
  | { readonly kind: 'bitcoin' | 'litecoin'; readonly height: number }
  | { readonly kind: 'unknown'; readonly tag: string; readonly payload: Uint8Array };

export interface ProofNode {
  readonly message: Uint8Array;
  readonly attestations: readonly Attestation[];
  readonly branches: readonly { readonly operation: ProofOperation; readonly node: ProofNode }[];
}

/** One attestation with what it commits to, in the order of the file. */
export interface AttestedMessage {
  readonly attestation: Attestation;
  readonly message: Uint8Array;
  /** Forks between the digest and here whose further branches came after this one; the last branch of a fork adds none. */
  readonly forkDepth: number;
  /** Whether SHA-1 was used on the way from the digest. */
  readonly throughSha1: boolean;
}

export interface OtsProof {
  readonly version: 1;
  readonly fileHash: ProofHash;
  readonly digest: Uint8Array;
  readonly root: ProofNode;
  readonly attested: readonly AttestedMessage[];
  readonly operationCount: number;
}

/** A block header as somebody supplies it: the tool asks nobody for it. */
export interface BlockHeader {
  readonly chain: BlockChain;
  readonly height: number;
  /** As block explorers print it (reversed against the order in proofs and headers), lower-case hex. */
  readonly merkleRoot: string;
  /** Time in the header, UTC; null when only the Merkle root was given. */
  readonly time: string | null;
  /** To compare with a block explorer or an own node; null when only the Merkle root was given, or for Litecoin (scrypt). */
  readonly blockHash: string | null;
}
export type BlockChain = 'bitcoin' | 'litecoin';

export type AttestationState = 'anchored' | 'pending' | 'no-header' | 'mismatch' | 'unknown';

export interface AttestationVerdict {
  readonly attestation: Attestation;
  readonly state: AttestationState;
  /** Hex of the message; of block attestations in the order of explorers, so that it reads as the Merkle root. */
  readonly message: string;
  readonly throughSha1: boolean;
  /** Headers given for its block that it was compared with. */
  readonly headers: readonly BlockHeader[];
}

export interface ProofVerdict {
  /** `wrong-digest`: the proof is about another file. Otherwise the best of its attestations. */
  readonly state: AttestationState | 'wrong-digest';
  /** Anchored, about this digest, and not by way of SHA-1 only. */
  readonly holds: boolean;
  /** The file digest, or every anchored way from it, uses SHA-1: two different files can share such a digest. */
  readonly weakHash: boolean;
  readonly attestations: readonly AttestationVerdict[];
}

// "\0OpenTimestamps\0\0Proof\0" and eight bytes that no text has.
const MAGIC = Uint8Array.from(
  Buffer.from('004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e89294', 'hex'),
);

// Proofs of one file have a few hundred bytes; with several calendars and full Bitcoin paths some thousands.
export const MAX_PROOF_BYTES = 1_048_576;
// python-opentimestamps: no message and no operand above 4,096 bytes, no payload above 8,192, no address above 1,000.
const MAX_MESSAGE_BYTES = 4_096;
const MAX_PAYLOAD_BYTES = 8_192;
const MAX_CALENDAR_BYTES = 1_000;
// Real paths have some tens of operations (python-opentimestamps stops at 256).
const MAX_PATH_OPERATIONS = 1_000;
const MAX_OPERATIONS = 10_000;
const MAX_FORKS_ON_PATH = 64;
const MAX_ATTESTATIONS = 1_000;
// Heights are counted from 2009 at one block in ten minutes; LEB128 in five bytes.
const MAX_HEIGHT = 0xffff_ffff;

const HASH_TAGS: Readonly<Record<ProofHash, number>> = {
  sha1: 0x02,
  ripemd160: 0x03,
  sha256: 0x08,
  keccak256: 0x67,
};
const HASH_OF_TAG = new Map<number, ProofHash>(PROOF_HASHES.map((name) => [HASH_TAGS[name], name]));
const PENDING_TAG = '83dfe30d2ef90c8e';
const BITCOIN_TAG = '0588960d73d71901';
const LITECOIN_TAG = '06869a0d73d71b45';

interface OpenNode {
  readonly message: Uint8Array;
  readonly attestations: Attestation[];
  readonly branches: { operation: ProofOperation; node: OpenNode }[];
  readonly pathOperations: number;
  readonly pathForks: number;
  readonly throughSha1: boolean;
}

/** Reads a detached proof (`.ots`). @throws StampError */
export function readProof(bytes: Uint8Array): OtsProof {
  if (bytes.length === 0) throw new StampError('empty', 'byte 0');
  if (bytes.length > MAX_PROOF_BYTES) throw new StampError('limit-bytes', `byte ${MAX_PROOF_BYTES}`);
  // A copy: slices of a Buffer would share its memory with whoever gave it.
  const input = new ProofInput(new Uint8Array(bytes));
  if (!equal(bytes.subarray(0, MAGIC.length), MAGIC)) throw new StampError('wrong-format', 'byte 0');
  input.offset = MAGIC.length;
  if (input.number() !== 1) throw new StampError('not-supported', `byte ${MAGIC.length}`);
  const fileHash = HASH_OF_TAG.get(input.byte());
  if (fileHash === undefined) throw new StampError('not-supported', `byte ${input.offset - 1}`);
  const digest = input.take(DIGEST_BYTES[fileHash]);
  const tree = readTree(input, digest, fileHash === 'sha1');
  if (input.offset !== bytes.length) throw new StampError('trailing-bytes', `byte ${input.offset}`);
  return { version: 1, fileHash, digest, ...tree };
}

function readTree(
  input: ProofInput,
  digest: Uint8Array,
  throughSha1: boolean,
): Pick<OtsProof, 'root' | 'attested' | 'operationCount'> {
  const root = newNode(digest, 0, 0, throughSha1);
  const attested: AttestedMessage[] = [];
  // Nodes whose further branches are still to come. A loop and not recursion: depth is the file's to choose.
  const waiting: OpenNode[] = [];
  let operationCount = 0;
  let node: OpenNode | undefined = root;
  while (node !== undefined) {
    const at = input.offset;
    let tag = input.byte();
    if (tag === 0xff) {
      if (node.pathForks >= MAX_FORKS_ON_PATH) throw new StampError('limit-depth', `byte ${at}`);
      waiting.push(node);
      tag = input.byte();
    }
    if (tag === 0x00) {
      if (attested.length >= MAX_ATTESTATIONS) throw new StampError('limit-count', `byte ${at}`);
      const attestation = readAttestation(input);
      node.attestations.push(attestation);
      const { message, throughSha1: sha1 } = node;
      attested.push({ attestation, message, forkDepth: waiting.length, throughSha1: sha1 });
      node = waiting.pop();
      continue;
    }
    operationCount += 1;
    if (operationCount > MAX_OPERATIONS) throw new StampError('limit-count', `byte ${at}`);
    if (node.pathOperations >= MAX_PATH_OPERATIONS) throw new StampError('limit-depth', `byte ${at}`);
    const operation = readOperation(input, tag);
    const isFork = waiting.at(-1) === node || node.branches.length > 0;
    const child = newNode(
      applyOperation(operation, node.message, at),
      node.pathOperations + 1,
      node.pathForks + (isFork ? 1 : 0),
      node.throughSha1 || operation.name === 'sha1',
    );
    node.branches.push({ operation, node: child });
    node = child;
  }
  return { root, attested, operationCount };
}

function newNode(
  message: Uint8Array,
  pathOperations: number,
  pathForks: number,
  throughSha1: boolean,
): OpenNode {
  return { message, attestations: [], branches: [], pathOperations, pathForks, throughSha1 };
}

function readOperation(input: ProofInput, tag: number): ProofOperation {
  const at = input.offset - 1;
  const hash = HASH_OF_TAG.get(tag);
  if (hash !== undefined) return { name: hash };
  switch (tag) {
    case 0xf0:
    case 0xf1: {
      const operand = input.counted(MAX_MESSAGE_BYTES);
      if (operand.length === 0) throw new StampError('damaged', `byte ${at}`);
      return { name: tag === 0xf0 ? 'append' : 'prepend', operand };
    }
    case 0xf2:
      return { name: 'reverse' };
    case 0xf3:
      return { name: 'hexlify' };
    default:
      // An operation nobody knows cannot be skipped: its length is not in the file.
      throw new StampError('not-supported', `byte ${at}`);
  }
}

function applyOperation(operation: ProofOperation, message: Uint8Array, at: number): Uint8Array {
  switch (operation.name) {
    case 'append':
      return checkLength(Buffer.concat([message, operation.operand]), at);
    case 'prepend':
      return checkLength(Buffer.concat([operation.operand, message]), at);
    case 'reverse':
      return message.toReversed();
    case 'hexlify':
      return checkLength(new TextEncoder().encode(hex(message)), at);
    default:
      return digestOf(operation.name, message);
  }
}

function checkLength(message: Uint8Array, at: number): Uint8Array {
  if (message.length > MAX_MESSAGE_BYTES) throw new StampError('limit-bytes', `byte ${at}`);
  return message;
}

function readAttestation(input: ProofInput): Attestation {
  const tag = hex(input.take(8));
  const payload = input.counted(MAX_PAYLOAD_BYTES);
  const start = input.offset - payload.length;
  const inner = new ProofInput(payload, start);
  const known = readKnownAttestation(tag, inner);
  if (known === null) return { kind: 'unknown', tag, payload };
  if (inner.offset !== payload.length) {
    throw new StampError('trailing-bytes', `byte ${start + inner.offset}`);
  }
  return known;
}

function readKnownAttestation(tag: string, payload: ProofInput): Attestation | null {
  if (tag === PENDING_TAG) {
    const calendar = Buffer.from(payload.counted(MAX_CALENDAR_BYTES)).toString('latin1');
    // The characters that python-opentimestamps lets through; whatever else could be in it is not an address.
    if (!/^[A-Za-z0-9._/:-]+$/.test(calendar)) throw new StampError('damaged', payload.place(0));
    return { kind: 'pending', calendar };
  }
  if (tag === BITCOIN_TAG) return { kind: 'bitcoin', height: payload.number() };
  if (tag === LITECOIN_TAG) return { kind: 'litecoin', height: payload.number() };
  return null;
}

/** Bytes read from front to back; every length is checked before it is believed. */
class ProofInput {
  offset = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly base = 0,
  ) {}

  place(offset: number): string {
    return `byte ${this.base + offset}`;
  }

  byte(): number {
    const value = this.bytes[this.offset];
    if (value === undefined) throw new StampError('damaged', this.place(this.offset));
    this.offset += 1;
    return value;
  }

  take(count: number): Uint8Array {
    if (this.offset + count > this.bytes.length) throw new StampError('damaged', this.place(this.offset));
    const part = this.bytes.slice(this.offset, this.offset + count);
    this.offset += count;
    return part;
  }

  /** Unsigned LEB128, at most 32 bits: nothing in a proof counts further. */
  number(): number {
    const at = this.offset;
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (value > MAX_HEIGHT || factor > 2 ** 28) throw new StampError('damaged', this.place(at));
      if (byte < 0x80) return value;
    }
  }

  counted(maxBytes: number): Uint8Array {
    const at = this.offset;
    const length = this.number();
    if (length > maxBytes) throw new StampError('limit-bytes', this.place(at));
    return this.take(length);
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Showing

/** The whole proof as text, operation by operation, in the form that the `ots info` program gives. */
export function infoText(proof: OtsProof): string {
  const lines = [`File ${proof.fileHash} hash: ${hex(proof.digest)}`, 'Timestamp:'];
  addNode(proof.root, '', lines);
  return `${lines.join('\n')}\n`;
}

function addNode(start: ProofNode, indent: string, lines: string[]): void {
  let node = start;
  for (;;) {
    for (const attestation of node.attestations) addAttestation(attestation, node.message, indent, lines);
    const [first] = node.branches;
    if (first === undefined) return;
    if (node.branches.length > 1) break;
    lines.push(`${indent}${operationText(first.operation)}`);
    node = first.node;
  }
  // Recursion only at forks, of which a path has few.
  for (const branch of node.branches) {
    lines.push(`${indent} -> ${operationText(branch.operation)}`);
    addNode(branch.node, `${indent}    `, lines);
  }
}

function addAttestation(
  attestation: Attestation,
  message: Uint8Array,
  indent: string,
  lines: string[],
): void {
  switch (attestation.kind) {
    case 'pending':
      lines.push(`${indent}verify PendingAttestation('${attestation.calendar}')`);
      return;
    case 'bitcoin':
    case 'litecoin': {
      const chain = attestation.kind === 'bitcoin' ? 'Bitcoin' : 'Litecoin';
      lines.push(`${indent}verify ${chain}BlockHeaderAttestation(${attestation.height})`);
      lines.push(`${indent}# ${chain} block merkle root ${explorerHex(message)}`);
      return;
    }
    case 'unknown':
      lines.push(`${indent}verify UnknownAttestation(${attestation.tag}, ${hex(attestation.payload)})`);
  }
}

function operationText(operation: ProofOperation): string {
  return 'operand' in operation ? `${operation.name} ${hex(operation.operand)}` : operation.name;
}

// ---------------------------------------------------------------------------------------------------------------
// Verifying

// Proof-of-work limit of Bitcoin (consensus parameter powLimit, bits 1d00ffff): no block was ever easier.
const EASIEST_TARGET = 0xffffn << 208n;

/**
 * A block header as typed or pasted: the 80 bytes in hex, or the Merkle root as explorers print it.
 *
 * A full Bitcoin header must carry the work it claims, which a mistyped or invented one does not. Whether it is in the
 * chain that everybody has is for the person to compare: with an own node, or with two explorers.
 *
 * @throws StampError
 */
export function readBlockHeader(height: number, given: string, chain: BlockChain = 'bitcoin'): BlockHeader {
  const place = `block ${height}`;
  const text = given.trim().toLowerCase();
  if (!Number.isSafeInteger(height) || height < 0 || height > MAX_HEIGHT) {
    throw new StampError('wrong-format', place);
  }
  if (/^[0-9a-f]{64}$/.test(text)) return { chain, height, merkleRoot: text, time: null, blockHash: null };
  if (!/^[0-9a-f]{160}$/.test(text)) throw new StampError('wrong-format', place);
  const header = Buffer.from(text, 'hex');
  const blockHash = chain === 'bitcoin' ? explorerHex(sha256(sha256(header))) : null;
  if (blockHash !== null) {
    const target = targetOf(header.readUInt32LE(72));
    if (target > EASIEST_TARGET || BigInt(`0x${blockHash}`) > target) throw new StampError('damaged', place);
  }
  const merkleRoot = explorerHex(header.subarray(36, 68));
  return { chain, height, merkleRoot, time: fromUnixSeconds(header.readUInt32LE(68)), blockHash };
}

/** Compact form of a target: one byte of exponent, three of mantissa. */
function targetOf(bits: number): bigint {
  const exponent = bits >>> 24;
  const mantissa = BigInt(bits & 0x7fffff);
  if (exponent > 32) return EASIEST_TARGET + 1n;
  return exponent <= 3 ? mantissa >> BigInt(8 * (3 - exponent)) : mantissa << BigInt(8 * (exponent - 3));
}

/**
 * Compares a proof with the digest of a file (made with the proof's own hash, see `fileHash`) and with block headers.
 *
 * That a proof parses proves nothing: only a final message equal to the block's Merkle root does.
 */
export function verifyProof(
  proof: OtsProof,
  digest: Uint8Array,
  headers: readonly BlockHeader[],
): ProofVerdict {
  const attestations = proof.attested.map((attested) => verifyAttestation(attested, headers));
  const anchored = attestations.filter(({ state }) => state === 'anchored');
  const weakHash =
    proof.fileHash === 'sha1' || (anchored.length > 0 && anchored.every((verdict) => verdict.throughSha1));
  const state = equal(proof.digest, digest)
    ? (BEST_FIRST.find((wanted) => attestations.some((verdict) => verdict.state === wanted)) ?? 'unknown')
    : 'wrong-digest';
  return { state, holds: state === 'anchored' && !weakHash, weakHash, attestations };
}

// A mismatch is worse than "not yet", and must not hide behind it.
const BEST_FIRST: readonly AttestationState[] = ['anchored', 'mismatch', 'no-header', 'pending', 'unknown'];

function verifyAttestation(attested: AttestedMessage, headers: readonly BlockHeader[]): AttestationVerdict {
  const { attestation, message, throughSha1 } = attested;
  if (attestation.kind === 'pending' || attestation.kind === 'unknown') {
    return { attestation, state: attestation.kind, message: hex(message), throughSha1, headers: [] };
  }
  const { kind, height } = attestation;
  const compared = headers.filter((header) => header.chain === kind && header.height === height);
  const shown = explorerHex(message);
  // Two headers for one height cannot both be in the chain: then nothing is shown by either.
  const matches = compared.every((header) => header.merkleRoot === shown);
  const state = compared.length === 0 ? 'no-header' : matches ? 'anchored' : 'mismatch';
  return { attestation, state, message: shown, throughSha1, headers: compared };
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Blocks and their contents are printed from the last byte to the first. */
function explorerHex(bytes: Uint8Array): string {
  return hex(bytes.toReversed());
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
