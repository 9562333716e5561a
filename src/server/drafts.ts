/** What is being written, saved while it is written. Two windows never overwrite each other without both texts being seen. */
import type { Desk } from '../casework/desk/desk.js';
import type { Draft } from './api/api.js';
import { ApiProblem } from './api-problem.js';

const KEY = /^[\w.:/-]{1,200}$/;

/** Nothing written yet: revision 0. @throws ApiProblem 400 bad-request */
export function readDraft(desk: Desk, key: string): Draft {
  const kept = desk.vault.drafts.get(checked(key));
  return kept ? { text: kept.text, savedAt: kept.savedAt, rev: kept.rev } : { text: '', savedAt: '', rev: 0 };
}

/**
 * @param rev of the text that was changed. @throws ApiProblem 409 changed, whose params are the other draft
 */
export function writeDraft(desk: Desk, key: string, { text, rev }: Pick<Draft, 'text' | 'rev'>): Draft {
  return desk.vault.transaction(() => {
    const other = readDraft(desk, key);
    if (other.rev !== rev) throw new ApiProblem(409, 'changed', { ...other });
    const draft = { text, savedAt: desk.operator.now(), rev: rev + 1 };
    desk.vault.drafts.put({ id: key, ...draft }, caseOf(desk, key));
    return draft;
  });
}

/** @throws ApiProblem 400 bad-request */
export function removeDraft(desk: Desk, key: string): void {
  desk.vault.drafts.remove(checked(key));
}

/** A key that begins with the code of a case and a colon is of that case, and ends with it. */
function caseOf(desk: Desk, key: string): string | null {
  const [code = ''] = key.split(':');
  return desk.vault.cases.get(code)?.id ?? null;
}

function checked(key: string): string {
  if (!KEY.test(key)) throw new ApiProblem(400, 'bad-request', { field: 'key' });
  return key;
}
