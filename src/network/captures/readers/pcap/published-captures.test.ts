/** Real captures, compared with what TShark 4.0.17 says of them (data beside the repository; nothing of it is copied here). */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type ReadCapture, readCapture } from '../../testing/read-capture.js';

interface Expected {
  readonly packets: number;
  readonly dnsQueries: readonly string[];
  readonly sni: readonly string[];
  readonly quicSni: readonly string[];
  readonly quicVersions: readonly string[];
  readonly ja3: readonly string[];
  readonly ja3s: readonly string[];
  readonly httpHosts: readonly string[];
  readonly httpRequests: number;
  readonly httpResponses: number;
}

const folder = fileURLToPath(new URL('../../../../../../shared/data/network/', import.meta.url));
const listing = join(folder, 'expected-captures.json');
const isThere = existsSync(listing);
const captures: [string, Expected][] = isThere
  ? Object.entries(
      (JSON.parse(readFileSync(listing, 'utf8')) as { captures: Record<string, Expected> }).captures,
    )
  : [];

/** Where we read something else than TShark, and why. */
const DIFFERENT: Readonly<Record<string, Partial<Expected>>> = {
  // TShark counts each repeated request of the test with limited times to live as one of its own, and half a header as one.
  'injection/citizenlab-badtraffic/egypt-packetlogic-ttl-localization.pcap': {
    httpRequests: 38,
    httpHosts: ['www.aljazeera.net', 'www.copticpope.org'],
  },
  // A request of HTTP/0.9, without version: TShark does not take it for one.
  'zeek/traces/http/no-version.pcap': { httpRequests: 1 },
  // The request stands in the SYN/ACK, so that it comes from the server.
  'zeek/traces/tcp/payload-synack.pcap': { httpRequests: 0 },
  // The host of CONNECT stands in its target, which TShark does not list as host.
  'ja4/https-connect.pcap': { httpHosts: ['ts01-b.cloudsink.net'] },
  // QUIC on port 853, which TShark does not recognise; Zeek does.
  'zeek/traces/quic/quicdoq.pcap': { ja3: ['0299b052ace53a14c3a04aceb5efd247'] },
};

function bytesOf(path: string): Uint8Array {
  const bytes = readFileSync(join(folder, path));
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))].sort();
}

describe.skipIf(!isThere)('published captures (skipped without ../shared)', () => {
  it('lists every capture of the folder', () => {
    const files = (readdirSync(folder, { recursive: true }) as string[])
      .filter((path) => /\.pcap(ng)?(\.gz)?$/.test(path) && statSync(join(folder, path)).isFile())
      .map((path) => relative('.', path).replaceAll('\\', '/'));
    expect(captures.map(([path]) => path).sort()).toEqual(files.sort());
  });

  it.each(captures)('%s', async (path, listed) => {
    const expected = { ...listed, ...DIFFERENT[path] };
    const said = await readCapture(bytesOf(path), path);
    expect(
      distinct(
        said.dns
          .filter(({ service, isQuerySeen }) => service === 'dns' && isQuerySeen)
          .map(({ name }) => name),
      ),
    ).toEqual(
      // TShark's own words stand in brackets: `<Name contains a pointer that loops>`.
      distinct(expected.dnsQueries.map((name) => (name === '<Root>' ? '.' : name))).filter(
        (name) => !name.startsWith('<'),
      ),
    );
    expect(names(said, false)).toEqual([...expected.sni].sort());
    expect(names(said, true)).toEqual([...expected.quicSni].sort());
    expect(distinct(said.tls.flatMap(({ hellos }) => hellos.map(({ ja3 }) => ja3)))).toEqual(
      [...expected.ja3].sort(),
    );
    expect(said.http.filter(({ method }) => method !== null)).toHaveLength(expected.httpRequests);
    // Ours are without port; SSDP (HTTP over UDP to a group) is not read.
    expect(distinct(said.http.map(({ host }) => host))).toEqual(
      distinct(
        expected.httpHosts
          .filter((host) => !host.startsWith('239.'))
          .map((host) => host.replace(/:\d+$/, '')),
      ),
    );
  });
});

function names({ tls }: ReadCapture, isQuic: boolean): string[] {
  return distinct(
    tls.filter(({ carrier }) => (carrier === 'quic') === isQuic).map(({ serverName }) => serverName),
  );
}
