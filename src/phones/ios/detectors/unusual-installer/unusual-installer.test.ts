import { describe, expect, it } from 'vitest';
import type { App } from '../../../../records/kinds/app.js';
import { storeApp } from '../../../../records/testing/records.js';
import { detectInAnyOrder, sayInBoth } from '../../testing/findings.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './unusual-installer.js';

const installed = (appId: string, installer: string | null, evidence = 'e1'): App =>
  storeApp({
    appId,
    installer,
    source: { evidence, path: 'Info.plist', locator: `Applications > ${appId}` },
  });

describe('ios/unusual-installer', () => {
  it('gives one finding for an installer with all its apps', () => {
    const drafts = detectInAnyOrder(
      detector,
      ['g', 'f', 'e', 'd', 'c', 'b', 'a'].map((letter) =>
        installed(`com.example.${letter}`, 'com.example.market'),
      ),
    );
    expect(drafts).toMatchObject([
      {
        severity: 'medium',
        confidence: 'low',
        shows: 'oddity',
        values: {
          installer: 'com.example.market',
          count: 7,
          apps: 'com.example.a, com.example.b, com.example.c, com.example.d, com.example.e',
          moreApps: 2,
        },
        at: '2023-05-06T07:08:09.000000Z',
      },
    ]);
    expect(drafts[0]?.evidence).toHaveLength(7);
  });

  it.each([
    'com.apple.AppStore',
    'com.apple.AppStore.ProductPageExtension',
    'com.apple.dmd',
    'dmd',
    'com.apple.datausage.atc',
    'com.apple.Numbers',
    '',
    null,
  ])('stays silent on %s', (installer) => {
    expect(detectInAnyOrder(detector, [installed('com.example.a', installer)])).toEqual([]);
  });

  it('makes little of another part of Apple’s system', () => {
    expect(detectInAnyOrder(detector, [installed('com.example.a', 'com.apple.MobileSMS')])).toMatchObject([
      { severity: 'low', confidence: 'low', shows: 'advice', variant: 'apple' },
    ]);
  });

  it('keeps installers and phones apart', () => {
    const drafts = detectInAnyOrder(detector, [
      installed('com.example.a', 'com.example.market'),
      installed('com.example.b', 'com.example.other'),
      installed('com.example.a', 'com.example.market', 'e2'),
    ]);
    expect(drafts.map(({ values, evidence }) => [values.installer, evidence[0]?.evidence])).toEqual([
      ['com.example.market', 'e1'],
      ['com.example.other', 'e1'],
      ['com.example.market', 'e2'],
    ]);
  });

  it('says it in both languages', () => {
    const one = sayInBoth(
      { es, en },
      detectInAnyOrder(detector, [installed('com.example.a', 'com.example.market')])[0],
    );
    expect(one.es.title).toBe('Una aplicación llegó por un camino poco común: com.example.market');
    expect(one.es.explanation).toContain(
      'El recibo de la aplicación com.example.a dice que la instaló com.example.market,',
    );
    const six = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) =>
      installed(`com.example.${letter}`, 'com.apple.X'),
    );
    const apple = sayInBoth({ es, en }, detectInAnyOrder(detector, six)[0]);
    expect(apple.es.title).toBe('6 aplicaciones llegaron por un camino poco común: com.apple.X');
    expect(apple.es.explanation).toContain('com.example.e y una más dice que las instaló com.apple.X,');
    expect(apple.en.explanation).toContain(
      'com.example.e and one more says that com.apple.X installed them,',
    );
  });
});
