import { z } from 'zod';
import type { Observable, RecordKind } from '../../core/contracts.js';
import { extractLinks, forwardTarget } from '../links.js';
import { entries, observables, recordBase, textOrNull, timeOrNull } from '../record-base.js';

/** A calendar entry. `at` = its start. */
export const calendarEventSchema = z.object({
  kind: z.literal('calendar-event'),
  ...recordBase,
  summary: textOrNull,
  description: textOrNull,
  url: textOrNull,
  /** Address of a video call, where the artifact keeps it apart. */
  conferenceUrl: z.string().optional(),
  /** Place as written. Unwanted invitations put links here. */
  location: z.string().optional(),
  endAt: timeOrNull,
  createdAt: timeOrNull,
  modifiedAt: timeOrNull,
  allDay: z.boolean().nullable(),
  organizerEmail: textOrNull,
  organizerPhoneNumber: textOrNull,
  organizerModifiedAt: timeOrNull,
  attendeeEmails: z.array(z.string()),
});

export type CalendarEvent = z.infer<typeof calendarEventSchema>;

export const calendarEvent: RecordKind<CalendarEvent> = {
  kind: 'calendar-event',
  schema: calendarEventSchema,
  observables(record) {
    const list: Observable[] = observables('email', 'scheduled', [
      record.organizerEmail,
      ...record.attendeeEmails,
    ]);
    list.push(...observables('phone-number', 'scheduled', [record.organizerPhoneNumber]));
    const text = [record.summary, record.description, record.url, record.conferenceUrl, record.location]
      .filter(Boolean)
      .join('\n');
    const links = extractLinks(text);
    list.push(...observables('url', 'scheduled', [...links, ...links.map(forwardTarget)]));
    return list;
  },
  timeline: (record) => {
    const text = record.summary ?? '';
    return entries(
      [record.at, 'event-starts', text],
      [record.endAt, 'event-ends', text],
      [record.createdAt, 'event-created', text],
      [record.modifiedAt, 'event-modified', text],
      [record.organizerModifiedAt, 'event-organizer-modified', text],
    );
  },
};
