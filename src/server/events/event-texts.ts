import type { Language } from '../../core/contracts.js';
import { createTranslator, flattenMessages, type Translator } from '../../core/language.js';
import { defang } from '../../records/links.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };

const TEXTS: Readonly<Record<Language, object>> = { es, en };

/** Names of kinds of records, and what the picture says. */
export function eventTexts({ language, timeZone }: Translator): Translator {
  return createTranslator(language, flattenMessages(TEXTS[language]), timeZone, defang);
}

/** A kind in words; its own name where a later version stored it. */
export function kindName(texts: Translator, kind: string): string {
  return texts.has(`kinds.${kind}`) ? texts(`kinds.${kind}`) : kind;
}
