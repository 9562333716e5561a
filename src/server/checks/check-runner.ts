/** Checks of cases, one at a time, in the order they were asked for. What one came to is in the vault; this is what is under way. */
import { basename, sep } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sealItem } from '../../casework/desk/case-sealing.js';
import type { Desk } from '../../casework/desk/desk.js';
import { DeskError } from '../../casework/desk/desk-error.js';
import type { Run } from '../../casework/vault/run-store.js';
import { runCaseCheck } from '../../check/case-check.js';
import type { ProgressEvent, RecordSink } from '../../core/contracts.js';
import type { Translator } from '../../core/language.js';
import type { HeldEvidence } from '../../evidence/held.js';
import type { ApiError, Check, CheckProgress, CheckState, EvidenceContext, NewCheck } from '../api/api.js';
import { ApiProblem } from '../api-problem.js';
import { PathBrowser } from '../paths/path-browser.js';
import { roomProblem } from '../room-problem.js';
import type { GivenBatch, UploadStore } from '../uploads/upload-store.js';
import { type ContextQuery, evidenceContext } from './evidence-context.js';
import { HeldItems } from './held-items.js';

/** Reading holds the thread no longer than this before others (the page that asks how far it is) get a turn. */
const TURN_MILLISECONDS = 15;
const MAX_WAITING = 100;
const NOT_BEGUN: CheckProgress = { stage: 'opening', share: null, what: '', records: 0, attempt: 0 };

export interface CheckRunnerOptions {
  readonly desk: Desk;
  readonly uploads: UploadStore;
  /** Of the session, asked for when a check begins. */
  readonly translate: () => Translator;
  /** Where paths may lie; left out, home and mounted media. */
  readonly paths?: PathBrowser;
}

type Listener = (check: Check) => void;

class Job {
  readonly abort = new AbortController();
  readonly listeners = new Set<Listener>();
  state: CheckState = 'waiting';
  finishedAt: string | null = null;
  progress: CheckProgress = NOT_BEGUN;
  error: ApiError | null = null;
  isLetGo = false;
  /** Set while a password is waited for. */
  answer: ((password: string | null) => void) | null = null;

  constructor(
    readonly id: string,
    readonly caseCode: string,
    readonly startedAt: string,
    readonly paths: readonly string[],
    readonly batches: readonly (GivenBatch & { readonly id: string })[],
    readonly asked: Pick<NewCheck, 'from' | 'description' | 'seal'>,
  ) {}

  get isOver(): boolean {
    return this.finishedAt !== null;
  }

  get given(): string[] {
    return [...this.paths.map((path) => basename(path)), ...this.batches.map(({ name }) => name)];
  }

  toApi(): Check {
    const { id, caseCode, state, startedAt, finishedAt, given, progress, error } = this;
    return { id, caseCode, state, startedAt, finishedAt, given, progress, error };
  }
}

export class CheckRunner {
  readonly #options: CheckRunnerOptions;
  readonly #paths: PathBrowser;
  readonly #items: HeldItems;
  readonly #jobs = new Map<string, Job>();
  readonly #waiting: Job[] = [];
  #running: Promise<void> | null = null;
  #isClosed = false;

  constructor(options: CheckRunnerOptions) {
    this.#options = options;
    this.#paths = options.paths ?? new PathBrowser();
    this.#items = new HeldItems(options.desk, (path) => this.#uploaded(path));
  }

