/** Every way the vault may refuse. Closed on purpose: each code has its sentence in `es.json` and `en.json`. */
export const VAULT_ERROR_CODES = [
  'wrong-passphrase-or-key-file',
  'not-a-vault',
  'damaged',
  'already-open',
  'already-there',
  'read-only',
  'disk-full',
  'disk-failed',
  'newer-version',
  'weak-parameters',
  'closed',
  'hold',
  'case-destroyed',
  'not-found',
  'bad-import',
] as const;
export type VaultErrorCode = (typeof VAULT_ERROR_CODES)[number];

/** Where: `header` is the file `vault.json`, `database` the file `vault.db`, `row` one sealed row inside it. */
export type VaultPlace = 'header' | 'database' | 'row' | 'folder' | 'import';

/**
 * The vault could not do what it was asked. Never carries keys or content of cases.
 *
 * @example
 * throw new VaultError('damaged', 'row', 'records 12');
 */
export class VaultError extends Error {
  override readonly name = 'VaultError';

  constructor(
    readonly code: VaultErrorCode,
    readonly place: VaultPlace,
    /** What exactly: a file, a row, a process id. May be empty. */
    readonly detail = '',
    options?: ErrorOptions,
  ) {
    // For logs. People read the sentences of the language files.
    super(`${code}: ${place}${detail === '' ? '' : ` ${detail}`}`, options);
  }
}

/** A failure of the file system while the vault's own files are read or written. */
export function fileError(error: unknown, detail: string): VaultError {
  if (error instanceof VaultError) return error;
  const name = nameOf(error);
  if (name === 'ENOSPC' || name === 'EDQUOT')
    return new VaultError('disk-full', 'folder', detail, { cause: error });
  if (name === 'EROFS' || name === 'EACCES' || name === 'EPERM')
    return new VaultError('read-only', 'folder', detail, { cause: error });
  return new VaultError('disk-failed', 'folder', detail, { cause: error });
}

/** Of a failure of the system: `ENOSPC`. */
function nameOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
