import { createHash } from 'node:crypto';
import type { Translator } from '../core/language.js';
import { visibleText } from '../core/language.js';
import type { Result, ResultCoverage, ResultFinding, ResultProblem } from '../core/result.js';
import { defang } from '../records/links.js';
import { findingsChart, SEVERITY_INKS } from './findings-chart.js';
import { SEVERITY_MARKS } from './marks.js';
import { absentGroups, coverageNotes, evidenceNotes } from './notes.js';

/** Places listed under one finding in the report; result.json lists more. */
const PLACES_SHOWN = 20;

/**
 * The report as one HTML file: no script, no outside request, links defanged, made to be printed. Evidence only ever
 * becomes text: everything goes through one escape function, and the page's own policy forbids the rest.
 */
export async function renderHtml(result: Result, translate: Translator): Promise<string> {
  const t = (key: string): string => escapeHtml(translate(`report.${key}`));
  const chart = await findingsChart(result.findings, translate);
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
  const generated = translate('report.meta.generated', {
    version: result.tool.version,
    time: { time: result.tool.finishedAt },
    zone: translate.timeZone,
  });
  const consent = result.consent
    ? translate('report.meta.consent', { consent: result.consent })
    : translate('report.meta.noConsent');

  return `<!doctype html>
<html lang="${translate.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Vigía · ${t('title')}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p class="brand">Vigía</p>
<h1>${t('title')}</h1>
<p class="muted">${escapeHtml(generated)}</p>
<p class="muted">${escapeHtml(consent)}</p>
</header>
<main>
<section class="verdict">
<h2>${t('verdictHeading')}</h2>
<p class="lead">${escapeHtml(result.verdict.text)}</p>
<p>${escapeHtml(result.verdict.coverage)}</p>
<p class="muted">${t('meta.whatItIs')} ${t('meta.linksDefanged')}</p>
</section>
<section>
<h2>${t('sections.findings')}</h2>
<p>${escapeHtml(translate('report.findingsCount', { count: result.findings.length }))}</p>
${result.findings.map((finding) => findingHtml(finding, translate)).join('\n')}
${result.findings.length === 0 ? nothingFound(translate) : ''}
</section>
${chart ? chartSection(chart, result, translate) : ''}
<section>
<h2>${t('sections.coverage')}</h2>
${evidenceTable(result, translate)}
${coverageTable(result.coverage, translate)}
${absentGroups(result, translate)
  .map((line) => `<p>${escapeHtml(line)}</p>`)
  .join('\n')}
</section>
<section>
<h2>${t('sections.indicators')}</h2>
${indicatorTable(result, translate)}
</section>
</main>
</body>
</html>
`;
}

function findingHtml(finding: ResultFinding, translate: Translator): string {
  const t = (key: string): string => escapeHtml(translate(`report.${key}`));
  const when = finding.at ? translate.time(finding.at) : translate('report.undated');
  const places = finding.evidence
    .slice(0, PLACES_SHOWN)
    .map(
      (place) =>
        `<li><code>${evidenceText(`${place.evidence} ${place.path} › `)}${place.locator === '' ? t('wholeFile') : evidenceText(place.locator)}</code></li>`,
    );
  const more = finding.evidenceTotal - places.length;
  if (more > 0) places.push(`<li>${escapeHtml(translate('report.morePlaces', { count: more }))}</li>`);
  const list = (tag: 'ul' | 'ol', items: readonly string[]): string =>
    `<${tag}>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</${tag}>`;
  return `<article class="finding ${finding.severity}">
<p class="meta"><span class="severity">${SEVERITY_MARKS[finding.severity]} ${escapeHtml(translate(`severity.${finding.severity}`))}</span> · ${escapeHtml(translate(`confidence.${finding.confidence}`))} · ${escapeHtml(when)} · ${finding.id}</p>
<h3>${escapeHtml(finding.title)}</h3>
<p>${escapeHtml(finding.explanation)}</p>
${indicatorHtml(finding, translate)}
${finding.benignCauses.length > 0 ? `<h4>${t('benignCauses')}</h4>${list('ul', finding.benignCauses)}` : ''}
${finding.nextSteps.length > 0 ? `<h4>${t('nextSteps')}</h4>${list('ol', finding.nextSteps)}` : ''}
<h4>${t('where')}</h4>
<ul class="places">${places.join('')}</ul>
<p class="muted">${escapeHtml(translate('report.detectorLine', { detector: finding.detector, version: finding.version }))}${
    finding.technique
      ? ` · ${escapeHtml(translate('report.technique', { technique: finding.technique }))}`
      : ''
  }</p>
</article>`;
}

