import { describe, expect, it } from 'vitest';
import { detectors, readers } from '../src/check/registry.generated.js';
import { catalogue, words } from './generate-catalogue.js';

describe('words of an ICU message', () => {
  it('puts the name of a value in its place', () => {
    expect(words('It ends with {link}.')).toBe('It ends with ‹link›.');
  });

  it('takes the most general branch of a choice', () => {
    expect(words('{family, select, unknown {spyware} other {spyware ({family})}}')).toBe(
      'spyware (‹family›)',
    );
    expect(words('A{how, select, subdomain { below} other {}}.')).toBe('A.');
  });

  it('writes a counted number as its name, also with an offset', () => {
    expect(words('{count, plural, one {# link} other {# links}}')).toBe('‹count› links');
    expect(words('{a, plural, offset:1 =1 {} one {# more} other {# more}} of {b, number}')).toBe(
      '‹a› more of ‹b›',
    );
  });
});

describe('the catalogue', () => {
  const text = catalogue();

  it('names every detector and every reader', () => {
    for (const { detector } of detectors) expect(text).toContain(`\`${detector.id}\``);
    for (const { reader } of readers) expect(text).toContain(`| \`${reader.id}\` |`);
  });

  it('leaves no ICU syntax in the sentences', () => {
    expect(text).not.toMatch(/, (?:plural|select),/);
    expect(text).not.toMatch(/[67],\d\d\d,\d\d\d/);
  });
});
