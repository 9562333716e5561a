import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadFeed } from '../load.js';

const NOW = '2026-01-01T00:00:00.000000Z';
const load = (json: unknown) => loadFeed('folder/misp.json', Buffer.from(JSON.stringify(json)), NOW);
const attribute = (type: string, value: string, more: object = {}): object => ({
  uuid: `uuid-${value}`,
  type,
  category: 'Network activity',
  to_ids: true,
  value,
  comment: '',
  ...more,
});
const event = (attributes: object[], more: object = {}): object => ({
  uuid: 'event',
  info: 'A report',
  date: '2017-06-26',
  Attribute: attributes,
  ...more,
});

describe('MISP JSON', () => {
  it('reads a response, an event in its wrapper, and a bare event alike', () => {
    const inner = event([attribute('domain', 'lure.example.org')]);
    for (const json of [{ response: [{ Event: inner }] }, { Event: inner }, inner, [{ Event: inner }]]) {
      expect(load(json).indicators).toMatchObject([
        {
          type: 'domain',
          value: 'lure.example.org',
          family: 'A report',
          place: 'uuid-lure.example.org',
          validFrom: '2017-06-26T00:00:00.000000Z',
        },
      ]);
    }
  });

  it('takes what is not for detection as a reference', () => {
    const feed = load(
      event([
        attribute('url', 'https://research.example.org/a', { to_ids: false }),
        attribute('url', 'https://research.example.org/b', { category: 'External analysis' }),
        attribute('link', 'https://research.example.org/c'),
        attribute('url', 'http://lure.example.org/AbC'),
      ]),
    );
    expect(feed.indicators).toMatchObject([{ type: 'url', value: 'http://lure.example.org/AbC' }]);
    expect(feed.references).toEqual([
      'https://research.example.org/a',
      'https://research.example.org/b',
      'https://research.example.org/c',
    ]);
    expect(feed.skipped).toEqual({ reference: 3 });
  });

  it('splits composite values', () => {
    const feed = load(
      event([
        attribute('domain|ip', 'lure.example.org|203.0.113.7'),
        attribute('ip-dst|port', '203.0.113.8|443'),
        attribute('filename|sha256', `x|y.doc|${'a'.repeat(64)}`),
      ]),
    );
    expect(feed.indicators.map(({ type, value }) => [type, value])).toEqual([
      ['domain', 'lure.example.org'],
      ['ipv4', '203.0.113.7'],
      ['ipv4', '203.0.113.8'],
      ['sha256', 'a'.repeat(64)],
    ]);
    expect(feed.skipped).toEqual({ 'file-name-with-hash': 1 });
  });

  it('reads the attributes of objects, without the names of hashed files', () => {
    const feed = load(
      event([], {
        Object: [
          {
            name: 'file',
            Attribute: [
              attribute('filename', 'x.doc'),
              attribute('md5', 'a'.repeat(32)),
              attribute('size-in-bytes', '3'),
            ],
          },
          { name: 'domain-ip', deleted: true, Attribute: [attribute('domain', 'gone.example.org')] },
        ],
      }),
    );
    expect(feed.indicators).toMatchObject([{ type: 'md5' }]);
    expect(feed.skipped).toEqual({ 'file-name-with-hash': 1, 'other-type': 1, deleted: 1 });
  });

  it('names the family after a galaxy tag when there is one', () => {
    const tagged = event([attribute('named pipe', 'x')], {
      Tag: [{ name: 'tlp:white' }, { name: 'misp-galaxy:mitre-malware="Thing - S0289"' }],
    });
    expect(load(tagged).indicators).toMatchObject([{ type: 'pipe', family: 'Thing' }]);
  });

  it('skips deleted attributes, rules and unknown types, and names broken ones', () => {
    const feed = load(
      event([
        attribute('domain', 'gone.example.org', { deleted: true }),
        attribute('yara', 'rule x {}'),
        attribute('text', 'x'),
        { type: 'domain' },
        attribute('domain', 'ok.example.org'),
      ]),
    );
    expect(feed.indicators).toMatchObject([{ value: 'ok.example.org' }]);
    expect(feed.skipped).toEqual({ deleted: 1, 'detection-rule': 1, 'other-type': 1, malformed: 1 });
    expect(feed.problems).toMatchObject([
      { code: 'bad-entry', effect: 'note', source: { locator: 'event Attribute[3]' } },
    ]);
  });

  it('survives attributes of any shape', () => {
    const shapes = fc.array(
      fc.oneof(
        fc.jsonValue(),
        fc.record({
          type: fc.oneof(fc.constantFrom('domain', 'url', 'filename|md5', 'a|b|c'), fc.jsonValue()),
          value: fc.jsonValue(),
          to_ids: fc.jsonValue(),
        }),
      ),
    );
    fc.assert(
      fc.property(
        shapes,
        (attributes) => void load({ Event: { Attribute: attributes, Object: attributes, Tag: attributes } }),
      ),
    );
  });
});
