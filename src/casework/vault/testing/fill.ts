/** Invented content for every part of a case. */

import type { Message } from '../../../records/kinds/message.js';
import { message } from '../../../records/kinds/message.js';
import { result } from '../../../report/testing/results.js';
import type { CustodyBody } from '../../custody/custody-log.js';
import type { Case } from '../../model/case.js';
import type { EvidenceItem } from '../../model/evidence-item.js';
import type { Vault } from '../vault.js';
import { aCase } from './a-case.js';
import { NOW } from './open-vault.js';

export function aMessage(text: string, given: Partial<Message> = {}): Message {
  return {
    kind: 'message',
    at: NOW,
    source: { evidence: 'e1', path: 'HomeDomain/Library/SMS/sms.db', locator: 'message ROWID 1' },
    service: 'sms',
    direction: 'incoming',
    sender: '+15550100',
    senderName: null,
    recipients: [],
    chat: null,
    text,
    links: [],
    readAt: null,
    deliveredAt: null,
    ...given,
  };
}

export function anEvidenceItem(
  caseId: string,
  given: Partial<EvidenceItem> = {},
): Omit<EvidenceItem, 'id' | 'label'> {
  return {
    caseId,
    kind: 'file',
    sourceDescription: 'phone',
    receivedFrom: 'client 7',
    receivedAt: NOW,
    receivedZone: 'UTC',
    receivedWhere: 'office',
    acquiredBy: 'analyst 1',
    method: 'copied',
    tool: { name: 'vigia', version: '0', arguments: [] },
    originalName: 'export.txt',
    mediaType: 'text/plain',
    sizeBytes: 5,
    sha256: 'ab'.repeat(32),
    referencePath: '/somewhere/export.txt',
    sealed: null,
    tlp: 'amber',
    consentId: null,
    parentIds: [],
    redactionOf: null,
    destroyedAt: null,
    ...given,
  };
}

export function anEntry(detail: CustodyBody['detail'] = {}): Omit<CustodyBody, 'seq' | 'prev'> {
  return {
    at: NOW,
    clockSource: 'system',
    monotonicMs: 1,
    actor: 'analyst 1',
    action: 'hash',
    evidenceId: null,
    detail,
  };
}

/** A case with something in every part. `word` gives a word for each place that takes text. */
export function fillCase(
  vault: Vault,
  word: (place: string) => string = (place) => place,
  records = 300,
): Case {
  const opened = vault.cases.open(aCase({ title: word('title'), summary: word('summary') }));
  const caseId = opened.id;
  vault.identities.set(caseId, {
    name: word('name'),
    contacts: [{ channel: 'signal', address: word('contact'), safe: true }],
    safeHours: '',
    forbiddenChannels: [],
    duressWord: word('duress'),
    note: '',
  });
  const consent = vault.consents.add({
    id: vault.newId(),
    caseId,
    givenBy: word('giver'),
    method: 'written',
    at: NOW,
    language: 'es',
    witness: word('witness'),
    scope: {
      analyse: 'yes',
      retain: 'yes',
      shareWith: [word('organisation')],
      shareIndicators: 'yes',
      publishAnonymously: 'no',
      publishNamed: 'no',
      useInComplaint: 'no',
      contactAgain: 'no',
    },
    expiresAt: null,
    withdrawnAt: null,
    thirdPartyData: '',
  });
  vault.evidence.take(
    anEvidenceItem(caseId, {
      sourceDescription: word('description'),
      originalName: word('file'),
      referencePath: `/media/${word('path')}`,
      consentId: consent.id,
    }),
  );
  const departure = vault.departures.add({
    id: vault.newId(),
    caseId,
    at: NOW,
    what: 'stix',
    profile: 'indicators-only',
    purpose: 'indicators',
    recipient: word('recipient'),
    sha256: 'cd'.repeat(32),
    fileName: word('departed'),
    consentId: consent.id,
  });
  vault.withdrawals.add({
    id: vault.newId(),
    caseId,
    consentId: consent.id,
    at: NOW,
    reason: word('reason'),
    departureIds: [departure.id],
  });
  vault.stamps.add({
    id: vault.newId(),
    caseId,
    keptAt: NOW,
    day: NOW.slice(0, 10),
    kind: 'rfc3161',
    bytes: Buffer.from(word('stamp')).toString('base64'),
    sha256: 'ef'.repeat(32),
    root: '01'.repeat(32),
    state: 'not-verified',
    at: null,
    by: word('authority'),
  });
  vault.notes.add({ id: vault.newId(), caseId, at: NOW, by: 'analyst 1', text: word('note'), task: null });
  const run = vault.runs.begin({ caseId, startedAt: NOW });
  for (let number = 0; number < records; number += 1)
    run.record(
      aMessage(`${word('message')} ${number}`, {
        sender: `+1555010${number % 10}`,
        senderName: word('sender'),
        links: [`https://${word('host')}.example/${number}`],
        source: { evidence: 'e1', path: word('record-path'), locator: `message ROWID ${number}` },
      }),
      message,
    );
  const given = result();
  run.finish(
    [
      { ...given, verdict: { ...given.verdict, text: word('finding') } },
      { ...given, tool: { ...given.tool, language: 'en' } },
    ],
    NOW,
    { e1: 'E-001' },
  );
  vault.reviews.add({
    id: vault.newId(),
    caseId,
    runId: run.id,
    finding: 'f1',
    state: 'dismissed',
    reason: word('review'),
    by: 'analyst 1',
    at: NOW,
  });
  vault.custody.append(caseId, anEntry({ [word('custody')]: word('detail') }));
  vault.custody.append(caseId, anEntry({ second: 2 }));
  return opened;
}
