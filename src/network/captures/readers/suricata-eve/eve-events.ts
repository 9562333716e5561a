/** What the events of Suricata's eve.json say, as records. Fields by https://docs.suricata.io/en/latest/output/eve/eve-json-format.html and older releases. */
import { Buffer } from 'node:buffer';
import { asList, asNumber, asObject, type JsonObject, own } from '../../../../formats/json-values.js';
import type { ServerCertificate } from '../../../../records/certificate.js';
import type { Dns } from '../../../../records/kinds/dns.js';
import type { IdsAlert } from '../../../../records/kinds/ids-alert.js';
import type { Tls } from '../../../../records/kinds/tls.js';
import type { NetworkEnds } from '../../../../records/network-ends.js';
import { parseDnText } from '../../../certificates.js';
import { scanTime } from '../../../scans/scan-time.js';
import {
  digestOf,
  objectAt,
  portOf,
  serialOf,
  textAt,
  tlsFingerprintOf,
} from '../../../scans/scan-values.js';
import { blankCertificate, blankHttp, blankTls, statedOverlap } from '../../logs/blank-records.js';
import { isFromServer } from '../../logs/likely-client.js';
import type { LogRows } from '../../logs/log-rows.js';
import { typeOfDescription } from '../../logs/stated-file-type.js';
import {
  domainName,
  hasPorts,
  hostWithoutPort,
  lastPart,
  MAX_TEXT,
  protocolNumbered,
  requestUrl,
  statedAddress,
  tlsVersion,
} from '../../logs/stated-values.js';

/** Gives what an event says to the rows. False when it is damaged. */
type EveEvent = (event: JsonObject, rows: LogRows) => boolean;

/** The rule that comes with Suricata for data that differ in the same place (its rules/stream-events.rules). */
export const OVERLAP_RULE = 2_210_050;
const OVERLAP_EVENT = 'stream.reassembly_overlap_different_data';

const MAX_CHAIN = 20;
const MAX_NAMES = 256;
const MAX_ANSWERS = 1_000;
const MAX_HEADERS = 64;
const [DNS_PORT, MDNS_PORT, LLMNR_PORT] = [53, 5353, 5355];
/** Extensions for an encrypted hello: RFC 9849 (ECH), draft-ietf-tls-esni-02. */
const [ECH, ESNI] = [65037, 65486];

/** The events that become records, and those of which it is known that they repeat others or speak of Suricata itself. */
export const EVE_EVENTS: ReadonlyMap<string, EveEvent> = new Map<string, EveEvent>([
  ['flow', readFlow],
  ['dns', readDns],
  ['mdns', readDns],
  ['llmnr', readDns],
  ['tls', readTls],
  ['quic', readQuic],
  ['http', readHttp],
  ['fileinfo', readFile],
  ['alert', readAlert],
  ['anomaly', readAnomaly],
  // One direction of a connection each: `flow` has both.
  ['netflow', passOver],
  ['stats', passOver],
]);

/** Whether an object of a log of Suricata is an event. Those about packets without IP have no ends. */
export function isEvent(object: JsonObject): boolean {
  return typeof own(object, 'event_type') === 'string' && typeof own(object, 'timestamp') === 'string';
}

/**
 * Whether an object, or the beginning of one, is an event of Suricata and of no other program that has types of events:
 * what an event says stands under the name of its type.
 */
export function isEve(object: JsonObject): boolean {
  if (!isEvent(object)) return false;
  const type = textAt(object, 'event_type') ?? '';
  return (
    objectAt(object, type) !== null ||
    (EVE_EVENTS.has(type) && (Object.hasOwn(object, 'src_ip') || Object.hasOwn(object, 'flow_id')))
  );
}

function timeOf(event: JsonObject): string | null {
  return scanTime(own(event, 'timestamp'));
}

