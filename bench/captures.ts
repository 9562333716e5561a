/**
 * How fast a capture is checked: the whole check by the built command, hashing and all detectors included.
 * Run: npx tsx bench/captures.ts [--megabytes 500] [--keep DIR] [--file CAPTURE]
 *
 * Goal: 400,000 packets/s on one core, below 1 GB, memory that does not grow with the file (a second file of a fifth of the
 * size shows it). Peer: tshark (Debian package) writing the same fields of the same file; goal 10 times its speed.
 * The limit is the speed at which the file can be read.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LargeCapture, writeLargeCapture } from '../fixtures/captures/large-capture.js';
import { count, load, type Measured, machine, measure, option, print } from './measure.js';
import { syntheticStix } from './synthetic-indicators.js';

const GOAL_PACKETS_PER_SECOND = 400_000;
const GOAL_MEGABYTES = 1_000;
const GOAL_RATIO = 10;
const INDICATORS = 2_000;
/** What our records hold of a packet or conversation, in tshark's names. */
const FIELDS = [
  'frame.number',
  'frame.time_epoch',
  'ip.src',
  'ip.dst',
  'tcp.srcport',
  'tcp.dstport',
  'dns.qry.name',
  'tls.handshake.extensions_server_name',
  'tls.handshake.ja3',
  'http.host',
  'http.request.uri',
  'http.response.code',
];

const keep = option('--keep');
const megabytes = Number(option('--megabytes') ?? 500);
const folder = keep ?? mkdtempSync(join(tmpdir(), 'vigia-bench-'));
mkdirSync(folder, { recursive: true });

async function bench(): Promise<void> {
  const indicators = join(folder, 'indicators.json');
  writeFileSync(indicators, syntheticStix(INDICATORS));
  print(machine());
  const small = await check(await capture(megabytes / 5), indicators);
  const given = option('--file');
  const file = given ?? (await capture(megabytes)).file;
  const large = await check({ file }, indicators);
  const growth =
    small.measured.peakMegabytes === null || large.measured.peakMegabytes === null
      ? '?'
      : (large.measured.peakMegabytes / small.measured.peakMegabytes).toFixed(2);
  print(`  peak of the large file / of a fifth of it: ${growth}x`);
  const readSeconds = readTime(file);
  print(
    `  limit, reading the file: ${readSeconds.toFixed(2)} s; we take ${(large.measured.seconds / readSeconds).toFixed(1)} times that`,
  );
  await peer(file, large.packets, large.measured);
}

async function capture(size: number): Promise<{ readonly file: string }> {
  const file = join(folder, `capture-${size}.pcap`);
  const about = `${file}.about`;
  if (!existsSync(about)) writeFileSync(about, JSON.stringify(await writeLargeCapture(file, size * 1e6)));
  const { packets, bytes, conversations } = JSON.parse(readFileSync(about, 'utf8')) as LargeCapture;
  print(
    `capture: ${(bytes / 1e6).toFixed(0)} MB, ${count(packets)} packets (${Math.round(bytes / packets)} bytes each), ${count(conversations)} conversations`,
  );
  return { file };
}

async function check(
  { file }: { readonly file: string },
  indicators: string,
): Promise<{ readonly measured: Measured; readonly packets: number }> {
  const cli = fileURLToPath(new URL('../bin/vigia.js', import.meta.url));
  const before = load();
  const pinned = spawnSync('taskset', ['-c', '0', 'true']).status === 0;
  const given = [
    cli,
    'check',
    file,
    '--json',
    '--quiet',
    '--no-default-indicators',
    '--indicators',
    indicators,
  ];
  const measured = pinned
    ? await measure('taskset', ['-c', '0', process.execPath, ...given], {})
    : await measure(process.execPath, given, {});
  const result = JSON.parse(measured.output) as {
    counts: Record<string, number>;
    evidence: { details: Record<string, unknown> }[];
  };
  const packets = packetsOf(file);
  const rate = packets / measured.seconds;
  print(
    `  ${pinned ? 'one core' : 'all cores'}, load before ${before}: ${measured.seconds.toFixed(1)} s, ${count(Math.round(rate))} packets/s, ${(statSync(file).size / 1e6 / measured.seconds).toFixed(0)} MB/s, peak ${measured.peakMegabytes?.toFixed(0) ?? '?'} MB`,
    `  ratio to the goal of ${count(GOAL_PACKETS_PER_SECOND)} packets/s: ${(rate / GOAL_PACKETS_PER_SECOND).toFixed(2)}x; of ${GOAL_MEGABYTES} MB: ${measured.peakMegabytes === null ? '?' : (GOAL_MEGABYTES / measured.peakMegabytes).toFixed(2)}x`,
    `  records: ${Object.entries(result.counts)
      .map(([kind, number]) => `${count(number)} ${kind}`)
      .join(', ')}`,
  );
  return { measured, packets };
}

/** Packets of a pcap file, counted by their headers. */
function packetsOf(file: string): number {
  const about = `${file}.about`;
  if (existsSync(about)) return (JSON.parse(readFileSync(about, 'utf8')) as LargeCapture).packets;
  const { stdout } = spawnSync('capinfos', ['-c', '-M', '-T', '-r', file], { encoding: 'utf8' });
  return Number(stdout.trim().split('\t')[1]);
}

async function peer(file: string, packets: number, own: Measured): Promise<void> {
  if (spawnSync('tshark', ['--version']).status !== 0) {
    print('  peer: no tshark on this machine (Debian package tshark)');
    return;
  }
  const given = ['-n', '-r', file, '-T', 'fields', ...FIELDS.flatMap((field) => ['-e', field])];
  const script = `tshark ${given.map((part) => `'${part}'`).join(' ')} > '${join(folder, 'tshark.txt')}'`;
  const measured = await measure('sh', ['-c', script], {});
  print(
    `  peer, tshark with ${FIELDS.length} fields: ${measured.seconds.toFixed(1)} s, ${count(Math.round(packets / measured.seconds))} packets/s, peak ${measured.peakMegabytes?.toFixed(0) ?? '?'} MB`,
    `  ratio to tshark: ${(measured.seconds / own.seconds).toFixed(1)}x faster (goal ${GOAL_RATIO}x)`,
  );
}

/** Seconds that reading alone takes, in pieces of a mebibyte, from the cache of the system as the check does. */
function readTime(file: string): number {
  const piece = Buffer.alloc(1024 * 1024);
  const started = process.hrtime.bigint();
  const handle = openSync(file, 'r');
  while (readSync(handle, piece) > 0);
  closeSync(handle);
  return Number(process.hrtime.bigint() - started) / 1e9;
}

try {
  await bench();
} finally {
  if (keep === null) rmSync(folder, { recursive: true, force: true });
}
