import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INDICATOR_TYPES } from '../../../core/indicator.js';
import { readPattern } from '../../../indicators/formats/stix-pattern.js';
import { loadFeed } from '../../../indicators/load.js';
import { TLP_LEVELS } from '../../model/vocabularies.js';
import { redact } from '../redact.js';
import { SHARING_PROFILES } from '../shareable.js';
import { caseWithIndicators, plantedCase, wholeText } from '../testing/planted-case.js';
import { type StixObject, stixBundle } from './bundle.js';
import { observableOf, patternOf } from './patterns.js';

const DATA = new URL('../../../../../shared/data/casework/stix/', import.meta.url);
const NOW = '2026-02-03T10:20:30.400500Z';

const INDICATORS = [
  { type: 'domain', value: 'lure.example.org', family: 'Pegasus' },
  { type: 'url', value: "https://lure.example.org/it's/a\\b", family: 'Pegasus' },
  { type: 'ipv4', value: '198.51.100.3', family: 'Predator' },
  { type: 'ipv6', value: '2001:db8::7', family: 'Predator' },
  { type: 'cidr', value: '198.51.100.0/24', family: 'Predator' },
  { type: 'email', value: 'lure@mail.example.org', family: 'Pegasus' },
  { type: 'process', value: 'bh', family: 'Pegasus' },
  { type: 'file-name', value: 'msgacntd.plist', family: 'Pegasus' },
  { type: 'file-path', value: '/private/var/db/com.example.xpc/staging', family: 'Pegasus' },
  { type: 'md5', value: 'a'.repeat(32), family: 'Pegasus' },
  { type: 'sha1', value: 'b'.repeat(40), family: 'Pegasus' },
  { type: 'sha256', value: 'c'.repeat(64), family: 'Pegasus' },
  { type: 'app-id', value: 'com.example.spy', family: 'mSpy' },
  { type: 'app-cert', value: 'd'.repeat(40), family: 'mSpy' },
  { type: 'cert-sha1', value: 'e'.repeat(40), family: 'Pegasus' },
  { type: 'cert-sha256', value: 'f'.repeat(64), family: 'Pegasus' },
  { type: 'config-profile', value: '0ee3aa2e-1f3c-4a3a-b5a1-0123456789ab', family: 'Pegasus' },
  { type: 'android-property', value: 'sys.brand.note', family: 'Predator' },
  { type: 'registry-key', value: 'HKEY_LOCAL_MACHINE\\Software\\Example', family: 'FinFisher' },
  { type: 'mutex', value: 'WininetStartupMutex0', family: 'FinFisher' },
  { type: 'user-agent', value: 'Example/1.0 (x)', family: 'FinFisher' },
] as const;

interface Bundle {
  readonly objects: readonly StixObject[];
}

async function bundleOf(...given: Parameters<typeof redact>): Promise<Bundle> {
  return JSON.parse(await wholeText(stixBundle(redact(...given))));
}

