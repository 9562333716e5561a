/**
 * Services that visit sites by themselves and that a site wants: search engines, makers of previews, monitors, archives.
 * To block them breaks a site in another way; and whoever floods a site likes to call himself by their names.
 *
 * `ranges` are published lists as recalled in 2025-06, compared with the announced networks of 2026-06-17. `networks` are
 * numbers that only the service uses, by the tables of networks. Both change: whoever is not in them is not yet a liar,
 * unless the operator says that its programs come only from its own networks (`elsewhere: 'no'`).
 */
import type { PrefixList } from './prefix-table.js';

/** One service. */
export interface Service extends PrefixList {
  readonly name: string;
  readonly kind: 'search-engine' | 'previewer' | 'monitor' | 'archive';
  /** Parts of user agents, in small letters, that claim to be it. */
  readonly agents: readonly string[];
  /** Numbers of networks where nobody else can run programs. */
  readonly networks: readonly number[];
  /** Numbers of networks of the same operator where others can, by ways that carry their own user agent. */
  readonly claimedNetworks?: readonly number[];
  /** Numbers of networks that the service rents, or rents out: an address there neither proves nor refutes. */
  readonly sharedNetworks?: readonly number[];
  /** What an address of any other network says. */
  readonly elsewhere: 'no' | 'unknown';
  readonly source: string;
}

const GOOGLE = 15169;
const GOOGLE_CLOUD = [396982, 19527, 36492];
const MICROSOFT = [8075, 8068, 8069];
const META = [32934, 63293, 54115];
const TELEGRAM = [62041, 59930, 62014, 44907, 211157];
const X = [13414, 35995, 63179];

