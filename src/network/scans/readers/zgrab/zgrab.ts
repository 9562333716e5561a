import { Buffer } from 'node:buffer';
import type { Reader } from '../../../../core/contracts.js';
import { asList, asNumber, asObject, type JsonObject, own } from '../../../../formats/json-values.js';
import type { ServerCertificate } from '../../../../records/certificate.js';
import type { ServerObservation } from '../../../../records/kinds/server-observation.js';
import { type HttpAnswer, httpFromRaw, withBody } from '../../http-answer.js';
import { answerOfParts, parsedHeaders } from '../../parsed-answers.js';
import { readScanJson, recognisesScan, type ScanFormat } from '../../scan-json.js';
import type { ScanRows } from '../../scan-rows.js';
import { scanTime } from '../../scan-time.js';
import {
  addressOf,
  bytesAsText,
  hostnameOf,
  objectAt,
  portOf,
  textAt,
  textOfBase64,
  tlsFingerprintOf,
} from '../../scan-values.js';
import { derOf, zcryptoCertificate } from '../../stated-certificates.js';

/** Certificates taken of one chain, and answers of one chain of redirects. */
const MAX_CHAIN = 20;
const MAX_REDIRECTS = 20;
/** Modules of one row; a scan runs one to a dozen. */
const MAX_MODULES = 100;

/**
 * Reads the output of zgrab2 (https://github.com/zmap/zgrab2) and of the first zgrab: a JSON object a line, `data` with
 * an entry for each module. Go's parser keeps neither order nor spacing of headers, unless zgrab2 was told to keep them
 * raw.
 */
export const reader: Reader<ServerObservation> = {
  id: 'scans/zgrab',
  emits: ['server-observation'],
  artifacts: [],
  recognises: (probe) => recognisesScan(probe, ZGRAB),
  read: (file, context) => readScanJson(file, context, ZGRAB),
};

const ZGRAB: ScanFormat = {
  lists: [],

  isEntry(entry) {
    const data = objectAt(entry, 'data');
    if (data === null || Object.hasOwn(entry, 'rec_type')) return false;
    if (!Object.hasOwn(entry, 'ip') && !Object.hasOwn(entry, 'domain')) return false;
    return (
      Object.values(data).some((value) => isModule(asObject(value))) || typeof own(data, 'read') === 'string'
    );
  },

  read(entry, rows) {
    const data = objectAt(entry, 'data');
    const address = addressOf(own(entry, 'ip'));
    const hostname = hostnameOf(own(entry, 'domain'));
    if (data === null || (address === null && hostname === null)) return false;
    const base: Base = { at: scanTime(own(entry, 'timestamp')), address, hostname };
    let given = 0;
    let modules = 0;
    for (const name in data) {
      if (!Object.hasOwn(data, name)) continue;
      modules += 1;
      if (modules > MAX_MODULES) break;
      const value = own(data, name);
      const module = asObject(value);
      if (module !== null) given += readModule(name, module, base, rows);
      // The first zgrab kept what it read as text.
      else if (typeof value === 'string' && (name === 'read' || name === 'banner'))
        given += readBanner(value, 'zgrab', { ...base, port: null }, `data > ${name}`, rows);
    }
    if (given === 0) rows.nothing(base.at);
    return true;
  },
};

type Base = Pick<ServerObservation, 'at' | 'address' | 'hostname'>;

function isModule(module: JsonObject | null): boolean {
  if (module === null) return false;
  return (
    Object.hasOwn(module, 'result') ||
    Object.hasOwn(module, 'protocol') ||
    Object.hasOwn(module, 'response') ||
    Object.hasOwn(module, 'server_certificates')
  );
}

/** Gives the servers of one module; returns how many. */
function readModule(name: string, module: JsonObject, row: Base, rows: ScanRows): number {
  const stated = objectAt(module, 'result');
  const isNew = stated !== null || Object.hasOwn(module, 'status');
  const result = stated ?? module;
  const scan = isNew ? 'zgrab2' : 'zgrab';
  const place = isNew ? `data > ${name} > result` : `data > ${name}`;
  const base = {
    at: row.at ?? scanTime(own(module, 'timestamp')),
    address: row.address,
    hostname: row.hostname,
    port: portOf(own(module, 'port')),
  };
  let given = 0;
  const response = objectAt(result, 'response');
  if (response) given += readResponse(response, scan, base, `${place} > response`, rows);
  const chain = own(result, 'redirect_response_chain');
  if (chain !== undefined) {
    // Servers on the way to the last answer, which on each redirect may be the same one.
    for (const [index, value] of asList(chain).slice(0, MAX_REDIRECTS).entries()) {
      const before = asObject(value);
      if (before)
        given += readResponse(before, scan, base, `${place} > redirect_response_chain > ${index}`, rows);
    }
  }
  const handshake = objectAt(result, 'handshake_log') ?? result;
  if (objectAt(handshake, 'server_certificates')) {
    rows.server(scan, { ...base, ...tlsOf(handshake, rows) }, place);
    given += 1;
  }
  const banner = textAt(result, 'banner');
  if (banner !== null) given += readBanner(banner, scan, base, `${place} > banner`, rows);
  return given;
}

