import { addressOf } from '../../hits/client-address.js';
import { Hit } from '../../hits/hit.js';
import { LINE, type LogFormat } from '../../hits/log-format.js';

/** Reads one line as it stands in the middle of a file, and shows the hit in plain words. */
export function readLine(format: LogFormat, line: string | Buffer) {
  // Other bytes around it, which must not be read.
  const bytes = Buffer.concat([Buffer.from('"? '), Buffer.from(line), Buffer.from('" 7 ?]"}\n')]);
  const hit = new Hit();
  return shown(format.parse(bytes, 3, bytes.length - 9, hit), hit);
}

/** Reads all lines of a file, but for blank ones. */
export function readLines(format: LogFormat, file: string | Buffer): ReturnType<typeof shown>[] {
  const bytes = Buffer.from(file);
  const hit = new Hit();
  const lines: ReturnType<typeof shown>[] = [];
  let start = 0;
  while (start < bytes.length) {
    const feed = bytes.indexOf(10, start);
    const end = feed === -1 ? bytes.length : feed;
    if (end > start) lines.push(shown(format.parse(bytes, start, end, hit), hit));
    start = end + 1;
  }
  return lines;
}

export function shown(verdict: number, hit: Hit) {
  if (verdict === LINE.foreign || verdict === LINE.skipped) return { verdict, ...EMPTY };
  return {
    verdict,
    time: hit.seconds === -1 ? '' : new Date(hit.seconds * 1000 + hit.milliseconds).toISOString(),
    zoneMinutes: hit.zoneMinutes,
    client: hit.ipVersion === 0 ? hit.text(hit.clientStart, hit.clientEnd) : addressOf(hit),
    user: hit.text(hit.userStart, hit.userEnd),
    host: hit.text(hit.hostStart, hit.hostEnd),
    forwarded: hit.text(hit.forwardedStart, hit.forwardedEnd),
    method: hit.text(hit.methodStart, hit.methodEnd),
    target: hit.text(hit.targetStart, hit.targetEnd),
    path: hit.text(hit.targetStart, hit.pathEnd),
    query: hit.queryStart === -1 ? '' : hit.text(hit.queryStart, hit.targetEnd),
    protocol: hit.protocol,
    malformed: hit.malformed,
    status: hit.status,
    bytesOut: hit.bytesOut,
    durationMs: hit.durationMs,
    referer: hit.text(hit.refererStart, hit.refererEnd),
    agent: hit.text(hit.agentStart, hit.agentEnd),
    cache: hit.cache,
    upstreamStatus: hit.upstreamStatus,
    type: hit.text(hit.typeStart, hit.typeEnd),
    tls: hit.text(hit.tlsStart, hit.tlsEnd),
    asn: hit.asn,
    country: hit.country === 0 ? '' : String.fromCharCode(hit.country >> 8, hit.country & 255),
    event: hit.event,
  };
}

/** What a line that is no request shows. */
const EMPTY = {
  time: '',
  zoneMinutes: 0,
  client: '',
  user: '',
  host: '',
  forwarded: '',
  method: '',
  target: '',
  path: '',
  query: '',
  protocol: 0,
  malformed: false,
  status: 0,
  bytesOut: -1,
  durationMs: -1,
  referer: '',
  agent: '',
  cache: 0,
  upstreamStatus: 0,
  type: '',
  tls: '',
  asn: 0,
  country: '',
  event: 0,
};
