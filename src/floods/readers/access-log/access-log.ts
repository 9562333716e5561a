import type {
  EvidenceFile,
  FileProbe,
  PassedOver,
  Problem,
  ReadContext,
  Reader,
  ReadItem,
} from '../../../core/contracts.js';
import { problemOf } from '../../../core/evidence-error.js';
import { fromUnixSeconds } from '../../../core/time.js';
import type { RuleOverflow } from '../../../records/kinds/rule-overflow.js';
import { scenariosOf } from '../../counting/cohort-job.js';
import { ThreadLost } from '../../counting/hit-slots.js';
import { isWorthSharing, type LogCounter, LoneCounter, SharingCounter } from '../../counting/log-counter.js';
import { compileLogFormat } from '../../formats/custom/custom.js';
import { LogFormatError } from '../../formats/custom/log-format-error.js';
import { LOG_FORMATS } from '../../formats/formats.js';
import { AsUtf8 } from '../../hits/as-utf8.js';
import type { Hit } from '../../hits/hit.js';
import { LineSplitter } from '../../hits/line-splitter.js';
import { type HitConsumer, LINE, type LogFormatKind } from '../../hits/log-format.js';
import { LineReader, type ReadSummary, readHits } from '../../hits/read-hits.js';
import { isProxyAddress } from '../../known/known-clients.js';
import type { ScenarioProblem } from '../../scenarios/scenario.js';

/** Of the first lines of a log, as many must be of a known format; of a file given by itself half of that. */
const LEAST_SHARE = 0.8;
/** So many requests, and what a container says while it starts does not count against the lines behind it. */
const LEAST_BEHIND_START = 5;
/** A log that was cut while its server went on writing begins with zeros, more of them than is looked at. */
const LOG_NAME = /access|\.log(?:$|[.-])/i;

/**
 * Access logs of web servers, proxies, load balancers and content networks, in every format of {@link LOG_FORMATS}, also
 * mixed in one file. Gives no record per line: the requests are counted (tally `web-traffic`), and rules that a client
 * breaks are records.
 */
export const reader: Reader<RuleOverflow> = {
  id: 'floods/access-log',
  about: 'site',
  emits: ['rule-overflow'],
  artifacts: [],
  recognises,
  read,
};

const NOBODY: HitConsumer = { hit: () => undefined };

function recognises({ path, head, given }: FileProbe, context?: ReadContext): boolean {
  if (head.length > 0 && head.every((byte) => byte === 0)) return LOG_NAME.test(path);
  const own = given ? formatOf(context) : null;
  const lines = new LineReader(own?.kind ? [own.kind] : LOG_FORMATS, NOBODY);
  let nonsense = 0;
  const splitter = new LineSplitter((bytes, start, end, at) => {
    if (lines.line(bytes, start, end, at) === LINE.foreign && lines.hits === 0) nonsense += 1;
  });
  const bytes = new AsUtf8().add(Buffer.from(head.buffer, head.byteOffset, head.byteLength));
  // The head may end within a line, which says nothing.
  const lastFeed = bytes.lastIndexOf(10);
  splitter.add(lastFeed === -1 ? bytes : bytes.subarray(0, lastFeed + 1));
  splitter.end();
  const requests = lines.hits + lines.events;
  if (requests === 0) return false;
  const counted = lines.hits >= LEAST_BEHIND_START ? lines.lines - nonsense : lines.lines;
  return requests + lines.skipped >= counted * (given ? LEAST_SHARE / 2 : LEAST_SHARE);
}

/** The format that the analyst gave, or why it cannot be used; null when none was given. */
function formatOf(
  context: ReadContext | undefined,
): { readonly kind: LogFormatKind | null; readonly error: LogFormatError | null } | null {
  const text = context?.accessLogs?.logFormat;
  if (text === undefined) return null;
  const compiled = compileLogFormat(text);
  return compiled instanceof LogFormatError
    ? { kind: null, error: compiled }
    : { kind: compiled, error: null };
}

