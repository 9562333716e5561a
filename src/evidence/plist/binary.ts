import { PlistError, type PlistLimits, type PlistValue } from './value.js';

export function isBinaryPlist(bytes: Uint8Array): boolean {
  return bytes[0] === 0x62 && bytes[1] === 0x70;
}
export function parseBinaryPlist(_bytes: Uint8Array, _limits: PlistLimits): PlistValue {
  throw new PlistError('wrong-format', 0, 'not written yet');
}
