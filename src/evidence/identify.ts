/** File formats told apart by their first bytes. */
export type FileFormat =
  | 'empty'
  | 'zip'
  | 'gzip'
  | 'tar'
  | 'bzip2'
  | 'xz'
  | 'zstd'
  | '7z'
  | 'rar'
  | 'sqlite'
  | 'bplist'
  | 'xml-plist'
  | 'xml'
  | 'html'
  | 'json'
  | 'mbdb'
  | 'android-backup'
  | 'age'
  | 'pdf'
  | 'png'
  | 'jpeg'
  | 'gif'
  | 'elf'
  | 'mach-o'
  | 'pe'
  | 'pcap'
  | 'pcapng'
  | 'text'
  | 'unknown';

const MAGIC: readonly (readonly [FileFormat, number, string])[] = [
  // APPNOTE.TXT 4.3.7, 4.3.16 (an empty archive) and 8.5.4 (the mark of a spanned one).
  ['zip', 0, 'PK\x03\x04'],
  ['zip', 0, 'PK\x05\x06'],
  ['zip', 0, 'PK\x07\x08'],
  // RFC 1952 2.3.1; method 8 is the only one ever used.
  ['gzip', 0, '\x1f\x8b\x08'],
  // Levels 1 to 9 ("BZIP2: Format Specification" 2.2.1); a text may well begin with the three letters.
  ...Array.from({ length: 9 }, (_, n): [FileFormat, number, string] => ['bzip2', 0, `BZh${n + 1}`]),
  ['xz', 0, '\xfd7zXZ\x00'],
  ['zstd', 0, '\x28\xb5\x2f\xfd'],
  // RFC 8878 3.1.2: frames to be skipped, which some programs write first.
  ...Array.from({ length: 16 }, (_, n): [FileFormat, number, string] => [
    'zstd',
    0,
    `${String.fromCharCode(0x50 + n)}\x2a\x4d\x18`,
  ]),
  ['7z', 0, '7z\xbc\xaf\x27\x1c'],
  ['rar', 0, 'Rar!\x1a\x07'],
  // https://www.sqlite.org/fileformat2.html 1.3.1
  ['sqlite', 0, 'SQLite format 3\x00'],
  ['bplist', 0, 'bplist0'],
  ['mbdb', 0, 'mbdb\x05\x00'],
  ['android-backup', 0, 'ANDROID BACKUP\n'],
  // https://c2sp.org/age: the first line names the version; the text form begins as PEM does.
  ['age', 0, 'age-encryption.org/v'],
  ['age', 0, '-----BEGIN AGE ENCRYPTED FILE-----'],
  ['pdf', 0, '%PDF-'],
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['jpeg', 0, '\xff\xd8\xff'],
  ['gif', 0, 'GIF8'],
  ['elf', 0, '\x7fELF'],
  ['mach-o', 0, '\xcf\xfa\xed\xfe'],
  ['mach-o', 0, '\xce\xfa\xed\xfe'],
  ['pe', 0, 'MZ'],
  ['pcap', 0, '\xd4\xc3\xb2\xa1'],
  ['pcap', 0, '\xa1\xb2\xc3\xd4'],
  // With nanoseconds, and with the longer packet headers of patched versions.
  ['pcap', 0, '\x4d\x3c\xb2\xa1'],
  ['pcap', 0, '\xa1\xb2\x3c\x4d'],
  ['pcap', 0, '\x34\xcd\xb2\xa1'],
  ['pcap', 0, '\xa1\xb2\xcd\x34'],
  ['pcapng', 0, '\x0a\x0d\x0d\x0a'],
  // POSIX.1 pax "ustar\0"; GNU "ustar ".
  ['tar', 257, 'ustar\x00'],
  ['tar', 257, 'ustar '],
];

/** Bytes `identify` needs: one tar header. */
export const IDENTIFY_BYTES = 512;

/**
 * Names the format of a file by its content. Names of files are not trusted: evidence arrives renamed.
 *
 * @example
 * identify(Buffer.from('SQLite format 3\0')); // 'sqlite'
 */
