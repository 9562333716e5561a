/** A dossier without the client's name and contacts, also where evidence quotes them: messages greet people by their name. */
import type { Language } from '../../core/contracts.js';
import { type Result, resultSchema } from '../../core/result.js';
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
    runs: input.runs.map((run) => ({ ...run, result: maskedResult(run.result, mask) })),
    facts: input.facts.map((fact) => ({
      ...fact,
      text: mask(fact.text),
      pointers: fact.pointers.map((pointer) => ({ ...pointer, locator: mask(pointer.locator) })),
    })),
    observations: masked(input.observations, mask),
  };
}

/** A name may be a word of the schema too, as a field or one of few values (`Read`, `Vigía`): there it says nothing, and stays. */
function maskedResult(result: Result, mask: Mask): Result {
  const told = maskDeep(result, mask);
  // Each time at least one of them is put back; a field may need it twice, and so may one inside of it.
  for (let times = 0; times < 100; times += 1) {
    const { error, data } = resultSchema.safeParse(told);
    if (data !== undefined) return data;
    for (const { path } of error.issues) putBack(told, result, path, mask);
  }
  return resultSchema.parse(told);
}

/** The field first, with what is masked in it; when it is there already, one of the few values it may have. */
function putBack(told: unknown, original: unknown, path: readonly PropertyKey[], mask: Mask): void {
  const [key, ...rest] = path;
  if (key === undefined || !isObject(told) || !isObject(original)) return;
  if (!Object.hasOwn(told, key) && Object.hasOwn(original, key))
    Reflect.set(told, key, maskDeep(Reflect.get(original, key), mask));
  else if (rest.length === 0) Reflect.set(told, key, Reflect.get(original, key));
  else putBack(Reflect.get(told, key), Reflect.get(original, key), rest, mask);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function masked<T>(value: T, mask: Mask): T {
  return maskDeep(value, mask) as T;
}
