import type { PacketAnomaly } from '../../../../records/kinds/packet-anomaly.js';
import type { PacketFacts } from '../../../../records/network-ends.js';
import {
  hostInRequest,
  isAllZero,
  isPlainText,
  locationIn,
  looksLikeAnswer,
  statusIn,
} from '../../injection/answer-text.js';
import { microsecondsBetween, millisecondsOf } from '../../injection/moments.js';
import { type PacketSign, suspicionOf } from '../../injection/packet-signs.js';

/** Overlaps of fewer bytes are keep-alives, which repeat one byte with any value (RFC 1122 4.2.3.6). */
const MIN_OVERLAP_BYTES = 4;
/** Crafted overlaps of readable text are told from here on. */
const MIN_TEXT_BYTES = 2;

/**
 * `injection`: contradiction, physical sign, HTTP. `contradiction`: without HTTP. `answers`: without a sign, two beginnings of
 * answers that say different things: boxes can copy all headers of the server, and a defect does not write another answer.
 * `inconsistency`: without a sign. `stated`: a log tells of it and gives no packets.
 */
export type ConflictLevel = 'injection' | 'contradiction' | 'answers' | 'inconsistency' | 'stated';

export interface Conflict {
  readonly level: ConflictLevel;
  readonly fromServer: boolean | null;
  /** The packet seen later, and the earlier one; null where only a log tells of them. */
  readonly later: PacketFacts | null;
  readonly earlier: PacketFacts | null;
  readonly injected: PacketFacts | null;
  readonly real: PacketFacts | null;
  readonly signs: readonly PacketSign[];
  readonly overlapBytes: number | null;
  readonly differingBytes: number | null;
  /** From the earlier packet to the later one. */
  readonly delayMilliseconds: number | null;
  readonly isHttp: boolean;
  readonly host: string | null;
  readonly request: string | null;
  /** Where the injected answer sends whoever asked; without a sign, one of the two. */
  readonly location: string | null;
}

/** What an overlap with different bytes means; null when it means nothing. */
export function conflictOf(record: PacketAnomaly): Conflict | null {
  const [earlierText = '', laterText = ''] = record.excerpts;
  const isHttp =
    record.fromServer === true &&
    (isHttpRequest(record.request) || looksLikeAnswer(earlierText) || looksLikeAnswer(laterText));
  const host = hostInRequest(record.request);
  const { request, fromServer, overlapBytes, differingBytes } = record;
  if (record.statedBy !== null) return statedConflict(record, host);
  const [earlier, later] = record.packets;
  if (earlier === undefined || later === undefined || !isTelling(record)) return null;
  const { injected, real, signs } = suspicionOf(earlier, later, record);
  return {
    level: levelOf(signs.length > 0, isHttp, isHttp && areOtherAnswers(record)),
    fromServer,
    later,
    earlier,
    injected: signs.length === 0 ? null : injected,
    real: signs.length === 0 ? null : real,
    signs,
    overlapBytes,
    differingBytes,
    delayMilliseconds: millisecondsOf(microsecondsBetween(earlier.at, later.at)),
    isHttp,
    host,
    request,
    location: fromServer === true ? locationOf(signs.length === 0 ? null : injected, record) : null,
  };
}

function levelOf(hasSigns: boolean, isHttp: boolean, areAnswers: boolean): ConflictLevel {
  if (hasSigns) return isHttp ? 'injection' : 'contradiction';
  return areAnswers ? 'answers' : 'inconsistency';
}

/** Both begin an answer at the same byte, with another status or another place to go. */
function areOtherAnswers({ packets, excerpts }: PacketAnomaly): boolean {
  const [earlier, later] = packets;
  const [earlierText = '', laterText = ''] = excerpts;
  if (earlier === undefined || later === undefined || earlier.sequence !== later.sequence) return false;
  if (!looksLikeAnswer(earlierText) || !looksLikeAnswer(laterText)) return false;
  return statusIn(earlierText) !== statusIn(laterText) || locationIn(earlierText) !== locationIn(laterText);
}

/** Where the injected answer leads; where it is not known which one that is, whichever leads somewhere. */
function locationOf(
  injected: PacketFacts | null,
  { packets: [earlier], excerpts }: PacketAnomaly,
): string | null {
  const [earlierText = '', laterText = ''] = excerpts;
  if (injected !== null) return locationIn(injected === earlier ? earlierText : laterText);
  return locationIn(earlierText) ?? locationIn(laterText);
}

/** Two overlaps are one conflict when they begin at the same byte: the answer was only repeated. */
export function overlapStart({ packets, statedBy, source }: PacketAnomaly): string {
  const [earlier, later] = packets;
  if (statedBy !== null || !earlier || !later) return source.locator;
  if (earlier.sequence === null || later.sequence === null) return source.locator;
  // Numbers go round (RFC 9293 3.4).
  const isLaterFurther = ((later.sequence - earlier.sequence) | 0) > 0;
  return String(isLaterFurther ? later.sequence : earlier.sequence);
}

function statedConflict(record: PacketAnomaly, host: string | null): Conflict | null {
  const [one, other] = record.overlapExcerpts;
  // A log that gives the bytes lets them be judged as those of a capture.
  if (one !== undefined && other !== undefined && (!isTellingText(one, other) || one === other)) return null;
  return {
    level: 'stated',
    fromServer: record.fromServer,
    later: null,
    earlier: null,
    injected: null,
    real: null,
    signs: [],
    overlapBytes: record.overlapBytes,
    differingBytes: record.differingBytes,
    delayMilliseconds: null,
    isHttp: looksLikeAnswer(one ?? '') || looksLikeAnswer(other ?? ''),
    host,
    request: record.request,
    location: null,
  };
}

/** False for overlaps that keep-alives and padding make: six of nine false alarms of one corpus (specification, 2.2 b). */
function isTelling({ overlapBytes, differingBytes, overlapExcerpts, excerpts }: PacketAnomaly): boolean {
  if (overlapBytes === null || differingBytes === null || differingBytes <= 0) return false;
  if (excerpts.some(isAllZero)) return false;
  if (overlapBytes >= MIN_OVERLAP_BYTES) return true;
  const [earlier, later] = overlapExcerpts;
  return earlier !== undefined && later !== undefined && isTellingText(earlier, later);
}

function isTellingText(one: string, other: string): boolean {
  if (isAllZero(one) || isAllZero(other)) return false;
  const length = Math.min(one.length, other.length);
  if (length >= MIN_OVERLAP_BYTES) return true;
  return length >= MIN_TEXT_BYTES && isPlainText(one) && isPlainText(other);
}

/** Requests as records state them begin with a method; those of other protocols do not lead to an address. */
function isHttpRequest(request: string | null): boolean {
  return request?.includes(' http://') ?? false;
}