function indicatorHtml(finding: ResultFinding, translate: Translator): string {
  if (!finding.indicator) return '';
  const { type, family, feed, sources } = finding.indicator;
  const value = defang(finding.indicator.value);
  const lines = [translate('report.indicatorLine', { type, value, family, feed })];
  const others = (sources ?? []).map((source) => source.feed).filter((name) => name !== feed);
  if (others.length > 0)
    lines.push(translate('report.indicatorSources', { feeds: [...new Set(others)].join(', ') }));
  return lines.map((line) => `<p class="indicator">${escapeHtml(line)}</p>`).join('');
}

function nothingFound(translate: Translator): string {
  const steps: string[] = [];
  for (let n = 0; translate.has(`report.nothingFound.steps.${n}`); n += 1) {
    steps.push(`<li>${escapeHtml(translate(`report.nothingFound.steps.${n}`))}</li>`);
  }
  return `<h3>${escapeHtml(translate('report.sections.notFound'))}</h3>
<p>${escapeHtml(translate('report.nothingFound.intro'))}</p><ol>${steps.join('')}</ol>`;
}

function chartSection(chart: string, result: Result, translate: Translator): string {
  const column = (name: string): string =>
    `<th scope="col">${escapeHtml(translate(`report.columns.${name}`))}</th>`;
  const dated = result.findings
    .flatMap((finding) => (finding.at === null ? [] : [{ finding, at: finding.at }]))
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  const rows = dated.map(
    ({ finding, at }) =>
      `<tr><td>${escapeHtml(translate.time(at))}</td><td>${SEVERITY_MARKS[finding.severity]} ${escapeHtml(translate(`severity.${finding.severity}`))}</td><td>${escapeHtml(finding.title)} (${finding.id})</td></tr>`,
  );
  const undated = translate('report.chart.undated', { count: result.findings.length - dated.length });
  return `<section>
<h2>${escapeHtml(translate('report.sections.timeline'))}</h2>
<figure>${chart}</figure>
<table><thead><tr>${column('time')}${column('severity')}${column('finding')}</tr></thead><tbody>${rows.join('')}</tbody></table>
${undated === '' ? '' : `<p>${escapeHtml(undated)}</p>`}
</section>`;
}

