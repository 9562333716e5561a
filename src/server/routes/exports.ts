/** `/exports`, `/download/:id`: what leaves goes through the consent gate and onto the record, as with `vigia case export`. */
import { Readable } from 'node:stream';
import type { Hono } from 'hono';
import { z } from 'zod';
import { consentGate } from '../../casework/consent/consent-gate.js';
import {
  dossierFiles,
  dossierPages,
  EXPORT_FORMATS,
  exportCase,
  type OutgoingFile,
  PURPOSE_OF,
  WHOLE_CASE_FOR,
} from '../../casework/desk/case-export.js';
import type { Desk } from '../../casework/desk/desk.js';
import { ExportRefused } from '../../casework/desk/desk-error.js';
import type { Case } from '../../casework/model/case.js';
import { EXPORT_PURPOSES } from '../../casework/model/consent.js';
import { SHARED_FIELDS, treatmentOf } from '../../casework/sharing/policy.js';
import { SHARING_PROFILES } from '../../casework/sharing/shareable.js';
import { sharingWords } from '../../casework/sharing/words.js';
import { translatorFor } from '../../check/messages.js';
import { LANGUAGES } from '../../core/contracts.js';
import { type AgeRecipient, parseRecipient } from '../../evidence/age/keys.js';
import { type DossierPage, type ExportAnswer, type ExportProfile, exportSchema } from '../api/api.js';
import { ApiProblem } from '../api-problem.js';
import { DownloadShelf, type KeptFile } from '../exports/download-shelf.js';
import { jsonBody } from '../json-body.js';
import type { ServerContext } from '../server-context.js';
import { roomRoutes } from './room-routes.js';

const orderSchema = exportSchema.extend({
  profile: z.enum(SHARING_PROFILES),
  formats: z.array(z.enum(EXPORT_FORMATS)).min(1).max(EXPORT_FORMATS.length),
  purpose: z.enum(EXPORT_PURPOSES),
});
type Order = z.infer<typeof orderSchema>;
const pageSchema = orderSchema.extend({ page: z.number().int().nonnegative().max(10_000) });

/** @param shelf is cleared by whoever closes the vault; left out, it looks by itself */
export function exportsRoutes(
  context: ServerContext,
  shelf: DownloadShelf = new DownloadShelf((desk) => isAt(context, desk)),
): Hono {
  const routes = roomRoutes();

  routes.get('/exports/profiles', (c) => {
    const words = sharingWords(context.translate().language);
    return c.json(
      SHARING_PROFILES.map(
        (profile): ExportProfile => ({
          profile,
          purpose: PURPOSE_OF[profile],
          fields: SHARED_FIELDS.map((field) => {
            const treatment = treatmentOf(field, profile);
            return {
              field,
              name: words(`fields.${field}`),
              treatment,
              words: words(`treatments.${treatment}`),
            };
          }),
        }),
      ),
    );
  });

  routes.post('/exports', async (c) => {
    const order = await jsonBody(c, orderSchema);
    const desk = context.desk();
    const refused = refusal(desk, order);
    if (order.dryRun || refused !== null) return c.json<ExportAnswer>({ refused, files: [] });
    const recipients = order.formats.includes('bundle') ? recipientsOf(order.sealTo) : [];
    const dossier = order.formats.includes('dossier') && order.preview ? lookedAt(shelf, desk, order) : null;
    const translate = context.translate();
    const files: KeptFile[] = [];
    try {
      await exportCase(
        desk,
        order.caseCode,
        {
          // Nothing is written there: the shelf takes it all.
          folder: '',
          take: async (name, pieces) => {
            const kept = await shelf.keep(desk, name, pieces, '', () => mustBeAllowed(desk, order));
            files.push(kept);
            return kept.sha256;
          },
          profile: order.profile,
          formats: order.formats,
          purpose: order.purpose,
          recipient: order.recipient,
          named: order.named,
          approvedBy: approvedBy(order),
          calendar: [],
          toolVersion: context.toolVersion,
          ...(dossier === null ? {} : { dossier }),
          bundle: {
            recipients,
            withEvidence: order.withEvidence,
            translators: LANGUAGES.map((language) => translatorFor(language, translate.timeZone)),
          },
        },
        translate,
      );
    } catch (error) {
      // Withdrawn between the gate here and the one there.
      if (!(error instanceof ExportRefused)) throw error;
      return c.json<ExportAnswer>({ refused: error.decision.reason, files: [] });
    }
    return c.json<ExportAnswer>({ refused: null, files }, 202);
  });

  routes.post('/exports/preview', async (c) => {
    const order = await jsonBody(c, orderSchema);
    const desk = context.desk();
    const refused = refusal(desk, { ...order, formats: ['dossier'] });
    if (refused !== null) return c.json<ExportAnswer>({ refused, files: [] });
    const own = desk.case(order.caseCode);
    const { named, purpose } = order;
    const files: KeptFile[] = [];
    for await (const { name, pieces } of dossierFiles(
      desk,
      own,
      { named, purpose, calendar: [], toolVersion: context.toolVersion },
      context.translate(),
    )) {
      files.push(await shelf.keep(desk, name, pieces, previewOf(own, order), notTaken));
    }
    desk.log(own, 'open', null, {
      what: 'dossier preview',
      named,
      files: files.map(({ name, sha256 }) => ({ name, sha256 })),
    });
    return c.json<ExportAnswer>({ refused: null, files }, 202);
  });

  routes.post('/exports/preview/pages', async (c) => {
    const { page, ...order } = await jsonBody(c, pageSchema);
    const desk = context.desk();
    if (refusal(desk, { ...order, formats: ['dossier'] }) !== null)
      throw new ApiProblem(422, 'case/export-not-allowed');
    const own = desk.case(order.caseCode);
    const { named, purpose } = order;
    const pages = await dossierPages(
      desk,
      own,
      { named, purpose, calendar: [], toolVersion: context.toolVersion },
      context.translate(),
    );
    if (page === 0) desk.log(own, 'open', null, { what: 'dossier preview', named, files: [] });
    return c.json<DossierPage>({ svg: pages[page] ?? '', pages: pages.length });
  });

  routes.get('/download/:id', (c) => {
    const { name, sizeBytes, bytes } = shelf.get(c.req.param('id'), context.desk());
    const body = Readable.toWeb(Readable.from(bytes(), { objectMode: false }));
    return c.body(body as ReadableStream<Uint8Array>, 200, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': String(sizeBytes),
      'Content-Disposition': dispositionOf(name),
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    });
  });

  return routes;
}