async function* read(file: EvidenceFile, context: ReadContext): AsyncGenerator<ReadItem<RuleOverflow>> {
  const place = { evidence: file.source.id, path: file.path };
  const own = formatOf(context);
  if (own?.error) yield badFormat(own.error, place);
  const scenarios = context.accessLogs?.scenarios ?? null;
  for (const problem of scenariosOf(scenarios).problems) yield badScenario(problem, place);
  const formats = own?.kind ? [own.kind, ...LOG_FORMATS] : LOG_FORMATS;
  const times = new Times();
  if (isWorthSharing(file)) {
    try {
      yield* count(file, context, formats, times, new SharingCounter(place, scenarios));
      return;
    } catch (error) {
      if (!(error instanceof ThreadLost)) throw error;
      // It may have run out of memory. The log is counted all the same: once more, by one thread.
      times.startAgain();
    }
  }
  yield* count(file, context, formats, times, new LoneCounter(place, scenarios));
}

/** Reads and counts. @throws ThreadLost before anything but times was said */
async function* count(
  file: EvidenceFile,
  context: ReadContext,
  formats: readonly LogFormatKind[],
  times: Times,
  counter: LogCounter,
): AsyncGenerator<ReadItem<RuleOverflow>> {
  const place = { evidence: file.source.id, path: file.path };
  const { traffic } = counter;
  const source = traffic.startSource(place);
  const content = new Content();
  const consumer: HitConsumer = {
    place: (piece) => counter.place(piece),
    hit: (hit) => {
      times.see(hit);
      content.see(hit);
      counter.hit(hit, isProxyAddress(hit.ipVersion, hit.ip0, hit.ip1, hit.ip2, hit.ip3));
    },
    event: (hit) => {
      times.see(hit);
      content.see(hit);
      counter.event(hit);
    },
  };
  const lines = readHits(file, consumer, { formats, signal: context.signal });
  let summary: ReadSummary | null = null;
  let failure: Problem | null = null;
  try {
    for (let step = await lines.next(); ; step = await lines.next()) {
      if (step.done) {
        summary = step.value;
        break;
      }
      const said = times.said();
      if (said) yield said;
    }
  } catch (error) {
    if (context.signal?.aborted || error instanceof ThreadLost) throw error;
    // What was read before the file broke off counts.
    failure = problemOf(error, { ...place, locator: '' });
  } finally {
    if (summary === null && failure === null) counter.stop();
  }
  const said = times.said();
  if (said) yield said;
  const rules = await counter.end();
  traffic.endSource(source, summary ?? { lines: 0, unparsed: 0, formats: new Map() });
  if (summary) yield* problemsOf(summary, place);
  if (failure) yield failure;
  const alike = alikeOf(context, content, place);
  if (alike) yield alike;
  // The copy is left out, and the rules broken in it: they were told of the first.
  if (alike?.code === 'same-log-again') return;
  yield* rules.records;
  if (rules.leftOut > 0) {
    yield {
      kind: 'problem',
      code: 'overflows-left-out',
      effect: 'note',
      source: { ...place, locator: '' },
      count: rules.leftOut,
    };
  }
  yield traffic;
}

interface Place {
  readonly evidence: string;
  readonly path: string;
}

function badFormat({ code, part }: LogFormatError, place: Place): Problem {
  return {
    kind: 'problem',
    code: 'bad-log-format',
    effect: 'note',
    source: { ...place, locator: '' },
    values: { code: code.replaceAll('-', '_'), part },
  };
}

function badScenario({ file, place: where, code, detail }: ScenarioProblem, place: Place): Problem {
  return {
    kind: 'problem',
    code: 'bad-scenario',
    effect: 'note',
    source: { ...place, locator: '' },
    values: { scenario: where, file, code, detail },
  };
}

