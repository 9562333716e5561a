/** Expressions of scenarios, made into functions of a hit; and what of them is known before looking at a hit. */
import { type BinaryOperator, type ExpressionNode, parseExpression } from './expression-parser.js';
import {
  type Assumption,
  assumedText,
  CAPITALS,
  FIELD_PATHS,
  FIELDS,
  type FieldPath,
  type HitFields,
  lowerCase,
  MARKS,
  readable,
  TARGET_FIELDS,
  upperCase,
} from './hit-fields.js';
import { LinearPattern, PatternError } from './linear-pattern.js';
import { ScenarioError } from './scenario-error.js';

/** How much of a list of texts is compared one by one, and how often a predicate is written out. */
const MAX_PREDICATES = 500;

interface Text {
  readonly type: 'text';
  readonly of: (fields: HitFields) => string;
  /** Its value for all hits of a class; null when they differ. */
  readonly guess: (assumption: Assumption) => string | null;
  /** Known when it is written out. */
  readonly fixed: string | null;
  /** A part of the target, perhaps in other letters. */
  readonly isOfTarget: boolean;
  /** A part of the target as it is. */
  readonly isRaw: boolean;
}
interface Amount {
  readonly type: 'number';
  readonly of: (fields: HitFields) => number;
  readonly guess: (assumption: Assumption) => number | null;
}
interface Truth {
  readonly type: 'truth';
  readonly of: (fields: HitFields) => boolean;
  readonly guess: (assumption: Assumption) => boolean | null;
}
type Value = Text | Amount | Truth;

/** An expression, compiled. */
export interface Expression {
  readonly is: 'expression';
  readonly source: string;
  readonly truth: (fields: HitFields) => boolean;
  readonly text: (fields: HitFields) => string;
  /** What it is for all hits of a class; null when that depends. */
  readonly guess: (assumption: Assumption) => boolean | null;
  /** Fields it asks for. */
  readonly fields: ReadonlySet<FieldPath>;
}

/** A text that is no number was to be one: `expr` ends with an error, and the event does not fit. */
class NotANumber extends Error {}
const NOT_A_NUMBER = new NotANumber('not a number');

/** How many requests a bucket keeps, for conditions: `len(queue.Queue)`. Set by who evaluates the condition. */
export const queue = { length: 0 };

/** @throws ScenarioError when it is not understood, or does not give what is wanted */
export function compileExpression(source: string, wanted: 'truth' | 'text', isCondition = false): Expression {
  const fields = new Set<FieldPath>();
  const value = new Compiler(fields, isCondition).value(parseExpression(source));
  if (value.type !== wanted)
    throw new ScenarioError('expression', `${source.trim().slice(0, 80)}: ${wanted}`);
  return {
    is: 'expression',
    source,
    truth: value.type === 'truth' ? guarded(value.of, false) : () => false,
    text: value.type === 'text' ? guarded(value.of, '') : () => '',
    guess: value.type === 'truth' ? (assumption) => guessed(value, assumption) : () => null,
    fields,
  };
}

function guarded<T>(of: (fields: HitFields) => T, otherwise: T): (fields: HitFields) => T {
  return (fields) => {
    try {
      return of(fields);
    } catch (error) {
      if (error instanceof NotANumber) return otherwise;
      throw error;
    }
  };
}

function guessed(value: Truth, assumption: Assumption): boolean | null {
  try {
    return value.guess(assumption);
  } catch (error) {
    if (error instanceof NotANumber) return null;
    throw error;
  }
}

class Compiler {
  readonly #fields: Set<FieldPath>;
  readonly #isCondition: boolean;
  /** What `#` stands for, innermost last. */
  readonly #subjects: ExpressionNode[] = [];
  #written = 0;

  constructor(fields: Set<FieldPath>, isCondition: boolean) {
    this.#fields = fields;
    this.#isCondition = isCondition;
  }

  value(node: ExpressionNode): Value {
    switch (node.is) {
      case 'text':
        return fixedText(node.value);
      case 'number':
        return { type: 'number', of: () => node.value, guess: () => node.value };
      case 'truth':
        return { type: 'truth', of: () => node.value, guess: () => node.value };
      case 'name':
        return this.#name(node.path);
      case 'not':
        return not(this.#truth(node.of));
      case 'minus': {
        const of = this.#amount(node.of);
        return {
          type: 'number',
          of: (fields) => -of.of(fields),
          guess: (assumption) => {
            const value = of.guess(assumption);
            return value === null ? null : -value;
          },
        };
      }
      case 'choice':
        return this.#choice(node.condition, node.yes, node.no);
      case 'call':
        return this.#call(node.name, node.given);
      case 'binary':
        return this.#binary(node.operator, node.left, node.right);
      case 'list':
      case 'range':
      case 'predicate':
        throw new ScenarioError('expression', node.is);
    }
  }

  #truth(node: ExpressionNode): Truth {
    const value = this.value(node);
    if (value.type !== 'truth') throw new ScenarioError('expression', `${value.type} ≠ truth`);
    return value;
  }

