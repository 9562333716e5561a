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

/**
 * Reads … (say what, and which version of the system writes it).
 * Source of the format: …
 */
export const reader: Reader<EvidenceRecord> = {
  id: '${id}',
  emits: [],
  artifacts: [{ in: ['files'], path: '**/${name}' }],
  recognises: () => false,

  // biome-ignore lint/correctness/useYield: the scaffold yields nothing yet
  async *read(file) {
    await file.bytes({ maxBytes: 1_000_000 });
  },
};
`,
    [`${name}.test.ts`]: `import { describe, expect, it } from 'vitest';
import type { EvidenceRecord, Problem } from '${up}core/contracts.js';
import { memoryEvidence } from '${up}evidence/testing/memory-source.js';
import { reader } from './${name}.js';

describe('${id}', () => {
  it('reads a first record', async () => {
    const items: (EvidenceRecord | Problem)[] = [];
    const file = await memoryEvidence('${name}', 'content');
    for await (const item of reader.read(file, { now: '2026-01-01T00:00:00.000000Z' })) items.push(item);

    expect(items).toHaveLength(1);
  });
});
`,
    'es.json': `${JSON.stringify({ name: 'Nombre de la parte', problems: {} }, null, 2)}\n`,
    'en.json': `${JSON.stringify({ name: 'Name of the part', problems: {} }, null, 2)}\n`,
  };
}

function detectorFiles(id: string, name: string, up: string): Record<string, string> {
  const texts = (title: string, explanation: string, cause: string, step: string): string =>
    `${JSON.stringify({ name: title, title, explanation, benignCauses: [cause], nextSteps: [step] }, null, 2)}\n`;
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
    !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
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
