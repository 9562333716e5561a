/**
 * How fast an access log is checked: the whole check by the built command, hashing and all detectors included.
 * Run: npx tsx bench/access-logs.ts [--lines 10000000] [--peer-lines LINES] [--keep DIR] [--file LOG]
 *
 * Goal: a combined log of 10,000,000 lines (some 2.5 GB) in 20 s, below 300 MB. Peer: GoAccess (Debian package) on the same
 * file; goal 15 times its speed. `--peer-lines` gives it only the first so many lines, to save time: what is compared then is
 * lines per second. The limit is the speed at which the file can be read.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pingbackFlood, searchFlood } from '../fixtures/floods/attacks.js';
import { logPieces } from '../fixtures/floods/log-lines.js';
import { merged, type Truth } from '../fixtures/floods/request.js';
import { siteTraffic } from '../fixtures/floods/site-log.js';
import { count, load, type Measured, machine, measure, option, print } from './measure.js';

const GOAL_LINES = 10_000_000;
const GOAL_SECONDS = 20;
const GOAL_MEGABYTES = 300;
const GOAL_RATIO = 15;
const SEED = 20_260_302;
/** Monday, 2 March 2026, midnight in Mexico City. */
const FROM = 1_772_431_200;
/** Two weeks and a day: enough for a baseline by the hour of the week. */
const DAYS = 15;
const HOUR = 3_600;

const keep = option('--keep');
const wanted = Number(option('--lines') ?? GOAL_LINES);
const peerLines = Number(option('--peer-lines') ?? Number.POSITIVE_INFINITY);
const folder = keep ?? mkdtempSync(join(tmpdir(), 'vigia-bench-'));
mkdirSync(folder, { recursive: true });

interface Log {
  readonly file: string;
  readonly lines: number;
}

async function bench(): Promise<void> {
  print(machine());
  const given = option('--file');
  const log = given === null ? madeLog() : { file: given, lines: linesOf(given) };
  const bytes = statSync(log.file).size;
  print(
    `log: ${(bytes / 1e6).toFixed(0)} MB, ${count(log.lines)} lines (${Math.round(bytes / log.lines)} bytes each)`,
  );
  const own = await check(log);
  const readSeconds = await readTime(log.file);
  print(
    `  limit, reading the file in a stream: ${readSeconds.toFixed(2)} s; we take ${(own.seconds / readSeconds).toFixed(1)} times that`,
  );
  await peer(log, own);
}

/** The log, and beside it what was put into it. */
function madeLog(): Log {
  const file = join(folder, `access-${wanted}.log`);
  const about = `${file}.about.json`;
  if (!existsSync(about)) {
    const day = 24 * HOUR;
    const floods = [
      pingbackFlood({ seed: SEED + 1, from: FROM + 12 * day + 14 * HOUR }),
      searchFlood({ seed: SEED + 2, from: FROM + 13 * day + 19 * HOUR }),
    ];
    // A little more than is wanted, which is then cut off: days differ.
    const traffic = siteTraffic({ seed: SEED, from: FROM, days: DAYS, hitsPerDay: (1.08 * wanted) / DAYS });
    const handle = openSync(file, 'w');
    let lines = 0;
    const requests = (function* () {
      for (const request of merged(traffic, floods)) {
        if (lines === wanted) return;
        lines += 1;
        yield request;
      }
    })();
    for (const piece of logPieces(requests)) writeSync(handle, piece);
    closeSync(handle);
    const truths: Truth[] = floods.map(({ truth }) => truth);
    writeFileSync(about, `${JSON.stringify({ seed: SEED, lines, truths }, null, 2)}\n`);
  }
  const { lines } = JSON.parse(readFileSync(about, 'utf8')) as { lines: number };
  return { file, lines };
}

