import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAll } from '../../core/testing/run.js';
import { memoryEvidence } from '../../evidence/testing/memory-source.js';
import { reader } from '../readers/access-log/access-log.js';
import { WebTraffic } from '../traffic/web-traffic.js';
import { AsUtf8 } from './as-utf8.js';
import { LineSplitter } from './line-splitter.js';

const little = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le');
const big = (text: string): Buffer => little(text).swap16();

function inPieces(bytes: Buffer, size: number): Buffer {
  const text = new AsUtf8();
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(text.add(bytes.subarray(at, at + size)));
  return Buffer.concat([...parts, text.end()]);
}

describe('text in UTF-16', () => {
  it('becomes UTF-8, wherever its chunks end', () => {
    for (const size of [1, 2, 3, 5, 1_000]) {
      expect(inPieces(little('GET /año 🌎\r\n'), size).toString()).toBe('GET /año 🌎\r\n');
      expect(inPieces(big('GET /año 🌎\r\n'), size).toString()).toBe('GET /año 🌎\r\n');
    }
  });

  it('is all that is changed: other bytes stay as they are, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (array, size) => {
        const bytes = Buffer.from(array);
        const read = inPieces(bytes, size);
        const hasMark = bytes.length > 1 && [0xfffe, 0xfeff].includes(bytes.readUInt16BE(0));
        if (!hasMark) expect(read.equals(bytes)).toBe(true);
      }),
    );
  });

  it('has its lines where they stand in the file', () => {
    const bytes = little('one\ntwo\n');
    const text = new AsUtf8();
    const places: number[] = [];
    const lines = new LineSplitter((_bytes, _start, _end, at) => places.push(text.placeOf(at)));
    lines.add(text.add(bytes));
    expect(places.map((at) => bytes.toString('utf16le', at, at + 6))).toEqual(['one', 'two']);
  });
});

describe('an access log that Windows saved', () => {
  const line = (second: number): string =>
    `192.0.2.${second} - - [02/Mar/2026:12:00:${second} +0000] "GET /a HTTP/1.1" 200 1000 "-" "Mozilla/5.0"\r\n`;
  const log = [10, 11, 12, 13].map(line).join('');

  it.each([
    ['UTF-16', little(log)],
    ['UTF-16, big end first', big(log)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${log}`)],
  ])('is recognised and counted in %s', async (_name, bytes) => {
    const file = await memoryEvidence('access.log', bytes);
    expect(await reader.recognises?.(await file.probe())).toBe(true);
    const { tallies, problems } = await readAll(reader, file);
    expect(problems).toEqual([]);
    const [traffic] = tallies ?? [];
    const sources = traffic instanceof WebTraffic ? traffic.view().sources : [];
    expect(sources).toMatchObject([{ lines: 4, hits: 4, unparsed: 0, formats: ['clf'] }]);
  });
});
