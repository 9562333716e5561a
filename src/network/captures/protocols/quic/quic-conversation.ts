import type { Consumer, FlowContext, PacketMark } from '../../flows/consumer.js';
import { MemoryBudget } from '../memory-budget.js';
import { CLIENT_HELLO, Negotiation, SERVER_HELLO } from '../tls/negotiation.js';
import { SparseBytes } from '../tls/sparse-bytes.js';
import { InitialKeys } from './initial-keys.js';
import {
  type LongHeader,
  longHeader,
  MAX_ID_BYTES,
  variableInteger,
  variableIntegerBytes,
} from './long-header.js';
import { isPlausibleVersion, quicVersion } from './versions.js';

/** Read of one conversation: the hellos come in the first few. */
const MAX_DATAGRAMS = 256;
/** Initial packets decrypted of one conversation; a hello needs two or three. */
const MAX_INITIALS = 64;
/** First connection ids kept: a Retry makes a second one, each new attempt another. */
const MAX_ATTEMPTS = 4;
/** Packets in one datagram. */
const MAX_COALESCED = 16;
const MAX_FRAMES = 1_024;
/** Bytes of handshake in Initial packets. */
const MAX_CRYPTO_BYTES = 64 * 1024;
const OWN_BUDGET_BYTES = 512 * 1024;
/** A client's first datagrams are no smaller (RFC 9000 14.1). */
const MIN_FIRST_BYTES = 1_200;

/** Frames that Initial packets may hold (RFC 9000 12.4). */
const [PADDING, PING, ACK, ACK_WITH_ECN, CRYPTO] = [0, 1, 2, 3, 6];

/** Whether the start of a datagram looks like a packet of QUIC with a long header. */
export function looksLikeQuic(bytes: Buffer, start: number, end: number): boolean {
  const length = end - start;
  if (length < 7 || ((bytes[start] as number) & 0x80) === 0) return false;
  const number = bytes.readUInt32BE(start + 1);
  const idBytes = bytes[start + 5] as number;
  if (idBytes > MAX_ID_BYTES || idBytes + 6 >= length) return false;
  const sourceBytes = bytes[start + 6 + idBytes] as number;
  const after = start + 7 + idBytes + sourceBytes;
  if (sourceBytes > MAX_ID_BYTES || after > end) return false;
  if (number === 0) return isVersionNegotiation(bytes, after, end);
  if (((bytes[start] as number) & 0x40) === 0) return false;
  const version = quicVersion(number);
  if (version === null) return length >= MIN_FIRST_BYTES && idBytes >= 8 && isPlausibleVersion(number);
  // Four bytes of version and ids that fit are enough: the capture may have cut the rest.
  return after < end;
}

// RFC 9000 17.2.1: a list of versions, some of which are known.
function isVersionNegotiation(bytes: Buffer, start: number, end: number): boolean {
  if (end === start || (end - start) % 4 !== 0 || end - start > 256) return false;
  for (let at = start; at < end; at += 4) {
    const number = bytes.readUInt32BE(at);
    if (quicVersion(number) !== null || isPlausibleVersion(number)) return true;
  }
  return false;
}

/** How a conversation of QUIC began. Emits one `tls` record, and nothing when no hello could be read. */
export class QuicConversation implements Consumer {
  readonly #flow: FlowContext;
  readonly #negotiation: Negotiation;
  readonly #budget: MemoryBudget;
  readonly #attempts: Attempt[] = [];
  /** Which end the client turned out to be; null before its first packet was opened. */
  #isClientTheClient: boolean | null = null;
  #datagrams = 0;
  #initials = 0;
  #isNamed = false;
  #isOver = false;

  constructor(flow: FlowContext, budget: MemoryBudget = new MemoryBudget(OWN_BUDGET_BYTES)) {
    this.#flow = flow;
    this.#negotiation = new Negotiation(flow, 'quic');
    this.#budget = budget;
  }

