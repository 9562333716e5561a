/**
 * The desk at which cases are worked on: what is done to a case goes through here, so that nothing happens without an entry
 * in its custody log.
 */
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { openEvidence } from '../../evidence/open-evidence.js';
import { currentConsent } from '../consent/consent-gate.js';
import type { JsonValue } from '../custody/canonical-json.js';
import { type LogVerdict, verifyLog } from '../custody/custody-log.js';
import type { Case, Identity } from '../model/case.js';
import type { Consent } from '../model/consent.js';
import type { EvidenceItem } from '../model/evidence-item.js';
import type { CustodyAction, Role } from '../model/vocabularies.js';
import type { DeletionReport } from '../vault/deletion.js';
import type { Vault } from '../vault/vault.js';
import { DeskError } from './desk-error.js';
import { checkSealed, type SealedState, sealedStore } from './sealed-items.js';

/** Who works, and when. */
export interface Operator {
  /** As the team calls them; stands in the custody log. */
  readonly actor: string;
  /** In which role, where they say; recorded, not enforced. */
  readonly role?: Role | undefined;
  /** Stored form of now. */
  now(): string;
  /** Milliseconds of a clock that is never set. */
  monotonicMs(): number;
  random(bytes: number): Buffer;
}

/** What is known of evidence when it is taken in. */
export interface Receipt {
  readonly description: string;
  /** Pseudonym of whom it came from. */
  readonly from: string;
  readonly where: string;
  /** IANA zone of the place. */
  readonly zone: string;
  readonly method: string;
}

/** Evidence as it was measured. */
export interface Measured {
  readonly path: string;
  readonly kind: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** How an item of evidence is found when it is looked at again. */
export interface ItemCheck {
  readonly item: EvidenceItem;
  /** Of the original, where it lay. */
  readonly original: 'same' | 'changed' | 'missing' | 'unreadable' | 'destroyed';
  /** Of the sealed copy. */
  readonly sealed: SealedState;
}

export interface CaseCheck {
  readonly case: Case;
  readonly log: LogVerdict;
  readonly items: readonly ItemCheck[];
  readonly isWhole: boolean;
}

export class Desk {
  constructor(
    readonly vault: Vault,
    readonly operator: Operator,
  ) {}

  /** @throws DeskError no-such-case */
  case(code: string): Case {
    const found = this.vault.cases.get(code.trim().toUpperCase()) ?? this.vault.cases.get(code.trim());
    if (!found) throw new DeskError('no-such-case', code);
    return found;
  }

