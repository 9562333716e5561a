/**
 * The line of time of one case with a million records, as the page asks for it: opened, filtered, jumped in, counted. Limits: 300 ms
 * for a filter, 500 ms for what comes once (the line taken into memory) or as a whole (a page with its histogram, asked for together).
 * Messages and visits are invented. Peer, in the same run: the same pages straight from the tables of the vault, as the command line reads them.
 *
 *     npx tsx bench/timeline.ts [--records 1000000]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CaseTimeline, LineFilter } from '../src/casework/vault/case-timeline.js';
import { aCase } from '../src/casework/vault/testing/a-case.js';
import { aMessage } from '../src/casework/vault/testing/fill.js';
import { createVault, openVault, type Vault } from '../src/casework/vault/vault.js';
import { type Message, message } from '../src/records/kinds/message.js';
import { type UrlVisit, urlVisit } from '../src/records/kinds/url-visit.js';
import { count, load, machine, option, print } from './measure.js';

const FILTER_LIMIT_MILLISECONDS = 300;
const WHOLE_LIMIT_MILLISECONDS = 500;
const RECORDS = Number(option('--records') ?? 1_000_000);
const NOW = '2026-11-23T00:00:00.000000Z';
const FIRST_MILLISECONDS = Date.UTC(2015, 0, 1);
/** About three years. */
const SPAN_MILLISECONDS = 1e11;
const ROWS = 200;
const BUCKETS = 200;
/** Of so many the one in the middle. */
const TIMES = 5;
const ALL: LineFilter = { from: null, to: null, kinds: [], text: '' };
const WORDS =
  'hola mensaje enlace urgente banco su cuenta verifique aquí servicio paquete entrega noticia reportero amenaza llamada reunión mañana tarde gracias favor número teléfono código acceso seguridad'.split(
    ' ',
  );

const dir = mkdtempSync(join(tmpdir(), 'vigia-bench-timeline-'));
try {
  print(`${count(RECORDS)} records in one case; ${machine()}; load ${load()}`);
  const options = { dir, passphrase: Buffer.from('bench'), now: () => NOW, leastMemoryKiB: 1_024 };
  const made = await createVault({ ...options, argon2: { memoryKiB: 1_024, passes: 1, lanes: 1 } });
  const caseId = store(made);
  made.close();
  // Again, so that nothing of storing it is in memory.
  const vault = await openVault(options);
  await timed(vault, caseId);
  vault.close();
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function timed(vault: Vault, caseId: string): Promise<void> {
  const line = () => vault.records.timelineOf(caseId);
  const openings: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    vault.records.forget();
    openings.push(await milliseconds(() => line().page(ALL, null, ROWS)));
  }
  const first = (openings[0] ?? 0).toFixed(0);
  tell(
    'opened',
    middle(openings),
    WHOLE_LIMIT_MILLISECONDS,
    `the first page of all; ${first} ms for the first time`,
  );

  const filters: readonly (readonly [string, Partial<LineFilter>])[] = [
    ['nothing filtered', {}],
    ['one kind', { kinds: ['url-visit'] }],
    ['a month', { from: '2016-05-01T00:00:00.000000Z', to: '2016-05-31T23:59:59.999999Z' }],
    ['a rare word', { text: 'w5x' }],
    ['a common word', { text: 'verifique' }],
    ['two common words', { text: 'verifique cuenta' }],
    ['a beginning', { text: 'ver*' }],
    ['a word of no record', { text: 'nothingofthesort' }],
    [
      'a common word, one kind, a year',
      { text: 'cuenta', kinds: ['message'], from: '2016-01-01T00:00:00.000000Z' },
    ],
  ];
  for (const [what, given] of filters) {
    const filter = { ...ALL, ...given };
    let total = 0;
    const each: number[] = [];
    for (let time = 0; time < TIMES; time += 1) {
      await forgetFilters(line());
      each.push(
        await milliseconds(async () => {
          total = (await line().page(filter, null, ROWS)).total;
        }),
      );
    }
    tell('filtered', middle(each), FILTER_LIMIT_MILLISECONDS, `${what}: ${count(total)} lines`);
    await forgetFilters(line());
    const whole = await milliseconds(() =>
      Promise.all([line().page(filter, null, ROWS), line().histogram(filter, BUCKETS)]),
    );
    tell('with counts', whole, WHOLE_LIMIT_MILLISECONDS, `${what}, ${BUCKETS} columns`);
  }
  for (const [what, filter] of [
    ['all', ALL],
    ['a common word', { ...ALL, text: 'verifique' }],
  ] as const) {
    const { total } = await line().page(filter, null, 1);
    const places = Array.from({ length: 25 }, (_, part) => Math.floor((total * ((part * 7_919) % 25)) / 25));
    const jumps: number[] = [];
    for (const place of places) jumps.push(await milliseconds(() => line().page(filter, place, ROWS)));
    tell(
      'jumped',
      Math.max(...jumps),
      FILTER_LIMIT_MILLISECONDS,
      `${what}, slowest of ${places.length} places`,
    );
  }
  const next: number[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 25; page += 1)
    next.push(
      await milliseconds(async () => {
        cursor = (await line().page(ALL, cursor, ROWS)).next;
      }),
    );
  tell('next page', Math.max(...next), FILTER_LIMIT_MILLISECONDS, `slowest of ${next.length}`);
  const undated = await milliseconds(() => line().undated(ALL, 0, ROWS));
  tell('undated', undated, FILTER_LIMIT_MILLISECONDS, `${ROWS} records without a time`);
  const peer = await milliseconds(async () =>
    vault.records.timeline({ caseId, kinds: ['url-visit'], limit: ROWS }),
  );
  print(`peer        ${peer.toFixed(0)} ms for one kind from the tables, which count and jump nowhere`);
}

