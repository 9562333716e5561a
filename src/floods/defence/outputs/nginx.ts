/**
 * nginx: two files, one for `http {}` (conditions, limits) and one for `server {}` (what is done). References: the
 * documentation of ngx_http_map, geo, limit_req and rewrite modules.
 */
import { networkText } from '../networks.js';
import {
  agentPattern,
  type Condition,
  literalPattern,
  type Rule,
  SHARED_FACTOR,
  targetPattern,
} from '../rule.js';
import {
  comment,
  cookieValue,
  type Defence,
  type DefenceFile,
  header,
  ruleComment,
  type Target,
  taken,
  unixSeconds,
} from './target.js';

export const nginx: Target = {
  id: 'nginx',
  knowsSites: true,
  exempts: true,
  adapt: (rule) => taken(rule, ['block', 'challenge', 'limit']),
  write: (defence) => [httpFile(defence), serverFile(defence)],
};

const PROTOCOL_NAMES = {
  9: 'HTTP/0.9',
  10: 'HTTP/1.0',
  11: 'HTTP/1.1',
  20: 'HTTP/2.0',
  30: 'HTTP/3.0',
} as const;

function httpFile(defence: Defence): DefenceFile {
  const { rules, sparing, translate } = defence;
  const t = (key: string): string => translate(`floods.defence.nginx.${key}`);
  const blocks = [
    comment(header('nginx', defence, { test: t('test'), undo: t('undo') })) + comment([t('http')]),
    comment([t('spared')]) + geo('vigia_spared', sparing.spared.map(networkText)),
    comment([t('live')]) +
      map('$msec', 'vigia_live', [[`~^${earlierThan(unixSeconds(defence.expiresAt))}\\.`, '1']]),
  ];
  if (rules.some(({ action }) => action.do === 'limit')) {
    blocks.push(
      comment([t('shared')]) + geo('vigia_shared', sparing.shared.map(networkText)),
      // The /64 of an IPv6 address, whether its zeros are left out in the first half or not.
      comment([t('client')]) +
        map(
          '$remote_addr',
          'vigia_client',
          [
            ['~^(?<vigia_64>[0-9a-f]+:[0-9a-f]+:[0-9a-f]+:[0-9a-f]+):', '$vigia_64'],
            ['~^(?<vigia_short>[0-9a-f:]*?)::', '$vigia_short'],
          ],
          '$remote_addr',
        ),
    );
  }
  if (rules.some(({ action }) => action.do === 'challenge')) {
    blocks.push(
      comment([t('cookie')]) + map('$cookie_vigia', 'vigia_passed', [[`~^${cookieValue(defence)}$`, '1']]),
    );
  }
  for (const [index, rule] of rules.entries()) blocks.push(ruleBlock(rule, index + 1, defence));
  for (const [action, variable] of [
    ['block', 'vigia_block'],
    ['challenge', 'vigia_check'],
  ] as const) {
    const own = rules.flatMap((rule, index) => (rule.action.do === action ? [`$vigia_${index + 1}`] : []));
    if (own.length > 0) blocks.push(map(`"${own.join('')}"`, variable, [['~1', '1']]));
  }
  return { name: 'vigia-http.conf', text: blocks.join('\n') };
}

function ruleBlock(rule: Rule, number: number, defence: Defence): string {
  const own: string[] = [];
  const parts: string[] = [];
  const put = (source: string, ...patterns: readonly string[]): void => {
    const name = `vigia_${number}_${parts.length + 1}`;
    own.push(
      map(
        source,
        name,
        patterns.map((pattern) => [pattern, '1']),
      ),
    );
    parts.push(`$${name}`);
  };
  const target = targetPattern(rule.when);
  if (target !== null) put('$request_uri', `~${target}`);
  for (const condition of rule.when) {
    if (condition.on === 'client') {
      const name = `vigia_${number}_${parts.length + 1}`;
      own.push(geo(name, condition.networks.map(networkText)));
      parts.push(`$${name}`);
      continue;
    }
    const asked = sourceAndPatterns(condition);
    if (asked) put(...asked);
  }
  const isChallenge = rule.action.do === 'challenge';
  const state = `$vigia_live$vigia_spared${isChallenge ? '$vigia_passed' : ''}`;
  const wanted = `10${isChallenge ? '0' : ''}${'1'.repeat(parts.length)}`;
  own.push(map(`"${state}${parts.join('')}"`, `vigia_${number}`, [[`~^${wanted}$`, '1']]));
  if (rule.action.do === 'limit') {
    const { perMinute } = rule.action;
    for (const [suffix, isShared, rate] of [
      ['each', 0, perMinute],
      ['shared', 1, perMinute * SHARED_FACTOR],
    ] as const) {
      const key = `vigia_${number}_${suffix}`;
      own.push(
        map(`"$vigia_${number}$vigia_shared"`, key, [[`~^1${isShared}$`, '$vigia_client']], '""'),
        `limit_req_zone $${key} zone=${key}:10m rate=${rate}r/m;\n`,
      );
    }
  }
  return ruleComment(rule, defence) + own.join('');
}

