/** Time stamps on the days of a custody log: files to carry out, and what came back. */
import { createHash } from 'node:crypto';
import { dailyRoots } from '../custody/merkle.js';
import { digestOf } from '../stamps/digests.js';
import { type BlockHeader, type ProofVerdict, readProof, verifyProof } from '../stamps/opentimestamps.js';
import { readReply, type StampVerdict, verifyReply } from '../stamps/rfc3161.js';
import { type CarriedFile, dayStampFiles, rootFile } from '../stamps/root-file.js';
import type { Desk } from './desk.js';

/** One request for each day of the log, the present one left out: it is not over. */
export function stampRequests(desk: Desk, code: string): readonly CarriedFile[] {
  const own = desk.case(code);
  const today = desk.operator.now().slice(0, 10);
  return dailyRoots(desk.vault.custody.entries(own.id))
    .filter(({ day }) => day < today)
    .flatMap(({ day, root }) => dayStampFiles(day, root, desk.operator.random(8)).files);
}

/** What a stamp says of the log of a case. */
export interface StampFound<V> {
  /** The day whose root it is over; null when it is over none of this log. */
  readonly day: string | null;
  readonly verdict: V;
}

/** Checks a reply of an RFC 3161 authority against every day of the log. @throws StampError */
export function checkReply(
  desk: Desk,
  code: string,
  reply: Uint8Array,
  trusted: readonly string[],
): StampFound<StampVerdict> {
  const read = readReply(reply);
  let first: StampVerdict | null = null;
  for (const { day, root } of dailyRoots(desk.vault.custody.entries(desk.case(code).id))) {
    const digest = createHash('sha256').update(rootFile(root)).digest();
    const verdict = verifyReply(read, { digest, trustedCertificates: trusted });
    if (!verdict.problems.some((problem) => problem.code === 'imprint-mismatch')) {
      keep(desk, code, { day, kind: 'rfc3161', holds: verdict.holds, at: verdict.stated?.at ?? null });
      return { day, verdict };
    }
    first ??= verdict;
  }
  const verdict = first ?? verifyReply(read, { digest: new Uint8Array(32), trustedCertificates: trusted });
  return { day: null, verdict };
}

/** Checks an OpenTimestamps proof against every day of the log. @throws StampError */
export function checkProof(
  desk: Desk,
  code: string,
  bytes: Uint8Array,
  headers: readonly BlockHeader[],
): StampFound<ProofVerdict> {
  const proof = readProof(bytes);
  let first: ProofVerdict | null = null;
  for (const { day, root } of dailyRoots(desk.vault.custody.entries(desk.case(code).id))) {
    const digest = digestOf(proof.fileHash, rootFile(root));
    const verdict = verifyProof(proof, digest, headers);
    if (Buffer.from(digest).equals(Buffer.from(proof.digest))) {
      keep(desk, code, { day, kind: 'opentimestamps', holds: verdict.holds, at: null });
      return { day, verdict };
    }
    first ??= verdict;
  }
  return { day: null, verdict: first ?? verifyProof(proof, new Uint8Array(32), headers) };
}

function keep(
  desk: Desk,
  code: string,
  stamp: { readonly day: string; readonly kind: string; readonly holds: boolean; readonly at: string | null },
): void {
  desk.log(desk.case(code), stamp.holds ? 'verify-ok' : 'verify-fail', null, { stamp: { ...stamp } });
}
