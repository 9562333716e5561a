import { describe, expect, it } from 'vitest';
import { Hit } from '../hits/hit.js';
import { fillHit, type Request } from '../testing/requests.js';
import { Bans, LeakyBuckets } from './limiter.js';
import { type ClientAddress, type Network, readNetwork } from './networks.js';
import type { Rule } from './rule.js';
import { type Sparing, Trial } from './trial.js';

const NOBODY: Sparing = { spared: [], shared: [] };
const START = 1_772_460_000;
const networks = (...texts: string[]): Network[] => texts.flatMap((text) => readNetwork(text) ?? []);
const clients = (...texts: string[]): ClientAddress[] => networks(...texts);
const BOT: Rule = {
  id: 'signature-1',
  rung: 1,
  when: [{ on: 'agent', how: 'starts', text: 'bot/' }],
  action: { do: 'block' },
};
const SEARCH: Rule = {
  id: 'endpoint-1',
  rung: 2,
  when: [{ on: 'query', how: 'has', name: 's' }],
  action: { do: 'challenge' },
};

function tried(
  rules: readonly Rule[],
  requests: readonly Request[],
  { sparing = NOBODY, together = false, took = clients('192.0.2.1', '192.0.2.2') } = {},
): Trial {
  const incident = { siteName: '', fromMinute: START / 60, toMinute: START / 60 + 9, clients: took };
  const trial = new Trial({ rules, incident, sparing, together });
  const hit = new Hit();
  for (const request of requests) trial.hit(fillHit(hit, request));
  return trial;
}

