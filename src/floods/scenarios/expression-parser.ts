/**
 * Parser of the expressions of CrowdSec scenarios: the language `expr` (github.com/expr-lang/expr, language definition;
 * precedence as in its documentation and tests), as far as rules about requests use it. Texts are kept as bytes, one
 * character each, since that is what they are compared with.
 */
import { ScenarioError } from './scenario-error.js';

export type BinaryOperator =
  | 'or'
  | 'and'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  | 'matches'
  | '+'
  | '-'
  | '*';

export type ExpressionNode =
  | { readonly is: 'text'; readonly value: string }
  | { readonly is: 'number'; readonly value: number }
  | { readonly is: 'truth'; readonly value: boolean }
  | { readonly is: 'list'; readonly items: readonly ExpressionNode[] }
  | { readonly is: 'range'; readonly from: ExpressionNode; readonly to: ExpressionNode }
  /** `evt.Meta.http_path`, `queue.Queue`; `#` inside a predicate. */
  | { readonly is: 'name'; readonly path: string }
  | { readonly is: 'not'; readonly of: ExpressionNode }
  | { readonly is: 'minus'; readonly of: ExpressionNode }
  | {
      readonly is: 'binary';
      readonly operator: BinaryOperator;
      readonly left: ExpressionNode;
      readonly right: ExpressionNode;
    }
  | {
      readonly is: 'choice';
      readonly condition: ExpressionNode;
      readonly yes: ExpressionNode;
      readonly no: ExpressionNode;
    }
  | { readonly is: 'call'; readonly name: string; readonly given: readonly ExpressionNode[] }
  /** `{ # contains "a" }` */
  | { readonly is: 'predicate'; readonly of: ExpressionNode };

const MAX_LENGTH = 20_000;
const MAX_TOKENS = 5_000;
const MAX_DEPTH = 100;

interface Token {
  readonly is: 'text' | 'number' | 'word' | 'sign' | 'end';
  readonly value: string;
}

const PRECEDENCE: Readonly<Record<string, number>> = Object.assign(
  Object.create(null) as Record<string, number>,
  {
    ...{ or: 10, '||': 10, and: 15, '&&': 15 },
    ...{ '==': 20, '!=': 20, '<': 20, '<=': 20, '>': 20, '>=': 20 },
    ...{ in: 20, contains: 20, startsWith: 20, endsWith: 20, matches: 20 },
    ...{ '..': 25, '+': 30, '-': 30, '*': 60 },
  },
);
const NOT_PRECEDENCE = 50;
const MINUS_PRECEDENCE = 90;
/** Those that may have `not` before them. */
const NEGATABLE = new Set(['in', 'contains', 'startsWith', 'endsWith', 'matches']);

/** @throws ScenarioError `expression` */
export function parseExpression(text: string): ExpressionNode {
  if (text.length > MAX_LENGTH) throw new ScenarioError('expression', `${text.length} > ${MAX_LENGTH}`);
  return new Parser(tokensOf(Buffer.from(text).toString('latin1'))).parse();
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at] as string;
    if (' \t\r\n'.includes(character)) {
      at += 1;
    } else if (text.startsWith('//', at)) {
      const end = text.indexOf('\n', at);
      at = end === -1 ? text.length : end;
    } else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      if (end === -1) throw new ScenarioError('expression', '/*');
      at = end + 2;
    } else if (character === '"' || character === "'" || character === '`') {
      const { value, end } = quotedAt(text, at);
      tokens.push({ is: 'text', value });
      at = end;
    } else {
      const found =
        /^(?:[A-Za-z_][A-Za-z0-9_]*|\d[\d_]*(?:\.\d+)?|&&|\|\||==|!=|<=|>=|\.\.|\?\.|\?\?|\*\*|[-+*/%<>!?:.,()[\]{}#|])/.exec(
          text.slice(at, at + 200),
        );
      if (!found) throw new ScenarioError('expression', shown(text.slice(at, at + 10)));
      const value = found[0];
      const is = /^[A-Za-z_]/.test(value) ? 'word' : /^\d/.test(value) ? 'number' : 'sign';
      tokens.push({ is, value });
      at += value.length;
    }
    if (tokens.length > MAX_TOKENS) throw new ScenarioError('expression', `> ${MAX_TOKENS}`);
  }
  tokens.push({ is: 'end', value: '' });
  return tokens;
}

/** Text between quotes. Back quotes keep everything as it is. */
function quotedAt(text: string, start: number): { readonly value: string; readonly end: number } {
  const quote = text[start] as string;
  let value = '';
  let at = start + 1;
  for (; at < text.length && text[at] !== quote; at += 1) {
    if (text[at] !== '\\' || quote === '`') {
      value += text[at];
      continue;
    }
    at += 1;
    const escaped = text[at] ?? '';
    const known = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v' }[escaped as 'n'];
    if (known !== undefined) {
      value += known;
    } else if (escaped === 'x' || escaped === 'u') {
      const digits = escaped === 'x' ? 2 : 4;
      const code = Number.parseInt(text.slice(at + 1, at + 1 + digits), 16);
      if (!/^[0-9a-fA-F]+$/.test(text.slice(at + 1, at + 1 + digits)) || Number.isNaN(code)) {
        throw new ScenarioError('expression', `\\${escaped}`);
      }
      value +=
        escaped === 'x'
          ? String.fromCharCode(code)
          : Buffer.from(String.fromCharCode(code)).toString('latin1');
      at += digits;
    } else if ('\\\'"`/'.includes(escaped) && escaped !== '') {
      value += escaped;
    } else {
      throw new ScenarioError('expression', `\\${shown(escaped)}`);
    }
  }
  if (at >= text.length) throw new ScenarioError('expression', quote);
  return { value, end: at + 1 };
}

