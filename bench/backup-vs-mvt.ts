/**
 * Whole check of a large synthetic iPhone backup, plain and encrypted, against MVT (PyPI package `mvt`) with the same
 * indicators and without a network. What both found is compared too: a quick answer that misses something is no gain.
 *
 *   npx tsx bench/backup-vs-mvt.ts [--rows 300000] [--messages 200000] [--runs 3] [--dpic 10000000] [--keep DIR]
 *     [--mvt VENV] [--cases plain,encrypted,files]
 *
 * --dpic: rounds of the key derivation of the encrypted backup. Phones use 10,000,000, which both programs leave to
 * their crypto library; the default of a few rounds shows what the programs themselves take.
 * --keep: folder for the backups, kept for the next time. --mvt: a virtual environment with MVT; else one is made in
 * the working folder. Run `npm run build` first.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeLargeBackup } from '../fixtures/large-backup.js';
import { load, type Measured, machine, measure, median, option, print, together } from './measure.js';
import { syntheticStix } from './synthetic-indicators.js';

const PASSWORD = 'bench';
const MVT_VERSION = '2026.10.26';
const MVT_QUIET = ['--disable-update-check', '--disable-indicator-update-check'];
const INDICATORS = 2_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const manifestRows = Number(option('--rows') ?? 300000);
const messages = Number(option('--messages') ?? 200000);
const runs = Number(option('--runs') ?? 3);
const rounds = Number(option('--dpic') ?? 0);
const cases = (option('--cases') ?? 'plain,encrypted,files').split(',');
const kept = option('--keep') ?? '';
const folder = kept === '' ? mkdtempSync(join(tmpdir(), 'vigia-bench-')) : kept;
mkdirSync(folder, { recursive: true });

/** What the two programs call the same things. */
const COMPARED = [
  {
    what: 'files listed',
    reader: 'ios/manifest',
    kind: 'file-entry',
    mvt: /a total of (\d+) file metadata items/,
  },
  { what: 'SMS and iMessages', reader: 'ios/sms', kind: 'message', mvt: /a total of (\d+) SMS messages/ },
  {
    what: 'WhatsApp messages',
    reader: 'ios/whatsapp',
    kind: 'message',
    mvt: /a total of (\d+) WhatsApp messages/,
  },
  {
    what: 'visits in Safari',
    reader: 'ios/safari-history',
    kind: 'url-visit',
    mvt: /a total of (\d+) history records/,
  },
  {
    what: 'calendar entries',
    reader: 'ios/calendar',
    kind: 'calendar-event',
    mvt: /a total of (\d+) calendar items/,
  },
  { what: 'permissions', reader: 'ios/permissions', kind: 'permission', mvt: /a total of (\d+) TCC items/ },
  { what: 'apps', reader: 'ios/applications', kind: 'app', mvt: /a total of (\d+) applications/ },
] as const;

interface Result {
  readonly coverage: readonly {
    readonly reader: string;
    readonly records: Readonly<Record<string, number>>;
  }[];
}

interface Case {
  readonly name: string;
  readonly backup: string;
  readonly encrypted: boolean;
  /** Records and time line are written, by both. */
  readonly files: boolean;
}

try {
  const feed = join(folder, 'indicators.stix2');
  writeFileSync(feed, syntheticStix(INDICATORS));
  const mvt = mvtFolder();
  print(`${machine()}; load ${load()}`);
  print(`MVT ${MVT_VERSION}; ${INDICATORS} indicators; median of ${runs}`);
  const derivation = rounds > 0 ? `${rounds} rounds` : 'few rounds';
  if (cases.includes('plain')) {
    const backup = backupAt('plain', false);
    await compare({ name: 'plain', backup, encrypted: false, files: false }, feed, mvt);
  }
  if (cases.includes('encrypted')) {
    const backup = backupAt(rounds > 0 ? `encrypted-${rounds}` : 'encrypted', true);
    await compare({ name: `encrypted (${derivation})`, backup, encrypted: true, files: false }, feed, mvt);
  }
  if (cases.includes('files')) {
    const backup = backupAt('plain', false);
    const name = 'plain, records and time line written';
    await compare({ name, backup, encrypted: false, files: true }, feed, mvt);
  }
  print(`load at the end ${load()}`);
} finally {
  if (kept === '') rmSync(folder, { recursive: true, force: true });
}

