import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify, isSharedHost, settle, type TypeHint } from './classify.js';

describe('classify: what a value without a type is', () => {
  it.each([
    ['203.0.113.7', 'ipv4', '203.0.113.7'],
    ['203.0.113.7:8443', 'ipv4', '203.0.113.7'],
    ['198.51.100.0/24', 'cidr', '198.51.100.0/24'],
    ['198.51.100.4/32', 'ipv4', '198.51.100.4'],
    ['2001:db8::1', 'ipv6', '2001:db8::1'],
    ['[2001:db8::1]', 'ipv6', '2001:db8::1'],
    ['2001:db8::/32', 'cidr', '2001:db8::/32'],
    ['name@example.org', 'email', 'name@example.org'],
    ['http://example.org/AbC?x=1', 'url', 'http://example.org/AbC?x=1'],
    ['http//example.org/AbC', 'url', 'http://example.org/AbC'],
    ['http:/example.org/AbC', 'url', 'http://example.org/AbC'],
    ['example.org/AbC', 'url', 'http://example.org/AbC'],
    ['hxxps://example[.]org/AbC', 'url', 'https://example.org/AbC'],
    ['example[.]org', 'domain', 'example.org'],
    ['*.example.org', 'domain', 'example.org'],
    ['example.org.', 'domain', 'example.org'],
    ['"example.org"', 'domain', 'example.org'],
    ['bücher.example.org', 'domain', 'bücher.example.org'],
    ['a'.repeat(32), 'md5', 'a'.repeat(32)],
    ['a'.repeat(40), 'sha1', 'a'.repeat(40)],
    ['a'.repeat(64), 'sha256', 'a'.repeat(64)],
    [Array(20).fill('AB').join(':'), 'cert-sha1', 'AB'.repeat(20)],
    ['00000000-1111-2222-3333-444444444444', 'config-profile', '00000000-1111-2222-3333-444444444444'],
    ['/private/var/tmp/x/', 'file-path', '/private/var/tmp/x/'],
    ['C:\\Windows\\x.exe', 'file-path', 'C:\\Windows\\x.exe'],
    ['HKLM\\Software\\x', 'registry-key', 'HKLM\\Software\\x'],
    ['com.example.thing', 'app-id', 'com.example.thing'],
    ['com.example.support', 'app-id', 'com.example.support'],
    ['app.example.com', 'domain', 'app.example.com'],
    ['loader.plist', 'file-name', 'loader.plist'],
  ])('%s is a %s', (raw, type, value) => {
    expect(classify(raw)).toEqual({ type, value });
  });

  it.each([
    '',
    'word',
    'two words',
    '1.500',
    '300.1.1.1',
    'javascript:alert(1)',
    'a'.repeat(33),
    'palabra.Otracosa',
  ])('%j is nothing', (raw) => {
    expect(classify(raw)).toBeNull();
  });

  it('keeps the case of paths, which short links depend on', () => {
    expect(classify('http://example.org/1MAAWrO')?.value).toBe('http://example.org/1MAAWrO');
  });
});