export function identify(head: Uint8Array): FileFormat {
  if (head.byteLength === 0) return 'empty';
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, IDENTIFY_BYTES));
  const latin = start.toString('latin1');
  for (const [format, offset, magic] of MAGIC) if (latin.startsWith(magic, offset)) return format;
  if (isTarOfOld(start)) return 'tar';
  return identifyText(start);
}

// Before POSIX tar headers had no magic, only a checksum over the other bytes (POSIX.1-1988, "Extended tar format").
function isTarOfOld(block: Buffer): boolean {
  if (block.byteLength < 512 || block[0] === 0) return false;
  const stated = /^ *([0-7]{1,7})[ \0]/.exec(block.toString('latin1', 148, 156))?.[1];
  if (stated === undefined) return false;
  let sum = 8 * 0x20;
  for (const [index, byte] of block.entries()) if (index < 148 || index >= 156) sum += byte;
  return Number.parseInt(stated, 8) === sum;
}

function identifyText(start: Buffer): FileFormat {
  const text = decodeText(start);
  if (text === null) return 'unknown';
  const trimmed = text.trimStart();
  if (/^<\?xml|^<!DOCTYPE plist|^<plist/i.test(trimmed)) {
    return /<!DOCTYPE plist|<plist/i.test(trimmed) ? 'xml-plist' : 'xml';
  }
  if (/^<(!DOCTYPE html|html)/i.test(trimmed)) return 'html';
  if (/^(\{\s*["}]|\[\s*[[{"\]\d-])/.test(trimmed)) return 'json';
  return 'text';
}

// Text has no control characters besides white space; UTF-16 is known by its byte order mark.
function decodeText(start: Buffer): string | null {
  const isUtf16 = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff);
  if (isUtf16) return new TextDecoder(start[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(start);
  for (const byte of start) {
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x1b) {
      return null;
    }
  }
  return new TextDecoder('utf-8').decode(start);
}

/** pcap has 24 bytes before its first packet, pcapng 28 before its first option. */
const CAPTURE_START_BYTES = 24;
/** The newest version of pcap is 2.4, and no other first part was ever written. */
const [PCAP_MAJOR, PCAP_MINOR] = [2, 4];

/**
 * Whether content begins as a capture of network traffic does: by more than the four bytes that {@link identify} looks
 * at, which anybody can put in front of something else.
 */
export function isCapture(head: Uint8Array): boolean {
  if (head.byteLength < CAPTURE_START_BYTES) return false;
  const start = new DataView(head.buffer, head.byteOffset, CAPTURE_START_BYTES);
  const magic = start.getUint32(0);
  if (magic === 0x0a0d0d0a) {
    // draft-ietf-opsawg-pcapng 4.1: byte-order magic, then version 1.
    const byteOrder = start.getUint32(8);
    const isLittle = byteOrder === 0x4d3c2b1a;
    return (isLittle || byteOrder === 0x1a2b3c4d) && start.getUint16(12, isLittle) === 1;
  }
  const isLittle = PCAP_MAGICS.has(start.getUint32(0, true));
  if (!isLittle && !PCAP_MAGICS.has(magic)) return false;
  return start.getUint16(4, isLittle) === PCAP_MAJOR && start.getUint16(6, isLittle) <= PCAP_MINOR;
}

const PCAP_MAGICS: ReadonlySet<number> = new Set([0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34]);

/** The time of a request as web servers write it: `[04/Sep/2025:09:34:00 -0600]` (Apache mod_log_config, `%t`). */
const REQUEST_TIME =
  /\[\d{2}\/(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}\] "/;
const REQUEST_LOG_LINES = 8;
const REQUEST_LOG_BYTES = 8_192;

/** Whether content begins as the log of a web server does: its first whole lines, of which there must be some, are requests. */
export function isRequestLog(head: Uint8Array): boolean {
  const text = Buffer.from(
    head.buffer,
    head.byteOffset,
    Math.min(head.byteLength, REQUEST_LOG_BYTES),
  ).toString('latin1');
  const lines = text.split('\n', REQUEST_LOG_LINES + 1).slice(0, -1);
  return lines.length >= REQUEST_LOG_LINES && lines.every((line) => REQUEST_TIME.test(line));
}
