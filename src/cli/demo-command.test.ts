import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { resultSchema } from '../core/result.js';
import { ensureBuilt, hashesOf, labFolder, runCli } from './testing/built-cli.js';
import { runMain } from './testing/run-main.js';

const lab = labFolder();
beforeAll(ensureBuilt, 240_000);

describe('the demo', () => {
  it('writes a synthetic case, checks it and says where the report is, twice in a row', async () => {
    const folder = join(lab, 'demostración');
    const first = await runCli(['demo', folder, '--lang', 'es']);
    const evidence = hashesOf(join(folder, 'iphone-cifrado'));
    writeFileSync(join(folder, 'mis notas.txt'), 'mías');
    const second = await runCli(['demo', folder, '--lang', 'es']);

    for (const run of [first, second]) {
      expect(run).toMatchObject({ code: 0, stderr: '', leftovers: [] });
      expect(run.stdout).toContain('Todo en este caso es inventado');
      expect(run.stdout).toContain(join(folder, 'informe', 'report.html'));
      const vault = join(folder, 'boveda');
      expect(run.stdout).toContain(`\n  node ${join('bin', 'vigia.js')} serve --vault "${vault}"\n`);
      expect(run.stdout).toContain('la frase de paso, es: ceiba faro nube lunes pan vela\n');
      expect(run.stdout).toMatch(/\d+ mensajes a 12 personas van juntos/);
      // Links are shown, and cannot be opened by accident.
      expect(run.stdout).toContain('hxxps://smsmensaje[.]mx/1002011s/');
      expect(run.stdout).not.toMatch(/https?:\/\/smsmensaje|smsmensaje\.mx/);
    }
    // The receipt is of a log with other keys and times each time.
    const lasting = ({ stdout }: typeof first): string =>
      stdout.replace(/^(Entrada|Código|Palabras)\b.*$/gm, '$1 …');
    expect(lasting(second)).toBe(lasting(first));
    expect(first.stdout).toMatch(/^Palabras: (\S+ ){7}\S+$/m);
    for (const name of ['dossier.es.html', 'dossier.en.html']) {
      expect(readFileSync(join(folder, 'dossier', name), 'utf8')).toContain('E-001');
    }
    expect(hashesOf(join(folder, 'iphone-cifrado'))).toEqual(evidence);
    expect(readFileSync(join(folder, 'mis notas.txt'), 'utf8')).toBe('mías');
    const result = resultSchema.parse(
      JSON.parse(readFileSync(join(folder, 'informe', 'result.json'), 'utf8')),
    );
    const campaign = result.findings.find(({ detector }) => detector === 'lures/campaign');
    expect(campaign?.subjects.toSorted()).toEqual(
      Array.from({ length: 12 }, (_, index) => `P${String(index + 1).padStart(2, '0')}`),
    );
    expect(Date.parse(String(campaign?.details?.lastAt)) - Date.parse(campaign?.at ?? '')).toBeGreaterThan(
      500 * 86_400_000,
    );
    expect(result.findings.filter(({ severity }) => severity === 'critical').length).toBeGreaterThan(0);
    expect(result.coverage.every(({ status }) => status === 'read' || status === 'empty')).toBe(true);
  }, 60_000);

  it('does the same in English, in a folder of the default name', async () => {
    const run = await runCli(['demo'], { cwd: lab });

    expect(run).toMatchObject({ code: 0, stderr: '', leftovers: [] });
    expect(run.stdout).toContain('Everything in this case is invented');
    expect(existsSync(join(lab, 'vigia-demo', 'report', 'report.html'))).toBe(true);
    expect(run.stdout).not.toMatch(/[¿¡]/);
    expect(run.stdout).toContain(` serve --vault ${join('vigia-demo', 'boveda')}\n`);
  });

  it('takes an empty folder, and never one that holds something else', async () => {
    const foreign = join(lab, 'foreign');
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'thesis.txt'), 'mine');
    const empty = join(lab, 'empty');
    mkdirSync(empty);
    const file = join(lab, 'file');
    writeFileSync(file, 'mine');

    const refused = await runMain(['demo', foreign, '--lang', 'es']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('ya existe, tiene otras cosas y no la escribió esta orden');
    expect(readdirSync(foreign)).toEqual(['thesis.txt']);
    const notAFolder = await runMain(['demo', file, '--lang', 'es']);
    expect(notAFolder).toMatchObject({ code: 1, stdout: '' });
    expect(notAFolder.stderr).toContain('no es una carpeta');
    expect((await runMain(['demo', empty])).code).toBe(0);
  });
});
