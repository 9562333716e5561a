import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CapturedPacket,
  writePcap,
  writePcapng,
  writePcapngSections,
} from '../../../../fixtures/captures/pcap.js';
import { looksLikeCapture } from './capture-parser.js';
import { codesOf, readPackets } from './testing/read-packets.js';

const START = 1_700_000_000_000_000;

function packet(text: string, afterMicros = 0, more: Partial<CapturedPacket> = {}): CapturedPacket {
  return { bytes: Buffer.from(text), micros: START + afterMicros, ...more };
}

const THREE = [packet('first'), packet('second packet', 1500), packet('third', 2_000_001)];
const TEXTS = THREE.map(({ bytes }) => Buffer.from(bytes).toString('hex'));

function contents(file: Uint8Array): string[] {
  return readPackets(file).packets.map(({ content }) => Buffer.from(content, 'hex').toString('latin1'));
}

describe('a pcap file', () => {
  it.each(['little', 'big'] as const)('is read in %s-endian order', (byteOrder) => {
    const read = readPackets(writePcap(THREE, { byteOrder, linkType: 101 }));

    expect(read).toMatchObject({ container: 'pcap', linkTypes: [101], problems: [] });
    expect(read.packets).toEqual([
      { frame: 1, micros: START, linkType: 101, wireLength: 5, content: TEXTS[0] },
      { frame: 2, micros: START + 1500, linkType: 101, wireLength: 13, content: TEXTS[1] },
      { frame: 3, micros: START + 2_000_001, linkType: 101, wireLength: 5, content: TEXTS[2] },
    ]);
  });

  it.each(['little', 'big'] as const)(
    'with nanoseconds is read in %s-endian order, the rest cut off',
    (byteOrder) => {
      const read = readPackets(writePcap([packet('a', 7.75)], { byteOrder, resolution: 'nano' }));

      expect(read.packets.map(({ micros }) => micros)).toEqual([START + 7]);
    },
  );

  it.each(['little', 'big'] as const)('of the modified form is read in %s-endian order', (byteOrder) => {
    const read = readPackets(writePcap(THREE, { byteOrder, modified: true }));

    expect(read.problems).toEqual([]);
    expect(read.packets.map(({ content }) => content)).toEqual(TEXTS);
  });

  it('keeps the length on the wire, which is never less than what was captured', () => {
    const read = readPackets(
      writePcap([packet('cut', 0, { wireLength: 900 }), packet('lie', 1, { wireLength: 1 })]),
    );

    expect(read.packets.map(({ wireLength }) => wireLength)).toEqual([900, 3]);
  });

  it('with packets longer than its limit is read: the limit lies at times', () => {
    expect(readPackets(writePcap(THREE, { snapLength: 4 })).packets).toHaveLength(3);
  });

  it('states the length of check sequences beside the link type', () => {
    expect(readPackets(writePcap(THREE, { linkType: 0x4400_0001 })).linkTypes).toEqual([1]);
  });

  it('before version 2.3 has the two lengths the other way round', () => {
    const file = writePcap([packet('abc', 0, { statedLength: 60, wireLength: 3 })]);
    file.writeUInt16LE(2, 6);

    expect(readPackets(file).packets).toMatchObject([{ wireLength: 60, content: '616263' }]);
  });

  it('of another version is read with a note', () => {
    const file = writePcap(THREE);
    file.writeUInt16LE(3, 4);
    const read = readPackets(file);

    expect(read.packets).toHaveLength(3);
    expect(read.problems).toEqual([{ code: 'version-unknown', effect: 'note', locator: 'byte 0' }]);
  });

  it('that is cut keeps what is whole', () => {
    const file = writePcap(THREE);
    const read = readPackets(file.subarray(0, -2));

    expect(read.packets).toHaveLength(2);
    expect(read.problems).toEqual([{ code: 'capture-cut', effect: 'lost', locator: `byte ${24 + 21 + 29}` }]);
    expect(codesOf(readPackets(file.subarray(0, 24 + 21 + 7)))).toEqual(['capture-cut byte 45']);
    expect(codesOf(readPackets(file.subarray(0, 24 + 21)))).toEqual([]);
    expect(codesOf(readPackets(file.subarray(0, 10)))).toEqual(['capture-cut byte 0']);
  });

  it('counts packets without content', () => {
    const read = readPackets(writePcap([packet(''), packet('a')]));

    expect(read.packets).toMatchObject([{ frame: 1, content: '' }, { frame: 2 }]);
    expect(codesOf(read)).toEqual(['packet-empty byte 24']);
  });

  it('goes on after a header that states an impossible length', () => {
    const many = Array.from({ length: 6 }, (_, index) => packet(`packet number ${index}`, index));
    const file = writePcap(
      many.map((one, index) => (index === 2 ? { ...one, statedLength: 0xffff_fff0 } : one)),
    );
    const read = readPackets(file);

    expect(contents(file)).toEqual([0, 1, 3, 4, 5].map((index) => `packet number ${index}`));
    expect(read.problems).toEqual([
      { code: 'capture-damaged', effect: 'lost', locator: `byte ${24 + 2 * 31}`, values: { bytes: 31 } },
    ]);
  });

  it.each([
    [-3, [2, 3, 4, 5]],
    // It swallows the header behind it, and so that packet.
    [5, [3, 4, 5]],
  ])('goes on after a length that is wrong by %d', (by, after) => {
    const many = Array.from({ length: 6 }, (_, index) => packet(`packet number ${index}`, index));
    const file = writePcap(many.map((one, index) => (index === 1 ? { ...one, statedLength: 15 + by } : one)));

    expect(contents(file).slice(2)).toEqual(after.map((index) => `packet number ${index}`));
    expect(readPackets(file).problems).toMatchObject([{ code: 'capture-damaged' }]);
  });

  it('goes on after a length that reaches beyond the end', () => {
    const many = Array.from({ length: 6 }, (_, index) => packet(`packet number ${index}`, index));
    const file = writePcap(many.map((one, index) => (index === 3 ? { ...one, statedLength: 5000 } : one)));

    expect(contents(file)).toEqual([0, 1, 2, 4, 5].map((index) => `packet number ${index}`));
    expect(codesOf(readPackets(file))).toEqual([`capture-damaged byte ${24 + 3 * 31}`]);
  });

  it('that turns into something else says from where', () => {
    const file = Buffer.concat([writePcap(THREE), Buffer.alloc(500, 0xff)]);
    const read = readPackets(file);

    expect(read.packets).toHaveLength(3);
    expect(read.problems).toEqual([
      {
        code: 'capture-damaged',
        effect: 'lost',
        locator: `byte ${file.length - 500}`,
        values: { bytes: 500 },
      },
    ]);
  });

  it('takes a pause of years for what it is', () => {
    const year = 365 * 86_400e6;
    const read = readPackets(
      writePcap([packet('a'), packet('b', year), packet('c', year + 1), packet('d', 5)]),
    );

    expect(read.packets).toHaveLength(4);
    expect(read.problems).toEqual([]);
  });

  it('with another capture behind it is read to the end', () => {
    const first = writePcap([packet('a')], { linkType: 101 });
    const second = writePcap([packet('b')], { byteOrder: 'big', resolution: 'nano' });
    const third = writePcapng([packet('c')]);
    const fourth = writePcap([packet('d')], { linkType: 113 });
    const file = Buffer.concat([first, second, third, fourth]);
    const read = readPackets(file);

    expect(read.packets.map(({ frame, linkType, micros }) => [frame, linkType, micros])).toEqual([
      [1, 101, START],
      [2, 1, START],
      [3, 1, START],
      [4, 113, START],
    ]);
    expect(read).toMatchObject({ container: 'pcap', linkTypes: [101, 1, 113] });
    expect(codesOf(read)).toEqual([
      `capture-appended byte ${first.length}`,
      `capture-appended byte ${first.length + second.length}`,
      `capture-appended byte ${first.length + second.length + third.length}`,
    ]);
  });
});

