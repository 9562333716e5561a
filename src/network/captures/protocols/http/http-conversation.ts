/** Requests and answers of one connection of HTTP/1 in the clear (RFC 9112), and the files in them. */
import type { Consumer, FlowContext, PacketMark } from '../../flows/consumer.js';
import type { MemoryBudget } from '../memory-budget.js';
import { Exchange, REQUEST_BODY_START, RESPONSE_BODY_START } from './exchange.js';
import { codingOf, unpackedHead } from './file-bytes.js';
import { dispositionName, pathName } from './file-name.js';
import { FileTaker, hintsOf, type TakenFile } from './file-taker.js';
import { fileTypeOf, isWorthy, isWorthyExtension } from './file-type.js';
import type { BodyTaker } from './message-body.js';
import { type Header, headerValue, type MessageHead } from './message-head.js';
import { type Framing, type MessageEvents, MessageStream, NO_BODY } from './message-stream.js';
import { boundaryOf, MultipartTaker } from './multipart.js';
import { parseRequestLine, parseStatusLine } from './start-lines.js';

export { looksLikeHttpRequest, looksLikeHttpResponse } from './start-lines.js';

/** Decoder of what travels inside CONNECT, once the proxy has agreed. */
export type TunnelFactory = (flow: FlowContext) => Consumer | null;

/** Requests that wait for their answer, and answers that came before their request. */
const MAX_WAITING = 256;
const MAX_EARLY = 4;
/** A body that is sent and is no form is told of from this size on. */
const MIN_UPLOAD = 100_000;
/** Data that follows CONNECT before the answer to it. */
const MAX_HELD = 65_536;
/** What a request, a header, and a piece of data that is held take beside their text. */
const EXCHANGE_BYTES = 1_024;
const HEADER_BYTES = 128;
const PIECE_BYTES = 256;
const NO_TAIL = Buffer.alloc(0);
const RAW: Framing = { kind: 'raw' };
const UNTIL_CLOSE: Framing = { kind: 'until-close' };

interface HeldData {
  readonly bytes: Buffer;
  readonly mark: PacketMark;
}

export class HttpConversation implements Consumer, MessageEvents {
  readonly #flow: FlowContext;
  readonly #budget: MemoryBudget;
  readonly #openTunnel: TunnelFactory | null;
  readonly #client: MessageStream;
  readonly #server: MessageStream;
  /** Requests without an answer, in the order sent. */
  readonly #waiting: Exchange[] = [];
  /** Answers without a request that are over: a segment of the client may only have been late. */
  readonly #early: Exchange[] = [];
  /** Whose request, whose answer is coming now. */
  #asking: Exchange | null = null;
  #answering: Exchange | null = null;
  /** An answer before the one that counts (1xx). */
  #isInterim = false;
  #hasAnswered = false;
  /** Requests told before their answer came: so many answers belong to none that waits. */
  #toldEarly = 0;
  /** Some bytes of the server were lost: an answer may be among them. */
  #isServerUnsure = false;
  #lastWords: string | null = null;
  /** After CONNECT, until it is answered. */
  #connect: Exchange | null = null;
  #held: HeldData[] | null = null;
  #heldBytes = 0;
  #tunnel: Consumer | null = null;

  constructor(flow: FlowContext, budget: MemoryBudget, openTunnel?: TunnelFactory) {
    this.#flow = flow;
    this.#budget = budget;
    this.#openTunnel = openTunnel ?? null;
    this.#client = new MessageStream(true, this, budget);
    this.#server = new MessageStream(false, this, budget);
    flow.application('http');
  }