/** What stands for nothing there: a map does not try regular expressions on an empty value. */
const NOTHING = ['', '-'] as const;

/** Variable and patterns of a condition; null for those of path and query, which go together. */
function sourceAndPatterns(
  condition: Exclude<Condition, { on: 'client' }>,
): readonly [string, ...(readonly string[])] | null {
  switch (condition.on) {
    case 'agent':
      // Sensitive to capitals, unlike plain values of a map.
      return condition.how === 'none'
        ? ['$http_user_agent', ...NOTHING]
        : ['$http_user_agent', `~${agentPattern(condition)}`];
    case 'method':
      return ['$request_method', `~^${literalPattern(condition.method)}$`];
    case 'protocol':
      return ['$server_protocol', `~^${literalPattern(PROTOCOL_NAMES[condition.protocol])}$`];
    case 'no-referer':
      return ['$http_referer', ...NOTHING];
    case 'site':
      return ['$host', `~^${literalPattern(condition.host)}$`];
    default:
      return null;
  }
}

function serverFile(defence: Defence): DefenceFile {
  const { rules, translate } = defence;
  const t = (key: string): string => translate(`floods.defence.nginx.${key}`);
  const lines = [
    comment(header('nginx', defence, { test: t('test'), undo: t('undo') })) + comment([t('server')]),
  ];
  const does = new Set(rules.map(({ action }) => action.do));
  if (does.has('block')) lines.push('if ($vigia_block) {\n    return 444;\n}\n');
  if (does.has('challenge')) {
    lines.push(
      'if ($vigia_check) {\n    rewrite ^ /.vigia-check last;\n}\n',
      `location = /.vigia-check {
    internal;
    add_header Set-Cookie "vigia=${cookieValue(defence)}; Path=/; Max-Age=${defence.lifetimeSeconds}; HttpOnly; SameSite=Lax" always;
    add_header Cache-Control "no-store" always;
    return 307 $request_uri;
}
`,
    );
  }
  if (does.has('limit')) {
    const limits = rules.flatMap(({ action }, index) =>
      action.do === 'limit'
        ? [
            `limit_req zone=vigia_${index + 1}_each burst=${action.burst} nodelay;`,
            `limit_req zone=vigia_${index + 1}_shared burst=${action.burst * SHARED_FACTOR} nodelay;`,
          ]
        : [],
    );
    lines.push(`${comment([t('limits')])}${limits.join('\n')}\nlimit_req_status 429;\n`);
  }
  return { name: 'vigia-server.conf', text: lines.join('\n') };
}

function map(
  source: string,
  name: string,
  values: readonly (readonly [string, string])[],
  otherwise = '0',
): string {
  const lines = values.map(([pattern, value]) => `    "${pattern}" ${value};`);
  return `map ${source} $${name} {\n    default ${otherwise};\n${lines.join('\n')}\n}\n`;
}

function geo(name: string, networks: readonly string[]): string {
  return `geo $${name} {\n    default 0;\n${networks.map((network) => `    ${network} 1;\n`).join('')}}\n`;
}

/** Pattern of all whole numbers of as many digits that are smaller: nginx cannot compare, but a clock can be matched. */
export function earlierThan(seconds: number): string {
  const digits = String(seconds);
  const ways: string[] = [];
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[at]);
    if (digit === 0) continue;
    const rest = digits.length - at - 1;
    ways.push(
      `${digits.slice(0, at)}${digit === 1 ? '0' : `[0-${digit - 1}]`}${rest > 0 ? `[0-9]{${rest}}` : ''}`,
    );
  }
  return `(?:${ways.join('|')})`;
}
