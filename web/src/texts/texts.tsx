/** Texts of the page: its own language files, the same sentences engine as the rooms. */
import { createContext, type ReactNode, useContext } from 'react';
import { createTranslator, type Messages, type Translator } from '../../../src/core/language.js';
import type { Settings } from '../../../src/server/api/api.js';

type Language = Settings['language'];

const files: Record<Language, () => Promise<{ readonly messages: Messages }>> = {
  es: () => import('./es.js'),
  en: () => import('./en.js'),
};

const TextsContext = createContext<Translator | null>(null);

export async function loadTexts(language: Language, timeZone: string): Promise<Translator> {
  const { messages } = await files[language]();
  return createTranslator(language, messages, timeZone, (link) => link);
}

export function TextsProvider({
  texts,
  children,
}: {
  readonly texts: Translator;
  readonly children: ReactNode;
}) {
  return <TextsContext value={texts}>{children}</TextsContext>;
}

/** @example const t = useTexts(); t('retry'); t.time(at); t.number(n); t.has(id) */
export function useTexts(): Translator {
  const texts = useContext(TextsContext);
  if (texts === null) throw new Error('texts are used outside of TextsProvider');
  return texts;
}
