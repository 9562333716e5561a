import { coverageRows, recordsWords } from '../../report/coverage-rows.js';
import { numberedTexts } from '../../report/notes.js';
import type { PrintBlock, PrintCell } from '../../report/pdf/print-document.js';
import {
  code,
  type DossierContext,
  heading,
  list,
  muted,
  paragraph,
  table,
  utcWords,
} from './dossier-context.js';

const ENTRIES_SHOWN = 2_000;
const COVERAGE_ROWS = 300;

/** All hashes, what checking the log said, and how anybody can check it again. */
export function custodyPart(context: DossierContext): PrintBlock[] {
  const { input, say } = context;
  const { custody } = input;
  const { verdict, receipt } = custody;
  const said =
    verdict.entries === 0 && verdict.ok
      ? say('custody.empty')
      : verdict.ok
        ? say('custody.ok', { count: verdict.entries })
        : verdict.firstBadSeq === null
          ? say('custody.badUnplaced')
          : say('custody.bad', { seq: verdict.firstBadSeq });
  return [
    heading(1, say('custody.heading')),
    paragraph(verdict.ok ? said : [{ text: said, style: 'strong' }]),
    paragraph(say('custody.protects')),
    ...itemTable(context),
    heading(2, say('custody.receipt')),
    ...(receipt
      ? [
          {
            kind: 'facts' as const,
            rows: [
              [say('custody.head'), [code(verdict.headHash ?? '–')]] as const,
              [say('custody.receiptCode'), [code(receipt.code)]] as const,
              [say('custody.receiptWords'), receipt.words.join(' ')] as const,
            ],
          },
        ]
      : [paragraph(say('custody.noReceipt'))]),
    heading(2, say('custody.howHeading')),
    ...list('numbers', numberedTexts('dossier.custody.how', context.translate)),
    ...entryTable(context),
    ...stampTable(context),
  ];
}

function itemTable({ input, say, translate }: DossierContext): PrintBlock[] {
  return table(
    say('custody.items'),
    [
      { label: say('custody.col.label'), width: 'narrow' },
      { label: say('custody.col.what'), width: 1.5 },
      { label: say('custody.col.sha256'), width: 1.2 },
    ],
    input.evidence.map((item): PrintCell[] => [
      item.label,
      {
        lines: [
          item.sourceDescription,
          [code(item.originalName)],
          say('custody.received', {
            at: { time: item.receivedAt },
            zone: translate.timeZone,
            by: item.acquiredBy,
            method: item.method,
          }),
          ...(item.destroyedAt ? [say('custody.destroyed', { at: { time: item.destroyedAt } })] : []),
        ],
      },
      [code(item.sha256)],
    ]),
  );
}

function entryTable({ input, say, labelById }: DossierContext): PrintBlock[] {
  const { entries } = input.custody;
  const shown = entries.slice(0, ENTRIES_SHOWN);
  const more = entries.length - shown.length;
  return [
    ...table(
      say('custody.entries'),
      [
        { label: say('custody.col.seq'), width: 'narrow', isNumber: true },
        { label: say('custody.col.at'), width: 1.1 },
        { label: say('custody.col.action'), width: 1.2 },
        { label: say('custody.col.evidence'), width: 0.8 },
        { label: say('custody.col.hash'), width: 1.8 },
      ],
      shown.map(({ seq, at, actor, action, evidenceId, hash }): PrintCell[] => [
        String(seq),
        utcWords(at),
        { lines: [actionWords(action, say), actor] },
        evidenceId === null ? '–' : (labelById.get(evidenceId) ?? evidenceId),
        [code(hash)],
      ]),
    ),
    ...(more > 0 ? [paragraph(say('custody.leftOut', { count: more }))] : []),
  ];
}

const ACTIONS: ReadonlySet<string> = new Set([
  'receive',
  'hash',
  'copy',
  'verify-ok',
  'verify-fail',
  'open',
  'analyse',
  'transfer-out',
  'transfer-in',
  'redact',
  'export',
  'consent-change',
  'retention-hold',
  'destroy',
  'clock-note',
]);

/** A log whose check failed may hold any word. */
function actionWords(action: string, say: DossierContext['say']): string {
  return ACTIONS.has(action) ? say(`custody.action.${action}`) : action;
}

