/**
 * Writes the registries from the folders, so that adding a reader, a detector or a record kind edits no shared file:
 *   src/check/registry.generated.ts    every folder readers/<name>/ and detectors/<name>/ below src
 *   src/records/kinds.generated.ts     every src/records/kinds/<kind>.ts
 *
 * `--check` writes nothing and fails when a file is out of date or a folder lacks a part.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const src = join(root, 'src');
const check = process.argv.includes('--check');
const complaints: string[] = [];

type Part = 'readers' | 'detectors';

function posix(path: string): string {
  return path.split(sep).join('/');
}

function foldersNamed(name: Part, folder = src): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    if (entry.name === name) {
      for (const inner of readdirSync(path, { withFileTypes: true }))
        if (inner.isDirectory()) found.push(join(path, inner.name));
    } else {
      found.push(...foldersNamed(name, path));
    }
  }
  return found.sort();
}

function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The room a folder belongs to: `src/phones/ios/readers/sms` -> `ios`, `src/lures/detectors/x` -> `lures`. */
function roomOf(folder: string): string {
  return posix(relative(src, folder)).split('/').at(-3) ?? '';
}

function listing(part: Part, exportName: string): { imports: string[]; rows: string[] } {
  const imports: string[] = [];
  const rows: string[] = [];
  const ids = new Set<string>();
  for (const folder of foldersNamed(part)) {
    const name = folder.split(sep).at(-1) ?? '';
    const id = `${roomOf(folder)}/${name}`;
    for (const file of [`${name}.ts`, `${name}.test.ts`, 'es.json', 'en.json']) {
      if (!existsSync(join(folder, file))) complaints.push(`${posix(relative(root, folder))} lacks ${file}`);
    }
    const code = existsSync(join(folder, `${name}.ts`))
      ? readFileSync(join(folder, `${name}.ts`), 'utf8')
      : '';
    if (!code.includes(`'${id}'`))
      complaints.push(`${posix(relative(root, folder))}/${name}.ts does not declare id '${id}'`);
    if (ids.has(id)) complaints.push(`id ${id} is used twice`);
    ids.add(id);
    const variable = camelCase(`${roomOf(folder)}-${name}`);
    const from = `../${posix(relative(src, folder))}`;
    imports.push(`import ${variable}En from '${from}/en.json' with { type: 'json' };`);
    imports.push(`import ${variable}Es from '${from}/es.json' with { type: 'json' };`);
    imports.push(`import { ${exportName} as ${variable} } from '${from}/${name}.js';`);
    rows.push(`  { ${exportName}: ${variable}, texts: { es: ${variable}Es, en: ${variable}En } },`);
  }
  return { imports, rows };
}

function registry(): string {
  const readers = listing('readers', 'reader');
  const detectors = listing('detectors', 'detector');
  return `// Written by scripts/generate-registry.ts from the folders. Do not edit: run \`npm run generate\`.
import type { RegisteredDetector, RegisteredReader } from '../core/contracts.js';
${[...readers.imports, ...detectors.imports].join('\n')}

/** Every reader of the house. */
export const readers: readonly RegisteredReader[] = [
${readers.rows.join('\n')}
];

/** Every detector of the house. */
export const detectors: readonly RegisteredDetector[] = [
${detectors.rows.join('\n')}
];
`;
}

function kinds(): string {
  const names = readdirSync(join(src, 'records', 'kinds'))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -3))
    .sort();
  return `// Written by scripts/generate-registry.ts from src/records/kinds. Do not edit: run \`npm run generate\`.
import type { RecordKind } from '../core/contracts.js';
${names.map((name) => `import { ${camelCase(name)} } from './kinds/${name}.js';`).join('\n')}

/** Every record kind by its name. */
export const recordKinds: ReadonlyMap<string, RecordKind> = new Map<string, RecordKind>(
  [
${names.map((name) => `    ${camelCase(name)},`).join('\n')}
  ].map((kind: RecordKind) => [kind.kind, kind]),
);
`;
}

for (const [path, text] of [
  ['src/check/registry.generated.ts', registry()],
  ['src/records/kinds.generated.ts', kinds()],
] as const) {
  const target = join(root, path);
  const current = existsSync(target) ? readFileSync(target, 'utf8').replaceAll('\r\n', '\n') : '';
  if (current === text) continue;
  if (check) complaints.push(`${path} is out of date: run npm run generate`);
  else writeFileSync(target, text);
}
if (check || complaints.length > 0) {
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
  if (check && complaints.length > 0) process.exit(1);
}
