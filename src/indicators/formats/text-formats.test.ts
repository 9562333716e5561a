import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadFeed } from '../load.js';
import { parseFeedIndex } from './feed-index.js';

const NOW = '2026-01-01T00:00:00.000000Z';
const load = (text: string, name = 'own/list.txt') => loadFeed(name, Buffer.from(text), NOW);
const pairs = (text: string, name?: string) =>
  load(text, name).indicators.map(({ type, value }) => [type, value]);

describe('plain lists', () => {
  it('tells mixed values apart and skips comments', () => {
    const text =
      '\ufeff# title\r\nlure.example.org\r\n\r\n// note\r\nhxxp://lure[.]example[.]org/AbC # seen twice\r\n203.0.113.7\r\na@example.org\r\n; end\r\n';
    expect(pairs(text)).toEqual([
      ['domain', 'lure.example.org'],
      ['url', 'http://lure.example.org/AbC'],
      ['ipv4', '203.0.113.7'],
      ['email', 'a@example.org'],
    ]);
    expect(load(text).problems).toEqual([]);
    expect(load(text).indicators[1]).toMatchObject({ place: 'line 5' });
  });

  it.each([
    ['x/domains.txt', 'com.example.support', 'domain'],
    ['x/package_names.txt', 'xx.an', 'app-id'],
    ['x/processes.txt', 'bh', 'process'],
    ['x/file_names.txt', 'rce.js', 'file-name'],
    ['x/file_paths.txt', '/private/var/tmp/l/', 'file-path'],
    ['x/config_profiles.txt', '00000000-1111-2222-3333-444444444444', 'config-profile'],
    ['x/android_properties.txt', 'sys.brand.x', 'android-property'],
    ['x/package_cert_hashes.txt', 'a'.repeat(64), 'app-cert'],
    ['x/domains.txt', '203.0.113.7', 'ipv4'],
    ['x/emails.txt', 'sender@localhost', 'email'],
  ])('%s: %s is a %s', (name, value, type) => {
    expect(pairs(`${value}\n`, name)).toEqual([[type, value]]);
  });

  it('takes the family and the date from a folder named as research groups do, and from no other name', () => {
    expect(load('lure.example.org\n', 'lists/2018-08-01_nso/domains.txt').indicators).toMatchObject([
      { family: '2018-08-01_nso', feed: '2018-08-01_nso/domains', validFrom: '2018-08-01T00:00:00.000000Z' },
    ]);
    expect(load('lure.example.org\n', 'C:\\lists\\stalkerware\\hosts').indicators).toMatchObject([
      { family: 'unknown', category: 'stalkerware' },
    ]);
  });

  it('reads hosts files, filter lists, dnsmasq and response policy zones', () => {
    const text = [
      '127.0.0.1 localhost',
      '0.0.0.0 a.example.org b.example.org # c',
      '||c.example.org^',
      '@@||ok.example.org^',
      'address=/d.example.org/0.0.0.0',
      'e.example.org CNAME .',
      'local-zone: "f.example.org" static',
      '*.g.example.org',
      '! comment',
    ].join('\n');
    const feed = load(text);
    expect(feed.indicators.map(({ value }) => value)).toEqual(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `${name}.example.org`),
    );
    expect(feed.skipped).toEqual({ 'allow-list-entry': 1 });
    expect(load('[Adblock Plus 2.0]\n||c.example.org^$third-party\n').indicators).toHaveLength(1);
  });

  it('refuses hosting parents and counts them', () => {
    const feed = load('blogspot.com\nsomeone.blogspot.com\ncom.mx\n');
    expect(feed.indicators.map(({ value }) => value)).toEqual(['someone.blogspot.com']);
    expect(feed.skipped).toEqual({ 'public-suffix': 2 });
  });

  it('counts repeats and unreadable lines', () => {
    const feed = load('a.example.org\nA.example.org\nnot an indicator\nb.example.org\n');
    expect(feed.indicators).toHaveLength(2);
    expect(feed.skipped).toEqual({ duplicate: 1, unclassified: 1 });
  });

  it('does not take prose for a list', () => {
    const feed = load(
      'This is a text about\nexample.org\nand what it did to people\nin several countries.\n',
    );
    expect(feed.indicators).toEqual([]);
    expect(feed.problems).toMatchObject([{ code: 'not-an-indicator-list', effect: 'lost' }]);
  });

  it('reads UTF-16 as spreadsheets on Windows save it', () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('lure.example.org\r\n', 'utf16le')]);
    expect(loadFeed('x.txt', bytes, NOW).indicators).toMatchObject([{ value: 'lure.example.org' }]);
  });

  it('survives any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => void load(text)));
  });
});

