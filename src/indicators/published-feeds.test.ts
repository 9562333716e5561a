import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type LoadedFeed, loadFeed, loadIndicators } from './load.js';

// The published lists lie beside the repository and are never copied into it. The numbers are those of their own notes.
const SHARED = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const NOW = '2026-07-01T00:00:00.000000Z';

const load = async (file: string): Promise<LoadedFeed> => {
  const feeds = await loadIndicators([`${SHARED}${file}`], NOW);
  const [feed] = feeds;
  if (feeds.length !== 1 || feed === undefined) throw new Error(`expected one feed: ${file}`);
  return feed;
};

const countsOf = (feed: LoadedFeed): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { type, role } of feed.indicators) {
    const key = role === 'website' || role === 'distribution' ? `${type} ${role}` : type;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
};

const BUNDLES: readonly (readonly [string, string, Record<string, number>])[] = [
  [
    'amnesty/2021-07-18_nso/pegasus.stix2',
    'Pegasus',
    { domain: 1438, process: 81, email: 29, 'file-name': 1 },
  ],
  [
    'amnesty/2021-12-16_cytrox/cytrox.stix2',
    'Predator',
    { domain: 336, 'file-path': 6, 'config-profile': 1 },
  ],
  [
    'amnesty/2023-03-29_android_campaign/malware.stix2',
    'MercenarySpywareCampaign',
    { domain: 2183, 'file-path': 1, 'android-property': 3 },
  ],
  ['amnesty/2024-05-02_wintego_helios/wintego_helios.stix2', 'Wintego Helios', { domain: 175 }],
  // Its seven "domains" are addresses.
  [
    'amnesty/2024-12-16_serbia_novispy/novispy.stix2',
    'NoviSpy',
    { ipv4: 7, sha256: 4, 'app-id': 4, 'app-cert': 3 },
  ],
  ['mvt-indicators/2022-06-23_rcs_lab/rcs.stix2', 'RCSLab', { domain: 26, sha256: 9, 'app-id': 5 }],
  [
    'mvt-indicators/2023-04-11_quadream/kingspawn.stix2',
    'KingSpawn',
    { domain: 164, process: 1, 'file-path': 2 },
  ],
  [
    'mvt-indicators/2023-06_01_operation_triangulation/operation_triangulation.stix2',
    'OperationTriangulation',
    { domain: 75, process: 1, email: 36 },
  ],
  [
    'mvt-indicators/2023-07-25_wyrmspy_dragonegg/wyrmspy_dragonegg.stix2',
    'WyrmSpy_DragonEgg',
    { domain: 7, ipv4: 5, sha256: 34, 'app-id': 7 },
  ],
  [
    'mvt-indicators/2024-12-25_eaglemsgspy/eaglemsgspy.stix2',
    'EagleMsgSpy',
    { domain: 13, ipv4: 13, sha256: 25 },
  ],
  [
    'mvt-indicators/2026-03-30_darksword/darksword.stix2',
    'DarkSword',
    { domain: 10, ipv4: 3, 'file-name': 7, 'file-path': 22, sha256: 1 },
  ],
  [
    'mvt-indicators/ResidentBat/residentbat.stix2',
    'ResidentBat',
    { ipv4: 24, sha256: 8, 'app-id': 8, 'app-cert': 8 },
  ],
  ['mvt-indicators/candiru/candiru.stix2', 'Candiru', { domain: 125 }],
  ['mvt-indicators/cellebrite/cellebrite.stix2', 'Cellebrite', { 'app-id': 1 }],
  [
    'mvt-indicators/intellexa_predator/predator.stix2',
    'Predator',
    { domain: 569, 'file-path': 15, 'config-profile': 1 },
  ],
];

