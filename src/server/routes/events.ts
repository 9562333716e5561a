/** `/events`: the line of time of one case. As CSV it leaves like everything else: `POST /exports` with `timesketch-csv`. */
import type { Hono } from 'hono';
import type { LineFilter } from '../../casework/vault/case-timeline.js';
import { microsecondsOf } from '../../casework/vault/stored-time.js';
import { translatorFor } from '../../check/messages.js';
import type { Translator } from '../../core/language.js';
import { fromDate } from '../../core/time.js';
import {
  type EventPage,
  type EventsQuery,
  eventsQuerySchema,
  type Histogram,
  type HistogramQuery,
  histogramSchema,
} from '../api/api.js';
import { ApiProblem } from '../api-problem.js';
import { eventFilters } from '../events/event-filters.js';
import { eventRow, type RowWords, undatedRow } from '../events/event-rows.js';
import { eventTexts, kindName } from '../events/event-texts.js';
import { histogramPicture } from '../events/histogram-picture.js';
import { FindingPlacesOfCase } from '../events/places-of-case.js';
import { jsonBody } from '../json-body.js';
import type { ServerContext } from '../server-context.js';
import { roomRoutes } from './room-routes.js';

export function eventsRoutes(context: ServerContext): Hono {
  const routes = roomRoutes();
  const places = new FindingPlacesOfCase();

  routes.post('/events/query', async (c) => {
    const query = await jsonBody(c, eventsQuerySchema);
    const desk = context.desk();
    const own = desk.case(query.caseCode);
    const translate = context.translate();
    const words = { translate, texts: eventTexts(translate), places: places.of(desk, own) };
    const line = desk.vault.records.timelineOf(own.id);
    const filter = filterOf(query, await places.chosen(desk, own, query));
    return c.json(
      query.undated
        ? await undatedPage(line, filter, query, words)
        : await datedPage(line, filter, query, words),
    );
  });

  routes.get('/events/filters', (c) => {
    const desk = context.desk();
    const own = desk.case(c.req.query('case') ?? '');
    // Whoever asks what there is to choose from will choose.
    places.prepare(desk, own);
    return c.json(eventFilters(desk, own, places.of(desk, own), context.translate()));
  });

  routes.post('/events/histogram', async (c) => {
    const query = await jsonBody(c, histogramSchema);
    return c.json(await histogramOf(query, eventTexts(context.translate())));
  });

  /** 204 when nothing has a time. */
  routes.post('/events/picture', async (c) => {
    const query = await jsonBody(c, histogramSchema);
    const own = context.translate();
    const translate = query.utc ? translatorFor(own.language, 'UTC') : own;
    const texts = eventTexts(translate);
    const svg = await histogramPicture(await histogramOf(query, texts), translate, texts);
    return svg === null ? c.body(null, 204) : c.body(svg, 200, { 'Content-Type': 'image/svg+xml' });
  });

  async function histogramOf(query: HistogramQuery, texts: Translator): Promise<Histogram> {
    const desk = context.desk();
    const own = desk.case(query.caseCode);
    const filter = filterOf(query, await places.chosen(desk, own, query));
    const histogram = await desk.vault.records.timelineOf(own.id).histogram(filter, query.buckets);
    return {
      ...histogram,
      kinds: histogram.kinds.map(({ kind, count }) => ({ kind, name: kindName(texts, kind), count })),
    };
  }

  return routes;
}

type Line = ReturnType<ReturnType<ServerContext['desk']>['vault']['records']['timelineOf']>;

async function datedPage(
  line: Line,
  filter: LineFilter,
  query: EventsQuery,
  words: RowWords,
): Promise<EventPage> {
  const from = query.after ?? query.offset ?? null;
  const { moments, offset, next, total } = await line.page(filter, from, query.limit);
  return {
    rows: moments.map((moment) => eventRow(moment, words)),
    offset,
    next,
    total: { value: total, isExact: true },
  };
}

async function undatedPage(
  line: Line,
  filter: LineFilter,
  query: EventsQuery,
  words: RowWords,
): Promise<EventPage> {
  const after = /^\d{1,15}$/.test(query.after ?? '') ? Number(query.after) : 0;
  const { records, next } = await line.undated(filter, after, query.limit);
  const { undated } = await line.histogram(filter, 1);
  return {
    rows: records.map((stored) => undatedRow(stored, words)),
    offset: 0,
    next: next === null ? null : String(next),
    // Of which kind those are that were not opened yet, nobody knows.
    total: { value: undated, isExact: filter.kinds.length === 0 },
  };
}

function filterOf(
  { from, to, kinds, text }: Pick<EventsQuery, 'from' | 'to' | 'kinds' | 'text'>,
  only: LineFilter['only'] | null,
): LineFilter {
  return {
    from: timeOf(from, 'from'),
    to: timeOf(to, 'to'),
    kinds,
    text: asTyped(text),
    ...(only ? { only } : {}),
  };
}

/** While somebody types, the last word is the beginning of one; of one or two letters too much begins with them. */
function asTyped(text: string): string {
  return /[\p{L}\p{N}]{3,}$/u.test(text) ? `${text}*` : text;
}

/** In the stored form already, or any other of ISO 8601. @throws ApiProblem 422 bad-date */
function timeOf(text: string | null, field: string): string | null {
  if (text === null || microsecondsOf(text) !== null) return text;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : new Date(Number.NaN);
  const stored = Number.isNaN(time.getTime()) ? null : fromDate(time);
  if (stored === null) throw new ApiProblem(422, 'bad-date', { field });
  return stored;
}
