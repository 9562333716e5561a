import type { Reader } from '../../../../core/contracts.js';
import { asList, asNumber, type JsonObject, own } from '../../../../formats/json-values.js';
import type { ServerCertificate } from '../../../../records/certificate.js';
import type { ServerObservation } from '../../../../records/kinds/server-observation.js';
import { type HttpAnswer, httpFromParts, httpFromRaw, withBody } from '../../http-answer.js';
import { readScanJson, recognisesScan, type ScanFormat } from '../../scan-json.js';
import type { ScanRows } from '../../scan-rows.js';
import { scanTime } from '../../scan-time.js';
import {
  addressOf,
  addressOfNumber,
  bytesAsText,
  countryOf,
  digestOf,
  firstText,
  hostnameOf,
  objectAt,
  portOf,
  serialOf,
  textAt,
  tlsFingerprintOf,
} from '../../scan-values.js';
import { derOf, nameOfParts, statedCertificate } from '../../stated-certificates.js';

/** Certificates taken of one chain; real ones have two to five. */
const MAX_CHAIN = 20;
/** Fields that Shodan's banners have and other exports do not. */
const OWN_FIELDS = ['ip_str', '_shodan', 'isp', 'asn', 'hostnames', 'domains', 'opts', 'transport', 'org'];

/**
 * Reads what Shodan exports: `shodan download` (a banner a line), lists of banners, answers of its search and host
 * look-ups. `data` is the head of the answer as it was sent, the body stands in `http.html`. Times are UTC
 * (https://datapedia.shodan.io).
 */
export const reader: Reader<ServerObservation> = {
  id: 'scans/shodan',
  emits: ['server-observation'],
  artifacts: [],
  recognises: (probe) => recognisesScan(probe, SHODAN),
  read: (file, context) => readScanJson(file, context, SHODAN),
};

const SHODAN: ScanFormat = {
  lists: ['matches'],

  isEntry(entry) {
    if (Object.hasOwn(entry, 'services') || Object.hasOwn(entry, 'saddr')) return false;
    const known = OWN_FIELDS.filter((field) => Object.hasOwn(entry, field)).length;
    if (Object.hasOwn(entry, 'ip_str') || Object.hasOwn(entry, '_shodan')) return known >= 2;
    return known >= 3;
  },

  read(entry, rows) {
    const services = own(entry, 'data');
    if (Array.isArray(services) && addressIn(entry) !== null) {
      if (services.length === 0) rows.server('shodan', fieldsOf(entry, null, rows));
      for (const [index, value] of asList(services).entries()) {
        const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
        if (isObject) rows.server('shodan', fieldsOf(value as JsonObject, entry, rows), `data > ${index}`);
        else rows.bad();
      }
      return true;
    }
    if (addressIn(entry) === null) return false;
    rows.server('shodan', fieldsOf(entry, null, rows));
    return true;
  },
};

/** Fields of a banner; what it does not say may stand in the host around it. */
function fieldsOf(banner: JsonObject, host: JsonObject | null, rows: ScanRows): Partial<ServerObservation> {
  const http = objectAt(banner, 'http');
  const ssl = objectAt(banner, 'ssl');
  const location = objectAt(banner, 'location') ?? objectAt(host, 'location') ?? host ?? banner;
  return {
    at: scanTime(own(banner, 'timestamp')) ?? (host && scanTime(own(host, 'last_update'))),
    address: addressIn(banner) ?? (host && addressIn(host)),
    port: portOf(own(banner, 'port')),
    hostname: hostnameIn(banner) ?? (host && hostnameIn(host)),
    operator: operatorIn(banner) ?? operatorIn(host) ?? textAt(banner, 'asn') ?? textAt(host, 'asn'),
    country: countryOf(own(location, 'country_code')) ?? countryOf(own(location, 'country_name')),
    http: answerOf(textAt(banner, 'data') ?? textAt(banner, 'banner'), http),
    certificates: ssl === null ? [] : certificatesOf(ssl, rows),
    tlsFingerprints:
      ssl === null
        ? []
        : [tlsFingerprintOf(own(ssl, 'jarm')), tlsFingerprintOf(own(ssl, 'ja3s'))].filter(
            (value) => value !== null,
          ),
  };
}

