import { spawnSync } from 'node:child_process';
import { appendFile, copyFile, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkText, readNetwork } from '../defence/networks.js';
import { Hit } from '../hits/hit.js';
import { fillHit, type Request } from '../testing/requests.js';
import type { Alert, Decision } from './decision.js';
import { Guard, type GuardState } from './guard.js';
import { LogTail, type TailEvent } from './log-tail.js';
import { nftBatch, nftOff, nftTable } from './nft-batch.js';
import { watchLog, watchStream } from './watch-session.js';

const START = 1_757_000_040;
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';

interface Watched {
  readonly guard: Guard;
  readonly decisions: Decision[];
  readonly alerts: Alert[];
  run(requests: Iterable<Request>): void;
}

function watching(state?: GuardState, allow: readonly string[] = []): Watched {
  const decisions: Decision[] = [];
  const alerts: Alert[] = [];
  const guard = new Guard(
    {
      allow: allow.flatMap((text) => readNetwork(text) ?? []),
      isTorExit: (_version, ip0) => ip0 === 0xcb007163,
      decide: (decision) => decisions.push(decision),
      alert: (alert) => alerts.push(alert),
    },
    state,
  );
  const hit = new Hit();
  return {
    guard,
    decisions,
    alerts,
    run: (requests) => {
      for (const request of requests) guard.hit(fillHit(hit, request));
    },
  };
}

/** Readers: two hundred of them, a page with five parts now and then. Twenty pages a minute. */
function* readers(minutes: number, from = START): Generator<Request> {
  for (let index = 0; index < minutes * 20; index += 1) {
    const second = from + index * 3;
    const client = `198.51.100.${index % 200}`;
    yield {
      second,
      client,
      target: `/nota-${index % 37}-larga/`,
      agent: FIREFOX,
      referer: 'https://site.example/',
    };
    for (let part = 0; part < 5; part += 1) {
      yield {
        second,
        client,
        target: `/tema/${part}.css`,
        agent: FIREFOX,
        referer: 'https://site.example/nota/',
      };
    }
  }
}

/** Three hundred clients search without end. */
function* flood(minutes: number, from: number): Generator<Request> {
  for (let index = 0; index < minutes * 1_800; index += 1) {
    yield {
      second: from + Math.floor(index / 30),
      client: `203.0.113.${index % 90}`,
      target: `/?s=palabra${index % 977}`,
      agent: `${FIREFOX} ${index % 3}`,
    };
  }
}

function byTime(...parts: Iterable<Request>[]): Request[] {
  return parts.flatMap((part) => [...part]).sort((a, b) => a.second - b.second);
}

