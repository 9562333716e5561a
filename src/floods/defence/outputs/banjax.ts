/**
 * Banjax (Deflect): parts of its configuration. Addresses and user agents in decision lists; requests by rates over its own
 * log, whose lines read `METHOD host METHOD path HTTP/x agent` and have no query. Reference: deflect-ca/banjax, README and
 * banjax-config.yaml; its rates are over when there were more hits than `hits_per_interval`.
 */
import { networkText } from '../networks.js';
import { agentPattern, literalPattern, pathPattern, type Rule } from '../rule.js';
import { comment, header, inParts, quoted, ruleComment, type Target } from './target.js';

/** `expiring_decision_ttl_seconds` as Deflect has it. */
const DECISION_SECONDS = 300;

export const banjax: Target = {
  id: 'banjax',
  knowsSites: false,
  exempts: true,
  adapt(rule) {
    const { when, action } = rule;
    if (action.do !== 'block' && action.do !== 'challenge' && action.do !== 'limit') return null;
    const isList =
      when.length === 1 &&
      action.do !== 'limit' &&
      (when[0]?.on === 'client' || (when[0]?.on === 'agent' && when[0].how !== 'none'));
    if (isList) return rule;
    // Its log has neither query nor referer.
    const isLine = when.every(
      ({ on }) => on === 'agent' || on === 'method' || on === 'path' || on === 'protocol',
    );
    if (!isLine || when.length === 0 || action.do === 'challenge') return null;
    return action.do === 'block'
      ? { ...rule, action: { do: 'ban', times: 1, withinSeconds: 60, forSeconds: DECISION_SECONDS } }
      : {
          ...rule,
          action: {
            do: 'ban',
            times: action.perMinute + action.burst + 1,
            withinSeconds: 60,
            forSeconds: DECISION_SECONDS,
          },
        };
  },
  write(defence) {
    const { rules, sparing, translate } = defence;
    const t = (key: string): string => translate(`floods.defence.banjax.${key}`);
    const lines = [
      comment(header('banjax', defence, { test: t('test'), undo: t('undo') })) + comment([t('place')]),
      'global_decision_lists:\n',
      list('allow', sparing.spared.map(networkText)),
    ];
    const ofList = (on: 'client' | 'agent', action: 'block' | 'challenge'): readonly Rule[] =>
      rules.filter((rule) => rule.when.length === 1 && rule.when[0]?.on === on && rule.action.do === action);
    for (const [action, name] of [
      ['block', 'nginx_block'],
      ['challenge', 'challenge'],
    ] as const) {
      const networks = ofList('client', action).flatMap(({ when }) =>
        when.flatMap((condition) => (condition.on === 'client' ? condition.networks.map(networkText) : [])),
      );
      lines.push(list(name, networks));
    }
    const agents = (['block', 'challenge'] as const).map((action) =>
      list(
        action === 'block' ? 'nginx_block' : 'challenge',
        ofList('agent', action).flatMap(({ when }) => when.map((condition) => agentPattern(condition) ?? '')),
      ),
    );
    if (agents.some((text) => text !== '')) lines.push('global_user_agent_decision_lists:\n', ...agents);
    const rates = rules.filter(({ action }) => action.do === 'ban');
    if (rates.length > 0) lines.push('regexes_with_rates:\n');
    for (const rule of rates) {
      if (rule.action.do !== 'ban') continue;
      lines.push(
        ruleComment(rule, defence, '  #'),
        `  - decision: nginx_block
    hits_per_interval: ${rule.action.times - 1}
    interval: ${rule.action.withinSeconds}
    regex: ${quoted(lineExpression(rule))}
    rule: ${quoted(`vigia ${defence.incident.id} ${rule.id}`)}
`,
      );
    }
    return [{ name: 'vigia-banjax.yaml', text: lines.join('') }];
  },
};

function list(name: string, values: readonly string[]): string {
  if (values.length === 0) return '';
  return `  ${name}:\n${inParts(values, 1)
    .map(([value]) => `    - ${quoted(value ?? '')}\n`)
    .join('')}`;
}

const PROTOCOLS = { 9: '0\\.9', 10: '1\\.0', 11: '1\\.1', 20: '2\\.0', 30: '3\\.0' } as const;

/** `GET site.example GET /path HTTP/1.1 agent | status`. */
function lineExpression({ when }: Rule): string {
  const method = when.find((condition) => condition.on === 'method')?.method;
  const path = when.find((condition) => condition.on === 'path')?.template;
  const protocol = when.find((condition) => condition.on === 'protocol')?.protocol;
  const agent = when.find((condition) => condition.on === 'agent');
  const methodText = method === undefined ? '[A-Z]+' : literalPattern(method);
  let agentText = '';
  if (agent?.how === 'none') agentText = ' -? \\|';
  else if (agent?.how === 'is') agentText = ` ${literalPattern(agent.text)} \\|`;
  else if (agent?.how === 'starts') agentText = ` ${literalPattern(agent.text)}`;
  else if (agent) agentText = ` .*${literalPattern(agent.text)}`;
  return `^${methodText} [^ ]+ ${methodText} ${path === undefined ? '[^ ]*' : pathPattern(path)} HTTP/${protocol === undefined ? '[0-9.]+' : PROTOCOLS[protocol]}${agentText}`;
}
