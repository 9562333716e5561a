import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeAttributedBody } from '../../../../fixtures/attributed-body.js';
import { changedBytes } from '../../../evidence/testing/arbitraries.js';
import { decodeAttributedBody, mayHoldLinkAttribute } from './attributed-body.js';
import { readTypedstream, TypedObject } from './typedstream.js';

// An archive spelled out byte by byte from the description of the format, so that the reader is not only tested
// against our own writer. Object numbers: 0 the body, 1 and 2 its classes, 3 the string, 4 its class …
const WRITTEN_BY_HAND = Buffer.from(
  '\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x84\x84\x84\x12NSAttributedString\x00\x84\x84\x08NSObject\x00\x85' +
    '\x92\x84\x84\x84\x08NSString\x01\x94\x84\x01+\x05Hello\x86' +
    '\x84\x02iI\x01\x05\x92\x84\x84\x84\x0cNSDictionary\x00\x94\x84\x01i\x02' +
    '\x92\x84\x96\x96\x1d__kIMMessagePartAttributeName\x86' +
    '\x92\x84\x84\x84\x08NSNumber\x00\x84\x84\x07NSValue\x00\x94\x84\x01*\x84\x99\x99\x00\x86' +
    '\x92\x84\x96\x96\x16__kIMLinkAttributeName\x86' +
    '\x92\x84\x84\x84\x05NSURL\x00\x94\x84\x01c\x00\x92\x84\x96\x96\x13https://a.example/x\x86\x86\x86\x86',
  'latin1',
);

