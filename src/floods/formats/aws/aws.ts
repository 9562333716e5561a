/**
 * Logs of Amazon's services, in which fields stand apart by spaces, some in quotes: Application Load Balancer ("Access logs
 * for your Application Load Balancer"; 29 fields, later 33), Classic Load Balancer ("Access logs for your Classic Load
 * Balancer"), and S3 ("Amazon S3 server access log format"). CloudFront, which has a head, is with the W3C formats.
 */
import { type Hit, METHOD } from '../../hits/hit.js';
import { LINE, type LogFormat, type LogFormatKind } from '../../hits/log-format.js';
import { setClientWithPort } from '../client-port.js';
import { Clock } from '../clock.js';
import { decimalOf, isDigit, isHostName, isLetter, numberAt, threeDigits } from '../scan.js';
import { Words } from '../words.js';

const [SPACE, DASH, OPEN, CLOSE, RETURN] = [0x20, 0x2d, 0x5b, 0x5d, 0x0d];

/** As for balancers: client to host. */
const S3_WORDS = 20;

/** Places of the fields of a balancer's line. */
interface Layout {
  readonly time: number;
  readonly client: number;
  /** The first of three durations in seconds. */
  readonly times: number;
  readonly status: number;
  readonly upstreamStatus: number;
  readonly bytesOut: number;
  readonly request: number;
  readonly agent: number;
  readonly cipher: number;
  /** -1 where there is none. */
  readonly domain: number;
  /** What stands behind so many is not looked at. */
  readonly words: number;
}

const ALB: Layout = {
  time: 1,
  client: 3,
  times: 5,
  status: 8,
  upstreamStatus: 9,
  bytesOut: 11,
  request: 12,
  agent: 13,
  cipher: 14,
  domain: 18,
  words: 19,
};

const ELB: Layout = {
  time: 0,
  client: 2,
  times: 4,
  status: 7,
  upstreamStatus: 8,
  bytesOut: 10,
  request: 11,
  agent: 12,
  cipher: 13,
  domain: -1,
  words: 14,
};

class BalancerFormat implements LogFormat {
  readonly id: string;
  readonly #layout: Layout;
  readonly #clock = new Clock();
  readonly #words = new Words();

  constructor(id: string, layout: Layout) {
    this.id = id;
    this.#layout = layout;
  }

  parse(bytes: Buffer, start: number, end: number, hit: Hit): number {
    const layout = this.#layout;
    const to = end > start && bytes[end - 1] === RETURN ? end - 1 : end;
    let time = start;
    if (layout.time === 1) {
      // `http`, `https`, `h2`, `grpcs`, `ws`, `wss`.
      while (time < to && time < start + 6 && (isLetter(bytes[time] as number) || bytes[time] === 0x32))
        time += 1;
      if (time === start || bytes[time] !== SPACE) return LINE.foreign;
      time += 1;
    }
    if (to - time < 40 || !isDigit(bytes[time] as number) || bytes[time + 4] !== DASH) return LINE.foreign;
    const clock = this.#clock;
    const timeEnd = clock.readRfc3339(bytes, time, to);
    if (timeEnd === -1 || bytes[timeEnd] !== SPACE) return LINE.foreign;
    const words = this.#words;
    words.split(bytes, start, to, layout.words);
    if (words.count <= layout.request || words.quoted[layout.request] !== 1) return LINE.foreign;
    const status = statusAt(bytes, words, layout.status);
    if (status === -1) return LINE.foreign;

    hit.reset(bytes);
    hit.seconds = clock.seconds;
    hit.milliseconds = clock.milliseconds;
    hit.zoneMinutes = clock.zoneMinutes;
    hit.status = status;
    hit.upstreamStatus = Math.max(0, statusAt(bytes, words, layout.upstreamStatus));
    if (words.has(bytes, layout.client)) {
      setClientWithPort(hit, words.start(layout.client), words.end(layout.client));
    }
    hit.bytesOut = numberAt(bytes, words.start(layout.bytesOut), words.end(layout.bytesOut));
    hit.durationMs = this.#duration(bytes);
    hit.setRequest(words.start(layout.request), words.end(layout.request));
    // Of a request that was none: `- http://balancer:80- -`.
    if (hit.method === METHOD.none) hit.malformed = true;
    if (words.quoted[layout.agent] === 1 && words.has(bytes, layout.agent)) {
      hit.agentStart = words.start(layout.agent);
      hit.agentEnd = words.end(layout.agent);
    }
    if (words.has(bytes, layout.cipher)) {
      hit.tlsStart = words.start(layout.cipher);
      hit.tlsEnd = words.end(layout.cipher);
    }
    if (layout.domain !== -1 && hit.hostStart === -1 && words.has(bytes, layout.domain)) {
      hit.setHost(words.start(layout.domain), words.end(layout.domain));
    }
    return LINE.hit;
  }

