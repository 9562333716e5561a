/** What a file is, by its first bytes, and by its last ones or its name where the first are not enough. */
import { isUtf8 } from 'node:buffer';
import type { DownloadedFileType } from '../../../../records/kinds/file-download.js';

/** What is known about a file besides its bytes. */
export interface FileHints {
  /** Lower case, without the point: `apk`; "" when there is none. */
  readonly extension: string;
  /** As the server says, lower case; null when it does not. */
  readonly mediaType: string | null;
}

/** Files that a person runs, unpacks or opens in a programme of its own. Pages, pictures and films are not among them. */
const WORTHY: ReadonlySet<DownloadedFileType> = new Set<DownloadedFileType>([
  'apk',
  'pe',
  'mach-o',
  'elf',
  'dex',
  'jar',
  'zip',
  'dmg',
  'msi',
  'pkg',
  'ipa',
  'rar',
  '7z',
  'gzip',
  'script',
  'office',
  'pdf',
]);

const EXTENSIONS: ReadonlyMap<string, DownloadedFileType> = new Map<string, DownloadedFileType>([
  ...list('apk', 'apk', 'apks', 'xapk', 'apkm', 'aab'),
  ...list('pe', 'exe', 'dll', 'scr', 'sys', 'com', 'cpl', 'ocx'),
  ...list('elf', 'so', 'ko'),
  ...list('mach-o', 'dylib'),
  ...list('dex', 'dex', 'odex'),
  ...list('jar', 'jar', 'war', 'ear', 'aar'),
  ...list('zip', 'zip', 'xpi', 'crx', 'appx', 'msix'),
  ...list('dmg', 'dmg'),
  ...list('msi', 'msi', 'msp', 'msm'),
  ...list('pkg', 'pkg', 'mpkg'),
  ...list('ipa', 'ipa'),
  ...list('rar', 'rar'),
  ...list('7z', '7z'),
  ...list('gzip', 'gz', 'tgz'),
  ...list('script', 'sh', 'bat', 'cmd', 'ps1', 'vbs', 'vbe', 'hta', 'wsf', 'jse', 'command', 'scpt'),
  ...list('office', 'doc', 'docx', 'docm', 'dot', 'dotm', 'xls', 'xlsx', 'xlsm', 'xlsb', 'xll', 'rtf'),
  ...list('office', 'ppt', 'pptx', 'pptm', 'pps', 'ppsx', 'odt', 'ods', 'odp', 'one'),
  ...list('pdf', 'pdf'),
]);
/** Archives and images of disks that have no word of their own. */
const OTHER_WORTHY_EXTENSIONS = new Set([
  'tar',
  'xz',
  'bz2',
  'zst',
  'cab',
  'iso',
  'img',
  'vhd',
  'vhdx',
  'lnk',
  'deb',
  'rpm',
  'run',
  'bin',
  'mobileconfig',
  'mobileprovision',
  'ipsw',
]);

const MEDIA_TYPES: ReadonlyMap<string, DownloadedFileType> = new Map<string, DownloadedFileType>([
  ['application/vnd.android.package-archive', 'apk'],
  ['application/java-archive', 'jar'],
  ['application/x-apple-diskimage', 'dmg'],
  ['application/x-msi', 'msi'],
  ['application/x-msdownload', 'pe'],
  ['application/octet-stream+ipa', 'ipa'],
]);

