import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formFoundIn } from './hidden-forms.js';
import { HiddenWords, MARK } from './hidden-words.js';
import { paintPng } from './png.js';
import { type RedactionRequest, redactFile } from './redact-file.js';
import type { RedactionError } from './redaction-error.js';

const request = (more: Partial<RedactionRequest>): RedactionRequest => ({
  words: [],
  fields: [],
  rectangles: [],
  ...more,
});
const redacted = (text: string | Uint8Array, more: Partial<RedactionRequest>): string =>
  Buffer.from(redactFile(Buffer.from(text), request(more)).bytes).toString('utf8');
const failure = (text: string | Uint8Array, more: Partial<RedactionRequest>): string => {
  try {
    return `made: ${redacted(text, more)}`;
  } catch (error) {
    return (error as RedactionError).message;
  }
};

describe('a redacted text', () => {
  it('hides a name however it is written, and leaves the rest', () => {
    const words = ['José Peña'];
    for (const written of [
      'José Peña',
      'JOSE PENA',
      'jose\u0301 pen\u0303a',
      'José  Peña',
      'José\nPeña',
      'Ｊｏｓé Peña',
      'Jo\u200bsé Peña',
    ])
      expect(redacted(`Hola ${written}, ¿vas?\n`, { words }), written).toBe(`Hola ${MARK}, ¿vas?\n`);
    expect(redacted('José Pérez y Peñaloza', { words })).toBe('José Pérez y Peñaloza');
  });

  it('hides a number whatever stands between its digits', () => {
    const words = ['+52 55 5555 0120'];
    for (const written of [
      '+52 55 5555 0120',
      '525555550120',
      '+52 (55) 5555-0120',
      '52.55.55.55.01.20',
      '00525555550120',
    ])
      expect(redacted(`de ${written}.`, { words }), written).not.toMatch(/5555|0120/);
    expect(redacted('el 5 de mayo de 2020, 55 personas, 5555 pesos', { words })).toBe(
      'el 5 de mayo de 2020, 55 personas, 5555 pesos',
    );
  });

  it('hides values of JSON and of JSON Lines, names of members too, and whole fields', () => {
    const text = '{"from":"Ana López","n":5255,"deep":[{"Ana López":1,"note":"ok"}],"phone":5555550120}';
    const request = { words: ['Ana López', '555 555 0120'], fields: ['note'] };
    expect(JSON.parse(redacted(text, request))).toEqual({
      from: MARK,
      n: 5255,
      deep: [{ [MARK]: 1, note: MARK }],
      phone: MARK,
    });
    expect(redacted('{"a":"Ana L\\u00f3pez"}\n{"a":"x"}\n', { words: ['ana lopez'] })).toBe(
      `{"a":"${MARK}"}\n{"a":"x"}\n`,
    );
  });

  it('hides columns of a table, with its quotes and line ends as they were', () => {
    const text = 'fecha;remitente;texto\r\n2026;"Ana; López";hola\r\n2027;;"dijo ""sí"""\r\n';
    expect(redacted(text, { fields: ['remitente'] })).toBe(
      `fecha;remitente;texto\r\n2026;${MARK};hola\r\n2027;;"dijo ""sí"""\r\n`,
    );
    expect(failure(text, { fields: ['sender'] })).toBe('no-such-field: sender');
    expect(failure('{"a":1}', { fields: ['b'] })).toBe('no-such-field: b');
  });

  it('says how often, without saying what', () => {
    const result = redactFile(Buffer.from('Ana y Beto y Ana'), request({ words: ['Ana', 'Beto', 'Carla'] }));
    expect(result).toMatchObject({ words: [2, 1, 0], mediaType: 'text/plain' });
    expect(JSON.stringify({ ...result, bytes: null })).not.toContain('Beto');
  });

  it('is not given out while the word is in it in another form', () => {
    const words = ['Ana López'];
    const base64 = Buffer.from('De: Ana López <ana@example.org>, hola').toString('base64');
    const forms: Readonly<Record<string, string>> = {
      percent: 'https://x.example/?q=Ana%20L%C3%B3pez',
      entities: '<p>Ana L&oacute;pez</p>',
      escapes: 'x = "Ana L\\u00f3pez"',
      'quoted-printable': 'Ana L=C3=B3pez',
      tags: '<b>Ana</b> <i>Ló</i>pez',
      base64: `Content-Transfer-Encoding: base64\n\n${base64}\n`,
      hex: Buffer.from('Ana López').toString('hex'),
    };
    for (const [form, text] of Object.entries(forms))
      expect(failure(text, { words }), form).toBe(`still-there: ${form}`);
    const folded = Buffer.from(`${'x'.repeat(100)} Ana López ${'y'.repeat(100)}`)
      .toString('base64')
      .replace(/(.{76})/g, '$1\r\n');
    expect(failure(`\n${folded}\n`, { words })).toBe('still-there: base64');
  });

  it('is refused for what is no text, for nothing to hide, and for words that hide half of it', () => {
    for (const bytes of [
      Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]),
      Buffer.from('%PDF-1.7\n'),
      Buffer.from('PK\u0003\u0004\u0000\u0000'),
    ])
      expect(failure(bytes, { words: ['Ana'] })).toBe('kind-not-supported: binary');
    expect(failure('text', {})).toBe('bad-request: text');
    expect(failure('text', { words: ['a'] })).toBe('bad-request');
    expect(failure('text', { words: ['Ana'], rectangles: [{ left: 0, top: 0, width: 1, height: 1 }] })).toBe(
      'bad-request: text',
    );
    expect(failure(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, { words: ['Ana'] })).toBe(
      'damaged: depth',
    );
  });

  it('reads UTF-16 and Windows-1252', () => {
    const utf16 = Buffer.from('\ufeffHola Ana López', 'utf16le');
    expect(redacted(utf16, { words: ['Ana López'] })).toBe(`Hola ${MARK}`);
    expect(redacted(Buffer.from('Hola Ana López', 'latin1'), { words: ['Ana López'] })).toBe(`Hola ${MARK}`);
  });

  it('never holds what was hidden, for any text around it in any case', () => {
    const around = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !/\p{Cc}/u.test(text));
    const name = fc.constantFrom('Ximena Ñandú', 'XIMENA NANDU', 'ximena\tñandú');
    fc.assert(
      fc.property(around, name, around, (before, written, after) => {
        const hidden = new HiddenWords(['Ximena Ñandú']);
        const { text, counts } = hidden.hide(`${before} ${written} ${after}`);
        expect(hidden.isIn(text)).toBe(false);
        expect(counts).toEqual([1]);
        expect(formFoundIn(Buffer.from(text), hidden)).toBeNull();
        expect(text.startsWith(before)).toBe(true);
      }),
    );
  });

  it('keeps every JSON value that has nothing to hide', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())), (value) => {
        const text = JSON.stringify(value);
        const outcome = failure(text, { words: ['Ximena Ñandú'] });
        expect(JSON.parse(outcome.replace(/^made: /, ''))).toEqual(JSON.parse(text));
      }),
    );
  });
});

