/**
 * Tests with packets that reach only so far, which people make to find out where a box stands (Citizen Lab, "Bad Traffic",
 * 2018; specification of the network room, 2.1). There are two. In one the client ends the connection with a packet of
 * limited time to live and then asks: boxes that saw the end do not answer, so answers stop at the distance of the box. In
 * the other the request itself is limited: answers begin there.
 */
import type { Flow } from '../../../../records/kinds/flow.js';

/** No way through the internet is longer; systems begin with 64, 128 or 255. */
const MAX_LIMITED_TTL = 40;
/** Fewer show nothing: one answer may be missing by chance. */
const MIN_EACH = 2;

/** `end`: the end was limited and the request was not; `request`: the request was. */
export type ReachTestKind = 'end' | 'request';

/** One connection of a test. */
export interface Probe {
  readonly kind: ReachTestKind;
  /** As far as the limited packet could go. */
  readonly ttl: number;
}

/** What all connections of one test with one server and one name show. */
export interface ReachTest {
  readonly kind: ReachTestKind;
  /** Times to live with an answer of the box, and without, each once and in order. */
  readonly answered: readonly number[];
  readonly unanswered: readonly number[];
  /** The box stands between these distances; the same twice when it is known exactly. */
  readonly nearest: number;
  readonly furthest: number;
}

/** What a connection has to do with such a test; null: nothing. */
export function probeOf({ transport, clientTtls, history }: Flow): Probe | null {
  if (transport !== 'tcp' || clientTtls.length < 2 || history === null) return null;
  let [smallest, largest] = [256, 0];
  for (const ttl of clientTtls) {
    if (ttl < smallest) smallest = ttl;
    if (ttl > largest) largest = ttl;
  }
  if (smallest < 1 || smallest > MAX_LIMITED_TTL || largest <= MAX_LIMITED_TTL) return null;
  const data = history.indexOf('D');
  const end = history.indexOf('F');
  if (data === -1) return null;
  return { kind: end !== -1 && end < data ? 'end' : 'request', ttl: smallest };
}

/** Where the box stands by one test; null when the test does not say. */
export function reachTestOf(
  kind: ReachTestKind,
  probes: Iterable<{ readonly ttl: number; readonly isAnswered: boolean }>,
): ReachTest | null {
  const answered = new Set<number>();
  const unanswered = new Set<number>();
  for (const { ttl, isAnswered } of probes) (isAnswered ? answered : unanswered).add(ttl);
  if (answered.size < MIN_EACH || unanswered.size < MIN_EACH) return null;
  const [before, behind] = kind === 'end' ? [answered, unanswered] : [unanswered, answered];
  const last = Math.max(...before);
  const first = Math.min(...behind);
  // Answers here and there say nothing about a place.
  if (last >= first) return null;
  return {
    kind,
    answered: inOrder(answered),
    unanswered: inOrder(unanswered),
    nearest: last + 1,
    furthest: first,
  };
}

/** The distance that all tests agree on; null when they do not, or there is none. */
export function placeOfBox(tests: readonly ReachTest[]): { nearest: number; furthest: number } | null {
  if (tests.length === 0) return null;
  const nearest = Math.max(...tests.map((test) => test.nearest));
  const furthest = Math.min(...tests.map((test) => test.furthest));
  return nearest <= furthest ? { nearest, furthest } : null;
}

function inOrder(numbers: ReadonlySet<number>): readonly number[] {
  return [...numbers].sort((a, b) => a - b);
}
