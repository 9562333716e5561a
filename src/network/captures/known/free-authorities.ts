/**
 * Authorities that give certificates to anybody for nothing, told by the organisation of the issuer: the names of their
 * intermediates change every year or so (R3, R10–R14, E1, E5–E9 of Let's Encrypt). letsencrypt.org/certificates, zerossl.com,
 * buypass.com, ssl.com, recalled up to 2026-11. Google's own is left out: its own servers use it most.
 */
import type { DistinguishedName } from '../../../records/certificate.js';

const ORGANISATIONS: ReadonlyMap<string, string> = new Map([
  ["let's encrypt", "Let's Encrypt"],
  ['internet security research group', "Let's Encrypt"],
  ["(staging) let's encrypt", "Let's Encrypt"],
  ['zerossl', 'ZeroSSL'],
  ['zerossl gmbh', 'ZeroSSL'],
  ['buypass as-983163327', 'Buypass'],
  ['actalis s.p.a.', 'Actalis'],
  ['cacert inc.', 'CAcert'],
]);

/** The authority, when the issuer of a certificate is one of these; null otherwise. */
export function freeAuthorityOf(issuer: DistinguishedName | null): string | null {
  for (const [attribute, value] of issuer ?? []) {
    if (attribute !== 'O') continue;
    const authority = ORGANISATIONS.get(value.trim().toLowerCase());
    if (authority !== undefined) return authority;
  }
  return null;
}
