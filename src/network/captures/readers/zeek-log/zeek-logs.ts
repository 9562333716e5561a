/** What the logs of Zeek say, as records. Fields by https://docs.zeek.org/en/master/script-reference/log-files.html and older releases. */
import { Buffer } from 'node:buffer';
import { fromUnixMicroseconds } from '../../../../core/time.js';
import type { DistinguishedName, ServerCertificate } from '../../../../records/certificate.js';
import type { Dns } from '../../../../records/kinds/dns.js';
import type { NetworkEnds } from '../../../../records/network-ends.js';
import { parseDnText } from '../../../certificates.js';
import { digestOf, serialOf, tlsFingerprintOf } from '../../../scans/scan-values.js';
import { blankCertificate, blankHttp, blankTls, statedOverlap } from '../../logs/blank-records.js';
import type { LogRows } from '../../logs/log-rows.js';
import { typeOfMedia } from '../../logs/stated-file-type.js';
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
  withoutEscapes,
} from '../../logs/stated-values.js';
import { storedMoment, type ZeekRow } from './zeek-row.js';

/** Gives what a row says to the rows. False when it is no row of this log. */
export type ZeekLog = (row: ZeekRow, rows: LogRows) => boolean;

/** Certificates taken of one chain, names of one certificate, protocols offered in one hello. */
const MAX_CHAIN = 20;
const MAX_NAMES = 256;
const MAX_OFFERED = 64;
/** Kept of the bytes that contradict each other, as of packets. */
const MAX_EXCERPT = 64;
const [DNS_PORT, MDNS_PORT, LLMNR_PORT, NETBIOS_PORT] = [53, 5353, 5355, 137];
/** Extensions for an encrypted hello: RFC 9849 (ECH), draft-ietf-tls-esni-02. */
const [ECH, ESNI] = ['65037', '65486'];

/** The logs that become records, by their path. */
export const ZEEK_LOGS: ReadonlyMap<string, ZeekLog> = new Map<string, ZeekLog>([
  ['conn', readConn],
  ['dns', readDns],
  ['ssl', readSsl],
  ['quic', readQuic],
  ['http', readHttp],
  ['files', readFiles],
  ['x509', readX509],
  ['notice', readNotice],
  ['weird', readWeird],
  ['intel', readIntel],
]);

/** Name of the log that has these fields, where neither the log nor its file name says it; null when it is another. */
export function pathByFields(row: ZeekRow): string | null {
  if (row.has('conn_state') || row.has('orig_bytes') || row.has('orig_pkts')) return 'conn';
  if (row.has('qtype_name') || (row.has('query') && row.has('trans_id'))) return 'dns';
  if (row.has('certificate.serial') || row.has('certificate.subject')) return 'x509';
  if (row.has('fuid') && row.has('source')) return 'files';
  if (row.has('client_initial_dcid')) return 'quic';
  if (row.has('seen.indicator')) return 'intel';
  if (row.has('note')) return 'notice';
  if (row.has('ssl_history') || row.has('cipher') || row.has('established')) return 'ssl';
  if (row.has('uri') || row.has('status_code') || row.has('request_body_len')) return 'http';
  if (row.has('name') && (row.has('peer') || row.has('notice'))) return 'weird';
  return null;
}

function endsOf(row: ZeekRow, transport: string): NetworkEnds {
  const ported = hasPorts(transport);
  return {
    transport,
    clientAddress: statedAddress(row.raw('id.orig_h')),
    clientPort: ported ? portOf(row.number('id.orig_p')) : null,
    serverAddress: statedAddress(row.raw('id.resp_h')),
    serverPort: ported ? portOf(row.number('id.resp_p')) : null,
  };
}

function portOf(port: number | null): number | null {
  return port !== null && port > 0 && port < 65_536 && Number.isInteger(port) ? port : null;
}

function transportOf(row: ZeekRow, fallback: string): string {
  const stated = row.raw('proto');
  if (stated === 'tcp' || stated === 'udp') return stated;
  if (stated === 'icmp') return row.raw('id.orig_h')?.includes(':') ? 'ipv6-icmp' : 'icmp';
  const number = row.number('ip_proto');
  if (number !== null) return protocolNumbered(number);
  return stated === null || stated === '' ? fallback : stated.slice(0, 40);
}

function short(text: string | null): string | null {
  return text === null || text === '' ? null : text.slice(0, MAX_TEXT);
}

// ---------------------------------------------------------------------------------------------------------------
// conn.log

