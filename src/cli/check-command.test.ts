import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BuiltBackup } from '../../fixtures/ios-backup.js';
import { resultSchema } from '../core/result.js';
import { checkJson, ensureBuilt, hashesOf, labFolder, ROOT, runCli, startCli } from './testing/built-cli.js';
import { checkMain, runMain } from './testing/run-main.js';
import {
  LISTED_HOST,
  LURE_AT,
  PASSWORD,
  smallPhone,
  writeEncryptedPhone,
  writePhone,
} from './testing/small-phones.js';

const lab = labFolder();
const phone = join(lab, 'respaldo de Núria 📱');
const locked = join(lab, 'locked');
const list = join(lab, 'list.txt');
const windows = process.platform === 'win32';
const root = process.getuid?.() === 0;
let lockedPhone: BuiltBackup;
let hashes: Record<string, string>;

beforeAll(async () => {
  await ensureBuilt();
  writePhone(phone);
  lockedPhone = writeEncryptedPhone(locked);
  writeFileSync(list, `${LISTED_HOST}\nlure.example.net\n`);
  hashes = { ...hashesOf(phone), ...hashesOf(locked) };
}, 240_000);

/** The evidence of all tests is the same before and after each of them. */
function expectEvidenceUnchanged(): void {
  expect({ ...hashesOf(phone), ...hashesOf(locked) }).toEqual(hashes);
}

describe('what was given', () => {
  it('is read wherever it lies, spaces and other scripts in the path included', async () => {
    const { result, ...run } = await checkJson([phone]);

    expect(run).toMatchObject({ code: 0, stderr: '', leftovers: [] });
    expect(result.evidence).toMatchObject([{ id: 'e1', path: phone, kind: 'ios-backup', problems: [] }]);
    expect(result.counts).toMatchObject({ message: 2, 'calendar-event': 1 });
    expectEvidenceUnchanged();
  });

  it('may begin with "-", after "--"', async () => {
    const folder = join(lab, '--json');
    writePhone(folder);
    const run = await runCli(['check', '--json', '--', '--json'], { cwd: lab });

    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(resultSchema.parse(JSON.parse(run.stdout)).counts).toMatchObject({ message: 2 });
  });

  it('ends with 1 when it is not there', async () => {
    const run = await runMain(['check', join(lab, 'nowhere'), join(lab, 'nor here'), '--lang', 'es']);

    expect(run).toMatchObject({ code: 1, stdout: '', leftovers: [] });
    expect(run.stderr).toBe(`Error: ${join(lab, 'nowhere')}: no existe.\n`);
  });

  it('ends with 3 when a part of it is not there, and the rest is read', async () => {
    const { result, ...run } = await checkMain([join(lab, 'nowhere'), phone]);

    expect(run).toMatchObject({ code: 3, stderr: '', leftovers: [] });
    expect(result.evidence).toMatchObject([
      { id: 'e1', kind: 'missing', problems: [{ code: 'missing', effect: 'lost' }] },
      { id: 'e2', kind: 'ios-backup' },
    ]);
    expect(result.counts).toMatchObject({ message: 2 });
  });

  it('ends with 1 when it is an empty folder, and says so', async () => {
    const empty = join(lab, 'empty');
    mkdirSync(empty);
    const es = await runMain(['check', empty, '--lang', 'es']);
    const en = await runMain(['check', empty, '--lang', 'en']);

    expect(es).toMatchObject({ code: 1, stdout: '', leftovers: [] });
    expect(es.stderr).toContain('No se pudo abrir nada de lo indicado.');
    expect(en).toMatchObject({ code: 1, stdout: '' });
    expect(en.stderr).toContain('Nothing of what was given could be opened.');
    expect(readdirSync(empty)).toEqual([]);
  });

  it('ends with 3 when nothing in it is known, and names what it was', async () => {
    const folder = join(lab, 'holiday');
    mkdirSync(folder);
    writeFileSync(join(folder, 'notes.txt'), 'milk, bread');
    writeFileSync(join(folder, 'photo.jpg'), Buffer.from([0xff, 0xd8, 0xff, 0xe0]));
    const { result, ...run } = await checkMain([folder]);

    expect(run).toMatchObject({ code: 3, stderr: '', leftovers: [] });
    expect(result.verdict.code).toBe('only-compared');
    expect(result.evidence).toMatchObject([
      {
        kind: 'folder',
        details: { unrecognisedFiles: 2, unrecognisedExamples: ['notes.txt', 'photo.jpg'] },
      },
    ]);
  });

  it('may hold two backups, which are two evidences', async () => {
    const folder = join(lab, 'two');
    writePhone(join(folder, 'a'));
    writePhone(join(folder, 'b'));
    const { result, ...run } = await checkMain([folder, '-i', list]);

    expect(run).toMatchObject({ code: 0, stderr: '', leftovers: [] });
    expect(result.evidence.map(({ id, kind, path }) => ({ id, kind, path }))).toEqual([
      { id: 'e1', kind: 'folder', path: folder },
      { id: 'e2', kind: 'ios-backup', path: `${folder}/a` },
      { id: 'e3', kind: 'ios-backup', path: `${folder}/b` },
    ]);
    expect(result.counts).toMatchObject({ message: 4 });
    const places = result.findings
      .filter(({ detector }) => detector === 'indicators/match')
      .flatMap(({ evidence }) => evidence.map(({ evidence: id }) => id));
    expect(places.sort()).toEqual(['e2', 'e3']);
  });

  it.skipIf(windows || root)('ends with 1 when there is no permission, and says what may help', async () => {
    const folder = join(lab, 'forbidden');
    writePhone(folder);
    chmodSync(folder, 0o000);
    try {
      const run = await runMain(['check', folder]);
      expect(run).toMatchObject({ code: 1, stdout: '', leftovers: [] });
      expect(run.stderr).toContain('there is no permission to read it');
    } finally {
      chmodSync(folder, 0o755);
    }
  });
});

