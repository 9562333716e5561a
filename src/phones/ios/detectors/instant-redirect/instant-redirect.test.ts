import { describe, expect, it } from 'vitest';
import { detect } from '../../../../core/testing/run.js';
import type { UrlVisit } from '../../../../records/kinds/url-visit.js';
import { visit } from '../../../../records/testing/records.js';
import { detectInAnyOrder, sayInBoth } from '../../testing/findings.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './instant-redirect.js';

const START = '2024-02-14T14:12:41.000000Z';

/** Visits of a chain of redirects, each with its distance from the first in microseconds. */
function chain(firstId: number, ...steps: readonly (readonly [url: string, at: string])[]): UrlVisit[] {
  return steps.map(([url, at], index) =>
    visit({
      visitId: firstId + index,
      url,
      at,
      redirectSourceVisitId: index === 0 ? null : firstId + index - 1,
      redirectDestinationVisitId: index === steps.length - 1 ? null : firstId + index + 1,
    }),
  );
}

const pair = (from: string, to: string, at = '2024-02-14T14:12:41.190000Z', firstId = 1) =>
  chain(firstId, [from, START], [to, at]);

describe('ios/instant-redirect', () => {
  it('reports a stranger reached from an unprotected page within a second', () => {
    expect(detectInAnyOrder(detector, pair('http://example.org/x', 'https://www.stranger.example/'))).toEqual(
      [
        {
          severity: 'medium',
          confidence: 'low',
          shows: 'oddity',
          technique: 'T1456',
          values: {
            count: 1,
            pairs: 1,
            from: { link: 'http://example.org/x' },
            to: { link: 'https://www.stranger.example/' },
            fromSite: { link: 'example.org' },
            toSite: { link: 'stranger.example' },
            milliseconds: 190,
            oddPort: 'no',
          },
          at: START,
          evidence: [
            {
              evidence: 'e1',
              path: 'HomeDomain/Library/Safari/History.db',
              locator: 'history_visits ROWID 1',
            },
            {
              evidence: 'e1',
              path: 'HomeDomain/Library/Safari/History.db',
              locator: 'history_visits ROWID 2',
            },
          ],
        },
      ],
    );
  });

  it('is surer when the destination uses a port no web site needs', () => {
    expect(
      detectInAnyOrder(detector, pair('http://example.org/', 'https://a.b.c.stranger.example:30495/x')),
    ).toMatchObject([{ severity: 'medium', confidence: 'medium', values: { oddPort: 'yes' } }]);
  });

  it.each([
    ['the same name over a protected connection', 'http://example.org/', 'https://example.org/'],
    ['another host of the same domain', 'http://example.org/', 'https://m.example.org/'],
    ['a protected first page', 'https://example.org/', 'https://stranger.example/'],
    ['a shortener', 'http://bit.ly/abc', 'https://stranger.example/'],
    ['a search engine sending on', 'http://www.google.com/url?q=x', 'https://stranger.example/'],
    ['a destination that is no web page', 'http://example.org/', 'itms-apps://stranger.example/'],
  ])('stays silent on %s', (_, from, to) => {
    expect(detectInAnyOrder(detector, pair(from, to))).toEqual([]);
  });

  it.each([
    ['a second later', '2024-02-14T14:12:42.000000Z'],
    ['a day later at the same second', '2024-02-15T14:12:41.190000Z'],
    ['before', '2024-02-14T14:12:40.999999Z'],
  ])('stays silent when the second visit is %s', (_, at) => {
    expect(detectInAnyOrder(detector, pair('http://example.org/', 'https://stranger.example/', at))).toEqual(
      [],
    );
  });

  it('counts the last microsecond of the second', () => {
    const at = '2024-02-14T14:12:41.999999Z';
    expect(
      detectInAnyOrder(detector, pair('http://example.org/', 'https://stranger.example/', at)),
    ).toHaveLength(1);
  });

  it('stays silent on visits that do not name each other, and on visits without time or id', () => {
    expect(
      detectInAnyOrder(detector, [
        visit({ visitId: 1, url: 'http://example.org/' }),
        visit({ visitId: 2, url: 'https://stranger.example/' }),
        visit({ visitId: 3, url: 'http://example.org/', redirectDestinationVisitId: 99 }),
        visit({ visitId: 4, url: 'http://example.org/', redirectDestinationVisitId: 4 }),
        visit({ visitId: null, url: 'http://example.org/', at: null }),
        ...chain(10, ['http://example.org/', START]).map((record) => ({ ...record, at: null })),
      ]),
    ).toEqual([]);
  });

  it('needs only one side to name the other', () => {
    const [from, to] = pair('http://example.org/', 'https://stranger.example/');
    if (!from || !to) throw new Error('no pair');
    expect(detectInAnyOrder(detector, [from, { ...to, redirectSourceVisitId: null }])).toHaveLength(1);
    expect(detectInAnyOrder(detector, [{ ...from, redirectDestinationVisitId: null }, to])).toHaveLength(1);
  });

  it.each([
    ['a site everyone knows', pair('http://example.org/', 'https://es.wikipedia.org/wiki/X')],
    ['the same name with another ending', pair('http://example.com/', 'https://www.example.com.mx/')],
    [
      'a visit that came through a tracker',
      chain(
        1,
        ['https://ad.doubleclick.net/x', START],
        ['http://example.org/', START],
        ['https://stranger.example/', START],
      ),
    ],
  ])('only remarks on %s', (_, records) => {
    expect(detectInAnyOrder(detector, records)).toMatchObject([
      { severity: 'info', shows: 'advice', variant: 'usual', values: { count: 1 } },
    ]);
  });

  it('is not stopped by redirects in a circle', () => {
    const [first, second] = pair('http://example.org/', 'http://stranger.example/', START);
    if (!first || !second) throw new Error('no pair');
    const circle = [
      { ...first, redirectSourceVisitId: 2 },
      { ...second, redirectDestinationVisitId: 1 },
    ];
    expect(detectInAnyOrder(detector, circle)).toHaveLength(2);
  });

  it('gathers the same pair of sites, and says many pairs at once', () => {
    const same = [1, 11, 21].flatMap((id) =>
      pair('http://example.org/a', 'https://stranger.example/b', START, id),
    );
    expect(detectInAnyOrder(detector, same)).toMatchObject([{ values: { count: 3, pairs: 1 } }]);

    const many = Array.from({ length: 7 }, (_, index) =>
      pair(`http://site${index}.example/`, `https://ads${index}.example/`, START, 10 * index),
    ).flat();
    const odd = pair('http://site.example/', 'https://port.example:30495/', START, 100);
    expect(detectInAnyOrder(detector, [...many, ...odd])).toMatchObject([
      { confidence: 'medium', values: { count: 1, oddPort: 'yes' } },
      { confidence: 'low', variant: 'many', values: { count: 7, pairs: 7 } },
    ]);
  });

  it('does not join visits of two databases or two phones', () => {
    const [from, to] = pair('http://example.org/', 'https://stranger.example/');
    if (!from || !to) throw new Error('no pair');
    const elsewhere = { ...to, source: { ...to.source, path: 'Profiles/A/History.db' } };
    const otherPhone = { ...to, source: { ...to.source, evidence: 'e2' } };
    expect(detectInAnyOrder(detector, [from, elsewhere, otherPhone])).toEqual([]);

    const second = [from, to].map((record) => ({ ...record, source: { ...record.source, evidence: 'e2' } }));
    const drafts = detectInAnyOrder(detector, [from, to, ...second]);
    expect(drafts.map(({ evidence }) => evidence.map((place) => place.evidence))).toEqual([
      ['e1', 'e1'],
      ['e2', 'e2'],
    ]);
  });

  it('is quick with a long history', () => {
    const records = Array.from({ length: 20_000 }, (_, index) =>
      pair(`http://s${index % 300}.example.org/`, `https://s${index % 300}.example.org/`, START, 2 * index),
    ).flat();
    const started = performance.now();
    expect(detect(detector, records)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('says it in both languages', () => {
    const said = sayInBoth(
      { es, en },
      detectInAnyOrder(detector, pair('http://example.org/x', 'https://stranger.example/'))[0],
    );
    expect(said.es.title).toContain('de example[.]org a stranger[.]example');
    expect(said.es.explanation).toContain(
      'abrió hxxp://example[.]org/x por una conexión sin protección (http) y 190 milisegundos después estaba en hxxps://stranger[.]example/, que',
    );
    expect(said.en.explanation).toContain('190 milliseconds later it was at hxxps://stranger[.]example/,');

    const usual = sayInBoth(
      { es, en },
      detectInAnyOrder(detector, pair('http://example.org/', 'https://wikipedia.org/'))[0],
    );
    expect(usual.es.title).toBe('Una redirección muy rápida con una explicación común');

    const many = Array.from({ length: 7 }, (_, index) =>
      pair(`http://site${index}.example/`, `https://ads${index}.example/`, START, 10 * index),
    ).flat();
    const all = sayInBoth({ es, en }, detectInAnyOrder(detector, many)[0]);
    expect(all.es.title).toBe(
      '7 redirecciones muy rápidas desde páginas sin protección hacia sitios desconocidos',
    );
  });
});
