/** Clients that belong to known services. */

/** What a known client is. */
export interface KnownClient {
  readonly name: string;
  readonly kind: 'search-engine' | 'previewer' | 'monitor' | 'archive' | 'cdn' | 'guard';
}

/** The known service an address belongs to, or null. */
export function knownClient(_ipVersion: 0 | 4 | 6, _ip0: number, _ip1: number): KnownClient | null {
  return null;
}

/** Whether an address is one of a proxy in front of a site: a CDN, or private, carrier-NAT or loopback. */
export function isProxyAddress(
  _ipVersion: 0 | 4 | 6,
  _ip0: number,
  _ip1: number,
  _ip2: number,
  _ip3: number,
): boolean {
  return false;
}

/** Name of the service that a user agent says it is, or null. A claim only: anyone can send it. */
export function claimsToBe(_agent: string): string | null {
  return null;
}

/** Whether an address can be what it claims. */
export function isGenuine(
  _claim: string,
  _address: { readonly ipVersion: 0 | 4 | 6; readonly ip0: number; readonly ip1: number },
): 'yes' | 'no' | 'unknown' {
  return 'unknown';
}
