import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tarArchive, zipArchive } from '../../fixtures/archives.js';
import { writePcap, writePcapng } from '../../fixtures/captures/pcap.js';
import { identify, isCapture } from './identify.js';

describe('telling file formats apart by content', () => {
  it.each([
    ['zip', zipArchive([{ name: 'a.txt', content: 'a' }])],
    ['zip', zipArchive([])],
    ['gzip', gzipSync('a')],
    ['tar', tarArchive([{ name: 'a.txt', content: 'a' }])],
    ['tar', tarArchive([{ name: 'a.txt', content: 'a', old: true }])],
    ['sqlite', Buffer.from('SQLite format 3\0\x10\0')],
    ['bplist', Buffer.from('bplist00\xd1', 'latin1')],
    [
      'xml-plist',
      Buffer.from('\ufeff<?xml version="1.0"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN">'),
    ],
    ['xml', Buffer.from('<?xml version="1.0"?><smses count="1">')],
    ['html', Buffer.from('<!doctype html><title>a</title>')],
    ['json', Buffer.from('{"a": 1}')],
    ['json', Buffer.from('[\r\n  {"a": 1}]')],
    ['7z', Buffer.from('7z\xbc\xaf\x27\x1c\x00', 'latin1')],
    ['zstd', Buffer.from('28b52ffd', 'hex')],
    ['zstd', Buffer.from('502a4d18', 'hex')],
    ['zstd', Buffer.from('5f2a4d18', 'hex')],
    ['unknown', Buffer.from('602a4d18', 'hex')],
    // Microseconds, nanoseconds and modified, in both byte orders.
    ['pcap', Buffer.from('a1b2c3d4', 'hex')],
    ['pcap', Buffer.from('d4c3b2a1', 'hex')],
    ['pcap', Buffer.from('a1b23c4d', 'hex')],
    ['pcap', Buffer.from('4d3cb2a1', 'hex')],
    ['pcap', Buffer.from('a1b2cd34', 'hex')],
    ['pcap', Buffer.from('34cdb2a1', 'hex')],
    ['pcapng', Buffer.from('0a0d0d0a', 'hex')],
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('24/12/21, 9:15 - Ana: feliz año\r\n')],
    ['unknown', Buffer.from([0, 1, 2, 3])],
  ])('knows %s', (format, bytes) => {
    expect(identify(bytes)).toBe(format);
  });

  it('does not take a block for a tar whose checksum is wrong', () => {
    const block = tarArchive([{ name: 'a.txt', content: 'a', old: true }]);
    block[0] = 0x62;
    expect(identify(block)).not.toBe('tar');
  });

  it('names any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => identify(bytes).length > 0));
  });
});

describe('telling captures from what only begins like one', () => {
  it.each([
    ['pcap', writePcap([])],
    ['pcap of the other byte order', writePcap([], { byteOrder: 'big' })],
    ['pcap with nanoseconds', writePcap([], { resolution: 'nano' })],
    ['modified pcap', writePcap([], { modified: true, byteOrder: 'big' })],
    ['pcapng', writePcapng([])],
    ['pcapng of the other byte order', writePcapng([], { byteOrder: 'big' })],
  ])('knows a %s', (_name, bytes) => {
    expect(isCapture(bytes)).toBe(true);
  });

  it.each([
    ['four bytes', Buffer.from('d4c3b2a1', 'hex')],
    ['pcap magic before a program', Buffer.concat([Buffer.from('d4c3b2a1', 'hex'), Buffer.alloc(60, 'MZ')])],
    ['pcapng magic before text', Buffer.from(`\n\r\r\n${'text '.repeat(10)}`)],
    ['nothing', Buffer.alloc(0)],
  ])('does not take %s for one', (_name, bytes) => {
    expect(isCapture(bytes)).toBe(false);
  });

  it('answers for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => typeof isCapture(bytes) === 'boolean'),
    );
  });
});
