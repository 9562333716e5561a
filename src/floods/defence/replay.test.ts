import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agentRotation, cacheBusting, pingbackFlood, searchFlood } from '../../../fixtures/floods/attacks.js';
import type { Happening, LoggedRequest } from '../../../fixtures/floods/request.js';
import { translatorFor } from '../../check/messages.js';
import { hitOf } from '../testing/requests.js';
import { addressesOf, candidatesOf, sourcesOf, sparingOf } from './candidates.js';
import { NetworkSet, readNetwork } from './networks.js';
import type { Defence } from './outputs/target.js';
import { OUTPUTS } from './outputs/targets.js';
import { choosePlan, stoppedShare } from './plan.js';
import { compileCondition, type Rule } from './rule.js';
import { attackedSite } from './testing/attacked-site.js';
import { program } from './testing/program.js';
import { Trial } from './trial.js';

const nginx = program('nginx');
const apache = program('apache2');
/** Requests of the attack and of readers that are sent: spread over the whole log. */
const SENT_OF_EACH = 250;
const NOWHERE = { isKnown: () => false, isCarrier: () => false, isHosting: () => false };
const PROTOCOLS: Readonly<Record<string, number>> = { 'HTTP/1.0': 10, 'HTTP/1.1': 11, 'HTTP/2.0': 20 };

const ATTACKS = [
  ['a pingback flood', pingbackFlood({ seed: 11, from: 1_772_460_000 })],
  ['a search flood', searchFlood({ seed: 12, from: 1_772_460_000 })],
  ['a flood past the cache', cacheBusting({ seed: 13, from: 1_772_460_000 })],
  ['agents that change', agentRotation({ seed: 14, from: 1_772_460_000 })],
] as const;

describe.skipIf(nginx === null)('the files in a real nginx (skipped where it is not installed)', () => {
  it.each(ATTACKS)(
    'stop %s and let readers through, as the trial on the log said',
    async (_name, happening) => {
      await tryWith('nginx', happening, startNginx);
    },
  );
});

describe.skipIf(nginx === null)(
  'limits and expiry in a real nginx (skipped where it is not installed)',
  () => {
    const outcome = new Trial({
      rules: [],
      incident: { siteName: '', fromMinute: 0, toMinute: 0, clients: [] },
      sparing: { spared: [], shared: [] },
    }).outcome([]);
    const limit: Rule = {
      id: 'endpoint-1',
      rung: 2,
      when: [{ on: 'query', how: 'has', name: 's' }],
      action: { do: 'limit', perMinute: 6, burst: 2 },
    };
    const search = (client: string): LoggedRequest => ({
      ...{
        second: 0,
        ms: 0,
        client,
        method: 'GET',
        target: '/?s=a',
        protocol: 'HTTP/1.1',
        status: 200,
        bytes: 0,
      },
      ...{ referer: '', agent: 'x', durationMs: 0, host: '' },
    });
    const networks = (...texts: string[]) => texts.flatMap((text) => readNetwork(text) ?? []);

    it('counts as the trial does: by client, by /64, wider for shared addresses, not at all for spared ones', async () => {
      const sparing = { spared: networks('192.0.2.9'), shared: networks('192.0.2.8') };
      const server = await startNginx([limit], outcome, sparing);
      try {
        const answers = async (...clients: string[]): Promise<number[]> => {
          const all: number[] = [];
          for (const client of clients) all.push(await send(server.port, search(client)));
          return all;
        };
        const five = (client: string): string[] => Array.from({ length: 5 }, () => client);
        expect(await answers(...five('192.0.2.1'))).toEqual([200, 200, 200, 429, 429]);
        expect(await answers(...five('192.0.2.8'))).toEqual([200, 200, 200, 200, 200]);
        expect(await answers(...five('192.0.2.9'))).toEqual([200, 200, 200, 200, 200]);
        expect(
          await answers(
            '2001:db8::1',
            '2001:db8::ffff:1',
            '2001:db8:0:0:1:2:3:4',
            '2001:db8::2',
            '2001:db8:0:1::2',
          ),
        ).toEqual([200, 200, 200, 429, 200]);
        expect(await send(server.port, { ...search('192.0.2.1'), target: '/' })).toBe(200);
      } finally {
        await server.stop();
      }
    });

    it('ends by itself', async () => {
      const block: Rule = { ...limit, action: { do: 'block' } };
      for (const [lifetime, answer] of [
        [3_600_000, 0],
        [-1_000, 200],
      ] as const) {
        const server = await startNginx([block], outcome, { spared: [], shared: [] }, lifetime);
        try {
          expect(await send(server.port, search('192.0.2.1'))).toBe(answer);
        } finally {
          await server.stop();
        }
      }
    });
  },
);