describe.skipIf(!existsSync(`${SHARED}indicators`))(
  'published indicators (skipped without ../shared)',
  () => {
    it.each(BUNDLES)('%s holds %s', async (file, family, counts) => {
      const feed = await load(`indicators/${file}`);
      expect(countsOf(feed)).toEqual(counts);
      expect(feed.families).toEqual([family]);
      expect(feed.skipped).toEqual({});
      const problems = feed.problems.map((problem) => problem.code);
      expect(problems).toEqual(file.includes('novispy') ? Array(7).fill('type-corrected') : []);
    });

    it('has 5,497 entries and 5,153 distinct values in the 15 bundles', async () => {
      const feeds = await Promise.all(BUNDLES.map(([file]) => load(`indicators/${file}`)));
      const all = feeds.flatMap((feed) => feed.indicators);
      const distinct = (types: readonly string[]) =>
        new Set(all.filter(({ type }) => types.includes(type)).map(({ type, value }) => `${type} ${value}`))
          .size;
      expect(all).toHaveLength(5497);
      expect(new Set(all.map(({ type, value }) => `${type} ${value}`)).size).toBe(5153);
      // The notes count NoviSpy's seven addresses as domains, as they were published: 4,791 and 45.
      expect(distinct(['domain'])).toBe(4791 - 7);
      expect(distinct(['ipv4'])).toBe(45 + 7);
      const numbers = [
        'process',
        'email',
        'file-name',
        'file-path',
        'sha256',
        'app-id',
        'app-cert',
        'config-profile',
        'android-property',
      ];
      expect(numbers.map((type) => distinct([type]))).toEqual([83, 65, 8, 40, 81, 25, 11, 1, 3]);
    });

    it('finds everything of cytrox in predator', async () => {
      const [cytrox, predator] = [
        await load('indicators/amnesty/2021-12-16_cytrox/cytrox.stix2'),
        await load('indicators/mvt-indicators/intellexa_predator/predator.stix2'),
      ];
      const known = new Set(predator.indicators.map(({ value }) => value));
      expect(
        cytrox.indicators.filter(({ type, value }) => type === 'domain' && known.has(value)),
      ).toHaveLength(336);
      expect(
        cytrox.indicators.filter(({ type, value }) => type === 'config-profile' && known.has(value)),
      ).toHaveLength(1);
    });

    it('reads the same values from the plain lists as from the bundle beside them', async () => {
      for (const [file] of BUNDLES) {
        const folder = `${SHARED}indicators/${file.slice(0, file.lastIndexOf('/'))}`;
        const names = (await readdir(folder)).filter((name) => name.endsWith('.txt') && !/^v\d_/.test(name));
        const lists = await loadIndicators(
          names.map((name) => `${folder}/${name}`),
          NOW,
        );
        const key = ({ type, value }: { type: string; value: string }) => `${type} ${value.toLowerCase()}`;
        const listed = new Set(lists.flatMap((feed) => feed.indicators.map(key)));
        const types = new Set([...listed].map((entry) => entry.split(' ', 1)[0] ?? ''));
        const bundled = (await load(`indicators/${file}`)).indicators
          .filter(({ type }) => types.has(type))
          .map(key);
        expect(listed, file).toEqual(new Set(bundled));
      }
    });

    it.each([
      ['amnesty/2018-08-01_nso/indicators.csv', { domain: 595, ipv4: 596 }],
      ['amnesty/2018-12-19_best_practice/domains.txt', { domain: 216 }],
      ['amnesty/2019-03-06_egypt_oauth/domains.txt', { domain: 34 }],
      ['amnesty/2019-03-06_egypt_oauth/emails.txt', { email: 5 }],
      ['amnesty/2019-08-16_evolving_phishing/domains.txt', { domain: 3 }],
      ['amnesty/2019-08-16_evolving_phishing/emails.txt', { email: 15 }],
      ['amnesty/2019-10-10_nso_morocco/domains.txt', { domain: 8 }],
      ['amnesty/2020-03-12_uzbekistan/domains.txt', { domain: 71 }],
      ['amnesty/2020-03-12_uzbekistan/ips.txt', { ipv4: 22 }],
      ['amnesty/2020-03-12_uzbekistan/samples.txt', { sha256: 3 }],
      ['amnesty/2020-06-15_india/domains.txt', { domain: 3 }],
      ['amnesty/2020-06-15_india/emails.txt', { email: 5 }],
      ['amnesty/2020-06-15_india/ips.txt', { ipv4: 5 }],
      ['amnesty/2020-06-15_india/sha256.txt', { sha256: 12 }],
      ['amnesty/2020-09-25_finfisher/domains.txt', { domain: 4 }],
      ['amnesty/2020-09-25_finfisher/ips.txt', { ipv4: 6 }],
      ['amnesty/2020-09-25_finfisher/sha256.csv', { sha256: 12 }],
      ['amnesty/2021-02-24_vietnam/indicators/domains.txt', { domain: 10 }],
      ['amnesty/2021-02-24_vietnam/indicators/ips.txt', { ipv4: 6 }],
      ['amnesty/2021-02-24_vietnam/indicators/sha256.txt', { sha256: 14 }],
      ['amnesty/2021-05-28_qatar/domains.txt', { domain: 3 }],
      ['amnesty/2021-05-28_qatar/ips.txt', { ipv4: 3 }],
      ['amnesty/2021-07-18_nso/v2_domains.txt', { domain: 95 }],
      ['amnesty/2021-07-18_nso/v3_domains.txt', { domain: 601 }],
      ['amnesty/2021-07-18_nso/v4_domains.txt', { domain: 688 }],
      ['amnesty/2021-07-18_nso/v4_validation_domains.txt', { domain: 26 }],
      ['amnesty/2021-10-07_donot/domains.txt', { domain: 29 }],
      ['amnesty/2021-10-07_donot/sha256.txt', { sha256: 228 }],
    ])('%s holds the published numbers', async (file, counts) => {
      const feed = await load(`indicators/${file}`);
      expect(countsOf(feed)).toEqual(counts);
      expect(feed.problems).toEqual([]);
      // Only repeats are left out: the notes give lines for some lists, distinct values for others.
      expect(Object.keys(feed.skipped).filter((reason) => reason !== 'duplicate')).toEqual([]);
    });

    it('says that an empty list is empty', async () => {
      expect((await load('indicators/mvt-indicators/ResidentBat/domains.txt')).problems).toMatchObject([
        { code: 'empty', effect: 'note' },
      ]);
    });

    it('reads the stalkerware list: 147 apps', async () => {
      const feed = await load('indicators/stalkerware/ioc.yaml');
      expect(feed.families).toHaveLength(147);
      expect(countsOf(feed)).toEqual({
        'app-id': 616,
        'app-cert': 472,
        'domain website': 624,
        // 44 places of distribution, of which one is an address and two are full addresses of pages.
        'domain distribution': 41,
        'ipv4 distribution': 1,
        'url distribution': 2,
        domain: 925,
        // 65 and three under the misspelt key.
        ipv4: 68,
      });
      expect(
        new Set(feed.indicators.filter(({ type }) => type === 'app-id').map(({ value }) => value)).size,
      ).toBe(613);
      expect(feed.skipped).toEqual({ 'certificate-name': 7 });
      const codes = feed.problems.map((problem) => problem.code).sort();
      expect(codes).toEqual([
        'misspelt-key',
        'misspelt-key',
        'type-corrected',
        'type-corrected',
        'type-corrected',
      ]);
      expect(new Set(feed.indicators.map(({ category }) => category))).toEqual(new Set(['stalkerware']));
      for (const shared of [
        'com.sc.spyier.v2',
        'com.gcm_call_sms_tracker.updated',
        'com.spappm_mondow.alarm',
      ]) {
        expect(feed.indicators.filter(({ value }) => value === shared)).toHaveLength(2);
      }
    });

    it('reads the watchware list: 27 apps', async () => {
      const feed = await load('indicators/stalkerware/watchware.yaml');
      expect(feed.families).toHaveLength(27);
      expect(countsOf(feed)).toEqual({
        'app-id': 30 + 6,
        'app-cert': 14,
        'domain website': 46,
        'domain distribution': 1,
        domain: 67,
        ipv4: 1,
      });
      expect(new Set(feed.indicators.map(({ category }) => category))).toEqual(new Set(['watchware']));
      expect(feed.problems).toEqual([]);
    });
  },
);

