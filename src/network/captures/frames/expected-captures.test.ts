import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CaptureParser } from '../container/capture-parser.js';
import { Frame } from './frame.js';
import { FrameDecoder } from './frame-decoder.js';

const FOLDER = fileURLToPath(new URL('../../../../../shared/data/network/', import.meta.url));
const EXPECTED = `${FOLDER}expected-captures.json`;

interface Expected {
  readonly packets: number;
  readonly tcpStreams: number;
  readonly udpStreams: number;
}

describe.skipIf(!existsSync(EXPECTED))('packets of captures of others (skipped without ../shared)', () => {
  const captures = existsSync(EXPECTED)
    ? (JSON.parse(readFileSync(EXPECTED, 'utf8')) as { captures: Record<string, Expected> }).captures
    : {};

  it.each(Object.entries(captures))('%s: all are decoded, or are not IP', (path, expected) => {
    const stored = readFileSync(`${FOLDER}${path}`);
    const { decoder, protocols, depths } = decodeFile(path.endsWith('.gz') ? gunzipSync(stored) : stored);
    const { packets, notIp, fragments, reassembled, damaged, cutHeaders, incomplete, overlapping } =
      decoder.counts;

    expect(packets).toBe(expected.packets);
    expect({ damaged, cutHeaders, incomplete, overlapping }).toEqual({
      damaged: 0,
      cutHeaders: 0,
      incomplete: 0,
      overlapping: 0,
    });
    expect(depths.length).toBe(packets - notIp - fragments + reassembled);
    expect(protocols.has(6)).toBe(expected.tcpStreams > 0);
    if (expected.udpStreams > 0 && !depths.some((depth) => depth > 0)) expect(protocols.has(17)).toBe(true);
  });

  it('are those inside the tunnel where there is one', () => {
    const geneve = decodeFile(readFileSync(`${FOLDER}ja4/tcpdump-geneve.pcap`));

    expect(new Set(geneve.depths)).toEqual(new Set([1]));
    expect(geneve.protocols).not.toContain(17);
  });

  it('are not those that ICMP quotes', () => {
    const folder = `${FOLDER}injection/citizenlab-badtraffic/`;
    const { marked } = decodeFile(readFileSync(`${folder}egypt-packetlogic-ttl-localization.pcap`));

    expect(marked).toHaveLength(19);
    expect(marked).not.toContain(258);
    expect(marked).not.toContain(264);
  });
});

function decodeFile(file: Uint8Array) {
  const decoder = new FrameDecoder();
  const frame = new Frame();
  const protocols = new Set<number>();
  const depths: number[] = [];
  /** Frames with the identification 0x3412 and FIN+ACK or RST+ACK. */
  const marked: number[] = [];
  const parser = new CaptureParser({
    packet(packet) {
      if (!decoder.decode(packet, frame)) return;
      protocols.add(frame.protocol);
      depths.push(frame.tunnelDepth);
      const isEnd = frame.tcpFlags === 0x11 || frame.tcpFlags === 0x14;
      if (frame.ipId === 0x3412 && isEnd) marked.push(frame.frame);
    },
    problem: (problem) => expect(problem).toBeNull(),
  });
  parser.push(file);
  parser.end();
  decoder.end();
  return { decoder, protocols, depths, marked };
}
