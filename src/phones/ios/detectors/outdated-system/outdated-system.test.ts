import { describe, expect, it } from 'vitest';
import { device } from '../../../../records/testing/records.js';
import { detectInAnyOrder, sayInBoth } from '../../testing/findings.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './outdated-system.js';

describe('ios/outdated-system', () => {
  it('advises on a system older than the newest known for the device', () => {
    const drafts = detectInAnyOrder(detector, [
      device({ model: 'iPhone9,3', modelName: 'iPhone 7', osVersion: '14.3' }),
    ]);

    expect(drafts).toMatchObject([
      {
        severity: 'info',
        confidence: 'high',
        shows: 'advice',
        values: { system: 'iOS', version: '14.3', newest: '15.8.8', fitsModel: 'yes' },
        at: '2024-04-20T18:30:00.000000Z',
        evidence: [{ evidence: 'e1', path: 'Info.plist', locator: '' }],
      },
    ]);
  });

  it('stays silent on the newest version, on a newer one, on none, and on other systems', () => {
    expect(
      detectInAnyOrder(detector, [
        device({ model: 'iPhone9,3', osVersion: '15.8.8' }),
        device({ model: 'iPhone16,1', osVersion: '28.1' }),
        device({ osVersion: null }),
        device({ osVersion: 'damaged' }),
        device({ platform: 'android', osVersion: '12' }),
      ]),
    ).toEqual([]);
  });

  it('keeps two phones apart and says each once', () => {
    const second = { evidence: 'e2', path: 'Info.plist', locator: '' };
    const drafts = detectInAnyOrder(detector, [device(), device(), device({ source: second })]);

    expect(drafts.map(({ evidence }) => evidence)).toEqual([
      [{ evidence: 'e1', path: 'Info.plist', locator: '' }],
      [second],
    ]);
  });

  it('says it in both languages', () => {
    const said = sayInBoth(
      { es, en },
      detectInAnyOrder(detector, [
        device({ model: 'iPhone9,3', modelName: 'iPhone 7', osVersion: '14.3' }),
      ])[0],
    );
    expect(said.es.title).toBe('El sistema no está actualizado: iOS 14.3');
    expect(said.es.explanation).toContain(
      'este equipo (iPhone 7) usaba iOS 14.3. Cuando se hizo esta edición de Vigía (29 de septiembre de 2026), la versión más nueva que se conocía para él era 15.8.8.',
    );
    expect(said.en.explanation).toContain('this device (iPhone 7) ran iOS 14.3.');
    expect(said.en.explanation).toContain('(29 September 2026), the newest version known for it was 15.8.8.');

    const bare = device({ model: 'iPad13,4', modelName: null, osVersion: '17.4.1', at: null });
    const other = sayInBoth({ es, en }, detectInAnyOrder(detector, [bare])[0]);
    expect(other.es.explanation).toContain('Este equipo usaba iPadOS 17.4.1.');
    expect(other.en.explanation).toContain('which perhaps not every model can run, was 27.0.1.');
  });
});
