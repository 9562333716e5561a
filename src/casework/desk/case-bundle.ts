/**
 * A whole case as a bag (docs/custody-format.md): what another desk takes in, what a court's expert checks, what a backup is. It holds
 * everything of the case, so it leaves sealed unless somebody asks for it open.
 */
import type { Translator } from '../../core/language.js';
import { sealStream } from '../../evidence/age/age.js';
import type { AgeRecipient } from '../../evidence/age/keys.js';
import { type FileForBag, writeBag } from '../bag/write-bag.js';
import type { Case } from '../model/case.js';
import type { EvidenceItem } from '../model/evidence-item.js';
import { packEvidence } from '../sealing/packing.js';
import type { CaseSecrets } from '../sealing/sealed-store.js';
import { rootFile } from '../stamps/root-file.js';
import { verifierPage } from '../verifier/verifier.js';
import type { Desk } from './desk.js';
import { DeskError } from './desk-error.js';
import { caseSecrets, sealedStore, zero } from './sealed-items.js';

export interface BundleOrder {
  /** Who can open it; null writes it in the clear. */
  readonly recipients: readonly AgeRecipient[] | null;
  /** Whether evidence itself goes along, and not only its hashes. */
  readonly withEvidence: boolean;
  /** Names and contacts. */
  readonly named: boolean;
  readonly purpose: string;
  readonly recipient: string;
  readonly software: string;
  /** For the read-me files. */
  readonly translators: readonly Translator[];
  /** More for people to read, below `data/`. */
  readonly documents: AsyncIterable<FileForBag>;
}

export function bundleName(own: Case, { recipients }: Pick<BundleOrder, 'recipients'>): string {
  return recipients === null ? `${own.code}.zip` : `${own.code}.zip.age`;
}

/** @throws DeskError evidence-changed, evidence-unreadable when evidence that is to go along is not what was taken in */
export function writeBundle(desk: Desk, own: Case, order: BundleOrder): AsyncIterable<Uint8Array> {
  const info = [['External-Identifier', own.code]] as const;
  const bag = writeBag(bagFiles(desk, own, order), info, {
    now: new Date(desk.operator.now()),
    software: order.software,
  });
  return order.recipients === null ? bag : sealStream(bag, order.recipients);
}

async function* bagFiles(desk: Desk, own: Case, order: BundleOrder): AsyncGenerator<FileForBag> {
  const { vault } = desk;
  for await (const part of vault.exportCase(own.id, { identity: order.named })) {
    if (part.name === EVIDENCE_PART)
      yield { name: `data/case/${part.name}`, chunks: evidenceLines(desk, own) };
    else if (!part.name.startsWith('custody')) yield { name: `data/case/${part.name}`, chunks: part.chunks };
  }
  if (order.withEvidence) yield* evidenceFiles(desk, own);
  yield* order.documents;
  for (const translate of order.translators)
    yield { name: translate('casework.bundle.readMeName'), chunks: [Buffer.from(readMe(own, translate))] };
  yield* filesBesideLog(desk, own);
  yield {
    name: 'custody.jsonl',
    chunks: ({ manifestSha256 }) => logUpToHere(desk, own, order, manifestSha256),
  };
}

/** What a log is checked with: keys, stamps, and the page that does it. */
function* filesBesideLog(desk: Desk, own: Case): Iterable<FileWithBytes> {
  yield { name: 'keys/custody.txt', chunks: [Buffer.from(keyLines(desk.vault.custody.publicKeys(own.id)))] };
  yield* stampFiles(desk, own);
  yield { name: 'verifier.html', chunks: [Buffer.from(verifierPage())] };
}

interface FileWithBytes {
  readonly name: string;
  readonly chunks: Iterable<Uint8Array>;
}

