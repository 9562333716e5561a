/** Searches a finished copy for what was to be hidden, also where it stands in another form: the copy is given out only without. */
import type { HiddenWords } from './hidden-words.js';

/** Shorter runs hold no word worth hiding. */
const BASE64_RUN = /[A-Za-z0-9+/_-]{8,}={0,2}/g;
const HEX_RUN = /(?:[0-9a-f]{2}){6,}/gi;
const MAX_NESTING = 2;

/** @returns the form in which something was found, or null */
export function formFoundIn(bytes: Uint8Array, hidden: HiddenWords): string | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const odd = buffer.subarray(1);
  const readings: readonly (readonly [form: string, text: string])[] = [
    ['text', buffer.toString('utf8')],
    ['latin1', buffer.toString('latin1')],
    ['utf-16', buffer.toString('utf16le')],
    ['utf-16', odd.toString('utf16le')],
  ];
  for (const [form, text] of readings) if (hidden.isIn(text)) return form;
  return formFoundInText(buffer.toString('utf8'), hidden, 0);
}

function formFoundInText(text: string, hidden: HiddenWords, depth: number): string | null {
  const decoded: (readonly [form: string, text: string])[] = [
    ['percent', text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => fromPercent(run))],
    ['plus', text.replaceAll('+', ' ')],
    ['entities', fromEntities(text)],
    [
      'escapes',
      text.replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    ],
    ['quoted-printable', fromQuotedPrintable(text)],
    ['tags', text.replace(/<[^<>]*>/g, '')],
    ['line-ends', text.replace(/=?\r?\n[ \t>]*/g, '')],
  ];
  const runs = [...text.matchAll(BASE64_RUN)].map(([run]) => run);
  // Base64 of a text that begins one or two bytes later reads otherwise.
  for (const skip of [0, 1, 2, 3])
    decoded.push(['base64', runs.map((run) => fromBase64(run.slice(skip))).join('\n')]);
  const hex = [...text.matchAll(HEX_RUN)].map(([run]) => Buffer.from(run, 'hex').toString('utf8'));
  decoded.push(['hex', hex.join('\n')]);
  const joined = text.replace(/([A-Za-z0-9+/]{40,76})\r?\n/g, '$1');
  if (joined !== text && depth < MAX_NESTING) decoded.push(['base64', joined]);
  for (const [form, reading] of decoded) {
    if (reading === text || reading === '') continue;
    if (hidden.isIn(reading)) return form;
    const isNew = form === 'base64' || form === 'percent';
    if (isNew && depth < MAX_NESTING && formFoundInText(reading, hidden, depth + 1) !== null) return form;
  }
  return null;
}

function fromPercent(run: string): string {
  return Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8');
}

function fromBase64(run: string): string {
  const bytes = Buffer.from(run, 'base64');
  const text = bytes.toString('utf8');
  return text.includes('\u0000') ? text + bytes.toString('utf16le') : text;
}

function fromQuotedPrintable(text: string): string {
  return text
    .replace(/=\r?\n/g, '')
    .replace(/(?:=[0-9A-F]{2})+/gi, (run) => Buffer.from(run.replaceAll('=', ''), 'hex').toString('utf8'));
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};
const ACCENTS = /^([A-Za-z])(?:acute|grave|uml|circ|tilde|cedil|ring)$/;

function fromEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([A-Za-z]{2,8}));/gi, (whole, decimal, hex, name) => {
    const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : 0;
    if (code > 0 && code <= 0x10ffff) return String.fromCodePoint(code);
    // The letter without its accent is the same to the search.
    return NAMED[name] ?? ACCENTS.exec(name ?? '')?.[1] ?? whole;
  });
}
