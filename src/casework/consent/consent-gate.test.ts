import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Consent, EXPORT_PURPOSES } from '../model/consent.js';
import { TLP_LEVELS, type Tlp } from '../model/vocabularies.js';
import { consentGate, currentConsent, type ExportRequest } from './consent-gate.js';

const CASE = '0192f0c1-0000-7000-8000-000000000001';
const time = (day: number): string => `2026-03-${String(day).padStart(2, '0')}T12:00:00.000000Z`;

function consent(scope: Partial<Consent['scope']> = {}, more: Partial<Consent> = {}): Consent {
  return {
    id: '0192f0c1-0000-7000-8000-0000000000aa',
    caseId: CASE,
    givenBy: 'Ceiba',
    method: 'written',
    at: time(1),
    language: 'es',
    witness: '',
    scope: {
      analyse: 'yes',
      retain: 'yes',
      shareWith: [],
      shareIndicators: 'no',
      publishAnonymously: 'no',
      publishNamed: 'no',
      useInComplaint: 'no',
      contactAgain: 'yes',
      ...scope,
    },
    expiresAt: null,
    withdrawnAt: null,
    thirdPartyData: '',
    ...more,
  };
}

function ask(more: Partial<ExportRequest> = {}): ExportRequest {
  return {
    purpose: 'indicators',
    recipient: 'R3D',
    named: false,
    approvedBy: null,
    actor: 'ana',
    now: time(20),
    ...more,
  };
}

const open = (tlp: Tlp = 'green'): { id: string; tlp: Tlp } => ({ id: CASE, tlp });

describe('the consent gate', () => {
  it('lets out what the newest consent says yes to', () => {
    expect(consentGate(open(), [consent({ shareIndicators: 'yes' })], ask())).toEqual({
      allowed: true,
      consentId: consent().id,
    });
  });

  it.each(['no', 'ask'] as const)('takes "%s" for a no', (answer) => {
    const decision = consentGate(open(), [consent({ shareIndicators: answer })], ask());

    expect(decision).toMatchObject({ allowed: false, reason: 'not-in-scope' });
  });

  it('lets nothing out without a consent, nor with one of another case or of a later day', () => {
    const other = consent({ shareIndicators: 'yes' }, { caseId: '0192f0c1-0000-7000-8000-000000000002' });
    const later = consent({ shareIndicators: 'yes' }, { at: time(21) });

    expect(consentGate(open(), [], ask())).toMatchObject({ reason: 'no-consent' });
    expect(consentGate(open(), [other, later], ask())).toMatchObject({ reason: 'no-consent' });
  });

  it('closes on the day a consent expires or is withdrawn, and not before', () => {
    const expiring = [consent({ shareIndicators: 'yes' }, { expiresAt: time(20) })];
    const withdrawn = [consent({ shareIndicators: 'yes' }, { withdrawnAt: time(20) })];

    expect(consentGate(open(), expiring, ask())).toMatchObject({ reason: 'expired' });
    expect(consentGate(open(), withdrawn, ask())).toMatchObject({ reason: 'withdrawn' });
    expect(consentGate(open(), expiring, ask({ now: time(19) })).allowed).toBe(true);
    expect(consentGate(open(), withdrawn, ask({ now: time(19) })).allowed).toBe(true);
  });

  it('follows a newer consent, also when it is narrower', () => {
    const wide = consent({ shareIndicators: 'yes' });
    const narrow = consent({ shareIndicators: 'no' }, { at: time(5) });

    expect(currentConsent([narrow, wide], CASE, time(20))).toBe(narrow);
    expect(consentGate(open(), [narrow, wide], ask()).allowed).toBe(false);
    expect(consentGate(open(), [narrow, wide], ask({ now: time(4) })).allowed).toBe(true);
  });

  it('shares with those who are named, however they are written, and with nobody else', () => {
    const named = [consent({ shareWith: ['Access  Now'] })];

    expect(consentGate(open(), named, ask({ purpose: 'share', recipient: ' access now' })).allowed).toBe(
      true,
    );
    expect(consentGate(open(), named, ask({ purpose: 'share', recipient: 'Access Now Inc' }))).toMatchObject({
      reason: 'recipient-not-named',
    });
    expect(
      consentGate(open(), [consent({ shareWith: [''] })], ask({ purpose: 'share', recipient: '' })),
    ).toMatchObject({ reason: 'recipient-not-named' });
  });

  it('publishes only what is clear to everybody', () => {
    const all = [consent({ publishAnonymously: 'yes' })];
    for (const tlp of TLP_LEVELS) {
      expect(consentGate(open(tlp), all, ask({ purpose: 'press' })).allowed, tlp).toBe(tlp === 'clear');
    }
  });

  it('asks for a second person for what is red and for what has names, and one is not two', () => {
    const all = [consent({ shareWith: ['R3D'], publishNamed: 'yes', useInComplaint: 'yes' })];
    const red = ask({ purpose: 'share' });
    const complaint = ask({ purpose: 'complaint', named: true });

    for (const request of [red, complaint]) {
      expect(consentGate(open('red'), all, request)).toMatchObject({ reason: 'second-person-needed' });
      expect(consentGate(open('red'), all, { ...request, approvedBy: 'Ana ' })).toMatchObject({
        reason: 'second-person-needed',
      });
      expect(consentGate(open('red'), all, { ...request, approvedBy: 'Luz' }).allowed).toBe(true);
    }
  });

  it('gives people what is theirs', () => {
    expect(consentGate(open('red'), [], ask({ purpose: 'client' })).allowed).toBe(true);
  });

  it('lets nothing out to others when everything is a no, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...EXPORT_PURPOSES),
        fc.constantFrom(...TLP_LEVELS),
        fc.boolean(),
        fc.string(),
        (purpose, tlp, named, recipient) => {
          const none = consent({ retain: 'no', contactAgain: 'no', analyse: 'no' });
          const request = ask({ purpose, named, recipient, approvedBy: 'Luz' });
          expect(consentGate(open(tlp), [none], request).allowed).toBe(purpose === 'client');
        },
      ),
    );
  });
});
