import { describe, expect, it } from 'vitest';
import { chat, time } from '../../../../records/testing/records.js';
import { detectInAnyOrder, sayInBoth } from '../../testing/findings.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './missing-last-message.js';

const place = (row: number, evidence = 'e1') => ({
  evidence,
  path: 'ChatStorage.sqlite',
  locator: `ZWACHATSESSION ROWID ${row}`,
});

describe('ios/missing-last-message', () => {
  it('tells of conversations whose list is ahead of their messages, in one finding', () => {
    const drafts = detectInAnyOrder(detector, [
      chat(),
      chat({ source: place(2), name: null, address: null, at: time('2024-04-10T00:00:00Z') }),
    ]);

    expect(drafts).toEqual([
      {
        severity: 'info',
        confidence: 'medium',
        shows: 'advice',
        values: {
          service: 'whatsapp',
          count: 2,
          hasName: 'yes',
          name: 'Redacción',
          listed: { time: '2024-04-15T20:00:00.000000Z' },
          stored: { time: '2024-04-01T15:00:00.000000Z' },
        },
        at: '2024-04-15T20:00:00.000000Z',
        evidence: [place(2), place(1)],
      },
    ]);
  });

  it('stays silent when list and messages agree, and on emptied conversations', () => {
    expect(
      detectInAnyOrder(detector, [
        chat({ at: time('2024-04-01T15:00:00Z') }),
        chat({ at: time('2024-04-01T15:00:01Z') }),
        chat({ at: time('2024-03-01T15:00:00Z') }),
        chat({ at: null }),
        chat({ lastStoredMessageAt: null, storedMessageCount: 0 }),
        chat({ at: time('2024-04-01T15:00:00Z'), messageCounter: 900 }),
      ]),
    ).toEqual([]);
  });

  it('keeps phones and messengers apart', () => {
    const drafts = detectInAnyOrder(detector, [
      chat(),
      chat({ service: 'other' }),
      chat({ source: place(1, 'e2') }),
    ]);
    expect(drafts.map(({ values, evidence }) => [values.service, evidence[0]?.evidence])).toEqual([
      ['other', 'e1'],
      ['whatsapp', 'e1'],
      ['whatsapp', 'e2'],
    ]);
  });

  it('says it in both languages', () => {
    const one = sayInBoth({ es, en }, detectInAnyOrder(detector, [chat()])[0]);
    expect(one.es.title).toBe('A una conversación le falta el último mensaje (WhatsApp)');
    expect(one.es.explanation).toContain('En «Redacción» la lista dice 15 abr 2024');
    const two = sayInBoth(
      { es, en },
      detectInAnyOrder(detector, [
        chat({ name: null, address: null, service: 'Example' }),
        chat({ name: null, address: null, service: 'Example', source: place(2) }),
      ])[0],
    );
    expect(two.en.title).toBe('2 conversations lack the last message (Example)');
    expect(two.en.explanation).toContain('In the most recent one the list says 15 Apr 2024');
  });
});
