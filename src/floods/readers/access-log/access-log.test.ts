import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logText } from '../../../../fixtures/floods/log-lines.js';
import { siteTraffic } from '../../../../fixtures/floods/site-log.js';
import type { EvidenceRecord, Problem } from '../../../core/contracts.js';
import { readAll, type Said } from '../../../core/testing/run.js';
import { memoryEvidence } from '../../../evidence/testing/memory-source.js';
import type { TrafficView } from '../../traffic/shape.js';
import { WebTraffic } from '../../traffic/web-traffic.js';
import { reader } from './access-log.js';

const SHARED = new URL('../../../../../shared/data/floods/access-logs/', import.meta.url);

async function read(
  name: string,
  bytes: Uint8Array | string,
): Promise<Said<EvidenceRecord> & { view: TrafficView }> {
  const said = await readAll(reader, await memoryEvidence(name, bytes));
  const [tally] = said.tallies ?? [];
  if (!(tally instanceof WebTraffic)) throw new Error('no traffic');
  return { ...said, view: tally.view() };
}

async function recognised(bytes: Uint8Array | string, given = false): Promise<boolean> {
  const file = await memoryEvidence('x', bytes);
  const probe = await file.probe();
  return (await reader.recognises?.({ ...probe, given, sqliteTables: async () => new Set() })) ?? false;
}

const LINE =
  '192.0.2.1 - - [04/Sep/2025:09:34:00 -0600] "GET /a?b=c HTTP/1.1" 200 500 "-" "Mozilla/5.0 (X11; Linux x86_64)"\n';

describe('the reader of access logs', () => {
  it('counts every request of a log', async () => {
    const { view, problems, passedOver } = await read('access.log', LINE.repeat(30));
    expect(problems).toEqual([]);
    expect(passedOver).toBe(30);
    expect([...view.minutes.hits]).toEqual([30]);
    expect([...view.minutes.minute]).toEqual([Date.UTC(2025, 8, 4, 15, 34) / 60_000]);
    expect(view.sources).toMatchObject([
      { path: 'access.log', lines: 30, hits: 30, unparsed: 0, zones: [-360] },
    ]);
  });

  it('recognises what begins with the messages of a container, or with zeros', async () => {
    const start = '/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh\n';
    expect(await recognised(start.repeat(20) + LINE.repeat(20))).toBe(true);
    expect(await recognised(start.repeat(20) + LINE.repeat(2))).toBe(false);
    const probe = { head: new Uint8Array(4_096), given: false, sqliteTables: async () => new Set<string>() };
    expect(await reader.recognises?.({ ...probe, path: 'nginx/access.log' })).toBe(true);
    expect(await reader.recognises?.({ ...probe, path: 'disk.img' })).toBe(false);
  });

  it('counts lines that it does not understand, and says where the first is', async () => {
    const { view, problems } = await read('access.log', `${LINE}what is this\n${LINE}\n\nnor this\n${LINE}`);
    expect(view.minutes.hits[0]).toBe(3);
    expect(problems).toMatchObject([
      { code: 'lines-not-understood', count: 2, source: { locator: 'line 2' } },
    ]);
  });

  it('leaves out the copy of a log, and says where two begin alike', async () => {
    const lines = Array.from({ length: 150 }, (_, index) => LINE.replace('500', String(500 + index)));
    const context = { now: '2025-09-05T00:00:00.000000Z' };
    const all = async (name: string, text: string): Promise<readonly string[]> => {
      const file = await memoryEvidence(name, text);
      const said: string[] = [];
      for await (const item of reader.read(file, context)) {
        said.push('code' in item ? `${item.code} ${(item as Problem).values?.other}` : item.kind);
      }
      return said;
    };
    const text = lines.join('');
    expect(await all('access.log', text)).toEqual(['passed-over', 'tally']);
    expect(await all('again.log', text.replaceAll('\n', '\r\n'))).toEqual([
      'passed-over',
      'same-log-again access.log',
    ]);
    expect(await all('earlier.log', lines.slice(0, 120).join(''))).toEqual([
      'passed-over',
      'logs-overlap access.log',
      'tally',
    ]);
    expect(await all('other.log', text.replaceAll('192.0.2.1', '192.0.2.9'))).toEqual([
      'passed-over',
      'tally',
    ]);
  });

  it('reads what comes before and after a line of two mebibytes', async () => {
    const long = LINE.replace('/a?b=c', `/${'x'.repeat(2_000_000)}`);
    const { view, problems } = await read('access.log', LINE + long + LINE);
    expect(view.minutes.hits[0]).toBeGreaterThanOrEqual(2);
    expect(problems.map(({ code }) => code)).toContain('lines-cut');
  });

  it('recognises logs, and leaves other texts to others', async () => {
    expect(await recognised(LINE.repeat(5))).toBe(true);
    expect(await recognised('Hello,\nhow are you?\n', true)).toBe(false);
    expect(await recognised('', true)).toBe(false);
    expect(await recognised(`${'prose\n'.repeat(5)}${LINE}`)).toBe(false);
    expect(await recognised('a,b,c\n1,2,3\n')).toBe(false);
    expect(await recognised('{"a":1}\n{"b":2}\n')).toBe(false);
  });

  it('reads an hour of a site without a line lost, in whatever format', async () => {
    const requests = [...siteTraffic({ seed: 5, from: 1_757_000_000, days: 0.05, hitsPerDay: 20_000 })];
    const { view, problems } = await read('access.log', logText(requests, 'combined'));
    expect(problems).toEqual([]);
    expect(view.minutes.hits.reduce((sum, hits) => sum + hits, 0)).toBe(requests.length);
    expect(view.clients.hits.reduce((sum, hits) => sum + hits, 0)).toBe(requests.length);
  });

  it('never fails, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        const { tallies } = await readAll(reader, await memoryEvidence('x', bytes));
        return tallies?.length === 1;
      }),
      { numRuns: 100 },
    );
  });
});

