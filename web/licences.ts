import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const PACKAGE = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/;
const LICENCE_FILE = /^licen[cs]e(\.|$)/i;

/** Writes `licences.txt` beside the page: which packages are built into it, and the licence each of them comes with. */
export function licences(): Plugin {
  return {
    name: 'licences',
    generateBundle(_, bundle) {
      const folders = new Set<string>();
      for (const chunk of Object.values(bundle))
        if (chunk.type === 'chunk')
          for (const path of Object.keys(chunk.modules)) {
            const folder = PACKAGE.exec(path.replace(/^\0/, ''))?.[1];
            if (folder) folders.add(folder);
          }
      const texts = [...folders].sort().map(licenceOf);
      this.emitFile({
        type: 'asset',
        fileName: 'licences.txt',
        source: `${texts.join(`\n${'-'.repeat(80)}\n\n`)}`,
      });
    },
  };
}

function licenceOf(folder: string): string {
  const { name, version, license } = createRequire(import.meta.url)(join(folder, 'package.json')) as Record<
    string,
    string
  >;
  const file = readdirSync(folder).find((entry) => LICENCE_FILE.test(entry));
  const text =
    file === undefined ? '' : readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}
