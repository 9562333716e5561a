/**
 * All conversations of a capture: takes packets one by one, keeps what belongs together, hands data to the decoders, and
 * gives records. One object for one file; memory is bounded whatever the file holds.
 */
import type { EvidenceRecord, Pointer, Problem } from '../../../core/contracts.js';
import type { PacketAnomaly } from '../../../records/kinds/packet-anomaly.js';
import type { NetworkEnds, PacketFacts } from '../../../records/network-ends.js';
import type { Frame } from '../frames/frame.js';
import { MemoryBudget } from '../protocols/memory-budget.js';
import { mayTurnToTls, type Recognised, recogniseTcp, recogniseUdp } from './applications.js';
import type { Consumer, FlowContext } from './consumer.js';
import { endsOf, flowRecord, synFingerprint } from './flow-record.js';
import type { FlowState, SideState } from './flow-state.js';
import { CLOSED, comesFromServer, FlowTable, OPEN_TCP, OTHER } from './flow-table.js';
import { FrameMark, storedTime } from './frame-mark.js';
import { SegmentStore } from './segment-store.js';
import { dropWaiting, flushWaiting, takeInOrder } from './stream-order.js';
import { ACK, type AnomalyFacts, FIN, RST, SYN, TcpTracker } from './tcp-tracker.js';

const [TCP, UDP] = [6, 17];
/** Data segments or datagrams looked at to recognise what a conversation carries. */
const MAX_ATTEMPTS = 8;
/** A first segment shorter than this may be the beginning of anything. */
const SHORT_OPENING_BYTES = 64;
/** Server names kept of one conversation. */
const MAX_SERVER_NAMES = 8;
/** How often the silent ones are ended. */
const EXPIRE_EVERY_PACKETS = 512;
/** For decoders and for data that waits for what goes before it. */
const DECODER_BYTES = 192 * 1024 * 1024;
/** What a decoder takes before it holds any data. */
const CONSUMER_BYTES = 2_048;

/** Letters of the history, a bit each: from the client, then from the server. */
const LETTERS = 'SHADFRTshadfrt';
const SERVER_LETTERS = 7;

/** Where packets come from, and where records go. */
export interface CaptureOutput {
  place(frame: number): Pointer;
  emit(record: EvidenceRecord): void;
  problem(problem: Problem): void;
}

export class CaptureFlows {
  readonly #output: CaptureOutput;
  readonly #table: FlowTable;
  readonly #segments = new SegmentStore();
  readonly #budget = new MemoryBudget(DECODER_BYTES, () => this.#table.endOldestBut(this.#current));
  readonly #tracker: TcpTracker;
  /** The one that the packet belongs to which is being taken. */
  #current: FlowState | null = null;
  #previousMicros = Number.NaN;
  #untilExpiry = EXPIRE_EVERY_PACKETS;

  constructor(output: CaptureOutput) {
    this.#output = output;
    this.#table = new FlowTable((flow) => this.#over(flow));
    this.#tracker = new TcpTracker(this.#segments, (flow, facts) => this.#tellAnomaly(flow, facts));
  }

  /** Conversations dropped before their end for want of room. */
  get crowdedOut(): number {
    return this.#table.crowdedOut;
  }

  /** Segments that could not be compared any more with the one they overlap. */
  get missedComparisons(): number {
    return this.#segments.missed;
  }

  /** A piece of the file, of which the next packets are parts. */
  piece(bytes: Buffer): void {
    this.#segments.piece(bytes);
  }

  /** Takes a packet. The frame may be used again afterwards. */
  packet(frame: Frame): void {
    this.#untilExpiry -= 1;
    if (this.#untilExpiry <= 0) {
      this.#untilExpiry = EXPIRE_EVERY_PACKETS;
      // One packet with a time of its own, far ahead of all others, must not end every conversation.
      this.#table.expire(Math.min(frame.micros, this.#previousMicros));
    }
    this.#previousMicros = frame.micros;
    if (frame.protocol === TCP) this.#tcp(frame);
    else if (frame.protocol === UDP) this.#udp(frame);
    else this.#count(this.#find(frame) ?? this.#table.create(frame, false, OTHER), frame, OTHER);
  }