  data(fromClient: boolean, bytes: Buffer, start: number, end: number, mark: PacketMark): boolean {
    return (fromClient ? this.#client : this.#server).data(bytes, start, end, mark);
  }

  gap(fromClient: boolean, lengthBytes: number, mark: PacketMark): boolean {
    const wanted = (fromClient ? this.#client : this.#server).gap(lengthBytes, mark);
    if (!fromClient && this.#server.isLost) this.#isServerUnsure = true;
    return wanted;
  }

  end(fromClient: boolean | null): void {
    if (fromClient !== null) {
      if (this.#tunnel !== null) this.#tunnel.end(fromClient);
      // Until CONNECT is answered it is open what the client has sent after it.
      else if (!fromClient) this.#server.end(true);
      else if (this.#connect === null) this.#client.end(true);
      return;
    }
    if (this.#connect !== null) this.#beginTunnel();
    this.#client.end(false);
    this.#server.end(false);
    for (const exchange of this.#early.splice(0)) this.#emit(exchange);
    for (const exchange of this.#waiting.splice(0)) this.#emit(exchange);
    this.#tunnel?.end(null);
    this.#tunnel = null;
  }

  /** The request that is waiting for its answer, in words; else the last that had one. */
  request(): string | null {
    return (this.#answering ?? this.#waiting[0])?.words ?? this.#lastWords;
  }

  // -------------------------------------------------------------------------------------------------------------
  // What the two directions hold

  head(fromClient: boolean, head: MessageHead, mark: PacketMark, isCut: boolean): Framing {
    return fromClient ? this.#requestHead(head, mark) : this.#answerHead(head, mark, isCut);
  }

  headless(mark: PacketMark): boolean {
    const [exchange] = this.#waiting;
    if (exchange === undefined || this.#hasAnswered || (exchange.request?.mark.frame ?? 0) > mark.frame)
      return false;
    this.#waiting.shift();
    this.#beginAnswer(exchange);
    exchange.answered(null, [], mark, (start, _isAll, first) => this.#download(exchange, [], start, first));
    return true;
  }

  body(fromClient: boolean, bytes: Buffer, start: number, end: number, mark: PacketMark): void {
    const exchange = fromClient ? this.#asking : this.#answering;
    (fromClient ? exchange?.request : exchange?.answer)?.body.take(bytes, start, end, mark);
  }

  bodyGap(fromClient: boolean, lengthBytes: number): void {
    const exchange = fromClient ? this.#asking : this.#answering;
    (fromClient ? exchange?.request : exchange?.answer)?.body.gap(lengthBytes);
  }

  over(fromClient: boolean, isWhole: boolean): void {
    if (!fromClient && this.#isInterim) {
      this.#isInterim = false;
      return;
    }
    const exchange = fromClient ? this.#asking : this.#answering;
    const part = fromClient ? exchange?.request : exchange?.answer;
    if (!exchange || !part) return;
    part.body.finish(isWhole);
    part.isLengthKnown = isWhole || part.body.sizeBytes > 0;
    if (fromClient) {
      this.#asking = null;
      if (exchange.isAnswerOver) this.#emit(exchange);
      return;
    }
    this.#answering = null;
    if (exchange.request === null) this.#keepEarly(exchange);
    else if (exchange.isRequestOver) this.#emit(exchange);
  }

  raw(fromClient: boolean, bytes: Buffer, start: number, end: number, mark: PacketMark): boolean {
    if (this.#tunnel !== null) return this.#tunnel.data(fromClient, bytes, start, end, mark);
    if (this.#connect === null) return false;
    this.#held ??= [];
    if (this.#heldBytes + end - start <= MAX_HELD && this.#budget.take(end - start + PIECE_BYTES)) {
      this.#held.push({ bytes: Buffer.from(bytes.subarray(start, end)), mark });
      this.#heldBytes += end - start + PIECE_BYTES;
      return true;
    }
    // So much is not sent before an answer: the answer is what the capture lacks.
    this.#beginTunnel();
    return this.#tunnelOrNull?.data(fromClient, bytes, start, end, mark) ?? false;
  }

  rawGap(fromClient: boolean, lengthBytes: number, mark: PacketMark): boolean {
    if (this.#tunnel !== null) return this.#tunnel.gap(fromClient, lengthBytes, mark);
    if (this.#connect === null) return false;
    this.#beginTunnel();
    return this.#tunnelOrNull?.gap(fromClient, lengthBytes, mark) ?? false;
  }

  // -------------------------------------------------------------------------------------------------------------

  #requestHead(head: MessageHead, mark: PacketMark): Framing {
    const line = parseRequestLine(head.firstLine);
    if (line === null) return NO_BODY;
    const exchange = this.#exchangeAskedAt(mark);
    this.#hold(exchange, head, head.isChunked || head.contentLength !== null ? REQUEST_BODY_START : 0);
    exchange.asked(line, head, mark, this.#flow.ends, (_start, isAll, first) =>
      this.#upload(exchange, head, isAll, first),
    );
    this.#asking = exchange;
    const { request } = exchange;
    if (request?.host && line.method !== 'CONNECT' && line.target.startsWith('/'))
      this.#flow.serverName(request.host);
    if (line.method === 'CONNECT') {
      this.#asking = null;
      if (request) request.isLengthKnown = true;
      // The answer to it may already be there.
      if (exchange.answer === null) this.#connect = exchange;
      else this.#emitOver(exchange);
      return RAW;
    }
    if (head.isChunked) return { kind: 'chunked' };
    return head.contentLength === null ? NO_BODY : { kind: 'length', bytes: head.contentLength };
  }

  /** A new exchange, or that of an answer which came first because a segment of the client was late. */
  #exchangeAskedAt(mark: PacketMark): Exchange {
    while (this.#early.length > 0) {
      const exchange = this.#early.shift() as Exchange;
      if (mark.frame < (exchange.answer?.mark.frame ?? 0)) return exchange;
      this.#emit(exchange);
    }
    const current = this.#answering;
    if (current !== null && current.request === null && mark.frame < (current.answer?.mark.frame ?? 0))
      return current;
    const exchange = new Exchange();
    this.#waiting.push(exchange);
    if (this.#waiting.length > MAX_WAITING) this.#tellOldest();
    return exchange;
  }

  /** Room for a head that is kept; without it those that wait longest are told without their answers. */
  #hold(exchange: Exchange, { headers, firstLine }: MessageHead, bodyStart: number): void {
    let bytes = EXCHANGE_BYTES + firstLine.length + bodyStart;
    for (const [name, value] of headers) bytes += HEADER_BYTES + name.length + value.length;
    while (!this.#budget.take(bytes)) {
      const [oldest] = this.#waiting;
      // Then this one is kept without having asked: one of a connection.
      if (oldest === undefined || oldest === exchange) return;
      this.#tellOldest();
    }
    exchange.heldBytes += bytes;
  }

  /** Tells the request that waits longest without its answer. */
  #tellOldest(): void {
    this.#toldEarly += 1;
    this.#emit(this.#waiting.shift() as Exchange);
  }

  #answerHead(head: MessageHead, mark: PacketMark, isCut: boolean): Framing {
    const line = parseStatusLine(head.firstLine);
    if (line === null) return NO_BODY;
    if (line.status < 200 && line.status !== 101) {
      this.#isInterim = true;
      return NO_BODY;
    }
    const exchange = this.#exchangeAnsweredAt(mark);
    this.#beginAnswer(exchange);
    this.#hold(exchange, head, RESPONSE_BODY_START);
    const { headers } = head;
    exchange.answered(line, headers, mark, (start, _isAll, first) =>
      this.#download(exchange, headers, start, first, line.status),
    );
    if (isCut) return NO_BODY;
    const { method } = exchange;
    if (method === 'CONNECT') return this.#connectAnswered(exchange, line.status, head);
    if (line.status === 101) {
      // From here on it is another protocol (RFC 9110 7.8).
      this.over(false, true);
      this.#client.becomeRaw();
      return RAW;
    }
    if (method === 'HEAD' || line.status === 204 || line.status === 304) return NO_BODY;
    return framingOf(head);
  }

  /** The request that an answer is for: the first that waits, or none was seen. */
  #exchangeAnsweredAt(mark: PacketMark): Exchange {
    if (this.#isServerUnsure) {
      // Answers before it may be missing. Who waits for one answer before asking again has sent the last request.
      while (this.#waiting.length > 1 && (this.#waiting[1]?.request?.mark.frame ?? mark.frame) < mark.frame)
        this.#emit(this.#waiting.shift() as Exchange);
      this.#isServerUnsure = false;
      this.#toldEarly = 0;
    }
    if (this.#toldEarly > 0) {
      this.#toldEarly -= 1;
      return new Exchange();
    }
    // What was asked later is not what this answers: the request to it is missing.
    const [first] = this.#waiting;
    if (first === undefined || (first.request?.mark.frame ?? 0) > mark.frame) return new Exchange();
    this.#waiting.shift();
    return first;
  }

  #beginAnswer(exchange: Exchange): void {
    this.#hasAnswered = true;
    this.#answering = exchange;
    if (exchange.request !== null) this.#lastWords = exchange.words;
  }

  #keepEarly(exchange: Exchange): void {
    this.#early.push(exchange);
    if (this.#early.length > MAX_EARLY) this.#emit(this.#early.shift() as Exchange);
  }

  #emitOver(exchange: Exchange): void {
    if (exchange.isAnswerOver) this.#emit(exchange);
  }

  #emit(exchange: Exchange): void {
    this.#budget.give(exchange.heldBytes);
    exchange.heldBytes = 0;
    this.#flow.emit(exchange.record(this.#flow));
  }

  // -------------------------------------------------------------------------------------------------------------
  // CONNECT (RFC 9110 9.3.6)

  #connectAnswered(exchange: Exchange, status: number, head: MessageHead): Framing {
    this.#connect = null;
    if (status >= 200 && status < 300) {
      this.over(false, true);
      this.#beginTunnel();
      return RAW;
    }
    // The proxy did not agree: what the client sent after it is HTTP again.
    const held = this.#takeHeld();
    this.#client.becomeHttp();
    this.#asking = null;
    this.#answering = exchange;
    for (const { bytes, mark } of held) this.#client.data(bytes, 0, bytes.length, mark);
    return framingOf(head);
  }

  #beginTunnel(): void {
    this.#connect = null;
    const held = this.#takeHeld();
    this.#client.becomeRaw();
    this.#server.becomeRaw();
    this.#tunnel = this.#openTunnel?.(this.#flow) ?? null;
    for (const { bytes, mark } of held) this.#tunnel?.data(true, bytes, 0, bytes.length, mark);
  }

  /** Read anew after it may have been opened. */
  get #tunnelOrNull(): Consumer | null {
    return this.#tunnel;
  }

  #takeHeld(): readonly HeldData[] {
    const held = this.#held ?? [];
    this.#budget.give(this.#heldBytes);
    this.#held = null;
    this.#heldBytes = 0;
    return held;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Files

  #download(
    exchange: Exchange,
    headers: readonly Header[],
    start: Buffer,
    mark: PacketMark,
    status = 200,
  ): BodyTaker | null {
    const isGood = status >= 200 && status < 300;
    const coding = codingOf(headerValue(headers, 'content-encoding'));
    const disposition = headerValue(headers, 'content-disposition') ?? '';
    const mediaType = headerValue(headers, 'content-type');
    const inAddress = exchange.request === null ? null : pathName(exchange.request.line.target);
    const name = dispositionName(disposition) ?? inAddress;
    const isAttached = disposition.trimStart().slice(0, 10).toLowerCase() === 'attachment';
    const hints = hintsOf(name, mediaType);
    const plain = coding === null ? start : coding === 'other' ? NO_TAIL : unpackedHead(start, coding);
    const isWanted =
      isWorthy(fileTypeOf(plain, NO_TAIL, { extension: '', mediaType: null })) ||
      (isGood && (isAttached || isWorthyExtension(hints.extension)));
    if (!isWanted) return null;
    const description = {
      name,
      mediaType,
      // What cannot be undone is hashed as nothing anybody knows: left without a hash.
      coding: coding === 'other' ? null : coding,
      isAllOfIt: coding !== 'other' && isAllOf(headers, status),
      minBytes: 0,
    };
    return new FileTaker(description, mark, this.#budget, (file) =>
      this.#tellFile(exchange, file, 'download'),
    );
  }

  #upload(
    exchange: Exchange,
    { headers, contentLength }: MessageHead,
    isAll: boolean,
    mark: PacketMark,
  ): BodyTaker | null {
    const { method } = exchange;
    if (method !== 'POST' && method !== 'PUT') return null;
    const mediaType = headerValue(headers, 'content-type');
    const tell = (file: TakenFile) => this.#tellFile(exchange, file, 'upload');
    const boundary = boundaryOf(mediaType);
    if (boundary !== null) return new MultipartTaker(boundary, this.#budget, tell);
    if (isAll || (contentLength !== null && contentLength < MIN_UPLOAD)) return null;
    const coding = codingOf(headerValue(headers, 'content-encoding'));
    const description = {
      name: exchange.request === null ? null : pathName(exchange.request.line.target),
      mediaType,
      coding: coding === 'other' ? null : coding,
      isAllOfIt: coding !== 'other',
      minBytes: MIN_UPLOAD,
    };
    return new FileTaker(description, mark, this.#budget, tell);
  }

  #tellFile(exchange: Exchange, file: TakenFile, direction: 'download' | 'upload'): void {
    this.#flow.emit(exchange.fileRecord(this.#flow, file, direction));
  }
}

/** How the body of an answer ends (RFC 9112 6.3). */
function framingOf({ isChunked, hasOtherCoding, contentLength }: MessageHead): Framing {
  if (isChunked) return { kind: 'chunked' };
  if (hasOtherCoding || contentLength === null) return UNTIL_CLOSE;
  return { kind: 'length', bytes: contentLength };
}

/** An answer may hold a part of a file (206; RFC 9110 14.4). */
function isAllOf(headers: readonly Header[], status: number): boolean {
  if (status !== 206) return true;
  const range = /^bytes 0-(\d{1,16})\/(\d{1,16})$/i.exec(headerValue(headers, 'content-range')?.trim() ?? '');
  return range !== null && Number(range[1]) + 1 === Number(range[2]);
}
