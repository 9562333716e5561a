/**
 * Whole check of a large synthetic iPhone backup, plain and encrypted, against MVT (PyPI package `mvt`) with the same
 * indicators and without a network.
 *
 *   npx tsx bench/backup-vs-mvt.ts [--rows 300000] [--messages 200000] [--runs 1] [--keep DIR] [--mvt VENV]
 *
 * MVT is installed into a virtual environment in the working folder unless --mvt names one. Peak memory is the
 * high-water mark the kernel keeps (Linux); elsewhere only times are printed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeLargeBackup } from '../fixtures/large-backup.js';
import { syntheticStix } from './synthetic-indicators.js';

const PASSWORD = 'bench';
const MVT_VERSION = '2026.10.26';
const root = fileURLToPath(new URL('..', import.meta.url));
const option = (name: string, fallback: string): string => {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? fallback : (process.argv[index + 1] ?? fallback);
};
const manifestRows = Number(option('rows', '300000'));
const messages = Number(option('messages', '200000'));
const runs = Number(option('runs', '1'));
const kept = option('keep', '');
const folder = kept === '' ? mkdtempSync(join(tmpdir(), 'vigia-bench-')) : kept;
mkdirSync(folder, { recursive: true });

interface Measured {
  readonly seconds: number;
  readonly peakMegabytes: number | null;
}

try {
  const feed = join(folder, 'indicators.stix2');
  writeFileSync(feed, syntheticStix(2_000));
  const mvt = mvtFolder();
  process.stdout.write(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}\n`,
  );
  process.stdout.write(`MVT ${MVT_VERSION}; ${manifestRows} manifest rows, ${messages} messages\n`);
  for (const encrypted of [false, true]) {
    const backup = join(folder, encrypted ? 'encrypted' : 'plain');
    if (!existsSync(backup))
      writeLargeBackup(backup, {
        manifestRows,
        messages,
        ...(encrypted ? { encrypted: { password: PASSWORD } } : {}),
      });
    const ours = await best(() => vigia(backup, feed, encrypted));
    const theirs = await best(() => mvtRun(mvt, backup, feed, encrypted));
    report(encrypted ? 'encrypted' : 'plain', ours, theirs);
  }
} finally {
  if (kept === '') rmSync(folder, { recursive: true, force: true });
}

async function best(run: () => Promise<Measured>): Promise<Measured> {
  const measured: Measured[] = [];
  for (let n = 0; n < runs; n += 1) measured.push(await run());
  measured.sort((a, b) => a.seconds - b.seconds);
  const median = measured[Math.floor(measured.length / 2)];
  if (!median) throw new Error('no run');
  return median;
}

function vigia(backup: string, feed: string, encrypted: boolean): Promise<Measured> {
  const password = encrypted ? ['--password', PASSWORD] : [];
  const given = [
    'check',
    backup,
    '--no-default-indicators',
    '--indicators',
    feed,
    '--json',
    '--quiet',
    ...password,
  ];
  return measure(process.execPath, [join(root, 'bin/vigia.js'), ...given], [0]);
}

async function mvtRun(mvt: string, backup: string, feed: string, encrypted: boolean): Promise<Measured> {
  const out = join(folder, 'mvt-out');
  const clear = join(folder, 'mvt-clear');
  rmSync(out, { recursive: true, force: true });
  rmSync(clear, { recursive: true, force: true });
  const quiet = ['--disable-update-check', '--disable-indicator-update-check'];
  const program = join(mvt, process.platform === 'win32' ? 'Scripts/mvt-ios.exe' : 'bin/mvt-ios');
  let decrypt: Measured = { seconds: 0, peakMegabytes: 0 };
  if (encrypted) {
    decrypt = await measure(program, [...quiet, 'decrypt-backup', '-p', PASSWORD, '-d', clear, backup], [0]);
  }
  const check = await measure(
    program,
    [...quiet, 'check-backup', '--iocs', feed, '--output', out, encrypted ? clear : backup],
    [0],
  );
  rmSync(out, { recursive: true, force: true });
  rmSync(clear, { recursive: true, force: true });
  return {
    seconds: decrypt.seconds + check.seconds,
    peakMegabytes: Math.max(decrypt.peakMegabytes ?? 0, check.peakMegabytes ?? 0) || null,
  };
}

function measure(
  program: string,
  given: readonly string[],
  allowedCodes: readonly number[],
): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(program, given, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        MVT_NETWORK_ACCESS_ALLOWED: 'false',
        MVT_STIX2: '',
        VIGIA_DATA_DIR: join(folder, 'data'),
      },
    });
    let peak: number | null = null;
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-2_000);
    });
    const watch = setInterval(() => {
      peak = Math.max(peak ?? 0, highWaterMark(child.pid)) || null;
    }, 50);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      if (code === null || !allowedCodes.includes(code))
        reject(new Error(`${program} ended with ${code}: ${errors}`));
      else resolve({ seconds, peakMegabytes: peak });
    });
  });
}

/** Largest resident size so far in MB, as Linux keeps it; 0 where there is none. */
function highWaterMark(pid: number | undefined): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes ? Number(kilobytes) / 1024 : 0;
  } catch {
    return 0;
  }
}

function report(name: string, ours: Measured, theirs: Measured): void {
  const text = ({ seconds, peakMegabytes }: Measured): string =>
    `${seconds.toFixed(1)} s${peakMegabytes === null ? '' : `, ${peakMegabytes.toFixed(0)} MB`}`;
  const ratio = (theirs.seconds / ours.seconds).toFixed(1);
  process.stdout.write(`${name}: Vigía ${text(ours)}; MVT ${text(theirs)}; ratio ${ratio} times\n`);
}

function mvtFolder(): string {
  const given = option('mvt', '');
  if (given !== '') return given;
  const venv = join(folder, 'mvt');
  const python = process.platform === 'win32' ? 'python' : 'python3';
  if (!existsSync(venv)) {
    if (spawnSync(python, ['-m', 'venv', venv], { stdio: 'inherit' }).status !== 0)
      throw new Error('python3 -m venv failed');
    const pip = join(venv, process.platform === 'win32' ? 'Scripts/pip.exe' : 'bin/pip');
    const installed = spawnSync(pip, ['install', '--quiet', `mvt==${MVT_VERSION}`], { stdio: 'inherit' });
    if (installed.status !== 0) throw new Error('MVT could not be installed');
  }
  return venv;
}
