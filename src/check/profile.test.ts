import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { caseProfileSchema, EMPTY_PROFILE } from '../core/case-profile.js';
import type { TextValues } from '../core/contracts.js';
import { loadProfile, parseProfile } from './profile.js';
import { ProfileError } from './profile-error.js';

const lab = mkdtempSync(join(tmpdir(), 'vigia-profile-'));
afterAll(() => rmSync(lab, { recursive: true, force: true }));

const FULL = `# A whole profile
people:
  - code: P1
    names: [Jimena Ríos, Jime]
    addresses:
      - +52 55 5555 0101
      - 5555550102
      - jimena@example.org
    files:
      - jimena/**
  - code: P2
organisations: [Revista Ejemplo]
colleagues:
  - "Núria Puig"
topics: [Caso Faro]
knownSenders: [55500]
brands:
  - name: Banco Ejemplo
    tokens: [bancoejemplo]
    domains: [bancoejemplo.example]
publications:
  - at: 5 de marzo de 2026, 14:00
    title: El río
  - {at: 2026-03-06, title: Second part, timeZone: UTC}
dateOrder: day-first
timeZone: America/Mexico_City
`;

function errorIn(text: string): { code: string; values: TextValues } {
  try {
    parseProfile(text, 'p.yaml');
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    return { code: error.code, values: error.values };
  }
  throw new Error('accepted');
}

describe('a case profile', () => {
  it('is read from YAML, where numbers are text as well', () => {
    expect(parseProfile(FULL, 'p.yaml')).toEqual({
      people: [
        {
          code: 'P1',
          names: ['Jimena Ríos', 'Jime'],
          addresses: ['+52 55 5555 0101', '5555550102', 'jimena@example.org'],
          files: ['jimena/**'],
        },
        { code: 'P2', names: [], addresses: [], files: [] },
      ],
      organisations: ['Revista Ejemplo'],
      colleagues: ['Núria Puig'],
      topics: ['Caso Faro'],
      knownSenders: ['55500'],
      brands: [{ name: 'Banco Ejemplo', tokens: ['bancoejemplo'], domains: ['bancoejemplo.example'] }],
      publications: [
        { at: '5 de marzo de 2026, 14:00', title: 'El río' },
        { at: '2026-03-06', title: 'Second part', timeZone: 'UTC' },
      ],
      dateOrder: 'day-first',
      timeZone: 'America/Mexico_City',
    });
  });

  it('is read from JSON, and in whatever encoding editors save it', async () => {
    const profile = parseProfile(FULL, 'p.yaml');
    const json = JSON.stringify(profile, null, '\t');
    expect(parseProfile(json, 'p.json')).toEqual(profile);

    const path = join(lab, 'p.json');
    for (const bytes of [
      Buffer.from(json),
      Buffer.from(`\ufeff${json.replaceAll('\n', '\r\n')}`),
      Buffer.from(`\ufeff${json}`, 'utf16le'),
    ]) {
      writeFileSync(path, bytes);
      expect(await loadProfile(path)).toEqual(profile);
    }
  });

  it.each(['case-profile.md', 'case-profile.es.md'])('is documented as it is read: %s', (name) => {
    const guide = readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
    const example = /```yaml\n(.*?)```/s.exec(guide)?.[1] ?? '';
    const profile = parseProfile(example, name);

    expect(profile.people).toMatchObject([
      {
        code: 'P1',
        addresses: ['+52 55 5555 0101', 'jimena@example.org'],
        files: ['jimena/**', '**/Jimena*.zip'],
      },
      { code: 'P2' },
    ]);
    // Every key there is.
    expect(Object.keys(profile).sort()).toEqual(Object.keys(caseProfileSchema.shape).sort());
    for (const value of Object.values(profile)) expect(value).not.toEqual([]);
  });

  it('may be a form whose fields are not all filled in', () => {
    expect(parseProfile('people:\norganisations: []\ntimeZone:\n', 'p.yaml')).toEqual(EMPTY_PROFILE);
    expect(parseProfile('people:\n  - code: P1\n    names:\n', 'p.yaml').people).toMatchObject([
      { names: [] },
    ]);
    expect(parseProfile('{}', 'p.json')).toEqual(EMPTY_PROFILE);
  });

  it.each([
    ['tinezone: UTC', 'unknownKey', 1, 'tinezone'],
    ['people:\n  - code: P1\n    name: Jimena', 'unknownKey', 3, 'people[0].name'],
    ['people:\n  - names: [Jimena]', 'missingKey', 2, 'people[0].code'],
    ['brands:\n  - name: x', 'missingKey', 2, 'brands[0].domains'],
    ['brands:\n  - name: x\n    domains: []', 'tooShort', 3, 'brands[0].domains'],
    ['people: Jimena', 'notAList', 1, 'people'],
    ['\norganisations: Revista', 'notAList', 2, 'organisations'],
    ['topics:\n  - a\n  - b: c', 'notAText', 3, 'topics[1]'],
    ['people:\n  - P1', 'notASection', 2, 'people[0]'],
    ['dateOrder: dmy', 'dateOrder', 1, 'dateOrder'],
    ['timeZone: Mars/Base', 'timeZone', 1, 'timeZone'],
    ['timeZone: [UTC]', 'notAText', 1, 'timeZone'],
    ['publications:\n  - at: some day soon\n    title: a', 'publicationDate', 2, 'publications[0].at'],
    ['publications:\n  - when: 2026-03-05', 'missingKey', 2, 'publications[0].at'],
    [`people:\n  - code: ${'x'.repeat(61)}`, 'tooLong', 2, 'people[0].code'],
    ['topics:\n  - " "', 'tooShort', 2, 'topics[0]'],
    ['{"people": [\n{"code": "P1",\n"adresses": []}]}', 'unknownKey', 3, 'people[0].adresses'],
  ])('that is wrong is refused with its place: %j', (text, code, line, key) => {
    expect(errorIn(text)).toMatchObject({ code, values: { path: 'p.yaml', line, key } });
  });

  it.each([
    ['', 'notAProfile'],
    ['# only a comment', 'notAProfile'],
    ['- a\n- b', 'notAProfile'],
    ['just a sentence', 'notAProfile'],
    ['people: [', 'syntax'],
    ['{"people": [}', 'syntax'],
    ['a: 1\n---\nb: 2', 'syntax'],
    ['topics: [a]\ntopics: [b]', 'repeatedKey'],
    ['people: [{code: P1, files: [*.txt]}]', 'alias'],
    ['files:\n  - **/jimena/*', 'alias'],
    ['? [a, b]\n: c', 'syntax'],
  ])('that is none is refused: %j', (text, code) => {
    expect(errorIn(text).code).toBe(code);
  });

  it('never says a value in an error', () => {
    const secret = 'Secreta';
    for (const text of [
      `timeZone: ${secret}`,
      `dateOrder: ${secret}`,
      `people: ${secret}`,
      `topics: [${secret}, {a: b}]`,
      `topics: [${secret}`,
      `topics: [${secret}]\ntopics: [${secret}]`,
      `topics: &x [${secret}]\ncolleagues: *x`,
      `people:\n  - code: ${secret.repeat(20)}`,
    ]) {
      expect(JSON.stringify(errorIn(text)), text).not.toContain(secret);
    }
  });
});

