import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

/**
 * SHA-256 of a file in steps; each step gives the number of bytes just hashed. Synchronous inside a step: for the
 * hundred thousand small files of a backup that is several times faster. Returns null when it cannot be read.
 *
 * @param buffer - for the bytes read, used only within a step, so many files can share it
 */
export function* hashSteps(path: string, buffer: Buffer): Generator<number, string | null, undefined> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const hash = createHash('sha256');
    for (;;) {
      const bytesRead = readSync(file, buffer, 0, buffer.byteLength, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
      yield bytesRead;
    }
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}

/**
 * The hash of a folder: SHA-256 of what `sha256sum` prints for its files, one line `<sha256>  <path>\n` each with "/"
 * between parts, sorted by the bytes of the path. On Linux anyone can repeat it in the folder:
 * `find . -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum`
 *
 * @returns null when a file could not be hashed: half a hash says nothing
 */
export function folderDigest(
  files: readonly { readonly path: string; readonly sha256: string | null }[],
): string | null {
  const lines: { readonly key: Buffer; readonly text: string }[] = [];
  for (const { path, sha256 } of files) {
    if (sha256 === null) return null;
    // sha256sum marks names with line ends or "\" by a leading "\" and escapes them.
    const escaped = path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
    lines.push({ key: Buffer.from(path), text: `${escaped === path ? '' : '\\'}${sha256}  ${escaped}\n` });
  }
  const hash = createHash('sha256');
  for (const { text } of lines.sort((a, b) => Buffer.compare(a.key, b.key))) hash.update(text);
  return hash.digest('hex');
}
