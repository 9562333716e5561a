import { ATTACHMENT_FOLDER } from '../../core/attachment.js';
import { compareText } from '../../core/compare-text.js';
import type { TimePrecision } from '../../core/contracts.js';
import { UNKNOWN_FAMILY } from '../../core/indicator.js';
import type { Translator } from '../../core/language.js';
import type { Result, ResultFinding } from '../../core/result.js';
import type { Figure } from '../chart-parts.js';
import {
  type CoverageRow,
  coverageRows,
  coversSeveral,
  notRecordedWords,
  passedOverWords,
  type Remark,
  recordsWords,
  remarksOf,
} from '../coverage-rows.js';
import { dayFormat, timeWords } from '../dates.js';
import { type FindingBlock, findingBlocks, firstSteps, severityTally } from '../finding-blocks.js';
import { chartTitle, datedFindings, findingsChart } from '../findings-chart.js';
import {
  absentGroups,
  detectorName,
  evidenceNotes,
  indicatorLines,
  indicatorNotes,
  indicatorValue,
  kindWords,
  nothingFoundAdvice,
  numberedTexts,
  PLACE_CHARACTERS,
  placeWords,
  printablePath,
  reasonLines,
  reasonsHeading,
  shortList,
} from '../notes.js';
import type { DrawnPicture } from '../pictures.js';
import { printable } from '../printable.js';
import { REPORT_LIMITS } from '../report-limits.js';
import type { PrintBlock, PrintCell, PrintColumn, PrintDocument, Run, Words } from './print-document.js';

interface ReportOptions {
  /** SHA-256 of the result.json written beside the report. */
  readonly resultSha256?: string;
  /** Pictures by finding. */
  readonly pictures: ReadonlyMap<string, DrawnPicture>;
}

/**
 * What report.html says when printed, in the same order, as a document for the PDF engine. What the page folds away and
 * a printer leaves out is left out here too.
 */
export async function reportDocument(
  result: Result,
  translate: Translator,
  options: ReportOptions,
): Promise<PrintDocument> {
  const chart = await findingsChart(result.findings, translate);
  return new ReportDocument(result, translate, options).document(chart);
}

class ReportDocument {
  /** Findings that may still be listed: very many are counted instead. */
  #listable = REPORT_LIMITS.listedFindings;

  constructor(
    readonly result: Result,
    readonly translate: Translator,
    readonly options: ReportOptions,
  ) {}

  document(chart: string | null): PrintDocument {
    const { tool } = this.result;
    const sha256 = this.options.resultSha256;
    return {
      language: this.translate.language,
      title: this.#text('title'),
      date: tool.finishedAt,
      brand: 'Vigía',
      header: ['', ''],
      footer: sha256 ? `Vigía · result.json ${sha256.slice(0, 12)}` : 'Vigía',
      missingCharacters: this.#text('pdf.missingCharacters'),
      blocks: [
        ...this.#about(),
        ...this.#onePage(),
        ...this.#coverage(),
        ...this.#findings(),
        ...(chart === null ? [] : this.#timeline(chart)),
        ...this.#method(),
        ...this.#unknown(),
      ],
    };
  }

  readonly #text = (key: string): string => this.translate(`report.${key}`);

  #column(name: string, width: PrintColumn['width'], isNumber = false): PrintColumn {
    return { label: this.#text(`columns.${name}`), width, isNumber };
  }

  #about(): PrintBlock[] {
    const { tool, consent } = this.result;
    const generated = this.translate('report.meta.generated', {
      version: tool.version,
      time: { time: tool.finishedAt },
      zone: this.translate.timeZone,
    });
    const agreed = consent
      ? this.translate('report.meta.consent', { consent })
      : this.#text('meta.noConsent');
    return [
      muted(generated),
      muted(agreed),
      muted(`${this.#text('meta.whatItIs')} ${this.#text('meta.linksDefanged')}`),
    ];
  }

