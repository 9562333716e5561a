import type { Detector, FindingDraft } from '../../../../core/contracts.js';
import type { Device } from '../../../../records/kinds/device.js';
import { newerVersionFor, VERSIONS_KNOWN_AT } from '../../ios-versions.js';
import { pointersOf, Sightings, shown, shownTime, yesNo } from '../../sightings.js';

/**
 * The system is older than the newest that was known for the device when this edition of Vigía was made.
 * Shows that holes closed since then are open. Does not show that anybody used them.
 */
export const detector: Detector<Device> = {
  id: 'ios/outdated-system',
  version: 1,
  watches: ['device'],
  references: ['https://support.apple.com/100100', 'https://endoflife.date/ios'],

  start() {
    const sightings = new Sightings<Device>();
    return {
      see(record) {
        if (record.platform !== 'ios' || record.osVersion === null) return;
        if (newerVersionFor(record.osVersion, record.model) === null) return;
        sightings.add(record, record.serialNumber, record.model, record.osVersion);
      },
      end: () => sightings.groups().flatMap(findingOf),
    };
  },
};

function findingOf(records: readonly Device[]): FindingDraft[] {
  const [first] = records;
  const newer = first?.osVersion ? newerVersionFor(first.osVersion, first.model) : null;
  if (!first?.osVersion || !newer) return [];
  return [
    {
      severity: 'info',
      confidence: 'high',
      shows: 'advice',
      values: {
        system: first.model?.startsWith('iPad') ? 'iPadOS' : 'iOS',
        version: shown(first.osVersion),
        newest: newer.version,
        fitsModel: yesNo(newer.fitsModel),
        hasModel: yesNo(first.modelName !== null),
        model: shown(first.modelName ?? ''),
        hasTime: yesNo(first.at !== null),
        time: shownTime(first.at),
        knownAt: VERSIONS_KNOWN_AT,
      },
      at: first.at,
      evidence: pointersOf(records),
    },
  ];
}
