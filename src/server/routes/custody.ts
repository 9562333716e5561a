/** `/cases/:code/custody`, `/cases/:code/receipt`. */
import type { Hono } from 'hono';
import { receiptText } from '../../casework/custody/receipt.js';
import type { CaseVerification, CustodyPage } from '../api/api.js';
import { ApiProblem } from '../api-problem.js';
import type { ServerContext } from '../server-context.js';
import { roomRoutes } from './room-routes.js';

const PAGE = 100;
const MAX_PAGE = 500;

export function custodyRoutes(context: ServerContext): Hono {
  const routes = roomRoutes();

  routes.get('/cases/:code/custody', (c) => {
    const { vault } = context.desk();
    const own = context.desk().case(c.req.param('code'));
    const after = wholeNumber(c.req.query('after'), 0);
    const limit = Math.min(MAX_PAGE, Math.max(1, wholeNumber(c.req.query('limit'), PAGE)));
    const head = vault.custody.last(own.id);
    const entries: CustodyPage['entries'][number][] = [];
    for (const { seq, at, actor, action, detail, hash } of vault.custody.entries(own.id, after)) {
      entries.push({ seq, at, actor, action, detail, hash });
      if (entries.length >= limit) break;
    }
    const last = entries.at(-1)?.seq ?? after;
    return c.json<CustodyPage>({
      entries,
      next: head !== null && last < head.seq ? last : null,
      total: head?.seq ?? 0,
      headHash: head?.hash ?? null,
    });
  });

  routes.post('/cases/:code/custody/verify', async (c) => {
    const { log, items, isWhole } = await context.desk().verify(c.req.param('code'));
    return c.json<CaseVerification>({
      isWhole,
      log,
      items: items.map(({ item, original, sealed }) => ({
        label: item.label,
        name: item.originalName,
        original,
        sealed,
      })),
    });
  });

  routes.get('/cases/:code/receipt', (c) => {
    const desk = context.desk();
    const own = desk.case(c.req.param('code'));
    const head = desk.vault.custody.last(own.id);
    if (!head) throw new ApiProblem(409, 'empty-log');
    const { language } = context.translate();
    const { hash, seq, at } = head;
    return c.json({ text: receiptText({ caseCode: own.code, headHash: hash, seq, at, language }) });
  });

  return routes;
}

/** @throws ApiProblem 400 */
function wholeNumber(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new ApiProblem(400, 'bad-request');
  return Number(text);
}
