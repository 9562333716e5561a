/**
 * fail2ban: a filter over the access log and a jail. Whoever sends a request of the attack is out for a time; it acts after
 * the line is written, so the first requests of each client get through. Reference: fail2ban documentation, jail.conf(5).
 */
import { networkText } from '../networks.js';
import { literalPattern, type Rule } from '../rule.js';
import { requestLinePattern } from './apache.js';
import { comment, header, type Target } from './target.js';

/** One request that only the attack sends is enough. */
const BLOCK = { do: 'ban', times: 1, withinSeconds: 600, forSeconds: 14_400 } as const;

export const fail2ban: Target = {
  id: 'fail2ban',
  knowsSites: false,
  exempts: true,
  adapt(rule) {
    // Addresses are not in its files, and a log of one site does not name it.
    if (rule.when.length === 0 || rule.when.some(({ on }) => on === 'client' || on === 'site')) return null;
    if (rule.action.do === 'block') return { ...rule, action: BLOCK };
    if (rule.action.do !== 'limit') return null;
    const { perMinute, burst } = rule.action;
    return { ...rule, action: { do: 'ban', times: perMinute + burst, withinSeconds: 60, forSeconds: 3_600 } };
  },
  write(defence) {
    const { rules, translate, sparing } = defence;
    const t = (key: string): string => translate(`floods.defence.fail2ban.${key}`);
    const head = comment(header('fail2ban', defence, { test: t('test'), undo: t('undo') }));
    const ignored = sparing.spared.map(networkText).join('\n           ');
    const files = rules.map((rule) => ({
      name: `filter.d/vigia-${rule.id}.conf`,
      text: `${head}[Definition]\nfailregex = ${lineExpression(rule)}\nignoreregex =\ndatepattern = %%d/%%b/%%Y:%%H:%%M:%%S %%z\n`,
    }));
    const jails = rules.map((rule) => {
      if (rule.action.do !== 'ban') return '';
      const { times, withinSeconds, forSeconds } = rule.action;
      return `[vigia-${rule.id}]
enabled = true
filter = vigia-${rule.id}
port = http,https
logpath = %(nginx_access_log)s
          %(apache_access_log)s
maxretry = ${times}
findtime = ${withinSeconds}
bantime = ${Math.min(forSeconds, defence.lifetimeSeconds)}
ignoreip = ${ignored}
`;
    });
    return [
      ...files,
      { name: 'jail.d/vigia.local', text: `${head}${comment([t('place')])}${jails.join('\n')}` },
    ];
  },
};

/** A line of the combined format as an expression of Python: the address, then request, status, bytes, referer, agent. */
function lineExpression(rule: Rule): string {
  const request = requestLinePattern(rule);
  const line = request === null ? '[^"]*' : request.slice(1, -1);
  const referer = rule.when.some(({ on }) => on === 'no-referer') ? '-?' : '[^"]*';
  const agent = rule.when.find((condition) => condition.on === 'agent');
  let agentText = '[^"]*';
  if (agent?.how === 'none') agentText = '-?';
  else if (agent?.how === 'is') agentText = literalPattern(agent.text);
  else if (agent?.how === 'starts') agentText = `${literalPattern(agent.text)}[^"]*`;
  else if (agent) agentText = `[^"]*${literalPattern(agent.text)}[^"]*`;
  return `^<ADDR> \\S+ .*?\\[\\] "${line}" [0-9]+ \\S+ "${referer}" "${agentText}"`;
}
