import { type Case, NO_STATEMENTS } from '../../model/case.js';

/** An invented case, for tests and benchmarks. */
export function aCase(given: Partial<Case> = {}): Omit<Case, 'id' | 'code'> {
  return {
    title: 'Messages about a parcel',
    openedAt: '2026-11-23T00:00:00.000000Z',
    closedAt: null,
    state: 'new',
    urgency: 'normal',
    tlp: 'amber',
    pap: 'AMBER',
    lead: 'analyst 1',
    team: [],
    language: 'es',
    country: 'MX',
    region: '',
    clientRef: 'client 7',
    clientKind: 'individual',
    workTypes: ['health'],
    incidentTypes: ['targeted-link-message'],
    techniques: [],
    campaigns: [],
    summary: '',
    outcome: '',
    review: { state: 'not-reviewed', by: '', at: null },
    retention: { span: '1y', hold: false, holdReason: '' },
    statements: NO_STATEMENTS,
    ...given,
  };
}
