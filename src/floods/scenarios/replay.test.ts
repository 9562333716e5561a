import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT, Hit } from '../hits/hit.js';
import { fillHit, type Request } from '../testing/requests.js';
import { compileScenarios } from './compile-scenarios.js';
import { OverflowRecords } from './overflow-records.js';
import { ScenarioReplay } from './replay.js';
import type { Overflow, Scenario } from './scenario.js';

const START = 1_700_000_000;

/** A scenario of CrowdSec by a few of its parts. */
function crowdSec(parts: Readonly<Record<string, string | number>>): readonly Scenario[] {
  const all = {
    type: 'leaky',
    name: 'test',
    description: 'test',
    filter: "evt.Meta.log_type == 'http_access-log'",
    groupby: 'evt.Meta.source_ip',
    capacity: 5,
    leakspeed: '10s',
    ...parts,
  };
  const text = Object.entries(all)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join('\n');
  const { scenarios, problems } = compileScenarios([{ name: 'test.yaml', text }]);
  expect(problems).toEqual([]);
  return scenarios;
}

function banjax(text: string): readonly Scenario[] {
  const { scenarios, problems } = compileScenarios([{ name: 'banjax.yaml', text }]);
  expect(problems).toEqual([]);
  return scenarios;
}

function replayed(scenarios: readonly Scenario[], requests: readonly Partial<Request>[]): Overflow[] {
  const said: Overflow[] = [];
  const replay = new ScenarioReplay(scenarios, (overflow) => said.push(overflow));
  const hit = new Hit();
  for (const request of requests) {
    fillHit(hit, { second: START, client: '192.0.2.7', ...request });
    if (hit.event === EVENT.none) replay.hit(hit);
    else replay.event(hit);
  }
  replay.end();
  return said;
}

const at = (...seconds: readonly number[]): Partial<Request>[] =>
  seconds.map((second) => ({ second: START + second }));
const times = (said: readonly Overflow[]): number[] =>
  said.map((one) => Math.round((one.at - START) * 1_000) / 1_000);

