import { describe, expect, it } from 'vitest';
import en from '../core/en.json' with { type: 'json' };
import { createTranslator, flattenMessages } from '../core/language.js';
import own from './en.json' with { type: 'json' };
import { renderHtml } from './html.js';
import { reasonsHeading } from './notes.js';
import { renderTerminal } from './terminal.js';
import { finding, result } from './testing/results.js';

const HEADING = 'What was compared & what was not:';
const translate = createTranslator(
  'en',
  {
    ...flattenMessages(en),
    ...flattenMessages(own, 'report'),
    'detectors.captures/overview.name': 'Overview',
    'detectors.captures/overview.reasonsHeading': HEADING,
  },
  'UTC',
  (link) => link,
);
const reasons = [{ code: 'checked-dns', points: null, text: 'Names: 3.' }];

describe('what stands above the reasons of a finding', () => {
  it('is why, unless its check calls them something else', () => {
    expect(reasonsHeading(finding({ reasons }), translate)).toBe('Why');
    expect(reasonsHeading(finding({ detector: 'captures/overview', reasons }), translate)).toBe(HEADING);
  });

  it('is the same in the report and on the terminal', async () => {
    const findings = [finding({ detector: 'captures/overview', reasons })];
    const html = await renderHtml(result({ findings }), translate);
    const terminal = renderTerminal(result({ findings }), translate, { colour: false, columns: 100 });

    expect(html).toContain('<h4>What was compared &amp; what was not:</h4><ul><li>Names: 3.</li></ul>');
    expect(terminal).toContain(HEADING);
    expect(terminal).not.toContain('Why');
  });
});
