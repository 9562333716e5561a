import {
  type Alert,
  CheckpointError,
  type Decision,
  networkText,
  nftBatch,
  nftOff,
  nftTable,
  OtherLogError,
  PackedLogError,
  runWatch,
  type TailEvent,
  Utf16LogError,
} from '../check/watch.js';
import type { TextValues } from '../core/contracts.js';
import { EXIT } from '../core/exit-code.js';
import type { Translator } from '../core/language.js';
import { STANDARD_INPUT } from '../core/standard-input.js';
import { CommandError } from './command-error.js';
import type { Interruption } from './interruption.js';
import { print, printNote } from './print.js';

/** Options of `vigia watch`, as commander gives them. */
export interface WatchCommandOptions {
  readonly nft?: boolean;
  readonly json?: boolean;
  readonly fromStart?: boolean;
  readonly once?: boolean;
  readonly checkpoint?: string;
  readonly allow?: string;
  readonly torExits?: string;
  readonly logFormat?: string;
  readonly off?: boolean;
}

/**
 * Watches a log and says what could be done. Nothing is changed on the machine: whoever wants the blocks pipes them into
 * `nft -i`, which needs rights that this program does not.
 */
export async function watchCommand(
  log: string | undefined,
  options: WatchCommandOptions,
  translate: Translator,
  interruption: Interruption,
): Promise<number> {
  const t = (key: string, values?: TextValues): string => translate(`cli.watch.${key}`, values);
  if (options.off) {
    print(nftOff().trimEnd());
    return EXIT.ran;
  }
  if (log === undefined) {
    printNote(t('noLog'));
    return EXIT.wrongUsage;
  }
  if (options.nft) print(nftTable().trimEnd());
  // What another program reads stands alone on standard output.
  const say = options.nft || options.json ? printNote : print;
  if (!options.json) printNote(t(options.nft ? 'startNft' : 'start'));
  const summary = await interruption
    .graceful((signal) =>
      runWatch({
        log: log === STANDARD_INPUT ? process.stdin : log,
        fromStart: options.fromStart === true,
        once: options.once === true,
        // Where whoever runs this is logged in from: to lock oneself out helps nobody.
        ownAddresses: (process.env.SSH_CONNECTION ?? process.env.SSH_CLIENT ?? '').split(' ').slice(0, 1),
        decided: (decisions) => tellDecisions(decisions, options, t),
        alert: (alert) => tellAlert(alert, options, t, say),
        tail: (event: TailEvent) => printNote(t(`tail.${event}`)),
        signal,
        ...(options.allow ? { allow: options.allow } : {}),
        ...(options.torExits ? { torExits: options.torExits } : {}),
        ...(options.checkpoint ? { checkpoint: options.checkpoint } : {}),
        ...(options.logFormat ? { logFormat: options.logFormat } : {}),
      }),
    )
    .catch((error: unknown) => {
      throw watchError(error, log, options.checkpoint);
    });
  const { lines, hits, unparsed, decisions, blocks } = summary;
  if (options.json) print(JSON.stringify({ type: 'summary', ...summary }));
  else printNote(t('summary', { lines, hits, unparsed, decisions, blocks }));
  return EXIT.ran;
}

/** Errors of the log and of the checkpoint in words; others as they are. */
function watchError(error: unknown, log: string, checkpoint: string | undefined): unknown {
  if (error instanceof CheckpointError) {
    return new CommandError('checkpoint', { path: checkpoint ?? '' }, EXIT.couldNotRun);
  }
  if (error instanceof OtherLogError) {
    const values = { path: checkpoint ?? '', other: error.log, log };
    return new CommandError('checkpointOther', values, EXIT.couldNotRun);
  }
  if (error instanceof Utf16LogError) return new CommandError('watchUtf16', { path: log }, EXIT.couldNotRun);
  if (error instanceof PackedLogError)
    return new CommandError('watchPacked', { path: log }, EXIT.couldNotRun);
  if (error instanceof Error && 'syscall' in error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (checkpoint !== undefined && path?.startsWith(checkpoint)) {
      return new CommandError('checkpointWrite', { path: checkpoint }, EXIT.couldNotRun);
    }
    if (code === 'ENOENT') return new CommandError('watchNoLog', { path: log }, EXIT.couldNotRun);
    return new CommandError('watchLog', { path: log, detail: error.message }, EXIT.couldNotRun);
  }
  return error;
}

type Words = (key: string, values?: TextValues) => string;

function tellDecisions(decisions: readonly Decision[], options: WatchCommandOptions, t: Words): void {
  if (options.nft) {
    const batch = nftBatch(decisions);
    if (batch !== '') print(batch.trimEnd());
    return;
  }
  for (const { subject, action, reason, at, ttlSeconds, hits, byte } of decisions) {
    const address = networkText(subject);
    const time = isoTime(at);
    if (options.json) {
      print(JSON.stringify({ type: 'decision', at: time, address, action, reason, ttlSeconds, hits, byte }));
      continue;
    }
    const minutes = Math.round(ttlSeconds / 60);
    print(t('decision', { at: { time }, address, action, minutes, reason: t(`reason.${reason}`, { hits }) }));
  }
}

function tellAlert(alert: Alert, options: WatchCommandOptions, t: Words, say: (text: string) => void): void {
  const time = isoTime(alert.at);
  if (options.json) {
    print(JSON.stringify({ type: 'alert', ...alert, at: time }));
    return;
  }
  const at = { time };
  if (alert.code !== 'flood-begins') {
    say(t(`alert.${alert.code}`, { at }));
    return;
  }
  say(t('alert.flood-begins', { at, perMinute: alert.perMinute, normal: Math.round(alert.normal) }));
  for (const { type, value, share } of alert.signs.slice(0, 5)) {
    say(t('sign', { type, value, share: Math.round(share * 100) }));
  }
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
