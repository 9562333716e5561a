/** What options are read with, and those that every command has. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Translator } from '../core/language.js';

/** Options that stand before or after the command, so that their order on the line does not matter. */
export function withShared(command: Command, translate: Translator): Command {
  const v = (key: string): string => translate(`cli.value.${key}`);
  return command
    .option(`--lang <${v('code')}>`, translate('cli.option.lang'))
    .option(`--tz <${v('zone')}>`, translate('cli.option.tz'))
    .option('-q, --quiet', translate('cli.option.quiet'));
}

/** A value that must be one of a list. The message is marked so that it can be told from commander's own words. */
export function oneOf(
  choices: readonly string[],
  option: string,
  translate: Translator,
): (value: string) => string {
  return (value) => {
    if (choices.includes(value)) return value;
    const text = translate('cli.error.badChoice', { value, option, choices: choices.join(', ') });
    throw new InvalidArgumentError(`\u2039${text}\u203a`);
  };
}

/** A number, whole where it counts things. */
export function numberBetween(
  least: number,
  most: number,
  option: string,
  translate: Translator,
): (value: string) => number {
  return (value) => {
    const number = /^\d{1,6}(\.\d{1,6})?$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most && (least === 0 || Number.isInteger(number))) return number;
    throw badChoice(value, option, `${least} – ${most}`, translate);
  };
}

/** `90m`, `24h`, `7d` in seconds. */
export function duration(option: string, translate: Translator): (value: string) => number {
  const units: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };
  return (value) => {
    const [, count, unit = ''] = /^(\d{1,5})([mhd])$/.exec(value) ?? [];
    const seconds = Number(count) * (units[unit] ?? Number.NaN);
    if (seconds >= 300 && seconds <= 30 * 86_400) return seconds;
    throw badChoice(value, option, '5m – 30d', translate);
  };
}

export function badChoice(
  value: string,
  option: string,
  choices: string,
  translate: Translator,
): InvalidArgumentError {
  return new InvalidArgumentError(
    `\u2039${translate('cli.error.badChoice', { value, option, choices })}\u203a`,
  );
}

/** Names between commas. None at all is a slip that must not turn into "all of them". */
export function commaList(option: string, translate: Translator): (value: string) => string[] {
  return (value) => {
    const names = value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    if (names.length === 0) throw missingValue(option, translate);
    return names;
  };
}

export function missingValue(option: string, translate: Translator): InvalidArgumentError {
  const detail = translate('cli.error.optionMissingArgument', { name: option });
  return new InvalidArgumentError(`\u2039${translate('cli.error.usage', { detail })}\u203a`);
}

/** An option that may be given several times. */
export function repeated(
  option: string,
  check: (option: string) => (value: string) => string,
): (value: string, previous?: readonly string[]) => readonly string[] {
  return (value, previous) => [...(previous ?? []), check(option)(value)];
}
