import { describe, expect, it } from 'vitest';
import { ethernet, ip, ipPacket } from '../../../../fixtures/captures/packets.js';
import { Decoding, decode } from './testing/decode.js';

const OUTER = { source: '198.51.100.1', destination: '198.51.100.2', ttl: 20 };
const INNER = ipPacket({
  source: '10.0.0.2',
  destination: '192.0.2.1',
  ttl: 61,
  tcp: { sourcePort: 5000, destinationPort: 443 },
  payload: 'inside',
});
const INNER6 = ipPacket({
  source: '2001:db8::2',
  destination: '2001:db8::1',
  ttl: 61,
  tcp: { sourcePort: 5000, destinationPort: 443 },
  payload: 'inside',
});
const TEREDO = ipPacket({
  source: '2001:0:c633:6401::1',
  destination: '2001:db8::1',
  ttl: 61,
  tcp: { sourcePort: 5000, destinationPort: 443 },
  payload: 'inside',
});

function udp(destinationPort: number, hex: string, inner: Uint8Array, sourcePort = 40_000): Buffer {
  return ipPacket({ ...OUTER, udp: { sourcePort, destinationPort }, payload: behind(hex, inner) });
}

function behind(hex: string, inner: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(hex.replaceAll(' ', ''), 'hex'), inner]);
}

describe('a tunnel', () => {
  it.each([
    ['IP in IP', ip(OUTER, 4, INNER)],
    ['IPv6 in IPv4', ip(OUTER, 41, INNER6)],
    ['IPv4 in IPv6', ip({ source: '2001:db8::a', destination: '2001:db8::b' }, 4, INNER)],
    ['MPLS in IP', ip(OUTER, 137, behind('00010140', INNER))],
    ['EtherIP', ip(OUTER, 97, behind('3000', ethernet(INNER)))],
    ['GRE', ip(OUTER, 47, behind('0000 0800', INNER))],
    ['GRE with all fields', ip(OUTER, 47, behind('b000 86dd 00000000 00000001 00000002', INNER6))],
    ['GRE with Ethernet', ip(OUTER, 47, behind('0000 6558', ethernet(INNER, { vlans: [3] })))],
    ['PPTP', ip(OUTER, 47, behind('3081 880b 0030 0001 00000001 00000002 0021', INNER))],
    ['a mirrored port', ip(OUTER, 47, behind('1000 88be 00000001 1000000000000000', ethernet(INNER)))],
    ['a mirrored port, oldest form', ip(OUTER, 47, behind('0000 88be', ethernet(INNER)))],
    [
      'a mirrored port, newest form',
      ip(OUTER, 47, behind('1000 22eb 00000001 200000000000000000000000', ethernet(INNER))),
    ],
    ['VXLAN', udp(4789, '08000000 00000700', ethernet(INNER))],
    ['VXLAN of Linux', udp(8472, '08000000 00000700', ethernet(INNER6))],
    ['Geneve', udp(6081, '0000 6558 00000100', ethernet(INNER))],
    ['Geneve with options', udp(6081, '0200 0800 00000100 0001000100000000', INNER)],
    ['GTP', udp(2152, '30ff 0030 00000001', INNER, 2152)],
    ['GTP with extensions', udp(2152, '34ff 0038 00000001 00000085 01100100', INNER)],
    ['Teredo', udp(3544, '', TEREDO)],
    ['Teredo from its server', udp(50_000, '0001 0000 0000000000000000 00 0000 1234 c6336401', TEREDO, 3544)],
  ])('of %s is opened', (_title, packet) => {
    const decoding = new Decoding();
    const said = decoding.decode({ bytes: packet });

    expect(said).toMatchObject({ protocol: 6, payload: 'inside', frame: { ttl: 61, tunnelDepth: 1 } });
    expect(said?.destination).toMatch(/ 443$/);
    expect(decoding.counts).toEqual({ tunnelled: 1 });
  });

  const wrongSum = Buffer.from(INNER);
  wrongSum[10] = (wrongSum[10] as number) ^ 1;
  const tooLong = Buffer.from(INNER);
  tooLong[2] = 9;

  it.each([
    ['a header that does not add up', udp(4789, '08000000 00000700', ethernet(wrongSum)), 17],
    ['a length beyond the outer packet', ip(OUTER, 4, tooLong), 4],
    ['another mark', udp(4789, '00000000 00000700', ethernet(INNER)), 17],
    [
      'something else in Ethernet',
      udp(4789, '08000000 00000700', ethernet(INNER, { etherType: 0x0806 })),
      17,
    ],
    ['signalling', udp(2152, '3201 0004 00000000 00000000', INNER), 17],
    ['an ordinary address of IPv6 at the port of Teredo', udp(3544, '', INNER6), 17],
    ['another version of GRE', ip(OUTER, 47, behind('0002 0800', INNER)), 47],
    ['routes in GRE', ip(OUTER, 47, behind('4000 0800 00000000', INNER)), 47],
    ['nothing', ip(OUTER, 41, Buffer.alloc(0)), 41],
    [
      'extensions of GTP without end',
      udp(2152, `34ff 0038 00000001 00000085 ${'01000085'.repeat(30)}`, INNER),
      17,
    ],
  ])('is not believed with %s', (_title, packet, protocol) => {
    expect(decode(packet)).toMatchObject({ protocol, frame: { ttl: 20, tunnelDepth: 0 } });
  });

  it('inside tunnels is opened four times', () => {
    let packet = INNER;
    for (let depth = 1; depth <= 6; depth += 1) {
      packet = ip(OUTER, 4, packet);
      expect(decode(packet)).toMatchObject(
        depth <= 4
          ? { protocol: 6, frame: { tunnelDepth: depth } }
          : { protocol: 4, frame: { tunnelDepth: 4 } },
      );
    }
  });

  it('that is cut keeps the length on the wire of what is inside', () => {
    const packet = udp(4789, '08000000 00000700', ethernet(INNER));
    const said = decode(packet.subarray(0, -3), 101, { wireLength: packet.length });

    expect(said).toMatchObject({ payload: 'ins', payloadLength: 6, frame: { tunnelDepth: 1 } });
  });

  it('of fragments is put together first', () => {
    const outer = ip(OUTER, 4, INNER).subarray(20);
    const decoding = new Decoding();
    const part = (at: number, to: number, moreFragments: boolean) =>
      ip({ ...OUTER, dontFragment: false, fragmentOffset: at, moreFragments }, 4, outer.subarray(at, to));

    expect(decoding.decode({ bytes: part(0, 24, true) })).toBeNull();
    expect(decoding.decode({ bytes: part(24, 100, false) })).toMatchObject({
      payload: 'inside',
      frame: { frame: 2 },
    });
  });
});
