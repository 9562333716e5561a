/**
 * Everything that is checked, in one command: generated files, lint and format, types, dependency rules, unused code,
 * build, then all tests. Ends with the line `N passed, N failed` that counts every step and every test.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'vigia-test-'));
const report = join(folder, 'vitest.json');
let passed = 0;
let failed = 0;
let skipped = 0;

const steps = ['check-generated', 'lint', 'types', 'rules', 'unused', 'build'];
for (const step of steps) {
  process.stdout.write(`\n== ${step}\n`);
  if (run('npm', ['run', '--silent', step])) passed += 1;
  else failed += 1;
}

process.stdout.write('\n== tests\n');
const ran = run('npx', [
  '--no-install',
  'vitest',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
]);
try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  passed += result.numPassedTests;
  failed += result.numFailedTests;
  skipped += result.numPendingTests + (result.numTodoTests ?? 0);
  // A file that does not even load has no failed test, but has failed.
  const brokenFiles = result.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  failed += brokenFiles.length;
  if (!ran && failed === 0) failed += 1;
  if (result.numTotalTests === 0) failed += 1;
} catch {
  failed += 1;
}
rmSync(folder, { recursive: true, force: true });

process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exit(failed === 0 ? 0 : 1);

function run(command, args) {
  // npm and npx are .cmd files on Windows, which need a shell; the arguments are ours, not anybody's input.
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return status === 0;
}
