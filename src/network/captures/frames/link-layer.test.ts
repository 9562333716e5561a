import { describe, expect, it } from 'vitest';
import { ethernet, ipPacket, linkFrame } from '../../../../fixtures/captures/packets.js';
import { LINK } from './link-types.js';
import { Decoding, decode, whyNot } from './testing/decode.js';

const PACKET = ipPacket({
  source: '10.0.0.2',
  destination: '192.0.2.1',
  udp: { sourcePort: 5000, destinationPort: 53 },
  payload: 'inside',
});
const PACKET6 = ipPacket({
  source: '2001:db8::2',
  destination: '2001:db8::1',
  udp: { sourcePort: 5000, destinationPort: 53 },
  payload: 'inside',
});
const SNAP = Buffer.from('aaaa030000000800', 'hex');

function behind(hex: string, packet: Uint8Array = PACKET): Buffer {
  return Buffer.concat([Buffer.from(hex.replaceAll(' ', ''), 'hex'), packet]);
}

describe('a packet of link type', () => {
  it.each([
    ['null, little-endian', LINK.null, behind('02000000')],
    ['null, big-endian', LINK.null, behind('00000002')],
    ['null, IPv6 of macOS', LINK.null, behind('1e000000', PACKET6)],
    ['null, IPv6 of Windows', LINK.null, behind('17000000', PACKET6)],
    ['loop', LINK.loop, behind('0000001c', PACKET6)],
    ['Ethernet', LINK.ethernet, ethernet(PACKET)],
    ['Ethernet with IPv6', LINK.ethernet, ethernet(PACKET6)],
    ['Ethernet with a tag', LINK.ethernet, ethernet(PACKET, { vlans: [7] })],
    ['Ethernet with tags', LINK.ethernet, ethernet(PACKET, { vlans: [7, 8, 9] })],
    ['Ethernet with the oldest tag', LINK.ethernet, behind('020000000002 020000000001 9100 0007 0800')],
    ['Ethernet with a length', LINK.ethernet, behind('020000000002 020000000001 0030 aaaa03 000000 0800')],
    ['Ethernet with IP over LLC', LINK.ethernet, behind('020000000002 020000000001 0030 060603')],
    ['Ethernet with PPPoE', LINK.ethernet, behind('020000000002 020000000001 8864 1100 0001 0030 0021')],
    [
      'Ethernet with PPPoE, IPv6',
      LINK.ethernet,
      behind('020000000002 020000000001 8864 1100 0001 0030 0057', PACKET6),
    ],
    ['Ethernet with labels', LINK.ethernet, behind('020000000002 020000000001 8847 00010040 00011140')],
    [
      'Ethernet with labels and Ethernet',
      LINK.ethernet,
      behind('020000000002 020000000001 8848 00010140 00000000', ethernet(PACKET)),
    ],
    ['PPP', LINK.ppp, linkFrame(LINK.ppp, PACKET)],
    ['PPP without address', LINK.ppp, behind('0021')],
    ['PPP with a short number', LINK.ppp, behind('21')],
    ['PPP with labels', LINK.pppSerial, behind('ff03 0281 00010140')],
    ['PPP that is HDLC', LINK.pppSerial, behind('0f00 0800')],
    ['PPPoE', LINK.pppEther, behind('1100 0001 0030 0021')],
    ['PPP of pppd', LINK.pppd, behind('0103 0021')],
    ['PPP with a direction', LINK.pppWithDirection, behind('00 ff03 0021')],
    ['raw', LINK.raw, PACKET],
    ['raw, another number', LINK.rawOld, PACKET6],
    ['raw, another number still', LINK.rawOpenBsd, PACKET],
    ['IPv4', LINK.ipv4, PACKET],
    ['IPv6', LINK.ipv6, PACKET6],
    ['Cisco HDLC', LINK.ciscoHdlc, behind('0f00 86dd', PACKET6)],
    ['Linux cooked', LINK.linuxCooked, linkFrame(LINK.linuxCooked, PACKET)],
    [
      'Linux cooked with LLC',
      LINK.linuxCooked,
      behind('0000 0001 0006 0200000000010000 0004 aaaa030000000800'),
    ],
    ['Linux cooked 2', LINK.linuxCooked2, linkFrame(LINK.linuxCooked2, PACKET6)],
    ['ENC', LINK.enc, behind('02000000 00000000 00000000')],
    ['PFLOG', LINK.pflog, behind(`3d02${'00'.repeat(62)}`)],
    ['IP over FireWire', LINK.appleFirewire, behind(`${'00'.repeat(16)}0800`)],
    ['IPNET', LINK.ipnet, behind('02'.repeat(24))],
    ['NFLOG', LINK.nflog, behind('02000000 0800 0100 08000000 0500 0a00 7700 0000 3800 0900')],
    ['PPI', LINK.ppi, behind('0000 0800 01000000', ethernet(PACKET))],
    ['PKTAP, Ethernet', LINK.pktap, pktap(1, ethernet(PACKET))],
    ['PKTAP, raw', LINK.user2, pktap(12, PACKET6)],
    ['PKTAP, raw behind bytes of its own', LINK.pktap, pktap(12, behind('02000000'), 4)],
    ['PKTAP, null', LINK.pktap, pktap(0, behind('1e000000', PACKET6))],
    ['Wi-Fi', LINK.wifi, wifi('0801')],
    ['Wi-Fi between access points', LINK.wifi, wifi('0803', '000000000000')],
    ['Wi-Fi with quality', LINK.wifi, wifi('8802', '0000')],
    ['Wi-Fi with quality and more', LINK.wifi, wifi('8882', '0000 00000000')],
    ['Wi-Fi decrypted by the tool', LINK.wifi, wifi('0841')],
    ['Wi-Fi, radiotap', LINK.wifiRadiotap, behind('0000 0800 00000000', wifi('0801'))],
    [
      'Wi-Fi, radiotap with a clock, flags and padding',
      LINK.wifiRadiotap,
      behind(`0000 1900 03000080 00000000 ${'00'.repeat(4)} ${'11'.repeat(8)} 20`, wifi('8801', '0000 0000')),
    ],
    [
      'Wi-Fi, Prism',
      LINK.wifiPrism,
      behind('44000000 90000000', Buffer.concat([Buffer.alloc(136), wifi('0801')])),
    ],
    [
      'Wi-Fi, AVS in place of Prism',
      LINK.wifiPrism,
      behind('80211001 00000040', Buffer.concat([Buffer.alloc(56), wifi('0801')])),
    ],
    [
      'Wi-Fi, AVS',
      LINK.wifiAvs,
      behind('80211001 00000040', Buffer.concat([Buffer.alloc(56), wifi('0801')])),
    ],
  ])('%s is read, and cut anywhere it is counted', (_title, linkType, bytes) => {
    const said = decode(bytes, linkType);

    expect(said).toMatchObject({ payload: 'inside', payloadLength: 6 });
    expect(said?.destination).toMatch(/^(192\.0\.2\.1|2001:db8::1) 53$/);
    for (let length = 0; length < bytes.length - 6; length += 1) {
      const decoding = new Decoding();
      const cut = decoding.decode({ bytes: bytes.subarray(0, length), linkType, wireLength: bytes.length });
      expect(cut).toBeNull();
      expect(Object.values(decoding.counts)).toEqual([1]);
    }
  });

  it.each([
    ['ARP', LINK.ethernet, ethernet(Buffer.alloc(28), { etherType: 0x0806 }), 'notIp'],
    ['spanning tree', LINK.ethernet, behind('0180c2000000 020000000001 0026 424203'), 'notIp'],
    ['PPPoE discovery', LINK.ethernet, behind('020000000002 020000000001 8864 1109 0001 0030 0021'), 'notIp'],
    ['PPP control', LINK.ppp, behind('ff03 c021'), 'notIp'],
    ['AppleTalk', LINK.null, behind('10000000'), 'notIp'],
    ['a beacon', LINK.wifi, Buffer.from(`8000${'00'.repeat(60)}`, 'hex'), 'notIp'],
    ['an acknowledgement', LINK.wifi, Buffer.from('d4000000020000000001', 'hex'), 'notIp'],
    ['Wi-Fi without data', LINK.wifi, wifi('4801'), 'notIp'],
    ['encrypted Wi-Fi', LINK.wifi, wifi('0841', '', Buffer.alloc(40, 7)), 'encrypted'],
    ['several packets in one', LINK.wifi, wifi('8801', '8000'), 'aggregated'],
    ['a fragment of Wi-Fi', LINK.wifi, wifi('0805'), 'aggregated'],
    [
      'Wi-Fi that failed its check',
      LINK.wifiRadiotap,
      behind('0000 0900 02000000 40', wifi('0801')),
      'damaged',
    ],
    ['a wrong radiotap', LINK.wifiRadiotap, behind('0000 0400 00000000', wifi('0801')), 'damaged'],
    ['a USB transfer', 220, Buffer.alloc(64), 'unknownLink'],
    ['something private', LINK.user2, Buffer.alloc(200, 9), 'unknownLink'],
    ['PKTAP in PKTAP in PKTAP', LINK.pktap, pktap(258, pktap(258, pktap(1, ethernet(PACKET)))), 'damaged'],
  ])('with %s is counted', (_title, linkType, bytes, count) => {
    expect(whyNot(bytes, linkType)).toEqual({ [count]: 1 });
  });

  it('not read is remembered', () => {
    const decoding = new Decoding();
    for (let linkType = 1000; linkType < 1100; linkType += 1) decoding.decode({ bytes: PACKET, linkType });

    expect(decoding.decoder.unknownLinkTypes.size).toBe(64);
    expect(decoding.counts).toEqual({ unknownLink: 100 });
  });
});

/** Header of macOS with the fields that matter. */
function pktap(linkType: number, packet: Uint8Array, before = 14): Buffer {
  const header = Buffer.alloc(108);
  header.writeUInt32LE(108, 0);
  header.writeUInt32LE(1, 4);
  header.writeUInt32LE(linkType, 8);
  header.write('pdp_ip0', 12);
  header.writeUInt32LE(before, 44);
  return Buffer.concat([header, packet]);
}

/** A frame of data of IEEE 802.11; `more` stands behind its three addresses. */
function wifi(control: string, more = '', content: Uint8Array = Buffer.concat([SNAP, PACKET])): Buffer {
  return behind(`${control} 0000 020000000001 020000000002 020000000003 0000 ${more}`, content);
}
