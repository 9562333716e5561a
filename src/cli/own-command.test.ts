import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownCommand, shortest } from './own-command.js';

describe('the command that starts this program again', () => {
  it('is what was typed: from the sources, or installed', () => {
    const sources = resolve('bin', 'vigia.js');
    expect(ownCommand(['serve'], sources)).toBe(`node ${join('bin', 'vigia.js')} serve`);
    expect(ownCommand(['serve', '--vault', 'mi caso'], '/usr/local/bin/vigia')).toBe(
      'vigia serve --vault "mi caso"',
    );
  });

  it('names folders from here, and those elsewhere whole', () => {
    expect(shortest(resolve('demo', 'vault'))).toBe(join('demo', 'vault'));
    expect(shortest(resolve('..', 'elsewhere'))).toBe(resolve('..', 'elsewhere'));
  });
});
