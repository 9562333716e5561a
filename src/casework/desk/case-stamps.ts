/** Time stamps on the days of a custody log: files to carry out, and what came back. */
import { createHash } from 'node:crypto';
import { dailyRoots } from '../custody/merkle.js';
import { digestOf } from '../stamps/digests.js';
import { type BlockHeader, type ProofVerdict, readProof, verifyProof } from '../stamps/opentimestamps.js';
import { readReply, type StampVerdict, verifyReply } from '../stamps/rfc3161.js';
import { type CarriedFile, dayStampFiles, rootFile } from '../stamps/root-file.js';
import type { KeptStamp } from '../vault/case-documents.js';
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
      keep(desk, code, reply, {
        day,
        root: hex(root),
        kind: 'rfc3161',
        state: verdict.holds ? 'verified' : 'not-verified',
        at: verdict.holds ? (verdict.stated?.at ?? null) : null,
        by: verdict.stated?.authority ?? verdict.signer?.subject ?? '',
      });
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
      keep(desk, code, bytes, { day, root: hex(root), kind: 'opentimestamps', ...anchorOf(verdict) });
      return { day, verdict };
    }
    first ??= verdict;
  }
  return { day: null, verdict: first ?? verifyProof(proof, new Uint8Array(32), headers) };
}

/** Where a proof is anchored, or who has it meanwhile. */
function anchorOf({ holds, state, attestations }: ProofVerdict): Pick<KeptStamp, 'state' | 'at' | 'by'> {
  const anchored = holds ? attestations.find((one) => one.state === 'anchored') : undefined;
  if (anchored?.attestation && 'height' in anchored.attestation) {
    const { kind, height } = anchored.attestation;
    const times = anchored.headers.flatMap(({ time }) => time ?? []).sort();
    return { state: 'verified', at: times[0] ?? null, by: `${kind} ${height}` };
  }
  const calendars = attestations.flatMap(({ attestation }) =>
    attestation.kind === 'pending' ? attestation.calendar : [],
  );
  const isWaiting = state === 'pending' || state === 'no-header';
  return { state: isWaiting ? 'pending' : 'not-verified', at: null, by: calendars.join(', ') };
}

/** Keeps what came back beside the log. The same reply, checked again, takes the place of what was kept of it. */
function keep(
  desk: Desk,
  code: string,
  bytes: Uint8Array,
  stamp: Pick<KeptStamp, 'day' | 'root' | 'kind' | 'state' | 'at' | 'by'>,
): void {
  const own = desk.case(code);
  const sha256 = hex(createHash('sha256').update(bytes).digest());
  const known = desk.vault.stamps.list(own.id).find((one) => one.sha256 === sha256 && one.day === stamp.day);
  const kept = {
    ...stamp,
    id: known?.id ?? desk.vault.newId(),
    caseId: own.id,
    keptAt: desk.operator.now(),
    bytes: Buffer.from(bytes).toString('base64'),
    sha256,
  };
  if (known) desk.vault.stamps.update(kept);
  else desk.vault.stamps.add(kept);
  const { day, kind, state, at, by } = stamp;
  desk.log(own, state === 'not-verified' ? 'verify-fail' : 'verify-ok', null, {
    stamp: { day, kind, state, at, by, sha256 },
  });
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