/** In order of trial: user agents that hold several names come first. */
export const SERVICES: readonly Service[] = [
  {
    // The telephone itself fetches the preview, and names three services that it is not.
    name: 'iMessage preview',
    kind: 'previewer',
    agents: ['facebookexternalhit/1.1 facebot twitterbot/1.0'],
    ranges: [],
    networks: [],
    elsewhere: 'unknown',
    source: 'recalled',
  },
  {
    // Fetched by the telephone of whoever writes the message, from any network.
    name: 'WhatsApp preview',
    kind: 'previewer',
    agents: ['whatsapp/'],
    ranges: [],
    networks: [],
    elsewhere: 'unknown',
    source: 'recalled',
  },
  {
    // Both name Meta's program too, so that sites show them their preview.
    name: 'LINE',
    kind: 'previewer',
    agents: ['line-poker'],
    ranges: [],
    networks: [],
    elsewhere: 'unknown',
    source: 'recalled',
  },
  {
    name: 'KakaoTalk',
    kind: 'previewer',
    agents: ['kakaotalk-scrap'],
    ranges: [],
    networks: [],
    elsewhere: 'unknown',
    source: 'recalled',
  },
  {
    name: 'Telegram',
    kind: 'previewer',
    agents: ['telegrambot'],
    ranges: ['149.154.160.0/20', '91.108.4.0/22', '91.108.8.0/21', '91.108.16.0/21', '91.108.56.0/22'],
    networks: TELEGRAM,
    elsewhere: 'no',
    source: 'https://core.telegram.org/resources/cidr.txt',
  },
  {
    name: 'Googlebot',
    kind: 'search-engine',
    agents: ['googlebot', 'google-inspectiontool', 'googleother', 'adsbot-google', 'mediapartners-google'],
    ranges: ['66.249.64.0/20', '192.178.4.0/22', '2001:4860:4801::/48'],
    networks: [],
    claimedNetworks: [GOOGLE],
    // A part of its crawling comes from addresses of the cloud that are published one by one.
    sharedNetworks: GOOGLE_CLOUD,
    elsewhere: 'no',
    source: 'https://developers.google.com/search/apis/ipranges/googlebot.json',
  },
  {
    name: 'Google services',
    kind: 'previewer',
    agents: ['feedfetcher-google', 'google-read-aloud', 'googleimageproxy', 'google-site-verification'],
    ranges: ['66.249.80.0/20'],
    networks: [],
    claimedNetworks: [GOOGLE],
    sharedNetworks: GOOGLE_CLOUD,
    elsewhere: 'unknown',
    source: 'https://developers.google.com/search/apis/ipranges/user-triggered-fetchers-google.json',
  },
  {
    name: 'Bingbot',
    kind: 'search-engine',
    agents: ['bingbot', 'adidxbot', 'msnbot', 'bingpreview'],
    ranges: [
      '157.55.39.0/24',
      '207.46.13.0/24',
      '40.77.167.0/24',
      '40.77.188.0/22',
      '40.77.177.0/24',
      '40.77.178.0/23',
      '40.77.202.0/24',
      '40.77.139.0/25',
      '13.66.139.0/24',
      '13.66.144.0/24',
      '52.167.144.0/24',
      '65.55.210.0/24',
      '199.30.24.0/23',
      '13.67.10.16/28',
      '13.69.66.240/28',
      '13.71.172.224/28',
      '139.217.52.0/28',
      '191.233.204.224/28',
      '20.36.108.32/28',
      '20.43.120.16/28',
      '40.79.131.208/28',
      '40.79.186.176/28',
      '52.231.148.0/28',
      '20.79.107.240/28',
      '51.105.67.0/28',
      '20.125.163.80/28',
      '20.74.197.0/28',
      '20.15.133.160/27',
    ],
    networks: [],
    sharedNetworks: MICROSOFT,
    elsewhere: 'no',
    source: 'https://www.bing.com/toolbox/bingbot.json',
  },
  {
    name: 'Applebot',
    kind: 'search-engine',
    agents: ['applebot'],
    // Apple holds the whole of it and rents out none; Applebot comes from it.
    ranges: ['17.0.0.0/8'],
    networks: [714, 6185],
    elsewhere: 'no',
    source: 'https://support.apple.com/119829',
  },
  {
    name: 'DuckDuckBot',
    kind: 'search-engine',
    agents: ['duckduckbot', 'duckassistbot'],
    ranges: [
      '20.191.45.212',
      '40.88.21.235',
      '40.76.173.151',
      '40.76.163.7',
      '20.185.79.47',
      '52.142.26.175',
      '20.185.79.15',
      '52.142.24.149',
      '40.76.162.208',
      '40.76.163.23',
      '40.76.162.191',
      '40.76.162.247',
    ],
    networks: [],
    sharedNetworks: MICROSOFT,
    // Its addresses are rented, and have moved before.
    elsewhere: 'unknown',
    source: 'https://duckduckgo.com/duckduckbot.json',
  },
  {
    name: 'YandexBot',
    kind: 'search-engine',
    agents: ['yandexbot', 'yandeximages', 'yandexmobilebot', 'yandex.com/bots'],
    ranges: ['2a02:6b8::/32'],
    networks: [],
    claimedNetworks: [13238],
    sharedNetworks: [200350, 210656, 215013],
    elsewhere: 'no',
    source: 'https://yandex.com/support/webmaster/robot-workings/check-yandex-robots.html',
  },
  {
    name: 'Baiduspider',
    kind: 'search-engine',
    agents: ['baiduspider'],
    ranges: [],
    networks: [],
    sharedNetworks: [38365, 55967, 38627],
    elsewhere: 'unknown',
    source: 'https://www.baidu.com/search/spider.html',
  },
  {
    name: 'SeznamBot',
    kind: 'search-engine',
    agents: ['seznambot'],
    ranges: [],
    networks: [],
    claimedNetworks: [43037, 200600],
    elsewhere: 'unknown',
    source: 'https://o-seznam.cz/napoveda/vyhledavani/en/seznambot-crawler/',
  },
  {
    name: 'Qwantbot',
    kind: 'search-engine',
    agents: ['qwantbot', 'qwantify'],
    ranges: [],
    networks: [],
    claimedNetworks: [199064],
    elsewhere: 'unknown',
    source: 'https://help.qwant.com/bot/',
  },
  {
    name: 'Meta',
    kind: 'previewer',
    agents: [
      'facebookexternalhit',
      'facebot',
      'facebookcatalog',
      'meta-externalagent',
      'meta-externalfetcher',
    ],
    ranges: [],
    networks: META,
    elsewhere: 'no',
    source: 'https://developers.facebook.com/docs/sharing/webmasters/web-crawlers (AS32934)',
  },
  {
    name: 'X',
    kind: 'previewer',
    agents: ['twitterbot'],
    ranges: ['199.16.156.0/22', '199.59.148.0/22'],
    networks: X,
    // Programs of others carry the name so that sites show them their preview.
    elsewhere: 'unknown',
    source:
      'https://developer.x.com/en/docs/twitter-for-websites/cards/guides/troubleshooting-cards (AS13414)',
  },
  {
    name: 'LinkedIn',
    kind: 'previewer',
    agents: ['linkedinbot'],
    ranges: [],
    networks: [14413, 13443, 55163, 40793],
    sharedNetworks: MICROSOFT,
    elsewhere: 'unknown',
    source: 'recalled',
  },
  {
    name: 'Internet Archive',
    kind: 'archive',
    agents: ['archive.org_bot', 'ia_archiver', 'wayback', 'internetarchive'],
    ranges: ['207.241.224.0/20', '208.70.24.0/21'],
    networks: [7941, 399784, 207315],
    elsewhere: 'unknown',
    source: 'https://archive.org/details/archive.org_bot',
  },
  {
    name: 'Jetpack monitor',
    kind: 'monitor',
    agents: ['jetmon/', 'jetpack by wordpress.com', 'jetpack site uptime monitor'],
    ranges: [],
    networks: [],
    claimedNetworks: [2635],
    elsewhere: 'unknown',
    source: 'https://jetpack.com/support/how-to-add-jetpack-ips-allowlist/',
  },
  {
    name: 'UptimeRobot',
    kind: 'monitor',
    agents: ['uptimerobot'],
    ranges: ['69.162.124.224/28', '63.143.42.240/28', '216.144.248.16/28', '208.115.199.16/28'],
    networks: [],
    elsewhere: 'unknown',
    source: 'https://uptimerobot.com/help/locations/',
  },
  ...[
    ['Pingdom', 'monitor', 'pingdom.com_bot', 'https://my.pingdom.com/probes/ipv4'],
    [
      'StatusCake',
      'monitor',
      'statuscake',
      'https://www.statuscake.com/kb/knowledge-base/what-are-your-ips/',
    ],
    ['Site24x7', 'monitor', 'site24x7', 'https://www.site24x7.com/multi-location-web-site-monitoring.html'],
    ['Better Stack', 'monitor', 'better stack', 'https://uptime.betterstack.com/ips.txt'],
    ['Better Uptime', 'monitor', 'better uptime', 'https://uptime.betterstack.com/ips.txt'],
    ['Uptime Kuma', 'monitor', 'uptime-kuma', 'recalled'],
    ['Slack', 'previewer', 'slackbot', 'https://api.slack.com/robots'],
    ['Discord', 'previewer', 'discordbot', 'recalled'],
    ['Pinterest', 'previewer', 'pinterestbot', 'https://help.pinterest.com/en/business/article/pinterestbot'],
    ['Mastodon', 'previewer', 'mastodon/', 'recalled'],
    ['Bluesky', 'previewer', 'bluesky cardyb', 'recalled'],
    ['Skype', 'previewer', 'skypeuripreview', 'recalled'],
    ['Amazonbot', 'search-engine', 'amazonbot', 'https://developer.amazon.com/amazonbot'],
    ['PetalBot', 'search-engine', 'petalbot', 'https://webmaster.petalsearch.com/site/petalbot'],
    ['Mojeek', 'search-engine', 'mojeekbot', 'https://www.mojeek.com/bot.html'],
    ['Feedly', 'previewer', 'feedly/', 'https://www.feedly.com/fetcher.html'],
    ['NewsBlur', 'previewer', 'newsblur', 'recalled'],
    ['Inoreader', 'previewer', 'inoreader', 'recalled'],
  ].map(
    // Their addresses are rented, many, or anyone's: only the claim can be named.
    ([name = '', kind, agent = '', source = '']): Service => ({
      name,
      kind: kind as Service['kind'],
      agents: [agent],
      ranges: [],
      networks: [],
      elsewhere: 'unknown',
      source,
    }),
  ),
];
