/**
 * How fast a folder is hashed and compared with YARA rules. No other program at hand does both and tells what it did, so
 * the limits are those set for it, and for comparison reading and one SHA-256 alone; the `yara` program of the system
 * is measured beside it where there is one.
 * Run: npx tsx bench/yara.ts [--megabytes 1024] [--keep DIR]
 *
 * The native engine is measured when it can be found: NODE_PATH=/folder/node_modules with @litko/yara-x in it.
 * All is kept to one core where the system can (taskset). Goals: 40 MB/s with WASM, 100 MB/s native.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNativeInstalled } from '../src/implants/yara/native-engine.js';
import { count, load, type Measured, machine, measure, option, print } from './measure.js';
import { sequence } from './synthetic-messages.js';

const MEGABYTE = 1_000_000;
const GOALS = { wasm: 40, native: 100 };
const RULES = 300;
const CONTROL = 'bench control string number one, then number two';

/** Reads every file of a folder and makes its SHA-256: less than this no sweep can do. */
const HASH_ALL = `
  const { readdirSync, openSync, readSync, closeSync } = require('node:fs');
  const { createHash } = require('node:crypto');
  const buffer = Buffer.alloc(1048576);
  for (const entry of readdirSync(process.argv[1], { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = openSync(entry.parentPath + '/' + entry.name, 'r');
    const hash = createHash('sha256');
    for (let bytes = 1; bytes > 0; ) {
      bytes = readSync(file, buffer);
      hash.update(buffer.subarray(0, bytes));
    }
    hash.digest();
    closeSync(file);
  }`;

const megabytes = Number(option('--megabytes') ?? 1_024);
const keep = option('--keep');
const oneCore = spawnSync('taskset', ['-c', '0', 'true']).status === 0;

const home = keep ?? mkdtempSync(join(tmpdir(), 'vigia-bench-'));
const folder = join(home, `files-${megabytes}`);
/** The control alone, and with many others. Vigía's own rules are always compared too. */
const few = join(home, 'few.yar');
const many = join(home, 'many.yar');
try {
  const { bavail, bsize } = statfsSync(dirname(folder));
  if (bavail * bsize < 1.2 * megabytes * MEGABYTE) throw new Error(`not enough room in ${home}`);
  if (!existsSync(folder)) writeFiles();
  writeFileSync(few, ruleText(0));
  writeFileSync(many, ruleText(RULES));
  await run();
} finally {
  if (keep === null) rmSync(home, { recursive: true, force: true });
}

async function run(): Promise<void> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const bytes = bytesIn(files.map(({ parentPath, name }) => join(parentPath, name)));
  print(`${machine()}; load ${load()}`);
  print(
    `${count(files.length)} files, ${(bytes / MEGABYTE).toFixed(0)} MB; ${oneCore ? 'one core' : 'any core'}`,
  );
  const limit = await measured(['-e', HASH_ALL, folder]);
  report('reading and SHA-256 alone', bytes, limit, null);
  await check('wasm', bytes);
  if (isNativeInstalled()) await check('native', bytes);
  else print('native engine: not installed, not measured');
  if (spawnSync('yara', ['--version']).status === 0) {
    report(
      'yara of this system, no hashes',
      bytes,
      await measuredProgram('yara', ['-r', many, folder]),
      null,
    );
  }
}

async function check(engine: 'wasm' | 'native', bytes: number): Promise<void> {
  const cli = fileURLToPath(new URL('../bin/vigia.js', import.meta.url));
  const given = ['check', folder, '--json', '--no-default-indicators', '--quiet', '--indicators'];
  const sweepOnly = ['--only', 'implants/files'];
  for (const [part, more] of [
    ['own rules', [few, ...sweepOnly]],
    [`own rules and ${RULES} more`, [many, ...sweepOnly]],
    ['own rules, all other readers too', [few]],
  ] as const) {
    const result = await measured([cli, ...given, ...more], { VIGIA_YARA_ENGINE: engine });
    const { counts, coverage } = JSON.parse(result.output) as {
      counts: Record<string, number>;
      coverage: { reader: string; problems: { code: string; effect: string }[] }[];
    };
    report(`${engine}, ${part}`, bytes, result, more.length > 1 ? GOALS[engine] : null);
    const problems = coverage.flatMap((entry) => (entry.reader === 'implants/files' ? entry.problems : []));
    const lost = problems.filter(({ effect }) => effect === 'lost');
    if (lost.length > 0) throw new Error(`not all was scanned: ${JSON.stringify(lost.slice(0, 3))}`);
    // One lies in a small file, one across the border of two pieces of the largest.
    const found = counts['rule-match'] ?? 0;
    if (found !== 2) throw new Error(`found ${found} of the 2 files with the control text`);
  }
  print('  the 2 files with the control text were found, nothing else');
}

function measured(
  given: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  return measuredProgram(process.execPath, given, environment);
}

