import { describe, expect, it } from 'vitest';
import { loginBruteForce, pingbackFlood, searchFlood } from '../../../../fixtures/floods/attacks.js';
import { translatorFor } from '../../../check/messages.js';
import { ATTACHMENT_NAME, attachmentOf } from '../../../core/attachment.js';
import type { FindingDraft, Language } from '../../../core/contracts.js';
import { flattenMessages } from '../../../core/language.js';
import { detect } from '../../../core/testing/run.js';
import type { ProviderPart } from '../../attribution/providers.js';
import {
  addressOfNetwork,
  HOUR,
  MONDAY,
  traffic,
  unusedAddress,
  withClients,
} from '../../attribution/testing/scenes.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './providers.js';

const [OVH, HETZNER, TELCEL] = [16_276, 24_940, 28_403];
const texts = { es, en };

/** 300 clients: 150 of OVH, 100 of Hetzner, 40 of Telcel, 10 of nobody. */
function ofProviders(): (index: number) => string {
  const [ovh, hetzner, telcel] = [OVH, HETZNER, TELCEL].map(addressOfNetwork);
  return (index) => {
    const of = index < 150 ? ovh : index < 250 ? hetzner : index < 290 ? telcel : unusedAddress(1);
    return (of as (index: number) => string)(index);
  };
}

function providersOf(finding: FindingDraft): readonly ProviderPart[] {
  return (finding.details as { providers: ProviderPart[] }).providers;
}

/** Title, explanation and reasons as a report prints them. */
function said(finding: FindingDraft, language: Language): string {
  const translate = translatorFor(language, 'UTC', { own: texts[language] });
  return [
    translate('own.title', finding.values),
    translate('own.explanation', finding.values),
    ...(finding.reasons ?? []).map(({ code, values }) => translate(`own.reasons.${code}`, values)),
  ].join('\n');
}

function letter(finding: FindingDraft, name: string): string {
  const attachment = finding.attachments?.find((each) => each.name === name);
  if (!attachment) throw new Error(`no ${name}`);
  return attachmentOf(attachment, (language) => translatorFor(language, 'UTC')).text;
}

