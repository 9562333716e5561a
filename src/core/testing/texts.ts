import { expect } from 'vitest';
import { LANGUAGES, type Language, type TextValues } from '../contracts.js';
import { createTranslator, flattenMessages } from '../language.js';

/** Ids of all texts of a language file, in order: two languages say the same when these are equal. */
export function textIds(texts: object): string[] {
  return Object.keys(flattenMessages(texts)).sort();
}

/**
 * Every text of a language file with the given values put in, by id.
 *
 * @throws when a text needs a value that was not given, or is no valid ICU message
 *
 * @example
 * expect(renderTexts('es', es, { count: 2 })['title']).toBe('Hay 2 enlaces');
 */
export function renderTexts(language: Language, texts: object, values: TextValues): Record<string, string> {
  const messages = flattenMessages(texts);
  const translate = createTranslator(language, messages, 'UTC', (link) => link.replaceAll('.', '[.]'));
  const rendered: Record<string, string> = {};
  for (const id of Object.keys(messages)) rendered[id] = translate(id, values);
  return rendered;
}

/** Marks of a defect in a sentence: a brace left over, two spaces, a word that says more than is shown. */
export const TEXT_DEFECTS = /[{}]| {2}|undefined|infect/i;

/**
 * Fails unless both languages have the same texts, and none of them shows a defect with any of the given values.
 *
 * @example
 * expectSoundTexts({ es, en }, { count: 1 }, { count: 2 });
 */
export function expectSoundTexts(
  texts: Readonly<Record<Language, object>>,
  ...values: readonly [TextValues, ...TextValues[]]
): void {
  expect(textIds(texts.es)).toEqual(textIds(texts.en));
  for (const language of LANGUAGES) {
    for (const each of values) {
      for (const text of Object.values(renderTexts(language, texts[language], each)))
        expect(text).not.toMatch(TEXT_DEFECTS);
    }
  }
}
