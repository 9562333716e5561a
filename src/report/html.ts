import { createHash } from 'node:crypto';
import { ATTACHMENT_FOLDER } from '../core/attachment.js';
import { compareText } from '../core/compare-text.js';
import type { TimePrecision } from '../core/contracts.js';
import { UNKNOWN_FAMILY } from '../core/indicator.js';
import type { Translator } from '../core/language.js';
import type { Result, ResultFinding } from '../core/result.js';
import type { Figure } from './chart-parts.js';
import {
  type CoverageRow,
  coverageRows,
  coversSeveral,
  notRecordedWords,
  passedOverWords,
  type Remark,
  recordsWords,
  remarksOf,
} from './coverage-rows.js';
import { dayFormat, timeWords } from './dates.js';
import { type FindingBlock, findingBlocks, firstSteps, severityTally } from './finding-blocks.js';
import { chartTitle, datedFindings, findingsChart } from './findings-chart.js';
import { code, type Html, join, list, markup, NOTHING, raw, table, text } from './html-parts.js';
import { STYLE } from './html-style.js';
import { confidencePicture, severityPicture } from './marks.js';
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
} from './notes.js';
import { type DrawnPicture, picturesOf } from './pictures.js';
import { printable } from './printable.js';
import { REPORT_LIMITS } from './report-limits.js';

export interface HtmlOptions {
  /** SHA-256 of the result.json written beside the report. */
  readonly resultSha256?: string;
  /** Pictures by finding, where they were drawn before. */
  readonly pictures?: ReadonlyMap<string, DrawnPicture>;
}

/** Above so many rows the table under the figure is folded. */
const OPEN_ROWS = 30;

/**
 * The report as one HTML file: no script, no link, no outside request, addresses defanged, made to be printed. Evidence
 * only ever becomes text: everything goes through one escape function, and the page's own policy forbids the rest.
 */
export async function renderHtml(
  result: Result,
  translate: Translator,
  options: HtmlOptions = {},
): Promise<string> {
  const pictures = options.pictures ?? (await picturesOf(result.findings, translate));
  const report = new HtmlReport(result, translate, options, pictures);
  return report.render(await findingsChart(result.findings, translate));
}

class HtmlReport {
  /** Findings that may still be listed: very many are counted instead. */
  #listable = REPORT_LIMITS.listedFindings;

  constructor(
    readonly result: Result,
    readonly translate: Translator,
    readonly options: HtmlOptions,
    readonly pictures: ReadonlyMap<string, DrawnPicture>,
  ) {}