describe.skipIf(apache === null)('the file in a real Apache (skipped where it is not installed)', () => {
  it.each(ATTACKS)(
    'stops %s and lets readers through, as the trial on the log said',
    async (_name, happening) => {
      await tryWith('apache', happening, (...given) => startApache('apache', ...given));
    },
  );

  it('does the same from .htaccess', async () => {
    await tryWith('htaccess', ATTACKS[1][1], (...given) => startApache('htaccess', ...given));
  });
});

/** Sends requests of an attacked site to a real server that has the files, and holds its answers against the trial. */
async function tryWith(
  target: 'nginx' | 'apache' | 'htaccess',
  happening: Happening,
  start: (
    rules: readonly Rule[],
    outcome: Defence['outcome'],
    sparing: Defence['sparing'],
  ) => Promise<Server>,
): Promise<void> {
  const site = attackedSite(happening);
  const sparing = sparingOf(site.view, NOWHERE, { allow: [], torExits: [] });
  const candidates = candidatesOf(site.attack, sourcesOf(site.view, site.attack, sparing, NOWHERE));
  // The clock of the log cannot be replayed in a server: rates are tried in the tests of the limiter.
  const rules = candidates.flatMap((rule) =>
    rule.action.do === 'limit' ? [] : (OUTPUTS[target].adapt(rule) ?? []),
  );
  const trial = new Trial({
    rules,
    incident: { ...site.attack, clients: addressesOf(site.view, site.attack.clients) },
    sparing,
  });
  site.replay(trial);
  const plan = choosePlan(rules, trial, { maxHarm: 0.001, exempts: true });
  expect(plan.refusal).toBeNull();
  if (plan.refusal !== null) return;
  expect(stoppedShare(plan.outcome)).toBeGreaterThanOrEqual(0.95);

  const [attack, ordinary] = split(site.requests, happening);
  const server = await start(plan.rules, plan.outcome, sparing);
  const blocked = target === 'nginx' ? 0 : 403;
  const expected = (request: LoggedRequest): number => expectedAnswer(request, plan.rules, blocked);
  // Apache has no page behind the others: what gets through is not found there.
  const isThrough = (answer: number): boolean => answer !== blocked && answer !== 307;
  try {
    const sent = [...spread(attack), ...spread(ordinary)];
    const attacking = new Set(attack);
    let [attackStopped, ordinaryStopped] = [0, 0];
    for (const request of sent) {
      const answer = await send(server.port, request);
      expect(isThrough(answer) ? 200 : answer, JSON.stringify(request)).toBe(expected(request));
      if (isThrough(answer)) continue;
      if (attacking.has(request)) attackStopped += 1;
      // A check that a browser passes by itself is not a reader lost.
      else if (answer === blocked) ordinaryStopped += 1;
    }
    expect(attackStopped / spread(attack).length).toBeGreaterThanOrEqual(0.95);
    expect(ordinaryStopped).toBe(0);
    const asked = sent.find((request) => expected(request) === 307);
    if (asked) expect(isThrough(await send(server.port, asked, server.cookie))).toBe(true);
  } finally {
    await server.stop();
  }
}

function split(
  requests: readonly LoggedRequest[],
  { truth }: Happening,
): readonly [LoggedRequest[], LoggedRequest[]] {
  const taking = new Set(truth.clients);
  const isAttack = ({ client, second }: LoggedRequest): boolean =>
    taking.has(client) && second >= truth.from && second < truth.to;
  // What is no HTTP a server answers itself, before any rule.
  const sendable = requests.filter(({ method, target }) => method !== '' && /^\/[\x21-\x7e]*$/.test(target));
  return [sendable.filter(isAttack), sendable.filter((request) => !isAttack(request))];
}

function spread<T>(values: readonly T[]): readonly T[] {
  const step = Math.max(1, Math.floor(values.length / SENT_OF_EACH));
  return values.filter((_, index) => index % step === 0).slice(0, SENT_OF_EACH);
}

/** What the rules mean for a request: `blocked` is what the server says then, 0 for a connection closed without a word. */
function expectedAnswer(request: LoggedRequest, rules: readonly Rule[], blocked: number): number {
  const hit = hitOf({ ...request, second: 0, protocol: request.protocol === 'HTTP/1.0' ? 10 : 11 });
  hit.protocol = PROTOCOLS[request.protocol] === 10 ? 10 : 11;
  const fitting = rules.filter(({ when }) =>
    when.every((condition) =>
      condition.on === 'client'
        ? new NetworkSet(condition.networks).has(hit)
        : compileCondition(condition)(hit),
    ),
  );
  if (fitting.some(({ action }) => action.do === 'block')) return blocked;
  return fitting.some(({ action }) => action.do === 'challenge') ? 307 : 200;
}

type Server = { readonly port: number; readonly cookie: string; stop(): Promise<void> };

