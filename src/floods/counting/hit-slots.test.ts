import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT, Hit } from '../hits/hit.js';
import { fillHit, type Request } from '../testing/requests.js';
import { CohortCounter } from '../traffic/cohort-counter.js';
import { CohortTable } from '../traffic/cohort-table.js';
import { ShapeTexts } from '../traffic/facts.js';
import type { TrafficView } from '../traffic/shape.js';
import { WebTraffic } from '../traffic/web-traffic.js';
import { HitWriter, newSlots, ThreadLost, takeAll } from './hit-slots.js';

const START = 1_757_000_040;

const text = fc.string({ maxLength: 40, unit: 'binary' });
const request: fc.Arbitrary<Request> = fc.record(
  {
    second: fc.integer({ min: START, max: START + 40_000 }),
    client: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('host.example'), fc.constant('')),
    method: fc.constantFrom('GET', 'POST', 'BREW', ''),
    target: fc.oneof(fc.constant('/'), fc.constant('/nota/7?a=1&b='), text),
    protocol: fc.constantFrom(0, 10, 11, 20),
    status: fc.constantFrom(0, 200, 302, 404, 408, 503),
    bytes: fc.constantFrom(-1, 0, 1_500, 5_000_000_000),
    referer: fc.oneof(fc.constant('https://noticias.example/'), fc.constant('https://otro.example/x'), text),
    agent: fc.oneof(fc.constant('curl/8.5.0'), text),
    host: fc.constantFrom('noticias.example', 'otro.example:8080', ''),
    durationMs: fc.constantFrom(-1, 0.25, 90_000),
    cache: fc.constantFrom(0, 1, 2, 3),
    contentType: fc.constantFrom('text/html', ''),
    tls: fc.constantFrom('t13d1516h2_8daaf6152771_02713d6af862', ''),
    malformed: fc.boolean(),
    event: fc.constantFrom(0, 0, 0, EVENT.exhausted),
  },
  { requiredKeys: ['second', 'client'] },
);

/** All that a hit says, texts as texts. */
function said(hit: Hit): unknown {
  const { bytes: _, ...rest } = hit;
  const texts: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(rest)) {
    if (key.endsWith('End') || key === 'queryStart' || key.startsWith('forwarded')) continue;
    const name = key.endsWith('Start') && key !== 'lineStart' ? key.slice(0, -5) : null;
    texts[key] =
      name === null
        ? value
        : hit.text(value as number, (rest as unknown as Record<string, number>)[`${name}End`] as number);
  }
  return { ...texts, query: hit.text(hit.queryStart, hit.targetEnd) };
}

/** Gives requests to a writer or a counter, as the reader of a log does. */
function count(traffic: WebTraffic, requests: readonly Request[], writer?: HitWriter): unknown[] {
  const source = traffic.startSource({ evidence: 'e1', path: 'access.log' });
  const hit = new Hit();
  const given = requests.map((each, line) => {
    fillHit(hit, each);
    hit.lineStart = line * 5_000_000_000;
    hit.lineLength = 99;
    if (hit.event === EVENT.none) traffic.hit(hit);
    else {
      traffic.event(hit);
      writer?.event(hit);
    }
    return said(hit);
  });
  traffic.endSource(source, { lines: requests.length, unparsed: 0, formats: new Map() });
  return given;
}

function cohorts(view: TrafficView): unknown[] {
  const { cohorts: table } = view;
  const rows = Array.from({ length: table.size }, (_, row) => [
    table.type[row],
    view.sites[table.site[row] as number],
    view.cohortText(row),
    table.hits[row],
    table.pages[row],
    table.refererOutside[row],
    table.cacheMissed[row],
    table.bytesOut[row],
    table.firstSecond[row],
    table.lastSecond[row],
    view.cohortDistinct(row, 'clients'),
    view.cohortDistinct(row, 'queries'),
  ]);
  const slots = Array.from({ length: view.cohortSlots.size }, (_, row) => [
    view.cohortText(view.cohortSlots.owner[row] as number),
    view.cohortSlots.minute[row],
    view.cohortSlots.length[row],
    view.cohortSlots.hits[row],
  ]);
  return [...rows, ...slots].map((row) => JSON.stringify(row)).sort();
}

describe('requests on their way to another thread', () => {
  it('arrive as they were, and are counted there as they would have been here', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 200 }), (requests) => {
        const memory = newSlots();
        const writer = new HitWriter(memory, 1_000);
        const shared = new WebTraffic(writer);
        const given = count(shared, requests, writer);
        writer.end();
        const alone = new WebTraffic();
        count(alone, requests);

        const counter = new CohortCounter(new CohortTable(), new ShapeTexts());
        const taken: unknown[] = [];
        takeAll(memory, {
          request: (hit, facts, site, asn, country) => {
            taken.push(said(hit));
            counter.count(hit, facts, site, asn, country);
          },
          event: (hit) => taken.push(said(hit)),
        });
        expect(taken).toEqual(given);
        shared.cohorts.restore(structuredClone(counter.table.content()));
        expect(cohorts(shared.view())).toEqual(cohorts(alone.view()));
      }),
    );
  });

  it('fill more than one slot', () => {
    const requests = Array.from({ length: 2_000 }, (_, second) => ({
      second: START + second,
      client: '192.0.2.1',
    }));
    const memory = newSlots();
    const writer = new HitWriter(memory, 1_000);
    count(new WebTraffic(writer), requests);
    writer.end();

    let taken = 0;
    takeAll(memory, { request: () => (taken += 1), event: () => undefined });
    expect(taken).toBe(2_000);
  });

  it('with the longest texts there are have room', () => {
    const target = `/${'a'.repeat(1_048_000)}`;
    const requests = [1, 2, 3].map((second) => ({ second: START + second, client: '192.0.2.1', target }));
    const memory = newSlots();
    const writer = new HitWriter(memory, 1_000);
    expect(() => count(new WebTraffic(writer), requests.slice(0, 2))).not.toThrow();
    writer.end();

    const lengths: number[] = [];
    takeAll(memory, {
      request: (hit) => lengths.push(hit.text(hit.targetStart, hit.targetEnd).length),
      event: () => undefined,
    });
    expect(lengths).toEqual([target.length, target.length]);
  });

  it('of which nobody takes any are given up', () => {
    const writer = new HitWriter(newSlots(), 20);
    const requests = Array.from({ length: 20_000 }, (_, second) => ({
      second: START + second,
      client: '192.0.2.1',
    }));

    expect(() => count(new WebTraffic(writer), requests)).toThrow(ThreadLost);
  });
});
