import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ip, udpDatagram } from '../../../../fixtures/captures/packets.js';
import { Decoding, type Given } from './testing/decode.js';

const ENDS = { source: '10.0.0.2', destination: '192.0.2.1' };
const ENDS6 = { source: '2001:db8::2', destination: '2001:db8::1' };
const PORTS = { sourcePort: 5000, destinationPort: 53 };
const TEXT = Array.from({ length: 500 }, (_, index) => `${index},`).join('');

/** A datagram in fragments of so many bytes. */
function fragmentsOf(version: 4 | 6, text: string, unit: number, id = 77): Buffer[] {
  const ends = version === 4 ? ENDS : ENDS6;
  const whole = udpDatagram(ends, PORTS, Buffer.from(text));
  const fragments: Buffer[] = [];
  for (let at = 0; at < whole.length; at += unit) {
    const part = whole.subarray(at, at + unit);
    const hasMore = at + unit < whole.length;
    fragments.push(version === 4 ? fragment4(at, hasMore, part, id) : fragment6(at, hasMore, part, id));
  }
  return fragments;
}

function fragment4(offset: number, hasMore: boolean, part: Uint8Array, id = 77): Buffer {
  return ip(
    { ...ENDS, id, dontFragment: false, fragmentOffset: offset, moreFragments: hasMore, ttl: 50 },
    17,
    part,
  );
}

function fragment6(offset: number, hasMore: boolean, part: Uint8Array, id = 77): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(offset | (hasMore ? 1 : 0), 2);
  header.writeUInt32BE(id, 4);
  return ip({ ...ENDS6, extensions: [{ type: 44, bytes: header }] }, 17, part);
}

function decodeAll(packets: readonly (Buffer | Given)[]) {
  const decoding = new Decoding();
  const given = packets.map((packet) =>
    decoding.decode(Buffer.isBuffer(packet) ? { bytes: packet } : packet),
  );
  decoding.decoder.end();
  return { payloads: given.map((said) => said?.payload ?? null), given, counts: decoding.counts };
}

describe.each([4, 6] as const)('fragments of IPv%d', (version) => {
  const fragments = fragmentsOf(version, TEXT, 400);

  it('are put together when the last of them comes', () => {
    const { payloads, given, counts } = decodeAll(fragments);

    expect(payloads.slice(0, -1).every((payload) => payload === null)).toBe(true);
    expect(payloads.at(-1)).toBe(TEXT);
    expect(given.at(-1)).toMatchObject({
      protocol: 17,
      payloadLength: TEXT.length,
      destination: `${version === 4 ? ENDS.destination : ENDS6.destination} 53`,
      frame: { frame: fragments.length, ttl: version === 4 ? 50 : 64, ipId: version === 4 ? 77 : -1 },
    });
    expect(counts).toEqual({ fragments: fragments.length, reassembled: 1 });
  });

  it('are put together in whatever order they come, also with some twice', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...fragments.keys()], { minLength: fragments.length }),
        fc.nat(fragments.length - 2),
        (order, twice) => {
          const packets = order.map((index) => fragments[index] as Buffer);
          packets.splice(twice, 0, packets[twice] as Buffer);
          const { payloads, counts } = decodeAll(packets);

          expect(payloads.at(-1)).toBe(TEXT);
          expect(counts).toMatchObject({ reassembled: 1 });
          expect(counts.overlapping).toBeUndefined();
        },
      ),
      { numRuns: 50 },
    );
  });

  it('that overlap with other bytes are refused, with all that belongs to them', () => {
    const forged = version === 4 ? fragment4 : fragment6;
    for (const [offset, length] of [
      [400, 400],
      [392, 16],
      [0, 800],
      [800, 8],
    ] as const) {
      const packets = [
        ...fragments.slice(0, 3),
        forged(offset, true, Buffer.alloc(length, 1)),
        ...fragments.slice(3),
      ];
      const { payloads, counts } = decodeAll(packets);

      expect(payloads.filter(Boolean)).toEqual([]);
      expect(counts).toEqual({ fragments: packets.length, overlapping: 1 });
    }
  });

  it('that state two ends are refused', () => {
    const forged = version === 4 ? fragment4 : fragment6;
    const { counts } = decodeAll([...fragments.slice(1), forged(8000, false, Buffer.alloc(8))]);

    expect(counts).toMatchObject({ overlapping: 1 });
    expect(
      decodeAll([forged(800, true, Buffer.alloc(80)), forged(400, false, Buffer.alloc(8))]).counts,
    ).toMatchObject({ overlapping: 1 });
  });

  it('that never come are counted', () => {
    const { counts } = decodeAll(fragments.slice(1));

    expect(counts).toEqual({ fragments: fragments.length - 1, incomplete: 1 });
  });

  it('are waited for a minute', () => {
    const [first, ...rest] = fragments as [Buffer, ...Buffer[]];
    const at = (micros: number) => [{ bytes: first, micros: 0 }, ...rest.map((bytes) => ({ bytes, micros }))];

    expect(decodeAll(at(59e6)).payloads.at(-1)).toBe(TEXT);
    expect(decodeAll(at(61e6)).counts).toMatchObject({ incomplete: 2 });
    expect(decodeAll(at(Number.NaN)).payloads.at(-1)).toBe(TEXT);
  });

  it('of different packets are kept apart', () => {
    const others = fragmentsOf(version, 'other '.repeat(300), 400, 78);
    const mixed = fragments.flatMap((fragment, index) =>
      [fragment, others[index]].filter((one) => one !== undefined),
    );
    const { payloads } = decodeAll(mixed);

    expect(payloads.filter(Boolean).toSorted()).toEqual([TEXT, 'other '.repeat(300)].toSorted());
  });

  it('cut by the capture tell at least who speaks', () => {
    const cut = fragments.map((bytes) => ({ bytes: bytes.subarray(0, 80), wireLength: bytes.length }));
    const { given, counts } = decodeAll(cut.slice(0, 3));

    expect(given[0]).toMatchObject({ protocol: 17, destination: expect.stringContaining(' 53') });
    expect(given.slice(1)).toEqual([null, null]);
    expect(counts).toEqual({ fragments: 3, cutPayloads: 3 });
  });

  it('of odd lengths are refused', () => {
    const forged = version === 4 ? fragment4 : fragment6;

    expect(decodeAll([forged(0, true, Buffer.alloc(13))]).counts).toEqual({ damaged: 1 });
    expect(decodeAll([forged(8, false, Buffer.alloc(0))]).counts).toEqual({ damaged: 1 });
    // Together more than a packet can be.
    expect(decodeAll([forged(65_528, false, Buffer.alloc(100))]).counts).toEqual({
      fragments: 1,
      overlapping: 1,
    });
  });
});

describe('fragments without end', () => {
  it('take bounded memory and time', () => {
    const decoding = new Decoding();
    const part = Buffer.alloc(8);
    const before = process.memoryUsage();
    const started = performance.now();
    for (let id = 0; id < 60_000; id += 1)
      decoding.decode({ bytes: fragment6(65_520, true, part, id), micros: id });
    const { external, arrayBuffers } = process.memoryUsage();

    expect(performance.now() - started).toBeLessThan(10_000);
    expect(external + arrayBuffers - before.external - before.arrayBuffers).toBeLessThan(100e6);
    expect(decoding.counts.incomplete).toBeGreaterThan(50_000);
    decoding.decoder.end();
    expect(decoding.counts.incomplete).toBe(60_000);
  });
});
