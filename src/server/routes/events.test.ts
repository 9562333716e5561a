import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCase } from '../../casework/vault/testing/a-case.js';
import { aMessage } from '../../casework/vault/testing/fill.js';
import { type Message, message } from '../../records/kinds/message.js';
import { type UrlVisit, urlVisit } from '../../records/kinds/url-visit.js';
import { finding, result } from '../../report/testing/results.js';
import type { EventFilters, EventPage, Histogram } from '../api/api.js';
import { type FakeServer, fakeServer } from '../testing/fake-server.js';

/** Evidence may hold anything. */
const HOSTILE = `<img src=x onerror=alert(1)> "quoted" O'Brien 100% \u202E; DROP TABLE moments; --`;

let server: FakeServer;
beforeEach(async () => {
  server = await fakeServer();
});
afterEach(() => server.close());

const second = (number: number): string => `2026-02-01T00:00:${String(number).padStart(2, '0')}.000000Z`;
const place = (number: number) => ({ evidence: 'e1', path: 'sms.db', locator: `ROWID ${number}` });
const said = (number: number, text: string, at: string | null = second(number)): Message =>
  aMessage(text, { at, source: place(number) });
const visited = (number: number, title: string, at: string | null = second(number)): UrlVisit => ({
  kind: 'url-visit',
  at,
  source: place(number),
  browser: 'safari',
  url: 'https://news.example/a',
  title,
  visitId: null,
  redirectSourceVisitId: null,
  redirectDestinationVisitId: null,
});

function keep(records: readonly (Message | UrlVisit)[], code = server.code): void {
  const { id } = server.desk.case(code);
  const run = server.vault.runs.begin({ caseId: id, startedAt: second(0) });
  for (const record of records) {
    if (record.kind === 'message') run.record(record, message);
    else run.record(record, urlVisit);
  }
  const points = (locator: string) => [{ evidence: 'e1', path: 'sms.db', locator }];
  run.finish(
    [
      result({
        findings: [
          finding({ id: 'f1', severity: 'low', evidence: points('ROWID 2') }),
          finding({ id: 'f2', severity: 'critical', evidence: points('ROWID 2') }),
        ],
      }),
    ],
    second(1),
    { e1: 'E-001' },
  );
}

const asked = (more: object = {}) => ({
  caseCode: server.code,
  from: null,
  to: null,
  kinds: [],
  text: '',
  after: null,
  limit: 100,
  ...more,
});
const query = (more: object = {}) => server.json<EventPage>('POST', '/events/query', asked(more));
const locators = async (more: object = {}) => (await query(more)).rows.map(({ locator }) => locator);
const histogram = (more: object = {}) => {
  const { after, limit, ...rest } = asked();
  void [after, limit];
  return server.json<Histogram>('POST', '/events/histogram', { ...rest, buckets: 4, ...more });
};