function transportOf(event: JsonObject): string {
  const stated = textAt(event, 'proto');
  if (stated === 'TCP') return 'tcp';
  if (stated === 'UDP') return 'udp';
  if (stated === null || stated === '') return 'unknown';
  const number = /^\d{1,3}$/.test(stated) ? Number(stated) : null;
  return number === null ? stated.slice(0, 40).toLowerCase() : protocolNumbered(number);
}

/** Ends as the event has them: its source began the connection. `isTurned`: it is the other way round. */
function endsOf(event: JsonObject, isTurned: boolean): NetworkEnds {
  const transport = transportOf(event);
  const ported = hasPorts(transport);
  const source = statedAddress(textAt(event, 'src_ip'));
  const sourcePort = ported ? portOf(own(event, 'src_port')) : null;
  const destination = statedAddress(textAt(event, 'dest_ip'));
  const destinationPort = ported ? portOf(own(event, 'dest_port')) : null;
  return isTurned
    ? {
        transport,
        clientAddress: destination,
        clientPort: destinationPort,
        serverAddress: source,
        serverPort: sourcePort,
      }
    : {
        transport,
        clientAddress: source,
        clientPort: sourcePort,
        serverAddress: destination,
        serverPort: destinationPort,
      };
}

function short(text: string | null): string | null {
  return text === null || text === '' ? null : text.slice(0, MAX_TEXT);
}

function countAt(object: JsonObject | null, key: string): number | null {
  return object === null ? null : asNumber(own(object, key));
}

function passOver(event: JsonObject, rows: LogRows): boolean {
  rows.passOver('flow', timeOf(event));
  return true;
}

// ---------------------------------------------------------------------------------------------------------------
// flow

function readFlow(event: JsonObject, rows: LogRows): boolean {
  const flow = objectAt(event, 'flow');
  const ends = endsOf(event, false);
  if (flow === null || ends.clientAddress === null || ends.serverAddress === null) return false;
  const serverPackets = countAt(flow, 'pkts_toclient');
  const end = scanTime(own(flow, 'end')) ?? timeOf(event);
  rows.give({
    kind: 'flow',
    at: scanTime(own(flow, 'start')) ?? timeOf(event),
    source: rows.place(),
    transport: ends.transport,
    clientAddress: ends.clientAddress,
    clientPort: ends.clientPort,
    serverAddress: ends.serverAddress,
    serverPort: ends.serverPort,
    lastAt: end,
    application: applicationOf(event, ends),
    serverNames: [],
    clientPackets: countAt(flow, 'pkts_toserver'),
    serverPackets,
    // With the headers: Suricata counts whole packets.
    clientBytes: countAt(flow, 'bytes_toserver'),
    serverBytes: countAt(flow, 'bytes_toclient'),
    isAnswered: serverPackets === null ? null : serverPackets > 0,
    history: null,
    clientTtls: [],
    serverTtls: [],
    synFingerprint: null,
    lastFrame: null,
  });
  return true;
}

function applicationOf(event: JsonObject, ends: NetworkEnds): string | null {
  for (const key of ['app_proto', 'app_proto_ts', 'app_proto_tc'] as const) {
    const stated = textAt(event, key);
    if (stated === null || stated === '' || stated === 'failed' || stated === 'unknown') continue;
    return stated === 'dns' ? serviceOf(ends, stated) : stated.slice(0, 40);
  }
  return null;
}

// ---------------------------------------------------------------------------------------------------------------
// dns

function serviceOf({ clientPort, serverPort }: NetworkEnds, stated: string): Dns['service'] {
  // Ports are drawn by lot: a question to a server of names may leave from 5353.
  if (serverPort === DNS_PORT) return 'dns';
  if (stated === 'mdns' || serverPort === MDNS_PORT || clientPort === MDNS_PORT) return 'mdns';
  if (stated === 'llmnr' || serverPort === LLMNR_PORT || clientPort === LLMNR_PORT) return 'llmnr';
  return 'dns';
}

/**
 * Questions and answers are events of their own. The first version has an event for each record of an answer, the second
 * a list of them, the third a list of the questions too.
 */
