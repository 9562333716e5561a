import { createReadStream } from 'node:fs';

/**
 * A text file that is no evidence, as editors and Windows PowerShell save it: UTF-8, or UTF-16 with its mark. Read on and on,
 * not by the stated size: it may be a pipe. What was named by mistake (a disk, a video) is not read whole.
 */
export async function readTextFile(
  path: string,
  maxBytes: number,
): Promise<{ readonly text: string } | 'unreadable' | 'too-large'> {
  const chunks: Buffer[] = [];
  try {
    // Its `end` is inclusive: one byte more than is allowed.
    for await (const chunk of createReadStream(path, { end: maxBytes })) chunks.push(chunk as Buffer);
  } catch {
    return 'unreadable';
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.byteLength > maxBytes) return 'too-large';
  // TextDecoder takes the byte order mark away.
  return { text: new TextDecoder(encodingOf(bytes)).decode(bytes) };
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
