import { createHash } from 'node:crypto';
import type { Result } from '../../core/result.js';

/** SHA-256 of a result as `result.json` holds it. */
export function resultSha256(result: Result): string {
  return createHash('sha256')
    .update(`${JSON.stringify(result, null, 2)}\n`)
    .digest('hex');
}
