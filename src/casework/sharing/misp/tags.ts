import { RETENTION_DAYS, type RetentionSpan } from '../../model/vocabularies.js';
import type { Shared } from '../shared.js';

/** Who sells the tools that indicators name, as the galaxy "surveillance-vendor" writes it (MISP/misp-galaxy at 9434ace). */
const VENDORS: readonly (readonly [family: RegExp, vendor: string])[] = [
  [/\bpegasus\b|\bnso\b/i, 'NSO group'],
  [/\bfin-?(?:fisher|spy)\b/i, 'FinFisher'],
  [/\bhacking ?team\b|\brcs\b|\bgalileo\b/i, 'Hacking Team'],
  [/\brcs ?lab\b|\bhermit\b/i, 'RCSLab'],
  [/\bmemento\b|\bdante\b/i, 'Memento Labs'],
  [/\bcandiru\b|\bdevilstongue\b/i, 'Candiru'],
  [/\bpredator\b|\bcytrox\b/i, 'Cytrox'],
  [/\bintellexa\b/i, 'Intellexa'],
  [/\bquadream\b|\breign\b/i, 'QuaDream'],
  [/\bparagon\b|\bgraphite\b/i, 'Paragon Solutions'],
];

/** Openly sold monitoring programs met most often, as the galaxy "stalkerware" writes them. */
const STALKERWARE = ['Cerberus', 'Cocospy', 'FlexiSpy', 'Hoverwatch', 'LetMeSpy', 'MobiStealth'] as const;

/** The taxonomy `retention` (version 4) knows fewer spans than a case may have. */
const RETENTION_TAGS: ReadonlySet<RetentionSpan> = new Set(
  (Object.keys(RETENTION_DAYS) as RetentionSpan[]).filter((span) => span !== '2y'),
);

/** Machine tags of the event. */
export function eventTags(shared: Shared): string[] {
  const { case: source, indicators, tlp, pap } = shared;
  const families = [...new Set(indicators.flatMap(({ family }) => family ?? []))].sort();
  return [
    `tlp:${tlp}`,
    `PAP:${pap}`,
    ...source.workTypes.map((work) => `accessnow:${work}`),
    ...(source.retention !== null && RETENTION_TAGS.has(source.retention)
      ? [`retention:${source.retention}`]
      : []),
    ...new Set(families.flatMap(familyTags)),
  ];
}

/** Galaxy tags of a family; none for those no galaxy of ours names. */
export function familyTags(family: string): string[] {
  const vendors = VENDORS.filter(([pattern]) => pattern.test(family)).map(
    ([, vendor]) => `misp-galaxy:surveillance-vendor="${vendor}"`,
  );
  const program = STALKERWARE.find((name) => name.toLowerCase() === family.toLowerCase());
  return program === undefined ? vendors : [...vendors, `misp-galaxy:stalkerware="${program}"`];
}
