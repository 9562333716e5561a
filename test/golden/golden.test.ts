/**
 * Whole documents of the demo case, compared letter by letter. When a change is meant: `UPDATE_GOLDEN=1 npx vitest run
 * test/golden`, and read the difference before keeping it.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { resultSchema } from '../../src/core/result.js';
import { renderHtml } from '../../src/report/html.js';
import { renderTerminal } from '../../src/report/terminal.js';
import { type GoldenRun, golden, goldenRun, normalised } from './golden-result.js';

describe.each(['es', 'en'] as const)('the demo case in %s', (language) => {
  let run: GoldenRun;
  beforeAll(async () => {
    run = await goldenRun(language);
  });

  it('gives the same result document', async () => {
    expect(resultSchema.parse(run.result)).toBeTruthy();
    const text = JSON.stringify(run.result, null, 2);

    expect(normalised(text)).toBe(await golden(`demo.${language}.result.json`, text));
  });

  it('gives the same summary on the terminal', async () => {
    const text = renderTerminal(run.result, run.translate, { colour: false, columns: 100 });

    expect(normalised(text)).toBe(await golden(`demo.${language}.terminal.txt`, text));
  });

  it('gives the same report', async () => {
    const text = await renderHtml(run.result, run.translate, { resultSha256: '0'.repeat(64) });

    expect(normalised(text)).toBe(await golden(`demo.${language}.report.html`, text));
  });
});
