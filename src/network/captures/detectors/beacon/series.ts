/** Starts of connections between a device and a host, put together from records in any order. */
import { compareText } from '../../../../core/compare-text.js';
import type { Pointer } from '../../../../core/contracts.js';
import { SampledMap } from '../../../../core/sampled-map.js';
import { Smallest } from '../../../../core/smallest.js';
import { compareSeen, type SeenAt } from '../../tables/places.js';

/** Series looked at. With their starts they take less than 400 MB, whatever the capture. */
const MAX_SERIES = 30_000;
/** Starts of one series: the first ones, since of any others the distances would not be those of neighbours. */
export const MAX_STARTS = 500;
const MAX_PLACES = 10;
const MAX_ADDRESSES = 20;
const MAX_PORTS = 20;

/** A second and a size as one number, so that a million starts take eight bytes each: 33 and 20 bits of 53. */
const SIZE_STEPS = 2 ** 20;

/** One start. */
export interface Start {
  readonly evidence: string;
  /** Files that belong together have the same; see {@link CaptureSpans}. */
  readonly file: string;
  readonly device: string;
  /** Name the device gave, or null: then the address stands for it. */
  readonly name: string | null;
  readonly address: string;
  readonly port: number | null;
  readonly transport: string;
  readonly second: number;
  /** Bytes the device sent; null where that is not known. */
  readonly size: number | null;
  readonly at: string;
  readonly source: Pointer;
}

/** All starts between two ends. */
export class StartSeries {
  readonly evidence: string;
  readonly file: string;
  readonly device: string;
  readonly name: string | null;
  readonly addresses = new Smallest<string>(MAX_ADDRESSES, compareText);
  readonly ports = new Smallest<number>(MAX_PORTS, (a, b) => a - b);
  readonly places = new Smallest<SeenAt>(MAX_PLACES, compareSeen);
  #starts: number[] = [];
  #isOrdered = true;
  /** Starts seen, also those not kept. */
  count = 0;

  constructor({ evidence, file, device, name }: Pick<Start, 'evidence' | 'file' | 'device' | 'name'>) {
    this.evidence = evidence;
    this.file = file;
    this.device = device;
    this.name = name;
  }

  add(start: Start): void {
    this.count += 1;
    this.addresses.add(start.address);
    if (start.port !== null) this.ports.add(start.port);
    this.places.add({ at: start.at, source: start.source });
    const step = start.size === null ? 0 : Math.min(SIZE_STEPS - 1, Math.max(0, start.size) + 1);
    this.#starts.push(start.second * SIZE_STEPS + step);
    this.#isOrdered = false;
    if (this.#starts.length >= MAX_STARTS * 2) this.#order();
  }

  /** Takes in another series. */
  join(other: StartSeries): void {
    this.count += other.count;
    for (const address of other.addresses.values()) this.addresses.add(address);
    for (const port of other.ports.values()) this.ports.add(port);
    for (const place of other.places.values()) this.places.add(place);
    for (const start of other.#starts) this.#starts.push(start);
    this.#isOrdered = false;
    this.#order();
  }

  /** Seconds in order, the same one as often as it came. */
  get seconds(): number[] {
    this.#order();
    return this.#starts.map((start) => Math.floor(start / SIZE_STEPS));
  }

  /** Sizes that are known. Those above a million bytes count as a million. */
  get sizes(): number[] {
    this.#order();
    return this.#starts.map((start) => (start % SIZE_STEPS) - 1).filter((size) => size >= 0);
  }

  /** Whether later starts were left out. */
  get isCut(): boolean {
    return this.count > MAX_STARTS;
  }

  #order(): void {
    if (this.#isOrdered && this.#starts.length <= MAX_STARTS) return;
    this.#starts.sort((a, b) => a - b);
    if (this.#starts.length > MAX_STARTS) this.#starts.length = MAX_STARTS;
    this.#isOrdered = true;
  }
}

/** Series by their ends. */
export class SeriesTable {
  readonly #series = new SampledMap<StartSeries>(MAX_SERIES);

  add(start: Start): void {
    const host = start.name ?? start.address;
    const key = `${start.evidence}\n${start.file}\n${start.device}\n${host}`;
    this.#series.at(key, () => new StartSeries(start))?.add(start);
  }

  all(): readonly StartSeries[] {
    return [...this.#series.values()];
  }

  /** Whether there were more series than are looked at. */
  get isSample(): boolean {
    return this.#series.isSample;
  }
}