const MAGIC: readonly (readonly [type: DownloadedFileType, bytes: Buffer, at?: number])[] = [
  ['elf', Buffer.from('\x7fELF', 'latin1')],
  ['dex', Buffer.from('dex\n')],
  ['dex', Buffer.from('dey\n')],
  ['mach-o', Buffer.from('cffaedfe', 'hex')],
  ['mach-o', Buffer.from('cefaedfe', 'hex')],
  ['mach-o', Buffer.from('feedfacf', 'hex')],
  ['mach-o', Buffer.from('feedface', 'hex')],
  ['pkg', Buffer.from('xar!')],
  ['rar', Buffer.from('Rar!\x1a\x07', 'latin1')],
  ['7z', Buffer.from('377abcaf271c', 'hex')],
  ['gzip', Buffer.from('1f8b08', 'hex')],
  ['office', Buffer.from('{\\rtf')],
  ['image', Buffer.from('ffd8ff', 'hex')],
  ['image', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
  ['image', Buffer.from('GIF8')],
  ['image', Buffer.from('00000100', 'hex')],
  ['image', Buffer.from('II*\0', 'latin1')],
  ['image', Buffer.from('MM\0*', 'latin1')],
  ['image', Buffer.from('WEBP'), 8],
  ['image', Buffer.from('ftyphei'), 4],
  ['image', Buffer.from('ftypmif1'), 4],
  ['image', Buffer.from('ftypavif'), 4],
  ['media', Buffer.from('ftyp'), 4],
  ['media', Buffer.from('RIFF')],
  ['media', Buffer.from('ID3')],
  ['media', Buffer.from('OggS')],
  ['media', Buffer.from('fLaC')],
  ['media', Buffer.from('#!AMR')],
  ['media', Buffer.from('1a45dfa3', 'hex')],
  ['media', Buffer.from('FLV\x01', 'latin1')],
  ['media', Buffer.from('fffb', 'hex')],
  ['media', Buffer.from('fff1', 'hex')],
  ['script', Buffer.from('#!')],
  ['script', Buffer.from('<?php')],
];

const COMPOUND = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const FAT = Buffer.from('cafebabe', 'hex');
/** A class of Java begins like a Mach-O file for several processors; its number there is 45 or more. */
const MAX_FAT_PARTS = 44;
const [LOCAL_HEADER, EMPTY_ZIP] = [Buffer.from('PK\x03\x04'), Buffer.from('PK\x05\x06')];
const CENTRAL_HEADER = Buffer.from('PK\x01\x02');
const MAX_MEMBERS = 512;
/** The last 512 bytes of an image of a disk of Apple begin with this. */
const KOLY = Buffer.from('koly');
const KOLY_BYTES = 512;
const PAGE_STARTS = ['<!doctype', '<html', '<head', '<body', '<script', '<title', '<meta', '<iframe', '<!--'];

/** Whether a file is worth a record of its own, by its first bytes or by what is said about it. */
export function isWorthy(type: DownloadedFileType): boolean {
  return WORTHY.has(type);
}

/** Whether files of this name are: programmes, archives, documents. */
export function isWorthyExtension(extension: string): boolean {
  return EXTENSIONS.has(extension) || OTHER_WORTHY_EXTENSIONS.has(extension);
}

/** `head`: the first bytes, some hundred at least; `tail`: the last ones, empty when they are not known. */
export function fileTypeOf(head: Buffer, tail: Buffer, hints: FileHints): DownloadedFileType {
  const hint = EXTENSIONS.get(hints.extension) ?? MEDIA_TYPES.get(hints.mediaType ?? '') ?? null;
  if (isProgramOfWindows(head)) return 'pe';
  if (begins(head, LOCAL_HEADER) || begins(head, EMPTY_ZIP)) return archiveType(head, tail, hint);
  if (begins(head, COMPOUND)) return hint === 'msi' ? 'msi' : 'office';
  if (begins(head, FAT) && head.length >= 8 && head.readUInt32BE(4) <= MAX_FAT_PARTS) return 'mach-o';
  for (const [type, bytes, at] of MAGIC) if (begins(head, bytes, at)) return type;
  if (head.subarray(0, 1024).includes('%PDF-')) return 'pdf';
  if (tail.length >= KOLY_BYTES && begins(tail, KOLY, tail.length - KOLY_BYTES)) return 'dmg';
  if (isText(head)) return textType(head, hint);
  // Images of disks have no first bytes of their own.
  return hint === 'dmg' ? 'dmg' : 'other';
}

/** Extension of a name in lower case; "" when there is none. */
export function extensionOf(name: string): string {
  const point = name.lastIndexOf('.');
  const extension = point === -1 ? '' : name.slice(point + 1);
  return extension.length <= 15 ? extension.toLowerCase() : '';
}

// A loop: this is asked some forty times of every body, and a call of Buffer costs more than the bytes.
function begins(bytes: Buffer, start: Buffer, at = 0): boolean {
  if (bytes.length < at + start.length) return false;
  for (let index = 0; index < start.length; index += 1) if (bytes[at + index] !== start[index]) return false;
  return true;
}

/** PE format: "MZ", and at the place that the four bytes at 60 name, "PE" and two zero bytes. */
function isProgramOfWindows(head: Buffer): boolean {
  if (head.length < 64 || head[0] !== 77 || head[1] !== 90) return false;
  const at = head.readUInt32LE(60);
  return at + 4 > head.length ? at < 65_536 : head.readUInt32BE(at) === 0x50450000;
}

/** What an archive is, by the names of those members that can be seen. */
function archiveType(head: Buffer, tail: Buffer, hint: DownloadedFileType | null): DownloadedFileType {
  let isJar = false;
  for (const name of [
    ...memberNames(head, LOCAL_HEADER, 26, 30),
    ...memberNames(tail, CENTRAL_HEADER, 28, 46),
  ]) {
    if (name === 'AndroidManifest.xml' || name === 'classes.dex') return 'apk';
    if (name.startsWith('Payload/')) return 'ipa';
    if (name === '[Content_Types].xml' || /^(word|xl|ppt)\//.test(name)) return 'office';
    if (name === 'META-INF/MANIFEST.MF') isJar = true;
  }
  if (hint === 'apk' || hint === 'ipa' || hint === 'jar' || hint === 'office') return hint;
  return isJar ? 'jar' : 'zip';
}

function memberNames(bytes: Buffer, signature: Buffer, lengthAt: number, nameAt: number): string[] {
  const names: string[] = [];
  let at = bytes.indexOf(signature);
  while (at !== -1 && names.length < MAX_MEMBERS) {
    if (at + nameAt > bytes.length) break;
    const start = at + nameAt;
    names.push(bytes.toString('latin1', start, start + Math.min(bytes.readUInt16LE(at + lengthAt), 256)));
    at = bytes.indexOf(signature, start);
  }
  return names;
}

function textType(head: Buffer, hint: DownloadedFileType | null): DownloadedFileType {
  const start = head.toString('latin1', 0, 256).replace('\xef\xbb\xbf', '').trimStart().toLowerCase();
  if (start.startsWith('<svg')) return 'image';
  if (PAGE_STARTS.some((page) => start.startsWith(page))) return 'html';
  return hint === 'script' ? 'script' : 'text';
}

/** No control characters but those of text, and bytes above 127 only as letters of some language have them. */
function isText(head: Buffer): boolean {
  let high = 0;
  for (let at = 0; at < head.length; at += 1) {
    const byte = head[at] as number;
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12 && byte !== 27) return false;
    if (byte === 127) return false;
    if (byte > 127) high += 1;
  }
  // Of another encoding a text in Latin letters has few; the last character may be cut.
  return head.length > 0 && (high * 4 < head.length || isUtf8(head.subarray(0, wholeCharacters(head))));
}

/** Length without the last character where its bytes are not all there. */
function wholeCharacters(head: Buffer): number {
  for (let at = head.length - 1; at >= 0 && at >= head.length - 4; at -= 1)
    if ((head[at] as number) >= 0xc0) return at;
  return head.length;
}

function list(type: DownloadedFileType, ...extensions: readonly string[]): [string, DownloadedFileType][] {
  return extensions.map((extension) => [extension, type]);
}