const APPS = `- name: Thing
  names:
  - Thing
  - OtherName
  type: stalkerware
  packages:
  - com.example.thing
  certificates:
  - 1234567890123456789012345678901234567890
  - 12345678901234567890123456789012345678E9
  certificate_organizations:
  - Somebody Ltd
  websites:
  - www.example.org
  distribution:
  - get.example.org
  c2:
    domains:
    - www.example.org
    - api.example.net
    ip:
    - 203.0.113.7
- name: Watcher
  type: watchware
  packages:
  - com.example.watcher
  ios_bundles:
  - com.example.watcher.ios
`;

describe('lists of stalkerware and watchware', () => {
  it('counts a list that another app names again, and says when there are too many', () => {
    const text = '- name: One\n  packages: &list\n  - com.example.a\n- name: Two\n  packages: *list\n';
    expect(load(text, 'own/list.yaml').indicators.map(({ value, family }) => [value, family])).toEqual([
      ['com.example.a', 'One'],
      ['com.example.a', 'Two'],
    ]);
    const long = Array.from({ length: 20_000 }, (_, index) => `  - com.example.a${index}\n`).join('');
    const again = Array.from({ length: 2_000 }, (_, index) => `- name: App${index}\n  packages: *list\n`);
    const feed = load(`- name: One\n  packages: &list\n${long}${again.join('')}`, 'own/list.yaml');
    expect(feed.indicators).toHaveLength(60_000);
    expect(feed.problems).toMatchObject([{ code: 'limit-count', effect: 'lost' }]);
  });

  it('counts what stands where a list should and is none', () => {
    const feed = load('- name: One\n  packages:\n    a: b\n', 'own/list.yaml');
    expect(feed.skipped).toEqual({ malformed: 1 });
  });

  it('reads names, roles and the misspelt key', () => {
    const feed = load(APPS, 'lists/ioc.yaml');
    expect(
      feed.indicators.map(({ type, value, role, family, category, place }) => [
        type,
        value,
        role,
        family,
        category,
        place,
      ]),
    ).toEqual([
      ['app-id', 'com.example.thing', 'trace', 'Thing', 'stalkerware', 'line 7'],
      ['app-cert', '1234567890123456789012345678901234567890', 'trace', 'Thing', 'stalkerware', 'line 9'],
      ['app-cert', '12345678901234567890123456789012345678E9', 'trace', 'Thing', 'stalkerware', 'line 10'],
      ['domain', 'www.example.org', 'website', 'Thing', 'stalkerware', 'line 14'],
      ['domain', 'get.example.org', 'distribution', 'Thing', 'stalkerware', 'line 16'],
      ['domain', 'www.example.org', 'infrastructure', 'Thing', 'stalkerware', 'line 19'],
      ['domain', 'api.example.net', 'infrastructure', 'Thing', 'stalkerware', 'line 20'],
      ['ipv4', '203.0.113.7', 'infrastructure', 'Thing', 'stalkerware', 'line 22'],
      ['app-id', 'com.example.watcher', 'trace', 'Watcher', 'watchware', 'line 26'],
      ['app-id', 'com.example.watcher.ios', 'trace', 'Watcher', 'watchware', 'line 28'],
    ]);
    expect(feed.indicators[0]?.comment).toBe('names: OtherName');
    expect(feed.skipped).toEqual({ 'certificate-name': 1 });
    expect(feed.problems).toMatchObject([
      {
        code: 'misspelt-key',
        effect: 'note',
        source: { locator: 'line 21' },
        values: { key: 'ip', meant: 'ips' },
      },
    ]);
  });

  it('says where a broken file is broken, and reads what it can', () => {
    const feed = load(`${APPS}- name: "open\n  packages: [a`, 'lists/ioc.yaml');
    expect(feed.indicators.length).toBeGreaterThanOrEqual(10);
    expect(feed.problems.find((problem) => problem.code === 'damaged')).toMatchObject({
      effect: 'lost',
      source: { locator: expect.stringMatching(/^line \d+$/) },
    });
  });

  it('gives up quickly on thousands of mistakes in one line', () => {
    const start = performance.now();
    const feed = load(`- name: x\n${'- "'.repeat(40_000)}`, 'lists/ioc.yaml');
    expect(feed.problems).toMatchObject([{ code: 'damaged', effect: 'lost' }, { code: 'bad-entry' }]);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('survives any text below a first app', () => {
    const parts = fc.constantFrom(
      '- name: a\n',
      '  packages:\n',
      '  - x\n',
      '  c2:\n',
      '    ips: ',
      '[',
      ']',
      '{',
      '}',
      '&a ',
      '*a ',
      '"',
      ': ',
      '\n',
      '  ',
      '!!binary ',
      '- ',
      '? ',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 30 }), (rest) => void load(`- name: x\n${rest.join('')}`)),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void load(`- name: x\n${text}`)),
    );
  });
});

