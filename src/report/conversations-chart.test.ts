import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import type { Severity } from '../core/contracts.js';
import type { ResultFinding } from '../core/result.js';
import { conversationsFigures } from './conversations-chart.js';
import { anyText, LIVE_LINK, UNPRINTABLE } from './testing/documents.js';
import { HOSTILE_TEXTS, reportTranslator } from './testing/results.js';

type Picture = Extract<NonNullable<ResultFinding['picture']>, { kind: 'conversations' }>;
type Conversation = Picture['conversations'][number];

const figuresOf = (part: Partial<Picture>, language: 'es' | 'en' = 'es') =>
  conversationsFigures(
    {
      id: 'f1',
      title: 'Captura',
      picture: {
        kind: 'conversations',
        devices: ['192.168.43.17'],
        conversations: [],
        leftOut: 0,
        ...part,
      },
    },
    reportTranslator(language),
  );

const talk = (part: Partial<Conversation> = {}): Conversation => ({
  device: 0,
  host: 'www.example',
  addresses: ['203.0.113.10'],
  protocols: ['tls'],
  connections: 2,
  firstAt: '2026-03-02T10:00:01.000000Z',
  lastAt: '2026-03-02T10:20:00.000000Z',
  sentBytes: 600,
  receivedBytes: 1_250_000,
  locator: 'frame 12',
  severity: null,
  ...part,
});
const many = (count: number, part: (index: number) => Partial<Conversation> = () => ({})): Conversation[] =>
  Array.from({ length: count }, (_, index) =>
    talk({ host: `h${index}.example`, receivedBytes: 10_000 - index, ...part(index) }),
  );
const elements = (svg: string, selector: string) => [...parseHTML(svg).document.querySelectorAll(selector)];
const texts = (svg: string): string[] => elements(svg, 'text').map(({ textContent }) => textContent ?? '');
const widths = (svg: string): number[] =>
  elements(svg, '[aria-label="link"] path').map((path) => Number(path.getAttribute('stroke-width')));