function stampTable({ input, say }: DossierContext): PrintBlock[] {
  if (input.stamps.length === 0)
    return [
      { kind: 'paragraph', look: 'caption', words: say('custody.stamps') },
      paragraph(say('custody.noStamps')),
    ];
  return table(
    say('custody.stamps'),
    [
      { label: say('custody.col.digest'), width: 1.6 },
      { label: say('custody.col.state'), width: 1.4 },
    ],
    input.stamps.map(({ kind, digest, state, at, by }): PrintCell[] => [
      [code(digest)],
      {
        lines: [
          say(`custody.stampState.${state}`, { at: at === null ? '–' : { time: at } }),
          `${kind === 'rfc3161' ? 'RFC 3161' : 'OpenTimestamps'} · ${by}`,
        ],
      },
    ]),
  );
}

/** Left blank: only the one who examined can say it. */
export function expertPart({ say, translate }: DossierContext): PrintBlock[] {
  const labels = numberedTexts('dossier.expert.blanks', translate);
  return [
    // A form of its own, to be signed.
    { kind: 'page-break' },
    heading(1, say('expert.heading')),
    muted(say('expert.intro')),
    ...labels.map((label, index): PrintBlock => ({ kind: 'blank', label, lines: index === 0 ? 1 : 3 })),
    { kind: 'page-break' },
  ];
}

export function methodPart(context: DossierContext): PrintBlock[] {
  const { input, say, translate } = context;
  const { runs } = input;
  if (runs.length === 0) return [heading(1, say('method.heading')), paragraph(say('method.none'))];
  const coverage = runs.flatMap((run) =>
    coverageRows(run.result.coverage).map((row): PrintCell[] => [
      run.id,
      { lines: [row.name, ...row.remarks.map(({ message }) => message)] },
      row.statuses.map(([status]) => translate(`status.${status}`)).join(', '),
      recordsWords(row, translate),
    ]),
  );
  return [
    heading(1, say('method.heading')),
    ...runs.map((run) =>
      paragraph(
        say('method.run', {
          run: run.id,
          version: run.result.tool.version,
          time: { time: run.result.tool.startedAt },
          sha256: run.resultSha256,
        }),
      ),
    ),
    paragraph(say('method.offline')),
    ...runs.map(({ id, result }) =>
      paragraph(say('unknown.gaps', { run: id, text: result.verdict.coverage })),
    ),
    ...table(
      say('method.coverage'),
      [
        { label: say('method.col.run'), width: 'narrow' },
        { label: say('method.col.part'), width: 2.4 },
        { label: say('method.col.status'), width: 1 },
        { label: say('method.col.records'), width: 'narrow', isNumber: true },
      ],
      coverage.slice(0, COVERAGE_ROWS),
    ),
    ...(coverage.length > COVERAGE_ROWS
      ? [paragraph(translate('report.notInReport', { count: coverage.length - COVERAGE_ROWS }))]
      : []),
    ...feedTable(context),
  ];
}

function feedTable({ input, say, translate }: DossierContext): PrintBlock[] {
  const feeds = new Map(
    input.runs.flatMap(({ result }) => result.indicators.map((feed) => [feed.sha256, feed])),
  );
  return table(
    say('method.feeds'),
    [
      { label: say('method.col.feed'), width: 1.2 },
      { label: say('method.col.count'), width: 'narrow', isNumber: true },
      { label: 'SHA-256', width: 1.6 },
    ],
    [...feeds.values()].map(({ feed, count, sha256 }): PrintCell[] => [
      feed,
      translate.number(count),
      [code(sha256)],
    ]),
  );
}

export function glossaryPart({ say, translate }: DossierContext): PrintBlock[] {
  const rows: (readonly [string, string])[] = [];
  for (let index = 0; translate.has(`dossier.glossary.terms.${index}.0`); index += 1)
    rows.push([say(`glossary.terms.${index}.0`), say(`glossary.terms.${index}.1`)]);
  return [heading(1, say('glossary.heading')), { kind: 'facts', rows }];
}

export function unknownPart({ input, say, translate }: DossierContext): PrintBlock[] {
  const attribution = input.case.statements.attribution.trim();
  return [
    heading(1, say('unknown.heading')),
    ...list('bullets', [
      attribution === '' ? say('unknown.attribution') : say('unknown.recorded', { text: attribution }),
      ...numberedTexts('dossier.unknown.items', translate),
    ]),
  ];
}
