/**
 * Caddy 2.7 and later: a snippet to import into a site. References: documentation of the Caddyfile, request matchers
 * (client_ip, header_regexp, expression) and of the directives abort, header and redir.
 */
import { networkText } from '../networks.js';
import { agentPattern, type Condition, type Rule, targetPattern } from '../rule.js';
import {
  comment,
  cookieValue,
  type Defence,
  header,
  inParts,
  quoted,
  ruleComment,
  type Target,
  taken,
  unixSeconds,
} from './target.js';

const NETWORKS_A_LINE = 50;

export const caddy: Target = {
  id: 'caddy',
  knowsSites: true,
  exempts: true,
  adapt: (rule) => taken(rule, ['block', 'challenge']),
  write: (defence) => [{ name: 'vigia.caddy', text: text(defence) }],
};

function text(defence: Defence): string {
  const { rules, translate } = defence;
  const t = (key: string): string => translate(`floods.defence.caddy.${key}`);
  const blocks = rules.map((rule, index) => ruleBlock(rule, `@vigia_${index + 1}`, defence));
  return `${comment(header('caddy', defence, { test: t('test'), undo: t('undo') }))}${comment([t('place')])}(vigia) {\n${blocks.join('\n')}}\n`;
}

function ruleBlock(rule: Rule, name: string, defence: Defence): string {
  const lines: string[] = [];
  // Several lines of `not` hold together: none of them may fit.
  for (const part of inParts(defence.sparing.spared.map(networkText), NETWORKS_A_LINE)) {
    lines.push(`not client_ip ${part.join(' ')}`);
  }
  // In a Go regular expression as in the others; a raw string of CEL, without escapes of its own.
  const expressions = [`int({time.now.unix}) < ${unixSeconds(defence.expiresAt)}`];
  const target = targetPattern(rule.when);
  if (target !== null) expressions.push(`{http.request.orig_uri}.matches(r"${target}")`);
  for (const condition of rule.when) lines.push(...conditionLines(condition));
  if (rule.action.do === 'challenge') lines.push(`not header Cookie *vigia=${cookieValue(defence)}*`);
  lines.push(`expression \`${expressions.join(' && ')}\``);
  const actions =
    rule.action.do === 'challenge'
      ? [
          `header ${name} Set-Cookie "vigia=${cookieValue(defence)}; Path=/; Max-Age=${defence.lifetimeSeconds}; HttpOnly; SameSite=Lax"`,
          `header ${name} Cache-Control no-store`,
          `redir ${name} {http.request.orig_uri} 307`,
        ]
      : [`abort ${name}`];
  return `${ruleComment(rule, defence, '\t#')}\t${name} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n${actions.map((line) => `\t${line}\n`).join('')}`;
}

function conditionLines(condition: Condition): readonly string[] {
  switch (condition.on) {
    case 'client':
      return inParts(condition.networks.map(networkText), NETWORKS_A_LINE).map(
        (part) => `client_ip ${part.join(' ')}`,
      );
    case 'agent':
      return condition.how === 'none'
        ? ['header !User-Agent']
        : [`header_regexp User-Agent \`${agentPattern(condition)}\``];
    case 'method':
      return [`method ${condition.method}`];
    case 'protocol':
      return [`expression \`{http.request.proto} == ${quoted(PROTOCOLS[condition.protocol])}\``];
    case 'no-referer':
      return ['header !Referer'];
    case 'site':
      return [`host ${condition.host}`];
    default:
      return [];
  }
}

const PROTOCOLS = { 9: 'HTTP/0.9', 10: 'HTTP/1.0', 11: 'HTTP/1.1', 20: 'HTTP/2.0', 30: 'HTTP/3.0' } as const;
