import type {
  EvidenceFile,
  EvidenceSource,
  Problem,
  ReadContext,
  RuleInfo,
  RulePack,
  SweepReader,
} from '../../../core/contracts.js';
import { problemOf } from '../../../core/evidence-error.js';
import { pointerTo, problemAt } from '../../../core/places.js';
import type { FileEntry } from '../../../records/kinds/file-entry.js';
import type { RuleMatch } from '../../../records/kinds/rule-match.js';
import type { FileHit } from '../../sweep/job.js';
import { ScanPool } from '../../sweep/scan-pool.js';
import { type SweptFile, sweepFiles } from '../../sweep/sweep-files.js';

/**
 * Looks at every file of a folder, an archive or a mounted image: its path, its hashes, and its content against the
 * YARA rules of the check. Times are left out: those of a copy say nothing about the original.
 */
export const reader: SweepReader<FileEntry | RuleMatch> = {
  id: 'implants/files',
  emits: ['file-entry', 'rule-match'],
  sweeps: ['files'],
  async *sweep(source, context) {
    const rules = rulesOf(context);
    rules.taken();
    try {
      context.signal?.throwIfAborted();
      for await (const swept of sweepFiles(source.find(['**']), rules.pool, { signal: context.signal })) {
        // Rules are compiled when something is there to be compared with them; a capture or a log is not.
        if (swept.leftAs === null) yield* ruleProblems(rules, source);
        yield fileEntry(swept);
        for (const hit of swept.hits) yield ruleMatch(swept, hit, rules.packs);
        yield* problemsOf(swept, rules.packs.length > 0);
      }
    } finally {
      rules.left();
    }
  },
};

/** How long those who scan wait for a further source before they go: starting them takes some tenths of a second. */
const IDLE_MILLISECONDS = 2_000;

/** The rules of a check and those who compare with them, for all its sources. */
class CheckRules {
  readonly pool: ScanPool;
  /** Whether it was said already what of the rules could not be used. */
  isSaid = false;
  #users = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(readonly packs: readonly RulePack[]) {
    this.pool = new ScanPool(packs);
  }

  taken(): void {
    this.#users += 1;
    clearTimeout(this.#timer);
  }

  left(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#timer = setTimeout(() => this.pool.end(), IDLE_MILLISECONDS);
    this.#timer.unref();
  }
}

/** By the context of a check, which is made once a run: two runs in one process never share anything. */
const rulesOfChecks = new WeakMap<ReadContext, CheckRules>();

function rulesOf(context: ReadContext): CheckRules {
  const known = rulesOfChecks.get(context);
  if (known) return known;
  const rules = new CheckRules(context.rulePacks ?? []);
  rulesOfChecks.set(context, rules);
  return rules;
}

async function* ruleProblems(
  rules: CheckRules,
  { id, path }: EvidenceSource,
): AsyncGenerator<Problem, void, undefined> {
  if (rules.isSaid) return;
  const { problems } = await rules.pool.ready();
  if (rules.isSaid) return;
  rules.isSaid = true;
  for (const { pack, rule, message } of problems) {
    yield {
      kind: 'problem',
      code: 'rule-not-compiled',
      effect: 'lost',
      source: { evidence: id, path, locator: '' },
      values: {
        pack: rules.packs[Number(pack)]?.name ?? '',
        named: rule === null ? 'no' : 'yes',
        rule: rule ?? '',
        message,
      },
    };
  }
}

function fileEntry({ file, sizeBytes, hashes }: SweptFile): FileEntry {
  return {
    kind: 'file-entry',
    at: null,
    source: pointerTo(file, ''),
    domain: null,
    path: file.path,
    devicePath: null,
    entryType: 'file',
    sizeBytes: hashes ? sizeBytes : file.sizeBytes,
    modifiedAt: null,
    statusChangedAt: null,
    bornAt: null,
    mode: null,
    userId: null,
    present: true,
    ...(hashes ?? {}),
    origins: [],
  };
}

const NOTHING_SAID: Omit<RuleInfo, 'name'> = {
  family: null,
  description: null,
  author: null,
  date: null,
  reference: null,
};

function ruleMatch(
  { file, sizeBytes, hashes }: SweptFile,
  hit: FileHit,
  packs: readonly RulePack[],
): RuleMatch {
  const pack = packs[hit.pack];
  const info = pack?.rules.find(({ name }) => name === hit.rule) ?? NOTHING_SAID;
  const [first] = hit.strings;
  return {
    kind: 'rule-match',
    at: null,
    source: pointerTo(file, first ? `byte ${first.offset}` : ''),
    rule: hit.rule,
    tags: [...hit.tags],
    family: info.family,
    description: info.description,
    author: info.author,
    reference: info.reference,
    ruleDate: info.date,
    pack: pack?.name ?? '',
    packLicence: pack?.licence ?? null,
    ...(hashes ?? {}),
    sizeBytes: hashes ? sizeBytes : file.sizeBytes,
    strings: hit.strings.map((string) => ({ ...string })),
    stringsTotal: hit.stringsTotal,
  };
}

function* problemsOf(
  { file, pieces, failure, gaveUp, leftAs }: SweptFile,
  hasRules: boolean,
): Generator<Problem, void, undefined> {
  if (failure !== null) yield problemOf(failure, pointerTo(file, ''));
  else if (gaveUp === 'time') yield problemAt(file, '', 'rule-timeout', 'lost');
  else if (gaveUp === 'engine') yield problemAt(file, '', 'rule-engine-failed', 'lost');
  else if (gaveUp === 'stopped') yield problemAt(file, '', 'rules-given-up', 'lost');
  if (leftAs !== null) {
    if (!hasRules || failure !== null) return;
    if (leftAs === 'capture') yield problemAt(file, '', 'capture-not-scanned', 'note');
    else yield problemAt(file, '', 'log-not-scanned', 'note');
  } else if (pieces > 1) {
    yield scannedInPieces(file, pieces);
  }
}

function scannedInPieces(file: EvidenceFile, pieces: number): Problem {
  return problemAt(file, '', 'scanned-in-pieces', 'note', { values: { pieces } });
}
