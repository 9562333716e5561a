/** The values of an ICU message, as its own parser sees them. */
import { createIntl } from '@formatjs/intl';

/** What a value may be: any word, a number, or one of a list. */
export type IcuValue = { readonly name: string } & (
  | { readonly kind: 'text' | 'number' | 'date' }
  | { readonly kind: 'select'; readonly options: readonly string[] }
);

// Element types of the syntax tree (@formatjs/icu-messageformat-parser, `TYPE`).
const ARGUMENT = 1;
const NUMBER = 2;
const DATE = 3;
const TIME = 4;
const SELECT = 5;
const PLURAL = 6;

const { formatters } = createIntl({ locale: 'en', messages: {} });

/** The values a message puts in, each once, by name. @throws when it is no valid ICU message */
export function icuValues(message: string): IcuValue[] {
  const found = new Map<string, IcuValue>();
  const visit = (elements: unknown): void => {
    if (!Array.isArray(elements)) return;
    for (const element of elements as readonly IcuElement[]) {
      const { type, value: name, options } = element;
      if (typeof name === 'string') {
        if (type === ARGUMENT && !found.has(name)) found.set(name, { name, kind: 'text' });
        if (type === NUMBER || type === PLURAL) found.set(name, { name, kind: 'number' });
        if (type === DATE || type === TIME) found.set(name, { name, kind: 'date' });
        if (type === SELECT) found.set(name, { name, kind: 'select', options: Object.keys(options ?? {}) });
      }
      for (const option of Object.values(options ?? {})) visit(option.value);
    }
  };
  visit(formatters.getMessageFormat(message, 'en').getAst());
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface IcuElement {
  readonly type: number;
  readonly value?: unknown;
  readonly options?: Readonly<Record<string, { readonly value: unknown }>>;
}

/** A message with more combinations than this is walked through value by value. */
const MOST_COMBINATIONS = 300;
const CHOICES = { text: ['x'], number: [0, 1, 2, 1_000], date: [1_700_000_000_000] };

/** Values that walk through every branch of a message; in every combination where there are few. */
export function sampleValues(message: string): Record<string, string | number>[] {
  const values = icuValues(message).map((value) => ({
    name: value.name,
    choices: value.kind === 'select' ? value.options : CHOICES[value.kind],
  }));
  const combinations = values.reduce((product, { choices }) => product * choices.length, 1);
  if (combinations > MOST_COMBINATIONS) {
    return [0, -1].flatMap((at) => {
      const base = Object.fromEntries(values.map(({ name, choices }) => [name, choices.at(at) ?? 'x']));
      return values.flatMap(({ name, choices }) => choices.map((choice) => ({ ...base, [name]: choice })));
    });
  }
  let samples: Record<string, string | number>[] = [{}];
  for (const { name, choices } of values) {
    samples = samples.flatMap((sample) => choices.map((choice) => ({ ...sample, [name]: choice })));
  }
  return samples;
}
