/** Gives a decoder the data of a TCP direction in order and once. */

import type { Frame } from '../frames/frame.js';
import type { MemoryBudget } from '../protocols/memory-budget.js';
import type { Consumer } from './consumer.js';
import type { SideState, WaitingSegment } from './flow-state.js';
import { FrameMark } from './frame-mark.js';

/** Kept of one direction while what goes before it is missing. */
const MAX_WAITING_BYTES = 1024 * 1024;
const MAX_WAITING_SEGMENTS = 256;
/** What a segment that waits takes beside its data. */
const WAITING_BYTES = 384;
/** Segments that may come, with the missing one acknowledged, before it is given up: captures swap packets by a few places. */
const PATIENCE_SEGMENTS = 8;

/**
 * Takes a segment whose payload begins at `sequence`; `isAcknowledged`: the other end has already said it received
 * what is missing, so it will not come again.
 */
export function takeInOrder(
  side: SideState,
  consumer: Consumer,
  fromClient: boolean,
  frame: Frame,
  sequence: number,
  isAcknowledged: boolean,
  budget: MemoryBudget,
): void {
  const captured = frame.payloadEnd - frame.payloadStart;
  if (!side.isWanted) return;
  let ahead = (sequence - side.next) | 0;
  if (ahead > 0 && wait(side, frame, sequence, captured, budget)) {
    side.stalled += 1;
    if (
      (isAcknowledged && side.stalled > PATIENCE_SEGMENTS) ||
      (side.waiting?.length ?? 0) >= MAX_WAITING_SEGMENTS ||
      side.waitingBytes >= MAX_WAITING_BYTES
    )
      giveUpGap(side, consumer, fromClient, budget);
    return;
  }
  if (ahead > 0) {
    // No room to wait in: what is missing is given up at once.
    flushWaiting(side, consumer, fromClient, budget);
    ahead = (sequence - side.next) | 0;
    if (ahead > 0) {
      skip(side, consumer, fromClient, ahead, new FrameMark(frame));
      ahead = 0;
    }
  }
  const known = -ahead;
  if (known >= frame.payloadLength) return;
  side.stalled = 0;
  const mark = new FrameMark(frame);
  if (known < captured)
    give(side, consumer, fromClient, frame.bytes, frame.payloadStart + known, frame.payloadEnd, mark);
  side.next = (sequence + Math.max(captured, known)) >>> 0;
  const cut = frame.payloadLength - Math.max(captured, known);
  if (cut > 0) skip(side, consumer, fromClient, cut, mark);
  drain(side, consumer, fromClient, budget);
}

/** Nothing more comes: what waits is given with its gaps. */
export function flushWaiting(
  side: SideState,
  consumer: Consumer,
  fromClient: boolean,
  budget: MemoryBudget,
): void {
  while (side.waiting && side.waiting.length > 0) giveUpGap(side, consumer, fromClient, budget);
}

/** Forgets what waits. */
export function dropWaiting(side: SideState, budget: MemoryBudget): void {
  if (!side.waiting) return;
  budget.give(side.waitingBytes);
  side.waiting = null;
  side.waitingBytes = 0;
}

function wait(
  side: SideState,
  frame: Frame,
  sequence: number,
  captured: number,
  budget: MemoryBudget,
): boolean {
  if (captured === 0 || !budget.take(captured + WAITING_BYTES)) return false;
  const bytes = Buffer.from(frame.bytes.subarray(frame.payloadStart, frame.payloadEnd));
  const waiting = side.waiting ?? [];
  side.waiting = waiting;
  // Nearly always the furthest so far.
  let place = waiting.length;
  while (place > 0 && ((sequence - (waiting[place - 1] as WaitingSegment).sequence) | 0) < 0) place -= 1;
  waiting.splice(place, 0, { sequence, bytes, mark: new FrameMark(frame) });
  side.waitingBytes += captured + WAITING_BYTES;
  return true;
}

/** What is missing will not come: goes on with what is there. */
function giveUpGap(side: SideState, consumer: Consumer, fromClient: boolean, budget: MemoryBudget): void {
  const first = side.waiting?.[0];
  side.stalled = 0;
  if (!first) return;
  const missing = (first.sequence - side.next) | 0;
  if (missing > 0) skip(side, consumer, fromClient, missing, first.mark);
  drain(side, consumer, fromClient, budget);
}

function drain(side: SideState, consumer: Consumer, fromClient: boolean, budget: MemoryBudget): void {
  const { waiting } = side;
  if (!waiting) return;
  let taken = 0;
  while (taken < waiting.length) {
    const { sequence, bytes, mark } = waiting[taken] as WaitingSegment;
    const ahead = (sequence - side.next) | 0;
    if (ahead > 0) break;
    taken += 1;
    side.waitingBytes -= bytes.length + WAITING_BYTES;
    budget.give(bytes.length + WAITING_BYTES);
    if (-ahead >= bytes.length) continue;
    give(side, consumer, fromClient, bytes, -ahead, bytes.length, mark);
    side.next = (sequence + bytes.length) >>> 0;
  }
  if (taken === waiting.length) side.waiting = null;
  else if (taken > 0) waiting.splice(0, taken);
  if (!side.isWanted) dropWaiting(side, budget);
}

function give(
  side: SideState,
  consumer: Consumer,
  fromClient: boolean,
  bytes: Buffer,
  start: number,
  end: number,
  mark: FrameMark,
): void {
  if (side.isWanted) side.isWanted = consumer.data(fromClient, bytes, start, end, mark);
}

function skip(
  side: SideState,
  consumer: Consumer,
  fromClient: boolean,
  length: number,
  mark: FrameMark,
): void {
  side.next = (side.next + length) >>> 0;
  if (side.isWanted) side.isWanted = consumer.gap(fromClient, length, mark);
}
