import type { AddressBudget } from './address-set.js';
import type { TrafficFacts } from './traffic-facts.js';
import { VectorCounts } from './vector-counts.js';

/** Source ports told apart of one protocol, and how many stay when there are more. */
const MOST_PORTS = 64;
const PORTS_KEPT = 24;
/** A port that was put with the others is told apart from so many packets on, when they are so large a part. */
const PORT_PACKETS = 64;
const PORT_SHARE = 1 / 64;
const MOST_FILES = 64;
/**
 * A destination that sends at least a fourth as much as it gets is in conversation: after its first packets one of eight is
 * looked at, and stands for the others, but for what begins connections. Sums stay exact.
 */
const EXACT_PACKETS = 2_048;
const TALK_SHARE = 4;
const ONE_OF = 8;
/** Flags of TCP (RFC 9293 3.1). */
const [SYN, RST, ACK] = [0x02, 0x04, 0x10];

/** What went to one destination by one protocol. */
export class ProtocolCounts {
  readonly protocol: number;
  readonly ports = new Map<number, VectorCounts>();
  readonly #budget: AddressBudget;
  /** Every new port is told apart until there were too many once. */
  #takesAll = true;
  #lastPort = -1;
  #last: VectorCounts | null = null;
  #answeredPort = -1;
  #answered: VectorCounts | null = null;
  #others: VectorCounts | null = null;
  #packets = 0;

  constructor(protocol: number, budget: AddressBudget) {
    this.protocol = protocol;
    this.#budget = budget;
  }

  /** From ports that are not told apart. */
  get others(): VectorCounts {
    this.#others ??= new VectorCounts(this.#budget);
    return this.#others;
  }

  add(facts: TrafficFacts, weight: number): void {
    const port = facts.sourcePort;
    this.#packets += facts.packets;
    if (port === this.#lastPort && this.#last !== null) {
      this.#last.add(facts, weight);
      return;
    }
    const vector = this.ports.get(port) ?? this.#begin(port, facts.packets);
    if (vector === null) {
      this.others.add(facts, weight);
      return;
    }
    this.#lastPort = port;
    this.#last = vector;
    vector.add(facts, weight);
  }

  /** The destination sent something to a port. */
  answer(port: number, packets: number): void {
    if (port !== this.#answeredPort || this.#answered === null) {
      this.#answeredPort = port;
      this.#answered = this.ports.get(port) ?? this.others;
    }
    this.#answered.answered += packets;
  }