  #text(node: ExpressionNode): Text {
    const value = this.value(node);
    if (value.type !== 'text') throw new ScenarioError('expression', `${value.type} ≠ text`);
    return value;
  }

  #amount(node: ExpressionNode): Amount {
    const value = this.value(node);
    if (value.type !== 'number') throw new ScenarioError('expression', `${value.type} ≠ number`);
    return value;
  }

  #name(path: string): Value {
    if (path === '#') {
      const subject = this.#subjects.at(-1);
      if (subject) return this.value(subject);
    }
    const field = FIELD_PATHS.find((known) => known === path);
    if (field === undefined) throw new ScenarioError('field', path);
    this.#fields.add(field);
    return {
      type: 'text',
      of: FIELDS[field],
      guess: (assumption) => assumedText(field, assumption),
      fixed: null,
      isOfTarget: TARGET_FIELDS.has(field),
      isRaw: TARGET_FIELDS.has(field),
    };
  }

  #choice(condition: ExpressionNode, yes: ExpressionNode, no: ExpressionNode): Value {
    const when = this.#truth(condition);
    const [one, other] = [this.value(yes), this.value(no)];
    const isSame = one.type === other.type;
    if (!isSame) throw new ScenarioError('expression', `${one.type} ≠ ${other.type}`);
    const pick = <T>(assumption: Assumption, first: () => T | null, second: () => T | null): T | null => {
      const known = when.guess(assumption);
      return known === null ? null : known ? first() : second();
    };
    if (one.type === 'text' && other.type === 'text') {
      return {
        type: 'text',
        of: (fields) => (when.of(fields) ? one.of(fields) : other.of(fields)),
        guess: (assumption) =>
          pick(
            assumption,
            () => one.guess(assumption),
            () => other.guess(assumption),
          ),
        fixed: null,
        isOfTarget: false,
        isRaw: false,
      };
    }
    if (one.type === 'number' && other.type === 'number') {
      return {
        type: 'number',
        of: (fields) => (when.of(fields) ? one.of(fields) : other.of(fields)),
        guess: (assumption) =>
          pick(
            assumption,
            () => one.guess(assumption),
            () => other.guess(assumption),
          ),
      };
    }
    const [first, second] = [one as Truth, other as Truth];
    return {
      type: 'truth',
      of: (fields) => (when.of(fields) ? first.of(fields) : second.of(fields)),
      guess: (assumption) =>
        pick(
          assumption,
          () => first.guess(assumption),
          () => second.guess(assumption),
        ),
    };
  }

  #call(name: string, given: readonly ExpressionNode[]): Value {
    const [first] = given;
    switch (name) {
      case 'Upper':
      case 'upper':
      case 'ToUpper':
        return changed(this.#only(name, given), upperCase);
      case 'Lower':
      case 'lower':
      case 'ToLower':
        return changed(this.#only(name, given), lowerCase);
      case 'TrimSpace':
      case 'trim':
        return changed(this.#only(name, given), (text) =>
          text.replace(/^[ \t\r\n\v\f]+|[ \t\r\n\v\f]+$/g, ''),
        );
      case 'string':
        return this.#only(name, given);
      case 'len':
        return this.#length(first);
      case 'int':
      case 'float':
        return this.#numberOf(name, given);
      case 'hasPrefix':
        return this.#binary('startsWith', ...pair(name, given));
      case 'hasSuffix':
        return this.#binary('endsWith', ...pair(name, given));
      case 'any':
      case 'all':
      case 'none':
      case 'one':
        return this.#overList(name, given);
      default:
        throw new ScenarioError('expression', `${name}()`);
    }
  }

  #only(name: string, given: readonly ExpressionNode[]): Text {
    const [first] = given;
    if (first === undefined || given.length !== 1) throw new ScenarioError('expression', `${name}()`);
    return this.#text(first);
  }

  #length(of: ExpressionNode | undefined): Amount {
    if (of?.is === 'name' && of.path === 'queue.Queue' && this.#isCondition) {
      return { type: 'number', of: () => queue.length, guess: () => null };
    }
    if (of === undefined) throw new ScenarioError('expression', 'len()');
    const text = this.#text(of);
    return {
      type: 'number',
      of: (fields) => text.of(fields).length,
      guess: (assumption) => text.guess(assumption)?.length ?? null,
    };
  }

  #numberOf(name: string, given: readonly ExpressionNode[]): Amount {
    const [first] = given;
    if (first === undefined || given.length !== 1) throw new ScenarioError('expression', `${name}()`);
    const value = this.value(first);
    if (value.type === 'number') return value;
    if (value.type !== 'text') throw new ScenarioError('expression', `${name}()`);
    const isWhole = name === 'int';
    return {
      type: 'number',
      of: (fields) => numberIn(value.of(fields), isWhole),
      guess: (assumption) => {
        const text = value.guess(assumption);
        return text === null ? null : numberIn(text, isWhole);
      },
    };
  }

  /** `any(["a", "b"], { evt.Parsed.request contains # })`: written out. Lists of files are not at hand. */
  #overList(name: string, given: readonly ExpressionNode[]): Value {
    const [list, predicate] = given;
    if (list?.is === 'call') throw new ScenarioError('expression', `${list.name}()`);
    if (list?.is !== 'list' || predicate?.is !== 'predicate')
      throw new ScenarioError('expression', `${name}()`);
    const parts = list.items.map((item) => {
      this.#written += 1;
      if (this.#written > MAX_PREDICATES)
        throw new ScenarioError('expression', `${name}() > ${MAX_PREDICATES}`);
      this.#subjects.push(item);
      const part = this.#truth(predicate.of);
      this.#subjects.pop();
      return part;
    });
    if (name === 'any') return anyOf(parts);
    if (name === 'all') return not(anyOf(parts.map(not)));
    if (name === 'none') return not(anyOf(parts));
    return {
      type: 'truth',
      of: (fields) => parts.filter((part) => part.of(fields)).length === 1,
      guess: () => null,
    };
  }

  #binary(operator: BinaryOperator, left: ExpressionNode, right: ExpressionNode): Value {
    switch (operator) {
      case 'or':
        return anyOf(chain('or', left, right).map((part) => this.#truth(part)));
      case 'and':
        // a and b = not (not a or not b)
        return allOf(chain('and', left, right).map((part) => this.#truth(part)));
      case 'in':
        return this.#isIn(left, right);
      case 'contains':
      case 'startsWith':
      case 'endsWith':
        return this.#holds(operator, left, right);
      case 'matches':
        return this.#matches(left, right);
      case '==':
        return this.#equal(this.value(left), this.value(right));
      case '!=':
        return not(this.#equal(this.value(left), this.value(right)));
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.#compared(operator, left, right);
      case '+':
      case '-':
      case '*':
        return this.#reckoned(operator, left, right);
    }
  }

  #equal(one: Value, other: Value): Truth {
    if (one.type === 'text' && other.type === 'text') {
      const fixed = one.fixed ?? other.fixed;
      const needs = needsOf(fixed, one.isOfTarget || other.isOfTarget, one.isRaw || other.isRaw);
      return {
        type: 'truth',
        of: (fields) => one.of(fields) === other.of(fields),
        guess: (assumption) => {
          if (lacks(assumption, needs)) return false;
          const [first, second] = [one.guess(assumption), other.guess(assumption)];
          return first === null || second === null ? null : first === second;
        },
      };
    }
    if (one.type === 'number' && other.type === 'number') {
      return {
        type: 'truth',
        of: (fields) => one.of(fields) === other.of(fields),
        guess: (assumption) => {
          const [first, second] = [one.guess(assumption), other.guess(assumption)];
          return first === null || second === null ? null : first === second;
        },
      };
    }
    if (one.type === 'truth' && other.type === 'truth') {
      return {
        type: 'truth',
        of: (fields) => one.of(fields) === other.of(fields),
        guess: (assumption) => {
          const [first, second] = [one.guess(assumption), other.guess(assumption)];
          return first === null || second === null ? null : first === second;
        },
      };
    }
    throw new ScenarioError('expression', `${one.type} == ${other.type}`);
  }

  #isIn(left: ExpressionNode, right: ExpressionNode): Truth {
    const subject = this.value(left);
    if (right.is === 'range') {
      return allOf([this.#compared('>=', left, right.from), this.#compared('<=', left, right.to)]);
    }
    if (right.is !== 'list') throw new ScenarioError('expression', `in ${right.is}`);
    if (subject.type !== 'text')
      return anyOf(right.items.map((item) => this.#equal(subject, this.value(item))));
    const values = new Set<string>();
    for (const item of right.items) {
      const { fixed } = this.#text(item);
      if (fixed === null) return anyOf(right.items.map((each) => this.#equal(subject, this.value(each))));
      values.add(fixed);
    }
    const each = [...values].map((value) => needsOf(value, subject.isOfTarget, subject.isRaw));
    const needs: Needs = {
      mark: each.every(({ mark }) => mark),
      dot: each.every(({ dot }) => dot),
      capital: each.every(({ capital }) => capital),
    };
    return {
      type: 'truth',
      of: (fields) => values.has(subject.of(fields)),
      guess: (assumption) => {
        if (lacks(assumption, needs)) return false;
        const value = subject.guess(assumption);
        return value === null ? null : values.has(value);
      },
    };
  }

  #holds(
    operator: 'contains' | 'startsWith' | 'endsWith',
    left: ExpressionNode,
    right: ExpressionNode,
  ): Truth {
    const [subject, part] = [this.#text(left), this.#text(right)];
    const test =
      operator === 'contains'
        ? (text: string, sought: string): boolean => text.includes(sought)
        : operator === 'startsWith'
          ? (text: string, sought: string): boolean => text.startsWith(sought)
          : (text: string, sought: string): boolean => text.endsWith(sought);
    const needs = needsOf(part.fixed, subject.isOfTarget, subject.isRaw);
    const sought = part.fixed;
    return {
      type: 'truth',
      of:
        sought === null
          ? (fields) => test(subject.of(fields), part.of(fields))
          : (fields) => test(subject.of(fields), sought),
      guess: (assumption) => {
        if (lacks(assumption, needs)) return false;
        const [text, wanted] = [subject.guess(assumption), part.guess(assumption)];
        return text === null || wanted === null ? null : test(text, wanted);
      },
    };
  }

  #matches(left: ExpressionNode, right: ExpressionNode): Truth {
    const subject = this.#text(left);
    const { fixed } = this.#text(right);
    if (fixed === null) throw new ScenarioError('pattern', 'matches');
    const pattern = patternOf(readable(fixed));
    const needs: Needs = {
      mark: subject.isOfTarget && !pattern.canFitWithout(MARKS, DOTS),
      dot: subject.isOfTarget && !pattern.canFitWithout(DOTS),
      capital: subject.isRaw && !pattern.canFitWithout(CAPITALS),
    };
    return {
      type: 'truth',
      of: (fields) => pattern.test(subject.of(fields)),
      guess: (assumption) => {
        if (lacks(assumption, needs)) return false;
        const text = subject.guess(assumption);
        return text === null ? null : pattern.test(text);
      },
    };
  }

  #compared(operator: '<' | '<=' | '>' | '>=', left: ExpressionNode, right: ExpressionNode): Truth {
    const [one, other] = [this.value(left), this.value(right)];
    const test = {
      '<': (sign: number) => sign < 0,
      '<=': (sign: number) => sign <= 0,
      '>': (sign: number) => sign > 0,
      '>=': (sign: number) => sign >= 0,
    }[operator];
    if (one.type === 'number' && other.type === 'number') {
      return {
        type: 'truth',
        of: (fields) => test(one.of(fields) - other.of(fields)),
        guess: (assumption) => {
          const [first, second] = [one.guess(assumption), other.guess(assumption)];
          return first === null || second === null ? null : test(first - second);
        },
      };
    }
    if (one.type === 'text' && other.type === 'text') {
      const sign = (first: string, second: string): number => (first < second ? -1 : first > second ? 1 : 0);
      return {
        type: 'truth',
        of: (fields) => test(sign(one.of(fields), other.of(fields))),
        guess: (assumption) => {
          const [first, second] = [one.guess(assumption), other.guess(assumption)];
          return first === null || second === null ? null : test(sign(first, second));
        },
      };
    }
    throw new ScenarioError('expression', `${one.type} ${operator} ${other.type}`);
  }

  #reckoned(operator: '+' | '-' | '*', left: ExpressionNode, right: ExpressionNode): Value {
    const [one, other] = [this.value(left), this.value(right)];
    if (one.type === 'text' && other.type === 'text' && operator === '+') {
      return {
        type: 'text',
        of: (fields) => one.of(fields) + other.of(fields),
        guess: (assumption) => {
          const [first, second] = [one.guess(assumption), other.guess(assumption)];
          return first === null || second === null ? null : first + second;
        },
        fixed: one.fixed !== null && other.fixed !== null ? one.fixed + other.fixed : null,
        isOfTarget: false,
        isRaw: false,
      };
    }
    if (one.type !== 'number' || other.type !== 'number') {
      throw new ScenarioError('expression', `${one.type} ${operator} ${other.type}`);
    }
    const reckon = (a: number, b: number): number =>
      operator === '+' ? a + b : operator === '-' ? a - b : a * b;
    return {
      type: 'number',
      of: (fields) => reckon(one.of(fields), other.of(fields)),
      guess: (assumption) => {
        const [first, second] = [one.guess(assumption), other.guess(assumption)];
        return first === null || second === null ? null : reckon(first, second);
      },
    };
  }
}

/** @throws ScenarioError `pattern` */
export function patternOf(source: string): LinearPattern {
  try {
    return new LinearPattern(source);
  } catch (error) {
    if (error instanceof PatternError)
      throw new ScenarioError('pattern', `${source.slice(0, 60)}: ${error.message}`);
    throw error;
  }
}

function fixedText(value: string): Text {
  return { type: 'text', of: () => value, guess: () => value, fixed: value, isOfTarget: false, isRaw: false };
}

function changed(of: Text, change: (text: string) => string): Text {
  return {
    type: 'text',
    of: (fields) => change(of.of(fields)),
    guess: (assumption) => {
      const text = of.guess(assumption);
      return text === null ? null : change(text);
    },
    fixed: of.fixed === null ? null : change(of.fixed),
    isOfTarget: of.isOfTarget,
    isRaw: false,
  };
}

function not(of: Truth): Truth {
  return {
    type: 'truth',
    of: (fields) => !of.of(fields),
    guess: (assumption) => {
      const value = of.guess(assumption);
      return value === null ? null : !value;
    },
  };
}

function anyOf(parts: readonly Truth[]): Truth {
  return {
    type: 'truth',
    of: (fields) => {
      for (const part of parts) if (part.of(fields)) return true;
      return false;
    },
    guess: (assumption) => {
      let value: boolean | null = false;
      for (const part of parts) {
        const one = part.guess(assumption);
        if (one === true) return true;
        if (one === null) value = null;
      }
      return value;
    },
  };
}

function allOf(parts: readonly Truth[]): Truth {
  return {
    type: 'truth',
    of: (fields) => {
      for (const part of parts) if (!part.of(fields)) return false;
      return true;
    },
    guess: (assumption) => {
      let value: boolean | null = true;
      for (const part of parts) {
        const one = part.guess(assumption);
        if (one === false) return false;
        if (one === null) value = null;
      }
      return value;
    },
  };
}

/** `a and b and c`, which hangs to the left, in a row. */
function chain(
  operator: 'and' | 'or',
  left: ExpressionNode,
  right: ExpressionNode,
): readonly ExpressionNode[] {
  const parts = [right];
  let rest = left;
  while (rest.is === 'binary' && rest.operator === operator) {
    parts.push(rest.right);
    rest = rest.left;
  }
  parts.push(rest);
  return parts.reverse();
}

function pair(name: string, given: readonly ExpressionNode[]): [ExpressionNode, ExpressionNode] {
  const [first, second] = given;
  if (first === undefined || second === undefined || given.length !== 2) {
    throw new ScenarioError('expression', `${name}()`);
  }
  return [first, second];
}

function numberIn(text: string, isWhole: boolean): number {
  if (!(isWhole ? /^[-+]?\d{1,15}$/ : /^[-+]?\d{1,15}(\.\d{1,15})?$/).test(text)) throw NOT_A_NUMBER;
  return Number(text);
}

/** What must be in a target for a part of it to be, or to hold, or to fit something. */
interface Needs {
  readonly mark: boolean;
  readonly dot: boolean;
  readonly capital: boolean;
}

const DOTS: ReadonlySet<number> = new Set([0x2e]);

function needsOf(fixed: string | null, isOfTarget: boolean, isRaw: boolean): Needs {
  if (fixed === null || !isOfTarget) return { mark: false, dot: false, capital: false };
  const holds = (bytes: ReadonlySet<number>): boolean =>
    [...fixed].some((one) => bytes.has(one.charCodeAt(0)));
  return {
    mark: holds(MARKS) || fixed.includes('..'),
    dot: fixed.includes('.'),
    capital: isRaw && holds(CAPITALS),
  };
}

function lacks(assumption: Assumption, { mark, dot, capital }: Needs): boolean {
  return (mark && assumption.isPlain) || (dot && !assumption.hasDot) || (capital && assumption.isLower);
}
