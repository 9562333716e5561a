import { Buffer } from 'node:buffer';
import type { Reader } from '../../../../core/contracts.js';
import {
  asList,
  asNumber,
  asObject,
  type JsonObject,
  type JsonValue,
  own,
} from '../../../../formats/json-values.js';
import type { ServerCertificate } from '../../../../records/certificate.js';
import type { ServerObservation } from '../../../../records/kinds/server-observation.js';
import { type HttpAnswer, httpFromParts, httpFromRaw, withBody } from '../../http-answer.js';
import { answerOfParts, parsedHeaders } from '../../parsed-answers.js';
import { readScanJson, recognisesScan, type ScanFormat } from '../../scan-json.js';
import type { ScanRows } from '../../scan-rows.js';
import { scanTime } from '../../scan-time.js';
import {
  addressOf,
  bytesAsText,
  countryOf,
  digestOf,
  firstText,
  hostnameOf,
  objectAt,
  portOf,
  textAt,
  tlsFingerprintOf,
} from '../../scan-values.js';
import { derOf, zcryptoCertificate } from '../../stated-certificates.js';

const MAX_CHAIN = 20;
/** Services of one host: some answer on every port. */
const MAX_SERVICES = 70_000;
const MAX_ENDPOINTS = 1_000;
/** Keys with dots of one flat row, and their parts. */
const MAX_FLAT_KEYS = 20_000;
const MAX_KEY_PARTS = 20;
/** What Censys puts in the place of values that change with every answer. */
const REDACTED = '<REDACTED>';
/** `p80`, `80`: ports of the first kind of export. */
const PORT_KEY = /^p?(\d{1,5})$/;

type Server = Pick<ServerObservation, 'at' | 'address' | 'port' | 'hostname' | 'operator' | 'country'>;

/**
 * Reads what Censys exports: hosts of its Search 2.0 and of the platform that followed (services of a host in a list,
 * answers of the search around them), and the snapshots and rows of before 2021 (a key for each port, nested or with dots
 * in the keys). Where the text that a service sent is kept, order and spacing of headers are known; values that change
 * are redacted there, and then the answer counts as parts.
 */
export const reader: Reader<ServerObservation> = {
  id: 'scans/censys',
  emits: ['server-observation'],
  artifacts: [],
  recognises: (probe) => recognisesScan(probe, CENSYS),
  read: (file, context) => readScanJson(file, context, CENSYS),
};

const CENSYS: ScanFormat = {
  lists: ['result.hits', 'hits', 'results', 'result.resources'],

  isEntry(entry) {
    if (Object.hasOwn(entry, 'ip_str') || Object.hasOwn(entry, 'data')) return false;
    const host = hostIn(entry);
    const isHost = addressIn(host) !== null || objectAt(entry, 'host_v1') !== null;
    if (!isHost) return false;
    if (Array.isArray(own(host, 'services')) || Object.hasOwn(entry, 'host_v1')) return true;
    return Object.keys(host).some((key) => PORT_KEY.test(key.split('.', 1)[0] ?? ''));
  },

  read(entry, rows) {
    const host = hostIn(entry);
    const address = addressIn(host);
    if (address === null) return false;
    const network = objectAt(host, 'autonomous_system');
    const base = {
      at: firstTime(host, ['last_updated_at', 'updated_at', 'timestamp', 'snapshot_date', 'observed_at']),
      address,
      port: null,
      hostname:
        hostnameOf(asList(own(objectAt(host, 'dns') ?? {}, 'names'))[0]) ?? hostnameOf(own(host, 'name')),
      operator:
        firstText(network, ['name', 'description', 'organization']) ?? textAt(host, 'autonomous_system.name'),
      country:
        countryOf(own(objectAt(host, 'location') ?? {}, 'country_code')) ??
        countryOf(own(host, 'location.country_code')) ??
        countryOf(own(objectAt(host, 'location') ?? {}, 'country')),
    };
    const services = own(host, 'services');
    const given = Array.isArray(services)
      ? readServices(asList(services), base, rows)
      : readPorts(host, base, rows);
    // A host of which nothing answered may be listed all the same.
    if (given === 0) rows.server('censys', base);
    return true;
  },
};

/** The host itself: search results of the platform and answers about one host wrap it. */
function hostIn(entry: JsonObject): JsonObject {
  const resource = objectAt(objectAt(entry, 'host_v1'), 'resource') ?? objectAt(entry, 'host_v1');
  const result = objectAt(entry, 'result');
  return (
    resource ??
    objectAt(entry, 'host') ??
    (result && (objectAt(result, 'resource') ?? result)) ??
    objectAt(entry, 'resource') ??
    entry
  );
}

