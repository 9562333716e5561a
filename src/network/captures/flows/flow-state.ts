import type { Frame } from '../frames/frame.js';
import type { Consumer, FlowContext } from './consumer.js';
import { FrameMark } from './frame-mark.js';
import type { SegmentList } from './segment-store.js';

/** Times to live listed for one direction. */
const MAX_TTLS = 16;

/** Data that came before what goes before it. */
export interface WaitingSegment {
  readonly sequence: number;
  readonly bytes: Buffer;
  readonly mark: FrameMark;
}

/** A reset that something about is odd, until it is known what follows. */
export interface OddReset {
  readonly mark: FrameMark;
  readonly signs: Set<'sender-went-on' | 'ttl-differs' | 'reserved-bits' | 'before-syn-ack'>;
  followedBy: FrameMark | null;
}

/** What is known of one direction of a conversation. */
export class SideState {
  packets = 0;
  bytes = 0;
  lastTtl = -1;
  #firstTtl = -1;
  #otherTtls: number[] | null = null;
  /** Of the last packet, for comparison with the other side's; -1 before the first, and for IPv6. */
  lastIpId = -1;
  lastWindow = -1;
  /** Last acknowledgement it sent, of the other side's data; -1 before the first. */
  acknowledged = -1;
  /** Sequence number of the next byte in order; meaningful when `isOrdered`. */
  next = 0;
  isOrdered = false;
  /** End of the furthest data seen. */
  furthest = 0;
  hasFin = false;
  finSequence = 0;
  fin: FrameMark | null = null;
  hasReset = false;
  reset: OddReset | null = null;
  saidDataAfterEnd = false;
  /** First SYN or SYN/ACK. */
  handshake: FrameMark | null = null;
  /** When it sent its last SYN before one was answered: lost ones say nothing about the way. */
  synMicros = Number.NaN;
  /** Kept when the object is used again. */
  #ownHandshake: FrameMark | null = null;
  segments: SegmentList | null = null;
  waiting: WaitingSegment[] | null = null;
  waitingBytes = 0;
  /** Segments in a row that came while others were missing before them. */
  stalled = 0;
  /** Whether the decoder wants more of this direction. */
  isWanted = true;
  /** The decoder was told that the direction is over. */
  isEnded = false;

  /** Makes it as new, to be used for another conversation. */
  clear(): void {
    this.packets = 0;
    this.bytes = 0;
    this.lastTtl = -1;
    this.#firstTtl = -1;
    this.#otherTtls = null;
    this.lastIpId = -1;
    this.lastWindow = -1;
    this.acknowledged = -1;
    this.next = 0;
    this.isOrdered = false;
    this.furthest = 0;
    this.hasFin = false;
    this.finSequence = 0;
    this.fin = null;
    this.hasReset = false;
    this.reset = null;
    this.saidDataAfterEnd = false;
    this.handshake = null;
    this.synMicros = Number.NaN;
    this.segments = null;
    this.waiting = null;
    this.waitingBytes = 0;
    this.stalled = 0;
    this.isWanted = true;
    this.isEnded = false;
  }

  sawTtl(ttl: number): void {
    this.lastTtl = ttl;
    if (this.#firstTtl < 0) this.#firstTtl = ttl;
    if (ttl === this.#firstTtl) return;
    this.#otherTtls ??= [];
    if (this.#otherTtls.length < MAX_TTLS - 1 && !this.#otherTtls.includes(ttl)) this.#otherTtls.push(ttl);
  }

  /** Distinct times to live, in the order they were seen. */
  ttls(): number[] {
    return this.#firstTtl < 0 ? [] : [this.#firstTtl, ...(this.#otherTtls ?? [])];
  }

  /** Notes the first SYN or SYN/ACK. */
  began(frame: Frame): void {
    if (this.#ownHandshake === null) this.#ownHandshake = new FrameMark(frame);
    else this.#ownHandshake.take(frame);
    this.handshake = this.#ownHandshake;
  }
}

/** Stands for a server that has not spoken: most of a scan never does, and there may be millions of them. Never changed. */
const SILENT = new SideState();

/** A conversation while it is in memory. Addresses are kept as 32-bit words; those of IPv4 in the last one. */
export class FlowState {
  /** Chain of its bucket, and of the list by last use. */
  nextInBucket: FlowState | null = null;
  /** By which its bucket is found. */
  hash = 0;
  older: FlowState | null = null;
  newer: FlowState | null = null;
  /** Which list by last use it is in. */
  list = 0;

  client0 = 0;
  client1 = 0;
  client2 = 0;
  client3 = 0;
  server0 = 0;
  server1 = 0;
  server2 = 0;
  server3 = 0;
  clientPort = 0;
  serverPort = 0;
  ipVersion: 4 | 6 = 4;
  protocol = 0;

  firstFrame = 0;
  lastFrame = 0;
  firstMicros = Number.NaN;
  lastMicros = Number.NaN;
  /** Letters already in the history. */
  historyBits = 0;
  history = '';
  /** First packet was taken for one of the server: the direction was turned round. */
  isTurned = false;
  readonly client = new SideState();
  server = SILENT;

  application: string | null = null;
  serverNames: string[] | null = null;
  consumer: Consumer | null = null;
  /** Taken of the budget for the decoder as such. */
  consumerBytes = 0;
  /** What decoders see of it, made when one is wanted. */
  context: FlowContext | null = null;
  /** Data segments looked at so far to recognise what it carries. */
  attempts = 0;
  isDecided = false;
  /** First bytes, while they are too few to recognise anything. */
  opening: {
    readonly fromClient: boolean;
    readonly bytes: Buffer;
    readonly next: number;
    readonly mark: FrameMark;
  } | null = null;
  synFingerprint: string | null = null;
  saidCompetingSynAck = false;
  /** Conflicts told of this conversation. */
  conflicts = 0;
  /** The client spoke since the server last did. */
  awaitsAnswer = false;

  /** Makes it as new. Its places in the table are set by the table. */
  clear(): void {
    this.client0 = 0;
    this.client1 = 0;
    this.client2 = 0;
    this.server0 = 0;
    this.server1 = 0;
    this.server2 = 0;
    this.lastMicros = Number.NaN;
    this.historyBits = 0;
    this.history = '';
    this.client.clear();
    this.server = SILENT;
    this.application = null;
    this.serverNames = null;
    this.consumer = null;
    this.consumerBytes = 0;
    this.context = null;
    this.attempts = 0;
    this.isDecided = false;
    this.opening = null;
    this.synFingerprint = null;
    this.saidCompetingSynAck = false;
    this.conflicts = 0;
    this.awaitsAnswer = false;
  }

  /** The end that speaks now. */
  speaker(fromClient: boolean): SideState {
    if (fromClient) return this.client;
    if (this.server === SILENT) this.server = new SideState();
    return this.server;
  }
}