describe('the picture of who talked to whom', () => {
  it('joins devices and hosts, and says the same in a table', async () => {
    const [figure, times, ...others] = await figuresOf({
      conversations: [
        talk(),
        talk({
          host: '198.51.100.9',
          addresses: ['198.51.100.9'],
          protocols: ['tcp 8443'],
          sentBytes: null,
          receivedBytes: null,
          connections: 1,
          firstAt: null,
          lastAt: null,
        }),
      ],
    });

    expect(others).toEqual([]);
    expect(figure?.caption).toBe('Con quién habló cada dispositivo');
    expect(texts(figure?.svg ?? '')).toEqual(['192[.]168[.]43[.]17', 'www[.]example', '198[.]51[.]100[.]9']);
    expect(figure?.svg).toContain('192[.]168[.]43[.]17 · www[.]example · 1.3 MB · 2 conexiones');
    expect(figure?.table?.columns.map(({ label }) => label)).toEqual([
      ...['Equipo', 'Protocolos', 'Conexiones', 'Enviado', 'Recibido', 'Cuándo', 'Dónde se ve'],
    ]);
    expect(figure?.table?.rows).toEqual([
      [
        'www[.]example: 203[.]0[.]113[.]10',
        'tls',
        '2',
        '600 B',
        '1.3 MB',
        '2 mar 2026, 04:00:01 – 04:20:00',
        'frame 12',
      ],
      ['198[.]51[.]100[.]9', 'tcp 8443', '1', '–', '–', '–', 'frame 12'],
    ]);
    expect(times?.caption).toBe('Cuándo se habló con cada equipo (2 mar 2026)');
    expect(times?.table).toBeNull();
  });

  it('has lines the wider the more data passed, by the logarithm', async () => {
    const [figure] = await figuresOf({
      conversations: [1_000_000, 1_000, 0].map((receivedBytes) =>
        talk({ host: `${receivedBytes}.example`, sentBytes: 0, receivedBytes }),
      ),
    });
    const [most = 0, some = 0, none = 0] = widths(figure?.svg ?? '');

    expect([most, none]).toEqual([8, 1]);
    expect(some).toBeGreaterThan(4);
    expect(some).toBeLessThan(5);
  });

  it('names the device in the table only where there are several', async () => {
    const [figure] = await figuresOf(
      {
        devices: ['10.0.0.2', '10.0.0.3'],
        conversations: [talk(), talk({ device: 1 }), talk({ device: 7, host: 'nobody.example' })],
      },
      'en',
    );

    expect(widths(figure?.svg ?? '')).toHaveLength(2);
    expect(figure?.table?.columns[1]?.label).toBe('Device');
    expect(figure?.table?.rows.map(([host, device]) => [host, device])).toEqual([
      ['www[.]example: 203[.]0[.]113[.]10', '10[.]0[.]0[.]2'],
      ['www[.]example: 203[.]0[.]113[.]10', '10[.]0[.]0[.]3'],
    ]);
  });

  it('gives signs a shape and a word besides their colour', async () => {
    const [figure, times] = await figuresOf({
      conversations: [talk(), talk({ host: 'c2.example', severity: 'critical' })],
    });

    for (const { svg } of [figure, times].flatMap((one) => one ?? []))
      expect(svg).toContain('<title>c2[.]example · Crítica</title>');
    expect(figure?.table?.columns[1]?.label).toBe('Signo');
    expect(figure?.table?.rows.map(([, sign]) => sign)).toEqual(['–', 'Crítica']);
    expect(figure?.notes.join(' ')).toContain('lista de indicadores');
  });

  it('draws thirty hosts, those with a sign among them, and gathers the rest in one line', async () => {
    const [figure, times] = await figuresOf({
      conversations: many(100, (index) => ({ severity: index === 99 ? ('high' satisfies Severity) : null })),
      leftOut: 7,
    });
    const shown = texts(figure?.svg ?? '');

    expect(shown).toHaveLength(1 + 31);
    expect(shown).toContain('h99[.]example');
    expect(shown).toContain('h28[.]example');
    expect(shown).not.toContain('h29[.]example');
    expect(shown.at(-1)).toBe('otros 70');
    expect(figure?.table?.rows).toHaveLength(100);
    expect(figure?.notes.slice(-2)).toEqual([
      'La línea gris junta otros 70 equipos, los que menos datos pasaron; están en la tabla.',
      'Otras 7 conversaciones, más o menos, no están en la figura ni en la tabla.',
    ]);
    expect(elements(times?.svg ?? '', '[aria-label="y-axis tick label"] text')).toHaveLength(30);
  });

  it('has at most three hundred rows in its table, and twelve devices in the drawing', async () => {
    const devices = Array.from({ length: 40 }, (_, index) => `10.0.0.${index}`);
    const [figure] = await figuresOf({
      devices,
      conversations: many(2_000, (index) => ({ device: index % 40 })),
    });

    expect(figure?.table?.rows).toHaveLength(300);
    expect(figure?.table?.leftOut).toBe(1_700);
    expect(texts(figure?.svg ?? '').filter((text) => text.startsWith('10[.]'))).toHaveLength(12);
    expect(figure?.notes.join(' ')).toContain(
      'Otros 28 dispositivos no cupieron en la figura; están en la tabla.',
    );
  });

  it('says days on the axis where it lasts longer than one', async () => {
    const conversations = [
      talk({ lastAt: '2026-03-06T10:00:00.000000Z' }),
      talk({ host: 'b.example', firstAt: '2026-03-05T20:00:00.000000Z', lastAt: null }),
    ];
    const [figure, times] = await figuresOf({ conversations });

    expect(times?.caption).toBe('Cuándo se habló con cada equipo');
    expect(figure?.table?.rows.map((row) => row.at(-2))).toEqual([
      '2 mar 2026, 04:00:01 – 6 mar 2026, 04:00:00',
      '5 mar 2026, 14:00:00',
    ]);
  });

  it.each(['es', 'en'] as const)('has hours that stand apart, however short it is (%s)', async (language) => {
    for (const seconds of [0, 1, 20, 200, 1_800, 7_000, 80_000]) {
      const lastAt = new Date(Date.parse('2026-03-02T10:00:00Z') + seconds * 1000)
        .toISOString()
        .replace('Z', '000Z');
      const [, times] = await figuresOf({ conversations: [talk({ lastAt })] }, language);
      const ticks = elements(times?.svg ?? '', '[aria-label="x-axis tick label"] text').map((tick) => ({
        x: Number(/translate\(([\d.]+)/.exec(tick.getAttribute('transform') ?? '')?.[1]),
        width: (tick.textContent ?? '').length * 7.2,
      }));

      expect([seconds, ticks.length > 0]).toEqual([seconds, true]);
      for (const [index, tick] of ticks.entries()) {
        const next = ticks[index + 1];
        if (next) expect(next.x - tick.x).toBeGreaterThan((tick.width + next.width) / 2);
      }
    }
  });

  it('is not drawn where nobody talked', async () => {
    expect(await figuresOf({})).toEqual([]);
    expect(await figuresOf({ devices: [], conversations: [talk()] })).toEqual([]);
    expect(await figuresOf({ conversations: [talk({ firstAt: 'yesterday', lastAt: null })] })).toHaveLength(
      1,
    );
  });

  it('never lets a hostile name become markup, move a cursor or lead anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(anyText, fc.nat(3), fc.option(fc.nat(2_000_000_000))), { maxLength: 50 }),
        fc.array(anyText, { minLength: 1, maxLength: 4 }),
        async (rows, devices) => {
          const conversations = [
            ...rows,
            ...HOSTILE_TEXTS.map((text, index) => [text, index % 4, index] as const),
          ].map(([text, device, bytes]) =>
            talk({
              ...{ host: text, addresses: [text], protocols: [text], locator: text },
              device,
              receivedBytes: bytes,
            }),
          );
          for (const figure of await figuresOf({ devices: [...devices, ...HOSTILE_TEXTS], conversations })) {
            const { document } = parseHTML(figure.svg);
            for (const element of document.querySelectorAll('*'))
              expect('svg g path rect line circle text title desc'.split(' ')).toContain(element.localName);
            const words = [figure.svg, ...(figure.table?.rows.flat() ?? [])].join('\n');
            expect(words).not.toMatch(UNPRINTABLE);
            expect(document.documentElement.textContent).not.toMatch(LIVE_LINK);
            expect(figure.svg).not.toMatch(/NaN|undefined|Infinity/);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
