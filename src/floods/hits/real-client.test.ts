import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf } from './client-address.js';
import { Hit } from './hit.js';
import { resolveClient } from './real-client.js';

/** Who is taken as the client of a line with this peer and header, and what of the line says so. */
function resolved(peer: string, header: string | null): { address: string; text: string } {
  const hit = new Hit();
  const bytes = Buffer.from(`${peer}|${header ?? ''}`, 'latin1');
  hit.reset(bytes);
  if (peer !== '') hit.setClient(0, peer.length);
  if (header !== null) {
    hit.forwardedStart = peer.length + 1;
    hit.forwardedEnd = bytes.length;
  }
  resolveClient(hit);
  return { address: addressOf(hit), text: hit.text(hit.clientStart, hit.clientEnd) };
}
const client = (peer: string, header: string | null): string => resolved(peer, header).address;

const CLOUDFLARE = '172.68.1.1';

describe('the client behind proxies', () => {
  it.each([
    ['one proxy of the same machine', '127.0.0.1', '192.0.2.7', '192.0.2.7'],
    ['a content network', CLOUDFLARE, '198.51.100.4', '198.51.100.4'],
    ['two proxies', '10.0.0.2', `192.0.2.7, ${CLOUDFLARE}`, '192.0.2.7'],
    ['what the visitor wrote is passed over', CLOUDFLARE, '203.0.113.66, 192.0.2.7', '192.0.2.7'],
    ['also when he names a proxy', CLOUDFLARE, '10.9.8.7, 192.0.2.7', '192.0.2.7'],
    ['no spaces', '10.0.0.2', '203.0.113.66,192.0.2.7', '192.0.2.7'],
    ['a port', '10.0.0.2', '192.0.2.7:51234', '192.0.2.7'],
    ['IPv6', '::1', '2001:db8::7', '2001:db8::7'],
    ['IPv6 with a port', '::1', '[2001:db8::7]:443', '2001:db8::7'],
    ['IPv4 in IPv6', '::ffff:10.0.0.1', '::ffff:192.0.2.7', '192.0.2.7'],
    ['quotes', '10.0.0.2', '"192.0.2.7"', '192.0.2.7'],
    ['quotes as nginx escapes them', '10.0.0.2', '\\x22192.0.2.7\\x22', '192.0.2.7'],
    ['a plus for a space', '10.0.0.2', '203.0.113.66,+192.0.2.7', '192.0.2.7'],
    ['a space as CloudFront escapes it', '10.0.0.2', '192.0.2.7,%2010.0.0.9', '192.0.2.7'],
    ['Forwarded', '10.0.0.2', 'for=192.0.2.7;proto=https;by=10.0.0.3', '192.0.2.7'],
    ['Forwarded with IPv6', '10.0.0.2', 'by=10.0.0.3; For="[2001:db8::7]:4711"', '2001:db8::7'],
    ['Forwarded, several', '10.0.0.2', 'for=203.0.113.66, for=192.0.2.7, for=10.0.0.4', '192.0.2.7'],
    ['private all the way: the first', '10.0.0.2', '10.1.1.1, 10.0.0.3', '10.1.1.1'],
    ['unknown after a hop: that hop', '10.0.0.2', 'unknown, 10.0.0.3', '10.0.0.3'],
    ['unknown alone: the proxy stays', '10.0.0.2', 'unknown', '10.0.0.2'],
    ['nothing: the proxy stays', '10.0.0.2', '', '10.0.0.2'],
    ['a dash: the proxy stays', '10.0.0.2', '-', '10.0.0.2'],
    ['a log with the header alone', '', '203.0.113.66, 192.0.2.7', '192.0.2.7'],
    ['a socket of the same machine', 'unix:', '192.0.2.7', '192.0.2.7'],
  ])('%s', (_, peer, header, expected) => {
    expect(client(peer, header)).toBe(expected);
  });

  it('is the peer when the peer is no proxy, whatever the header says', () => {
    expect(client('192.0.2.9', '203.0.113.66')).toBe('192.0.2.9');
    expect(client('2001:db8::9', '203.0.113.66')).toBe('2001:db8::9');
    expect(client('host.example', '203.0.113.66')).toBe('');
  });

  it('is the peer without a header', () => {
    expect(client('10.0.0.2', null)).toBe('10.0.0.2');
  });

  it('is found in the line', () => {
    expect(resolved('10.0.0.2', 'x, "192.0.2.7"').text).toBe('192.0.2.7');
  });

  it('follows proxies that the caller names', () => {
    const hit = new Hit();
    hit.reset(Buffer.from('203.0.113.1|192.0.2.7'));
    hit.setClient(0, 11);
    [hit.forwardedStart, hit.forwardedEnd] = [12, 21];
    resolveClient(hit, (_, word) => word === 0xcb007101);
    expect(addressOf(hit)).toBe('192.0.2.7');
  });

  it('does not walk a made-up header for ever', () => {
    const header = '10.0.0.1,'.repeat(200_000);
    const start = performance.now();
    expect(client('10.0.0.2', `192.0.2.7,${header}10.0.0.1`)).toBe('10.0.0.1');
    expect(client('10.0.0.2', 'f'.repeat(1_000_000))).toBe('10.0.0.2');
    expect(performance.now() - start).toBeLessThan(500);
  });

  it('is never what stands left of the last address that is no proxy', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.array(fc.string({ maxLength: 30 }), { maxLength: 5 }), (spoofed, rest) => {
        expect(client(CLOUDFLARE, [spoofed, ...rest, '198.51.100.77'].join(','))).toBe('198.51.100.77');
      }),
    );
  });

  it('comes out of any bytes without a failure', () => {
    const peers = fc.constantFrom('10.0.0.2', '', '-', '::1', '192.0.2.1', 'unix:');
    const bytes = fc.string({ unit: fc.constantFrom(...'0123456789.:,;="\\x%2+ []forunkw'), maxLength: 200 });
    fc.assert(fc.property(peers, bytes, (peer, header) => typeof client(peer, header) === 'string'));
  });
});
