import { getDomain } from 'tldts';

/** What the labels of a name below its parent look like. */
export interface NameShape {
  /** The part somebody registered, `example.org`; of names that have none, the last two labels. */
  readonly parent: string;
  /** Bytes of the longest label below the parent. */
  readonly longest: number;
  /** Bytes in them. */
  readonly letters: number;
  /** Of the letters, in thousandths of a bit each (Shannon): 2,000 for hexadecimal of even use is 4,000. */
  readonly entropyMilli: number;
  /** Bytes outside printable ASCII: names of hosts have none, also those in other scripts (RFC 5890). */
  readonly hasOddBytes: boolean;
}

/** RFC 1035 2.3.4, with every byte as `\DDD`. */
const MAX_TEXT = 1_024;

/** The shape of a name as records have it (RFC 1035 5.1: bytes as `\DDD`); null for names of one or two labels. */
export function nameShape(name: string): NameShape | null {
  if (name.length > MAX_TEXT) return null;
  const labels = labelsOf(name);
  const parentLabels = parentCount(name, labels);
  if (labels.length <= parentLabels) return null;
  const parent = labels
    .slice(-parentLabels)
    .map(({ text }) => text)
    .join('.')
    .toLowerCase();
  const counts = new Map<number, number>();
  let letters = 0;
  let longest = 0;
  let hasOddBytes = false;
  for (const { bytes } of labels.slice(0, -parentLabels)) {
    longest = Math.max(longest, bytes.length);
    for (const byte of bytes) {
      // Case is not told apart: resolvers may mix it (draft-vixie-dnsext-dns0x20).
      const letter = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
      counts.set(letter, (counts.get(letter) ?? 0) + 1);
      letters += 1;
      if (byte < 0x20 || byte > 0x7e) hasOddBytes = true;
    }
  }
  let bits = 0;
  // In the order of the bytes, so that the sum is the same for the same letters.
  for (const [, count] of [...counts].sort((a, b) => a[0] - b[0])) {
    bits -= (count / letters) * Math.log2(count / letters);
  }
  return {
    parent,
    longest,
    letters,
    entropyMilli: letters === 0 ? 0 : Math.round(bits * 1000),
    hasOddBytes,
  };
}

interface Label {
  readonly text: string;
  readonly bytes: readonly number[];
}

function labelsOf(name: string): readonly Label[] {
  const labels: Label[] = [];
  let text = '';
  let bytes: number[] = [];
  for (let at = 0; at < name.length; at += 1) {
    const letter = name[at] as string;
    if (letter === '.') {
      if (bytes.length > 0) labels.push({ text, bytes });
      text = '';
      bytes = [];
      continue;
    }
    const code = letter === '\\' ? /^\d{3}/.exec(name.slice(at + 1, at + 4))?.[0] : undefined;
    if (code !== undefined) {
      text += `\\${code}`;
      bytes.push(Number(code) & 255);
      at += 3;
    } else if (letter === '\\' && at + 1 < name.length) {
      at += 1;
      text += `\\${name[at]}`;
      bytes.push(name.charCodeAt(at) & 255);
    } else {
      text += letter;
      bytes.push(name.charCodeAt(at) & 255);
    }
  }
  if (bytes.length > 0) labels.push({ text, bytes });
  return labels;
}

/** How many labels the registered part has. */
function parentCount(name: string, labels: readonly Label[]): number {
  // The list of public endings knows plain names: bytes that are none stand before the parent.
  const tail = labels
    .slice(-4)
    .map(({ text }) => (/^[\w-]+$/.test(text) ? text : 'x'))
    .join('.');
  const domain = name.includes('.') ? getDomain(tail, { allowPrivateDomains: true }) : null;
  return domain === null ? 2 : domain.split('.').length;
}
