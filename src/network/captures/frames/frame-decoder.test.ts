import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ethernet, ip, ipPacket, mssOption, udpDatagram } from '../../../../fixtures/captures/packets.js';
import { ETHER, LINK } from './link-types.js';
import { Decoding, decode, whyNot } from './testing/decode.js';

const ENDS = { source: '10.0.0.2', destination: '192.0.2.1' };
const ENDS6 = { source: '2001:db8::2', destination: '2001:db8::1' };
const PORTS = { sourcePort: 50_000, destinationPort: 53 };
const OPTIONS6 = Buffer.from([0, 0, 1, 4, 0, 0, 0, 0]);

describe('a packet of TCP', () => {
  const packet = ipPacket({
    ...ENDS,
    ttl: 57,
    id: 13_330,
    dontFragment: false,
    tcp: {
      sourcePort: 443,
      destinationPort: 50_001,
      sequence: 4_000_000_000,
      acknowledgement: 3_000_000_001,
      flags: 0xe11,
      window: 32_120,
      options: mssOption(1400),
    },
    payload: 'HTTP/1.1 307',
  });

  it('gives all that its headers say', () => {
    expect(decode(packet)).toMatchObject({
      source: '10.0.0.2 443',
      destination: '192.0.2.1 50001',
      protocol: 6,
      payload: 'HTTP/1.1 307',
      payloadLength: 12,
      frame: {
        frame: 1,
        ipVersion: 4,
        ttl: 57,
        ipId: 13_330,
        dontFragment: false,
        sequence: 4_000_000_000,
        acknowledgement: 3_000_000_001,
        tcpFlags: 0xe11,
        window: 32_120,
        tunnelDepth: 0,
        isMulticast: false,
      },
    });
  });

  it('tells where its options are', () => {
    const frame = decode(packet)?.frame;

    expect(frame?.bytes.subarray(frame.optionsAt, frame.optionsEnd)).toEqual(mssOption(1400));
  });

  it('behind options of IPv4 is found', () => {
    const options = Buffer.from([7, 7, 4, 0, 0, 0, 0, 0]);

    expect(decode(ipPacket({ ...ENDS, ipOptions: options, tcp: PORTS, payload: 'a' }))?.payload).toBe('a');
  });

  it('that the capture cut keeps its length on the wire', () => {
    const decoding = new Decoding();
    const cut = decoding.decode({ bytes: packet.subarray(0, -5), wireLength: packet.length });

    expect(cut).toMatchObject({ payload: 'HTTP/1.', payloadLength: 12 });
    expect(decoding.counts).toEqual({ cutPayloads: 1 });
    // Inside the options.
    const short = decode(packet.subarray(0, 42), 101, { wireLength: packet.length });
    expect(short).toMatchObject({ payload: '', payloadLength: 12 });
    expect((short?.frame.optionsEnd ?? 0) - (short?.frame.optionsAt ?? 0)).toBe(2);
  });

  it('without a length, as a card is handed it that cuts it itself, reaches to its end', () => {
    const large = ipPacket({ ...ENDS, statedLength: 0, tcp: PORTS, payload: 'x'.repeat(3000) });

    expect(decode(ethernet(large), 1)?.payloadLength).toBe(3000);
    const large6 = ipPacket({ ...ENDS6, statedLength: 0, tcp: PORTS, payload: 'x'.repeat(3000) });
    expect(decode(ethernet(large6), 1)?.payloadLength).toBe(3000);
  });

  it('with a header that contradicts itself is counted', () => {
    const wrong = Buffer.from(packet);
    wrong[32] = 0x40;
    expect(whyNot(wrong)).toEqual({ damaged: 1 });
    wrong[32] = 0xf0;
    expect(whyNot(wrong)).toEqual({ damaged: 1 });
    expect(whyNot(packet.subarray(0, 39), 101, { wireLength: 56 })).toEqual({ cutHeaders: 1 });
    expect(whyNot(ip(ENDS, 6, Buffer.alloc(12)))).toEqual({ damaged: 1 });
  });
});

