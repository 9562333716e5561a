import { describe, expect, it } from 'vitest';
import type { ResultFinding } from '../core/result.js';
import { PICTURE_FILES, picturesOf, stackedPictures } from './pictures.js';
import { finding, HOSTILE_TEXTS, reportTranslator } from './testing/results.js';

const translate = reportTranslator('es');
const AT = '2015-01-10T12:00:00.000000Z';

const people = (group = 'noticias'): ResultFinding['picture'] => ({
  kind: 'people-over-time',
  rows: ['Ana'],
  marks: [{ row: 0, at: AT, severity: 'high', group }],
});
const servers = (label = 'México'): ResultFinding['picture'] => ({
  kind: 'servers',
  bars: [{ label, count: 2 }],
  spans: [{ label: '192.0.2.1', from: AT, to: null, severity: 'medium' }],
});

const conversations = (host = 'www.example'): ResultFinding['picture'] => ({
  kind: 'conversations',
  devices: ['192.168.43.17'],
  conversations: [
    {
      ...{ device: 0, host, addresses: ['203.0.113.10'], protocols: ['tls'], connections: 1 },
      ...{ firstAt: AT, lastAt: AT, sentBytes: 1, receivedBytes: 2, locator: 'frame 1', severity: null },
    },
  ],
  leftOut: 0,
});
const intervals = (label = 'c2.example'): ResultFinding['picture'] => ({
  kind: 'intervals',
  rows: [{ label, moments: [AT], intervalSeconds: 60, severity: 'low' }],
  from: AT,
  to: AT,
});

describe('pictures of findings', () => {
  it('go into a file for each kind', async () => {
    const pictures = await picturesOf(
      [
        finding({ id: 'f1', title: 'Van juntos', picture: people() }),
        finding({ id: 'f2', title: 'Dos servidores', picture: servers() }),
        finding({ id: 'f3' }),
      ],
      translate,
    );
    const [peopleFile, serversFile] = [
      stackedPictures(pictures, 'people.svg'),
      stackedPictures(pictures, 'servers.svg'),
    ];

    expect([...pictures.keys()]).toEqual(['f1', 'f2']);
    expect(pictures.get('f2')?.figures).toHaveLength(2);
    expect(peopleFile).toContain('>Van juntos<');
    expect(peopleFile).toContain('>Clases: A noticias<');
    expect(peopleFile).not.toContain('Dos servidores');
    for (const words of ['>Dos servidores<', '>México<', '192[.]0[.]2[.]1', 'están en UTC'])
      expect(serversFile).toContain(words);
    for (const file of [peopleFile, serversFile]) expect(file).toMatch(/^<svg xmlns=.*<\/svg>\n$/);
  });

  it('of captures have files of their own', async () => {
    const pictures = await picturesOf(
      [
        finding({ id: 'f1', title: 'Contactos', picture: intervals() }),
        finding({ id: 'f2', title: 'Captura', picture: conversations() }),
      ],
      translate,
    );

    expect(pictures.get('f2')?.figures).toHaveLength(2);
    expect(stackedPictures(pictures, 'conversations.svg')).toContain('www[.]example');
    expect(stackedPictures(pictures, 'intervals.svg')).toContain('cada 60 segundos');
    expect(stackedPictures(pictures, 'servers.svg')).toBeNull();
  });

  it('have no file when there is nothing to draw', async () => {
    const none: ResultFinding['picture'] = { kind: 'servers', bars: [], spans: [] };
    const pictures = await picturesOf([finding({ picture: none }), finding()], translate);

    expect(pictures.size).toBe(0);
    expect(stackedPictures(pictures, 'servers.svg')).toBeNull();
    expect(stackedPictures(pictures, 'people.svg')).toBeNull();
  });

  it('are drawn for the gravest findings only when there are very many', async () => {
    const findings = Array.from({ length: 300 }, (_, index) =>
      finding({ id: `f${index + 1}`, picture: servers() }),
    );

    expect((await picturesOf(findings, translate)).size).toBe(20);
  });

  it('never become markup, whatever the names are', async () => {
    const findings = HOSTILE_TEXTS.flatMap((title, index) => [
      finding({ id: `p${index}`, title, picture: people(title) }),
      finding({ id: `s${index}`, title, picture: servers(title) }),
      finding({ id: `c${index}`, title, picture: conversations(title) }),
      finding({ id: `i${index}`, title, picture: intervals(title) }),
    ]);
    for (const part of [0, 1, 2, 3].map((quarter) => findings.slice(quarter * 15, quarter * 15 + 15))) {
      const pictures = await picturesOf(part, translate);
      for (const file of PICTURE_FILES) {
        const drawing = stackedPictures(pictures, file) ?? '';
        expect(drawing).not.toMatch(/<(?:script|img|style|svg onload|b>)/);
        for (const unsafe of ['\u202e', '\u0000', '\u001b']) expect(drawing).not.toContain(unsafe);
      }
    }
  });
});
