import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadFeed } from '../../../indicators/load.js';
import { RETENTION_DAYS, WORK_TYPES } from '../../model/vocabularies.js';
import { redact } from '../redact.js';
import { SHARING_PROFILES, type Shareable } from '../shareable.js';
import {
  CANARIES,
  caseWithIndicators,
  LISTED,
  LURE,
  plantedCase,
  wholeText,
} from '../testing/planted-case.js';
import { mispEvent } from './event.js';
import { familyTags } from './tags.js';
import { MISP_TEMPLATES } from './templates.js';

const DATA = new URL('../../../../../shared/data/casework/misp/', import.meta.url);
const SKIP = '(skipped without ../shared)';
const NAMED: Partial<Shareable> = { consent: { id: null, named: true, clientIdentifiers: true } };

interface Attribute {
  readonly uuid: string;
  readonly type: string;
  readonly category: string;
  readonly value: string;
  readonly to_ids: boolean;
  readonly distribution: string;
  readonly object_relation?: string;
  readonly Tag?: readonly { name: string }[];
}
interface Event {
  readonly distribution: string;
  readonly analysis: string;
  readonly published: boolean;
  readonly info: string;
  readonly Tag: readonly { name: string }[];
  readonly Attribute: readonly Attribute[];
  readonly Object: readonly {
    readonly name: string;
    readonly template_uuid: string;
    readonly template_version: string;
    readonly 'meta-category': string;
    readonly distribution: string;
    readonly Attribute: readonly Attribute[];
  }[];
}

async function eventOf(...given: Parameters<typeof redact>): Promise<Event> {
  return JSON.parse(await wholeText(mispEvent(redact(...given)))).Event;
}

const json = (path: string) => JSON.parse(readFileSync(new URL(path, DATA), 'utf8'));

