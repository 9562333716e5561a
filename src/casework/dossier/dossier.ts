import type { PrintDocument } from '../../report/pdf/print-document.js';
import { custodyPart, expertPart, glossaryPart, methodPart, unknownPart } from './back-part.js';
import { dossierContext } from './dossier-context.js';
import type { DossierInput } from './dossier-input.js';
import { annex, contextPart, factsPart, gridPart, harmPart, requestsPart } from './facts-part.js';
import { cover, jurisdiction, parties } from './front-part.js';
import { type LegalPack, legalPackOf } from './legal/legal-pack.js';

/**
 * The accountability dossier of a case, as a document that `typeset` makes a PDF of and `documentHtml` a page. It says
 * what was seen, what shows it and what is missing; it never says who did it, nor that a law was met or broken.
 *
 * @param pack - legal tests; that of the case's country when left out
 */
export async function dossierDocument(
  input: DossierInput,
  pack: LegalPack | null = legalPackOf(input.case.country),
): Promise<PrintDocument> {
  const context = dossierContext(input, pack);
  const tlp = `TLP:${input.case.tlp.toUpperCase()}`;
  return {
    language: input.language,
    title: context.say('title'),
    date: input.now,
    brand: 'Vigía',
    header: [tlp, input.case.code],
    footer: `Vigía · ${input.case.code}`,
    missingCharacters: context.say('missingCharacters'),
    blocks: [
      ...cover(context),
      ...parties(context),
      ...jurisdiction(context),
      ...factsPart(context),
      ...(await annex(context)),
      ...contextPart(context),
      ...harmPart(context),
      ...gridPart(context),
      ...requestsPart(context),
      ...custodyPart(context),
      ...expertPart(context),
      ...methodPart(context),
      ...glossaryPart(context),
      ...unknownPart(context),
    ],
  };
}
