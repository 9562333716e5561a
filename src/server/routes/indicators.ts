/** `/indicators`: the sets that are compared with, as `vigia indicators` has them. Nothing here asks the network. */
import type { Hono } from 'hono';
import { z } from 'zod';
import { builtInFeeds } from '../../check/feeds.js';
import { type Hunted, retroHunt } from '../../check/retro-hunt.js';
import { unusableRules } from '../../check/rule-packs.js';
import { UNKNOWN_FAMILY } from '../../core/indicator.js';
import type { Translator } from '../../core/language.js';
import { readRange } from '../../evidence/file-range.js';
import type { HeldFile } from '../../evidence/held.js';
import { type LoadedFeed, sizeOfFeed } from '../../indicators/load.js';
import { compileMatcher } from '../../indicators/matcher.js';
import {
  importFeedBytes,
  listFeeds,
  removeFeed,
  StoreError,
  type StoreOptions,
  searchIndicators,
  searchRules,
} from '../../indicators/store.js';
import {
  type FeedRow,
  type ImportAnswer,
  type IndicatorHit,
  importSchema,
  searchSchema,
} from '../api/api.js';
import { ApiProblem } from '../api-problem.js';
import { jsonBody } from '../json-body.js';
import type { ServerContext } from '../server-context.js';
import { roomRoutes } from './room-routes.js';

/** Older than this a set is said to be worth updating. */
const OLD_AFTER_DAYS = 90;
/** As large as a list may be that is loaded, and one that is left unread to its end. */
const MAX_BYTES = 64 * 1024 * 1024 + 1;
const MAX_FILES = 2_000;
const HITS = 200;
const removeSchema = z.object({ file: z.string().min(1).max(1_000) });

/** @param store folder of the store; left out: the user's own */
export function indicatorsRoutes(context: ServerContext, store?: string): Hono {
  const routes = roomRoutes();
  const options = (): StoreOptions => ({
    now: new Date().toISOString(),
    ...(store === undefined ? {} : { store }),
  });

  routes.get('/indicators', async (c) => {
    const stored = await listFeeds(options()).catch(storeProblem);
    return c.json<FeedRow[]>([
      ...builtInFeeds().map((feed) => ({
        name: feed.feed,
        file: feed.file,
        count: sizeOfFeed(feed),
        families: known(feed.families),
        licence: feed.licence,
        importedAt: null,
        sha256: feed.sha256,
        isBuiltIn: true,
        ageDays: null,
        isOld: false,
      })),
      ...stored.map(({ feed, file, count, families, licence, importedAt, sha256, ageDays }) => ({
        name: feed,
        file,
        count,
        families: known(families),
        licence,
        importedAt,
        sha256,
        isBuiltIn: false,
        ageDays,
        isOld: ageDays > OLD_AFTER_DAYS,
      })),
    ]);
  });

  routes.post('/indicators/search', async (c) => {
    const { value } = await jsonBody(c, searchSchema);
    const translate = context.translate();
    const matches = await searchIndicators(value, options()).catch(storeProblem);
    const packs = builtInFeeds().flatMap(({ rulePack }) => rulePack ?? []);
    const rules = await searchRules(value, packs, options()).catch(storeProblem);
    const hits: IndicatorHit[] = [
      ...matches.slice(0, HITS).map(({ indicator, how }) => ({
        what: 'indicator' as const,
        type: indicator.type,
        typeName: wordOr(translate, `report.indicatorTypes.${indicator.type}`, indicator.type),
        value: indicator.value,
        family: indicator.family === UNKNOWN_FAMILY ? '' : indicator.family,
        feed: indicator.feed,
        how,
      })),
      ...rules.map(({ rule, family, feed }) => ({
        what: 'rule' as const,
        type: 'yara',
        typeName: 'YARA',
        value: rule,
        family: family ?? '',
        feed,
        how: '',
      })),
    ];
    return c.json(hits);
  });

  routes.post('/indicators/import', async (c) => {
    const { uploads, licence, retro } = await jsonBody(c, importSchema);
    const desk = context.desk();
    const translate = context.translate();
    const files = [];
    for (const batch of uploads) files.push(...(await filesOf(context, batch)));
    const report = await importFeedBytes(files, {
      ...options(),
      ...(licence === null ? {} : { licence }),
    }).catch(storeProblem);
    const imported = [];
    for (const { loaded, change } of report.imported) {
      const remarks = [...remarksOf(loaded, translate), ...(await rulesRemarks(loaded, translate))];
      imported.push({ name: loaded.feed, change, count: sizeOfFeed(loaded), remarks });
    }
    const fresh = report.imported.flatMap(({ loaded }) => loaded.indicators);
    return c.json<ImportAnswer>({
      imported,
      refused: report.refused.map((feed) => ({ name: feed.file, remarks: remarksOf(feed, translate) })),
      hunt: retro ? huntAnswer(retroHunt(desk, compileMatcher(fresh))) : null,
    });
  });

  routes.post('/indicators/remove', async (c) => {
    const { file } = await jsonBody(c, removeSchema);
    context.desk();
    await removeFeed(file, options()).catch(storeProblem);
    return c.body(null, 204);
  });

  return routes;
}

