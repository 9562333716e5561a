import { join } from 'node:path';
import { Hono } from 'hono';
import { openDesk } from '../../casework/desk/testing/open-desk.js';
import { aCase } from '../../casework/vault/testing/a-case.js';
import { translatorFor } from '../../check/messages.js';
import type { Language } from '../../core/contracts.js';
import { API } from '../api/api.js';
import { ApiProblem } from '../api-problem.js';
import { CheckRunner } from '../checks/check-runner.js';
import { PathBrowser } from '../paths/path-browser.js';
import { casesRoutes } from '../routes/cases.js';
import { checksRoutes } from '../routes/checks.js';
import { custodyRoutes } from '../routes/custody.js';
import { eventsRoutes } from '../routes/events.js';
import { exportsRoutes } from '../routes/exports.js';
import { findingsRoutes } from '../routes/findings.js';
import { graphRoutes } from '../routes/graph.js';
import { indicatorsRoutes } from '../routes/indicators.js';
import { pathsRoutes } from '../routes/paths.js';
import { uploadsRoutes } from '../routes/uploads.js';
import type { ServerContext } from '../server-context.js';
import { UploadStore, type UploadStoreOptions } from '../uploads/upload-store.js';

/** Routes over a real vault with one case, without the gate before them. */
export async function fakeServer(uploadOptions: Partial<UploadStoreOptions> = {}) {
  const opened = await openDesk();
  const { desk, vault, folder } = opened;
  const { code } = desk.newCase(aCase());
  const uploads = new UploadStore({
    vaultFolder: vault.dir,
    freeBytes: async () => 100 * 1024 ** 3,
    ...uploadOptions,
  });
  let language: Language = 'es';
  const translate = () => translatorFor(language, 'UTC');
  const paths = new PathBrowser({ home: folder, mediaFolders: [] });
  const checks = new CheckRunner({ desk, uploads, translate, paths });
  const context: ServerContext = {
    desk: () => desk,
    translate,
    settings: () => ({
      language,
      timeZone: 'UTC',
      theme: 'auto',
      density: 'comfortable',
      letterKeys: true,
      coverContent: true,
      idleLockMinutes: 5,
    }),
    checks: () => checks,
    uploads: () => uploads,
    isPassphrase: (passphrase) => vault.isOpenedBy({ passphrase: Buffer.from(passphrase) }),
    toolVersion: '0',
  };
  const app = new Hono();
  app.onError((error, c) => {
    if (error instanceof ApiProblem) return c.json({ code: error.code, params: error.params }, error.status);
    return c.json({ code: 'internal', detail: String(error.stack) }, 500);
  });
  for (const routes of [
    uploadsRoutes(context),
    pathsRoutes(context, paths),
    checksRoutes(context),
    findingsRoutes(context),
    casesRoutes(context),
    custodyRoutes(context),
    exportsRoutes(context),
    indicatorsRoutes(context, join(folder, 'indicators')),
    eventsRoutes(context),
    graphRoutes(context),
  ])
    app.route(API, routes);
  const request = (method: string, path: string, body?: unknown): Promise<Response> =>
    Promise.resolve(
      app.request(`${API}${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
      }),
    );
  /** The body of an answer that has to have this status. */
  const json = async <T>(method: string, path: string, body?: unknown, status = 200): Promise<T> => {
    const answer = await request(method, path, body);
    const text = await answer.text();
    if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  };
  /** Status and code of a refusal. */
  const refusal = async (method: string, path: string, body?: unknown): Promise<[number, string]> => {
    const answer = await request(method, path, body);
    const { code: told } = (await answer.json()) as { code: string };
    return [answer.status, told];
  };
  return {
    ...opened,
    code,
    app,
    uploads,
    checks,
    request,
    json,
    refusal,
    speak: (next: Language) => {
      language = next;
    },
    async close() {
      await checks.close();
      await uploads.close();
      opened.close();
    },
  };
}

export type FakeServer = Awaited<ReturnType<typeof fakeServer>>;
