import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBits } from './address-bits.js';
import { AddressRanges } from './address-ranges.js';
import { DOH_RESOLVERS, isDohResolver, resolverServiceOf } from './doh-resolvers.js';
import { DYNAMIC_DNS_PARENTS, dynamicDnsParent } from './dynamic-dns.js';
import { nearest } from './host-names.js';
import { oddEndingOf } from './odd-endings.js';
import { PUSH_HOSTS, pushServiceOf } from './push-services.js';
import { coverName, isCallGateway, vpnSignOf } from './tunnels.js';

describe('names of known services', () => {
  it('are told at the dots only', () => {
    const table = new Map([['google.com', 'Google']]);
    expect(nearest('a.b.google.com', table)).toBe('Google');
    expect(nearest('GOOGLE.com.', table)).toBe('Google');
    expect(nearest('evilgoogle.com', table)).toBeUndefined();
    expect(nearest('google.com.evil.example', table)).toBeUndefined();
    expect(nearest('', table)).toBeUndefined();
  });

  it('are written in lower case, without a final dot, each once', () => {
    const hosts = [
      ...DOH_RESOLVERS.flatMap((resolver) => resolver.hosts),
      ...PUSH_HOSTS.flatMap(([, names]) => names),
    ];
    expect(new Set(hosts).size).toBe(hosts.length);
    for (const host of [...hosts, ...DYNAMIC_DNS_PARENTS.keys()])
      expect(host).toMatch(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/);
  });
});

describe('address ranges', () => {
  const ranges = new AddressRanges([
    ['four', ['203.0.113.0/24', '198.51.100.7']],
    ['six', ['2001:db8:1::/48']],
  ]);

  it.each([
    ['203.0.113.255', 'four'],
    ['203.0.114.0', null],
    ['198.51.100.7', 'four'],
    ['198.51.100.8', null],
    ['::ffff:203.0.113.9', 'four'],
    ['2001:db8:1:ffff::1', 'six'],
    ['2001:DB8:1::', 'six'],
    ['2001:db8:2::1', null],
    ['host.example', null],
    ['', null],
  ])('say of %s: %s', (address, owner) => {
    expect(ranges.of(address)).toBe(owner);
  });

  it('bear any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(ranges.of(text)).toBeNull();
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        expect(addressBits(address)).toMatch(/^(?:4[01]{32}|6[01]{128})$/);
      }),
    );
  });
});

describe('resolvers of encrypted DNS', () => {
  it.each([
    ['dns.google', 'Google'],
    ['8.8.8.8', 'Google'],
    ['2001:4860:4860:0:0:0:0:8888', 'Google'],
    ['1.1.1.1', 'Cloudflare'],
    ['1.1.1.2', 'Cloudflare'],
    ['mozilla.cloudflare-dns.com', 'Cloudflare'],
    ['abc123.dns.nextdns.io', 'NextDNS'],
    ['45.90.28.77', 'NextDNS'],
    ['Dns.Quad9.Net.', 'Quad9'],
    ['base.dns.mullvad.net', 'Mullvad'],
    ['doh.dns.apple.com', 'Apple'],
    ['dns.google.example', null],
    ['evildns.google', null],
    ['8.8.8.9', null],
    ['1.1.1.4', null],
    ['quad9.net', null],
  ])('%s: %s', (value, service) => {
    expect(resolverServiceOf(value)).toBe(service);
    expect(isDohResolver(value)).toBe(service !== null);
  });
});

describe('dynamic DNS', () => {
  it.each([
    ['casa.duckdns.org', 'duckdns.org'],
    ['a.b.ddns.net', 'ddns.net'],
    ['CASA.HOPTO.ORG.', 'hopto.org'],
    ['camara.synology.me', 'synology.me'],
    ['abcd.ngrok-free.app', 'ngrok-free.app'],
    ['duckdns.org', null],
    ['www.duckdns.org', null],
    ['myduckdns.org', null],
    ['.duckdns.org', null],
    ['duckdns.org.example', null],
    ['', null],
  ])('%s: %s', (host, parent) => {
    expect(dynamicDnsParent(host)).toBe(parent);
  });

  it('knows the well-known parents', () => {
    expect(DYNAMIC_DNS_PARENTS.size).toBeGreaterThan(150);
    expect(DYNAMIC_DNS_PARENTS.get('synology.me')).toBe('appliance');
    expect(DYNAMIC_DNS_PARENTS.get('ngrok.io')).toBe('tunnel');
    expect(DYNAMIC_DNS_PARENTS.get('ddns.net')).toBe('dynamic');
  });
});

