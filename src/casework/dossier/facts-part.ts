import type { Severity } from '../../core/contracts.js';
import type { ResultFeed } from '../../core/result.js';
import { defang } from '../../records/links.js';
import { timeWords } from '../../report/dates.js';
import { indicatorLines, placeWords } from '../../report/notes.js';
import type { PrintBlock, PrintCell, Run, Words } from '../../report/pdf/print-document.js';
import { picturesOf } from '../../report/pictures.js';
import {
  type CaseFinding,
  code,
  type DossierContext,
  heading,
  list,
  muted,
  paragraph,
  table,
  utcWords,
} from './dossier-context.js';
import type { DossierFact, DossierPointer } from './dossier-input.js';
import { senderOf } from './front-part.js';

// A dossier is read by people: beyond these sizes it is not, and result.json holds the rest.
const FACTS_SHOWN = 1_000;
const FINDINGS_TOLD = 200;
const PLACES_SHOWN = 20;
const POINTERS_SHOWN = 12;
const HASH_SHOWN = 16;

/** Facts in numbered paragraphs, each with what shows it. */
export function factsPart(context: DossierContext): PrintBlock[] {
  const { facts, say } = context;
  const shown = facts.slice(0, FACTS_SHOWN);
  const more = facts.length - shown.length;
  return [
    heading(1, say('facts.heading')),
    ...(shown.length === 0
      ? [paragraph(say('facts.none'))]
      : [
          muted(say('facts.intro')),
          {
            kind: 'numbered' as const,
            items: shown.map((fact, index) => ({
              label: `${index + 1}.`,
              words: say('facts.line', { when: whenWords(fact, context), text: fact.text }),
              notes: [
                say('facts.source', { kind: say(`facts.kind.${fact.kind}`), source: fact.source }),
                pointerWords(fact.pointers, context),
              ],
            })),
          },
        ]),
    ...(more > 0 ? [paragraph(say('facts.leftOut', { count: more }))] : []),
  ];
}

function whenWords({ at, precision }: DossierFact, { translate, say }: DossierContext): string {
  return at === null ? say('undated') : timeWords(at, translate, precision);
}

function pointerWords(pointers: readonly DossierPointer[], context: DossierContext): Words {
  const { say } = context;
  if (pointers.length === 0) return say('facts.noPointers');
  const shown = pointers
    .slice(0, POINTERS_SHOWN)
    .flatMap((pointer, index): Run[] => [...(index > 0 ? ['; '] : []), ...onePointer(pointer, context)]);
  const more = pointers.length - POINTERS_SHOWN;
  return [
    say('facts.pointers'),
    ...shown,
    ...(more > 0 ? [` ${say('annex.morePlaces', { count: more })}`] : []),
  ];
}

/** `E-012 · SHA-256 9f2c… · asiento 14 de custodia · R1 f3 · message ROWID 7`. */
function onePointer(pointer: DossierPointer, context: DossierContext): Run[] {
  const { say, evidenceByLabel, firstEntry } = context;
  const { evidence, finding, locator } = pointer;
  const item = evidence === null ? undefined : evidenceByLabel.get(evidence);
  const seq = pointer.custodySeq ?? (evidence === null ? undefined : firstEntry.get(evidence));
  const parts: Run[] = [
    ...(evidence === null ? [] : [{ text: evidence, style: 'strong' as const }]),
    ...(item ? [say('facts.hash', { hash: item.sha256.slice(0, HASH_SHOWN) })] : []),
    ...(seq === undefined ? [] : [say('facts.custody', { seq })]),
    ...(finding === null ? [] : [finding]),
    ...(locator === '' ? [] : [code(locator)]),
  ];
  return parts.flatMap((part, index): Run[] => (index === 0 ? [part] : [' · ', part]));
}

/** Each finding with what it rests on and what else it could be. */
export async function annex(context: DossierContext): Promise<PrintBlock[]> {
  const { findings, say, input } = context;
  const told = findings.filter(({ finding }) => finding.severity !== 'info');
  const shown = told.slice(0, FINDINGS_TOLD);
  const info = findings.length - told.length;
  const blocks: PrintBlock[] = [heading(1, say('annex.heading'))];
  blocks.push(...(told.length === 0 ? [paragraph(say('annex.none'))] : [muted(say('annex.intro'))]));
  for (const run of input.runs) {
    const own = shown.filter((one) => one.run === run);
    if (own.length === 0) continue;
    if (run.result.tool.language !== input.language)
      blocks.push(muted(say('annex.otherLanguage', { run: run.id })));
    const pictures = await picturesOf(
      own.map(({ finding }) => finding),
      context.translate,
    );
    for (const one of own)
      blocks.push(findingEntry(one, pictures.get(one.finding.id)?.figures ?? [], context));
  }
  if (told.length > shown.length)
    blocks.push(paragraph(say('annex.leftOut', { count: told.length - shown.length })));
  if (info > 0) blocks.push(muted(say('annex.info', { count: info })));
  return blocks;
}