describe('providers of an attack', () => {
  const flood = withClients(searchFlood({ seed: 5, from: MONDAY + 19 * HOUR }), ofProviders());
  const findings = detect(detector, [], {}, [traffic([flood], 2)]);
  const [finding] = findings as [FindingDraft];

  it('are ranked by clients, with their kind, country and mailbox', () => {
    expect(findings).toHaveLength(1);
    expect(finding).toMatchObject({ severity: 'info', at: '2026-03-03T01:00:00.000000Z' });
    const providers = providersOf(finding);
    expect(providers.slice(0, 4).map(({ asn, clients, kind }) => ({ asn, clients, kind }))).toEqual([
      { asn: OVH, clients: 150, kind: 'hosting' },
      { asn: HETZNER, clients: 100, kind: 'hosting' },
      { asn: TELCEL, clients: 40, kind: 'mobile' },
      { asn: 0, clients: 10, kind: 'unknown' },
    ]);
    expect(providers[0]?.abuse).toEqual({
      email: 'abuse@ovh.net',
      registry: expect.any(String),
      lookup: expect.stringMatching(/^https:/),
    });
    expect(providers[0]?.hits).toBeGreaterThan(15_000);
    expect(providers[2]).toMatchObject({ country: 'MX', isShared: true });
    expect(finding.values).toMatchObject({ mostly: 'servers', hosting: 83, homes: 13, unknown: 3 });
  });

  it('list few of their addresses, and none that many people share', () => {
    const taken = new Set(flood.truth.clients);
    for (const { sources, isShared } of providersOf(finding)) {
      expect(sources.length).toBeLessThanOrEqual(20);
      expect(sources.every((address) => taken.has(address))).toBe(true);
      if (isShared) expect(sources).toEqual([]);
    }
    expect(JSON.stringify(finding.values)).not.toMatch(/\d+\.\d+\.\d+\.\d+/);
  });

  it('are told in both languages, with the source of the tables', () => {
    expect(Object.keys(flattenMessages(es))).toEqual(Object.keys(flattenMessages(en)));
    for (const language of ['es', 'en'] as const) {
      const text = said(finding, language);
      expect(text).toContain('noticias.example');
      expect(text).toContain('DB-IP');
      expect(text).toContain('AS16276');
      expect(text).not.toMatch(/[{}]|undefined|\S {2}|infect/i);
    }
    expect(said(finding, 'es')).toContain('servidores de alquiler');
  });

  it('come with letters in both languages and a fingerprint', () => {
    const names = finding.attachments?.map(({ name }) => name) ?? [];
    expect(names).toEqual([
      'incident-1-shield.es.txt',
      'incident-1-shield.en.txt',
      'incident-1-abuse.es.txt',
      'incident-1-abuse.en.txt',
      'incident-1-fingerprint.json',
    ]);
    expect(names.every((name) => ATTACHMENT_NAME.test(name))).toBe(true);
    for (const name of names.slice(0, 4)) {
      const text = letter(finding, name);
      expect(text).toContain('2026-03-03T01:00:00Z');
      expect(text).toContain('noticias.example');
      expect(text).toContain('___');
      expect(text).not.toMatch(/[{}]|undefined|\S {2}|infect/i);
    }
    expect(letter(finding, 'incident-1-shield.es.txt')).toMatch(
      /^\[Borre estas líneas[\s\S]*Estimado equipo:/,
    );
    const abuse = letter(finding, 'incident-1-abuse.en.txt');
    expect(abuse).toContain('To: abuse@ovh.net');
    expect(abuse).toContain(providersOf(finding)[0]?.sources[0]);
    expect(abuse).toContain('readers of the site may be among them');
    const fingerprint = JSON.parse(letter(finding, 'incident-1-fingerprint.json'));
    expect(fingerprint).toMatchObject({ target: 'Anonymous', total_ips: 300 });
    const telcel = new Set(flood.truth.clients.slice(250, 290));
    const listed = fingerprint.attack_vectors[0].source_ips as string[];
    expect(listed).toHaveLength(260);
    expect(listed.some((address) => telcel.has(address))).toBe(false);
  });
});

describe('blogs that verify a pingback', () => {
  it('are called victims, and so are their providers asked', () => {
    const flood = withClients(
      pingbackFlood({ seed: 1, from: MONDAY + 19 * HOUR }),
      addressOfNetwork(HETZNER),
    );
    const [finding] = detect(detector, [], {}, [traffic([flood], 2)]) as [FindingDraft];

    expect(finding.values).toMatchObject({ mostly: 'blogs' });
    expect(said(finding, 'es')).toContain('son víctimas, no atacantes');
    expect(letter(finding, 'incident-1-abuse.es.txt')).toContain('xmlrpc.php');
  });
});

describe('two kinds of machines', () => {
  it('are told as groups', () => {
    const from = MONDAY + 19 * HOUR;
    const search = withClients(searchFlood({ seed: 5, from }), unusedAddress(1));
    const login = withClients(
      loginBruteForce({ seed: 6, from, clients: 120, minutes: 20, perMinute: 3 }),
      unusedAddress(2),
    );
    const findings = detect(detector, [], {}, [traffic([search, login], 2)]);
    const codes = findings.flatMap(({ reasons }) => reasons?.map(({ code }) => code) ?? []);

    expect(codes).toContain('groups');
  });
});

describe('known services', () => {
  it('that came in the same span are no part of it and never listed', () => {
    // Googlebot, as Google publishes its range.
    const flood = withClients(searchFlood({ seed: 5, from: MONDAY + 19 * HOUR }), (index) =>
      index < 30 ? `66.249.66.${index + 1}` : unusedAddress(1)(index),
    );
    const [finding] = detect(detector, [], {}, [traffic([flood], 2)]) as [FindingDraft];

    expect(finding.values).toMatchObject({ clients: 270 });
    expect(JSON.stringify(finding.details)).not.toContain('66.249.66.');
    expect(letter(finding, 'incident-1-fingerprint.json')).not.toContain('66.249.66.');
  });
});

it('there are none without an attack', () => {
  expect(detect(detector, [], {}, [traffic([], 1)])).toEqual([]);
  expect(detect(detector, [])).toEqual([]);
});
