/**
 * Redirects that are somebody's trade: what a quick redirect must be told apart from. Three lists, each to be read and
 * corrected by people. Entries are facts from the services' own pages and from everyday browsing; what to add and what
 * not is said at each list. Peers' users have complained of this noise for years (mvt issues 94, 144, 223).
 */

/**
 * Hosts whose business is to send the visitor on: shorteners, counters of clicks in advertising and in mail. A name
 * covers what is below it. A site that people visit for itself does not belong here, however often it redirects:
 * a redirect from there to a stranger is what an attack in the network looks like.
 */
const REDIRECTING_HOSTS: ReadonlySet<string> = new Set([
  // Shorteners
  ...[
    '0rz.tw',
    '1drv.ms',
    '1url.com',
    'a.co',
    'adf.ly',
    'aka.ms',
    'amzn.eu',
    'amzn.to',
    'apple.co',
    'apple.news',
  ],
  ...[
    'bit.do',
    'bit.ly',
    'bitly.com',
    'bl.ink',
    'buff.ly',
    'chilp.it',
    'clck.ru',
    'clk.im',
    'cutt.ly',
    'cutt.us',
  ],
  ...[
    'dlvr.it',
    'dub.sh',
    'ebay.us',
    'eepurl.com',
    'fb.me',
    'fb.watch',
    'flip.it',
    'forms.gle',
    'g.co',
    'git.io',
  ],
  ...['go.ly', 'goo.gl', 'goo.su', 'hubs.la', 'hubs.ly', 'hyperurl.co', 'ift.tt', 'ig.me', 'is.gd', 'j.mp'],
  ...[
    'kutt.it',
    'linktr.ee',
    'lnk.bio',
    'lnk.to',
    'lnkd.in',
    'm.me',
    'mailchi.mp',
    'mcaf.ee',
    'mzl.la',
    'n9.cl',
  ],
  ...[
    'nyti.ms',
    'okt.to',
    'onelink.me',
    'ow.ly',
    'pin.it',
    'po.st',
    'qr.ae',
    'qrco.de',
    'rb.gy',
    'rebrand.ly',
  ],
  ...[
    'redd.it',
    'reut.rs',
    's.id',
    'short.io',
    'shorturl.at',
    'shrtco.de',
    'shorte.st',
    'smarturl.it',
    'snip.ly',
  ],
  ...[
    'soo.gd',
    'spoti.fi',
    'spr.ly',
    't.co',
    't.ly',
    't.me',
    'tiny.cc',
    'tinyurl.com',
    'tny.im',
    'tr.ee',
    'trib.al',
  ],
  ...[
    'u.to',
    'urlz.fr',
    'v.gd',
    'vk.cc',
    'vm.tiktok.com',
    'vt.tiktok.com',
    'wa.me',
    'wapo.st',
    'wp.me',
    'x.gd',
  ],
  ...['y2u.be', 'youtu.be', 'zpr.io', 'acortar.link', 'bbc.in', 'cnn.it', 'econ.st', 'on.ft.com', 'gu.com'],
  // Links that open an app
  ...['app.link', 'page.link', 'app.goo.gl', 'go.link', 'sng.link', 'smart.link', 'lnk.at', 'adj.st'],
  // Advertising, affiliates, measuring
  ...['2mdn.net', 'doubleclick.net', 'googleadservices.com', 'googlesyndication.com', 'google-analytics.com'],
  ...[
    'adjust.com',
    'adnxs.com',
    'adroll.com',
    'adsrvr.org',
    'adtrk.me',
    'appsflyer.com',
    'anrdoezrs.net',
    'awin1.com',
  ],
  ...[
    'bluekai.com',
    'branch.io',
    'casalemedia.com',
    'criteo.com',
    'dpbolvw.net',
    'demdex.net',
    'effectivemeasure.net',
  ],
  ...[
    'everesttech.net',
    'flashtalking.com',
    'go2cloud.org',
    'impact.com',
    'jdoqocy.com',
    'kochava.com',
    'kqzyfj.com',
  ],
  ...[
    'linksynergy.com',
    'mathtag.com',
    'media.net',
    'mgid.com',
    'narrativ.com',
    'outbrain.com',
    'partnerize.com',
  ],
  ...[
    'pntra.com',
    'pntrac.com',
    'pntrs.com',
    'prf.hn',
    'pubmatic.com',
    'quantserve.com',
    'rlcdn.com',
    'rubiconproject.com',
  ],
  ...[
    'rtb.io',
    'scorecardresearch.com',
    'serving-sys.com',
    'shareasale.com',
    'sjv.io',
    'skimresources.com',
    'smaato.net',
  ],
  ...[
    'taboola.com',
    'tapad.com',
    'tkqlhce.com',
    'tradedoubler.com',
    'turn.com',
    'valueclick.net',
    'viglink.com',
    'zedo.com',
  ],
  // Clicks in mail
  ...[
    'awstrack.me',
    'click.email',
    'cmail19.com',
    'cmail20.com',
    'constantcontact.com',
    'createsend.com',
    'ct.sendgrid.net',
  ],
  ...[
    'emarsys.net',
    'exacttarget.com',
    'hubspotlinks.com',
    'klclick.com',
    'klclick1.com',
    'list-manage.com',
    'mailgun.org',
  ],
  ...[
    'mandrillapp.com',
    'mailjet.com',
    'marketo.com',
    'mktoweb.com',
    'mlsend.com',
    'pardot.com',
    'pstmrk.it',
    'rs6.net',
  ],
  ...[
    'sailthru.com',
    'sendgrid.net',
    'sendibm1.com',
    'sendibm2.com',
    'sendinblue.com',
    'sparkpostmail.com',
    'substack.com',
  ],
  // Protection of links in mail
  ...[
    'safelinks.protection.outlook.com',
    'urldefense.com',
    'urldefense.proofpoint.com',
    'mimecast.com',
    'linkprotect.cudasvc.com',
  ],
]);