/** Others in their stead: of the time before only the line itself is kept. */
async function forgetFilters(line: CaseTimeline): Promise<void> {
  for (let number = 0; number < 8; number += 1) await line.page({ ...ALL, text: `none${number}` }, null, 1);
}

function store(vault: Vault): string {
  const { id } = vault.cases.open(aCase());
  const run = vault.runs.begin({ caseId: id, startedAt: NOW });
  for (let number = 0; number < RECORDS; number += 1) {
    if (number % 4 === 3) run.record(visitOf(number), urlVisit);
    else run.record(messageOf(number), message);
  }
  run.flush();
  return id;
}

function messageOf(number: number): Message {
  return aMessage(textOf(number), {
    // One of a thousand has no time.
    at: number % 1_000 === 0 ? null : timeOf(number),
    source: { evidence: 'e1', path: 'HomeDomain/Library/SMS/sms.db', locator: `message ROWID ${number}` },
    chat: `c${number % 500}`,
  });
}

function visitOf(number: number): UrlVisit {
  return {
    kind: 'url-visit',
    at: timeOf(number),
    source: { evidence: 'e1', path: 'History.db', locator: `visits ROWID ${number}` },
    browser: 'safari',
    url: `https://h${number % 40_000}.example/a${number}`,
    title: textOf(number),
    visitId: number,
    redirectSourceVisitId: null,
    redirectDestinationVisitId: null,
  };
}

/** Not in the order in which they are stored. */
function timeOf(number: number): string {
  const at = FIRST_MILLISECONDS + ((number * 7_919_003) % SPAN_MILLISECONDS);
  return `${new Date(at).toISOString().slice(0, 23)}000Z`;
}

function textOf(number: number): string {
  const words = Array.from(
    { length: 12 },
    (_, place) => WORDS[(number * 7 + place * place * 3 + (number >> place)) % WORDS.length],
  );
  return [...words, `w${((number * 7_919) % 200_003).toString(36)}`].join(' ');
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function tell(what: string, value: number, limit: number, about: string): void {
  const share = `${(limit / value).toFixed(1)}x of the limit of ${limit} ms${value <= limit ? '' : ': MISSED'}`;
  print(`${what.padEnd(12)}${value.toFixed(0).padStart(5)} ms (${share}) ${about}`);
}
