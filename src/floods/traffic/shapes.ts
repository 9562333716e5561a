/** What a path and a query look like, with what changes from request to request left out. Into a scratch buffer, in one pass. */
import { type Hit, METHOD } from '../hits/hit.js';

/** Longest shape kept. */
const MAX_SHAPE = 300;
/** Names of parameters kept of one query. */
const MAX_NAMES = 12;
const [SLASH, QUESTION, AMPERSAND, EQUALS, HASH, STAR, SEMICOLON] = [
  0x2f, 0x3f, 0x26, 0x3d, 0x23, 0x2a, 0x3b,
];

export class ShapeWriter {
  readonly bytes = Buffer.alloc(MAX_SHAPE + 64);
  length = 0;

  /** Shape of a path: numbers become `#`, words that look random or are very long `*`. */
  path(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end && this.length < MAX_SHAPE) {
      if (bytes[at] === SLASH) {
        this.#put(SLASH);
        at += 1;
        continue;
      }
      let stop = at;
      while (stop < end && bytes[stop] !== SLASH) stop += 1;
      this.#segment(bytes, at, stop);
      at = stop;
    }
  }

  /** Shape of a query: names as they are, values by kind: `#` digits, `*` anything else, nothing when empty. */
  query(bytes: Uint8Array, start: number, end: number): void {
    this.#put(QUESTION);
    let names = 0;
    let at = start;
    while (at < end && this.length < MAX_SHAPE && names < MAX_NAMES) {
      let stop = at;
      let equals = -1;
      while (stop < end && bytes[stop] !== AMPERSAND && bytes[stop] !== SEMICOLON) {
        if (bytes[stop] === EQUALS && equals === -1) equals = stop;
        stop += 1;
      }
      if (names > 0) this.#put(AMPERSAND);
      if (equals === -1) {
        // A bare value: `?1496275200`, a cache buster as likely as a name.
        this.#segment(bytes, at, stop);
      } else {
        this.#segment(bytes, at, equals);
        this.#put(EQUALS);
        if (equals + 1 < stop) this.#put(isDigits(bytes, equals + 1, stop) ? HASH : STAR);
      }
      names += 1;
      at = stop + 1;
    }
  }

  text(text: string): void {
    this.length += this.bytes.write(text, this.length, 'latin1');
  }

  #segment(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    if (isDigits(bytes, start, end)) {
      this.#put(HASH);
      return;
    }
    if (looksRandom(bytes, start, end)) {
      this.#put(STAR);
      return;
    }
    for (let at = start; at < end && this.length < MAX_SHAPE; at += 1) this.#put(bytes[at] as number);
  }

  #put(byte: number): void {
    this.bytes[this.length] = byte;
    this.length += 1;
  }
}

function isDigits(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return true;
}

/**
 * A word nobody would write: longer than 80; letters and digits mixed without a separator (8 or more, or 6 with at least
 * three changes between the two); capitals only, 5 to 12; seven consonants in a row. Slugs of articles have separators and
 * vowels, so they stay; an extension does not count.
 */
function looksRandom(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length > 80) return true;
  let [digits, lower, upper, separators, changes, run, longestRun] = [0, 0, 0, 0, 0, 0, 0];
  let wasDigit = -1;
  let word = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === 0x2e && at > start) break;
    word += 1;
    if (byte >= 0x30 && byte <= 0x39) {
      digits += 1;
      if (wasDigit === 0) changes += 1;
      wasDigit = 1;
      run = 0;
    } else {
      const letter = byte | 0x20;
      if (letter >= 0x61 && letter <= 0x7a) {
        if (byte === letter) lower += 1;
        else upper += 1;
        if (wasDigit === 1) changes += 1;
        wasDigit = 0;
        run = isVowel(letter) ? 0 : run + 1;
        if (run > longestRun) longestRun = run;
      } else {
        separators += 1;
        run = 0;
      }
    }
  }
  if (separators > 0) return false;
  if (digits > 0 && lower + upper > 0) return word >= 8 || (word >= 6 && changes >= 3);
  if (upper === word && word >= 5 && word <= 12) return true;
  return longestRun >= 7 || (upper > 1 && lower > 1 && word >= 6 && mixedCase(bytes, start, start + word));
}

function isVowel(letter: number): boolean {
  return (
    letter === 0x61 ||
    letter === 0x65 ||
    letter === 0x69 ||
    letter === 0x6f ||
    letter === 0x75 ||
    letter === 0x79
  );
}