  /** No more packets: ends so many conversations. False: none is left. Each call gives records, which take memory. */
  end(most = Number.POSITIVE_INFINITY): boolean {
    return this.#table.end(most);
  }

  /** The conversation a frame belongs to; null when it begins one. */
  #find(frame: Frame): FlowState | null {
    const flow = this.#table.find(frame);
    if (flow === null || !this.#table.isOver(flow, frame)) return flow;
    this.#table.remove(flow);
    return null;
  }

  #tcp(frame: Frame): void {
    const flags = frame.tcpFlags;
    let flow = this.#find(frame);
    if (flow !== null && isNewConnection(flow, frame, this.#table.fromClient)) {
      this.#table.remove(flow);
      flow = null;
    }
    if (flow === null) {
      const isSyn = (flags & (SYN | ACK)) === SYN;
      const turned = (flags & (SYN | ACK)) === (SYN | ACK) || (!isSyn && comesFromServer(frame));
      flow = this.#table.create(frame, turned, OPEN_TCP);
      if (isSyn) flow.synFingerprint = synFingerprint(frame);
    }
    const { fromClient } = this.#table;
    const side = flow.speaker(fromClient);
    const other = fromClient ? flow.server : flow.client;
    const sequence = flags & SYN ? (frame.sequence + 1) >>> 0 : frame.sequence;
    const hasData = frame.payloadEnd > frame.payloadStart && (flags & RST) === 0;
    const isRepeated = hasData && side.isOrdered && ((sequence - side.furthest) | 0) < 0;
    this.#tracker.see(flow, fromClient, frame, sequence);
    this.#count(flow, frame, other.hasFin || side.hasFin || flags & RST ? CLOSED : OPEN_TCP);
    note(flow, flags, hasData, isRepeated, fromClient);
    if (hasData) {
      flow.awaitsAnswer = fromClient;
      if (!flow.isDecided) this.#recogniseTcp(flow, side, fromClient, frame, sequence);
      if (flow.consumer !== null) {
        // Acknowledged by the other end and not here: it was not captured.
        const isAcknowledged = other.acknowledged >= 0 && ((other.acknowledged - side.next) | 0) > 0;
        takeInOrder(side, flow.consumer, fromClient, frame, sequence, isAcknowledged, this.#budget);
        if (!flow.client.isWanted && !flow.server.isWanted) this.#endConsumer(flow);
      } else side.next = side.furthest;
    }
    if (flags & ACK) side.acknowledged = frame.acknowledgement;
    // When something is still missing before it, the end comes with that of the conversation.
    if (flags & (FIN | RST) && flow.consumer !== null && !side.isEnded && side.waiting === null) {
      side.isEnded = true;
      flow.consumer.end(fromClient);
    }
  }

  #udp(frame: Frame): void {
    const flow = this.#find(frame) ?? this.#table.create(frame, comesFromServer(frame), OTHER);
    const { fromClient } = this.#table;
    this.#count(flow, frame, OTHER);
    const length = frame.payloadEnd - frame.payloadStart;
    if (length === 0) return;
    if (!flow.isDecided) {
      flow.attempts += 1;
      const context = this.#contextOf(flow);
      this.#recognised(
        flow,
        recogniseUdp(context, frame.bytes, frame.payloadStart, frame.payloadEnd, this.#budget),
      );
      if (flow.attempts >= MAX_ATTEMPTS) flow.isDecided = true;
    }
    const { consumer } = flow;
    if (consumer === null) return;
    const side = flow.speaker(fromClient);
    if (side.isWanted)
      side.isWanted = consumer.data(
        fromClient,
        frame.bytes,
        frame.payloadStart,
        frame.payloadEnd,
        new FrameMark(frame),
      );
    if (!flow.client.isWanted && !flow.server.isWanted) this.#endConsumer(flow);
  }

