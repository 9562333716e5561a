/**
 * The STIX 2 patterning language (OASIS STIX 2.1, part 9), read as far as it can become single indicators:
 * equality comparisons, IN lists and address ranges, alone or joined by OR. Everything that only holds together with
 * something else (AND, FOLLOWEDBY, time windows) is named and left out, never loosened.
 */
import type { SkipReason } from '../codes.js';

/** One comparison that stands on its own. */
export interface PatternComparison {
  /** Type of the object: `domain-name`, `file`. */
  readonly object: string;
  /** Steps after the colon, quotation marks removed: `['hashes', 'SHA-256']`. */
  readonly steps: readonly string[];
  readonly value: string;
}

export interface PatternResult {
  readonly comparisons: readonly PatternComparison[];
  /** One entry per branch that could not be used. */
  readonly skipped: readonly SkipReason[];
}

// Longer ones are lists that belong in separate indicators; the published bundles hold patterns below 200 characters.
const MAX_PATTERN_LENGTH = 1_000_000;
const MAX_DEPTH = 64;

type Token =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: string }
  | { readonly kind: 'word'; readonly value: string }
  | { readonly kind: 'mark'; readonly value: string };

/** A part of a pattern: usable comparisons, or the reason why the whole part cannot be used. */
type Branch = { readonly comparisons: PatternComparison[]; readonly skipped: SkipReason[] };

class PatternError extends Error {
  constructor(readonly reason: 'pattern-malformed' | 'pattern-too-complex') {
    super(reason);
  }
}

/**
 * Splits a pattern into the comparisons that can be matched alone.
 *
 * @example
 * readPattern("[domain-name:value='example.net' OR file:hashes.'SHA-256'='…']").comparisons.length; // 2
 */
export function readPattern(pattern: string): PatternResult {
  if (pattern.length > MAX_PATTERN_LENGTH) return { comparisons: [], skipped: ['pattern-too-complex'] };
  try {
    return new PatternReader(tokenise(pattern)).read();
  } catch (error) {
    if (error instanceof PatternError) return { comparisons: [], skipped: [error.reason] };
    throw error;
  }
}

const WORD = /[A-Za-z_][A-Za-z0-9_-]*/y;
const NUMBER = /[+-]?\d+(?:\.\d+)?/y;
const SPACE = /\s+/y;
const MARKS = ['<=', '>=', '!=', '<>', '==', '=', '<', '>', '[', ']', '(', ')', ',', ':', '.', '*'] as const;

function tokenise(pattern: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (shape: RegExp): string | null => {
    shape.lastIndex = at;
    const found = shape.exec(pattern)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };
  while (at < pattern.length) {
    if (take(SPACE) !== null) continue;
    const character = pattern[at] ?? '';
    const next = pattern[at + 1] ?? '';
    // Timestamps t'…', hexadecimal h'…' and binary b'…' are literals of their own kind.
    if (character === "'" || (next === "'" && 'thb'.includes(character))) {
      const literal = readLiteral(pattern, character === "'" ? at + 1 : at + 2);
      tokens.push({ kind: 'text', value: literal.value });
      at = literal.end;
      continue;
    }
    const word = take(WORD);
    if (word !== null) {
      tokens.push({ kind: 'word', value: word });
      continue;
    }
    const number = take(NUMBER);
    if (number !== null) {
      tokens.push({ kind: 'number', value: number });
      continue;
    }
    const mark = MARKS.find((candidate) => pattern.startsWith(candidate, at));
    if (mark === undefined) throw new PatternError('pattern-malformed');
    tokens.push({ kind: 'mark', value: mark });
    at += mark.length;
  }
  return tokens;
}

/** A string literal: `\'` and `\\` are the only escapes; a backslash before anything else stands for itself. */
function readLiteral(pattern: string, start: number): { value: string; end: number } {
  const parts: string[] = [];
  let from = start;
  for (let at = start; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === '\\' && (pattern[at + 1] === "'" || pattern[at + 1] === '\\')) {
      parts.push(pattern.slice(from, at), pattern[at + 1] ?? '');
      at += 1;
      from = at + 1;
    } else if (character === "'") {
      parts.push(pattern.slice(from, at));
      return { value: parts.join(''), end: at + 1 };
    }
  }
  throw new PatternError('pattern-malformed');
}

class PatternReader {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  read(): PatternResult {
    const branch = this.observations(0);
    if (this.at < this.tokens.length) throw new PatternError('pattern-malformed');
    return branch;
  }

  /** `[…] OR […]`, `[…] AND […]`, `[…] FOLLOWEDBY […]`, with brackets and qualifiers. */
  private observations(depth: number): Branch {
    const parts: Branch[] = [this.qualified(depth)];
    let reason: SkipReason | null = null;
    for (;;) {
      if (this.takeWord('OR')) {
        parts.push(this.qualified(depth));
      } else if (this.takeWord('AND')) {
        reason ??= 'pattern-and';
        parts.push(this.qualified(depth));
      } else if (this.takeWord('FOLLOWEDBY')) {
        reason = 'pattern-followed-by';
        parts.push(this.qualified(depth));
      } else {
        break;
      }
    }
    return reason === null ? join(parts) : refuse(reason);
  }

