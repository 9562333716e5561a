import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loginBruteForce, randomUris, scanner, xmlrpcFlood } from '../../../fixtures/floods/attacks.js';
import { logText } from '../../../fixtures/floods/log-lines.js';
import { type Happening, merged } from '../../../fixtures/floods/request.js';
import { siteTraffic } from '../../../fixtures/floods/site-log.js';
import { clf } from '../formats/clf/clf.js';
import { EVENT, Hit } from '../hits/hit.js';
import { LINE, type LogFormatKind } from '../hits/log-format.js';
import { fillHit, type Request } from '../testing/requests.js';
import { DEFAULT_SCENARIOS, OWN_SCENARIOS } from './default-scenarios.js';
import { ScenarioReplay } from './replay.js';
import type { Overflow } from './scenario.js';

const START = 1_700_000_000;
const SHARED = new URL('../../../../shared/data/floods/access-logs/', import.meta.url);

/** Names of the rules broken, each once, in order. */
function broken(requests: readonly Partial<Request>[]): string[] {
  const names = new Set<string>();
  const replay = new ScenarioReplay(OWN_SCENARIOS, ({ scenario }) => names.add(scenario.name));
  const hit = new Hit();
  requests.forEach((request, index) => {
    fillHit(hit, { second: START + index / 10, client: '192.0.2.7', ...request });
    if (hit.event === EVENT.none) replay.hit(hit);
    else replay.event(hit);
  });
  return [...names].sort();
}