function readDns(event: JsonObject, rows: LogRows): boolean {
  const type = textAt(event, 'event_type') ?? 'dns';
  const dns = objectAt(event, type) ?? objectAt(event, 'dns');
  if (dns === null) return false;
  const stated = textAt(dns, 'type');
  const isAnswer = stated === 'answer' || stated === 'response';
  const at = timeOf(event);
  const ends = dnsEnds(event, isAnswer);
  const questions = asList(own(dns, 'queries')).map(asObject).slice(0, MAX_ANSWERS);
  const [question = dns] = questions.length > 0 ? questions : [dns];
  const name = textAt(question, 'rrname');
  const answers = isAnswer ? answersOf(dns) : [];
  if (name === null && answers.length === 0) {
    rows.passOver('dns', at);
    return true;
  }
  rows.give({
    kind: 'dns',
    at,
    source: rows.place(),
    ...ends,
    service: serviceOf(ends, type),
    transactionId: countAt(dns, 'id'),
    name: name === null ? (answers[0]?.name ?? '.') : domainName(name),
    type: short(textAt(question, 'rrtype')) ?? '?',
    responseCode: isAnswer ? short(textAt(dns, 'rcode')) : null,
    isQuerySeen: !isAnswer,
    answeredAt: isAnswer ? at : null,
    answerFrame: null,
    answers,
  });
  return true;
}

/** Answers come from the server in some versions and are turned round in others. */
function dnsEnds(event: JsonObject, isAnswer: boolean): NetworkEnds {
  const ends = endsOf(event, false);
  const isServersPort = (port: number | null): boolean =>
    port === DNS_PORT || port === MDNS_PORT || port === LLMNR_PORT;
  const isTurned =
    isServersPort(ends.clientPort) !== isServersPort(ends.serverPort)
      ? isServersPort(ends.clientPort)
      : isAnswer && isFromServer(ends.clientAddress, ends.clientPort, ends.serverAddress, ends.serverPort);
  return isTurned ? endsOf(event, true) : ends;
}

function answersOf(dns: JsonObject): Dns['answers'] {
  const list = asList(own(dns, 'answers'));
  const answers: Dns['answers'] = [];
  for (const value of list.slice(0, MAX_ANSWERS)) {
    const answer = asObject(value);
    if (answer !== null) answers.push(answerOf(answer));
  }
  if (answers.length > 0) return answers;
  // Version 1: the event is the record.
  if (textAt(dns, 'rdata') !== null) return [answerOf(dns)];
  const grouped = objectAt(dns, 'grouped');
  if (grouped === null) return [];
  const name = domainName(textAt(dns, 'rrname') ?? '');
  for (const [type, values] of Object.entries(grouped)) {
    for (const value of asList(values)) {
      if (answers.length >= MAX_ANSWERS) return answers;
      if (typeof value === 'string')
        answers.push({ name, type: type.slice(0, 40), ttlSeconds: null, data: dataOf(type, value) });
    }
  }
  return answers;
}

function answerOf(answer: JsonObject): Dns['answers'][number] {
  const type = short(textAt(answer, 'rrtype')) ?? '?';
  const data = textAt(answer, 'rdata');
  const service = objectAt(answer, 'srv');
  return {
    name: domainName(textAt(answer, 'rrname') ?? ''),
    type,
    ttlSeconds: countAt(answer, 'ttl'),
    data:
      data !== null
        ? dataOf(type, data)
        : service !== null
          ? `${countAt(service, 'priority') ?? 0} ${countAt(service, 'weight') ?? 0} ${countAt(service, 'port') ?? 0} ${textAt(service, 'name') ?? textAt(service, 'target') ?? ''}`.slice(
              0,
              MAX_TEXT,
            )
          : (textAt(objectAt(answer, 'soa'), 'mname') ?? '').slice(0, MAX_TEXT),
  };
}

