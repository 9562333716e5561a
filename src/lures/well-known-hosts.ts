import { getDomain } from 'tldts';
import { hostOf } from '../records/links.js';
import { SHORTENERS } from './shorteners.js';

/**
 * Registrable domains so widely used that the shape of a path on them says nothing. Short on purpose: it only has to hold
 * places where people post addresses with numbers. Anyone may edit it.
 */
const WELL_KNOWN_DOMAINS: readonly string[] = [
  'amazon.com',
  'apple.com',
  'dropbox.com',
  'facebook.com',
  'github.com',
  'google.com',
  'instagram.com',
  'linkedin.com',
  'mercadolibre.com.mx',
  'microsoft.com',
  'office.com',
  'spotify.com',
  'telegram.me',
  't.me',
  'tiktok.com',
  'twitter.com',
  'whatsapp.com',
  'wa.me',
  'wikipedia.org',
  'x.com',
  'youtu.be',
  'youtube.com',
  'zoom.us',
];

const DOMAINS: ReadonlySet<string> = new Set([...WELL_KNOWN_DOMAINS, ...SHORTENERS]);

/** True for links to well-known services, short links among them. */
export function isWellKnown(link: string): boolean {
  const host = hostOf(link);
  if (host === null) return false;
  return DOMAINS.has(host) || DOMAINS.has(getDomain(host, { allowPrivateDomains: true }) ?? '');
}