describe('the line of time', () => {
  beforeEach(() =>
    keep([
      said(3, 'La conexión urgente'),
      said(1, 'hola'),
      visited(2, 'Noticias urgentes'),
      said(4, HOSTILE),
      said(9, 'sin fecha', null),
      visited(8, 'sin fecha tampoco', null),
    ]),
  );

  it('has what happened in order, with its place, its kind in words and its findings, the gravest first', async () => {
    const page = await query();
    expect([page.offset, page.next, page.total]).toEqual([0, null, { value: 4, isExact: true }]);
    expect(page.rows[1]).toEqual({
      id: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      at: second(2),
      kind: 'url-visit',
      kindName: 'Páginas visitadas',
      event: expect.any(String),
      text: 'https://news.example/a (Noticias urgentes)',
      evidence: 'E-001',
      path: 'sms.db',
      locator: 'ROWID 2',
      findings: [
        { id: 'R1 f2', severity: 'critical' },
        { id: 'R1 f1', severity: 'low' },
      ],
    });
    expect(page.rows.map(({ at }) => at)).toEqual([1, 2, 3, 4].map(second));
    expect(page.rows[3]?.text).toContain(HOSTILE);
    server.speak('en');
    expect((await query()).rows[1]?.kindName).not.toBe('Páginas visitadas');
  });

  it('is filtered by evidence, by whom it is from, and by the findings that point there', async () => {
    expect(await locators({ evidence: ['E-001'] })).toHaveLength(4);
    expect(await locators({ evidence: ['E-002'] })).toEqual([]);
    expect(await locators({ people: ['nobody'] })).toEqual([]);
    expect(await locators({ severity: 'high' })).toEqual(['ROWID 2']);
    expect(await locators({ severity: 'high', text: 'hola' })).toEqual([]);
    expect(await locators({ techniques: ['ddos'] })).toEqual([]);
    expect((await histogram({ severity: 'low' })).counts).toEqual([1]);
    expect((await query({ severity: 'low', undated: true })).total.value).toBe(0);
    const { severities, techniques } = await server.json<EventFilters>(
      'GET',
      `/events/filters?case=${server.code}`,
    );
    expect(severities).toEqual(['critical', 'low']);
    const [only] = techniques;
    expect(await locators({ techniques: [only?.technique] })).toEqual(['ROWID 2']);
  });

  it('is filtered by kind, by time with both bounds, and by words without their accents', async () => {
    expect(await locators({ kinds: ['url-visit'] })).toEqual(['ROWID 2']);
    expect(await locators({ kinds: ['unheard-of'] })).toEqual([]);
    expect(await locators({ from: second(2), to: second(3) })).toEqual(['ROWID 2', 'ROWID 3']);
    expect(await locators({ from: '2026-02-01T00:00:03Z' })).toEqual(['ROWID 3', 'ROWID 4']);
    expect(await locators({ text: 'CONEXION' })).toEqual(['ROWID 3']);
    expect(await locators({ text: 'urgente' })).toEqual(['ROWID 2', 'ROWID 3']);
    expect(await locators({ text: 'noticias urg', kinds: ['url-visit'], from: second(1) })).toEqual([
      'ROWID 2',
    ]);
  });

  it.each([
    [`"quoted" O'Brien`, ['ROWID 4']],
    ['"', ['ROWID 1', 'ROWID 2', 'ROWID 3', 'ROWID 4']],
    ['*', ['ROWID 1', 'ROWID 2', 'ROWID 3', 'ROWID 4']],
    ['urg*', ['ROWID 2', 'ROWID 3']],
    ['"la conexión', ['ROWID 3']],
    [`'; DROP TABLE moments; --`, ['ROWID 4']],
    ['hola OR urgente', []],
    ['NOT hola', []],
    ['text:hola', []],
    ['NEAR(hola, 2)', []],
    ['^hola', ['ROWID 1']],
    ['(hola', ['ROWID 1']],
    ['{hola} + -', ['ROWID 1']],
    ['\u0000hola', ['ROWID 1']],
    ['%_', ['ROWID 1', 'ROWID 2', 'ROWID 3', 'ROWID 4']],
  ])('is searched for %j as it is written', async (text, expected) => {
    expect(await locators({ text })).toEqual(expected);
    expect((await histogram({ text })).counts.reduce((sum, count) => sum + count, 0)).toBe(expected.length);
  });

  it('has what has no time apart, never at 1970', async () => {
    const page = await query({ undated: true });
    expect(page.rows.map(({ at, locator, text }) => [at, locator, text])).toEqual([
      [null, 'ROWID 9', expect.stringContaining('sin fecha')],
      [null, 'ROWID 8', expect.stringContaining('sin fecha tampoco')],
    ]);
    expect([page.total, page.next]).toEqual([{ value: 2, isExact: true }, null]);
    expect(await locators({ undated: true, text: 'tampoco' })).toEqual(['ROWID 8']);
    const messages = await query({ undated: true, kinds: ['message'] });
    expect([messages.rows.length, messages.total]).toEqual([1, { value: 2, isExact: false }]);
    const first = await query({ undated: true, limit: 1 });
    expect(await locators({ undated: true, limit: 9, after: first.next })).toEqual(['ROWID 8']);
    expect(await locators({ to: '1971-01-01T00:00:00Z' })).toEqual([]);
  });

  it('is counted over time and by kind', async () => {
    expect(await histogram()).toEqual({
      from: second(1),
      to: second(4),
      stepSeconds: 1,
      counts: [1, 1, 1, 1],
      undated: 2,
      kinds: [
        { kind: 'message', name: expect.any(String), count: 3 },
        { kind: 'url-visit', name: 'Páginas visitadas', count: 1 },
      ],
    });
    expect(await histogram({ text: 'nada' })).toMatchObject({
      from: null,
      counts: [],
      undated: 0,
      kinds: [],
    });
  });

  it('is drawn with nothing of the evidence in it, and not at all without a time', async () => {
    const { after, limit, ...rest } = asked({ buckets: 20 });
    void [after, limit];
    const answer = await server.request('POST', '/events/picture', rest);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    const svg = await answer.text();
    expect(svg).toMatch(/^<svg/);
    expect(svg).not.toMatch(/onerror|hola|<script/i);
    expect((await server.request('POST', '/events/picture', { ...rest, text: 'nada' })).status).toBe(204);
  });

  it('of another case is not in it', async () => {
    const { code } = server.desk.newCase(aCase());
    expect(await query({ caseCode: code })).toMatchObject({ rows: [], total: { value: 0 } });
    keep([said(5, 'hola')], code);
    expect(await locators({ text: 'hola' })).toEqual(['ROWID 1']);
  });
});

