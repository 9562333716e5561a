import { type Translator, visibleText } from '../../../../src/core/language.js';
import type { Result, ResultEvidence, ResultProblem } from '../../../../src/core/result.js';
import { defangText } from '../../../../src/records/defang-text.js';
import {
  type CoverageRow,
  coverageRows,
  type Remark,
  remarksOf,
} from '../../../../src/report/coverage-rows.js';
import { evidenceName } from '../findings/evidence-name.js';

export interface EvidencePart {
  readonly id: string;
  readonly name: string;
  readonly rows: readonly CoverageRow[];
  /** Met while opening it. */
  readonly opening: readonly Remark[];
  readonly notSought: readonly string[];
}

/** Coverage evidence by evidence: what was read of it, and what was not looked for in it. */
export function partsOf(result: Result, t: Translator): EvidencePart[] {
  return result.evidence.map((evidence) => {
    const own = result.coverage.filter((entry) => entry.evidence === evidence.id);
    return {
      id: evidence.id,
      name: evidenceName(result.evidence, evidence.id),
      rows: coverageRows(own),
      opening: remarksOf(evidence.problems),
      notSought: [...absentWords(own, t), ...unrecognisedWords(evidence, t)],
    };
  });
}

function absentWords(coverage: Result['coverage'], t: Translator): string[] {
  const groups = new Map<string, Set<string>>();
  for (const { status, name, problems } of coverage) {
    if (status !== 'absent') continue;
    const group = problems.some(needsEncryptedBackup) ? 'encryptedOnly' : 'absent';
    groups.set(group, (groups.get(group) ?? new Set()).add(name));
  }
  return [...groups].map(([group, names]) =>
    t(`coverage.notSought.${group}`, { count: names.size, names: [...names].join('; ') }),
  );
}

function needsEncryptedBackup({ code }: ResultProblem): boolean {
  return code === 'encrypted-backups-only';
}

function unrecognisedWords({ details }: ResultEvidence, t: Translator): string[] {
  const { unrecognisedFiles: count, unrecognisedExamples: names } = details;
  if (typeof count !== 'number' || count === 0) return [];
  const examples = Array.isArray(names) && names.length > 0 ? names.slice(0, 5).join(', ') : 'none';
  return [t('coverage.notSought.unrecognised', { count, examples })];
}

export function statusWords({ statuses }: CoverageRow, t: Translator): string {
  return statuses
    .map(([status, count]) => {
      const word = t(`coverage.state.${status}`);
      return count === 1 ? word : t('coverage.statusFiles', { status: word, count });
    })
    .join(', ');
}

export function recordsWords({ records, passedOver, counted }: CoverageRow, t: Translator): string {
  if (counted > 0) return t.number(counted);
  return passedOver === 0 ? t.number(records) : t('coverage.of', { records, compared: records + passedOver });
}

export function timeWords(at: string | null, { precision }: CoverageRow, t: Translator): string {
  if (at === null) return '–';
  return precision === undefined ? t.time(at) : t.value({ date: at, precision });
}

export function remarkWords({ message, times, places }: Remark, t: Translator): string {
  const words = times > 1 ? `${message} ${t('coverage.times', { count: times })}` : message;
  return places.length === 0 ? words : `${words} (${places.join('; ')})`;
}

/** The whole page as plain text, to paste where it is needed. Names of evidence can make no line of their own. */
export function asText(result: Result, parts: readonly EvidencePart[], t: Translator): string {
  return `${linesOf(result, parts, t)
    .map((line) => visibleText(defangText(line)))
    .join('\n')}\n`;
}

function linesOf(result: Result, parts: readonly EvidencePart[], t: Translator): string[] {
  const lines = [t('coverage.title'), '', result.verdict.coverage];
  for (const { name, rows, opening, notSought } of parts) {
    lines.push('', name);
    if (rows.length === 0) lines.push(`- ${t('coverage.nothing')}`);
    for (const row of rows) {
      const when =
        row.firstAt === null ? [] : [`${timeWords(row.firstAt, row, t)} – ${timeWords(row.lastAt, row, t)}`];
      const facts = [statusWords(row, t), `${t('coverage.records')}: ${recordsWords(row, t)}`, ...when];
      lines.push(`- ${row.name}: ${facts.join(' · ')}`);
      for (const remark of row.remarks) lines.push(`  · ${remarkWords(remark, t)}`);
    }
    for (const remark of opening) lines.push(`- ${t('coverage.opening')}: ${remarkWords(remark, t)}`);
    for (const words of notSought) lines.push(`- ${t('coverage.notSought.title')}: ${words}`);
  }
  return lines;
}
