/**
 * What the detectors of injection say of published captures: the table of expected results beside the repository, from which
 * nothing is copied here.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Detector, FindingDraft } from '../../../core/contracts.js';
import { detect } from '../../../core/testing/run.js';
import { readCapture } from '../testing/read-capture.js';
import { detector as competingAnswers } from './competing-answers/competing-answers.js';
import { detector as forgedReset } from './forged-reset/forged-reset.js';
import { detector as injectedAnswer } from './injected-answer/injected-answer.js';
import { detector as injectedRedirect } from './injected-redirect/injected-redirect.js';
import { detector as packetlogic } from './packetlogic/packetlogic.js';

const folder = fileURLToPath(new URL('../../../../../shared/data/network/', import.meta.url));
const isThere = existsSync(join(folder, 'injection'));
const captures = isThere
  ? (readdirSync(folder, { recursive: true }) as string[])
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => /\.pcap(?:ng)?(?:\.gz)?$/.test(path))
      .sort()
  : [];

const DETECTORS = [injectedAnswer, packetlogic, forgedReset, competingAnswers, injectedRedirect] as const;

interface Found extends FindingDraft {
  readonly detector: string;
}

/** All that is found in a capture, without what is only mentioned. */
async function findingsIn(path: string): Promise<readonly Found[]> {
  const bytes = readFileSync(join(folder, path));
  const { records } = await readCapture(path.endsWith('.gz') ? gunzipSync(bytes) : bytes);
  return DETECTORS.flatMap((detector) => {
    const watched = records.filter(({ kind }) => (detector.watches as readonly string[]).includes(kind));
    // A detector is only given the kinds it watches.
    return detect(detector as Detector, watched).map((found) => ({ ...found, detector: detector.id }));
  }).filter(({ severity }) => severity !== 'info');
}

const FOX_IT = 'injection/fox-it/';
const CITIZEN_LAB = 'injection/citizenlab-badtraffic/';

const quantum = [
  {
    file: 'qi_internet_SYNACK_curl_jsonip',
    conflict: { frame: 9, against: 5, overlapBytes: 43, ttlInjected: 56, ttlReal: 54, ipIdReal: 62_492 },
    more: { dontFragmentInjected: false, dontFragmentReal: true, windowInjected: 8_192, windowReal: 235 },
    delay: 32.6,
  },
  {
    file: 'qi_local_SYNACK_curl_jsonip',
    conflict: { frame: 9, against: 5, overlapBytes: 296, ttlInjected: 64, ttlReal: 53, ipIdReal: 3_548 },
    more: {},
    delay: 33.9,
  },
  {
    file: 'qi_local_GET_slashdot_redirect',
    conflict: { frame: 12, against: 6, overlapBytes: 71, ttlInjected: 64, ttlReal: 241, ipIdReal: 42_727 },
    more: { windowInjected: 8_192, windowReal: 162, location: 'http://fox-it.com/' },
    delay: 2.6,
  },
  {
    file: 'qi_local_SYNACK_putty_dl',
    conflict: { frame: 26, against: 21, overlapBytes: 85, ttlInjected: 64, ttlReal: 51, ipIdReal: 51_392 },
    more: { location: 'http://www.7-zip.org/a/7z938.exe' },
    delay: 31.9,
  },
] as const;

const TOLD: ReadonlySet<string> = new Set([
  ...quantum.map(({ file }) => `${FOX_IT}${file}.pcap`),
  `${CITIZEN_LAB}egypt-packetlogic-ttl-localization.pcap`,
  `${CITIZEN_LAB}adhose-trickle-riseupvpn.pcap`,
  'injection/suricata-verify/overlap-01-tcp-overlap.pcap',
  'injection/suricata-verify/overlap-04-tcp-overlap2.pcap',
  'zeek/traces/tcp/rst-inject-rae.pcap',
  'zeek/traces/tcp/reassembly.pcap',
]);

