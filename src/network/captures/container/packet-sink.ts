import type { Problem } from '../../../core/contracts.js';
import type { RawPacket } from './raw-packet.js';

/** A problem of the file itself, without the file: `locator` is `byte N`, or empty. */
export type CaptureProblem = Pick<Problem, 'code' | 'effect' | 'values' | 'count'> & {
  readonly locator: string;
};

/** Where what a capture file holds goes. */
export interface PacketSink {
  packet(packet: RawPacket): void;
  problem(problem: CaptureProblem): void;
  /** Keys that decrypt the traffic lie in the file: whoever gets it can read what was encrypted. Called for each block of them. */
  secrets?(): void;
  /** Name that the capturing machine knew for an address. From the file, so as hostile as the rest. */
  name?(address: string, name: string): void;
}