function addressIn(host: JsonObject): string | null {
  const identifier = objectAt(host, 'host_identifier');
  return (
    addressOf(own(host, 'ip')) ??
    addressOf(own(identifier ?? {}, 'ipv4')) ??
    addressOf(own(identifier ?? {}, 'ipv6'))
  );
}

function firstTime(object: JsonObject, keys: readonly string[]): string | null {
  for (const key of keys) {
    const at = scanTime(own(object, key));
    if (at !== null) return at;
  }
  return null;
}

// ---------------------------------------------------------------------------------------------------------------
// Services in a list

function readServices(services: readonly JsonValue[], host: Server, rows: ScanRows): number {
  let given = 0;
  for (const [index, value] of services.slice(0, MAX_SERVICES).entries()) {
    const service = asObject(value);
    if (service === null) continue;
    const base = {
      ...host,
      at: firstTime(service, ['observed_at', 'scan_time', 'last_observed_at']) ?? host.at,
      port: portOf(own(service, 'port')),
    };
    const place = `services > ${index}`;
    const tls = tlsOf(service, rows);
    const banner = bannerOf(service);
    const endpoints = asList(own(service, 'endpoints')).slice(0, MAX_ENDPOINTS);
    const responses = [
      objectAt(objectAt(service, 'http'), 'response'),
      ...endpoints.map((endpoint) => objectAt(asObject(endpoint), 'http')),
    ].filter((response) => response !== null);
    for (const response of responses) {
      // The text a service sent is that of its first page.
      rows.server(
        'censys',
        { ...base, ...tls, http: answerOf(response, responses[0] === response ? banner : null) },
        place,
      );
    }
    if (responses.length === 0)
      rows.server(
        'censys',
        { ...base, ...tls, http: banner === null ? null : answerOf(null, banner) },
        place,
      );
    given += 1;
  }
  return given;
}

function bannerOf(service: JsonObject): string | null {
  const hex = textAt(service, 'banner_hex') ?? textAt(service, 'banner_hex_encoded');
  const sent =
    hex !== null && /^(?:[\da-f]{2})+$/i.test(hex)
      ? Buffer.from(hex, 'hex').toString('latin1')
      : bytesAsText(textAt(service, 'banner') ?? '');
  return sent.startsWith('HTTP/') ? sent : null;
}

function answerOf(response: JsonObject | null, banner: string | null): HttpAnswer | null {
  const text = textAt(response, 'body');
  const stated = asNumber(own(response ?? {}, 'body_size'));
  const body = text !== null ? bytesAsText(text) : stated === 0 ? '' : null;
  const bodyBytes = body === null ? null : Math.max(body.length, stated ?? 0);
  if (banner !== null) {
    const answer = httpFromRaw(banner);
    // What was replaced was not sent so.
    if (banner.includes(REDACTED)) return httpFromParts(answer.statusLine, answer.headers, body, bodyBytes);
    if (answer.bodyBytes !== null && answer.bodyBytes > 0) return answer;
    return body === null || answer.raw === null || !/\r?\n\r?\n$/.test(answer.raw)
      ? withBody(answer, body, bodyBytes)
      : withBody(httpFromRaw(answer.raw + body), body, bodyBytes);
  }
  if (response === null) return null;
  const line = textAt(response, 'status_line');
  const protocol = textAt(response, 'protocol') ?? textAt(objectAt(response, 'protocol'), 'name');
  const code = asNumber(own(response, 'status_code'));
  const status =
    line ?? (code === null ? null : `${code} ${textAt(response, 'status_reason') ?? ''}`.trimEnd());
  return answerOfParts(
    status === null || protocol === null || status.startsWith('HTTP/') ? status : `${protocol} ${status}`,
    parsedHeaders(objectAt(response, 'headers')),
    body,
    bodyBytes,
  );
}