describe('SpyGuard and TinyCheck', () => {
  const file = (iocs: unknown) => JSON.stringify({ iocs });
  const ioc = (type: string, value: string, tag = 'pegasus') => ({ id: 1, type, tag, tlp: 'white', value });

  it('reads types and tags', () => {
    const feed = load(
      file([
        ioc('domain', 'lure.example.org'),
        ioc('ip4addr', '203.0.113.7', 'stalkerware'),
        ioc('cidr', '198.51.100.0/24', 'suspect'),
        ioc('cidr', '198.51.100.9', 'stalkerware'),
        ioc('sha1cert', 'b'.repeat(40), 'stalkerware'),
        ioc('freedns', 'names.example.org', 'suspect'),
        ioc('freedns', 'blogspot.com', 'suspect'),
        ioc('domain', 'count.example.net', 'tracker'),
        ioc('domain', 'crime.example.net', 'cybercrime'),
        ioc('domain', 'apt.example.net', 'apt'),
        ioc('tld', '.xyz', 'suspect'),
        ioc('ns', 'ns.example.org', 'suspect'),
        ioc('snort', 'alert tcp any any -> any any (sid:1;)'),
      ]),
    );
    expect(
      feed.indicators.map(({ type, value, family, category }) => [type, value, family, category]),
    ).toEqual([
      ['domain', 'lure.example.org', 'Pegasus', 'spyware'],
      ['ipv4', '203.0.113.7', 'unknown', 'stalkerware'],
      ['cidr', '198.51.100.0/24', 'unknown', 'suspect'],
      ['ipv4', '198.51.100.9', 'unknown', 'stalkerware'],
      ['cert-sha1', 'b'.repeat(40), 'unknown', 'stalkerware'],
      ['domain', 'names.example.org', 'unknown', 'suspect'],
      ['domain', 'count.example.net', 'unknown', 'suspect'],
      ['domain', 'crime.example.net', 'unknown', 'suspect'],
      ['domain', 'apt.example.net', 'unknown', 'spyware'],
    ]);
    expect(feed.skipped).toEqual({ 'public-suffix': 2, 'name-server': 1, 'network-rule': 1 });
    expect(feed.problems).toEqual([]);
  });

  it('refuses an allow list and says so', () => {
    const feed = load(
      JSON.stringify({ elements: [{ type: 'domain', element: 'example.org' }], to_delete: [] }),
    );
    expect(feed.indicators).toEqual([]);
    expect(feed.problems).toMatchObject([{ code: 'allow-list', effect: 'note' }]);
  });

  it('survives entries of any shape', () => {
    fc.assert(fc.property(fc.array(fc.jsonValue()), (iocs) => void load(file(iocs))));
  });
});