function readBanner(
  text: string,
  scan: string,
  base: Base & { readonly port: number | null },
  place: string,
  rows: ScanRows,
): number {
  // Bytes that are no text arrive in base64 or hexadecimal.
  const sent = text.startsWith('SFRUUC')
    ? (textOfBase64(text) ?? text)
    : /^485454502f/i.test(text)
      ? Buffer.from(text, 'hex').toString('latin1')
      : bytesAsText(text);
  rows.server(scan, { ...base, http: sent.startsWith('HTTP/') ? httpFromRaw(sent) : null }, place);
  return 1;
}

function readResponse(
  response: JsonObject,
  scan: string,
  base: Base & { readonly port: number | null },
  place: string,
  rows: ScanRows,
): number {
  const request = objectAt(response, 'request');
  const url = objectAt(request, 'url');
  const handshake =
    objectAt(objectAt(request, 'tls_log'), 'handshake_log') ?? objectAt(request, 'tls_handshake');
  const [host, port] = placeAsked(url, base.address);
  const server = {
    at: base.at,
    // A redirect leads to other hosts, whose address zgrab does not say.
    address:
      host === null || host === base.address || host === base.hostname ? base.address : addressOf(host),
    hostname: base.hostname ?? hostnameOf(host ?? undefined),
    port: base.port ?? port,
    http: answerOf(response),
  };
  rows.server(scan, handshake ? { ...server, ...tlsOf(handshake, rows) } : server, place);
  return 1;
}

function placeAsked(
  url: JsonObject | null,
  address: string | null,
): readonly [host: string | null, port: number | null] {
  const asked = textAt(url, 'host');
  const scheme = textAt(url, 'scheme');
  const usual = scheme === 'https' ? 443 : scheme === 'http' ? 80 : null;
  if (asked === null || asked === address) return [asked, usual];
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(asked) ?? [];
  return [bracketed ?? plain ?? null, port === undefined ? usual : portOf(port)];
}

function answerOf(response: JsonObject): HttpAnswer {
  const text = textAt(response, 'body');
  const length = asNumber(own(response, 'body_length')) ?? asNumber(own(response, 'content_length'));
  // Go leaves an empty text out. A length that was announced means that the body was left out on the way.
  const body = text !== null ? bytesAsText(text) : length !== null && length <= 0 ? '' : null;
  const raw = textAt(response, 'headers_raw');
  const sent = raw === null ? null : textOfBase64(raw);
  if (sent?.startsWith('HTTP/')) {
    const whole = /\r?\n\r?\n$/.test(sent) ? sent : `${sent.replace(/\r?\n$/, '')}\r\n\r\n`;
    return body === null ? withBody(httpFromRaw(whole), null) : httpFromRaw(whole + body);
  }
  const status = textAt(response, 'status_line');
  const protocol = textAt(objectAt(response, 'protocol'), 'name');
  return answerOfParts(
    status === null
      ? null
      : status.startsWith('HTTP/') || protocol === null
        ? status
        : `${protocol} ${status}`,
    parsedHeaders(objectAt(response, 'headers')),
    body,
  );
}

function tlsOf(
  handshake: JsonObject,
  rows: ScanRows,
): Pick<ServerObservation, 'certificates' | 'tlsFingerprints'> {
  const sent = objectAt(handshake, 'server_certificates');
  const certificates: ServerCertificate[] = [];
  const all = [own(sent ?? {}, 'certificate'), ...asList(own(sent ?? {}, 'chain')).slice(0, MAX_CHAIN)];
  for (const [index, value] of all.entries()) {
    const given = asObject(value);
    if (given === null) continue;
    const stated = zcryptoCertificate(objectAt(given, 'parsed'), null, index + 1);
    const certificate = rows.certificate(stated, derOf(own(given, 'raw')), index + 1);
    if (certificate) certificates.push(certificate);
  }
  const ja3s =
    tlsFingerprintOf(own(objectAt(handshake, 'server_hello') ?? {}, 'ja3s')) ??
    tlsFingerprintOf(own(handshake, 'ja3s'));
  return { certificates, tlsFingerprints: ja3s === null ? [] : [ja3s] };
}
