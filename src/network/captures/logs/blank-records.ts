/** Records of which a log says nothing yet: what it does not say is not known. */
import type { Pointer } from '../../../core/contracts.js';
import type { ServerCertificate } from '../../../records/certificate.js';
import type { Http } from '../../../records/kinds/http.js';
import type { PacketAnomaly } from '../../../records/kinds/packet-anomaly.js';
import type { Tls } from '../../../records/kinds/tls.js';
import type { NetworkEnds } from '../../../records/network-ends.js';

export function blankTls(at: string | null, source: Pointer, ends: NetworkEnds): Tls {
  return {
    kind: 'tls',
    at,
    source,
    ...ends,
    carrier: 'tls',
    version: null,
    quicVersion: null,
    serverName: null,
    encryptedClientHello: false,
    alpn: [],
    selectedAlpn: null,
    hellos: [],
    ja3s: null,
    cipher: null,
    certificates: [],
    isResumed: null,
    certificateFrame: null,
    serverHelloFrame: null,
    validation: null,
  };
}

export function blankHttp(at: string | null, source: Pointer, ends: NetworkEnds): Http {
  return {
    kind: 'http',
    at,
    source,
    ...ends,
    version: null,
    method: null,
    host: null,
    target: null,
    url: null,
    requestHeaders: [],
    userAgent: null,
    referrer: null,
    requestBodyBytes: null,
    requestBodyStart: null,
    status: null,
    reason: null,
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
  };
}

/** Different bytes for the same place, as a log states it. */
export function statedOverlap(
  at: string | null,
  source: Pointer,
  ends: NetworkEnds,
  statedBy: string,
  fromServer: boolean | null,
  overlapExcerpts: string[] = [],
): PacketAnomaly {
  return {
    kind: 'packet-anomaly',
    at,
    source,
    ...ends,
    anomaly: 'overlap-conflict',
    fromServer,
    packets: [],
    handshakePacket: null,
    overlapBytes: null,
    differingBytes: null,
    excerpts: [],
    overlapExcerpts,
    clientIpId: null,
    clientWindow: null,
    signs: [],
    name: null,
    answers: [],
    request: null,
    statedBy,
  };
}

export function blankCertificate(position: number | null): ServerCertificate {
  return {
    position,
    subject: null,
    issuer: null,
    namesInOrder: true,
    serial: null,
    extendedKeyUsage: null,
    authorityName: null,
    sha256: null,
    sha1: null,
    md5: null,
  };
}
