import type { Detector, FindingDraft } from '../../../../core/contracts.js';
import type { CalendarEvent } from '../../../../records/kinds/calendar-event.js';
import { earliest, pointersOf, Sightings, shown, yesNo } from '../../sightings.js';

// The words of the invitations, exactly so, as the Mobile Verification Toolkit has published them since 2023.
const SUMMARY = 'Meeting';
const DESCRIPTION = 'Notes';

/**
 * Calendar entries worded like the invitations by which QuaDream's exploit reached phones without a touch (Citizen Lab
 * and Microsoft, April 2023). Those were sent by accounts of the operator and dated in the past, since a past invitation
 * enters the calendar without a notice.
 *
 * Shows that an entry has those words. Does not show that an attack worked; the words are short, and people use them.
 */
export const detector: Detector<CalendarEvent> = {
  id: 'ios/quadream-invite',
  version: 1,
  watches: ['calendar-event'],
  references: [
    'https://citizenlab.ca/2023/04/spyware-vendor-quadream-exploits-victims-customers/',
    'https://www.microsoft.com/en-us/security/blog/2023/04/11/dev-0196-quadreams-kingspawn-malware-used-to-target-civil-society-in-europe-north-america-the-middle-east-and-southeast-asia/',
    'https://attack.mitre.org/techniques/T1664/',
  ],

  start() {
    const sightings = new Sightings<CalendarEvent>();
    return {
      see(record) {
        if (record.summary !== SUMMARY || record.description !== DESCRIPTION) return;
        // Several invitations of one account are one attempt.
        sightings.add(record, organizerOf(record));
      },
      end: () => sightings.groups().map(findingOf),
    };
  },
};

function organizerOf({ organizerEmail, organizerPhoneNumber }: CalendarEvent): string | null {
  return organizerEmail?.toLowerCase() ?? organizerPhoneNumber;
}

/** Entered into the calendar when it was over already. */
function isBackdated({ createdAt, endAt, at }: CalendarEvent): boolean {
  const end = endAt ?? at;
  return createdAt !== null && end !== null && createdAt > end;
}

function findingOf(records: readonly CalendarEvent[]): FindingDraft {
  const organizer = records[0] ? organizerOf(records[0]) : null;
  const backdated = records.some(isBackdated);
  // Two common words are not an attempt, whoever wrote them; that the event was over when it came in makes it one.
  const fromOutside = organizer !== null || backdated;
  const evidence = pointersOf(records);
  return {
    severity: 'high',
    confidence: fromOutside ? 'medium' : 'low',
    shows: backdated ? 'attempt' : 'oddity',
    values: {
      count: evidence.length,
      hasOrganizer: yesNo(organizer !== null),
      organizer: shown(organizer ?? ''),
      backdated: yesNo(backdated),
    },
    at: earliest(records.map(({ createdAt, at }) => createdAt ?? at)),
    technique: 'T1664',
    evidence,
  };
}