  render(chart: string | null): string {
    const t = this.#text;
    const policy = [
      "default-src 'none'",
      `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; ');
    const { html } = markup`<!doctype html>
<html lang="${this.translate.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Vigía · ${t('title')}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<p class="brand">Vigía</p>
<h1>${t('title')}</h1>
${this.#about()}
</header>
<main>
${this.#onePage()}
${this.#coverage()}
${this.#findings()}
${chart === null ? NOTHING : this.#timeline(raw(chart))}
${this.#method()}
${this.#unknown()}
</main>
</body>
</html>
`;
    return html;
  }

  readonly #text = (key: string): string => this.translate(`report.${key}`);

  #column(name: string, className?: 'number' | 'wide' | 'narrow') {
    const label = this.#text(`columns.${name}`);
    return className ? { label, className } : { label };
  }

  #about(): Html {
    const { tool, consent } = this.result;
    const generated = this.translate('report.meta.generated', {
      version: tool.version,
      time: { time: tool.finishedAt },
      zone: this.translate.timeZone,
    });
    const agreed = consent
      ? this.translate('report.meta.consent', { consent })
      : this.#text('meta.noConsent');
    return markup`<p class="muted">${generated}</p>
<p class="muted">${agreed}</p>
<p class="muted">${this.#text('meta.whatItIs')} ${this.#text('meta.linksDefanged')}</p>`;
  }

  /** For the person concerned: what was seen and what to do, without reading further. */
  #onePage(): Html {
    const { result, translate } = this;
    const advice = nothingFoundAdvice(result, translate);
    const steps = advice ? advice.steps : firstSteps(result.findings, REPORT_LIMITS.stepsInBrief);
    return markup`<section class="card">
<h2>${this.#text('verdictHeading')}</h2>
<p class="lead">${result.verdict.text}</p>
<p>${result.verdict.coverage}</p>
${this.#tally()}
${advice ? markup`<h3>${advice.heading}</h3><p>${advice.intro}</p>` : steps.length > 0 ? markup`<h3>${this.#text('toDo')}</h3>` : NOTHING}
${list('ol', steps)}
${this.#inBrief()}
</section>`;
  }

  #tally(): Html {
    const items = severityTally(this.result.findings).map(([severity, count]) => {
      const words = this.translate('report.tally', {
        severity: this.translate(`severity.${severity}`),
        count,
      });
      return markup`<span class="severity ${severity}">${raw(severityPicture(severity))} ${words}</span>`;
    });
    return list('ul', items, 'tally');
  }

  #inBrief(): Html {
    const { translate } = this;
    const blocks = findingBlocks(this.result.findings, 1);
    if (blocks.length < 2) return NOTHING;
    const day = dayFormat(translate);
    const rows = blocks.slice(0, REPORT_LIMITS.rowsInBrief).map((block) => {
      const all = [...block.full, ...block.listed];
      const dated = all.filter(({ at }) => at !== null).sort((a, b) => compareText(a.at ?? '', b.at ?? ''));
      const [first, last] = [dated[0], dated.at(-1)].map((one) =>
        one?.at ? day(one.at, one.atPrecision) : '',
      );
      const dates = !first ? translate('report.undated') : first === last ? first : `${first} – ${last}`;
      const more = all.length > 1 ? ` (${translate('report.alike', { count: all.length - 1 })})` : '';
      return [this.#severity(block.severity), markup`${all[0]?.title ?? ''}${more}`, text(dates)];
    });
    const more = blocks
      .slice(REPORT_LIMITS.rowsInBrief)
      .reduce((sum, block) => sum + block.full.length + block.listed.length, 0);
    return markup`${table(
      this.#text('inBrief'),
      [this.#column('severity', 'narrow'), this.#column('finding'), this.#column('date', 'narrow')],
      rows,
    )}${more > 0 ? markup`<p class="muted">${translate('report.alsoFindings', { count: more })}</p>` : NOTHING}`;
  }

  #severity(severity: ResultFinding['severity']): Html {
    return markup`<span class="severity ${severity}">${raw(severityPicture(severity))} ${this.translate(`severity.${severity}`)}</span>`;
  }

  #leftOut(count: number): Html {
    return count > 0 ? markup`<p>${this.translate('report.notInReport', { count })}</p>` : NOTHING;
  }

  #findings(): Html {
    const { findings } = this.result;
    const count = this.translate('report.findingsCount', { count: findings.length });
    const blocks = findingBlocks(findings, REPORT_LIMITS.fullPerBlock).map((block) => this.#block(block));
    return markup`<section>
<h2>${this.#text('sections.findings')}</h2>
<p>${count}.</p>
${blocks}
</section>`;
  }

  #block(block: FindingBlock): Html {
    const first = block.full[0] ?? null;
    const articles = block.full.map((finding) => this.#finding(finding, finding === first ? null : first));
    return markup`${articles}${block.listed.length > 0 ? this.#listed(block, first) : NOTHING}`;
  }

  /** @param like - the finding that already told the harmless causes and next steps, or null */
  #finding(finding: ResultFinding, like: ResultFinding | null): Html {
    const { translate } = this;
    const when = timeWords(finding.at, translate, finding.atPrecision);
    const shown = finding.evidence.slice(0, REPORT_LIMITS.placesShown);
    const places = shown.map((place) => code(placeWords(place, translate)));
    const more = finding.evidenceTotal - shown.length;
    if (more > 0) places.push(text(translate('report.morePlaces', { count: more })));
    const causes = heading4(finding.benignCauses.length > 0, this.#text('benignCauses'));
    const steps = heading4(finding.nextSteps.length > 0, this.#text('nextSteps'));
    const lists = markup`${causes}${list('ul', finding.benignCauses)}
${steps}${list('ol', finding.nextSteps)}`;
    const hasLists = finding.benignCauses.length + finding.nextSteps.length > 0;
    const advice = !like
      ? lists
      : hasLists
        ? markup`<details><summary>${translate('report.sameLists', { id: like.id })}</summary>${lists}</details>`
        : NOTHING;
    const reasons = reasonLines(finding, translate);
    const technique = finding.technique
      ? ` · ${translate('report.technique', { technique: finding.technique })}`
      : '';
    const detector = translate('report.detectorLine', {
      detector: finding.detector,
      version: finding.version,
    });
    return markup`<article class="finding">
<p class="meta">${this.#severity(finding.severity)} · ${raw(confidencePicture(finding.confidence))} ${translate(`confidence.${finding.confidence}`)} · ${when} · ${finding.id}</p>
<h3>${finding.title}</h3>
<p>${finding.explanation}</p>
${indicatorLines(finding, translate).map((line) => markup`<p class="muted">${line}</p>`)}
${heading4(reasons.length > 0, reasonsHeading(finding, translate))}${list('ul', reasons)}
${this.#picture(finding)}
${advice}${this.#attachments(finding)}
<h4>${this.#text('where')}</h4>
${list('ul', places, 'places')}
<p class="muted">${detector}${technique}</p>
</article>
`;
  }

  /** Names of the files that go with it, which lie beside the report. */
  #attachments({ attachments = [] }: ResultFinding): Html {
    const names = attachments.map(({ name }) => code(`${ATTACHMENT_FOLDER}/${name}`));
    return markup`${heading4(names.length > 0, this.#text('attachments'))}${list('ul', names, 'places')}`;
  }

  #picture(finding: ResultFinding): Html {
    const figures = this.pictures.get(finding.id)?.figures ?? [];
    return join(
      figures.map(
        (figure) => markup`<figure><figcaption>${figure.caption}</figcaption>${raw(figure.svg)}
${figure.notes.map((note) => markup`<p class="muted">${note}</p>\n`)}</figure>${this.#figureTable(figure)}`,
      ),
    );
  }

  /** What a figure shows, in words. Folded on a screen; open in print when it says more than the drawing. */
  #figureTable({ table: data, caption }: Figure): Html {
    if (!data) return NOTHING;
    const columns = data.columns.map(({ label, isCount }) =>
      isCount ? { label, className: 'number' as const } : { label },
    );
    const rows = data.rows.map((cells) => cells.map(text));
    const open = raw(data.isDrawn ? '<details class="drawn">' : '<details class="data figure">');
    return markup`${open}<summary>${this.#text('servers.table')}</summary>${table(caption, columns, rows)}${this.#leftOut(data.leftOut)}</details>
`;
  }

  /** Findings like the ones told in full: what differs, with the explanation folded away. */
  #listed(block: FindingBlock, like: ResultFinding | null): Html {
    const { translate } = this;
    const shown = block.listed.slice(0, Math.max(0, this.#listable));
    this.#listable -= shown.length;
    const rows = shown.map((finding) => {
      const observed = finding.indicator ? markup` ${code(indicatorValue(finding.indicator))}` : NOTHING;
      const more = finding.evidenceTotal - 1;
      const others = more > 0 ? markup` ${translate('report.morePlaces', { count: more })}` : NOTHING;
      const place = finding.evidence[0];
      return [
        text(finding.id),
        text(timeWords(finding.at, translate, finding.atPrecision)),
        markup`<details><summary>${finding.title}</summary><p>${finding.explanation}</p>${list('ul', reasonLines(finding, translate))}</details>${observed}`,
        markup`${place ? code(placeWords(place, translate)) : NOTHING}${others}`,
      ];
    });
    const more = block.listed.length - shown.length;
    return markup`<article class="finding">
<p class="meta">${this.#severity(block.severity)}</p>
<h3>${translate('report.moreOfSame', {
      count: block.listed.length,
      detector: detectorName(block.detector, translate),
      id: like ? like.id : 'none',
    })}</h3>
${table(
  this.#text('sections.findings'),
  [this.#column('id'), this.#column('time'), this.#column('finding', 'wide'), this.#column('place')],
  rows,
)}
${this.#leftOut(more)}
</article>
`;
  }

  #timeline(chart: Html): Html {
    const { translate } = this;
    const { findings } = this.result;
    const dated = datedFindings(findings);
    const rows = dated
      .slice(0, REPORT_LIMITS.datedRows)
      .map(({ finding, at }) => [
        text(translate.time(at)),
        this.#severity(finding.severity),
        markup`${finding.title} (${finding.id})`,
      ]);
    const data = table(
      this.#text('chart.table'),
      [this.#column('time', 'narrow'), this.#column('severity', 'narrow'), this.#column('finding')],
      rows,
    );
    const folded = raw(
      rows.length > REPORT_LIMITS.printedRows ? '<details class="drawn">' : '<details class="data">',
    );
    const more = dated.length - rows.length;
    const undated = translate('report.chart.undated', { count: findings.length - dated.length });
    return markup`<section>
<h2>${this.#text('sections.timeline')}</h2>
<figure><figcaption>${chartTitle(findings, translate)}</figcaption>${chart}</figure>
${rows.length > OPEN_ROWS ? markup`${folded}<summary>${this.#text('chart.table')}</summary>${data}</details>` : data}
${this.#leftOut(more)}
${undated === '' ? NOTHING : markup`<p>${undated}</p>`}
</section>`;
  }

  #coverage(): Html {
    const { result, translate } = this;
    const absent = absentGroups(result, translate).map((line) => markup`<p>${line}</p>\n`);
    return markup`<section>
<h2>${this.#text('sections.coverage')}</h2>
${this.#evidenceTable()}
${this.#coverageTable()}
${absent}
</section>`;
  }

  #evidenceTable(): Html {
    const { translate } = this;
    const items = this.result.evidence.slice(0, REPORT_LIMITS.evidenceShown);
    const rows = items.map((item) => {
      const notes = [
        text(kindWords(item, translate)),
        ...evidenceNotes(item, translate).map(text),
        ...this.#remarks(remarksOf(item.problems)),
      ];
      return [
        text(item.id),
        markup`${code(printablePath(item.path, translate))}${list('ul', notes, 'notes muted')}`,
        item.sha256 ? code(item.sha256) : text(translate('report.details.notHashed')),
      ];
    });
    const more = this.result.evidence.length - items.length;
    return markup`${table(
      this.#text('sections.evidence'),
      [this.#column('id'), this.#column('evidence', 'wide'), this.#column('sha256')],
      rows,
    )}${this.#leftOut(more)}`;
  }

  #coverageTable(): Html {
    const { translate } = this;
    const several = coversSeveral(this.result.coverage);
    const time = (at: string | null, precision?: TimePrecision): Html =>
      text(at ? timeWords(at, translate, precision) : '–');
    // With one column more the times have to break.
    const narrow: ['narrow'?] = several ? [] : ['narrow'];
    const rows = coverageRows(this.result.coverage).map((row) => [
      this.#part(row),
      ...(several ? [text(row.evidence)] : []),
      this.#statuses(row),
      text(recordsWords(row, translate)),
      time(row.firstAt, row.precision),
      time(row.lastAt, row.precision),
    ]);
    return table(
      this.#text('partByPart'),
      [
        this.#column('part', 'wide'),
        ...(several ? [this.#column('evidence')] : []),
        this.#column('status'),
        this.#column('records', 'number'),
        this.#column('from', ...narrow),
        this.#column('to', ...narrow),
      ],
      rows,
    );
  }

  #part(row: CoverageRow): Html {
    const { translate } = this;
    const paths = row.artifacts
      .slice(0, REPORT_LIMITS.filesFolded)
      .map((path) => code(printablePath(path, translate)));
    const files =
      paths.length <= REPORT_LIMITS.filesShown
        ? list('ul', paths, 'notes')
        : markup`<details class="data"><summary>${translate('report.files', { count: row.artifacts.length })}</summary>${list('ul', paths, 'notes')}</details>`;
    const passedOver = passedOverWords(row, translate);
    const notes = [...(passedOver === null ? [] : [text(passedOver)]), ...this.#remarks(row.remarks)];
    return markup`${row.name}${files}${list('ul', notes, 'notes muted')}`;
  }

  #statuses(row: CoverageRow): Html {
    const { translate } = this;
    const words = row.statuses.map(([status, count]) => {
      const word = translate(`status.${status}`);
      const said =
        row.statuses.length === 1 ? word : translate('report.statusFiles', { status: word, count });
      const isUnread = status === 'unreadable' || status === 'partial' || status === 'encrypted';
      return isUnread ? markup`<span class="unread">${said}</span>` : text(said);
    });
    return words.length === 1 ? join(words) : list('ul', words, 'notes');
  }

  #remarks(remarks: readonly Remark[]): Html[] {
    const { translate } = this;
    const shown = remarks.slice(0, REPORT_LIMITS.remarksShown).map((remark) => {
      const times = remark.times > 1 ? ` ${translate('report.problemCount', { count: remark.times })}` : '';
      const places = remark.places.map((place) => markup` ${code(printablePath(place, translate))}`);
      const sentence = markup`${remark.message}${times}${places}`;
      return remark.effect === 'lost' ? markup`<span class="lost">${sentence}</span>` : sentence;
    });
    const more = remarks.length - shown.length;
    return more > 0 ? [...shown, text(translate('report.notInReport', { count: more }))] : shown;
  }

  #method(): Html {
    const { result, translate, options } = this;
    const { tool } = result;
    const records = Object.values(result.counts).reduce((sum, count) => sum + count, 0);
    const sentences = [
      translate('report.method.run', {
        startedAt: { time: tool.startedAt },
        finishedAt: { time: tool.finishedAt },
        version: tool.version,
      }),
      translate('report.method.records', { count: records }),
      ...notRecordedWords(result.coverage, translate),
      translate('report.method.repeat'),
    ];
    const { resultSha256 } = options;
    if (resultSha256) {
      sentences.push(
        `${translate('report.method.files')} ${translate('report.method.hash', { sha256: resultSha256 })}`,
      );
    }
    return markup`<section>
<h2>${this.#text('sections.method')}</h2>
${sentences.map((sentence) => markup`<p>${sentence}</p>\n`)}
${this.#checksTable()}
<h3>${this.#text('sections.indicators')}</h3>
${indicatorNotes(result, translate).map((note) => markup`<p>${note}</p>\n`)}
${this.#feedTable()}
</section>`;
  }

  #checksTable(): Html {
    const checks = new Map<string, { detector: string; version: number; count: number }>();
    for (const { detector, version } of this.result.findings) {
      const known = checks.get(detector);
      if (known) known.count += 1;
      else checks.set(detector, { detector, version, count: 1 });
    }
    const rows = [...checks.values()].map(({ detector, version, count }) => [
      markup`${detectorName(detector, this.translate)}${list('ul', [code(detector)], 'notes')}`,
      text(this.translate.number(version)),
      text(this.translate.number(count)),
    ]);
    return table(
      this.#text('method.checks'),
      [this.#column('check', 'wide'), this.#column('version', 'number'), this.#column('findings', 'number')],
      rows,
    );
  }

  #feedTable(): Html {
    const { translate } = this;
    const feeds = this.result.indicators.slice(0, REPORT_LIMITS.feedsShown);
    const rows = feeds.map((feed) => [
      markup`${code(printable(feed.feed, PLACE_CHARACTERS))}${list('ul', this.#remarks(remarksOf(feed.problems)), 'notes muted')}`,
      text(
        shortList(
          feed.families.filter((family) => family !== UNKNOWN_FAMILY),
          6,
        ),
      ),
      text(translate.number(feed.count)),
      code(feed.sha256),
    ]);
    const more = this.result.indicators.length - feeds.length;
    return markup`${table(
      this.#text('feeds'),
      [
        this.#column('feed', 'wide'),
        this.#column('families'),
        this.#column('count', 'number'),
        this.#column('sha256'),
      ],
      rows,
    )}${this.#leftOut(more)}`;
  }

  #unknown(): Html {
    return markup`<section>
<h2>${this.#text('sections.unknown')}</h2>
${list('ul', numberedTexts('report.unknown', this.translate))}
</section>`;
  }
}

function heading4(shown: boolean, words: string): Html {
  return shown ? markup`<h4>${words}</h4>` : NOTHING;
}
