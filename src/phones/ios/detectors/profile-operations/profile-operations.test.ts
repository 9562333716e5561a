import { describe, expect, it } from 'vitest';
import type { ProfileEvent } from '../../../../records/kinds/profile-event.js';
import { profileEvent, time } from '../../../../records/testing/records.js';
import { detectInAnyOrder, sayInBoth } from '../../testing/findings.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './profile-operations.js';

const event = (
  index: number,
  fields: Partial<ProfileEvent> = {},
  evidence = 'e1',
  path = 'a',
): ProfileEvent =>
  profileEvent({
    source: {
      evidence,
      path,
      locator: `ProfileEvents > ${index} > ${fields.profileId ?? 'com.example.profile'}`,
    },
    ...fields,
  });
const REMOVAL = { operation: 'remove', process: 'profiled', at: time('2024-03-01T10:00:00Z') };

describe('ios/profile-operations', () => {
  it('gives one finding for each profile with all its events', () => {
    const drafts = detectInAnyOrder(detector, [
      event(0),
      event(1, REMOVAL),
      event(2, { profileId: 'com.example.b' }),
    ]);

    expect(drafts).toMatchObject([
      {
        severity: 'low',
        shows: 'advice',
        values: { profile: 'com.example.b', count: 1, installs: 1, removals: 0 },
      },
      {
        severity: 'low',
        confidence: 'high',
        at: '2024-02-16T22:40:10.000000Z',
        values: { count: 2, installs: 1, removals: 1, processes: 'Preferences, profiled' },
        evidence: [
          { locator: 'ProfileEvents > 0 > com.example.profile' },
          { locator: 'ProfileEvents > 1 > com.example.profile' },
        ],
      },
    ]);
  });

  it('counts an event once that is in the evidence twice, and keeps both places', () => {
    const drafts = detectInAnyOrder(detector, [event(0), event(0, {}, 'e1', 'copy')]);
    expect(drafts).toMatchObject([{ values: { count: 1 } }]);
    expect(drafts[0]?.evidence).toHaveLength(2);
  });

  it('counts events without time by their place', () => {
    expect(detectInAnyOrder(detector, [event(0, { at: null }), event(1, { at: null })])).toMatchObject([
      { values: { count: 2, hasTime: 'no' }, at: null },
    ]);
  });

  it('finds nothing in nothing, and does not mix two phones', () => {
    expect(detectInAnyOrder(detector, [])).toEqual([]);
    const drafts = detectInAnyOrder(detector, [event(0), event(1, REMOVAL, 'e2')]);
    expect(drafts.map(({ values }) => [values.installs, values.removals])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('says it in both languages', () => {
    const two = sayInBoth({ es, en }, detectInAnyOrder(detector, [event(0), event(1, REMOVAL)])[0]);
    expect(two.es.title).toBe('Se instaló y se quitó un perfil de configuración: com.example.profile');
    const gone = sayInBoth({ es, en }, detectInAnyOrder(detector, [event(1, REMOVAL)])[0]);
    expect(gone.en.title).toBe('A configuration profile was removed: com.example.profile');
    expect(two.es.explanation).toContain(
      'El teléfono anotó 2 operaciones con el perfil com.example.profile, entre el ',
    );
    expect(two.es.explanation).toContain(
      ': una instalación y una eliminación. Proceso que lo hizo: Preferences, profiled.',
    );
    const one = sayInBoth({ es, en }, detectInAnyOrder(detector, [event(0, { at: null, process: null })])[0]);
    expect(one.en.title).toBe('A configuration profile was installed or changed: com.example.profile');
    expect(one.en.explanation).toContain(
      'one operation with the profile com.example.profile: one installation and no removal. A',
    );
  });
});
