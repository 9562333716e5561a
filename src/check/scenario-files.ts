/** Files of rules that are to be replayed over access logs. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readTextFile } from './text-file.js';

/** A collection of CrowdSec has some hundred; what was named by mistake is not read whole. */
const MAX_FILES = 2_000;
const MAX_FILE_BYTES = 4_194_304;
const RULE_FILE = /\.(?:ya?ml|conf|local)$/i;

export interface ScenarioFile {
  readonly name: string;
  readonly text: string;
}

/** What was named as rules cannot be read: a check without them would look cleaner than it is. */
export class ScenarioFileError extends Error {
  override readonly name = 'ScenarioFileError';
  constructor(readonly path: string) {
    super(path);
  }
}

/** Files, and the rule files of folders (`.yaml`, `.yml`, `.conf`, `.local`), in order of their names. @throws ScenarioFileError */
export async function loadScenarioFiles(paths: readonly string[]): Promise<readonly ScenarioFile[]> {
  const files: ScenarioFile[] = [];
  for (const path of paths) {
    try {
      if (!(await stat(path)).isDirectory()) {
        files.push(await load(path, path));
        continue;
      }
      const names = (await readdir(path, { recursive: true })).filter((name) => RULE_FILE.test(name)).sort();
      if (names.length === 0 || names.length > MAX_FILES) throw new RangeError('no rules, or too many');
      for (const name of names) files.push(await load(join(path, name), name));
    } catch {
      throw new ScenarioFileError(path);
    }
  }
  return files;
}

async function load(path: string, name: string): Promise<ScenarioFile> {
  const read = await readTextFile(path, MAX_FILE_BYTES);
  if (typeof read === 'string') throw new RangeError(read);
  return { name: name.replaceAll('\\', '/'), text: read.text };
}
