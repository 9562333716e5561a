import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { geoTablesFrom } from '../geo/geo-tables.js';
import { type AddressWords, readAddress } from '../hits/client-address.js';
import { claimsToBe, isGenuine, isProxyAddress, knownClient } from './known-clients.js';
import { KNOWN_LISTS_MONTH, PROXY_RANGES } from './proxy-ranges.js';
import { SERVICES } from './services.js';

const TABLES = geoTablesFrom(
  Buffer.from(
    [
      '192.0.2.0,192.0.2.255,32934,Meta stand-in',
      '198.51.100.0,198.51.100.255,64500,Example Hosting',
      '203.0.113.0,203.0.113.127,396982,cloud stand-in',
      '203.0.113.128,203.0.113.255,15169,Google stand-in',
    ].join('\n'),
  ),
  [],
);

function words(text: string): AddressWords {
  const into: AddressWords = { ipVersion: 0, ip0: 0, ip1: 0, ip2: 0, ip3: 0 };
  readAddress(Buffer.from(text), 0, text.length, into);
  return into;
}
const known = (text: string): string | null => {
  const { ipVersion, ip0, ip1 } = words(text);
  return knownClient(ipVersion, ip0, ip1, TABLES)?.name ?? null;
};
const isProxy = (text: string): boolean => {
  const { ipVersion, ip0, ip1, ip2, ip3 } = words(text);
  return isProxyAddress(ipVersion, ip0, ip1, ip2, ip3);
};

describe('known clients', () => {
  it.each([
    ['66.249.66.1', 'Googlebot'],
    ['2001:4860:4801::1', 'Googlebot'],
    ['66.249.82.1', 'Google services'],
    ['157.55.39.1', 'Bingbot'],
    ['17.241.1.1', 'Applebot'],
    ['149.154.161.1', 'Telegram'],
    ['207.241.225.1', 'Internet Archive'],
    ['172.68.1.1', 'Cloudflare'],
    ['2606:4700::1', 'Cloudflare'],
    ['192.88.134.1', 'Sucuri'],
    ['192.0.2.7', 'Meta'],
    ['198.51.100.7', null],
    ['203.0.113.200', null],
    ['10.0.0.1', null],
    ['2001:db8::1', null],
    ['', null],
  ])('%s is %s', (text, name) => {
    expect(known(text)).toBe(name);
  });

  it('say from which month they are', () => {
    expect(KNOWN_LISTS_MONTH).toMatch(/^20\d\d-\d\d$/);
  });

  it('have ranges and networks that can be read, and names of their own', () => {
    for (const { ranges, except = [] } of [...SERVICES, ...PROXY_RANGES]) {
      for (const range of [...ranges, ...except]) {
        const [address = '', bits = '32'] = range.split('/');
        expect([words(address).ipVersion, bits]).toEqual([range.includes(':') ? 6 : 4, String(Number(bits))]);
      }
    }
    const names = [...SERVICES, ...PROXY_RANGES].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(SERVICES.flatMap(({ agents }) => agents).filter((part) => part !== part.toLowerCase())).toEqual(
      [],
    );
  });
});

describe('addresses of proxies', () => {
  it.each([
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.1.1',
    '::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    '172.68.1.1',
    '104.16.0.1',
    '151.101.1.1',
    '54.230.1.1',
    '23.32.0.1',
    '45.60.0.1',
    '35.191.0.1',
    '2606:4700::1',
    '2a02:26f0::1',
    '::ffff:10.0.0.1',
  ])('%s is one', (text) => {
    expect(isProxy(text)).toBe(true);
  });

  it.each([
    '192.0.2.1',
    '172.32.0.1',
    '172.15.255.255',
    '100.63.255.255',
    '100.128.0.1',
    '11.0.0.1',
    '9.255.255.255',
    // Visitors of WARP and of rented servers.
    '104.28.0.1',
    '104.66.160.1',
    '104.105.0.1',
    '::',
    '::2',
    '2001:db8::1',
    'fec0::1',
    '66.249.66.1',
    '',
  ])('%s is none', (text) => {
    expect(isProxy(text)).toBe(false);
  });
});

describe('what a client claims', () => {
  it.each([
    ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'Googlebot'],
    ['Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)', 'Bingbot'],
    ['facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)', 'Meta'],
    [
      'Mozilla/5.0 (Macintosh) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0',
      'iMessage preview',
    ],
    ['facebookexternalhit/1.1;line-poker/1.0', 'LINE'],
    ['WhatsApp/2.23.20.0', 'WhatsApp preview'],
    ['TelegramBot (like TwitterBot)', 'Telegram'],
    ['Twitterbot/1.0', 'X'],
    ['Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)', 'UptimeRobot'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', null],
    ['', null],
  ])('"%s" claims to be %s', (agent, name) => {
    expect(claimsToBe(agent)).toBe(name);
  });

  it.each([
    ['Googlebot', '66.249.66.1', 'yes'],
    ['Googlebot', '203.0.113.200', 'yes'],
    ['Googlebot', '203.0.113.7', 'unknown'],
    ['Googlebot', '198.51.100.7', 'no'],
    ['Googlebot', '157.55.39.1', 'unknown'],
    ['Googlebot', '10.0.0.1', 'unknown'],
    ['Googlebot', '172.68.1.1', 'unknown'],
    ['Googlebot', '2001:db8::1', 'unknown'],
    ['Googlebot', '', 'unknown'],
    ['Meta', '192.0.2.7', 'yes'],
    ['Meta', '198.51.100.7', 'no'],
    ['WhatsApp preview', '198.51.100.7', 'unknown'],
    ['iMessage preview', '198.51.100.7', 'unknown'],
    ['DuckDuckBot', '198.51.100.7', 'unknown'],
    ['someone else', '198.51.100.7', 'unknown'],
    ['__proto__', '198.51.100.7', 'unknown'],
  ])('%s from %s: %s', (claim, address, verdict) => {
    expect(isGenuine(claim, words(address), TABLES)).toBe(verdict);
  });

  it('can be read from any text, and judged from any address', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), fc.ipV6(), (agent, address) => {
        const claim = claimsToBe(agent) ?? 'Googlebot';
        return ['yes', 'no', 'unknown'].includes(isGenuine(claim, words(address), TABLES));
      }),
    );
  });
});