describe('MISP event', () => {
  it('stays in the organisation that imports it', async () => {
    for (const profile of SHARING_PROFILES) {
      const event = await eventOf(plantedCase(NAMED), profile);
      const all = [
        ...event.Attribute,
        ...event.Object,
        ...event.Object.flatMap((object) => object.Attribute),
      ];

      expect(event).toMatchObject({ distribution: '0', analysis: '0', published: false });
      expect(new Set(all.map(({ distribution }) => distribution))).toEqual(new Set(['0']));
    }
  });

  it('marks for detection what is published about the attacker, and nothing else', async () => {
    const event = await eventOf(plantedCase(), 'for-prosecutor');
    const marked = [...event.Attribute, ...event.Object.flatMap((object) => object.Attribute)].filter(
      ({ to_ids }) => to_ids,
    );

    expect(marked.map(({ type, value }) => `${type} ${value}`)).toEqual([`domain ${LISTED}`]);
    expect(event.Attribute.find(({ value }) => value === LURE)).toMatchObject({
      type: 'domain',
      to_ids: false,
    });
    expect(event.Attribute.find(({ value }) => value === CANARIES.thirdNumber)).toMatchObject({
      to_ids: false,
    });
  });

  it('writes the messages that findings point at, without the client’s number unless consent says so', async () => {
    const of = (event: Event) =>
      event.Object.find(({ name }) => name === 'short-message-service')?.Attribute ?? [];
    const without = of(await eventOf(plantedCase(), 'for-prosecutor'));
    const named = of(await eventOf(plantedCase(NAMED), 'for-prosecutor'));

    expect(without.map(({ object_relation }) => object_relation)).toEqual(['body', 'from', 'received-date']);
    expect(without[1]?.value).toBe(CANARIES.thirdNumber);
    expect(without[2]?.value).toBe('2024-03-12T17:04:10.123456+00:00');
    expect(named.find(({ object_relation }) => object_relation === 'to')?.value).toBe(CANARIES.clientNumber);
  });

  it('tags the event as the taxonomies do', async () => {
    const { Tag } = await eventOf(plantedCase(), 'anonymised');

    expect(Tag.map(({ name }) => name)).toEqual([
      'tlp:amber',
      'PAP:RED',
      'accessnow:freedom-expression',
      'retention:1y',
      'misp-galaxy:surveillance-vendor="NSO group"',
    ]);
    expect((await eventOf(plantedCase(), 'indicators-only')).Tag.map(({ name }) => name)).toEqual([
      'tlp:amber',
      'PAP:RED',
      'misp-galaxy:surveillance-vendor="NSO group"',
    ]);
  });

  it('is read back by our own loader with the same indicators', async () => {
    const given = [
      { type: 'domain', value: 'lure.example.org', family: 'Pegasus' },
      { type: 'url', value: 'https://lure.example.org/a', family: 'Pegasus' },
      { type: 'ipv4', value: '198.51.100.3', family: 'Pegasus' },
      { type: 'cidr', value: '198.51.100.0/24', family: 'Pegasus' },
      { type: 'ipv6', value: '2001:db8::7', family: 'Pegasus' },
      { type: 'email', value: 'lure@mail.example.org', family: 'Pegasus' },
      { type: 'file-name', value: 'msgacntd.plist', family: 'Pegasus' },
      { type: 'file-path', value: '/private/var/db/com.example.xpc/staging', family: 'Pegasus' },
      { type: 'md5', value: 'a'.repeat(32), family: 'Pegasus' },
      { type: 'sha1', value: 'b'.repeat(40), family: 'Pegasus' },
      { type: 'sha256', value: 'c'.repeat(64), family: 'Pegasus' },
      { type: 'app-id', value: 'com.example.spy', family: 'Pegasus' },
      { type: 'cert-sha1', value: 'e'.repeat(40), family: 'Pegasus' },
      { type: 'cert-sha256', value: 'f'.repeat(64), family: 'Pegasus' },
      { type: 'ja3', value: '1'.repeat(32), family: 'Pegasus' },
      { type: 'jarm', value: '2'.repeat(62), family: 'Pegasus' },
      { type: 'registry-key', value: 'HKEY_LOCAL_MACHINE\\Software\\Example', family: 'Pegasus' },
      { type: 'mutex', value: 'WininetStartupMutex0', family: 'Pegasus' },
      { type: 'pipe', value: 'example-pipe', family: 'Pegasus' },
      { type: 'user-agent', value: 'Example/1.0 (x)', family: 'Pegasus' },
    ] as const;
    const text = await wholeText(mispEvent(redact(caseWithIndicators(given), 'indicators-only')));
    const feed = loadFeed('event.json', Buffer.from(text), '2026-02-03T10:20:30.400500Z');

    // MISP has one type for names and paths of files.
    expect(feed.problems.map(({ code }) => code)).toEqual(['type-corrected']);
    expect(feed.indicators.map(({ type, value }) => `${type} ${value}`).sort()).toEqual(
      given.map(({ type, value }) => `${type} ${value}`).sort(),
    );
    // Our loader takes the family from the tag of the event, which names the vendor.
    expect(feed.families).toEqual(['NSO group']);
  });

  it('carries as text what MISP has no type for, never for detection', async () => {
    const event = await eventOf(
      caseWithIndicators([{ type: 'config-profile', value: 'com.example.profile', family: 'unknown' }]),
      'indicators-only',
    );

    expect(event.Attribute).toMatchObject([{ type: 'text', value: 'com.example.profile', to_ids: false }]);
  });
});

