import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCase } from './testing/a-case.js';
import { NOW, newVault, reopened, temporaryFolder } from './testing/open-vault.js';
import type { Vault } from './vault.js';

const lab = temporaryFolder();
let dir = '';
let vault: Vault;
beforeEach(async () => {
  dir = join(lab.folder, String(Math.random()));
  vault = await newVault(dir);
});
afterEach(() => {
  vault.close();
  lab.remove();
});

const draft = (id: string, text: string, rev = 1) => ({ id, text, savedAt: NOW, rev });

describe('drafts in the vault', () => {
  it('keeps one text for each key, over closing and opening', async () => {
    expect(vault.drafts.get('note')).toBeNull();
    vault.drafts.put(draft('note', 'half a sen'), null);
    vault.drafts.put(draft('note', 'half a sentence', 2), null);
    vault.close();
    vault = await reopened(dir);

    expect(vault.drafts.get('note')).toEqual(draft('note', 'half a sentence', 2));
    expect(vault.verify()).toEqual([]);
    vault.drafts.remove('note');
    expect(vault.drafts.get('note')).toBeNull();
  });

  it('lets those of a case end with it, and leaves nothing readable in the file', () => {
    const { id, code } = vault.cases.open(aCase());
    vault.drafts.put(draft(`${code}:note`, 'jacaranda'), id);
    vault.drafts.put(draft('elsewhere', 'stays'), null);
    expect(vault.verify()).toEqual([]);
    expect(readFileSync(join(dir, 'vault.db')).includes('jacaranda')).toBe(false);

    vault.destroyCase(id, { at: NOW, clockSource: 'system', monotonicMs: 1, actor: 'ana', reason: 'asked' });
    expect(vault.drafts.get(`${code}:note`)).toBeNull();
    expect(vault.drafts.get('elsewhere')?.text).toBe('stays');
  });
});
