/** Lets a case, or a part of it, out: through the consent gate, into files, onto the record. */
import { createHash } from 'node:crypto';
import { access, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Translator } from '../../core/language.js';
import { documentHtml } from '../../report/document-html.js';
import type { PrintDocument } from '../../report/pdf/print-document.js';
import { PdfError, typeset, typesetPages } from '../../report/pdf/typeset.js';
import type { FileForBag } from '../bag/write-bag.js';
import { consentGate } from '../consent/consent-gate.js';
import type { CalendarEntry } from '../correlation/correlate.js';
import { dossierDocument } from '../dossier/dossier.js';
import type { Case } from '../model/case.js';
import type { ExportPurpose } from '../model/consent.js';
import { SHARING_FILES, SHARING_FORMATS, writeShared } from '../sharing/formats.js';
import { redact } from '../sharing/redact.js';
import type { SharingProfile } from '../sharing/shareable.js';
import { type BundleOrder, bundleName, writeBundle } from './case-bundle.js';
import { dossierInputOf, shareableOf } from './case-facts.js';
import type { Desk } from './desk.js';
import { DeskError, ExportRefused } from './desk-error.js';
import { maskedDossier } from './masked-dossier.js';

export const EXPORT_FORMATS = [...SHARING_FORMATS, 'dossier', 'bundle'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Takes a file that leaves. @returns SHA-256 of what it was given */
export type FileTaker = (name: string, pieces: OutgoingFile['pieces']) => Promise<string>;

/** What leaves, to whom, and what for. */
export interface ExportOrder {
  /** Where the files are written. */
  readonly folder: string;
  /** Takes them instead of the folder. */
  readonly take?: FileTaker;
  readonly profile: SharingProfile;
  readonly formats: readonly ExportFormat[];
  readonly purpose: ExportPurpose;
  readonly recipient: string;
  readonly named: boolean;
  readonly approvedBy: string | null;
  readonly calendar: readonly CalendarEntry[];
  readonly toolVersion: string;
  /** The dossier as somebody looked at it: leaves instead of one made anew. */
  readonly dossier?: readonly OutgoingFile[];
  /** How the bundle is made, where one is asked for. */
  readonly bundle?: Pick<BundleOrder, 'recipients' | 'withEvidence' | 'translators'>;
}

/** What an export is usually for, by its profile. */
export const PURPOSE_OF: Readonly<Record<SharingProfile, ExportPurpose>> = {
  'indicators-only': 'indicators',
  anonymised: 'share',
  'for-prosecutor': 'complaint',
  'for-press': 'press',
};

export interface WrittenFile {
  readonly name: string;
  readonly sha256: string;
}

/**
 * Writes the files of an order. Nothing is written before the gate is passed; every file is on the record as having left.
 *
 * @throws ExportRefused, DeskError output-exists
 */
export async function exportCase(
  desk: Desk,
  code: string,
  order: ExportOrder,
  translate: Translator,
): Promise<readonly WrittenFile[]> {
  const own = desk.case(code);
  const decision = consentGate(own, desk.vault.consents.list(own.id), {
    purpose: order.purpose,
    recipient: order.recipient,
    named: order.named,
    approvedBy: order.approvedBy,
    actor: desk.operator.actor,
    now: desk.operator.now(),
  });
  if (!decision.allowed) throw new ExportRefused(decision);
  const take = order.take ?? (await folderTaker(order.folder));
  const written: WrittenFile[] = [];
  for await (const { name, pieces } of filesOf(desk, own, order, translate)) {
    const sha256 = await take(name, pieces);
    written.push({ name, sha256 });
    desk.vault.departures.add({
      id: desk.vault.newId(),
      caseId: own.id,
      at: desk.operator.now(),
      what: name,
      profile: order.profile,
      purpose: order.purpose,
      recipient: order.recipient,
      sha256,
      fileName: name,
      consentId: decision.consentId,
    });
    desk.log(own, 'export', null, {
      file: name,
      sha256,
      profile: order.profile,
      purpose: order.purpose,
      recipient: order.recipient,
      approvedBy: order.approvedBy,
    });
  }
  return written;
}

export interface OutgoingFile {
  readonly name: string;
  readonly pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;
}

async function* filesOf(
  desk: Desk,
  own: Case,
  order: ExportOrder,
  translate: Translator,
): AsyncGenerator<OutgoingFile> {
  const { formats } = order;
  const whole = formats.filter((format) => format === 'dossier' || format === 'bundle');
  if (whole.length > 0 && !WHOLE_CASE_FOR.includes(order.purpose))
    throw new DeskError('whole-case-purpose', WHOLE_CASE_FOR.join(', '));
  if (formats.includes('dossier')) yield* order.dossier ?? dossierFiles(desk, own, order, translate);
  if (formats.includes('bundle')) yield bundleFile(desk, own, order, translate);
  const redacted = SHARING_FORMATS.filter((format) => formats.includes(format));
  if (redacted.length === 0) return;
  const exportKey = desk.operator.random(32);
  const shared = redact(
    shareableOf(desk, own, {
      named: order.named,
      language: translate.language,
      toolVersion: order.toolVersion,
      exportKey,
    }),
    order.profile,
  );
  for (const format of redacted) yield { name: SHARING_FILES[format], pieces: writeShared(shared, format) };
  const redaction = shared.redaction();
  desk.log(own, 'redact', null, {
    profile: redaction.profile,
    fields: redaction.fields.map(({ field, treatment, values }) => ({ field, treatment, values })),
    recordsLeftOut: redaction.recordsLeftOut,
  });
}

/** Dossier and bundle quote the evidence: never for the press, nor to be mistaken for indicators. */
export const WHOLE_CASE_FOR: readonly ExportPurpose[] = ['share', 'complaint', 'client', 'own-backup'];

function bundleFile(desk: Desk, own: Case, order: ExportOrder, translate: Translator): OutgoingFile {
  const { purpose, bundle = { recipients: null, withEvidence: false, translators: [translate] } } = order;
  async function* documents(): AsyncGenerator<FileForBag> {
    for (const one of bundle.translators)
      for await (const { name, pieces } of dossierFiles(desk, own, order, one))
        yield { name: `data/dossier/${name}`, chunks: bytesOf(pieces) };
  }
  const bundleOrder: BundleOrder = {
    ...bundle,
    named: order.named,
    purpose,
    recipient: order.recipient,
    software: `vigia ${order.toolVersion}`,
    documents: documents(),
  };
  return { name: bundleName(own, bundleOrder), pieces: writeBundle(desk, own, bundleOrder) };
}

async function* bytesOf(pieces: OutgoingFile['pieces']): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
}

