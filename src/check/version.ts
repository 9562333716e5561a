import { readFileSync } from 'node:fs';

/** Version of this package. From `dist/src/check/` the package file lies three folders up, from `src/check/` two. */
export const VERSION: string = readVersion();

function readVersion(): string {
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const parsed: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
      if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) return String(parsed.version);
    } catch {
      // Not at this level; the next one has it.
    }
  }
  return '0.0.0';
}