function evidenceTable(result: Result, translate: Translator): string {
  const column = (name: string): string =>
    `<th scope="col">${escapeHtml(translate(`report.columns.${name}`))}</th>`;
  const rows = result.evidence.map((item) => {
    const kind = translate.has(`report.kinds.${item.kind}`)
      ? translate(`report.kinds.${item.kind}`)
      : item.kind;
    const notes = [
      ...evidenceNotes(item, translate).map((note) => escapeHtml(note)),
      ...item.problems.map(problemHtml),
    ];
    const hash = item.sha256
      ? `<code>${escapeHtml(item.sha256)}</code>`
      : escapeHtml(translate('report.details.noHash'));
    return `<tr><td>${item.id}</td><td>${evidenceText(item.path)}<br>${escapeHtml(kind)}${notes.map((note) => `<br><span class="muted">${note}</span>`).join('')}</td><td>${hash}</td></tr>`;
  });
  return `<h3>${escapeHtml(translate('report.sections.evidence'))}</h3>
<table><thead><tr><th></th>${column('evidence')}${column('sha256')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function coverageTable(coverage: readonly ResultCoverage[], translate: Translator): string {
  const column = (name: string): string =>
    `<th scope="col">${escapeHtml(translate(`report.columns.${name}`))}</th>`;
  const rows = coverage
    .filter((entry) => entry.status !== 'absent')
    .map((entry) => {
      const records = Object.values(entry.records).reduce((sum, count) => sum + count, 0);
      const problems = coverageNotes(entry).map(
        (problem) => `<br><span class="muted">${problemHtml(problem)}</span>`,
      );
      const time = (at: string | null): string => (at ? escapeHtml(translate.time(at)) : '–');
      return `<tr><td>${escapeHtml(entry.name)}<br><code>${evidenceText(`${entry.evidence} ${entry.artifact}`)}</code>${problems.join('')}</td><td class="status-${entry.status}">${escapeHtml(translate(`status.${entry.status}`))}</td><td class="number">${escapeHtml(translate.number(records))}</td><td>${time(entry.firstAt)}</td><td>${time(entry.lastAt)}</td></tr>`;
    });
  if (rows.length === 0) return '';
  return `<table><thead><tr>${column('part')}${column('status')}${column('records')}${column('from')}${column('to')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function indicatorTable(result: Result, translate: Translator): string {
  const column = (name: string): string =>
    `<th scope="col">${escapeHtml(translate(`report.columns.${name}`))}</th>`;
  const count = result.indicators.reduce((sum, feed) => sum + feed.count, 0);
  const summary = translate('report.indicatorSummary', { count, feeds: result.indicators.length });
  const starterOnly = result.indicators.length === 1 && result.indicators[0]?.feed === 'vigia-starter';
  const rows = result.indicators.map(
    (feed) =>
      `<tr><td>${evidenceText(feed.feed)}${feed.problems.map((problem) => `<br><span class="muted">${problemHtml(problem)}</span>`).join('')}</td><td>${evidenceText(shortList(feed.families))}</td><td class="number">${escapeHtml(translate.number(feed.count))}</td><td><code>${escapeHtml(feed.sha256)}</code></td></tr>`,
  );
  return `<p>${escapeHtml(summary)}</p>
${starterOnly ? `<p>${escapeHtml(translate('report.starterOnly'))}</p>` : ''}
${rows.length === 0 ? '' : `<table><thead><tr>${column('feed')}${column('families')}${column('count')}${column('sha256')}</tr></thead><tbody>${rows.join('')}</tbody></table>`}`;
}

function shortList(names: readonly string[]): string {
  return names.length <= 6 ? names.join(', ') : `${names.slice(0, 6).join(', ')} … (${names.length})`;
}

function problemHtml(problem: ResultProblem): string {
  const place = [problem.path, problem.locator].filter((part) => part !== '').join(' › ');
  return `${escapeHtml(problem.message)}${place === '' ? '' : ` <code>${evidenceText(place)}</code>`}`;
}

/** Text of the evidence: its hidden characters shown, its direction kept to itself. */
function evidenceText(text: string): string {
  return `<bdi>${escapeHtml(visibleText(text))}</bdi>`;
}

/** The one place where text becomes HTML. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

// System fonts only; inks of the visual language (contrast computed there). Severity colour is ink, never a background.
const STYLE = `
:root { color: #1b2126; background: #ffffff; font: 16px/1.5 system-ui, "Noto Sans", sans-serif; }
body { max-width: 56rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 2rem; line-height: 1.3; margin: 0 0 .5rem; }
h2 { font-size: 1.5rem; line-height: 1.3; margin: 2.5rem 0 .75rem; border-bottom: 1px solid #78838d; }
h3 { font-size: 1.25rem; line-height: 1.3; margin: .5rem 0; }
h4 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: .25rem 0 .5rem; }
code { font: .8125rem/1.4 ui-monospace, "Noto Sans Mono", monospace; overflow-wrap: anywhere; }
.brand { color: #125c66; font-weight: 700; letter-spacing: .04em; margin: 0; }
.muted { color: #55606a; font-size: .875rem; }
.lead { font-size: 1.125rem; font-weight: 600; }
.verdict { border: 1px solid #78838d; border-radius: 6px; padding: 0 1.25rem 1rem; background: #f6f7f8; margin-top: 1.5rem; }
.verdict h2 { border: 0; margin-top: 1rem; }
.finding { border: 1px solid #78838d; border-left-width: 6px; border-radius: 4px; padding: .75rem 1.25rem; margin: 1rem 0; break-inside: avoid; }
.finding .meta { font-size: .875rem; margin: 0; }
.severity { font-weight: 700; }
${Object.entries(SEVERITY_INKS)
  .map(
    ([severity, ink]) =>
      `.${severity} .severity { color: ${ink}; } .finding.${severity} { border-left-color: ${ink}; }`,
  )
  .join('\n')}
.indicator { font-size: .875rem; overflow-wrap: anywhere; }
.places { padding-left: 1.25rem; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; margin: .75rem 0; }
th, td { text-align: left; vertical-align: top; padding: .375rem .5rem; border-bottom: 1px solid #c9d0d6; }
th { background: #eceff1; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.status-unreadable, .status-partial, .status-encrypted { font-weight: 700; }
figure { margin: 1rem 0; overflow-x: auto; }
svg { max-width: 100%; height: auto; }
@media print {
  :root { font-size: 11pt; }
  body { max-width: none; padding: 0; }
  h2 { break-after: avoid; }
  tr { break-inside: avoid; }
}
`;
