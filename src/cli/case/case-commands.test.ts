import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import listedEn from '../../indicators/detectors/match/en.json' with { type: 'json' };
import listedEs from '../../indicators/detectors/match/es.json' with { type: 'json' };
import type { CliRun } from '../testing/built-cli.js';
import { runMain } from '../testing/run-main.js';
import { LISTED_HOST } from '../testing/small-phones.js';

const folder = mkdtempSync(join(tmpdir(), 'vigia-case-'));
const vault = join(folder, 'vault');
const PASSPHRASE = 'six words for this one test';
const messages = join(folder, 'messages.csv');
const list = join(folder, 'list.txt');

const vigia = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliRun> =>
  runMain(args, { VIGIA_VAULT: vault, VIGIA_PASSPHRASE: PASSPHRASE, VIGIA_ACTOR: 'ana', ...env });

beforeAll(async () => {
  writeFileSync(
    messages,
    `date,sender,text\n2026-03-01 10:00:00,+52 55 5555 0120,Your parcel: https://${LISTED_HOST}/1\n2026-03-02 11:00:00,Ana,Nos vemos mañana\n`,
  );
  writeFileSync(list, `${LISTED_HOST}\n`);
  const made = await vigia([
    'case',
    'new',
    '--title',
    'Parcel',
    '--client',
    'Ceiba',
    '--tlp',
    'green',
    '--lang',
    'en',
  ]);
  expect([made.code, made.stdout]).toEqual([
    0,
    'Case V-2026-0001 opened.\n'.replace('2026', String(new Date().getFullYear())),
  ]);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

const CODE = `V-${new Date().getFullYear()}-0001`;

describe('vigia case', { timeout: 60_000 }, () => {
  it('needs the right passphrase, and says so in the reader’s language', async () => {
    const wrong = await vigia(['case', 'list', '--lang', 'es'], {
      VIGIA_PASSPHRASE: 'something else entirely',
    });
    const none = await vigia(['case', 'list', '--lang', 'en'], { VIGIA_PASSPHRASE: '' });
    const noVault = await vigia(['case', 'list', '--lang', 'en', '--vault', join(folder, 'nothing')]);

    expect([wrong.code, wrong.stdout]).toEqual([1, '']);
    expect(wrong.stderr).toMatch(/frase|contraseña/);
    expect([none.code, noVault.code]).toEqual([1, 1]);
    expect(noVault.stderr).toContain('vigia case new');
  });

  it('keeps what a check finds, finds it again, and verifies', async () => {
    const checked = await vigia(['check', messages, '--case', CODE, '-i', list, '--json', '--lang', 'en']);
    const result = JSON.parse(checked.stdout) as { counts: Record<string, number>; findings: unknown[] };
    const shown = await vigia(['case', 'show', CODE, '--json']);
    const found = await vigia(['case', 'search', 'manana', '--lang', 'en']);
    const verified = await vigia(['case', 'verify', CODE, '--json']);

    expect(result.counts).toMatchObject({ message: 2 });
    expect(JSON.parse(shown.stdout)).toMatchObject({
      case: { code: CODE, clientRef: 'Ceiba' },
      evidence: [{ label: 'E-001', originalName: 'messages.csv' }],
      runs: [{ evidence: { e1: 'E-001' } }],
    });
    expect(found.stdout).toContain('Nos vemos mañana');
    expect(found.stdout).toContain('One record.');
    expect(JSON.parse(verified.stdout)).toMatchObject({
      isWhole: true,
      cases: [{ log: { ok: true }, items: [{ original: 'same' }] }],
    });
  });

  it('hunts for new indicators in what is stored, and says only once what is new', async () => {
    const data = join(folder, 'data');
    const hunt = (): Promise<CliRun> =>
      vigia(['indicators', 'import', list, '--retro', '--lang', 'en'], { VIGIA_DATA_DIR: data });
    const first = await hunt();
    const second = await hunt();

    expect(first.stdout).toMatch(/new match/);
    expect(first.stdout).toContain(CODE);
    expect(second.stdout).toMatch(/nothing new, /);
  });

  it('lets nothing out without consent, and what it allows with it', async () => {
    const out = join(folder, 'out');
    const refused = await vigia(['case', 'export', CODE, '--out', out, '--lang', 'en']);
    const existed = existsSync(out);
    const consent = await vigia([
      'case',
      'consent',
      CODE,
      '--allow',
      'analyse,retain,share-indicators',
      '--lang',
      'en',
    ]);
    const wrongScope = await vigia(['case', 'consent', CODE, '--allow', 'everything', '--lang', 'en']);
    const allowed = await vigia(['case', 'export', CODE, '--out', out, '--to', 'R3D', '--lang', 'en']);

    expect([refused.code, existed]).toEqual([1, false]);
    expect(refused.stderr).toContain('no consent on record');
    expect([consent.code, wrongScope.code, allowed.code]).toEqual([0, 2, 0]);
    expect(wrongScope.stderr).toContain('share-indicators');
    expect(readFileSync(join(out, 'indicators.csv'), 'utf8')).toContain(LISTED_HOST);
    expect(readFileSync(join(out, 'stix-bundle.json'), 'utf8')).not.toContain('Ceiba');
  });

  it('writes a dossier in its own language, whatever the check was in', async () => {
    const out = join(folder, 'dossier');
    const args = ['case', 'export', CODE, '--out', out, '--format', 'dossier', '--profile', 'for-prosecutor'];
    const given = await vigia(['case', 'consent', CODE, '--allow', 'analyse,retain,use-in-complaint']);
    const written = await vigia([...args, '--to', 'FEADLE', '--lang', 'es']);
    const page = readFileSync(join(out, 'dossier.es.html'), 'utf8');

    expect([given.code, written.code]).toEqual([0, 0]);
    expect(page).toContain(listedEs.variants['link-received'].benignCauses[0]);
    expect(page).not.toContain(listedEn.variants['link-received'].benignCauses[0]);
  });

  it('seals evidence into the vault and writes it out again', async () => {
    const sealed = await vigia(['case', 'seal', CODE, '--lang', 'en']);
    const again = await vigia(['case', 'seal', CODE, '--lang', 'en']);
    const verified = await vigia(['case', 'verify', CODE, '--lang', 'en']);
    const out = join(folder, 'copy.csv');
    const written = await vigia(['case', 'unseal', CODE, 'e-001', '--out', out, '--lang', 'es']);
    const inTheWay = await vigia(['case', 'unseal', CODE, 'E-001', '--out', out, '--lang', 'es']);

    expect([sealed.code, again.code, verified.code, written.code, inTheWay.code]).toEqual([0, 0, 0, 0, 1]);
    expect(sealed.stdout).toContain('E-001 sealed');
    expect(again.stdout).toContain('no evidence left to seal');
    expect(verified.stdout).toContain('messages.csv: the same; sealed copy: the same');
    expect(readFileSync(out).equals(readFileSync(messages))).toBe(true);
    expect(inTheWay.stderr).toContain('ya existe');
  });

  it('writes nothing into evidence, nor into the vault', async () => {
    const root = join(folder, 'phone');
    mkdirSync(join(root, 'inner'), { recursive: true });
    writeFileSync(join(root, 'a.txt'), 'a');
    const taken = await vigia(['case', 'add', CODE, root]);
    const codes: (number | null)[] = [];
    for (const place of [join(root, 'inner'), vault]) {
      for (const args of [
        ['export', CODE, '--out', place, '--to', 'R3D'],
        ['log', CODE, '--out', place],
        ['unseal', CODE, 'E-001', '--out', join(place, 'x.csv')],
      ])
        codes.push((await vigia(['case', ...args, '--lang', 'en'])).code);
    }

    expect(taken.code).toBe(0);
    expect(new Set(codes).has(0)).toBe(false);
    expect([readdirSync(join(root, 'inner')), existsSync(join(vault, 'custody.jsonl'))]).toEqual([[], false]);
  });

  it('prints the receipt, and destroys only when told to', async () => {
    const receipt = await vigia(['case', 'receipt', CODE, '--lang', 'es']);
    const kept = await vigia(['case', 'delete', CODE, '--reason', 'test', '--lang', 'en']);
    const gone = await vigia(['case', 'delete', CODE, '--reason', 'test', '--yes', '--lang', 'en']);
    const listed = await vigia(['case', 'list', '--lang', 'en']);

    expect(receipt.stdout).toContain('RECIBO');
    expect(kept.code).toBe(2);
    expect(gone.stdout).toContain(`${CODE}: destroyed`);
    expect(listed.stdout).toContain('There are no cases yet');
  });

  it('refuses a wrong code, state and date', async () => {
    const code = await vigia(['case', 'show', 'V-2000-9999', '--lang', 'en']);
    const word = await vigia(['case', 'set', CODE, '--tlp', 'purple', '--lang', 'en']);

    expect([code.code, word.code]).toEqual([1, 2]);
    expect(code.stderr).toContain('V-2000-9999');
  });
});
