import { mixedWord } from './heavy-counts.js';

const FIRST_SLOTS = 4;

/**
 * How much came in each second. Only seconds in which something came take room, so one packet with a wrong clock does no harm.
 * When there are too many, they are put together two by two: 1 second, 2, 4 …
 */
export class Seconds {
  readonly #most: number;
  /** Doublings of a second. */
  #shift = 0;
  /** Number of the slot of time, and one; 0: free. */
  #keys = new Float64Array(FIRST_SLOTS);
  #packets = new Float64Array(FIRST_SLOTS);
  #bytes = new Float64Array(FIRST_SLOTS);
  #size = 0;
  #last = 0;
  /** Seconds that the slot used last covers. */
  #from = 1;
  #to = 0;

  /** @param most - slots of time held at once */
  constructor(most: number) {
    this.#most = most;
  }

  /** Seconds that a slot is long. */
  get width(): number {
    return 2 ** this.#shift;
  }

  get size(): number {
    return this.#size;
  }

  /** @param second - Unix time, fractions allowed */
  add(second: number, packets: number, bytes: number): void {
    if (second >= this.#from && second < this.#to) {
      const last = this.#last;
      this.#packets[last] = (this.#packets[last] as number) + packets;
      this.#bytes[last] = (this.#bytes[last] as number) + bytes;
    } else if (second >= 0) this.#put(second, packets, bytes);
  }

  /** In order of time. Packets and bytes are those of the whole slot. */
  entries(): readonly { readonly second: number; readonly packets: number; readonly bytes: number }[] {
    const list: { second: number; packets: number; bytes: number }[] = [];
    for (let slot = 0; slot < this.#keys.length; slot += 1) {
      const key = this.#keys[slot] as number;
      if (key === 0) continue;
      list.push({
        second: (key - 1) * this.width,
        packets: this.#packets[slot] as number,
        bytes: this.#bytes[slot] as number,
      });
    }
    return list.sort((a, b) => a.second - b.second);
  }

  /** The most that came in a second: of longer slots, their mean. */
  peak(): { readonly second: number; readonly packets: number; readonly bytes: number } {
    let peak = { second: 0, packets: 0, bytes: 0 };
    let mostBytes = 0;
    for (const entry of this.entries()) {
      if (entry.packets > peak.packets) peak = entry;
      if (entry.bytes > mostBytes) mostBytes = entry.bytes;
    }
    const { width } = this;
    return { second: peak.second, packets: peak.packets / width, bytes: mostBytes / width };
  }

  merge(other: Seconds): void {
    while (this.#shift < other.#shift) this.#widen();
    for (const { second, packets, bytes } of other.entries()) this.add(second, packets, bytes);
  }

  #put(second: number, packets: number, bytes: number): void {
    const { width } = this;
    const key = Math.floor(second / width) + 1;
    let slot = this.#slotOf(key);
    if (this.#keys[slot] === 0) {
      if (this.#size >= this.#most) {
        this.#widen();
        this.#put(second, packets, bytes);
        return;
      }
      if (this.#size * 2 >= this.#keys.length) this.#rebuild(this.#keys.length * 2, 1);
      slot = this.#slotOf(key);
      this.#keys[slot] = key;
      this.#size += 1;
    }
    this.#packets[slot] = (this.#packets[slot] as number) + packets;
    this.#bytes[slot] = (this.#bytes[slot] as number) + bytes;
    this.#last = slot;
    this.#from = (key - 1) * width;
    this.#to = key * width;
  }

  #slotOf(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = mixedWord(key | 0) & mask;
    while (this.#keys[slot] !== 0 && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #widen(): void {
    this.#shift += 1;
    this.#rebuild(this.#keys.length, 2);
  }

  #rebuild(slots: number, divisor: number): void {
    const [keys, packets, bytes] = [this.#keys, this.#packets, this.#bytes];
    this.#keys = new Float64Array(slots);
    this.#packets = new Float64Array(slots);
    this.#bytes = new Float64Array(slots);
    this.#size = 0;
    this.#to = 0;
    for (let from = 0; from < keys.length; from += 1) {
      if (keys[from] === 0) continue;
      const key = Math.floor(((keys[from] as number) - 1) / divisor) + 1;
      const slot = this.#slotOf(key);
      if (this.#keys[slot] === 0) {
        this.#keys[slot] = key;
        this.#size += 1;
      }
      this.#packets[slot] = (this.#packets[slot] as number) + (packets[from] as number);
      this.#bytes[slot] = (this.#bytes[slot] as number) + (bytes[from] as number);
    }
  }
}
