/**
 * Apache 2.4: mod_rewrite and mod_setenvif, for a server or virtual host, and the same for `.htaccess` on shared hosting.
 * References: documentation of mod_rewrite (RewriteCond, flags F, R, E), mod_setenvif (SetEnvIfExpr), expressions (-R).
 */
import { networkText } from '../networks.js';
import { agentPattern, literalPattern, type Rule, targetPattern } from '../rule.js';
import {
  comment,
  cookieValue,
  type Defence,
  header,
  inParts,
  ruleComment,
  type Target,
  taken,
} from './target.js';

/** Apache reads no configuration line beyond 8,192 characters; forty networks stay far below. */
const NETWORKS_A_LINE = 40;

export const apache: Target = {
  id: 'apache',
  knowsSites: true,
  exempts: true,
  adapt: (rule) => taken(rule, ['block', 'challenge']),
  write: (defence) => [{ name: 'vigia-apache.conf', text: text('apache', defence) }],
};

export const htaccess: Target = {
  id: 'htaccess',
  knowsSites: true,
  exempts: true,
  adapt: (rule) => taken(rule, ['block', 'challenge']),
  write: (defence) => [{ name: 'vigia.htaccess', text: text('htaccess', defence) }],
};

function text(id: 'apache' | 'htaccess', defence: Defence): string {
  const { rules, sparing, translate } = defence;
  const t = (key: string): string => translate(`floods.defence.${id}.${key}`);
  const parts = [
    comment(header(id, defence, { test: t('test'), undo: t('undo') })) + comment([t('place')]),
    environment('vigia_spared', sparing.spared.map(networkText)),
    'RewriteEngine On\n',
  ];
  for (const [index, rule] of rules.entries()) parts.push(ruleBlock(rule, index + 1, defence));
  if (rules.some(({ action }) => action.do === 'challenge')) {
    parts.push(
      `Header always set Set-Cookie "vigia=${cookieValue(defence)}; Path=/; Max-Age=${defence.lifetimeSeconds}; HttpOnly; SameSite=Lax" env=vigia_ask\n` +
        'Header always set Cache-Control "no-store" env=vigia_ask\n',
    );
  }
  return parts.join('\n');
}

function environment(name: string, networks: readonly string[]): string {
  return inParts(networks, NETWORKS_A_LINE)
    .map((part) => `SetEnvIfExpr "${part.map((network) => `-R '${network}'`).join(' || ')}" ${name}=1\n`)
    .join('');
}

function ruleBlock(rule: Rule, number: number, defence: Defence): string {
  const before: string[] = [];
  const lines = ['RewriteCond "%{ENV:vigia_spared}" "!=1"'];
  const request = requestLinePattern(rule);
  if (request !== null) lines.push(`RewriteCond "%{THE_REQUEST}" "${request}"`);
  for (const condition of rule.when) {
    if (condition.on === 'client') {
      before.push(environment(`vigia_${number}`, condition.networks.map(networkText)));
      lines.push(`RewriteCond "%{ENV:vigia_${number}}" "=1"`);
    } else if (condition.on === 'agent') {
      const pattern = condition.how === 'none' ? '^-?$' : agentPattern(condition);
      lines.push(`RewriteCond "%{HTTP_USER_AGENT}" "${pattern}"`);
    } else if (condition.on === 'no-referer') {
      lines.push('RewriteCond "%{HTTP_REFERER}" "^-?$"');
    } else if (condition.on === 'site') {
      lines.push(`RewriteCond "%{HTTP_HOST}" "^${literalPattern(condition.host)}(:[0-9]+)?$" [NC]`);
    }
  }
  if (rule.action.do === 'challenge') {
    lines.push(
      `RewriteCond "%{HTTP_COOKIE}" "!(^|; ?)vigia=${cookieValue(defence)}(;|$)"`,
      'RewriteRule "^" "%{REQUEST_URI}" [R=307,E=vigia_ask:1,L]',
    );
  } else {
    lines.push('RewriteRule "^" "-" [F,L]');
  }
  return `${ruleComment(rule, defence)}${before.join('')}${lines.join('\n')}\n`;
}

const PROTOCOLS = { 9: '0\\.9', 10: '1\\.0', 11: '1\\.1', 20: '2\\.0', 30: '3\\.0' } as const;

/** Method, target and protocol as one pattern of the request line: raw, as the log has them. Null when none is asked. */
export function requestLinePattern(rule: Rule): string | null {
  const target = targetPattern(rule.when);
  const method = rule.when.find((condition) => condition.on === 'method')?.method;
  const protocol = rule.when.find((condition) => condition.on === 'protocol')?.protocol;
  if (target === null && method === undefined && protocol === undefined) return null;
  const front = `^${method === undefined ? '[^ ]+' : literalPattern(method)} `;
  const back = ` HTTP/${protocol === undefined ? '[0-9.]+' : PROTOCOLS[protocol]}$`;
  if (target === null) return `${front}.*${back}`;
  const inner = target.slice(1);
  const middle = inner.endsWith('(\\?|$)')
    ? `${inner.slice(0, -'(\\?|$)'.length)}(\\?.*)?`
    : inner.endsWith('$')
      ? inner.slice(0, -1)
      : `${inner}.*`;
  return `${front}([A-Za-z]+://[^/? ]+)?${middle}${back}`;
}
