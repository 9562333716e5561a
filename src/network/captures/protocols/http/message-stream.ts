/** Messages of one direction of HTTP/1, put together over segments. */
import type { PacketMark } from '../../flows/consumer.js';
import type { MemoryBudget } from '../memory-budget.js';
import { type MessageHead, parseHead } from './message-head.js';
import { parseRequestLine, parseStatusLine } from './start-lines.js';

/** How the body after a head ends. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' }
  /** What follows is not HTTP: it is given out as it is. */
  | { readonly kind: 'raw' };

export const NO_BODY: Framing = { kind: 'none' };

/** Takes what one direction holds. */
export interface MessageEvents {
  /** A head that is cut by a gap, by the end or by a limit is `isCut`: nothing is known of the body then. */
  head(fromClient: boolean, head: MessageHead, mark: PacketMark, isCut: boolean): Framing;
  /** Bytes of a server where an answer should begin. True: they are an answer without a head (RFC 1945 4.1). */
  headless(mark: PacketMark): boolean;
  body(fromClient: boolean, bytes: Buffer, start: number, end: number, mark: PacketMark): void;
  bodyGap(fromClient: boolean, lengthBytes: number): void;
  /** The message is over. */
  over(fromClient: boolean, isWhole: boolean): void;
  raw(fromClient: boolean, bytes: Buffer, start: number, end: number, mark: PacketMark): boolean;
  rawGap(fromClient: boolean, lengthBytes: number, mark: PacketMark): boolean;
}

/** A head longer than this is cut: servers refuse them from 8 to 64 KiB on. */
const MAX_HEAD = 65_536;
const FIRST_HEAD_BYTES = 1024;
/** A line with the size of a chunk and its extensions. */
const MAX_CHUNK_LINE = 4096;
const MAX_CHUNK_DIGITS = 13;
const MAX_TRAILERS = 65_536;
/** A line looked at for the beginning of a message. */
const MAX_LOST_LINE = 8192;
/** `GET / HTTP/1.1`, `HTTP/1.1 200`: shorter lines begin nothing. */
const MIN_FIRST_LINE = 13;
/** Kept of the end of such a line of a server. */
const LOST_TAIL = 256;
const [LF, CR, SEMICOLON, SPACE, TAB] = [10, 13, 59, 32, 9];
const VERSION_START = Buffer.from('HTTP/1.');

const START = 0;
const HEAD = 1;
const LENGTH = 2;
const CHUNK_SIZE = 3;
const CHUNK_DATA = 4;
const CHUNK_END = 5;
const TRAILERS = 6;
const UNTIL_CLOSE = 7;
const LOST = 8;
const RAW = 9;
const OVER = 10;

export class MessageStream {
  readonly #fromClient: boolean;
  readonly #events: MessageEvents;
  readonly #budget: MemoryBudget;
  #state = START;
  /** Packet with the first byte of the message. */
  #mark: PacketMark | null = null;
  /** A head, or a line, as far as it has come. */
  #kept: Buffer | null = null;
  #have = 0;
  /** Length of the first line with its end; 0 as long as that is not there. */
  #firstLine = 0;
  /** Whether the line of the head that has begun holds nothing yet. */
  #isLineEmpty = true;
  /** Bytes of the body or the chunk still to come. */
  #remaining = 0;
  #chunkDigits = 0;
  #chunkLine = 0;
  #isChunkSizeOver = false;
  #trailerBytes = 0;
  /** Length of the line looked at while lost, as far as it has come. */
  #lineBytes = 0;

  constructor(fromClient: boolean, events: MessageEvents, budget: MemoryBudget) {
    this.#fromClient = fromClient;
    this.#events = events;
    this.#budget = budget;
  }

  /** Whether nothing of what it gets is read as HTTP any more. */
  get isRaw(): boolean {
    return this.#state === RAW;
  }

  /** Whether the place of the next message is not known. */
  get isLost(): boolean {
    return this.#state === LOST;
  }

  /** What follows is not HTTP. */
  becomeRaw(): void {
    this.#drop();
    this.#state = RAW;
  }

  /** What was taken for raw is HTTP again. */
  becomeHttp(): void {
    this.#state = START;
  }

  /** False: no more of this direction is wanted. */
  data(bytes: Buffer, start: number, end: number, mark: PacketMark): boolean {
    let at = start;
    while (at < end) {
      switch (this.#state) {
        case START:
          at = this.#start(bytes, at, end, mark);
          break;
        case HEAD:
          at = this.#head(bytes, at, end, mark);
          break;
        case LENGTH:
        case CHUNK_DATA:
          at = this.#counted(bytes, at, end, mark);
          break;
        case CHUNK_SIZE:
          at = this.#chunkSize(bytes, at, end);
          break;
        case CHUNK_END:
          at = this.#chunkEnd(bytes, at);
          break;
        case TRAILERS:
          at = this.#trailers(bytes, at, end);
          break;
        case UNTIL_CLOSE:
          this.#events.body(this.#fromClient, bytes, at, end, mark);
          return true;
        case LOST:
          at = this.#lost(bytes, at, end, mark);
          break;
        case RAW:
          return this.#events.raw(this.#fromClient, bytes, at, end, mark);
        default:
          return false;
      }
    }
    return true;
  }

