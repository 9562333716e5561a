import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { BAG_PROBLEM_CODES } from '../casework/bag/bag-problem.js';
import { CONFIDENCES, LANGUAGES, type Language, SEVERITIES } from '../core/contracts.js';
import { EVIDENCE_ERROR_CODES } from '../core/evidence-error.js';
import { createTranslator, flattenMessages } from '../core/language.js';
import { COVERAGE_STATUSES } from '../core/result.js';
import { SEALED_PROBLEM_CODES } from '../evidence/sealed.js';
import { FEED_PROBLEM_CODES, SKIP_REASONS } from '../indicators/codes.js';
import { UPDATE_ERROR_CODES } from '../indicators/update.js';
import { messagesOf, translatorFor } from './messages.js';
import { detectors, readers } from './registry.generated.js';
import { icuValues, sampleValues } from './testing/icu-values.js';
import { type ProblemUse, problemUses } from './testing/problem-codes.js';

const SRC = fileURLToPath(new URL('..', import.meta.url));
const messages = { es: messagesOf('es'), en: messagesOf('en') };
let uses: readonly ProblemUse[];

beforeAll(() => {
  uses = problemUses(SRC);
});

describe('every problem', () => {
  it('that any room may report is found in the sources', () => {
    // Some of each room: the search itself must not go blind.
    const codes = new Set(uses.map(({ code }) => code));
    for (const code of [
      ...['reader-failed', 'evidence-changed', 'unsafe-name', 'wal-damaged', 'wal-partly-applied'],
      ...['database-recovered', 'manifest-missing', 'bad-entry', 'bad-row', 'recently-deleted'],
    ]) {
      expect(codes).toContain(code);
    }
    expect(uses.length).toBeGreaterThan(100);
  });

  it.each(LANGUAGES)('has a sentence in %s', (language) => {
    const missing = uses
      .filter((use) => textIdsOf(use, language).length === 0)
      .map(({ code, file, line }) => `${code} (src/${file}:${line})`);

    expect(missing).toEqual([]);
  });

  it.each(LANGUAGES)('is given every value its sentence in %s puts in', (language) => {
    const missing = uses.flatMap((use) => {
      const given = use.values;
      if (given === null) return [];
      const known = new Set([...given, 'code', 'count']);
      return textIdsOf(use, language)
        .flatMap((id) => namesIn(messages[language][id] ?? ''))
        .filter((name) => !known.has(name))
        .map((name) => `${use.code} lacks {${name}} (src/${use.file}:${use.line})`);
    });

    expect([...new Set(missing)]).toEqual([]);
  });

  it.each(LANGUAGES)('of the closed lists has a sentence in %s', (language) => {
    const ids = [
      ...EVIDENCE_ERROR_CODES.map((code) => `problems.${code}`),
      ...FEED_PROBLEM_CODES.map((code) => `indicators.problems.${code}`),
      ...SKIP_REASONS.map((reason) => `indicators.skipped.${reason}`),
      ...UPDATE_ERROR_CODES.map((code) => `indicators.update.errors.${code}`),
      ...SEVERITIES.map((severity) => `severity.${severity}`),
      ...CONFIDENCES.map((confidence) => `confidence.${confidence}`),
      ...COVERAGE_STATUSES.map((status) => `status.${status}`),
    ];
    expect(ids.filter((id) => !Object.hasOwn(messages[language], id))).toEqual([]);
  });

  it('that has a sentence is reported somewhere', () => {
    const reported = new Set(uses.map(({ code }) => code));
    const closed = new Set<string>([
      ...EVIDENCE_ERROR_CODES,
      ...FEED_PROBLEM_CODES,
      ...BAG_PROBLEM_CODES,
      ...SEALED_PROBLEM_CODES,
      'unknown',
    ]);
    const unused = Object.keys(messages.en)
      .filter((id) => /(^|\.)problems\.[a-z-]+$/.test(id))
      .filter((id) => {
        const code = id.split('.').at(-1) ?? '';
        return !reported.has(code) && !closed.has(code);
      });

    expect(unused).toEqual([]);
  });
});

