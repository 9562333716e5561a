/** `/cases`, `/campaigns`: what `vigia case` does, over the same desk. */
import type { Hono } from 'hono';
import { z } from 'zod';
import { campaignPicture } from '../../casework/desk/campaign-picture.js';
import { correlation } from '../../casework/desk/case-facts.js';
import { sealItem } from '../../casework/desk/case-sealing.js';
import type { Desk } from '../../casework/desk/desk.js';
import {
  type Case,
  caseSchema,
  type Identity,
  identitySchema,
  NO_STATEMENTS,
} from '../../casework/model/case.js';
import type { Note } from '../../casework/vault/case-documents.js';
import { fromDate } from '../../core/time.js';
import {
  type CaseDeleted,
  type CaseDraft,
  identityOpenSchema,
  newConsentSchema,
  newNoteSchema,
  type OpenedIdentity,
  type Withdrawn,
} from '../api/api.js';
import { ApiProblem } from '../api-problem.js';
import { campaignsOf } from '../cases/campaigns.js';
import { caseEvidence, casePage, caseRows } from '../cases/case-page.js';
import { OpenNames } from '../cases/open-names.js';
import { jsonBody } from '../json-body.js';
import type { ServerContext } from '../server-context.js';
import { roomRoutes } from './room-routes.js';

const draftSchema = caseSchema
  .pick({
    title: true,
    clientRef: true,
    clientKind: true,
    urgency: true,
    tlp: true,
    pap: true,
    language: true,
    country: true,
    region: true,
    lead: true,
    team: true,
    workTypes: true,
    incidentTypes: true,
    retention: true,
    state: true,
    summary: true,
    outcome: true,
  })
  .partial()
  // Made again: one that fills in what is left out would empty what was recorded.
  .extend({ statements: caseSchema.shape.statements.unwrap().optional() });
const reasonSchema = z.object({ reason: z.string().max(2_000) });
const deleteSchema = reasonSchema.extend({ code: z.string().max(40) });
const doneSchema = z.object({ doneAt: z.string().max(40).nullable() });
const namesSchema = identityOpenSchema.extend({ identity: identitySchema });

