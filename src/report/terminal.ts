import Table from 'cli-table3';
import pc from 'picocolors';
import type { Translator } from '../core/language.js';
import type { Result, ResultFinding } from '../core/result.js';
import {
  type CoverageRow,
  coverageRows,
  coversSeveral,
  passedOverWords,
  type Remark,
  recordsWords,
  remarksOf,
} from './coverage-rows.js';
import { dayFormat, timeWords } from './dates.js';
import { type FindingBlock, findingBlocks, severityTally } from './finding-blocks.js';
import { type Indents, textWidth, wrapLines } from './layout.js';
import { SEVERITY_MARKS } from './marks.js';
import {
  absentGroups,
  detectorName,
  evidenceNotes,
  indicatorLines,
  indicatorNotes,
  indicatorValue,
  kindWords,
  nothingFoundAdvice,
  placeWords,
  printablePath,
  reasonLines,
  reasonsHeading,
} from './notes.js';
import { printable } from './printable.js';

export interface TerminalOptions {
  readonly colour: boolean;
  /** Width to wrap at. */
  readonly columns: number;
}

// A terminal shows a screen at a time: what is alike is told once, and what is left is counted. The result document
// and the report have all of it.
const FULL_PER_BLOCK = 3;
/** With more findings than this, one of each kind is told in full. */
const MANY_FINDINGS = 20;
const LISTED_PER_BLOCK = 20;
const PLACES_SHOWN = 3;
const EVIDENCE_SHOWN = 20;
const REMARKS_SHOWN = 30;

/** A number of records of many millions of entries is broken rather than pushing the other columns away. */
const MAX_RECORDS_WIDTH = 16;

/** Below this width no line would hold more than a word or two. */
const MIN_COLUMNS = 40;

/** The calm summary for a terminal: verdict, findings, what was looked at, what was not, what to do now. */
export function renderTerminal(result: Result, translate: Translator, options: TerminalOptions): string {
  return new TerminalReport(result, translate, options).render();
}

type Paint = (text: string) => string;

class TerminalReport {
  readonly #result: Result;
  readonly #translate: Translator;
  readonly #bold: Paint;
  readonly #red: Paint;
  readonly #width: number;
  readonly #lines: string[] = [];

  constructor(result: Result, translate: Translator, options: TerminalOptions) {
    const paint = pc.createColors(options.colour);
    this.#result = result;
    this.#translate = translate;
    this.#bold = paint.bold;
    this.#red = paint.red;
    this.#width = Math.max(MIN_COLUMNS, options.columns);
  }

  render(): string {
    this.#verdict();
    this.#findings();
    this.#evidence();
    this.#coverage();
    this.#indicators();
    this.#advice();
    return this.#lines.join('\n');
  }

  #say(text: string, indents: Indents = {}, paint: Paint = plain): void {
    for (const line of wrapLines(text, this.#width, indents)) this.#lines.push(paint(line));
  }

  #heading(text: string): void {
    this.#lines.push('');
    this.#say(text, {}, this.#bold);
    this.#lines.push('');
  }