  merge(other: ProtocolCounts): void {
    this.others.merge(other.others);
    this.#packets += other.#packets;
    for (const [port, vector] of other.ports) {
      const known = this.ports.get(port);
      if (known) known.merge(vector);
      else {
        vector.sources.moveTo(this.#budget);
        this.ports.set(port, vector);
      }
    }
    this.#lastPort = -1;
    this.#answeredPort = -1;
    if (!other.#takesAll) this.#takesAll = false;
    if (this.ports.size > MOST_PORTS) this.#thin();
  }

  free(): void {
    this.others.sources.free();
    for (const vector of this.ports.values()) vector.sources.free();
  }

  moveTo(budget: AddressBudget): void {
    this.others.sources.moveTo(budget);
    for (const vector of this.ports.values()) vector.sources.moveTo(budget);
  }

  #begin(port: number, packets: number): VectorCounts | null {
    if (!this.#takesAll) {
      const { sourcePorts } = this.others;
      sourcePorts.add(port, packets);
      const count = sourcePorts.countOf(port);
      if (count < PORT_PACKETS || count < this.#packets * PORT_SHARE) return null;
    }
    if (this.ports.size >= MOST_PORTS) this.#thin();
    const vector = new VectorCounts(this.#budget);
    this.ports.set(port, vector);
    this.#answeredPort = -1;
    return vector;
  }

  /** Puts the smallest with the others. */
  #thin(): void {
    this.#takesAll = false;
    this.#lastPort = -1;
    this.#answeredPort = -1;
    const list = [...this.ports].sort((a, b) => b[1].packets - a[1].packets || a[0] - b[0]);
    for (const [port, vector] of list.slice(PORTS_KEPT)) {
      this.ports.delete(port);
      this.others.merge(vector);
      this.others.sourcePorts.add(port, vector.packets);
      vector.sources.free();
    }
  }
}

/** What went to one destination, and what it sent itself. */
export class TargetCounts {
  readonly protocols = new Map<number, ProtocolCounts>();
  /** Of packets the destination sent. */
  sentSyn = 0;
  sentSynAck = 0;
  sentReset = 0;
  /** Files it appears in, and the first place in each. */
  readonly files = new Map<number, number>();
  /** Whether some packets stand for others in what is told of them, see {@link ONE_OF}. */
  isSample = false;
  readonly #budget: AddressBudget;
  #received = 0;
  #sent = 0;
  /** Packets not looked at before the next one that is. */
  #skip = 0;
  #random = 1;
  #last: ProtocolCounts | null = null;
  #lastFile = -1;

  constructor(budget: AddressBudget) {
    this.#budget = budget;
  }

  add(facts: TrafficFacts, file: number): void {
    if (file !== this.#lastFile) this.#sawFile(file, facts.place);
    let counts = this.#last;
    if (counts === null || counts.protocol !== facts.protocol) {
      counts = this.protocols.get(facts.protocol) ?? null;
      if (counts === null) {
        counts = new ProtocolCounts(facts.protocol, this.#budget);
        this.protocols.set(facts.protocol, counts);
      }
      this.#last = counts;
    }
    counts.add(facts, this.#weightOf(facts));
  }

  /** The destination sent a packet. */
  sent(facts: TrafficFacts): void {
    this.#sent += 1;
    const last = this.#last;
    const counts = last?.protocol === facts.protocol ? last : this.protocols.get(facts.protocol);
    counts?.answer(facts.destinationPort, facts.packets);
    const flags = facts.tcpFlags;
    if (flags < 0) return;
    if (flags & RST) this.sentReset += facts.packets;
    else if (flags & SYN) {
      if (flags & ACK) this.sentSynAck += facts.packets;
      else this.sentSyn += facts.packets;
    }
  }

  /** @param firstFile - number that the other's first file has here */
  merge(other: TargetCounts, firstFile: number): void {
    this.#received += other.#received;
    this.#sent += other.#sent;
    if (other.isSample) this.isSample = true;
    this.sentSyn += other.sentSyn;
    this.sentSynAck += other.sentSynAck;
    this.sentReset += other.sentReset;
    for (const [file, place] of other.files) this.#sawFile(file + firstFile, place);
    for (const [protocol, counts] of other.protocols) {
      const known = this.protocols.get(protocol);
      if (known) {
        known.merge(counts);
        counts.free();
      } else {
        const mine = new ProtocolCounts(protocol, this.#budget);
        mine.merge(counts);
        counts.others.sources.free();
        this.protocols.set(protocol, mine);
      }
    }
  }

  free(): void {
    for (const counts of this.protocols.values()) counts.free();
  }

  #weightOf(facts: TrafficFacts): number {
    this.#received += 1;
    if (this.#received <= EXACT_PACKETS || this.#sent * TALK_SHARE < this.#received) return 1;
    if (facts.tcpFlags === SYN || facts.flows > 0) return 1;
    this.isSample = true;
    if (this.#skip > 0) {
      this.#skip -= 1;
      return 0;
    }
    // Uneven distances, 0 to 14, so that what comes in turns is not missed. Numbers of Numerical Recipes (Press et al.).
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) | 0;
    this.#skip = (this.#random >>> 16) % (ONE_OF * 2 - 1);
    return ONE_OF;
  }

  #sawFile(file: number, place: number): void {
    this.#lastFile = file;
    if (!this.files.has(file) && this.files.size < MOST_FILES) this.files.set(file, place);
  }
}