function measuredProgram(
  program: string,
  given: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  return oneCore
    ? measure('taskset', ['-c', '0', program, ...given], environment)
    : measure(program, given, environment);
}

function report(
  what: string,
  bytes: number,
  { seconds, cpuSeconds, peakMegabytes }: Measured,
  goal: number | null,
): void {
  const speed = (time: number): string => `${(bytes / MEGABYTE / time).toFixed(0)} MB/s`;
  const ratio =
    goal === null
      ? ''
      : `; ratio to the limit of ${goal} MB/s: ${(bytes / MEGABYTE / seconds / goal).toFixed(2)}x by wall time, ${cpuSeconds === null ? '?' : (bytes / MEGABYTE / cpuSeconds / goal).toFixed(2)}x by processor time`;
  print(
    `${what}: ${seconds.toFixed(1)} s wall (${speed(seconds)}), ${cpuSeconds === null ? '?' : `${cpuSeconds.toFixed(1)} s processor (${speed(cpuSeconds)})`}, peak ${peakMegabytes?.toFixed(0) ?? '?'} MB${ratio}`,
  );
}

/** Programs, text, many small files and a few large ones, as on a disk: half of the bytes in files above 1 MB. */
function writeFiles(): void {
  const next = sequence(5);
  const random = Buffer.alloc(8 * MEGABYTE);
  for (let at = 0; at < random.byteLength; at += 4) random.writeUInt32LE(next(0xffff_ffff), at);
  const text = Buffer.alloc(4 * MEGABYTE);
  const words = [
    'the',
    'report',
    'http://example.org/',
    'key',
    'usuario',
    '/home/',
    'value',
    '=',
    '\n',
    '0x7f',
  ];
  for (let at = 0; at < text.byteLength - 20; )
    at += text.write(`${words[next(words.length)]} `, at, 'latin1');
  const program = readFileSync(process.execPath);
  const slice = (from: Buffer, length: number): Buffer => {
    const start = next(Math.max(1, from.byteLength - length));
    return from.subarray(start, start + length);
  };
  let left = megabytes * MEGABYTE;
  let number = 0;
  const add = (content: Buffer, kind: string): void => {
    const below = join(folder, kind, String(number >> 9));
    mkdirSync(below, { recursive: true });
    writeFileSync(join(below, `${number}.${kind}`), content);
    number += 1;
    left -= content.byteLength;
  };
  // A sixth in one file, as an image of memory would be, with the control across the border of its first two pieces.
  const large = Math.max(Math.floor(left / 6), 70 * MEGABYTE);
  mkdirSync(folder, { recursive: true });
  const file = openSync(join(folder, 'memory.raw'), 'w');
  for (let at = 0; at < large; at += random.byteLength)
    writeSync(file, random, 0, Math.min(random.byteLength, large - at));
  writeSync(file, CONTROL, 64 * 1024 * 1024 - 10, 'latin1');
  closeSync(file);
  left -= large;
  add(Buffer.from(`some text, ${CONTROL}\n`), 'txt');
  const half = left / 2;
  while (left > half) {
    const kind = next(3);
    if (kind === 0) add(slice(program, 1_500_000 + next(6 * MEGABYTE)), 'exe');
    else if (kind === 1) add(slice(random, 1_500_000 + next(2 * MEGABYTE)), 'dat');
    else add(slice(text, 1_500_000 + next(2 * MEGABYTE)), 'log');
  }
  while (left > 0) {
    const length = next(4) === 0 ? 20_000 + next(400_000) : 200 + next(16_000);
    const kind = next(4);
    if (kind === 0) add(slice(random, length), 'bin');
    else if (kind === 1) add(slice(program, length), 'so');
    else add(slice(text, length), 'txt');
  }
}

/** Rules of the shapes that published packs have: programs with texts, wide texts, bytes, a regular expression. */
function ruleText(rules: number): string {
  const next = sequence(9);
  const word = (): string => Array.from({ length: 4 }, () => next(0xfffff).toString(36)).join('_');
  const list = ['import "pe"', `rule control { strings: $a = "${CONTROL}" condition: $a }`];
  for (let number = 0; number < rules; number += 1) {
    const bytes = Array.from({ length: 12 }, () => next(256).toString(16).padStart(2, '0')).join(' ');
    list.push(`rule rule_${number} {
  meta: description = "one of many" date = "2025-01-01"
  strings:
    $a = "${word()}" ascii wide
    $b = "${word()}" fullword nocase
    $c = { ${bytes} [2-6] ${bytes} }
    $d = /${word()}[a-z]{2,8}\\.php/
  condition:
    ${next(2) === 0 ? 'uint16(0) == 0x5a4d and filesize < 5MB and 2 of them' : 'any of ($a, $c) or ($b and $d)'}
}`);
  }
  return list.join('\n');
}

function bytesIn(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + statSync(path).size, 0);
}
