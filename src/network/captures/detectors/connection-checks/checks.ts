/**
 * The checks of SpyGuard and TinyCheck by their ids, with what they weigh here. Their faults are corrected; those that any
 * modern phone sets off (PROTO-01 to 05, SSL-02) are context only.
 */
import type { Confidence, Severity } from '../../../../core/contracts.js';

export type CheckId =
  | 'unrecognised-protocol'
  | 'high-port'
  | 'clear-http'
  | 'clear-http-odd-port'
  | 'no-name'
  | 'odd-ending'
  | 'dual-use'
  | 'encrypted-dns'
  | 'tls-odd-port'
  | 'free-authority'
  | 'self-signed'
  | 'dynamic-dns'
  | 'listed'
  | 'ids-alert';

export interface Check {
  readonly id: CheckId;
  /** Ids of SpyGuard and TinyCheck. */
  readonly aliases: readonly string[];
  readonly severity: Severity;
  readonly confidence: Confidence;
}

const context = (id: CheckId, ...aliases: string[]): Check => ({
  id,
  aliases,
  severity: 'info',
  confidence: 'medium',
});
const weak = (id: CheckId, ...aliases: string[]): Check => ({
  id,
  aliases,
  severity: 'low',
  confidence: 'low',
});

export const CHECKS: Readonly<Record<CheckId, Check>> = {
  'unrecognised-protocol': context('unrecognised-protocol', 'PROTO-01'),
  'high-port': context('high-port', 'PROTO-02'),
  'clear-http': context('clear-http', 'PROTO-03'),
  'clear-http-odd-port': context('clear-http-odd-port', 'PROTO-04'),
  'no-name': context('no-name', 'PROTO-05'),
  'odd-ending': context('odd-ending', 'IOC-06', 'IOC-10'),
  'encrypted-dns': context('encrypted-dns', 'IOC-13'),
  'free-authority': context('free-authority', 'SSL-02'),
  'dual-use': weak('dual-use', 'IOC-12'),
  'tls-odd-port': weak('tls-odd-port', 'SSL-01'),
  'self-signed': weak('self-signed', 'SSL-03'),
  // Told by detectors of their own; here only where several checks meet on one host.
  'dynamic-dns': weak('dynamic-dns', 'IOC-05', 'IOC-09'),
  listed: weak('listed', 'IOC-01', 'IOC-02', 'IOC-03', 'IOC-07', 'IOC-08', 'SSL-04'),
  'ids-alert': weak('ids-alert', 'SNORT-01'),
};

/** Checks with a finding of their own, in the order they are told. */
export const TOLD_CHECKS: readonly CheckId[] = [
  'self-signed',
  'tls-odd-port',
  'dual-use',
  'encrypted-dns',
  'odd-ending',
  'no-name',
  'clear-http-odd-port',
  'clear-http',
  'unrecognised-protocol',
  'high-port',
  'free-authority',
];

/** SpyGuard's list of ports of TLS. */
const TLS_PORTS = [443, 465, 636, 989, 990, 993, 995, 5223];
/** Ports where TLS belongs as well: inside other protocols (STARTTLS), DNS (RFC 7858), push, telephony, TURN, IRC, MQTT. */
const OTHER_TLS_PORTS = [
  21, 25, 110, 143, 389, 587, 853, 2197, 3478, 5061, 5222, 5228, 5229, 5230, 5269, 5349, 6697, 8883,
];
const EXPECTED_TLS_PORTS: ReadonlySet<number> = new Set([...TLS_PORTS, ...OTHER_TLS_PORTS]);

export function isTlsPort(port: number): boolean {
  return EXPECTED_TLS_PORTS.has(port);
}

/** Ports of UDP whose protocol is plain even where a capture begins in the middle: names, clocks, QUIC, calls, discovery. */
const EVERYDAY_UDP_PORTS: ReadonlySet<number> = new Set([
  53, 67, 68, 80, 123, 137, 138, 443, 500, 546, 547, 784, 853, 1900, 3478, 3479, 3480, 3481, 3702, 4500, 5060,
  5349, 5353, 5355, 19302, 19305,
]);

export function isEverydayUdpPort(port: number | null): boolean {
  return port !== null && EVERYDAY_UDP_PORTS.has(port);
}

/** From here on PROTO-02 counts. */
export const FIRST_HIGH_PORT = 1024;
export const HTTP_PORT = 80;
/** ADV-01: so many different checks above context on one host. */
export const SEVERAL = 3;
