import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { translatorFor } from '../../check/messages.js';
import { dailyRoots } from '../custody/merkle.js';
import type { Case } from '../model/case.js';
import type { Consent } from '../model/consent.js';
import { rootFile } from '../stamps/root-file.js';
import { otsProof, pending } from '../stamps/testing/ots-proof.js';
import { timeStampAuthority } from '../stamps/testing/time-stamp-authority.js';
import { aCase } from '../vault/testing/a-case.js';
import { type ExportOrder, exportCase } from './case-export.js';
import { correlation, dossierInputOf } from './case-facts.js';
import { redactItem } from './case-redaction.js';
import { sealItem, unsealItem } from './case-sealing.js';
import { checkProof, checkReply, stampRequests } from './case-stamps.js';
import type { Desk } from './desk.js';
import { DeskError, ExportRefused } from './desk-error.js';
import { sealedStore } from './sealed-items.js';
import { openDesk } from './testing/open-desk.js';

let opened: Awaited<ReturnType<typeof openDesk>>;
let desk: Desk;

beforeEach(async () => {
  opened = await openDesk();
  desk = opened.desk;
});
afterEach(() => opened.close());

const RECEIPT = { description: 'phone', from: 'Ceiba', where: 'office', zone: 'UTC', method: 'copied' };

function newCase(more: Partial<Case> = {}): Case {
  return desk.newCase({ ...aCase(), tlp: 'green', ...more });
}

function consent(code: string, scope: Partial<Consent['scope']>): Consent {
  return desk.addConsent(code, {
    givenBy: 'Ceiba',
    method: 'written',
    at: desk.operator.now(),
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
      contactAgain: 'no',
      ...scope,
    },
    expiresAt: null,
    thirdPartyData: '',
  });
}

function order(more: Partial<ExportOrder> = {}): ExportOrder {
  return {
    folder: join(opened.folder, 'out'),
    profile: 'indicators-only',
    formats: ['csv-indicators'],
    purpose: 'indicators',
    recipient: 'R3D',
    named: false,
    approvedBy: null,
    calendar: [],
    toolVersion: '0',
    ...more,
  };
}

const evidence = (content = 'hello'): string => {
  const path = join(opened.folder, 'phone.txt');
  writeFileSync(path, content);
  return path;
};

const actions = (code: string): string[] =>
  [...opened.vault.custody.entries(desk.case(code).id)].map(({ action }) => action);

describe('evidence that is taken in', () => {
  it('has its hash and who gave it in the log, and is the same when it is looked at again', async () => {
    const { code } = newCase();
    const item = await desk.receive(code, evidence(), RECEIPT);
    const again = await desk.receive(code, join(opened.folder, 'phone.txt'), RECEIPT);
    const found = await desk.verify(code);

    expect(item).toMatchObject({
      label: 'E-001',
      receivedFrom: 'Ceiba',
      sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    });
    expect(again.label).toBe('E-001');
    expect(found).toMatchObject({ isWhole: true, items: [{ original: 'same' }], log: { ok: true } });
    expect(actions(code)).toEqual(['clock-note', 'receive', 'hash', 'verify-ok']);
  });

  it('that changed, or is gone, is said to be, and stays on record', async () => {
    const { code } = newCase();
    const path = evidence();
    await desk.receive(code, path, RECEIPT);
    writeFileSync(path, 'hullo');
    const changed = await desk.verify(code);
    rmSync(path);
    const missing = await desk.verify(code);

    expect([changed.isWhole, changed.items[0]?.original]).toEqual([false, 'changed']);
    expect([missing.isWhole, missing.items[0]?.original]).toEqual([false, 'missing']);
    expect(actions(code).slice(-2)).toEqual(['verify-fail', 'verify-fail']);
  });

  it('that is not there is refused', async () => {
    const { code } = newCase();

    await expect(desk.receive(code, join(opened.folder, 'nothing'), RECEIPT)).rejects.toThrow();
    expect(opened.vault.evidence.list(desk.case(code).id)).toEqual([]);
  });
});

