import type { Translator } from '../../../../src/core/language.js';
import type { ResultFinding } from '../../../../src/core/result.js';

/** When it happened, as fine as it is known. */
export function whenOf(
  { at, atPrecision }: Pick<ResultFinding, 'at' | 'atPrecision'>,
  t: Translator,
): string {
  if (at === null) return t('findings.undated');
  return atPrecision === 'day' || atPrecision === 'month'
    ? t.value({ date: at, precision: atPrecision })
    : t.time(at);
}