function addressIn(banner: JsonObject): string | null {
  return (
    addressOf(own(banner, 'ip_str')) ??
    addressOf(own(banner, 'ipv6')) ??
    addressOf(own(banner, 'ip')) ??
    addressOfNumber(own(banner, 'ip'))
  );
}

function hostnameIn(banner: JsonObject): string | null {
  return hostnameOf(asList(own(banner, 'hostnames'))[0]);
}

function operatorIn(banner: JsonObject | null): string | null {
  return firstText(banner, ['org', 'isp']);
}

function answerOf(data: string | null, http: JsonObject | null): HttpAnswer | null {
  const html = textAt(http, 'html');
  // Shodan's hash of nothing is 0; without it a missing body is one that was not kept.
  const body = html ?? (http !== null && asNumber(own(http, 'html_hash')) === 0 ? '' : null);
  if (data?.startsWith('HTTP/')) {
    const answer = httpFromRaw(bytesAsText(data));
    // Older exports have the body in the same text.
    if (answer.bodyBytes !== null && answer.bodyBytes > 0) return answer;
    if (body === null) return withBody(answer, null);
    const bytes = bytesAsText(body);
    const isWhole = answer.raw !== null && /\r?\n\r?\n$/.test(answer.raw);
    return isWhole ? httpFromRaw(answer.raw + bytes) : withBody(answer, bytes);
  }
  if (http === null) return null;
  const status = asNumber(own(http, 'status'));
  const server = textAt(http, 'server');
  return httpFromParts(
    status === null ? null : `HTTP/1.1 ${status}`,
    server === null ? [] : [['Server', server]],
    body === null ? null : bytesAsText(body),
  );
}

function certificatesOf(ssl: JsonObject, rows: ScanRows): ServerCertificate[] {
  const chain = asList(own(ssl, 'chain')).slice(0, MAX_CHAIN);
  const stated = statedIn(objectAt(ssl, 'cert'));
  const certificates: ServerCertificate[] = [];
  for (let index = 0; index < Math.max(chain.length, 1); index += 1) {
    const certificate = rows.certificate(index === 0 ? stated : null, derOf(chain[index]), index + 1);
    if (certificate) certificates.push(certificate);
  }
  return certificates;
}

function statedIn(cert: JsonObject | null): ServerCertificate | null {
  if (cert === null) return null;
  const digests = objectAt(cert, 'fingerprint') ?? {};
  const subject = nameOfParts(objectAt(cert, 'subject'));
  const issuer = nameOfParts(objectAt(cert, 'issuer'));
  if (!subject && !issuer) return null;
  return statedCertificate({
    position: 1,
    subject,
    issuer,
    asText: false,
    serial: serialOf(own(cert, 'serial'), 10),
    extendedKeyUsage: purposesIn(cert),
    sha256: digestOf(own(digests, 'sha256'), 32),
    sha1: digestOf(own(digests, 'sha1'), 20),
    md5: null,
  });
}

/** OpenSSL's object identifier 2.5.29.37 and those of purposes, in the bytes that Shodan writes as escaped text. */
const PURPOSE_BYTES = /\+\\x06\\x01\\x05\\x05\\x07\\x03\\x(0[1-9])/g;

/** Purposes in the extension's bytes, which Shodan keeps as Python writes bytes. */
function purposesIn(cert: JsonObject): string[] | null {
  const extensions = own(cert, 'extensions');
  if (!Array.isArray(extensions)) return null;
  for (const value of asList(extensions).slice(0, 100)) {
    const extension =
      typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
    if (textAt(extension, 'name') !== 'extendedKeyUsage') continue;
    const data = (textAt(extension, 'data') ?? '').slice(0, 4_096);
    const found = [...data.matchAll(PURPOSE_BYTES)].map(([, digits]) => `1.3.6.1.5.5.7.3.${Number(digits)}`);
    // Other purposes are there too, or it is written otherwise: then it is not known.
    return found.length > 0 && found.length === (data.match(/\\x06/g) ?? []).length / 2 ? found : null;
  }
  return [];
}