describe('pages of the line of time', () => {
  it('give every row once, and by offset the same', async () => {
    keep(Array.from({ length: 250 }, (_, number) => said(number, 'hola', second((number * 7) % 5))));
    const rows: string[] = [];
    let after: string | null = null;
    do {
      const page: EventPage = await query({ after, limit: 60 });
      expect([page.offset, page.total.value]).toEqual([rows.length, 250]);
      expect((await query({ offset: page.offset, limit: 60 })).rows).toEqual(page.rows);
      rows.push(...page.rows.map(({ locator }) => locator));
      after = page.next;
    } while (after !== null);
    const expected = Array.from({ length: 250 }, (_, number) => number).sort(
      (a, b) => ((a * 7) % 5) - ((b * 7) % 5) || a - b,
    );
    expect(rows).toEqual(expected.map((number) => `ROWID ${number}`));
  });
});

describe('what is asked wrongly of the line of time', () => {
  it.each([
    { limit: 0 },
    { limit: 501 },
    { limit: 1.5 },
    { offset: -1 },
    { kinds: 'message' },
    { text: 'x'.repeat(501) },
    { text: null },
    { from: 7 },
    { caseCode: undefined },
  ])('is refused: %j', async (wrong) => {
    expect(await server.refusal('POST', '/events/query', asked(wrong))).toEqual([400, 'bad-request']);
  });

  it('is refused where it is no time, and not found where there is no such case', async () => {
    for (const from of ['soon', '2026-13-45T00:00:00Z', '2026-99-99T99:99:99.000000Z'])
      expect(await server.refusal('POST', '/events/query', asked({ from })), from).toEqual([422, 'bad-date']);
    const nowhere = asked({ caseCode: 'V-2026-0999', buckets: 5 });
    for (const path of ['query', 'histogram', 'picture'])
      expect(await server.refusal('POST', `/events/${path}`, nowhere)).toEqual([404, 'case/no-such-case']);
    for (const buckets of [0, 401, 'many'])
      expect(await server.refusal('POST', '/events/histogram', asked({ buckets }))).toEqual([
        400,
        'bad-request',
      ]);
  });
});
