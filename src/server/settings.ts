/** How the page looks and when it locks. Beside the vault, unencrypted: it is wanted before the vault is open, and holds nothing of cases. */
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isVault } from '../casework/vault/vault.js';
import { fileError } from '../casework/vault/vault-error.js';
import { type Settings, settingsSchema } from './api/api.js';
import { ApiProblem } from './api-problem.js';

export const SETTINGS_FILE = 'settings.json';
/** Some 200 bytes. */
const MAX_BYTES = 16_384;

/** What holds where nothing was chosen yet. */
export const DEFAULT_SETTINGS = {
  theme: 'auto',
  density: 'comfortable',
  letterKeys: true,
  coverContent: true,
  idleLockMinutes: 5,
} as const satisfies Partial<Settings>;

export class SettingsStore {
  readonly #folder: string;
  #settings: Settings;

  /** A file that is missing, damaged or of another time counts as none. @param folder of the vault, which need not be there yet */
  constructor(folder: string, { language, timeZone }: Pick<Settings, 'language' | 'timeZone'>) {
    this.#folder = folder;
    this.#settings = readSettings(join(folder, SETTINGS_FILE)) ?? {
      ...DEFAULT_SETTINGS,
      language,
      timeZone,
    };
  }

  get(): Settings {
    return this.#settings;
  }

  /** Kept in the folder as soon as there is a vault in it, until then in memory. @throws ApiProblem 422 bad-time-zone, VaultError */
  set(settings: Settings): Settings {
    if (!isTimeZone(settings.timeZone)) throw new ApiProblem(422, 'bad-time-zone');
    this.#settings = settings;
    this.keep();
    return settings;
  }

  /** Writes what was chosen before there was a vault. @throws VaultError read-only, disk-full */
  keep(): void {
    if (!isVault(this.#folder)) return;
    const path = join(this.#folder, SETTINGS_FILE);
    const beside = `${path}.new`;
    try {
      writeFileSync(beside, `${JSON.stringify(this.#settings, null, 2)}\n`, { mode: 0o600 });
      renameSync(beside, path);
    } catch (error) {
      rmSync(beside, { force: true });
      throw fileError(error, SETTINGS_FILE);
    }
  }
}

function readSettings(path: string): Settings | null {
  try {
    if (statSync(path).size > MAX_BYTES) return null;
    const parsed = settingsSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success && isTimeZone(parsed.data.timeZone) ? parsed.data : null;
  } catch {
    return null;
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name !== '';
  } catch {
    return false;
  }
}
