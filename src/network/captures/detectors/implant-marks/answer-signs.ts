import type { Http } from '../../../../records/kinds/http.js';
import type { ServerObservation } from '../../../../records/kinds/server-observation.js';
import type { Tls } from '../../../../records/kinds/tls.js';
import { type ServerSign, signsOf } from '../../../scans/fingerprints/signs.js';
import { httpFromParts } from '../../../scans/http-answer.js';

const NONE: readonly ServerSign[] = [];
/** The published shapes have 1 to 5 headers, or end in five after some others. */
const MAX_HEADERS = 20;
/** Of 1.0: body and headers are its own, and only a missing space is not seen in a record. */
const HALLO = 'finfisher-1.0';

/**
 * Published fingerprints of servers that an answer of HTTP fits. The record keeps the order of the headers, their names
 * and values, which is what sets these servers apart; it does not keep the spaces after the colons, nor the version of
 * the answer, which is taken for 1.1.
 */
export function signsOfAnswer(record: Http): readonly ServerSign[] {
  const { status, reason, responseHeaders, responseBodyStart, responseBodyBytes } = record;
  if (status === null || responseHeaders.length === 0 || responseHeaders.length > MAX_HEADERS) return NONE;
  const statusLine = `HTTP/1.1 ${status} ${reason ?? ''}`;
  const parts = httpFromParts(statusLine, responseHeaders, responseBodyStart, responseBodyBytes);
  const lines = responseHeaders.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const whole = { ...parts, raw: `${statusLine}\r\n${lines}\r\n${responseBodyStart ?? ''}` };
  const signs = signsOf(observed(record, { http: whole }));
  if (signs.length > 0) return signs;
  return signsOf(observed(record, { http: parts })).filter(({ fingerprint }) => fingerprint === HALLO);
}

/** Published fingerprints of servers that a chain of certificates fits. */
export function signsOfCertificates(record: Tls): readonly ServerSign[] {
  const { certificates } = record;
  return certificates.length === 0 ? NONE : signsOf(observed(record, { certificates }));
}

function observed(
  { at, source, serverAddress, serverPort }: Http | Tls,
  fields: Partial<ServerObservation>,
): ServerObservation {
  return {
    kind: 'server-observation',
    at,
    source,
    address: serverAddress,
    port: serverPort,
    hostname: null,
    operator: null,
    country: null,
    scan: 'capture',
    http: null,
    certificates: [],
    tlsFingerprints: [],
    published: null,
    ...fields,
  };
}
