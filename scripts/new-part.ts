/**
 * Scaffolds a reader or a detector with its test and language files:
 *   npm run new:reader -- phones/ios calls
 *   npm run new:detector -- lures odd-hours
 * The scaffold compiles, and its test fails until the first real assertion is written.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Files of a new part, by name. */
export function scaffold(part: 'reader' | 'detector', room: string, name: string): Record<string, string> {
  const id = `${room.split('/').at(-1)}/${name}`;
  // src/<room…>/<part>s/<name>/ is that many folders below src.
  const up = '../'.repeat(room.split('/').length + 2);
  return part === 'reader' ? readerFiles(id, name, up) : detectorFiles(id, name, up);
}

function readerFiles(id: string, name: string, up: string): Record<string, string> {
  return {
    [`${name}.ts`]: `import type { EvidenceRecord, Reader } from '${up}core/contracts.js';
import { EvidenceError } from '${up}core/evidence-error.js';

// Say where the limit comes from: how large the largest real file is.
const MAX_BYTES = 1_000_000;

/**
 * Reads … (say what, and which version of the system writes it).
 * Source of the format: …
 */
export const reader: Reader<EvidenceRecord> = {
  id: '${id}',
  emits: [],
  artifacts: [{ in: ['files'], path: '**/${name}' }],
  recognises: () => false,

  async *read(file) {
    const bytes = await file.bytes({ maxBytes: MAX_BYTES });
    const source = { evidence: file.source.id, path: file.path, locator: '' };
    if (bytes.byteLength === 0) throw new EvidenceError('empty', source);
    // One bad row is a problem, and reading goes on; records are yielded in the same way.
    yield { kind: 'problem', code: 'wrong-format', effect: 'lost', source };
  },
};
`,
    [`${name}.test.ts`]: `import { describe, expect, it } from 'vitest';
import { readAll } from '${up}core/testing/run.js';
import { memoryEvidence } from '${up}evidence/testing/memory-source.js';
import { reader } from './${name}.js';

describe('${id}', () => {
  it('reads a first record', async () => {
    const { records, problems } = await readAll(reader, await memoryEvidence('${name}', 'content'));

    expect(records).toHaveLength(1);
    expect(problems).toEqual([]);
  });
});
`,
    'es.json': `${JSON.stringify({ name: 'Nombre de la parte', problems: {} }, null, 2)}\n`,
    'en.json': `${JSON.stringify({ name: 'Name of the part', problems: {} }, null, 2)}\n`,
  };
}

function detectorFiles(id: string, name: string, up: string): Record<string, string> {
  // Single entries on one line, as the formatter wants them.
  const texts = (title: string, explanation: string, cause: string, step: string): string =>
    JSON.stringify({ name: title, title, explanation, benignCauses: [cause], nextSteps: [step] }, null, 2)
      .replaceAll(/\[\n\s+(".*")\n\s+\]/g, '[$1]')
      .concat('\n');
  return {
    [`${name}.ts`]: `import type { Detector, FindingDraft } from '${up}core/contracts.js';
import type { Message } from '${up}records/kinds/message.js';

/**
 * Says what the rule looks for, what a hit shows, and what it does not show.
 * Source of the rule: …
 */
export const detector: Detector<Message> = {
  id: '${id}',
  version: 1,
  watches: ['message'],
  references: [],

  start() {
    const findings: FindingDraft[] = [];
    return {
      see() {},
      end: () => findings,
    };
  },
};
`,
    [`${name}.test.ts`]: `import { describe, expect, it } from 'vitest';
import { detector } from './${name}.js';

describe('${id}', () => {
  it('reports a first hit', () => {
    expect(detector.references).not.toEqual([]);
  });
});
`,
    'es.json': texts(
      'Título',
      'Qué significa y qué no significa.',
      'Una causa sin mala intención.',
      'Qué hacer ahora.',
    ),
    'en.json': texts(
      'Title',
      'What it means and what it does not mean.',
      'A harmless cause.',
      'What to do now.',
    ),
  };
}

function main(): void {
  const [part, room, name] = process.argv.slice(2);
  if (
    (part !== 'reader' && part !== 'detector') ||
    !room ||
    !name ||
    ![...room.split('/'), name].every((word) => /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(word))
  ) {
    process.stderr.write(
      'usage: npm run new:reader -- ROOM NAME   |   npm run new:detector -- ROOM NAME   (kebab-case)\n',
    );
    process.exit(2);
  }
  const folder = join(root, 'src', ...room.split('/'), `${part}s`, name);
  if (existsSync(folder)) {
    process.stderr.write(`${relative(root, folder)} exists already\n`);
    process.exit(1);
  }
  mkdirSync(folder, { recursive: true });
  for (const [file, content] of Object.entries(scaffold(part, room, name)))
    writeFileSync(join(folder, file), content);
  process.stdout.write(`${relative(root, folder)}: written. Now: npm run generate\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