function readConn(row: ZeekRow, rows: LogRows): boolean {
  const transport = transportOf(row, 'unknown');
  const ends = endsOf(row, transport);
  if (ends.clientAddress === null || ends.serverAddress === null) return false;
  const micros = row.micros('ts');
  const duration = row.number('duration');
  const history = short(row.raw('history'));
  const clientPackets = row.number('orig_pkts');
  const serverPackets = row.number('resp_pkts');
  const serverBytes = row.number('resp_bytes');
  rows.give({
    kind: 'flow',
    at: storedMoment(micros),
    source: rows.place(),
    transport,
    clientAddress: ends.clientAddress,
    clientPort: ends.clientPort,
    serverAddress: ends.serverAddress,
    serverPort: ends.serverPort,
    lastAt: storedMoment(micros + Math.round((duration ?? 0) * 1e6)),
    application: applicationOf(row.raw('service'), ends),
    serverNames: [],
    clientPackets,
    serverPackets,
    clientBytes: row.number('orig_bytes'),
    serverBytes,
    isAnswered:
      serverPackets !== null
        ? serverPackets > 0
        : serverBytes !== null && serverBytes > 0
          ? true
          : history === null
            ? null
            : /[a-z]/.test(history),
    history,
    clientTtls: [],
    serverTtls: [],
    synFingerprint: null,
    lastFrame: null,
  });
  return true;
}

/** From what Zeek's analyzers confirmed: `ssl,http`. A minus marks one that gave up (Zeek 7.1). */
function applicationOf(services: string | null, ends: NetworkEnds): string | null {
  if (services === null || services === '') return null;
  if (services === 'ssl' && ends.transport === 'tcp') return 'tls';
  const names = services
    .slice(0, MAX_TEXT)
    .split(',', MAX_OFFERED)
    .filter((name) => name !== '' && !name.startsWith('-'));
  const [first] = names;
  if (first === undefined) return null;
  if (names.includes('quic')) return 'quic';
  if (names.includes('dtls')) return 'dtls';
  if (names.includes('ssl')) return ends.transport === 'udp' ? 'dtls' : 'tls';
  return first === 'dns' ? nameService(ends) : first;
}

/** Zeek reads the name services of own networks with the same analyzer. */
function nameService(ends: NetworkEnds): 'dns' | 'mdns' | 'llmnr' | 'nbns' {
  const { clientPort, serverPort } = ends;
  // Ports are drawn by lot: a question to a server of names may leave from 5353.
  if (serverPort === DNS_PORT) return 'dns';
  if (serverPort === MDNS_PORT || clientPort === MDNS_PORT) return 'mdns';
  if (serverPort === LLMNR_PORT || clientPort === LLMNR_PORT) return 'llmnr';
  return serverPort === NETBIOS_PORT ? 'nbns' : 'dns';
}

// ---------------------------------------------------------------------------------------------------------------
// dns.log

function readDns(row: ZeekRow, rows: LogRows): boolean {
  const ends = endsOf(row, transportOf(row, 'udp'));
  const query = row.raw('query');
  if (query === null && !row.has('trans_id') && !row.has('qtype_name') && !row.has('rcode_name'))
    return false;
  const micros = row.micros('ts');
  const at = storedMoment(micros);
  const service = nameService(ends);
  if (query === null || service === 'nbns') {
    // Messages without a question, and NetBIOS names, which are not of the name system.
    rows.passOver('dns', at);
    return true;
  }
  const responseCode = short(row.raw('rcode_name'));
  const rtt = row.number('rtt');
  const name = domainName(query);
  const type = questionType(row);
  rows.give({
    kind: 'dns',
    at,
    source: rows.place(),
    ...ends,
    service,
    transactionId: row.number('trans_id'),
    name,
    type,
    responseCode,
    // An answer without time between it and the question is an answer whose question was not seen.
    isQuerySeen: responseCode === null || rtt !== null || service !== 'dns',
    answeredAt: responseCode === null ? null : storedMoment(micros + Math.round((rtt ?? 0) * 1e6)),
    answerFrame: null,
    answers: answersOf(row, name, type),
  });
  return true;
}

function questionType(row: ZeekRow): string {
  const stated = row.raw('qtype_name');
  if (stated === null || stated === '') {
    const number = row.number('qtype');
    return number === null ? '?' : `TYPE${number}`;
  }
  if (stated === '*') return 'ANY';
  const [, number] = /^query-(\d{1,5})$/.exec(stated) ?? [];
  return number === undefined ? stated.slice(0, 40) : `TYPE${number}`;
}