function dataOf(type: string, data: string): string {
  if (type === 'A' || type === 'AAAA') return statedAddress(data) ?? data.slice(0, MAX_TEXT);
  return type === 'CNAME' || type === 'NS' || type === 'PTR' ? domainName(data) : data.slice(0, MAX_TEXT);
}

// ---------------------------------------------------------------------------------------------------------------
// tls, quic

function readTls(event: JsonObject, rows: LogRows): boolean {
  const tls = objectAt(event, 'tls');
  if (tls === null) return false;
  const resumed = own(tls, 'session_resumed');
  const extensions = asList(own(objectAt(tls, 'client_handshake') ?? {}, 'exts'));
  rows.give({
    ...blankTls(timeOf(event), rows.place(), endsOf(event, false)),
    version: tlsVersion(textAt(tls, 'version')),
    serverName: short(textAt(tls, 'sni')),
    encryptedClientHello: extensions.includes(ECH) || extensions.includes(ESNI),
    alpn: textsOf(tls, 'client_alpns'),
    selectedAlpn: textsOf(tls, 'server_alpns')[0] ?? null,
    hellos: hellosOf(tls),
    ja3s: fingerprintOf(tls, 'ja3s'),
    certificates: certificatesOf(tls, rows),
    isResumed: typeof resumed === 'boolean' ? resumed : null,
  });
  return true;
}

/** `{"hash": "…", "string": "…"}`; Suricata 4.0 wrote the hash alone. */
function fingerprintOf(object: JsonObject, key: string): string | null {
  return tlsFingerprintOf(own(objectAt(object, key) ?? {}, 'hash') ?? own(object, key));
}

function hellosOf(object: JsonObject): Tls['hellos'] {
  const ja3 = fingerprintOf(object, 'ja3');
  const ja4 = short(textAt(object, 'ja4') ?? textAt(objectAt(object, 'ja4'), 'hash'));
  return ja3 === null && ja4 === null ? [] : [{ frame: null, ja3, ja4 }];
}

function textsOf(object: JsonObject, key: string): string[] {
  const list: string[] = [];
  for (const value of asList(own(object, key)))
    if (typeof value === 'string' && list.length < MAX_NAMES) list.push(value.slice(0, MAX_TEXT));
  return list;
}

function certificatesOf(tls: JsonObject, rows: LogRows): ServerCertificate[] {
  const certificates: ServerCertificate[] = [];
  const alone = textAt(tls, 'certificate');
  const chain = textsOfChain(tls);
  for (const encoded of chain.length > 0 || alone === null ? chain : [alone]) {
    const read = rows.certificate(Buffer.from(encoded, 'base64'), certificates.length + 1);
    if (read !== null) certificates.push(read);
  }
  if (certificates.length > 0) return certificates;
  const sha1 = digestOf(own(tls, 'fingerprint'), 20);
  const subject = short(textAt(tls, 'subject'));
  const issuer = short(textAt(tls, 'issuerdn'));
  if (sha1 === null && subject === null && issuer === null) return [];
  return [
    {
      ...blankCertificate(1),
      subject: subject === null ? null : parseDnText(subject),
      issuer: issuer === null ? null : parseDnText(issuer),
      serial: serialOf(own(tls, 'serial'), 16),
      sha1,
      notBefore: scanTime(own(tls, 'notbefore')),
      notAfter: scanTime(own(tls, 'notafter')),
      ...(Object.hasOwn(tls, 'subjectaltname') ? { alternativeNames: textsOf(tls, 'subjectaltname') } : {}),
    },
  ];
}

function textsOfChain(tls: JsonObject): readonly string[] {
  return asList(own(tls, 'chain'))
    .slice(0, MAX_CHAIN)
    .filter((value) => typeof value === 'string');
}

