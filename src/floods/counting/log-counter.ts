/** Counts the requests of one log, alone or with a second thread. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { EvidenceFile } from '../../core/contracts.js';
import type { Hit } from '../hits/hit.js';
import { WebTraffic } from '../traffic/web-traffic.js';
import {
  type BrokenRules,
  type CohortAnswer,
  type CohortJob,
  RuleReplay,
  type ScenarioFiles,
} from './cohort-job.js';
import { HitWriter, newSlots, ThreadLost } from './hit-slots.js';

interface Place {
  readonly evidence: string;
  readonly path: string;
}

/** Counts a log. */
export interface LogCounter {
  readonly traffic: WebTraffic;
  /** Puts a piece of the log where it is to be read. @throws ThreadLost */
  place(piece: Buffer): Buffer;
  hit(hit: Hit, isProxied: boolean): void;
  event(hit: Hit): void;
  /** After the last line. @throws ThreadLost */
  end(): Promise<BrokenRules>;
  /** Ends it without a result. */
  stop(): void;
}

/** Compiled, there is a file to start; run from the TypeScript sources (tests, development) there is none. */
const THREAD = new URL('./cohort-thread.js', import.meta.url);

/** Bytes of a log from which a second thread is worth its start. */
const LONG_LOG_BYTES = 64 * 1_048_576;
/** Logs become about so much smaller when packed. */
const PACKING = 8;

/** Whether a second thread helps with a log. */
export function isWorthSharing({ sizeBytes, source }: Pick<EvidenceFile, 'sizeBytes' | 'source'>): boolean {
  const bytes = sizeBytes ?? source.sizeBytes * PACKING;
  return bytes >= LONG_LOG_BYTES && availableParallelism() > 1 && existsSync(fileURLToPath(THREAD));
}

/** Counts everything in this thread. */
export class LoneCounter implements LogCounter {
  readonly traffic = new WebTraffic();
  readonly #rules: RuleReplay;

  constructor(place: Place, scenarios: ScenarioFiles | null) {
    this.#rules = new RuleReplay({ place, scenarios });
  }

  place(piece: Buffer): Buffer {
    return piece;
  }

  hit(hit: Hit, isProxied: boolean): void {
    this.traffic.hit(hit, isProxied);
    this.#rules.replay.hit(hit);
  }

  event(hit: Hit): void {
    this.traffic.event(hit);
    this.#rules.replay.event(hit);
  }

  end(): Promise<BrokenRules> {
    return Promise.resolve(this.#rules.end());
  }

  stop(): void {}
}

/**
 * Counts minutes and clients in this thread, while another counts what requests have in common and applies rules: these
 * need nothing of each other, so that the result is that of one thread.
 */
export class SharingCounter implements LogCounter {
  readonly traffic: WebTraffic;
  readonly #writer: HitWriter;
  readonly #worker: Worker;
  readonly #answer: Promise<CohortAnswer>;

  constructor(place: Place, scenarios: ScenarioFiles | null) {
    const memory = newSlots();
    this.#writer = new HitWriter(memory);
    this.traffic = new WebTraffic(this.#writer);
    const workerData: CohortJob = { memory, place, scenarios };
    // Of the options of this process (loaders, flags of tests) a thread needs none.
    // It keeps next to nothing between two requests: room for what is young is room wasted.
    const resourceLimits = { maxYoungGenerationSizeMb: 4 };
    this.#worker = new Worker(THREAD, { workerData, execArgv: [], stderr: true, resourceLimits });
    this.#answer = new Promise((resolve, reject) => {
      this.#worker.on('message', resolve);
      this.#worker.on('error', (error) => reject(new ThreadLost(String(error), { cause: error })));
      this.#worker.on('exit', () => reject(new ThreadLost('the counting thread ended')));
    });
    this.#answer.catch(() => {});
  }

  place(piece: Buffer): Buffer {
    return this.#writer.place(piece);
  }

  hit(hit: Hit, isProxied: boolean): void {
    this.traffic.hit(hit, isProxied);
  }

  event(hit: Hit): void {
    this.traffic.event(hit);
    if (hit.seconds >= 0) this.#writer.event(hit);
  }

  async end(): Promise<BrokenRules> {
    this.#writer.end();
    const { cohorts, rules } = await this.#answer;
    this.traffic.cohorts.restore(cohorts);
    return rules;
  }

  stop(): void {
    void this.#worker.terminate();
  }
}