/** Pages of well-known sites that only send the visitor on. The rest of those sites is not listed. */
const REDIRECTING_PAGES: readonly (readonly [host: RegExp, path: RegExp])[] = [
  [/(^|\.)google(\.[a-z]{2,3}){1,2}$/, /^\/(url|aclk|imgres|amp\/|pagead\/)/],
  [/(^|\.)bing\.com$/, /^\/(ck\/|aclick|aclk|news\/apiclick)/],
  [/^r\.search\.yahoo\.com$/, /^\//],
  [/(^|\.)duckduckgo\.com$/, /^\/(l\/|y\.js)/],
  [/(^|\.)yandex\.[a-z]{2,3}$/, /^\/(clck|redir)/],
  [/(^|\.)baidu\.com$/, /^\/(link|baidu\.php)/],
  [/^lm?\.(facebook|instagram|messenger)\.com$/, /^\//],
  [/(^|\.)(facebook|instagram)\.com$/, /^\/(l\.php|flx\/)/],
  [/(^|\.)youtube\.com$/, /^\/(redirect|attribution_link)/],
  [/(^|\.)linkedin\.com$/, /^\/(redir\/|safety\/go|slink)/],
  [/^out\.reddit\.com$/, /^\//],
  [/(^|\.)(twitter|x)\.com$/, /^\/i\/redirect/],
  [/(^|\.)vk\.com$/, /^\/away\.php/],
  [/(^|\.)tiktok\.com$/, /^\/link\//],
  [/(^|\.)(slack|slack-redir)\.(com|net)$/, /^\/(redir|link)/],
];

/**
 * Sites so well known that a redirect to them is everyday business. Exploits have been served from strangers' hosts,
 * not from these. Sites on which anybody can put pages of their own under the site's name do not belong here.
 */
const EVERYDAY_DESTINATIONS: ReadonlySet<string> = new Set([
  ...[
    'adobe.com',
    'airbnb.com',
    'aljazeera.com',
    'amazon.com',
    'amazon.com.mx',
    'amazon.es',
    'apple.com',
    'bbc.co.uk',
  ],
  ...[
    'bbc.com',
    'bing.com',
    'booking.com',
    'cnn.com',
    'disneyplus.com',
    'duckduckgo.com',
    'ebay.com',
    'elpais.com',
  ],
  ...[
    'eluniversal.com.mx',
    'facebook.com',
    'gob.mx',
    'google.com',
    'google.com.mx',
    'google.es',
    'icloud.com',
    'instagram.com',
  ],
  ...[
    'jornada.com.mx',
    'linkedin.com',
    'live.com',
    'mercadolibre.com',
    'mercadolibre.com.mx',
    'microsoft.com',
    'milenio.com',
  ],
  ...[
    'mozilla.org',
    'msn.com',
    'netflix.com',
    'nytimes.com',
    'office.com',
    'outlook.com',
    'paypal.com',
    'pinterest.com',
  ],
  ...[
    'reddit.com',
    'reforma.com',
    'spotify.com',
    'telegram.org',
    'theguardian.com',
    'tiktok.com',
    'tripadvisor.com',
  ],
  ...[
    'twitch.tv',
    'twitter.com',
    'uber.com',
    'unam.mx',
    'washingtonpost.com',
    'whatsapp.com',
    'wikipedia.org',
    'x.com',
  ],
  ...['yahoo.com', 'youtube.com', 'zoom.us'],
]);

/** Whether an address belongs to a service, or is a page, that only sends the visitor on. */
export function isRedirectingPage(host: string, path: string): boolean {
  for (let name = host; name.includes('.'); name = name.slice(name.indexOf('.') + 1)) {
    if (REDIRECTING_HOSTS.has(name)) return true;
  }
  return REDIRECTING_PAGES.some(([hosts, paths]) => hosts.test(host) && paths.test(path));
}

/** Whether a registrable domain is a site so well known that being sent there is everyday business. */
export function isEverydayDestination(domain: string): boolean {
  return EVERYDAY_DESTINATIONS.has(domain);
}
