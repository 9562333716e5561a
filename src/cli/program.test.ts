import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt, runCli } from './testing/built-cli.js';
import { runMain } from './testing/run-main.js';

beforeAll(ensureBuilt, 240_000);

/** Commands, and every option each of them has besides the shared ones. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  check: [
    '--indicators',
    '--no-default-indicators',
    '--out',
    '--json',
    '--fail-on',
    '--password',
    '--password-file',
    '--key-file',
    '--only',
    '--skip',
    '--profile',
    '--date-order',
    '--events',
    '--log-format',
    '--scenarios',
    '--tor-exits',
    '--consent',
    '--verify',
    '--case',
    '--description',
    ...['--vault', '--passphrase-file', '--vault-key', '--actor', '--role'],
  ],
  indicators: [],
  'indicators list': [],
  'indicators import': [
    '--licence',
    '--retro',
    '--vault',
    '--passphrase-file',
    '--vault-key',
    '--actor',
    '--role',
  ],
  'indicators search': [],
  'indicators update': ['--yes'],
  serve: ['--port', '--open', '--vault', '--vault-key'],
  demo: [],
};
const SHARED = ['--lang', '--tz', '--quiet', '--help'];

/** What stays as it is in every language: commands, options, severities, file names, system names. */
const LITERALS =
  /--?[\w-]+|\b(check|indicators|demo|serve|VIGIA_VAULT|list|import|search|update|help|info|low|medium|high|critical|vigia|result\.json|records\.jsonl|timeline\.csv|report\.html|America\/Mexico_City|UTC|SHA-256|JSON|es|en|hash|day-first|month-first|YAML)\b/g;
const ENGLISH =
  /\b(usage|options?|commands?|arguments?|the|of|and|for|or|file|folder|show|display|path|dir|code|zone|text|password|default|value|name|readers?|severity|languages?)\b/i;
const SPANISH =
  /[¿¡ñáéóú]|\b(uso|opciones|órdenes|orden|argumentos|el|la|los|de|del|para|ruta|carpeta|archivo|mostrar|idioma|zona|texto|valor|nombre|lectores|gravedad|que|con|si|no se)\b/i;

