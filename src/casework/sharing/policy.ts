/** What each profile does with each field: the one place that decides, for the code, the redaction record and the documents. */
import type { SharingProfile } from './shareable.js';

/**
 * `keep`: as it is. `remove`: it does not leave. `pseudonym`: a name of this export only. `day`, `month`: the time is
 * known to that only. `mask`: as text, with what names or reaches a person taken out. `consent`: as it is where consent
 * says so, else a pseudonym or nothing. `attacker`: only what names the attacker's infrastructure.
 */
export type Treatment = 'keep' | 'remove' | 'pseudonym' | 'day' | 'month' | 'mask' | 'consent' | 'attacker';

type Row = readonly [
  indicatorsOnly: Treatment,
  anonymised: Treatment,
  prosecutor: Treatment,
  press: Treatment,
];

const ROWS = {
  'case.code': ['pseudonym', 'pseudonym', 'keep', 'pseudonym'],
  'case.title': ['remove', 'remove', 'mask', 'mask'],
  'case.summary': ['remove', 'remove', 'mask', 'mask'],
  'case.outcome': ['remove', 'remove', 'mask', 'remove'],
  'case.dates': ['remove', 'month', 'keep', 'month'],
  'case.state': ['remove', 'keep', 'keep', 'keep'],
  'case.country': ['remove', 'keep', 'keep', 'keep'],
  'case.region': ['remove', 'remove', 'keep', 'remove'],
  'case.work-types': ['remove', 'keep', 'keep', 'keep'],
  'case.incident-types': ['remove', 'keep', 'keep', 'keep'],
  'case.techniques': ['keep', 'keep', 'keep', 'keep'],
  'case.retention': ['remove', 'keep', 'keep', 'remove'],
  'case.team': ['remove', 'remove', 'remove', 'remove'],
  'client.name': ['remove', 'remove', 'consent', 'consent'],
  'client.pseudonym': ['remove', 'pseudonym', 'keep', 'pseudonym'],
  'client.kind': ['remove', 'keep', 'keep', 'keep'],
  'client.contacts': ['remove', 'remove', 'remove', 'remove'],
  'client.identifiers': ['remove', 'remove', 'consent', 'remove'],
  'finding.id': ['remove', 'pseudonym', 'keep', 'pseudonym'],
  'finding.rule': ['remove', 'keep', 'keep', 'keep'],
  'finding.time': ['month', 'day', 'keep', 'day'],
  'finding.texts': ['remove', 'remove', 'mask', 'mask'],
  'finding.reason-codes': ['remove', 'keep', 'keep', 'remove'],
  'finding.details': ['attacker', 'attacker', 'mask', 'remove'],
  'finding.subjects': ['remove', 'pseudonym', 'mask', 'remove'],
  'finding.places': ['remove', 'remove', 'mask', 'remove'],
  'finding.pictures': ['remove', 'remove', 'remove', 'remove'],
  'finding.attachments': ['remove', 'remove', 'remove', 'remove'],
  'indicator.published': ['attacker', 'attacker', 'mask', 'attacker'],
  'indicator.unpublished': ['attacker', 'attacker', 'mask', 'remove'],
  'indicator.list': ['remove', 'remove', 'keep', 'remove'],
  'evidence.label': ['remove', 'pseudonym', 'keep', 'remove'],
  'evidence.kind': ['remove', 'keep', 'keep', 'remove'],
  'evidence.hash': ['remove', 'remove', 'keep', 'remove'],
  'evidence.origin': ['remove', 'remove', 'mask', 'remove'],
  'coverage.status': ['remove', 'keep', 'keep', 'remove'],
  'coverage.places': ['remove', 'remove', 'mask', 'remove'],
  'record.event': ['remove', 'attacker', 'keep', 'remove'],
  'record.time': ['remove', 'day', 'keep', 'remove'],
  'record.content': ['remove', 'attacker', 'mask', 'remove'],
  'record.place': ['remove', 'remove', 'mask', 'remove'],
} as const satisfies Readonly<Record<string, Row>>;

export type SharedField = keyof typeof ROWS;

export const SHARED_FIELDS = Object.keys(ROWS) as SharedField[];

const COLUMN: Readonly<Record<SharingProfile, 0 | 1 | 2 | 3>> = {
  'indicators-only': 0,
  anonymised: 1,
  'for-prosecutor': 2,
  'for-press': 3,
};

/** What a profile does with a field. */
export function treatmentOf(field: SharedField, profile: SharingProfile): Treatment {
  return ROWS[field][COLUMN[profile]];
}
