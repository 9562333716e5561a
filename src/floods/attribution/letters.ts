/**
 * Letters for an attack: one that asks a shield for help, one for the providers its requests came from. Both in both
 * languages, whatever that of the run, with the facts filled in and the rest left blank; times in UTC.
 */
import { type AttachmentDraft, LANGUAGES, type Language, type TextValues } from '../../core/contracts.js';
import { fromUnixSeconds } from '../../core/time.js';
import { fingerprintOfIncident } from '../fingerprint/incident-fingerprint.js';
import type { TrafficView } from '../traffic/shape.js';
import { type NumberedAttack, spanOf } from './attacks-of.js';
import type { AttackSources, ProviderPart } from './providers.js';
import { kindWord } from './words.js';

type Line = { readonly id: string; readonly values: TextValues };

/** Providers written to, and sources listed in the document for programs. */
const MOST_PROVIDERS = 10;
const MOST_LISTED = 2_000;
/** Networks named to a shield. */
const MOST_NETWORKS = 8;

/** Letters and fingerprint of an attack. */
export function lettersOf(
  view: TrafficView,
  attack: NumberedAttack,
  sources: AttackSources,
): readonly AttachmentDraft[] {
  const { number, incident } = attack;
  const listed = new Set(sources.listable);
  const rest = incident.clients.filter((row) => !listed.has(row));
  const fingerprint = fingerprintOfIncident(
    { ...incident, clients: [...sources.listable, ...rest] },
    view,
    // Addresses that many people share, and known services, are never listed.
    { maxSources: Math.min(sources.listable.length, MOST_LISTED) },
  );
  const letter = (
    kind: string,
    language: Language,
    paragraphs: readonly (readonly Line[])[],
  ): AttachmentDraft => ({
    name: `incident-${number}-${kind}.${language}.txt`,
    content: { language, paragraphs },
  });
  return [
    ...LANGUAGES.map((language) => letter('shield', language, shieldLetter(attack, sources))),
    ...LANGUAGES.map((language) => letter('abuse', language, abuseLetter(attack, sources))),
    { name: `incident-${number}-fingerprint.json`, content: { json: fingerprint } },
  ];
}

function factsOf({ number, incident }: NumberedAttack, sources: AttackSources): TextValues {
  const { from, to } = spanOf(incident);
  return {
    number,
    kind: kindWord(incident.kind),
    site: incident.siteName,
    hasSite: incident.siteName !== '',
    from: isoOf(from),
    to: isoOf(to),
    minutes: Math.round((to - from) / 60),
    hits: incident.attackHits,
    peak: incident.peakPerMinute,
    peakAt: isoOf(incident.peakMinute * 60),
    normal: incident.normalPerMinute,
    hasNormal: incident.baseline !== 'none',
    clients: incident.clients.length,
    errors: incident.serverErrors,
    outage: incident.outageMinutes,
    providers: sources.providers.length,
    builtOn: sources.builtOn,
    attribution: sources.attribution,
    hasDate: sources.builtOn !== '',
  };
}

function shieldLetter(attack: NumberedAttack, sources: AttackSources): readonly (readonly Line[])[] {
  const values = factsOf(attack, sources);
  const line = (id: string, more: TextValues = {}): Line => ({
    id: `floods.letters.shield.${id}`,
    values: { ...values, ...more },
  });
  const networks = sources.providers.filter(({ asn }) => asn !== 0).slice(0, MOST_NETWORKS);
  return [
    [common('keep', values), line('where')],
    [line('subject')],
    [line('greeting')],
    [line('request')],
    [line('factsHeading'), line('attacked'), line('kindOf'), line('volume'), line('effect'), line('origin')],
    ...(networks.length > 0
      ? [[line('networksHeading'), ...networks.map((provider) => providerLine(provider, values))]]
      : []),
    [
      line('usHeading'),
      ...[
        'organisation',
        'work',
        'site',
        'hosting',
        'dns',
        'server',
        'software',
        'visitors',
        'before',
        'contact',
      ].map((id) => line(`us.${id}`)),
    ],
    [line('care')],
    [line('closing')],
    ...(sources.attribution === '' ? [] : [[common('tables', values)]]),
  ];
}

function abuseLetter(attack: NumberedAttack, sources: AttackSources): readonly (readonly Line[])[] {
  const values = factsOf(attack, sources);
  const line = (id: string, more: TextValues = {}): Line => ({
    id: `floods.letters.abuse.${id}`,
    values: { ...values, ...more },
  });
  const providers = sources.providers.filter(({ asn }) => asn !== 0).slice(0, MOST_PROVIDERS);
  const { incident } = attack;
  const isPingback = incident.kind === 'pingback';
  return [
    [common('keep', values), line('how')],
    [line('subject')],
    [line('greeting')],
    [line('what'), line(isPingback ? 'pingback' : 'machines')],
    [line('ask')],
    ...providers.map((provider) => {
      const own = providerValues(provider);
      return [
        line('provider', own),
        line('to', own),
        line('counts', own),
        ...(provider.prefixes.length > 0 ? [line('prefixes', own)] : []),
        line(provider.isShared ? 'shared' : 'sources', own),
      ];
    }),
    ...(providers.length === 0 ? [[line('noProviders')]] : []),
    [line('logs')],
    [line('closing')],
    ...(sources.attribution === '' ? [] : [[common('tables', values)]]),
  ];
}

function common(id: string, values: TextValues): Line {
  return { id: `floods.letters.${id}`, values };
}

function providerLine(provider: ProviderPart, values: TextValues): Line {
  return common('network', { ...values, ...providerValues(provider) });
}

/** What sentences say of a provider. */
export function providerValues(provider: ProviderPart): TextValues {
  const { asn, organisation, kind, country, clients, hits, abuse } = provider;
  return {
    asn: String(asn),
    name: organisation ?? '',
    hasName: organisation !== null,
    kind,
    isProxy: provider.isProxy,
    isShared: provider.isShared,
    country: country === '' ? '' : { country },
    hasCountry: country !== '',
    clients,
    hits,
    percent: Math.round(provider.clientShare * 1_000) / 10,
    email: abuse.email ?? '',
    hasEmail: abuse.email !== null,
    registry: abuse.registry,
    lookup: abuse.lookup,
    prefixes: { list: provider.prefixes.map(({ prefix }) => prefix) },
    sources: { list: provider.sources },
  };
}

function isoOf(seconds: number): string {
  return fromUnixSeconds(seconds)?.replace(/\.\d+Z$/, 'Z') ?? '';
}
