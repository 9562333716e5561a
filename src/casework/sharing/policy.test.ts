import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SHARED_FIELDS, treatmentOf } from './policy.js';
import { SHARING_PROFILES } from './shareable.js';
import { sharingWords } from './words.js';

describe('what each profile does', () => {
  it.each([
    ['es', 'sharing.es.md'],
    ['en', 'sharing.md'],
  ] as const)('stands in the documents as the code does it (%s)', (language, file) => {
    const words = sharingWords(language);
    const document = readFileSync(new URL(`../../../docs/${file}`, import.meta.url), 'utf8').replaceAll(
      '\r\n',
      '\n',
    );
    for (const field of SHARED_FIELDS) {
      const cells = SHARING_PROFILES.map((profile) => words(`treatments.${treatmentOf(field, profile)}`));
      expect(document).toContain(`\n| ${[words(`fields.${field}`), ...cells].join(' | ')} |\n`);
    }
  });
});
