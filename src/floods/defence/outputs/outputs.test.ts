import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments, parse as parseYaml } from 'yaml';
import { translatorFor } from '../../../check/messages.js';
import { LANGUAGES } from '../../../core/contracts.js';
import { type Network, readNetwork } from '../networks.js';
import type { Condition, Rule } from '../rule.js';
import { mayCheckNft, program, run } from '../testing/program.js';
import type { Outcome } from '../trial.js';
import { earlierThan } from './nginx.js';
import { comment, type Defence, type DefenceFile, TARGETS, type TargetId } from './target.js';
import { OUTPUTS } from './targets.js';

const folder = mkdtempSync(join(tmpdir(), 'vigia-defence-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const networks = (...texts: string[]): Network[] => texts.flatMap((text) => readNetwork(text) ?? []);
const OUTCOME: Outcome = {
  attackHits: 36_000,
  attackHitsStopped: 35_900,
  attackClients: 150,
  attackClientsStopped: 150,
  mixedHits: 400,
  mixedHitsStopped: 390,
  mixedClients: 3,
  ordinaryHits: 50_000,
  ordinaryHitsStopped: 2,
  ordinaryClients: 4_000,
  ordinaryClientsStopped: 1,
  ordinaryHitsAsked: 9,
  ordinaryClientsAsked: 3,
  sparedHits: 0,
  samples: [],
};

function defenceOf(target: TargetId, rules: readonly Rule[], more: Partial<Defence> = {}): Defence {
  return {
    rules: rules.flatMap((rule) => OUTPUTS[target].adapt(rule) ?? []),
    companions: rules.filter(({ rung }) => rung === 1),
    outcome: OUTCOME,
    sparing: {
      spared: networks('10.0.0.0/8', '192.0.2.200', '2001:db8:ffff::/48'),
      shared: networks('198.51.100.66', '2001:db8:aaaa::/64'),
    },
    incident: {
      id: 'pingback-20260101T1200Z',
      kind: 'pingback',
      siteName: 'noticias.example',
      fromAt: '2026-01-01T12:00:00.000000Z',
      toAt: '2026-01-01T12:30:00.000000Z',
    },
    generatedAt: '2026-01-01T13:00:00.000000Z',
    expiresAt: '2026-01-02T13:00:00.000000Z',
    lifetimeSeconds: 86_400,
    isEnough: true,
    translate: translatorFor('es', 'America/Mexico_City'),
    ...more,
  };
}

const SOURCES: Condition = {
  on: 'client',
  networks: networks('192.0.2.0/28', '198.51.100.7', '2001:db8:1:2::/64'),
};
const RULES: readonly Rule[] = [
  {
    id: 'signature-1',
    rung: 1,
    when: [{ on: 'agent', how: 'starts', text: 'WordPress/' }],
    action: { do: 'block' },
  },
  {
    id: 'signature-2',
    rung: 1,
    when: [
      { on: 'method', method: 'GET' },
      { on: 'path', template: '/noticias/#/*' },
      { on: 'protocol', protocol: 10 },
      { on: 'no-referer' },
    ],
    action: { do: 'block' },
  },
  {
    id: 'signature-3',
    rung: 1,
    when: [
      { on: 'agent', how: 'none' },
      { on: 'site', host: 'noticias.example' },
    ],
    action: { do: 'block' },
  },
  {
    id: 'endpoint-1',
    rung: 2,
    when: [{ on: 'path', template: '/' }, { on: 'query', how: 'has', name: 's' }, { on: 'no-referer' }],
    action: { do: 'challenge' },
  },
  {
    id: 'endpoint-2',
    rung: 2,
    when: [
      { on: 'method', method: 'POST' },
      { on: 'path', template: '/xmlrpc.php' },
    ],
    action: { do: 'limit', perMinute: 30, burst: 10 },
  },
  {
    id: 'endpoint-3',
    rung: 2,
    when: [
      { on: 'path', template: '/' },
      { on: 'query', how: 'is', template: '#' },
    ],
    action: { do: 'challenge' },
  },
  { id: 'sources', rung: 3, when: [SOURCES], action: { do: 'block' } },
];

const write = (
  target: TargetId,
  rules: readonly Rule[],
  more: Partial<Defence> = {},
): readonly DefenceFile[] => OUTPUTS[target].write(defenceOf(target, rules, more));
const textOf = (files: readonly DefenceFile[]): string => files.map(({ text }) => text).join('\n');

describe.each(TARGETS)('the files for %s', (target) => {
  it('are the same each time, say when they end and how to undo them', () => {
    const files = write(target, RULES);

    expect(write(target, RULES)).toEqual(files);
    const text = textOf(files);
    expect(text).toContain('pingback-20260101T1200Z');
    expect(text).toContain('2026-01-02T13:00');
    expect(text).toContain('Para deshacerlo:');
    expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
    for (const { name } of files) expect(name).toMatch(/^([a-z.]+\/)?[a-z0-9_.-]+$/);
  });

  it.each(LANGUAGES)('have comments in %s', (language) => {
    const text = textOf(write(target, RULES, { translate: translatorFor(language, 'UTC') }));
    expect(text).toContain(language === 'es' ? 'Vigía escribió este archivo' : 'Vigía wrote this file');
  });

  it('hold no rule that the program cannot carry out', () => {
    for (const rule of RULES) {
      const own = OUTPUTS[target].adapt(rule);
      if (own) expect(OUTPUTS[target].adapt({ ...own, action: rule.action }), rule.id).not.toBeNull();
    }
  });
});

// What an attacker would put into an agent, a path or a query to become part of a configuration.
const EVIL = [
  '";} server { listen 81; } #',
  "'; return 200; #",
  '\u0024{HOME} $host %{ENV:X} %(x)s',
  '<HOST> <ADDR> <IfModule>',
  '`id` $(id) {$PATH} {http.request.uri}',
  '") or true or (http.user_agent eq "',
  '" || true || "',
  "r\"' + ' \\",
  ': - [a] {b} # c & * ! | > @',
  'a\nreturn 444;',
  'a\r\nRequire all denied',
  '\u2028x\u202e',
  '*/ -- */',
];
const evilText = fc.oneof(
  fc.constantFrom(...EVIL),
  fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 30 }),
  fc.stringMatching(/^[\x20-\x7e]{1,30}$/),
);
const plainEvil = evilText.filter((text) => /^[\x20-\x5b\x5d-\x7e]+$/.test(text) && text.trim() === text);
const evilSegment = plainEvil.map((text) => text.replace(/[/?]/g, ''));
const evilName = plainEvil.map((text) => text.replace(/[&;=#*/?]/g, '')).filter((text) => text !== '');

function evilRules(agent: string, segment: string, name: string): readonly Rule[] {
  return [
    { id: 'signature-1', rung: 1, when: [{ on: 'agent', how: 'is', text: agent }], action: { do: 'block' } },
    {
      id: 'signature-2',
      rung: 1,
      when: [{ on: 'agent', how: 'contains', text: agent }],
      action: { do: 'challenge' },
    },
    {
      id: 'endpoint-1',
      rung: 2,
      when: [
        { on: 'method', method: 'GET' },
        { on: 'path', template: `/${segment}` },
        { on: 'query', how: 'has', name },
      ],
      action: { do: 'challenge' },
    },
    {
      id: 'endpoint-2',
      rung: 2,
      when: [
        { on: 'path', template: `/${segment}/#` },
        { on: 'agent', how: 'starts', text: agent },
      ],
      action: { do: 'limit', perMinute: 6, burst: 5 },
    },
    {
      id: 'endpoint-3',
      rung: 1,
      when: [
        { on: 'path', template: `/${segment}` },
        { on: 'query', how: 'is', template: `${name}=*` },
      ],
      action: { do: 'block' },
    },
    {
      id: 'endpoint-4',
      rung: 1,
      when: [
        { on: 'method', method: 'POST' },
        { on: 'path', template: `/${segment}` },
      ],
      action: { do: 'block' },
    },
  ];
}

const ALL_EVIL: readonly Rule[] = EVIL.filter((text) => /^[\x20-\x5b\x5d-\x7e]+$/.test(text)).flatMap(
  (evil) => {
    const bare = evil.replace(/[&;=#*/?]/g, '');
    return evilRules(evil, bare, bare);
  },
);

/** The words and signs of a file without its texts: what is left of any two files of the same rules must be the same. */
function skeleton(target: TargetId, text: string): string {
  const code = text.replace(/^\s*#.*$/gm, '');
  return target === 'caddy' ? code.replace(/`[^`\n]*`/g, '`') : code.replace(/"(?:[^"\\\n]|\\.)*"/g, '"');
}

describe('hostile texts', () => {
  it.each(TARGETS.filter((target) => target !== 'fail2ban'))('stay within their quotes for %s', (target) => {
    const reference = skeleton(target, textOf(write(target, evilRules('agent', 'path', 'name'))));
    fc.assert(
      fc.property(plainEvil, evilSegment, evilName, (agent, segment, name) => {
        const text = textOf(
          write(target, evilRules(agent, segment === '#' || segment === '*' ? 'x' : segment, name)),
        );
        expect(skeleton(target, text)).toBe(reference);
        expect(text).not.toMatch(/[^\x20-\x7e\n\tÀ-ɏ«»“”’¿¡]/u);
      }),
      { numRuns: 60 },
    );
  });

  it('make no second line in a filter of fail2ban, and no tag of its own', () => {
    fc.assert(
      fc.property(plainEvil, evilSegment, evilName, (agent, segment, name) => {
        for (const { name: file, text } of write('fail2ban', evilRules(agent, segment, name))) {
          if (!file.startsWith('filter.d/')) continue;
          const [expression, ...others] = text.split('\n').filter((line) => line.startsWith('failregex'));
          expect(others).toEqual([]);
          expect(expression?.replace('<ADDR>', '')).not.toMatch(/[<>%]/);
          expect(text.split('\n').filter((line) => !line.startsWith('#') && line !== '')).toHaveLength(4);
        }
      }),
    );
  });

  it('in a comment end neither it nor the line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const lines = comment([text]).split('\n');
        expect(lines.pop()).toBe('');
        for (const line of lines) expect(line).toMatch(/^#[^\r\n\\\p{Cc}]*$/u);
      }),
    );
  });

  it('as the name of a site stay in the comment', () => {
    for (const target of TARGETS) {
      const incident = { ...defenceOf(target, []).incident, siteName: 'x"\n}\nreturn 444;\\' };
      const own = skeleton(target, textOf(write(target, RULES, { incident })));
      expect(own, target).toBe(skeleton(target, textOf(write(target, RULES))));
    }
  });
});

describe('YAML and JSON', () => {
  it.each(['banjax', 'anubis', 'crowdsec'] as const)('of %s read back as what was meant', (target) => {
    for (const agent of EVIL.filter((text) => /^[\x20-\x5b\x5d-\x7e]+$/.test(text))) {
      const files = write(target, [...evilRules(agent, 'path', 'name'), ...RULES]);
      for (const { name, text } of files) {
        if (name.endsWith('.json')) {
          expect(JSON.parse(text)).toContainEqual({
            duration: '24h',
            reason: 'vigia/pingback-20260101T1200Z',
            scope: 'range',
            type: 'ban',
            value: '2001:db8:1:2::/64',
          });
          continue;
        }
        for (const document of parseAllDocuments(text)) expect(document.errors).toEqual([]);
      }
    }
  });

  it('of Anubis checks without JavaScript and lets spared addresses through first', () => {
    const rules = parseYaml(textOf(write('anubis', RULES)));
    expect(rules[0]).toMatchObject({
      action: 'ALLOW',
      remote_addresses: ['10.0.0.0/8', '192.0.2.200/32', '2001:db8:ffff::/48'],
    });
    const checks = rules.filter((rule: { action: string }) => rule.action === 'CHALLENGE');
    expect(checks.length).toBeGreaterThan(0);
    for (const rule of checks) expect(rule.challenge).toEqual({ difficulty: 1, algorithm: 'metarefresh' });
  });
});

describe('Cloudflare', () => {
  it('keeps every expression within its limit and puts long lists into files', () => {
    const many = {
      ...SOURCES,
      networks: Array.from(
        { length: 2_000 },
        (_, index) => networks(`198.18.${index >> 8}.${index & 255}`)[0] as Network,
      ),
    };
    const files = write('cloudflare', [
      ...RULES,
      { id: 'sources-hosting', rung: 4, when: [many], action: { do: 'block' } },
    ]);
    const expressions = (files[0]?.text ?? '').split('\n').filter((line) => line.startsWith('('));
    expect(expressions.length).toBeGreaterThan(2);
    for (const expression of expressions) expect(expression.length).toBeLessThanOrEqual(4_096);
    expect(files[1]?.name).toBe('vigia_sources_hosting.csv');
    expect(files[1]?.text.split('\n')).toHaveLength(2_001);
  });
});

describe('the clock of nginx', () => {
  it('knows what is earlier', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000_000_000, max: 9_999_999_999 }),
        fc.integer({ min: -500, max: 500 }),
        (end, step) => {
          const at = end + step;
          if (String(at).length !== 10) return;
          expect(new RegExp(`^${earlierThan(end)}\\.`).test(`${at}.123`)).toBe(at < end);
        },
      ),
    );
  });
});