describe('the guard', () => {
  it('decides nothing about readers', () => {
    const { run, decisions, alerts } = watching();
    run(readers(240));
    expect([decisions, alerts]).toEqual([[], []]);
  });

  it('says when a flood begins and ends, what it has in common, and blocks those who take part', () => {
    const { run, decisions, alerts } = watching();
    const from = START + 120 * 60;
    run(byTime(readers(180), flood(20, from)));
    expect(alerts.map(({ code, at }) => [code, Math.round((at - from) / 60)])).toEqual([
      ['flood-begins', 3],
      ['flood-ends', 30],
    ]);
    const [begins] = alerts;
    if (begins?.code !== 'flood-begins') throw new Error('no flood');
    expect(begins.signs.map(({ type, value }) => [type, value])).toContainEqual(['query', '/?s=*']);
    const blocked = new Set(
      decisions.filter(({ action }) => action === 'block').map(({ subject }) => networkText(subject)),
    );
    expect(blocked.size).toBe(90);
    expect([...blocked].every((address) => address.startsWith('203.0.113.'))).toBe(true);
  });

  it('doubles the time each time, up to a day', () => {
    const { run, decisions } = watching();
    const pages = function* (): Generator<Request> {
      for (let index = 0; index < 400_000; index += 1) {
        yield {
          second: START + Math.floor(index / 4),
          client: '203.0.113.5',
          target: `/${index}/`,
          agent: 'x',
        };
      }
    };
    run(pages());
    expect(decisions.slice(0, 9).map(({ ttlSeconds }) => ttlSeconds)).toEqual([
      600, 1_200, 2_400, 4_800, 9_600, 19_200, 38_400, 76_800,
    ]);
    expect(decisions.every(({ reason }) => reason === 'page-rate')).toBe(true);
  });

  it.each([
    ['of the allow list', '203.0.113.7', 'observe'],
    ['of a private network', '10.0.0.9', 'observe'],
    ['of anybody else', '203.0.113.8', 'block'],
  ])('treats an address %s as it should', (_what, client, action) => {
    const { run, decisions } = watching(undefined, ['203.0.113.7']);
    run(readers(20));
    run(
      Array.from({ length: 100 }, (_, index) => ({
        second: START + 1_200 + index / 10,
        client,
        target: `/${index}/`,
      })),
    );
    expect(decisions.map((decision) => decision.action)).toEqual([action]);
  });

  it('never blocks an exit of Tor, and limits it twenty times later', () => {
    const { run, decisions } = watching();
    const many = (count: number): Request[] =>
      Array.from({ length: count }, (_, index) => ({
        second: START + index / 100,
        client: '203.0.113.99',
        target: `/${index}/`,
      }));
    run(many(1_000));
    expect(decisions).toEqual([]);
    run(many(400));
    expect(decisions.map(({ action }) => action)).toEqual(['limit']);
  });

  it('blocks nobody when the addresses are those of a proxy, and says so once', () => {
    const { run, decisions, alerts } = watching();
    run(
      Array.from({ length: 900 }, (_, index) => ({
        second: START + index / 10,
        client: index % 10 < 7 ? '10.0.0.1' : '203.0.113.1',
        target: `/${index}/`,
      })),
    );
    expect(decisions.every(({ action }) => action === 'observe')).toBe(true);
    expect(alerts.map(({ code }) => code)).toEqual(['proxy-addresses']);
  });

  it.each([
    ['pingback', { agent: 'WordPress/4.7; https://b.example; verifying pingback from 198.51.100.7' }],
    ['refused-logins', { method: 'POST', target: '/wp-login.php', status: 200 }],
  ])('knows %s', (reason, request) => {
    const { run, decisions } = watching();
    run(
      Array.from({ length: 8 }, (_, index) => ({ second: START + index, client: '203.0.113.4', ...request })),
    );
    expect(decisions[0]).toMatchObject({ reason, action: 'block' });
  });

  it('goes on from what was kept as if it had never stopped', () => {
    const requests = byTime(readers(180), flood(20, START + 120 * 60));
    const whole = watching();
    whole.run(requests);
    for (const cut of [1_000, 50_000, requests.length - 10]) {
      const first = watching();
      first.run(requests.slice(0, cut));
      const second = watching(JSON.parse(JSON.stringify(first.guard.state())) as GuardState);
      second.run(requests.slice(cut));
      expect([...first.decisions, ...second.decisions]).toEqual(whole.decisions);
      expect(second.guard.totals).toEqual(whole.guard.totals);
    }
  });

  it('sees a flood after a clock that was wrong for a moment, and no reader suffers for it', () => {
    const { run, decisions, alerts } = watching();
    const century = 36_525 * 86_400;
    const from = START + 180 * 60;
    run(readers(120));
    run([...readers(3, from)].map((request) => ({ ...request, second: request.second + century })));
    run(byTime(readers(120, START + 123 * 60), flood(20, from)));
    expect(alerts.map(({ code, at }) => [code, Math.round((at - from) / 60)])).toEqual([
      ['flood-begins', 3],
      ['flood-ends', 30],
    ]);
    const blocked = decisions.filter(({ action }) => action === 'block');
    expect(blocked.length).toBeGreaterThanOrEqual(90);
    expect(blocked.every(({ subject }) => networkText(subject).startsWith('203.0.113.'))).toBe(true);
  });

  it('sees a flood among lines of any year', () => {
    const { run, alerts } = watching();
    const from = START + 120 * 60;
    const requests = byTime(readers(180), flood(20, from)).map((request, index) =>
      index % 15 === 0 ? { ...request, second: (index * 7_919_003) % 4_000_000_000 } : request,
    );
    run(requests);
    expect(alerts.map(({ code }) => code)).toEqual(['flood-begins', 'flood-ends']);
  });

  it('counts no reader up when the clock goes back and stays there', () => {
    const { run, decisions } = watching();
    const slowly = (from: number): Request[] =>
      Array.from({ length: 55 }, (_, index) => ({
        second: from + index * 30,
        client: '203.0.113.4',
        target: `/${index}/`,
      }));
    run(slowly(START + 86_400));
    run(slowly(START));
    run(slowly(START + 3_600));
    expect(decisions).toEqual([]);
  });

  it('stays small however many clients come', () => {
    const { guard, run } = watching();
    run(
      (function* (): Generator<Request> {
        for (let index = 0; index < 150_000; index += 1) {
          yield {
            second: START + Math.floor(index / 100),
            client: `${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}.7`,
            target: `/${index.toString(36)}`,
            agent: `agent ${index}`,
          };
        }
      })(),
    );
    const state = guard.state();
    expect(state.clients.length).toBe(100_000);
    expect(state.surge.values.length).toBeLessThanOrEqual(4_096);
  });
});

