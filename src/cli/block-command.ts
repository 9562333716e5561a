import { type Defended, periodText, runBlock, share } from '../check/block.js';
import type { BlockTarget } from '../check/block-targets.js';
import type { TextValues } from '../core/contracts.js';
import { EXIT } from '../core/exit-code.js';
import type { Translator } from '../core/language.js';
import type { Interruption } from './interruption.js';
import { print, printError, printNote } from './print.js';
import { progressLine } from './progress.js';

/** Options of `vigia block`, as commander gives them. */
export interface BlockCommandOptions {
  readonly for: BlockTarget;
  readonly out?: string;
  readonly incident?: number;
  readonly allow?: string;
  readonly torExits?: string;
  /** Percent of ordinary clients. */
  readonly maxHarm: number;
  /** Seconds. */
  readonly expires: number;
  readonly logFormat?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Writes rules against an attack. Without `--out` they go to standard output, and what is said of them to standard error. */
export async function blockCommand(
  paths: readonly string[],
  options: BlockCommandOptions,
  translate: Translator,
  interruption: Interruption,
): Promise<number> {
  const progress = await progressLine(translate, options.quiet === true);
  try {
    const { defended, written } = await interruption.graceful((signal) =>
      runBlock({
        paths,
        target: options.for,
        maxHarm: options.maxHarm / 100,
        lifetimeSeconds: options.expires,
        translate,
        progress: progress.listener,
        signal,
        ...(options.out ? { out: options.out } : {}),
        ...(options.incident ? { incident: options.incident } : {}),
        ...(options.allow ? { allow: options.allow } : {}),
        ...(options.torExits ? { torExits: options.torExits } : {}),
        ...(options.logFormat ? { logFormat: options.logFormat } : {}),
      }),
    );
    progress.stop();
    if (options.json) print(JSON.stringify({ ...defended, written }, null, 2));
    else say(defended, written, options, translate);
    // Nothing found in what was read says nothing of what was not.
    if (defended.status === 'no-attack' && lostIn(defended) > 0) return EXIT.someEvidenceUnreadable;
    return EXIT_OF[defended.status];
  } finally {
    progress.stop();
  }
}

const EXIT_OF: Readonly<Record<Defended['status'], number>> = {
  written: EXIT.ran,
  'no-attack': EXIT.ran,
  'no-log': EXIT.couldNotRun,
  'no-such-attack': EXIT.couldNotRun,
  refused: EXIT.couldNotRun,
};

/** Parts of the logs that were not read. */
function lostIn({ problems }: Defended): number {
  return problems.reduce((sum, { effect, count }) => (effect === 'lost' ? sum + (count ?? 1) : sum), 0);
}

function say(
  defended: Defended,
  written: readonly string[],
  options: BlockCommandOptions,
  translate: Translator,
): void {
  const t = (key: string, values?: TextValues): string => translate(`cli.block.${key}`, values);
  // Rules on standard output are for a file or a program: nothing else may stand among them.
  const note = options.out && defended.status === 'written' ? print : printNote;
  const lost = lostIn(defended);
  if (lost > 0) printNote(t('lost', { count: lost }));
  if (defended.attacks.length > 1) {
    note(t('attacks', { count: defended.attacks.length }));
    for (const attack of defended.attacks) {
      note(
        t('attack', {
          number: attack.number,
          kind: { word: kindWord(attack.kind, translate) },
          site: attack.siteName === '' ? 'unnamed' : attack.siteName,
          period: periodText(translate, attack.fromAt, attack.toAt),
          hits: attack.attackHits,
        }),
      );
    }
  }
  if (defended.status === 'refused') {
    const { reason, outcome } = defended;
    printError(
      translate,
      t(`refused.${reason}`, {
        share: share(defended.proxiedShare, 1),
        limit: options.maxHarm,
        stopped: outcome ? share(outcome.attackHitsStopped, outcome.attackHits) : '0',
        harmed: outcome ? share(outcome.ordinaryClientsStopped, outcome.ordinaryClients) : '0',
        target: options.for,
      }),
    );
    return;
  }
  if (defended.status !== 'written') {
    const sentence = t(defended.status, { number: options.incident ?? 0, count: defended.attacks.length });
    if (defended.status === 'no-attack') {
      print(sentence);
      for (const { fromAt, toAt, attackHits } of defended.unclear) {
        print(t('unclear', { period: periodText(translate, fromAt, toAt), hits: attackHits }));
      }
    } else printError(translate, sentence);
    return;
  }

  const { outcome, attack } = defended;
  note(
    t('plan', {
      kind: { word: kindWord(attack.kind, translate) },
      period: periodText(translate, attack.fromAt, attack.toAt),
      rules: defended.rules.length,
      stopped: share(outcome.attackHitsStopped, outcome.attackHits),
      harmed: outcome.ordinaryClientsStopped,
      clients: outcome.ordinaryClients,
      asked: outcome.ordinaryClientsAsked,
      expires: { time: defended.expiresAt },
    }),
  );
  if (!defended.isEnough) note(t('notEnough'));
  const { mixedClients, mixedHits, mixedHitsStopped } = outcome;
  if (mixedClients > 0) {
    note(t('mixed', { clients: mixedClients, hits: mixedHits, stopped: mixedHitsStopped }));
  }
  for (const { rule, client, seconds, request } of outcome.samples.slice(0, 5)) {
    note(t('harmed', { rule, client, request, at: { time: new Date(seconds * 1000).toISOString() } }));
  }
  if (written.length > 0) {
    note(t('written', { files: { list: written } }));
    return;
  }
  for (const { name, text } of defended.files) {
    if (defended.files.length > 1) print(`# ======== ${name} ========`);
    print(text.trimEnd());
  }
}

function kindWord(kind: string, translate: Translator): string {
  const id = `floods.defence.kinds.${kind}`;
  return translate.has(id) ? id : 'floods.defence.kinds.other';
}