describe('consent', () => {
  it('is asked before evidence is analysed, where somebody said something', () => {
    const { code } = newCase();
    expect(() => desk.mayAnalyse(code)).not.toThrow();
    consent(code, { analyse: 'ask' });
    expect(() => desk.mayAnalyse(code)).toThrow(DeskError);
    consent(code, {});
    expect(() => desk.mayAnalyse(code)).not.toThrow();
    desk.withdrawConsent(code, 'asked to');
    expect(() => desk.mayAnalyse(code)).toThrow(new DeskError('analysis-not-allowed', code));
  });

  it('that is withdrawn lists what has left, and lets nothing more out', async () => {
    const { code } = newCase();
    consent(code, { shareIndicators: 'yes' });
    await exportCase(desk, code, order(), translatorFor('en', 'UTC'));
    const left = desk.withdrawConsent(code, 'asked to');

    expect(left).toMatchObject([{ fileName: 'indicators.csv', recipient: 'R3D', purpose: 'indicators' }]);
    await expect(
      exportCase(desk, code, order({ folder: join(opened.folder, 'more') }), translatorFor('en', 'UTC')),
    ).rejects.toThrow(ExportRefused);
    expect(() => desk.withdrawConsent(code, 'again')).toThrow(DeskError);
  });
});

describe('an export', () => {
  it('writes nothing, not even a folder, when the gate is closed', async () => {
    const { code } = newCase();
    const refused = exportCase(desk, code, order(), translatorFor('en', 'UTC'));

    await expect(refused).rejects.toMatchObject({ code: 'export-not-allowed', detail: 'no-consent' });
    expect(readdirSync(opened.folder)).toEqual(['vault']);
    expect(actions(code)).toEqual(['clock-note']);
  });

  it('is on record with hash, recipient and what was taken out', async () => {
    const { code } = newCase();
    consent(code, { shareIndicators: 'yes' });
    const formats = ['stix', 'misp', 'csv-indicators', 'timesketch-jsonl', 'alerts'] as const;
    const written = await exportCase(desk, code, order({ formats }), translatorFor('en', 'UTC'));

    expect(written.map(({ name }) => name)).toEqual([
      'stix-bundle.json',
      'misp-event.json',
      'indicators.csv',
      'timesketch.jsonl',
      'alerts.json',
    ]);
    expect(actions(code).filter((action) => action === 'export')).toHaveLength(5);
    expect(actions(code)).toContain('redact');
    expect(opened.vault.departures.list(desk.case(code).id)).toHaveLength(5);
  });

  it('overwrites nothing', async () => {
    const { code } = newCase();
    consent(code, { shareIndicators: 'yes' });
    mkdirSync(join(opened.folder, 'out'));
    writeFileSync(join(opened.folder, 'out', 'indicators.csv'), 'mine');

    await expect(exportCase(desk, code, order(), translatorFor('en', 'UTC'))).rejects.toMatchObject({
      code: 'output-exists',
    });
    expect(readFileSync(join(opened.folder, 'out', 'indicators.csv'), 'utf8')).toBe('mine');
  });

  it.each(['es', 'en'] as const)('of a dossier has a page and a PDF (%s)', async (language) => {
    const { code } = newCase();
    consent(code, { useInComplaint: 'yes' });
    await desk.receive(code, evidence(), RECEIPT);
    const written = await exportCase(
      desk,
      code,
      order({ profile: 'for-prosecutor', purpose: 'complaint', formats: ['dossier'] }),
      translatorFor(language, 'America/Mexico_City'),
    );
    const page = readFileSync(join(opened.folder, 'out', `dossier.${language}.html`), 'utf8');

    expect(written[0]?.name).toBe(`dossier.${language}.html`);
    expect(page).toContain(code);
    expect(page).toContain('2cf24dba5fb0a30e');
    if (written.length > 1) {
      expect(
        readFileSync(join(opened.folder, 'out', `dossier.${language}.pdf`))
          .subarray(0, 5)
          .toString(),
      ).toBe('%PDF-');
    }
  });
});