function filesOf(
  target: 'nginx' | 'apache' | 'htaccess',
  rules: readonly Rule[],
  outcome: Defence['outcome'],
  sparing: Defence['sparing'],
  lifetimeMilliseconds = 3_600_000,
) {
  const now = Date.now();
  return OUTPUTS[target].write({
    rules,
    companions: [],
    outcome,
    sparing,
    incident: { id: 'test', kind: 'other', siteName: '', fromAt: iso(now), toAt: iso(now) },
    generatedAt: iso(now),
    expiresAt: iso(now + lifetimeMilliseconds),
    lifetimeSeconds: 3_600,
    isEnough: true,
    translate: translatorFor('en', 'UTC'),
  });
}

async function startNginx(
  rules: readonly Rule[],
  outcome: Defence['outcome'],
  sparing: Defence['sparing'],
  lifetimeMilliseconds?: number,
): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-nginx-'));
  chmodSync(folder, 0o755);
  const files = filesOf('nginx', rules, outcome, sparing, lifetimeMilliseconds);
  for (const { name, text } of [...files, { name: 'ok.txt', text: 'ok' }])
    writeFileSync(join(folder, name), text);
  const cookie = /vigia=([0-9a-f]+);/.exec(files[1]?.text ?? '')?.[1] ?? '';
  const port = await freePort();
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events {}
http {
    access_log off;
    client_body_temp_path ${folder}/body;
    proxy_temp_path ${folder}/proxy;
    fastcgi_temp_path ${folder}/fastcgi;
    uwsgi_temp_path ${folder}/uwsgi;
    scgi_temp_path ${folder}/scgi;
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Forwarded-For;
    include ${folder}/vigia-http.conf;
    server {
        listen 127.0.0.1:${port};
        include ${folder}/vigia-server.conf;
        root ${folder};
        # A file: what is only returned is answered before the limits are asked.
        location / { try_files /ok.txt =404; }
    }
}
`,
  );
  return started(nginx ?? '', ['-p', folder, '-c', join(folder, 'nginx.conf')], { folder, port, cookie });
}

async function startApache(
  target: 'apache' | 'htaccess',
  rules: readonly Rule[],
  outcome: Defence['outcome'],
  sparing: Defence['sparing'],
): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-apache-'));
  chmodSync(folder, 0o755);
  const text = filesOf(target, rules, outcome, sparing)[0]?.text ?? '';
  const cookie = /vigia=([0-9a-f]+);/.exec(text)?.[1] ?? '';
  const port = await freePort();
  const site = join(folder, 'site');
  mkdirSync(site);
  writeFileSync(join(site, target === 'htaccess' ? '.htaccess' : 'unused'), text);
  writeFileSync(join(folder, 'own.conf'), target === 'apache' ? text : '');
  const modules = ['mpm_event', 'authz_core', 'rewrite', 'setenvif', 'headers', 'remoteip', 'unixd'];
  const loaded = modules.filter((name) => existsSync(`/usr/lib/apache2/modules/mod_${name}.so`));
  writeFileSync(
    join(folder, 'apache.conf'),
    `ServerRoot "${folder}"
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${folder}/apache.pid
ErrorLog ${folder}/apache.log
${loaded.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
User www-data
Group www-data
RemoteIPHeader X-Forwarded-For
RemoteIPInternalProxy 127.0.0.1
<VirtualHost 127.0.0.1:${port}>
DocumentRoot "${site}"
<Directory "${site}">
AllowOverride All
Require all granted
</Directory>
Include ${folder}/own.conf
</VirtualHost>
`,
  );
  return started(apache ?? '', ['-X', '-f', join(folder, 'apache.conf')], { folder, port, cookie });
}

async function started(
  path: string,
  args: readonly string[],
  { folder, port, cookie }: { readonly folder: string; readonly port: number; readonly cookie: string },
): Promise<Server> {
  const child: ChildProcess = spawn(path, args, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await untilListening(port);
  return {
    port,
    cookie,
    async stop(): Promise<void> {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the server does not answer');
}

/** The status of the answer; 0 when the connection is closed without one. */
async function send(port: number, request: LoggedRequest, cookie?: string): Promise<number> {
  const lines = [
    `${request.method} ${request.target} ${request.protocol === 'HTTP/1.0' ? 'HTTP/1.0' : 'HTTP/1.1'}`,
    'Host: noticias.example',
    `X-Forwarded-For: ${request.client}`,
    'Connection: close',
    ...(request.agent === '' ? [] : [`User-Agent: ${request.agent}`]),
    ...(request.referer === '' || request.referer === '-' ? [] : [`Referer: ${request.referer}`]),
    ...(cookie ? [`Cookie: vigia=${cookie}`] : []),
    ...(request.method === 'POST' ? ['Content-Length: 0'] : []),
  ];
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(`${lines.join('\r\n')}\r\n\r\n`));
    socket.on('data', (data) => {
      said += data.toString('latin1');
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(Number(/^HTTP\/1\.[01] (\d+)/.exec(said)?.[1] ?? 0)));
  });
}
