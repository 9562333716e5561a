import { basename, isAbsolute, relative } from 'node:path';

/** What to type to start this same program again: `node bin/vigia.js serve …` from a copy of the sources, `vigia serve …` else. */
export function ownCommand(arguments_: readonly string[], script = process.argv[1] ?? ''): string {
  const program = basename(script) === 'vigia.js' ? ['node', shortest(script)] : ['vigia'];
  return [...program, ...arguments_].map(quoted).join(' ');
}

/** From the folder one is in, unless it lies elsewhere. */
export function shortest(path: string): string {
  const near = relative(process.cwd(), path);
  return near === '' || near.startsWith('..') || isAbsolute(near) ? path : near;
}

/** Double quotes: every system's shell takes them. */
function quoted(word: string): string {
  return /^[\w./:\\-]+$/.test(word) ? word : `"${word}"`;
}
