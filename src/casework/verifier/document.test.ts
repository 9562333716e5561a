import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { wordlist as english } from '@scure/bip39/wordlists/english.js';
import { wordlist as spanish } from '@scure/bip39/wordlists/spanish.js';
import { describe, expect, it } from 'vitest';
import { flattenMessages } from '../../core/language.js';
import { LOG_PROBLEMS } from '../custody/custody-log.js';
import { CUSTODY_ACTIONS } from '../model/vocabularies.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { loadChecks } from './testing/checks.js';
import { EXAMPLE_KEY, EXAMPLE_NOTE, logText } from './testing/example.js';
import { EXAMPLE_LOG, EXAMPLE_MANIFEST } from './testing/example-bag.js';
import { verifierPage } from './verifier.js';

const checks = loadChecks();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe.each([
  ['custody-format.md', english, spanish, 'Each line is a JSON object'],
  ['custody-format.es.md', english, spanish, 'Cada línea es un objeto JSON'],
])('the document %s', (name, englishWords, spanishWords, firstWords) => {
  const text = readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/^```(\w*)\n(.*?)\n```$/gms)].map(([, kind, block]) => ({ kind, block }));
  const log = blocks.find(({ kind }) => kind === 'jsonl')?.block ?? '';
  const body = blocks.find(({ kind }) => kind === 'json')?.block ?? '';
  const hexLines = blocks.flatMap(({ block = '' }) => (/^[0-9a-f]{64}$/.test(block) ? [block] : []));
  const manifest = blocks.find(({ block = '' }) => block.endsWith('data/nota.txt'))?.block ?? '';

  it('has an example that the verifier, written from it, finds to hold', () => {
    const { keys } = checks.readKeys(hexLines[0] ?? '');
    const check = new checks.LogCheck(keys);
    check.push(Buffer.from(`${log}\n`));
    const { headHash, problems, entries } = check.end();
    const head = headHash ?? '';
    const days = checks.dailyRoots(entries);

    expect(problems).toEqual([]);
    expect(entries).toHaveLength(3);
    expect(days).toHaveLength(2);
    for (const { hash } of entries) expect(text).toContain(`| \`${hash}\` |`);
    for (const { day, root } of days) {
      expect(text).toContain(`| \`${root}\` |`);
      expect(text).toContain(
        `| SHA-256 ${name.includes('.es.') ? 'de' : 'of'} \`${day}.root.txt\` | \`${sha256(`${root}\n`)}\` |`,
      );
    }
    expect(text).toContain(`| \`${checks.receiptCode(head)}\` |`);
    expect(text).toContain(`| ${checks.receiptWords(head, englishWords).join(' ')} |`);
    expect(text).toContain(`| ${checks.receiptWords(head, spanishWords).join(' ').normalize('NFC')} |`);
    expect(manifest.slice(0, 64)).toBe(sha256(EXAMPLE_NOTE));
    expect(hexLines[1]).toBe(sha256(`${manifest}\n`));
    expect(check.named.get(hexLines[1] ?? '')).toBe(3);
  });

  it('gives the formula by which its first hash can be worked out', () => {
    const [tag] = /(?:[0-9a-f]{2}){16}(?=\.)/.exec(text) ?? [''];
    const whole = Buffer.concat([Buffer.from(tag, 'hex'), Buffer.alloc(32), Buffer.from(body)]);

    expect(Buffer.from(tag, 'hex').toString()).toBe('vigia-custody-v1');
    expect(text).toContain(`| \`${createHash('sha256').update(whole).digest('hex')}\` |`);
  });

  it('has the example that the code that keeps logs makes', () => {
    expect(`${log}\n`).toBe(logText(EXAMPLE_LOG));
    expect(`${manifest}\n`).toBe(EXAMPLE_MANIFEST);
    expect(hexLines[0]).toBe(Buffer.from(EXAMPLE_KEY).toString('hex'));
  });

  it('names every member, action and problem that there is', () => {
    const table = text.slice(text.indexOf(firstWords), text.indexOf('## 3.'));
    const members = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, member]) => member);
    expect(members.sort()).toEqual(Object.keys(EXAMPLE_LOG[0] ?? {}).sort());
    const actions = /^\| `action` \|.*$/m.exec(table)?.[0] ?? '';
    expect([...actions.matchAll(/`([a-z-]+)`/g)].map(([, action]) => action).slice(1)).toEqual([
      ...CUSTODY_ACTIONS,
    ]);
    for (const code of LOG_PROBLEMS) expect(text).toContain(`\`${code}\``);
  });
});

describe('the texts of the verifier', () => {
  const texts = { es: flattenMessages(es), en: flattenMessages(en) };

  it('are the same in both languages, with the same values', () => {
    const values = (text = ''): string[] =>
      [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort();
    expect(Object.keys(texts.es)).toEqual(Object.keys(texts.en));
    for (const id of Object.keys(texts.es))
      expect([id, values(texts.en[id])]).toEqual([id, values(texts.es[id])]);
  });

  it('have one for each problem', () => {
    for (const code of LOG_PROBLEMS) expect(texts.es[`log.codes.${code}`]).toBeDefined();
    const bag = readFileSync(new URL('./page/bag.cjs', import.meta.url), 'utf8');
    for (const [, code] of bag.matchAll(/report\('([a-z-]+)'/g))
      expect([code, texts.es[`files.codes.${code}`]]).not.toContain(undefined);
  });

  it('never say that something is safe or clean', () => {
    for (const text of [...Object.values(texts.es), ...Object.values(texts.en)])
      expect(text).not.toMatch(/infect|a salvo|\bsafe\b|limpi[oa]|clean|authentic|auténtic/i);
  });
});

describe('the page', () => {
  const page = verifierPage();

  it('is one file that can ask for nothing', () => {
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    const [, script = ''] = /<script>(.*)<\/script>/s.exec(page) ?? [];
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

    expect(policy).toBe(
      `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`,
    );
    const reaching =
      /<\/script|<!--|innerHTML|insertAdjacent|document\.write|\beval\b|\bfetch\(|XMLHttp|https?:/i;
    expect(reaching.exec(script)).toBeNull();
    expect(page.replace(script, '').replace(style, '')).not.toMatch(/ on\w+=|src=|href=|style=|https?:/i);
    expect(Buffer.byteLength(page)).toBeLessThan(150_000);
  });

  it('needs no browser of today', () => {
    const [, script = ''] = /<script>(.*)<\/script>/s.exec(page) ?? [];
    // Of ECMAScript 2020 and later, which would stop the whole program: ?. ?? 1n, private names, replaceAll, at().
    const late =
      /\w\?\.\w|\?\?|\W\d+n\b|[.{\s]#\w+[ (=]|\.replaceAll\(|\.at\(|\.flat\(|Object\.fromEntries|globalThis/;
    expect(late.exec(script)).toBeNull();
  });
});
