import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRows } from '../../indicators/formats/csv.js';
import { loadFeed } from '../../indicators/load.js';
import { alertsJson } from './alerts.js';
import { findingsCsv, INDICATOR_COLUMNS, indicatorsCsv } from './csv.js';
import { redact } from './redact.js';
import { CANARIES, caseWithIndicators, LISTED, plantedCase, wholeText } from './testing/planted-case.js';
import { timesketchCsv, timesketchJsonl } from './timesketch.js';

const NOW = '2026-02-03T10:20:30.400500Z';

/** The first finding of the planted case, with another title. */
function titled(title: string) {
  const [first] = plantedCase().findings;
  if (first === undefined) throw new Error('no finding');
  return plantedCase({ findings: [{ ...first, finding: { ...first.finding, title } }] });
}

describe('tables of indicators and findings', () => {
  it('are read back by our own loader with the same indicators', async () => {
    const given = [
      { type: 'domain', value: 'lure.example.org', family: 'Pegasus' },
      { type: 'url', value: 'https://lure.example.org/a;b,c', family: 'Predator' },
      { type: 'ipv4', value: '198.51.100.3', family: 'mSpy' },
      { type: 'sha256', value: 'c'.repeat(64), family: 'Pegasus' },
      { type: 'process', value: 'bh', family: 'Pegasus' },
      { type: 'app-id', value: 'com.example.spy', family: 'mSpy' },
    ] as const;
    const shared = redact(caseWithIndicators(given), 'indicators-only');
    for (const separator of [',', ';'] as const) {
      const text = await wholeText(indicatorsCsv(shared, { separator, byteOrderMark: true }));
      const feed = loadFeed('indicators.csv', Buffer.from(text), NOW);

      expect(text.startsWith(`\ufeff${INDICATOR_COLUMNS.join(separator)}\n`)).toBe(true);
      expect(feed.indicators.map(({ type, value, family }) => ({ type, value, family }))).toEqual(
        [...given].sort((a, b) => (`${a.type}\0${a.value}` < `${b.type}\0${b.value}` ? -1 : 1)),
      );
      expect(feed.problems).toEqual([]);
    }
  });

  it('let no cell calculate', async () => {
    for (const start of ['=', '+', '-', '@', '\t', '\r']) {
      const shared = redact(titled(`${start}cmd|' /C calc'!A0`), 'for-prosecutor');
      const text = await wholeText(findingsCsv(shared, { separator: ';' }));

      expect(text).toMatch(/;"?'[=+\-@\t\r]cmd/);
    }
  });

  it('say how much of a time is known', async () => {
    const rows = async (profile: 'indicators-only' | 'anonymised' | 'for-prosecutor') =>
      (await wholeText(indicatorsCsv(redact(plantedCase(), profile)))).split('\n');

    expect((await rows('indicators-only')).find((row) => row.includes(LISTED))).toContain(
      ',2024-03,2024-03,month,',
    );
    expect((await rows('anonymised')).find((row) => row.includes(LISTED))).toContain(
      ',2024-03-12,2024-03-12,day,',
    );
    expect((await rows('for-prosecutor')).find((row) => row.includes(LISTED))).toContain('10.123456Z,exact,');
  });
});

describe('Timesketch files', () => {
  it('have what the import asks for, microseconds kept', async () => {
    const text = await wholeText(timesketchJsonl(redact(plantedCase(), 'for-prosecutor')));
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

    // Five findings, and two messages with their reading: one is pointed at, the other comes from a listed number.
    expect(rows).toHaveLength(9);
    expect(rows[5]).toMatchObject({
      datetime: '2024-03-12T17:04:10.123456+00:00',
      timestamp: 1710263050123456,
      timestamp_desc: 'Mensaje recibido',
      event: 'message-received',
      evidence: 'E-001',
      time_known: 'exact',
    });
    expect(rows[5].message).toContain(CANARIES.messageText);
    expect(rows[5].message).toContain('hxxps://smsmensaje[.]example[.]org');
  });

  it('say in the anonymised one which listed name was met on which day, and nothing else', async () => {
    const text = await wholeText(timesketchJsonl(redact(plantedCase(), 'anonymised')));
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

    expect(rows.at(-1)).toEqual({
      message: LISTED,
      datetime: '2024-03-12T00:00:00.000000+00:00',
      timestamp: 1710201600000000,
      timestamp_desc: 'Mensaje recibido (solo se da el día)',
      event: 'message-received',
      kind: 'message',
      time_known: 'day',
      evidence: '',
      path: '',
      locator: '',
    });
  });

  it('keep every cell below the size that breaks the index', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('a', 'ñ', '漢', '😀', '"', '\u202e'),
        fc.nat(3),
        async (character, extra) => {
          const shared = redact(titled(character.repeat(33_000 + extra)), 'for-prosecutor');
          const [, inTable] = csvRows(await wholeText(timesketchCsv(shared)), ',');
          expect(Buffer.byteLength(inTable?.cells[0] ?? '')).toBeLessThanOrEqual(32_766);
          const [row] = (await wholeText(timesketchJsonl(shared))).split('\n');
          const { message } = JSON.parse(row ?? '{}');
          expect(Buffer.byteLength(message)).toBeLessThanOrEqual(32_766);
          expect(Buffer.byteLength(message)).toBeGreaterThan(30_000);
          expect(message).not.toContain('\ufffd');
        },
      ),
      { numRuns: 12 },
    );
  });
});

describe('alerts.json', () => {
  it('has the shape that programs know', async () => {
    const alerts = JSON.parse(await wholeText(alertsJson(redact(plantedCase(), 'for-prosecutor'))));

    expect(alerts).toHaveLength(5);
    expect(alerts[0]).toMatchObject({
      level: 'HIGH',
      module: 'lures/suspicious-message',
      event_time: '2024-03-12 17:04:10.123456',
      matched_indicator: {
        value: LISTED,
        type: 'domain',
        name: 'Pegasus',
        stix2_file_name: 'lista-de-canaria',
      },
    });
    expect(
      JSON.parse(await wholeText(alertsJson(redact(plantedCase({ findings: [] }), 'for-prosecutor')))),
    ).toEqual([]);
  });
});