describe('STIX bundle', () => {
  it.each(SHARING_PROFILES)('holds for %s only objects that refer to each other', async (profile) => {
    const { objects } = await bundleOf(plantedCase(), profile);
    const ids = objects.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    for (const object of objects) {
      expect(object.id).toMatch(
        new RegExp(
          `^${object.type}--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`,
        ),
      );
      for (const [key, value] of Object.entries(object))
        if (/_refs?$/.test(key)) for (const id of [value].flat()) expect(ids, key).toContain(id);
      if (object.type !== 'marking-definition') expect(object.object_marking_refs).toHaveLength(2);
    }
  });

  it('carries the published TLP 2.0 marking of the case, and its PAP', async () => {
    for (const tlp of TLP_LEVELS) {
      const { case: source } = plantedCase();
      const { objects } = await bundleOf(plantedCase({ case: { ...source, tlp } }), 'indicators-only');
      const names = objects.filter(({ type }) => type === 'marking-definition').map(({ name }) => name);

      expect(names).toEqual([`TLP:${tlp.toUpperCase()}`, 'PAP:RED']);
    }
  });

  it.skipIf(!existsSync(DATA))(
    'uses the five marking objects as published (skipped without ../shared)',
    async () => {
      const published = JSON.parse(readFileSync(new URL('tlp2-markings.json', DATA), 'utf8'));
      for (const [index, tlp] of TLP_LEVELS.entries()) {
        const { case: source } = plantedCase();
        const { objects } = await bundleOf(plantedCase({ case: { ...source, tlp } }), 'indicators-only');
        expect(objects[0]).toEqual(published[index]);
      }
    },
  );

  it('gives observed things the ids of the standard', () => {
    // As other programs compute them; the first is the example of the standard's Errata 01.
    expect(observableOf('domain', 'example.com')?.id).toBe(
      'domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7',
    );
    expect(observableOf('ipv4', '198.51.100.8')?.id).toBe('ipv4-addr--6c83081b-13af-5e30-ba30-6f401772a083');
    expect(observableOf('sha256', 'AB')).toMatchObject({ hashes: { 'SHA-256': 'ab' } });
  });

  it('says which tool an indicator indicates, and where and when it was met', async () => {
    const { objects } = await bundleOf(caseWithIndicators([INDICATORS[0]]), 'anonymised');
    const one = (type: string) => objects.find((object) => object.type === type);

    expect(one('indicator')).toMatchObject({
      pattern: "[domain-name:value = 'lure.example.org']",
      indicator_types: ['malicious-activity'],
      valid_from: '2024-03-12T00:00:00.000Z',
    });
    expect(one('malware')).toMatchObject({ name: 'Pegasus', is_family: true });
    expect(one('observed-data')).toMatchObject({
      first_observed: '2024-03-12T00:00:00.000Z',
      last_observed: '2024-03-12T23:59:59.999Z',
      number_observed: 1,
    });
    expect(one('sighting')).toMatchObject({
      where_sighted_refs: [
        objects.find(({ type, name }) => type === 'identity' && /^P-/.test(`${name}`))?.id,
      ],
    });
    expect(
      objects
        .filter(({ type }) => type === 'relationship')
        .map((o) => o.relationship_type)
        .sort(),
    ).toEqual(['based-on', 'consists-of', 'indicates', 'indicates', 'related-to', 'related-to', 'uses']);
    expect(one('attack-pattern')).toMatchObject({
      external_references: [{ source_name: 'mitre-attack', external_id: 'T1660' }],
    });
  });

  it('makes no indicator of what is only suspected', async () => {
    const { objects } = await bundleOf(plantedCase(), 'indicators-only');
    const patterns = objects.filter(({ type }) => type === 'indicator').map(({ pattern }) => pattern);

    expect(patterns).toEqual(["[domain-name:value = 'smsmensaje.example.org']"]);
    expect(objects.filter(({ type }) => type === 'domain-name')).toHaveLength(3);
  });

  it('says in words what no pattern can say', async () => {
    const { objects } = await bundleOf(
      caseWithIndicators([{ type: 'ja3', value: '1'.repeat(32), family: 'Pegasus' }]),
      'indicators-only',
    );

    expect(objects.find(({ type }) => type === 'note')?.content).toContain(`ja3 ${'1'.repeat(32)} Pegasus`);
  });

  it('says what was read and what not, where the profile gives it', async () => {
    const notes = async (profile: (typeof SHARING_PROFILES)[number]) =>
      (await bundleOf(plantedCase(), profile)).objects.flatMap(({ type, content }) =>
        type === 'note' ? [String(content)] : [],
      );

    expect(await notes('for-prosecutor')).toContain(
      `Evidencia del caso:\nE-001 ios-backup ${'ab'.repeat(32)}\nQué se leyó de la evidencia (lector, estado, registros):\nR1 E-001 ios/sms read 2`,
    );
    expect(
      (await notes('anonymised')).filter((note) => /E-[0-9a-f]{10} ios\/sms read 2/.test(note)),
    ).toHaveLength(1);
    expect((await notes('for-press')).join()).not.toContain('ios/sms');
  });

  it('is read back by our own loader with the same indicators', async () => {
    const text = await wholeText(stixBundle(redact(caseWithIndicators(INDICATORS), 'indicators-only')));
    const feed = loadFeed('bundle.json', Buffer.from(text), NOW);

    expect(feed.problems).toEqual([]);
    expect(sorted(feed.indicators)).toEqual(sorted(INDICATORS));
    expect(feed.skipped.malformed).toBeUndefined();
  });

  it('escapes any value so that the pattern means that value', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...INDICATOR_TYPES),
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string({ unit: fc.constantFrom("'", '\\', ']', 'a', ' ') }),
        ),
        (type, value) => {
          const pattern = patternOf(type, value);
          if (pattern === null) return;
          const { comparisons, skipped } = readPattern(pattern);
          expect(skipped).toEqual([]);
          expect(comparisons.map((comparison) => comparison.value)).toEqual([value]);
        },
      ),
    );
  });
});

