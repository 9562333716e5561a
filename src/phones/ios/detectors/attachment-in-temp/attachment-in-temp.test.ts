import { describe, expect, it } from 'vitest';
import { attachment, time } from '../../../../records/testing/records.js';
import { detectInAnyOrder, sayInBoth } from '../../testing/findings.js';
import { detector } from './attachment-in-temp.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };

const place = (row: number, evidence = 'e1') => ({
  evidence,
  path: 'sms.db',
  locator: `attachment ROWID ${row}`,
});

describe('ios/attachment-in-temp', () => {
  it.each(['/var/tmp/example-1', '/private/var/tmp/a/b.gif-1'])(
    'reports a received file at %s',
    (filePath) => {
      expect(detectInAnyOrder(detector, [attachment({ filePath })])).toMatchObject([
        {
          severity: 'medium',
          confidence: 'low',
          at: '2023-05-02T03:04:05.000000Z',
          values: { count: 1, path: filePath, sender: 'someone@example.org' },
          evidence: [{ locator: 'attachment ROWID 1' }],
        },
      ]);
    },
  );

  it('stays silent on other places, other endings and sent files', () => {
    expect(
      detectInAnyOrder(detector, [
        attachment({ filePath: '/var/tmp/example-11' }),
        attachment({ filePath: '/var/tmp/example-1.jpg' }),
        attachment({ filePath: '/var/tmpx/example-1' }),
        attachment({ filePath: '~/Library/SMS/Attachments/0a/10/var/tmp/example-1' }),
        attachment({ filePath: null }),
        attachment({ direction: 'outgoing' }),
        attachment({ direction: 'unknown' }),
      ]),
    ).toEqual([]);
  });

  it('gathers the files of one sender and keeps senders and phones apart', () => {
    const drafts = detectInAnyOrder(detector, [
      attachment({ source: place(3), at: null, startedAt: time('2023-05-01T00:00:00Z') }),
      attachment({ source: place(12), sender: 'Someone@example.org' }),
      attachment({ source: place(4), sender: null }),
      attachment({ source: place(3, 'e2') }),
    ]);
    expect(drafts.map(({ at, evidence }) => [at, evidence])).toEqual([
      ['2023-05-01T00:00:00.000000Z', [place(12), place(3)]],
      ['2023-05-02T03:04:05.000000Z', [place(4)]],
      ['2023-05-02T03:04:05.000000Z', [place(3, 'e2')]],
    ]);
  });

  it('says it in both languages', () => {
    const one = sayInBoth({ es, en }, detectInAnyOrder(detector, [attachment()])[0]);
    expect(one.es.title).toBe('Un archivo recibido por mensaje quedó en una carpeta de paso');
    expect(one.es.explanation).toContain(
      'un archivo recibido de someone@example.org cuyo lugar anotado es /private/var/tmp/example-1. Los',
    );
    const many = attachment({ source: place(2), sender: null });
    const two = sayInBoth({ es, en }, detectInAnyOrder(detector, [attachment({ sender: null }), many])[0]);
    expect(two.en.title).toBe('2 files received in messages were left in a folder for passing files');
    expect(two.en.explanation).toContain(
      'There are 2 received files whose noted place is /private/var/tmp/example-1 or one like it.',
    );
  });
});
