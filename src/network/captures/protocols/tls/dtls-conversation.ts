import type { Consumer, FlowContext, PacketMark } from '../../flows/consumer.js';
import { MemoryBudget } from '../memory-budget.js';
import { CERTIFICATE, CLIENT_HELLO, Negotiation, SERVER_HELLO, SERVER_HELLO_DONE } from './negotiation.js';
import { SparseBytes } from './sparse-bytes.js';

/** Read of one conversation. All that is in the clear comes in the first dozen, unless many are lost. */
const MAX_DATAGRAMS = 128;
const OWN_BUDGET_BYTES = 256 * 1024;
const MAX_MESSAGE_BYTES = 64 * 1024;
/** Messages waited for in advance of the one that is due. */
const MAX_AHEAD = 16;

const RECORD_HEADER_BYTES = 13;
const MESSAGE_HEADER_BYTES = 12;
const MAX_RECORD_BYTES = 16_384 + 2_048;
const [CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA] = [20, 21, 22, 23];
const FATAL = 2;

/** Whether the start of a datagram looks like records of DTLS (RFC 6347 4.1). */
export function looksLikeDtls(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < RECORD_HEADER_BYTES + 1) return false;
  if (!isRecordOf(bytes, start)) return false;
  const length = bytes.readUInt16BE(start + 11);
  if (length === 0 || length > end - start - RECORD_HEADER_BYTES) return false;
  const next = start + RECORD_HEADER_BYTES + length;
  if (next + 2 < end && !isRecordOf(bytes, next) && !isHidden(bytes[next] as number)) return false;
  const epoch = bytes.readUInt16BE(start + 3);
  const first = bytes[start + RECORD_HEADER_BYTES] as number;
  switch (bytes[start]) {
    case HANDSHAKE:
      // Types go up to 24; lengths of 64 KiB and more do not occur.
      return (
        epoch > 0 ||
        (length >= MESSAGE_HEADER_BYTES && first <= 24 && bytes[start + RECORD_HEADER_BYTES + 1] === 0)
      );
    case CHANGE_CIPHER_SPEC:
      return epoch > 0 || (length === 1 && first === 1);
    case ALERT:
      return epoch > 0 || length === 2;
    default:
      return epoch > 0;
  }
}

/** Type and version of a record that is not hidden behind the short header of DTLS 1.3. */
function isRecordOf(bytes: Buffer, at: number): boolean {
  const type = bytes[at] as number;
  if (type < CHANGE_CIPHER_SPEC || type > APPLICATION_DATA) return false;
  const [major, minor] = [bytes[at + 1], bytes[at + 2]];
  return (major === 0xfe && (minor === 0xff || minor === 0xfd)) || (major === 1 && minor === 0);
}

/** RFC 9147 4: encrypted records of DTLS 1.3. */
function isHidden(first: number): boolean {
  return first >> 5 === 1;
}

/** How a conversation of DTLS began. Emits one `tls` record, and nothing when neither hello was seen. */
export class DtlsConversation implements Consumer {
  readonly #flow: FlowContext;
  readonly #negotiation: Negotiation;
  readonly #client: Messages;
  readonly #server: Messages;
  #datagrams = 0;
  #isNamed = false;
  #isOver = false;

  constructor(flow: FlowContext, budget: MemoryBudget = new MemoryBudget(OWN_BUDGET_BYTES)) {
    this.#flow = flow;
    this.#negotiation = new Negotiation(flow, 'dtls');
    this.#client = new Messages(budget);
    this.#server = new Messages(budget);
  }