describe.skipIf(!existsSync(DATA))('STIX schemas of OASIS (skipped without ../shared)', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv, ['uri', 'email']);
  ajv.addFormat('idn-hostname', true);
  const files = existsSync(DATA)
    ? readdirSync(new URL('schemas/', DATA), { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.json'),
      )
    : [];
  const schemas = new Map<string, { $id: string }>();
  for (const file of files) {
    const schema = JSON.parse(readFileSync(fileURLToPath(new URL(`schemas/${file}`, DATA)), 'utf8'));
    ajv.addSchema(schema);
    schemas.set(file.replace(/^.*[/\\]/, '').replace('.json', ''), schema);
  }
  const validatorOf = (name: string): ValidateFunction | undefined =>
    schemas.has(name) ? ajv.getSchema(schemas.get(name)?.$id ?? '') : undefined;

  it('accept any address as a URL object', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, hasHost) => {
        const object = observableOf('url', `https://${hasHost ? 'example.org/' : ''}${text}`);
        if (object === null) return;
        expect(validatorOf('url')?.(object), String(object.value)).toBe(true);
      }),
    );
    expect(observableOf('url', 'https://[2001:db8::1]:8080/a?b#c')).toMatchObject({
      value: 'https://[2001:db8::1]:8080/a?b#c',
    });
  });

  it.each(SHARING_PROFILES)('accept the bundle and every object of it for %s', async (profile) => {
    const all = plantedCase({
      consent: { id: null, named: true, clientIdentifiers: true },
      findings: [...plantedCase().findings, ...caseWithIndicators(INDICATORS).findings],
    });
    const bundle = await bundleOf(all, profile);
    const types = new Set<string>();
    for (const object of bundle.objects) {
      const validate = validatorOf(object.type) ?? validatorOf('cyber-observable-core');
      types.add(object.type);
      expect(validate?.(object), `${object.type} ${JSON.stringify(validate?.errors?.slice(0, 5))}`).toBe(
        true,
      );
    }
    // The schema of the bundle forgets some types of STIX 2.1 and then takes them for two things at once; they were
    // checked one by one.
    const forgotten = ['incident', 'note', 'grouping', 'extension-definition'];
    const rest = bundle.objects.filter((object) => !forgotten.includes(object.type));
    expect(validatorOf('bundle')?.({ ...bundle, objects: rest })).toBe(true);
    if (profile === 'for-prosecutor') {
      expect([...types]).toEqual(
        expect.arrayContaining([
          'incident',
          'x-vigia-sms',
          'extension-definition',
          'course-of-action',
          'note',
        ]),
      );
    }
  });
});

function sorted(indicators: readonly { type: string; value: string; family: string }[]): string[] {
  return indicators.map(({ type, value, family }) => `${type} ${value} ${family}`).sort();
}