describe('a packet of UDP', () => {
  it('gives its payload and no fields of TCP', () => {
    const said = decode(ipPacket({ ...ENDS6, ttl: 255, udp: PORTS, payload: 'question' }));

    expect(said).toMatchObject({
      source: '2001:db8::2 50000',
      destination: '2001:db8::1 53',
      protocol: 17,
      payload: 'question',
      payloadLength: 8,
      frame: { ipVersion: 6, ttl: 255, ipId: -1, dontFragment: false, tcpFlags: 0, sequence: 0 },
    });
  });

  it('ends where it says, not where the packet does', () => {
    const datagram = udpDatagram(ENDS, PORTS, Buffer.from('answer'));
    const longer = ip(ENDS, 17, Buffer.concat([datagram, Buffer.from('more')]));

    expect(decode(longer)).toMatchObject({ payload: 'answer', payloadLength: 6 });
    datagram.writeUInt16BE(900, 4);
    expect(decode(ip(ENDS, 17, datagram))).toMatchObject({ payload: 'answer', payloadLength: 6 });
    datagram.writeUInt16BE(7, 4);
    expect(whyNot(ip(ENDS, 17, datagram))).toEqual({ damaged: 1 });
    datagram.writeUInt16BE(0, 4);
    expect(decode(ip(ENDS, 17, datagram))).toMatchObject({ payload: 'answer', payloadLength: 6 });
  });

  it('to a group or to all is told', () => {
    const to = (destination: string) =>
      decode(
        ipPacket({ source: destination.includes(':') ? '2001:db8::2' : '10.0.0.2', destination, udp: PORTS }),
      )?.frame.isMulticast;

    expect(['224.0.0.251', '239.255.255.250', '255.255.255.255', 'ff02::fb'].map(to)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['192.0.2.1', '240.0.0.1', 'fe80::1'].map(to)).toEqual([false, false, false]);
  });
});

describe('other protocols', () => {
  it('are given whole, without ports', () => {
    expect(decode(ip(ENDS, 50, Buffer.from('secret')))).toMatchObject({
      source: '10.0.0.2 0',
      protocol: 50,
      payload: 'secret',
    });
  });

  it('with ports of their own have them', () => {
    const header = Buffer.alloc(12);
    header.writeUInt16BE(2000, 0);
    header.writeUInt16BE(3000, 2);

    expect(decode(ip(ENDS, 132, Buffer.concat([header, Buffer.from('data')])))).toMatchObject({
      source: '10.0.0.2 2000',
      destination: '192.0.2.1 3000',
      payload: 'data',
    });
    expect(whyNot(ip(ENDS, 132, header.subarray(0, 8)))).toEqual({ damaged: 1 });
  });

  it('that quote a packet, as ICMP does, are not that packet', () => {
    const quoted = ipPacket({ ...ENDS, id: 0x3412, tcp: PORTS });
    const exceeded = ip(
      { source: '198.51.100.7', destination: '10.0.0.2' },
      1,
      Buffer.concat([Buffer.from([11, 0, 0, 0, 0, 0, 0, 0]), quoted]),
    );

    expect(decode(exceeded)).toMatchObject({
      source: '198.51.100.7 0',
      protocol: 1,
      frame: { ipId: 0, tunnelDepth: 0 },
    });
  });
});

describe('a header of IP', () => {
  it('that contradicts itself is counted', () => {
    const packet = ipPacket({ ...ENDS, tcp: PORTS });
    const changed = (at: number, value: number) => {
      const copy = Buffer.from(packet);
      copy[at] = value;
      return copy;
    };

    expect(whyNot(changed(0, 0x44))).toEqual({ damaged: 1 });
    expect(whyNot(changed(0, 0x35))).toEqual({ damaged: 1 });
    expect(whyNot(changed(3, 10))).toEqual({ damaged: 1 });
    expect(whyNot(Buffer.from([0x4f, ...packet.subarray(1, 30)]))).toEqual({ damaged: 1 });
    expect(whyNot(packet.subarray(0, 12), 101, { wireLength: 40 })).toEqual({ cutHeaders: 1 });
    expect(whyNot(packet.subarray(0, 12))).toEqual({ damaged: 1 });
    expect(whyNot(Buffer.alloc(0))).toEqual({ damaged: 1 });
  });

  it('of IPv6 may have extension headers before what it carries', () => {
    const authentication = Buffer.alloc(24);
    authentication[1] = 4;
    const routing = Buffer.alloc(24);
    routing[1] = 2;
    const packet = ipPacket({
      ...ENDS6,
      extensions: [
        { type: 0, bytes: OPTIONS6 },
        { type: 60, bytes: OPTIONS6 },
        { type: 43, bytes: routing },
        // A fragment that is the whole packet (RFC 6946).
        { type: 44, bytes: Buffer.alloc(8) },
        { type: 51, bytes: authentication },
        { type: 135, bytes: OPTIONS6 },
      ],
      udp: PORTS,
      payload: 'inside',
    });

    expect(decode(packet)).toMatchObject({ protocol: 17, payload: 'inside', source: '2001:db8::2 50000' });
  });

  it('of IPv6 has extension headers without end: counted', () => {
    const extensions = Array.from({ length: 20 }, () => ({ type: 60, bytes: OPTIONS6 }));

    expect(whyNot(ipPacket({ ...ENDS6, extensions, udp: PORTS }))).toEqual({ damaged: 1 });
  });

  it('of IPv6 has an extension header longer than the packet: counted', () => {
    const packet = ipPacket({ ...ENDS6, extensions: [{ type: 0, bytes: OPTIONS6 }], udp: PORTS });
    packet[41] = 9;

    expect(whyNot(packet)).toEqual({ damaged: 1 });
    expect(whyNot(packet, 101, { wireLength: 900 })).toEqual({ damaged: 1 });
    packet.writeUInt16BE(800, 4);
    expect(whyNot(packet, 101, { wireLength: 900 })).toEqual({ cutHeaders: 1 });
  });

  it('ends before the padding of the link, or what a tool adds behind', () => {
    const padded = Buffer.concat([ethernet(ipPacket({ ...ENDS, tcp: PORTS })), Buffer.alloc(32, 0x5a)]);
    const padded6 = Buffer.concat([ethernet(ip(ENDS6, 59, Buffer.alloc(0))), Buffer.alloc(10)]);

    expect(decode(padded, 1)).toMatchObject({ payload: '', payloadLength: 0 });
    expect(decode(padded6, 1)).toMatchObject({ protocol: 59, payload: '', payloadLength: 0 });
  });
});

