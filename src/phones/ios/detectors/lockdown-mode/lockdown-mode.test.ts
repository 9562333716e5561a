import { describe, expect, it } from 'vitest';
import { preference } from '../../../../records/testing/records.js';
import { detectInAnyOrder, sayInBoth } from '../../testing/findings.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './lockdown-mode.js';

describe('ios/lockdown-mode', () => {
  it('tells that it is on', () => {
    expect(detectInAnyOrder(detector, [preference()])).toEqual([
      {
        severity: 'info',
        confidence: 'high',
        shows: 'advice',
        variant: 'enabled',
        values: {},
        at: null,
        evidence: [
          {
            evidence: 'e1',
            path: 'HomeDomain/Library/Preferences/.GlobalPreferences.plist',
            locator: 'LDMGlobalEnabled',
          },
        ],
      },
    ]);
  });

  it('tells that it was turned off', () => {
    expect(detectInAnyOrder(detector, [preference({ valueJson: 'false' })])).toMatchObject([
      { severity: 'low', variant: 'off' },
    ]);
    expect(detectInAnyOrder(detector, [preference({ valueJson: '0' })])).toMatchObject([{ variant: 'off' }]);
  });

  it('stays silent on other settings, other files and values that are no switch', () => {
    expect(
      detectInAnyOrder(detector, [
        preference({ key: 'LDMGlobalEnabledDate' }),
        preference({ domain: 'com.example.app' }),
        preference({ valueJson: '"true"' }),
        preference({ valueJson: 'null' }),
      ]),
    ).toEqual([]);
  });

  it('keeps two phones apart and says each once', () => {
    const source = { evidence: 'e2', path: 'a', locator: 'LDMGlobalEnabled' };
    const drafts = detectInAnyOrder(detector, [
      preference(),
      preference(),
      preference({ source, valueJson: 'false' }),
    ]);
    expect(drafts.map(({ variant, evidence }) => [variant, evidence.map((place) => place.evidence)])).toEqual(
      [
        ['enabled', ['e1']],
        ['off', ['e2']],
      ],
    );
  });

  it('says it in both languages', () => {
    const on = sayInBoth({ es, en }, detectInAnyOrder(detector, [preference()])[0]);
    expect(on.es.title).toBe('El modo hermético está activado');
    expect(on.en.title).toBe('Lockdown Mode is on');
    const off = sayInBoth({ es, en }, detectInAnyOrder(detector, [preference({ valueJson: 'false' })])[0]);
    expect(off.es.title).toBe('El modo hermético está desactivado');
    expect(off.en.title).toBe('Lockdown Mode is turned off');
  });
});