describe('passwords', () => {
  it('opens with the right one from every place it may come from', async () => {
    const file = (name: string, content: string | Uint8Array): string => {
      writeFileSync(join(lab, name), content);
      return join(lab, name);
    };
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`${PASSWORD}\r\n`, 'utf16le')]);
    const ways: [string, string[], Record<string, string>?][] = [
      ['--password', ['--password', PASSWORD]],
      ['-p', ['-p', PASSWORD]],
      ['file', ['--password-file', file('p1', PASSWORD)]],
      ['file with a line end', ['--password-file', file('p2', `${PASSWORD}\n`)]],
      ['file of Windows', ['--password-file', file('p3', `\ufeff${PASSWORD}\r\n`)]],
      ['file of PowerShell', ['--password-file', file('p4', utf16)]],
      ['file with more lines', ['--password-file', file('p5', `${PASSWORD}\nwritten down on Monday\n`)]],
      ['variable', [], { VIGIA_PASSWORD: PASSWORD }],
      ['key file', ['--key-file', file('key', `${lockedPhone.keyHex}\n`)]],
    ];
    for (const [name, args, env] of ways) {
      const { result, ...run } = await checkMain([locked, ...args], env);
      expect(run, name).toMatchObject({ code: 0, stderr: '', leftovers: [] });
      expect(result.counts, name).toMatchObject({ message: 2 });
    }
    expectEvidenceUnchanged();
  });

  it('keeps the spaces of a password file', async () => {
    const folder = join(lab, 'spaced');
    writeEncryptedPhone(folder, { encrypted: { password: '  two  spaces ', dpic: 100, iter: 100 } });
    writeFileSync(join(lab, 'spaces.txt'), '  two  spaces \n');
    const { result } = await checkMain([folder, '--password-file', join(lab, 'spaces.txt')]);

    expect(result.counts).toMatchObject({ message: 2 });
  });

  it('ends with 3 with a wrong one, which is said as such', async () => {
    const { result, ...run } = await checkJson([locked, '--password', 'wrong', '--lang', 'es']);
    const shown = await runCli(['check', locked, '--password', 'wrong', '--lang', 'es']);

    expect(run).toMatchObject({ code: 3, stderr: '', leftovers: [] });
    expect(result.verdict.code).toBe('nothing-read');
    expect(codesOf(result.coverage)).toContain('wrong-password');
    expect(result.coverage.find(({ reader }) => reader === 'ios/sms')?.status).toBe('encrypted');
    expect(result.counts).not.toHaveProperty('message');
    expect(shown.code).toBe(3);
    expect(shown.stdout).toMatch(/contraseña/i);
    expectEvidenceUnchanged();
  });

  it('ends with 3 without one, and says that it is needed', async () => {
    const { result, ...run } = await checkMain([locked]);

    expect(run).toMatchObject({ code: 3, stderr: '', leftovers: [] });
    expect(codesOf(result.coverage)).toContain('password-needed');
    expect(codesOf(result.coverage)).not.toContain('wrong-password');
    expect(result.verdict.code).toBe('nothing-read');
    // What lies open is still read: whose backup it is.
    expect(result.coverage.find(({ reader }) => reader === 'ios/backup-info')?.status).toBe('read');
  });

  it('ends with 1 when the file of the password or of the key cannot be used', async () => {
    writeFileSync(join(lab, 'nothing.txt'), '\n');
    writeFileSync(join(lab, 'no key'), 'abc');
    const cases: [string[], string][] = [
      [['--password-file', join(lab, 'nowhere')], 'No se pudo leer el archivo de contraseña'],
      [['--password-file', lab], 'No se pudo leer el archivo de contraseña'],
      [['--password-file', join(lab, 'nothing.txt')], 'no tiene nada en su primera línea'],
      [['--key-file', join(lab, 'no key')], 'no tiene una clave de 64 cifras'],
      [['--key-file', join(lab, 'nowhere')], 'no tiene una clave de 64 cifras'],
    ];
    for (const [args, words] of cases) {
      const run = await runMain(['check', locked, ...args, '--lang', 'es']);
      expect(run, args[0]).toMatchObject({ code: 1, stdout: '', leftovers: [] });
      expect(run.stderr).toContain(words);
    }
  });
});

