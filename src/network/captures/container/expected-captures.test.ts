import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readPackets } from './testing/read-packets.js';

const FOLDER = fileURLToPath(new URL('../../../../../shared/data/network/', import.meta.url));
const EXPECTED = `${FOLDER}expected-captures.json`;

interface Expected {
  readonly packets: number;
  readonly first_epoch: string;
  readonly last_epoch: string;
  readonly linkTypes: readonly number[];
  readonly container: string;
}

describe.skipIf(!existsSync(EXPECTED))('captures of others (skipped without ../shared)', () => {
  const captures = existsSync(EXPECTED)
    ? (JSON.parse(readFileSync(EXPECTED, 'utf8')) as { captures: Record<string, Expected> }).captures
    : {};

  it.each(Object.entries(captures))('%s: packets, link types and times', (path, expected) => {
    const stored = readFileSync(`${FOLDER}${path}`);
    const file = path.endsWith('.gz') ? gunzipSync(stored) : stored;
    for (const piece of [file.length, 1009]) {
      const { packets, problems, container, linkTypes } = readPackets(file, [piece]);

      expect(problems).toEqual([]);
      expect({
        container,
        linkTypes: linkTypes.toSorted((a, b) => a - b),
        packets: packets.length,
        first: packets[0]?.micros,
        last: packets.at(-1)?.micros,
      }).toEqual({
        container: expected.container,
        linkTypes: expected.linkTypes,
        packets: expected.packets,
        first: microsOf(expected.first_epoch),
        last: microsOf(expected.last_epoch),
      });
    }
  });
});

/** Seconds with nine decimals, the last three cut off. */
function microsOf(epoch: string): number {
  const [seconds = '', fraction = ''] = epoch.split('.');
  return Number(seconds) * 1e6 + Number(fraction.slice(0, 6));
}
