import { describe, expect, it } from 'vitest';
import { translatorFor } from '../../check/messages.js';
import type { Correlation } from '../correlation/correlate.js';
import { campaignPicture } from './campaign-picture.js';

const event = {
  caseCode: 'V-2026-0001',
  person: 'Ceiba',
  at: '2026-03-01T10:00:00.000000Z',
  precision: undefined,
  technique: 'lure' as const,
  severity: 'high' as const,
  title: '<b>',
  run: 'R1',
  finding: 'f1',
  detector: 'lures/suspicious-message',
  traces: [],
};
const found: Correlation = {
  events: [event, { ...event, at: '2012-01-01T00:00:00.000000Z', technique: 'surveillance-server' }],
  campaigns: [],
  concurrences: [],
  calendar: [
    { at: '2026-03-02T00:00:00.000000Z', title: 'x', kind: 'publication', caseCode: null },
    { at: '2026-03-03T00:00:00.000000Z', title: 'y', kind: 'hearing', caseCode: null },
  ],
};

describe('the picture of several techniques', () => {
  it.each(['es', 'en'] as const)(
    'has a row for each person and one for the calendar (%s)',
    async (language) => {
      const svg = await campaignPicture(found, translatorFor(language, 'UTC'));

      expect(svg).toContain('Ceiba');
      expect(svg).toContain(language === 'es' ? 'calendario' : 'calendar');
      expect(svg).toContain(language === 'es' ? 'mensajes señuelo' : 'lure messages');
      expect(svg).not.toContain('2012');
    },
  );

  it('is not drawn where nothing has a date', async () => {
    const none = { ...found, events: [{ ...event, at: null }], calendar: [] };

    expect(await campaignPicture(none, translatorFor('en', 'UTC'))).toBeNull();
  });
});
