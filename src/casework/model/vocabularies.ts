/**
 * Words that cases are described with: those of the field, so that what leaves here means the same elsewhere.
 */

/** Work of the client (not of the incident). MISP taxonomy `accessnow` version 3, and CivicDR's list. */
export const WORK_TYPES = [
  'anti-corruption-transparency',
  'anti-war-violence',
  'culture',
  'economic-change',
  'education',
  'election-monitoring',
  'environment',
  'freedom-expression',
  'freedom-tool-development',
  'funding',
  'health',
  'human-rights',
  'internet-telecom',
  'lgbt-gender-sexuality',
  'policy',
  'politics',
  'privacy',
  'rapid-response',
  'refugees',
  'security',
  'womens-right',
  'youth-rights',
] as const;

/** The first sixteen are CivicDR's incident types; the rest name what the people we serve meet besides. */
export const INCIDENT_TYPES = [
  'account-compromise',
  'denial-of-service',
  'destruction-loss',
  'disruption-of-communications',
  'information-leak',
  'network-outage',
  'intrusion-attempt',
  'known-vulnerability',
  'malfunction-failure',
  'malicious-website',
  'malware',
  'social-engineering',
  'targeted-censorship',
  'theft-confiscation',
  'user-device-compromise',
  'website-server-compromise',
  'targeted-link-message',
  'device-implant-suspected',
  'network-injection',
  'fake-base-station',
  'ddos',
  'coordinated-harassment',
  'impersonation',
  'doxxing',
  'infiltration',
  'physical-surveillance',
  'device-seizure',
  'raid',
  'border-inspection',
  'legal-threat',
  'defamation',
] as const;

/** Traffic Light Protocol 2.0, strictest last. */
export const TLP_LEVELS = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;
export type Tlp = (typeof TLP_LEVELS)[number];

/** Permissible Actions Protocol, strictest last. RED: offline or passive only; no look-up anywhere. */
export const PAP_LEVELS = ['CLEAR', 'GREEN', 'AMBER', 'RED'] as const;
export type Pap = (typeof PAP_LEVELS)[number];

export const CASE_STATES = [
  'new',
  'triage',
  'active',
  'waiting-client',
  'referred',
  'closed',
  'archived',
] as const;

/** Within 24 hours, within 72 hours, no such need. */
export const URGENCIES = ['life-safety', 'high', 'normal'] as const;

/** Recorded, not enforced, on a laptop of one user. */
export const ROLES = ['intake', 'analyst', 'lead', 'legal', 'trainer', 'auditor', 'export-approver'] as const;
export type Role = (typeof ROLES)[number];

/** Spans of the MISP taxonomy `retention` version 4, in days. */
export const RETENTION_DAYS = {
  '1d': 1,
  '2d': 2,
  '7d': 7,
  '2w': 14,
  '1m': 30,
  '2m': 61,
  '3m': 91,
  '6m': 183,
  '1y': 365,
  '2y': 730,
  '10y': 3652,
} as const;
export type RetentionSpan = keyof typeof RETENTION_DAYS;

/** What custody entries say was done. */
export const CUSTODY_ACTIONS = [
  'receive',
  'hash',
  'copy',
  'verify-ok',
  'verify-fail',
  'open',
  'analyse',
  'transfer-out',
  'transfer-in',
  'redact',
  'export',
  'consent-change',
  'retention-hold',
  'destroy',
  'clock-note',
] as const;
export type CustodyAction = (typeof CUSTODY_ACTIONS)[number];
