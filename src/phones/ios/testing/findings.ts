import fc from 'fast-check';
import { expect } from 'vitest';
import {
  type Detector,
  type DetectorTexts,
  type EvidenceRecord,
  type FindingDraft,
  LANGUAGES,
  type Language,
} from '../../../core/contracts.js';
import { createTranslator, flattenMessages } from '../../../core/language.js';
import { detect } from '../../../core/testing/run.js';
import { TEXT_DEFECTS, textIds } from '../../../core/testing/texts.js';
import { recordKinds } from '../../../records/kinds.generated.js';
import { defang } from '../../../records/links.js';

/** A finding as a person reads it. */
export interface SaidFinding {
  readonly title: string;
  readonly explanation: string;
  readonly benignCauses: readonly string[];
  readonly nextSteps: readonly string[];
}

/**
 * What a detector finds in records, in whatever order they come. Fails when a record is not of its kind's schema, or
 * when another order gives other findings.
 */
export function detectInAnyOrder<R extends EvidenceRecord>(
  detector: Detector<R>,
  records: readonly R[],
): readonly FindingDraft[] {
  for (const record of records) recordKinds.get(record.kind)?.schema.parse(record);
  const drafts = detect(detector, records);
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...records], { minLength: records.length, maxLength: records.length }),
      (shuffled) => {
        expect(detect(detector, shuffled)).toEqual(drafts);
      },
    ),
    { numRuns: 20 },
  );
  return drafts;
}

/**
 * A finding in both languages. Fails when a language lacks a text, a value is missing, a message is malformed, a
 * sentence shows a defect, or benign causes or next steps are left out.
 */
export function sayInBoth(
  texts: Readonly<Record<Language, DetectorTexts>>,
  draft: FindingDraft | undefined,
): Record<Language, SaidFinding> {
  if (!draft) throw new Error('no finding');
  expect(textIds(texts.es)).toEqual(textIds(texts.en));
  const [es, en] = LANGUAGES.map((language) => say(language, texts[language], draft));
  if (!es || !en) throw new Error('no language');
  expect(es.explanation).not.toBe(en.explanation);
  return { es, en };
}

function say(language: Language, texts: DetectorTexts, draft: FindingDraft): SaidFinding {
  const variant = draft.variant === undefined ? {} : texts.variants?.[draft.variant];
  if (!variant) throw new Error(`no variant "${draft.variant}" in ${language}`);
  const { title, explanation, benignCauses, nextSteps } = { ...texts, ...variant };
  const messages = flattenMessages({ title, explanation, benignCauses, nextSteps });
  const translate = createTranslator(language, messages, 'UTC', defang);
  const list = (name: string, items: readonly string[]): string[] =>
    items.map((_, index) => translate(`${name}.${index}`, draft.values));
  const said: SaidFinding = {
    title: translate('title', draft.values),
    explanation: translate('explanation', draft.values),
    benignCauses: list('benignCauses', benignCauses),
    nextSteps: list('nextSteps', nextSteps),
  };
  for (const text of [said.title, said.explanation, ...said.benignCauses, ...said.nextSteps]) {
    expect(text).not.toMatch(TEXT_DEFECTS);
    expect(text.trim()).toBe(text);
    expect(text).not.toBe('');
  }
  expect(said.benignCauses).not.toEqual([]);
  expect(said.nextSteps).not.toEqual([]);
  return said;
}
