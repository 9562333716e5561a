/** The lines of tag files (RFC 8493, 2.1 to 2.2): each is either understood whole or a problem. */
import { decodeUtf8, type LineDecoder, lineDecoder } from './bag-lines.js';
import type { BagProblemCode } from './bag-problem.js';

/** Versions in use; those before 1.0 are drafts of the same format. */
const VERSIONS = ['0.93', '0.94', '0.95', '0.96', '0.97', '1.0'];

/** Length of a digest in hexadecimal characters, by algorithm as manifests are named (RFC 8493, 2.4). */
export const DIGEST_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['md5', 32],
  ['sha1', 40],
  ['sha224', 56],
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
]);

export interface Declaration {
  /** As of 1.0 each manifest lists every payload file, and "%" in names is encoded. */
  readonly isFinal: boolean;
  readonly decode: LineDecoder;
}

interface LineFault {
  readonly code: BagProblemCode;
  readonly line: number | null;
  readonly detail?: string;
}

/**
 * Reads `bagit.txt`. What is not as it has to be is a fault; the declaration is read on as far as its meaning is clear,
 * so that the rest of the bag can be looked at too.
 */
export function readDeclaration(lines: readonly Uint8Array[]): {
  readonly declaration: Declaration;
  readonly faults: readonly LineFault[];
} {
  const faults: LineFault[] = [];
  const [first, ...others] = lines.map((bytes) => decodeUtf8(bytes));
  const hasMark = first?.startsWith('\ufeff') ?? false;
  if (hasMark) faults.push({ code: 'bom', line: 1 });
  const texts = [hasMark ? first?.slice(1) : first, ...others];
  if (texts.length !== 2) faults.push({ code: 'bad-declaration', line: null });

  const version = fieldOf(texts[0], 'BagIt-Version', /^\d+\.\d+$/);
  if (version === null) faults.push({ code: 'bad-declaration', line: 1 });
  else if (!VERSIONS.includes(version)) {
    faults.push({ code: 'unsupported-version', line: 1, detail: version });
  }
  const encoding = fieldOf(texts[1], 'Tag-File-Character-Encoding', /^\S+$/);
  const decode = lineDecoder(encoding ?? 'UTF-8');
  if (encoding === null) faults.push({ code: 'bad-declaration', line: 2 });
  else if (decode === null) faults.push({ code: 'unsupported-encoding', line: 2, detail: encoding });
  const isFinal = version === null || !version.startsWith('0.');
  return { declaration: { isFinal, decode: decode ?? decodeUtf8 }, faults };
}

// Blanks at the end cannot be seen and change nothing; one before the colon is what RFC 8493, 2.1.1 does not allow.
function fieldOf(line: string | null | undefined, label: string, form: RegExp): string | null {
  if (!line?.startsWith(`${label}: `)) return null;
  const value = line.slice(label.length + 2).trim();
  return form.test(value) ? value : null;
}

/** `label: value`; null for anything else. */
export function readInfoLine(text: string, { isFinal }: Declaration): [string, string] | null {
  const colon = text.indexOf(':');
  if (colon < 1) return null;
  const label = text.slice(0, colon);
  // Blanks before the colon were allowed in the drafts (0.97, 2.2.2) and are not since (RFC 8493, 2.2.2).
  if (isFinal && label !== label.trim()) return null;
  return [label.trim(), text.slice(colon + 1).trim()];
}

/** `digest name`; null for anything else. */
export function readManifestLine(
  text: string,
  digestLength: number,
  declaration: Declaration,
): { readonly digest: string; readonly name: string } | null {
  const digest = text.slice(0, digestLength);
  const rest = text.slice(digestLength);
  const name = rest.replace(/^[ \t]+/, '');
  if (digest.length < digestLength || !/^[0-9A-Fa-f]+$/.test(digest)) return null;
  if (name === rest || name === '') return null;
  // md5sum and its kin mark files read as binary with "*".
  return { digest: digest.toLowerCase(), name: decodedName(name.replace(/^\*/, ''), declaration) };
}

/** Name a line of `fetch.txt` gives (URL LENGTH NAME); null when it is none. The address is not even looked at. */
export function readFetchLine(text: string, declaration: Declaration): string | null {
  const name = /^\S+[ \t]+(?:\d+|-)[ \t]+(\S.*)$/s.exec(text)?.[1];
  return name === undefined ? null : decodedName(name, declaration);
}

/** RFC 8493, 2.1.3: line ends and "%" are encoded, nothing else is; the drafts did not say so. */
function decodedName(name: string, { isFinal }: Declaration): string {
  if (!isFinal) return name;
  return name.replace(/%(0[AD]|25)/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
