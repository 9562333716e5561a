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
  ? Object.entries((JSON.parse(readFileSync(listing, 'utf8')) as { captures: Record<string, Expected> }).captures)
  : [];

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

  it.each(captures)('%s', async (path, expected) => {
    const said = await readCapture(bytesOf(path), path);
    expect(distinct(said.dns.filter(({ service, isQuerySeen }) => service === 'dns' && isQuerySeen).map(({ name }) => name))).toEqual(
      distinct(expected.dnsQueries.map((name) => (name === '<Root>' ? '.' : name))),
    );
    expect(names(said, false)).toEqual([...expected.sni].sort());
    expect(names(said, true)).toEqual([...expected.quicSni].sort());
    expect(distinct(said.tls.flatMap(({ hellos }) => hellos.map(({ ja3 }) => ja3)))).toEqual([...expected.ja3].sort());
    expect(said.http.filter(({ method }) => method !== null)).toHaveLength(expected.httpRequests);
    expect(distinct(said.http.map(({ host }) => host))).toEqual([...expected.httpHosts].sort());
  });
});

function names({ tls }: ReadCapture, isQuic: boolean): string[] {
  return distinct(
    tls.filter(({ carrier }) => (carrier === 'quic') === isQuic).map(({ serverName }) => serverName),
  );
}
