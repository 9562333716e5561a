/**
 * The stand-alone verifier: one HTML file that goes with every export and checks it without a network. Its program
 * (page/*.cjs, classic scripts) was written from docs/custody-format.md alone and shares nothing with the code that keeps
 * the log: when both agree, the document is right.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { wordlist as english } from '@scure/bip39/wordlists/english.js';
import { wordlist as spanish } from '@scure/bip39/wordlists/spanish.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { pageHtml } from './page-html.js';

/** What works anywhere, in the order that it needs. */
const CHECKS = ['bytes', 'hashes', 'ed25519', 'log', 'zip', 'bag'];
const WORDS = { es: spanish, en: english };

/** The program without its page: standard ECMAScript that leaves everything in `vigia`. */
export function verifierChecks(): string {
  return `const vigia = {};\n${CHECKS.map(part).join('\n')}`;
}

/**
 * The page. Opened from disk it takes an export as a folder, as files or as a zip, and says in Spanish or English what holds.
 */
export function verifierPage(): string {
  const script = `(() => {
'use strict';
const vigia = { texts: ${inScript({ es, en })} };
${part('begin')}
if (vigia.isTooOld) return;
${CHECKS.map(part).join('\n')}
vigia.words = ${inScript({ es: WORDS.es.map(composed), en: WORDS.en.map(composed) })};
${part('page')}
})();
`;
  const style = readFileSync(new URL('./page/page.css', import.meta.url), 'utf8');
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return pageHtml({ policy, style, script });
}

function part(name: string): string {
  return readFileSync(new URL(`./page/${name}.cjs`, import.meta.url), 'utf8');
}

/** The lists are kept decomposed in places; words are compared and shown composed. */
function composed(word: string): string {
  return word.normalize('NFC');
}

/** JSON inside a script of an HTML page: no sign that could end it. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
