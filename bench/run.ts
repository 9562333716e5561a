/**
 * All benchmarks in turn: `npm run bench`. What each measures and its last figures: docs/benchmarks.md.
 * Options are handed on to those that know them (`--keep DIR --mvt VENV --runs 3 --dpic 10000000`); `--only NAME` runs one.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const BENCHES = [
  'matching',
  'backup-vs-mvt',
  'lures',
  'lure-quality',
  'scans',
  'yara',
  'captures',
  'access-logs',
  'sealing',
  'vault',
  'timeline',
  'upload',
  'page',
] as const;

const root = fileURLToPath(new URL('..', import.meta.url));
const given = process.argv.slice(2);
const at = given.indexOf('--only');
const only = at < 0 ? null : given.splice(at, 2)[1];
const chosen = BENCHES.filter((name) => only === null || name === only);
if (chosen.length === 0) {
  process.stderr.write(`--only ${BENCHES.join(' | ')}\n`);
  process.exit(2);
}

const tsx = createRequire(import.meta.url).resolve('tsx/cli');
const run = (script: string, parameters: readonly string[]): void => {
  const { status } = spawnSync(process.execPath, [script, ...parameters], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};

run(fileURLToPath(new URL('../scripts/build.mjs', import.meta.url)), []);
for (const name of chosen) {
  process.stdout.write(`\n=== ${name}\n`);
  run(tsx, [fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), ...given]);
}