describe('the body of an iMessage', () => {
  it('gives text and link of an archive spelled out by hand', () => {
    expect(decodeAttributedBody(WRITTEN_BY_HAND)).toEqual({
      text: 'Hello',
      links: ['https://a.example/x'],
      method: 'typedstream',
      complete: true,
    });
  });

  it.each([0, 1, 127, 128, 145, 146, 255, 256, 65_535, 65_536, 200_000])(
    'gives a text of %i bytes, whatever form its length takes',
    (length) => {
      const text = 'x'.repeat(length);

      expect(decodeAttributedBody(writeAttributedBody(text))).toMatchObject({
        text,
        links: [],
        complete: true,
      });
    },
  );

  it('counts lengths in bytes, not in characters', () => {
    const text = 'Señora, su paquete 📦 está retenido: https://pago.example/á';

    expect(decodeAttributedBody(writeAttributedBody(text))).toMatchObject({ text });
  });

  it('reads mutable strings', () => {
    expect(decodeAttributedBody(writeAttributedBody('hola', { mutable: true }))).toMatchObject({
      text: 'hola',
      method: 'typedstream',
    });
  });

  it('gives a link that the text does not show', () => {
    const body = writeAttributedBody('Pulse aquí', { link: 'https://lure.example/a' });

    expect(mayHoldLinkAttribute(body)).toBe(true);
    expect(mayHoldLinkAttribute(writeAttributedBody('Pulse aquí'))).toBe(false);
    expect(decodeAttributedBody(body)).toMatchObject({
      text: 'Pulse aquí',
      links: ['https://lure.example/a'],
    });
  });

  it('reads big-endian archives', () => {
    const body = Buffer.from(
      '\x04\x0btypedstream\x81\x03\xe8\x84\x01@\x84\x84\x84\x08NSString\x01\x84\x84\x08NSObject\x00\x85\x84\x01+\x81\x00\x02hi\x86',
      'latin1',
    );

    expect(decodeAttributedBody(body)).toMatchObject({ text: 'hi', complete: true });
  });

  it('keeps the text, and says so, when the archive is cut behind it', () => {
    const body = writeAttributedBody('still here', { link: 'https://a.example' });

    expect(decodeAttributedBody(body.subarray(0, body.length - 20))).toMatchObject({
      text: 'still here',
      method: 'typedstream',
      complete: false,
    });
  });

  it('gives the beginning of a text that is cut itself', () => {
    const body = writeAttributedBody('a'.repeat(50));
    const start = body.indexOf('aaaa');

    expect(decodeAttributedBody(body.subarray(0, start + 10))).toEqual({
      text: 'aaaaaaaaaa',
      links: [],
      method: 'marker',
      complete: false,
    });
  });

  it('finds the text by its marker when the head of the archive is damaged', () => {
    const body = Buffer.from(writeAttributedBody('found anyway'));
    body[0] = 0xff;

    expect(decodeAttributedBody(body)).toMatchObject({
      text: 'found anyway',
      method: 'marker',
      complete: false,
    });
  });

  it('says what is wrong with bytes that are no body', () => {
    expect(decodeAttributedBody(new Uint8Array())).toEqual({ text: null, reason: 'wrong-format' });
    expect(decodeAttributedBody(Buffer.from('bplist00 and \x01+\x03abc'))).toEqual({
      text: null,
      reason: 'wrong-format',
    });
    expect(decodeAttributedBody(WRITTEN_BY_HAND.subarray(0, 20))).toEqual({ text: null, reason: 'damaged' });
    expect(decodeAttributedBody(new Uint8Array(9 * 1024 * 1024))).toEqual({
      text: null,
      reason: 'limit-bytes',
    });
  });

  it('does not take the first string of another object for the text', () => {
    const notText = Buffer.from(
      '\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x84\x84\x84\x08NSNumber\x00\x85\x84\x01i\x05\x86',
      'latin1',
    );

    expect(decodeAttributedBody(notText)).toEqual({ text: null, reason: 'no-text' });
  });

  it('ends on objects that hold each other, on depth and on counts', () => {
    const head = '\x04\x0bstreamtyped\x81\xe8\x03';
    const circle = `${head}\x84\x01@\x84\x84\x84\x12NSAttributedString\x00\x85\x92\x92\x86`;
    const deep = `${head}\x84\x01@${'\x84\x84\x84\x01A\x00\x85\x92'.repeat(100)}`;
    const many = `${head}\x84\x0b[200000[0i]`;
    const wide = `${head}\x84\x7f${'!'.repeat(127)}${'\x92'.repeat(2_000)}`;

    const read = (text: string) => readTypedstream(Buffer.from(text, 'latin1')).error?.code ?? null;
    expect(read(circle)).toBeNull();
    expect(decodeAttributedBody(Buffer.from(circle, 'latin1'))).toEqual({ text: null, reason: 'no-text' });
    expect(read(deep)).toBe('limit-depth');
    expect(read(many)).toBe('damaged');
    expect(read(wide)).toBe('limit-count');
  });

  it('refuses a class that is its own parent', () => {
    const text = '\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x84\x84\x84\x01A\x00\x93';

    expect(readTypedstream(Buffer.from(text, 'latin1')).error?.code).toBe('damaged');
  });

  it('reads floats, structures and arrays', () => {
    const text =
      '\x04\x0bstreamtyped\x81\xe8\x03\x84\x01f\x83\x00\x00\xc0\x3f\x84\x01d\x07\x84\x08{p=cC#@}\xff\xff\x85\x85\x84\x05[2@c]'.replace(
        '\x84\x05[2@c]',
        '\x84\x04[2i]\x01\x82\x00\x00\x01\x00\x84\x04[3c]abc\x84\x01q\x87\xff\xff\xff\xff\xff\xff\xff\x7f',
      );

    expect(readTypedstream(Buffer.from(text, 'latin1'))).toEqual({
      roots: [1.5, 7, [-1, 255, null, null], [1, 65_536], Buffer.from('abc'), 9_223_372_036_854_775_807n],
      error: null,
    });
  });

  it('gives back any text it was written from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.webUrl(), (text, link) => {
        const body = decodeAttributedBody(writeAttributedBody(text, { link }));
        expect(body).toEqual({ text, links: [link], method: 'typedstream', complete: true });
      }),
    );
  });

  it('survives any bytes, and any damage to a body', () => {
    const body = writeAttributedBody('Please click here', { link: 'https://a.example' });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        decodeAttributedBody(bytes);
        decodeAttributedBody(Buffer.concat([body.subarray(0, 16), bytes]));
      }),
    );
    fc.assert(
      fc.property(changedBytes(body, 6), (damaged) => {
        const result = decodeAttributedBody(damaged);
        expect(result.text === null || typeof result.text === 'string').toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('gives objects before it knows whether they are complete', () => {
    const { roots, error } = readTypedstream(WRITTEN_BY_HAND.subarray(0, 90));

    expect(error?.code).toBe('damaged');
    expect(roots[0]).toBeInstanceOf(TypedObject);
    expect((roots[0] as TypedObject).complete).toBe(false);
  });
});