interface FeedFile {
  readonly origin: string;
  readonly bytes: Uint8Array;
}

/** @throws ApiProblem 404, 409 of the uploads; 413 */
async function filesOf(context: ServerContext, batch: string): Promise<FeedFile[]> {
  const { name, held } = context.uploads().given(batch);
  if (held.files.length > MAX_FILES) throw new ApiProblem(413, 'too-many-files', { limit: MAX_FILES });
  const files: FeedFile[] = [];
  for (const file of held.files) {
    const origin = held.form === 'folder' ? `${name}/${file.path}` : name;
    files.push({ origin, bytes: await bytesOf(file) });
  }
  return files;
}

async function bytesOf({ stored, path }: HeldFile): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const length = Math.min(MAX_BYTES, stored.sizeBytes);
  for await (const chunk of readRange(stored, { evidence: '', path, locator: '' }, 0, length))
    chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function huntAnswer({ compared, fresh, known: before, thin }: Hunted): NonNullable<ImportAnswer['hunt']> {
  return {
    compared,
    known: before,
    fresh: fresh.map(({ code, observable, indicator, records, first }) => ({
      caseCode: code,
      type: observable.type,
      value: observable.value,
      feed: indicator.feed,
      records,
      at: first.at,
      path: first.source.path,
      locator: first.source.locator,
    })),
    thin,
  };
}

function remarksOf({ problems, skipped }: LoadedFeed, translate: Translator): string[] {
  return [
    ...problems.map(({ code, values }) => translate(`indicators.problems.${code}`, values)),
    ...Object.entries(skipped).map(
      ([reason, count]) => `${translate(`indicators.skipped.${reason}`)}: ${translate.number(count)}`,
    ),
  ];
}

async function rulesRemarks({ rulePack }: LoadedFeed, translate: Translator): Promise<string[]> {
  const unusable = await unusableRules(rulePack === null ? [] : [rulePack]);
  return unusable.map(({ rule, message }) =>
    translate('indicators.problems.rules-not-compiled', { rule: rule ?? 'none', reason: message }),
  );
}

function known(families: readonly string[]): string[] {
  return families.filter((family) => family !== UNKNOWN_FAMILY);
}

function wordOr(translate: Translator, id: string, otherwise: string): string {
  return translate.has(id) ? translate(id) : otherwise;
}

function storeProblem(error: unknown): never {
  if (!(error instanceof StoreError)) throw error;
  const isUnknown = error.code === 'feed-unknown' || error.code === 'feed-ambiguous';
  throw new ApiProblem(isUnknown ? 404 : 500, `indicators/${error.code}`);
}