  /**
   * Puts a check in the queue.
   *
   * @throws ApiProblem 400 check-nothing-given; 403, 404 for paths; 404, 409 for uploads; 422 case/analysis-not-allowed; 429
   */
  async start(asked: NewCheck): Promise<Check> {
    if (this.#isClosed) throw new ApiProblem(423, 'locked');
    const { desk, uploads } = this.#options;
    if (asked.paths.length + asked.uploads.length === 0) throw new ApiProblem(400, 'check-nothing-given');
    if (this.#waiting.length >= MAX_WAITING) throw new ApiProblem(429, 'check-too-many', {}, true);
    const code = refusing(() => {
      desk.mayAnalyse(asked.caseCode);
      return desk.case(asked.caseCode).code;
    });
    const paths: string[] = [];
    for (const path of asked.paths) paths.push(await this.#paths.allowed(path));
    const ids = [...new Set(asked.uploads)];
    const batches = ids.map((id) => ({ ...uploads.given(id), id }));
    const job = new Job(desk.vault.newId(), code, desk.operator.now(), paths, batches, asked);
    for (const { id } of batches) uploads.hold(id);
    this.#jobs.set(job.id, job);
    this.#waiting.push(job);
    this.#next();
    return job.toApi();
  }

  /** Of a case, those of earlier sessions too, in the order they were asked for. @throws ApiProblem 404 */
  list(caseCode: string): Check[] {
    const { desk } = this.#options;
    const own = refusing(() => desk.case(caseCode));
    const kept = desk.vault.runs.list(own.id).filter(({ id }) => !this.#jobs.has(id));
    const here = [...this.#jobs.values()].filter((job) => job.caseCode === own.code);
    return [...kept.map((run) => this.#ofRun(run)), ...here.map((job) => job.toApi())];
  }

  /** @throws ApiProblem 404 */
  get(id: string): Check {
    const job = this.#jobs.get(id);
    if (job) return job.toApi();
    const run = this.#options.desk.vault.runs.get(id);
    if (!run) throw new ApiProblem(404, 'no-such-check');
    return this.#ofRun(run);
  }

  /** Stops a check, or takes it out of the queue. What it had stored stays in the vault. @throws ApiProblem 404 */
  stop(id: string): Check {
    const job = this.#jobs.get(id);
    if (!job || job.isOver) return this.get(id);
    job.abort.abort();
    job.answer?.(null);
    const place = this.#waiting.indexOf(job);
    if (place >= 0) {
      this.#waiting.splice(place, 1);
      void this.#letGo(job, false);
      this.#end(job, 'stopped', null);
    }
    return job.toApi();
  }

  /** Stops all checks of a case: its consent was withdrawn, or it is about to be destroyed. Ends when none of them runs any more. */
  async stopCase(code: string): Promise<void> {
    const own = [...this.#jobs.values()].filter(({ caseCode, isOver }) => caseCode === code && !isOver);
    const isUnderWay = own.some(({ state }) => state !== 'waiting');
    for (const { id } of own) this.stop(id);
    if (isUnderWay) await this.#running;
  }

  /** @param password - null: not known. @throws ApiProblem 404, 409 no-password-asked */
  password(id: string, password: string | null): Check {
    const job = this.#jobs.get(id);
    if (!job) throw new ApiProblem(404, 'no-such-check');
    if (!job.answer) throw new ApiProblem(409, 'no-password-asked');
    job.answer(password);
    return job.toApi();
  }

  /** Told of every change until the check is over. @returns ends it @throws ApiProblem 404 */
  listen(id: string, listener: Listener): () => void {
    const job = this.#jobs.get(id);
    if (!job) {
      listener(this.get(id));
      return () => {};
    }
    job.listeners.add(listener);
    listener(job.toApi());
    return () => job.listeners.delete(listener);
  }

  /** What is around a pointer of a finding. @throws ApiProblem 404 */
  context(id: string, query: ContextQuery): Promise<EvidenceContext> {
    return evidenceContext(this.#options.desk, this.#items, id, query);
  }

  /** Whether something is being read right now; what waits for a person does not count. */
  get isReading(): boolean {
    return [...this.#jobs.values()].some(({ state }) => state === 'running');
  }

  /** Stops everything; what was under way is over when it returns. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { id } of [...this.#jobs.values()]) if (!this.#jobs.get(id)?.isOver) this.stop(id);
    await this.#running;
    await this.#items.close();
    this.#jobs.clear();
  }

  // ---------------------------------------------------------------------------------------------------------------

  #next(): void {
    if (this.#running) return;
    const job = this.#waiting.shift();
    if (!job) return;
    this.#running = this.#run(job).finally(() => {
      this.#running = null;
      this.#next();
    });
  }

  async #run(job: Job): Promise<void> {
    const { desk, translate } = this.#options;
    this.#change(job, { state: 'running' });
    try {
      const words = translate();
      await runCaseCheck(
        desk,
        job.caseCode,
        {
          paths: [...job.paths, ...job.batches.map(({ path }) => path)],
          held: new Map(job.batches.map(({ path, held }) => [path, held])),
          indicators: [],
          defaultIndicators: true,
          translate: words,
          password: ({ attempt }) => this.#ask(job, attempt),
          progress: (event) => this.#told(job, event, words),
          signal: job.abort.signal,
          sinks: [this.#counter(job)],
        },
        {
          description: job.asked.description,
          from: job.asked.from,
          where: '',
          zone: words.timeZone,
          method: '',
        },
        job.id,
      );
      if (job.asked.seal) await this.#seal(job);
      this.#progress(job, { records: desk.vault.runs.get(job.id)?.records ?? 0 });
      await this.#letGo(job, job.asked.seal && !job.abort.signal.aborted);
      this.#end(job, 'done', null);
    } catch (error) {
      await this.#letGo(job, false);
      if (job.abort.signal.aborted) this.#end(job, 'stopped', null);
      else this.#end(job, 'failed', errorOf(error));
    }
  }

  /** What was uploaded may be taken away again; where it is sealed with the case, the second copy only takes room. */
  async #letGo(job: Job, isSealed: boolean): Promise<void> {
    const { uploads } = this.#options;
    if (job.isLetGo) return;
    job.isLetGo = true;
    for (const { id } of job.batches) uploads.letGo(id);
    if (isSealed) for (const { id } of job.batches) await uploads.discard(id);
  }

  async #seal(job: Job): Promise<void> {
    const { desk } = this.#options;
    const run = desk.vault.runs.get(job.id);
    for (const label of new Set(Object.values(run?.evidence ?? {}))) {
      if (job.abort.signal.aborted) return;
      const item = desk.item(job.caseCode, label);
      if (item.sealed !== null) continue;
      this.#progress(job, { stage: 'finishing', share: null, what: item.originalName });
      await sealItem(desk, job.caseCode, label, heldFor(job.batches, item.referencePath));
    }
  }

  /** Counts, and lets others have a turn: readers of large files hardly ever wait for anything. */
  #counter(job: Job): RecordSink {
    let records = 0;
    let turnBegan = Date.now();
    return {
      record: () => {
        records += 1;
        if (records % 64 !== 0 || Date.now() - turnBegan < TURN_MILLISECONDS) return undefined;
        this.#progress(job, { records });
        return nextTurn().then(() => {
          turnBegan = Date.now();
        });
      },
    };
  }

  #ask(job: Job, attempt: number): Promise<string | null> {
    if (job.abort.signal.aborted) return Promise.resolve(null);
    return new Promise((resolve) => {
      job.answer = (password) => {
        job.answer = null;
        this.#change(job, { state: 'running' });
        resolve(password === '' ? null : password);
      };
      this.#change(job, { state: 'needs-password', progress: { ...job.progress, attempt } });
    });
  }

  #told(job: Job, event: ProgressEvent, translate: Translator): void {
    const { stage } = job.progress;
    switch (event.stage) {
      case 'opening':
        this.#progress(job, { stage: 'opening', share: null, what: basename(event.path) });
        return;
      case 'key-derivation':
        this.#progress(job, { stage: event.stage, share: event.done / Math.max(1, event.total) });
        return;
      case 'hashing':
        // It goes on beside reading, which says more; at the end it is what is waited for.
        if (stage === 'reading') return;
        this.#progress(job, { stage: event.stage, share: event.doneBytes / Math.max(1, event.totalBytes) });
        return;
      case 'reading':
        this.#progress(job, {
          stage: event.stage,
          share: event.total > 1 ? event.done / event.total : null,
          what: translate(`readers.${event.reader}.name`),
        });
        return;
      case 'finishing':
        this.#progress(job, { stage: event.stage, share: null, what: '' });
    }
  }

  #progress(job: Job, change: Partial<CheckProgress>): void {
    this.#change(job, { progress: { ...job.progress, ...change } });
  }

  #end(job: Job, state: CheckState, error: ApiError | null): void {
    job.finishedAt = this.#options.desk.operator.now();
    this.#change(job, { state, error });
    job.listeners.clear();
  }

  #change(job: Job, change: Partial<Pick<Job, 'state' | 'progress' | 'error'>>): void {
    Object.assign(job, change);
    for (const listener of job.listeners) listener(job.toApi());
  }

