/**
 * Cloudflare: expressions for custom rules of its web application firewall, and lists of addresses where an expression
 * would be too long. Always a check (`managed_challenge`), never a block: a reader who is caught can still get in.
 * Reference: developers.cloudflare.com/ruleset-engine/rules-language (an expression has at most 4,096 characters).
 */
import { covers, type Network, networkText, PRIVATE_NETWORKS } from '../networks.js';
import type { Condition } from '../rule.js';
import { comment, type DefenceFile, header, quoted, type Target, taken, unixSeconds } from './target.js';

export const MAX_EXPRESSION = 4_096;
/** Addresses beyond this go into a list. */
const MAX_INLINE = 1_500;

export const cloudflare: Target = {
  id: 'cloudflare',
  knowsSites: true,
  exempts: true,
  adapt(rule) {
    // Its operators have no `*` within a path or a query; regular expressions are for its larger plans only.
    const known = taken(rule, ['block', 'challenge'], (condition) => {
      if (condition.on === 'path') return !/(^|\/)[#*](\/|$)/.test(condition.template);
      if (condition.on === 'query') return condition.how === 'has';
      return true;
    });
    if (!known || partsOf(rule.when).join(' and ').length > MAX_EXPRESSION / 2) return null;
    // A check whatever was asked for; on addresses too.
    return { ...rule, action: { do: 'challenge' } };
  },
  write(defence) {
    const { rules, sparing, translate } = defence;
    const t = (key: string): string => translate(`floods.defence.cloudflare.${key}`);
    const lists: DefenceFile[] = [];
    // Nobody reaches Cloudflare from a private address.
    const spared = sparing.spared.filter((network) => !PRIVATE_NETWORKS.some((own) => covers(own, network)));
    const guard = [
      `http.request.timestamp.sec lt ${unixSeconds(defence.expiresAt)}`,
      ...(spared.length > 0 ? [`not ${among(spared, 'vigia_spared', lists)}`] : []),
    ];
    const blocks = rules.map((rule) => {
      const parts = [...guard, ...partsOf(rule.when)];
      for (const condition of rule.when) {
        if (condition.on === 'client')
          parts.push(among(condition.networks, `vigia_${rule.id.replaceAll('-', '_')}`, lists));
      }
      return `${comment([t('rule')])}(${parts.join(' and ')})\n`;
    });
    const text = `${comment(header('cloudflare', defence, { test: t('test'), undo: t('undo') }))}${comment([t('place'), ...(lists.length > 0 ? [t('lists')] : [])])}\n${blocks.join('\n')}`;
    return [{ name: 'vigia-cloudflare.txt', text }, ...lists];
  },
};

function partsOf(conditions: readonly Condition[]): readonly string[] {
  return conditions.flatMap(partOf);
}

function partOf(condition: Condition): readonly string[] {
  switch (condition.on) {
    case 'agent':
      if (condition.how === 'none') return ['http.user_agent eq ""'];
      if (condition.how === 'is') return [`http.user_agent eq ${quoted(condition.text)}`];
      return condition.how === 'starts'
        ? [`starts_with(http.user_agent, ${quoted(condition.text)})`]
        : [`http.user_agent contains ${quoted(condition.text)}`];
    case 'method':
      return [`http.request.method eq ${quoted(condition.method)}`];
    case 'protocol':
      return [`http.request.version eq ${quoted(PROTOCOLS[condition.protocol])}`];
    case 'path':
      // What was sent, before Cloudflare tidies it: as the log has it.
      return [`raw.http.request.uri.path eq ${quoted(condition.template)}`];
    case 'query':
      if (condition.how !== 'has') return [];
      return [
        `(starts_with(raw.http.request.uri.query, ${quoted(`${condition.name}=`)}) or raw.http.request.uri.query contains ${quoted(`&${condition.name}=`)})`,
      ];
    case 'no-referer':
      return ['http.referer eq ""'];
    case 'site':
      return [`http.host eq ${quoted(condition.host)}`];
    case 'client':
      return [];
  }
}

const PROTOCOLS = { 9: 'HTTP/0.9', 10: 'HTTP/1.0', 11: 'HTTP/1.1', 20: 'HTTP/2', 30: 'HTTP/3' } as const;

function among(networks: readonly Network[], list: string, lists: DefenceFile[]): string {
  const inline = networks.map(networkText).join(' ');
  if (inline.length <= MAX_INLINE) return `ip.src in {${inline}}`;
  if (!lists.some(({ name }) => name === `${list}.csv`))
    lists.push({ name: `${list}.csv`, text: `${networks.map(networkText).join('\n')}\n` });
  return `ip.src in $${list}`;
}