type DossierOrder = Pick<ExportOrder, 'purpose' | 'named' | 'calendar' | 'toolVersion'>;

/** A dossier as page and PDF. */
export async function* dossierFiles(
  desk: Desk,
  own: Case,
  order: DossierOrder,
  translate: Translator,
): AsyncGenerator<OutgoingFile> {
  const document = await dossierOf(desk, own, order, translate);
  yield { name: `dossier.${translate.language}.html`, pieces: [documentHtml(document)] };
  try {
    yield { name: `dossier.${translate.language}.pdf`, pieces: [await typeset(document)] };
  } catch (error) {
    // The page says the same, and can be printed.
    if (!(error instanceof PdfError)) throw error;
  }
}

/** The pages of the PDF as pictures (SVG), to look at before they leave; none where there is no engine for them. */
export async function dossierPages(
  desk: Desk,
  own: Case,
  order: DossierOrder,
  translate: Translator,
): Promise<string[]> {
  try {
    return await typesetPages(await dossierOf(desk, own, order, translate));
  } catch (error) {
    if (!(error instanceof PdfError)) throw error;
    return [];
  }
}

async function dossierOf(
  desk: Desk,
  own: Case,
  { named, calendar, toolVersion, purpose }: DossierOrder,
  translate: Translator,
): Promise<PrintDocument> {
  const input = await dossierInputOf(desk, own, { named, calendar, translate, toolVersion });
  const identity = desk.identity(own.code);
  const isTheirs = purpose === 'client' || purpose === 'own-backup';
  return dossierDocument(
    named || isTheirs || identity === null ? input : maskedDossier(input, identity, translate.language),
  );
}

async function folderTaker(folder: string): Promise<FileTaker> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return async (name, pieces) => {
    const path = join(folder, name);
    if (await isThere(path)) throw new DeskError('output-exists', path);
    return write(path, pieces);
  };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** @returns SHA-256 of what was written */
async function write(path: string, pieces: OutgoingFile['pieces']): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const piece of pieces) {
      hash.update(piece);
      await file.writeFile(piece);
    }
    await file.sync();
  } catch (error) {
    await file.close();
    // Half a file is none; it must not be taken for one.
    await rm(path, { force: true });
    throw error;
  }
  await file.close();
  return hash.digest('hex');
}