/** Zeek keeps the data of the answers in their order, not their names and types: those follow from the data. */
function answersOf(row: ZeekRow, question: string, type: string): Dns['answers'] {
  const list = row.rawList('answers');
  if (list.length === 0) return [];
  const ttls = row.rawList('TTLs');
  const asksAddress = type === 'A' || type === 'AAAA' || type === 'CNAME';
  let name = question;
  return list.map((raw, index) => {
    const address = statedAddress(raw);
    const ttl = Number.parseFloat(ttls[index] ?? '');
    const ttlSeconds = Number.isFinite(ttl) ? ttl : null;
    if (address !== null)
      return { name, type: address.includes(':') ? 'AAAA' : 'A', ttlSeconds, data: address };
    const data = domainName(raw);
    if (!asksAddress) return { name, type, ttlSeconds, data };
    const answer = { name, type: 'CNAME', ttlSeconds, data };
    // The answers that follow are those of the name it leads to.
    name = data;
    return answer;
  });
}

// ---------------------------------------------------------------------------------------------------------------
// ssl.log, quic.log, x509.log

function readSsl(row: ZeekRow, rows: LogRows): boolean {
  const version = tlsVersion(row.raw('version'));
  const isDatagram = version?.startsWith('DTLS') ?? false;
  const ends = endsOf(row, isDatagram ? 'udp' : 'tcp');
  if (ends.serverAddress === null && !row.has('version') && !row.has('cipher')) return false;
  const ja3 = tlsFingerprintOf(row.raw('ja3') ?? undefined);
  const ja4 = short(row.raw('ja4'));
  const extensions = row.rawList('ssl_client_exts');
  rows.give({
    ...blankTls(storedMoment(row.micros('ts')), rows.place(), ends),
    carrier: isDatagram ? 'dtls' : 'tls',
    version,
    serverName: short(row.text('server_name')),
    encryptedClientHello: extensions.includes(ECH) || extensions.includes(ESNI),
    alpn: row.list('orig_alpn').slice(0, MAX_OFFERED),
    selectedAlpn: short(row.text('next_protocol')),
    hellos: ja3 === null && ja4 === null ? [] : [{ frame: null, ja3, ja4 }],
    ja3s: tlsFingerprintOf(row.raw('ja3s') ?? undefined),
    cipher: short(row.raw('cipher')),
    certificates: chainOf(row),
    isResumed: row.flag('resumed'),
    validation: short(row.text('validation_status')),
  });
  return true;
}

/** Fingerprints of the chain, with the names of the first certificate where the log has them. */
function chainOf(row: ZeekRow): ServerCertificate[] {
  const chain: ServerCertificate[] = [];
  for (const digest of row.rawList('cert_chain_fps')) {
    const hashes = hashesOf(digest, digest, digest);
    if (chain.length < MAX_CHAIN && (hashes.sha256 ?? hashes.sha1 ?? hashes.md5) !== null)
      chain.push({ ...blankCertificate(chain.length + 1), ...hashes });
  }
  const subject = nameOf(row.text('subject'));
  const issuer = nameOf(row.text('issuer'));
  const hash = row.raw('cert_hash');
  if (subject === null && issuer === null && hash === null) return chain;
  const [first = { ...blankCertificate(1), ...hashesOf(hash, hash, hash) }, ...rest] = chain;
  return [{ ...first, subject, issuer }, ...rest];
}

function hashesOf(
  sha256: string | null,
  sha1: string | null,
  md5: string | null,
): Pick<ServerCertificate, 'sha256' | 'sha1' | 'md5'> {
  return {
    sha256: digestOf(sha256 ?? undefined, 32),
    sha1: digestOf(sha1 ?? undefined, 20),
    md5: digestOf(md5 ?? undefined, 16),
  };
}

/** Zeek writes names as RFC 2253 says, last part first. */
function nameOf(text: string | null): DistinguishedName | null {
  return text === null || text === '' ? null : parseDnText(text).reverse();
}

function readQuic(row: ZeekRow, rows: LogRows): boolean {
  const ends = endsOf(row, 'udp');
  if (ends.serverAddress === null) return false;
  const protocol = short(row.text('client_protocol'));
  rows.give({
    ...blankTls(storedMoment(row.micros('ts')), rows.place(), ends),
    carrier: 'quic',
    quicVersion: quicVersion(short(row.raw('version'))),
    serverName: short(row.text('server_name')),
    alpn: protocol === null ? [] : [protocol],
  });
  return true;
}

function quicVersion(text: string | null): string | null {
  if (text === 'quicv1') return '1';
  return text === 'quicv2' ? '2' : text;
}