  /** Opens a case. Its log begins with what the clock of this computer says. */
  newCase(draft: Omit<Case, 'id' | 'code' | 'openedAt' | 'closedAt' | 'review'>): Case {
    const opened = this.vault.cases.open({
      ...draft,
      openedAt: this.operator.now(),
      closedAt: null,
      review: { state: 'not-reviewed', by: '', at: null },
    });
    this.log(opened, 'clock-note', null, {
      note: 'case opened',
      case: opened.code,
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
    return opened;
  }

  /** Takes over changed fields. Closing sets the time from which retention runs. */
  update(code: string, change: Partial<Omit<Case, 'id' | 'code' | 'openedAt'>>): Case {
    const old = this.case(code);
    const isClosed = (state: Case['state']): boolean => state === 'closed' || state === 'archived';
    const state = change.state ?? old.state;
    const closedAt = isClosed(state) ? (old.closedAt ?? this.operator.now()) : null;
    const updated = this.vault.cases.update({ ...old, ...change, closedAt });
    if (change.retention && change.retention.hold !== old.retention.hold) {
      this.log(updated, 'retention-hold', null, {
        hold: change.retention.hold,
        reason: change.retention.holdReason,
      });
    }
    return updated;
  }

  identity(code: string): Identity | null {
    return this.vault.identities.get(this.case(code).id);
  }

  setIdentity(code: string, identity: Identity): void {
    this.vault.identities.set(this.case(code).id, identity);
  }

  /** Records what the client agreed to; it takes the place of what they said before. */
  addConsent(code: string, given: Omit<Consent, 'id' | 'caseId' | 'withdrawnAt'>): Consent {
    const { id } = this.case(code);
    const consent = this.vault.consents.add({
      ...given,
      id: this.vault.newId(),
      caseId: id,
      withdrawnAt: null,
    });
    this.log(this.case(code), 'consent-change', null, {
      consent: consent.id,
      change: 'given',
      method: given.method,
    });
    return consent;
  }

  /** The consent that counts now, or null. */
  consent(code: string): Consent | null {
    const { id } = this.case(code);
    return currentConsent(this.vault.consents.list(id), id, this.operator.now());
  }

  /** Takes a consent back. @returns what had left under it and cannot be called back. @throws DeskError no-consent */
  withdrawConsent(code: string, reason: string): ReturnType<Vault['departures']['list']> {
    const own = this.case(code);
    const consent = this.consent(code);
    if (!consent || consent.withdrawnAt !== null) throw new DeskError('no-consent', own.code);
    const at = this.operator.now();
    this.vault.consents.update({ ...consent, withdrawnAt: at });
    const left = this.vault.departures.list(own.id);
    this.vault.withdrawals.add({
      id: this.vault.newId(),
      caseId: own.id,
      consentId: consent.id,
      at,
      reason,
      departureIds: left.map(({ id }) => id),
    });
    this.log(own, 'consent-change', null, { consent: consent.id, change: 'withdrawn', left: left.length });
    return left;
  }

  /** Takes in evidence by reference: hashed now, left where it lies. @throws DeskError evidence-unreadable */
  async receive(code: string, path: string, receipt: Receipt): Promise<EvidenceItem> {
    return this.keep(code, await measure(path), receipt);
  }

  /** Takes in evidence that was measured already. The same thing at the same place is not taken in twice. */
  keep(code: string, measured: Measured, receipt: Receipt): EvidenceItem {
    const own = this.case(code);
    const referencePath = resolve(measured.path);
    const known = this.vault.evidence
      .list(own.id)
      .find((item) => item.sha256 === measured.sha256 && item.referencePath === referencePath);
    if (known && known.destroyedAt === null) return known;
    const item = this.vault.evidence.take({
      caseId: own.id,
      kind: measured.kind,
      sourceDescription: receipt.description,
      receivedFrom: receipt.from,
      receivedAt: this.operator.now(),
      receivedZone: receipt.zone,
      receivedWhere: receipt.where,
      acquiredBy: this.operator.actor,
      method: receipt.method,
      tool: { name: 'vigia', version: '', arguments: [] },
      originalName: basename(measured.path),
      mediaType: '',
      sizeBytes: measured.sizeBytes,
      sha256: measured.sha256,
      referencePath,
      sealed: null,
      tlp: own.tlp,
      consentId: this.consent(code)?.id ?? null,
      parentIds: [],
      redactionOf: null,
      destroyedAt: null,
    });
    this.log(own, 'receive', item.id, {
      label: item.label,
      name: item.originalName,
      kind: item.kind,
      from: item.receivedFrom,
      where: item.receivedWhere,
      method: item.method,
    });
    this.log(own, 'hash', item.id, { label: item.label, sha256: item.sha256, bytes: item.sizeBytes });
    return item;
  }

  /** @throws DeskError no-such-evidence */
  item(code: string, label: string): EvidenceItem {
    const found = this.vault.evidence.byLabel(this.case(code).id, label.trim().toUpperCase());
    if (!found) throw new DeskError('no-such-evidence', label);
    return found;
  }

  /** Whether the client agreed that evidence is looked at. Where nothing was recorded nobody said no. @throws DeskError */
  mayAnalyse(code: string): void {
    const consent = this.consent(code);
    if (consent === null) return;
    const { withdrawnAt, expiresAt, scope } = consent;
    const now = this.operator.now();
    const isOver = withdrawnAt !== null || (expiresAt !== null && expiresAt <= now);
    if (isOver || scope.analyse !== 'yes') throw new DeskError('analysis-not-allowed', this.case(code).code);
  }

  /** Checks the log and every item against what was recorded, and records what came out. */
  async verify(code: string): Promise<CaseCheck> {
    const own = this.case(code);
    const log = await verifyLog(this.vault.custody.lines(own.id), this.vault.custody.publicKeys(own.id));
    const items: ItemCheck[] = [];
    for (const item of this.vault.evidence.list(own.id)) {
      const original = await lookAgain(item);
      const sealed = original === 'destroyed' ? null : await checkSealed(this.vault, item);
      const check = { item, original, sealed };
      items.push(check);
      if (original === 'destroyed') continue;
      this.log(own, isAsTakenIn(check) ? 'verify-ok' : 'verify-fail', item.id, {
        label: item.label,
        original,
        ...(sealed === null ? {} : { sealed }),
        sha256: item.sha256,
      });
    }
    return { case: own, log, items, isWhole: log.ok && items.every(isAsTakenIn) };
  }

  /** Destroys a case: keys first, then the sealed files, which nothing opens any more. @throws VaultError hold */
  async delete(code: string, reason: string): Promise<DeletionReport> {
    const own = this.case(code);
    const report = this.vault.destroyCase(own.id, { ...this.#told(), reason });
    for (const name of report.sealedNames) await sealedStore(this.vault).remove(name);
    return report;
  }

  /** Adds an entry to the log of a case. */
  log(
    { id }: Pick<Case, 'id'>,
    action: CustodyAction,
    evidenceId: string | null,
    detail: Record<string, JsonValue>,
  ): void {
    this.vault.custody.append(id, { ...this.#told(), action, evidenceId, detail });
  }

  #told(): { at: string; clockSource: string; monotonicMs: number; actor: string } {
    const { operator } = this;
    return {
      at: operator.now(),
      clockSource: 'system',
      monotonicMs: Math.round(operator.monotonicMs()),
      actor: operator.role ? `${operator.actor} (${operator.role})` : operator.actor,
    };
  }
}

/** Hashes evidence where it lies, as a check does. @throws DeskError evidence-unreadable */
export async function measure(path: string): Promise<Measured> {
  const opened = await openEvidence([path], {});
  try {
    const [given] = opened.given;
    const sha256 = given ? await given.sha256 : null;
    if (!given || sha256 === null) throw new DeskError('evidence-unreadable', path);
    return { path, kind: given.kind, sha256, sizeBytes: given.sizeBytes };
  } finally {
    await opened.close();
  }
}

/** Where a sealed copy is as it was, the original may have been put away. */
function isAsTakenIn({ original, sealed }: ItemCheck): boolean {
  if (original === 'destroyed') return true;
  if (sealed === 'same') return original === 'same' || original === 'missing';
  return sealed === null && original === 'same';
}

async function lookAgain(item: EvidenceItem): Promise<ItemCheck['original']> {
  if (item.destroyedAt !== null) return 'destroyed';
  const isThere = await stat(item.referencePath).then(
    () => true,
    () => false,
  );
  if (!isThere) return 'missing';
  try {
    const { sha256 } = await measure(item.referencePath);
    return sha256 === item.sha256 ? 'same' : 'changed';
  } catch {
    return 'unreadable';
  }
}