/** Withdrawn, or destroyed, since it was made. @throws ApiProblem 422, DeskError no-such-case */
function mustBeAllowed(desk: Desk, order: Order): void {
  if (refusal(desk, order) !== null) throw new ApiProblem(422, 'case/export-not-allowed');
}

/** A preview is looked at here, page by page. What is taken is on record as having left. @throws ApiProblem 404 */
function notTaken(): never {
  throw new ApiProblem(404, 'no-such-download');
}

/** What a preview shows besides what is in the case. */
function previewOf({ id }: Case, { purpose, named }: Order): string {
  return JSON.stringify(['preview', id, purpose, named]);
}

/** The files of the preview an order speaks of. @throws ApiProblem 409 preview-gone */
function lookedAt(shelf: DownloadShelf, desk: Desk, order: Order): OutgoingFile[] {
  const expected = previewOf(desk.case(order.caseCode), order);
  return (order.preview ?? []).map((id) => {
    const found = shelf.find(id, desk);
    if (found?.about !== expected) throw new ApiProblem(409, 'preview-gone', {}, true);
    return { name: found.name, pieces: found.bytes() };
  });
}

function isAt(context: ServerContext, desk: Desk): boolean {
  try {
    return context.desk() === desk;
  } catch {
    return false;
  }
}

/** Why it may not leave, before anything is made. @throws DeskError no-such-case */
function refusal(desk: Desk, order: Order): string | null {
  const own = desk.case(order.caseCode);
  const isWhole = order.formats.some((format) => format === 'dossier' || format === 'bundle');
  if (isWhole && !WHOLE_CASE_FOR.includes(order.purpose)) return 'whole-case-purpose';
  const decision = consentGate(own, desk.vault.consents.list(own.id), {
    purpose: order.purpose,
    recipient: order.recipient,
    named: order.named,
    approvedBy: approvedBy(order),
    actor: desk.operator.actor,
    now: desk.operator.now(),
  });
  return decision.allowed ? null : decision.reason;
}

function approvedBy(order: Order): string | null {
  return order.approvedBy.trim() === '' ? null : order.approvedBy;
}

/** A whole case leaves from here sealed, never open. @throws ApiProblem 422 bundle-seal, age-recipient */
function recipientsOf(sealTo: readonly string[]): AgeRecipient[] {
  if (sealTo.length === 0) throw new ApiProblem(422, 'bundle-seal');
  return sealTo.map((text, index) => {
    const publicKey = parseRecipient(text.trim());
    if (publicKey === null) throw new ApiProblem(422, 'age-recipient', { number: index + 1 });
    return { kind: 'x25519', publicKey };
  });
}

/** RFC 6266: a plain name for old programs, the whole one beside it. */
function dispositionOf(name: string): string {
  const plain = name.replace(/[^\w.-]/g, '_');
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`;
}
