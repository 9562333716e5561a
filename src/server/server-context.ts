/** What the routes work with. One server serves one person: there is one vault, one language, one set of settings. */
import type { Desk } from '../casework/desk/desk.js';
import type { Translator } from '../core/language.js';
import type { Settings } from './api/api.js';
import type { CheckRunner } from './checks/check-runner.js';
import type { UploadStore } from './uploads/upload-store.js';

export interface ServerContext {
  /** The desk over the open vault. @throws ApiProblem 423 `locked` */
  desk(): Desk;
  /** Texts in the language and zone of the settings. */
  translate(): Translator;
  settings(): Settings;
  /** Both end with the vault: locking stops checks and forgets uploads. @throws ApiProblem 423 `locked` */
  checks(): CheckRunner;
  uploads(): UploadStore;
  /** Whether it opens the vault, asked again before names are shown. Where nothing is kept there is no passphrase: any will do. */
  isPassphrase(passphrase: string): Promise<boolean>;
  readonly toolVersion: string;
}