  #recogniseTcp(flow: FlowState, side: SideState, fromClient: boolean, frame: Frame, sequence: number): void {
    // What is repeated was looked at before.
    if (((sequence - side.next) | 0) < 0 && flow.attempts > 0) return;
    const opening = openingOf(flow, fromClient, frame, sequence);
    const { bytes, start, end } = opening;
    flow.attempts += 1;
    const recognised = recogniseTcp(
      this.#contextOf(flow),
      opening.isFirst,
      fromClient,
      bytes,
      start,
      end,
      this.#budget,
    );
    this.#recognised(flow, recognised);
    if (flow.consumer !== null) {
      side.next = sequence;
      // What came in pieces too short to be recognised goes first.
      if (opening.held > 0)
        side.isWanted = flow.consumer.data(fromClient, bytes, 0, opening.held, opening.mark);
      flow.opening = null;
    } else if (flow.attempts >= MAX_ATTEMPTS) {
      flow.isDecided = true;
      flow.opening = null;
    } else if (opening.isFirst && end - start < SHORT_OPENING_BYTES) {
      flow.opening = {
        fromClient,
        bytes: Buffer.from(bytes.subarray(start, end)),
        next: (sequence + frame.payloadLength) >>> 0,
        mark: opening.mark,
      };
    } else flow.opening = null;
  }

  #recognised(flow: FlowState, recognised: Recognised): void {
    if (recognised === null) return;
    if (typeof recognised === 'string') {
      flow.application ??= recognised;
      flow.isDecided = !mayTurnToTls(recognised);
      return;
    }
    if (this.#budget.take(CONSUMER_BYTES)) flow.consumerBytes = CONSUMER_BYTES;
    flow.consumer = recognised;
    flow.isDecided = true;
  }

  #count(flow: FlowState, frame: Frame, list: number): void {
    const side = flow.speaker(this.#table.fromClient);
    side.packets += 1;
    side.bytes += frame.payloadLength;
    if (frame.ttl !== side.lastTtl) side.sawTtl(frame.ttl);
    side.lastIpId = frame.ipId;
    side.lastWindow = frame.window;
    flow.lastFrame = frame.frame;
    flow.lastMicros = frame.micros;
    this.#table.touch(flow, list);
    this.#current = flow;
  }

  #contextOf(flow: FlowState): FlowContext {
    flow.context ??= new Context(flow, this.#output);
    return flow.context;
  }

  #endConsumer(flow: FlowState): void {
    const { consumer } = flow;
    if (consumer === null) return;
    flow.consumer = null;
    this.#budget.give(flow.consumerBytes);
    flow.consumerBytes = 0;
    dropWaiting(flow.client, this.#budget);
    dropWaiting(flow.server, this.#budget);
    consumer.end(null);
  }

  #over(flow: FlowState): void {
    if (flow.consumer !== null) {
      flushWaiting(flow.client, flow.consumer, true, this.#budget);
      flushWaiting(flow.server, flow.consumer, false, this.#budget);
      this.#endConsumer(flow);
    }
    this.#tracker.end(flow);
    const ends = flow.context?.ends ?? endsOf(flow);
    this.#output.emit(flowRecord(flow, ends, this.#output.place(flow.firstFrame)));
  }

  #tellAnomaly(flow: FlowState, { mark, ...facts }: AnomalyFacts): void {
    const record: PacketAnomaly = {
      kind: 'packet-anomaly',
      at: storedTime(mark.micros),
      source: this.#output.place(mark.frame),
      ...this.#contextOf(flow).ends,
      handshakePacket: null,
      overlapBytes: null,
      differingBytes: null,
      excerpts: [],
      overlapExcerpts: [],
      clientIpId: null,
      clientWindow: null,
      signs: [],
      name: null,
      answers: [],
      request: requestOf(flow.consumer),
      statedBy: null,
      ...facts,
    };
    this.#output.emit(record);
  }
}