export function casesRoutes(context: ServerContext): Hono {
  const routes = roomRoutes();
  const names = new OpenNames();

  routes.get('/cases', (c) => c.json(caseRows(context.desk())));

  routes.post('/cases', async (c) => {
    const draft = await jsonBody(c, draftSchema);
    const desk = context.desk();
    const opened = desk.newCase({
      ...emptyCase(desk, context.translate().language),
      ...given(draft),
    });
    return c.json(casePage(desk, opened.code, context.translate()), 201);
  });

  routes.get('/cases/:code', (c) =>
    c.json(casePage(context.desk(), c.req.param('code'), context.translate())),
  );

  routes.patch('/cases/:code', async (c) => {
    const change: CaseDraft = given(await jsonBody(c, draftSchema));
    const updated = context.desk().update(c.req.param('code'), change);
    return c.json(casePage(context.desk(), updated.code, context.translate()));
  });

  routes.post('/cases/:code/consents', async (c) => {
    const { expiresAt, ...told } = await jsonBody(c, newConsentSchema);
    const desk = context.desk();
    const own = desk.case(c.req.param('code'));
    const consent = desk.addConsent(own.code, {
      ...told,
      givenBy: told.givenBy.trim() === '' ? own.clientRef : told.givenBy,
      at: desk.operator.now(),
      language: own.language,
      expiresAt: storedTimeOf(expiresAt, 'expiresAt'),
    });
    return c.json(consent, 201);
  });

  routes.post('/cases/:code/consents/withdraw', async (c) => {
    const { reason } = await jsonBody(c, reasonSchema);
    const desk = context.desk();
    const own = desk.case(c.req.param('code'));
    const answer: Withdrawn = { left: desk.withdrawConsent(own.code, reason) };
    await context.checks().stopCase(own.code);
    return c.json(answer);
  });

  routes.post('/cases/:code/notes', async (c) => {
    const { text, task } = await jsonBody(c, newNoteSchema);
    const desk = context.desk();
    const note = desk.vault.notes.add({
      id: desk.vault.newId(),
      caseId: desk.case(c.req.param('code')).id,
      at: desk.operator.now(),
      by: desk.operator.actor,
      text,
      task: task === null ? null : { dueAt: storedTimeOf(task.dueAt, 'dueAt'), doneAt: null },
    });
    return c.json(note, 201);
  });

  routes.patch('/cases/:code/notes/:id', async (c) => {
    const { doneAt } = await jsonBody(c, doneSchema);
    const desk = context.desk();
    const note = noteOf(desk, c.req.param('code'), c.req.param('id'));
    if (note.task === null) throw new ApiProblem(409, 'not-a-task');
    const task = { ...note.task, doneAt: storedTimeOf(doneAt, 'doneAt') };
    return c.json(desk.vault.notes.update({ ...note, task }));
  });

  routes.post('/cases/:code/identity/open', async (c) => {
    const { passphrase } = await jsonBody(c, identityOpenSchema);
    const desk = context.desk();
    const own = desk.case(c.req.param('code'));
    await confirm(context, passphrase);
    return c.json(opened(desk, own, names.open(desk, own.id)));
  });

  routes.get('/cases/:code/identity', (c) => {
    const desk = context.desk();
    const own = desk.case(c.req.param('code'));
    const closesAt = names.openUntil(desk, own.id);
    if (closesAt === null) throw new ApiProblem(403, 'identity-closed');
    return c.json<OpenedIdentity>({ identity: desk.identity(own.code), closesAt });
  });

  routes.post('/cases/:code/identity/close', (c) => {
    const desk = context.desk();
    names.close(desk, desk.case(c.req.param('code')).id);
    return c.body(null, 204);
  });

  routes.put('/cases/:code/identity', async (c) => {
    const { passphrase, identity } = await jsonBody(c, namesSchema);
    const desk = context.desk();
    const own = desk.case(c.req.param('code'));
    await confirm(context, passphrase);
    desk.setIdentity(own.code, identity);
    return c.json(opened(desk, own, names.open(desk, own.id), identity));
  });

  routes.post('/cases/:code/evidence/:label/seal', async (c) => {
    const desk = context.desk();
    const own = desk.case(c.req.param('code'));
    const item = await sealItem(desk, own.code, c.req.param('label'));
    return c.json(caseEvidence(desk, own, [item], context.translate())[0]);
  });

  routes.post('/cases/:code/delete', async (c) => {
    const { code, reason } = await jsonBody(c, deleteSchema);
    const desk = context.desk();
    const own = desk.case(c.req.param('code'));
    if (code.trim().toUpperCase() !== own.code) throw new ApiProblem(422, 'code-differs');
    await context.checks().stopCase(own.code);
    const { originals, departures, compacted, cannotErase } = await desk.delete(own.code, reason);
    return c.json<CaseDeleted>({ originals, departures, isCompacted: compacted, cannotErase });
  });

  routes.get('/campaigns', (c) => {
    const translate = context.translate();
    return c.json(campaignsOf(correlation(context.desk(), [], [], translate.language), translate));
  });

  /** 204 when nothing has a date. */
  routes.get('/campaigns/picture', async (c) => {
    const translate = context.translate();
    const found = correlation(context.desk(), [], [], translate.language);
    const svg = await campaignPicture(found, translate);
    return svg === null ? c.body(null, 204) : c.body(svg, 200, { 'Content-Type': 'image/svg+xml' });
  });

  return routes;
}

/** As `vigia case new` opens one. */
function emptyCase(
  desk: Desk,
  language: Case['language'],
): Omit<Case, 'id' | 'code' | 'openedAt' | 'closedAt' | 'review'> {
  return {
    title: '',
    state: 'new',
    urgency: 'normal',
    tlp: 'amber',
    pap: 'RED',
    lead: desk.operator.actor,
    team: [],
    language,
    country: 'MX',
    region: '',
    clientRef: '',
    clientKind: 'individual',
    workTypes: [],
    incidentTypes: [],
    techniques: [],
    campaigns: [],
    summary: '',
    outcome: '',
    retention: { span: '2y', hold: false, holdReason: '' },
    statements: NO_STATEMENTS,
  };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the fields that were left out. */
function given<T extends object>(draft: T): Given<T> {
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined)) as Given<T>;
}

function noteOf(desk: Desk, code: string, id: string): Note {
  const note = desk.vault.notes.list(desk.case(code).id).find((one) => one.id === id);
  if (!note) throw new ApiProblem(404, 'no-such-note');
  return note;
}

/** The passphrase again: an unlocked screen must not give names away. @throws ApiProblem 401 wrong-passphrase */
async function confirm(context: ServerContext, passphrase: string): Promise<void> {
  if (!(await context.isPassphrase(passphrase))) throw new ApiProblem(401, 'wrong-passphrase');
}

/** Goes on record, as with `vigia case show --identity`. */
function opened(
  desk: Desk,
  own: Case,
  closesAt: string,
  identity: Identity | null = desk.identity(own.code),
): OpenedIdentity {
  desk.log(own, 'open', null, { what: 'identity' });
  return { identity, closesAt };
}

/** A day or a moment as the page sends it. @throws ApiProblem 422 bad-date */
function storedTimeOf(text: string | null, field: string): string | null {
  if (text === null) return null;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : new Date(Number.NaN);
  const stored = Number.isNaN(time.getTime()) ? null : fromDate(time);
  if (stored === null) throw new ApiProblem(422, 'bad-date', { field });
  return stored;
}