/** A picture of 4 × 3 with a text chunk, camera data, and bytes behind its end. */
function picture(colour: 0 | 2 | 3 | 4 | 6, filter: number): { bytes: Buffer; samples: number } {
  const samples = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colour];
  const rows: Buffer[] = [];
  for (let row = 0; row < 3; row += 1)
    rows.push(
      Buffer.from([
        filter,
        ...Array.from({ length: 4 * samples }, (_, x) => (row * 31 + x * 7) % (colour === 3 ? 4 : 256)),
      ]),
    );
  const header = Buffer.alloc(13);
  header.writeUInt32BE(4, 0);
  header.writeUInt32BE(3, 4);
  header.set([8, colour, 0, 0, 0], 8);
  // What a program writes is what it reads: chunks are made by painting nothing of a bare picture first.
  const bare = Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    ...(colour === 3 ? [chunk('PLTE', Buffer.from([200, 0, 0, 0, 0, 0, 0, 200, 0, 0, 0, 200]))] : []),
    chunk('tEXt', Buffer.from('Author\u0000Ana')),
    chunk('eXIf', Buffer.from('II*\u0000Ana')),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return { bytes: Buffer.concat([bare, Buffer.from('behind the end')]), samples };
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** CRC-32 bit by bit, apart from the code under test. */
function crc(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}

describe('a redacted picture', () => {
  const rectangle = { left: 1, top: 0, width: 2, height: 2 };

  it('is black where it was painted over, the same elsewhere, and nothing but pixels', () => {
    for (const colour of [0, 2, 3, 4, 6] as const) {
      for (const filter of [0, 1, 2, 3, 4]) {
        const { bytes } = picture(colour, filter);
        const { bytes: painted, removed } = paintPng(bytes, [rectangle]);
        expect(removed).toEqual(['tEXt', 'eXIf']);
        expect(painted.includes('Ana') || painted.includes('behind')).toBe(false);
        // Painting what is black already changes nothing: so the two differ inside the rectangle alone.
        expect(paintPng(painted, [rectangle]).bytes.equals(painted)).toBe(true);
        const whole = { left: 0, top: 0, width: 4, height: 3 };
        expect(paintPng(painted, [whole]).bytes.equals(paintPng(bytes, [whole]).bytes)).toBe(true);
        expect(
          paintPng(bytes, [rectangle]).bytes.equals(paintPng(bytes, [{ ...rectangle, left: 0 }]).bytes),
        ).toBe(false);
      }
    }
  });

  it('goes through the desk’s door only with rectangles that are in it', () => {
    const { bytes } = picture(2, 0);
    expect(redactFile(bytes, request({ rectangles: [rectangle] }))).toMatchObject({
      mediaType: 'image/png',
      removed: ['tEXt', 'eXIf'],
    });
    for (const wrong of [
      { ...rectangle, left: 3 },
      { ...rectangle, top: -1 },
      { ...rectangle, width: 0 },
      { ...rectangle, height: 0.5 },
    ])
      expect(failure(bytes, { rectangles: [wrong] })).toMatch(/^bad-request/);
    expect(failure(bytes, { words: ['Ana'] })).toBe('bad-request: png');
    expect(failure(bytes, {})).toBe('bad-request: png');
  });

  it('of any changed bytes is made or refused, and never takes memory for what it claims to be', () => {
    const { bytes } = picture(6, 4);
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (place, by) => {
        const changed = Buffer.from(bytes);
        changed[place] = (changed[place] ?? 0) ^ by;
        expect(failure(changed, { rectangles: [rectangle] })).toMatch(
          /^made|^damaged|^too-large|^kind|^bad-request/,
        );
      }),
    );
    const bomb = Buffer.from(bytes);
    bomb.writeUInt32BE(90_000, 16);
    bomb.writeUInt32BE(90_000, 20);
    bomb.writeUInt32BE(crc(bomb.subarray(12, 29)), 29);
    expect(failure(bomb, { rectangles: [rectangle] })).toBe('too-large: 90000 × 90000');
  });
});
