/** Packets that contradict each other, made by hand for tests of what is found in them. */
import type { PacketAnomaly } from '../../../records/kinds/packet-anomaly.js';
import type { PacketFacts } from '../../../records/network-ends.js';
import { CAPTURE_START, frame } from './traffic.js';

/** Headers of a packet of the server as a capture has them. */
export function packet(part: Partial<PacketFacts> = {}): PacketFacts {
  return {
    frame: 5,
    at: CAPTURE_START,
    ttl: 54,
    ipId: 40_000,
    dontFragment: true,
    tcpFlags: 0x18,
    sequence: 1_000,
    acknowledgement: 500,
    window: 235,
    optionsBytes: 12,
    payloadBytes: 300,
    ...part,
  };
}

export function anomaly(part: Partial<PacketAnomaly> = {}): PacketAnomaly {
  return {
    kind: 'packet-anomaly',
    at: CAPTURE_START,
    source: frame(part.packets?.at(-1)?.frame ?? 9),
    transport: 'tcp',
    clientAddress: '192.168.43.17',
    clientPort: 50_000,
    serverAddress: '203.0.113.10',
    serverPort: 80,
    anomaly: 'overlap-conflict',
    fromServer: true,
    packets: [],
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
    request: null,
    statedBy: null,
    ...part,
  };
}

/** The shape of the published captures of Quantum Insert: a packet of a library wins over the answer of the server. */
export function quantumInsert(part: Partial<PacketAnomaly> = {}): PacketAnomaly {
  const injected = 'HTTP/1.1 302 Found\r\nLocation: http://other.example/a\r\nContent-Length: 0\r\n\r\n';
  const real =
    'HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Mon, 02 Mar 2026 10:00:00 GMT\r\nContent-Type: text/html';
  return anomaly({
    packets: [
      packet({
        frame: 5,
        ttl: 64,
        ipId: 1,
        dontFragment: false,
        window: 8_192,
        optionsBytes: 0,
        payloadBytes: injected.length,
      }),
      packet({ frame: 9, at: CAPTURE_START.replace('000000', '032600') }),
    ],
    handshakePacket: packet({ frame: 2, tcpFlags: 0x12, sequence: 999, ipId: 0, window: 28_960 }),
    overlapBytes: injected.length,
    differingBytes: 40,
    excerpts: [injected, real],
    overlapExcerpts: [injected.slice(0, 64), real.slice(0, 64)],
    clientIpId: 700,
    clientWindow: 16_384,
    request: 'GET http://www.example/',
    ...part,
  });
}
