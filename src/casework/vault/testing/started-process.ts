import { type ChildProcess, spawn } from 'node:child_process';

/** A process of `vault-process.ts`, and what it has said. */
export class StartedProcess {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  readonly ended: Promise<void>;
  errors = '';
  #rest = '';
  #hear: () => void = () => {};

  constructor(program: string, given: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(program, given, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '', ...environment },
    });
    // The process may be gone when it is told to begin.
    this.child.stdin?.on('error', () => {});
    this.child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (this.#rest + chunk.toString('utf8')).split('\n');
      // A line that was cut off by the kill was not said.
      this.#rest = lines.pop() ?? '';
      this.lines.push(...lines);
      this.#hear();
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.errors += chunk.toString('utf8');
    });
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', () => {
        this.#hear();
        resolve();
      });
    });
  }

  /** Until it has said a line that begins so. @throws Error when it ends without */
  async said(begin: string): Promise<string> {
    for (;;) {
      const line = this.lines.find((said) => said.startsWith(begin));
      if (line !== undefined) return line;
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`ended without "${begin}": ${this.errors.slice(-2_000)}`);
      await new Promise<void>((resolve) => {
        this.#hear = resolve;
      });
    }
  }

  /** Until it has said so many lines, or has ended. */
  async saidLines(count: number): Promise<void> {
    while (this.lines.length < count && this.child.exitCode === null && this.child.signalCode === null)
      await new Promise<void>((resolve) => {
        this.#hear = resolve;
      });
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
