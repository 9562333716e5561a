/** Redacted copies of evidence: a derived item of its own, with what was hidden where, by whom and why. The original is not touched. */
import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Case } from '../model/case.js';
import type { EvidenceItem } from '../model/evidence-item.js';
import {
  MAX_REDACTED_BYTES,
  type Redacted,
  type RedactionRequest,
  redactFile,
} from '../redaction/redact-file.js';
import { RedactionError } from '../redaction/redaction-error.js';
import type { Desk } from './desk.js';
import { DeskError } from './desk-error.js';
import { sealedStore, withSecrets } from './sealed-items.js';

export interface RedactedItem {
  readonly item: EvidenceItem;
  readonly redacted: Redacted;
}

/**
 * Writes a redacted copy of a piece of evidence to a new file, and takes it in.
 *
 * @throws DeskError no-such-evidence, destroyed, evidence-unreadable, evidence-changed, output-exists; RedactionError
 */
export async function redactItem(
  desk: Desk,
  code: string,
  label: string,
  order: { readonly request: RedactionRequest; readonly reason: string; readonly out: string },
): Promise<RedactedItem> {
  const own = desk.case(code);
  const original = desk.item(code, label);
  if (original.destroyedAt !== null) throw new DeskError('destroyed', original.label);
  const redacted = redactFile(await contentOf(desk, own, original), order.request);
  await writeNew(order.out, redacted.bytes);
  const sha256 = createHash('sha256').update(redacted.bytes).digest('hex');
  const item = desk.vault.evidence.take({
    ...original,
    kind: 'file',
    sourceDescription: order.reason,
    receivedAt: desk.operator.now(),
    acquiredBy: desk.operator.actor,
    method: 'redacted',
    originalName: basename(order.out),
    mediaType: redacted.mediaType,
    sizeBytes: redacted.bytes.byteLength,
    sha256,
    referencePath: resolve(order.out),
    sealed: null,
    parentIds: [original.id],
    redactionOf: original.id,
  });
  // What was hidden is not repeated here: the log leaves with the case.
  desk.log(own, 'redact', item.id, {
    label: item.label,
    of: original.label,
    sha256,
    bytes: item.sizeBytes,
    reason: order.reason,
    words: [...redacted.words],
    fields: [...order.request.fields],
    rectangles: order.request.rectangles.map((one) => ({ ...one })),
    removed: [...redacted.removed],
  });
  return { item, redacted };
}

/** Of the original where it is as it was taken in, else of the sealed copy. */
async function contentOf(desk: Desk, own: Case, item: EvidenceItem): Promise<Uint8Array> {
  if (item.sizeBytes > MAX_REDACTED_BYTES) throw new RedactionError('too-large', String(MAX_REDACTED_BYTES));
  const { sealed } = item;
  if (sealed !== null && sealed.form === 'folder') throw new RedactionError('kind-not-supported', 'folder');
  const content = sealed === null ? await readFile(item.referencePath).catch(() => null) : await unsealed();
  if (content === null) throw new DeskError('evidence-unreadable', item.label);
  if (createHash('sha256').update(content).digest('hex') !== item.sha256)
    throw new DeskError('evidence-changed', item.label);
  return content;

  function unsealed(): Promise<Buffer | null> {
    const { vault } = desk;
    return withSecrets(vault, own.id, async (secrets) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of sealedStore(vault).open(sealed?.name ?? '', secrets)) chunks.push(chunk);
      return Buffer.concat(chunks);
    }).catch(() => null);
  }
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new DeskError('output-exists', path) : error;
  });
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
