import type { Detector, FindingDraft } from '../../../../core/contracts.js';
import { millisecondsBetween } from '../../../../core/time.js';
import type { Chat } from '../../../../records/kinds/chat.js';
import { latest, pointersOf, Sightings, shown, shownTime, yesNo } from '../../sightings.js';

// The list of conversations and the messages are written one after the other.
const SAME_MOMENT_MILLISECONDS = 1_000;

/**
 * A messenger's list gives a conversation a later last message than any that is stored: one was deleted or never stored.
 * Shows that something is missing at the end. Does not show what it was or who removed it. The messenger's counters are
 * not used: in a published sample they stand at zero beside stored messages.
 */
export const detector: Detector<Chat> = {
  id: 'ios/missing-last-message',
  version: 1,
  watches: ['chat'],
  references: ['https://docs.mvt.re/en/latest/ios/records/'],

  start() {
    const sightings = new Sightings<Chat>();
    return {
      see(record) {
        const { at, lastStoredMessageAt } = record;
        // Without any stored message the conversation was emptied, which is everyday.
        if (at === null || lastStoredMessageAt === null) return;
        if (millisecondsBetween(lastStoredMessageAt, at) <= SAME_MOMENT_MILLISECONDS) return;
        sightings.add(record, record.source.path, record.service);
      },
      end: () => sightings.groups().map(findingOf),
    };
  },
};

/** One finding for a messenger: people clean up many conversations at once. */
function findingOf(records: readonly Chat[]): FindingDraft {
  const newest = latest(records.map(({ at }) => at));
  const example = records.find(({ at }) => at === newest);
  const name = example?.name ?? example?.address ?? null;
  return {
    severity: 'info',
    confidence: 'medium',
    shows: 'advice',
    values: {
      service: shown(example?.service ?? ''),
      count: pointersOf(records).length,
      hasName: yesNo(name !== null),
      name: shown(name ?? ''),
      listed: shownTime(newest),
      stored: shownTime(example?.lastStoredMessageAt ?? null),
    },
    at: newest,
    evidence: pointersOf(records),
  };
}
