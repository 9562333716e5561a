import type { TrafficFacts } from '../../records/tallies/packet-traffic.js';

/** Where flows out of exported packets go. */
export interface FlowSink {
  /** A flow. `sampling`: each packet stands for so many. The facts are used again afterwards. */
  flow(facts: TrafficFacts, sampling: number): void;
}

/** More than one packet of a million is not looked at by nobody: such a rate is a mistake, or a lie. */
const LARGEST_SAMPLING = 1_000_000;

/** A sampling rate as stated; 1 when it makes no sense. */
export function soundSampling(rate: number): number {
  return rate >= 1 && rate <= LARGEST_SAMPLING ? rate : 1;
}