  /** The three parts of a request together; -1 when one of them is missing: it was not passed on. */
  #duration(bytes: Buffer): number {
    const words = this.#words;
    let sum = 0;
    for (let index = this.#layout.times; index < this.#layout.times + 3; index += 1) {
      const part = decimalOf(bytes, words.start(index), words.end(index));
      if (part === -1) return -1;
      sum += part;
    }
    // Seconds with six decimals at most: what adding made of them is cut off.
    return Math.round(sum * 1e6) / 1e3;
  }
}

class S3Format implements LogFormat {
  readonly id = 'aws-s3';
  readonly #clock = new Clock();
  readonly #words = new Words();

  parse(bytes: Buffer, start: number, end: number, hit: Hit): number {
    const to = end > start && bytes[end - 1] === RETURN ? end - 1 : end;
    // Owner, bucket, time.
    const owner = nextSpace(bytes, start, to);
    const bucket = nextSpace(bytes, owner + 1, to);
    if (bucket - start < 5 || bucket + 30 > to || bytes[bucket + 1] !== OPEN) return LINE.foreign;
    const clock = this.#clock;
    const timeEnd = clock.readClf(bytes, bucket + 2, to);
    if (timeEnd === -1 || bytes[timeEnd] !== CLOSE || !clock.hasZone) return LINE.foreign;
    const words = this.#words;
    words.split(bytes, timeEnd + 1, to, S3_WORDS);
    // 0 client, 1 requester, 2 id, 3 operation, 4 key, 5 request, 6 status, 7 error, 8 bytes, 9 size, 10 total time,
    // 11 time before the first byte, 12 referer, 13 agent, 14 version, 15 host id, 16 signature, 17 cipher, 18 kind of
    // authentication, 19 host, 20 TLS.
    if (words.count < 12) return LINE.foreign;
    const operation = words.start(3);
    if (!hasPoint(bytes, operation, words.end(3))) return LINE.foreign;
    const isRequest = words.quoted[5] === 1;
    // Deletions by rules of the bucket's own have no request.
    if (!isRequest && words.has(bytes, 5)) return LINE.foreign;
    const status = statusAt(bytes, words, 6);
    if (status === -1) return LINE.foreign;
    if (!isRequest) return LINE.skipped;

    hit.reset(bytes);
    hit.seconds = clock.seconds;
    hit.milliseconds = clock.milliseconds;
    hit.zoneMinutes = clock.zoneMinutes;
    if (words.has(bytes, 0)) hit.setClient(words.start(0), words.end(0));
    if (words.has(bytes, 1)) {
      hit.userStart = words.start(1);
      hit.userEnd = words.end(1);
    }
    hit.setRequest(words.start(5), words.end(5));
    hit.status = status;
    hit.bytesOut = numberAt(bytes, words.start(8), words.end(8));
    hit.durationMs = numberAt(bytes, words.start(10), words.end(10));
    if (words.quoted[12] === 1 && words.has(bytes, 12)) {
      hit.refererStart = words.start(12);
      hit.refererEnd = words.end(12);
    }
    if (words.quoted[13] === 1 && words.has(bytes, 13)) {
      hit.agentStart = words.start(13);
      hit.agentEnd = words.end(13);
    }
    if (words.has(bytes, 17)) {
      hit.tlsStart = words.start(17);
      hit.tlsEnd = words.end(17);
    }
    if (hit.hostStart === -1) {
      if (words.has(bytes, 19) && isHostName(bytes, words.start(19), words.end(19))) {
        hit.setHost(words.start(19), words.end(19));
      } else {
        hit.setHost(owner + 1, bucket);
      }
    }
    return LINE.hit;
  }
}

/** Application Load Balancer. */
export const awsAlb: LogFormatKind = { id: 'aws-alb', open: () => new BalancerFormat('aws-alb', ALB) };
/** Classic Load Balancer. */
export const awsElb: LogFormatKind = { id: 'aws-elb', open: () => new BalancerFormat('aws-elb', ELB) };
/** Server access logs of S3. */
export const awsS3: LogFormatKind = { id: 'aws-s3', open: () => new S3Format() };

/** A status, 0 for `-` (there was no answer), -1 for anything else. */
function statusAt(bytes: Buffer, words: Words, index: number): number {
  if (!words.has(bytes, index)) return 0;
  return words.end(index) - words.start(index) === 3
    ? threeDigits(bytes, words.start(index), words.end(index))
    : -1;
}

function nextSpace(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== SPACE) at += 1;
  return at;
}

function hasPoint(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] === 0x2e) return true;
  return false;
}
