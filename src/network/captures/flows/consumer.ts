/**
 * What decoders of protocols are to the flows: they get the data of one conversation and give records. A decoder sees
 * the data of a TCP connection in order and once, or the datagrams of UDP one by one.
 */
import type { EvidenceRecord, Pointer, Problem } from '../../../core/contracts.js';
import type { NetworkEnds, PacketFacts } from '../../../records/network-ends.js';

/** What is known of the packet that data came in. Kept by whoever needs it: each is an object of its own. */
export interface PacketMark {
  readonly frame: number;
  /** UTC microseconds since 1970; NaN where the file gives no time. */
  readonly micros: number;
  /** The headers of it as records have them. */
  facts(): PacketFacts;
}

/** The conversation a decoder works for. */
export interface FlowContext {
  readonly ends: NetworkEnds;
  /** Place of a packet in the evidence. */
  place(frame: number): Pointer;
  /** A time as records store it. */
  at(micros: number): string | null;
  emit(record: EvidenceRecord): void;
  problem(problem: Omit<Problem, 'kind' | 'source'>, frame: number): void;
  /** Says what the flow carries (`tls`), for its own record. */
  application(name: string): void;
  /** Says a name of the server that the conversation itself gives. */
  serverName(name: string): void;
  /** First SYN/ACK of a TCP connection, where it was seen. */
  synAck(): PacketFacts | null;
  /** From SYN to SYN/ACK. */
  handshakeMicroseconds(): number | null;
}

/** Decoder of one conversation. It never throws, whatever the bytes, and holds a bounded amount of them. */
export interface Consumer {
  /**
   * Data from the client or from the server: `bytes` from `start` to before `end`, valid only during the call.
   * False: it wants no more of this direction.
   */
  data(fromClient: boolean, bytes: Buffer, start: number, end: number, mark: PacketMark): boolean;
  /** So many bytes of a direction are missing: lost, cut, or not kept. False: it wants no more of it. */
  gap(fromClient: boolean, lengthBytes: number, mark: PacketMark): boolean;
  /** A direction is over (FIN or RST), or the whole conversation (null). Called with null exactly once, last. */
  end(fromClient: boolean | null): void;
  /** The request that is waiting for its answer, in words: `GET http://a.example/b`. */
  request?(): string | null;
}
