import { describe, expect, it } from 'vitest';
import { type ListedMember, Listing } from './listing.js';

function listingOf(...paths: string[]): Listing<ListedMember> {
  const listing = new Listing<ListedMember>();
  for (const path of paths) listing.add({ path, sizeBytes: 1 });
  return listing;
}

const found = (listing: Listing<ListedMember>, ...globs: string[]): string[] =>
  [...listing.find(globs)].map(({ path }) => path);

describe('finding files in a listing', () => {
  const listing = listingOf(
    'private/var/mobile/Library/SMS/sms.db',
    'other/sms.db',
    'sms.db',
    'Library/.hidden/sms.db',
    'notes [1].txt',
    'Profiles/profile-a.stub',
  );

  it('looks up exact paths, also such as look like a glob only to others', () => {
    expect(found(listing, 'sms.db')).toEqual(['sms.db']);
    expect(found(listing, 'SMS.db')).toEqual([]);
    expect(found(listing, 'notes \\[1\\].txt')).toEqual(['notes [1].txt']);
  });

  it('finds by globs, in hidden folders too', () => {
    expect(found(listing, '**/sms.db')).toEqual([
      'private/var/mobile/Library/SMS/sms.db',
      'other/sms.db',
      'sms.db',
      'Library/.hidden/sms.db',
    ]);
    expect(found(listing, '**/Library/SMS/sms.db')).toEqual(['private/var/mobile/Library/SMS/sms.db']);
    expect(found(listing, '**/profile-*')).toEqual(['Profiles/profile-a.stub']);
  });

  it('gives each file once when several globs fit', () => {
    expect(found(listing, 'sms.db', '*.db', '**/sms.db', '*/sms.db').sort()).toEqual(
      ['Library/.hidden/sms.db', 'other/sms.db', 'private/var/mobile/Library/SMS/sms.db', 'sms.db'].sort(),
    );
    expect(found(listing, '**')).toHaveLength(6);
  });

  it('keeps the later of two files with one path, and says so', () => {
    const twice = new Listing<ListedMember>();
    expect(twice.add({ path: 'a', sizeBytes: 1 })).toBe(true);
    expect(twice.add({ path: 'a', sizeBytes: 5 })).toBe(false);
    expect(twice.get('a')?.sizeBytes).toBe(5);
    expect(twice.totalBytes).toBe(5);
  });

  it('answers from half a million files at once', () => {
    const large = new Listing<ListedMember>();
    for (let n = 0; n < 500_000; n += 1) large.add({ path: `f${n % 500}/file-${n}.dat`, sizeBytes: 1 });
    large.add({ path: 'deep/down/sms.db', sizeBytes: 1 });
    found(large, '**/sms.db');
    const start = performance.now();
    for (let n = 0; n < 100; n += 1) expect(found(large, '**/sms.db', 'f1/file-1.dat')).toHaveLength(2);
    expect(performance.now() - start).toBeLessThan(200);
  });
});
