import type { Language } from '../../core/contracts.js';
import { createTranslator, flattenMessages, type Translator } from '../../core/language.js';
import { defang } from '../../records/links.js';
import reportEn from '../../report/en.json' with { type: 'json' };
import reportEs from '../../report/es.json' with { type: 'json' };
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };

/** The words that sharing adds, and those the reports have for events. */
export type SharingWords = Translator;

export function sharingWords(language: Language): SharingWords {
  const [own, events] = language === 'es' ? [es, reportEs.events] : [en, reportEn.events];
  return createTranslator(
    language,
    { ...flattenMessages(own), ...flattenMessages(events, 'events') },
    'UTC',
    defang,
  );
}

/** What happened, in words; the event's own name where there are none. */
export function eventWords(words: SharingWords, event: string): string {
  return words.has(`events.${event}`) ? words(`events.${event}`) : event;
}
