/** Watching a log live: what `vigia watch` calls. */
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { NetworkSet, readNetwork, widened } from '../floods/defence/networks.js';
import { compileLogFormat } from '../floods/formats/custom/custom.js';
import { LogFormatError } from '../floods/formats/custom/log-format-error.js';
import { LOG_FORMATS } from '../floods/formats/formats.js';
import { isUtf16 } from '../floods/hits/as-utf8.js';
import type { Alert, Decision } from '../floods/watch/decision.js';
import type { TailEvent } from '../floods/watch/log-tail.js';
import { Utf16LogError, type WatchSummary, watchLog, watchStream } from '../floods/watch/watch-session.js';
import { allowList, exitList } from './address-lists.js';
import { BadLogFormatError } from './block-error.js';

export { networkText } from '../floods/defence/networks.js';
export { nftBatch, nftOff, nftTable } from '../floods/watch/nft-batch.js';
export { CheckpointError, OtherLogError, Utf16LogError } from '../floods/watch/watch-session.js';
export type { Alert, Decision, TailEvent, WatchSummary };

export interface WatchRunOptions {
  /** The log, or a stream that is piped in. */
  readonly log: string | Readable;
  readonly fromStart: boolean;
  readonly once: boolean;
  readonly allow?: string;
  readonly torExits?: string;
  readonly checkpoint?: string;
  readonly logFormat?: string;
  /** Where whoever watches is logged in from (`SSH_CONNECTION`): never kept out. */
  readonly ownAddresses: readonly string[];
  readonly decided: (decisions: readonly Decision[]) => void;
  readonly alert: (alert: Alert) => void;
  readonly tail: (event: TailEvent) => void;
  readonly signal?: AbortSignal;
}

/** What is to be watched is packed: nothing is ever written to the end of it. */
export class PackedLogError extends Error {
  override readonly name = 'PackedLogError';
}

/** First bytes of gzip, Zstandard and bzip2. */
const PACKED = ['1f8b', '28b52ffd', '425a68'];

async function refuseUnreadable(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    const head = buffer.toString('hex', 0, bytesRead);
    if (PACKED.some((magic) => head.startsWith(magic))) throw new PackedLogError(path);
    if (isUtf16(buffer.subarray(0, bytesRead))) throw new Utf16LogError(path);
  } finally {
    await file.close();
  }
}

/** @throws AddressListError, BadLogFormatError, CheckpointError, OtherLogError, PackedLogError, Utf16LogError; the system's error when the log cannot be opened */
export async function runWatch(options: WatchRunOptions): Promise<WatchSummary> {
  const given = options.allow === undefined ? [] : await allowList(options.allow);
  const torExits = options.torExits === undefined ? [] : await exitList(options.torExits);
  // Of an IPv6 address a client is known by its first 64 bits.
  const exits = new NetworkSet(torExits.map((exit) => widened(exit, 64)));
  const format = options.logFormat === undefined ? null : compileLogFormat(options.logFormat);
  if (format instanceof LogFormatError) throw new BadLogFormatError(options.logFormat);
  const shared = {
    allow: [...given, ...options.ownAddresses.flatMap((address) => readNetwork(address) ?? [])],
    isTorExit: (ipVersion: 0 | 4 | 6, ip0: number, ip1: number): boolean =>
      exits.has({ ipVersion, ip0, ip1, ip2: 0, ip3: 0 }),
    decided: options.decided,
    alert: options.alert,
    ...(format === null ? {} : { formats: [format, ...LOG_FORMATS] }),
    ...(options.signal ? { signal: options.signal } : {}),
  };
  if (typeof options.log !== 'string') return watchStream(options.log, shared);
  await refuseUnreadable(options.log);
  return watchLog({
    ...shared,
    path: options.log,
    from: options.fromStart ? 'beginning' : 'end',
    once: options.once,
    tail: options.tail,
    ...(options.checkpoint ? { checkpoint: options.checkpoint } : {}),
  });
}
