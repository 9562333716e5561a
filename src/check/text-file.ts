import { open } from 'node:fs/promises';

/** A text file that is no evidence, as editors save it: UTF-8, or UTF-16 with its mark. */
export async function readTextFile(
  path: string,
  maxBytes: number,
): Promise<{ readonly text: string } | 'unreadable' | 'too-large'> {
  const bytes = await beginningOf(path, maxBytes + 1).catch(() => null);
  if (bytes === null) return 'unreadable';
  if (bytes.byteLength > maxBytes) return 'too-large';
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  // TextDecoder takes the byte order mark away.
  return { text: new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes) };
}

/** Up to so many bytes. Read on and on, not by the stated size: it may be a pipe. */
async function beginningOf(path: string, most: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(most);
    let filled = 0;
    while (filled < buffer.byteLength) {
      const { bytesRead } = await file.read(buffer, filled, buffer.byteLength - filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } finally {
    await file.close();
  }
}