/** Bytes as text again, for people. */
function shown(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): ExpressionNode {
    const node = this.#expression(0);
    if (this.#token.is !== 'end') this.#refuse();
    return node;
  }

  get #token(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #refuse(): never {
    throw new ScenarioError('expression', shown(this.#token.value) || '…');
  }

  #is(sign: string): boolean {
    return this.#token.is === 'sign' && this.#token.value === sign;
  }

  #take(sign: string): void {
    if (!this.#is(sign)) this.#refuse();
    this.#at += 1;
  }

  #expression(precedence: number): ExpressionNode {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new ScenarioError('expression', `( × ${MAX_DEPTH}`);
    let left = this.#primary();
    for (;;) {
      const next = this.#operator();
      if (!next || next.precedence < precedence) break;
      this.#at += next.tokens;
      const right = this.#expression(next.precedence + 1);
      left = joined(next.operator, left, right);
      if (next.isNegated) left = { is: 'not', of: left };
    }
    if (precedence === 0 && this.#is('?')) {
      this.#at += 1;
      const yes = this.#expression(0);
      this.#take(':');
      left = { is: 'choice', condition: left, yes, no: this.#expression(0) };
    }
    this.#depth -= 1;
    return left;
  }

  #operator(): { operator: string; precedence: number; tokens: number; isNegated: boolean } | null {
    const { is, value } = this.#token;
    if (is !== 'sign' && is !== 'word') return null;
    if (value === 'not' && is === 'word') {
      const following = this.#tokens[this.#at + 1];
      if (following?.is !== 'word' || !NEGATABLE.has(following.value)) return null;
      return { operator: following.value, precedence: 20, tokens: 2, isNegated: true };
    }
    const precedence = PRECEDENCE[value];
    if (precedence === undefined) return null;
    return { operator: value, precedence, tokens: 1, isNegated: false };
  }

  #primary(): ExpressionNode {
    const { is, value } = this.#token;
    if ((is === 'word' && value === 'not') || this.#is('!')) {
      this.#at += 1;
      return { is: 'not', of: this.#expression(NOT_PRECEDENCE) };
    }
    if (this.#is('-') || this.#is('+')) {
      this.#at += 1;
      const of = this.#expression(MINUS_PRECEDENCE);
      return value === '-' ? { is: 'minus', of } : of;
    }
    return this.#ending(this.#atom());
  }

  #atom(): ExpressionNode {
    const { is, value } = this.#token;
    this.#at += 1;
    if (is === 'text') return { is: 'text', value };
    if (is === 'number') return { is: 'number', value: Number(value.replaceAll('_', '')) };
    if (is === 'word') {
      if (value === 'true' || value === 'false') return { is: 'truth', value: value === 'true' };
      if (this.#is('(')) return { is: 'call', name: value, given: this.#list('(', ')') };
      return { is: 'name', path: value };
    }
    if (value === '#') return { is: 'name', path: '#' };
    if (value === '(') {
      const node = this.#expression(0);
      this.#take(')');
      return node;
    }
    this.#at -= 1;
    if (value === '[') return { is: 'list', items: this.#list('[', ']') };
    if (value === '{') {
      this.#at += 1;
      const of = this.#expression(0);
      this.#take('}');
      return { is: 'predicate', of };
    }
    return this.#refuse();
  }

  #list(open: string, close: string): readonly ExpressionNode[] {
    this.#take(open);
    const items: ExpressionNode[] = [];
    while (!this.#is(close)) {
      items.push(this.#expression(0));
      if (!this.#is(',')) break;
      this.#at += 1;
    }
    this.#take(close);
    return items;
  }

  /** `.name`, `["name"]` and `.Method()` behind a name. */
  #ending(node: ExpressionNode): ExpressionNode {
    let whole = node;
    for (;;) {
      if (this.#is('.') || this.#is('?.')) {
        this.#at += 1;
        const { is, value } = this.#token;
        if (is !== 'word' || whole.is !== 'name') this.#refuse();
        this.#at += 1;
        const path = `${whole.path}.${value}`;
        whole = this.#is('(')
          ? { is: 'call', name: path, given: this.#list('(', ')') }
          : { is: 'name', path };
      } else if (this.#is('[') && whole.is === 'name') {
        this.#at += 1;
        const { is, value } = this.#token;
        if (is !== 'text') this.#refuse();
        this.#at += 1;
        this.#take(']');
        whole = { is: 'name', path: `${whole.path}.${shown(value)}` };
      } else {
        return whole;
      }
    }
  }
}

function joined(operator: string, left: ExpressionNode, right: ExpressionNode): ExpressionNode {
  if (operator === '..') return { is: 'range', from: left, to: right };
  const plain = operator === '||' ? 'or' : operator === '&&' ? 'and' : operator;
  return { is: 'binary', operator: plain as BinaryOperator, left, right };
}