describe('help', () => {
  it('names every command and option, in the chosen language and in no other', async () => {
    for (const lang of ['es', 'en'] as const) {
      for (const [name, own] of Object.entries(COMMANDS)) {
        const run = await runMain([...name.split(' '), '--help', '--lang', lang]);
        expect(run).toMatchObject({ code: 0, stderr: '' });
        const options = [...run.stdout.matchAll(/^ {2}.*?(--[\w-]+)/gm)].map((match) => match[1] ?? '');
        expect(new Set(options), `${name} ${lang}`).toEqual(new Set([...SHARED, ...own]));
        const words = run.stdout.replaceAll(LITERALS, '').replaceAll('Vigía', '');
        expect(words, `${name} ${lang}`).not.toMatch(lang === 'es' ? ENGLISH : SPANISH);
      }
    }
  });

  it('says what there is, and what each exit code means', async () => {
    const [es, en] = await Promise.all([runCli(['--help', '--lang', 'es']), runCli(['--help'])]);

    for (const run of [es, en]) expect(run).toMatchObject({ code: 0, stderr: '', leftovers: [] });

    for (const command of ['check', 'indicators', 'demo', 'help']) {
      expect(es.stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
      expect(en.stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
    }
    for (const code of ['0', '1', '2', '3', '10']) expect(es.stdout).toMatch(new RegExp(`\\b${code} \\S`));
    expect(es.stdout).toContain('Uso: vigia [opciones] [orden]');
    expect(en.stdout).toContain('Usage: vigia [options] [command]');
    for (const line of [...es.stdout.split('\n'), ...en.stdout.split('\n')])
      expect(line.length).toBeLessThanOrEqual(80);
  });

  it('is also had with the help command, and on standard error when nothing was asked', async () => {
    const asked = await runMain(['help', 'check', '--lang', 'es']);
    const nothing = await runCli([], { env: { LANG: 'es_MX.UTF-8' } });
    const group = await runMain(['indicators'], { LANG: 'en_US.UTF-8' });

    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(asked.stdout).toContain('Uso: vigia check [opciones] <ruta...>');
    expect(nothing).toMatchObject({ code: 2, stdout: '' });
    expect(nothing.stderr).toContain('Uso: vigia');
    expect(group).toMatchObject({ code: 2, stdout: '' });
    expect(group.stderr).toContain('Usage: vigia indicators [options] [command]');
  });

  it('prints the version of the package', async () => {
    const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;

    expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('wrong usage', () => {
  const cases: readonly [args: string[], es: string, en: string][] = [
    [['check'], 'falta el argumento ruta', 'the argument path is missing'],
    [['check', 'x', '--nosuch'], 'la opción --nosuch no existe', 'there is no option --nosuch'],
    [['--nosuch', 'check', 'x'], 'la opción --nosuch no existe', 'there is no option --nosuch'],
    [['revisar', 'x'], 'la orden revisar no existe', 'there is no command revisar'],
    [['indicators', 'nosuch'], 'la orden nosuch no existe', 'there is no command nosuch'],
    [['indicators', 'search'], 'falta el argumento valor', 'the argument value is missing'],
    [['demo', 'a', 'b'], 'hay argumentos de más', 'there are too many arguments'],
    [
      ['check', 'x', '--out', '--json'],
      'a la opción --out le falta su valor',
      'the option --out lacks its value',
    ],
    [['check', 'x', '--out', ''], 'a la opción --out le falta su valor', 'the option --out lacks its value'],
    [
      ['check', 'x', '--only', ' , '],
      'a la opción --only le falta su valor',
      'the option --only lacks its value',
    ],
    [
      ['check', 'x', '--fail-on', 'terrible'],
      '«terrible» no es válido para --fail-on. Opciones: info, low, medium, high, critical.',
      '“terrible” is not valid for --fail-on. Choices: info, low, medium, high, critical.',
    ],
    [
      ['check', 'x', '--date-order', 'dmy'],
      '«dmy» no es válido para --date-order. Opciones: day-first, month-first.',
      '“dmy” is not valid for --date-order. Choices: day-first, month-first.',
    ],
    [
      ['check', 'x', '--profile', '--json'],
      'a la opción --profile le falta su valor',
      'the option --profile lacks its value',
    ],
    [['check', 'x', '--tz', 'Mars/Base'], '«Mars/Base» no es una zona horaria', 'is not a known time zone'],
    [['check', 'x', '--only', 'nosuch'], 'No existe el lector «nosuch»', 'There is no reader “nosuch”'],
    [['check', 'x', '--skip', 'ios/nosuch'], 'ios/sms', 'ios/sms'],
  ];

  it.each(cases)('%j ends with 2 and a sentence in the chosen language', async (args, es, en) => {
    const spanish = await runMain(['--lang', 'es', ...args]);
    const english = await runMain(['--lang', 'en', ...args]);

    expect(spanish).toMatchObject({ code: 2, stdout: '' });
    expect(spanish.stderr).toContain(es);
    expect(english).toMatchObject({ code: 2, stdout: '' });
    expect(english.stderr).toContain(en);
    for (const { stderr } of [spanish, english]) expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('ends the built program in the same way', async () => {
    const run = await runCli(['check', 'x', '--only', 'nosuch', '--lang', 'es']);

    expect(run).toMatchObject({ code: 2, stdout: '', leftovers: [] });
    expect(run.stderr).toMatch(/^Error: No existe el lector «nosuch»\. Los que hay: .*ios\/sms,/);
  });

  it('takes a language that is not there as wrong usage', async () => {
    const run = await runMain(['check', 'x', '--lang', 'fr'], { LANG: 'es_ES.UTF-8' });

    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain('«fr» no es válido para --lang. Opciones: es, en.');
  });

  it('prints no control characters of what was typed', async () => {
    const run = await runMain(['check', 'x', '--tz', 'a\u001b[31m\u202eb']);

    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/a⟨U\+001B⟩\[31m⟨U\+202E⟩b/);
  });
});

describe('language and time zone', () => {
  it.each([
    [{ LANG: 'es_MX.UTF-8' }, 'no existe'],
    [{ LANG: 'es' }, 'no existe'],
    [{ LC_ALL: 'es_AR.UTF-8', LANG: 'en_US.UTF-8' }, 'no existe'],
    [{ LC_MESSAGES: 'es_ES.UTF-8', LANG: 'en_US.UTF-8' }, 'no existe'],
    [{ LANG: 'pt_BR.UTF-8' }, 'does not exist'],
    [{ LANG: 'C.UTF-8' }, 'does not exist'],
  ] satisfies [Record<string, string>, string][])('come from the system: %j', async (env, words) => {
    expect((await runMain(['check', 'nowhere'], env)).stderr).toContain(words);
  });

  it.each([
    [['--lang', 'es', 'check', 'nowhere']],
    [['check', '--lang', 'es', 'nowhere']],
    [['check', 'nowhere', '--lang=es']],
    [['--quiet', '--tz', 'America/Mexico_City', '--lang', 'es', 'check', 'nowhere', '-q']],
  ])('may stand before or after the command: %j', async (args) => {
    const run = await runMain(args);

    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toBe('Error: nowhere: no existe.\n');
  });
});
