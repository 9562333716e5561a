import Table from 'cli-table3';
import pc from 'picocolors';
import type { Translator } from '../core/language.js';
import { visibleText } from '../core/language.js';
import type { Result, ResultCoverage, ResultFinding, ResultProblem } from '../core/result.js';
import { defang } from '../records/links.js';
import { SEVERITY_MARKS } from './marks.js';
import { absentGroups, coverageNotes, evidenceNotes } from './notes.js';

type Colours = ReturnType<typeof pc.createColors>;

export interface TerminalOptions {
  readonly colour: boolean;
  /** Width to wrap at. */
  readonly columns: number;
}

/** Places listed under a finding; the rest is counted, and is in the result document. */
const PLACES_SHOWN = 3;

/** The calm summary for a terminal: verdict, findings, what was looked at, what was not, what to do now. */
export function renderTerminal(result: Result, translate: Translator, options: TerminalOptions): string {
  const paint = pc.createColors(options.colour);
  const width = options.columns;
  const t = (key: string): string => translate(`report.${key}`);
  const heading = (text: string): string => `\n${paint.bold(text)}\n`;
  const out: string[] = [];

  out.push(paint.bold(wrap(result.verdict.text, width, '')), wrap(result.verdict.coverage, width, ''));

  if (result.findings.length > 0) {
    out.push(
      heading(
        `${t('sections.findings')} · ${translate('report.findingsCount', { count: result.findings.length })}`,
      ),
    );
    out.push(result.findings.map((finding) => renderFinding(finding, translate, paint, width)).join('\n\n'));
  }

  out.push(heading(t('sections.coverage')));
  for (const item of result.evidence) {
    const kind = translate.has(`report.kinds.${item.kind}`) ? t(`kinds.${item.kind}`) : item.kind;
    out.push(wrap(`${item.id}  ${visibleText(item.path)} (${kind})`, width, '    ', ''));
    for (const note of evidenceNotes(item, translate)) out.push(wrap(note, width, '    '));
    for (const problem of item.problems) out.push(wrap(`! ${problemLine(problem)}`, width, '      ', '    '));
  }
  out.push('', coverageTable(result.coverage, translate, paint, width));
  for (const entry of result.coverage) {
    for (const problem of coverageNotes(entry)) {
      out.push(wrap(`! ${entry.name}: ${problemLine(problem)}`, width, '    ', '  '));
    }
  }
  for (const line of absentGroups(result, translate)) out.push(wrap(line, width, '  '));

  const indicatorCount = result.indicators.reduce((sum, feed) => sum + feed.count, 0);
  out.push(
    '',
    wrap(
      translate('report.indicatorSummary', { count: indicatorCount, feeds: result.indicators.length }),
      width,
      '',
    ),
  );
  if (result.indicators.length === 1 && result.indicators[0]?.feed === 'vigia-starter')
    out.push(wrap(t('starterOnly'), width, ''));
  for (const feed of result.indicators) {
    for (const problem of feed.problems)
      out.push(wrap(`! ${feed.feed}: ${problemLine(problem)}`, width, '    ', '  '));
  }

  if (result.verdict.code === 'none' || result.verdict.code === 'nothing-read') {
    out.push(heading(t('sections.notFound')), wrap(t('nothingFound.intro'), width, ''));
    for (let n = 0; translate.has(`report.nothingFound.steps.${n}`); n += 1) {
      out.push(wrap(`${n + 1}. ${t(`nothingFound.steps.${n}`)}`, width, '   ', ''));
    }
  }
  return out.join('\n');
}

function renderFinding(finding: ResultFinding, translate: Translator, paint: Colours, width: number): string {
  const t = (key: string): string => translate(`report.${key}`);
  const mark = `${SEVERITY_MARKS[finding.severity]} ${translate(`severity.${finding.severity}`)}`;
  const colour = finding.severity === 'critical' ? paint.red : (text: string): string => text;
  const when = finding.at ? translate.time(finding.at) : t('undated');
  const lines = [
    `${colour(paint.bold(mark))} · ${translate(`confidence.${finding.confidence}`)} · ${when}`,
    paint.bold(wrap(finding.title, width, '  ')),
    wrap(finding.explanation, width, '  '),
  ];
  if (finding.indicator) {
    const { type, family, feed, sources } = finding.indicator;
    const value = visibleText(defang(finding.indicator.value));
    lines.push(wrap(translate('report.indicatorLine', { type, value, family, feed }), width, '  '));
    const others = (sources ?? []).map((source) => source.feed).filter((name) => name !== feed);
    if (others.length > 0) {
      lines.push(
        wrap(translate('report.indicatorSources', { feeds: [...new Set(others)].join(', ') }), width, '  '),
      );
    }
  }
  lines.push(`  ${t('where')}`);
  for (const place of finding.evidence.slice(0, PLACES_SHOWN)) {
    const locator = place.locator === '' ? t('wholeFile') : place.locator;
    lines.push(wrap(visibleText(`${place.evidence} ${place.path} › ${locator}`), width, '      ', '    '));
  }
  const more = finding.evidenceTotal - Math.min(PLACES_SHOWN, finding.evidence.length);
  if (more > 0) lines.push(`    ${translate('report.morePlaces', { count: more })}`);
  if (finding.benignCauses.length > 0) {
    lines.push(`  ${t('benignCauses')}`);
    for (const cause of finding.benignCauses) lines.push(wrap(`• ${cause}`, width, '      ', '    '));
  }
  if (finding.nextSteps.length > 0) {
    lines.push(`  ${t('nextSteps')}`);
    for (const [index, step] of finding.nextSteps.entries())
      lines.push(wrap(`${index + 1}. ${step}`, width, '       ', '    '));
  }
  return lines.join('\n');
}

function coverageTable(
  coverage: readonly ResultCoverage[],
  translate: Translator,
  paint: Colours,
  width: number,
): string {
  const rows = coverage.filter((entry) => entry.status !== 'absent');
  if (rows.length === 0) return '';
  const wide = width >= 90;
  const head = ['part', 'status', 'records', ...(wide ? ['from', 'to'] : [])].map((name) =>
    translate(`report.columns.${name}`),
  );
  const table = new Table({
    head: head.map((text) => paint.bold(text)),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: NO_BORDERS,
    colWidths: wide ? [width - 22 - 12 - 14 - 14, 22, 12, 14, 14] : [width - 20 - 11, 20, 11],
    wordWrap: true,
    colAligns: ['left', 'left', 'right', 'left', 'left'],
  });
  for (const entry of rows) {
    const records = Object.values(entry.records).reduce((sum, count) => sum + count, 0);
    const day = (at: string | null): string => (at ? (translate.time(at).split(',')[0] ?? '') : '');
    table.push([
      entry.name,
      translate(`status.${entry.status}`),
      translate.number(records),
      ...(wide ? [day(entry.firstAt), day(entry.lastAt)] : []),
    ]);
  }
  return table.toString();
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

function problemLine(problem: ResultProblem): string {
  const place = visibleText([problem.path, problem.locator].filter((part) => part !== '').join(' › '));
  return place === '' ? problem.message : `${problem.message} [${place}]`;
}

/** Breaks a text at spaces. `indent` stands before every line, `first` (if given) before the first one instead. */
function wrap(text: string, width: number, indent: string, first: string = indent): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line = empty ? line + word : `${line} ${word}`;
    }
    empty = false;
  }
  lines.push(line);
  return lines.join('\n');
}