/** Capitals in the middle of words, three changes or more: `aBxQzt`, not `McDonald`. */
function mixedCase(bytes: Uint8Array, start: number, end: number): boolean {
  let changes = 0;
  for (let at = start + 1; at < end; at += 1) {
    if (((bytes[at] as number) & 0x20) !== ((bytes[at - 1] as number) & 0x20)) changes += 1;
  }
  return changes >= 4;
}

/** No page is so large: what is, is a download, a film or a sound. */
const BULK_BYTES = 524_288;
/** Players and programs that go on with a download ask for parts of at least this. */
const LEAST_PART_BYTES = 65_536;

/** Whether an answer is one part of something (206), or larger than any page. */
export function isBulk({ status, bytesOut }: Hit): boolean {
  return status === 206 || (bytesOut >= BULK_BYTES && status === 200);
}

/**
 * Whether a request is for a part of a page (style, script, picture, font, sound, film) or a download, and not for a page: by
 * the type of the answer where the log has it, else by the extension, else by how it was answered.
 */
export function isAsset(hit: Hit): boolean {
  const { bytes } = hit;
  if (hit.typeStart !== -1) {
    const first = (bytes[hit.typeStart] as number) | 0x20;
    // image/, font/, audio/, video/ ; text/css, text/javascript, application/javascript, application/font…
    if (first === 0x69 || first === 0x66 || first === 0x76) return true;
    let slash = hit.typeStart;
    while (slash < hit.typeEnd && bytes[slash] !== SLASH) slash += 1;
    if (slash === hit.typeEnd) return false;
    const sub = (bytes[slash + 1] as number) | 0x20;
    const subSecond = (bytes[slash + 2] as number) | 0x20;
    if (first === 0x74) return sub === 0x63 || sub === 0x6a;
    const length = slash - hit.typeStart;
    if (length === 5) return true;
    if ((sub === 0x6a && subSecond === 0x61) || (sub === 0x66 && subSecond === 0x6f)) return true;
    return isBulk(hit) && isDownload(hit, extensionCode(hit));
  }
  const extension = extensionCode(hit);
  return ASSET_CODES.has(extension) || (isBulk(hit) && isDownload(hit, extension));
}

/**
 * Episodes, films and documents have addresses without an ending, too; a player asks for one dozens of times, in parts. The
 * home page and programs (`.php`) are pages whatever was asked of them: who floods these may ask for parts as well.
 */
function isDownload(
  { method, status, bytesOut, targetStart, pathEnd, queryStart }: Hit,
  extension: number,
): boolean {
  if (method !== METHOD.get || pathEnd - targetStart <= 1 || PAGE_CODES.has(extension)) return false;
  if (status === 206) return extension !== 0 || bytesOut >= LEAST_PART_BYTES;
  return extension === 0 && queryStart === -1;
}

/** The extension of the path as a number; 0 when it has none. */
function extensionCode({ bytes, targetStart, pathEnd }: Hit): number {
  let dot = pathEnd - 1;
  const least = Math.max(targetStart, pathEnd - 7);
  while (dot >= least && bytes[dot] !== 0x2e) {
    if (bytes[dot] === SLASH) return 0;
    dot -= 1;
  }
  if (dot < least) return 0;
  let code = 0;
  for (let at = dot + 1; at < pathEnd; at += 1) code = code * 37 + letterOf(bytes[at] as number);
  return code;
}

function letterOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30 + 27;
  const letter = (byte | 0x20) - 0x60;
  return letter >= 1 && letter <= 26 ? letter : 0;
}

const ASSET_CODES = codesOf(
  'css js mjs map jpg jpeg png gif svg ico webp avif bmp tif tiff woff woff2 ttf otf eot mp3 mp4 m4a m4v ogg oga ogv ' +
    'wav webm mov avi ts m3u8 swf m4s m4b mpd cmfa cmfv aac opus flac weba mkv mpg mpeg 3gp vtt srt jxl heic apng wasm',
);
const PAGE_CODES = codesOf('html htm xhtml shtml php asp aspx jsp do cgi');

function codesOf(extensions: string): ReadonlySet<number> {
  return new Set(
    extensions.split(' ').map((extension) => {
      let code = 0;
      for (const character of extension) code = code * 37 + letterOf(character.charCodeAt(0));
      return code;
    }),
  );
}
