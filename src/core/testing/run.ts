/** Shared test tools: run a reader over a file, a detector over records. */
import { recordKinds } from '../../records/kinds.generated.js';
import { EMPTY_PROFILE } from '../case-profile.js';
import type {
  Detector,
  DetectorContext,
  EvidenceFile,
  EvidenceRecord,
  EvidenceSource,
  FindingDraft,
  IndicatorMatcher,
  Observable,
  PassedOver,
  Problem,
  ReadContext,
  Reader,
  ReadItem,
  SweepReader,
  Tally,
} from '../contracts.js';

/** A moment for tests, so that results repeat. */
export const TEST_NOW = '2026-01-01T00:00:00.000000Z';

/** A matcher that knows no indicator. */
export const NO_INDICATORS: IndicatorMatcher = { size: 0, match: () => [] };

/** What a reader said. */
export interface Said<R extends EvidenceRecord> {
  readonly records: R[];
  readonly problems: Problem[];
  /** Entries that left no record. */
  readonly passedOver: number;
  /** Left out by readers that count nothing. */
  readonly tallies?: Tally[];
}

/** All a reader says about a file. Records of known kinds are checked against their schemas. */
export function readAll<R extends EvidenceRecord>(
  reader: Reader<R>,
  file: EvidenceFile,
  context: Partial<ReadContext> = {},
): Promise<Said<R>> {
  return saidBy(reader.read(file, { now: TEST_NOW, ...context }));
}

/** All a sweep says about a source. */
export function sweepAll<R extends EvidenceRecord>(
  reader: SweepReader<R>,
  source: EvidenceSource,
  context: Partial<ReadContext> = {},
): Promise<Said<R>> {
  return saidBy(reader.sweep(source, { now: TEST_NOW, ...context }));
}

async function saidBy<R extends EvidenceRecord>(items: AsyncIterable<ReadItem<R>>): Promise<Said<R>> {
  const records: R[] = [];
  const problems: Problem[] = [];
  const tallies: Tally[] = [];
  let passedOver = 0;
  for await (const item of items) {
    if (item.kind === 'problem') {
      problems.push(item as Problem);
      continue;
    }
    if (item.kind === 'passed-over') {
      passedOver += (item as PassedOver).count;
      continue;
    }
    if (item.kind === 'tally') {
      tallies.push(item as Tally);
      continue;
    }
    recordKinds.get(item.kind)?.schema.parse(item);
    records.push(item as R);
  }
  return { records, problems, passedOver, ...(tallies.length > 0 ? { tallies } : {}) };
}

/** What a detector finds in records, and in tallies of different words. */
export function detect<R extends EvidenceRecord>(
  detector: Detector<R>,
  records: readonly R[],
  context: Partial<DetectorContext> = {},
  tallies: readonly Tally[] = [],
): readonly FindingDraft[] {
  const detection = detector.start({
    now: TEST_NOW,
    matcher: NO_INDICATORS,
    observablesOf: (): readonly Observable[] => [],
    profile: EMPTY_PROFILE,
    givenPath: ({ evidence, path }) => ({ given: evidence, below: path.split('/') }),
    ...context,
  });
  for (const record of records) detection.see(record);
  for (const tally of tallies) detection.weigh?.(tally);
  return detection.end();
}
