import { describe, expect, it } from 'vitest';
import { detect } from '../../../core/testing/run.js';
import { expectSoundTexts, renderTexts } from '../../../core/testing/texts.js';
import type { Message } from '../../../records/kinds/message.js';
import { message } from '../../../records/testing/records.js';
import { SHORTENERS, shortenerOf } from '../../shorteners.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './short-link.js';

const run = (records: readonly Message[]) => detect(detector, records);

describe('lures/short-link', () => {
  it('counts short links in one finding and names the services', () => {
    const findings = run([
      sms(1, ['https://bit.ly/AbCdEfG', 'http://bit.ly/AbCdEfG/']),
      sms(2, ['https://bit.ly/abcdefg']),
      sms(3, ['https://tinyurl.com/x', 'https://example.org/x']),
      { ...sms(4, ['https://is.gd/mine']), direction: 'outgoing' },
    ]);
    expect(findings).toMatchObject([
      {
        severity: 'info',
        shows: 'advice',
        at: '2020-01-01T00:00:01.000000Z',
        values: { linkCount: 3, messageCount: 3, hosts: 'bit[.]ly, tinyurl[.]com', otherHosts: 0 },
      },
    ]);
    expect(findings[0]?.evidence.map(({ locator }) => locator)).toEqual([
      'message ROWID 1',
      'message ROWID 2',
      'message ROWID 3',
    ]);
  });

  it('tells two phones apart, whatever the order', () => {
    const message = sms(1, ['https://bit.ly/AbC']);
    const other = { ...message, source: { ...message.source, evidence: 'e2' } };
    for (const records of [
      [message, other],
      [other, message],
    ]) {
      expect(run(records).map(({ evidence }) => evidence.map((place) => place.evidence))).toEqual([
        ['e1'],
        ['e2'],
      ]);
    }
  });

  it('stays silent on links that hide nothing', () => {
    expect(
      run([
        sms(1, [
          'https://youtu.be/abc',
          'https://wa.me/15550100',
          'https://goo.gl/maps/abc',
          'https://bit.ly/',
          'https://notbit.ly/a',
        ]),
        sms(2, ['https://bit.ly.example.org/a', 'https://example.org/bit.ly', 'not a link']),
      ]),
    ).toEqual([]);
  });

  it('points at 200 places at most and still counts all', () => {
    const [finding] = run(
      Array.from({ length: 300 }, (_, index) => sms(index, [`https://t.co/${index}`])).reverse(),
    );
    expect(finding?.evidence).toHaveLength(200);
    expect(finding?.values).toMatchObject({ linkCount: 300, messageCount: 300 });
    expect(finding?.at).toBe('2020-01-01T00:00:00.000000Z');
  });

  it('keeps its list in order, without repeats and without the benign ones', () => {
    expect([...SHORTENERS].sort().filter((host, index, all) => host !== all[index - 1])).toHaveLength(
      SHORTENERS.length,
    );
    for (const benign of ['youtu.be', 'wa.me']) expect(shortenerOf(`https://${benign}/x`)).toBe(null);
    expect(shortenerOf('WWW.BIT.LY/AbC')).toBe('bit.ly');
  });

  it('says the same in both languages', () => {
    const values = { linkCount: 1, messageCount: 1, hosts: 'bit[.]ly', otherHosts: 0 };
    for (const linkCount of [1, 2]) {
      for (const otherHosts of [0, 1, 2])
        expectSoundTexts({ es, en }, { ...values, linkCount, messageCount: linkCount, otherHosts });
    }
    expect(renderTexts('es', es, values).title).toBe('Se recibió un enlace acortado; Vigía no lo abrió');
    expect(renderTexts('es', es, values).explanation).toContain(
      'Vigía no lo abrió: abrirlo puede avisar a quien lo envió.',
    );
    expect(renderTexts('en', en, { ...values, linkCount: 3 }).title).toBe(
      '3 short links were received; Vigía did not open them',
    );
  });
});

function sms(row: number, links: string[]): Message {
  return message({
    at: `2020-01-01T00:${String(Math.floor(row / 60)).padStart(2, '0')}:${String(row % 60).padStart(2, '0')}.000000Z`,
    source: { evidence: 'e1', path: 'sms.db', locator: `message ROWID ${row}` },
    links,
  });
}
