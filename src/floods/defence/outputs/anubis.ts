/**
 * Anubis: rules for the `bots` of its policy. Checks are by `metarefresh`, which needs no JavaScript: readers with Tor
 * Browser or GrapheneOS pass. Reference: TecharoHQ/anubis, docs/admin/policies and configuration/expressions.
 */
import { networkText } from '../networks.js';
import { type Condition, pathPattern, type Rule } from '../rule.js';
import { comment, type Defence, header, quoted, ruleComment, type Target, taken } from './target.js';

export const anubis: Target = {
  id: 'anubis',
  knowsSites: true,
  exempts: true,
  adapt: (rule) =>
    taken(
      rule,
      ['block', 'challenge'],
      // It does not tell protocols apart, and knows a query only by its names.
      ({ on, ...rest }) => on !== 'protocol' && !(on === 'query' && 'template' in rest),
    ),
  write(defence) {
    const t = (key: string): string => defence.translate(`floods.defence.anubis.${key}`);
    const { rules, sparing } = defence;
    const text = [
      comment(header('anubis', defence, { test: t('test'), undo: t('undo') })) + comment([t('place')]),
      `- name: vigia-spared\n  action: ALLOW\n  remote_addresses:\n${addresses(sparing.spared.map(networkText))}`,
      ...rules.map((rule) => ruleText(rule, defence)),
    ];
    return [{ name: 'vigia-anubis.yaml', text: text.join('') }];
  },
};

function ruleText(rule: Rule, defence: Defence): string {
  const expressions = rule.when.flatMap(expressionOf);
  const networks = rule.when.flatMap((condition) =>
    condition.on === 'client' ? condition.networks.map(networkText) : [],
  );
  const lines = [
    `- name: vigia-${rule.id}`,
    `  action: ${rule.action.do === 'block' ? 'DENY' : 'CHALLENGE'}`,
  ];
  if (rule.action.do === 'challenge')
    lines.push('  challenge:', '    difficulty: 1', '    algorithm: metarefresh');
  if (expressions.length > 0)
    lines.push('  expression:', '    all:', ...expressions.map((text) => `      - ${quoted(text)}`));
  const list = networks.length > 0 ? `  remote_addresses:\n${addresses(networks)}` : '';
  return `${ruleComment(rule, defence)}${lines.join('\n')}\n${list}`;
}

/** Anubis takes networks only: a single address gets its length. */
function addresses(networks: readonly string[]): string {
  return networks
    .map((network) => {
      const withLength = network.includes('/') ? network : `${network}/${network.includes(':') ? 128 : 32}`;
      return `    - ${withLength}\n`;
    })
    .join('');
}

function expressionOf(condition: Condition): readonly string[] {
  switch (condition.on) {
    case 'agent':
      if (condition.how === 'none') return ['userAgent == ""'];
      if (condition.how === 'is') return [`userAgent == ${quoted(condition.text)}`];
      return [
        `userAgent.${condition.how === 'starts' ? 'startsWith' : 'contains'}(${quoted(condition.text)})`,
      ];
    case 'method':
      return [`method == ${quoted(condition.method)}`];
    case 'path':
      return /(^|\/)[#*](\/|$)/.test(condition.template)
        ? [`path.matches(${quoted(`^${pathPattern(condition.template)}$`)})`]
        : [`path == ${quoted(condition.template)}`];
    case 'query':
      return condition.how === 'has' ? [`${quoted(condition.name)} in query`] : [];
    case 'no-referer':
      return ['missingHeader(headers, "Referer")'];
    case 'site':
      return [`host == ${quoted(condition.host)}`];
    default:
      return [];
  }
}
