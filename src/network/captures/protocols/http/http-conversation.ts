import type { Consumer, FlowContext, PacketMark } from '../../flows/consumer.js';
import type { MemoryBudget } from '../memory-budget.js';

/** Decoder of what travels inside CONNECT, once the proxy has agreed. */
export type TunnelFactory = (flow: FlowContext) => Consumer | null;

export function looksLikeHttpRequest(_bytes: Buffer, _start: number, _end: number): boolean {
  return false;
}

export function looksLikeHttpResponse(_bytes: Buffer, _start: number, _end: number): boolean {
  return false;
}

export class HttpConversation implements Consumer {
  constructor(_flow: FlowContext, _budget: MemoryBudget, _tunnel?: TunnelFactory) {}

  data(_fromClient: boolean, _bytes: Buffer, _start: number, _end: number, _mark: PacketMark): boolean {
    return true;
  }

  gap(_fromClient: boolean, _lengthBytes: number, _mark: PacketMark): boolean {
    return true;
  }

  end(_fromClient: boolean | null): void {}

  /** The request that is waiting for its answer, in words. */
  request(): string | null {
    return null;
  }
}