function readX509(row: ZeekRow, rows: LogRows): boolean {
  if (!row.has('certificate.serial') && !row.has('certificate.subject')) return false;
  const at = storedMoment(row.micros('ts'));
  const isServers = row.flag('host_cert') === true;
  if (row.flag('client_cert') === true && !isServers) {
    rows.passOver('tls', at);
    return true;
  }
  const position = isServers ? 1 : null;
  const encoded = row.raw('cert');
  const read = encoded === null ? null : rows.certificate(Buffer.from(encoded, 'base64'), position);
  const digest = row.raw('fingerprint');
  rows.give({
    ...blankTls(at, rows.place(), endsOf(row, 'tcp')),
    certificates: [
      read ?? {
        ...blankCertificate(position),
        ...hashesOf(digest ?? row.raw('sha256'), digest ?? row.raw('sha1'), digest ?? row.raw('md5')),
        subject: nameOf(row.text('certificate.subject')),
        issuer: nameOf(row.text('certificate.issuer')),
        serial: serialOf(row.raw('certificate.serial') ?? undefined, 16),
        notBefore: storedMoment(row.micros('certificate.not_valid_before')),
        notAfter: storedMoment(row.micros('certificate.not_valid_after')),
        alternativeNames: [...row.list('san.dns'), ...row.list('san.ip')].slice(0, MAX_NAMES),
      },
    ],
  });
  return true;
}

// ---------------------------------------------------------------------------------------------------------------
// http.log, files.log

function readHttp(row: ZeekRow, rows: LogRows): boolean {
  const ends = endsOf(row, 'tcp');
  const method = short(row.text('method'));
  const status = row.number('status_code');
  if (method === null && status === null && !row.has('trans_depth') && !row.has('uri')) return false;
  const stated = short(row.text('host'));
  const target = short(row.text('uri'));
  const version = short(row.raw('version'));
  const location = short(row.text('location'));
  rows.give({
    ...blankHttp(storedMoment(row.micros('ts')), rows.place(), ends),
    version: version === null ? null : `HTTP/${version}`,
    method,
    host: stated === null ? null : hostWithoutPort(stated),
    target,
    url: requestUrl(stated, target, ends.serverAddress, ends.serverPort),
    userAgent: short(row.text('user_agent')),
    referrer: short(row.text('referrer')),
    requestBodyBytes: method === null ? null : row.number('request_body_len'),
    status,
    reason: short(row.text('status_msg')),
    responseHeaders: location === null ? [] : [['Location', location]],
    location,
    responseBodyBytes: status === null ? null : row.number('response_body_len'),
  });
  return true;
}

function readFiles(row: ZeekRow, rows: LogRows): boolean {
  if (!row.has('fuid') && !row.has('source')) return false;
  const at = storedMoment(row.micros('ts'));
  const source = (row.text('source') ?? '').slice(0, 40);
  const mediaType = short(row.text('mime_type'));
  const fromClient = row.flag('is_orig') ?? false;
  const ends = endsOfFile(row, fromClient);
  const isCertificate =
    /^application\/x-x509-/.test(mediaType ?? '') || row.list('analyzers').includes('X509');
  if (source === 'SSL' || isCertificate) {
    // What else travels in a handshake: answers about revocation, and certificates of clients.
    if (!isCertificate || fromClient) rows.passOver('file-download', at);
    else giveCertificate(row, rows, at, ends, mediaType);
    return true;
  }
  const name = short(row.text('filename'));
  const seen = row.number('seen_bytes');
  const total = row.number('total_bytes');
  const { sha256, sha1, md5 } = hashesOf(row.raw('sha256'), row.raw('sha1'), row.raw('md5'));
  rows.give({
    kind: 'file-download',
    at,
    source: rows.place(),
    ...ends,
    protocol: source === '' ? 'unknown' : source.toLowerCase().replaceAll('_', '-'),
    direction: fromClient ? 'upload' : 'download',
    url: null,
    name: name === null ? null : lastPart(name),
    mediaType,
    fileType: typeOfMedia(mediaType, name),
    sizeBytes: seen,
    isWhole:
      (row.number('missing_bytes') ?? 0) === 0 &&
      (row.number('overflow_bytes') ?? 0) === 0 &&
      (total === null || (seen ?? 0) >= total),
    ...(sha256 === null ? {} : { sha256 }),
    ...(sha1 === null ? {} : { sha1 }),
    ...(md5 === null ? {} : { md5 }),
  });
  return true;
}

