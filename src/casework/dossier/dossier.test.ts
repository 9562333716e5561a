import { execFileSync, spawnSync } from 'node:child_process';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { dossierCase } from '../../../fixtures/casework/dossier-case.js';
import { flattenMessages } from '../../core/language.js';
import { documentHtml } from '../../report/document-html.js';
import { typeset } from '../../report/pdf/typeset.js';
import { LIVE_LINK, UNPRINTABLE } from '../../report/testing/documents.js';
import { bare, printedText } from '../../report/testing/printed-text.js';
import { HOSTILE_TEXTS, resultOf } from '../../report/testing/results.js';
import { NO_STATEMENTS } from '../model/case.js';
import type { Consent } from '../model/consent.js';
import { dossierDocument } from './dossier.js';
import type { DossierInput } from './dossier-input.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { legalPackOf } from './legal/legal-pack.js';

const HAS_PDFTOTEXT = spawnSync('pdftotext', ['-v']).error === undefined;

const textOf = async (input: DossierInput, ...pack: [null?]): Promise<string> =>
  printedText(await dossierDocument(input, ...pack));

const withConsent = (part: Partial<Consent>, scope: Partial<Consent['scope']> = {}): DossierInput => {
  const input = dossierCase();
  const consents = input.consents.map((one) => ({ ...one, ...part, scope: { ...one.scope, ...scope } }));
  return { ...input, consents };
};

/** The same text wherever a person or the evidence can put one. */
function hostileCase(text: string): DossierInput {
  const input = dossierCase();
  const pointer = { evidence: text, custodySeq: null, finding: text, locator: text };
  return {
    ...input,
    case: {
      ...input.case,
      title: text,
      lead: text,
      clientRef: text,
      region: text,
      statements: { harm: text, similarCases: text, attribution: text, jurisdiction: text, requests: [text] },
    },
    identity: {
      ...input.identity,
      name: text,
      contacts: [{ channel: text, address: text, safe: true }],
    } as DossierInput['identity'],
    consents: input.consents.map((one) => ({ ...one, givenBy: text, thirdPartyData: text })),
    evidence: input.evidence.map((one) => ({
      ...one,
      sourceDescription: text,
      originalName: text,
      acquiredBy: text,
      method: text,
    })),
    custody: {
      ...input.custody,
      entries: input.custody.entries.map((one) => ({ ...one, action: text, actor: text })),
    },
    stamps: input.stamps.map((one) => ({ ...one, by: text })),
    runs: input.runs.map((run) => ({ ...run, result: resultOf(text) })),
    facts: [{ at: null, kind: 'case-event', source: text, text, pointers: [pointer] }],
    observations: [
      {
        finding: 'R1 f1',
        messageText: text,
        sender: text,
        addresses: [text],
        redirects: [text],
        hostRecords: [{ what: text, at: text, source: text }],
      },
    ],
    departures: [{ at: text, to: text, purpose: text, what: text, sha256: text }],
  };
}

