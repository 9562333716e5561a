import { describe, expect, it } from 'vitest';
import { calendarEvent, time } from '../../../../records/testing/records.js';
import { detectInAnyOrder, sayInBoth } from '../../testing/findings.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './quadream-invite.js';

const place = (row: number, evidence = 'e1') => ({
  evidence,
  path: 'Calendar.sqlitedb',
  locator: `CalendarItem ROWID ${row}`,
});
const invitation = (row: number, organizerEmail = 'Someone@example.org', evidence = 'e1') =>
  calendarEvent({ source: place(row, evidence), organizerEmail, createdAt: time('2021-03-05T09:00:00Z') });

describe('ios/quadream-invite', () => {
  it('reports the invitations of one account as one attempt', () => {
    const drafts = detectInAnyOrder(detector, [invitation(9), invitation(10, 'someone@example.org')]);

    expect(drafts).toEqual([
      {
        severity: 'high',
        confidence: 'medium',
        shows: 'attempt',
        values: {
          count: 2,
          hasOrganizer: 'yes',
          organizer: expect.stringMatching(/^someone@example\.org$/),
          backdated: 'yes',
        },
        at: '2021-03-05T09:00:00.000000Z',
        technique: 'T1664',
        evidence: [place(9), place(10)],
      },
    ]);
  });

  it('stays silent on entries that are only alike', () => {
    expect(
      detectInAnyOrder(detector, [
        calendarEvent({ summary: 'meeting' }),
        calendarEvent({ summary: 'Meeting ' }),
        calendarEvent({ summary: 'Team Meeting' }),
        calendarEvent({ description: 'Notes to follow' }),
        calendarEvent({ description: null }),
        calendarEvent({ summary: 'Notes', description: 'Meeting' }),
      ]),
    ).toEqual([]);
  });

  it('is less sure of an entry that the person may have written', () => {
    expect(detectInAnyOrder(detector, [calendarEvent()])).toMatchObject([
      { confidence: 'low', shows: 'oddity', values: { backdated: 'no', hasOrganizer: 'no' } },
    ]);
    expect(
      detectInAnyOrder(detector, [calendarEvent({ createdAt: time('2021-03-01T11:00:00Z') })]),
    ).toMatchObject([{ shows: 'oddity' }]);
    expect(
      detectInAnyOrder(detector, [calendarEvent({ createdAt: time('2021-03-01T11:00:01Z') })]),
    ).toMatchObject([{ shows: 'attempt' }]);
  });

  it('keeps two phones and two accounts apart', () => {
    const drafts = detectInAnyOrder(detector, [
      invitation(1),
      invitation(2, 'other@example.org'),
      invitation(1, 'someone@example.org', 'e2'),
    ]);
    expect(drafts.map(({ evidence }) => evidence)).toEqual([[place(2)], [place(1)], [place(1, 'e2')]]);
  });

  it('says it in both languages', () => {
    const two = sayInBoth({ es, en }, detectInAnyOrder(detector, [invitation(1), invitation(2)])[0]);
    expect(two.es.title).toBe('Hay 2 citas redactadas como las invitaciones del programa espía de QuaDream');
    expect(two.es.explanation).toContain('someone@example.org.');
    expect(two.en.title).toBe(
      'There are 2 calendar entries worded like the invitations of QuaDream’s spyware',
    );
    const one = sayInBoth({ es, en }, detectInAnyOrder(detector, [calendarEvent()])[0]);
    expect(one.es.title).toContain('Hay una cita redactada como');
    expect(one.es.explanation).toContain('con el título «Meeting» y la nota «Notes». Citizen Lab');
    expect(one.en.explanation).toContain(
      'The calendar has an entry with the title “Meeting” and the note “Notes”. Citizen',
    );
  });
});
