/** What a TCP connection shows packet by packet: its order, and what does not fit together. */
import { compareText } from '../../../core/compare-text.js';
import type { PacketAnomaly } from '../../../records/kinds/packet-anomaly.js';
import { Frame } from '../frames/frame.js';
import type { FlowState, OddReset, SideState } from './flow-state.js';
import { FrameMark } from './frame-mark.js';
import { SegmentList, type SegmentStore } from './segment-store.js';

export const [FIN, SYN, RST, ACK] = [0x01, 0x02, 0x04, 0x10];
const RESERVED_BITS = 0xe00;
/** Identification of packets that PacketLogic boxes forge (Citizen Lab, "Bad Traffic", 2018): 0x3412. */
const PACKETLOGIC_IP_ID = 13_330;
/** A reset may come from a machine in front of the server: so many hops of difference mean nothing. */
const EVERYDAY_TTL_DIFFERENCE = 2;
/** Kept of payloads, for people to see. */
const EXCERPT_BYTES = 400;
const OVERLAP_EXCERPT_BYTES = 64;
/** Contradictions told of one conversation; a broken path repeats them without end. */
const MAX_CONFLICTS = 32;
/** No network sends a larger one; only files that were made up hold it. */
const MAX_SEGMENT_BYTES = 1024 * 1024;

/** A contradiction, without the ends of its conversation. */
export type AnomalyFacts = Pick<PacketAnomaly, 'anomaly' | 'fromServer' | 'packets'> & {
  readonly mark: FrameMark;
} & Partial<
    Pick<
      PacketAnomaly,
      | 'handshakePacket'
      | 'overlapBytes'
      | 'differingBytes'
      | 'excerpts'
      | 'overlapExcerpts'
      | 'clientIpId'
      | 'clientWindow'
      | 'signs'
    >
  >;

/** Watches one connection after the other; holds nothing but the newest segments. */
export class TcpTracker {
  readonly #segments: SegmentStore;
  readonly #tell: (flow: FlowState, facts: AnomalyFacts) => void;
  readonly #older = new Frame();

  constructor(segments: SegmentStore, tell: (flow: FlowState, facts: AnomalyFacts) => void) {
    this.#segments = segments;
    this.#tell = tell;
  }

  /** Looks at a packet before its data is taken. `sequence`: of the first byte of its payload. */
  see(flow: FlowState, fromClient: boolean, frame: Frame, sequence: number): void {
    const side = flow.speaker(fromClient);
    const other = fromClient ? flow.server : flow.client;
    const flags = frame.tcpFlags;
    if (flags & SYN) this.#seeSyn(flow, side, fromClient, frame);
    if (side.reset !== null) this.#seeAfterReset(flow, side, fromClient, frame, sequence);
    if (
      frame.ipId === PACKETLOGIC_IP_ID &&
      ((flags & 0x1f) === (FIN | ACK) || (flags & 0x1f) === (RST | ACK)) &&
      frame.optionsEnd === frame.optionsAt
    )
      this.#seeMarked(flow, side, fromClient, frame);
    if (flags & RST) this.#seeReset(flow, side, fromClient, frame);
    const length = frame.payloadEnd - frame.payloadStart;
    if (length > 0 && !(flags & RST)) {
      if (length <= MAX_SEGMENT_BYTES) this.#seeData(flow, side, other, fromClient, frame, sequence);
      const end = (sequence + frame.payloadLength) >>> 0;
      if (!side.isOrdered) {
        side.isOrdered = true;
        side.next = sequence;
        side.furthest = end;
      } else if (((end - side.furthest) | 0) > 0) side.furthest = end;
    }
    if (flags & FIN && !side.hasFin) {
      side.hasFin = true;
      side.finSequence = (sequence + frame.payloadLength) >>> 0;
      side.fin = new FrameMark(frame);
    }
  }

  /** The conversation is over: tells what was left open. */
  end(flow: FlowState): void {
    for (const fromClient of [true, false]) {
      const side = fromClient ? flow.client : flow.server;
      if (side.reset !== null) this.#tellReset(flow, side, fromClient, side.reset);
      side.reset = null;
    }
  }

