import { PlistError, type PlistLimits, type PlistValue } from './value.js';

export function parseXmlPlist(_bytes: Uint8Array, _limits: PlistLimits): PlistValue {
  throw new PlistError('wrong-format', 0, 'not written yet');
}
