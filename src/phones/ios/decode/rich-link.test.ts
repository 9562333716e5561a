import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyedArchive, Uid, writeBinaryPlist } from '../../../../fixtures/binary-plist.js';
import { readRichLink } from './rich-link.js';

const url = (address: string, base: unknown = null) => ({
  $class: 'NSURL',
  'NS.base': base,
  'NS.relative': address,
});

describe('the payload of a link preview', () => {
  it('gives the address as sent and the one it led to, and no pictures', () => {
    const payload = keyedArchive({
      richLinkMetadata: {
        $class: 'LPLinkMetadata',
        originalURL: url('https://short.example/a'),
        URL: url('https://landing.example/page'),
        title: 'A page',
        imageMetadata: { $class: 'LPImageMetadata', URL: url('https://pictures.example/p.png') },
      },
      richLinkIsPlaceholder: false,
    });

    expect(readRichLink(payload)).toEqual({
      links: ['https://short.example/a', 'https://landing.example/page'],
      title: 'A page',
    });
  });

  it('gives the web addresses of other payloads', () => {
    const payload = keyedArchive({ URL: url('https://game.example/move?1'), icon: url('data:,x') });

    expect(readRichLink(payload)).toEqual({ links: ['https://game.example/move?1'], title: null });
  });

  it('puts relative addresses behind their base', () => {
    const payload = keyedArchive({ URL: url('b/c', url('https://a.example/x/')) });

    expect(readRichLink(payload).links).toContain('https://a.example/x/b/c');
  });

  it('says why a payload cannot be read', () => {
    expect(readRichLink(new Uint8Array())).toEqual({ links: null, reason: 'wrong-format' });
    expect(readRichLink(writeBinaryPlist({ a: 1 }))).toEqual({ links: null, reason: 'wrong-format' });
    const cut = keyedArchive({ URL: url('https://a.example') }).subarray(0, 100);
    expect(readRichLink(cut)).toMatchObject({ links: null });
  });

  it('ends on archives that point at themselves and beyond their end', () => {
    const payload = writeBinaryPlist({
      $objects: [
        '$null',
        { 'NS.relative': new Uid(1), 'NS.base': new Uid(1), $class: new Uid(1) },
        { $class: new Uid(99) },
      ],
    });

    expect(readRichLink(payload)).toEqual({ links: [], title: null });
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const result = readRichLink(Buffer.concat([Buffer.from('bplist00'), bytes]));
        expect(result.links === null || Array.isArray(result.links)).toBe(true);
      }),
    );
  });
});