describe('a hostile profile', () => {
  it('with anchors that multiply is refused at once', () => {
    const levels = Array.from(
      { length: 20 },
      (_, n) =>
        `a${n}: &a${n} [${Array(10)
          .fill(n === 0 ? 'x' : `*a${n - 1}`)
          .join(', ')}]`,
    );
    const started = performance.now();
    expect(errorIn(levels.join('\n')).code).toBe('alias');
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it.each([
    ['lists', '['.repeat(200_000)],
    ['closed lists', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['maps', '{a: '.repeat(50_000)],
    ['dashes', `${'- '.repeat(100_000)}x`],
    ['questions', '? '.repeat(50_000)],
    ['indentation', Array.from({ length: 2_000 }, (_, n) => `${' '.repeat(n)}a:`).join('\n')],
  ])('that is deep is refused: %s', (_what, text) => {
    expect(errorIn(text).code).toBe('tooDeep');
  });

  it('with the names of prototypes has unknown keys, and nothing of an object changes', () => {
    for (const key of ['__proto__', 'constructor', 'prototype', 'toString']) {
      expect(errorIn(`${key}:\n  polluted: yes`)).toMatchObject({ code: 'unknownKey', values: { key } });
      expect(errorIn(`{"people": [{"code": "P1", "${key}": {"polluted": "yes"}}]}`)).toMatchObject({
        code: 'unknownKey',
      });
    }
    expect('polluted' in {}).toBe(false);
  });

  it('that is huge, a folder or not there is refused', async () => {
    const huge = join(lab, 'huge.yaml');
    writeFileSync(huge, `topics:\n${'  - a\n'.repeat(1_000_000)}`);
    const folder = join(lab, 'folder');
    mkdirSync(folder);

    await expect(loadProfile(huge)).rejects.toMatchObject({ code: 'tooLarge', values: { path: huge } });
    await expect(loadProfile(folder)).rejects.toMatchObject({ code: 'unreadable', values: { path: folder } });
    await expect(loadProfile(join(lab, 'none'))).rejects.toMatchObject({ code: 'unreadable' });
    // Within its bytes there may be more than a profile has room for.
    const many = `topics: [${Array(1_001).fill('a').join(', ')}]`;
    expect(errorIn(many)).toMatchObject({ code: 'tooLong', values: { key: 'topics', maximum: 1_000 } });
  });

  it('of a long key is named in part', () => {
    const { values } = errorIn(`${'k'.repeat(900)}: x`);
    expect(String(values.key)).toHaveLength(100);
  });

  it('of any text is a profile or a refusal', () => {
    const piece = fc.constantFrom(
      'people',
      ':',
      ' ',
      '\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '"',
      '*a',
      '&a ',
      'code',
      '|',
      '>',
      '#',
      '? ',
      '!!x ',
      '\t',
      '---',
      '<<',
      'é',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 60 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (given) => {
        try {
          parseProfile(given, 'p.yaml');
        } catch (error) {
          expect(error).toBeInstanceOf(ProfileError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