async function check({ file, lines }: Log): Promise<Measured> {
  const cli = fileURLToPath(new URL('../bin/vigia.js', import.meta.url));
  const before = load();
  const given = [cli, 'check', file, '--json', '--quiet', '--no-default-indicators'];
  const measured = await measure(process.execPath, given, {});
  const { counts, findings, evidence } = JSON.parse(measured.output) as {
    counts: Record<string, number>;
    findings: { detector: string; severity: string }[];
    evidence: { details: Record<string, unknown> }[];
  };
  const seconds = (GOAL_SECONDS * lines) / GOAL_LINES;
  print(
    `  all cores, load before ${before}: ${measured.seconds.toFixed(1)} s (${measured.cpuSeconds?.toFixed(1) ?? '?'} s of processors), ${count(Math.round(lines / measured.seconds))} lines/s, ${(statSync(file).size / 1e6 / measured.seconds).toFixed(0)} MB/s, peak ${measured.peakMegabytes?.toFixed(0) ?? '?'} MB`,
    `  ratio to the goal of ${GOAL_SECONDS} s for ${count(GOAL_LINES)} lines: ${(seconds / measured.seconds).toFixed(2)}x; of ${GOAL_MEGABYTES} MB: ${measured.peakMegabytes === null ? '?' : (GOAL_MEGABYTES / measured.peakMegabytes).toFixed(2)}x`,
    `  records: ${list(counts)}`,
    `  findings: ${findings.map(({ detector, severity }) => `${detector} (${severity})`).join(', ') || 'none'}; evidence: ${evidence.length}`,
  );
  return measured;
}

async function peer({ file, lines }: Log, own: Measured): Promise<void> {
  if (spawnSync('goaccess', ['--version']).status !== 0) {
    print('  peer: no goaccess on this machine (Debian package goaccess)');
    return;
  }
  const part = Math.min(peerLines, lines);
  const given = part < lines ? await firstLines(file, part) : file;
  const output = join(folder, 'goaccess.json');
  const parameters = [given, '--log-format=COMBINED', '--no-global-config', '--no-progress', '-o', output];
  const measured = await measure('goaccess', parameters, {});
  const said = part < lines ? `the first ${count(part)} lines` : 'the same file';
  const ratio = part / measured.seconds;
  print(
    `  peer, GoAccess on ${said}: ${measured.seconds.toFixed(1)} s (${measured.cpuSeconds?.toFixed(1) ?? '?'} s of processors), ${count(Math.round(ratio))} lines/s, peak ${measured.peakMegabytes?.toFixed(0) ?? '?'} MB`,
    `  ratio to GoAccess: ${(lines / own.seconds / ratio).toFixed(1)}x faster (goal ${GOAL_RATIO}x)`,
  );
}

async function firstLines(file: string, wantedLines: number): Promise<string> {
  const target = `${file}.part`;
  const handle = openSync(target, 'w');
  let left = wantedLines;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    let end = 0;
    while (left > 0) {
      const next = chunk.indexOf(10, end);
      if (next === -1) break;
      end = next + 1;
      left -= 1;
    }
    writeSync(handle, left > 0 ? chunk : chunk.subarray(0, end));
    if (left === 0) break;
  }
  closeSync(handle);
  return target;
}

/** Seconds that a stream of the file takes to nowhere. */
async function readTime(file: string): Promise<number> {
  const started = process.hrtime.bigint();
  for await (const _ of createReadStream(file, { highWaterMark: 1 << 20 }));
  return Number(process.hrtime.bigint() - started) / 1e9;
}

function linesOf(file: string): number {
  const piece = Buffer.alloc(1 << 20);
  const handle = openSync(file, 'r');
  let lines = 0;
  for (let length = readSync(handle, piece); length > 0; length = readSync(handle, piece)) {
    for (let at = piece.indexOf(10); at !== -1 && at < length; at = piece.indexOf(10, at + 1)) lines += 1;
  }
  closeSync(handle);
  return lines;
}

function list(counts: Readonly<Record<string, number>>): string {
  const some = Object.entries(counts).filter(([, number]) => number > 0);
  return some.map(([kind, number]) => `${count(number)} ${kind}`).join(', ') || 'none';
}

try {
  await bench();
} finally {
  if (keep === null) rmSync(folder, { recursive: true, force: true });
}
