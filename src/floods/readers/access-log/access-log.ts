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
import { LOG_FORMATS } from '../../formats/formats.js';
import type { Hit } from '../../hits/hit.js';
import type { HitConsumer } from '../../hits/log-format.js';
import { LineReader, LineSplitter, type ReadSummary, readHits } from '../../hits/read-hits.js';
import { isProxyAddress } from '../../known/known-clients.js';
import { WebTraffic } from '../../traffic/web-traffic.js';

/** Of the first lines of a log, as many must be of a known format; of a file given by itself half of that. */
const LEAST_SHARE = 0.8;

/**
 * Access logs of web servers, proxies, load balancers and content networks, in every format of {@link LOG_FORMATS}, also
 * mixed in one file. Gives no record per line: the requests are counted (tally `web-traffic`).
 */
export const reader: Reader = {
  id: 'floods/access-log',
  emits: [],
  artifacts: [],
  recognises,
  read,
};

const NOBODY: HitConsumer = { hit: () => undefined };

function recognises({ head, given }: FileProbe): boolean {
  const lines = new LineReader(LOG_FORMATS, NOBODY);
  const splitter = new LineSplitter((bytes, start, end, at) => lines.line(bytes, start, end, at));
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  // The head may end within a line, which says nothing.
  const lastFeed = bytes.lastIndexOf(10);
  splitter.add(lastFeed === -1 ? bytes : bytes.subarray(0, lastFeed + 1));
  splitter.end();
  const requests = lines.hits + lines.events;
  if (requests === 0) return false;
  return requests + lines.skipped >= lines.lines * (given ? LEAST_SHARE / 2 : LEAST_SHARE);
}

async function* read(file: EvidenceFile, context: ReadContext): AsyncGenerator<ReadItem> {
  const traffic = new WebTraffic();
  const evidence = file.source.id;
  const source = traffic.startSource({ evidence, path: file.path });
  const times = new Times();
  const consumer: HitConsumer = {
    hit: (hit) => {
      times.see(hit);
      traffic.hit(hit, isProxyAddress(hit.ipVersion, hit.ip0, hit.ip1, hit.ip2, hit.ip3));
    },
    event: (hit) => {
      times.see(hit);
      traffic.event(hit);
    },
  };
  const lines = readHits(file, consumer, { signal: context.signal });
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
    if (context.signal?.aborted) throw error;
    // What was read before the file broke off counts.
    failure = problemOf(error, { evidence, path: file.path, locator: '' });
  }
  const said = times.said();
  if (said) yield said;
  if (summary) {
    traffic.endSource(source, summary);
    yield* problemsOf(summary, file);
  } else {
    traffic.endSource(source, { lines: 0, unparsed: 0, formats: new Map() });
  }
  if (failure) yield failure;
  yield traffic;
}

function* problemsOf(
  { unparsed, firstUnparsedLine, cut }: ReadSummary,
  file: EvidenceFile,
): Generator<Problem> {
  const place = { evidence: file.source.id, path: file.path };
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

/** How many requests were read, and between which times: what the coverage says. */
class Times {
  #count = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  see({ seconds }: Hit): void {
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
    this.#count = 0;
    this.#first = Number.POSITIVE_INFINITY;
    this.#last = Number.NEGATIVE_INFINITY;
    return said;
  }
}
