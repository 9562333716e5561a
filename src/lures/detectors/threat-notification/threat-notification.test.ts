import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detect } from '../../../core/testing/run.js';
import { expectSoundTexts, renderTexts } from '../../../core/testing/texts.js';
import type { Message } from '../../../records/kinds/message.js';
import { message } from '../../../records/testing/records.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './threat-notification.js';

const run = (records: readonly Message[]) => detect(detector, records);

describe('lures/threat-notification', () => {
  it.each([
    'ALERT: State-sponsored attackers may be targeting your iPhone. Apple believes …',
    'ALERT: Apple detected a targeted mercenary spyware attack against your iPhone',
    '⚠️ ALERTA: Apple detectó un ataque dirigido de software espía mercenario contra tu iPhone',
    'ALERTA: Es posible que atacantes patrocinados por un Estado quieran acceder a su iPhone',
  ])('reports %j', (text) => {
    const [finding, ...others] = run([sms({ text })]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'high',
      confidence: 'medium',
      shows: 'attempt',
      values: { places: 1, hasLink: 'no' },
    });
    expect(finding?.variant).toBeUndefined();
  });

  it.each([
    'Apple detectó ataques de spyware mercenario contra su dispositivo',
    'Apple detecta un ataque de software espía mercenario contra su iPhone: así es el aviso',
    'Apple: tu iPhone nuevo te espera, con protección contra software espía mercenario',
  ])('takes the other wording of %j for less: headlines and advertisements have it too', (text) => {
    expect(run([sms({ text })])).toMatchObject([
      { severity: 'medium', confidence: 'low', shows: 'oddity', variant: 'reworded' },
    ]);
  });

  it('tells two phones apart', () => {
    const text = 'ALERT: State-sponsored attackers may be targeting your iPhone';
    const message = sms({ text });
    const other = { ...message, source: { ...message.source, evidence: 'e2' } };
    expect(run([message, other]).map(({ evidence }) => evidence.map((place) => place.evidence))).toEqual([
      ['e1'],
      ['e2'],
    ]);
  });

  it.each([
    '¿Leíste que Apple avisó a periodistas de ataques de software espía mercenario?',
    'ALERTA: su cuenta será suspendida',
    'ALERTA: Apple lanzó un nuevo iPhone',
    'Alerta de software espía mercenario en las noticias: qué es y cómo funciona',
    `${'Hola. '.repeat(100)}ALERT: State-sponsored attackers may be targeting your iPhone`,
    '',
  ])('stays silent on %j', (text) => {
    expect(run([sms({ text })])).toEqual([]);
  });

  it('stays silent on what was sent, and on messages without text', () => {
    const text = 'ALERT: State-sponsored attackers may be targeting your iPhone';
    expect(run([sms({ text, direction: 'outgoing' }), sms({ text: null })])).toEqual([]);
  });

  it('makes one finding of copies, and says when there is a link', () => {
    const text = 'ALERT: State-sponsored attackers may be targeting your iPhone';
    expect(
      run([
        sms({ text, links: ['https://apple.example'], locator: '2', at: '2021-11-23T10:01:00.000000Z' }),
        sms({ text, locator: '1' }),
        sms({ text, locator: '3', at: '2022-11-23T10:00:00.000000Z' }),
      ]),
    ).toMatchObject([
      { at: '2021-11-23T10:00:00.000000Z', values: { places: 2, hasLink: 'yes' } },
      { at: '2022-11-23T10:00:00.000000Z', values: { places: 1, hasLink: 'no' } },
    ]);
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => void run([sms({ text: `ALERT ${text}` })])),
    );
  });

  it('says the same in both languages, and sends nobody through a link', () => {
    for (const places of [1, 2]) {
      for (const hasLink of ['yes', 'no']) {
        const values = { places, hasLink };
        expectSoundTexts({ es, en }, values);
        for (const text of [
          ...Object.values(renderTexts('es', es, values)),
          ...Object.values(renderTexts('en', en, values)),
        ])
          expect(text).not.toMatch(/https?:|www\./);
      }
    }
  });
});

function sms({
  locator = 'message ROWID 1',
  ...more
}: Partial<Message> & { readonly locator?: string }): Message {
  return message({
    at: '2021-11-23T10:00:00.000000Z',
    source: { evidence: 'e1', path: 'sms.db', locator },
    service: 'imessage',
    sender: 'threat-notifications@example.org',
    ...more,
  });
}
