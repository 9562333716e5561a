import bagEn from '../casework/bag/en.json' with { type: 'json' };
import bagEs from '../casework/bag/es.json' with { type: 'json' };
import deskEn from '../casework/desk/en.json' with { type: 'json' };
import deskEs from '../casework/desk/es.json' with { type: 'json' };
import type { Language } from '../core/contracts.js';
import coreEn from '../core/en.json' with { type: 'json' };
import coreEs from '../core/es.json' with { type: 'json' };
import { createTranslator, flattenMessages, type Messages, type Translator } from '../core/language.js';
import evidenceEn from '../evidence/en.json' with { type: 'json' };
import evidenceEs from '../evidence/es.json' with { type: 'json' };
import floodsLettersEn from '../floods/attribution/en.json' with { type: 'json' };
import floodsLettersEs from '../floods/attribution/es.json' with { type: 'json' };
import floodsDefenceEn from '../floods/defence/en.json' with { type: 'json' };
import floodsDefenceEs from '../floods/defence/es.json' with { type: 'json' };
import indicatorsEn from '../indicators/en.json' with { type: 'json' };
import indicatorsEs from '../indicators/es.json' with { type: 'json' };
import luresEn from '../lures/en.json' with { type: 'json' };
import luresEs from '../lures/es.json' with { type: 'json' };
import { defang } from '../records/links.js';
import reportEn from '../report/en.json' with { type: 'json' };
import reportEs from '../report/es.json' with { type: 'json' };
import { detectors, readers } from './registry.generated.js';

const ROOMS = {
  es: {
    bag: bagEs,
    desk: deskEs,
    floodsDefence: floodsDefenceEs,
    floodsLetters: floodsLettersEs,
    core: coreEs,
    evidence: evidenceEs,
    indicators: indicatorsEs,
    lures: luresEs,
    report: reportEs,
  },
  en: {
    bag: bagEn,
    desk: deskEn,
    floodsDefence: floodsDefenceEn,
    floodsLetters: floodsLettersEn,
    core: coreEn,
    evidence: evidenceEn,
    indicators: indicatorsEn,
    lures: luresEn,
    report: reportEn,
  },
};

/** All texts of the rooms in one language, by message id. */
export function messagesOf(language: Language): Messages {
  const rooms = ROOMS[language];
  const messages: Record<string, string> = {
    ...flattenMessages(rooms.core),
    // Its problems are one vocabulary with those of core: both end up in the coverage.
    ...flattenMessages(rooms.evidence),
    ...flattenMessages(rooms.report, 'report'),
    ...flattenMessages(rooms.indicators, 'indicators'),
    ...flattenMessages(rooms.desk, 'casework'),
    ...flattenMessages(rooms.bag, 'casework.bag'),
    ...flattenMessages(rooms.lures, 'lures'),
    ...flattenMessages(rooms.floodsDefence, 'floods.defence'),
    ...flattenMessages(rooms.floodsLetters, 'floods.letters'),
  };
  for (const { reader, texts } of readers) {
    Object.assign(messages, flattenMessages(texts[language], `readers.${reader.id}`));
  }
  for (const { detector, texts } of detectors) {
    Object.assign(messages, flattenMessages(texts[language], `detectors.${detector.id}`));
  }
  return messages;
}

/**
 * A translator over the texts of all rooms, and of the surface that uses it.
 *
 * @param surface - the surface's own texts (command line, server), nested as in its language file
 */
export function translatorFor(language: Language, timeZone: string, surface: object = {}): Translator {
  return createTranslator(
    language,
    { ...messagesOf(language), ...flattenMessages(surface) },
    timeZone,
    defang,
  );
}
