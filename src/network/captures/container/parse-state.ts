import type { Problem } from '../../../core/contracts.js';
import type { PacketSink } from './packet-sink.js';
import { RawPacket } from './raw-packet.js';

/** Problems of one code told with their own place; of more, how many there were. */
const TOLD_ONE_BY_ONE = 8;

/** What the readers of both formats share about one file. */
export class ParseState {
  readonly sink: PacketSink;
  readonly packet = new RawPacket();
  readonly linkTypes = new Set<number>();
  /** Place in the file of index 0 of the bytes being read. */
  origin = 0;
  /** True when no more bytes come after those being read. */
  isLast = false;
  /** Packets counted so far. */
  frames = 0;
  readonly #problems = new Map<string, Repeated>();

  constructor(sink: PacketSink) {
    this.sink = sink;
  }

  /** A problem at an index of the bytes being read. `bytes`: how many it cost. */
  report(code: string, effect: Problem['effect'], at: number, values?: { readonly bytes: number }): void {
    const place = this.origin + at;
    const known = this.#problems.get(code);
    if (known === undefined) {
      this.#problems.set(code, {
        effect,
        place,
        told: 1,
        untold: 0,
        bytes: 0,
        hasBytes: values !== undefined,
      });
    } else if (known.told < TOLD_ONE_BY_ONE) {
      known.told += 1;
    } else {
      if (known.untold === 0) known.place = place;
      known.untold += 1;
      known.bytes += values?.bytes ?? 0;
      return;
    }
    this.sink.problem({ code, effect, locator: `byte ${place}`, ...(values ? { values } : {}) });
  }

  /** Tells of the problems that were only counted. */
  end(): void {
    for (const [code, { effect, place, untold, bytes, hasBytes }] of this.#problems) {
      if (untold === 0) continue;
      const values = hasBytes ? { values: { bytes } } : {};
      this.sink.problem({ code, effect, locator: `byte ${place}`, count: untold, ...values });
    }
    this.#problems.clear();
  }
}

interface Repeated {
  readonly effect: Problem['effect'];
  /** Of the first that was only counted. */
  place: number;
  told: number;
  untold: number;
  bytes: number;
  readonly hasBytes: boolean;
}

/** Reads what lies whole in the bytes it is given. What it does never depends on where these bytes end. */
export interface UnitReader {
  /** Bytes it needs at the place where it stopped before it can go on. */
  need: number;
  /** True when it stopped because another file begins there. */
  isOver: boolean;
  /** Reads from `at`; returns where it stopped. */
  read(bytes: Buffer, at: number, end: number): number;
  /** Whether it stopped inside something that the file should go on with, though no bytes are left over. */
  isInside(): boolean;
  /** The bytes left over at the end of the file are an unfinished unit: says so. */
  cut(at: number, end: number): void;
}
