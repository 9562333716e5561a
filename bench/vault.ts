/**
 * The vault with a million records: storing, searching, comparing with indicators. Limits: stored below 30 s, searched below 200 ms.
 * Messages are invented; a fifth has a link of its own. Peer, in the same run: the same package without a key, into which the same
 * records go as plain JSON, with the same indexes of words, times and values, and nothing else: not encrypted, not sealed.
 *
 *     npx tsx bench/vault.ts [--records 1000000] [--cases 20]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '@signalapp/sqlcipher';
import { searchText } from '../src/casework/vault/record-text.js';
import { aCase } from '../src/casework/vault/testing/a-case.js';
import { createVault, openVault, type Vault } from '../src/casework/vault/vault.js';
import type { Indicator } from '../src/core/indicator.js';
import { compileMatcher } from '../src/indicators/matcher.js';
import { type Message, message } from '../src/records/kinds/message.js';
import { count, load, machine, option, print } from './measure.js';

const STORE_LIMIT_SECONDS = 30;
const SEARCH_LIMIT_MILLISECONDS = 200;
const RECORDS = Number(option('--records') ?? 1_000_000);
const CASES = Number(option('--cases') ?? 20);
const NOW = '2026-11-23T00:00:00.000000Z';
const FIRST_MILLISECONDS = Date.UTC(2015, 0, 1);
const HITS = 50;
/** A rare word; one of nearly every message; two of them; a phrase and a word; a link; a beginning; nothing. */
const SEARCHES = [
  'w5x',
  'verifique',
  'verifique cuenta',
  '"su cuenta" urgente',
  '"h25005 example"',
  'noti*',
  'nothingofthesort',
];
const WORDS =
  'hola mensaje enlace urgente banco su cuenta verifique aquí servicio paquete entrega noticia reportero amenaza llamada reunión mañana tarde gracias favor número teléfono código acceso seguridad'.split(
    ' ',
  );

