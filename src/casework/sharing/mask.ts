/** Texts with what names a person, or reaches one, taken out. */
import type { SharingWords } from './words.js';

/** What is known about the client, to be taken out wherever it stands. */
export interface KnownAboutClient {
  readonly names: readonly string[];
  /** Numbers, addresses, account names. */
  readonly contacts: readonly string[];
}

export interface MaskOptions {
  /** Also what only looks like a person's data: any number, address, user folder or identifier of a device. */
  readonly everyone: boolean;
  /** Identifiers of devices that are told by their shape alone (IMEI, IMSI). */
  readonly deviceNumbers: boolean;
}

export type Mask = (text: string) => string;

// Texts are cut before: a mask looks at each character a few times, and a hostile cell has any number.
const MAX_CHARACTERS = 100_000;
// Of a name like "Ana de la Paz", the parts that would take half of every sentence with them.
const MIN_NAME_PART = 4;
const MAX_KNOWN = 1_000;

type Word = 'name' | 'email' | 'phone' | 'address' | 'device' | 'user' | 'contact';

/**
 * Patterns, the longest shapes first: what one takes, the next does not see. Runs are bounded, so that no text takes more
 * than linear time.
 */
const EVERYONE: readonly (readonly [RegExp, Word])[] = [
  [/[^\s@<>"'(),:;/\\=&?]{1,64}(?:@|%40)(?:[\p{L}\p{N}-]{1,63}\.){1,8}[\p{L}\p{N}-]{2,63}/giu, 'email'],
  [/(?<=[/\\](?:users|home|usuarios|documents and settings)[/\\])[^/\\\s"'<>|]{1,64}/gi, 'user'],
  // UUIDs, hashes and UDIDs of devices (40 hexadecimal digits; 8-16 since the iPhone XS), serial-like runs, MAC addresses.
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, 'device'],
  [/\b[0-9a-f]{8}-[0-9a-f]{16}\b/gi, 'device'],
  [/\b[0-9a-f]{40}\b/gi, 'device'],
  [/\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b/gi, 'device'],
  [/\b(?=[A-Z0-9]{10,17}\b)(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{10,17}\b/g, 'device'],
  [
    /(?<![\d.])(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.\d{1,3}(?:\.\d{1,3})?(?![\d.])/g,
    'address',
  ],
  [/\b(?:fe80|f[cd][0-9a-f]{2})(?::[0-9a-f]{0,4}){2,7}/gi, 'address'],
  // Seven digits and more with the marks people write between them; a date such as 2024-03-12 has its own shape.
  [
    /(?<![\d\p{L}]|\d\.)(?!\d{4}-\d\d-\d\d|\d{1,3}(?:\.\d{1,3}){3}(?!\d))\+?\(?\d(?:[\s().-]{0,2}\d){6,16}(?!\d)/gu,
    'phone',
  ],
  [/(?<![\p{L}\p{N}@./])@[\p{L}\p{N}_][\p{L}\p{N}_.]{2,40}/gu, 'contact'],
];

// 3GPP TS 23.003: an IMEI has 15 digits (14 without check digit, 16 with software version), an IMSI at most 15.
const DEVICE_NUMBER: readonly (readonly [RegExp, Word])[] = [[/(?<![\d.])\d{14,16}(?![\d.])/g, 'device']];

/**
 * @example
 * maskOf({ names: ['Jimena'], contacts: [] }, { everyone: true, deviceNumbers: true }, words)('Jimena: +1 555 0100'); // '[nombre]: [número]'
 */
export function maskOf(known: KnownAboutClient, options: MaskOptions, words: SharingWords): Mask {
  const rules: (readonly [RegExp, string])[] = [];
  const add = (pattern: RegExp, word: Word): void => {
    rules.push([pattern, `[${words(`masked.${word}`)}]`]);
  };
  const names = known.names.slice(0, MAX_KNOWN).flatMap((name) => {
    const whole = name.trim();
    const parts = whole.split(/\s+/).filter((part) => part.length >= MIN_NAME_PART);
    return whole.length < 2 ? [] : [whole, ...parts];
  });
  for (const contact of known.contacts.slice(0, MAX_KNOWN)) {
    const pattern = contactPattern(contact);
    if (pattern) add(pattern, 'contact');
  }
  // Addresses of lures carry whom they were sent to, seldom in plain.
  for (const value of [...known.contacts, ...known.names].slice(0, MAX_KNOWN)) {
    const forms = encodedForms(value.trim());
    if (forms.length > 0) add(new RegExp(forms.map(escaped).join('|'), 'gi'), 'contact');
  }
  // The longest first: a part must not break up the whole.
  for (const name of [...new Set(names)].sort((a, b) => b.length - a.length)) add(namePattern(name), 'name');
  if (options.deviceNumbers || options.everyone)
    for (const [pattern, word] of DEVICE_NUMBER) add(pattern, word);
  if (options.everyone) for (const [pattern, word] of EVERYONE) add(pattern, word);
  return (text) => {
    let masked = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
    for (const [pattern, replacement] of rules) masked = masked.replace(pattern, replacement);
    return masked;
  };
}

/** Every text inside a value, also as keys, through a mask. */
export function maskDeep(value: unknown, mask: Mask, depth = 0): unknown {
  if (typeof value === 'string') return mask(value);
  if (typeof value !== 'object' || value === null) return value;
  // Details of findings are a few levels deep; a hostile import may be deeper than the stack.
  if (depth >= 32) return null;
  if (Array.isArray(value)) return value.map((item) => maskDeep(item, mask, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [mask(key), maskDeep(inner, mask, depth + 1)]),
  );
}

const ACCENTS: Readonly<Record<string, string>> = {
  a: 'aáàâäã',
  e: 'eéèêë',
  i: 'iíìîï',
  o: 'oóòôöõ',
  u: 'uúùûü',
  n: 'nñ',
  c: 'cç',
};

/** A name with or without its accents, in capitals or not, as a word of its own. */
function namePattern(name: string): RegExp {
  const letters = [...name].map((letter) => {
    if (/\s/.test(letter)) return '[\\s_.+-]{1,3}';
    const plain = letter.normalize('NFD').charAt(0).toLowerCase();
    const variants = ACCENTS[plain];
    return variants === undefined ? escaped(letter) : `[${variants}]\\u0301?`;
  });
  return new RegExp(`(?<!\\p{L})${letters.join('')}(?!\\p{L})`, 'giu');
}

/** Numbers in any notation, by their last ten digits; everything else as written. */
function contactPattern(contact: string): RegExp | null {
  const text = contact.trim();
  const digits = text.replace(/\D/g, '');
  if (digits.length >= 7 && /^[+\d\s().-]+$/.test(text)) {
    const last = [...digits.slice(-10)].join('[\\s().-]{0,2}');
    return new RegExp(`\\+?(?:\\d[\\s().-]{0,2}){0,4}${last}(?!\\d)`, 'g');
  }
  return text.length < 3 ? null : new RegExp(escaped(text), 'gi');
}

/** A value as links hold it: escaped, in hexadecimal, in base64 at each of the three places it may begin at. */
function encodedForms(value: string): string[] {
  if (value.length < 6) return [];
  const bytes = Buffer.from(value, 'utf8');
  const base64 = [0, 1, 2].map((before) => {
    const shifted = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // The first and last digits hold bits of what stands beside.
    return shifted.slice(before === 0 ? 0 : before + 1, (before + bytes.length) % 3 === 0 ? undefined : -1);
  });
  const all = [
    encodeURIComponent(value),
    bytes.toString('hex'),
    Buffer.from(value, 'utf16le').toString('hex'),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ];
  return [...new Set(all)].filter((form) => form !== value && form.length >= 6);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