describe('a pcapng file', () => {
  it.each(['little', 'big'] as const)('is read in %s-endian order', (byteOrder) => {
    const read = readPackets(writePcapng(THREE, { byteOrder, linkType: 113 }));

    expect(read).toMatchObject({ container: 'pcapng', linkTypes: [113], problems: [] });
    expect(read.packets.map(({ micros, content, frame }) => [frame, micros, content])).toEqual([
      [1, START, TEXTS[0]],
      [2, START + 1500, TEXTS[1]],
      [3, START + 2_000_001, TEXTS[2]],
    ]);
  });

  it.each([
    [0, START / 1e6 + 7, START + 7_000_000],
    [3, (START + 7000) / 1e3, START + 7000],
    [6, START + 7, START + 7],
    [7, (START + 7) * 10, START + 7],
    [12, 17_000_000_123_456_789_012n, 17_000_000_123_456],
    [15, 17_000_000_123_456_789_012n, 17_000_000_123],
    [0x80 | 20, BigInt(START / 1e6) << 20n, START],
    [0x80 | 30, (BigInt(START / 1e6) << 30n) | (1n << 29n), START + 500_000],
    [0x7f, 17n, 0],
  ])('with times in units of resolution %d is read', (resolution, ticks, micros) => {
    const read = readPackets(
      writePcapngSections([
        {
          blocks: [
            { block: 'interface', resolution },
            { block: 'packet', bytes: Buffer.from('a'), ticks: BigInt(ticks) },
          ],
        },
      ]),
    );

    expect(read.packets.map((one) => one.micros)).toEqual([micros]);
  });

  it('counts nanoseconds exactly, though they are more than a double holds', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 7_258_118_400_000_000_000n), (nanos) => {
        const read = readPackets(
          writePcapngSections([
            {
              blocks: [
                { block: 'interface', resolution: 9 },
                { block: 'packet', bytes: Buffer.from('a'), ticks: nanos },
              ],
            },
          ]),
        );
        expect(read.packets[0]?.micros).toBe(Number(nanos / 1000n));
      }),
    );
  });

  it('adds the offset of an interface', () => {
    const read = readPackets(
      writePcapngSections([
        {
          byteOrder: 'big',
          blocks: [
            { block: 'interface', offsetSeconds: -3600 },
            { block: 'packet', ...packet('a') },
          ],
        },
      ]),
    );

    expect(read.packets.map(({ micros }) => micros)).toEqual([START - 3_600_000_000]);
  });

  it('of several sections and interfaces gives each packet its own link type and time', () => {
    const read = readPackets(
      writePcapngSections([
        {
          blocks: [
            { block: 'interface', linkType: 1, options: [{ code: 1, value: 'a comment' }] },
            { block: 'interface', linkType: 101, resolution: 9 },
            {
              block: 'packet',
              ...packet('a', 1),
              interface: 1,
              options: [{ code: 1, value: 'on a packet' }],
            },
            { block: 'packet', ...packet('b', 2), interface: 0 },
          ],
        },
        {
          byteOrder: 'big',
          blocks: [
            { block: 'interface', linkType: 276 },
            { block: 'obsolete-packet', ...packet('c', 3) },
            { block: 'statistics' },
            { block: 'simple', bytes: Buffer.from('d') },
          ],
        },
      ]),
    );

    expect(read.problems).toEqual([]);
    expect(read.packets.map(({ linkType, micros }) => [linkType, micros])).toEqual([
      [101, START + 1],
      [1, START + 2],
      [276, START + 3],
      [276, Number.NaN],
    ]);
    expect(read.linkTypes).toEqual([1, 101, 276]);
  });

  it('cuts simple packets at the limit of the interface', () => {
    const read = readPackets(
      writePcapngSections([
        {
          blocks: [
            { block: 'interface', snapLength: 4 },
            { block: 'simple', bytes: Buffer.from('abcdefgh') },
          ],
        },
      ]),
    );

    expect(read.packets).toMatchObject([{ content: '61626364', wireLength: 8 }]);
    expect(read.problems).toEqual([]);
  });

  it('says that it holds keys, and gives names of addresses', () => {
    const read = readPackets(
      writePcapngSections([
        {
          blocks: [
            { block: 'secrets', data: 'CLIENT_RANDOM 00 11' },
            { block: 'interface' },
            {
              block: 'names',
              names: [
                { address: Buffer.from([192, 0, 2, 1]), names: ['a.example', 'b.example'] },
                {
                  address: Buffer.from('20010db8000000000000000000000001', 'hex'),
                  names: ['c.example', 'x'.repeat(300)],
                },
              ],
            },
            { block: 'packet', ...packet('a') },
          ],
        },
      ]),
    );

    expect(read.secrets).toBe(1);
    expect(read.names).toEqual([
      ['192.0.2.1', 'a.example'],
      ['192.0.2.1', 'b.example'],
      ['2001:db8::1', 'c.example'],
    ]);
    expect(read.packets).toHaveLength(1);
  });

  it('passes over blocks it does not know, also large ones, whatever the pieces', () => {
    const file = writePcapngSections([
      {
        blocks: [
          { block: 'other', type: 0x0bad, body: Buffer.alloc(100_000, 6) },
          { block: 'interface' },
          { block: 'other', type: 0x8000_0001, body: Buffer.alloc(0) },
          { block: 'packet', ...packet('a') },
          { block: 'other', type: 77, body: Buffer.alloc(40), statedLengthBehind: 12 },
          { block: 'packet', ...packet('b') },
        ],
      },
    ]);

    expect(contents(file)).toEqual(['a', 'b']);
    expect(readPackets(file).problems).toMatchObject([{ code: 'block-length-differs', effect: 'note' }]);
    expect(readPackets(file, [1])).toEqual(readPackets(file));
  });

  it('counts packets of an interface that is not described, and does not give them', () => {
    const read = readPackets(
      writePcapngSections([
        {
          blocks: [
            { block: 'simple', bytes: Buffer.from('a') },
            { block: 'interface' },
            { block: 'packet', ...packet('b'), interface: 7 },
            { block: 'packet', ...packet('c') },
          ],
        },
      ]),
    );

    expect(read.packets).toMatchObject([{ frame: 3, content: '63' }]);
    expect(read.problems.map(({ code }) => code)).toEqual(['interface-missing', 'interface-missing']);
  });

  it('gives what is there of a packet that states more than its block holds', () => {
    const read = readPackets(writePcapng([packet('abcd', 0, { statedLength: 4000 }), packet('next')]));

    expect(read.packets.map(({ content }) => content)).toEqual(['61626364', '6e657874']);
    expect(read.problems).toMatchObject([{ code: 'packet-length-wrong', effect: 'lost' }]);
  });

  it('counts packets without content', () => {
    const read = readPackets(writePcapng([packet(''), packet('a')]));

    expect(read.packets).toHaveLength(2);
    expect(read.problems).toMatchObject([{ code: 'packet-empty', effect: 'note' }]);
  });

  it('says which blocks are too short for what they are', () => {
    const read = readPackets(
      writePcapngSections([
        {
          blocks: [
            { block: 'other', type: 1, body: Buffer.alloc(4) },
            { block: 'other', type: 6, body: Buffer.alloc(4) },
            { block: 'other', type: 3, body: Buffer.alloc(0) },
          ],
        },
      ]),
    );

    expect(read.packets).toEqual([]);
    expect(read.problems.map(({ code }) => code)).toEqual(['block-short', 'block-short', 'block-short']);
  });

  it('keeps a packet whose block states another length behind, and loses nothing', () => {
    const file = writePcapng(THREE);
    const first = file.indexOf('first');
    // The length behind the block of the first packet.
    file.writeUInt32LE(9999, first + 8);
    const read = readPackets(file);

    expect(read.packets.map(({ content }) => content)).toEqual(TEXTS);
    expect(read.problems).toMatchObject([{ code: 'block-length-differs', effect: 'note' }]);
  });

  it.each([
    ['is too long', 400],
    ['is too short', 16],
    ['is no multiple of four', 42],
    ['is nothing', 0],
    ['is enormous', 0xffff_fff0],
    ['reaches beyond the end', 1_000_000],
  ])('goes on after a block whose length %s', (_title, length) => {
    const many = Array.from({ length: 20 }, (_, index) =>
      packet(`packet number ${String(index).padStart(2, '0')}`, index),
    );
    const file = writePcapng(many);
    const at = file.indexOf('packet number 03') - 28;
    file.writeUInt32LE(length, at + 4);
    const texts = contents(file);

    expect(texts.slice(0, 3)).toEqual(['packet number 00', 'packet number 01', 'packet number 02']);
    expect(texts.slice(-16)).toEqual(many.slice(4).map(({ bytes }) => Buffer.from(bytes).toString('latin1')));
    expect(readPackets(file).problems.length).toBeGreaterThan(0);
  });

  it('that is cut keeps what is whole', () => {
    const file = writePcapng(THREE);
    const third = file.indexOf('third') - 28;

    expect(codesOf(readPackets(file.subarray(0, -2)))).toEqual([`capture-cut byte ${third}`]);
    expect(codesOf(readPackets(file.subarray(0, third)))).toEqual([]);
    expect(codesOf(readPackets(file.subarray(0, third + 6)))).toEqual([`capture-cut byte ${third}`]);
  });

  it('that is cut inside a block that is passed over says so', () => {
    const file = writePcapngSections([{ blocks: [{ block: 'other', type: 77, body: Buffer.alloc(4000) }] }]);

    expect(codesOf(readPackets(file.subarray(0, 400), [100]))).toEqual(['capture-cut byte 400']);
  });

  it('does not keep interfaces without end', () => {
    const one = writePcapngSections([{ blocks: [{ block: 'interface' }] }]);
    const section = one.subarray(0, 28);
    const described = one.subarray(28);
    const file = Buffer.concat([section, ...Array.from({ length: 65_546 }, () => described)]);
    const read = readPackets(file);

    expect(read.problems).toHaveLength(9);
    expect(read.problems.at(-1)).toMatchObject({ code: 'interfaces-too-many', effect: 'lost', count: 2 });
  });
});

