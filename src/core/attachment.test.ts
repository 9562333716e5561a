import { describe, expect, it } from 'vitest';
import { ATTACHMENT_NAME, attachmentOf } from './attachment.js';
import type { Language } from './contracts.js';
import { createTranslator } from './language.js';

const TEXTS = {
  es: { hello: 'Hola, {name}.', bye: 'Adiós.' },
  en: { hello: 'Hello {name}.', bye: 'Goodbye.' },
};
const translatorOf = (language: Language) =>
  createTranslator(language, TEXTS[language], 'UTC', (link) => link);

describe('an attachment', () => {
  it('is a letter in a language of its own', () => {
    const paragraphs = [
      [{ id: 'hello', values: { name: 'Ana\u202e' } }],
      [
        { id: 'bye', values: {} },
        { id: 'bye', values: {} },
      ],
    ];
    const letter = (language: Language) =>
      attachmentOf(
        { name: `incident-1-abuse.${language}.txt`, content: { language, paragraphs } },
        translatorOf,
      );

    expect(letter('es')).toEqual({
      name: 'incident-1-abuse.es.txt',
      text: 'Hola, Ana⟨U+202E⟩.\n\nAdiós.\nAdiós.\n',
    });
    expect(letter('en').text).toBe('Hello Ana⟨U+202E⟩.\n\nGoodbye.\nGoodbye.\n');
  });

  it('is a document for programs', () => {
    const { text } = attachmentOf(
      { name: 'incident-12-fingerprint.json', content: { json: { a: [1] } } },
      translatorOf,
    );
    expect(JSON.parse(text)).toEqual({ a: [1] });
  });

  it.each(['letter.txt', '../a-1-b.txt', 'a-1-b.exe', 'a-1-b.fr.txt', 'a-1-b.txt\n', 'CON'])(
    'is never called %j',
    (name) => {
      expect(ATTACHMENT_NAME.test(name)).toBe(false);
      expect(() => attachmentOf({ name, content: { json: 1 } }, translatorOf)).toThrow('cannot be called');
    },
  );
});
