import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { networkEnds } from '../network-ends.js';
import { entries, fileHashes, observables, recordBase, textOrNull } from '../record-base.js';

/** What a downloaded file is, by its first bytes. */
export const FILE_TYPES = [
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
  'html',
  'image',
  'media',
  'text',
  'other',
] as const;

/** A file that travelled in the clear, or that a log tells of. `at` and `source`: its first packet. */
export const fileDownloadSchema = z.object({
  kind: z.literal('file-download'),
  ...recordBase,
  ...networkEnds,
  /** `http`, `smtp`, `ftp-data`, as the log calls it. */
  protocol: z.string(),
  direction: z.enum(['download', 'upload']),
  url: textOrNull,
  /** As the server names it (Content-Disposition), else the last part of the address. */
  name: textOrNull,
  /** As the server says. */
  mediaType: textOrNull,
  fileType: z.enum(FILE_TYPES),
  /** Bytes received. */
  sizeBytes: z.number().nullable(),
  /** False when parts are missing in the capture: then there are no hashes. */
  isWhole: z.boolean(),
  ...fileHashes,
});

export type FileDownload = z.infer<typeof fileDownloadSchema>;
export type DownloadedFileType = FileDownload['fileType'];

export const fileDownload: RecordKind<FileDownload> = {
  kind: 'file-download',
  schema: fileDownloadSchema,
  observables: (record) => [
    ...observables('hash', 'received', [record.sha256, record.sha1, record.md5]),
    ...observables('url', 'contacted', [record.url]),
  ],
  timeline: (record) => entries([record.at, 'file-transferred', record.url ?? record.name ?? '']),
};
