import type { Consumer, FlowContext, PacketMark } from '../../flows/consumer.js';

/** Whether the start of a segment looks like records of TLS or SSL 3.0, or a hello in the form of SSL 2.0. */
export function looksLikeTls(bytes: Buffer, start: number, end: number): boolean {
  return end - start >= 5 && bytes[start] === 22 && bytes[start + 1] === 3;
}

/** How a TLS connection began. Emits one `tls` record, and nothing when neither hello was seen. */
export class TlsConversation implements Consumer {
  readonly #flow: FlowContext;

  constructor(flow: FlowContext) {
    this.#flow = flow;
  }

  data(_fromClient: boolean, _bytes: Buffer, _start: number, _end: number, _mark: PacketMark): boolean {
    this.#flow.application('tls');
    return false;
  }

  gap(_fromClient: boolean, _lengthBytes: number, _mark: PacketMark): boolean {
    return false;
  }

  end(_fromClient: boolean | null): void {}
}
