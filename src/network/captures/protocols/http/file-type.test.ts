import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FILE_TYPES } from '../../../../records/kinds/file-download.js';
import { fileTypeOf } from './file-type.js';

const program = Buffer.alloc(200);
program.write('MZ');
program.writeUInt32LE(128, 60);
program.write('PE\0\0', 128);

describe('what a file is', () => {
  it.each([
    ['pe', program],
    ['elf', '\x7fELF\x02'],
    ['dex', 'dex\n035\0'],
    ['mach-o', Buffer.from('cffaedfe07000001', 'hex')],
    ['mach-o', Buffer.from('cafebabe00000002', 'hex')],
    ['other', Buffer.from('cafebabe00000034', 'hex')],
    ['apk', zip('META-INF/MANIFEST.MF', 'AndroidManifest.xml')],
    ['apk', zip('classes.dex')],
    ['jar', zip('META-INF/MANIFEST.MF', 'a/B.class')],
    ['ipa', zip('Payload/A.app/Info.plist')],
    ['office', zip('[Content_Types].xml', 'word/document.xml')],
    ['zip', zip('a.txt')],
    ['office', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    ['office', '{\\rtf1'],
    ['pkg', 'xar!\0'],
    ['rar', 'Rar!\x1a\x07\x01'],
    ['7z', Buffer.from('377abcaf271c', 'hex')],
    ['gzip', Buffer.from('1f8b0800', 'hex')],
    ['script', '#!/bin/sh\n'],
    ['media', '#!AMR\n'],
    ['pdf', '\n%PDF-1.7'],
    ['html', '\xef\xbb\xbf \n<!DOCTYPE html>'],
    ['image', '<svg xmlns="">'],
    ['image', Buffer.from('ffd8ffe0', 'hex')],
    ['image', 'RIFF....WEBP'],
    ['media', 'RIFF....WAVE'],
    ['media', '\0\0\0\x18ftypmp42'],
    ['text', 'MZ is how this text begins'],
    ['text', Buffer.from('informe del año')],
    ['other', '\0\x01\x02'],
    ['other', ''],
  ] as const)('%s by its first bytes', (type, bytes) => {
    expect(typeOf(bytes)).toBe(type);
  });

  it('an image of a disk by its last bytes', () => {
    const tail = Buffer.alloc(2000);
    tail.write('koly', 2000 - 512);

    expect(fileTypeOf(Buffer.from('\0\x01'), tail, { extension: '', mediaType: null })).toBe('dmg');
  });

  it('by name or media type only where the bytes leave it open', () => {
    expect(typeOf(zip('res/a'), 'apk')).toBe('apk');
    expect(typeOf(zip('res/a'), '', 'application/vnd.android.package-archive')).toBe('apk');
    expect(typeOf(Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'msi')).toBe('msi');
    expect(typeOf('\0\x01\x02', 'dmg')).toBe('dmg');
    expect(typeOf('echo off\r\n', 'bat')).toBe('script');
    expect(typeOf('<html>', 'exe')).toBe('html');
    expect(typeOf(program, 'png')).toBe('pe');
  });

  it('is one of the known types for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.uint8Array({ maxLength: 600 }), (head, tail) => {
        const hints = { extension: 'apk', mediaType: 'a/b' };
        expect(FILE_TYPES).toContain(fileTypeOf(Buffer.from(head), Buffer.from(tail), hints));
      }),
    );
  });
});

function typeOf(bytes: Buffer | string, extension = '', mediaType: string | null = null) {
  const head = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
  return fileTypeOf(head, Buffer.alloc(0), { extension, mediaType });
}

/** Heads of members of an archive, one after the other. */
function zip(...names: readonly string[]): Buffer {
  return Buffer.concat(
    names.map((name) => {
      const head = Buffer.alloc(30);
      head.write('PK\x03\x04');
      head.writeUInt16LE(name.length, 26);
      return Buffer.concat([head, Buffer.from(name), Buffer.from('content')]);
    }),
  );
}