  #seeSyn(flow: FlowState, side: SideState, fromClient: boolean, frame: Frame): void {
    const next = (frame.sequence + 1) >>> 0;
    if (fromClient && flow.server.handshake === null) side.synMicros = frame.micros;
    if (side.handshake === null) {
      side.began(frame);
      // Data in a SYN begins one further on (TCP Fast Open, RFC 7413).
      side.next = next;
      side.furthest = next;
      side.isOrdered = true;
      return;
    }
    const isAnswer = (frame.tcpFlags & ACK) !== 0;
    if (!isAnswer || flow.saidCompetingSynAck || side.handshake.sequence === frame.sequence) return;
    const client = flow.client.handshake;
    if (fromClient || client === null || frame.acknowledgement !== (client.sequence + 1) >>> 0) return;
    flow.saidCompetingSynAck = true;
    const mark = new FrameMark(frame);
    this.#tell(flow, {
      anomaly: 'competing-syn-ack',
      mark,
      fromServer: true,
      packets: [side.handshake.facts(), mark.facts()],
    });
  }

  #seeMarked(flow: FlowState, side: SideState, fromClient: boolean, frame: Frame): void {
    const mark = new FrameMark(frame);
    this.#tell(flow, {
      anomaly: 'marked-packet',
      mark,
      fromServer: !fromClient,
      packets: [mark.facts()],
      handshakePacket: side.handshake?.facts() ?? null,
      excerpts: [excerpt(frame, frame.payloadStart, EXCERPT_BYTES)],
    });
  }

  #seeReset(flow: FlowState, side: SideState, fromClient: boolean, frame: Frame): void {
    if (side.hasReset) return;
    side.hasReset = true;
    const reset: OddReset = { mark: new FrameMark(frame), signs: new Set(), followedBy: null };
    if (frame.tcpFlags & RESERVED_BITS) reset.signs.add('reserved-bits');
    const ttl = side.handshake?.ttl ?? (side.packets > 0 ? side.lastTtl : frame.ttl);
    if (Math.abs(frame.ttl - ttl) > EVERYDAY_TTL_DIFFERENCE) reset.signs.add('ttl-differs');
    // Kept even without a sign: what follows may be one.
    side.reset = reset;
    if (fromClient && reset.signs.size === 0 && flow.server.packets === 0) side.reset = null;
  }

  #seeAfterReset(
    flow: FlowState,
    side: SideState,
    fromClient: boolean,
    frame: Frame,
    sequence: number,
  ): void {
    const { reset } = side;
    if (reset === null || frame.tcpFlags & RST) return;
    const isSynAck = (frame.tcpFlags & (SYN | ACK)) === (SYN | ACK);
    // Data sent before it may be captured after it: only what lies beyond the reset shows that its sender lives on.
    const isBeyond =
      frame.payloadLength > 0 &&
      side.handshake !== null &&
      (reset.signs.has('before-syn-ack') || ((sequence + frame.payloadLength - reset.mark.sequence) | 0) > 0);
    if (!isSynAck && !isBeyond) return;
    if (Math.abs(frame.ttl - reset.mark.ttl) > EVERYDAY_TTL_DIFFERENCE) reset.signs.add('ttl-differs');
    if (isSynAck) reset.signs.add('before-syn-ack');
    else reset.signs.add('sender-went-on');
    reset.followedBy ??= new FrameMark(frame);
    if (!isSynAck) {
      this.#tellReset(flow, side, fromClient, reset);
      side.reset = null;
    }
  }

  #tellReset(flow: FlowState, side: SideState, fromClient: boolean, reset: OddReset): void {
    if (reset.signs.size === 0) return;
    this.#tell(flow, {
      anomaly: 'reset',
      mark: reset.mark,
      fromServer: !fromClient,
      packets: [reset.mark.facts(), ...(reset.followedBy ? [reset.followedBy.facts()] : [])],
      handshakePacket: side.handshake?.facts() ?? null,
      signs: [...reset.signs].sort(compareText),
    });
  }

  #seeData(
    flow: FlowState,
    side: SideState,
    other: SideState,
    fromClient: boolean,
    frame: Frame,
    sequence: number,
  ): void {
    // Only what does not simply continue can contradict.
    if (side.segments !== null && ((sequence - side.furthest) | 0) < 0)
      this.#seeOverlap(flow, side, other, fromClient, frame, sequence);
    const isBeyondEnd =
      side.hasFin &&
      !side.saidDataAfterEnd &&
      side.fin !== null &&
      ((sequence + frame.payloadLength - side.finSequence) | 0) > 0;
    if (isBeyondEnd && side.fin) {
      side.saidDataAfterEnd = true;
      const mark = new FrameMark(frame);
      this.#tell(flow, {
        anomaly: 'data-after-end',
        mark,
        fromServer: !fromClient,
        packets: [side.fin.facts(), mark.facts()],
      });
    }
    if (!fromClient && flow.awaitsAnswer && frame.ipId > 0 && frame.ipId === other.lastIpId) {
      const mark = new FrameMark(frame);
      this.#tell(flow, {
        anomaly: 'ip-id-echo',
        mark,
        fromServer: true,
        packets: [mark.facts()],
        handshakePacket: side.handshake?.facts() ?? null,
        clientIpId: other.lastIpId,
        clientWindow: other.lastWindow,
        excerpts: [excerpt(frame, frame.payloadStart, EXCERPT_BYTES)],
      });
    }
    side.segments ??= new SegmentList();
    side.segments.add(this.#segments.remember(frame, sequence));
  }

  #seeOverlap(
    flow: FlowState,
    side: SideState,
    other: SideState,
    fromClient: boolean,
    frame: Frame,
    sequence: number,
  ): void {
    if (flow.conflicts >= MAX_CONFLICTS || side.segments === null) return;
    const conflict = this.#segments.conflict(side.segments, frame, sequence);
    if (conflict === null) return;
    flow.conflicts += 1;
    const older = this.#older;
    this.#segments.recall(conflict.id, older);
    const mark = new FrameMark(frame);
    const overlap = Math.min(conflict.overlapBytes, OVERLAP_EXCERPT_BYTES);
    const client = fromClient ? side : other;
    this.#tell(flow, {
      anomaly: 'overlap-conflict',
      mark,
      fromServer: !fromClient,
      packets: [new FrameMark(older).facts(), mark.facts()],
      handshakePacket: side.handshake?.facts() ?? null,
      overlapBytes: conflict.overlapBytes,
      differingBytes: conflict.differingBytes,
      excerpts: [
        excerpt(older, older.payloadStart, EXCERPT_BYTES),
        excerpt(frame, frame.payloadStart, EXCERPT_BYTES),
      ],
      overlapExcerpts: [
        excerpt(older, older.payloadStart + conflict.olderFrom, overlap),
        excerpt(frame, frame.payloadStart + conflict.newerFrom, overlap),
      ],
      clientIpId: client.lastIpId < 0 ? null : client.lastIpId,
      clientWindow: client.lastWindow < 0 ? null : client.lastWindow,
    });
  }
}

function excerpt(frame: Frame, from: number, length: number): string {
  return frame.bytes.toString('latin1', from, Math.min(frame.payloadEnd, from + length));
}
