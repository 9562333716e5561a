/** The dossier of a synthetic case, compared letter by letter; see golden.test.ts. */
import { describe, expect, it } from 'vitest';
import { dossierCase } from '../../fixtures/casework/dossier-case.js';
import { dossierDocument } from '../../src/casework/dossier/dossier.js';
import { printedLines } from '../../src/report/testing/printed-text.js';
import { golden, normalised } from './golden-result.js';

describe.each(['es', 'en'] as const)('the dossier in %s', (language) => {
  it('says the same', async () => {
    const text = printedLines(await dossierDocument(dossierCase(language)));

    expect(normalised(text)).toBe(await golden(`dossier.${language}.txt`, text));
  });
});
