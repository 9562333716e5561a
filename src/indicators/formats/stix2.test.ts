import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadFeed } from '../load.js';

const NOW = '2026-01-01T00:00:00.000000Z';

const malware = { type: 'malware', id: 'malware--1', name: 'Thing', is_family: true };
const indicator = (number: number, pattern: string, more: object = {}): object => ({
  type: 'indicator',
  id: `indicator--${number}`,
  pattern,
  pattern_type: 'stix',
  valid_from: '2024-05-02T08:36:18.481985Z',
  ...more,
});
const indicates = (number: number, target = 'malware--1'): object => ({
  type: 'relationship',
  id: `relationship--${number}`,
  relationship_type: 'indicates',
  source_ref: `indicator--${number}`,
  target_ref: target,
});
const bundle = (...objects: object[]): object => ({ type: 'bundle', id: 'bundle--1', objects });
const load = (json: unknown, name = 'folder/list.json') =>
  loadFeed(name, Buffer.from(JSON.stringify(json)), NOW);

describe('STIX 2', () => {
  it('loads indicators with family, place and dates', () => {
    const feed = load(
      bundle(malware, indicator(1, "[domain-name:value='lure.example.org']"), indicates(1)),
      'x/thing.stix2',
    );
    expect(feed.indicators).toEqual([
      {
        type: 'domain',
        value: 'lure.example.org',
        family: 'Thing',
        category: 'spyware',
        role: 'infrastructure',
        feed: 'thing',
        file: 'x/thing.stix2',
        place: 'indicator--1',
        licence: null,
        validFrom: '2024-05-02T08:36:18.481000Z',
        validUntil: null,
        comment: null,
      },
    ]);
    expect(feed.problems).toEqual([]);
    expect(feed.families).toEqual(['Thing']);
  });

  it.each([
    ["[process:name='abc']", 'process'],
    ["[email-addr:value='a@example.org']", 'email'],
    ["[file:name='x.plist']", 'file-name'],
    ["[file:path='/private/var/tmp/l/']", 'file-path'],
    [`[file:hashes.sha256='${'a'.repeat(64)}']`, 'sha256'],
    [`[file:hashes.'SHA-256'='${'a'.repeat(64)}']`, 'sha256'],
    [`[file:hashes.MD5='${'a'.repeat(32)}']`, 'md5'],
    ["[app:id='com.example.thing']", 'app-id'],
    [`[app:cert.sha256='${'a'.repeat(64)}']`, 'app-cert'],
    ["[configuration-profile:id='00000000-1111-2222-3333-444444444444']", 'config-profile'],
    ["[android-property:name='sys.x']", 'android-property'],
    ["[url:value='http://example.org/a?b=c=d']", 'url'],
    ["[ipv4-addr:value='203.0.113.0/24']", 'cidr'],
    ["[ipv6-addr:value='2001:db8::1']", 'ipv6'],
    ["[domain-name:value='203.0.113.9']", 'ipv4'],
  ])('%s is a %s', (pattern, type) => {
    expect(load(bundle(malware, indicator(1, pattern))).indicators).toMatchObject([
      { type, family: 'Thing' },
    ]);
  });

  it('reads a bare list of objects and a TAXII envelope', () => {
    const objects = [malware, indicator(1, "[domain-name:value='lure.example.org']"), indicates(1)];
    expect(load(objects).indicators).toHaveLength(1);
    expect(load({ more: false, objects }).indicators).toHaveLength(1);
  });

  it('names the family after what is indicated, else after the report, else after the campaign', () => {
    const two = load(
      bundle(
        malware,
        { type: 'malware', id: 'malware--2', name: 'Other' },
        { type: 'campaign', id: 'campaign--1', name: 'Operation' },
        { type: 'report', id: 'report--1', name: 'A report', object_refs: ['indicator--3', 'indicator--2'] },
        indicator(1, "[process:name='one']"),
        indicator(2, "[process:name='two']"),
        indicator(3, "[process:name='three']"),
        indicator(4, "[process:name='four']"),
        indicates(1, 'campaign--1'),
        indicates(1, 'malware--2'),
        indicates(2, 'campaign--1'),
      ),
      'lists/own.json',
    );
    expect(two.indicators.map(({ value, family }) => [value, family])).toEqual([
      ['one', 'Other'],
      ['two', 'Operation'],
      ['three', 'A report'],
      ['four', 'unknown'],
    ]);
  });

  it('names every tool an indicator belongs to, and reads relationships written the wrong way round', () => {
    const other = { ...malware, id: 'malware--2', name: 'Another' };
    const pattern = "[domain-name:value='lure.example.org']";
    expect(
      load(bundle(malware, other, indicator(1, pattern), indicates(1), indicates(1, 'malware--2')))
        .indicators,
    ).toMatchObject([{ family: 'Another, Thing' }]);
    const reversed = { ...indicates(1), source_ref: 'malware--2', target_ref: 'indicator--1' };
    expect(load(bundle(malware, other, indicator(1, pattern), reversed)).indicators).toMatchObject([
      { family: 'Another' },
    ]);
  });

  it('leaves out what is revoked, expired, benign or in another language, and counts it', () => {
    const feed = load(
      bundle(
        malware,
        indicator(1, "[process:name='one']", { revoked: true }),
        indicator(2, "[process:name='two']", { valid_until: '2025-01-01T00:00:00Z' }),
        indicator(3, "[process:name='three']", { valid_until: '2027-01-01T00:00:00Z' }),
        indicator(4, "[process:name='four']", { indicator_types: ['benign'] }),
        indicator(5, 'rule x {}', { pattern_type: 'yara' }),
        indicator(6, "[software:name='six']"),
        { type: 'observed-data', id: 'observed-data--1' },
      ),
    );
    expect(feed.indicators).toMatchObject([{ value: 'three', validUntil: '2027-01-01T00:00:00.000000Z' }]);
    expect(feed.skipped).toEqual({
      revoked: 1,
      expired: 1,
      benign: 1,
      'pattern-language': 1,
      'unknown-property': 1,
      'observed-data': 1,
    });
  });

  it('uses only the latest version of an object, also when it withdraws the others', () => {
    const version = (modified: string, more: object) =>
      indicator(1, "[process:name='one']", { modified, ...more });
    const feed = load(
      bundle(
        malware,
        version('2025-01-01T00:00:00Z', { revoked: true }),
        version('2024-01-01T00:00:00Z', {}),
      ),
    );
    expect(feed.indicators).toEqual([]);
    expect(feed.skipped).toEqual({ superseded: 1, revoked: 1 });
  });

  it('goes on after bad objects and patterns and says where they are', () => {
    const feed = load(
      bundle(
        malware,
        indicator(1, "[domain-name:value='a"),
        { type: 'indicator', id: 'indicator--2' },
        indicator(3, "[process:name='ok']"),
      ),
    );
    expect(feed.indicators).toMatchObject([{ value: 'ok' }]);
    expect(feed.problems).toMatchObject([
      { code: 'bad-entry', effect: 'note', source: { locator: 'indicator--1' } },
      { code: 'bad-entry', source: { locator: 'indicator--2' } },
    ]);
    const mixed = load({ type: 'bundle', objects: [null, 3, 'x', indicator(3, "[process:name='ok']")] });
    expect(mixed.indicators).toHaveLength(1);
    expect(mixed.skipped).toEqual({ malformed: 3 });
  });

  it('collects the addresses of reports as references, not as indicators', () => {
    const report = {
      ...malware,
      external_references: [{ source_name: 'x', url: 'https://research.example.org/report' }],
    };
    const feed = load(bundle(report, indicator(1, "[process:name='ok']")));
    expect(feed.references).toEqual(['https://research.example.org/report']);
    expect(feed.indicators).toHaveLength(1);
  });

  it('survives objects of any shape', () => {
    const anything = fc.array(
      fc.oneof(
        fc.jsonValue(),
        fc.record({
          type: fc.constantFrom('indicator', 'malware', 'relationship', 'report'),
          id: fc.jsonValue(),
          pattern: fc.jsonValue(),
          object_refs: fc.jsonValue(),
          source_ref: fc.jsonValue(),
          name: fc.jsonValue(),
        }),
      ),
    );
    fc.assert(fc.property(anything, (objects) => void load({ type: 'bundle', objects })));
  });
});