/** The log alone, laid out as in a bundle: what an auditor or the other side is given, who has no business with the case. */
export function* logFiles(desk: Desk, own: Case): Iterable<FileWithBytes> {
  yield { name: 'custody.jsonl', chunks: logLines(desk, own) };
  yield* filesBesideLog(desk, own);
}

function* logLines({ vault }: Desk, { id }: Case): Iterable<Uint8Array> {
  for (const line of vault.custody.lines(id)) yield Buffer.from(`${line}\n`);
}

const EVIDENCE_PART = 'evidence.jsonl';

/** Where it lay on this computer, and under which name it is sealed here, is nobody else's business. */
function* evidenceLines({ vault }: Desk, { id }: Case): Iterable<Uint8Array> {
  for (const item of vault.evidence.list(id))
    yield Buffer.from(`${JSON.stringify({ ...item, referencePath: '', sealed: null })}\n`);
}

/** Name of an item's content in a bag. */
export function contentName({ label }: EvidenceItem, form: 'file' | 'folder'): string {
  return form === 'folder' ? `data/evidence/${label}.tar` : `data/evidence/${label}`;
}

async function* evidenceFiles(desk: Desk, own: Case): AsyncGenerator<FileForBag> {
  for (const item of desk.vault.evidence.list(own.id)) {
    if (item.destroyedAt !== null) continue;
    const { sealed, referencePath, sha256, label } = item;
    if (sealed !== null) {
      const chunks = (secrets: CaseSecrets): AsyncIterable<Uint8Array> =>
        sealedStore(desk.vault).open(sealed.name, secrets);
      yield { name: contentName(item, sealed.form), chunks: withSecretsWhile(desk, own, chunks) };
      continue;
    }
    const packed = await packEvidence(referencePath).catch((error: unknown) => {
      throw new DeskError('evidence-unreadable', `${label} (${referencePath})`, { cause: error });
    });
    yield { name: contentName(item, packed.form), chunks: packed.chunks };
    if (packed.sha256() !== sha256) throw new DeskError('evidence-changed', `${label} (${referencePath})`);
  }
}

/** The secrets live as long as the stream is read. */
async function* withSecretsWhile(
  desk: Desk,
  own: Case,
  chunks: (secrets: CaseSecrets) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const secrets = caseSecrets(desk.vault, own.id);
  try {
    yield* chunks(secrets);
  } finally {
    zero(secrets);
  }
}

function* stampFiles({ vault }: Desk, { id }: Case): Iterable<FileWithBytes> {
  const stamps = vault.stamps.list(id);
  for (const { day, root } of new Map(stamps.map((stamp) => [stamp.day, stamp])).values())
    yield { name: `stamps/${day}.root.txt`, chunks: [rootFile(Buffer.from(root, 'hex'))] };
  const counts = new Map<string, number>();
  for (const { day, kind, bytes } of stamps) {
    const name = `stamps/${day}.root.txt.${kind === 'rfc3161' ? 'tsr' : 'ots'}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    // Several authorities may have stamped the same day.
    yield {
      name: count === 1 ? name : name.replace(/(\.\w+)$/, `.${count}$1`),
      chunks: [Buffer.from(bytes, 'base64')],
    };
  }
}

function keyLines(keys: readonly Uint8Array[]): string {
  return keys.map((key) => `${Buffer.from(key).toString('hex')}\n`).join('');
}

function readMe(own: Case, translate: Translator): string {
  return `${translate('casework.bundle.readMe', { code: own.code })}\n`;
}

/** The last entry ties the bag's files to the log: it names the digest of their manifest. */
function* logUpToHere(
  desk: Desk,
  own: Case,
  { purpose, recipient, withEvidence, named, recipients }: BundleOrder,
  manifestSha256: string,
): Iterable<Uint8Array> {
  desk.log(own, 'export', null, {
    what: 'bundle',
    manifestSha256,
    purpose,
    recipient,
    withEvidence,
    named,
    isSealed: recipients !== null,
  });
  yield* logLines(desk, own);
}
