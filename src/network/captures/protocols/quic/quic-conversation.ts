import type { Consumer, FlowContext, PacketMark } from '../../flows/consumer.js';

/** Whether the start of a datagram looks like a packet of QUIC with a long header. */
export function looksLikeQuic(bytes: Buffer, start: number, end: number): boolean {
  return end - start >= 5 && ((bytes[start] as number) & 0xc0) === 0xc0;
}

/** How a conversation of QUIC began. Emits one `tls` record, and nothing when neither hello was seen. */
export class QuicConversation implements Consumer {
  readonly #flow: FlowContext;

  constructor(flow: FlowContext) {
    this.#flow = flow;
  }

  data(_fromClient: boolean, _bytes: Buffer, _start: number, _end: number, _mark: PacketMark): boolean {
    this.#flow.application('quic');
    return false;
  }

  gap(_fromClient: boolean, _lengthBytes: number, _mark: PacketMark): boolean {
    return false;
  }

  end(_fromClient: boolean | null): void {}
}
