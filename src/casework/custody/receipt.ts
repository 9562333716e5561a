/** Receipts of a log: its head as something that can be printed, read aloud and kept by the client. */
import { wordlist as english } from '@scure/bip39/wordlists/english.js';
import { wordlist as spanish } from '@scure/bip39/wordlists/spanish.js';
import type { Language } from '../../core/contracts.js';
import { createTranslator, flattenMessages } from '../../core/language.js';
import { defang } from '../../records/links.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };

const WORDS = { es: spanish, en: english };
const TEXTS = { es, en };
const RECEIPT_WORDS = 8;
/** A list of BIP 39 has 2048 words. */
const BITS_PER_WORD = 11n;
const MASK = (1n << BITS_PER_WORD) - 1n;

/** The first 20 hexadecimal digits of a head hash: 80 bits. */
export function receiptCode(headHash: string): string {
  return headHash.slice(0, 20);
}

/** The first 88 bits of a head hash as eight words of the list of BIP 39, which are told apart also when they are heard badly. */
export function receiptWords(headHash: string, language: Language): string[] {
  const bits = BigInt(`0x${headHash.slice(0, 22)}`);
  return Array.from({ length: RECEIPT_WORDS }, (_, index) => {
    const shift = BITS_PER_WORD * BigInt(RECEIPT_WORDS - 1 - index);
    return (WORDS[language][Number((bits >> shift) & MASK)] ?? '').normalize('NFC');
  });
}

export interface ReceiptOf {
  readonly caseCode: string;
  readonly headHash: string;
  readonly seq: number;
  readonly at: string;
  readonly language: Language;
}

/** A receipt to be printed: plain text, with what it protects against. */
export function receiptText({ caseCode, headHash, seq, at, language }: ReceiptOf): string {
  const say = createTranslator(language, flattenMessages(TEXTS[language]), 'UTC', defang);
  const words = receiptWords(headHash, language);
  return [
    say('receipt.title'),
    '',
    say('receipt.case', { code: caseCode }),
    say('receipt.entry', { seq, at: `${at.slice(0, 19)}Z` }),
    say('receipt.code', { code: receiptCode(headHash).replace(/(.{4})(?=.)/g, '$1 ') }),
    say('receipt.words', { words: words.join(' ') }),
    '',
    say('receipt.what'),
    say('receipt.keep'),
    say('receipt.limits'),
  ].join('\n');
}