describe('what quotes the evidence', () => {
  it('does not leave as indicators, nor for the press, whatever else is asked for', async () => {
    const { code } = newCase({ tlp: 'clear' });
    consent(code, { shareIndicators: 'yes', publishAnonymously: 'yes' });
    for (const purpose of ['indicators', 'press'] as const) {
      for (const format of ['dossier', 'bundle'] as const) {
        const given = order({ purpose, formats: ['csv-indicators', format] });
        await expect(exportCase(desk, code, given, translatorFor('en', 'UTC'))).rejects.toMatchObject({
          code: 'whole-case-purpose',
        });
      }
    }
    expect(opened.vault.departures.list(desk.case(code).id)).toEqual([]);
  });
});

describe('sealed evidence', () => {
  it('stays whole when the original is put away, and comes back as it was', async () => {
    const { code } = newCase();
    const path = evidence();
    const { label } = await desk.receive(code, path, RECEIPT);
    await sealItem(desk, code, label);
    const before = readFileSync(path);
    rmSync(path);
    const verified = await desk.verify(code);
    const out = join(opened.folder, 'copy.txt');
    await unsealItem(desk, code, label, out);

    expect(verified).toMatchObject({ isWhole: true, items: [{ original: 'missing', sealed: 'same' }] });
    expect(readFileSync(out).equals(before)).toBe(true);
    await expect(unsealItem(desk, code, label, out)).rejects.toMatchObject({ code: 'output-exists' });
    await expect(sealItem(desk, code, label)).rejects.toMatchObject({ code: 'already-sealed' });
  });

  it('is not whole when the sealed file changed or is gone', async () => {
    const { code } = newCase();
    const { label } = await desk.receive(code, evidence(), RECEIPT);
    const { sealed } = await sealItem(desk, code, label);
    const path = sealedStore(desk.vault).pathOf(sealed?.name ?? '');
    const bytes = readFileSync(path);
    bytes[bytes.length - 3] = (bytes.at(-3) ?? 0) ^ 4;
    writeFileSync(path, bytes);
    const changed = await desk.verify(code);
    const refused = await unsealItem(desk, code, label, join(opened.folder, 'x')).catch(
      (error) => error.code,
    );
    rmSync(path);
    const gone = await desk.verify(code);

    expect(changed).toMatchObject({ isWhole: false, items: [{ original: 'same', sealed: 'changed' }] });
    expect(gone).toMatchObject({ isWhole: false, items: [{ original: 'same', sealed: 'missing' }] });
    expect(refused).toBe('evidence-changed');
    const actions = [...desk.vault.custody.entries(desk.case(code).id)].map(({ action }) => action);
    expect(actions.filter((action) => action === 'verify-fail')).toHaveLength(3);
  });

  it('is not taken for what it no longer is, and goes with its case', async () => {
    const { code } = newCase();
    const path = evidence();
    const { label } = await desk.receive(code, path, RECEIPT);
    const later = join(opened.folder, 'later.txt');
    writeFileSync(later, 'one more');
    const other = await desk.receive(code, later, RECEIPT);
    const { sealed } = await sealItem(desk, code, other.label);
    writeFileSync(path, 'something else');

    await expect(sealItem(desk, code, label)).rejects.toMatchObject({ code: 'evidence-changed' });
    expect(desk.item(code, label).sealed).toBeNull();
    const file = sealedStore(desk.vault).pathOf(sealed?.name ?? '');
    expect(existsSync(file)).toBe(true);
    await desk.delete(code, 'over');
    expect(existsSync(file)).toBe(false);
  });
});

