import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memberName } from './member-name.js';

describe('names of archive members', () => {
  it.each([
    ['a/b.txt', 'a/b.txt'],
    ['/private/var/mobile/a.db', 'private/var/mobile/a.db'],
    ['./a//b/./c', 'a/b/c'],
    ['folder\\sub\\c.txt', 'folder/sub/c.txt'],
    ['\\\\server\\share\\x', 'server/share/x'],
    ['a..b/...', 'a..b/...'],
    ['Conversación ñ 日本.txt', 'Conversación ñ 日本.txt'],
  ])('reads %j as %j', (raw, path) => {
    expect(memberName(raw, 4096)).toEqual({ path, isDirectory: false });
  });

  it.each(['../a', 'a/../../b', 'a\\..\\b', '..', 'C:\\Windows\\a', '/c:/a', 'a\0b'])('refuses %j', (raw) => {
    expect(memberName(raw, 4096)).toEqual({ refused: 'unsafe-name' });
  });

  it('refuses names that are too long or empty, and knows folders', () => {
    expect(memberName('a'.repeat(4097), 4096)).toEqual({ refused: 'name-too-long' });
    expect(memberName('', 4096)).toEqual({ refused: 'empty-name' });
    expect(memberName('a/b/', 4096)).toEqual({ path: 'a/b', isDirectory: true });
    expect(memberName('./', 4096)).toEqual({ path: '', isDirectory: true });
  });

  it('never gives a path that climbs or is absolute', () => {
    const piece = fc.constantFrom('..', '.', '/', '\\', 'a', 'C:', '\0', '', ' ');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const name = memberName(pieces.join(''), 4096);
        return 'refused' in name || (!name.path.startsWith('/') && !name.path.split('/').includes('..'));
      }),
    );
  });
});
