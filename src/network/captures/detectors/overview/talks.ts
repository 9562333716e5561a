/** Who talked to whom, put together from records in any order. */
import { compareText } from '../../../../core/compare-text.js';
import { type EvidenceRecord, SEVERITIES, type Severity } from '../../../../core/contracts.js';
import { SampledMap } from '../../../../core/sampled-map.js';
import { Smallest } from '../../../../core/smallest.js';
import type { NetworkEnds } from '../../../../records/network-ends.js';
import { compareSeen, type SeenAt } from '../../tables/places.js';
import { type Sides, sidesOf } from '../../tables/sides.js';

/** Pairs of device and address that are followed: about 100 MB. */
const MAX_TALKS = 100_000;
const MAX_PROTOCOLS = 12;
const MAX_PORTS = 16;

/** What a device and an address said to each other. */
export class Talk {
  readonly evidence: string;
  readonly device: string;
  readonly address: string;
  readonly protocols = new Smallest<string>(MAX_PROTOCOLS, compareText);
  readonly ports = new Smallest<number>(MAX_PORTS, (a, b) => a - b);
  /** Conversations, and other records of them: where a log has no conversations, those are counted. */
  flows = 0;
  others = 0;
  sentBytes: number | null = null;
  receivedBytes: number | null = null;
  first: SeenAt | null = null;
  lastAt: string | null = null;
  severity: Severity | null = null;

  constructor(evidence: string, device: string, address: string) {
    this.evidence = evidence;
    this.device = device;
    this.address = address;
  }

  get connections(): number {
    return this.flows > 0 ? this.flows : this.others;
  }

  /** @param record - only its time and place are kept */
  seen(record: SeenAt, lastAt: string | null): void {
    const { at, source } = record;
    if (this.first === null || compareSeen(record, this.first) < 0) this.first = { at, source };
    const last = lastAt ?? at;
    if (last !== null && (this.lastAt === null || last > this.lastAt)) this.lastAt = last;
  }

  sent(bytes: number | null): void {
    if (bytes !== null) this.sentBytes = (this.sentBytes ?? 0) + bytes;
  }

  received(bytes: number | null): void {
    if (bytes !== null) this.receivedBytes = (this.receivedBytes ?? 0) + bytes;
  }

  marked(severity: Severity | null): void {
    this.severity = graver(this.severity, severity);
  }
}

/** All pairs of a run. */
export class Talks {
  readonly #talks = new SampledMap<Talk>(MAX_TALKS);

  /** The pair a record is about; null when an end is not known, or it is one of those too many. */
  of(record: NetworkEnds & Pick<EvidenceRecord, 'source'>): { talk: Talk | null; sides: Sides } | null {
    const sides = sidesOf(record);
    if (sides === null) return null;
    const { device, host } = sides;
    const { evidence } = record.source;
    if (sides.isToMany) return { talk: null, sides };
    return {
      talk: this.#talks.at(`${evidence} ${device} ${host}`, () => new Talk(evidence, device, host)),
      sides,
    };
  }

  all(): IterableIterator<Talk> {
    return this.#talks.values();
  }

  /** About how many pairs are not among them. */
  get aboutLeftOut(): number {
    return this.#talks.aboutLeftOut;
  }
}

export function graver(a: Severity | null, b: Severity | null): Severity | null {
  if (a === null || b === null) return a ?? b;
  return SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b;
}