describe('settle: a value under the type its feed gives', () => {
  it('corrects an address that was published as a domain', () => {
    expect(settle('domain', '203.0.113.7')).toEqual({
      type: 'ipv4',
      value: '203.0.113.7',
      note: 'type-corrected',
    });
  });

  it('keeps a domain that looks like something else when the feed says domain', () => {
    expect(settle('domain', 'com.example.support')).toEqual({ type: 'domain', value: 'com.example.support' });
  });

  it('takes a domain without an ending, as one published bundle has it, but no bare suffix or local name', () => {
    expect(settle('domain', 'lonelyname')).toEqual({ type: 'domain', value: 'lonelyname' });
    expect(settle('domain', 'com')).toEqual({ refused: 'public-suffix' });
    expect(settle('domain', 'localhost')).toEqual({ refused: 'too-general' });
  });

  it('keeps an address whose path was not published, with its host as an indicator', () => {
    expect(settle('url', 'http://lure.example.org/[unavailable]')).toEqual({
      type: 'url',
      value: 'http://lure.example.org/[unavailable]',
      note: 'placeholder-link',
      host: { type: 'domain', value: 'lure.example.org' },
    });
    // The near miss: brackets that belong to the address.
    expect(settle('url', 'http://lure.example.org/x?a[]=1')).toMatchObject({ type: 'url' });
    expect(settle('url', 'http://lure.example.org/a[1]')).toMatchObject({ type: 'url' });
  });

  it('never makes the host of a shortener an indicator because a path is missing', () => {
    expect(settle('url', 'http://bit.ly/[redacted]')).toEqual({ refused: 'public-suffix' });
    expect(settle('url', 'http://bit.ly/')).toEqual({ refused: 'public-suffix' });
    expect(settle('url', 'http://bit.ly/AbC')).toEqual({ type: 'url', value: 'http://bit.ly/AbC' });
  });

  it('completes addresses without or with a broken scheme and says so', () => {
    expect(settle('url', 'http//example.org/x')).toEqual({
      type: 'url',
      value: 'http://example.org/x',
      note: 'url-repaired',
    });
    expect(settle('url', 'example.org/x')).toEqual({
      type: 'url',
      value: 'http://example.org/x',
      note: 'url-repaired',
    });
    expect(settle('url', 'example.org')).toEqual({
      type: 'domain',
      value: 'example.org',
      note: 'type-corrected',
    });
    expect(settle('url', 'hxxp://example[.]org/x')).toEqual({ type: 'url', value: 'http://example.org/x' });
  });

  it.each([
    ['domain', 'com.mx', 'public-suffix'],
    ['domain', '.xyz', 'public-suffix'],
    ['domain', 'blogspot.com', 'public-suffix'],
    ['domain', 'execute-api.us-east-2.amazonaws.com', 'public-suffix'],
    ['domain', 'google.com', 'public-suffix'],
    ['ip', '192.168.1.1', 'private-address'],
    ['ip', '127.0.0.1', 'private-address'],
    ['ip', 'fe80::1', 'private-address'],
    ['url', 'http://10.0.0.1/x', 'private-address'],
    ['cidr', '0.0.0.0/0', 'range-too-wide'],
    ['cidr', '2000::/3', 'range-too-wide'],
    ['file-path', '/tmp/', 'too-general'],
    ['sha256', 'abc', 'malformed'],
    ['email', 'example.org', 'malformed'],
    ['domain', 'two words', 'malformed'],
    ['process', 'a\u0000b', 'malformed'],
    ['process', '  ', 'blank'],
    ['unknown', 'word', 'unclassified'],
  ] as const)('refuses %s %j: %s', (hint, raw, refused) => {
    expect(settle(hint, raw)).toEqual({ refused });
  });

  it.each([
    ['domain', 'a1b2.execute-api.us-east-2.amazonaws.com'],
    ['domain', 'someone.blogspot.com'],
    ['domain', 'something.com.mx'],
    ['file-path', '/tmp/l/'],
  ] as const)('takes what stands below a shared place: %s %s', (hint, raw) => {
    expect(settle(hint, raw)).toEqual({ type: hint, value: raw });
  });

  it('reads fingerprints with and without colons', () => {
    const colons = Array(20).fill('AB').join(':');
    expect(settle('app-cert', colons)).toEqual({ type: 'app-cert', value: 'AB'.repeat(20) });
    expect(settle('cert', 'c'.repeat(64))).toEqual({ type: 'cert-sha256', value: 'c'.repeat(64) });
  });

  it('gives any text under any type a value or a reason, and never a shared host', () => {
    const hints: TypeHint[] = [
      'unknown',
      'domain',
      'url',
      'ip',
      'email',
      'hash',
      'app-cert',
      'file-path',
      'process',
    ];
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.webUrl(),
      fc.domain(),
      fc.stringMatching(/^[a-z0-9.:/[\]@*-]{0,60}$/),
    );
    fc.assert(
      fc.property(fc.constantFrom(...hints), texts, (hint, text) => {
        const settled = settle(hint, text);
        if (settled.refused !== undefined) return;
        expect(settled.value).not.toBe('');
        if (settled.type === 'domain') expect(isSharedHost(settled.value)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});
