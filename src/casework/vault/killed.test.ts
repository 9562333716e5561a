import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyLog } from '../custody/custody-log.js';
import { newVault, reopened, temporaryFolder, withEither } from './testing/open-vault.js';
import { plainScript } from './testing/plain-script.js';
import { StartedProcess } from './testing/started-process.js';
import type { Vault } from './vault.js';

const KILLS = 200;
const KILLS_PER_VAULT = 10;
const MOST_LINES = 18;
const LONGEST_MILLISECONDS = 10;

const { folder, remove } = temporaryFolder();
let script = '';
beforeAll(() => {
  script = plainScript(new URL('./testing/vault-process.ts', import.meta.url), join(folder, 'plain'));
});
afterAll(remove);

const start = (doing: string, dir: string, number = 0): StartedProcess =>
  new StartedProcess(process.execPath, [script, doing, dir, String(number)]);

/** What processes have said to be done, and what the vault therefore has to hold. */
class Acknowledged {
  readonly cases = new Map<string, { summary: number; custody: Map<number, string> }>();
  readonly runs = new Map<string, { caseId: string; records: number }>();
  readonly destroyed = new Set<string>();
  readonly #beingDestroyed = new Set<string>();

  take(line: string): void {
    const [what, id = '', ...rest] = line.split(' ');
    if (what === 'case' || what === 'imported') this.cases.set(id, { summary: 0, custody: new Map() });
    else if (what === 'summary') this.#case(id).summary = Number(rest[0]);
    else if (what === 'custody') this.#case(id).custody.set(Number(rest[0]), rest[1] ?? '');
    else if (what === 'run') this.runs.set(id, { caseId: rest[0] ?? '', records: 0 });
    else if (what === 'records') {
      const run = this.runs.get(id);
      if (run) run.records = Number(rest[0]);
    } else if (what === 'destroying') this.#beingDestroyed.add(id);
    else if (what === 'destroyed') this.#forget(id);
  }

  /** What was begun and not acknowledged may be either done or not. */
  settle(vault: Vault): void {
    const gone = new Set(vault.destroyed().map(({ id }) => id));
    for (const id of this.#beingDestroyed) if (gone.has(id)) this.#forget(id);
    this.#beingDestroyed.clear();
  }

  #forget(id: string): void {
    this.cases.delete(id);
    this.destroyed.add(id);
    for (const [runId, { caseId }] of this.runs) if (caseId === id) this.runs.delete(runId);
  }

  #case(id: string): { summary: number; custody: Map<number, string> } {
    const known = this.cases.get(id);
    if (!known) throw new Error(`nothing was said of ${id}`);
    return known;
  }
}

async function expectAll(vault: Vault, said: Acknowledged): Promise<void> {
  said.settle(vault);
  const kept = new Map(vault.cases.list().map((one) => [one.id, one]));
  expect([...said.cases.keys()].filter((id) => !kept.has(id))).toEqual([]);
  const gone = new Set(vault.destroyed().map(({ id }) => id));
  expect([...said.destroyed].filter((id) => kept.has(id) || !gone.has(id))).toEqual([]);
  for (const [id, { summary, custody }] of said.cases) {
    expect(Number(kept.get(id)?.summary)).toBeGreaterThanOrEqual(summary);
    const hashes = new Map([...vault.custody.entries(id)].map(({ seq, hash }) => [seq, hash]));
    for (const [seq, hash] of custody) expect(hashes.get(seq)).toBe(hash);
  }
  for (const id of kept.keys()) {
    const log = await verifyLog(vault.custody.lines(id), vault.custody.publicKeys(id));
    expect(log.problems).toEqual([]);
  }
  for (const [runId, { caseId, records }] of said.runs) {
    const found = vault.records.search(`run${runId.replaceAll('-', '')}`, { caseId, limit: 1_000 }).hits;
    const ofRun = found.filter(({ stored }) => stored.runId === runId).length;
    expect(ofRun).toBeGreaterThanOrEqual(records);
    // Whole flushes or nothing of them.
    expect(ofRun % 200).toBe(0);
  }
  expect(vault.verify()).toEqual([]);
}

// On Windows processes are not killed by signals, and folders not linked without a right.
describe.skipIf(process.platform === 'win32')('a process that has the vault open', () => {
  it('and is killed at any moment of a write, 200 times, loses nothing that it said was done', async () => {
    let random = 20_170_619;
    const below = (most: number): number => {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      return (random / 2 ** 32) * most;
    };
    const done: Record<string, number> = {};
    let dir = '';
    let said = new Acknowledged();
    const dirOf = (kill: number): string => join(folder, `killed ${Math.floor(kill / KILLS_PER_VAULT)}`);
    let next = start('write', dirOf(0), 0);
    for (let kill = 0; kill < KILLS; kill += 1) {
      if (kill % KILLS_PER_VAULT === 0) {
        dir = dirOf(kill);
        (await newVault(dir)).close();
        said = new Acknowledged();
      }
      const writing = next;
      await writing.said('ready');
      // While this one writes and is looked at, the next one starts.
      if (kill + 1 < KILLS) next = start('write', dirOf(kill + 1), kill + 1);
      writing.child.stdin?.write('go\n');
      // Not after some time alone: on a busy machine nothing would have been written by then.
      await writing.saidLines(1 + Math.floor(below(MOST_LINES)));
      await pause(below(LONGEST_MILLISECONDS));
      await writing.kill();

      expect(writing.errors).toBe('');
      for (const line of writing.lines) {
        said.take(line);
        const [what = ''] = line.split(' ');
        done[what] = (done[what] ?? 0) + 1;
      }
      const vault = await withEither((passphrase) => reopened(dir, { passphrase }));
      await expectAll(vault, said);
      vault.close();
    }
    // That all of it was going on.
    for (const what of ['case', 'summary', 'custody', 'records', 'imported', 'destroyed', 'passphrase'])
      expect([what, (done[what] ?? 0) >= 10]).toEqual([what, true]);
  }, 300_000);

  it('keeps others out, who are told its number, until it is killed', async () => {
    const dir = join(folder, 'two');
    (await newVault(dir)).close();
    const holding = start('hold', dir);
    await holding.said('open');
    const refused = { code: 'already-open', place: 'folder', detail: String(holding.child.pid) };

    await expect(reopened(dir)).rejects.toMatchObject(refused);
    const second = start('change', dir);
    await second.ended;
    expect(second.lines).toEqual(['error already-open folder']);

    await holding.kill();
    const vault = await reopened(dir);
    expect(vault.verify()).toEqual([]);
    await expect(reopened(dir)).rejects.toMatchObject({ code: 'already-open', detail: String(process.pid) });
    vault.close();
  });
});