describe('any bytes', () => {
  const linkTypes = fc.constantFrom(...Object.values(LINK), 999);

  it('are decoded or counted, and places lie inside the packet', () => {
    const begin = fc.constantFrom(
      '',
      '4500',
      '6000',
      '020000000002020000000001080045',
      '02000000000202000000000186dd60',
      `020000000002020000000001${ETHER.vlan.toString(16)}0001080045`,
      '45000054000000004011',
      '450000540000200040110000',
      '60000000002c2c40',
    );
    fc.assert(
      fc.property(
        linkTypes,
        begin,
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(100),
        (linkType, head, tail, beyond) => {
          const bytes = Buffer.concat([Buffer.from(head, 'hex'), tail]);
          const decoding = new Decoding();
          const said = decoding.decode({ bytes, linkType, wireLength: bytes.length + beyond });
          if (said === null) return;
          const { frame } = said;
          // One fragment is a whole packet of its own at times; else bytes that do not belong to it lie behind.
          const whole = frame.bytes.length - (frame.bytes.length === bytes.length + 71 ? 64 : 0);
          expect(frame.payloadStart).toBeLessThanOrEqual(frame.payloadEnd);
          expect(frame.payloadEnd).toBeLessThanOrEqual(whole);
          expect(frame.payloadLength).toBeGreaterThanOrEqual(frame.payloadEnd - frame.payloadStart);
          expect(frame.optionsAt).toBeLessThanOrEqual(frame.optionsEnd);
          expect(frame.optionsEnd).toBeLessThanOrEqual(whole);
          expect(frame.sourceAt).toBeGreaterThanOrEqual(0);
          expect(frame.destinationAt + (frame.ipVersion === 4 ? 4 : 16)).toBeLessThanOrEqual(whole);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('of piled-up layers end', () => {
    const tags = Buffer.alloc(60_000);
    for (let at = 0; at < tags.length; at += 4) tags.writeUInt32BE(0x0001_8100, at);
    const tagged = Buffer.concat([Buffer.alloc(12), Buffer.from([0x81, 0]), tags]);
    const bridged = Buffer.alloc(60_004, Buffer.from('0000000000000000000000006558', 'hex'));
    const llc = Buffer.alloc(60_000, Buffer.from('aaaa030000000010', 'hex'));

    expect(whyNot(tagged, 1)).toEqual({ damaged: 1 });
    expect(whyNot(bridged, 1)).toEqual({ damaged: 1 });
    expect(whyNot(Buffer.concat([Buffer.alloc(13), Buffer.from([16]), llc]), 1)).toEqual({ damaged: 1 });
    expect(
      whyNot(Buffer.concat([Buffer.alloc(12), Buffer.from([0x88, 0x47]), Buffer.alloc(60_000)]), 1),
    ).toEqual({
      damaged: 1,
    });
  });
});