describe('--json', () => {
  it('prints one document of the published schema and nothing else, also about damaged evidence', async () => {
    const damaged = join(lab, 'damaged');
    const files = smallPhone();
    writePhone(damaged, {
      files: files.map((file) =>
        file.path.endsWith('sms.db') && file.content
          ? { ...file, content: Buffer.from(file.content).subarray(0, 5_000) }
          : file,
      ),
    });
    const { result, ...run } = await checkJson([
      damaged,
      '--indicators',
      list,
      '--out',
      join(lab, 'out json'),
    ]);

    expect(run).toMatchObject({ code: 3, stderr: '', leftovers: [] });
    expect(run.stdout.trimStart()).toBe(run.stdout);
    expect(JSON.parse(readFileSync(join(lab, 'out json', 'result.json'), 'utf8'))).toEqual(result);
    expect(result.coverage.find(({ reader }) => reader === 'ios/sms')?.status).toMatch(/unreadable|partial/);
    // The others are read all the same.
    expect(result.coverage.find(({ reader }) => reader === 'ios/calendar')?.status).toBe('read');
  });

  it('has every field that the shipped schema requires', async () => {
    const { result } = await checkMain([phone, '-i', list]);
    const schema: unknown = JSON.parse(
      readFileSync(join(ROOT, 'schemas', 'vigia.result-1.schema.json'), 'utf8'),
    );

    expect(missingFields(schema, result)).toEqual([]);
    expect(missingFields(schema, { ...result, findings: [{ id: 'f1' }] })).toContain('findings.0.detector');
  });
});