describe.skipIf(!existsSync(DATA))(`MISP templates and taxonomies ${SKIP}`, () => {
  it.each(SHARING_PROFILES)('fill every object of %s as its template asks', async (profile) => {
    const event = await eventOf(plantedCase(NAMED), profile);
    if (profile === 'for-prosecutor') {
      expect(new Set(event.Object.map(({ name }) => name))).toEqual(
        new Set([
          'forensic-case',
          'incident',
          'victim',
          'forensic-evidence',
          'annotation',
          'short-message-service',
        ]),
      );
    }
    for (const object of event.Object) {
      const template = json(`objects/${object.name}/definition.json`);
      const relations = object.Attribute.map(({ object_relation }) => object_relation ?? '');

      expect(object).toMatchObject({
        template_uuid: template.uuid,
        template_version: String(template.version),
        'meta-category': template['meta-category'],
      });
      for (const required of template.required ?? []) expect(relations, object.name).toContain(required);
      if (template.requiredOneOf)
        expect(
          relations.some((relation) => template.requiredOneOf.includes(relation)),
          object.name,
        ).toBe(true);
      for (const attribute of object.Attribute) {
        const relation = template.attributes[attribute.object_relation ?? ''];
        expect(relation, `${object.name} ${attribute.object_relation}`).toBeDefined();
        expect(attribute.type).toBe(relation['misp-attribute']);
        if (relation.values_list) expect(relation.values_list).toContain(attribute.value);
        if (relation.multiple !== true)
          expect(relations.filter((name) => name === attribute.object_relation)).toHaveLength(1);
      }
    }
  });

  it('know every relation, type and category that we fill', () => {
    const schema = json('objects/schema_objects.json').defs.attribute.properties;
    for (const template of Object.values(MISP_TEMPLATES)) {
      const definition = json(`objects/${template.name}/definition.json`);
      for (const [relation, [type, category]] of Object.entries(template.relations)) {
        expect(definition.attributes[relation]?.['misp-attribute'], `${template.name} ${relation}`).toBe(
          type,
        );
        expect(schema.categories.items.enum).toContain(category);
      }
    }
  });

  it('know the type and category of every attribute', async () => {
    const schema = json('objects/schema_objects.json').defs.attribute.properties;
    const event = await eventOf(
      caseWithIndicators([
        { type: 'domain', value: 'lure.example.org', family: 'x' },
        { type: 'pipe', value: 'example-pipe', family: 'x' },
        { type: 'registry-key', value: 'HKEY_LOCAL_MACHINE\\Software\\Example', family: 'x' },
        { type: 'ja3', value: '1'.repeat(32), family: 'x' },
        { type: 'jarm', value: '2'.repeat(62), family: 'x' },
        { type: 'cert-sha1', value: 'e'.repeat(40), family: 'x' },
        { type: 'app-id', value: 'com.example.spy', family: 'x' },
      ]),
      'indicators-only',
    );
    for (const { type, category } of event.Attribute) {
      expect(schema['misp-attribute'].enum).toContain(type);
      expect(schema.categories.items.enum).toContain(category);
    }
  });

  it('have every tag, character by character', async () => {
    const known = new Set<string>();
    for (const name of ['tlp', 'PAP', 'accessnow', 'retention']) {
      const { namespace, predicates } = json(`taxonomies/${name}/machinetag.json`);
      for (const { value } of predicates) known.add(`${namespace}:${value}`);
    }
    for (const name of ['surveillance-vendor', 'stalkerware']) {
      const { type, values } = json(`galaxies/clusters/${name}.json`);
      for (const { value } of values) known.add(`misp-galaxy:${type}="${value}"`);
    }
    const { case: source } = plantedCase();
    for (const span of Object.keys(RETENTION_DAYS) as (keyof typeof RETENTION_DAYS)[]) {
      const { Tag } = await eventOf(
        plantedCase({
          case: {
            ...source,
            workTypes: [...WORK_TYPES],
            tlp: 'amber+strict',
            retention: { ...source.retention, span },
          },
        }),
        'anonymised',
      );
      for (const { name } of Tag) expect(known, name).toContain(name);
    }
    const families = [
      'Pegasus',
      'FinSpy',
      'FinFisher',
      'Hacking Team RCS',
      'Hermit',
      'Dante',
      'Candiru',
      'Predator',
      'Intellexa',
      'QuaDream',
      'Graphite',
      'Cerberus',
      'cocospy',
      'FlexiSPY',
      'Hoverwatch',
      'LetMeSpy',
      'Mobistealth',
    ];
    for (const family of families) {
      expect(familyTags(family), family).not.toEqual([]);
      for (const tag of familyTags(family)) expect(known, tag).toContain(tag);
    }
  });
});
