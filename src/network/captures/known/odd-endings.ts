/**
 * Top-level domains that cost next to nothing and that abuse reports name often (check IOC-06 of SpyGuard and TinyCheck).
 * Of little value: most names under them are harmless. Own choice by Spamhaus' and Interisle's yearly reports, recalled up
 * to 2026-11.
 */
import { plainHost } from './host-names.js';

export const ODD_ENDINGS: ReadonlySet<string> = new Set([
  'bar',
  'beauty',
  'bid',
  'bond',
  'buzz',
  'cam',
  'casa',
  'cf',
  'cfd',
  'click',
  'country',
  'cyou',
  'date',
  'download',
  'faith',
  'fit',
  'ga',
  'gdn',
  'gq',
  'icu',
  'kim',
  'lat',
  'loan',
  'makeup',
  'men',
  'ml',
  'mom',
  'monster',
  'party',
  'pics',
  'pw',
  'quest',
  'racing',
  'review',
  'sbs',
  'science',
  'stream',
  'surf',
  'tk',
  'top',
  'trade',
  'win',
  'work',
  'xyz',
  'zip',
]);

/** The top-level domain of a host when it is one of these; null otherwise. */
export function oddEndingOf(host: string): string | null {
  const name = plainHost(host);
  const ending = name.slice(name.lastIndexOf('.') + 1);
  return ending !== name && ODD_ENDINGS.has(ending) ? ending : null;
}
