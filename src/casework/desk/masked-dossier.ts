/** A dossier without the client's name and contacts, also where evidence quotes them: messages greet people by their name. */
import type { Language } from '../../core/contracts.js';
import { resultSchema } from '../../core/result.js';
import type { DossierInput } from '../dossier/dossier-input.js';
import type { Identity } from '../model/case.js';
import { type Mask, maskDeep, maskOf } from '../sharing/mask.js';
import { sharingWords } from '../sharing/words.js';

export function maskedDossier(input: DossierInput, identity: Identity, language: Language): DossierInput {
  const known = { names: [identity.name], contacts: identity.contacts.map(({ address }) => address) };
  const mask = maskOf(known, { everyone: false, deviceNumbers: false }, sharingWords(language));
  const { statements } = input.case;
  return {
    ...input,
    case: {
      ...input.case,
      title: mask(input.case.title),
      summary: mask(input.case.summary),
      outcome: mask(input.case.outcome),
      statements: {
        harm: mask(statements.harm),
        similarCases: mask(statements.similarCases),
        attribution: mask(statements.attribution),
        jurisdiction: mask(statements.jurisdiction),
        requests: statements.requests.map(mask),
      },
    },
    consents: input.consents.map((consent) => ({
      ...consent,
      givenBy: mask(consent.givenBy),
      witness: mask(consent.witness),
      thirdPartyData: mask(consent.thirdPartyData),
    })),
    evidence: input.evidence.map((item) => ({
      ...item,
      originalName: mask(item.originalName),
      sourceDescription: mask(item.sourceDescription),
      receivedFrom: mask(item.receivedFrom),
      receivedWhere: mask(item.receivedWhere),
      method: mask(item.method),
    })),
    runs: input.runs.map((run) => ({ ...run, result: resultSchema.parse(maskDeep(run.result, mask)) })),
    facts: input.facts.map((fact) => ({
      ...fact,
      text: mask(fact.text),
      pointers: fact.pointers.map((pointer) => ({ ...pointer, locator: mask(pointer.locator) })),
    })),
    observations: masked(input.observations, mask),
  };
}

function masked<T>(value: T, mask: Mask): T {
  return maskDeep(value, mask) as T;
}