describe('the dossier', () => {
  it('has its parts in the order lawyers look for them', async () => {
    const { blocks } = await dossierDocument(dossierCase());
    expect(
      blocks.flatMap((block) => (block.kind === 'heading' && block.level === 1 ? [block.text] : [])),
    ).toEqual([
      'Partes y consentimiento',
      'Jurisdicción y competencia',
      'Hechos',
      'Anexo técnico',
      'Contexto',
      'Daño',
      'Pruebas legales, una por una',
      'Lo que se pide',
      'Custodia de la evidencia',
      'Declaración de la persona experta',
      'Método y límites',
      'Glosario',
      'Lo que no se sabe',
    ]);
  });

  it('numbers facts by date, the undated last, each with evidence, hash, custody entry and finding', async () => {
    const { blocks } = await dossierDocument(dossierCase());
    const items = blocks.flatMap((block) => (block.kind === 'numbered' ? block.items : []));
    const said = items.map(({ words }) => String(words));

    expect(items.map(({ label }) => label)).toEqual(['1.', '2.', '3.', '4.', '5.']);
    expect(said[0]).toMatch(/^10 de julio de 2016\. Se publicó/);
    expect(said[1]).toMatch(/^12 jul 2016, 17:03:00\. Se recibió/);
    expect(said[4]).toMatch(/^sin fecha\. La persona cuenta/);
    const text = await textOf(dossierCase());
    const hash = dossierCase().evidence[0]?.sha256.slice(0, 16);
    expect(text).toContain(
      bare(`E-001 · SHA-256 ${hash}… · asiento 1 de custodia · R1 f1 · message ROWID 7`),
    );
    expect(text).toContain('Evidencia:ninguna;esloquesecontó.');
  });

  it('answers the announced lines of inquiry in their order and attributes nothing', async () => {
    const text = await textOf(dossierCase());
    const places = [
      '1.Cuántaspersonas',
      '2.Dedóndesalieron',
      '3.Dóndeestaban',
      '4.Cómofunciona',
      '5.Quiénlovendió',
    ].map((words) => text.indexOf(words));

    expect(places.every((place, index) => place > (places[index - 1] ?? 0))).toBe(true);
    expect(text).toContain('Quiénlohizo:noseevaluó.');
    const recorded = dossierCase('es', {
      case: { ...dossierCase().case, statements: { ...NO_STATEMENTS, attribution: 'Operador X' } },
    });
    expect(await textOf(recorded)).toContain(
      bare('Vigía no lo evalúa. El equipo del caso registró esto, que es suyo: Operador X'),
    );
  });

  it('gives each finding its indicator with list and hash, check with version, other explanations and confidence', async () => {
    const text = await textOf(dossierCase());
    for (const said of [
      '12 jul 2016, 17:03:00 (America/Mexico_City); 2016-07-12 22:03:00 UTC',
      'Indicador: dominio noticias[.]example · Pegasus · conjunto «lista-de-prueba»',
      `«lista-de-prueba», SHA-256 ${dossierCase().runs[0]?.result.indicators[0]?.sha256}, importada el 2 de mayo de 2017`,
      'indicators/match, versión 4, con Vigía 0.1.0',
      'El dominio cambió de dueño después de publicarse.',
      'hxxps://red[.]example/a?x=1',
      'hxxps://noticias[.]example (el 12 de julio de 2016, según WHOIS, copia de prueba)',
    ].map(bare))
      expect(text).toContain(said);
    expect(text).toContain('Unhallazgoinformativonosecuentaaquí');
  });

  it('prints the name only where the newest consent lets it stand in a complaint', async () => {
    expect(await textOf(dossierCase())).toContain('JimenaEjemploPrueba');
    const refusals: DossierInput[] = [
      withConsent({ withdrawnAt: '2017-06-18T00:00:00.000000Z' }),
      withConsent({ expiresAt: '2017-06-19T18:30:00.000000Z' }),
      withConsent({}, { useInComplaint: 'ask' }),
      withConsent({}, { useInComplaint: 'no' }),
      { ...dossierCase(), consents: [] },
      withConsent({ caseId: '01890a5d-ac96-774b-bcce-000000000099' }),
    ];
    for (const input of refusals) {
      const text = await textOf(input);
      expect(text).not.toMatch(/Jimena|5550101/);
      expect(text).toContain(bare('P-07 (seudónimo)'));
    }
    expect(await textOf(withConsent({}, { useInComplaint: 'no' }))).toContain(
      bare('Ningún consentimiento vigente permite usar el caso en una denuncia.'),
    );
  });

  it('never prints what only the team may know', async () => {
    const text = await textOf(dossierCase());
    expect(text).not.toContain('canario');
    expect(text).not.toContain('15550100');
    expect(text).not.toContain('+15550100');
  });

  it('lists the facts that bear on every legal test and the gap, and never says that one is met', async () => {
    const { blocks } = await dossierDocument(dossierCase());
    const pack = legalPackOf('MX');
    const start = blocks.findIndex(
      (block) => block.kind === 'heading' && block.text === 'Pruebas legales, una por una',
    );
    const end = blocks.findIndex((block) => block.kind === 'heading' && block.text === 'Lo que se pide');
    const grids = blocks.slice(start, end).flatMap((block) => (block.kind === 'facts' ? [block.rows] : []));

    expect(grids).toHaveLength(pack?.tests.length ?? 0);
    for (const rows of grids) {
      const names = rows.map(([name]) => name);
      expect(names.filter((name) => name !== 'Como lo cita la fuente')).toEqual([
        'La prueba',
        'Hechos relacionados',
        'Evidencia',
        'Lo que falta',
        'Estado',
        'Fuente',
      ]);
      expect(JSON.stringify(rows)).toContain('Por confirmar por quien lleve la defensa');
      expect(JSON.stringify(rows)).toMatch(/paquete del \d{4}-\d\d-\d\d/);
      expect(JSON.stringify(rows)).not.toMatch(/\b(cumplid[ao]|incumplid[ao]|acreditad[ao]|se viol[óa])\b/i);
    }
    expect(JSON.stringify(grids)).toContain('imminent threat to national security');
    expect(JSON.stringify(grids[1])).toContain('Hechos 2, 4.');
  });

  it('marks what was written from memory as to be compared with the law', async () => {
    const pack = legalPackOf('MX');
    expect(pack?.tests.some(({ basis }) => basis === 'recalled')).toBe(true);
    expect(await textOf(dossierCase())).toContain(bare('de memoria: hay que cotejarlo con el texto vigente'));
    expect(legalPackOf('constructor')).toBeNull();
  });

  it('says so where there is no pack, no harm, no check, no log and no facts', async () => {
    const input = dossierCase();
    const text = await textOf(
      {
        ...input,
        runs: [],
        facts: [],
        evidence: [],
        case: { ...input.case, statements: NO_STATEMENTS },
        stamps: [],
        departures: [],
        observations: [],
        custody: {
          entries: [],
          verdict: { ok: true, entries: 0, headHash: null, firstBadSeq: null, problems: [] },
          receipt: null,
        },
      },
      null,
    );
    for (const said of [
      'No hay un paquete jurídico para este país',
      'Daño No se registró.',
      'No se hizo ninguna revisión en este caso.',
      'No hay registro de custodia.',
      'No se registraron hechos.',
      'No se hizo recibo.',
      'nada ha salido todavía',
    ])
      expect(text).toContain(bare(said));
  });

  it('says first that a custody log does not hold', async () => {
    const input = dossierCase();
    const verdict = {
      ok: false,
      entries: 7,
      headHash: null,
      firstBadSeq: 5,
      problems: [{ seq: 5, code: 'bad-hash' }],
    };
    const text = await textOf({ ...input, custody: { ...input.custody, verdict } });

    expect(text).toContain(bare('NO se verificó. El primer asiento que no coincide es el 5.'));
    expect(text).not.toContain('severificó:');
  });

  it('is the same file twice, and tagged', async () => {
    const document = await dossierDocument(dossierCase('en'));
    const pdf = await typeset(document);
    expect(Buffer.compare(pdf, await typeset(await dossierDocument(dossierCase('en'))))).toBe(0);
    expect(Buffer.from(pdf).toString('latin1')).toContain('<pdfuaid:part>1</pdfuaid:part>');
  });

  it.each(['es', 'en'] as const)(
    'says the same on the page and, with pdftotext, in the file (%s)',
    async (language) => {
      const document = await dossierDocument(dossierCase(language));
      const { document: page } = parseHTML(documentHtml(document));
      const inBody = (selector: string) => [...page.querySelectorAll(selector)];
      for (const element of inBody('svg, .furniture, footer')) element.remove();
      // The page lists its parts where the file has a table of contents.
      const contents = inBody('h2').find(
        (heading) => heading.textContent === (language === 'es' ? 'Contenido' : 'Contents'),
      );
      contents?.nextElementSibling?.remove();
      expect(bare(page.body.textContent ?? '')).toBe(printedText(document));

      if (!HAS_PDFTOTEXT) return;
      const raw = execFileSync('pdftotext', ['-raw', '-', '-'], {
        input: await typeset(document),
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      const text = bare(raw.toString());
      for (const element of inBody('h2, h3, h4, caption, .numbered strong, td code'))
        expect(text).toContain(bare(element.textContent ?? ''));
    },
  );
});

describe('hostile texts in the dossier', () => {
  it.each(HOSTILE_TEXTS)('stay text on the page and in the file: %j', async (hostile) => {
    const document = await dossierDocument(hostileCase(hostile));
    const html = documentHtml(document);
    const { document: page } = parseHTML(html);

    expect(
      page.querySelectorAll('script, img, a, link, iframe, object, [onerror], [onload], [onmouseover]'),
    ).toHaveLength(0);
    expect(page.querySelectorAll('style')).toHaveLength(1);
    expect(html).not.toMatch(UNPRINTABLE);
    expect(page.body.textContent).not.toMatch(LIVE_LINK);
    expect((await typeset(document)).length).toBeGreaterThan(10_000);
  });
});

describe('the texts of the dossier', () => {
  it('are complete in both languages and never say infected', () => {
    const [spanish, english] = [flattenMessages(es), flattenMessages(en)];
    expect(Object.keys(spanish)).toEqual(Object.keys(english));
    for (const text of [...Object.values(spanish), ...Object.values(english)])
      expect(text).not.toMatch(/infect/i);
  });
});