describe('--out', () => {
  it('writes the five files, for nobody else to read', async () => {
    const out = join(lab, 'caso 1', 'informe');
    const run = await runCli(['check', phone, '-i', list, '--out', out, '--lang', 'es']);

    expect(run).toMatchObject({ code: 0, stderr: '', leftovers: [] });
    expect(run.stdout).toContain(out);
    expect(readdirSync(out).sort()).toEqual([
      'records.jsonl',
      'report.html',
      'report.pdf',
      'result.json',
      'timeline.csv',
    ]);
    const result = resultSchema.parse(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')));
    expect(result.findings.map(({ detector }) => detector)).toContain('indicators/match');
    const records = readFileSync(join(out, 'records.jsonl'), 'utf8').trimEnd().split('\n');
    expect(records.filter((line) => JSON.parse(line).kind === 'message')).toHaveLength(2);
    expect(readFileSync(join(out, 'timeline.csv'), 'utf8')).toContain('2024-02-12T20:05:33');
    const html = readFileSync(join(out, 'report.html'), 'utf8');
    expect(html).toContain('lang="es"');
    expect(html).not.toMatch(new RegExp(`https?://${LISTED_HOST}`));
    if (!windows) {
      expect(statSync(out).mode & 0o777).toBe(0o700);
      for (const name of readdirSync(out)) expect(statSync(join(out, name)).mode & 0o777, name).toBe(0o600);
    }
    expectEvidenceUnchanged();
  });

  it('replaces the files of an earlier run and touches nothing else there', async () => {
    const out = join(lab, 'again');
    mkdirSync(out);
    writeFileSync(join(out, 'notes.txt'), 'mine');
    writeFileSync(join(out, 'result.json'), 'old');
    const first = await runMain(['check', phone, '--out', out]);
    const second = await runMain(['check', phone, '--out', out]);

    expect([first.code, second.code]).toEqual([0, 0]);
    expect(readFileSync(join(out, 'notes.txt'), 'utf8')).toBe('mine');
    expect(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'))).toHaveProperty('schema');
    expect(readdirSync(out)).toHaveLength(6);
  });

  it('is refused inside the evidence, through links too, and nothing is written', async () => {
    const link = join(lab, 'link to phone');
    if (!windows) symlinkSync(phone, link);
    const inside = [phone, join(phone, 'informe'), join(phone, '0d', 'a', 'b'), join(phone, 'x', '..', 'y')];
    const ways: [evidence: string, out: string][] = inside.map((out) => [phone, out]);
    if (!windows) ways.push([link, join(phone, 'informe')], [phone, join(link, 'informe')]);
    for (const [evidence, out] of ways) {
      const run = await runMain(['check', evidence, '--out', out, '--lang', 'es']);
      expect(run, out).toMatchObject({ code: 1, stdout: '', leftovers: [] });
      expect(run.stderr).toContain('está dentro de la evidencia');
      expect(run.stderr).toContain('La evidencia nunca se modifica');
    }
    const relative = await runCli(['check', '.', '--out', 'informe'], { cwd: phone });
    expect(relative).toMatchObject({ code: 1, stdout: '' });
    expect(relative.stderr).toContain('lies inside the evidence');
    expectEvidenceUnchanged();
  });

  it('is refused where it would replace a file of the evidence', async () => {
    const folder = join(lab, 'earlier');
    mkdirSync(folder);
    writeFileSync(join(folder, 'records.jsonl'), '{}\n');
    const run = await runMain(['check', join(folder, 'records.jsonl'), phone, '--out', folder]);

    expect(run).toMatchObject({ code: 1, stdout: '', leftovers: [] });
    expect(run.stderr).toContain('would be replaced');
    expect(readFileSync(join(folder, 'records.jsonl'), 'utf8')).toBe('{}\n');
    // Beside a file is no trouble.
    const { code } = await runMain([
      'check',
      join(folder, 'records.jsonl'),
      phone,
      '-o',
      join(folder, 'out'),
    ]);
    expect(code).not.toBe(1);
  });

  it('ends with 1 and the reason when it is a file or cannot be written', async () => {
    const file = join(lab, 'a file');
    writeFileSync(file, 'mine');
    for (const out of [file, join(file, 'below')]) {
      const run = await runMain(['check', phone, '--out', out, '--lang', 'es']);
      expect(run).toMatchObject({ code: 1, stdout: '', leftovers: [] });
      expect(run.stderr).toContain('no es una carpeta');
    }
    expect(readFileSync(file, 'utf8')).toBe('mine');
    if (!windows && !root) {
      const sealed = join(lab, 'sealed');
      mkdirSync(sealed, { mode: 0o500 });
      const run = await runMain(['check', phone, '--out', join(sealed, 'out'), '--lang', 'es']);
      expect(run).toMatchObject({ code: 1, stdout: '', leftovers: [] });
      expect(run.stderr).toContain('No hay permiso para escribir');
    }
  });
});

describe('indicators', () => {
  it('find the message, and each row is pointed at', async () => {
    const { result } = await checkMain([phone, '--indicators', list, '--no-default-indicators']);
    const [finding] = result.findings;

    expect(finding).toMatchObject({
      detector: 'indicators/match',
      severity: 'critical',
      at: LURE_AT,
      indicator: { type: 'domain', value: LISTED_HOST },
      evidence: [{ evidence: 'e1', path: 'HomeDomain/Library/SMS/sms.db', locator: 'message ROWID 2' }],
    });
    expect(result.verdict.code).toBe('targeted');
    expect(result.indicators).toMatchObject([{ count: 2 }]);
  });

  it('may be a folder, and several', async () => {
    const folder = join(lab, 'lists');
    mkdirSync(join(folder, 'deep'), { recursive: true });
    writeFileSync(join(folder, 'a.txt'), 'a.example.net\n');
    writeFileSync(join(folder, 'deep', 'b.txt'), 'b.example.net\nc.example.net\n');
    writeFileSync(join(folder, 'README.md'), 'not a list');
    const { result } = await checkMain([phone, '-i', folder, '-i', list, '--no-default-indicators']);

    expect(result.indicators.map(({ count }) => count)).toEqual([1, 2, 2]);
  });

  it('with one bad entry are used, and the entry is named', async () => {
    const bad = join(lab, 'bad.stix2');
    const indicator = (id: number, pattern: string): object => ({
      type: 'indicator',
      id: `indicator--00000000-0000-4000-8000-00000000000${id}`,
      pattern,
      pattern_type: 'stix',
    });
    const objects = [
      indicator(1, `[domain-name:value='${LISTED_HOST}']`),
      indicator(2, '[domain-name:value='),
      indicator(3, "[domain-name:value='c.example.net']"),
    ];
    writeFileSync(bad, JSON.stringify({ type: 'bundle', id: 'bundle--1', objects }));
    const { result, ...run } = await checkMain([phone, '-i', bad, '--no-default-indicators', '--lang', 'es']);

    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(result.indicators).toMatchObject([{ count: 2 }]);
    const problem = result.indicators[0]?.problems.find(({ code }) => code === 'bad-entry');
    expect(problem).toMatchObject({ path: bad, locator: expect.stringContaining('00000000000' + '2') });
    expect(result.findings.some(({ indicator: found }) => found?.value === LISTED_HOST)).toBe(true);
  });

  it('that are none, or are not there, end with 1 and the reason: a check without them would look clean', async () => {
    const empty = join(lab, 'no lists');
    mkdirSync(empty);
    writeFileSync(join(lab, 'letter.txt'), 'Dear friend,\nhow are you?\n');
    const cases: [string, RegExp][] = [
      [join(lab, 'letter.txt'), /ninguno de los formatos/],
      [join(lab, 'nowhere.txt'), /No existe/],
      [empty, /No hay archivos dentro/],
    ];
    for (const [path, words] of cases) {
      const run = await runMain(['check', phone, '-i', list, '-i', path, '--lang', 'es']);
      expect(run, path).toMatchObject({ code: 1, stdout: '', leftovers: [] });
      expect(run.stderr).toContain(path);
      expect(run.stderr).toMatch(words);
    }
  });
});

describe('other options', () => {
  it('--fail-on ends with 10 from that severity on', async () => {
    const codes: Record<string, number | null> = {};
    for (const severity of ['info', 'high', 'critical']) {
      codes[severity] = (await runMain(['check', phone, '-i', list, '--fail-on', severity])).code;
    }
    const clean = await runCli(['check', phone, '--fail-on', 'high']);
    const locked_ = await runMain(['check', locked, '--fail-on', 'high']);

    expect(codes).toEqual({ info: 10, high: 10, critical: 10 });
    expect(clean.code).toBe(0);
    expect(locked_.code).toBe(3);
  });

  it('--only and --skip choose readers, by name or by room', async () => {
    const readersOf = async (...args: string[]): Promise<Set<string>> =>
      new Set((await checkMain([phone, ...args])).result.coverage.map(({ reader }) => reader));

    expect(await readersOf('--only', 'ios/sms,calendar')).toEqual(new Set(['ios/sms', 'ios/calendar']));
    const without = await readersOf('--skip', 'ios/sms');
    expect(without.has('ios/sms')).toBe(false);
    expect(without.has('ios/calendar')).toBe(true);
    expect(await readersOf('--only', 'ios', '--skip', 'sms')).toEqual(without);
  });

  it('--consent is kept in the result', async () => {
    const consent = 'Núria X., in writing, 3 March: her own phone';
    const { result } = await checkMain([phone, '--consent', consent]);

    expect(result.consent).toBe(consent);
    expect((await checkMain([phone])).result.consent).toBeNull();
  });

  it('--verify says nothing when nothing changed', async () => {
    const { result, ...run } = await checkMain([phone, '--verify']);

    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(result.evidence[0]?.problems).toEqual([]);
    expect(result.evidence[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('--tz decides the times that are shown, not those that are stored', async () => {
    const args = ['check', phone, '-i', list];
    const utc = await runMain([...args, '--tz', 'UTC']);
    const mexico = await runMain([...args, '--tz', 'America/Mexico_City']);
    const { result } = await checkMain([phone, '-i', list, '--tz', 'America/Mexico_City']);

    expect(utc.stdout).toContain('20:05:33');
    expect(mexico.stdout).toContain('14:05:33');
    expect(result.findings[0]?.at).toBe(LURE_AT);
    expect(result.tool.timeZone).toBe('America/Mexico_City');
  });

  it('prints no colours into a pipe, with and without NO_COLOR', async () => {
    const runs = await Promise.all([
      runCli(['check', phone, '-i', list]),
      runCli(['check', phone, '-i', list], { env: { NO_COLOR: '1' } }),
      runCli(['check', join(lab, 'nowhere')], { env: { CI: 'true' } }),
    ]);

    for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toContain('\u001b');
  });

  it('bears a reader that has seen enough, and keeps its exit code', async () => {
    const { child, ended } = startCli(['check', locked, '--json']);
    child.stdout?.once('data', () => child.stdout?.destroy());
    child.stdout?.destroy();
    const run = await ended;

    expect(run).toMatchObject({ code: 3, stderr: '', leftovers: [] });
  });

  it('names the findings in the chosen language', async () => {
    const es = await checkMain([phone, '-i', list, '--lang', 'es']);
    const en = await checkMain([phone, '-i', list, '--lang', 'en']);

    expect(es.result.tool.language).toBe('es');
    expect(es.result.findings.map(({ detector, evidence }) => ({ detector, evidence }))).toEqual(
      en.result.findings.map(({ detector, evidence }) => ({ detector, evidence })),
    );
    for (const [index, finding] of es.result.findings.entries())
      expect(finding.explanation).not.toBe(en.result.findings[index]?.explanation);
  });
});

describe('scratch', () => {
  it('lies where the system says and is gone after a run that failed in the middle', async () => {
    const folder = join(lab, 'hostile');
    cpSync(phone, folder, { recursive: true });
    writeFileSync(join(folder, 'Manifest.db'), Buffer.from('SQLite format 3\0 and nothing of the kind'));
    const { result, ...run } = await checkJson([folder]);

    expect(run).toMatchObject({ code: 3, stderr: '', leftovers: [] });
    expect(result.evidence[0]?.problems.some(({ effect }) => effect === 'lost')).toBe(true);
  });

  it('that cannot be made ends the run with 1', async () => {
    const nowhere = join(lab, 'no temporary folder');
    rmSync(nowhere, { recursive: true, force: true });
    const run = await runCli(['check', phone], { env: { TMPDIR: nowhere, TEMP: nowhere, TMP: nowhere } });

    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(existsSync(nowhere)).toBe(false);
    expectEvidenceUnchanged();
  });
});

function codesOf(coverage: readonly { problems: readonly { code: string }[] }[]): string[] {
  return coverage.flatMap(({ problems }) => problems.map(({ code }) => code));
}

/** Places where a JSON Schema requires a field that is not there: enough of the standard for a schema of plain objects. */
function missingFields(schema: unknown, value: unknown, place = ''): string[] {
  if (!isObject(schema)) return [];
  const at = (name: string | number): string => (place === '' ? String(name) : `${place}.${name}`);
  const either = Array.isArray(schema.anyOf) ? schema.anyOf : null;
  if (either) {
    const all = either.map((option) => missingFields(option, value, place));
    return value === null || all.some((found) => found.length === 0) ? [] : (all[0] ?? []);
  }
  if (schema.type === 'array' && Array.isArray(value)) {
    return value.flatMap((item, index) => missingFields(schema.items, item, at(index)));
  }
  if (schema.type !== 'object' || !isObject(value)) return [];
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const missing = required.filter((name) => !Object.hasOwn(value, name)).map(at);
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  return [
    ...missing,
    ...properties.flatMap(([name, inner]) =>
      Object.hasOwn(value, name) ? missingFields(inner, value[name], at(name)) : [],
    ),
  ];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
