/** Lines of tag files, read without trusting how long they are. */

/** A file went over a limit; what was read until then counts. */
export class LineLimit extends Error {
  override readonly name = 'LineLimit';

  constructor(
    readonly limit: 'line-too-long' | 'too-large',
    readonly line: number,
  ) {
    super(`${limit}: line ${line}`);
  }
}

export interface LineLimits {
  readonly lineBytes: number;
  readonly fileBytes: number;
}

interface Line {
  readonly number: number;
  readonly bytes: Buffer;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Lines in batches, one for each chunk: half a million awaits would cost more than the reading. A line ends with LF, CR
 * or both (RFC 8493, 1.3); what follows the last end is a line when it is not empty.
 *
 * @throws LineLimit; errors of the source pass through
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  limits: LineLimits,
): AsyncGenerator<readonly Line[], void, undefined> {
  let open: Buffer[] = [];
  let openBytes = 0;
  let number = 1;
  let bytesRead = 0;
  let afterReturn = false;
  for await (const chunk of chunks) {
    bytesRead += chunk.byteLength;
    if (bytesRead > limits.fileBytes) throw new LineLimit('too-large', number);
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: Line[] = [];
    let start = 0;
    for (let at = 0; at < bytes.byteLength; at += 1) {
      const byte = bytes[at];
      const endsReturn = afterReturn && byte === LINE_FEED;
      afterReturn = byte === CARRIAGE_RETURN;
      if (endsReturn) start = at + 1;
      else if (byte === LINE_FEED || byte === CARRIAGE_RETURN) {
        if (openBytes + at - start > limits.lineBytes) throw new LineLimit('line-too-long', number);
        const end = bytes.subarray(start, at);
        lines.push({ number, bytes: openBytes > 0 ? Buffer.concat([...open, end]) : end });
        open = [];
        openBytes = 0;
        number += 1;
        start = at + 1;
      }
    }
    if (start < bytes.byteLength) {
      open.push(bytes.subarray(start));
      openBytes += bytes.byteLength - start;
      if (openBytes > limits.lineBytes) throw new LineLimit('line-too-long', number);
    }
    if (lines.length > 0) yield lines;
  }
  if (openBytes > 0) yield [{ number, bytes: Buffer.concat(open) }];
}

export type LineDecoder = (bytes: Uint8Array) => string | null;

/**
 * A decoder for the encoding that `bagit.txt` names, null where it is not known. Encodings in which a line end may be part of
 * another character (UTF-16) are not read: RFC 8493, 2.1.1 recommends UTF-8, and nothing else is met.
 */
export function lineDecoder(encoding: string): LineDecoder | null {
  switch (encoding.toUpperCase()) {
    case 'UTF-8':
    case 'US-ASCII':
    case 'ASCII':
      return decodeUtf8;
    case 'ISO-8859-1':
      return (bytes) => Buffer.from(bytes).toString('latin1');
    default:
      return null;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Null when the bytes are not UTF-8. A byte order mark is kept, so that it is seen. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
