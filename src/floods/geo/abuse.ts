/** Where to write about abuse from a network. */

/** The five registries of addresses. */
export type Registry = 'ARIN' | 'RIPE NCC' | 'LACNIC' | 'APNIC' | 'AFRINIC';

/** Mailbox of the network, where it is known for sure, and the registry that knows it otherwise. */
export function abuseContact(
  _asn: number,
  _organisation: string | null,
  _country: string,
): { readonly email: string | null; readonly registry: Registry } {
  return { email: null, registry: 'ARIN' };
}