  private qualified(depth: number): Branch {
    let branch = this.observation(depth);
    for (;;) {
      if (this.takeWord('REPEATS')) {
        this.takeAny();
        if (!this.takeWord('TIMES')) throw new PatternError('pattern-malformed');
      } else if (this.takeWord('WITHIN')) {
        this.takeAny();
        if (!this.takeWord('SECONDS')) throw new PatternError('pattern-malformed');
      } else if (this.takeWord('START')) {
        this.takeAny();
        if (!this.takeWord('STOP')) throw new PatternError('pattern-malformed');
        this.takeAny();
      } else {
        return branch;
      }
      branch = refuse('pattern-qualifier');
    }
  }

  private observation(depth: number): Branch {
    if (depth > MAX_DEPTH) throw new PatternError('pattern-too-complex');
    if (this.takeMark('(')) {
      const branch = this.observations(depth + 1);
      this.expectMark(')');
      return branch;
    }
    this.expectMark('[');
    const branch = this.anyOf(depth + 1);
    this.expectMark(']');
    return branch;
  }

  /** Comparisons joined by OR; AND binds tighter. */
  private anyOf(depth: number): Branch {
    const parts: Branch[] = [this.allOf(depth)];
    while (this.takeWord('OR')) parts.push(this.allOf(depth));
    return join(parts);
  }

  private allOf(depth: number): Branch {
    const first = this.comparison(depth);
    if (!this.takeWord('AND')) return first;
    do this.comparison(depth);
    while (this.takeWord('AND'));
    return refuse('pattern-and');
  }

  private comparison(depth: number): Branch {
    if (depth > MAX_DEPTH) throw new PatternError('pattern-too-complex');
    if (this.takeMark('(')) {
      const branch = this.anyOf(depth + 1);
      this.expectMark(')');
      return branch;
    }
    if (this.takeWord('EXISTS')) {
      this.objectPath();
      return refuse('pattern-operator');
    }
    // `NOT` may stand before the path in STIX 2.0 drafts and before the operator since.
    let isNegated = this.takeWord('NOT');
    const { object, steps } = this.objectPath();
    if (this.takeWord('NOT')) isNegated = true;
    const values = this.operatorAndValues();
    if (isNegated) return refuse('negated');
    if (values === null) return refuse('pattern-operator');
    if (values.operator === 'ISSUBSET' && object !== 'ipv4-addr' && object !== 'ipv6-addr') {
      return refuse('pattern-operator');
    }
    return { comparisons: values.values.map((value) => ({ object, steps, value })), skipped: [] };
  }

  private objectPath(): { object: string; steps: string[] } {
    const object = this.takeAny();
    if (object.kind !== 'word') throw new PatternError('pattern-malformed');
    this.expectMark(':');
    const steps = [this.step()];
    for (;;) {
      if (this.takeMark('.')) {
        steps.push(this.step());
      } else if (this.takeMark('[')) {
        // A list index, `[0]` or `[*]`: any element will do for an indicator.
        this.takeAny();
        this.expectMark(']');
        steps.push('*');
      } else {
        return { object: object.value.toLowerCase(), steps };
      }
    }
  }

  private step(): string {
    const token = this.takeAny();
    if (token.kind !== 'word' && token.kind !== 'text') throw new PatternError('pattern-malformed');
    return token.value;
  }

  /** The values of `=`, `IN (…)` and `ISSUBSET`; null for operators that no single indicator can express. */
  private operatorAndValues(): { operator: string; values: string[] } | null {
    const operator = this.takeAny();
    const name = operator.value.toUpperCase();
    if (operator.kind === 'mark' && (name === '=' || name === '=='))
      return { operator: name, values: [this.literal()] };
    if (operator.kind === 'word' && name === 'IN') {
      this.expectMark('(');
      const values = [this.literal()];
      while (this.takeMark(',')) values.push(this.literal());
      this.expectMark(')');
      return { operator: name, values };
    }
    if (operator.kind === 'word' && name === 'ISSUBSET') return { operator: name, values: [this.literal()] };
    const isKnown =
      operator.kind === 'mark'
        ? ['!=', '<>', '<', '>', '<=', '>='].includes(name)
        : ['LIKE', 'MATCHES', 'ISSUPERSET'].includes(name);
    if (!isKnown) throw new PatternError('pattern-malformed');
    this.literal();
    return null;
  }

  private literal(): string {
    const token = this.takeAny();
    // true and false are words; they are no values of an indicator, but they are well-formed.
    if (token.kind === 'mark') throw new PatternError('pattern-malformed');
    return token.value;
  }

  private takeAny(): Token {
    const token = this.tokens[this.at];
    if (token === undefined) throw new PatternError('pattern-malformed');
    this.at += 1;
    return token;
  }

  private takeWord(word: string): boolean {
    return this.takeIf('word', word);
  }

  private takeMark(mark: string): boolean {
    return this.takeIf('mark', mark);
  }

  private takeIf(kind: 'word' | 'mark', value: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== kind || token.value !== value) return false;
    this.at += 1;
    return true;
  }

  private expectMark(mark: string): void {
    if (!this.takeMark(mark)) throw new PatternError('pattern-malformed');
  }
}

function join(parts: readonly Branch[]): Branch {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  return {
    comparisons: parts.flatMap((part) => part.comparisons),
    skipped: parts.flatMap((part) => part.skipped),
  };
}

function refuse(reason: SkipReason): Branch {
  return { comparisons: [], skipped: [reason] };
}