describe('the beginning of a file', () => {
  it('tells captures, whatever their names', () => {
    expect(looksLikeCapture(writePcap([]))).toBe(true);
    expect(looksLikeCapture(writePcap([], { byteOrder: 'big', modified: true }))).toBe(true);
    expect(looksLikeCapture(writePcapng([], { byteOrder: 'big' }))).toBe(true);
    expect(looksLikeCapture(Buffer.from('\n\r\r\n but text'))).toBe(false);
    expect(looksLikeCapture(Buffer.from('GET / HTTP/1.1'))).toBe(false);
    expect(looksLikeCapture(Buffer.alloc(0))).toBe(false);
  });

  it('names formats that are not read', () => {
    const file = Buffer.concat([Buffer.from('snoop\0\0\0'), Buffer.alloc(100)]);

    expect(looksLikeCapture(file)).toBe(true);
    expect(readPackets(file, [3])).toMatchObject({
      container: null,
      packets: [],
      problems: [{ code: 'format-not-read', effect: 'lost', locator: '', values: { format: 'snoop' } }],
    });
  });

  it('that is no capture is said once', () => {
    expect(readPackets(Buffer.alloc(5000, 1), [100]).problems).toEqual([
      { code: 'not-a-capture', effect: 'lost', locator: 'byte 0' },
    ]);
    expect(codesOf(readPackets(Buffer.alloc(0)))).toEqual(['not-a-capture byte 0']);
  });
});

