import type { Detector, FindingDraft } from '../../../../core/contracts.js';
import type { Attachment } from '../../../../records/kinds/attachment.js';
import { earliest, pointersOf, Sightings, shown, yesNo } from '../../sightings.js';

// Received files belong below ~/Library/SMS/Attachments. The rule is that of the Mobile Verification Toolkit.
const TEMPORARY = /^(?:\/private)?\/var\/tmp\/.*-1$/s;

/**
 * A received attachment lies in the folder for passing files, under a name that ends in "-1".
 * Shows that something left the message in an unusual place. Does not show what the file was.
 */
export const detector: Detector<Attachment> = {
  id: 'ios/attachment-in-temp',
  version: 1,
  watches: ['attachment'],
  references: ['https://docs.mvt.re/en/latest/ios/records/', 'https://attack.mitre.org/techniques/T1664/'],

  start() {
    const sightings = new Sightings<Attachment>();
    return {
      see(record) {
        if (record.direction !== 'incoming' || !TEMPORARY.test(record.filePath ?? '')) return;
        sightings.add(record, record.sender?.toLowerCase() ?? null);
      },
      end: () => sightings.groups().map(findingOf),
    };
  },
};

function findingOf(records: readonly Attachment[]): FindingDraft {
  const evidence = pointersOf(records);
  const sender = records[0]?.sender ?? null;
  return {
    severity: 'medium',
    confidence: 'low',
    values: {
      count: evidence.length,
      path: shown(records[0]?.filePath ?? ''),
      hasSender: yesNo(sender !== null),
      sender: shown(sender ?? ''),
    },
    at: earliest(records.map(({ at, startedAt }) => at ?? startedAt)),
    technique: 'T1664',
    evidence,
  };
}