const many = (count: number, make: (index: number) => Partial<Request>): Partial<Request>[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** All that is said of a log of one format. */
function saidOf(log: Buffer, kind: LogFormatKind = clf): { said: Overflow[]; hits: number } {
  const said: Overflow[] = [];
  const replay = new ScenarioReplay(OWN_SCENARIOS, (overflow) => said.push(overflow));
  const format = kind.open();
  const hit = new Hit();
  let hits = 0;
  for (let start = 0; start < log.length; ) {
    const feed = log.indexOf(10, start);
    const end = feed === -1 ? log.length : feed;
    if (end > start && format.parse(log, start, end, hit) === LINE.hit) {
      hit.lineStart = start;
      replay.hit(hit);
      hits += 1;
    }
    start = end + 1;
  }
  return { said, hits };
}

describe('the rules of our own', () => {
  it('have different names, and one of them is for asking only', () => {
    expect(new Set(OWN_SCENARIOS.map(({ name }) => name)).size).toBe(OWN_SCENARIOS.length);
    expect(OWN_SCENARIOS.filter((one) => !DEFAULT_SCENARIOS.includes(one)).map(({ name }) => name)).toEqual([
      'http-crawl-non_statics',
    ]);
    for (const { name, techniques } of OWN_SCENARIOS)
      expect(`${name} ${techniques}`).toMatch(/ T\d{4}(\.\d{3})?$/);
  });

  it.each<[string, Partial<Request>[]]>([
    ['http-probing', many(11, (index) => ({ target: `/p${index}`, status: 404 }))],
    ['dos-bypass-cache', many(40, (index) => ({ target: `/?${1_234_567 + index}` }))],
    [
      'dos-random-uri',
      many(40, (index) => ({ target: `/${'ABCDEFGHIJ'.slice(index % 5, (index % 5) + 6)}` })),
    ],
    ['dos-switching-ua', many(11, (index) => ({ agent: `Mozilla/5.0 (${index})` }))],
    ['dos-invalid-http-versions', [{ target: '/ HTTP/1.2', protocol: 0, malformed: true, status: 400 }]],
    ['bad-user-agent', many(2, () => ({ agent: 'sqlmap/1.7 (https://example.org)' }))],
    ['wordpress-login-bf', many(6, () => ({ method: 'POST', target: '/wp-login.php' }))],
    ['wordpress-xmlrpc-bf', many(6, () => ({ method: 'POST', target: '/xmlrpc.php', status: 403 - 3 }))],
    ['generic-bf', many(6, () => ({ method: 'POST', target: '/administrator/index.php' }))],
    ['http-401-bf', many(6, () => ({ target: '/privado', status: 401 }))],
    ['http-403-bf', many(6, () => ({ target: '/privado', status: 403 }))],
    ['open-proxy', [{ method: 'CONNECT', target: 'a.example:443', status: 405 }]],
    ['path-traversal', many(4, (index) => ({ target: `/img?f=${index}/..%2f..%2fetc/passwd` }))],
    [
      'sensitive-files',
      ['/.env', '/.git/config', '/backup.sql', '/wp-config.php.bak', '/db.zip'].map((target) => ({ target })),
    ],
    ['sqli-probing', many(12, (index) => ({ target: `/?id=${index}%27%20OR%201=1--` }))],
    ['xss-probing', many(7, (index) => ({ target: `/?q=%3Cscript%3Ealert(${index})%3C/script%3E` }))],
    ['admin-interface', ['/phpmyadmin/', '/pma/', '/adminer.php'].map((target) => ({ target, status: 404 }))],
    ['backdoors', ['/uploads/c99.php', '/wso.php'].map((target) => ({ target, status: 404 }))],
    [
      'wordpress-scan',
      many(4, (index) => ({ target: `/wp-content/plugins/p${index}/readme.php`, status: 404 })),
    ],
    ['wordpress-user-enum', many(6, (index) => ({ target: `/?author=${index}` }))],
    ['wpconfig', many(6, (index) => ({ target: `/wp-config.php${'~'.repeat(index + 1)}` }))],
    ['nginx-limit-req', many(6, () => ({ event: EVENT.requestsLimited }))],
    ['http-crawl-non_statics', many(50, (index) => ({ target: `/pagina-${index}` }))],
  ])('%s is broken by what it is about', (name, requests) => {
    expect(broken(requests)).toContain(name);
  });

  it('name an absolute address that a proxy would be asked for', () => {
    const log = Buffer.from(
      '192.0.2.7 - - [15/Nov/2023:00:00:00 +0000] "GET http://a.example/ HTTP/1.1" 400 0 "-" "-"\n',
    );

    expect(saidOf(log).said.map(({ scenario }) => scenario.name)).toEqual(['open-proxy']);
  });

  it.each<[string, Partial<Request>[]]>([
    ['a page read again and again', many(200, () => ({ target: '/noticias/una-nota/' }))],
    [
      'a page with its pictures and styles',
      many(60, (index) => ({ target: `/wp-content/uploads/2024/05/foto-${index}.jpg?ver=6.4` })),
    ],
    ['pictures that are gone', many(60, (index) => ({ target: `/uploads/foto-${index}.jpg`, status: 404 }))],
    [
      'a feed that is asked for each minute',
      many(60, (index) => ({ second: START + index * 60, target: '/feed/?t=1234567' })),
    ],
    [
      'searches with signs',
      many(8, (index) => ({ target: `/?s=d%C3%ADa+de+la+mujer+${index}`, second: START + index * 20 })),
    ],
    [
      'an editor who logs in once and works',
      [
        { method: 'POST', target: '/wp-login.php', status: 302 },
        ...many(30, () => ({ target: '/wp-admin/post.php' })),
      ],
    ],
    ['passwords forgotten twice', many(3, () => ({ method: 'POST', target: '/wp-login.php' }))],
    [
      'links with parameters of networks',
      many(20, (index) => ({ target: `/nota/?fbclid=IwAR0${index}abcDEF_xyz`, second: START + index * 5 })),
    ],
    ['versions of HTTP of today', many(20, (index) => ({ protocol: [10, 11, 20, 30][index % 4] as number }))],
  ])('none is broken by %s', (_, requests) => {
    expect(broken(requests)).toEqual([]);
  });

  it('are not broken by days of ordinary traffic, but for those who look for holes in it', () => {
    const log = Buffer.from(logText(siteTraffic({ seed: 5, from: START, days: 1, hitsPerDay: 20_000 })));
    const { said, hits } = saidOf(log);

    expect(hits).toBeGreaterThan(15_000);
    expect(said.map(({ scenario, key }) => `${scenario.name} ${key}`)).toEqual([]);
  });

  it.each<[string, Happening, readonly string[]]>([
    ['a scanner', scanner({ seed: 3, from: START + 600 }), ['http-probing', 'sensitive-files']],
    ['passwords tried', loginBruteForce({ seed: 3, from: START + 600 }), ['wordpress-login-bf']],
    ['passwords tried over xmlrpc', xmlrpcFlood({ seed: 3, from: START + 600 }), ['wordpress-xmlrpc-bf']],
    ['random addresses', randomUris({ seed: 3, from: START + 600 }), ['http-probing']],
  ])('tell of %s, and of nobody else', (_, happening, names) => {
    const log = Buffer.from(
      logText(merged(siteTraffic({ seed: 6, from: START, days: 0.1, hitsPerDay: 20_000 }), [happening])),
    );
    const { said } = saidOf(log);
    const clients = new Set(happening.truth.clients);

    expect([...new Set(said.map(({ scenario }) => scenario.name))]).toEqual(
      expect.arrayContaining([...names]),
    );
    expect(
      said.filter(({ client }) => !clients.has(client)).map(({ scenario, key }) => `${scenario.name} ${key}`),
    ).toEqual([]);
  });
});

describe.skipIf(!existsSync(SHARED))('on published samples (skipped without ../shared)', () => {
  const shared = (name: string): ReturnType<typeof saidOf> => saidOf(readFileSync(new URL(name, SHARED)));

  it('passwords tried on WordPress: one overflow at the sixth try, the rest while muted', () => {
    const { said, hits } = shared('hub-wordpress-login-bf.syslog-nginx.log');

    expect(hits).toBe(9);
    expect(said).toMatchObject([
      { scenario: { name: 'wordpress-login-bf' }, events: 6, visit: { events: 9, overflows: 1 } },
    ]);
  });

  it.each([
    ['hub-http-probing.apache-common.log', 77],
    ['hub-nginx-malformed.log', 12],
  ])('%s: exactly one overflow at the eleventh request', (name, lines) => {
    const { said, hits } = shared(name);

    expect(hits).toBe(lines);
    expect(said).toMatchObject([{ scenario: { name: 'http-probing' }, events: 11, visit: { overflows: 1 } }]);
  });

  it('mixed lines of nginx and the benign log: nothing, not even by the rule left out', () => {
    expect(shared('hub-nginx-mixed.log').said).toEqual([]);
    expect(shared('elastic-apache-first-5000.log')).toMatchObject({ said: [], hits: 5_000 });
  });

  it('a vulnerability scanner: broken rules of one client', () => {
    const { said } = shared('acunetix-scan.quoted.txt');

    expect(new Set(said.map(({ client }) => client)).size).toBe(1);
    expect(said.map(({ scenario }) => scenario.name)).toContain('bad-user-agent');
  });
});
