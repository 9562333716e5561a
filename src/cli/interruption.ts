/** How long a run may take to close what it has open after Ctrl-C before it is ended. */
const GRACE_MILLISECONDS = 2_000;

/** Exit codes of an interrupted run: 128 + signal number, as shells report it. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Ctrl-C and its kin. What is running may end in good order (take away its half-written files); what does not within
 * a moment is ended by process exit, whose hook removes the scratch copies in any case.
 */
export class Interruption {
  readonly #controller = new AbortController();
  #exitCode: number | null = null;
  #heeding = 0;

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Null while nothing interrupted the run. */
  get exitCode(): number | null {
    return this.#exitCode;
  }

  /** Listens until the function it returns is called. */
  listen(): () => void {
    const listeners = Object.entries(SIGNALS).map(
      ([signal, code]) => [signal, () => this.interrupt(code)] as const,
    );
    for (const [signal, listener] of listeners) process.on(signal, listener);
    return () => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
    };
  }

  /** Runs something that heeds `signal`: it may end itself. */
  async graceful<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#heeding += 1;
    try {
      return await action(this.signal);
    } finally {
      this.#heeding -= 1;
    }
  }

  /** Also called when Ctrl-C is typed into a question, where it is no signal. */
  interrupt(code: number = SIGNALS.SIGINT): void {
    // A second Ctrl-C means now, and so does one that nobody heeds.
    if (this.#exitCode !== null || this.#heeding === 0) process.exit(code);
    setTimeout(() => process.exit(code), GRACE_MILLISECONDS).unref();
    this.#exitCode = code;
    this.#controller.abort();
  }
}
