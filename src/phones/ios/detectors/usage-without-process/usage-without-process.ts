import type { Detector, FindingDraft } from '../../../../core/contracts.js';
import type { ProcessUsage } from '../../../../records/kinds/process-usage.js';
import { earliest, latest, pointersOf, Sightings, shownTime, yesNo } from '../../sightings.js';

/**
 * Network use was counted for a process whose own entry is gone. The system removes both together; removing only the
 * name was seen where Pegasus cleaned up after itself (Amnesty International, 2021).
 *
 * Shows that the two tables disagree. Does not show which process it was, nor who removed the entry. Where the
 * database is damaged, or the row names no process at all, there is a plain explanation and it weighs little.
 */
export const detector: Detector<ProcessUsage> = {
  id: 'ios/usage-without-process',
  version: 1,
  watches: ['process-usage'],
  references: [
    'https://www.amnesty.org/en/latest/research/2021/07/forensic-methodology-report-how-to-catch-nso-groups-pegasus/',
    'https://attack.mitre.org/techniques/T1630/',
  ],

  start() {
    // Numbers of processes belong to their database: the same number in another file is another process.
    const sightings = new Sightings<ProcessUsage>();
    return {
      see(record) {
        if (record.usageId === null || record.processId !== null) return;
        sightings.add(record, record.source.path, record.usageProcessId);
      },
      end: () => sightings.groups().map(findingOf),
    };
  },
};

function findingOf(records: readonly ProcessUsage[]): FindingDraft {
  const times = records.map(({ at }) => at);
  const first = earliest(times);
  const evidence = pointersOf(records);
  const processId = records[0]?.usageProcessId ?? null;
  const received = kilobytes(records, ['wifiInBytes', 'cellularInBytes']);
  const sent = kilobytes(records, ['wifiOutBytes', 'cellularOutBytes']);
  const values = {
    // As text: it is a name, not an amount, and must not get a thousands separator.
    process: processId === null ? '' : String(processId),
    rows: evidence.length,
    hasTime: yesNo(first !== null),
    first: shownTime(first),
    last: shownTime(latest(times)),
    hasAmount: yesNo(received + sent > 0),
    received,
    sent,
  };
  const base = { values, at: first, evidence };
  if (records.some(({ recovered }) => recovered))
    return { ...base, severity: 'low', confidence: 'low', variant: 'damaged' };
  if (processId === null) return { ...base, severity: 'low', confidence: 'low', variant: 'unattributed' };
  return { ...base, severity: 'high', confidence: 'medium', shows: 'oddity', technique: 'T1630' };
}

type Counter = 'wifiInBytes' | 'wifiOutBytes' | 'cellularInBytes' | 'cellularOutBytes';

function kilobytes(records: readonly ProcessUsage[], counters: readonly Counter[]): number {
  let bytes = 0;
  for (const record of records) for (const counter of counters) bytes += Math.max(0, record[counter] ?? 0);
  return Number.isFinite(bytes) ? Math.ceil(bytes / 1_000) : 0;
}