function* problemsOf({ unparsed, firstUnparsedLine, cut }: ReadSummary, place: Place): Generator<Problem> {
  if (unparsed > 0) {
    yield {
      kind: 'problem',
      code: 'lines-not-understood',
      effect: 'lost',
      source: { ...place, locator: `line ${firstUnparsedLine}` },
      values: { line: firstUnparsedLine },
      count: unparsed,
    };
  }
  if (cut > 0) {
    yield {
      kind: 'problem',
      code: 'lines-cut',
      effect: 'lost',
      source: { ...place, locator: '' },
      count: cut,
    };
  }
}

/** A log that goes on beyond another, which was saved earlier, begins with the same lines. */
const LINES_OF_BEGINNING = 100;
/** Fewer lines may be alike by chance. */
const LEAST_LINES = 10;

/** A number for what a log holds, whatever it is packed in. */
class Content {
  #lines = 0;
  #first = 0;
  #second = 0;
  /** Of the first lines; null when there are fewer. */
  beginning: string | null = null;

  see({ seconds, lineLength, ip0, ip1, bytesOut, targetStart, agentStart }: Hit): void {
    this.#lines += 1;
    this.#first = (Math.imul(this.#first, 31) + (seconds ^ Math.imul(ip0 ^ ip1, 0x9e37_79b1))) | 0;
    this.#second =
      (Math.imul(this.#second, 33) + lineLength + Math.imul(bytesOut, 7) + targetStart - agentStart) | 0;
    if (this.#lines === LINES_OF_BEGINNING) this.beginning = this.#text();
  }

  #text(): string {
    return `${this.#lines} ${this.#first} ${this.#second}`;
  }

  /** Null when there is too little to tell. */
  get whole(): string | null {
    return this.#lines < LEAST_LINES ? null : this.#text();
  }
}

/** Places of logs by what they hold and by what they begin with, for each check. */
const seen = new WeakMap<ReadContext, Map<string, Place>>();

/** Says when a log was given before, or begins as another does; null otherwise. */
function alikeOf(context: ReadContext, { whole, beginning }: Content, place: Place): Problem | null {
  const places = seen.get(context) ?? new Map<string, Place>();
  seen.set(context, places);
  const source = { ...place, locator: '' };
  const isOther = (one: Place): boolean => one.path !== place.path || one.evidence !== place.evidence;
  const same = whole === null ? undefined : places.get(`whole ${whole}`);
  if (same && isOther(same)) {
    return { kind: 'problem', code: 'same-log-again', effect: 'note', source, values: { other: same.path } };
  }
  const longer = beginning === null ? undefined : places.get(`beginning ${beginning}`);
  if (whole !== null) places.set(`whole ${whole}`, place);
  if (beginning !== null) places.set(`beginning ${beginning}`, place);
  if (!longer || !isOther(longer)) return null;
  return { kind: 'problem', code: 'logs-overlap', effect: 'note', source, values: { other: longer.path } };
}

/** How many requests were read, and between which times: what the coverage says. */
class Times {
  #count = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #said = 0;
  /** Said already, of those that are seen again. */
  #again = 0;

  /** The log is read once more from its beginning: what was said of it is not said again. */
  startAgain(): void {
    this.#again = this.#said;
    this.#count = 0;
  }

  see({ seconds }: Hit): void {
    if (this.#again > 0) {
      this.#again -= 1;
      return;
    }
    this.#count += 1;
    if (seconds < this.#first) this.#first = seconds;
    if (seconds > this.#last) this.#last = seconds;
  }

  /** Since it was last said; null when there is nothing. */
  said(): PassedOver | null {
    if (this.#count === 0) return null;
    const said: PassedOver = {
      kind: 'passed-over',
      of: 'http',
      count: this.#count,
      firstAt: fromUnixSeconds(this.#first),
      lastAt: fromUnixSeconds(this.#last),
    };
    this.#said += this.#count;
    this.#count = 0;
    this.#first = Number.POSITIVE_INFINITY;
    this.#last = Number.NEGATIVE_INFINITY;
    return said;
  }
}
