import { describe, expect, it } from 'vitest';
import { pingbackFlood, searchFlood } from '../../../fixtures/floods/attacks.js';
import type { Attack, Surroundings } from './attack.js';
import { addressesOf, candidatesOf, sourcesOf, sparingOf } from './candidates.js';
import { networkText, readNetwork } from './networks.js';
import type { TargetId } from './outputs/target.js';
import { OUTPUTS } from './outputs/targets.js';
import { choosePlan, harmOf, type Plan, stoppedShare } from './plan.js';
import type { Rule } from './rule.js';
import { type AttackedSite, attackedSite } from './testing/attacked-site.js';
import { Trial } from './trial.js';

const NOWHERE: Surroundings = { isKnown: () => false, isCarrier: () => false, isHosting: () => false };
const FROM = 1_772_460_000;

function planFor(
  site: AttackedSite,
  target: TargetId,
  { maxHarm = 0.001, surroundings = NOWHERE, allow = [] as string[], tor = [] as string[] } = {},
): Plan {
  const networks = (texts: readonly string[]) => texts.flatMap((text) => readNetwork(text) ?? []);
  const sparing = sparingOf(site.view, surroundings, { allow: networks(allow), torExits: networks(tor) });
  const sources = sourcesOf(site.view, site.attack, sparing, surroundings);
  const output = OUTPUTS[target];
  const rules = candidatesOf(site.attack, sources).flatMap((rule) => output.adapt(rule) ?? []);
  const trial = new Trial({ rules, incident: windowOf(site), sparing });
  site.replay(trial);
  return choosePlan(rules, trial, { maxHarm, exempts: output.exempts });
}

const windowOf = ({ view, attack }: AttackedSite) => ({
  ...attack,
  clients: addressesOf(view, attack.clients),
});
const rulesOf = (plan: Plan): readonly Rule[] => (plan.refusal === null ? plan.rules : []);

describe('a plan against a pingback flood', () => {
  const site = attackedSite(pingbackFlood({ seed: 3, from: FROM }));

  it('is one rule on what the blogs call themselves, which stops nobody else', () => {
    const plan = planFor(site, 'nginx');

    expect(plan.refusal).toBeNull();
    expect(rulesOf(plan)).toMatchObject([
      { rung: 1, when: [{ on: 'agent', how: 'starts', text: 'WordPress/' }], action: { do: 'block' } },
    ]);
    expect(plan.outcome && stoppedShare(plan.outcome)).toBeGreaterThanOrEqual(0.99);
    expect(plan.outcome && harmOf(plan.outcome)).toBe(0);
  });

  it.each(['apache', 'htaccess', 'caddy', 'cloudflare', 'anubis', 'banjax', 'fail2ban'] as const)(
    'reaches the aim with %s too',
    (target) => {
      const plan = planFor(site, target);
      expect(plan.refusal).toBeNull();
      expect(rulesOf(plan).every(({ rung }) => rung === 1)).toBe(true);
      expect(plan.outcome && stoppedShare(plan.outcome)).toBeGreaterThanOrEqual(0.95);
    },
  );

  it.each(['nftables', 'ipset', 'cidr', 'crowdsec'] as const)(
    'is the addresses of the blogs for %s',
    (target) => {
      const plan = planFor(site, target);
      expect(plan.refusal).toBeNull();
      expect(rulesOf(plan).every(({ when }) => when.length === 1 && when[0]?.on === 'client')).toBe(true);
      expect(plan.outcome && stoppedShare(plan.outcome)).toBeGreaterThanOrEqual(0.95);
      expect(plan.outcome?.ordinaryClientsStopped).toBe(0);
    },
  );

  it('spares what was given, though it took part', () => {
    const spared = site.view.clientText(site.attack.clients[0] ?? 0);
    const plan = planFor(site, 'nftables', { allow: [spared] });
    const blocked = rulesOf(plan).flatMap(({ when }) =>
      when.flatMap((condition) => (condition.on === 'client' ? condition.networks.map(networkText) : [])),
    );
    expect(blocked).not.toContain(spared);
    expect(plan.outcome?.attackClientsStopped).toBe(site.attack.clients.length - 1);
  });
});

describe('a plan against a search flood', () => {
  const site = attackedSite(searchFlood({ seed: 5, from: FROM }));

  it('limits or checks the search first, and lists no addresses', () => {
    const plan = planFor(site, 'nginx');

    expect(plan.refusal).toBeNull();
    for (const rule of rulesOf(plan)) {
      expect(rule.rung).toBeLessThanOrEqual(2);
      expect(rule.action.do).not.toBe('block');
      expect(rule.when.some(({ on }) => on === 'path' || on === 'query')).toBe(true);
    }
    expect(plan.outcome && stoppedShare(plan.outcome)).toBeGreaterThanOrEqual(0.95);
    expect(plan.outcome && harmOf(plan.outcome)).toBeLessThan(0.001);
  });

  it('never blocks Tor exits or carriers for their address: they are limited', () => {
    const tor = site.attack.clients.slice(0, 40).map((row) => site.view.clientText(row));
    const plan = planFor(site, 'nftables', { tor });
    const blocked = rulesOf(plan).flatMap(({ when }) =>
      when.flatMap((condition) => (condition.on === 'client' ? condition.networks.map(networkText) : [])),
    );
    expect(blocked.length).toBeGreaterThan(0);
    expect(blocked.filter((text) => tor.includes(text))).toEqual([]);
  });
});

describe('a plan is refused', () => {
  const site = attackedSite(searchFlood({ seed: 5, from: FROM, clients: 50 }));

  it('when every rule would stop readers', () => {
    // The attackers are taken for readers outside the incident: the window is only its first minute.
    const attack: Attack = { ...site.attack, toMinute: site.attack.fromMinute + 1 };
    const plan = planFor({ ...site, attack }, 'nftables');
    expect(plan).toMatchObject({ refusal: 'harms-readers' });
  });

  it('when nothing can be said of the attack', () => {
    const plan = planFor({ ...site, attack: { ...site.attack, clients: [], signs: [] } }, 'nftables');
    expect(plan).toEqual({ refusal: 'nothing-fits', outcome: null });
  });
});

describe('rules for a log of several sites', () => {
  it('hold for the attacked site alone', () => {
    const site = attackedSite(pingbackFlood({ seed: 3, from: FROM }));
    const sparing = sparingOf(site.view, NOWHERE, { allow: [], torExits: [] });
    const sources = sourcesOf(site.view, site.attack, sparing, NOWHERE);
    const rules = candidatesOf({ ...site.attack, siteName: 'noticias.example' }, sources, true);
    for (const rule of rules) {
      const hosts = rule.when.flatMap((condition) => (condition.on === 'site' ? [condition.host] : []));
      expect(hosts).toEqual(rule.rung <= 2 ? ['noticias.example'] : []);
    }
  });
});
