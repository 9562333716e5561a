/**
 * How well lures are told from everyday messages, on the invented corpus in `fixtures/lure-corpus`: precision and recall
 * of every level, themes, and the messages that were misjudged. The held-back part was written without knowledge of the
 * word lists; nothing is to be tuned on it. Run: npx tsx bench/lure-quality.ts
 *
 * Every message is judged as if it were all there is: no campaign and no burst helps. Indicators are off.
 */
import type { CorpusMessage } from '../fixtures/lure-corpus/corpus.js';
import { DEVELOPMENT_CORPUS } from '../fixtures/lure-corpus/development.js';
import { HELD_BACK } from '../fixtures/lure-corpus/held-back.js';
import { judge as judgeRecords } from '../src/lures/testing/judge.js';
import { message } from '../src/lures/testing/messages.js';
import { THEME_IDS, themesOf } from '../src/lures/themes/themes.js';
import { LEVELS, type Level } from '../src/lures/triage/weights.js';
import type { Message } from '../src/records/kinds/message.js';
import { print } from './measure.js';

interface Judged {
  readonly level: Level;
  readonly points: number;
}

const MEDIUM = LEVELS.indexOf('medium');
const TIMED_ROUNDS = 200;

for (const [name, corpus] of [
  ['development', DEVELOPMENT_CORPUS],
  ['held back', HELD_BACK],
] as const) {
  const levels = judge(corpus);
  print('');
  print(`${name}: ${corpus.length} messages, ${count(corpus, isLure)} lures`);
  printLevels(corpus, levels);
  printThemes(corpus);
  printMisjudged(corpus, levels);
}
printTime();

/** Judges each message alone, with the address book and the answer the corpus tells of. */
function judge(corpus: readonly CorpusMessage[]): Map<string, Judged> {
  const records: Message[] = [];
  for (const { id, sender, senderSaved, answered, text } of corpus) {
    const source = { evidence: id, path: `${id}.xml`, locator: id };
    if (answered) {
      const at = '2024-02-01T12:00:00.000000Z';
      records.push(
        message({ source, at, target: id, direction: 'outgoing', sender: null, recipients: [sender] }),
      );
    }
    const saved = senderSaved === undefined ? {} : { senderSaved };
    records.push(message({ source, target: id, sender, text, ...saved }));
  }
  const levels = new Map<string, Judged>(corpus.map(({ id }) => [id, { level: 'none', points: 0 }]));
  for (const { places, level, points } of judgeRecords(records).messages) {
    for (const { evidence } of places) levels.set(evidence, { level, points });
  }
  return levels;
}

function printLevels(corpus: readonly CorpusMessage[], levels: ReadonlyMap<string, Judged>): void {
  const lures = count(corpus, isLure);
  print('  level        lures  everyday  precision  recall   (this level or above)');
  for (const level of LEVELS.slice(1)) {
    const reached = corpus.filter(({ id }) => levelIn(levels, id) >= LEVELS.indexOf(level));
    const right = count(reached, isLure);
    print(
      `  ${level.padEnd(10)}${cell(right, 8)}${cell(reached.length - right, 10)}${share(right, reached.length)}${share(right, lures)}`,
    );
  }
}

/** A theme is found when it is among those of the text; it is said wrongly when it is the first and another was meant. */
function printThemes(corpus: readonly CorpusMessage[]): void {
  const seen = corpus.map((entry) => ({ entry, found: themesOf(entry.text).map(({ theme }) => theme) }));
  const about = seen.filter(({ entry }) => entry.theme !== null);
  const named = seen.filter(({ found }) => found.length > 0);
  const first = named.filter(({ entry, found }) => found[0] === entry.theme);
  const among = about.filter(({ entry, found }) => found.some((theme) => theme === entry.theme));
  print('  theme                meant  found  first  precision  recall   first one instead');
  for (const theme of THEME_IDS) {
    const meant = about.filter(({ entry }) => entry.theme === theme);
    const right = meant.filter(({ found }) => found[0] === theme).length;
    const said = named.filter(({ found }) => found[0] === theme).length;
    const found = meant.filter(({ found: themes }) => themes.includes(theme)).length;
    const instead = new Map<string, number>();
    for (const { found: themes } of meant) {
      const other = themes[0] ?? 'none';
      if (other !== theme) instead.set(other, (instead.get(other) ?? 0) + 1);
    }
    const others = [...instead].map(([other, times]) => `${other} ${times}`).join(', ');
    print(
      `  ${theme.padEnd(18)}${cell(meant.length, 8)}${cell(found, 7)}${cell(right, 7)}${share(right, said)}${share(found, meant.length)}   ${others}`,
    );
  }
  print(
    `  ${'all'.padEnd(18)}${cell(about.length, 8)}${cell(among.length, 7)}${cell(first.length, 7)}${share(first.length, named.length)}${share(among.length, about.length)}`,
  );
  const wrongly = seen.filter(({ entry, found }) => entry.theme === null && found.length > 0);
  print(
    `  a theme where none was meant: ${wrongly.map(({ entry, found }) => `${entry.id} (${found[0]})`).join(', ') || 'nowhere'}`,
  );
}

function printMisjudged(corpus: readonly CorpusMessage[], levels: ReadonlyMap<string, Judged>): void {
  const list = (chosen: readonly CorpusMessage[]): string =>
    chosen.map(({ id }) => `${id} (${levels.get(id)?.level} ${levels.get(id)?.points})`).join(', ') || 'none';
  const overlooked = corpus.filter((entry) => isLure(entry) && levelIn(levels, entry.id) < MEDIUM);
  const accused = corpus.filter((entry) => !isLure(entry) && levelIn(levels, entry.id) >= MEDIUM);
  const noticed = corpus.filter(
    (entry) => !isLure(entry) && levelIn(levels, entry.id) > 0 && levelIn(levels, entry.id) < MEDIUM,
  );
  print(`  lures below medium: ${list(overlooked)}`);
  print(`  everyday at medium or above: ${list(accused)}`);
  print(`  everyday at low: ${list(noticed)}`);
}

function printTime(): void {
  const texts = [...DEVELOPMENT_CORPUS, ...HELD_BACK].map(({ text }) => text);
  const characters = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
  const rounds = Array.from({ length: TIMED_ROUNDS }, () => {
    const started = process.hrtime.bigint();
    for (const text of texts) themesOf(text);
    return Number(process.hrtime.bigint() - started) / 1_000 / texts.length;
  });
  const middle = rounds.sort((a, b) => a - b)[TIMED_ROUNDS / 2] ?? 0;
  print('');
  print(`themes: ${middle.toFixed(1)} µs per message of ${characters.toFixed(0)} characters`);
}

function isLure({ label }: CorpusMessage): boolean {
  return label === 'lure';
}

function levelIn(levels: ReadonlyMap<string, Judged>, id: string): number {
  return LEVELS.indexOf(levels.get(id)?.level ?? 'none');
}

function count<T>(list: readonly T[], matches: (item: T) => boolean): number {
  return list.filter(matches).length;
}

function cell(value: number, width: number): string {
  return String(value).padStart(width);
}

function share(part: number, whole: number): string {
  return (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(0)} %`).padStart(10);
}