describe.skipIf(!existsSync(SHARED))('published logs (skipped without ../shared)', () => {
  const published = (name: string): Promise<Said<EvidenceRecord> & { view: TrafficView }> =>
    read(name, readFileSync(new URL(name, SHARED)));
  const total = (column: Iterable<number>): number => [...column].reduce((sum, count) => sum + count, 0);

  it.each([
    ['hub-wordpress-login-bf.syslog-nginx.log', 9, 0, 0],
    ['hub-http-probing.apache-common.log', 77, 2, 0],
    ['hub-nginx-mixed.log', 8, 0, 1],
    ['hub-nginx-malformed.log', 12, 12, 0],
    ['hub-caddy.jsonl', 10, 0, 0],
    ['hub-aws-alb.log', 14, 0, 0],
    ['elastic-apache-first-5000.log', 5_000, 0, 0],
    ['acunetix-scan.quoted.txt', 6_539, 0, 0],
  ])('%s: %i requests, %i of them no HTTP, %i other lines', async (name, hits, malformed, events) => {
    const { view, problems } = await published(name);
    expect(problems).toEqual([]);
    expect(view.sources).toMatchObject([{ hits, events, unparsed: 0, malformed }]);
  });

  it('the benign log has the published totals', async () => {
    const { view } = await published('elastic-apache-first-5000.log');
    expect(view.clients.size).toBe(965);
    expect(view.minutes.size).toBe(42);
    expect(Math.max(...view.minutes.hits)).toBe(133);
    expect(total(view.minutes.bytesOut)).toBe(1_312_869_333);
    expect(total(view.minutes.notFound)).toBe(108);
    expect(total(view.minutes.status5xx)).toBe(2);
    expect(view.sources[0]).toMatchObject({
      stepsBack: 2_451,
      firstSecond: Date.UTC(2015, 4, 17, 10, 5, 0) / 1_000,
      lastSecond: Date.UTC(2015, 4, 19, 3, 5, 59) / 1_000,
    });
  });

  it('the scan has one client and the published totals', async () => {
    const { view } = await published('acunetix-scan.quoted.txt');
    expect(view.clients.size).toBe(1);
    expect(view.clientText(0)).toBe('192.168.4.25');
    expect(total(view.minutes.posts)).toBe(5_499);
    expect(total(view.minutes.bytesOut)).toBe(8_336_352);
    // Two requests name another host: they are of a site of their own.
    expect(new Set(view.minutes.minute).size).toBe(24);
    expect(Math.max(...view.minutes.hits)).toBe(414);
    expect(view.sources[0]).toMatchObject({ stepsBack: 3_250 });
  });
});