  #verdict(): void {
    this.#say(printable(this.#result.verdict.text), {}, this.#bold);
    this.#say(printable(this.#result.verdict.coverage));
  }

  #findings(): void {
    const { findings } = this.#result;
    if (findings.length === 0) return;
    const count = this.#translate('report.findingsCount', { count: findings.length });
    this.#heading(`${this.#translate('report.sections.findings')} · ${count}`);
    const tally = severityTally(findings).map(([severity, number]) => {
      const words = this.#translate(`severity.${severity}`);
      return `${SEVERITY_MARKS[severity]} ${this.#translate('report.tally', { severity: words, count: number })}`;
    });
    this.#say(tally.join(' · '));
    const full = findings.length > MANY_FINDINGS ? 1 : FULL_PER_BLOCK;
    for (const block of findingBlocks(findings, full)) this.#block(block);
  }

  #block(block: FindingBlock): void {
    const first = block.full[0] ?? null;
    for (const finding of block.full) this.#finding(finding, finding === first ? null : first);
    if (block.listed.length > 0) this.#list(block, first);
  }

  /** @param like - the finding that already told the harmless causes and next steps, or null */
  #finding(finding: ResultFinding, like: ResultFinding | null): void {
    const t = this.#translate;
    this.#lines.push('');
    this.#header(finding.severity, [
      t(`confidence.${finding.confidence}`),
      timeWords(finding.at, t, finding.atPrecision),
      printable(finding.id, 50),
    ]);
    this.#say(printable(finding.title), BODY, this.#bold);
    this.#say(printable(finding.explanation), BODY);
    for (const line of indicatorLines(finding, t)) this.#say(line, BODY);
    const reasons = reasonLines(finding, t);
    if (reasons.length > 0) {
      this.#say(reasonsHeading(finding, t), BODY);
      for (const reason of reasons) this.#say(reason, BULLET);
    }
    this.#say(t('report.where'), BODY);
    this.#places(finding, PLACES_SHOWN);
    if (like) {
      if (finding.benignCauses.length + finding.nextSteps.length > 0) {
        this.#say(t('report.sameLists', { id: printable(like.id, 50) }), BODY);
      }
      return;
    }
    if (finding.benignCauses.length > 0) {
      this.#say(t('report.benignCauses'), BODY);
      for (const cause of finding.benignCauses) this.#say(printable(cause), BULLET);
    }
    if (finding.nextSteps.length > 0) {
      this.#say(t('report.nextSteps'), BODY);
      for (const [index, step] of finding.nextSteps.entries()) this.#say(printable(step), numbered(index));
    }
  }

  /** Findings like the ones above: what differs of each. */
  #list(block: FindingBlock, like: ResultFinding | null): void {
    const t = this.#translate;
    const words = {
      count: block.listed.length,
      detector: detectorName(block.detector, t),
      id: like ? printable(like.id, 50) : 'none',
    };
    this.#lines.push('');
    this.#header(block.severity, []);
    this.#say(t('report.moreOfSame', words), BODY);
    const titles = new Set(block.listed.map((finding) => finding.title));
    const sameTitle = like !== null && titles.size === 1 && titles.has(like.title);
    for (const finding of block.listed.slice(0, LISTED_PER_BLOCK)) {
      const parts = [
        printable(finding.id, 50),
        timeWords(finding.at, t, finding.atPrecision),
        ...(sameTitle ? [] : [printable(finding.title, 300)]),
        ...(finding.indicator ? [indicatorValue(finding.indicator)] : []),
      ];
      this.#say(parts.join(' · '), { first: '  • ', rest: '    ' });
      this.#places(finding, 1);
    }
    const more = block.listed.length - LISTED_PER_BLOCK;
    if (more > 0) this.#say(t('report.notListed', { count: more }), BODY);
  }

  #header(severity: ResultFinding['severity'], parts: readonly string[]): void {
    const mark = `${SEVERITY_MARKS[severity]} ${this.#translate(`severity.${severity}`)}`;
    const [first = '', ...rest] = wrapLines([mark, ...parts].join(' · '), this.#width, BODY_REST);
    // The red ink belongs to what is critical, and to its word alone.
    const colour = severity === 'critical' ? this.#red : plain;
    this.#lines.push(
      `${colour(this.#bold(first.slice(0, mark.length)))}${first.slice(mark.length)}`,
      ...rest,
    );
  }

  #places(finding: ResultFinding, limit: number): void {
    const t = this.#translate;
    const shown = finding.evidence.slice(0, limit);
    for (const place of shown) this.#say(placeWords(place, t), PLACE);
    const more = finding.evidenceTotal - shown.length;
    if (more > 0) this.#say(t('report.morePlaces', { count: more }), PLACE);
  }

  #evidence(): void {
    const t = this.#translate;
    this.#heading(t('report.sections.coverage'));
    for (const item of this.#result.evidence.slice(0, EVIDENCE_SHOWN)) {
      const path = printablePath(item.path, t);
      this.#say(`${printable(item.id, 50)}  ${path} (${kindWords(item, t)})`, { first: '', rest: '    ' });
      for (const note of evidenceNotes(item, t)) this.#say(note, { rest: '    ' });
      for (const remark of remarksOf(item.problems)) this.#remark('', remark, '    ');
    }
    const more = this.#result.evidence.length - EVIDENCE_SHOWN;
    if (more > 0) this.#say(t('report.moreEvidence', { count: more }));
  }

  #coverage(): void {
    const rows = coverageRows(this.#result.coverage);
    if (rows.length > 0) this.#lines.push('', ...this.#coverageTable(rows));
    const passedOver = rows.flatMap((row) => {
      const words = passedOverWords(row, this.#translate);
      return words === null ? [] : [`${printable(row.name, 200)}: ${words}`];
    });
    if (passedOver.length > 0) this.#lines.push('');
    for (const words of passedOver) this.#say(words, { first: '  ', rest: '    ' });
    const remarks = rows.flatMap((row) => row.remarks.map((remark) => ({ name: row.name, remark })));
    // What was lost is said before what is only worth knowing.
    remarks.sort((a, b) => Number(b.remark.effect === 'lost') - Number(a.remark.effect === 'lost'));
    if (remarks.length > 0) this.#lines.push('');
    for (const { name, remark } of remarks.slice(0, REMARKS_SHOWN))
      this.#remark(printable(name, 200), remark, '  ');
    const more = remarks.length - REMARKS_SHOWN;
    if (more > 0) this.#say(this.#translate('report.moreRemarks', { count: more }), BODY);
    for (const line of absentGroups(this.#result, this.#translate)) {
      this.#lines.push('');
      this.#say(printable(line), BODY);
    }
  }

  #coverageTable(rows: readonly CoverageRow[]): string[] {
    const t = this.#translate;
    const several = coversSeveral(this.#result.coverage);
    const wide = this.#width >= 90;
    const day = dayFormat(t);
    const recordsWidth = Math.max(
      10,
      ...rows.map((row) => Math.min(MAX_RECORDS_WIDTH, textWidth(recordsWords(row, t)))),
    );
    const columns = [
      ...(several ? [{ name: 'evidence', width: 11 }] : []),
      { name: 'part', width: 0 },
      { name: 'status', width: wide ? 22 : 18 },
      { name: 'records', width: recordsWidth },
      ...(wide
        ? [
            { name: 'from', width: 13 },
            { name: 'to', width: 13 },
          ]
        : []),
    ];
    // Two columns in front, two between; what is left belongs to the name of the part.
    const taken = columns.reduce((sum, column) => sum + column.width + (column.width > 0 ? 2 : 0), 2);
    const widths = columns.map(({ width }) => (width > 0 ? width : Math.max(12, this.#width - taken - 2)));
    const table = new Table({
      head: columns.map(({ name }, index) =>
        wrapLines(t(`report.columns.${name}`), widths[index] ?? 0)
          .map(this.#bold)
          .join('\n'),
      ),
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
      chars: NO_BORDERS,
      colWidths: widths.map((width) => width + 2),
      colAligns: columns.map(({ name }) => (name === 'records' ? 'right' : 'left')),
    });
    for (const row of rows) {
      const files =
        row.artifacts.length > 1 ? ` · ${t('report.files', { count: row.artifacts.length })}` : '';
      const cells = new Map<string, string>([
        ['evidence', printable(row.evidence, 50)],
        ['part', `${printable(row.name, 200)}${files}`],
        ['status', statusWords(row.statuses, t)],
        ['records', recordsWords(row, t)],
        ['from', row.firstAt ? day(row.firstAt, row.precision) : ''],
        ['to', row.lastAt ? day(row.lastAt, row.precision) : ''],
      ]);
      // The table library knows less of wide characters: it is given lines that fit.
      table.push(
        columns.map(({ name }, index) => wrapLines(cells.get(name) ?? '', widths[index] ?? 0).join('\n')),
      );
    }
    return table
      .toString()
      .split('\n')
      .map((line) => line.trimEnd());
  }

  #remark(name: string, remark: Remark, indent: string): void {
    const parts = [
      name === '' ? '' : `${name}:`,
      printable(remark.message),
      remark.times > 1 ? this.#translate('report.problemCount', { count: remark.times }) : '',
      remark.places.length === 0
        ? ''
        : `[${remark.places.map((place) => printablePath(place, this.#translate)).join('; ')}]`,
    ];
    const text = parts.filter((part) => part !== '').join(' ');
    this.#say(text, { first: `${indent}! `, rest: `${indent}  ` });
  }

  #indicators(): void {
    const t = this.#translate;
    this.#lines.push('');
    for (const note of indicatorNotes(this.#result, t)) this.#say(note);
    const remarks = this.#result.indicators.flatMap((feed) =>
      remarksOf(feed.problems).map((remark) => ({ feed: printable(feed.feed, 200), remark })),
    );
    for (const { feed, remark } of remarks.slice(0, REMARKS_SHOWN)) this.#remark(feed, remark, '  ');
    const more = remarks.length - REMARKS_SHOWN;
    if (more > 0) this.#say(t('report.moreRemarks', { count: more }), BODY);
  }

  #advice(): void {
    const advice = nothingFoundAdvice(this.#result, this.#translate);
    if (!advice) return;
    this.#heading(advice.heading);
    this.#say(advice.intro);
    for (const [index, step] of advice.steps.entries()) {
      this.#say(step, { first: `${index + 1}. `, rest: '   ' });
    }
  }
}

const BODY: Indents = { rest: '  ' };
const BODY_REST: Indents = { first: '', rest: '  ' };
const BULLET: Indents = { first: '    • ', rest: '      ' };
const PLACE: Indents = { first: '    ', rest: '      ' };

function numbered(index: number): Indents {
  const mark = `    ${index + 1}. `;
  return { first: mark, rest: ' '.repeat(mark.length) };
}

function plain(text: string): string {
  return text;
}

function statusWords(statuses: readonly (readonly [string, number])[], translate: Translator): string {
  const words = statuses.map(([status, count]) => {
    const word = translate(`status.${status}`);
    return statuses.length === 1 ? word : translate('report.statusFiles', { status: word, count });
  });
  return words.join(', ');
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '  ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