describe('push services', () => {
  it.each<[string | null, string | null, number | null, string | null]>([
    ['1-courier.push.apple.com', '17.57.144.10', 5223, 'APNs'],
    [null, '17.57.144.10', 5223, 'APNs'],
    [null, '2620:149:a44::1', 5223, 'APNs'],
    [null, '17.57.144.10', 443, null],
    [null, '203.0.113.7', 5223, null],
    ['evilpush.apple.com.example', '203.0.113.7', 5223, null],
    ['mtalk.google.com', null, 5228, 'FCM'],
    ['alt3-mtalk.google.com', null, null, 'FCM'],
    [null, '142.250.1.188', 5228, 'FCM'],
    [null, '142.250.1.188', 443, null],
    ['www.google.com', '142.250.1.188', 443, null],
    ['g.whatsapp.net', null, 5222, 'WhatsApp'],
    [null, '157.240.0.53', 5222, 'WhatsApp'],
    [null, '203.0.113.7', 5222, null],
    [null, '203.0.113.7', 123, 'NTP'],
    ['chat.signal.org', null, 443, 'Signal'],
    [null, '149.154.167.51', 443, 'Telegram'],
    ['client.wns.windows.com', null, 443, 'WNS'],
    [null, null, null, null],
  ])('%s %s %s: %s', (host, address, port, service) => {
    expect(pushServiceOf(host, address, port)).toBe(service);
  });
});

describe('signs of tunnels', () => {
  const clues = { transport: 'udp', serverPort: null, application: null, host: null };

  it('are read from protocol, port and host', () => {
    expect(vpnSignOf({ ...clues, serverPort: 51820 })).toBe('WireGuard');
    expect(vpnSignOf({ ...clues, serverPort: 9999, application: 'wireguard' })).toBe('WireGuard');
    expect(vpnSignOf({ ...clues, serverPort: 4500 })).toBe('IPsec');
    expect(vpnSignOf({ ...clues, transport: 'esp' })).toBe('IPsec');
    expect(vpnSignOf({ ...clues, transport: 'tcp', serverPort: 1194 })).toBe('OpenVPN');
    expect(vpnSignOf({ ...clues, serverPort: 443, application: 'quic', host: 'mask.icloud.com' })).toBe(
      'iCloud Private Relay',
    );
    expect(vpnSignOf({ ...clues, transport: 'tcp', serverPort: 9001 })).toBe('Tor');
  });

  it('are none where the conversation is known to be something else', () => {
    expect(vpnSignOf({ ...clues, serverPort: 51820, application: 'quic' })).toBeNull();
    expect(vpnSignOf({ ...clues, transport: 'tcp', serverPort: 51820 })).toBeNull();
    expect(vpnSignOf({ ...clues, serverPort: 443 })).toBeNull();
    expect(vpnSignOf(clues)).toBeNull();
    const gateway = 'epdg.epc.mnc020.mcc334.pub.3gppnetwork.org';
    expect(isCallGateway(gateway)).toBe(true);
    expect(vpnSignOf({ ...clues, serverPort: 4500, host: gateway })).toBeNull();
  });

  it('tells cover names from names under them', () => {
    expect(coverName('cloudflare-ech.com')).toBe(true);
    expect(coverName('Cloudflare-ECH.com.')).toBe(true);
    expect(coverName('a.cloudflare-ech.com')).toBe(false);
    expect(coverName('cloudflare.com')).toBe(false);
  });
});

describe('odd endings', () => {
  it.each([
    ['a.xyz', 'xyz'],
    ['a.b.TOP.', 'top'],
    ['xyz', null],
    ['xyz.example', null],
    ['192.0.2.1', null],
    ['', null],
  ])('%s: %s', (host, ending) => {
    expect(oddEndingOf(host)).toBe(ending);
  });
});
