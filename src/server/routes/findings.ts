import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { reviewFinding, reviewsOf } from '../../casework/desk/reviews.js';
import type { Review as KeptReview } from '../../casework/vault/case-documents.js';
import type { Result } from '../../core/result.js';
import { renderHtml } from '../../report/html.js';
import { reportDocument } from '../../report/pdf/report-document.js';
import { PdfError, typeset } from '../../report/pdf/typeset.js';
import { pictureOf, picturesOf } from '../../report/pictures.js';
import { type Review, reviewSchema } from '../api/api.js';
import { ApiProblem } from '../api-problem.js';
import { jsonBody } from '../json-body.js';
import { roomProblem } from '../room-problem.js';
import type { ServerContext } from '../server-context.js';

const MAX_NEIGHBOURS = 25;

/**
 * What a check came to: `GET /checks/:id/result`, `…/pictures/:finding`, `…/context`, `…/reviews`, `PUT …/reviews/:finding`, and for
 * the browser's own downloads `GET /download/checks/:id/report.html|report.pdf|letters/:name`.
 */
export function findingsRoutes(context: ServerContext): Hono {
  const app = new Hono();
  app.get('/checks/:id/result', (c) => c.json(resultOf(context, c.req.param('id'))));

  // As text: the page makes a picture of it, and nobody opens it as a document.
  app.get('/checks/:id/pictures/:finding', async (c) => {
    const { findings } = resultOf(context, c.req.param('id'));
    const finding = findings.find(({ id }) => id === c.req.param('finding'));
    const picture = finding ? await pictureOf(finding, context.translate()) : null;
    if (picture === null) throw new ApiProblem(404, 'no-picture');
    return c.text(picture);
  });

  app.get('/checks/:id/context', async (c) =>
    c.json(
      await context.checks().context(c.req.param('id'), {
        finding: c.req.query('finding') ?? '',
        pointer: numberOf(c, 'pointer', 0, 1_000),
        before: numberOf(c, 'before', 3, MAX_NEIGHBOURS),
        after: numberOf(c, 'after', 3, MAX_NEIGHBOURS),
      }),
    ),
  );

  app.get('/checks/:id/reviews', (c) => {
    const { code, id } = runOf(context, c.req.param('id'));
    return c.json(reviewsOf(context.desk(), code, id).map(toApi));
  });

  app.put('/checks/:id/reviews/:finding', async (c) => {
    const { code, id } = runOf(context, c.req.param('id'));
    const said = await jsonBody(c, reviewSchema);
    // Whoever reads the case later must be able to tell why.
    if (said.state === 'dismissed' && said.reason.trim() === '') throw new ApiProblem(422, 'reason-needed');
    try {
      const about = { runId: id, finding: c.req.param('finding') };
      return c.json(toApi(reviewFinding(context.desk(), code, about, said)));
    } catch (error) {
      throw roomProblem(error);
    }
  });

  app.get('/download/checks/:id/report.html', async (c) => {
    const result = resultOf(context, c.req.param('id'));
    return download(c, context, 'report.html', await renderHtml(result, context.translate()));
  });

  app.get('/download/checks/:id/report.pdf', async (c) => {
    const result = resultOf(context, c.req.param('id'));
    const translate = context.translate();
    const pictures = await picturesOf(result.findings, translate);
    try {
      const pdf = await typeset(await reportDocument(result, translate, { pictures }));
      return download(c, context, 'report.pdf', pdf);
    } catch (error) {
      if (error instanceof PdfError) throw new ApiProblem(503, `pdf/${error.code}`);
      throw error;
    }
  });

  app.get('/download/checks/:id/letters/:name', (c) => {
    const { findings } = resultOf(context, c.req.param('id'));
    const letter = findings
      .flatMap(({ attachments = [] }) => attachments)
      .find(({ name }) => name === c.req.param('name'));
    if (!letter) throw new ApiProblem(404, 'no-attachment');
    return download(c, context, letter.name, letter.text);
  });
  return app;
}

/** What a check came to, in the language of the session. @throws ApiProblem 404 no-such-check, no-result */
export function resultOf(context: ServerContext, id: string): Result {
  runOf(context, id);
  const result = context.desk().vault.runs.resultIn(id, context.settings().language);
  if (!result) throw new ApiProblem(404, 'no-result');
  return result;
}

/** Of a check that has begun. One that waits has nothing to show yet. */
function runOf(context: ServerContext, id: string): { readonly id: string; readonly code: string } {
  const { vault } = context.desk();
  const run = vault.runs.get(id);
  const own = run ? vault.cases.get(run.caseId) : null;
  if (run && own) return { id: run.id, code: own.code };
  context.checks().get(id);
  throw new ApiProblem(404, 'no-result');
}

/** What leaves the vault by itself stands in the log, with its hash. */
function download(c: Context, context: ServerContext, name: string, content: string | Uint8Array): Response {
  const desk = context.desk();
  const { code, id } = runOf(context, c.req.param('id') ?? '');
  const sha256 = createHash('sha256').update(content).digest('hex');
  desk.log(desk.case(code), 'copy', null, { what: name, run: id, to: 'download', sha256 });
  const fileName = `${code}-${name}`;
  return c.body(typeof content === 'string' ? content : Uint8Array.from(content), 200, {
    'Content-Type': 'application/octet-stream',
    'X-Content-Type-Options': 'nosniff',
    'Content-Disposition': `attachment; filename="${fileName}"; filename*=UTF-8''${encodeURIComponent(fileName)}`,
  });
}

function toApi({ finding, state, reason, by, at }: KeptReview): Review {
  return { finding, state, reason, by, at };
}

function numberOf(c: Context, name: string, otherwise: number, most: number): number {
  const text = c.req.query(name);
  if (text === undefined) return otherwise;
  const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= most)) throw new ApiProblem(400, 'bad-request', { field: name });
  return number;
}
