/** What a person is told of a stamp: sentences of both languages, never stronger than the verdict. */
import type { Language, TextValue } from '../../core/contracts.js';
import { createTranslator, flattenMessages, type Translator } from '../../core/language.js';
import { defang } from '../../records/links.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import type { AttestationVerdict, BlockChain, ProofVerdict } from './opentimestamps.js';
import type { StampProblem, StampVerdict } from './rfc3161.js';
import type { StampError } from './stamp-error.js';

const TEXTS = { es, en };
const CHAIN_NAMES: Readonly<Record<BlockChain, string>> = { bitcoin: 'Bitcoin', litecoin: 'Litecoin' };
/** Values of problems that are times in the stored form. */
const TIMES = new Set(['at', 'validFrom', 'validTo']);

/** A translator for the functions below. */
export function stampTranslator(language: Language, timeZone: string): Translator {
  return createTranslator(language, flattenMessages(TEXTS[language]), timeZone, defang);
}

/** Why something given could not be read as a stamp. */
export function stampErrorText(error: StampError, say: Translator): string {
  return say(`errors.${error.code}`, { place: error.place });
}

/** A verdict on an RFC 3161 reply, one sentence an item, the most important first. */
export function stampLines(verdict: StampVerdict, say: Translator): string[] {
  const lines = verdict.holds ? heldLines(verdict, say) : [say('reply.broken')];
  for (const problem of verdict.problems) lines.push(problemText(problem, say));
  for (const failure of verdict.failures) lines.push(say(`failures.${failure}`));
  for (const text of verdict.statusTexts) lines.push(say('reply.authority-says', { text }));
  if (verdict.stated !== null && !verdict.nonceCompared) lines.push(say('reply.nonce-not-compared'));
  if (verdict.signer !== null) lines.push(say('reply.no-revocation'));
  return lines;
}

function heldLines({ stated, signer, trustedBy, status }: StampVerdict, say: Translator): string[] {
  if (stated === null || signer === null || trustedBy === null) return [];
  const { at, accuracy, ordering, policy, serial, nonce } = stated;
  const lines = [say('reply.holds', { subject: signer.subject, at: { time: at } })];
  lines.push(
    accuracy === null ? say('reply.no-accuracy') : say('reply.accuracy', { seconds: accuracy / 1_000_000 }),
  );
  if (ordering) lines.push(say('reply.ordering'));
  if (status === 'granted-with-changes') lines.push(say('reply.with-changes'));
  lines.push(say('reply.trusted-by', { subject: trustedBy.subject, fingerprint: trustedBy.fingerprint }));
  lines.push(say('reply.facts', { policy, serial, nonce: nonce ?? '–' }));
  return lines;
}

function problemText({ code, values }: StampProblem, say: Translator): string {
  const shown: Record<string, TextValue> = {};
  for (const [name, value] of Object.entries(values)) shown[name] = TIMES.has(name) ? { time: value } : value;
  if (code === 'not-granted') shown.status = { word: `status.${values.status ?? ''}` };
  return say(`problems.${code}`, shown);
}

/** A verdict on an OpenTimestamps proof, attestation by attestation. */
export function proofLines(verdict: ProofVerdict, say: Translator): string[] {
  if (verdict.state === 'wrong-digest') return [say('proof.wrong-digest')];
  const lines = verdict.attestations.flatMap((attestation) => attestationLines(attestation, say));
  if (verdict.weakHash) lines.push(say('proof.weak-hash'));
  return lines;
}

function attestationLines(
  { attestation, state, message, headers }: AttestationVerdict,
  say: Translator,
): string[] {
  if (attestation.kind === 'pending') return [say('proof.pending', { calendar: attestation.calendar })];
  if (attestation.kind === 'unknown') return [say('proof.unknown', { tag: attestation.tag })];
  const chain = CHAIN_NAMES[attestation.kind];
  // As text: heights are names of blocks and are not grouped by thousands.
  const height = String(attestation.height);
  const [header] = headers;
  if (header === undefined) return [say('proof.no-header', { chain, height, message })];
  if (state !== 'anchored') {
    const other = headers.find(({ merkleRoot }) => merkleRoot !== message) ?? header;
    return [say('proof.mismatch', { chain, height, message, root: other.merkleRoot })];
  }
  const { time, blockHash } = header;
  return [
    time === null
      ? say('proof.anchored-no-time', { chain, height })
      : say('proof.anchored', { chain, height, at: { time } }),
    blockHash === null ? say('proof.compare-root') : say('proof.compare-hash', { hash: blockHash }),
  ];
}
