import type { Desk } from '../../casework/desk/desk.js';

/** Names close by themselves. */
const OPEN_MS = 5 * 60_000;

/** Of which cases the names are open, and until when. With the desk they were opened at it ends: another one knows nothing of it. */
export class OpenNames {
  readonly #until = new WeakMap<Desk, Map<string, number>>();

  constructor(readonly nowMs: () => number = () => Date.now()) {}

  /** @returns when they close, UTC */
  open(desk: Desk, caseId: string): string {
    const until = this.nowMs() + OPEN_MS;
    const open = this.#until.get(desk) ?? new Map<string, number>();
    open.set(caseId, until);
    this.#until.set(desk, open);
    return new Date(until).toISOString();
  }

  /** Null when they are closed. */
  openUntil(desk: Desk, caseId: string): string | null {
    const until = this.#until.get(desk)?.get(caseId);
    return until === undefined || until <= this.nowMs() ? null : new Date(until).toISOString();
  }

  close(desk: Desk, caseId: string): void {
    this.#until.get(desk)?.delete(caseId);
  }
}
