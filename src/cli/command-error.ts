import type { TextValues } from '../core/contracts.js';

/** A command cannot go on; its sentence is `cli.error.<code>`. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  constructor(
    readonly code: string,
    readonly values: TextValues,
    readonly exitCode: number,
  ) {
    super(code);
  }
}