describe('every reader and detector', () => {
  it.each(LANGUAGES)('has its texts in %s', (language) => {
    const ids = [
      ...readers.map(({ reader }) => `readers.${reader.id}.name`),
      ...detectors.flatMap(({ detector: { id } }) =>
        ['name', 'title', 'explanation', 'benignCauses.0', 'nextSteps.0'].map(
          (key) => `detectors.${id}.${key}`,
        ),
      ),
    ];
    expect(ids.filter((id) => !messages[language][id]?.trim())).toEqual([]);
  });
});

describe('the language files', () => {
  const pairs = languageFiles(SRC).map((es) => [relative(SRC, dirname(es)), es] as const);

  it('are found in every room', () => {
    const rooms = new Set(pairs.map(([folder]) => folder.split(/[\\/]/)[0]));
    for (const room of ['core', 'evidence', 'indicators', 'report', 'cli', 'phones', 'lures', 'network'])
      expect(rooms).toContain(room);
  });

  it.each(pairs)('%s: say the same in both languages', (_folder, es) => {
    const texts = textsOf(es);

    expect(Object.keys(texts.es).sort()).toEqual(Object.keys(texts.en).sort());
    for (const [id, text] of Object.entries(texts.es)) {
      expect(namesIn(text), `the values of ${id}`).toEqual(namesIn(texts.en[id] ?? ''));
      // A sentence that is the same in both was forgotten; names and bare values may be the same.
      if (text.replaceAll(/\{\w+\}/g, '').split(/\s+/).length > 4) expect(text, id).not.toBe(texts.en[id]);
    }
  });

  it.each(pairs)('%s: every message renders whatever the values are, and promises nothing', (_folder, es) => {
    const texts = textsOf(es);
    for (const language of LANGUAGES) {
      const translate = createTranslator(language, texts[language], 'UTC', (link) => link);
      for (const [id, text] of Object.entries(texts[language])) {
        expect(text, `${language} ${id}`).not.toMatch(/infect/i);
        for (const values of sampleValues(text)) {
          const said = translate(id, values);
          expect(said, `${language} ${id}`).not.toMatch(/[{}]|undefined|\S {2}|\bNaN\b/);
          expect(said.trim() === '' && text.trim() !== '' && !/\{\}/.test(text), `${language} ${id}`).toBe(
            false,
          );
        }
      }
    }
  });

  it('are all in the messages of a translator, those of the surface included', () => {
    const translate = translatorFor('es', 'UTC', { cli: { hello: 'Hola' } });

    expect(translate('cli.hello')).toBe('Hola');
    expect(translate('severity.high')).toBe('Alta');
    expect(translate('lures.theme.news')).toBe('noticias');
    expect(() => translate('no.such.text')).toThrow('no text "no.such.text" in es');
  });
});

/** Rooms whose code readers share. */
const WITH_READERS: ReadonlySet<string> = new Set(['formats', 'phones', 'lures', 'network', 'implants']);

/** Where the sentence of a problem may stand, of those that are there. */
function textIdsOf({ code, file }: ProblemUse, language: Language): string[] {
  const all = messages[language];
  const own = /(?:^|\/)([\w-]+)\/readers\/([\w-]+)\//.exec(file);
  const [room = ''] = file.split('/');
  const ids = [`problems.${code}`];
  if (room === 'indicators' && !file.includes('/detectors/')) ids.unshift(`indicators.problems.${code}`);
  if (own) ids.unshift(`readers.${own[1]}/${own[2]}.problems.${code}`);
  // Code that several readers share: each of them says it in its own words.
  if (WITH_READERS.has(room) && !own) {
    ids.push(...readers.map(({ reader }) => `readers.${reader.id}.problems.${code}`));
  }
  const present = ids.filter((id) => Object.hasOwn(all, id));
  return own ? present.slice(0, 1) : present;
}

function languageFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return languageFiles(path);
      return entry.name === 'es.json' || entry.name === 'en.json'
        ? [path.replace(/en\.json$/, 'es.json')]
        : [];
    })
    .filter((path, index, all) => all.indexOf(path) === index);
}

function textsOf(es: string): Record<Language, Record<string, string>> {
  const read = (path: string): Record<string, string> =>
    flattenMessages(JSON.parse(readFileSync(path, 'utf8')));
  return { es: read(es), en: read(es.replace(/es\.json$/, 'en.json')) };
}

/** The names of the values in a message. */
function namesIn(text: string): string[] {
  return icuValues(text).map(({ name }) => name);
}
