/** Refusals of the rooms as problems of the API. Anything else stays what it is: a defect, which ends as `internal`. */
import { DeskError, type DeskErrorCode } from '../casework/desk/desk-error.js';
import { VaultError } from '../casework/vault/vault-error.js';
import { EvidenceError } from '../core/evidence-error.js';
import { ApiProblem } from './api-problem.js';

const STATUS: Partial<Record<DeskErrorCode, 403 | 404 | 409 | 422>> = {
  'no-such-case': 404,
  'no-such-evidence': 404,
  'no-such-finding': 404,
  'analysis-not-allowed': 422,
  'export-not-allowed': 422,
  'no-consent': 422,
};

/** `case/no-such-case`, `vault/hold`, `evidence/damaged`; other errors are given back as they are. */
export function roomProblem(error: unknown): unknown {
  if (error instanceof DeskError) return new ApiProblem(STATUS[error.code] ?? 409, `case/${error.code}`);
  if (error instanceof EvidenceError) return new ApiProblem(422, `evidence/${error.code}`);
  if (error instanceof VaultError) {
    if (error.code === 'closed') return new ApiProblem(423, 'locked');
    if (error.code === 'disk-full') return new ApiProblem(507, 'disk-full', {}, true);
    return new ApiProblem(error.code === 'not-found' ? 404 : 409, `vault/${error.code}`);
  }
  const name = error instanceof Error && 'code' in error ? error.code : '';
  if (name === 'ENOSPC' || name === 'EDQUOT') return new ApiProblem(507, 'disk-full', {}, true);
  return error;
}
