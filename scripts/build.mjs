/** Compiles src and fixtures to dist, and the page to dist/web. The old output goes first: a module that was removed must not live on in a package. */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
// The compiler leaves out what it does not compile: the rules that come with Vigía, and the scripts of the verifier's page.
for (const [folder, ending] of [
  ['implants/rules', /\.yar$/],
  ['casework/verifier/page', /\.(?:cjs|css)$/],
]) {
  cpSync(new URL(`../src/${folder}/`, import.meta.url), new URL(`../dist/src/${folder}/`, import.meta.url), {
    recursive: true,
    filter: (path) => !/\.[a-z]+$/.test(path) || ending.test(path),
  });
}
if (status !== 0) process.exit(status ?? 1);
const vite = fileURLToPath(new URL('../node_modules/vite/bin/vite.js', import.meta.url));
const page = spawnSync(process.execPath, [vite, 'build', 'web', '--logLevel', 'warn'], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(page.status ?? 1);