  data(fromClient: boolean, bytes: Buffer, start: number, end: number, mark: PacketMark): boolean {
    if (this.#isOver) return false;
    this.#datagrams += 1;
    let at = start;
    while (end - at >= RECORD_HEADER_BYTES && isRecordOf(bytes, at)) {
      const length = bytes.readUInt16BE(at + 11);
      const next = at + RECORD_HEADER_BYTES + length;
      if (length > MAX_RECORD_BYTES || next > end) break;
      if (!this.#isNamed) {
        this.#isNamed = true;
        this.#flow.application('dtls');
      }
      this.#record(fromClient, bytes, at, next, mark);
      at = next;
    }
    const { isServerDone, isClientDone } = this.#negotiation;
    if ((isServerDone && isClientDone) || this.#datagrams >= MAX_DATAGRAMS) this.#finish();
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
    this.#client.release();
    this.#server.release();
    this.#negotiation.emit();
  }

  #record(fromClient: boolean, bytes: Buffer, start: number, end: number, mark: PacketMark): void {
    const isServer = fromClient === this.#negotiation.isTurned;
    const content = start + RECORD_HEADER_BYTES;
    const isEncrypted = bytes[start + 3] !== 0 || bytes[start + 4] !== 0;
    const type = bytes[start] as number;
    if (isEncrypted || type === CHANGE_CIPHER_SPEC) {
      if (isServer) this.#negotiation.encryptionBegins();
    } else if (type === HANDSHAKE) {
      (fromClient ? this.#client : this.#server).take(
        bytes,
        content,
        end,
        mark,
        fromClient,
        this.#negotiation,
      );
    } else if (type === ALERT && end - content === 2 && bytes[content] === FATAL)
      this.#negotiation.serverEnds();
  }
}

/** A message whose fragments come in any order. */
interface Message {
  readonly type: number;
  readonly length: number;
  readonly mark: PacketMark;
  readonly fragments: SparseBytes;
}

/** Handshake messages of one direction, given on in their order (RFC 6347 4.2). */
class Messages {
  readonly #budget: MemoryBudget;
  readonly #open = new Map<number, Message>();
  /** Number of the message that is due; -1 before the first. */
  #due = -1;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  release(): void {
    for (const { fragments } of this.#open.values()) fragments.release();
    this.#open.clear();
  }

  /** Takes the messages, or fragments of them, of one record. */
  take(
    bytes: Buffer,
    start: number,
    end: number,
    mark: PacketMark,
    fromClient: boolean,
    negotiation: Negotiation,
  ): void {
    let at = start;
    while (end - at >= MESSAGE_HEADER_BYTES) {
      const type = bytes[at] as number;
      const length = bytes.readUIntBE(at + 1, 3);
      const number = bytes.readUInt16BE(at + 4);
      const offset = bytes.readUIntBE(at + 6, 3);
      const fragmentLength = bytes.readUIntBE(at + 9, 3);
      const content = at + MESSAGE_HEADER_BYTES;
      if (fragmentLength > end - content || offset + fragmentLength > length || length > MAX_MESSAGE_BYTES)
        return;
      at = content + fragmentLength;
      if (this.#due === -1) this.#due = number;
      if (number < this.#due || number >= this.#due + MAX_AHEAD) continue;
      const message = this.#messageOf(number, type, length, mark);
      if (isWanted(message.type) && message.length === length)
        message.fragments.write(offset, bytes, content, content + fragmentLength);
    }
    this.#giveOn(fromClient, negotiation);
  }

  #messageOf(number: number, type: number, length: number, mark: PacketMark): Message {
    const known = this.#open.get(number);
    if (known) return known;
    const message = { type, length, mark, fragments: new SparseBytes(MAX_MESSAGE_BYTES, this.#budget) };
    this.#open.set(number, message);
    return message;
  }

  #giveOn(fromClient: boolean, negotiation: Negotiation): void {
    for (;;) {
      const message = this.#open.get(this.#due);
      if (!message) return;
      const { type, length, mark, fragments } = message;
      if (isWanted(type)) {
        if (fragments.prefix < length) return;
        negotiation.message(type, fragments.bytes, 0, length, mark, fromClient);
      }
      fragments.release();
      this.#open.delete(this.#due);
      this.#due += 1;
    }
  }
}

function isWanted(type: number): boolean {
  return type === CLIENT_HELLO || type === SERVER_HELLO || type === CERTIFICATE || type === SERVER_HELLO_DONE;
}
