import { execFileSync, spawnSync } from 'node:child_process';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../core/result.js';
import { renderHtml } from '../html.js';
import { picturesOf } from '../pictures.js';
import { bare, printedText } from '../testing/printed-text.js';
import {
  coverage,
  finding,
  HOSTILE_TEXTS,
  problem,
  reportTranslator,
  result,
  resultOf,
} from '../testing/results.js';
import type { PrintDocument } from './print-document.js';
import { reportDocument } from './report-document.js';
import { typeset } from './typeset.js';

const HAS_PDFTOTEXT = spawnSync('pdftotext', ['-v']).error === undefined;
const SHA256 = 'ab'.repeat(32);

async function documentOf(value: Result, language: 'es' | 'en' = 'es'): Promise<PrintDocument> {
  const translate = reportTranslator(language);
  const pictures = await picturesOf(value.findings, translate);
  return reportDocument(value, translate, { resultSha256: SHA256, pictures });
}

/** What the page says on paper: what is folded away there, a printer leaves out. */
async function pageText(value: Result, language: 'es' | 'en' = 'es'): Promise<string> {
  const { document } = parseHTML(
    await renderHtml(value, reportTranslator(language), { resultSha256: SHA256 }),
  );
  for (const element of document.querySelectorAll('svg, details.drawn')) element.remove();
  for (const details of document.querySelectorAll('details:not(.data)'))
    for (const child of [...details.children]) if (child.localName !== 'summary') child.remove();
  // Said again by the caption of the table that opens in print.
  for (const summary of document.querySelectorAll('details.data:not(.figure) > summary'))
    if (summary.nextElementSibling?.querySelector('caption')?.textContent === summary.textContent)
      summary.remove();
  for (const mark of document.querySelectorAll('.lost')) mark.textContent = `! ${mark.textContent}`;
  return bare(document.body.textContent ?? '');
}

const AT = '2024-02-12T20:05:33.000000Z';
const rich = (): Result =>
  result({
    consent: 'A. C., por escrito',
    coverage: [
      coverage({ status: 'partial', problems: [problem(), problem({ effect: 'note', message: 'Aviso.' })] }),
      coverage({ evidence: 'e2', reader: 'x', name: 'Otra parte', passedOver: { message: 40 } }),
      coverage({ reader: 'y', name: 'Llamadas', status: 'absent' }),
      ...['a', 'b', 'c', 'd', 'e'].map((artifact) => coverage({ reader: 'z', name: 'Varias', artifact })),
    ],
    findings: [
      finding({
        at: AT,
        severity: 'critical',
        technique: 'T1660',
        reasons: [
          { code: 'one', points: 5, text: 'Un motivo' },
          { code: 'two', points: null, text: 'Otro motivo' },
        ],
        indicator: { type: 'domain', value: 'red.example', family: 'Pegasus', feed: 'lista' },
        picture: {
          kind: 'servers',
          bars: [{ label: 'México', count: 2 }],
          spans: [{ label: '192.0.2.7', from: AT, to: null, severity: 'medium' }],
        },
        attachments: [{ name: 'incident-1-abuse.es.txt', text: 'Hola' }],
      }),
      ...['f2', 'f3', 'f4', 'f5', 'f6'].map((id) => finding({ id, evidenceTotal: 4 })),
      finding({ id: 'f7', severity: 'low', at: null }),
    ],
  });

describe('the report as a document to print', () => {
  it.each(['es', 'en'] as const)('says what the page says on paper, in its order (%s)', async (language) => {
    for (const value of [result(), rich(), resultOf('<b>a</b> hxxp {x}')])
      expect(printedText(await documentOf(value, language))).toBe(await pageText(value, language));
  });

  it.skipIf(!HAS_PDFTOTEXT)('is in the file with every word (skipped without pdftotext)', async () => {
    const pdf = await typeset(await documentOf(rich()));
    const raw = execFileSync('pdftotext', ['-raw', '-', '-'], {
      input: pdf,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const text = bare(raw.toString());
    const { document } = parseHTML(await renderHtml(rich(), reportTranslator()));
    for (const element of document.querySelectorAll('svg, details')) element.remove();
    for (const element of document.querySelectorAll('h1, h2, h3, h4, li, td code, caption, p.lead'))
      expect(text).toContain(bare(element.textContent ?? ''));
  });

  it('gives drawings with words for those who do not see them, and the hash of the result on every page', async () => {
    const document = await documentOf(rich());
    const figures = document.blocks
      .flatMap((block) => ('blocks' in block ? [...block.blocks] : [block]))
      .filter((block) => block.kind === 'figure');

    expect(figures.length).toBeGreaterThanOrEqual(2);
    for (const figure of figures)
      expect(figure.alternative.length).toBeGreaterThan(figure.caption.length + 10);
    expect(document.footer).toContain(SHA256.slice(0, 12));
  });

  it.each(HOSTILE_TEXTS)('becomes a file whatever the evidence says: %j', async (hostile) => {
    expect((await typeset(await documentOf(resultOf(hostile)))).length).toBeGreaterThan(10_000);
  });
});

describe('the report of very many findings', () => {
  let document: PrintDocument;
  beforeAll(async () => {
    const long = 'x'.repeat(100_000);
    const findings = Array.from({ length: 10_000 }, (_, index) =>
      finding({
        id: `f${index + 1}`,
        at: new Date(Date.UTC(2023, 0, 1 + (index % 300), 12)).toISOString().replace('Z', '000Z'),
        ...(index < 100 ? { nextSteps: [`${index}`] } : { explanation: long }),
      }),
    );
    document = await documentOf(result({ findings }));
  });

  it('is cut as the page is, says so, and is made in a time a person waits', async () => {
    const started = performance.now();
    const pdf = await typeset(document);

    expect(performance.now() - started).toBeLessThan(30_000);
    expect(pdf.length).toBeLessThan(15_000_000);
    expect(printedText(document)).toContain('nosemuestranaquí;estánenresult.json');
    expect(printedText(document)).toContain('noseimprimeaquí;estáenreport.htmlyenresult.json');
  }, 60_000);
});
