/**
 * CrowdSec: decisions for `cscli decisions import`, and scenarios for what addresses cannot say. Reference:
 * docs.crowdsec.net (cscli decisions import; scenarios: type, filter, groupby, labels).
 */
import { networkText } from '../networks.js';
import { type Condition, literalPattern } from '../rule.js';
import {
  addressesOnly,
  comment,
  type Defence,
  type DefenceFile,
  durationText,
  header,
  networksOf,
  quoted,
  type Target,
} from './target.js';

export const crowdsec: Target = {
  id: 'crowdsec',
  knowsSites: false,
  exempts: false,
  adapt: addressesOnly,
  write(defence) {
    const decisions = networksOf(defence.rules).map((network) => ({
      duration: durationText(defence.lifetimeSeconds),
      reason: `vigia/${defence.incident.id}`,
      scope: network.bits === (network.ipVersion === 4 ? 32 : 128) ? 'ip' : 'range',
      type: 'ban',
      value: networkText(network),
    }));
    const lines = decisions.map((decision) => `  ${JSON.stringify(decision)}`);
    return [{ name: 'vigia-decisions.json', text: `[\n${lines.join(',\n')}\n]\n` }, scenarioFile(defence)];
  },
};

function scenarioFile(defence: Defence): DefenceFile {
  const t = (key: string): string => defence.translate(`floods.defence.crowdsec.${key}`);
  const head =
    comment(header('crowdsec', defence, { test: t('test'), undo: t('undo') })) + comment([t('scenario')]);
  const documents = defence.companions.flatMap((rule) => {
    const filters = rule.when.map(filterOf);
    if (filters.includes(null) || rule.when.length === 0) return [];
    const filter = ["evt.Meta.log_type in ['http_access-log', 'http_error-log']", ...filters].join(' && ');
    return [
      [
        'type: trigger',
        `name: vigia/${defence.incident.id}-${rule.id}`,
        `description: ${quoted(`Vigia ${defence.incident.id} ${rule.id}`)}`,
        `filter: ${quoted(filter)}`,
        'groupby: evt.Meta.source_ip',
        'blackhole: 5m',
        'labels:',
        '  service: http',
        '  behavior: "http:dos"',
        '  confidence: 2',
        '  spoofable: 0',
        '  remediation: true',
        '',
      ].join('\n'),
    ];
  });
  return { name: 'vigia-scenario.yaml', text: head + documents.join('---\n') };
}

/** A condition in the language of expr; null when its fields are not there. */
function filterOf(condition: Condition): string | null {
  switch (condition.on) {
    case 'agent':
      if (condition.how === 'none') return "evt.Parsed.http_user_agent in ['', '-']";
      if (condition.how === 'is') return `evt.Parsed.http_user_agent == ${quoted(condition.text)}`;
      return `evt.Parsed.http_user_agent ${condition.how === 'starts' ? 'startsWith' : 'contains'} ${quoted(condition.text)}`;
    case 'method':
      return `evt.Meta.http_verb == ${quoted(condition.method)}`;
    case 'protocol':
      return `evt.Parsed.http_version == ${quoted(VERSIONS[condition.protocol])}`;
    case 'path':
      return /(^|\/)[#*](\/|$)/.test(condition.template)
        ? `evt.Parsed.request matches ${quoted(`^${templatePattern(condition.template)}(\\?|$)`)}`
        : `(evt.Parsed.request == ${quoted(condition.template)} || evt.Parsed.request startsWith ${quoted(`${condition.template}?`)})`;
    default:
      return null;
  }
}

const VERSIONS = { 9: '0.9', 10: '1.0', 11: '1.1', 20: '2.0', 30: '3.0' } as const;

function templatePattern(template: string): string {
  return template
    .split('/')
    .map((segment) => (segment === '#' ? '[0-9]+' : segment === '*' ? '[^/?]+' : literalPattern(segment)))
    .join('/');
}
