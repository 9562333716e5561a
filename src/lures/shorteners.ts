import { hostOf, urlOf } from '../records/links.js';

/**
 * Services that hide the address a link leads to. Anyone may edit this list: one host a line, in order.
 * A host belongs here when it makes short links to *any* address for *anyone*. Addresses a company shortens only for
 * its own pages (youtu.be, wa.me, fb.me, redd.it, apple.news) hide nothing and stay out.
 */
export const SHORTENERS: readonly string[] = [
  'adf.ly',
  'b.link',
  'bit.do',
  'bit.ly',
  'bitly.com',
  'bitly.ws',
  'bl.ink',
  'buff.ly',
  'chilp.it',
  'clck.ru',
  'cli.re',
  'cort.as',
  'cutt.ly',
  'cutt.us',
  'dub.sh',
  'fbit.co',
  'gg.gg',
  'goo.gl',
  'goo.su',
  'han.gl',
  'hyperurl.co',
  'is.gd',
  'j.mp',
  'kutt.it',
  'linklyhq.com',
  'lnkd.in',
  'lnk.to',
  'mcaf.ee',
  'n9.cl',
  'ouo.io',
  'ow.ly',
  'post.ly',
  'qr.ae',
  'rb.gy',
  'rebrand.ly',
  's.id',
  'short.gy',
  'short.io',
  'shorturl.at',
  'shorturl.gg',
  'shrtco.de',
  'snip.ly',
  'soo.gd',
  'surl.li',
  't.co',
  't.ly',
  'tiny.cc',
  'tiny.one',
  'tinyurl.com',
  'tr.ee',
  'u.to',
  'urlz.fr',
  'v.gd',
  'vk.cc',
  'x.co',
  'zpr.io',
];

// Pages of the services themselves (prices, help), and the one kind of goo.gl link that always leads to a map.
const OWN_PAGES = /^\/(?:$|(?:pages|pricing|about|help|privacy|terms|login|signup|maps)(?:\/|$))/i;

const HOSTS: ReadonlySet<string> = new Set(SHORTENERS);

/** The shortening host of a link, or null when it is no short link. */
export function shortenerOf(link: string): string | null {
  const host = hostOf(link)?.replace(/^www\./, '');
  if (!host || !HOSTS.has(host)) return null;
  const path = urlOf(link)?.pathname ?? '/';
  return OWN_PAGES.test(path) ? null : host;
}