const nginxPath = program('nginx');
describe.skipIf(nginxPath === null)('nginx itself (skipped where it is not installed)', () => {
  const check = (files: readonly DefenceFile[]): string => {
    for (const { name, text } of files) writeFileSync(join(folder, name), text);
    writeFileSync(
      join(folder, 'nginx.conf'),
      `pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events {}
http {
    access_log off;
    include ${folder}/vigia-http.conf;
    server {
        listen 127.0.0.1:18099;
        include ${folder}/vigia-server.conf;
        location / { return 200 "ok"; }
    }
}
`,
    );
    const { code, said } = run(nginxPath ?? '', ['-t', '-q', '-p', folder, '-c', join(folder, 'nginx.conf')]);
    return code === 0 ? '' : said;
  };

  it('takes the files', () => {
    expect(check(write('nginx', RULES))).toBe('');
    expect(check(write('nginx', RULES.slice(0, 1)))).toBe('');
  });

  it('takes them with hostile texts in them', () => {
    expect(check(write('nginx', ALL_EVIL))).toBe('');
  });
});

const apachePath = program('apache2');
describe.skipIf(apachePath === null)('Apache itself (skipped where it is not installed)', () => {
  const check = (text: string, isHtaccess: boolean): string => {
    const modules = ['mpm_event', 'authz_core', 'rewrite', 'setenvif', 'headers'];
    writeFileSync(join(folder, 'own.conf'), text);
    writeFileSync(
      join(folder, 'apache.conf'),
      `ServerRoot "${folder}"
ServerName localhost
Listen 127.0.0.1:18098
PidFile ${folder}/apache.pid
ErrorLog ${folder}/apache.log
${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
<VirtualHost 127.0.0.1:18098>
DocumentRoot "${folder}"
${isHtaccess ? `<Directory "${folder}">\nInclude ${folder}/own.conf\n</Directory>` : `Include ${folder}/own.conf`}
</VirtualHost>
`,
    );
    const { code, said } = run(apachePath ?? '', ['-t', '-f', join(folder, 'apache.conf')]);
    return code === 0 ? '' : said;
  };

  it.each([
    ['apache', false],
    ['htaccess', true],
  ] as const)('takes the file for %s', (target, isHtaccess) => {
    expect(check(textOf(write(target, RULES)), isHtaccess)).toBe('');
    expect(check(textOf(write(target, ALL_EVIL)), isHtaccess)).toBe('');
  });

  it('takes as many addresses as an attack has', () => {
    const many = {
      ...SOURCES,
      networks: Array.from(
        { length: 3_000 },
        (_, index) => networks(`198.18.${index >> 8}.${index & 255}`)[0] as Network,
      ),
    };
    const rules: Rule[] = [{ id: 'sources', rung: 3, when: [many], action: { do: 'block' } }];
    expect(check(textOf(write('apache', rules)), false)).toBe('');
  });
});

describe.skipIf(!mayCheckNft())(
  'nftables itself (skipped where nft is not installed, or may not look at the tables without an administrator)',
  () => {
    it('takes the file, with addresses and without', () => {
      for (const rules of [RULES, []]) {
        const path = join(folder, 'vigia.nft');
        writeFileSync(path, textOf(write('nftables', rules)));
        expect(run(program('nft') ?? '', ['-c', '-f', path])).toEqual({ code: 0, said: '' });
      }
    });
  },
);