  gap(lengthBytes: number, mark: PacketMark): boolean {
    const isCounted = this.#state === LENGTH || this.#state === CHUNK_DATA;
    if (isCounted && lengthBytes <= this.#remaining) {
      this.#events.bodyGap(this.#fromClient, lengthBytes);
      this.#remaining -= lengthBytes;
      if (this.#remaining === 0) this.#counts();
      return true;
    }
    switch (this.#state) {
      case RAW:
        return this.#events.rawGap(this.#fromClient, lengthBytes, mark);
      case OVER:
        return false;
      case UNTIL_CLOSE:
        this.#events.bodyGap(this.#fromClient, lengthBytes);
        return true;
      case HEAD:
        this.#cutHead();
        break;
      case LENGTH:
      case CHUNK_DATA:
        this.#events.bodyGap(this.#fromClient, this.#remaining);
        this.#events.over(this.#fromClient, false);
        break;
      case CHUNK_SIZE:
      case CHUNK_END:
        this.#events.over(this.#fromClient, false);
        break;
      case TRAILERS:
        this.#events.over(this.#fromClient, true);
        break;
    }
    this.#loseTheThread();
    return true;
  }

  /** No more comes; `isClosed`: because the sender said so. */
  end(isClosed: boolean): void {
    const state = this.#state;
    // Some bytes and the end: an answer without a head.
    if (state === HEAD && isClosed && this.#firstLine === 0 && !this.#fromClient) this.#headless();
    else if (state === HEAD) this.#cutHead();
    if (this.#state === UNTIL_CLOSE) this.#events.over(this.#fromClient, isClosed);
    else if (state === TRAILERS) this.#events.over(this.#fromClient, true);
    else if (state === LENGTH || state === CHUNK_SIZE || state === CHUNK_DATA || state === CHUNK_END)
      this.#events.over(this.#fromClient, false);
    this.#drop();
    this.#state = OVER;
  }

  #start(bytes: Buffer, from: number, end: number, mark: PacketMark): number {
    let at = from;
    while (at < end && (bytes[at] === CR || bytes[at] === LF)) at += 1;
    if (at < end) this.#beginHead(mark);
    return at;
  }

  #beginHead(mark: PacketMark): void {
    this.#state = HEAD;
    this.#mark = mark;
    this.#have = 0;
    this.#firstLine = 0;
    this.#isLineEmpty = true;
  }

  /** Position after what belongs to the head. */
  #head(bytes: Buffer, at: number, end: number, mark: PacketMark): number {
    const limit = Math.min(end, at + MAX_HEAD - this.#have);
    const isFirstUnseen = this.#firstLine === 0;
    const stop = this.#endOfHead(bytes, at, limit);
    const to = stop === -1 ? limit : stop;
    if (stop !== -1 && this.#have === 0) {
      // All in one segment: nothing needs to be kept.
      if (!this.#isStartLine(bytes, at)) return this.#noHead(at);
      this.#whole(bytes.toString('latin1', at, stop));
      return stop;
    }
    if (!this.#keep(bytes, at, to)) {
      this.#cutHead();
      this.#loseTheThread();
      return to;
    }
    const kept = this.#kept as Buffer;
    if (isFirstUnseen && !this.#mayBeHead(kept)) return this.#noHead(to);
    if (stop !== -1) this.#whole(kept.toString('latin1', 0, this.#have));
    else if (this.#have >= MAX_HEAD) {
      this.#cutHead();
      this.#loseTheThread();
    } else this.#mark ??= mark;
    return to;
  }

  /** Position after the empty line that ends the head, or -1; notes the end of the first line. */
  #endOfHead(bytes: Buffer, from: number, limit: number): number {
    const part = bytes.subarray(from, limit);
    let at = 0;
    while (at < part.length) {
      const lineEnd = part.indexOf(LF, at);
      const stop = lineEnd === -1 ? part.length : lineEnd;
      if (stop > at && !(stop === at + 1 && part[at] === CR)) this.#isLineEmpty = false;
      if (lineEnd === -1) return -1;
      at = lineEnd + 1;
      if (this.#firstLine === 0) {
        this.#firstLine = this.#have + at;
        if (this.#fromClient && this.#isSimple(part, at)) return from + at;
      } else if (this.#isLineEmpty) return from + at;
      this.#isLineEmpty = true;
    }
    return -1;
  }

  /** A request of HTTP/0.9 is one line. */
  #isSimple(part: Buffer, stop: number): boolean {
    const text = `${this.#kept?.toString('latin1', 0, this.#have) ?? ''}${part.toString('latin1', 0, stop - 1)}`;
    return parseRequestLine(text)?.version === 'HTTP/0.9';
  }

  /** Whether a head that lies in a segment as a whole begins as one. */
  #isStartLine(bytes: Buffer, at: number): boolean {
    return this.#isLine(bytes.toString('latin1', at, at + this.#firstLine - 1));
  }

  #isLine(line: string): boolean {
    return (this.#fromClient ? parseRequestLine(line) : parseStatusLine(line)) !== null;
  }

  /** Whether what has come so far may be the beginning of a head. */
  #mayBeHead(kept: Buffer): boolean {
    if (this.#firstLine > 0) return this.#isLine(kept.toString('latin1', 0, this.#firstLine - 1));
    if (this.#fromClient) return true;
    const length = Math.min(this.#have, VERSION_START.length);
    return kept.compare(VERSION_START, 0, length, 0, length) === 0;
  }

  /** What was taken for a head is none: it is looked at again. Returns where the data goes on after what was kept. */
  #noHead(next: number): number {
    const mark = this.#mark as PacketMark;
    this.#state = !this.#fromClient && this.#events.headless(mark) ? UNTIL_CLOSE : LOST;
    this.#lineBytes = 0;
    const kept = this.#kept;
    const have = this.#have;
    this.#kept = null;
    this.#have = 0;
    if (kept === null) return next;
    this.data(kept, 0, have, mark);
    this.#budget.give(kept.length);
    return next;
  }

  /** The few bytes that have come are an answer without a head. */
  #headless(): void {
    const kept = this.#kept;
    if (kept === null || !this.#events.headless(this.#mark as PacketMark)) return;
    this.#state = UNTIL_CLOSE;
    this.#events.body(false, kept, 0, this.#have, this.#mark as PacketMark);
  }

  #whole(text: string): void {
    const head = parseHead(text);
    const mark = this.#mark as PacketMark;
    this.#drop();
    const framing = this.#events.head(this.#fromClient, head, mark, false);
    switch (framing.kind) {
      case 'none':
        this.#state = START;
        this.#events.over(this.#fromClient, true);
        break;
      case 'length':
        this.#remaining = framing.bytes;
        this.#state = LENGTH;
        if (framing.bytes === 0) this.#counts();
        break;
      case 'chunked':
        this.#beginChunk();
        break;
      case 'until-close':
        this.#state = UNTIL_CLOSE;
        break;
      case 'raw':
        this.#state = RAW;
        break;
    }
  }

  /** The rest of a head is missing: what is there is told, when it holds the first line. */
  #cutHead(): void {
    const kept = this.#kept;
    if (kept === null || this.#firstLine === 0 || this.#have < this.#firstLine) return;
    // The last line may be cut.
    const lineEnd = kept.lastIndexOf(LF, this.#have - 1);
    const head = parseHead(kept.toString('latin1', 0, lineEnd + 1));
    this.#drop();
    this.#events.head(this.#fromClient, head, this.#mark as PacketMark, true);
    this.#events.over(this.#fromClient, false);
  }

  #counted(bytes: Buffer, at: number, end: number, mark: PacketMark): number {
    const stop = Math.min(end, at + this.#remaining);
    this.#remaining -= stop - at;
    this.#events.body(this.#fromClient, bytes, at, stop, mark);
    if (this.#remaining === 0) this.#counts();
    return stop;
  }

  /** All bytes that were announced are there. */
  #counts(): void {
    if (this.#state === CHUNK_DATA) {
      this.#state = CHUNK_END;
      return;
    }
    this.#state = START;
    this.#events.over(this.#fromClient, true);
  }

  #beginChunk(): void {
    this.#state = CHUNK_SIZE;
    this.#remaining = 0;
    this.#chunkDigits = 0;
    this.#chunkLine = 0;
    this.#isChunkSizeOver = false;
  }

  /** RFC 9112 7.1: hexadecimal digits, perhaps extensions, end of line. */
  #chunkSize(bytes: Buffer, from: number, end: number): number {
    for (let at = from; at < end; at += 1) {
      const byte = bytes[at] as number;
      this.#chunkLine += 1;
      if (byte === LF) {
        if (this.#chunkDigits === 0) return this.#badChunk(at);
        this.#state = this.#remaining > 0 ? CHUNK_DATA : TRAILERS;
        this.#isLineEmpty = true;
        this.#trailerBytes = 0;
        return at + 1;
      }
      if (this.#chunkLine > MAX_CHUNK_LINE) return this.#badChunk(at);
      if (this.#isChunkSizeOver) continue;
      const digit = hexDigit(byte);
      if (digit >= 0 && this.#chunkDigits < MAX_CHUNK_DIGITS) {
        this.#remaining = this.#remaining * 16 + digit;
        this.#chunkDigits += 1;
      } else if (byte === SEMICOLON || byte === CR || byte === SPACE || byte === TAB)
        this.#isChunkSizeOver = true;
      else return this.#badChunk(at);
    }
    return end;
  }

  #badChunk(at: number): number {
    this.#events.over(this.#fromClient, false);
    this.#loseTheThread();
    return at;
  }

  #chunkEnd(bytes: Buffer, at: number): number {
    if (bytes[at] === CR) return at + 1;
    if (bytes[at] !== LF) return this.#badChunk(at);
    this.#beginChunk();
    return at + 1;
  }

  #trailers(bytes: Buffer, from: number, end: number): number {
    for (let at = from; at < end; at += 1) {
      const byte = bytes[at] as number;
      this.#trailerBytes += 1;
      if (byte === LF && (this.#isLineEmpty || this.#trailerBytes > MAX_TRAILERS)) {
        this.#state = START;
        this.#events.over(this.#fromClient, true);
        return at + 1;
      }
      if (byte === LF) this.#isLineEmpty = true;
      else if (byte !== CR) this.#isLineEmpty = false;
    }
    return end;
  }

  #loseTheThread(): void {
    this.#drop();
    this.#state = LOST;
    this.#lineBytes = 0;
  }

  /** Looks line by line for the beginning of a message. */
  #lost(bytes: Buffer, at: number, end: number, mark: PacketMark): number {
    let stop = at;
    while (stop < end && bytes[stop] !== LF) stop += 1;
    const isOver = stop < end;
    if (isOver) stop += 1;
    if (this.#lineBytes === 0) this.#mark = mark;
    this.#lineBytes += stop - at;
    if (isOver && this.#have === 0 && this.#lineBytes === stop - at) this.#lostLine(bytes, at, stop);
    else if (!this.#keepOfLine(bytes, at, stop)) this.#drop();
    else if (isOver) {
      const kept = this.#kept as Buffer;
      const have = this.#have;
      this.#kept = null;
      this.#have = 0;
      this.#lostLine(kept, 0, have);
      this.#budget.give(kept.length);
    }
    if (isOver) this.#lineBytes = 0;
    return stop;
  }

  /** Of the line of a client its beginning, of that of a server its end: an answer may follow right after other bytes. */
  #keepOfLine(bytes: Buffer, at: number, stop: number): boolean {
    if (this.#fromClient) return this.#lineBytes <= MAX_LOST_LINE && this.#keep(bytes, at, stop);
    const from = Math.max(at, stop - LOST_TAIL);
    const tooMany = this.#have + stop - from - 2 * LOST_TAIL;
    if (tooMany > 0) {
      this.#kept?.copyWithin(0, this.#have - LOST_TAIL, this.#have);
      this.#have = LOST_TAIL;
    }
    return this.#keep(bytes, from, stop);
  }

  /** A line is there: when it begins a message, the head goes on from it. */
  #lostLine(bytes: Buffer, from: number, stop: number): void {
    if (stop - from < MIN_FIRST_LINE) return;
    const start = this.#startInLine(bytes, from, stop);
    if (start === -1) return;
    this.#beginHead(this.#mark as PacketMark);
    this.#firstLine = stop - start;
    if (!this.#keep(bytes, start, stop)) this.#loseTheThread();
  }

  #startInLine(bytes: Buffer, from: number, stop: number): number {
    if (this.#fromClient) {
      if (this.#lineBytes > MAX_LOST_LINE) return -1;
      const line = parseRequestLine(bytes.toString('latin1', from, stop - 1));
      return line === null || line.version === 'HTTP/0.9' ? -1 : from;
    }
    const first = Math.max(from, stop - LOST_TAIL);
    const line = bytes.subarray(first, stop);
    const place = line.lastIndexOf(VERSION_START);
    if (place === -1) return -1;
    return parseStatusLine(line.toString('latin1', place, line.length - 1)) === null ? -1 : first + place;
  }

  /** False: there is no room. */
  #keep(bytes: Buffer, start: number, end: number): boolean {
    const need = this.#have + end - start;
    const size = this.#kept?.length ?? 0;
    if (need > size) {
      const grown = Math.max(FIRST_HEAD_BYTES, size * 2, need);
      if (!this.#budget.take(grown - size)) return false;
      const bigger = Buffer.allocUnsafe(grown);
      this.#kept?.copy(bigger, 0, 0, this.#have);
      this.#kept = bigger;
    }
    bytes.copy(this.#kept as Buffer, this.#have, start, end);
    this.#have = need;
    return true;
  }

  #drop(): void {
    if (this.#kept !== null) this.#budget.give(this.#kept.length);
    this.#kept = null;
    this.#have = 0;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