function giveCertificate(
  row: ZeekRow,
  rows: LogRows,
  at: string | null,
  ends: NetworkEnds,
  mediaType: string | null,
): void {
  const hashes = hashesOf(row.raw('sha256'), row.raw('sha1'), row.raw('md5'));
  if ((hashes.sha256 ?? hashes.sha1 ?? hashes.md5) === null) {
    rows.passOver('tls', at);
    return;
  }
  const position = mediaType === 'application/x-x509-user-cert' ? 1 : null;
  rows.give({
    ...blankTls(at, rows.place(), ends),
    certificates: [{ ...blankCertificate(position), ...hashes }],
  });
}

/** Logs before Zeek 5.1 name who sent and who got the file, without ports. */
function endsOfFile(row: ZeekRow, fromClient: boolean): NetworkEnds {
  const ends = endsOf(row, row.raw('source') === 'TFTP' ? 'udp' : 'tcp');
  if (ends.serverAddress !== null) return ends;
  const sender = statedAddress(row.rawList('tx_hosts')[0] ?? null);
  const receiver = statedAddress(row.rawList('rx_hosts')[0] ?? null);
  return {
    ...ends,
    clientAddress: fromClient ? sender : receiver,
    serverAddress: fromClient ? receiver : sender,
  };
}

// ---------------------------------------------------------------------------------------------------------------
// notice.log, intel.log, weird.log

function readNotice(row: ZeekRow, rows: LogRows): boolean {
  const note = short(row.text('note'));
  if (note === null) return false;
  const at = storedMoment(row.micros('ts'));
  const transport = transportOf(row, 'unknown');
  const stated = endsOf(row, transport);
  const ends =
    stated.serverAddress !== null
      ? stated
      : {
          ...stated,
          clientAddress: statedAddress(row.raw('src')),
          serverAddress: statedAddress(row.raw('dst')),
          serverPort: hasPorts(transport) ? portOf(row.number('p')) : null,
        };
  rows.give({
    kind: 'ids-alert',
    at,
    source: rows.place(),
    ...ends,
    engine: 'zeek',
    signatureId: null,
    signature: note,
    category: null,
    priority: null,
    action: row.flag('dropped') === true ? 'blocked' : null,
    host: null,
  });
  // Zeek's policy/misc or policy/frameworks/notice scripts tell of rexmit_inconsistency in this way.
  if (/::Retransmission_?Inconsistency$/.test(note))
    rows.give(statedOverlap(at, rows.place(), ends, 'zeek', null, contradiction(row.text('msg'))));
  return true;
}

/** `… rexmit inconsistency (first) (later) [AP]`: the bytes that contradict each other, where the text can be cut at one place only. */
function contradiction(message: string | null): string[] {
  if (message === null) return [];
  const start = message.indexOf('inconsistency (');
  const end = message.lastIndexOf(')');
  if (start === -1 || end <= start + 15) return [];
  const texts = message.slice(start + 15, end).split(') (', 3);
  return texts.length === 2 ? texts.map((text) => withoutEscapes(text, true).slice(0, MAX_EXCERPT)) : [];
}

function readIntel(row: ZeekRow, rows: LogRows): boolean {
  const indicator = short(row.text('seen.indicator'));
  if (indicator === null) return false;
  const type = row.text('seen.indicator_type') ?? '';
  const where = row.text('seen.where');
  rows.give({
    kind: 'ids-alert',
    at: storedMoment(row.micros('ts')),
    source: rows.place(),
    ...endsOf(row, transportOf(row, 'unknown')),
    engine: 'zeek',
    signatureId: null,
    signature: `${type === '' ? 'Intel' : type} ${indicator}${where === null ? '' : ` (${where})`}`.slice(
      0,
      MAX_TEXT,
    ),
    category: short(row.list('sources').join(', ')),
    priority: null,
    action: null,
    host: /(?:DOMAIN|ADDR)$/.test(type) ? indicator : null,
  });
  return true;
}

/** Weirds that say that two copies of the same bytes differ: `Reassembler::Overlap` in Zeek's Frag.cc, and the event of TCP by its name. */
const OVERLAP_WEIRDS: ReadonlySet<string> = new Set([
  'fragment_inconsistency',
  'rexmit_inconsistency',
  'retransmission_inconsistency',
]);

function readWeird(row: ZeekRow, rows: LogRows): boolean {
  const name = row.text('name');
  if (name === null) return false;
  const at = fromUnixMicroseconds(row.micros('ts'));
  if (OVERLAP_WEIRDS.has(name.toLowerCase())) {
    const ends = endsOf(row, transportOf(row, name.startsWith('fragment') ? 'unknown' : 'tcp'));
    rows.give(statedOverlap(at, rows.place(), ends, 'zeek', null, contradiction(row.text('addl'))));
  } else {
    rows.passOver('packet-anomaly', at);
  }
  return true;
}
