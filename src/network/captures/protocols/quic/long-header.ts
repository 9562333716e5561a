import { type QuicVersion, quicVersion } from './versions.js';

/** Longest connection id of the versions known here (RFC 9000 17.2). */
export const MAX_ID_BYTES = 20;

/** Where the parts of a packet with a long header lie (RFC 9000 17.2). */
export interface LongHeader {
  readonly version: QuicVersion;
  readonly isInitial: boolean;
  readonly idStart: number;
  readonly idEnd: number;
  /** Where the packet number begins. */
  readonly numberAt: number;
  readonly end: number;
}

/** Reads it; null for other packets, versions that are not known, Retry packets, and cut ones. */
export function longHeader(bytes: Buffer, start: number, end: number): LongHeader | null {
  if (end - start < 7 || ((bytes[start] as number) & 0xc0) !== 0xc0) return null;
  const version = quicVersion(bytes.readUInt32BE(start + 1));
  if (version === null) return null;
  const idStart = start + 6;
  const idEnd = idStart + (bytes[start + 5] as number);
  if (idEnd - idStart > MAX_ID_BYTES || idEnd >= end) return null;
  let at = idEnd + 1 + (bytes[idEnd] as number);
  if ((bytes[idEnd] as number) > MAX_ID_BYTES || at >= end) return null;
  const type = ((bytes[start] as number) >> 4) & 3;
  if (type === version.retryType) return null;
  const isInitial = type === version.initialType;
  if (isInitial) {
    const tokenBytes = variableInteger(bytes, at, end);
    at += variableIntegerBytes(bytes, at);
    if (tokenBytes === -1 || tokenBytes > end - at) return null;
    at += tokenBytes;
  }
  const length = variableInteger(bytes, at, end);
  at += at < end ? variableIntegerBytes(bytes, at) : 0;
  if (length === -1 || length > end - at) return null;
  return { version, isInitial, idStart, idEnd, numberAt: at, end: at + length };
}

/** A number in one to eight bytes (RFC 9000 16); -1 when it is cut. */
export function variableInteger(bytes: Buffer, at: number, end: number): number {
  if (at >= end) return -1;
  const length = variableIntegerBytes(bytes, at);
  if (length > end - at) return -1;
  let value = (bytes[at] as number) & 0x3f;
  for (let index = 1; index < length; index += 1) value = value * 256 + (bytes[at + index] as number);
  return value;
}

/** Length of the number that begins here. */
export function variableIntegerBytes(bytes: Buffer, at: number): number {
  return 1 << ((bytes[at] as number) >> 6);
}
