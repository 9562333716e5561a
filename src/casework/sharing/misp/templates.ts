/** The MISP object templates we fill (MISP/misp-objects at 54538c6), as far as we fill them. */

export interface MispTemplate {
  readonly name: string;
  readonly uuid: string;
  readonly version: number;
  readonly category: string;
  /** Relation -> attribute type and category. */
  readonly relations: Readonly<Record<string, readonly [type: string, category: string]>>;
}

const SMS: MispTemplate = {
  name: 'short-message-service',
  uuid: '4851a3dc-e1a6-43ac-9d97-f0d13a099fd2',
  version: 4,
  category: 'misc',
  relations: {
    body: ['text', 'Other'],
    from: ['phone-number', 'Other'],
    to: ['phone-number', 'Other'],
    'sent-date': ['datetime', 'Other'],
    'received-date': ['datetime', 'Other'],
  },
};

const INSTANT_MESSAGE: MispTemplate = {
  name: 'instant-message',
  uuid: '5fa51a24-f40f-4696-a77e-d31e26bab5fc',
  version: 3,
  category: 'misc',
  relations: {
    'app-used': ['text', 'Other'],
    body: ['text', 'Other'],
    'from-user': ['text', 'Other'],
    'to-user': ['text', 'Other'],
    'sent-date': ['datetime', 'Other'],
    'received-date': ['datetime', 'Other'],
  },
};

const VICTIM: MispTemplate = {
  name: 'victim',
  uuid: 'a8806e40-39ad-435f-be02-ac2a13d6fc7d',
  version: 10,
  category: 'misc',
  relations: {
    name: ['target-org', 'Targeting data'],
    regions: ['target-location', 'Targeting data'],
    classification: ['text', 'Other'],
  },
};

const FORENSIC_CASE: MispTemplate = {
  name: 'forensic-case',
  uuid: '3ea36022-ae93-455e-88b1-d43aca789cac',
  version: 1,
  category: 'misc',
  relations: {
    'case-number': ['text', 'Other'],
    'case-name': ['text', 'Other'],
    'analysis-start-date': ['datetime', 'Other'],
    'additional-comments': ['text', 'Other'],
  },
};

const FORENSIC_EVIDENCE: MispTemplate = {
  name: 'forensic-evidence',
  uuid: 'fe44c648-63ef-43fc-b3de-af71a2e023e4',
  version: 2,
  category: 'misc',
  relations: {
    'case-number': ['text', 'Other'],
    'evidence-number': ['text', 'Other'],
    name: ['text', 'Other'],
    type: ['text', 'Other'],
    'acquisition-method': ['text', 'Other'],
    'acquisition-tools': ['text', 'Other'],
    'additional-comments': ['text', 'Other'],
  },
};

const INCIDENT: MispTemplate = {
  name: 'incident',
  uuid: '38597424-f9bb-4865-9b4b-819172df0334',
  version: 1,
  category: 'misc',
  relations: {
    name: ['text', 'Other'],
    description: ['text', 'Other'],
    investigation_status: ['text', 'Other'],
    determination: ['text', 'Other'],
  },
};

const ANNOTATION: MispTemplate = {
  name: 'annotation',
  uuid: '5d8dc046-15a1-4ca3-a09f-ed4ede7c4487',
  version: 3,
  category: 'misc',
  relations: {
    text: ['text', 'Other'],
    type: ['text', 'Other'],
    'creation-date': ['datetime', 'Other'],
  },
};

export const MISP_TEMPLATES = {
  sms: SMS,
  instantMessage: INSTANT_MESSAGE,
  victim: VICTIM,
  forensicCase: FORENSIC_CASE,
  forensicEvidence: FORENSIC_EVIDENCE,
  incident: INCIDENT,
  annotation: ANNOTATION,
} as const;
