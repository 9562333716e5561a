import type { DownloadedFileType } from '../../../records/kinds/file-download.js';

/** Media types that Zeek's signatures of first bytes give (its scripts base/frameworks/files/magic), and libmagic's. */
const BY_MEDIA_TYPE: ReadonlyMap<string, DownloadedFileType> = new Map([
  ['application/vnd.android.package-archive', 'apk'],
  ['application/x-dosexec', 'pe'],
  ['application/vnd.microsoft.portable-executable', 'pe'],
  ['application/x-mach-o-executable', 'mach-o'],
  ['application/x-mach-binary', 'mach-o'],
  ['application/x-executable', 'elf'],
  ['application/x-sharedlib', 'elf'],
  ['application/x-pie-executable', 'elf'],
  ['application/x-object', 'elf'],
  ['application/x-elf', 'elf'],
  ['application/java-archive', 'jar'],
  ['application/zip', 'zip'],
  ['application/x-apple-diskimage', 'dmg'],
  ['application/x-dmg', 'dmg'],
  ['application/x-msi', 'msi'],
  ['application/x-xar', 'pkg'],
  ['application/x-rar', 'rar'],
  ['application/vnd.rar', 'rar'],
  ['application/x-7z-compressed', '7z'],
  ['application/gzip', 'gzip'],
  ['application/x-gzip', 'gzip'],
  ['application/pdf', 'pdf'],
  ['text/html', 'html'],
  ['application/xhtml+xml', 'html'],
  ['application/javascript', 'script'],
  ['text/javascript', 'script'],
  ['application/msword', 'office'],
  ['application/vnd.ms-excel', 'office'],
  ['application/vnd.ms-powerpoint', 'office'],
  ['application/x-shockwave-flash', 'media'],
]);

/** How libmagic's descriptions begin, as Suricata keeps them; the first that fits. */
const BY_DESCRIPTION: readonly (readonly [begin: RegExp, type: DownloadedFileType])[] = [
  [/^Android (?:application )?package/i, 'apk'],
  [/^Dalvik dex/i, 'dex'],
  [/^(?:PE32|MS-DOS executable)/, 'pe'],
  [/^Mach-O/, 'mach-o'],
  [/^ELF /, 'elf'],
  [/^(?:Java archive|Zip archive data, .*jar)/i, 'jar'],
  [/^Composite Document File.*(?:MSI|Installer)/i, 'msi'],
  [
    /^(?:Composite Document File|Microsoft (?:Word|Excel|PowerPoint|OOXML)|OpenDocument|Rich Text)/i,
    'office',
  ],
  [/^iOS App/i, 'ipa'],
  [/^Zip archive/i, 'zip'],
  [/^xar archive/i, 'pkg'],
  [/^(?:Apple|.*compressed.*) disk image|^zlib compressed data.*dmg/i, 'dmg'],
  [/^RAR archive/i, 'rar'],
  [/^7-zip/i, '7z'],
  [/^gzip/i, 'gzip'],
  [/^PDF/i, 'pdf'],
  [/HTML document/i, 'html'],
  [/shell script|script.*text executable|^(?:Python|Perl|PHP|Ruby) script/i, 'script'],
  [/image data|^(?:PNG|JPEG|GIF) image|bitmap/i, 'image'],
  [/^(?:ISO Media|MPEG|RIFF|Matroska|WebM|Ogg|Audio|Macromedia Flash|FLAC|ADTS)/i, 'media'],
  [/text/i, 'text'],
];

/** What a packed file is by its name, when its first bytes only say that it is packed. */
const PACKED_NAMES: readonly (readonly [end: string, type: DownloadedFileType])[] = [
  ['.apk', 'apk'],
  ['.jar', 'jar'],
  ['.ipa', 'ipa'],
];

/** What a file is by its first bytes, from the media type that a log found in them. */
export function typeOfMedia(mediaType: string | null, name: string | null): DownloadedFileType {
  if (mediaType === null) return 'other';
  const plain = mediaType.toLowerCase();
  const known = BY_MEDIA_TYPE.get(plain);
  if (known !== undefined) return packed(known, name);
  if (plain.startsWith('application/vnd.openxmlformats') || plain.startsWith('application/vnd.oasis.'))
    return 'office';
  if (plain.startsWith('image/')) return 'image';
  if (plain.startsWith('audio/') || plain.startsWith('video/')) return 'media';
  if (/^(?:text|application)\/x-(?:.*shell.*|sh|perl|python|php|ruby|bat|powershell)/.test(plain))
    return 'script';
  return plain.startsWith('text/') ? 'text' : 'other';
}

/** The same from the description of libmagic: `PE32 executable (GUI) Intel 80386, for MS Windows`. */
export function typeOfDescription(description: string | null, name: string | null): DownloadedFileType {
  if (description === null) return 'other';
  const begin = description.slice(0, 200);
  const known = BY_DESCRIPTION.find(([pattern]) => pattern.test(begin))?.[1] ?? 'other';
  return packed(known, name);
}

function packed(type: DownloadedFileType, name: string | null): DownloadedFileType {
  if (type !== 'zip' || name === null) return type;
  const end = name.slice(-8).toLowerCase();
  return PACKED_NAMES.find(([ending]) => end.endsWith(ending))?.[1] ?? type;
}