const LURES = 'lures/citizenlab-201706-reckless-exploit/';

describe.skipIf(!existsSync(`${SHARED}lures`))(
  'the 2017 indicators in four formats (skipped without ../shared)',
  () => {
    it.each(['iocs.csv', 'misp.json', 'openioc.ioc', 'stix.xml'])(
      '%s: 10 domains and 115 addresses, one of them without its path',
      async (name) => {
        const feed = await load(`${LURES}${name}`);
        // The one with the literal path "[unavailable]" is noted and matches by its host, which is one of the ten.
        expect(countsOf(feed)).toEqual({ domain: 10, url: 115 });
        expect(feed.problems).toMatchObject([
          {
            code: 'placeholder-link',
            effect: 'note',
            values: { link: { link: expect.stringMatching(/\/\[unavailable\]$/) } },
          },
        ]);
        const hasReference = name === 'misp.json' || name === 'stix.xml';
        expect(feed.references).toEqual(
          hasReference ? ['https://citizenlab.org/2017/06/reckless-exploit-mexico-nso/'] : [],
        );
        expect(feed.skipped).toEqual(hasReference ? { duplicate: 1, reference: 1 } : { duplicate: 1 });
        expect(feed.indicators.some(({ value }) => value.includes('citizenlab'))).toBe(false);
      },
    );

    it('gives the same 125 values from each, with the case of short links kept', async () => {
      const feeds = await Promise.all(
        ['iocs.csv', 'misp.json', 'openioc.ioc', 'stix.xml'].map((name) => load(`${LURES}${name}`)),
      );
      const sources = new Map<string, number>();
      for (const { indicators } of feeds) {
        for (const { type, value } of indicators)
          sources.set(`${type} ${value}`, (sources.get(`${type} ${value}`) ?? 0) + 1);
      }
      expect(sources.size).toBe(125);
      expect(new Set(sources.values())).toEqual(new Set([4]));
      const urls = [...sources.keys()].filter((key) => key.startsWith('url '));
      expect(urls.filter((key) => /^url https?:\/\/bit\.ly\//.test(key))).toHaveLength(42);
      expect(urls.filter((key) => /^url https?:\/\/tinyurl\.com\//.test(key))).toHaveLength(2);
      expect(urls.filter((key) => /^url https?:\/\/[^/]+\/\d{7}s\/?$/.test(key))).toHaveLength(70);
      expect(urls).toContain('url http://bit.ly/1MAAWrO');
    });
  },
);

describe.skipIf(!existsSync(`${SHARED}lures`))('other published formats (skipped without ../shared)', () => {
  const FORMATS = 'lures/indicator-formats/';

  it.each([
    ['stalkerware-generated/hosts', { domain: 925 }, {}],
    // 960 distinct names, of which one is an address and two are pages.
    ['stalkerware-generated/quad9_blocklist.txt', { domain: 957, ipv4: 1, url: 2 }, { duplicate: 9 }],
    // 1,034 rows; 969 "domains", of which 960 are distinct, and of these one is an address and two are pages; 65 addresses.
    ['stalkerware-generated/network.csv', { domain: 957, ipv4: 66, url: 2 }, { duplicate: 9 }],
    // 1,658 entries: 1,455 distinct "domains", the same three among them, and 65 addresses.
    [
      'stalkerware-generated/indicators-for-tinycheck.json',
      { domain: 1452, ipv4: 66, url: 2 },
      { duplicate: 138 },
    ],
    ['stalkerware-generated/suricata.rules', { domain: 925, ipv4: 65 }, {}],
    ['openioc-1.1/mac_arm_1.1.ioc', { md5: 9, sha1: 9, sha256: 9 }, { 'file-name-with-hash': 9 }],
    ['openioc-1.1/linux_arm_1.1.ioc', { md5: 47, sha1: 47, sha256: 47 }, { 'file-name-with-hash': 47 }],
  ])('%s holds the published numbers', async (file, counts, skipped) => {
    const feed = await load(`${FORMATS}${file}`);
    expect(countsOf(feed)).toEqual(counts);
    expect(feed.skipped).toEqual(skipped);
    expect(feed.problems.filter((problem) => problem.code !== 'type-corrected')).toEqual([]);
  });

  it('names the app of each row', async () => {
    expect((await load(`${FORMATS}stalkerware-generated/network.csv`)).families).toHaveLength(110);
  });

  it('reads TinyCheck: 3,420 entries, of which whole suffixes, name servers and rules are counted', async () => {
    const feed = await load(`${FORMATS}tinycheck/iocs.json`);
    const left = Object.values(feed.skipped).reduce((sum, count) => sum + count, 0);
    expect(feed.indicators.length + left).toBe(3420);
    // 2,110 domains and 286 of 669 free-name providers; 349 "ranges", of which 28 are single addresses; 36 addresses.
    expect(countsOf(feed)).toEqual({ domain: 2110 + 286, cidr: 321, ipv4: 36 + 28, 'cert-sha1': 132 });
    // 23 top-level domains and 383 free-name providers on the Public Suffix List or shared by many.
    expect(feed.skipped).toEqual({ 'public-suffix': 23 + 383, 'name-server': 20, 'network-rule': 81 });
    const ofFamily = (name: string) => feed.indicators.filter(({ family }) => family === name);
    expect(ofFamily('Pegasus')).toHaveLength(1406);
    const tracker = feed.indicators.filter(({ comment }) => comment === 'tag: tracker');
    expect(new Set(tracker.map(({ category }) => category))).toEqual(new Set(['suspect']));
    expect(tracker).toHaveLength(184);
    expect(feed.problems).toEqual([]);
  });

  it('refuses the allow list', async () => {
    const feed = await load(`${FORMATS}tinycheck/whitelist.json`);
    expect(feed.indicators).toEqual([]);
    expect(feed.problems).toMatchObject([{ code: 'allow-list', effect: 'note' }]);
  });

  it('never breaks on a cut or damaged copy of any of them', async () => {
    const files = [
      `${LURES}iocs.csv`,
      `${LURES}misp.json`,
      `${LURES}stix.xml`,
      `${LURES}openioc.ioc`,
      'indicators/stalkerware/watchware.yaml',
      'indicators/mvt-indicators/cellebrite/cellebrite.stix2',
    ];
    for (const file of files) {
      const bytes = await readFile(`${SHARED}${file}`);
      for (const share of [0.1, 0.37, 0.5, 0.9, 0.999]) {
        const feed = loadFeed(file, bytes.subarray(0, Math.floor(bytes.length * share)), NOW);
        expect(feed.sha256).toHaveLength(64);
      }
      const damaged = Uint8Array.from(bytes);
      for (let at = 0; at < damaged.length; at += 97) damaged[at] = (damaged[at] ?? 0) ^ 0x15;
      expect(() => loadFeed(file, damaged, NOW)).not.toThrow();
    }
  });
});
