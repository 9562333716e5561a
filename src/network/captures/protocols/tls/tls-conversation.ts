import type { Consumer, FlowContext, PacketMark } from '../../flows/consumer.js';
import { MemoryBudget } from '../memory-budget.js';
import { HandshakeReader } from './handshake-reader.js';
import { CERTIFICATE, CLIENT_HELLO, Negotiation, SERVER_HELLO, SERVER_HELLO_DONE } from './negotiation.js';
import { isSslV2Hello, sslV2Certificate, sslV2RecordBytes } from './ssl-v2.js';

/** Read of one conversation. All that is in the clear comes long before. */
const MAX_BYTES = 256 * 1024;
/** Held for one conversation when it has no budget in common with others. */
const OWN_BUDGET_BYTES = 256 * 1024;
/** 2^14, and what encryption may add (RFC 5246 6.2.3). */
const MAX_RECORD_BYTES = 16_384 + 2_048;

/** Types of handshake messages that begin a record in the clear, for conversations that are seen from the middle on. */
const FIRST_MESSAGES = new Set([1, 2, 11, 12, 14, 16]);

/** Whether the start of a segment looks like records of TLS or SSL 3.0, or a hello in the form of SSL 2.0. */
export function looksLikeTls(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 6) return false;
  if (((bytes[start] as number) & 0x80) !== 0) return isSslV2Hello(bytes, start, end);
  if (bytes[start + 1] !== 3 || (bytes[start + 2] as number) > 4) return false;
  const length = ((bytes[start + 3] as number) << 8) | (bytes[start + 4] as number);
  if (length === 0 || length > MAX_RECORD_BYTES) return false;
  const next = start + 5 + length;
  if (next + 1 < end && !isRecord(bytes[next] as number, bytes[next + 1] as number)) return false;
  const first = bytes[start + 5] as number;
  switch (bytes[start]) {
    case 20:
      return length === 1 && first === 1;
    case 21:
      return length === 2 ? first === 1 || first === 2 : length >= 18 && length <= 128;
    case 22:
      // Messages of 16 MB do not occur.
      return FIRST_MESSAGES.has(first) && (end - start < 7 || (bytes[start + 6] as number) <= 1);
    case 23:
      return length >= 17;
    default:
      return false;
  }
}

function isRecord(type: number, version: number): boolean {
  return type >= 20 && type <= 24 && version === 3;
}

/** How a TLS connection began. Emits one `tls` record, and nothing when neither hello was seen. */
export class TlsConversation implements Consumer {
  readonly #flow: FlowContext;
  readonly #negotiation: Negotiation;
  readonly #client: Direction;
  readonly #server: Direction;
  #bytes = 0;
  #isNamed = false;
  #isOver = false;

  constructor(flow: FlowContext, budget: MemoryBudget = new MemoryBudget(OWN_BUDGET_BYTES)) {
    this.#flow = flow;
    this.#negotiation = new Negotiation(flow, 'tls');
    this.#client = new Direction(true, this.#negotiation, budget);
    this.#server = new Direction(false, this.#negotiation, budget);
  }

