/** Telling hosts by their parents, at the dots only: `evilgoogle.com` is not under `google.com`. */

/** A name as names are compared: lower case, without the final dot. */
export function plainHost(host: string): string {
  const lower = host.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/**
 * What a table says of the host itself or of its nearest listed parent; undefined when neither is listed.
 *
 * @example
 * nearest('a.b.example', new Map([['b.example', 1]])); // 1
 */
export function nearest<V>(host: string, table: ReadonlyMap<string, V>): V | undefined {
  const name = plainHost(host);
  for (let at = 0; ; ) {
    const found = table.get(at === 0 ? name : name.slice(at));
    if (found !== undefined) return found;
    const dot = name.indexOf('.', at);
    if (dot === -1) return undefined;
    at = dot + 1;
  }
}
