/**
 * What benchmarks share: options, printing, and running programs from the outside for wall time, processor time and peak
 * memory. The last two are what Linux keeps in /proc; elsewhere they are not told.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

export interface Measured {
  readonly seconds: number;
  /** User and system time of all threads and of programs it starts, up to the last look before the end (every 20 ms). */
  readonly cpuSeconds: number | null;
  readonly peakMegabytes: number | null;
  /** What it printed, standard output only. */
  readonly output: string;
}

// USER_HZ of Linux: 100 on every architecture in use (proc(5)).
const TICKS_PER_SECOND = 100;
const LOOK_EVERY_MILLISECONDS = 20;

/** @throws Error when the program does not end with 0 */
export function measure(
  program: string,
  given: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(program, given, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    const chunks: Buffer[] = [];
    let errors = '';
    let peak = 0;
    const ticksOf = new Map<number, number>();
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-2_000);
    });
    const look = setInterval(() => {
      let memory = 0;
      for (const process of child.pid === undefined ? [] : processTree(child.pid)) {
        memory += numberIn(`/proc/${process}/status`, /VmHWM:\s+(\d+)/);
        // Fields 14 and 15, counted after the name, which may hold spaces.
        const ticks = numberIn(`/proc/${process}/stat`, /\) \S(?: \S+){10} (\d+) (\d+)/);
        ticksOf.set(process, Math.max(ticksOf.get(process) ?? 0, ticks));
      }
      peak = Math.max(peak, memory);
    }, LOOK_EVERY_MILLISECONDS);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(look);
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      if (code !== 0) reject(new Error(`${program} ended with ${code}: ${errors}`));
      else {
        const ticks = [...ticksOf.values()].reduce((sum, number) => sum + number, 0);
        resolve({
          seconds,
          cpuSeconds: ticks > 0 ? ticks / TICKS_PER_SECOND : null,
          peakMegabytes: peak > 0 ? peak / 1024 : null,
          output: Buffer.concat(chunks).toString('utf8'),
        });
      }
    });
  });
}

/** Two steps as one: times added, the larger peak. */
export function together(first: Measured, second: Measured): Measured {
  const sum = (a: number | null, b: number | null): number | null =>
    a === null || b === null ? null : a + b;
  return {
    seconds: first.seconds + second.seconds,
    cpuSeconds: sum(first.cpuSeconds, second.cpuSeconds),
    peakMegabytes: Math.max(first.peakMegabytes ?? 0, second.peakMegabytes ?? 0) || null,
    output: second.output,
  };
}

/** The run with the median wall time; of an even number the quicker of the two in the middle. */
export function median(runs: readonly Measured[]): Measured {
  const sorted = [...runs].sort((a, b) => a.seconds - b.seconds);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (!middle) throw new Error('no run');
  return middle;
}

export function machine(): string {
  const [processor] = cpus();
  return `${processor?.model ?? 'unknown processor'}, ${cpus().length} cores, ${process.platform}, Node ${process.version}`;
}

/** How busy the machine is with other things (1, 5 and 15 minutes), which times depend on. */
export function load(): string {
  return loadavg()
    .map((average) => average.toFixed(1))
    .join(' ');
}

/** Value of an option of the command line: `--megabytes 500`. */
export function option(name: string): string | null {
  const at = process.argv.indexOf(name);
  return at < 0 ? null : (process.argv[at + 1] ?? null);
}

export function count(number: number): string {
  return number.toLocaleString('en');
}

export function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** A process and those it started. */
function processTree(process: number): number[] {
  try {
    const started = readFileSync(`/proc/${process}/task/${process}/children`, 'utf8').trim().split(' ');
    return [process, ...started.filter(Boolean).flatMap((child) => processTree(Number(child)))];
  } catch {
    return [process];
  }
}

/** Sum of the numbers the pattern finds; 0 where there is no such file. */
function numberIn(path: string, pattern: RegExp): number {
  try {
    const found = pattern.exec(readFileSync(path, 'utf8')) ?? [];
    return found.slice(1).reduce((sum, part) => sum + Number(part), 0);
  } catch {
    return 0;
  }
}
