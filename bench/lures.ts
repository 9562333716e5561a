/**
 * How fast messages are judged and clustered. The peer is the limit set for it: no open tool does this offline.
 * Run: npx tsx bench/lures.ts [--keep DIR]
 *
 * 1. A file of 1,000,000 messages as SMS Backup & Restore writes it, checked by the built command from start to end,
 *    kept to one core where the system can (taskset); goal 60 s of that core and 512 MB.
 * 2. 100,000 suspicious messages, all of them candidates, clustered; goal 30 s.
 */
import { spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testContext } from '../src/lures/testing/judge.js';
import { LureAnalysis } from '../src/lures/triage/analysis.js';
import { count, measure, option, print } from './measure.js';
import { sequence, syntheticMessage, syntheticText } from './synthetic-messages.js';

const TRIAGED = 1_000_000;
const TRIAGE_GOAL_SECONDS = 60;
const TRIAGE_GOAL_MEGABYTES = 512;
const CLUSTERED = 100_000;
const CLUSTER_GOAL_SECONDS = 30;

const keep = option('--keep');

await triage();
cluster();

async function triage(): Promise<void> {
  const folder = keep ?? mkdtempSync(join(tmpdir(), 'vigia-bench-'));
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'sms-1000000.xml');
  try {
    if (!existsSync(file)) await writeBackup(file);
    const cli = fileURLToPath(new URL('../bin/vigia.js', import.meta.url));
    const given = [cli, 'check', file, '--json', '--no-default-indicators', '--quiet'];
    const oneCore = spawnSync('taskset', ['-c', '0', 'true']).status === 0;
    const { seconds, cpuSeconds, peakMegabytes, output } = oneCore
      ? await measure('taskset', ['-c', '0', process.execPath, ...given], {})
      : await measure(process.execPath, given, {});
    const result = JSON.parse(output) as { counts: Record<string, number>; findings: { severity: string }[] };
    print(
      `triage: ${count(TRIAGED)} messages, ${count(result.counts.message ?? 0)} read, ${result.findings.length} findings`,
      `  ${oneCore ? 'one core' : 'any core'}: ${seconds.toFixed(1)} s wall, ${cpuSeconds?.toFixed(1) ?? '?'} s processor, peak ${peakMegabytes?.toFixed(0) ?? '?'} MB`,
      `  ratio to the limit of ${TRIAGE_GOAL_SECONDS} s: ${(TRIAGE_GOAL_SECONDS / seconds).toFixed(2)}x; of ${TRIAGE_GOAL_MEGABYTES} MB: ${peakMegabytes === null ? '?' : (TRIAGE_GOAL_MEGABYTES / peakMegabytes).toFixed(2)}x`,
    );
  } finally {
    if (keep === null) rmSync(folder, { recursive: true, force: true });
  }
}

async function writeBackup(file: string): Promise<void> {
  const stream = createWriteStream(file);
  const write = (text: string): Promise<void> =>
    new Promise((resolve) => (stream.write(text) ? resolve() : stream.once('drain', resolve)));
  const next = sequence(7);
  await write(`<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count="${TRIAGED}">\n`);
  let batch = '';
  for (let index = 0; index < TRIAGED; index += 1) {
    // One message in five has a link, one in a hundred is a lure: more than on any phone.
    const text = syntheticText(next, 200, 10).replace(/[&<"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
    batch += `  <sms protocol="0" address="+52555555${String(next(5_000)).padStart(4, '0')}" date="${1_420_000_000_000 + index * 60_000}" type="${next(10) < 3 ? 2 : 1}" subject="null" body="${text}" toa="null" sc_toa="null" service_center="null" read="1" status="-1" locked="0" date_sent="0" sub_id="-1" readable_date="" contact_name="(Unknown)" />\n`;
    if (batch.length > 1_000_000) {
      await write(batch);
      batch = '';
    }
  }
  await write(`${batch}</smses>\n`);
  await new Promise((resolve) => stream.end(resolve));
}

function cluster(): void {
  const next = sequence(11);
  const messages = Array.from({ length: CLUSTERED }, (_, index) =>
    syntheticMessage(index, syntheticText(next, 1_000, 1_000), next),
  );
  const analysis = new LureAnalysis(testContext());
  const started = process.hrtime.bigint();
  for (const message of messages) analysis.see(message);
  const seen = Number(process.hrtime.bigint() - started) / 1e9;
  const { campaigns } = analysis.judgement();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  print(
    `clusters: ${count(CLUSTERED)} suspicious messages, ${campaigns.length} campaigns, the largest of ${campaigns[0]?.messages.length ?? 0}`,
    `  ${seconds.toFixed(1)} s (${seen.toFixed(1)} s of it judging), peak ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`,
    `  ratio to the limit of ${CLUSTER_GOAL_SECONDS} s: ${(CLUSTER_GOAL_SECONDS / seconds).toFixed(2)}x`,
  );
}