  data(fromClient: boolean, bytes: Buffer, start: number, end: number, mark: PacketMark): boolean {
    if (this.#isOver) return false;
    this.#datagrams += 1;
    if (!this.#isNamed) {
      this.#isNamed = true;
      this.#flow.application('quic');
    }
    let at = start;
    for (let packets = 0; packets < MAX_COALESCED && at < end; packets += 1) {
      const header = longHeader(bytes, at, end);
      if (header === null) break;
      if (header.isInitial) this.#initial(fromClient, bytes, at, header, mark);
      at = header.end;
    }
    const { isServerDone, isClientDone } = this.#negotiation;
    if ((isServerDone && isClientDone) || this.#datagrams >= MAX_DATAGRAMS || this.#initials >= MAX_INITIALS)
      this.#finish();
    return !this.#isOver;
  }

  gap(): boolean {
    return !this.#isOver;
  }

  end(fromClient: boolean | null): void {
    if (fromClient === null) this.#finish();
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const attempt of this.#attempts) attempt.release();
    this.#negotiation.emit();
  }

  #initial(fromClient: boolean, bytes: Buffer, start: number, header: LongHeader, mark: PacketMark): void {
    if (this.#initials >= MAX_INITIALS) return;
    this.#initials += 1;
    const isServer = this.#isClientTheClient !== null && fromClient !== this.#isClientTheClient;
    for (let index = this.#attempts.length - 1; index >= 0; index -= 1) {
      if (this.#try(this.#attempts[index] as Attempt, isServer, fromClient, bytes, start, header, mark))
        return;
    }
    if (isServer || this.#attempts.length >= MAX_ATTEMPTS) return;
    const id = bytes.toString('latin1', header.idStart, header.idEnd);
    if (this.#attempts.some((attempt) => attempt.id === id)) return;
    const attempt = new Attempt(id, this.#budget);
    if (this.#try(attempt, false, fromClient, bytes, start, header, mark)) this.#attempts.push(attempt);
  }

  #try(
    attempt: Attempt,
    isServer: boolean,
    fromClient: boolean,
    bytes: Buffer,
    start: number,
    header: LongHeader,
    mark: PacketMark,
  ): boolean {
    const content = attempt.keys(header.version, isServer).open(bytes, start, header.numberAt, header.end);
    if (content === null) return false;
    if (!isServer) this.#isClientTheClient = fromClient;
    this.#negotiation.quicVersion = header.version.name;
    const stream = isServer ? attempt.server : attempt.client;
    stream.take(content, mark);
    stream.giveOn(this.#negotiation, fromClient);
    return true;
  }
}

/** What belongs to one first connection id. */
class Attempt {
  readonly id: string;
  readonly client: CryptoStream;
  readonly server: CryptoStream;
  /** By version and end: an answer may come in another version (RFC 9368). */
  readonly #keys = new Map<string, InitialKeys>();

  constructor(id: string, budget: MemoryBudget) {
    this.id = id;
    this.client = new CryptoStream(budget);
    this.server = new CryptoStream(budget);
  }

  keys(version: LongHeader['version'], isServer: boolean): InitialKeys {
    const name = `${version.name} ${isServer}`;
    const known = this.#keys.get(name);
    if (known) return known;
    const keys = new InitialKeys(version, Buffer.from(this.id, 'latin1'), isServer);
    this.#keys.set(name, keys);
    return keys;
  }

  release(): void {
    this.client.release();
    this.server.release();
  }
}

/** Messages of handshake of one end, from CRYPTO frames that come in any order. */
class CryptoStream {
  readonly #bytes: SparseBytes;
  /** Given on so far. */
  #given = 0;
  #mark: PacketMark | null = null;

  constructor(budget: MemoryBudget) {
    this.#bytes = new SparseBytes(MAX_CRYPTO_BYTES, budget);
  }

  release(): void {
    this.#bytes.release();
  }

  /** Frames of an opened packet. All after one that may not be here is left out. */
  take(content: Buffer, mark: PacketMark): void {
    const end = content.length;
    let at = 0;
    for (let frames = 0; frames < MAX_FRAMES && at < end; ) {
      const type = content[at] as number;
      at += 1;
      if (type === PADDING) continue;
      frames += 1;
      if (type === PING) continue;
      if (type === ACK || type === ACK_WITH_ECN) at = acknowledgementEnd(content, at, type === ACK_WITH_ECN);
      else if (type === CRYPTO) at = this.#crypto(content, at, mark);
      else return;
      if (at === -1) return;
    }
  }

  giveOn(negotiation: Negotiation, fromClient: boolean): void {
    const { bytes, prefix } = this.#bytes;
    while (prefix - this.#given >= 4 && this.#mark !== null) {
      const type = bytes[this.#given] as number;
      const start = this.#given + 4;
      const end = start + bytes.readUIntBE(this.#given + 1, 3);
      if (end > prefix) return;
      if (type === CLIENT_HELLO || type === SERVER_HELLO)
        negotiation.message(type, bytes, start, end, this.#mark, fromClient);
      this.#given = end;
      this.#mark = null;
    }
  }

  #crypto(content: Buffer, start: number, mark: PacketMark): number {
    const end = content.length;
    const offset = variableInteger(content, start, end);
    if (offset === -1) return -1;
    let at = start + variableIntegerBytes(content, start);
    const length = variableInteger(content, at, end);
    if (length === -1) return -1;
    at += variableIntegerBytes(content, at);
    if (length > end - at) return -1;
    if (offset + length > this.#given) this.#mark ??= mark;
    this.#bytes.write(offset, content, at, at + length);
    return at + length;
  }
}

/** Goes over the fields of an ACK frame (RFC 9000 19.3); -1 when it is cut. */
function acknowledgementEnd(content: Buffer, start: number, hasEcn: boolean): number {
  const end = content.length;
  let at = start;
  let fields = 4;
  for (let field = 0; field < fields; field += 1) {
    const value = variableInteger(content, at, end);
    if (value === -1) return -1;
    at += variableIntegerBytes(content, at);
    // The third says how many pairs follow the fourth. More than there is room for ends in -1 above.
    if (field === 2) fields += value * 2 + (hasEcn ? 3 : 0);
  }
  return at;
}
