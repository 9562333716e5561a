import { describe, expect, it } from 'vitest';
import { pingbackFlood, searchFlood } from '../../../fixtures/floods/attacks.js';
import { logText } from '../../../fixtures/floods/log-lines.js';
import { type Happening, type LoggedRequest, merged } from '../../../fixtures/floods/request.js';
import { siteTraffic } from '../../../fixtures/floods/site-log.js';
import { translatorFor } from '../../check/messages.js';
import type { EvidenceSource } from '../../core/contracts.js';
import { memorySource } from '../../evidence/testing/memory-source.js';
import type { TrafficView } from '../traffic/shape.js';
import type { Attack } from './attack.js';
import { type DefendOptions, defend } from './defend.js';
import { readNetwork } from './networks.js';
import { attackIn } from './testing/attacked-site.js';

const FROM = 1_772_460_000;
const NOW = '2026-03-03T00:00:00.000000Z';

type Found = Attack & { readonly isAttack: boolean };

/** Finds what the test put in: the finder of incidents has tests of its own. */
const finderOf =
  (...happenings: readonly Happening[]) =>
  (view: TrafficView): readonly Found[] =>
    happenings.map((happening) => ({ ...attackIn(view, happening), isAttack: true }));

function requestsWith(...happenings: readonly Happening[]): LoggedRequest[] {
  return [
    ...merged(siteTraffic({ seed: 7, from: FROM - 3 * 3_600, days: 0.25, hitsPerDay: 15_000 }), happenings),
  ];
}

async function defended(files: Readonly<Record<string, string>>, more: Partial<DefendOptions>) {
  const source: EvidenceSource = await memorySource(files);
  try {
    return await defend({
      sources: [source],
      target: 'nginx',
      findIncidents: () => [],
      allow: [],
      torExits: [],
      maxHarm: 0.001,
      lifetimeSeconds: 86_400,
      context: { now: NOW },
      translate: translatorFor('en', 'UTC'),
      ...more,
    });
  } finally {
    await source.close();
  }
}

describe('a defence from logs', () => {
  const pingback = pingbackFlood({ seed: 3, from: FROM });
  const search = searchFlood({ seed: 4, from: FROM + 5_400, clients: 120 });
  const requests = requestsWith(pingback, search);
  const half = Math.floor(requests.length / 2);
  // Rotated, and given the newest first.
  const logs = {
    'access.log': logText(requests.slice(half)),
    'access.log.1': logText(requests.slice(0, half)),
    'notes.txt': 'remember the milk\n',
  };

  it('takes the larger attack, and writes what stops it with a date of expiry', async () => {
    const result = await defended(logs, { findIncidents: finderOf(pingback, search) });

    expect(result).toMatchObject({
      status: 'written',
      attack: { number: 1, kind: 'pingback', id: 'pingback-20260302T1400Z' },
      isEnough: true,
      expiresAt: '2026-03-04T00:00:00.000000Z',
    });
    expect(result.attacks.map(({ kind }) => kind)).toEqual(['pingback', 'search-abuse']);
    if (result.status !== 'written') return;
    expect(result.outcome.attackHitsStopped / result.outcome.attackHits).toBeGreaterThanOrEqual(0.99);
    expect(result.outcome.ordinaryClientsStopped).toBe(0);
    expect(result.files.map(({ name }) => name)).toEqual(['vigia-http.conf', 'vigia-server.conf']);
  });

  it('takes the attack that was chosen', async () => {
    const chosen = await defended(logs, { findIncidents: finderOf(pingback, search), incident: 2 });
    expect(chosen).toMatchObject({ status: 'written', attack: { kind: 'search-abuse' } });
    const none = await defended(logs, { findIncidents: finderOf(pingback, search), incident: 3 });
    expect(none).toMatchObject({ status: 'no-such-attack' });
  });

  it('gives decisions and a scenario to CrowdSec', async () => {
    const result = await defended(logs, { findIncidents: finderOf(pingback, search), target: 'crowdsec' });
    expect(result.status).toBe('written');
    if (result.status !== 'written') return;
    expect(JSON.parse(result.files[0]?.text ?? '')).toHaveLength(
      result.rules[0]?.when[0]?.on === 'client' ? result.rules[0].when[0].networks.length : 0,
    );
    expect(result.files[1]?.text).toContain('evt.Parsed.http_user_agent startsWith \\"WordPress/\\"');
  });

  it('writes nothing where no attack is, or what is found is none', async () => {
    expect(await defended(logs, {})).toMatchObject({ status: 'no-attack' });
    const crowd = (view: TrafficView) =>
      finderOf(pingback)(view).map((found) => ({ ...found, isAttack: false }));
    expect(await defended(logs, { findIncidents: crowd })).toMatchObject({ status: 'no-attack' });
  });

  it('says what may be an attack, when nothing shows whether it is one', async () => {
    const surge = (view: TrafficView) =>
      finderOf(pingback)(view).map((found) => ({ ...found, kind: 'surge', isAttack: false }));
    expect(await defended(logs, { findIncidents: surge })).toMatchObject({
      status: 'no-attack',
      attacks: [],
      unclear: [{ number: 1, kind: 'surge', fromAt: '2026-03-02T14:00:00.000000Z' }],
    });
  });

  it('counts a log once that is given twice, packed or not', async () => {
    const once = await defended(logs, { findIncidents: finderOf(pingback, search) });
    const twice = await defended(
      { ...logs, 'copy/access.log.1': logs['access.log.1'] },
      { findIncidents: finderOf(pingback, search) },
    );
    if (once.status !== 'written' || twice.status !== 'written') throw new Error('no rules');
    expect(twice.outcome).toEqual(once.outcome);
    expect(twice.problems.map(({ code }) => code)).toEqual(['same-log-again']);
  });

  it('writes nothing where no log is', async () => {
    expect(await defended({ 'notes.txt': 'remember the milk\n' }, {})).toMatchObject({ status: 'no-log' });
  });

  it('refuses a log with the addresses of a proxy', async () => {
    const behind = requests.map((request) => ({ ...request, client: '10.0.0.5' }));
    const result = await defended({ 'access.log': logText(behind) }, { findIncidents: finderOf(pingback) });
    expect(result).toMatchObject({ status: 'refused', reason: 'proxied', proxiedShare: 1 });
  });

  it('refuses what an exception cannot be made from', async () => {
    const everybody = readNetwork('0.0.0.0/0');
    const result = await defended(logs, {
      findIncidents: finderOf(pingback, search),
      allow: everybody ? [everybody] : [],
      target: 'nftables',
    });
    expect(result).toMatchObject({ status: 'refused', reason: 'nothing-fits' });
  });
});
