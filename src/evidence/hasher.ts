import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ProgressListener } from '../core/contracts.js';
import { hashSteps } from './hash-files.js';

/** Hashes of files in the order asked for; null where a file could not be read, or hashing was stopped. */
export type Digests = readonly (string | null)[];

/** @internal Messages between hasher and worker. */
export interface HashRequest {
  readonly job: number;
  readonly paths: readonly string[];
}

/** @internal */
export type HashAnswer =
  | { readonly job: number; readonly newBytes: number }
  | { readonly job: number; readonly digests: Digests };

interface Job {
  readonly paths: readonly string[];
  readonly resolve: (digests: Digests) => void;
}

/** How long hashing may hold the thread when it has none of its own. */
const TURN_MILLISECONDS = 10;
const BUFFER_BYTES = 1024 * 1024;
const WORKER = new URL('./hash-worker.js', import.meta.url);

export interface HasherOptions {
  readonly progress?: ProgressListener | undefined;
  readonly workerUrl?: URL;
}

/**
 * Hashes files while others read. Compiled, it uses a worker thread; run from the TypeScript sources (tests,
 * development) there is no worker file to start, so it hashes in small turns on the main thread.
 */
export class Hasher {
  readonly #jobs = new Map<number, Job>();
  readonly #progress: ProgressListener | undefined;
  readonly #workerUrl: URL;
  #worker: Worker | null = null;
  #workerFailed = false;
  #nextJob = 0;
  #doneBytes = 0;
  #totalBytes = 0;
  #closed = false;

  constructor(options: HasherOptions = {}) {
    this.#progress = options.progress;
    this.#workerUrl = options.workerUrl ?? WORKER;
  }

  /** True when hashing happens on a thread of its own. */
  get usesWorker(): boolean {
    return this.#worker !== null;
  }

  /** Hashes files. Never rejects. `expectedBytes` is for the progress only. */
  hash(paths: readonly string[], expectedBytes: number): Promise<Digests> {
    if (this.#closed || paths.length === 0) return Promise.resolve(paths.map(() => null));
    this.#totalBytes += expectedBytes;
    const job = this.#nextJob;
    this.#nextJob += 1;
    return new Promise((resolve) => {
      this.#jobs.set(job, { paths, resolve });
      const worker = this.#start();
      if (worker) worker.postMessage({ job, paths } satisfies HashRequest);
      else void this.#hashHere(job);
    });
  }

  /** Stops; what is not hashed yet gives null. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of [...this.#jobs.keys()]) this.#finish(job, null);
    await this.#worker?.terminate();
    this.#worker = null;
  }

  #start(): Worker | null {
    if (this.#worker || this.#workerFailed || !existsSync(fileURLToPath(this.#workerUrl)))
      return this.#worker;
    try {
      const worker = new Worker(this.#workerUrl);
      worker.on('message', (answer: HashAnswer) => {
        if ('digests' in answer) this.#finish(answer.job, answer.digests);
        else this.#report(answer.newBytes);
      });
      worker.on('error', () => this.#withoutWorker());
      this.#worker = worker;
    } catch {
      this.#workerFailed = true;
    }
    return this.#worker;
  }

  // A thread may fail to start or run out of memory; the hashes are needed all the same.
  #withoutWorker(): void {
    this.#worker = null;
    this.#workerFailed = true;
    for (const job of this.#jobs.keys()) void this.#hashHere(job);
  }

  async #hashHere(job: number): Promise<void> {
    const digests: (string | null)[] = [];
    const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    let turnStarted = Date.now();
    for (const path of this.#jobs.get(job)?.paths ?? []) {
      const steps = hashSteps(path, buffer);
      let step = steps.next();
      for (; !step.done; step = steps.next()) {
        this.#report(step.value);
        if (Date.now() - turnStarted < TURN_MILLISECONDS) continue;
        await nextTurn();
        turnStarted = Date.now();
        if (this.#closed) {
          steps.return(null);
          return;
        }
      }
      digests.push(step.value);
    }
    this.#finish(job, digests);
  }

  #finish(job: number, digests: Digests | null): void {
    const waiting = this.#jobs.get(job);
    this.#jobs.delete(job);
    waiting?.resolve(digests ?? waiting.paths.map(() => null));
  }

  #report(newBytes: number): void {
    if (newBytes === 0) return;
    this.#doneBytes += newBytes;
    // A file may have grown since it was listed.
    this.#totalBytes = Math.max(this.#totalBytes, this.#doneBytes);
    this.#progress?.({ stage: 'hashing', doneBytes: this.#doneBytes, totalBytes: this.#totalBytes });
  }
}
