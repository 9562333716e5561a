/** What sealed evidence of one run is opened with: the keys of an identity file, and passphrases, asked for where one is needed. */

import { formsOf } from '../password-forms.js';
import { openHeader } from './age.js';
import { AgeError } from './age-error.js';
import type { AgeHeader } from './header.js';
import { type AgeIdentity, parseIdentity, workFactorOf } from './keys.js';

/** As for backups: a person who was wrong three times does not know it. */
const MAX_ATTEMPTS = 3;
/**
 * Work on passphrases in one run, by the measure of the format: 256 tries at what the `age` program writes, some five minutes. A folder
 * of files that each ask for the most would otherwise take days.
 */
const MAX_WORK = 2 ** 26;
const IDENTITY_LINE = /^AGE-SECRET-KEY-1/;

/** Why a sealed file stays closed. */
export type Closed = 'password-needed' | 'wrong-password' | 'no-key' | 'too-much-work';

export type Unlocked = { readonly fileKey: Buffer; readonly by: 'key' | 'passphrase' };

export class KeyRing {
  readonly #keys: readonly AgeIdentity[];
  readonly #askPassword: ((request: { readonly attempt: number }) => Promise<string | null>) | null;
  /** Passphrases given so far, the one that opened something last first. */
  #known: string[] = [];
  #workLeft = MAX_WORK;
  #hasGivenUp = false;

  constructor(
    privateKeys: readonly Uint8Array[],
    askPassword: ((request: { readonly attempt: number }) => Promise<string | null>) | null,
  ) {
    this.#keys = privateKeys.map((privateKey) => ({ kind: 'x25519', privateKey }));
    this.#askPassword = askPassword;
  }

  /** @throws AgeError header-damaged, header-changed, work-factor */
  async unlock(header: AgeHeader): Promise<Unlocked | Closed> {
    const workFactor = workFactorOf(header.stanzas);
    if (workFactor !== null) return this.#byPassphrase(header, 2 ** workFactor);
    const fileKey = await this.#try(header, this.#keys);
    return fileKey ? { fileKey, by: 'key' } : 'no-key';
  }

  /** Forgets all keys. */
  forget(): void {
    for (const key of this.#keys) if (key.kind === 'x25519') key.privateKey.fill(0);
    this.#known = [];
  }

  async #byPassphrase(header: AgeHeader, work: number): Promise<Unlocked | Closed> {
    const tried = new Set<string>();
    const waiting = [...this.#known];
    for (let attempt = 0; ; ) {
      let passphrase = waiting.shift();
      if (passphrase === undefined) {
        attempt += 1;
        passphrase = (await this.#ask(attempt)) ?? undefined;
        // A fixed answer would only be wrong again.
        if (passphrase === undefined || tried.has(passphrase)) break;
      }
      tried.add(passphrase);
      for (const form of formsOf(passphrase)) {
        if (work > this.#workLeft) return 'too-much-work';
        this.#workLeft -= work;
        const identity = { kind: 'passphrase', passphrase: Buffer.from(form, 'utf8') } as const;
        const fileKey = await this.#try(header, [identity]);
        if (!fileKey) continue;
        const others = this.#known.filter((known) => known !== passphrase);
        this.#known = [passphrase, ...others];
        return { fileKey, by: 'passphrase' };
      }
    }
    for (const passphrase of tried) if (!this.#known.includes(passphrase)) this.#known.push(passphrase);
    return tried.size > 0 ? 'wrong-password' : 'password-needed';
  }

  async #ask(attempt: number): Promise<string | null> {
    if (this.#hasGivenUp || attempt > MAX_ATTEMPTS) return null;
    const answer = (await this.#askPassword?.({ attempt })) ?? null;
    // Who does not know the passphrase of one file is not asked again for the next hundred.
    if (answer === null) this.#hasGivenUp = true;
    return answer;
  }

  async #try(header: AgeHeader, identities: readonly AgeIdentity[]): Promise<Buffer | null> {
    try {
      return await openHeader(header, identities);
    } catch (error) {
      if (error instanceof AgeError && error.code === 'no-match') return null;
      throw error;
    }
  }
}

/** Private keys of an identity file, as `age-keygen` writes it; null when the text is none. */
export function parseIdentityFile(text: string): Buffer[] | null {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0 || !keys.some((line) => IDENTITY_LINE.test(line))) return null;
  const parsed = keys.map(parseIdentity);
  return parsed.every((key) => key !== null) ? parsed : null;
}
