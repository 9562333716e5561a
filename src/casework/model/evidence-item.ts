/** One thing received or derived, kept by reference with its hashes or sealed into the vault's store. */
import { z } from 'zod';
import { storedTime } from './case.js';
import { TLP_LEVELS } from './vocabularies.js';

export const evidenceItemSchema = z.object({
  id: z.uuid(),
  caseId: z.uuid(),
  /** `E-001`, counted in the case. */
  label: z.string().regex(/^E-\d{3,}$/),
  /** As evidence is recognised: `ios-backup`, `file`, `folder` … */
  kind: z.string(),
  /** What it is and what it relates to, in the words of who took it in. */
  sourceDescription: z.string(),
  /** Pseudonym. */
  receivedFrom: z.string(),
  receivedAt: storedTime,
  /** IANA zone of the place of receipt. */
  receivedZone: z.string(),
  receivedWhere: z.string(),
  acquiredBy: z.string(),
  method: z.string(),
  tool: z.object({ name: z.string(), version: z.string(), arguments: z.array(z.string()) }),
  originalName: z.string(),
  mediaType: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  /** Lower-case hex. Of a folder: of the lines "<sha256>  <path>\n" of its files, sorted by path. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Where the original lay when it was taken in. */
  referencePath: z.string(),
  /** Where it lies in the sealed store, and whether a file or a folder was sealed; null while kept by reference only. */
  sealed: z.object({ name: z.string().regex(/^[0-9a-f]{64}$/), form: z.enum(['file', 'folder']) }).nullable(),
  tlp: z.enum(TLP_LEVELS),
  consentId: z.uuid().nullable(),
  /** Items it was made from. */
  parentIds: z.array(z.uuid()),
  /** Set on a redacted copy: the item whose content it hides parts of. */
  redactionOf: z.uuid().nullable(),
  destroyedAt: storedTime.nullable(),
});
export type EvidenceItem = z.infer<typeof evidenceItemSchema>;