function readQuic(event: JsonObject, rows: LogRows): boolean {
  const quic = objectAt(event, 'quic');
  if (quic === null) return false;
  const extensions = asList(own(quic, 'extensions')).map(asObject);
  const types = extensions.map((extension) => (extension === null ? undefined : own(extension, 'type')));
  const offered = extensions.find((extension) => textAt(extension, 'name') === 'alpn');
  const alone = textAt(quic, 'alpn');
  rows.give({
    ...blankTls(timeOf(event), rows.place(), endsOf(event, false)),
    carrier: 'quic',
    quicVersion: quicVersion(short(textAt(quic, 'version'))),
    serverName: short(textAt(quic, 'sni')),
    encryptedClientHello: types.includes(ECH) || types.includes(ESNI),
    alpn: offered ? textsOf(offered, 'values') : alone === null ? [] : [alone.slice(0, MAX_TEXT)],
    hellos: hellosOf(quic),
    ja3s: fingerprintOf(quic, 'ja3s'),
  });
  return true;
}

function quicVersion(text: string | null): string | null {
  // RFC 9369: the number of version 2.
  return text !== null && /^(?:0x)?6b3343cf$/i.test(text) ? '2' : text;
}

// ---------------------------------------------------------------------------------------------------------------
// http, fileinfo

function readHttp(event: JsonObject, rows: LogRows): boolean {
  const http = objectAt(event, 'http');
  if (http === null) return false;
  const ends = endsOf(event, false);
  const status = countAt(http, 'status');
  const location = short(textAt(http, 'redirect'));
  const responseHeaders = headersOf(http, 'response_headers');
  rows.give({
    ...blankHttp(timeOf(event), rows.place(), ends),
    version: versionOf(http),
    method: short(textAt(http, 'http_method')),
    host: hostOf(http),
    target: short(textAt(http, 'url')),
    url: urlOf(http, ends),
    requestHeaders: headersOf(http, 'request_headers'),
    userAgent: short(textAt(http, 'http_user_agent')),
    referrer: short(textAt(http, 'http_refer')),
    status,
    responseHeaders:
      responseHeaders.length > 0 || location === null ? responseHeaders : [['Location', location]],
    location,
    contentType: short(textAt(http, 'http_content_type')),
    responseBodyBytes: status === null ? null : countAt(http, 'length'),
  });
  return true;
}

function versionOf(http: JsonObject): string | null {
  const stated = short(textAt(http, 'protocol') ?? textAt(http, 'version'));
  return stated !== null && /^\d/.test(stated) ? `HTTP/${stated}` : stated;
}

function hostOf(http: JsonObject): string | null {
  const stated = short(textAt(http, 'hostname'));
  return stated === null ? null : hostWithoutPort(stated);
}

function urlOf(http: JsonObject, ends: NetworkEnds): string | null {
  const host = short(textAt(http, 'hostname'));
  const port = portOf(own(http, 'http_port')) ?? ends.serverPort;
  return requestUrl(host, short(textAt(http, 'url')), ends.serverAddress, port);
}

function headersOf(http: JsonObject, key: string): [string, string][] {
  const headers: [string, string][] = [];
  for (const value of asList(own(http, key)).slice(0, MAX_HEADERS)) {
    const header = asObject(value);
    const name = textAt(header, 'name');
    if (name !== null)
      headers.push([name.slice(0, MAX_TEXT), (textAt(header, 'value') ?? '').slice(0, MAX_TEXT)]);
  }
  return headers;
}

