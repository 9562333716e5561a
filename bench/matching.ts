/**
 * How fast observables are compared with indicators, and how fast indicators are loaded.
 * Run: npx tsx bench/matching.ts
 *
 * Everything is synthetic and made by a fixed sequence, so that two runs compare the same work.
 */
import { getDomain } from 'tldts';
import type { Indicator, IndicatorType } from '../src/core/indicator.js';
import { loadFeed } from '../src/indicators/load.js';
import { compileMatcher } from '../src/indicators/matcher.js';
import { count, print } from './measure.js';

const URLS = 1_000_000;
const DOMAINS = 20_000;
const GOAL_PER_SECOND = 1_000_000;
const FEED_INDICATORS = 10_000;
const FEED_GOAL_SECONDS = 1;
const ROUNDS = 5;
const NOW = '2026-01-01T00:00:00.000000Z';

matchUrls();
loadBundle();

function matchUrls(): void {
  const random = randomSequence(1);
  const endings = ['com', 'net', 'org', 'info', 'com.mx', 'mx', 'xyz'];
  const listed = Array.from(
    { length: DOMAINS },
    (_, index) => `${word(random)}${index}.${pick(endings, random)}`,
  );
  const urls = Array.from({ length: URLS }, (_, index) => {
    // One in a hundred leads to a listed domain or a name under it; browsing histories hold far fewer.
    const host =
      index % 100 === 0
        ? `${index % 200 === 0 ? `${word(random)}.` : ''}${pick(listed, random)}`
        : `${pick(['www.', '', 'm.', 'a.b.'], random)}${word(random)}${word(random)}.${pick(endings, random)}`;
    return `https://${host}/${word(random)}/${index}?q=${word(random)}`;
  });
  const matcher = compileMatcher(listed.map((value) => indicator('domain', value)));

  const ours = best(() => {
    let hits = 0;
    for (const value of urls) hits += matcher.match({ type: 'url', value }).length;
    return hits;
  });

  // What one would write first: parse every address, ask for its registrable domain, walk up from the host.
  const set = new Set(listed);
  const naive = best(() => {
    let hits = 0;
    for (const value of urls) {
      const host = new URL(value).hostname;
      const domain = getDomain(host, { allowPrivateDomains: true }) ?? host;
      for (let name = host; name.length >= domain.length; name = name.slice(name.indexOf('.') + 1)) {
        if (set.has(name)) hits += 1;
        if (!name.includes('.')) break;
      }
    }
    return hits;
  }, 1);

  if (ours.result !== naive.result) throw new Error(`results differ: ${ours.result} and ${naive.result}`);
  const rate = URLS / ours.seconds;
  const naiveRate = URLS / naive.seconds;
  report('(b) URLs against domains', [
    ['URLs', URLS],
    ['domain indicators', DOMAINS],
    ['matches', ours.result],
    ['URLs per second', Math.round(rate)],
    ['times the goal of 1,000,000 per second', ratio(rate / GOAL_PER_SECOND)],
    ['URLs per second, URL parser and set', Math.round(naiveRate)],
    ['times faster than that', ratio(rate / naiveRate)],
  ]);
}

function loadBundle(): void {
  const random = randomSequence(2);
  const objects: unknown[] = [{ type: 'malware', id: 'malware--1', name: 'Synthetic', is_family: false }];
  for (let index = 0; index < FEED_INDICATORS; index += 1) {
    const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    objects.push(
      {
        type: 'indicator',
        spec_version: '2.1',
        id: `indicator--${id}`,
        created: '2024-01-01T00:00:00Z',
        modified: '2024-01-01T00:00:00Z',
        valid_from: '2024-01-01T00:00:00Z',
        pattern_type: 'stix',
        pattern: `[domain-name:value='${word(random)}${index}.example.org']`,
      },
      {
        type: 'relationship',
        spec_version: '2.1',
        id: `relationship--${id}`,
        relationship_type: 'indicates',
        source_ref: `indicator--${id}`,
        target_ref: 'malware--1',
      },
    );
  }
  const bytes = Buffer.from(JSON.stringify({ type: 'bundle', id: 'bundle--1', objects }));
  const run = best(() => {
    const feed = loadFeed('synthetic.stix2', bytes, NOW);
    return compileMatcher(feed.indicators).size;
  });
  if (run.result !== FEED_INDICATORS) throw new Error(`loaded ${run.result} of ${FEED_INDICATORS}`);
  report('(c) loading a STIX bundle and compiling the matcher', [
    ['indicators', run.result],
    ['bytes', bytes.length],
    ['seconds', run.seconds.toFixed(3)],
    ['times faster than the goal of 1 second', ratio(FEED_GOAL_SECONDS / run.seconds)],
  ]);
}

function best<T>(work: () => T, rounds = ROUNDS): { seconds: number; result: T } {
  let seconds = Number.POSITIVE_INFINITY;
  let result = work();
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    result = work();
    seconds = Math.min(seconds, (performance.now() - started) / 1000);
  }
  return { seconds, result };
}

function indicator(type: IndicatorType, value: string): Indicator {
  return {
    type,
    value,
    family: 'Synthetic',
    category: 'spyware',
    role: 'infrastructure',
    feed: 'synthetic',
    file: 'synthetic.txt',
    place: 'line 1',
    licence: null,
    validFrom: null,
    validUntil: null,
    comment: null,
  };
}

/** Mulberry32: small, fast, the same everywhere. */
function randomSequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<T>(list: readonly T[], random: () => number): T {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new Error('empty list');
  return item;
}

function word(random: () => number): string {
  let text = '';
  const length = 4 + Math.floor(random() * 5);
  for (let index = 0; index < length; index += 1) text += String.fromCharCode(97 + Math.floor(random() * 26));
  return text;
}

function ratio(value: number): string {
  return `${value.toFixed(1)}x`;
}

function report(title: string, rows: readonly (readonly [string, string | number])[]): void {
  print(
    title,
    ...rows.map(([name, value]) => `  ${name}: ${typeof value === 'number' ? count(value) : value}`),
  );
}
