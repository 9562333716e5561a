/**
 * Bytes that all decoders of a capture may hold together, so that a capture with a hundred thousand half-finished
 * conversations does not fill the memory. Whoever takes gives back as much.
 */
export class MemoryBudget {
  readonly #maxBytes: number;
  #taken = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes held now. */
  get taken(): number {
    return this.#taken;
  }

  /** True: the bytes may be held. False: there is no room, and nothing was taken. */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.#maxBytes) return false;
    this.#taken += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#taken = Math.max(0, this.#taken - bytes);
  }
}