describe('any file', () => {
  const sound = fc.oneof(
    fc.constantFrom('little', 'big').map((byteOrder) => writePcap(manyPackets(), { byteOrder })),
    fc.constant(writePcap(manyPackets(), { resolution: 'nano', modified: false })),
    fc.constant(writePcap(manyPackets(), { modified: true })),
    fc.constantFrom('little', 'big').map((byteOrder) => writePcapng(manyPackets(), { byteOrder })),
    fc.constant(
      Buffer.concat([writePcap(manyPackets()), writePcapng(manyPackets()), writePcap(manyPackets())]),
    ),
  );
  const damage = fc.array(
    fc.record({ place: fc.double({ min: 0, max: 1, noNaN: true }), value: fc.integer({ min: 0, max: 255 }) }),
    { maxLength: 6 },
  );
  const pieces = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 });

  it('is read the same in whatever pieces it comes', () => {
    fc.assert(
      fc.property(
        sound,
        damage,
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        pieces,
        (whole, changes, part, cuts) => {
          const file = Buffer.from(whole.subarray(0, Math.ceil(whole.length * part)));
          for (const { place, value } of changes) file[Math.floor(place * (file.length - 1))] = value;

          expect(readPackets(file, cuts)).toEqual(readPackets(file));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('of any bytes is read to its end', () => {
    const heads = [
      writePcap([]),
      writePcap([], { byteOrder: 'big' }),
      writePcapng([]),
      writePcapng([packet('a')]),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...heads),
        fc.uint8Array({ maxLength: 600 }),
        pieces,
        (head, rest, cuts) => {
          const file = Buffer.concat([head, rest]);
          const read = readPackets(file, cuts);

          expect(read).toEqual(readPackets(file));
          for (const { frame, wireLength, content } of read.packets) {
            expect(frame).toBeGreaterThan(0);
            expect(wireLength).toBeGreaterThanOrEqual(content.length / 2);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('that was made to be searched over and over is read in time that grows with its length only', () => {
    // Each of these headers fits by itself, and the packet it announces ends where none does.
    const header = writePcap([packet('', 0, { statedLength: 262_000, wireLength: 262_000 })]).subarray(24);
    const file = Buffer.concat([
      writePcap([packet('a')]),
      Buffer.alloc(16, 0xff),
      Buffer.alloc(8 * 1024 * 1024).fill(Buffer.concat([header, Buffer.from([0xff])])),
    ]);
    const before = performance.now();
    const read = readPackets(file, [4096]);

    expect(performance.now() - before).toBeLessThan(4000);
    expect(read.packets.length).toBeGreaterThan(0);
  });

  it('does not copy packets that lie inside a piece', async () => {
    const { CaptureParser } = await import('./capture-parser.js');
    const file = writePcap(THREE);
    let shared = 0;
    const parser = new CaptureParser({
      packet: ({ bytes }) => {
        if (bytes.buffer === file.buffer) shared += 1;
      },
      problem: () => {},
    });
    parser.push(file);
    parser.end();

    expect(shared).toBe(3);
  });

  function manyPackets(): CapturedPacket[] {
    return Array.from({ length: 12 }, (_, index) => packet('x'.repeat((index * 7) % 60), index * 1000));
  }
});