  /** For the person concerned: what was seen and what to do, without reading further. */
  #onePage(): PrintBlock[] {
    const { result, translate } = this;
    const advice = nothingFoundAdvice(result, translate);
    const steps = advice ? advice.steps : firstSteps(result.findings, REPORT_LIMITS.stepsInBrief);
    const tally = severityTally(result.findings).map(([severity, count]): Words => {
      const words = translate('report.tally', { severity: translate(`severity.${severity}`), count });
      return [{ severityMark: severity }, ' ', { text: words, style: severity }];
    });
    return [
      {
        kind: 'callout',
        blocks: [
          heading(1, this.#text('verdictHeading')),
          { kind: 'paragraph', look: 'lead', words: result.verdict.text },
          paragraph(result.verdict.coverage),
          ...(tally.length > 0 ? [{ kind: 'list', look: 'row', items: tally } as const] : []),
          ...(advice
            ? [heading(2, advice.heading), paragraph(advice.intro)]
            : steps.length > 0
              ? [heading(2, this.#text('toDo'))]
              : []),
          ...list('numbers', steps),
          ...this.#inBrief(),
        ],
      },
    ];
  }

  #inBrief(): PrintBlock[] {
    const { translate } = this;
    const blocks = findingBlocks(this.result.findings, 1);
    if (blocks.length < 2) return [];
    const day = dayFormat(translate);
    const rows = blocks.slice(0, REPORT_LIMITS.rowsInBrief).map((block): PrintCell[] => {
      const all = [...block.full, ...block.listed];
      const dated = all.filter(({ at }) => at !== null).sort((a, b) => compareText(a.at ?? '', b.at ?? ''));
      const [first, last] = [dated[0], dated.at(-1)].map((one) =>
        one?.at ? day(one.at, one.atPrecision) : '',
      );
      const dates = !first ? translate('report.undated') : first === last ? first : `${first} – ${last}`;
      const more = all.length > 1 ? ` (${translate('report.alike', { count: all.length - 1 })})` : '';
      return [this.#severity(block.severity), [all[0]?.title ?? '', more], dates];
    });
    const more = blocks
      .slice(REPORT_LIMITS.rowsInBrief)
      .reduce((sum, block) => sum + block.full.length + block.listed.length, 0);
    return [
      ...table(
        this.#text('inBrief'),
        [this.#column('severity', 'narrow'), this.#column('finding', 2.4), this.#column('date', 1)],
        rows,
      ),
      ...(more > 0 ? [muted(translate('report.alsoFindings', { count: more }))] : []),
    ];
  }

  #severity(severity: ResultFinding['severity']): Run[] {
    return [
      { severityMark: severity },
      '\u00a0',
      { text: this.translate(`severity.${severity}`), style: severity },
    ];
  }

  #leftOut(count: number): PrintBlock[] {
    return count > 0 ? [paragraph(this.translate('report.notInReport', { count }))] : [];
  }

  #findings(): PrintBlock[] {
    const { findings } = this.result;
    const count = this.translate('report.findingsCount', { count: findings.length });
    return [
      heading(1, this.#text('sections.findings')),
      paragraph(`${count}.`),
      ...findingBlocks(findings, REPORT_LIMITS.fullPerBlock).flatMap((block) => this.#block(block)),
    ];
  }

  #block(block: FindingBlock): PrintBlock[] {
    const first = block.full[0] ?? null;
    const told = block.full.map((finding) => this.#finding(finding, finding === first ? null : first));
    return block.listed.length > 0 ? [...told, this.#listed(block, first)] : told;
  }

  /** @param like - the finding that already told the harmless causes and next steps, or null */
  #finding(finding: ResultFinding, like: ResultFinding | null): PrintBlock {
    const { translate } = this;
    const when = timeWords(finding.at, translate, finding.atPrecision);
    const shown = finding.evidence.slice(0, REPORT_LIMITS.placesShown);
    const places = shown.map((place): Words => [code(placeWords(place, translate))]);
    const more = finding.evidenceTotal - shown.length;
    if (more > 0) places.push(translate('report.morePlaces', { count: more }));
    const hasLists = finding.benignCauses.length + finding.nextSteps.length > 0;
    const advice = !like
      ? [
          ...titled(this.#text('benignCauses'), list('bullets', finding.benignCauses)),
          ...titled(this.#text('nextSteps'), list('numbers', finding.nextSteps)),
        ]
      : hasLists
        ? [muted(translate('report.sameLists', { id: like.id }))]
        : [];
    const technique = finding.technique
      ? ` · ${translate('report.technique', { technique: finding.technique })}`
      : '';
    const detector = translate('report.detectorLine', {
      detector: finding.detector,
      version: finding.version,
    });
    const meta: Words = [
      ...this.#severity(finding.severity),
      ' · ',
      { confidenceMark: finding.confidence },
      `\u00a0${translate(`confidence.${finding.confidence}`)} · ${when} · ${finding.id}`,
    ];
    const attachments = (finding.attachments ?? []).map(
      ({ name }): Words => [code(`${ATTACHMENT_FOLDER}/${name}`)],
    );
    return {
      kind: 'entry',
      blocks: [
        { kind: 'paragraph', look: 'meta', words: meta },
        heading(2, finding.title),
        paragraph(finding.explanation),
        ...indicatorLines(finding, translate).map(muted),
        ...titled(reasonsHeading(finding, translate), list('bullets', reasonLines(finding, translate))),
        ...this.#picture(finding),
        ...advice,
        ...titled(this.#text('attachments'), list('plain', attachments)),
        heading(3, this.#text('where')),
        ...list('plain', places),
        muted(`${detector}${technique}`),
      ],
    };
  }

  #picture(finding: ResultFinding): PrintBlock[] {
    const figures = this.options.pictures.get(finding.id)?.figures ?? [];
    return figures.flatMap((figure) => [
      {
        kind: 'figure' as const,
        caption: figure.caption,
        alternative: alternativeOf(figure.svg, figure.caption),
        svg: figure.svg,
      },
      ...figure.notes.map(muted),
      ...this.#figureTable(figure),
    ]);
  }

  /** What a figure shows, in words, when it says more than the drawing. */
  #figureTable({ table: data, caption }: Figure): PrintBlock[] {
    if (!data || data.isDrawn) return [];
    const columns = data.columns.map(
      ({ label, isCount }): PrintColumn => ({ label, width: isCount ? 'narrow' : 1, isNumber: isCount }),
    );
    return [
      muted(this.#text('servers.table')),
      ...table(caption, columns, data.rows),
      ...this.#leftOut(data.leftOut),
    ];
  }

  /** Findings like the ones told in full: what differs. */
  #listed(block: FindingBlock, like: ResultFinding | null): PrintBlock {
    const { translate } = this;
    const shown = block.listed.slice(0, Math.max(0, this.#listable));
    this.#listable -= shown.length;
    const rows = shown.map((finding): PrintCell[] => {
      const observed: Run[] = finding.indicator ? [' ', code(indicatorValue(finding.indicator))] : [];
      const more = finding.evidenceTotal - 1;
      const others = more > 0 ? ` ${translate('report.morePlaces', { count: more })}` : '';
      const place = finding.evidence[0];
      return [
        finding.id,
        timeWords(finding.at, translate, finding.atPrecision),
        [finding.title, ...observed],
        [...(place ? [code(placeWords(place, translate))] : []), others],
      ];
    });
    return {
      kind: 'entry',
      blocks: [
        { kind: 'paragraph', look: 'meta', words: this.#severity(block.severity) },
        heading(
          2,
          translate('report.moreOfSame', {
            count: block.listed.length,
            detector: detectorName(block.detector, translate),
            id: like ? like.id : 'none',
          }),
        ),
        ...table(
          this.#text('sections.findings'),
          [
            this.#column('id', 'narrow'),
            this.#column('time', 1),
            this.#column('finding', 2.4),
            this.#column('place', 1.6),
          ],
          rows,
        ),
        ...this.#leftOut(block.listed.length - shown.length),
      ],
    };
  }

  #timeline(chart: string): PrintBlock[] {
    const { translate } = this;
    const { findings } = this.result;
    const dated = datedFindings(findings);
    const rows = dated
      .slice(0, REPORT_LIMITS.datedRows)
      .map(({ finding, at }): PrintCell[] => [
        translate.time(at),
        this.#severity(finding.severity),
        `${finding.title} (${finding.id})`,
      ]);
    const undated = translate('report.chart.undated', { count: findings.length - dated.length });
    const caption = chartTitle(findings, translate);
    // Dozens of pages that say again what stands at the findings are not printed.
    const isFolded = rows.length > REPORT_LIMITS.printedRows;
    return [
      heading(1, this.#text('sections.timeline')),
      { kind: 'figure', caption, alternative: alternativeOf(chart, caption), svg: chart },
      ...(isFolded
        ? [muted(translate('report.pdf.datesInPage', { count: dated.length }))]
        : table(
            this.#text('chart.table'),
            [this.#column('time', 'narrow'), this.#column('severity', 'narrow'), this.#column('finding', 1)],
            rows,
          )),
      ...(isFolded ? [] : this.#leftOut(dated.length - rows.length)),
      ...(undated === '' ? [] : [paragraph(undated)]),
    ];
  }

  #coverage(): PrintBlock[] {
    return [
      heading(1, this.#text('sections.coverage')),
      ...this.#evidenceTable(),
      ...this.#coverageTable(),
      ...absentGroups(this.result, this.translate).map(paragraph),
    ];
  }

  #evidenceTable(): PrintBlock[] {
    const { translate } = this;
    const items = this.result.evidence.slice(0, REPORT_LIMITS.evidenceShown);
    const rows = items.map((item): PrintCell[] => [
      item.id,
      {
        lines: [
          [code(printablePath(item.path, translate))],
          kindWords(item, translate),
          ...evidenceNotes(item, translate),
          ...this.#remarks(remarksOf(item.problems)),
        ],
      },
      item.sha256 ? [code(item.sha256)] : translate('report.details.notHashed'),
    ]);
    return [
      ...table(
        this.#text('sections.evidence'),
        [this.#column('id', 'narrow'), this.#column('evidence', 1.7), this.#column('sha256', 1)],
        rows,
      ),
      ...this.#leftOut(this.result.evidence.length - items.length),
    ];
  }

  #coverageTable(): PrintBlock[] {
    const { translate } = this;
    const several = coversSeveral(this.result.coverage);
    const time = (at: string | null, precision?: TimePrecision): string =>
      at ? timeWords(at, translate, precision) : '–';
    const rows = coverageRows(this.result.coverage).map((row): PrintCell[] => [
      { lines: this.#part(row) },
      ...(several ? [row.evidence] : []),
      { lines: this.#statuses(row) },
      recordsWords(row, translate),
      time(row.firstAt, row.precision),
      time(row.lastAt, row.precision),
    ]);
    return table(
      this.#text('partByPart'),
      [
        this.#column('part', 3),
        ...(several ? [this.#column('evidence', 'narrow')] : []),
        this.#column('status', 1.1),
        this.#column('records', 'narrow', true),
        this.#column('from', 1.2),
        this.#column('to', 1.2),
      ],
      rows,
    );
  }

  #part(row: CoverageRow): Words[] {
    const { translate } = this;
    const paths = row.artifacts
      .slice(0, REPORT_LIMITS.filesFolded)
      .map((path): Words => [code(printablePath(path, translate))]);
    const files =
      paths.length <= REPORT_LIMITS.filesShown
        ? paths
        : [translate('report.files', { count: row.artifacts.length }), ...paths];
    const passedOver = passedOverWords(row, translate);
    return [row.name, ...files, ...(passedOver === null ? [] : [passedOver]), ...this.#remarks(row.remarks)];
  }

  #statuses(row: CoverageRow): Words[] {
    const { translate } = this;
    return row.statuses.map(([status, count]): Words => {
      const word = translate(`status.${status}`);
      const said =
        row.statuses.length === 1 ? word : translate('report.statusFiles', { status: word, count });
      const isUnread = status === 'unreadable' || status === 'partial' || status === 'encrypted';
      return isUnread ? [{ text: said, style: 'unread' }] : said;
    });
  }

  #remarks(remarks: readonly Remark[]): Words[] {
    const { translate } = this;
    const shown = remarks.slice(0, REPORT_LIMITS.remarksShown).map((remark): Words => {
      const times = remark.times > 1 ? ` ${translate('report.problemCount', { count: remark.times })}` : '';
      const places = remark.places.flatMap((place): Run[] => [' ', code(printablePath(place, translate))]);
      const mark: Run[] = remark.effect === 'lost' ? [{ text: '! ', style: 'unread' }] : [];
      return [...mark, `${printable(remark.message)}${times}`, ...places];
    });
    const more = remarks.length - shown.length;
    return more > 0 ? [...shown, translate('report.notInReport', { count: more })] : shown;
  }

  #method(): PrintBlock[] {
    const { result, translate, options } = this;
    const { tool } = result;
    const records = Object.values(result.counts).reduce((sum, count) => sum + count, 0);
    const { resultSha256 } = options;
    const sentences = [
      translate('report.method.run', {
        startedAt: { time: tool.startedAt },
        finishedAt: { time: tool.finishedAt },
        version: tool.version,
      }),
      translate('report.method.records', { count: records }),
      ...notRecordedWords(result.coverage, translate),
      translate('report.method.repeat'),
      ...(resultSha256
        ? [`${translate('report.method.files')} ${translate('report.method.hash', { sha256: resultSha256 })}`]
        : []),
    ];
    return [
      heading(1, this.#text('sections.method')),
      ...sentences.map(paragraph),
      ...this.#checksTable(),
      heading(2, this.#text('sections.indicators')),
      ...indicatorNotes(result, translate).map(paragraph),
      ...this.#feedTable(),
    ];
  }

  #checksTable(): PrintBlock[] {
    const checks = new Map<string, { detector: string; version: number; count: number }>();
    for (const { detector, version } of this.result.findings) {
      const known = checks.get(detector);
      if (known) known.count += 1;
      else checks.set(detector, { detector, version, count: 1 });
    }
    const rows = [...checks.values()].map(({ detector, version, count }): PrintCell[] => [
      { lines: [detectorName(detector, this.translate), [code(detector)]] },
      this.translate.number(version),
      this.translate.number(count),
    ]);
    return table(
      this.#text('method.checks'),
      [
        this.#column('check', 1),
        this.#column('version', 'narrow', true),
        this.#column('findings', 'narrow', true),
      ],
      rows,
    );
  }

  #feedTable(): PrintBlock[] {
    const { translate } = this;
    const feeds = this.result.indicators.slice(0, REPORT_LIMITS.feedsShown);
    const rows = feeds.map((feed): PrintCell[] => [
      { lines: [[code(printable(feed.feed, PLACE_CHARACTERS))], ...this.#remarks(remarksOf(feed.problems))] },
      shortList(
        feed.families.filter((family) => family !== UNKNOWN_FAMILY),
        6,
      ),
      translate.number(feed.count),
      [code(feed.sha256)],
    ]);
    return [
      ...table(
        this.#text('feeds'),
        [
          this.#column('feed', 1.4),
          this.#column('families', 1),
          this.#column('count', 'narrow', true),
          this.#column('sha256', 1.2),
        ],
        rows,
      ),
      ...this.#leftOut(this.result.indicators.length - feeds.length),
    ];
  }

  #unknown(): PrintBlock[] {
    return [
      heading(1, this.#text('sections.unknown')),
      ...list('bullets', numberedTexts('report.unknown', this.translate)),
    ];
  }
}

function heading(level: 1 | 2 | 3, text: string): PrintBlock {
  return { kind: 'heading', level, text };
}

function paragraph(words: Words): PrintBlock {
  return { kind: 'paragraph', words };
}

function muted(words: Words): PrintBlock {
  return { kind: 'paragraph', look: 'muted', words };
}

function code(text: string): Run {
  return { text, style: 'code' };
}

function list(look: 'bullets' | 'numbers' | 'plain', items: readonly Words[]): PrintBlock[] {
  return items.length === 0 ? [] : [{ kind: 'list', look, items }];
}

function titled(title: string, blocks: readonly PrintBlock[]): PrintBlock[] {
  return blocks.length === 0 ? [] : [heading(3, title), ...blocks];
}

function table(
  caption: string,
  columns: readonly PrintColumn[],
  rows: readonly (readonly PrintCell[])[],
): PrintBlock[] {
  return rows.length === 0 ? [] : [{ kind: 'table', caption, columns, rows }];
}

/** What a drawing says of itself to those who do not see it. */
function alternativeOf(svg: string, caption: string): string {
  const description = /<desc[^>]*>([^<]*)<\/desc>/.exec(svg)?.[1] ?? '';
  const plain = description
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');
  return plain === '' ? caption : `${caption}. ${plain}`;
}