const dir = mkdtempSync(join(tmpdir(), 'vigia-bench-vault-'));
try {
  print(`${count(RECORDS)} records in ${CASES} cases; ${machine()}; load ${load()}`);
  const stored = await vaultSeconds();
  const peer = peerSeconds();
  print(`ratio       ${(stored / peer).toFixed(2)} times the time of the peer to store`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function vaultSeconds(): Promise<number> {
  const folder = join(dir, 'vault');
  const options = { dir: folder, passphrase: Buffer.from('bench'), now: () => NOW, leastMemoryKiB: 1_024 };
  const vault = await createVault({ ...options, argon2: { memoryKiB: 1_024, passes: 1, lanes: 1 } });
  const stored = seconds(() => store(vault));
  vault.close();
  print(
    `stored      ${stored.toFixed(1)} s ${against(stored, STORE_LIMIT_SECONDS, 's')}; peak ${peakMegabytes()} MB; ${megabytes(join(folder, 'vault.db'))} MB on disk`,
  );

  const again = await openVault(options);
  for (const typed of SEARCHES) {
    let hits = '';
    const milliseconds =
      1_000 *
      seconds(() => {
        const found = again.records.search(typed, { limit: HITS });
        hits = `${found.hits.length}${found.more ? '+' : ''}`;
      });
    print(
      `searched    ${milliseconds.toFixed(0).padStart(4)} ms ${against(milliseconds, SEARCH_LIMIT_MILLISECONDS, 'ms')} ${typed}: ${hits} hits`,
    );
  }
  const line = seconds(() => again.records.timeline({ limit: 100, from: '2015-06-01T00:00:00.000000Z' }));
  print(`time line   ${(1_000 * line).toFixed(0)} ms for the first 100 lines of all cases`);
  hunt(again);
  print(`verified    ${seconds(() => again.verify()).toFixed(1)} s; peak ${peakMegabytes()} MB`);
  again.close();
  return stored;
}

function store(vault: Vault): void {
  const each = Math.ceil(RECORDS / CASES);
  for (let first = 0; first < RECORDS; first += each) {
    const { id } = vault.cases.open(aCase());
    const run = vault.runs.begin({ caseId: id, startedAt: NOW });
    for (let number = first; number < Math.min(first + each, RECORDS); number += 1)
      run.record(messageOf(number), message);
    run.flush();
  }
}

function hunt(vault: Vault): void {
  const matcher = compileMatcher(Array.from({ length: 1_000 }, (_, number) => indicatorOf(number)));
  let compared = 0;
  let matches = 0;
  const hunted = seconds(() => {
    for (const page of vault.records.observables()) {
      const found = page.flatMap((observable) =>
        matcher
          .match(observable)
          .map(({ indicator }) => ({ caseId: observable.caseId, observable, indicator })),
      );
      compared += page.length;
      matches += vault.hunts.keepNew(found).length;
    }
  });
  print(`hunted      ${hunted.toFixed(1)} s: ${count(compared)} values, ${count(matches)} new matches`);
}

/** Plain rows, in transactions as large as the vault's. */
function peerSeconds(): number {
  const path = join(dir, 'plain.db');
  const peer = new Database(path, { cacheStatements: true });
  peer.exec(`
    PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA page_size=8192;
    CREATE TABLE records(id INTEGER PRIMARY KEY, number INTEGER NOT NULL, at TEXT, json TEXT NOT NULL);
    CREATE INDEX records_at ON records(number, at);
    CREATE TABLE observables(number INTEGER, type TEXT, act TEXT, value TEXT, record INTEGER);
    CREATE INDEX observables_value ON observables(number, type, act, value);
    CREATE VIRTUAL TABLE words USING fts5(text, content='', columnsize=0, tokenize='unicode61 remove_diacritics 2');`);
  const each = Math.ceil(RECORDS / CASES);
  const stored = seconds(() => {
    for (let id = 0; id < RECORDS; id += 1) {
      if (id % 16_384 === 0) peer.exec(id === 0 ? 'BEGIN' : 'COMMIT; BEGIN');
      const record = messageOf(id);
      const number = Math.floor(id / each);
      peer
        .prepare('INSERT INTO records VALUES(?, ?, ?, ?)')
        .run([id, number, record.at, JSON.stringify(record)]);
      peer.prepare('INSERT INTO words(rowid, text) VALUES(?, ?)').run([id, searchText(record)]);
      for (const { type, act, value } of message.observables(record))
        peer.prepare('INSERT INTO observables VALUES(?, ?, ?, ?, ?)').run([number, type, act, value, id]);
    }
    peer.exec('COMMIT');
  });
  const searched = seconds(() => {
    peer
      .prepare(
        `SELECT json FROM records WHERE id IN (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?)`,
      )
      .all(['verifique cuenta', HITS]);
  });
  peer.close();
  print(
    `peer        stored in ${stored.toFixed(1)} s, ${megabytes(path)} MB on disk, "verifique cuenta" in ${(1_000 * searched).toFixed(0)} ms`,
  );
  return stored;
}

function messageOf(number: number): Message {
  const words = Array.from(
    { length: 12 },
    (_, place) => WORDS[(number * 7 + place * place * 3 + (number >> place)) % WORDS.length],
  );
  const links = number % 5 === 0 ? [`https://h${number % 40_000}.example/a${number}`] : [];
  return {
    kind: 'message',
    at: `${new Date(FIRST_MILLISECONDS + ((number * 7_919_003) % 1e11)).toISOString().slice(0, 23)}000Z`,
    source: { evidence: 'e1', path: 'HomeDomain/Library/SMS/sms.db', locator: `message ROWID ${number}` },
    service: 'sms',
    direction: 'incoming',
    sender: `+155501${String(number % 10_000).padStart(4, '0')}`,
    senderName: null,
    recipients: [],
    chat: `c${number % 500}`,
    text: [...words, `w${((number * 7_919) % 200_003).toString(36)}`, ...links].join(' '),
    links,
    readAt: null,
    deliveredAt: null,
  };
}

function indicatorOf(number: number): Indicator {
  return {
    type: 'domain',
    value: `h${number * 5}.example`,
    family: 'Invented',
    category: 'spyware',
    role: 'infrastructure',
    feed: 'bench',
    file: 'bench',
    place: String(number),
    licence: null,
    validFrom: null,
    validUntil: null,
    comment: null,
  };
}

function seconds(work: () => void): number {
  const started = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - started) / 1e9;
}

function against(value: number, limit: number, unit: string): string {
  const ratio = `${(limit / value).toFixed(2)}x of the limit of ${limit} ${unit}`;
  return value <= limit ? `(${ratio})` : `(${ratio}: MISSED)`;
}

function megabytes(path: string): string {
  return (statSync(path).size / 1e6).toFixed(0);
}

/** Of the process until now. */
function peakMegabytes(): string {
  return (process.resourceUsage().maxRSS / 1_024).toFixed(0);
}
