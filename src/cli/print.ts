import pc from 'picocolors';
import type { Translator } from '../core/language.js';

/** Results go to standard output. */
export function print(text: string): void {
  if (!closed.has(process.stdout)) process.stdout.write(`${text}\n`);
}

/** Errors and everything that is not a result go to standard error. */
export function printError(translate: Translator, text: string): void {
  const { bold } = pc.createColors(wantsColour(process.stderr));
  printNote(`${bold(translate('cli.error.prefix'))} ${text}`);
}

export function printNote(text: string): void {
  if (!closed.has(process.stderr)) process.stderr.write(`${text}\n`);
}

/** Colour only on a terminal, and never when NO_COLOR asks for none. */
export function wantsColour(stream: NodeJS.WriteStream = process.stdout): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR;
}

/** Columns of the terminal; a readable width when there is none. */
export function columns(): number {
  return Math.max(60, Math.min(process.stdout.columns ?? 100, 120));
}

const closed = new Set<NodeJS.WriteStream>();
let bearing = false;

/**
 * A reader that has seen enough (`vigia … | head`) is no error: what would still be printed is dropped, and the run
 * ends with its own exit code.
 */
export function bearClosedPipes(): void {
  if (bearing) return;
  bearing = true;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      closed.add(stream);
      // Windows says EOF where other systems say EPIPE.
      if (!['EPIPE', 'EOF', 'ERR_STREAM_DESTROYED'].includes(error.code ?? '')) throw error;
    });
  }
}
