/** Who may talk to the server: the browser to which the program's address was given, until it is locked. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;
const TOKEN_MILLISECONDS = 2 * 60_000;
const TRIES = 5;

/** The token in the printed address: for one use, two minutes and five tries. A new one ends the one before. */
export class LaunchTokens {
  #hash: Buffer | null = null;
  #untilMs = 0;
  #tries = 0;

  constructor(readonly nowMs: () => number = Date.now) {}

  issue(): string {
    const token = randomBytes(SECRET_BYTES).toString('base64url');
    this.#hash = hashOf(token);
    this.#untilMs = this.nowMs() + TOKEN_MILLISECONDS;
    this.#tries = 0;
    return token;
  }

  redeem(token: string): boolean {
    if (this.#hash === null || this.nowMs() >= this.#untilMs) return false;
    this.#tries += 1;
    const isRight = timingSafeEqual(hashOf(token), this.#hash);
    if (isRight || this.#tries >= TRIES) this.#hash = null;
    return isRight;
  }
}

/**
 * `full`: everything, as far as the vault is open. `limited`: the vault locked itself; the page may ask how things are and open it.
 */
export type Access = 'none' | 'limited' | 'full';

/** One browser at a time; whoever signs in later takes the place of the one before. Only a hash of the cookie is kept. */
export class BrowserSession {
  #hash: Buffer | null = null;
  #isLimited = false;

  /** @returns the value of the cookie; the one before opens nothing any more */
  renew(): string {
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    this.#hash = hashOf(secret);
    this.#isLimited = false;
    return secret;
  }

  /** From now on this cookie can only be exchanged for another, with the passphrase. */
  limit(): void {
    this.#isLimited = true;
  }

  accessOf(cookie: string | undefined): Access {
    if (cookie === undefined || this.#hash === null || !timingSafeEqual(hashOf(cookie), this.#hash))
      return 'none';
    return this.#isLimited ? 'limited' : 'full';
  }
}

/** Cookies do not tell ports apart, so the name does: several servers may run. */
export function cookieName(port: number): string {
  return `vigia_s_${port}`;
}

/** Not `Secure`: it is plain http on this computer, which browsers would not send it over. */
export function setCookie(port: number, value: string): string {
  return `${cookieName(port)}=${value}; HttpOnly; SameSite=Strict; Path=/`;
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
