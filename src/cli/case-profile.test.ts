import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROFILE_ERROR_CODES } from '../check/profile-error.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { labFolder } from './testing/built-cli.js';
import { checkMain, runMain } from './testing/run-main.js';

const lab = labFolder();
const text = join(lab, 'sms.txt');
writeFileSync(text, 'De: 55500\nFecha: 03/04/2021 10:00\nMensaje: Vea https://lure.example.org/1');

function given(name: string, content: string): string {
  const path = join(lab, name);
  writeFileSync(path, content);
  return path;
}

/** When the message was, and what is said about its time. */
async function readWith(...args: string[]): Promise<{ at: string | null | undefined; said: string[] }> {
  const { result, code } = await checkMain([text, ...args]);
  expect(code).toBe(0);
  const [entry] = result.coverage;
  return { at: entry?.firstAt, said: (entry?.problems ?? []).map((problem) => problem.code) };
}

describe('--profile', () => {
  it('says how times are to be read, and --date-order wins over it', async () => {
    const profile = given('times.yaml', 'dateOrder: month-first\ntimeZone: America/Mexico_City\n');

    expect(await readWith()).toEqual({
      at: '2021-04-03T10:00:00.000000Z',
      said: ['date-order-assumed', 'time-zone-assumed'],
    });
    expect(await readWith('--profile', profile)).toEqual({ at: '2021-03-04T16:00:00.000000Z', said: [] });
    expect(await readWith('--profile', profile, '--date-order', 'day-first')).toEqual({
      at: '2021-04-03T16:00:00.000000Z',
      said: [],
    });
    expect(await readWith('--date-order', 'month-first')).toEqual({
      at: '2021-03-04T10:00:00.000000Z',
      said: ['time-zone-assumed'],
    });
    // The zone of reports is another matter.
    expect((await readWith('--profile', profile, '--tz', 'Asia/Tokyo')).at).toBe(
      '2021-03-04T16:00:00.000000Z',
    );
  });

  it('leaves nothing of itself in any output', async () => {
    const secret = 'Secretísima';
    const profile = given(
      'secret.json',
      JSON.stringify({
        people: [
          { code: 'P1', names: [secret], addresses: [`${secret}@example.org`], files: [`${secret}/**`] },
        ],
        organisations: [secret],
        colleagues: [secret],
        topics: [secret],
        knownSenders: [secret],
        brands: [{ name: secret, domains: ['secretisima.example'] }],
      }),
    );
    const out = join(lab, 'out');
    const run = await runMain(['check', text, '--profile', profile, '--out', out]);
    const json = await runMain(['check', text, '--profile', profile, '--json']);

    expect(run).toMatchObject({ code: 0, stderr: '', leftovers: [] });
    const written = readdirSync(out).map((name) => readFileSync(join(out, name), 'utf8'));
    for (const output of [run.stdout, json.stdout, ...written]) expect(output).not.toMatch(/secret[ií]sima/i);
  });

  it.each([
    [
      'unknown.yaml',
      'people:\n  - code: P1\n    name: Ana\n',
      'línea 3: la clave «people[0].name» no existe',
      'line 3: there is no key “people[0].name”',
    ],
    [
      'wrong.yaml',
      'people: Ana\n',
      'línea 1: «people» debe ser una lista',
      'line 1: “people” must be a list',
    ],
    [
      'missing.yaml',
      'people:\n  - names: [Ana]\n',
      'línea 2: falta «people[0].code»',
      'line 2: “people[0].code” is missing',
    ],
    ['zone.yaml', 'timeZone: Mars\n', 'no es una zona horaria conocida', 'is not a known time zone'],
    ['order.yaml', 'dateOrder: dmy\n', 'day-first y month-first', 'day-first and month-first'],
    [
      'many.yaml',
      `topics: [${Array(1_001).fill('a').join(', ')}]\n`,
      'más largo de lo que se acepta (1,000)',
      'longer than is accepted (1,000)',
    ],
    ['letter.yaml', 'Dear friend, how are you?\n', 'no es un perfil de caso', 'not a case profile'],
    ['broken.json', '{"people": [', 'línea 1: no es YAML ni JSON', 'line 1: this is neither'],
    [
      'twice.yaml',
      'topics: [a]\ntopics: [b]\n',
      'línea 2: una clave está repetida',
      'line 2: a key is repeated',
    ],
    [
      'alias.yaml',
      'topics: &a [x]\ncolleagues: *a\n',
      'línea 2: los perfiles no usan referencias',
      'line 2: profiles do not use references',
    ],
    ['deep.yaml', '['.repeat(100_000), 'anidado a más profundidad', 'nested deeper'],
    ['empty.yaml', '', 'no es un perfil de caso', 'not a case profile'],
  ])('that is wrong ends with 1, the file and the place: %s', async (name, content, es, en) => {
    const profile = given(name, content);
    const spanish = await runMain(['check', text, '--profile', profile, '--lang', 'es']);
    const english = await runMain(['check', text, '--profile', profile, '--lang', 'en']);

    for (const run of [spanish, english]) {
      expect(run).toMatchObject({ code: 1, stdout: '', leftovers: [] });
      expect(run.stderr).toContain(profile);
      expect(run.stderr.trim().split('\n')).toHaveLength(1);
    }
    expect(spanish.stderr).toContain(es);
    expect(english.stderr).toContain(en);
  });

  it('has a sentence for every way it can be wrong', () => {
    for (const texts of [es, en])
      expect(Object.keys(texts.cli.error.profile).sort()).toEqual([...PROFILE_ERROR_CODES].sort());
  });

  it('that is not there, a folder or huge ends with 1', async () => {
    const huge = given('huge.yaml', '# a\n'.repeat(1_100_000));
    const nowhere = join(lab, 'nowhere.yaml');
    const run = (path: string): ReturnType<typeof runMain> =>
      runMain(['check', text, '--profile', path, '--lang', 'es']);

    expect(await run(nowhere)).toMatchObject({
      code: 1,
      stderr: `Error: No se pudo leer el perfil ${nowhere}.\n`,
    });
    expect(await run(lab)).toMatchObject({ code: 1, stderr: `Error: No se pudo leer el perfil ${lab}.\n` });
    expect((await run(huge)).stderr).toContain('es demasiado grande');
  });
});

describe('--events', () => {
  it('is read beside the profile, and refused with the line of what is wrong', async () => {
    const profile = given('with.yaml', 'publications:\n  - at: 2026-03-05\n    title: One\n');
    const good = given('good.csv', 'fecha,título\n2026-03-05 14:00,El río\n');
    expect((await runMain(['check', text, '--events', good, '--profile', profile])).code).toBe(0);
    expect((await runMain(['check', text, '--events', good])).code).toBe(0);

    for (const [name, content, es, en] of [
      [
        'date.csv',
        'fecha,título\nayer,El río\n',
        'línea 2: no se entiende la fecha',
        'line 2: the date cannot',
      ],
      ['columns.csv', 'a,b\nc,d\n', 'línea 1: faltan las columnas', 'line 1: the columns are missing'],
    ] as const) {
      const path = given(name, content);
      for (const [language, words] of [
        ['es', es],
        ['en', en],
      ] as const) {
        const { code, stderr } = await runMain(['check', text, '--events', path, '--lang', language]);
        expect(code).not.toBe(0);
        expect(stderr).toContain(words);
      }
    }
  });
});
