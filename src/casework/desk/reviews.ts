/** What people think of findings, after looking at what is behind them. The last word counts; each stands in the custody log. */
import type { Review } from '../vault/case-documents.js';
import type { Desk } from './desk.js';
import { DeskError } from './desk-error.js';

/** Reviews of a run, one for each finding that was reviewed. */
export function reviewsOf(desk: Desk, code: string, runId: string): Review[] {
  return desk.vault.reviews.list(desk.case(code).id).filter((review) => review.runId === runId);
}

/** @throws DeskError no-such-finding */
export function reviewFinding(
  desk: Desk,
  code: string,
  about: { readonly runId: string; readonly finding: string },
  { state, reason }: Pick<Review, 'state' | 'reason'>,
): Review {
  const own = desk.case(code);
  const { runId, finding } = about;
  const run = desk.vault.runs.get(runId);
  const result = run?.caseId === own.id ? desk.vault.runs.result(runId) : null;
  if (!result?.findings.some(({ id }) => id === finding)) throw new DeskError('no-such-finding', finding);
  const known = reviewsOf(desk, code, runId).find((review) => review.finding === finding);
  const said = { state, reason, by: desk.operator.actor, at: desk.operator.now() };
  return desk.vault.transaction(() => {
    const review = known
      ? desk.vault.reviews.update({ ...known, ...said })
      : desk.vault.reviews.add({ id: desk.vault.newId(), caseId: own.id, runId, finding, ...said });
    desk.log(own, 'analyse', null, { run: runId, finding, review: state, reason });
    return review;
  });
}
