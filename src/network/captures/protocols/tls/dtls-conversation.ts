import type { Consumer, FlowContext, PacketMark } from '../../flows/consumer.js';

/** Whether the start of a datagram looks like records of DTLS. */
export function looksLikeDtls(bytes: Buffer, start: number, end: number): boolean {
  return end - start >= 5 && bytes[start] === 22 && bytes[start + 1] === 254;
}

/** How a conversation of DTLS began. Emits one `tls` record, and nothing when neither hello was seen. */
export class DtlsConversation implements Consumer {
  readonly #flow: FlowContext;

  constructor(flow: FlowContext) {
    this.#flow = flow;
  }

  data(_fromClient: boolean, _bytes: Buffer, _start: number, _end: number, _mark: PacketMark): boolean {
    this.#flow.application('dtls');
    return false;
  }

  gap(_fromClient: boolean, _lengthBytes: number, _mark: PacketMark): boolean {
    return false;
  }

  end(_fromClient: boolean | null): void {}
}
