import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');
const copy = mkdtempSync(join(tmpdir(), 'vigia-new-part-'));
const READER = join('src', 'phones', 'ios', 'readers', 'call-log');
const DETECTOR = join('src', 'lures', 'detectors', 'odd-hours');

function run(...args: string[]): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
  return { code: status, output: stdout + stderr };
}

function tsx(script: string, ...args: string[]): { code: number | null; output: string } {
  return run(join(MODULES, 'tsx', 'dist', 'cli.mjs'), join('scripts', script), ...args);
}

// In a copy of the sources: what is scaffolded here must never be seen by anything else.
beforeAll(() => {
  for (const name of ['src', 'scripts', 'package.json', 'tsconfig.json', 'biome.json', '.gitignore']) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  // A junction needs no special rights on Windows.
  symlinkSync(MODULES, join(copy, 'node_modules'), 'junction');
}, 60_000);
afterAll(() => rmSync(copy, { recursive: true, force: true, maxRetries: 3 }));

describe('a new part', () => {
  it('is written with its test and its language files, and never over another', () => {
    const reader = tsx('new-part.ts', 'reader', 'phones/ios', 'call-log');
    const detector = tsx('new-part.ts', 'detector', 'lures', 'odd-hours');

    expect(reader).toMatchObject({ code: 0 });
    expect(detector).toMatchObject({ code: 0 });
    for (const [folder, name] of [
      [READER, 'call-log'],
      [DETECTOR, 'odd-hours'],
    ] as const) {
      for (const file of [`${name}.ts`, `${name}.test.ts`, 'es.json', 'en.json'])
        expect(existsSync(join(copy, folder, file)), file).toBe(true);
    }
    expect(textOf(READER, 'call-log.ts')).toContain("id: 'ios/call-log'");
    expect(textOf(DETECTOR, 'odd-hours.ts')).toContain("id: 'lures/odd-hours'");
    expect(tsx('new-part.ts', 'detector', 'lures', 'odd-hours').code).toBe(1);
  });

  it.each([
    [['reader', 'phones/ios', 'CallLog']],
    [['reader', 'phones/ios', '../x']],
    [['reader', '../outside', 'x']],
    [['sink', 'phones/ios', 'x']],
    [['reader', 'phones/ios']],
  ])('is refused with a word on how: %j', (args) => {
    const { code, output } = tsx('new-part.ts', ...args);

    expect(code).toBe(2);
    expect(output).toContain('usage: npm run new:reader');
  });

  it('is found by the registry once it is generated', () => {
    expect(tsx('generate-registry.ts', '--check')).toMatchObject({
      code: 1,
      output: expect.stringContaining('src/check/registry.generated.ts is out of date'),
    });
    expect(tsx('generate-registry.ts')).toEqual({ code: 0, output: '' });
    expect(tsx('generate-registry.ts', '--check')).toEqual({ code: 0, output: '' });
    const registry = textOf('src', 'check', 'registry.generated.ts');
    expect(registry).toContain(
      "import { reader as iosCallLog } from '../phones/ios/readers/call-log/call-log.js';",
    );
    expect(registry).toContain('texts: { es: luresOddHoursEs, en: luresOddHoursEn }');
  });

  it('compiles under the strict settings of the house', () => {
    const include = [READER, DETECTOR].map((folder) => `${folder.replaceAll('\\', '/')}/*.ts`);
    writeFileSync(
      join(copy, 'tsconfig.scaffold.json'),
      JSON.stringify({
        extends: './tsconfig.json',
        include: [...include, 'src/check/registry.generated.ts'],
      }),
    );

    expect(run(join(MODULES, 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.scaffold.json')).toEqual({
      code: 0,
      output: '',
    });
  }, 120_000);

  it('is formatted and without a remark of the linter', () => {
    const biome = join(MODULES, '@biomejs', 'biome', 'bin', 'biome');
    const { code, output } = run(biome, 'ci', '--error-on-warnings', READER, DETECTOR);

    expect(code, output).toBe(0);
  });
});

describe('the check of the registry', () => {
  const complaints = (): string => {
    const { code, output } = tsx('generate-registry.ts', '--check');
    return code === 0 ? '' : output;
  };

  it('names a missing language file or test', () => {
    for (const [folder, file] of [
      [READER, 'es.json'],
      [READER, 'en.json'],
      [DETECTOR, 'es.json'],
      [DETECTOR, 'odd-hours.test.ts'],
    ] as const) {
      renameSync(join(copy, folder, file), join(copy, 'aside'));
      expect(complaints()).toBe(`${folder.replaceAll('\\', '/')} lacks ${file}\n`);
      renameSync(join(copy, 'aside'), join(copy, folder, file));
    }
    expect(complaints()).toBe('');
  });

  it('names a part whose id is not that of its folder', () => {
    const file = join(copy, DETECTOR, 'odd-hours.ts');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace("'lures/odd-hours'", "'lures/odd-hour'"));

    expect(complaints()).toBe(
      "src/lures/detectors/odd-hours/odd-hours.ts does not declare id 'lures/odd-hours'\n",
    );
    writeFileSync(file, text);
  });

  it('names a registry that somebody edited', () => {
    const file = join(copy, 'src', 'records', 'kinds.generated.ts');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('message,\n', ''));

    expect(complaints()).toContain('src/records/kinds.generated.ts is out of date');
    // Line ends of Windows are no difference.
    writeFileSync(file, text.replaceAll('\n', '\r\n'));
    expect(complaints()).toBe('');
    writeFileSync(file, text);
  });
});

function textOf(...path: string[]): string {
  return readFileSync(join(copy, ...path), 'utf8');
}
