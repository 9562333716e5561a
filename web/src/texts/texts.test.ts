import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { VAULT_ERROR_CODES } from '../../../src/casework/vault/vault-error.js';
import { EVIDENCE_ERROR_CODES } from '../../../src/core/evidence-error.js';
import { createTranslator, flattenMessages } from '../../../src/core/language.js';

const web = fileURLToPath(new URL('..', import.meta.url));
const server = fileURLToPath(new URL('../../../src/server', import.meta.url));
const folders = [
  join(web, 'texts'),
  ...readdirSync(join(web, 'pages')).map((name) => join(web, 'pages', name)),
];

function messages(folder: string, language: 'es' | 'en'): Record<string, string> {
  return flattenMessages(JSON.parse(readFileSync(join(folder, `${language}.json`), 'utf8')));
}

/** Names in braces, of any depth; not the words of a choice (`one {once}`). */
function placeholders(text: string): string[] {
  return [
    ...new Set(
      [...text.matchAll(/(?<!(?:=\d+|one|other) )\{(\w+)(?=[,}])/g)].map(([, name]) => name as string),
    ),
  ].sort();
}

function sources(folder: string, ending: RegExp): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => ending.test(path) && !/\.test\.ts$|testing/.test(path))
    .map((path) => readFileSync(join(folder, path), 'utf8'))
    .join('\n');
}

describe.each(folders)('the texts in %s', (folder) => {
  const es = messages(folder, 'es');
  const en = messages(folder, 'en');

  it('are the same in both languages, with the same values', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(es).sort());
    for (const [id, text] of Object.entries(es))
      expect([id, placeholders(en[id] ?? '')]).toEqual([id, placeholders(text)]);
  });

  it('are sentences that the engine understands, and never speak of infection', () => {
    for (const language of ['es', 'en'] as const) {
      const own = messages(folder, language);
      const t = createTranslator(language, own, 'UTC', (link) => link);
      for (const [id, text] of Object.entries(own)) {
        const values = Object.fromEntries(placeholders(text).map((name) => [name, 2]));
        expect([id, t(id, values)]).not.toEqual([id, '']);
        expect(text).not.toMatch(/infect/i);
      }
    }
  });
});

describe('every error of the server', () => {
  const own = messages(join(web, 'texts'), 'es');
  const thrown = [...sources(server, /\.ts$/).matchAll(/ApiProblem\(\s*\d+,\s*'([^']+)'/g)].map(
    ([, code]) => code as string,
  );
  const desk = readFileSync(join(server, '../casework/desk/desk-error.ts'), 'utf8');
  const refusals = [...(/type DeskErrorCode =([\s\S]*?);/.exec(desk)?.[1] ?? '').matchAll(/'([\w-]+)'/g)].map(
    ([, code]) => `case/${code}`,
  );

  it('has a sentence', () => {
    const codes = [
      ...thrown,
      ...refusals,
      ...VAULT_ERROR_CODES.map((code) => `vault/${code}`),
      ...EVIDENCE_ERROR_CODES.map((code) => `evidence/${code}`),
    ];

    expect(thrown.length).toBeGreaterThan(40);
    expect(refusals.length).toBeGreaterThan(15);
    expect(codes.filter((code) => own[`error.${code}`] === undefined)).toEqual([]);
  });
});

describe('what the pages say', () => {
  it('is in the language files', () => {
    const all = Object.assign(
      messages(join(web, 'texts'), 'es'),
      ...folders
        .filter((folder) => folder.includes('pages'))
        .map((folder) => {
          const name = folder.split(/[\\/]/).at(-1) ?? '';
          return Object.fromEntries(
            Object.entries(messages(folder, 'es')).map(([id, text]) => [`${name}.${id}`, text]),
          );
        }),
    ) as Record<string, string>;
    const asked = [...sources(web, /\.tsx?$/).matchAll(/\bt\(\s*'([\w./-]+)'/g)].map(
      ([, id]) => id as string,
    );

    expect(asked.length).toBeGreaterThan(100);
    expect(asked.filter((id) => all[id] === undefined)).toEqual([]);
  });
});