function findingEntry(
  one: CaseFinding,
  figures: NonNullable<ReturnType<Awaited<ReturnType<typeof picturesOf>>['get']>>['figures'],
  context: DossierContext,
): PrintBlock {
  const { say, translate } = context;
  const { finding, run, observation } = one;
  const notSeen = say('annex.notSeen');
  const addresses = observation?.addresses ?? textsOf(finding.details?.links);
  const places = finding.evidence
    .slice(0, PLACES_SHOWN)
    .map((place): Words => [code(placeWords(place, translate))]);
  const more = finding.evidenceTotal - places.length;
  if (more > 0) places.push(say('annex.morePlaces', { count: more }));
  const isAboutMessage = observation !== null || senderOf(one) !== null || addresses.length > 0;
  const message: (readonly [string, PrintCell])[] = isAboutMessage
    ? [
        [say('annex.row.message'), observation?.messageText ?? notSeen],
        [say('annex.row.sender'), senderOf(one) ?? notSeen],
        [
          say('annex.row.addresses'),
          lines(
            addresses.map((address): Words => [code(defang(address))]),
            notSeen,
          ),
        ],
        [
          say('annex.row.redirects'),
          lines(
            (observation?.redirects ?? []).map((hop): Words => [code(defang(hop))]),
            notSeen,
          ),
        ],
        [
          say('annex.row.hosts'),
          lines(
            (observation?.hostRecords ?? []).map(({ what, at, source }) =>
              say('annex.hostLine', { what: { link: what }, at: { date: at, precision: 'day' }, source }),
            ),
            notSeen,
          ),
        ],
      ]
    : [];
  return {
    kind: 'entry',
    blocks: [
      {
        kind: 'paragraph',
        look: 'meta',
        words: [
          ...severityRuns(finding.severity, context),
          ' · ',
          { confidenceMark: finding.confidence },
          `\u00a0${translate(`confidence.${finding.confidence}`)} · ${one.name}`,
        ],
      },
      heading(2, finding.title),
      paragraph(finding.explanation),
      ...figures.flatMap((figure): PrintBlock[] => [
        {
          kind: 'figure',
          caption: figure.caption,
          alternative: figure.caption,
          svg: ownIds(figure.svg, run.id),
        },
        ...figure.notes.map(muted),
      ]),
      {
        kind: 'facts',
        rows: [
          [say('annex.row.when'), whenLine(one, context)],
          ...message,
          [say('annex.row.indicator'), lines(indicatorLines(finding, translate), say('annex.noIndicator'))],
          [say('annex.row.list'), lines(feedLines(one, context), say('annex.noIndicator'))],
          [
            say('annex.row.detector'),
            say('annex.detectorLine', {
              detector: finding.detector,
              version: finding.version,
              tool: run.result.tool.version,
            }),
          ],
          [say('annex.row.alternatives'), lines(finding.benignCauses, say('notRecorded'))],
          [say('annex.row.confidence'), translate(`confidence.${finding.confidence}`)],
          [say('annex.row.places'), lines(places, say('notRecorded'))],
          [say('annex.row.evidence'), lines(evidenceLines(one, context), say('notRecorded'))],
        ],
      },
    ],
  };
}

