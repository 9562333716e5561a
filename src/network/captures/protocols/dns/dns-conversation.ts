import type { Consumer, FlowContext, PacketMark } from '../../flows/consumer.js';

export { looksLikeDns, parseDns } from './dns-message.js';

export class DnsConversation implements Consumer {
  constructor(_flow: FlowContext, _service: 'dns' | 'mdns' | 'llmnr', _isStream: boolean) {}

  data(_fromClient: boolean, _bytes: Buffer, _start: number, _end: number, _mark: PacketMark): boolean {
    return true;
  }

  gap(_fromClient: boolean, _lengthBytes: number, _mark: PacketMark): boolean {
    return true;
  }

  end(_fromClient: boolean | null): void {}
}
