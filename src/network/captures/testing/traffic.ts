/** Records of captured traffic made by hand, for tests of what is found in it. */
import type { Dns } from '../../../records/kinds/dns.js';
import type { Flow } from '../../../records/kinds/flow.js';
import type { Http } from '../../../records/kinds/http.js';
import type { Tls } from '../../../records/kinds/tls.js';

/** First moment of captures made here. */
export const CAPTURE_START = '2026-03-02T10:00:00.000000Z';

/** A stored time so many seconds after the beginning. */
export function momentAt(seconds: number): string {
  return new Date(Date.parse(CAPTURE_START) + Math.round(seconds * 1000)).toISOString().replace('Z', '000Z');
}

/** `frame 12` of a capture. */
export function frame(number: number, path = 'capture.pcap', evidence = 'e1'): Flow['source'] {
  return { evidence, path, locator: `frame ${number}` };
}

const ENDS = {
  transport: 'tcp',
  clientAddress: '192.168.43.17',
  clientPort: 50_000,
  serverAddress: '203.0.113.10',
  serverPort: 443,
};

export function flow(part: Partial<Flow> = {}): Flow {
  return {
    kind: 'flow',
    at: CAPTURE_START,
    source: frame(1),
    ...ENDS,
    lastAt: part.at ?? CAPTURE_START,
    application: null,
    serverNames: [],
    clientPackets: 5,
    serverPackets: 5,
    clientBytes: 500,
    serverBytes: 4_000,
    isAnswered: true,
    history: 'ShADadFf',
    clientTtls: [64],
    serverTtls: [52],
    synFingerprint: null,
    lastFrame: 1,
    ...part,
  };
}

export function tls(part: Partial<Tls> = {}): Tls {
  return {
    kind: 'tls',
    at: CAPTURE_START,
    source: frame(4),
    ...ENDS,
    carrier: 'tls',
    version: 'TLS 1.3',
    quicVersion: null,
    serverName: 'www.example',
    encryptedClientHello: false,
    alpn: ['h2'],
    selectedAlpn: null,
    hellos: [{ frame: 4, ja3: 'a'.repeat(32), ja4: 't13d1516h2_8daaf6152771_e5627efa2ab1' }],
    ja3s: null,
    cipher: '0x1301',
    certificates: [],
    isResumed: null,
    certificateFrame: null,
    serverHelloFrame: null,
    validation: null,
    ...part,
  };
}

export function http(part: Partial<Http> = {}): Http {
  return {
    kind: 'http',
    at: CAPTURE_START,
    source: frame(4),
    ...ENDS,
    serverPort: 80,
    version: 'HTTP/1.1',
    method: 'GET',
    host: 'www.example',
    target: '/',
    url: 'http://www.example/',
    requestHeaders: [],
    userAgent: null,
    referrer: null,
    requestBodyBytes: null,
    requestBodyStart: null,
    status: 200,
    reason: 'OK',
    responseHeaders: [],
    location: null,
    contentType: null,
    responseBodyBytes: null,
    responseBodyStart: null,
    responseAt: null,
    requestPacket: null,
    responsePacket: null,
    synAckPacket: null,
    handshakeMicroseconds: null,
    ...part,
  };
}

/** A question with addresses in the answer. */
export function dns(name: string, addresses: readonly string[], part: Partial<Dns> = {}): Dns {
  return {
    kind: 'dns',
    at: CAPTURE_START,
    source: frame(2),
    ...ENDS,
    transport: 'udp',
    serverAddress: '192.168.43.1',
    serverPort: 53,
    service: 'dns',
    transactionId: 7,
    name,
    type: 'A',
    responseCode: 'NOERROR',
    isQuerySeen: true,
    answeredAt: part.at ?? CAPTURE_START,
    answerFrame: 3,
    answers: addresses.map((data) => ({
      name,
      type: data.includes(':') ? 'AAAA' : 'A',
      ttlSeconds: 60,
      data,
    })),
    ...part,
  };
}
