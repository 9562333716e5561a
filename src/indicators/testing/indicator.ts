import type { Indicator, IndicatorType } from '../../core/indicator.js';

/** An indicator of a list named "test", with the given fields in place of its own. */
export function indicator(type: IndicatorType, value: string, fields: Partial<Indicator> = {}): Indicator {
  return {
    type,
    value,
    family: 'Example',
    category: 'spyware',
    role: 'infrastructure',
    feed: 'test',
    file: 'test.txt',
    place: 'line 1',
    licence: null,
    validFrom: null,
    validUntil: null,
    comment: null,
    ...fields,
  };
}
