import type { Detector } from '../../../core/contracts.js';
import { compareText, groupByTime, SAME_MESSAGE_MILLISECONDS } from '../../../indicators/matcher-windows.js';
import type { Message } from '../../../records/kinds/message.js';

// The notice says what it is at once; a long text that mentions it further down is an article or a talk about it.
const OPENING_LENGTH = 400;

// The two openings of Apple's English notices, as published.
const ENGLISH_OPENINGS = [
  'alert: state-sponsored attackers may be targeting your iphone',
  'alert: apple detected a targeted mercenary spyware attack against your iphone',
];

// The Spanish wording of the same openings: the word of alarm, a colon, and at once who found what.
const SPANISH_OPENING =
  /^alerta: (?:apple (?:detecto|ha detectado) un |(?:es posible que )?atacantes (?:patrocinados|respaldados|apoyados|financiados) por )/;

// Reworded notices. All of it must stand in the opening: the attackers or the spyware, whose device, and
// Apple or its product. Accents are gone by then.
const ATTACK =
  /software espia mercenario|spyware mercenario|ataque(?:s)? (?:de|con) (?:software espia|spyware)|atacantes (?:patrocinados|respaldados|apoyados|financiados) por (?:un |el |algun )?(?:estado|gobierno)|mercenary spyware attack|state-sponsored attackers/;
const YOUR_DEVICE =
  /\b(?:tu|su|your) (?:iphone|ipad|dispositivo|telefono|device|apple id|id de apple|cuenta de apple)\b/;
const APPLE = /\b(?:apple|iphone|ipad)\b/;
// "ALERTA: …", "Alerta de Apple: …", "Apple detectó …"; signs and emoji before it do not matter.
const BEGINNING = /^[^a-z0-9]*(?:alerta?\b|aviso\b|notificacion\b|notification\b|warning\b|apple\b)/;

// The words a notice begins with all begin with a, n or w. Where a plain letter or digit comes first that is none of
// these, no normalising can make a notice of the text; nearly all messages are told so by their first letter.
const NO_NOTICE = /^[\t-\r !-/:-@[-`{-~]*[b-mo-vx-z0-9]/i;

/**
 * A message worded as Apple's threat notifications, which Apple sends to people it believes are targeted.
 * Shows that such a message was received. Does not show that Apple sent it: anyone can imitate the wording.
 */
export const detector: Detector<Message> = {
  id: 'lures/threat-notification',
  version: 2,
  watches: ['message'],
  references: ['https://support.apple.com/en-us/102174'],

  start() {
    const byText = new Map<string, Message[]>();
    return {
      see(record) {
        if (record.direction === 'outgoing' || record.text === null || NO_NOTICE.test(record.text)) return;
        const opening = openingOf(record.text);
        if (!isNotice(opening)) return;
        const key = `${record.source.evidence}\n${opening}`;
        const known = byText.get(key);
        if (known) known.push(record);
        else byText.set(key, [record]);
      },
      end() {
        return [...byText.keys()].sort(compareText).flatMap((key) => {
          const isPublished = isPublishedOpening(key.slice(key.indexOf('\n') + 1));
          return groupByTime(
            byText.get(key) ?? [],
            (record) => record.at,
            ({ source }) => `${source.evidence}\n${source.path}\n${source.locator}`,
            SAME_MESSAGE_MILLISECONDS,
          ).map((event) => ({
            // Headlines and advertisements use the same words: only the published openings count as a notice received.
            severity: isPublished ? ('high' as const) : ('medium' as const),
            confidence: isPublished ? ('medium' as const) : ('low' as const),
            shows: isPublished ? ('attempt' as const) : ('oddity' as const),
            ...(isPublished ? {} : { variant: 'reworded' }),
            values: {
              places: event.length,
              hasLink: event.some(({ links }) => links.length > 0) ? 'yes' : 'no',
            },
            at: event[0]?.at ?? null,
            evidence: event.map(({ source }) => source),
          }));
        });
      },
    };
  },
};

function openingOf(text: string): string {
  return text
    .slice(0, OPENING_LENGTH)
    .normalize('NFKD')
    .replace(/[\p{M}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

function isPublishedOpening(opening: string): boolean {
  // Signs and emoji before it do not matter.
  const words = opening.replace(/^[^a-z0-9]+/, '');
  if (ENGLISH_OPENINGS.some((start) => words.startsWith(start))) return true;
  return SPANISH_OPENING.test(words) && ATTACK.test(words) && YOUR_DEVICE.test(words);
}

function isNotice(opening: string): boolean {
  if (isPublishedOpening(opening)) return true;
  return BEGINNING.test(opening) && ATTACK.test(opening) && YOUR_DEVICE.test(opening) && APPLE.test(opening);
}