async function compare(what: Case, feed: string, mvt: string): Promise<void> {
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  // In turn, so that whatever else the machine does falls on both.
  for (let run = 0; run < runs; run += 1) {
    ours.push(await vigiaRun(what, feed));
    theirs.push(await mvtRun(what, feed, mvt));
  }
  const [our, their] = [median(ours), median(theirs)];
  print(`\n${what.name}`);
  print(`  Vigía ${textOf(our)}`);
  print(`  MVT   ${textOf(their)}`);
  const ofCpu =
    our.cpuSeconds && their.cpuSeconds
      ? `, ${(their.cpuSeconds / our.cpuSeconds).toFixed(1)} in processor time`
      : '';
  print(`  ratio ${(their.seconds / our.seconds).toFixed(1)}${ofCpu}`);
  if (what.files) compareCounts(JSON.parse(our.output) as Result);
}

/** What MVT counted stands in the log it writes beside its results. */
function compareCounts(result: Result): void {
  const log = readFileSync(join(folder, 'mvt-out', 'command.log'), 'utf8');
  for (const { what, reader, kind, mvt } of COMPARED) {
    const ours = result.coverage
      .filter((entry) => entry.reader === reader)
      .reduce((sum, entry) => sum + (entry.records[kind] ?? 0), 0);
    const theirs = Number(mvt.exec(log)?.[1] ?? Number.NaN);
    print(`  ${what}: Vigía ${ours}, MVT ${theirs}`);
    if (!(ours >= theirs)) throw new Error(`Vigía found fewer ${what}: ${ours} of ${theirs}`);
  }
  rmSync(join(folder, 'mvt-out'), { recursive: true, force: true });
}

async function vigiaRun({ backup, encrypted, files }: Case, feed: string): Promise<Measured> {
  const out = join(folder, 'vigia-out');
  rmSync(out, { recursive: true, force: true });
  const given = ['check', backup, '--no-default-indicators', '--indicators', feed, '--json', '--quiet'];
  if (encrypted) given.push('--password', PASSWORD);
  if (files) given.push('--out', out);
  const run = await measure(process.execPath, [join(root, 'bin/vigia.js'), ...given], {
    VIGIA_DATA_DIR: join(folder, 'data'),
  });
  rmSync(out, { recursive: true, force: true });
  return run;
}

async function mvtRun({ backup, encrypted, files }: Case, feed: string, mvt: string): Promise<Measured> {
  const out = join(folder, 'mvt-out');
  const clear = join(folder, 'mvt-clear');
  rmSync(out, { recursive: true, force: true });
  rmSync(clear, { recursive: true, force: true });
  const program = join(mvt, process.platform === 'win32' ? 'Scripts/mvt-ios.exe' : 'bin/mvt-ios');
  const environment = { MVT_NETWORK_ACCESS_ALLOWED: 'false', MVT_STIX2: '' };
  // MVT checks decrypted copies only: making one is a command of its own.
  const decrypting = encrypted
    ? await measure(
        program,
        [...MVT_QUIET, 'decrypt-backup', '-p', PASSWORD, '-d', clear, backup],
        environment,
      )
    : null;
  const output = files ? ['--output', out] : [];
  const checking = await measure(
    program,
    [...MVT_QUIET, 'check-backup', '--iocs', feed, ...output, encrypted ? clear : backup],
    environment,
  );
  rmSync(clear, { recursive: true, force: true });
  return decrypting ? together(decrypting, checking) : checking;
}

function backupAt(name: string, encrypted: boolean): string {
  const path = join(folder, name);
  // Told apart from a folder left by a run that was stopped.
  const complete = join(folder, `${name}.complete`);
  if (existsSync(complete)) return path;
  rmSync(path, { recursive: true, force: true });
  print(`writing ${path} …`);
  const encryption = { password: PASSWORD, ...(rounds > 0 ? { dpic: rounds } : {}) };
  writeLargeBackup(path, { manifestRows, messages, ...(encrypted ? { encrypted: encryption } : {}) });
  writeFileSync(complete, '');
  return path;
}

function mvtFolder(): string {
  const given = option('--mvt') ?? '';
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

function textOf({ seconds, cpuSeconds, peakMegabytes }: Measured): string {
  const cpu = cpuSeconds === null ? '' : `, ${cpuSeconds.toFixed(1)} s of processor time`;
  const peak = peakMegabytes === null ? '' : `, ${peakMegabytes.toFixed(0)} MB`;
  return `${seconds.toFixed(1)} s${cpu}${peak}`;
}
