import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { abuseContact, REGISTRY_LOOKUPS } from './abuse.js';

describe('where to write about abuse', () => {
  it('is the mailbox that a large operator publishes, and the registry of the addresses', () => {
    expect(abuseContact(16276, 'OVH SAS', 'FR')).toEqual({ email: 'abuse@ovh.net', registry: 'RIPE NCC' });
    expect(abuseContact(16276, 'OVH SAS', 'CA')).toEqual({ email: 'abuse@ovh.net', registry: 'ARIN' });
  });

  it.each([
    ['MX', 'LACNIC'],
    ['BR', 'LACNIC'],
    ['US', 'ARIN'],
    ['DE', 'RIPE NCC'],
    ['RU', 'RIPE NCC'],
    ['IR', 'RIPE NCC'],
    ['CN', 'APNIC'],
    ['IN', 'APNIC'],
    ['ZA', 'AFRINIC'],
    ['MA', 'AFRINIC'],
  ])('is for %s the registry %s, when no mailbox is sure', (country, registry) => {
    expect(abuseContact(64_500, 'Example', country)).toEqual({ email: null, registry });
  });

  it('goes by the number of the network without a country', () => {
    const registries = [135_000, 200_000, 265_540, 328_000, 397_000, 3_000].map(
      (asn) => abuseContact(asn, null, '').registry,
    );
    expect(registries).toEqual(['APNIC', 'RIPE NCC', 'LACNIC', 'AFRINIC', 'ARIN', 'ARIN']);
  });

  it('has one registry for each country, and a place to look for each registry', () => {
    fc.assert(
      fc.property(fc.nat(), fc.string({ maxLength: 4 }), (asn, country) =>
        REGISTRY_LOOKUPS[abuseContact(asn, null, country).registry].startsWith('https://'),
      ),
    );
  });
});