describe('a leaky bucket of CrowdSec', () => {
  it('breaks at the event after its capacity', () => {
    expect(replayed(crowdSec({}), at(0, 0, 0, 0, 0))).toEqual([]);
    const [said] = replayed(crowdSec({}), at(0, 0, 0, 0, 0, 0));

    expect(said).toMatchObject({ key: '192.0.2.7', client: '192.0.2.7', at: START, events: 6 });
  });

  it('leaks one in each leakspeed', () => {
    // Five at once, then one each ten seconds: always room for it. One a bit sooner finds none.
    expect(replayed(crowdSec({}), at(0, 0, 0, 0, 0, 10, 20, 30))).toEqual([]);
    expect(times(replayed(crowdSec({}), at(0, 0, 0, 0, 0, 10, 19.9)))).toEqual([19.9]);
  });

  it('dies when it breaks, and begins anew', () => {
    expect(times(replayed(crowdSec({}), at(...new Array<number>(12).fill(0))))).toEqual([0, 0]);
    expect(times(replayed(crowdSec({}), at(...new Array<number>(11).fill(0))))).toEqual([0]);
  });

  it('is not said again while muted, and its muting is not made longer by that', () => {
    const six = (second: number): number[] => new Array<number>(6).fill(second);

    expect(
      times(replayed(crowdSec({ blackhole: '1m' }), at(...six(0), ...six(30), ...six(59.9), ...six(60)))),
    ).toEqual([0, 60]);
  });

  it('counts different values only, and forgets them when it dies of idleness', () => {
    const scenario = crowdSec({ distinct: 'evt.Meta.http_path', capacity: 2 });
    const asked = (second: number, target: string): Partial<Request> => ({ second: START + second, target });

    expect(
      replayed(scenario, [asked(0, '/a'), asked(0, '/b'), asked(0, '/a'), asked(0, '/b'), asked(0, '/b')]),
    ).toEqual([]);
    expect(replayed(scenario, [asked(0, '/a'), asked(0, '/b'), asked(1, '/c')])).toHaveLength(1);
    // Idle for longer than (capacity + 1) x leakspeed = 30 s; a value seen again is no event.
    expect(
      replayed(scenario, [
        asked(0, '/a'),
        asked(29, '/a'),
        asked(31, '/a'),
        asked(31, '/b'),
        asked(31, '/c'),
      ]),
    ).toHaveLength(1);
    expect(replayed(scenario, [asked(0, '/a'), asked(29, '/b'), asked(31, '/a'), asked(31, '/c')])).toEqual(
      [],
    );
  });

  it('counts each key by itself', () => {
    const requests = [0, 1].flatMap((client) =>
      at(0, 0, 0, 0, 0).map((one) => ({ ...one, client: `192.0.2.${client}` })),
    );

    expect(replayed(crowdSec({}), requests)).toEqual([]);
    expect(replayed(crowdSec({ groupby: '' }), requests)).toHaveLength(1);
    expect(
      replayed(
        crowdSec({ groupby: 'evt.Meta.target_fqdn' }),
        requests.map((one) => ({ ...one, host: 'a.example' })),
      )[0],
    ).toMatchObject({ key: 'a.example', site: 'a.example' });
    const both = crowdSec({ groupby: "evt.Meta.source_ip + '/' + evt.Parsed.target_fqdn" });
    expect(both[0]?.keyKind).toBe('client-and-site');
    expect(
      replayed(
        both,
        at(0, 0, 0, 0, 0, 0).map((one) => ({ ...one, client: '2001:db8::1', host: 'a.example' })),
      )[0]?.key,
    ).toBe('2001:db8::1/a.example');
  });

  it('does not depend on the order of lines that come at about the same time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 5, maxLength: 5 }),
        fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
        (seconds, ranks) => {
          const sorted = [...seconds].sort((a, b) => a - b);
          const shuffled = sorted
            .map((value, index) => ({ value, rank: ranks[index] as number }))
            .sort((a, b) => a.rank - b.rank);
          const scenario = crowdSec({ capacity: 4, leakspeed: '60s' });

          // Nothing leaks whole in that time: the count alone decides, in any order.
          expect(replayed(scenario, at(...shuffled.map(({ value }) => value))).length).toBe(
            replayed(scenario, at(...sorted)).length,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('takes a late line as if it had come in time, not as one of now', () => {
    // 40 s between them: in order, it never holds more than one.
    expect(replayed(crowdSec({ capacity: 1 }), at(100, 60, 140, 20))).toEqual([]);
  });

  it('begins anew when the log goes back to another day', () => {
    expect(replayed(crowdSec({}), at(90_000, 90_000, 90_000, 0, 0, 0))).toEqual([]);
    expect(times(replayed(crowdSec({}), at(90_000, 90_000, 90_000, 0, 0, 0, 0, 0, 0)))).toEqual([0]);
  });

  it('is emptied by what cancels it', () => {
    const scenario = crowdSec({ cancel_on: "evt.Meta.http_status == '302'" });
    const requests = at(0, 0, 0, 0, 0, 0);

    expect(replayed(scenario, requests)).toHaveLength(1);
    expect(
      replayed(
        scenario,
        requests.map((one, index) => ({ ...one, status: index === 3 ? 302 : 200 })),
      ),
    ).toEqual([]);
  });

  it('passes over lines without a time', () => {
    expect(replayed(crowdSec({ type: 'trigger', capacity: '', leakspeed: '' }), [{ second: -1 }])).toEqual(
      [],
    );
  });

  it('counts lines of the error log', () => {
    const scenario = crowdSec({ filter: "evt.Meta.sub_type == 'req_limit_exceeded'" });

    expect(
      replayed(
        scenario,
        at(0, 0, 0, 0, 0, 0).map((one) => ({ ...one, event: EVENT.requestsLimited })),
      ),
    ).toHaveLength(1);
    expect(
      replayed(
        scenario,
        at(0, 0, 0, 0, 0, 0).map((one) => ({ ...one, event: EVENT.clientTimedOut })),
      ),
    ).toEqual([]);
  });
});

describe('other buckets of CrowdSec', () => {
  it('a trigger breaks each time', () => {
    expect(replayed(crowdSec({ type: 'trigger', capacity: '', leakspeed: '' }), at(0, 1, 2))).toHaveLength(3);
    expect(
      replayed(crowdSec({ type: 'trigger', capacity: '', leakspeed: '', blackhole: '2m' }), at(0, 1, 2)),
    ).toHaveLength(1);
  });

  it('a counter says how many there were when its time is over', () => {
    const said = replayed(
      crowdSec({ type: 'counter', capacity: -1, leakspeed: '', duration: '1m' }),
      at(0, 10, 60, 61, 62),
    );

    expect(said.map(({ events }) => events)).toEqual([3, 2]);
  });

  it('a conditional one breaks when its condition holds', () => {
    const scenario = crowdSec({
      type: 'conditional',
      capacity: -1,
      condition: "len(queue.Queue) >= 3 and evt.Meta.http_status == '302'",
    });

    expect(
      replayed(
        scenario,
        at(0, 1, 2, 3).map((one, index) => ({ ...one, status: index === 3 ? 302 : 200 })),
      ),
    ).toHaveLength(1);
    expect(
      replayed(
        scenario,
        at(0, 1).map((one) => ({ ...one, status: 302 })),
      ),
    ).toEqual([]);
    expect(
      replayed(
        scenario,
        at(0, 20, 40, 60).map((one) => ({ ...one, status: 302 })),
      ),
    ).toEqual([]);
  });
});

describe('rates of Banjax', () => {
  const rule = (parts: string): readonly Scenario[] =>
    banjax(`regexes_with_rates:\n  - {rule: a, regex: '^GET ', decision: challenge, ${parts}}\n`);

  it('break with more hits than n in a window that begins with the first, and then count from 0', () => {
    expect(replayed(rule('interval: 5, hits_per_interval: 2'), at(0, 1))).toEqual([]);
    // The third breaks it. Three more are needed, not two: the counter went to 0 and the window did not move.
    expect(times(replayed(rule('interval: 5, hits_per_interval: 2'), at(0, 1, 2, 3, 4)))).toEqual([2]);
    expect(times(replayed(rule('interval: 5, hits_per_interval: 2'), at(0, 1, 2, 3, 4, 5)))).toEqual([2, 5]);
    expect(times(replayed(rule('interval: 5, hits_per_interval: 2'), at(0, 1, 5.001, 5.002)))).toEqual([]);
    expect(times(replayed(rule('interval: 5, hits_per_interval: 2'), at(0, 5, 5)))).toEqual([5]);
    expect(replayed(rule('interval: 1, hits_per_interval: 0'), at(0))[0]?.scenario.decision).toBe(
      'challenge',
    );
  });

  it('look at the line without its time and address, with the host alone and the path without arguments', () => {
    const scenarios = banjax(String.raw`
regexes_with_rates:
  - {rule: whole, regex: '^POST a\.example POST /search/ HTTP/1\.1 Mozilla/5\.0$', interval: 1, hits_per_interval: 0, decision: block}
`);
    const asked = { method: 'POST', host: 'a.example', target: '/search/?q=1', agent: 'Mozilla/5.0' };

    expect(replayed(scenarios, [asked])).toHaveLength(1);
    expect(replayed(scenarios, [{ ...asked, host: 'b.example' }])).toEqual([]);
  });

  it('skip hosts, and apply rules of a site to that site', () => {
    const scenarios = banjax(`
per_site_regexes_with_rates:
  a.example:
    - {rule: instant, regex: '.*blockme.*', interval: 1, hits_per_interval: 0, decision: nginx_block}
regexes_with_rates:
  - {rule: all, regex: '.*', interval: 1, hits_per_interval: 0, decision: challenge, hosts_to_skip: {b.example: true, c.example: false}}
`);
    const names = (host: string): string[] =>
      replayed(scenarios, [{ host, target: '/blockme' }]).map(({ scenario }) => scenario.name);

    expect(names('a.example')).toEqual(['a.example: instant', 'all']);
    expect(names('b.example')).toEqual([]);
    expect(names('c.example')).toEqual(['all']);
  });

  it('of old decay past the interval and stay', () => {
    const old = banjax("regex_banner:\n  - {rule: a, regex: 'GET .*', interval: 10, hits_per_interval: 4}\n");

    expect(times(replayed(old, at(0, 1, 2)))).toEqual([]);
    expect(times(replayed(old, at(0, 1, 2, 3, 4)))).toEqual([3, 4]);
    // Three in the interval; 5 s past it half of them are gone: 1.5 and one more, then another.
    expect(times(replayed(old, at(0, 1, 2, 15, 15, 15)))).toEqual([15]);
    // The old one compares the whole line.
    expect(
      replayed(
        banjax("regex_banner:\n  - {rule: a, regex: 'GET', interval: 1, hits_per_interval: 0}\n"),
        at(0),
      ),
    ).toEqual([]);
  });
});

describe('jails of fail2ban', () => {
  const jail = `
[Definition]
failregex = ^<HOST> -.*"POST /wp-login\\.php[^"]*" 200
            ^<ADDR> .* 401
ignoreregex = kuma
`;
  const { scenarios, problems } = compileScenarios([
    { name: 'filter.d/wp.conf', text: jail },
    {
      name: 'jail.local',
      text: '[wordpress]\nenabled = true\nfilter = wp\nfindtime = 1m\nmaxretry = 3\n[sshd]\nenabled = true\n',
    },
  ]);

  it('count within the time before each', () => {
    const login = at(0, 50, 70, 100, 101).map((one) => ({
      ...one,
      method: 'POST',
      target: '/wp-login.php',
      status: 200,
    }));

    expect(problems).toEqual([
      { file: 'jail.local', place: 'sshd', code: 'missing', detail: 'filter: sshd' },
    ]);
    expect(scenarios.map(({ name }) => name)).toEqual(['wordpress']);
    expect(times(replayed(scenarios, login))).toEqual([100]);
    expect(
      replayed(
        scenarios,
        login.map((one) => ({ ...one, agent: 'kuma' })),
      ),
    ).toEqual([]);
    expect(
      replayed(
        scenarios,
        at(2, 1, 0).map((one) => ({ ...one, status: 401, client: '2001:db8::7' })),
      ),
    ).toHaveLength(1);
  });
});

describe('a replay', () => {
  it('remembers the last user agent of each client exactly as buckets would', () => {
    const quick = crowdSec({
      distinct: 'evt.Parsed.http_user_agent',
      capacity: 3,
      leakspeed: '8s',
      blackhole: '20s',
    });
    // The same, but worded so that each request goes through a bucket.
    const plain = crowdSec({
      distinct: 'evt.Parsed.http_user_agent',
      capacity: 3,
      leakspeed: '8s',
      blackhole: '20s',
      filter: "evt.Meta.http_status != '999'",
    });
    const requests = fc.array(
      fc.record({
        wait: fc.constantFrom(0, 0.4, 1, 3, 9, 31, 33, 40),
        client: fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1', 'host.example'),
        agent: fc.constantFrom('', 'a', 'b', 'c', 'd', 'eeeeeeeeeeeeeeee', 'eeeeeeeeeeeeeeef'),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(requests, (given) => {
        let second = START;
        const all = given.map(({ wait, client, agent }) => {
          second += wait;
          return { second: Math.round(second * 10) / 10, client, agent };
        });
        const said = (scenarios: readonly Scenario[]): string[] =>
          replayed(scenarios, all).map(({ key, at: when, events }) => `${key} ${when.toFixed(1)} ${events}`);

        expect(said(quick)).toEqual(said(plain));
      }),
      { numRuns: 1_000 },
    );
  });

  it('forgets keys not seen for long when there are too many, and says how many', () => {
    const replay = new ScenarioReplay(crowdSec({ capacity: 1, leakspeed: '10m' }), () => undefined);
    const hit = new Hit();
    for (let index = 0; index < 70_000; index += 1) {
      replay.hit(
        fillHit(hit, {
          second: START + index / 1_000,
          client: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
        }),
      );
    }

    expect(replay.forgotten).toBe(40_000);
  });

  it('makes one record of a visit, whatever it broke in it', () => {
    const records = new OverflowRecords({ evidence: 'e1', path: 'access.log' });
    const scenarios = crowdSec({ capacity: 1, blackhole: '1m' });
    const replay = new ScenarioReplay(scenarios, (overflow) => records.add(overflow));
    const hit = new Hit();
    for (const second of [0, 0, 1, 2, 70, 71, 72, 3_000, 3_000]) {
      fillHit(hit, {
        second: START + second,
        client: '192.0.2.7',
        target: `/${second}`,
        status: second === 1 ? 404 : 200,
      });
      hit.lineStart = second;
      replay.hit(hit);
    }

    expect(records.end()).toMatchObject([
      {
        rule: 'test',
        ruleSet: 'test.yaml',
        engine: 'crowdsec',
        keyKind: 'client',
        key: '192.0.2.7',
        client: '192.0.2.7',
        site: null,
        at: '2023-11-14T22:13:20.000000Z',
        events: 7,
        overflows: 2,
        firstAt: '2023-11-14T22:13:20.000000Z',
        lastAt: '2023-11-14T22:14:32.000000Z',
        samplePaths: ['/0', '/1', '/2', '/70', '/71', '/72'],
        statuses: [
          { status: 200, count: 6 },
          { status: 404, count: 1 },
        ],
        source: { evidence: 'e1', path: 'access.log', locator: 'byte 0' },
      },
      { at: '2023-11-14T23:03:20.000000Z', events: 2, overflows: 1 },
    ]);
    expect(records.leftOut).toBe(0);
  });

  it('counts the cases that are too many to note', () => {
    const records = new OverflowRecords({ evidence: 'e1', path: 'access.log' });
    const replay = new ScenarioReplay(
      crowdSec({ type: 'trigger', capacity: '', leakspeed: '' }),
      (overflow) => records.add(overflow),
    );
    const hit = new Hit();
    for (let index = 0; index < 5_100; index += 1) {
      replay.hit(fillHit(hit, { second: START, client: `10.0.${index >> 8}.${index & 255}` }));
    }

    expect(records.end()).toHaveLength(5_000);
    expect(records.leftOut).toBe(100);
  });
});
