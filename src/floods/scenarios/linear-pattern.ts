/**
 * Regular expressions that take time linear in the text, whoever wrote them: rules come from anywhere, and lines from
 * attackers. The syntax is that of RE2, which CrowdSec and Banjax use (github.com/google/re2/wiki/Syntax), without
 * captures; what cannot be matched in linear time (look-around, references back) is not in it either.
 *
 * Text is taken as bytes (one character of the string per byte). Built as sets of states (Thompson 1968) that are worked
 * out and kept when they are first met (Cox, "Regular Expression Matching Can Be Simple And Fast").
 */

/** More states than any written rule has; repetitions are written out. */
const MAX_STATES = 4_000;
const MAX_PATTERN_LENGTH = 4_000;
const MAX_REPEAT = 1_000;
const MAX_DEPTH = 100;
/** Longest text that is looked at: longer than what servers take as a request line. */
export const MAX_TEXT = 8_192;
/** Sets of states kept. When there are more, all are forgotten and worked out again. */
const MAX_SETS = 512;

export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** A set of bytes: 256 bits. */
type ByteSet = Uint8Array;

type Node =
  | { readonly is: 'bytes'; readonly set: ByteSet }
  | { readonly is: 'assert'; readonly what: Assertion }
  | { readonly is: 'all'; readonly parts: readonly Node[] }
  | { readonly is: 'any'; readonly parts: readonly Node[] }
  | { readonly is: 'repeat'; readonly of: Node; readonly least: number; readonly most: number };

const ASSERT = {
  textStart: 0,
  textEnd: 1,
  lineStart: 2,
  lineEnd: 3,
  wordBorder: 4,
  noWordBorder: 5,
} as const;
type Assertion = (typeof ASSERT)[keyof typeof ASSERT];

interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
}

class PatternParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  /** @param text - as bytes */
  constructor(text: string) {
    this.#text = text;
  }

  parse(): Node {
    const node = this.#alternatives({ ignoreCase: false, dotAll: false, multiline: false });
    if (this.#at < this.#text.length) throw new PatternError(`) at ${this.#at}`);
    return node;
  }

  #alternatives(given: Flags): Node {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new PatternError('too many brackets');
    let flags = given;
    const parts: Node[] = [];
    let sequence: Node[] = [];
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined || character === ')') break;
      if (character === '|') {
        this.#at += 1;
        parts.push({ is: 'all', parts: sequence });
        sequence = [];
        continue;
      }
      const changed = this.#flagsAlone(flags);
      if (changed) {
        flags = changed;
        continue;
      }
      sequence.push(this.#repeated(this.#atom(flags)));
    }
    parts.push({ is: 'all', parts: sequence });
    this.#depth -= 1;
    return parts.length === 1 ? (parts[0] as Node) : { is: 'any', parts };
  }

  /** `(?i)`: for the rest of the group. */
  #flagsAlone(flags: Flags): Flags | null {
    const found = /^\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?\)/.exec(this.#text.slice(this.#at, this.#at + 16));
    if (!found) return null;
    this.#at += found[0].length;
    return withFlags(flags, found[1] ?? '', found[2] ?? '');
  }

  #repeated(atom: Node): Node {
    let node = atom;
    let times = 0;
    for (;;) {
      const bounds = this.#quantifier();
      if (!bounds) return node;
      times += 1;
      if (times > 1) throw new PatternError(`repeated twice at ${this.#at}`);
      if (this.#text[this.#at] === '?') this.#at += 1;
      else if (this.#text[this.#at] === '+') throw new PatternError('possessive repetition');
      node = { is: 'repeat', of: node, least: bounds[0], most: bounds[1] };
    }
  }

  #quantifier(): readonly [number, number] | null {
    const character = this.#text[this.#at];
    if (character === '*' || character === '+' || character === '?') {
      this.#at += 1;
      return character === '*'
        ? [0, Number.POSITIVE_INFINITY]
        : character === '+'
          ? [1, Number.POSITIVE_INFINITY]
          : [0, 1];
    }
    if (character !== '{') return null;
    const found = /^\{(\d{1,5})(,(\d{0,5}))?\}/.exec(this.#text.slice(this.#at, this.#at + 16));
    // A bracket that is no repetition stands for itself.
    if (!found) return null;
    this.#at += found[0].length;
    const least = Number(found[1]);
    const most = found[2] === undefined ? least : found[3] ? Number(found[3]) : Number.POSITIVE_INFINITY;
    if (least > MAX_REPEAT || (most > MAX_REPEAT && Number.isFinite(most)) || most < least) {
      throw new PatternError(`repetition ${found[0]}`);
    }
    return [least, most];
  }

  #atom(flags: Flags): Node {
    const text = this.#text;
    const character = text[this.#at] as string;
    this.#at += 1;
    switch (character) {
      case '(':
        return this.#group(flags);
      case '[':
        return { is: 'bytes', set: this.#class(flags) };
      case '.':
        return { is: 'bytes', set: flags.dotAll ? everyByte() : except(setOf([0x0a])) };
      case '^':
        return { is: 'assert', what: flags.multiline ? ASSERT.lineStart : ASSERT.textStart };
      case '$':
        return { is: 'assert', what: flags.multiline ? ASSERT.lineEnd : ASSERT.textEnd };
      case '\\':
        return this.#escape(flags);
      case '*':
      case '+':
      case '?':
        throw new PatternError(`nothing to repeat at ${this.#at - 1}`);
      default:
        return literal(character.charCodeAt(0), flags);
    }
  }

  #group(flags: Flags): Node {
    const rest = this.#text.slice(this.#at, this.#at + 80);
    let inner = flags;
    const named = /^\?P?<[A-Za-z_][A-Za-z0-9_]*>/.exec(rest);
    const flagged = /^\?([a-zA-Z]*)(?:-([a-zA-Z]+))?:/.exec(rest);
    if (named) {
      this.#at += named[0].length;
    } else if (flagged) {
      this.#at += flagged[0].length;
      inner = withFlags(flags, flagged[1] ?? '', flagged[2] ?? '');
    } else if (rest.startsWith('?')) {
      throw new PatternError(`(${rest.slice(0, 3)}`);
    }
    const node = this.#alternatives(inner);
    if (this.#text[this.#at] !== ')') throw new PatternError('( without )');
    this.#at += 1;
    return node;
  }

  #escape(flags: Flags): Node {
    const character = this.#text[this.#at];
    if (character === undefined) throw new PatternError('\\ at the end');
    const assertion = {
      A: ASSERT.textStart,
      z: ASSERT.textEnd,
      b: ASSERT.wordBorder,
      B: ASSERT.noWordBorder,
    }[character as 'A'];
    if (assertion !== undefined) {
      this.#at += 1;
      return { is: 'assert', what: assertion };
    }
    if (character === 'Q') {
      this.#at += 1;
      const end = this.#text.indexOf('\\E', this.#at);
      const quoted = this.#text.slice(this.#at, end === -1 ? undefined : end);
      this.#at = end === -1 ? this.#text.length : end + 2;
      return { is: 'all', parts: [...quoted].map((one) => literal(one.charCodeAt(0), flags)) };
    }
    const set = this.#escapedSet();
    if (set) return { is: 'bytes', set };
    const parts = this.#escapedBytes().map((byte) => literal(byte, flags));
    return parts.length === 1 ? (parts[0] as Node) : { is: 'all', parts };
  }

  /** `\d` and the like; null when it is one character. */
  #escapedSet(): ByteSet | null {
    const character = this.#text[this.#at] as string;
    const set = { d: DIGITS, w: WORDS, s: SPACES }[character.toLowerCase() as 'd'];
    if (!set || character.length === 0) return null;
    this.#at += 1;
    return character === character.toLowerCase() ? set : except(set);
  }

  /** The bytes of one escaped character. */
  #escapedBytes(): readonly number[] {
    const character = this.#text[this.#at] as string;
    this.#at += 1;
    const plain = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7 }[character as 'n'];
    if (plain !== undefined) return [plain];
    if (character === 'x') {
      const found = /^(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{2}))/.exec(
        this.#text.slice(this.#at, this.#at + 9),
      );
      if (!found) throw new PatternError('\\x');
      this.#at += found[0].length;
      const code = Number.parseInt(found[1] ?? found[2] ?? '', 16);
      if (code > 0x10ffff) throw new PatternError('\\x');
      return code < 0x80 ? [code] : [...Buffer.from(String.fromCodePoint(code))];
    }
    if (character === '0') return [0];
    if (/[A-Za-z1-9]/.test(character)) throw new PatternError(`\\${character}`);
    return [character.charCodeAt(0)];
  }

  #class(flags: Flags): ByteSet {
    const text = this.#text;
    const isNegated = text[this.#at] === '^';
    if (isNegated) this.#at += 1;
    const set = new Uint8Array(256);
    for (let first = true; ; first = false) {
      const character = text[this.#at];
      if (character === undefined) throw new PatternError('[ without ]');
      if (character === ']' && !first) {
        this.#at += 1;
        break;
      }
      const named = /^\[:(\^?)([a-z]+):\]/.exec(text.slice(this.#at, this.#at + 16));
      if (named) {
        const posix = POSIX[named[2] as string];
        if (!posix) throw new PatternError(named[0]);
        this.#at += named[0].length;
        addAll(set, named[1] === '^' ? except(posix) : posix);
        continue;
      }
      if (character === '\\') {
        this.#at += 1;
        if (this.#at >= text.length) throw new PatternError('[ without ]');
        const known = this.#escapedSet();
        if (known) {
          addAll(set, known);
          continue;
        }
        this.#at -= 1;
      }
      const from = this.#classByte();
      let to = from;
      if (text[this.#at] === '-' && text[this.#at + 1] !== undefined && text[this.#at + 1] !== ']') {
        this.#at += 1;
        to = this.#classByte();
        if (to < from) throw new PatternError('range turned round');
      }
      for (let byte = from; byte <= to; byte += 1) set[byte] = 1;
    }
    if (flags.ignoreCase) foldCase(set);
    return isNegated ? except(set) : set;
  }

  #classByte(): number {
    const character = this.#text[this.#at] as string;
    let byte = character.charCodeAt(0);
    if (character === '\\') {
      this.#at += 1;
      if (this.#at >= this.#text.length) throw new PatternError('[ without ]');
      const bytes = this.#escapedBytes();
      byte = bytes.length === 1 ? (bytes[0] as number) : 0x100;
    } else {
      this.#at += 1;
    }
    // A letter of more than one byte among others: would need states of its own, and paths have it escaped.
    if (byte >= 0x80) throw new PatternError('letter outside ASCII between [ and ]');
    return byte;
  }
}

function withFlags(flags: Flags, on: string, off: string): Flags {
  let { ignoreCase, dotAll, multiline } = flags;
  for (const [letters, value] of [
    [on, true],
    [off, false],
  ] as const) {
    for (const letter of letters) {
      if (letter === 'i') ignoreCase = value;
      else if (letter === 's') dotAll = value;
      else if (letter === 'm') multiline = value;
      // Swaps greedy and reluctant: the same texts fit.
      else if (letter !== 'U') throw new PatternError(`(?${letter})`);
    }
  }
  return { ignoreCase, dotAll, multiline };
}

function literal(byte: number, flags: Flags): Node {
  const set = setOf([byte]);
  if (flags.ignoreCase) foldCase(set);
  return { is: 'bytes', set };
}

function setOf(bytes: readonly number[]): ByteSet {
  const set = new Uint8Array(256);
  for (const byte of bytes) set[byte] = 1;
  return set;
}

function between(...ranges: readonly string[]): ByteSet {
  const set = new Uint8Array(256);
  for (const range of ranges) {
    for (let byte = range.charCodeAt(0); byte <= range.charCodeAt(range.length - 1); byte += 1) set[byte] = 1;
  }
  return set;
}

function everyByte(): ByteSet {
  return new Uint8Array(256).fill(1);
}

function except(set: ByteSet): ByteSet {
  return set.map((bit) => 1 - bit);
}

function addAll(set: ByteSet, other: ByteSet): void {
  for (let byte = 0; byte < 256; byte += 1) if (other[byte] === 1) set[byte] = 1;
}

function foldCase(set: ByteSet): void {
  for (let upper = 0x41; upper <= 0x5a; upper += 1) {
    const lower = upper + 0x20;
    if (set[upper] === 1 || set[lower] === 1) {
      set[upper] = 1;
      set[lower] = 1;
    }
  }
}

const NONE: ReadonlySet<number> = new Set();
const DIGITS = between('0-9');
const WORDS = between('0-9', 'A-Z', 'a-z', '_');
const SPACES = setOf([9, 10, 12, 13, 32]);
const POSIX: Readonly<Record<string, ByteSet>> = Object.assign(
  Object.create(null) as Record<string, ByteSet>,
  {
    alnum: between('0-9', 'A-Z', 'a-z'),
    alpha: between('A-Z', 'a-z'),
    blank: setOf([9, 32]),
    digit: DIGITS,
    lower: between('a-z'),
    upper: between('A-Z'),
    punct: between('!-/', ':-@', '[-`', '{-~'),
    space: setOf([9, 10, 11, 12, 13, 32]),
    word: WORDS,
    xdigit: between('0-9', 'A-F', 'a-f'),
  },
);

/** States of the pattern: each takes a byte of a set, or goes on without one. */
class Program {
  /** Set of bytes a state takes; null when it takes none. */
  readonly sets: (ByteSet | null)[] = [];
  /** What must hold to go on without a byte; -1 nothing. */
  readonly asserts: number[] = [];
  readonly next: number[] = [];
  /** Second way on; -1 none. */
  readonly other: number[] = [];
  /** The state in which the text fits. */
  readonly end: number;
  readonly start: number;
  #written = 0;

  constructor(root: Node) {
    this.end = this.#state(null, -1, -1, -1);
    this.start = this.#write(root, this.end);
  }

  #state(set: ByteSet | null, assertion: number, next: number, other: number): number {
    if (this.sets.length >= MAX_STATES) throw new PatternError('too large');
    this.sets.push(set);
    this.asserts.push(assertion);
    this.next.push(next);
    this.other.push(other);
    return this.sets.length - 1;
  }

  /** Writes what a node needs before going on to `next`. @returns its first state */
  #write(node: Node, next: number): number {
    // Empty groups repeated within each other need no state and yet time.
    this.#written += 1;
    if (this.#written > MAX_STATES * 4) throw new PatternError('too large');
    switch (node.is) {
      case 'bytes':
        return this.#state(node.set, -1, next, -1);
      case 'assert':
        return this.#state(null, node.what, next, -1);
      case 'all': {
        let first = next;
        for (let index = node.parts.length - 1; index >= 0; index -= 1) {
          first = this.#write(node.parts[index] as Node, first);
        }
        return first;
      }
      case 'any': {
        let first = this.#write(node.parts[node.parts.length - 1] as Node, next);
        for (let index = node.parts.length - 2; index >= 0; index -= 1) {
          first = this.#state(null, -1, this.#write(node.parts[index] as Node, next), first);
        }
        return first;
      }
      case 'repeat':
        return this.#repeat(node.of, node.least, node.most, next);
    }
  }

  #repeat(of: Node, least: number, most: number, next: number): number {
    let first = next;
    if (most === Number.POSITIVE_INFINITY) {
      const loop = this.#state(null, -1, -1, next);
      this.next[loop] = this.#write(of, loop);
      first = loop;
    } else {
      for (let count = least; count < most; count += 1) {
        first = this.#state(null, -1, this.#write(of, first), next);
      }
    }
    for (let count = 0; count < least; count += 1) first = this.#write(of, first);
    return first;
  }
}

/** What stands before a place in the text. */
const BEFORE = { start: 0, word: 1, lineFeed: 2, other: 3 } as const;
/** Class of the end of the text, behind those of bytes. */
const FITS = 1;
const UNKNOWN = 0;

/** A set of states, with what stands before it. */
interface StateSet {
  readonly states: readonly number[];
  readonly before: number;
  /** By class of byte: {@link UNKNOWN}, {@link FITS}, or the index of the next set. */
  readonly next: Int32Array;
}

export class LinearPattern {
  readonly source: string;
  readonly #program: Program;
  /** Class of each byte: bytes that no state tells apart are one. */
  readonly #classOf = new Uint8Array(256);
  /** A byte of each class. */
  readonly #sample: number[] = [];
  #sets: StateSet[] = [];
  readonly #known = new Map<string, number>();
  readonly #marks: Uint32Array;
  #round = 0;

  /** @throws PatternError when the pattern is not understood */
  constructor(source: string) {
    this.source = source;
    const bytes = Buffer.from(source).toString('latin1');
    if (bytes.length > MAX_PATTERN_LENGTH) throw new PatternError('too long');
    this.#program = new Program(new PatternParser(bytes).parse());
    this.#marks = new Uint32Array(this.#program.sets.length);
    this.#sortBytes();
    this.#forget();
  }

  /** Whether any part of a text fits. @param text - one character per byte */
  test(text: string): boolean {
    const length = Math.min(text.length, MAX_TEXT);
    const classes = this.#classOf;
    let current = 2;
    for (let at = 0; at < length; at += 1) {
      const byteClass = classes[text.charCodeAt(at) & 0xff] as number;
      let next = (this.#sets[current] as StateSet).next[byteClass] as number;
      if (next === UNKNOWN) next = this.#step(current, byteClass);
      if (next === FITS) return true;
      current = next;
    }
    // Of a text that goes on, nobody knows how it ends.
    if (text.length > MAX_TEXT) return false;
    const atEnd = this.#sample.length;
    let verdict = (this.#sets[current] as StateSet).next[atEnd] as number;
    if (verdict === UNKNOWN) verdict = this.#step(current, atEnd);
    return verdict === FITS;
  }

  /**
   * Whether a text might fit that has none of some bytes, nor a byte of others twice in a row. When not, such texts need
   * not be tried.
   */
  canFitWithout(bytes: ReadonlySet<number>, singles: ReadonlySet<number> = NONE): boolean {
    const { sets, next, other, start, end } = this.#program;
    // Each state twice: after a byte of the others, and not.
    const seen = new Uint8Array(sets.length * 2);
    const open = [start * 2];
    while (open.length > 0) {
      const place = open.pop() as number;
      if (seen[place] === 1) continue;
      seen[place] = 1;
      const state = place >> 1;
      const isAfter = place & 1;
      if (state === end) return true;
      const set = sets[state];
      const goOn = (to: number, after: number): void => {
        if (to !== -1) open.push(to * 2 + after);
      };
      if (!set) {
        goOn(next[state] as number, isAfter);
        goOn(other[state] as number, isAfter);
        continue;
      }
      for (let byte = 0; byte < 256; byte += 1) {
        if (set[byte] !== 1 || bytes.has(byte)) continue;
        if (!singles.has(byte)) goOn(next[state] as number, 0);
        else if (isAfter === 0) goOn(next[state] as number, 1);
      }
    }
    return false;
  }

  /** Bytes that every set takes alike, and that are alike for assertions, are one class. */
  #sortBytes(): void {
    const signs: string[] = new Array<string>(256).fill('');
    const distinct = new Set<string>();
    for (const set of this.#program.sets) {
      if (!set) continue;
      const key = set.join('');
      if (distinct.has(key)) continue;
      distinct.add(key);
      const sign = String.fromCharCode(distinct.size);
      for (let byte = 0; byte < 256; byte += 1) if (set[byte] === 1) signs[byte] += sign;
    }
    const classes = new Map<string, number>();
    for (let byte = 0; byte < 256; byte += 1) {
      const key = `${beforeOf(byte)} ${signs[byte]}`;
      let found = classes.get(key);
      if (found === undefined) {
        found = classes.size;
        classes.set(key, found);
        this.#sample.push(byte);
      }
      this.#classOf[byte] = found;
    }
  }

  #forget(): void {
    this.#known.clear();
    const none: StateSet = { states: [], before: BEFORE.start, next: new Int32Array(0) };
    // 0 and 1 are no sets: UNKNOWN and FITS.
    this.#sets = [none, none];
    this.#setOf([this.#program.start], BEFORE.start);
  }

  #setOf(states: readonly number[], before: number): number {
    const key = `${before} ${states.join(' ')}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const index = this.#sets.length;
    this.#sets.push({ states, before, next: new Int32Array(this.#sample.length + 1) });
    this.#known.set(key, index);
    return index;
  }

  /** Works out where a set goes with a byte of a class, or at the end of the text. */
  #step(from: number, byteClass: number): number {
    const set = this.#sets[from] as StateSet;
    const byte = byteClass === this.#sample.length ? -1 : (this.#sample[byteClass] as number);
    const reached = this.#reach(set.states, set.before, byte);
    if (reached === null) {
      set.next[byteClass] = FITS;
      return FITS;
    }
    if (byte === -1) {
      // No text fits here; any set but FITS says so.
      set.next[byteClass] = from;
      return from;
    }
    const { sets, next, start } = this.#program;
    this.#round += 1;
    const states: number[] = [];
    for (const state of reached) {
      if (sets[state]?.[byte] !== 1) continue;
      const following = next[state] as number;
      if (this.#marks[following] === this.#round) continue;
      this.#marks[following] = this.#round;
      states.push(following);
    }
    // The pattern may begin anywhere.
    if (this.#marks[start] !== this.#round) states.push(start);
    states.sort((a, b) => a - b);
    if (this.#sets.length >= MAX_SETS) {
      this.#forget();
      return this.#setOf(states, beforeOf(byte));
    }
    const index = this.#setOf(states, beforeOf(byte));
    set.next[byteClass] = index;
    return index;
  }

  /** States that take a byte, reached without one; null when the text fits already. */
  #reach(states: readonly number[], before: number, byte: number): readonly number[] | null {
    const { sets, asserts, next, other, end } = this.#program;
    this.#round += 1;
    const reached: number[] = [];
    const open = [...states];
    while (open.length > 0) {
      const state = open.pop() as number;
      if (state === -1 || this.#marks[state] === this.#round) continue;
      this.#marks[state] = this.#round;
      if (state === end) return null;
      if (sets[state]) {
        reached.push(state);
        continue;
      }
      const assertion = asserts[state] as number;
      if (assertion !== -1 && !holds(assertion as Assertion, before, byte)) continue;
      open.push(next[state] as number, other[state] as number);
    }
    return reached;
  }
}

function beforeOf(byte: number): number {
  if (byte === 0x0a) return BEFORE.lineFeed;
  return WORDS[byte] === 1 ? BEFORE.word : BEFORE.other;
}

/** @param byte - the next one; -1 at the end */
function holds(assertion: Assertion, before: number, byte: number): boolean {
  switch (assertion) {
    case ASSERT.textStart:
      return before === BEFORE.start;
    case ASSERT.textEnd:
      return byte === -1;
    case ASSERT.lineStart:
      return before === BEFORE.start || before === BEFORE.lineFeed;
    case ASSERT.lineEnd:
      return byte === -1 || byte === 0x0a;
    case ASSERT.wordBorder:
    case ASSERT.noWordBorder: {
      const isBorder = (before === BEFORE.word) !== (byte !== -1 && WORDS[byte] === 1);
      return isBorder === (assertion === ASSERT.wordBorder);
    }
  }
}