describe('following a log', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-watch-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const line = (index: number): string =>
    `203.0.113.${index % 250} - - [04/Sep/2025:09:34:${String(index % 60).padStart(2, '0')} +0000] "GET /${index} HTTP/1.1" 200 5 "-" "x"\n`;
  const lines = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, index) => line(from + index)).join('');

  it('reads what is appended, through renaming and cutting, each byte once', async () => {
    const path = join(folder, 'a.log');
    await writeFile(path, 'one\n');
    let text = '';
    const events: TailEvent[] = [];
    const tail = new LogTail(path, {
      bytes: (chunk) => {
        text += chunk.toString();
      },
      ended: (event) => {
        events.push(event);
        text += '|';
      },
    });
    await tail.start('beginning');
    await tail.poll();
    await appendFile(path, 'two\n');
    await tail.poll();
    await rename(path, `${path}.1`);
    await tail.poll();
    await appendFile(`${path}.1`, 'late\n');
    await writeFile(path, 'three\n');
    await tail.poll();
    await truncate(path, 0);
    await tail.poll();
    await appendFile(path, 'four\n');
    await tail.poll();
    await tail.close();
    expect(text).toBe('one\ntwo\nlate\n|three\n|four\n');
    expect(events).toEqual(['rotated', 'truncated']);
  });

  it('reads much in parts, so that whoever follows gets to decide and to stop in between', async () => {
    const path = join(folder, 'much.log');
    const whole = 40 * 1_048_576;
    await writeFile(path, Buffer.alloc(whole, 10));
    let bytes = 0;
    const tail = new LogTail(path, {
      bytes: (chunk) => {
        bytes += chunk.length;
      },
      ended: () => undefined,
    });
    await tail.start('beginning');
    const first = await tail.poll();
    expect(first).toBeLessThan(whole);
    expect([await tail.poll(), bytes]).toEqual([whole - first, whole]);
    await tail.close();
  });

  it('waits while the new log is not there', async () => {
    const path = join(folder, 'gone.log');
    await writeFile(path, 'one\n');
    let text = '';
    const tail = new LogTail(path, {
      bytes: (chunk) => {
        text += chunk.toString();
      },
      ended: (event) => {
        text += `|${event}|`;
      },
    });
    await tail.start('beginning');
    await tail.poll();
    await rename(path, `${path}.1`);
    expect(await tail.poll()).toBe(0);
    await writeFile(path, 'two\n');
    await tail.poll();
    await tail.close();
    expect(text).toBe('one\n|rotated|two\n');
  });

  it('goes on after a kill, in the renamed file too, without counting a line twice', async () => {
    const path = join(folder, 'b.log');
    const checkpoint = join(folder, 'b.json');
    const watch = (): ReturnType<typeof watchLog> =>
      watchLog({
        path,
        from: 'beginning',
        once: true,
        checkpoint,
        decided: () => undefined,
        alert: () => undefined,
      });
    await writeFile(path, lines(0, 100) + line(100).slice(0, 30));
    expect(await watch()).toMatchObject({ lines: 100, hits: 100, resumed: false });
    await appendFile(path, line(100).slice(30) + lines(101, 150));
    expect(await watch()).toMatchObject({ lines: 150, hits: 150, resumed: true });
    await appendFile(path, lines(150, 160));
    await rename(path, `${path}.1`);
    await writeFile(path, lines(160, 200));
    expect(await watch()).toMatchObject({ lines: 200, hits: 200, unparsed: 0, resumed: true });
    expect(await watch()).toMatchObject({ lines: 200, hits: 200 });
  });

  it('says that lines were lost when the file it stood in is gone', async () => {
    const path = join(folder, 'c.log');
    const checkpoint = join(folder, 'c.json');
    const events: TailEvent[] = [];
    const watch = (): ReturnType<typeof watchLog> =>
      watchLog({
        path,
        from: 'beginning',
        once: true,
        checkpoint,
        decided: () => undefined,
        alert: () => undefined,
        tail: (event) => events.push(event),
      });
    await writeFile(path, lines(0, 50));
    await watch();
    await rename(path, join(folder, 'elsewhere'));
    await writeFile(path, lines(50, 60));
    expect(await watch()).toMatchObject({ hits: 60 });
    expect(events).toEqual(['lost']);
  });

  it('refuses the checkpoint of another log, and leaves it as it is', async () => {
    const checkpoint = join(folder, 'other.json');
    const watch = (path: string): ReturnType<typeof watchLog> =>
      watchLog({
        ...{ path, from: 'beginning', once: true, checkpoint },
        ...{ decided: () => undefined, alert: () => undefined },
      });
    const [one, two] = [join(folder, 'one.log'), join(folder, 'two.log')];
    await writeFile(one, lines(0, 50));
    await writeFile(two, lines(7, 90));
    await watch(one);
    const kept = await readFile(checkpoint, 'utf8');

    await expect(watch(two)).rejects.toMatchObject({ name: 'OtherLogError', log: one });
    expect(await readFile(checkpoint, 'utf8')).toBe(kept);
    // The same log under another name is no other log.
    await rename(one, join(folder, 'three.log'));
    await appendFile(join(folder, 'three.log'), lines(50, 60));
    expect(await watch(join(folder, 'three.log'))).toMatchObject({ lines: 60, resumed: true });
  });

  it('knows a file that has the number of the one before by its first bytes, and a copy by them too', async () => {
    const path = join(folder, 'e.log');
    const checkpoint = join(folder, 'e.json');
    const events: TailEvent[] = [];
    const watch = (): ReturnType<typeof watchLog> =>
      watchLog({
        ...{ path, from: 'beginning', once: true, checkpoint },
        ...{ decided: () => undefined, alert: () => undefined, tail: (event) => events.push(event) },
      });
    await writeFile(path, lines(0, 50));
    await watch();
    // copytruncate, and then more than was there before: the same number, but a new log.
    await appendFile(path, lines(50, 60));
    await copyFile(path, `${path}-20260302`);
    await truncate(path, 0);
    await appendFile(path, lines(100, 180));
    expect(await watch()).toMatchObject({ lines: 140, hits: 140, unparsed: 0 });
    expect(events).toEqual(['rotated']);
    // Without the copy what was in it is lost, and nothing is read from the middle of a line.
    await truncate(path, 0);
    await appendFile(path, lines(3, 203));
    expect(await watch()).toMatchObject({ lines: 340, hits: 340, unparsed: 0 });
    expect(events).toEqual(['rotated', 'lost']);
  });

  it('refuses a log in UTF-16, and reads one that is piped in', async () => {
    const path = join(folder, 'wide.log');
    const wide = Buffer.from(`\ufeff${lines(0, 5)}`, 'utf16le');
    await writeFile(path, wide);
    const nothing = { decided: () => undefined, alert: () => undefined };
    await expect(watchLog({ path, from: 'beginning', once: true, ...nothing })).rejects.toMatchObject({
      name: 'Utf16LogError',
    });
    async function* piped(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < wide.length; at += 33) yield wide.subarray(at, at + 33);
    }
    expect(await watchStream(piped(), nothing)).toMatchObject({ lines: 5, hits: 5, unparsed: 0 });
  });

  it.each([
    ['of another program', '{"a":1}'],
    ['that is empty', ''],
    ['without a place', '{"schema":"vigia.watch/1","guard":{"version":1}}'],
    [
      'with a place before the beginning',
      '{"schema":"vigia.watch/1","position":{"device":1,"inode":1,"offset":-5},"lines":0,"unparsed":0,"guard":{"version":1}}',
    ],
    [
      'without a memory',
      '{"schema":"vigia.watch/1","position":{"device":1,"inode":1,"offset":0},"lines":0,"unparsed":0,"guard":{"version":1}}',
    ],
    [
      'with texts for numbers',
      '{"schema":"vigia.watch/1","position":{"device":1,"inode":1,"offset":0},"lines":0,"unparsed":0,"guard":{"version":1,"totals":{"hits":"9","proxied":0,"decisions":0,"blocks":0},"clients":[["1","x"]],"surge":{"history":[],"recent":[],"minute":0,"count":0,"isFlood":false,"quiet":0,"values":[]},"ownHost":[0,0],"blockMinute":0,"blocksInMinute":0,"ordinaryBlocked":0,"ordinary":0}}',
    ],
  ])('refuses a checkpoint %s', async (_what, text) => {
    const path = join(folder, 'd.log');
    await writeFile(path, lines(0, 1));
    await writeFile(join(folder, 'd.json'), text);
    await expect(
      watchLog({
        path,
        from: 'end',
        once: true,
        checkpoint: join(folder, 'd.json'),
        decided: () => undefined,
        alert: () => undefined,
      }),
    ).rejects.toMatchObject({ name: 'CheckpointError' });
  });

  it('watches what is piped in, up to a last line without its end', async () => {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      const text = lines(0, 30).trimEnd();
      for (let at = 0; at < text.length; at += 37) yield Buffer.from(text.slice(at, at + 37));
    }
    const summary = await watchStream(pieces(), { decided: () => undefined, alert: () => undefined });
    expect(summary).toMatchObject({ lines: 30, hits: 30, unparsed: 0 });
  });
});

