import type { Translator } from '../core/language.js';
import type { Result, ResultEvidence, ResultFinding, VerdictCode } from '../core/result.js';
import { pathWords } from '../core/standard-input.js';
import { defang } from '../records/links.js';
import { coversSeveral } from './coverage-rows.js';
import { printable } from './printable.js';

/** What to say about one piece of evidence besides its name: device, encryption, files nobody recognised. */
export function evidenceNotes(item: ResultEvidence, translate: Translator): string[] {
  const notes: string[] = [];
  const { encrypted, decryptedCopy, productType, productVersion, lastBackupAt } = item.details;
  const product = detailText(productType);
  const version = detailText(productVersion);
  if (product !== 'none' || version !== 'none') {
    notes.push(translate('report.details.device', { product, version }));
  }
  if (typeof lastBackupAt === 'string' && !Number.isNaN(Date.parse(lastBackupAt))) {
    notes.push(translate('report.details.backupMade', { time: { time: lastBackupAt } }));
  }
  if (decryptedCopy === true) notes.push(translate('report.details.decryptedCopy'));
  else if (encrypted === true) notes.push(translate('report.details.encrypted'));
  else if (encrypted === false) notes.push(translate('report.details.plain'));

  const { unrecognisedFiles, unrecognisedExamples } = item.details;
  if (typeof unrecognisedFiles === 'number' && unrecognisedFiles > 0) {
    const names = Array.isArray(unrecognisedExamples) ? unrecognisedExamples.slice(0, 5).map(String) : [];
    const examples = names.length === 0 ? 'none' : printable(names.join(', '), 500);
    notes.push(translate('report.details.unrecognisedFiles', { count: unrecognisedFiles, examples }));
  }
  return notes;
}

/** "none" is the word the sentences know for "not there". */
function detailText(value: unknown): string {
  return typeof value === 'string' && value !== '' ? printable(value, 100) : 'none';
}

/** What kind of evidence it is, in words. */
export function kindWords(item: ResultEvidence, translate: Translator): string {
  const id = `report.kinds.${item.kind}`;
  return translate.has(id) ? translate(id) : printable(item.kind, 100);
}

/** Absent parts in at most two sentences per list of them: what only encrypted backups hold, and the rest. */
export function absentGroups(result: Result, translate: Translator): string[] {
  const groups = new Map<string, { id: string; names: string; count: number; evidence: string[] }>();
  for (const [evidence, parts] of absentParts(result)) {
    for (const [id, names] of parts) {
      const text = [...names].join('; ');
      const key = `${id} ${text}`;
      const known = groups.get(key);
      if (known) known.evidence.push(evidence);
      else groups.set(key, { id, names: text, count: names.size, evidence: [evidence] });
    }
  }
  const several = coversSeveral(result.coverage);
  return [...groups.values()].map(({ id, names, count, evidence }) =>
    translate(id, { count, names, evidence: several ? shortList(evidence, 8) : 'none' }),
  );
}

/** Evidence -> sentence -> names of absent parts. */
function absentParts(result: Result): Map<string, Map<string, Set<string>>> {
  const absent = new Map<string, Map<string, Set<string>>>();
  for (const entry of result.coverage) {
    if (entry.status !== 'absent') continue;
    const isEncryptedOnly = entry.problems.some((problem) => problem.code === 'encrypted-backups-only');
    const id = isEncryptedOnly ? 'report.absentEncryptedOnly' : 'report.absentParts';
    const parts = absent.get(entry.evidence) ?? new Map<string, Set<string>>();
    absent.set(entry.evidence, parts.set(id, (parts.get(id) ?? new Set()).add(printable(entry.name, 200))));
  }
  return absent;
}

/** What the evidence was compared with, in sentences. */
export function indicatorNotes(result: Result, translate: Translator): string[] {
  const count = result.indicators.reduce((sum, feed) => sum + feed.count, 0);
  const notes = [translate('report.indicatorSummary', { count, feeds: result.indicators.length })];
  // What comes with Vigía carries its name.
  if (result.indicators.length > 0 && result.indicators.every(({ feed }) => feed.startsWith('vigia-'))) {
    notes.push(translate('report.starterOnly'));
  }
  return notes;
}

