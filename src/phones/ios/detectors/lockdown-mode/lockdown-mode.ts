import type { Detector, FindingDraft } from '../../../../core/contracts.js';
import type { Preference } from '../../../../records/kinds/preference.js';
import { pointersOf, Sightings } from '../../sightings.js';

const KEY = 'LDMGlobalEnabled';

/**
 * Whether Lockdown Mode is on. The setting appears when the mode is switched for the first time, so its absence means
 * that it was never on, and that is nothing to report. Shows a protection, or the lack of one; never an attack.
 */
export const detector: Detector<Preference> = {
  id: 'ios/lockdown-mode',
  version: 1,
  watches: ['preference'],
  references: ['https://support.apple.com/105120', 'https://github.com/mvt-project/mvt/issues/384'],

  start() {
    const sightings = new Sightings<Preference>();
    return {
      see(record) {
        if (record.domain !== '.GlobalPreferences' || record.key !== KEY) return;
        const state = stateOf(record.valueJson);
        if (state) sightings.add(record, state);
      },
      end: () => sightings.groups().map(findingOf),
    };
  },
};

/** Property lists hold switches as truth values or as 1 and 0. */
function stateOf(valueJson: string): 'enabled' | 'off' | null {
  if (valueJson === 'true' || valueJson === '1') return 'enabled';
  return valueJson === 'false' || valueJson === '0' ? 'off' : null;
}

function findingOf(records: readonly Preference[]): FindingDraft {
  const state = stateOf(records[0]?.valueJson ?? '') ?? 'off';
  return {
    severity: state === 'enabled' ? 'info' : 'low',
    confidence: 'high',
    shows: 'advice',
    variant: state,
    values: {},
    at: null,
    evidence: pointersOf(records),
  };
}