/** Several checks have a finding f1, and a page has every id once. */
function ownIds(svg: string, run: string): string {
  const safe = run.replace(/[^A-Za-z0-9]/g, '');
  return svg
    .replace(/ id="/g, ` id="${safe}-`)
    .replace(/ aria-labelledby="(\S+) (\S+)"/g, ` aria-labelledby="${safe}-$1 ${safe}-$2"`);
}

function severityRuns(severity: Severity, { translate }: DossierContext): Run[] {
  return [{ severityMark: severity }, '\u00a0', { text: translate(`severity.${severity}`), style: severity }];
}

function whenLine({ finding }: CaseFinding, { translate, say, input }: DossierContext): string {
  if (finding.at === null) return say('undated');
  const local = timeWords(finding.at, translate, finding.atPrecision);
  const isDate = finding.atPrecision === 'day' || finding.atPrecision === 'month';
  return isDate ? local : say('annex.whenLine', { local, zone: input.timeZone, utc: utcWords(finding.at) });
}

/** The lists the indicator stands in, each with the hash of the file that was used. */
function feedLines({ finding, run }: CaseFinding, { say }: DossierContext): string[] {
  if (!finding.indicator) return [];
  const names = new Set([
    finding.indicator.feed,
    ...(finding.indicator.sources ?? []).map(({ feed }) => feed),
  ]);
  return run.result.indicators
    .filter(({ feed }: ResultFeed) => names.has(feed))
    .map(({ feed, sha256, importedAt }) =>
      say('annex.listLine', { feed, sha256, imported: importedAt === null ? 'none' : { date: importedAt } }),
    );
}

function evidenceLines({ finding, run }: CaseFinding, context: DossierContext): Words[] {
  const labels = new Set(finding.evidence.flatMap(({ evidence }) => run.evidenceLabels[evidence] ?? []));
  return [...labels].map((evidence) =>
    onePointer({ evidence, custodySeq: null, finding: null, locator: '' }, context),
  );
}

function lines(items: readonly Words[], otherwise: string): PrintCell {
  return items.length === 0 ? otherwise : { lines: items };
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

const DAY_MS = 86_400_000;

/** What was observed beside the person's publications, hearings and events. Days are counted, nothing is concluded. */
export function contextPart(context: DossierContext): PrintBlock[] {
  const { facts, say, input } = context;
  const dated = facts.filter(({ at }) => at !== null).slice(0, FACTS_SHOWN);
  const hasWork = dated.some(({ kind }) => kind !== 'technique');
  let last: string | null = null;
  const rows = dated.map((fact): PrintCell[] => {
    const days =
      fact.kind === 'technique' && last !== null && fact.at !== null
        ? String(Math.floor((Date.parse(fact.at) - Date.parse(last)) / DAY_MS))
        : '–';
    if (fact.kind !== 'technique') last = fact.at;
    return [
      whenWords(fact, context),
      say(`facts.kind.${fact.kind}`),
      `${fact.text} (${facts.indexOf(fact) + 1})`,
      days,
    ];
  });
  const similar = input.case.statements.similarCases.trim();
  return [
    heading(1, say('context.heading')),
    ...(hasWork
      ? [
          muted(say('context.intro')),
          ...table(
            say('context.caption'),
            [
              { label: say('context.col.when'), width: 1 },
              { label: say('context.col.kind'), width: 1 },
              { label: say('context.col.what'), width: 2.6 },
              { label: say('context.col.days'), width: 'narrow', isNumber: true },
            ],
            rows,
          ),
        ]
      : [paragraph(say('context.none'))]),
    heading(2, say('context.similar')),
    paragraph(similar === '' ? say('notRecorded') : similar),
  ];
}

export function harmPart({ input, say }: DossierContext): PrintBlock[] {
  const harm = input.case.statements.harm.trim();
  return [
    heading(1, say('harm.heading')),
    ...(harm === '' ? [say('notRecorded')] : harm.split(/\n{2,}/)).map(paragraph),
  ];
}

/** Test by test: the facts that bear on it and the gap. Whether it is met is never said. */
export function gridPart(context: DossierContext): PrintBlock[] {
  const { pack, say, input } = context;
  const { language } = input;
  if (!pack) return [heading(1, say('grid.heading')), paragraph(say('grid.noPack'))];
  return [
    heading(1, say('grid.heading')),
    paragraph(say('grid.intro')),
    ...Object.entries(pack.groups).flatMap(([group, name]) => [
      heading(2, name[language]),
      ...pack.tests.filter((test) => test.group === group).flatMap((test) => testBlocks(test, context)),
    ]),
  ];
}

function testBlocks(
  test: NonNullable<DossierContext['pack']>['tests'][number],
  context: DossierContext,
): PrintBlock[] {
  const { say, facts, input, pack } = context;
  const { language } = input;
  const bearing = facts.flatMap((fact, index) =>
    test.factKinds.includes(fact.kind) || fact.bearsOn?.includes(test.id)
      ? [{ fact, number: index + 1 }]
      : [],
  );
  const evidence = [
    ...new Set(bearing.flatMap(({ fact }) => fact.pointers.flatMap((pointer) => pointer.evidence ?? []))),
  ].sort();
  return [
    heading(3, test.article[language]),
    {
      kind: 'facts',
      rows: [
        [say('grid.row.question'), test.question[language]],
        ...(test.quote ? [[say('grid.row.quote'), `“${test.quote}”`] as const] : []),
        [
          say('grid.row.facts'),
          say('grid.facts', {
            count: bearing.length,
            numbers: numberRanges(bearing.map(({ number }) => number)),
          }),
        ],
        [say('grid.row.evidence'), evidence.length === 0 ? say('none') : evidence.join(', ')],
        [say('grid.row.gap'), test.gap[language]],
        [say('grid.row.status'), [{ text: say('grid.status'), style: 'strong' }]],
        [
          say('grid.row.source'),
          say('grid.sourceLine', {
            source: test.source[language],
            basis: test.basis,
            date: pack?.date ?? '',
          }),
        ],
      ],
    },
  ];
}

/** `1–4, 7`: facts of one kind are many. */
function numberRanges(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

export function requestsPart({ pack, say, input }: DossierContext): PrintBlock[] {
  const { language } = input;
  const usual = (pack?.requests ?? []).map(
    ({ text, source, basis }): Words => [
      text[language],
      ' ',
      {
        text: say('grid.sourceLine', {
          source: source[language],
          basis,
          date: pack?.date ?? '',
        }),
        style: 'muted',
      },
    ],
  );
  const all = [...input.case.statements.requests, ...usual];
  return [
    heading(1, say('requests.heading')),
    paragraph([{ text: `${say('requests.draft')} ${say('grid.status')}.`, style: 'strong' }]),
    ...(all.length === 0 ? [paragraph(say('notRecorded'))] : list('numbers', all)),
  ];
}