/** The indicator behind a finding, and the other sets that list it. */
export function indicatorLines(finding: ResultFinding, translate: Translator): string[] {
  if (!finding.indicator) return [];
  const { type, family, feed, sources } = finding.indicator;
  const lines = [
    translate('report.indicatorLine', {
      type: translate(`report.indicatorTypes.${type}`),
      value: indicatorValue(finding.indicator),
      family: printable(family, 200),
      feed: printable(feed, 200),
    }),
  ];
  const others = new Set((sources ?? []).map((source) => printable(source.feed, 200)));
  others.delete(printable(feed, 200));
  if (others.size > 0) {
    lines.push(translate('report.indicatorSources', { feeds: shortList([...others], 12) }));
  }
  return lines;
}

const ADDRESSES: ReadonlySet<string> = new Set(['domain', 'url', 'ipv4', 'ipv6', 'cidr', 'email']);

/** The value of an indicator: addresses defanged, everything else as published. */
export function indicatorValue(indicator: { readonly type: string; readonly value: string }): string {
  const { type, value } = indicator;
  return printable(ADDRESSES.has(type) ? defang(value.slice(0, 1_000)) : value, 1_000);
}

const ADVICE_OF_VERDICT: Readonly<Partial<Record<VerdictCode, string>>> = {
  none: 'nothingFound',
  'none-on-site': 'nothingFoundOnSite',
  'only-compared': 'nothingRead',
  'nothing-read': 'nothingRead',
};

/** What to do when nothing was found, or nothing could be read; null when something was. */
export function nothingFoundAdvice(
  result: Result,
  translate: Translator,
): { heading: string; intro: string; steps: string[] } | null {
  const id = ADVICE_OF_VERDICT[result.verdict.code];
  if (id === undefined) return null;
  return {
    heading: translate(`report.sections.${id === 'nothingRead' ? 'nothingRead' : 'notFound'}`),
    intro: translate(`report.${id}.intro`),
    steps: numberedTexts(`report.${id}.steps`, translate),
  };
}

/** The texts `id.0`, `id.1` … of the language file. */
export function numberedTexts(id: string, translate: Translator): string[] {
  const texts: string[] = [];
  while (translate.has(`${id}.${texts.length}`)) texts.push(translate(`${id}.${texts.length}`));
  return texts;
}

/** Longest path or locator that is printed; the result document has all of it. */
export const PLACE_CHARACTERS = 500;

/** A path or place of the evidence, as it is printed. */
export function printablePath(path: string, translate: Translator): string {
  return printable(pathWords(path, translate), PLACE_CHARACTERS);
}

/** A place in the evidence: `e1 Library/SMS/sms.db › message ROWID 1`. */
export function placeWords(place: ResultFinding['evidence'][number], translate: Translator): string {
  const locator =
    place.locator === '' ? translate('report.wholeFile') : printable(place.locator, PLACE_CHARACTERS);
  return `${printable(place.evidence, 50)} ${printablePath(place.path, translate)} › ${locator}`;
}

/** The plain name of a check, or its id when the language files have none. */
export function detectorName(detector: string, translate: Translator): string {
  const id = `detectors.${detector}.name`;
  return translate.has(id) ? translate(id) : printable(detector, 200);
}

/** A list cut to a length: `a, b … (40)`. */
export function shortList(names: readonly string[], limit: number): string {
  return names.length <= limit ? names.join(', ') : `${names.slice(0, limit).join(', ')} … (${names.length})`;
}

/**
 * What stands above the reasons of a finding. A check whose reasons are no grounds for anything (a list of what was
 * compared) says in its language file, under `reasonsHeading`, what they are.
 */
export function reasonsHeading({ detector }: ResultFinding, translate: Translator): string {
  const id = `detectors.${detector}.reasonsHeading`;
  return translate.has(id) ? translate(id) : translate('report.reasons');
}

/** The reasons of a finding, each with its points where it has some: "Theme: news (+5)". */
export function reasonLines({ reasons }: ResultFinding, translate: Translator): string[] {
  return (reasons ?? []).map(({ text, points }) => {
    const plain = printable(text);
    if (points === null || points === 0) return plain;
    const signed = `${points > 0 ? '+' : '−'}${translate.number(Math.abs(points))}`;
    return translate('report.reasonPoints', { text: plain, points: signed });
  });
}
