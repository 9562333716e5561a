/**
 * Bytes that all decoders of a capture may hold together, so that a capture with a hundred thousand half-finished
 * conversations does not fill the memory. Whoever takes gives back as much.
 */
export class MemoryBudget {
  readonly #maxBytes: number;
  readonly #makeRoom: () => boolean;
  #isMakingRoom = false;
  #taken = 0;

  /** `makeRoom` ends something that holds bytes, such as the conversation used longest ago; false: there is nothing left to end. */
  constructor(maxBytes: number, makeRoom: () => boolean = () => false) {
    this.#maxBytes = maxBytes;
    this.#makeRoom = makeRoom;
  }

  /** Bytes held now. */
  get taken(): number {
    return this.#taken;
  }

  /** True: the bytes may be held. False: there is no room, and nothing was taken. */
  take(bytes: number): boolean {
    // What is ended to make room may need some for its last words, and gives it back at once: without, files would be lost.
    while (this.#taken + bytes > this.#maxBytes && !this.#isMakingRoom) {
      if (bytes > this.#maxBytes) return false;
      this.#isMakingRoom = true;
      const hasEnded = this.#makeRoom();
      this.#isMakingRoom = false;
      if (!hasEnded) return false;
    }
    this.#taken += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#taken = Math.max(0, this.#taken - bytes);
  }
}