/** The source of the event is who sent the file. */
function readFile(event: JsonObject, rows: LogRows): boolean {
  const file = objectAt(event, 'fileinfo');
  if (file === null) return false;
  const plain = endsOf(event, false);
  const isDownload = isFromServer(
    plain.clientAddress,
    plain.clientPort,
    plain.serverAddress,
    plain.serverPort,
  );
  const ends = isDownload ? endsOf(event, true) : plain;
  const http = objectAt(event, 'http');
  const stated = short(textAt(file, 'filename'));
  const name = stated === null ? null : lastPart(stated);
  const sha256 = digestOf(own(file, 'sha256'), 32);
  const sha1 = digestOf(own(file, 'sha1'), 20);
  const md5 = digestOf(own(file, 'md5'), 16);
  rows.give({
    kind: 'file-download',
    at: timeOf(event),
    source: rows.place(),
    ...ends,
    protocol: textAt(event, 'app_proto')?.slice(0, 40) ?? (http === null ? 'unknown' : 'http'),
    direction: isDownload ? 'download' : 'upload',
    url: http === null ? null : urlOf(http, ends),
    name,
    mediaType: http === null ? null : short(textAt(http, 'http_content_type')),
    fileType: typeOfDescription(textAt(file, 'magic'), name),
    sizeBytes: countAt(file, 'size'),
    isWhole: textAt(file, 'state') === 'CLOSED' && own(file, 'gaps') !== true,
    ...(sha256 === null ? {} : { sha256 }),
    ...(sha1 === null ? {} : { sha1 }),
    ...(md5 === null ? {} : { md5 }),
  });
  return true;
}

// ---------------------------------------------------------------------------------------------------------------
// alert, anomaly

/** Events about a packet: its sender is the source. Newer versions say who began the connection. */
function packetEnds(event: JsonObject): { readonly ends: NetworkEnds; readonly fromServer: boolean } {
  const plain = endsOf(event, false);
  const flow = objectAt(event, 'flow');
  const began = statedAddress(textAt(flow, 'src_ip'));
  const direction = textAt(event, 'direction');
  const fromServer =
    began !== null
      ? began !== plain.clientAddress ||
        (plain.clientAddress === plain.serverAddress &&
          portOf(own(flow ?? {}, 'src_port')) !== plain.clientPort)
      : direction === 'to_client' || direction === 'to_server'
        ? direction === 'to_client'
        : isFromServer(plain.clientAddress, plain.clientPort, plain.serverAddress, plain.serverPort);
  return { ends: fromServer ? endsOf(event, true) : plain, fromServer };
}

function readAlert(event: JsonObject, rows: LogRows): boolean {
  const alert = objectAt(event, 'alert');
  const signature = short(textAt(alert, 'signature'));
  const signatureId = countAt(alert, 'signature_id');
  if (alert === null || (signature === null && signatureId === null)) return false;
  const { ends, fromServer } = packetEnds(event);
  const at = timeOf(event);
  rows.give({
    kind: 'ids-alert',
    at,
    source: rows.place(),
    ...ends,
    engine: 'suricata',
    signatureId,
    signature: signature ?? '',
    category: short(textAt(alert, 'category')),
    priority: countAt(alert, 'severity'),
    action: short(textAt(alert, 'action')),
    host: alertedHost(event),
  });
  if (signatureId === OVERLAP_RULE) rows.give(statedOverlap(at, rows.place(), ends, 'suricata', fromServer));
  return true;
}

function alertedHost(event: JsonObject): IdsAlert['host'] {
  const http = objectAt(event, 'http');
  const dns = objectAt(event, 'dns');
  const name =
    textAt(objectAt(event, 'tls'), 'sni') ??
    textAt(objectAt(event, 'quic'), 'sni') ??
    (http === null ? null : hostOf(http)) ??
    nameAsked(dns, 'query') ??
    nameAsked(dns, 'queries') ??
    textAt(dns, 'rrname');
  return short(name);
}

function nameAsked(dns: JsonObject | null, key: string): string | null {
  return dns === null ? null : textAt(asObject(asList(own(dns, key))[0]), 'rrname');
}

function readAnomaly(event: JsonObject, rows: LogRows): boolean {
  const anomaly = objectAt(event, 'anomaly');
  if (anomaly === null) return false;
  const at = timeOf(event);
  if (textAt(anomaly, 'event')?.toLowerCase() !== OVERLAP_EVENT) {
    rows.passOver('packet-anomaly', at);
    return true;
  }
  const { ends, fromServer } = packetEnds(event);
  rows.give(statedOverlap(at, rows.place(), ends, 'suricata', fromServer));
  return true;
}