/** The bytes by which a conversation is recognised: a segment, behind what came before in pieces too short to tell. */
function openingOf(flow: FlowState, fromClient: boolean, frame: Frame, sequence: number) {
  const { opening } = flow;
  if (opening !== null && opening.fromClient === fromClient && opening.next === sequence) {
    const held = opening.bytes.length;
    const bytes = Buffer.concat([opening.bytes, frame.bytes.subarray(frame.payloadStart, frame.payloadEnd)]);
    return { bytes, start: 0, end: bytes.length, isFirst: true, held, mark: opening.mark };
  }
  return {
    bytes: frame.bytes,
    start: frame.payloadStart,
    end: frame.payloadEnd,
    isFirst: flow.attempts === 0,
    held: 0,
    mark: new FrameMark(frame),
  };
}

/** A SYN for a pair of ports that had a connection before. */
function isNewConnection(flow: FlowState, frame: Frame, fromClient: boolean): boolean {
  if ((frame.tcpFlags & (SYN | ACK)) !== SYN) return false;
  // Both ends may send a SYN at once (RFC 9293 3.5); the other end of a closed one begins a new one.
  const side = fromClient ? flow.client : flow.server;
  if (side.handshake !== null) return side.handshake.sequence !== frame.sequence;
  return flow.client.bytes + flow.server.bytes > 0 || flow.client.hasFin || flow.server.hasFin;
}

function note(
  flow: FlowState,
  flags: number,
  hasData: boolean,
  isRepeated: boolean,
  fromClient: boolean,
): void {
  const shift = fromClient ? 0 : SERVER_LETTERS;
  if (flags & SYN) letter(flow, shift + (flags & ACK ? 1 : 0));
  else if (!hasData && (flags & (ACK | FIN | RST)) === ACK) letter(flow, shift + 2);
  if (hasData) letter(flow, shift + (isRepeated ? 6 : 3));
  if (flags & FIN) letter(flow, shift + 4);
  if (flags & RST) letter(flow, shift + 5);
}

function letter(flow: FlowState, index: number): void {
  const bit = 1 << index;
  if (flow.historyBits & bit) return;
  flow.historyBits |= bit;
  flow.history += LETTERS[index];
}

function requestOf(consumer: Consumer | null): string | null {
  return consumer?.request?.() ?? null;
}

/** What decoders see of a conversation. */
class Context implements FlowContext {
  readonly ends: NetworkEnds;
  readonly #flow: FlowState;
  readonly #output: CaptureOutput;

  constructor(flow: FlowState, output: CaptureOutput) {
    this.#flow = flow;
    this.#output = output;
    this.ends = endsOf(flow);
  }

  place(frame: number): Pointer {
    return this.#output.place(frame);
  }

  at(micros: number): string | null {
    return storedTime(micros);
  }

  emit(record: EvidenceRecord): void {
    this.#output.emit(record);
  }

  problem(problem: Omit<Problem, 'kind' | 'source'>, frame: number): void {
    this.#output.problem({ kind: 'problem', ...problem, source: this.place(frame) });
  }

  application(name: string): void {
    this.#flow.application = name;
  }

  serverName(name: string): void {
    const names = this.#flow.serverNames ?? [];
    this.#flow.serverNames = names;
    if (names.length < MAX_SERVER_NAMES && !names.includes(name)) names.push(name);
  }

  synAck(): PacketFacts | null {
    return this.#flow.server.handshake?.facts() ?? null;
  }

  handshakeMicroseconds(): number | null {
    const synAck = this.#flow.server.handshake;
    const micros = synAck ? synAck.micros - this.#flow.client.synMicros : Number.NaN;
    return micros >= 0 ? micros : null;
  }
}
