/**
 * A process with a vault open, for tests that end it without warning. Parameters: what to do, the folder, and a number that the doing
 * depends on. Says on standard output what is done, one line each, after it is done.
 */
import { writeSync } from 'node:fs';
import { message } from '../../../records/kinds/message.js';
import type { CasePart } from '../transfer.js';
import type { Vault } from '../vault.js';
import { VaultError } from '../vault-error.js';
import { aCase } from './a-case.js';
import { aMessage, anEntry, fillCase } from './fill.js';
import { newVault, PASSPHRASES, reopened, unlocking, withEither } from './open-vault.js';
import { PLANTED } from './planted-words.js';

const [doing = '', dir = '', given = '0'] = process.argv.slice(2);
const number = Number(given);

function say(...words: (string | number)[]): void {
  writeSync(1, `${words.join(' ')}\n`);
}

/** Until the parent says to begin: starting node takes longer than what is tested. */
async function told(): Promise<void> {
  say('ready');
  await new Promise((resolve) => process.stdin.once('data', resolve));
}

const WORK: Readonly<Record<string, () => Promise<void>>> = {
  hold: async () => {
    await reopened(dir);
    say('open');
    setInterval(() => {}, 1_000);
  },

  write: async () => {
    await told();
    const vault = await withEither((passphrase) => reopened(dir, { passphrase }));
    say('open');
    for (let step = 0; ; step += 1) await writeStep(vault, step);
  },

  fill: async () => {
    const vault = await reopened(dir);
    try {
      const { id } = vault.cases.open(aCase());
      const run = vault.runs.begin({
        caseId: id,
        startedAt: vault.notes.list(id)[0]?.at ?? unlocking(dir).now(),
      });
      say('case', id);
      for (let stored = 0; ; ) {
        for (let count = 0; count < 500; count += 1) run.record(aMessage(noise(stored + count)), message);
        stored = run.flush();
        const { seq } = vault.custody.append(id, anEntry({ stored }));
        say('stored', stored, seq);
      }
    } catch (error) {
      say('error', codeOf(error));
    }
    vault.close();
    try {
      const again = await reopened(dir);
      say('again', again.cases.list().length, JSON.stringify(again.verify()));
      again.close();
    } catch (error) {
      say('again', codeOf(error));
    }
  },

  change: async () => {
    try {
      const vault = await reopened(dir);
      say('open');
      vault.cases.open(aCase());
      say('written');
      vault.close();
    } catch (error) {
      say('error', codeOf(error));
    }
  },

  make: async () => {
    try {
      (await newVault(dir)).close();
      say('made');
    } catch (error) {
      say('error', codeOf(error));
    }
  },

  plant: async () => {
    const vault = await newVault(dir);
    const kept = fillCase(vault, (place) => PLANTED[place] ?? 'ordinary', 20_000);
    for (const word of Object.values(PLANTED)) vault.records.search(word, { limit: 20 });
    for (const page of vault.records.observables())
      vault.hunts.keepNew(
        page.map((observable) => ({
          caseId: kept.id,
          observable,
          indicator: { type: 'url', value: observable.value, feed: 'test' },
        })),
      );
    for await (const { chunks } of vault.exportCase(kept.id, { identity: true }))
      for await (const _ of chunks);
    say('planted');
    if (number === 0) vault.close();
    else setInterval(() => {}, 1_000);
    say('ended');
  },
};

const opened: string[] = [];

async function isFirst(vault: Vault): Promise<boolean> {
  const same = { passphrase: PASSPHRASES[0] };
  return vault.changePassphrase(same, same).then(
    () => true,
    () => false,
  );
}

/** One thing of many; which one depends on the step. */
async function writeStep(vault: Vault, step: number): Promise<void> {
  const last = opened.at(-1);
  const kind = last === undefined ? 0 : (step * 7 + number) % 8;
  if (kind === 0 || last === undefined) {
    const { id, code } = vault.cases.open(aCase({ summary: '0' }));
    opened.push(id);
    say('case', id, code);
  } else if (kind === 1 || kind === 2) {
    const kept = vault.cases.get(last);
    if (!kept) throw new Error('a case is gone');
    vault.cases.update({ ...kept, summary: String(step) });
    say('summary', last, step);
  } else if (kind === 3) {
    const [passphrase, next] = (await isFirst(vault)) ? PASSPHRASES : [PASSPHRASES[1], PASSPHRASES[0]];
    await vault.changePassphrase({ passphrase }, { passphrase: next });
    say('passphrase');
  } else if (kind === 4) {
    const { seq, hash } = vault.custody.append(last, anEntry({ step, text: noise(step) }));
    say('custody', last, seq, hash);
  } else if (kind === 5) {
    const run = vault.runs.begin({ caseId: last, startedAt: unlocking(dir).now() });
    say('run', run.id, last);
    for (let flushes = 1; flushes <= 3; flushes += 1) {
      for (let count = 0; count < 200; count += 1)
        run.record(aMessage(`run${run.id.replaceAll('-', '')} ${noise(count)}`), message);
      say('records', run.id, run.flush());
    }
  } else if (kind === 6) {
    const id = vault.newId();
    await vault.importCase(parts(vault, last, id));
    say('imported', id);
  } else {
    say('destroying', last);
    vault.destroyCase(last, {
      at: unlocking(dir).now(),
      clockSource: 'system',
      monotonicMs: 1,
      actor: 'a',
      reason: 'r',
    });
    opened.pop();
    say('destroyed', last);
  }
}

/** The case as an export gives it, as if it were another one. */
async function* parts(vault: Vault, caseId: string, otherId: string): AsyncIterable<CasePart> {
  const ids = new Map<string, string>([[caseId, otherId]]);
  for await (const { name, chunks } of vault.exportCase(caseId, { identity: true })) {
    let text = '';
    for await (const chunk of chunks) text += Buffer.from(chunk).toString('utf8');
    const renamed = text.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
      const other = ids.get(id) ?? vault.newId();
      ids.set(id, other);
      return other;
    });
    yield { name, chunks: once(name === 'custody.jsonl' ? text : renamed) };
  }
}

async function* once(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text, 'utf8');
}

/** Text that does not compress well. */
function noise(seed: number): string {
  let state = (seed + 1) * 2_654_435_761;
  const words: string[] = [];
  for (let count = 0; count < 12; count += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    words.push(state.toString(36));
  }
  return words.join(' ');
}

function codeOf(error: unknown): string {
  return error instanceof VaultError ? `${error.code} ${error.place}` : String(error);
}

await WORK[doing]?.();
