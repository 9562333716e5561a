/**
 * How fast rows of an internet scan are classified: the whole check by the built command, hashing included.
 * Run: npx tsx bench/scans.ts [--rows 10000000] [--format sonar-http|zgrab2] [--keep DIR]
 *
 * 10,000,000 rows of 300 to 700 bytes, some dozens of them servers with the published fingerprints; goal 60 s and
 * 512 MB, whatever the number of rows. Peers: the published expressions in a script (Python, as the format needs decoding), over
 * the first million rows, and one expression with GNU grep, which shows what reading alone costs.
 */
import { spawnSync } from 'node:child_process';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { writeLargeScan } from '../fixtures/scans/large-scan.js';
import { count, load, type Measured, machine, measure, option, print } from './measure.js';
import { syntheticStix } from './synthetic-indicators.js';

const GOAL_SECONDS = 60;
const GOAL_ROWS = 10_000_000;
const GOAL_MEGABYTES = 512;
const PEER_ROWS = 1_000_000;
const INDICATORS = 2_000;

const rows = Number(option('--rows') ?? GOAL_ROWS);
const keep = option('--keep');
const format = option('--format') === 'zgrab2' ? 'zgrab2' : 'sonar-http';
const folder = keep ?? mkdtempSync(join(tmpdir(), 'vigia-bench-'));
mkdirSync(folder, { recursive: true });
async function bench(): Promise<void> {
  const file = join(folder, `${format}-${rows}.json`);
  const about = `${file}.planted`;
  if (!existsSync(about)) writeFileSync(about, JSON.stringify(await writeLargeScan(file, rows, format)));
  const { bytes, planted } = JSON.parse(readFileSync(about, 'utf8')) as { bytes: number; planted: string[] };
  const indicators = join(folder, 'indicators.json');
  writeFileSync(indicators, syntheticStix(INDICATORS));

  const cli = fileURLToPath(new URL('../bin/vigia.js', import.meta.url));
  const out = join(folder, 'out');
  rmSync(out, { recursive: true, force: true });
  const before = load();
  const given = [
    cli,
    'check',
    file,
    '--json',
    '--quiet',
    '--no-default-indicators',
    '--indicators',
    indicators,
    '--out',
    out,
  ];
  const measured = await measure(process.execPath, given, {});
  const result = JSON.parse(measured.output) as {
    coverage: { reader: string; records: Record<string, number>; passedOver?: Record<string, number> }[];
  };
  const [coverage] = result.coverage;
  const passedOver = coverage?.passedOver?.['server-observation'] ?? 0;
  const found = foundIn(out);
  const isRight = passedOver === rows - planted.length && found.join() === [...planted].sort().join();
  const limit = (GOAL_SECONDS * rows) / GOAL_ROWS;
  const { seconds, cpuSeconds, peakMegabytes } = measured;
  print(
    `scan: ${count(rows)} rows of ${format} (${count(Math.round(bytes / rows))} bytes on average, ${(bytes / 1e9).toFixed(2)} GB), read by ${coverage?.reader ?? 'nobody'}`,
    `  ${machine()}; load before ${before}`,
    `  ${rate(rows, measured)}, ${cpuSeconds?.toFixed(1) ?? '?'} s processor, peak ${peakMegabytes?.toFixed(0) ?? '?'} MB`,
    `  ratio to the limit of ${limit.toFixed(0)} s: ${(limit / seconds).toFixed(2)}x; of ${GOAL_MEGABYTES} MB: ${peakMegabytes === null ? '?' : (GOAL_MEGABYTES / peakMegabytes).toFixed(2)}x`,
    `  ${isRight ? 'exactly' : 'NOT exactly'} the ${planted.length} planted servers: ${found.length} found, ${count(passedOver)} rows passed over`,
  );
  await peers(file);
  if (!isRight) process.exitCode = 1;
}

/** Addresses of the servers in the records that were written. */
function foundIn(out: string): string[] {
  return readFileSync(join(out, 'records.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly kind: string; readonly address: string })
    .filter(({ kind }) => kind === 'server-observation')
    .map(({ address }) => address)
    .sort();
}

async function peers(file: string): Promise<void> {
  const part = join(folder, 'peer.json');
  const peerRows = Math.min(rows, PEER_ROWS);
  await head(file, part, peerRows);
  if (format === 'sonar-http' && spawnSync('python3', ['-c', 'import json']).status === 0) {
    const script = join(folder, 'peer.py');
    writeFileSync(script, PEER);
    const measured = await measure('python3', [script, part], {});
    print(
      `  peer, the published expressions in a Python script: ${rate(peerRows, measured)}, ${measured.output.trim()} rows fit`,
    );
  } else {
    print(
      `  peer: ${format === 'sonar-http' ? 'no python3 on this machine' : 'the published expressions need answers as sent, which zgrab2 does not keep'}`,
    );
  }
  // As base64 has it, at the beginning of an answer; other spots have other letters.
  const pattern =
    format === 'sonar-http'
      ? '"data":"SFRUUC8xLjEgNDA0IE5vdEZvdW5k'
      : '"status_line":"(?:404 NotFound|400 BadRequest|500 InternalServerError)"';
  if (spawnSync('grep', ['-P', 'x', '-c'], { input: 'x' }).status !== 0) {
    print('  peer: no grep with -P on this machine');
    return;
  }
  const grep = await measure('grep', ['-acP', pattern, file], { LC_ALL: 'C' });
  print(
    `  floor, one expression of RCS alone with grep -P: ${rate(rows, grep)}, ${grep.output.trim()} rows fit`,
  );
}

async function head(file: string, to: string, lines: number): Promise<void> {
  let left = lines;
  await pipeline(
    createReadStream(file, { highWaterMark: 1_048_576 }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        let end = 0;
        while (left > 0) {
          const next = chunk.indexOf(10, end) + 1;
          if (next === 0) break;
          end = next;
          left -= 1;
        }
        yield left > 0 ? chunk : chunk.subarray(0, end);
        if (left === 0) return;
      }
    },
    createWriteStream(to),
  );
}

function rate(number: number, { seconds }: Measured): string {
  return `${seconds.toFixed(1)} s, ${count(Math.round(number / seconds))} rows/s`;
}

/** Decode a row, try the five shapes, count. */
const PEER = `import base64, json, re, sys
shapes = [re.compile(shape, re.S) for shape in (
    rb"\\AHTTP/1\\.1 200 OK\\r\\nContent-Type: text/html; charset=UTF-8\\r\\nContent-Length:12\\r\\n\\r\\nHallo Steffi",
    rb"UTC\\r\\nServer: Apache\\r\\nVary: Accept-Encoding\\r\\nContent-Length: 204\\r\\nContent-Type: text/html; charset=iso-8859-1\\r\\n\\r\\n",
    rb"\\AHTTP/1\\.1 200 OK\\r\\nContent-Type: text/html; charset=UTF-8\\r\\n\\r\\n\\Z",
    rb"\\AHTTP/1\\.1 200 OK\\r\\nServer: Apache\\r\\nDate: [^\\r]+\\r\\nContent-Type: text/html; charset=iso-8859-1\\r\\nContent-Length: 140\\r\\n\\r\\n",
    rb"\\AHTTP/1\\.1 (404 NotFound|400 BadRequest|500 InternalServerError)\\r\\n",
)]
hits = 0
with open(sys.argv[1], "rb") as rows:
    for row in rows:
        answer = base64.b64decode(json.loads(row)["data"])
        hits += any(shape.search(answer) for shape in shapes)
print(hits)
`;

try {
  await bench();
} finally {
  if (keep === null) rmSync(folder, { recursive: true, force: true });
}
