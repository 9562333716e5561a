import { PlistError, type PlistLimits, type PlistValue } from './value.js';

export function unarchive(archive: PlistValue, _limits: Partial<PlistLimits> = {}): PlistValue {
  void archive;
  throw new PlistError('wrong-format', 0, 'not written yet');
}