function tlsOf(
  service: JsonObject,
  rows: ScanRows,
): Pick<ServerObservation, 'certificates' | 'tlsFingerprints'> {
  const tls = objectAt(service, 'tls');
  const sent = objectAt(tls, 'certificates');
  const certificates: ServerCertificate[] = [];
  const add = (holder: JsonObject | null): void => {
    const certificate = certificateOf(holder, certificates.length + 1, rows);
    if (certificate) certificates.push(certificate);
  };
  add(objectAt(service, 'cert') ?? objectAt(sent, 'leaf_data') ?? objectAt(sent, 'leaf'));
  const chain = [...asList(own(sent ?? {}, 'chain')), ...asList(own(tls ?? {}, 'presented_chain'))];
  for (const holder of chain.slice(0, MAX_CHAIN)) add(asObject(holder));
  // Older exports name the others by their fingerprints only.
  if (certificates.length <= 1)
    for (const print of asList(own(sent ?? {}, 'chain_fps_sha_256')).slice(0, MAX_CHAIN)) {
      const sha256 = digestOf(print, 32);
      if (sha256 !== null) add({ fingerprint_sha256: sha256 });
    }
  const jarm = own(objectAt(service, 'jarm') ?? {}, 'fingerprint') ?? own(service, 'jarm');
  const prints = [tlsFingerprintOf(jarm), tlsFingerprintOf(own(tls ?? {}, 'ja3s'))];
  return { certificates, tlsFingerprints: prints.filter((print) => print !== null) };
}

function certificateOf(
  holder: JsonObject | null,
  position: number,
  rows: ScanRows,
): ServerCertificate | null {
  if (holder === null) return null;
  const parsed = objectAt(holder, 'parsed');
  return rows.certificate(
    zcryptoCertificate(parsed ?? holder, holder, position),
    derOf(own(holder, 'raw')),
    position,
  );
}

// ---------------------------------------------------------------------------------------------------------------
// A key for each port

function readPorts(host: JsonObject, base: Server, rows: ScanRows): number {
  let given = 0;
  for (const [port, protocols] of portsOf(host)) {
    for (const name in protocols) {
      const protocol = objectAt(protocols, name);
      if (protocol === null) continue;
      const response = objectAt(protocol, 'get');
      const tls = objectAt(protocol, 'tls') ?? objectAt(objectAt(protocol, 'get'), 'tls');
      const banner = textAt(objectAt(protocol, 'banner'), 'banner');
      const chain = [own(tls ?? {}, 'certificate'), ...asList(own(tls ?? {}, 'chain')).slice(0, MAX_CHAIN)];
      const certificates: ServerCertificate[] = [];
      for (const value of chain) {
        const certificate = certificateOf(asObject(value), certificates.length + 1, rows);
        if (certificate) certificates.push(certificate);
      }
      const http = response
        ? answerOf(withProtocol(response), null)
        : banner?.startsWith('HTTP/')
          ? answerOf(null, bytesAsText(banner))
          : null;
      const at = scanTime(own(response ?? tls ?? {}, 'timestamp')) ?? base.at;
      rows.server('censys', { ...base, at, port, http, certificates }, `${port} > ${name}`);
      given += 1;
    }
  }
  return given;
}

/** Old rows have no protocol; the status text alone is compared then. */
function withProtocol(response: JsonObject): JsonObject {
  const code = asNumber(own(response, 'status_code'));
  const line = textAt(response, 'status_line');
  if (line !== null || code === null) return response;
  return { ...response, status_line: String(code) };
}

function portsOf(host: JsonObject): Map<number, JsonObject> {
  const ports = new Map<number, JsonObject>();
  const flats = new Map<number, Growing>();
  let keys = 0;
  for (const key in host) {
    if (!Object.hasOwn(host, key)) continue;
    const parts = key.split('.', MAX_KEY_PARTS);
    const port = portOf(PORT_KEY.exec(parts[0] ?? '')?.[1]);
    if (port === null) continue;
    keys += 1;
    if (keys > MAX_FLAT_KEYS) break;
    if (parts.length === 1) {
      const nested = objectAt(host, key);
      if (nested) ports.set(port, nested);
    } else {
      const flat = flats.get(port) ?? emptyObject();
      flats.set(port, flat);
      if (!ports.has(port)) ports.set(port, flat);
      put(flat, parts.slice(1), own(host, key) ?? null);
    }
  }
  return ports;
}

interface Growing {
  [key: string]: JsonValue;
}

function emptyObject(): Growing {
  return Object.create(null) as Growing;
}

function put(target: Growing, path: readonly string[], value: JsonValue): void {
  let at = target;
  for (const key of path.slice(0, -1)) {
    const next = asObject(own(at, key) ?? null);
    const inner = next && Object.getPrototypeOf(next) === null ? (next as Growing) : emptyObject();
    if (inner !== next) at[key] = inner;
    at = inner;
  }
  const last = path.at(-1);
  if (last !== undefined) at[last] = value;
}
