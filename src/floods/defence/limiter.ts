/** Limits and bans as the programs keep them, so that trying a rule on a log gives what the program would have done. */

/**
 * nginx `limit_req` with `nodelay` (ngx_http_limit_req_module): a leaky bucket for each key, counted in thousandths of a
 * request. A request adds 1,000, time takes `rate` thousandths a second; over `burst` it is refused and adds nothing.
 */
export class LeakyBuckets {
  readonly #rate: number;
  readonly #burst: number;
  #excess = new Float64Array(1_024);
  /** Milliseconds of the last request let through; NaN when there was none. */
  #last = new Float64Array(1_024).fill(Number.NaN);

  constructor(perMinute: number, burst: number) {
    // "30r/m" becomes 500 thousandths a second; nginx cuts the fraction off.
    this.#rate = Math.trunc((perMinute * 1000) / 60);
    this.#burst = burst * 1000;
  }

  /** Excess after a request of this key; -1 when it is refused. Nothing is kept until {@link LeakyBuckets.take}. */
  ask(key: number, milliseconds: number): number {
    if (key >= this.#last.length) this.#grow(key);
    const last = this.#last[key] as number;
    if (Number.isNaN(last)) return 0;
    // A clock that went back counts as no time at all, as in nginx since 1.9.
    const passed = Math.max(0, milliseconds - last);
    const left = (this.#excess[key] as number) - Math.trunc((this.#rate * passed) / 1000) + 1000;
    const excess = Math.max(0, left);
    return excess > this.#burst ? -1 : excess;
  }

  /** The request of this key went through and left this excess. */
  take(key: number, milliseconds: number, excess: number): void {
    this.#excess[key] = excess;
    this.#last[key] = Math.max(milliseconds, this.#last[key] || 0);
  }

  #grow(key: number): void {
    const length = 2 ** Math.ceil(Math.log2(key + 1));
    const [excess, last] = [new Float64Array(length), new Float64Array(length).fill(Number.NaN)];
    excess.set(this.#excess);
    last.set(this.#last);
    this.#excess = excess;
    this.#last = last;
  }
}

/** fail2ban: a client seen so many times within `findtime` is out for `bantime`. The line that is one too many has got through. */
export class Bans {
  readonly #times: number;
  readonly #within: number;
  readonly #for: number;
  readonly #until = new Map<number, number>();
  readonly #seen = new Map<number, number[]>();

  constructor(times: number, withinSeconds: number, forSeconds: number) {
    this.#times = times;
    this.#within = withinSeconds;
    this.#for = forSeconds;
  }

  isOut(key: number, seconds: number): boolean {
    const until = this.#until.get(key);
    return until !== undefined && seconds < until;
  }

  /** A request that fits came through. */
  saw(key: number, seconds: number): void {
    let seen = this.#seen.get(key);
    if (!seen) {
      seen = [];
      this.#seen.set(key, seen);
    }
    seen.push(seconds);
    while (seen.length > 0 && seconds - (seen[0] as number) > this.#within) seen.shift();
    if (seen.length >= this.#times) {
      this.#until.set(key, seconds + this.#for);
      this.#seen.delete(key);
    }
  }
}