describe('a redacted copy', () => {
  it('is an item of its own, made from what was taken in, sealed or not', async () => {
    const { code, id } = newCase();
    const path = join(opened.folder, 'chat.txt');
    writeFileSync(path, 'Ana López: nos vemos\n');
    const { label } = await desk.receive(code, path, RECEIPT);
    const request = { words: ['ana lopez'], fields: [], rectangles: [] };
    const order = { request, reason: 'for the press', out: join(opened.folder, 'copy.txt') };
    const { item } = await redactItem(desk, code, label, order);
    await sealItem(desk, code, label);
    rmSync(path);
    const again = { ...order, out: join(opened.folder, 'again.txt') };
    const sealed = await redactItem(desk, code, label, again);

    expect(readFileSync(order.out, 'utf8')).toBe('█████: nos vemos\n');
    expect(sealed.item.sha256).toBe(item.sha256);
    expect(item).toMatchObject({
      label: 'E-002',
      method: 'redacted',
      redactionOf: desk.item(code, label).id,
    });
    expect([...opened.vault.custody.entries(id)].find(({ action }) => action === 'redact')).toMatchObject({
      evidenceId: item.id,
      detail: { of: 'E-001', reason: 'for the press', words: [1] },
    });
    expect([...opened.vault.custody.lines(id)].join()).not.toMatch(/lópez|lopez/i);
    await expect(redactItem(desk, code, label, order)).rejects.toMatchObject({ code: 'output-exists' });
    expect(opened.vault.evidence.list(id)).toHaveLength(3);
  });
});

describe('a case', () => {
  it('is kept while it is on hold, and destroyed with what cannot be erased named', async () => {
    const { code, id } = newCase();
    await desk.receive(code, evidence(), RECEIPT);
    const { retention } = desk.case(code);
    desk.update(code, { retention: { ...retention, hold: true, holdReason: 'trial' } });
    await expect(desk.delete(code, 'done')).rejects.toThrow('hold');
    desk.update(code, { retention: { ...retention, hold: false, holdReason: '' } });
    const report = await desk.delete(code, 'done');

    expect(report.originals).toEqual([join(opened.folder, 'phone.txt')]);
    expect(report.tombstone).toMatchObject({ id, code, reason: 'done' });
    expect(() => desk.case(code)).toThrow(new DeskError('no-such-case', code));
  });

  it('closes on the day it is closed, and is due when its time is over', () => {
    const { code } = newCase();
    const closed = desk.update(code, { state: 'closed' });
    const later = `${Number(closed.closedAt?.slice(0, 4)) + 2}${closed.closedAt?.slice(4)}`;

    expect(closed.closedAt).not.toBeNull();
    expect(opened.vault.cases.due(desk.operator.now())).toEqual([]);
    expect(opened.vault.cases.due(later).map((due) => due.code)).toEqual([code]);
    expect(desk.update(code, { state: 'active' }).closedAt).toBeNull();
  });

  it('asks for stamps on days that are over only', () => {
    const { code } = newCase();

    expect(stampRequests(desk, code)).toEqual([]);
  });

  it('keeps the stamps on its days, and what they prove stands in the dossier', async () => {
    const { code, id } = newCase();
    const [day] = dailyRoots(opened.vault.custody.entries(id));
    opened.nextDay();
    if (!day) throw new Error('no day');
    const digest = createHash('sha256').update(rootFile(day.root)).digest();
    const authority = await timeStampAuthority();
    const reply = await authority.reply({ digest, at: new Date('2026-03-02T10:00:00Z') });
    const trusted = [authority.rootPem];
    const waiting = otsProof('sha256', digest, pending('https://calendar.example'));

    expect(checkReply(desk, code, reply, trusted)).toMatchObject({ day: day.day, verdict: { holds: true } });
    expect(checkProof(desk, code, waiting, [])).toMatchObject({ day: day.day, verdict: { holds: false } });
    expect(opened.vault.stamps.list(id)).toMatchObject([
      { kind: 'rfc3161', state: 'verified', at: '2026-03-02T10:00:00.000000Z', day: day.day },
      { kind: 'opentimestamps', state: 'pending', at: null, by: 'https://calendar.example' },
    ]);
    const options = { named: false, calendar: [], translate: translatorFor('en', 'UTC'), toolVersion: '1' };
    expect((await dossierInputOf(desk, desk.case(code), options)).stamps).toMatchObject([
      { kind: 'rfc3161', state: 'verified' },
      { kind: 'opentimestamps', state: 'pending' },
    ]);
  });

  it('without any check has nothing in common with others', () => {
    newCase();
    newCase();

    expect(correlation(desk, [], [])).toMatchObject({
      cases: 2,
      campaigns: [],
      concurrences: [],
      events: [],
    });
  });
});
