import { z } from 'zod';
import type { Observable, RecordKind } from '../../core/contracts.js';
import { extractLinks } from '../links.js';
import { entries, observables, recordBase, textOrNull } from '../record-base.js';

// Names that Plaso and the analysers of Timesketch give to columns that hold one thing.
const COLUMNS: readonly (readonly [type: Observable['type'], names: readonly string[]])[] = [
  ['url', ['url']],
  [
    'host',
    ['domain', 'hostname_visited', 'ip', 'ip_address', 'src_ip', 'dst_ip', 'source_ip', 'destination_ip'],
  ],
  ['hash', ['sha256_hash', 'sha1_hash', 'md5_hash', 'sha256', 'sha1', 'md5', 'hash']],
  ['file-path', ['filename', 'file_path', 'path']],
  ['process', ['process_name']],
];

/** One line of a time line that another program wrote, as an analyst exports it. */
export const timelineEventSchema = z.object({
  kind: z.literal('timeline-event'),
  ...recordBase,
  message: z.string(),
  /** What the time is of: "Content Modification Time", "Last Visited Time". */
  timeOf: textOrNull,
  /** What kind of event the program calls it: `fs:stat`, `chrome:history:page_visited`. */
  dataType: textOrNull,
  /** All other columns that are not empty, by their name. */
  fields: z.record(z.string(), z.string()),
});

export type TimelineEvent = z.infer<typeof timelineEventSchema>;

export const timelineEvent: RecordKind<TimelineEvent> = {
  kind: 'timeline-event',
  schema: timelineEventSchema,
  // Somebody's list says so; what the device did with it is in words only.
  observables: (record) => [
    ...observables('url', 'known', extractLinks(record.message)),
    ...COLUMNS.flatMap(([type, names]) =>
      observables(
        type,
        'known',
        names.map((name) => (Object.hasOwn(record.fields, name) ? record.fields[name] : null)),
      ),
    ),
  ],
  timeline: (record) =>
    entries([
      record.at,
      'timeline-event',
      record.timeOf === null ? record.message : `${record.timeOf}: ${record.message}`,
    ]),
};
