import pc from 'picocolors';
import type { Translator } from '../core/language.js';

/** Results go to standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Errors and everything that is not a result go to standard error. */
export function printError(translate: Translator, text: string): void {
  process.stderr.write(`${pc.bold(translate('cli.error.prefix'))} ${text}\n`);
}

export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Colour only on a terminal, and never when NO_COLOR asks for none. */
export function wantsColour(): boolean {
  return process.stdout.isTTY === true && !process.env.NO_COLOR;
}

/** Columns of the terminal; a readable width when there is none. */
export function columns(): number {
  return Math.max(60, Math.min(process.stdout.columns ?? 100, 120));
}
