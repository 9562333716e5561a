import { describe, expect, it } from 'vitest';
import { dossierCase } from '../../../fixtures/casework/dossier-case.js';
import { LANGUAGES } from '../../core/contracts.js';
import { dossierDocument } from '../dossier/dossier.js';
import type { Identity } from '../model/case.js';
import { maskedDossier } from './masked-dossier.js';

const identity: Identity = {
  name: 'Ximena Ñandú',
  contacts: [
    { channel: 'mail', address: 'ximena@correo.example', safe: true },
    { channel: 'signal', address: '+52 55 5555 0177', safe: true },
  ],
  safeHours: '',
  forbiddenChannels: [],
  duressWord: '',
  note: '',
};

describe('a dossier without the name', () => {
  it.each(LANGUAGES)('does not quote it from the evidence either (%s)', async (language) => {
    const input = dossierCase(language, { identity: null });
    const quote = 'Ximena Nandu, https://lure.example/?u=ximena@correo.example from 525555550177';
    const told = {
      ...input,
      case: { ...input.case, title: quote, statements: { ...input.case.statements, harm: quote } },
      evidence: input.evidence.map((item) => ({ ...item, originalName: `${quote}.csv` })),
      facts: input.facts.map((fact) => ({ ...fact, text: quote })),
      observations: [{ finding: 'R1 f1', messageText: quote, addresses: [quote] }],
      runs: input.runs.map((run) => ({
        ...run,
        result: {
          ...run.result,
          findings: run.result.findings.map((finding) => ({ ...finding, title: quote, explanation: quote })),
        },
      })),
    };
    const open = JSON.stringify(await dossierDocument(told));
    const closed = JSON.stringify(await dossierDocument(maskedDossier(told, identity, language)));

    expect(open).toMatch(/Ximena Nandu/);
    expect(closed).not.toMatch(/ximena|nandu|ñandú|correo|0177/i);
    expect(closed).toContain(input.case.code);
    expect(closed).toContain(input.evidence[0]?.sha256);
  });

  it.each(['Vigía', 'Read', 'Name', 'E1', 'Status', 'Findings', 'High', 'Id'])(
    'is made for somebody called as a word of results is (%s)',
    async (name) => {
      const input = dossierCase('en', { identity: null });
      const told = {
        ...input,
        runs: input.runs.map((run) => ({
          ...run,
          result: {
            ...run.result,
            findings: run.result.findings.map((finding) => ({
              ...finding,
              title: `Dear ${name}, open this`,
            })),
          },
        })),
      };
      const masked = maskedDossier(told, { ...identity, name, contacts: [] }, 'en');

      expect(masked.runs[0]?.result.findings.length).toBe(input.runs[0]?.result.findings.length);
      expect(masked.runs[0]?.result.findings.map(({ severity }) => severity)).toEqual(
        input.runs[0]?.result.findings.map(({ severity }) => severity),
      );
      expect(JSON.stringify(await dossierDocument(masked))).not.toContain(`Dear ${name}`);
    },
  );
});
