import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observable } from '../core/contracts.js';
import type { IndicatorType } from '../core/indicator.js';
import { compileMatcher } from './matcher.js';
import { canonicalAddress } from './matcher-addresses.js';
import { groupByTime } from './matcher-windows.js';
import { indicator } from './testing/indicator.js';

describe('compileMatcher', () => {
  const reference: readonly [IndicatorType, string][] = [
    ['domain', 'example.org'],
    ['ipv4', '198.51.100.1'],
    ['process', 'Launch'],
    ['email', 'foobar@example.org'],
    ['file-name', '/var/foobar/txt'],
    ['android-property', 'sys.foobar'],
    ['sha256', '570cd76bf49cf52e0cb347a68bdcf0590b2eaece134e1b1eba7e8d66261bdbe6'],
    ['sha1', 'da0611a300a9ce9aa7a09d1212f203fca5856794'],
    ['url', 'http://example.com/thisisbad'],
  ];

  it.each<[Observable['type'], string, string]>([
    ['url', 'https://www.example.org/foobar', 'example.org subdomain'],
    ['url', 'http://example.org:8080/toto', 'example.org exact'],
    ['url', 'https://198.51.100.1:8080/', '198.51.100.1 exact'],
    ['url', 'https://example.com/thisisbad/', 'http://example.com/thisisbad exact'],
    ['url', 'example.com/thisisbad', 'http://example.com/thisisbad exact'],
    ['process', 'Launch', 'Launch exact'],
    ['email', 'FooBar@Example.org', 'foobar@example.org exact'],
    ['file-path', '/private/var/foobar/txt', '/var/foobar/txt exact'],
    ['file-path', '/var/foobar/txt/', '/var/foobar/txt exact'],
    ['property', 'sys.foobar', 'sys.foobar exact'],
    [
      'hash',
      '570CD76BF49CF52E0CB347A68BDCF0590B2EAECE134E1B1EBA7E8D66261BDBE6',
      '570cd76bf49cf52e0cb347a68bdcf0590b2eaece134e1b1eba7e8d66261bdbe6 exact',
    ],
    ['hash', 'da0611a300a9ce9aa7a09d1212f203fca5856794', 'da0611a300a9ce9aa7a09d1212f203fca5856794 exact'],
  ])('finds %s %s in the reference bundle of nine', (type, value, expected) => {
    expect(reference).toHaveLength(9);
    expect(matches(reference, type, value)).toEqual([expected]);
  });

  it.each<[Observable['type'], string]>([
    ['url', 'https://example.com/'],
    ['url', 'https://1.1.1.1/'],
    ['url', 'http://example.com/thisisgood'],
    ['url', 'http://example.com/thisisbad?x=1'],
    ['url', 'http://example.com/ThisIsBad'],
    ['url', 'http://example.com:8080/thisisbad'],
    ['url', 'https://198.51.100.11/'],
    ['process', 'launch'],
    ['file-path', '/var/other/txt'],
    ['email', 'xfoobar@example.org'],
    ['hash', ''],
  ])('does not find %s %s in it', (type, value) => {
    expect(matches(reference, type, value)).toEqual([]);
  });

  describe('hosts', () => {
    it.each<[string, string, string[]]>([
      // The errors of other tools: plain endsWith, lstrip("www."), middle levels, substrings of addresses.
      ['evil.example', 'https://notevil.example/', []],
      ['evil.com', 'https://notevil.com/', []],
      ['google.com', 'https://evilgoogle.com/', []],
      ['web.evil.com', 'https://web.evil.com/', ['web.evil.com exact']],
      ['eb.evil.com', 'https://web.evil.com/', []],
      ['x.evil.com', 'https://y.x.evil.com/', ['x.evil.com subdomain']],
      ['x.evil.com', 'https://evil.com/', []],
      ['evil.com', 'https://user:pass@evil.com:444/', ['evil.com exact']],
      ['evil.com', 'https://evil.com@good.example/', []],
      ['evil.com', 'https://good.example/evil.com', []],
      ['evil.com', 'https://evil.com./', ['evil.com exact']],
      ['EVIL.com.', 'hTTps://eVil.COM', ['EVIL.com. exact']],
      ['mañana.example', 'http://xn--maana-pta.example/', ['mañana.example exact']],
      ['*.evil.com', 'http://a.evil.com/', ['*.evil.com subdomain']],
      ['www.evil.com', 'http://evil.com/', ['www.evil.com exact']],
      ['www.evil.com', 'http://www.evil.com/', ['www.evil.com exact']],
      ['www.evil.com', 'http://mail.evil.com/', []],
      // Never above the registrable domain.
      ['com.mx', 'http://evil.com.mx/', []],
      ['github.io', 'http://someone.github.io/', []],
      ['someone.github.io', 'http://someone.github.io/', ['someone.github.io exact']],
      ['amazonaws.com', 'http://bucket.s3.amazonaws.com/', []],
      ['blogspot.com', 'http://someone.blogspot.com/', []],
      ['com', 'http://evil.com/', []],
      ['localhost', 'http://localhost/', []],
      // Values under the wrong label.
      ['203.0.113.9', 'http://203.0.113.9/x', ['203.0.113.9 exact']],
      ['evil.com/x', 'http://evil.com/x', ['evil.com/x exact']],
      ['evil.com/x', 'http://evil.com/y', []],
    ])('domain %s and link %s', (value, link, expected) => {
      expect(matches([['domain', value]], 'url', link)).toEqual(expected);
    });

    it('compares bare hosts and addresses as links', () => {
      expect(matches([['domain', 'evil.com']], 'host', 'A.Evil.com.')).toEqual(['evil.com subdomain']);
      expect(matches([['ipv6', '2001:DB8:0:0::1']], 'host', '2001:db8::1')).toEqual([
        '2001:DB8:0:0::1 exact',
      ]);
      expect(matches([['ipv4', '1.2.3.4']], 'host', '::ffff:1.2.3.4')).toEqual(['1.2.3.4 exact']);
      expect(matches([['ipv4', '1.2.3.4']], 'host', '11.2.3.45')).toEqual([]);
      expect(matches([['ipv4', '127.0.0.1']], 'url', 'http://0x7f.1/')).toEqual(['127.0.0.1 exact']);
      expect(matches([['url', 'http://evil.com/']], 'host', 'evil.com')).toEqual(['http://evil.com/ exact']);
    });

    it('finds addresses in ranges of both kinds', () => {
      const ranges: [IndicatorType, string][] = [
        ['cidr', '198.51.100.0/24'],
        ['cidr', '203.0.113.7/32'],
        ['cidr', '2001:db8:5::/48'],
        ['cidr', '0.0.0.0/0'],
        ['cidr', '10.0.0.0/99'],
      ];
      expect(matches(ranges, 'host', '198.51.100.255')).toEqual(['198.51.100.0/24 range']);
      expect(matches(ranges, 'host', '198.51.101.0')).toEqual([]);
      expect(matches(ranges, 'host', '203.0.113.7')).toEqual(['203.0.113.7/32 exact']);
      expect(matches(ranges, 'url', 'http://[2001:db8:5:1::9]/')).toEqual(['2001:db8:5::/48 range']);
      expect(matches(ranges, 'host', '2001:db8:6::1')).toEqual([]);
      expect(matches(ranges, 'host', '10.0.0.1')).toEqual([]);
    });

    it('compares URLs with case of the path, query and wanted fragments', () => {
      const urls: [IndicatorType, string][] = [
        ['url', 'http://bit.example/AbCdEfG'],
        ['url', 'https://example.com/a?b=c=d'],
        ['url', 'http//example.net/1234567s'],
        ['url', 'http://example.com/[unavailable]'],
        ['url', 'http://example.com/app#/token'],
      ];
      expect(matches(urls, 'url', 'https://bit.example/AbCdEfG/')).toEqual([
        'http://bit.example/AbCdEfG exact',
      ]);
      expect(matches(urls, 'url', 'https://bit.example/abcdefg')).toEqual([]);
      expect(matches(urls, 'url', 'http://example.com/a/?b=c=d')).toEqual([
        'https://example.com/a?b=c=d exact',
      ]);
      expect(matches(urls, 'url', 'http://example.com/a?b=c')).toEqual([]);
      expect(matches(urls, 'url', 'http://example.com/a?b=c=d#x')).toEqual([
        'https://example.com/a?b=c=d exact',
      ]);
      expect(matches(urls, 'url', 'https://example.net/1234567s/')).toEqual([
        'http//example.net/1234567s exact',
      ]);
      expect(matches(urls, 'url', 'http://example.com/[unavailable]')).toEqual([]);
      expect(matches(urls, 'url', 'http://example.com/app#/token')).toHaveLength(1);
      expect(matches(urls, 'url', 'http://example.com/app')).toEqual([]);
      expect(matches(urls, 'url', 'https://www.bit.example/AbCdEfG')).toEqual([
        'http://bit.example/AbCdEfG exact',
      ]);
    });

    it('gives the URL and the domain behind the same link', () => {
      const both: [IndicatorType, string][] = [
        ['domain', 'evil.com'],
        ['url', 'http://evil.com/x'],
      ];
      expect(matches(both, 'url', 'https://evil.com/x')).toEqual([
        'http://evil.com/x exact',
        'evil.com exact',
      ]);
    });

    it('agrees with a plain walk over the labels', () => {
      const label = fc.constantFrom('a', 'b', 'evil', 'www', 'x-1');
      const host = fc
        .tuple(
          fc.array(label, { minLength: 1, maxLength: 4 }),
          fc.constantFrom('com', 'com.mx', 'github.io', 'example'),
        )
        .map(([labels, ending]) => ({
          name: `${labels.join('.')}.${ending}`,
          registrable: `${labels.at(-1)}.${ending}`,
        }));
      fc.assert(
        fc.property(fc.array(host, { maxLength: 8 }), host, (listed, seen) => {
          const values = [...new Set(listed.map(({ name }) => name))].filter(
            (name) => !name.startsWith('www.'),
          );
          const expected = values.filter(
            (value) =>
              (seen.name === value || seen.name.endsWith(`.${value}`)) &&
              value.length >= seen.registrable.length,
          );
          const found = matches(
            values.map((value) => ['domain', value] as const),
            'url',
            `https://${seen.name}/`,
          ).map((match) => match.split(' ')[0]);
          expect(found.sort()).toEqual(expected.sort());
        }),
      );
    });
  });

  describe('processes', () => {
    it.each<[string, string, string[]]>([
      ['bh', 'bh', ['bh exact']],
      ['bh', 'bh/com.example.app', ['bh component']],
      ['com.example.app', 'mDNSResponder/com.example.app', ['com.example.app component']],
      ['bh', '/private/var/db/com.apple.xpc.roleaccountd.staging/bh', ['bh component']],
      ['bh', 'bhx', []],
      ['bh', 'BH', []],
      ['com.apple.avcapture', 'com.apple.avcapt', ['com.apple.avcapture truncated']],
      ['com.apple.avcapture', 'com.apple.avcapt/com.example.app', ['com.apple.avcapture truncated']],
      ['com.apple.avcapture', 'com.apple.avcap', []],
      ['com.apple.avcapture', 'com.apple.avcaptx', []],
      ['com.apple.avcapture', 'x/com.apple.avcapt', []],
      ['exactly16letters', 'exactly16letters', ['exactly16letters exact']],
    ])('process %s and %s', (value, seen, expected) => {
      expect(matches([['process', value]], 'process', seen)).toEqual(expected);
    });

    it('finds app ids inside process names', () => {
      expect(matches([['app-id', 'com.Example.app']], 'process', 'x/com.example.app')).toEqual([
        'com.Example.app component',
      ]);
    });
  });

  describe('paths', () => {
    it.each<[IndicatorType, string, string, string[]]>([
      ['file-path', '/private/var/tmp/l/', '/private/var/tmp/log', []],
      ['file-path', '/private/var/tmp/l/', '/private/var/tmp/l', ['/private/var/tmp/l/ exact']],
      ['file-path', '/private/var/tmp/l/', '/var/tmp/l/a/b', ['/private/var/tmp/l/ below']],
      ['file-path', '/tmp/l/', '/private/tmp/l/a', ['/tmp/l/ below']],
      [
        'file-path',
        '/private/var/tmp/hooker',
        '/private/var/tmp/hooker/3F2504E0-4F89-11D3-9A0C-0305E82C3301',
        ['/private/var/tmp/hooker exact'],
      ],
      ['file-path', '/private/var/tmp/hooker', 'private/var/tmp/hooker', ['/private/var/tmp/hooker exact']],
      ['file-path', '/private/var/mobile/x', '~/x', ['/private/var/mobile/x exact']],
      ['file-path', '/private/var', '/private/var/mobile/x', []],
      ['file-path', '/', '/x', []],
      ['file-name', 'roleaccountd.plist', '/private/var/a/roleaccountd.plist', ['roleaccountd.plist exact']],
      ['file-name', 'roleaccountd.plist', '/private/var/a/xroleaccountd.plist', []],
      ['file-name', 'roleaccountd.plist', 'roleaccountd.plist', ['roleaccountd.plist exact']],
      ['file-name', 'roleaccountd.plist', '/private/roleaccountd.plist/x', []],
      ['process', 'bh', '/private/var/db/com.apple.xpc.roleaccountd.staging/bh', ['bh component']],
      ['process', 'bh', '/private/var/mobile/bh', []],
    ])('%s %s and %s', (type, value, seen, expected) => {
      expect(matches([[type, value]], 'file-path', seen)).toEqual(expected);
    });
  });

  it('compares the rest by equality, without case', () => {
    const id = '76DAB334-7E17-475D-A5D6-0794EB5818A5';
    expect(matches([['config-profile', id]], 'config-profile', id.toLowerCase())).toEqual([`${id} exact`]);
    // MVT tests the other way round: whether the seen id is a part of the listed one.
    expect(matches([['config-profile', id]], 'config-profile', '76DAB334')).toEqual([]);
    expect(matches([['config-profile', id]], 'config-profile', `${id}-1`)).toEqual([]);
    expect(matches([['app-id', 'com.Example.App']], 'app-id', 'com.example.app')).toEqual([
      'com.Example.App exact',
    ]);
    expect(matches([['app-id', 'com.example.app']], 'app-id', 'com.example.app2')).toEqual([]);
    expect(matches([['app-cert', 'AABB']], 'app-cert', 'aa:bb')).toEqual(['AABB exact']);
    expect(matches([['cert-sha256', 'aabb']], 'cert-hash', 'AABB')).toEqual(['aabb exact']);
    expect(matches([['phone-number', '+1 555 0100-200']], 'phone-number', '0015550100200')).toHaveLength(1);
    expect(matches([['phone-number', '555']], 'phone-number', '555')).toEqual([]);
    expect(matches([['ja3', 'AB']], 'tls-fingerprint', 'ab')).toEqual(['AB exact']);
    expect(matches([['user-agent', 'x/1']], 'user-agent', 'X/1')).toEqual([]);
  });

  it.each([
    'A@example.org',
    ' mailto:a@example.org?subject=x ',
    'Name <a@example.org>',
    'MAILTO:A@EXAMPLE.ORG',
  ])('finds the address in %s', (seen) => {
    expect(matches([['email', 'a@example.org']], 'email', seen)).toEqual(['a@example.org exact']);
    expect(matches([['email', 'b@example.org']], 'email', seen)).toEqual([]);
  });

  it('gives every feed that lists a value', () => {
    const found = compileMatcher([
      indicator('domain', 'evil.com', { feed: 'cytrox' }),
      indicator('domain', 'evil.com', { feed: 'predator' }),
    ]).match({ type: 'url', value: 'http://evil.com/' });
    expect(found.map(({ indicator: { feed } }) => feed)).toEqual(['cytrox', 'predator']);
  });

  it('survives any indicators and any values', () => {
    const types: IndicatorType[] = [
      'domain',
      'url',
      'ipv4',
      'ipv6',
      'cidr',
      'process',
      'file-path',
      'file-name',
      'phone-number',
    ];
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.webUrl(),
      fc.ipV4(),
      fc.ipV6(),
      fc.domain(),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        text,
        fc.constantFrom('url', 'host', 'process', 'file-path'),
        text,
        (type, value, seenType, seen) => {
          const matcher = compileMatcher([indicator(type, value)]);
          expect(matcher.size).toBe(1);
          expect(matcher.match({ type: seenType, value: seen }).length).toBeLessThanOrEqual(2);
        },
      ),
    );
  });

  it('takes little time for hostile values', () => {
    const matcher = compileMatcher([
      indicator('domain', 'evil.com'),
      indicator('file-path', '/x/y'),
      indicator('process', 'bh'),
    ]);
    const started = performance.now();
    for (const value of [
      'a.'.repeat(500_000),
      `http://${'a.'.repeat(500_000)}evil.com`,
      '/a'.repeat(500_000),
      '/'.repeat(1_000_000),
    ]) {
      for (const type of ['url', 'host', 'process', 'file-path'] as const) matcher.match({ type, value });
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('canonicalAddress', () => {
  it('gives one form to all spellings', () => {
    expect(canonicalAddress('[2001:0DB8::0001%en0]')).toBe('2001:db8::1');
    expect(canonicalAddress('fe80::1%en0')).toBe('fe80::1');
    expect(canonicalAddress('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(canonicalAddress('example.org')).toBe(null);
  });
});

describe('groupByTime', () => {
  it('groups within the span of the first, whatever the order, and lets the undated join the earliest', () => {
    const at = (minute: number) => `2024-01-01T00:${String(minute).padStart(2, '0')}:00.000000Z`;
    const items = [at(0), at(9), at(10), at(11), null, at(30)];
    fc.assert(
      fc.property(fc.shuffledSubarray(items, { minLength: items.length }), (shuffled) => {
        expect(
          groupByTime(
            shuffled,
            (item) => item,
            (item) => item ?? '',
            600_000,
          ),
        ).toEqual([[at(0), at(9), at(10), null], [at(11)], [at(30)]]);
      }),
    );
    expect(
      groupByTime(
        [null, null],
        (item) => item,
        () => '',
        1,
      ),
    ).toEqual([[null, null]]);
    expect(
      groupByTime(
        [],
        () => null,
        () => '',
        1,
      ),
    ).toEqual([]);
  });
});

function matches(
  listed: readonly (readonly [IndicatorType, string])[],
  type: Observable['type'],
  value: string,
): string[] {
  const matcher = compileMatcher(
    listed.map(([listedType, listedValue]) => indicator(listedType, listedValue)),
  );
  return matcher.match({ type, value }).map((match) => `${match.indicator.value} ${match.how}`);
}
