import { defang } from './refang.js';

// Punctuation at the end belongs to the sentence, unless there is nothing else.
const ADDRESS =
  /(?:[a-z][a-z0-9+.-]{1,15}:\/\/|www\.)(?:[^\s"'<>«»“”]*[^\s"'<>«»“”.,;:!?)\]]|[^\s"'<>«»“”]+)/gi;

/**
 * A text with its addresses made harmless for print. Only what programs turn into a link by themselves: addresses with
 * a scheme, and names that begin with "www.".
 *
 * @example
 * defangText('mire https://example.org/a'); // 'mire hxxps://example[.]org/a'
 */
export function defangText(text: string): string {
  // Most texts hold no address: one cheap look saves the replacement.
  if (!text.includes('://') && !/www\./i.test(text)) return text;
  return text.replace(ADDRESS, (link) => defang(link));
}