  data(fromClient: boolean, bytes: Buffer, start: number, end: number, mark: PacketMark): boolean {
    if (this.#isOver) return false;
    const direction = fromClient ? this.#client : this.#server;
    direction.data(bytes, start, end, mark);
    if (direction.isTls && !this.#isNamed) {
      this.#isNamed = true;
      this.#flow.application('tls');
    }
    this.#bytes += end - start;
    this.#settle();
    return !this.#isOver && !direction.isStopped;
  }

  gap(fromClient: boolean, _lengthBytes: number, _mark: PacketMark): boolean {
    (fromClient ? this.#client : this.#server).stop();
    this.#settle();
    return false;
  }

  end(fromClient: boolean | null): void {
    if (fromClient !== false) this.#client.stop();
    if (fromClient !== true) this.#server.stop();
    this.#settle();
  }

  // Over when neither side can say more: the server's part in the clear is through, and the client's hello is here.
  #settle(): void {
    if (this.#isOver) return;
    const negotiation = this.#negotiation;
    const [client, server] = negotiation.isTurned
      ? [this.#server, this.#client]
      : [this.#client, this.#server];
    if (negotiation.isServerDone) server.stop();
    const isOver =
      (server.isStopped && (client.isStopped || negotiation.isClientDone)) || this.#bytes > MAX_BYTES;
    if (!isOver) return;
    this.#isOver = true;
    client.stop();
    server.stop();
    negotiation.emit();
  }
}

/** One direction of it: records, after a hello that may have the form of SSL 2.0. */
class Direction {
  readonly #fromClient: boolean;
  readonly #negotiation: Negotiation;
  readonly #reader: HandshakeReader;
  readonly #budget: MemoryBudget;
  /** Null: not yet known, for want of bytes. */
  #form: 'ssl-v2' | 'records' | null = null;
  #sslV2: Buffer | null = null;
  #sslV2Bytes = 0;
  #sslV2Mark: PacketMark | null = null;
  #hasChangedCipher = false;
  isTls = false;

  constructor(fromClient: boolean, negotiation: Negotiation, budget: MemoryBudget) {
    this.#fromClient = fromClient;
    this.#negotiation = negotiation;
    this.#budget = budget;
    this.#reader = new HandshakeReader(this, budget);
  }

  get isStopped(): boolean {
    return this.#reader.isStopped;
  }

  stop(): void {
    this.#reader.stop();
    this.#releaseSslV2();
  }

  data(bytes: Buffer, start: number, end: number, mark: PacketMark): void {
    if (start >= end || this.isStopped) return;
    this.#form ??= ((bytes[start] as number) & 0x80) !== 0 ? 'ssl-v2' : 'records';
    const at = this.#form === 'ssl-v2' ? this.#readSslV2(bytes, start, end, mark) : start;
    if (at < end) this.#reader.data(bytes, at, end, mark);
    if (this.#reader.records > 0) this.isTls = true;
  }

  wants(type: number): boolean {
    switch (type) {
      case CLIENT_HELLO:
        // After a HelloRetryRequest, which may not be in the capture, one comes behind ChangeCipherSpec (RFC 8446 D.4).
        return true;
      case SERVER_HELLO:
        // Else it is encrypted.
        return !this.#hasChangedCipher || this.#negotiation.wasRetried;
      case CERTIFICATE:
      case SERVER_HELLO_DONE:
        return !this.#hasChangedCipher;
      default:
        return false;
    }
  }

  message(type: number, bytes: Buffer, start: number, end: number, mark: PacketMark): boolean {
    if (!this.#negotiation.message(type, bytes, start, end, mark, this.#fromClient)) return false;
    return !(this.#isServer && this.#negotiation.isServerDone);
  }

  record(type: 'change-cipher-spec' | 'fatal-alert' | 'application-data'): boolean {
    switch (type) {
      case 'change-cipher-spec':
        this.#hasChangedCipher = true;
        if (!this.#isServer) return true;
        this.#negotiation.encryptionBegins();
        return !this.#negotiation.isServerDone;
      case 'fatal-alert':
        this.#negotiation.serverEnds();
        return false;
      case 'application-data':
        // A client may send data before it has an answer (RFC 8446 2.3); else it is the middle of a conversation.
        return !this.#isServer && !this.#negotiation.isEmpty;
    }
  }

  get #isServer(): boolean {
    return this.#fromClient === this.#negotiation.isTurned;
  }

  /** Gives where records of TLS go on. */
  #readSslV2(bytes: Buffer, start: number, end: number, mark: PacketMark): number {
    let at = start;
    this.#sslV2Mark ??= mark;
    if (this.#sslV2 === null) {
      // Its length lies in two bytes, which hardly ever come apart.
      const length =
        end - start < 2 ? -1 : sslV2RecordBytes(bytes[start] as number, bytes[start + 1] as number);
      if (length < 11 || !this.#budget.take(length)) {
        this.stop();
        return end;
      }
      this.#sslV2 = Buffer.allocUnsafeSlow(length);
    }
    const record = this.#sslV2;
    const most = Math.min(end, at + record.length - this.#sslV2Bytes);
    bytes.copy(record, this.#sslV2Bytes, at, most);
    this.#sslV2Bytes += most - at;
    at = most;
    if (this.#sslV2Bytes < record.length) return end;
    this.#form = 'records';
    this.#wholeSslV2(record, this.#sslV2Mark);
    this.#releaseSslV2();
    return at;
  }

  #wholeSslV2(record: Buffer, mark: PacketMark): void {
    if (isSslV2Hello(record, 0, record.length)) {
      this.isTls = true;
      this.#negotiation.sslV2Hello(mark, this.#fromClient);
      return;
    }
    const certificate = sslV2Certificate(record, 0, record.length);
    if (certificate === null) this.stop();
    else {
      this.isTls = true;
      this.#negotiation.sslV2Answer(record, certificate.start, certificate.end, mark);
    }
  }

  #releaseSslV2(): void {
    if (this.#sslV2 !== null) this.#budget.give(this.#sslV2.length);
    this.#sslV2 = null;
  }
}