describe('Suricata rules', () => {
  const rule = (options: string, head = 'alert dns $HOME_NET any -> any any') =>
    `${head} (${options} sid:1; rev:1;)`;

  it('takes the name from the content, not from the defanged message', () => {
    const feed = load(
      rule(
        'msg:"PTS STALKERWARE Thing (lure[.]example[.]org)"; metadata: type stalkerware; dns.query; content:"lure.example.org"; depth:16; nocase; endswith; fast_pattern; reference:url,example.org/x; classtype:targeted-activity;',
      ),
    );
    expect(feed.indicators).toMatchObject([
      {
        type: 'domain',
        value: 'lure.example.org',
        family: 'Thing',
        category: 'stalkerware',
        place: 'line 1',
      },
    ]);
  });

  it('reads names in TLS and HTTP, addresses, and bytes in hexadecimal', () => {
    const text = [
      '# comment',
      rule('msg:"x"; tls.sni; content:"a.example.org";', 'alert tls any any -> any any'),
      rule('msg:"x"; http.host; content:"b|2e|example.org";', 'alert http any any -> any any'),
      rule('msg:"x"; content:"c.example.org"; http_host;', 'alert http any any -> any any'),
      rule(
        'msg:"PTS STALKERWARE 203[.]0 (stalkerware)"; metadata: type Thing;',
        'alert ip $HOME_NET any -> [203.0.113.7,203.0.113.8] any',
      ),
      'pass ip any any -> 203.0.113.9 any (sid:3;)',
    ].join('\n');
    const feed = load(text);
    expect(feed.indicators.map(({ value }) => value)).toEqual([
      'a.example.org',
      'b.example.org',
      'c.example.org',
      '203.0.113.7',
      '203.0.113.8',
    ]);
    expect(feed.indicators[3]).toMatchObject({ family: 'Thing' });
    expect(feed.skipped).toEqual({ 'allow-list-entry': 1 });
  });

  it('leaves out rules that ask for more than the name', () => {
    const text = [
      rule(
        'msg:"x"; http.host; content:"a.example.org"; http.uri; content:"/x";',
        'alert http any any -> any any',
      ),
      rule('msg:"x"; dns.query; content:!"a.example.org";'),
      rule('msg:"x"; dns.query; content:"a.example.org"; pcre:"/x/";'),
      rule('msg:"x"; flow:established;', 'alert tcp any any -> any 80'),
      'alert dns any any -> any any (msg:"open; sid:1;)',
    ].join('\n');
    const feed = load(text);
    expect(feed.indicators).toEqual([]);
    expect(feed.skipped).toEqual({ 'network-rule': 4, malformed: 1 });
    expect(feed.problems).toMatchObject([{ code: 'bad-entry', source: { locator: 'line 5' } }]);
  });

  it('survives any options', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        (text) => void load(`alert dns any any -> any any (${text})`),
      ),
    );
  });
});

const INDEX = `indicators:
  -
    type: github
    name: Thing
    sources:
    - https://research.example.org/x
    references:
    - https://research.example.org/report
    github:
      owner: someone
      repo: lists
      branch: main
      path: 2021-07-18_thing/thing.stix2
  -
    type: download
    name: Direct
    download_url: https://lists.example.org/a/b.stix2
  -
    type: github
    name: Outside
    github: { owner: someone, repo: lists, branch: main, path: ../../other/x.stix2 }
  - nonsense
`;

describe('the index of feeds', () => {
  it('is no list of indicators', () => {
    const feed = load(INDEX, 'indicators.yaml');
    expect(feed.indicators).toEqual([]);
    expect(feed.problems).toMatchObject([{ code: 'feed-index', effect: 'note' }]);
  });

  it('gives addresses, and none that lead out of their repository', () => {
    expect(parseFeedIndex(INDEX)).toEqual([
      {
        name: 'Thing',
        url: 'https://raw.githubusercontent.com/someone/lists/main/2021-07-18_thing/thing.stix2',
        path: '2021-07-18_thing/thing.stix2',
        repository: 'someone/lists',
        references: ['https://research.example.org/report', 'https://research.example.org/x'],
      },
      {
        name: 'Direct',
        url: 'https://lists.example.org/a/b.stix2',
        path: 'a/b.stix2',
        repository: null,
        references: [],
      },
    ]);
  });

  it('refuses what is no index', () => {
    expect(() => parseFeedIndex('a: b')).toThrow();
    expect(() => parseFeedIndex('<html>')).toThrow();
  });
});