describe('batches for nft', () => {
  const decision = (address: string, more: Partial<Decision> = {}): Decision => ({
    subject: readNetwork(address) as Decision['subject'],
    action: 'block',
    reason: 'page-rate',
    at: START,
    ttlSeconds: 600,
    hits: 61,
    byte: 0,
    ...more,
  });

  it('hold each blocked address once, with its last time, and nobody else', () => {
    const text = nftBatch([
      decision('203.0.113.5'),
      decision('203.0.113.5', { ttlSeconds: 1_200 }),
      decision('2001:db8:1:2::/64'),
      decision('203.0.113.7'),
      decision('203.0.113.6', { action: 'limit' }),
    ]);
    expect(text.split('\n')).toEqual([
      'add element inet vigia_watch block4 { 203.0.113.5, 203.0.113.7 }; delete element inet vigia_watch block4 { 203.0.113.5, 203.0.113.7 }; add element inet vigia_watch block4 { 203.0.113.5 timeout 1200s, 203.0.113.7 timeout 600s }',
      'add element inet vigia_watch block6 { 2001:db8:1:2::/64 }; delete element inet vigia_watch block6 { 2001:db8:1:2::/64 }; add element inet vigia_watch block6 { 2001:db8:1:2::/64 timeout 600s }',
      '',
    ]);
  });

  const probe = spawnSync('nft', ['-c', '-f', '-'], { input: 'add table inet vigia_test\n' });
  it.skipIf(probe.status !== 0)(
    'are what nft takes (skipped without nft, or without the rights it needs)',
    () => {
      const text = nftTable() + nftBatch([decision('203.0.113.5'), decision('2001:db8:1:2::/64')]) + nftOff();
      const { status, stderr } = spawnSync('nft', ['-c', '-f', '-'], { input: text });
      expect([status, stderr.toString()]).toEqual([0, '']);
    },
  );

  const ownNetwork = spawnSync('unshare', ['-n', 'nft', '-i'], { input: 'add table inet vigia_test\n' });
  it.skipIf(ownNetwork.status !== 0 || ownNetwork.stderr.length > 0)(
    'block as they come, one address again and again too (skipped without nft and unshare, or rights)',
    () => {
      const once = nftBatch([decision('203.0.113.5'), decision('2001:db8:1:2::/64')]);
      const again = nftBatch([decision('203.0.113.5', { ttlSeconds: 1_200 }), decision('203.0.113.6')]);
      const { stdout, stderr } = spawnSync('unshare', ['-n', 'nft', '-i'], {
        input: `${nftTable()}${once}${again}list set inet vigia_watch block4\n`,
      });
      expect(stderr.toString()).toBe('');
      expect(stdout.toString()).toMatch(/203\.0\.113\.5 timeout 20m .*203\.0\.113\.6 timeout 10m/s);
    },
  );
});
