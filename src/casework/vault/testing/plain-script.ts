import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const IMPORT = /^(?:import|export)\b[^'"]*['"](\.[^'"]+)['"]/gm;

/**
 * Compiles a script with all it imports to plain JavaScript in a folder, and gives its path there: it is started hundreds of times,
 * and a loader that compiles at every start costs more than what is tested.
 */
export function plainScript(script: URL, folder: string): string {
  const outOf = (path: string): string => join(folder, relative(ROOT, path)).replace(/\.ts$/, '.js');
  const first = fileURLToPath(script);
  const waiting = [first];
  const seen = new Set(waiting);
  for (const path of waiting) {
    mkdirSync(dirname(outOf(path)), { recursive: true });
    const source = readFileSync(path, 'utf8');
    if (!path.endsWith('.ts')) {
      writeFileSync(outOf(path), source);
      continue;
    }
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
      },
    });
    writeFileSync(outOf(path), outputText);
    for (const [, imported = ''] of outputText.matchAll(IMPORT)) {
      const next = join(dirname(path), imported).replace(/\.js$/, '.ts');
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(next);
    }
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return outOf(first);
}