  #uploaded(path: string): HeldEvidence | null {
    for (const { batches } of this.#jobs.values()) {
      const held = heldFor(batches, path);
      if (held) return held;
    }
    return null;
  }

  #ofRun(run: Run): Check {
    const { vault } = this.#options.desk;
    const labels = new Set(Object.values(run.evidence));
    const items = vault.evidence.list(run.caseId).filter(({ label }) => labels.has(label));
    return {
      id: run.id,
      caseCode: vault.cases.get(run.caseId)?.code ?? '',
      state: run.finishedAt === null ? 'stopped' : 'done',
      startedAt: run.startedAt,
      finishedAt: run.finishedAt,
      given: items.map(({ originalName }) => originalName),
      progress: { ...NOT_BEGUN, stage: 'finishing', records: run.records },
      error: null,
    };
  }
}

/** A backup alone in a dropped folder was taken in by its own path, below that of the folder. */
function heldFor(batches: readonly GivenBatch[], path: string): HeldEvidence | undefined {
  for (const { path: own, held } of batches) {
    if (path === own) return held;
    if (!path.startsWith(`${own}${sep}`)) continue;
    const prefix = `${path.slice(own.length + 1).replaceAll(sep, '/')}/`;
    const files = held.files.flatMap((file) =>
      file.path.startsWith(prefix) ? [{ ...file, path: file.path.slice(prefix.length) }] : [],
    );
    return { form: 'folder', files };
  }
  return undefined;
}

function errorOf(error: unknown): ApiError {
  const told = roomProblem(error);
  const problem = told instanceof ApiProblem ? told : new ApiProblem(500, 'internal');
  return { code: problem.code, params: problem.params, retry: problem.retry, requestId: '' };
}

function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof DeskError ? roomProblem(error) : error;
  }
}
