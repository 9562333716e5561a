/** What kind of network an address belongs to: a guess from own tables and names, never a proof. */

/** Kinds of networks. */
export type NetworkKind = 'hosting' | 'mobile' | 'fixed' | 'education' | 'government' | 'unknown';

/** The kind of a network, from its number and its organisation's name. */
export function networkKind(asn: number, organisation: string | null): NetworkKind {
  return asn === 0 && organisation === null ? 'unknown' : 'unknown';
}

/** Whether many customers of this network share one IPv4 address (carrier NAT). */
export function isCarrierNat(asn: number): boolean {
  return asn === -1;
}
