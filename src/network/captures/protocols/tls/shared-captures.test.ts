import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Tls } from '../../../../records/kinds/tls.js';
import { CaptureParser, type RawPacket } from '../../container/capture-parser.js';
import { CaptureFlows } from '../../flows/capture-flows.js';
import { Frame } from '../../frames/frame.js';
import { FrameDecoder } from '../../frames/frame-decoder.js';

const FOLDER = new URL('../../../../../../shared/data/network/', import.meta.url);
const isHere = existsSync(FOLDER);

interface Expected {
  readonly sni: readonly string[];
  readonly quicSni: readonly string[];
  readonly quicVersions: readonly string[];
  readonly ja3: readonly string[];
  readonly ja3s: readonly string[];
  readonly clientHellos: number;
}

describe.skipIf(!isHere)('hellos of published captures (skipped without ../shared)', () => {
  const lines = isHere
    ? readFileSync(new URL('ja4/expected-ja4.csv', FOLDER), 'utf8').trim().split('\n')
    : [];
  const rows = lines.slice(1).map((line) => line.split(','));
  const captures = isHere
    ? (
        JSON.parse(readFileSync(new URL('expected-captures.json', FOLDER), 'utf8')) as {
          captures: readonly Expected[];
        }
      ).captures
    : [];

  test.each([...new Set(rows.map(([file]) => file as string))])('JA4 and names in %s', (file) => {
    const records = tlsIn(`ja4/${file}`);
    const expected = rows.filter((row) => row[0] === file);
    for (const [, source, sourcePort, destination, destinationPort, , sni, ja4] of expected) {
      const found = records.filter(
        (record) =>
          record.clientAddress === source &&
          record.clientPort === Number(sourcePort) &&
          record.serverAddress === destination &&
          record.serverPort === Number(destinationPort),
      );
      expect(found.map(({ hellos }) => hellos.map((hello) => hello.ja4).join(';'))).toEqual([ja4]);
      expect(found[0]?.serverName ?? '').toBe(sni);
    }
    expect(records).toHaveLength(expected.length);
  });

  // Where TShark's list holds something else: it leaves out QUIC on port 853, gives JA3S of a HelloRetryRequest only
  // where the segments of the answer came in the wrong order, and counts fragments of DTLS as hellos.
  const others = new Set([
    'zeek/traces/quic/quicdoq.pcap',
    'zeek/traces/tls/hrr.pcap',
    'zeek/traces/tls/dtls1_2.pcap',
  ]);
  const compared = Object.entries(captures).filter(
    ([file, { clientHellos }]) => clientHellos > 0 && !others.has(file),
  );

  test.each(compared)('hellos in %s', (file, expected) => {
    const records = tlsIn(file);
    const quic = records.filter(({ carrier }) => carrier === 'quic');
    expect({
      sni: distinct(records.filter(({ carrier }) => carrier !== 'quic').map(({ serverName }) => serverName)),
      quicSni: distinct(quic.map(({ serverName }) => serverName)),
      quicVersions: distinct(quic.map(({ quicVersion }) => QUIC_NUMBERS.get(quicVersion ?? '') ?? null)),
      ja3: distinct(records.flatMap(({ hellos }) => hellos.map(({ ja3 }) => ja3))),
      ja3s: distinct(records.map(({ ja3s }) => ja3s)),
      clientHellos: records.flatMap(({ hellos }) => hellos).length,
    }).toEqual({
      sni: expected.sni,
      quicSni: expected.quicSni,
      quicVersions: expected.quicVersions,
      ja3: expected.ja3,
      ja3s: expected.ja3s,
      clientHellos: expected.clientHellos,
    });
  });

  test('QUIC for DNS, SSL 2.0, DTLS 1.2 and a hello asked for twice', () => {
    expect(tlsIn('zeek/traces/quic/quicdoq.pcap')).toMatchObject([
      { carrier: 'quic', quicVersion: '1', alpn: ['doq'], serverPort: 853 },
    ]);
    const old = tlsIn('zeek/traces/tls/ssl-v2.pcap');
    expect(old).toMatchObject([{ version: 'SSL 2.0', hellos: [{ frame: 4, ja3: null, ja4: null }] }]);
    expect(old[0]?.certificates).toHaveLength(1);
    const datagrams = tlsIn('zeek/traces/tls/dtls1_2.pcap');
    expect(datagrams).toMatchObject([
      { carrier: 'dtls', version: 'DTLS 1.2', hellos: [{ frame: 1, ja3: null }] },
    ]);
    expect(datagrams[0]?.certificates).toHaveLength(1);
    expect(tlsIn('zeek/traces/tls/hrr.pcap')).toMatchObject([
      { version: 'TLS 1.3', hellos: [{ frame: 4 }, { frame: 8 }], serverHelloFrame: 11 },
    ]);
  });

  test('cover names are marked', () => {
    const covered = tlsIn('zeek/traces/tls/tls13-ech.pcap');
    expect(covered.map(({ serverName, encryptedClientHello }) => [serverName, encryptedClientHello])).toEqual(
      [
        ['cloudflare-ech.com', true],
        ['cloudflare-ech.com', true],
      ],
    );
  });
});

const QUIC_NUMBERS: ReadonlyMap<string, string> = new Map([
  ['1', '0x00000001'],
  ['2', '0x6b3343cf'],
]);

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value): value is string => value !== null))].sort();
}

function tlsIn(file: string): Tls[] {
  const bytes = readFileSync(new URL(file, FOLDER));
  const records: Tls[] = [];
  const flows = new CaptureFlows({
    place: (frame) => ({ evidence: 'e1', path: file, locator: `frame ${frame}` }),
    emit: (record) => {
      if (record.kind === 'tls') records.push(record as Tls);
    },
    problem: () => {},
  });
  const decoder = new FrameDecoder();
  const frame = new Frame();
  const parser = new CaptureParser({
    packet: (raw: RawPacket) => {
      if (decoder.decode(raw, frame)) flows.packet(frame);
    },
    problem: () => {},
  });
  parser.push(file.endsWith('.gz') ? gunzipSync(bytes) : bytes);
  parser.end();
  flows.end();
  return records;
}