describe.skipIf(!isThere)('injection in published captures (skipped without ../shared)', () => {
  it.each(quantum)('$file: one probable injection', async ({ file, conflict, more, delay }) => {
    const found = await findingsIn(`${FOX_IT}${file}.pcap`);
    const answers = found.filter(({ detector }) => detector === injectedAnswer.id);

    expect(answers).toMatchObject([
      {
        severity: 'high',
        confidence: 'high',
        details: {
          level: 'injection',
          conflicts: [{ ...conflict, ...more, ipIdInjected: 1, delayMilliseconds: delay, times: 1 }],
        },
      },
    ]);
    expect(answers[0]?.details?.conflict).toMatchObject({ injectedFrame: conflict.against });
    expect(answers[0]?.evidence.map(({ locator }) => locator)).toEqual([
      `frame ${conflict.against}`,
      `frame ${conflict.frame}`,
    ]);
    // Told twice only where a download was exchanged.
    expect(found).toHaveLength(file.includes('putty') ? 2 : 1);
  });

  it('the download of PuTTY: what was asked for, what came, and the file behind it', async () => {
    const found = await findingsIn(`${FOX_IT}qi_local_SYNACK_putty_dl.pcap`);

    expect(found.find(({ detector }) => detector === injectedRedirect.id)).toMatchObject({
      severity: 'high',
      variant: 'download',
      details: {
        count: 1,
        hosts: ['the.earth.li'],
        targetOwner: '7-zip.org',
        redirects: [
          {
            url: 'http://the.earth.li/~sgtatham/putty/latest/x86/putty.exe',
            location: 'http://www.7-zip.org/a/7z938.exe',
            frame: 21,
            file: { url: 'http://d.7-zip.org/a/7z938.exe', fileType: 'pe', sizeBytes: 1_182_190 },
          },
        ],
      },
    });
  });

  it('PacketLogic in Egypt: 13 redirects, 6 resets, the box at hop 14', async () => {
    const [found, ...others] = await findingsIn(`${CITIZEN_LAB}egypt-packetlogic-ttl-localization.pcap`);

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      detector: packetlogic.id,
      severity: 'high',
      confidence: 'high',
      details: {
        packets: 19,
        redirects: 13,
        resets: 6,
        certain: 19,
        locations: ['http://static.dbmads.com/static1.html'],
        ttls: [51, 237],
        handshakeTtls: [237],
        hop: 14,
        tests: [
          { kind: 'end', nearest: 14, furthest: 14 },
          { kind: 'request', nearest: 14, furthest: 14 },
        ],
      },
    });
    expect(found?.evidence.map(({ locator }) => Number(locator.slice('frame '.length)))).toEqual([
      ...Array.from({ length: 13 }, (_, index) => 8 + 8 * index),
      ...[257, 263, 269, 274, 279, 284],
    ]);
  });

  it('the other capture of PacketLogic: 2 redirects', async () => {
    const found = await findingsIn(`${CITIZEN_LAB}adhose-trickle-riseupvpn.pcap`);

    expect(found).toMatchObject([
      { detector: packetlogic.id, severity: 'high', details: { packets: 2, redirects: 2, hop: null } },
    ]);
    expect(found[0]?.evidence.map(({ locator }) => locator)).toEqual(['frame 6', 'frame 14']);
  });

  it.each([
    ['overlap-01-tcp-overlap', 4],
    ['overlap-04-tcp-overlap2', 3],
  ])('%s: a retransmission that does not fit', async (file, overlapBytes) => {
    expect(await findingsIn(`injection/suricata-verify/${file}.pcap`)).toMatchObject([
      {
        detector: injectedAnswer.id,
        severity: 'low',
        details: { conflicts: [{ frame: 6, against: 5, overlapBytes, signs: [] }] },
      },
    ]);
  });

  it('reassembly: a retransmission that does not fit, and never more', async () => {
    expect(await findingsIn('zeek/traces/tcp/reassembly.pcap')).toMatchObject([
      {
        detector: injectedAnswer.id,
        severity: 'low',
        details: { conflict: { frame: 50, against: 31, overlapBytes: 1_424, signs: [] } },
      },
    ]);
  });

  it('rst-inject-rae: a reset that is not the server’s', async () => {
    const found = await findingsIn('zeek/traces/tcp/rst-inject-rae.pcap');

    expect(found).toMatchObject([
      {
        detector: forgedReset.id,
        severity: 'medium',
        confidence: 'high',
        details: { grade: 'clear', resets: [{ ttl: 46, usualTtl: 49, source: 'frame 2' }] },
      },
    ]);
    expect(found[0]?.evidence.map(({ locator }) => locator)).toEqual(['frame 2', 'frame 3']);
  });

  it.each(captures.filter((path) => !TOLD.has(path)))('%s: nothing', async (path) => {
    expect(await findingsIn(path)).toEqual([]);
  });
});
