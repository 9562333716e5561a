import { describe, expect, it } from 'vitest';
import { app, storeApp } from '../../../../records/testing/records.js';
import { detectInAnyOrder, sayInBoth } from '../../testing/findings.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './sideloaded-app.js';

const second = { evidence: 'e2', path: 'Info.plist', locator: 'Applications > com.example.chat' };

describe('ios/sideloaded-app', () => {
  it('reports an app without a receipt once', () => {
    const bundle = { evidence: 'e1', path: 'Bundle/Application/1/Chat.app/Info.plist', locator: '' };
    const drafts = detectInAnyOrder(detector, [app(), app({ name: 'Chat', source: bundle })]);

    expect(drafts).toMatchObject([
      {
        severity: 'medium',
        confidence: 'medium',
        shows: 'oddity',
        values: { app: 'com.example.chat', name: 'Chat' },
        at: null,
      },
    ]);
    expect(drafts[0]?.evidence).toEqual([
      bundle,
      { evidence: 'e1', path: 'Info.plist', locator: 'Applications > com.example.chat' },
    ]);
  });

  it('stays silent with a receipt, when it cannot be told, and on Apple’s own apps', () => {
    expect(
      detectInAnyOrder(detector, [
        storeApp({ appId: 'com.example.bank' }),
        app({ appId: 'com.example.unknown', storeReceipt: null }),
        app({ appId: 'com.apple.Health' }),
      ]),
    ).toEqual([]);
  });

  it('stays silent when another place of the same phone holds the receipt, and not when another phone does', () => {
    expect(detectInAnyOrder(detector, [app(), storeApp()])).toEqual([]);
    expect(detectInAnyOrder(detector, [app(), storeApp({ source: second })])).toHaveLength(1);
    expect(detectInAnyOrder(detector, [app(), app({ source: second })])).toHaveLength(2);
  });

  it('weighs little where only data are left', () => {
    expect(detectInAnyOrder(detector, [app({ seenIn: ['data-folder'] })])).toMatchObject([
      { severity: 'low', confidence: 'low', shows: 'advice', variant: 'data-only' },
    ]);
  });

  it('says it in both languages', () => {
    const bare = sayInBoth({ es, en }, detectInAnyOrder(detector, [app()])[0]);
    expect(bare.es.title).toBe('Una aplicación no tiene recibo de la App Store: com.example.chat');
    const named = sayInBoth({ es, en }, detectInAnyOrder(detector, [app({ name: 'Chat' })])[0]);
    expect(named.en.title).toBe('An app has no receipt of the App Store: Chat (com.example.chat)');
    const data = sayInBoth({ es, en }, detectInAnyOrder(detector, [app({ seenIn: ['data-folder'] })])[0]);
    expect(data.es.title).toContain('Hay datos de una aplicación');
  });
});
