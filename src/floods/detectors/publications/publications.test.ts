import { describe, expect, it } from 'vitest';
import { getFlood } from '../../../../fixtures/floods/attacks.js';
import { translatorFor } from '../../../check/messages.js';
import { caseProfileSchema } from '../../../core/case-profile.js';
import type { FindingDraft, Language } from '../../../core/contracts.js';
import { detect } from '../../../core/testing/run.js';
import {
  HOUR,
  MONDAY,
  traffic,
  twoAttacks,
  unusedAddress,
  withClients,
} from '../../attribution/testing/scenes.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './publications.js';

const DAY = 24 * HOUR;
const texts = { es, en };
const two = twoAttacks(unusedAddress(1), unusedAddress(2));

function profileOf(publications: readonly { readonly at: string; readonly title: string }[]) {
  return { profile: caseProfileSchema.parse({ publications, timeZone: 'America/Mexico_City' }) };
}

function said(finding: FindingDraft, language: Language): string {
  const translate = translatorFor(language, 'America/Mexico_City', { own: texts[language] });
  return [
    translate('own.title', finding.values),
    translate('own.explanation', finding.values),
    ...(finding.reasons ?? []).map(({ code, values }) => translate(`own.reasons.${code}`, values)),
  ].join('\n');
}

describe('attacks and a calendar', () => {
  it('note which of few attacks follow a publication, and that this is not tested', () => {
    // The first attack begins on Monday 2 March at 19:00, the second on Wednesday at 10:00.
    const context = profileOf([
      { at: '2026-03-02 09:30', title: 'El río, primera parte' },
      { at: '2026-03-20', title: 'Much later' },
    ]);
    const [finding, ...rest] = detect(detector, [], context, [two]) as [FindingDraft];

    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'info',
      confidence: 'low',
      at: '2026-03-03T01:00:00.000000Z',
      values: { attacks: 2, following: 2, test: 'few', series: 1 },
    });
    const spanish = said(finding, 'es');
    expect(spanish).toContain('9 horas después de «El río, primera parte»');
    expect(spanish).toContain('anotada, no probada');
    expect(said(finding, 'en')).toContain('noted, not tested');
    expect(JSON.stringify(finding.details)).not.toContain('Much later');
  });

  it('say it too when no attack follows one', () => {
    const [finding] = detect(detector, [], profileOf([{ at: '2026-03-20', title: 'Later' }]), [two]) as [
      FindingDraft,
    ];

    expect(finding.values).toMatchObject({ following: 0 });
    expect(finding.reasons).toEqual([]);
    expect(said(finding, 'es')).toContain('Ninguno de 2 ataques');
  });

  it('test many attacks against other weeks', () => {
    const weeks = [1, 3, 4, 6, 8, 9];
    const attacks = weeks.map((week, index) =>
      withClients(
        getFlood({ seed: index, from: MONDAY + week * 7 * DAY + 20 * HOUR, clients: 100, minutes: 10 }),
        unusedAddress(1),
      ),
    );
    const context = profileOf(
      // The Monday of each of these weeks; Mondays are in local time.
      weeks.map((week) => ({
        at: new Date((MONDAY + week * 7 * DAY) * 1_000).toISOString().slice(0, 10),
        title: `Week ${week}`,
      })),
    );
    const [finding] = detect(detector, [], context, [traffic(attacks, 77, 1_200)]) as [FindingDraft];

    expect(finding.values).toMatchObject({ attacks: 6, following: 6, series: 6, seriesFollowing: 6 });
    const { test } = finding.details as { test: { state: string; usualShare: number; chance: number } };
    expect(test.state).toBe('tested');
    expect(test.usualShare).toBeLessThan(0.8);
    expect(test.chance).toBeLessThan(0.15);
    for (const language of ['es', 'en'] as const)
      expect(said(finding, language)).not.toMatch(/[{}]|undefined|\S {2}|NaN/);
  });

  it('have nothing to say without a calendar or without an attack', () => {
    expect(detect(detector, [], {}, [two])).toEqual([]);
    expect(detect(detector, [], profileOf([{ at: '2026-03-02', title: 'a' }]), [traffic([], 1)])).toEqual([]);
    expect(detect(detector, [], profileOf([{ at: '2026-03-02', title: 'a' }]))).toEqual([]);
  });
});