describe('a trial', () => {
  it('tells the attack from readers by time and by who took part', () => {
    const trial = tried(
      [BOT, SEARCH],
      [
        { second: START, client: '192.0.2.1', agent: 'bot/1' },
        { second: START + 60, client: '192.0.2.2', agent: 'x', target: '/?s=a' },
        // The same clients before, and another one meanwhile.
        { second: START - 60, client: '192.0.2.1', agent: 'bot/1' },
        { second: START + 60, client: '198.51.100.1', agent: 'Mozilla', target: '/?s=b' },
        { second: START + 60, client: '198.51.100.2', agent: 'Mozilla' },
      ],
    );

    expect(trial.outcome([0, 1])).toMatchObject({
      attackHits: 2,
      attackHitsStopped: 2,
      attackClients: 2,
      attackClientsStopped: 2,
      ordinaryHits: 3,
      ordinaryHitsStopped: 1,
      ordinaryClients: 3,
      ordinaryClientsStopped: 1,
      ordinaryHitsAsked: 1,
      ordinaryClientsAsked: 1,
    });
    expect(trial.outcome([0])).toMatchObject({ attackHitsStopped: 1, ordinaryHitsAsked: 0 });
    expect(trial.outcome([0]).samples).toEqual([
      { rule: 'signature-1', client: '192.0.2.1', seconds: START - 60, request: 'GET /', agent: 'bot/1' },
    ]);
  });

  it('tells apart by what is asked for who sits behind an address with readers too', () => {
    const incident = {
      ...{ siteName: '', fromMinute: START / 60, toMinute: START / 60 + 9 },
      ...{ clients: clients('192.0.2.1'), mixed: clients('198.51.100.9') },
      isAttack: (hit: Hit) => hit.queryStart !== -1,
    };
    const trial = new Trial({ rules: [BOT, SEARCH], incident, sparing: NOBODY });
    for (const request of [
      { second: START, client: '192.0.2.1', agent: 'bot/1' },
      { second: START, client: '198.51.100.9', agent: 'Mozilla', target: '/?s=a' },
      { second: START, client: '198.51.100.9', agent: 'Mozilla', target: '/nota/' },
      { second: START - 60, client: '198.51.100.9', agent: 'Mozilla', target: '/?s=a' },
    ])
      trial.hit(fillHit(new Hit(), request));

    expect(trial.outcome([0, 1])).toMatchObject({
      ...{ attackHits: 2, attackHitsStopped: 2, attackClients: 2 },
      ...{ mixedHits: 1, mixedHitsStopped: 1, mixedClients: 1 },
      ...{ ordinaryHits: 2, ordinaryClients: 1, ordinaryHitsAsked: 1 },
    });
    expect(trial.outcome([0])).toMatchObject({ attackHitsStopped: 1, mixedHitsStopped: 0 });
  });

  it('counts the addresses of one /64 as one client', () => {
    const trial = tried(
      [BOT],
      [
        { second: START, client: '2001:db8::1', agent: 'bot/1' },
        { second: START, client: '2001:db8::2', agent: 'bot/1' },
      ],
      { took: clients('2001:db8::/64') },
    );
    expect(trial.outcome([0])).toMatchObject({ attackHits: 2, attackClients: 1, attackClientsStopped: 1 });
  });

  it('lets spared clients through and says what would have hit them', () => {
    const trial = tried([BOT], [{ second: START, client: '192.0.2.1', agent: 'bot/1' }], {
      sparing: { spared: networks('192.0.2.0/24'), shared: [] },
    });
    expect(trial.outcome([0])).toMatchObject({ attackHits: 1, attackHitsStopped: 0, sparedHits: 1 });
    expect(trial.sparedStopped([0])).toBe(1);
  });

  it('spares one address of a /64 alone', () => {
    const trial = tried(
      [BOT],
      [
        { second: START, client: '2001:db8::1', agent: 'bot/1' },
        { second: START, client: '2001:db8::2', agent: 'bot/1' },
      ],
      { took: clients('2001:db8::/64'), sparing: { spared: networks('2001:db8::1/128'), shared: [] } },
    );
    expect(trial.outcome([0])).toMatchObject({ attackHits: 2, attackHitsStopped: 1, sparedHits: 1 });
  });

  it('leaves clients of another attack out while that one lasted', () => {
    const incident = {
      siteName: '',
      fromMinute: START / 60,
      toMinute: START / 60,
      clients: clients('192.0.2.1'),
    };
    const other = {
      ...incident,
      fromMinute: START / 60 + 30,
      toMinute: START / 60 + 40,
      clients: clients('192.0.2.9'),
    };
    const trial = new Trial({ rules: [BOT], incident, others: [other], sparing: NOBODY });
    const hit = new Hit();
    trial.hit(fillHit(hit, { second: START + 1_800, client: '192.0.2.9', agent: 'bot/1' }));
    trial.hit(fillHit(hit, { second: START + 9_000, client: '192.0.2.9', agent: 'bot/1' }));
    expect(trial.outcome([0])).toMatchObject({ ordinaryHits: 1, ordinaryHitsStopped: 1 });
  });

  it('takes only requests to the attacked site for the attack', () => {
    const incident = {
      siteName: 'a.example',
      fromMinute: START / 60,
      toMinute: START / 60,
      clients: clients('192.0.2.1'),
    };
    const trial = new Trial({ rules: [BOT], incident, sparing: NOBODY });
    const hit = new Hit();
    trial.hit(fillHit(hit, { second: START, client: '192.0.2.1', host: 'A.example', agent: 'bot/1' }));
    trial.hit(fillHit(hit, { second: START, client: '192.0.2.1', host: 'b.example', agent: 'bot/1' }));
    expect(trial.outcome([0])).toMatchObject({ attackHits: 1, ordinaryHits: 0 });
  });

  it('limits shared addresses twenty times as widely', () => {
    const limit: Rule = { id: 'l', rung: 2, when: [], action: { do: 'limit', perMinute: 6, burst: 1 } };
    const burst = (client: string): Request[] =>
      Array.from({ length: 30 }, () => ({ second: START, client, agent: 'x' }));
    const trial = tried([limit], [...burst('192.0.2.1'), ...burst('192.0.2.2')], {
      sparing: { spared: [], shared: networks('192.0.2.2') },
    });
    // The first, and the burst of 1 or of 20.
    expect(trial.outcome([0])).toMatchObject({ attackHits: 60, attackHitsStopped: 28 + 9 });
  });

  it('of rules together counts nothing twice: what is blocked fills no limit', () => {
    const limit: Rule = { id: 'l', rung: 2, when: [], action: { do: 'limit', perMinute: 6, burst: 0 } };
    const requests: Request[] = [
      { second: START, client: '192.0.2.1', agent: 'bot/1' },
      { second: START, client: '192.0.2.1', agent: 'x' },
    ];
    expect(tried([BOT, limit], requests).outcome([0, 1]).attackHitsStopped).toBe(2);
    expect(tried([BOT, limit], requests, { together: true }).outcome([0, 1]).attackHitsStopped).toBe(1);
  });

  it('counts requests without a time neither way', () => {
    const trial = tried([BOT], [{ second: -1, client: '192.0.2.1', agent: 'bot/1' }]);
    expect(trial.undated).toBe(1);
    expect(trial.outcome([0])).toMatchObject({ attackHits: 0, ordinaryHits: 0 });
  });
});

describe('a limit as nginx keeps it', () => {
  it('lets the first and the burst through, then one each time a request has leaked', () => {
    const buckets = new LeakyBuckets(60, 2);
    const asked = [0, 0, 0, 0, 999, 1_000, 1_000, 3_000, 3_000].map((at) => {
      const excess = buckets.ask(5_000, at);
      if (excess !== -1) buckets.take(5_000, at, excess);
      return excess;
    });
    expect(asked).toEqual([0, 1_000, 2_000, -1, -1, 2_000, -1, 1_000, 2_000]);
  });

  it('takes a clock that goes back for no time at all', () => {
    const buckets = new LeakyBuckets(60, 0);
    buckets.take(0, 10_000, buckets.ask(0, 10_000));
    expect(buckets.ask(0, 5_000)).toBe(-1);
    expect(buckets.ask(0, 11_000)).toBe(0);
  });
});

describe('a ban as fail2ban keeps it', () => {
  it('begins after the last of so many within the time, and ends', () => {
    const bans = new Bans(2, 10, 100);
    bans.saw(1, 0);
    bans.saw(1, 11);
    expect(bans.isOut(1, 12)).toBe(false);
    bans.saw(1, 20);
    expect(bans.isOut(1, 21)).toBe(true);
    expect(bans.isOut(1, 119)).toBe(true);
    expect(bans.isOut(1, 120)).toBe(false);
    expect(bans.isOut(2, 21)).toBe(false);
  });
});
