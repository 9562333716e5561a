import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Consent } from '../../casework/model/consent.js';
import { fillCase } from '../../casework/vault/testing/fill.js';
import type { CasePage, DossierPage, ExportAnswer, ExportProfile } from '../api/api.js';
import { type FakeServer, fakeServer } from '../testing/fake-server.js';

const LEGAL_NAME = 'Ximena Ñandú';
/** Of age-keygen, for tests. */
const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

let server: FakeServer;
let code: string;
beforeEach(async () => {
  // Where what waits to be taken lies.
  vi.stubEnv('TMPDIR', mkdtempSync(join(tmpdir(), 'vigia-exports-')));
  server = await fakeServer();
  ({ code } = fillCase(server.vault, (place) => (place === 'name' ? LEGAL_NAME : `${place}-word`)));
});
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
  vi.unstubAllEnvs();
});

function consent(scope: Partial<Consent['scope']>): void {
  const { operator } = server.desk;
  server.desk.addConsent(code, {
    givenBy: 'client 7',
    method: 'written',
    at: operator.now(),
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

const order = (more: object = {}) => ({
  caseCode: code,
  profile: 'indicators-only',
  formats: ['csv-indicators'],
  purpose: 'indicators',
  recipient: 'R3D',
  named: false,
  approvedBy: '',
  withEvidence: false,
  sealTo: [],
  dryRun: false,
  ...more,
});
const dossier = (more: object = {}) =>
  order({ formats: ['dossier'], purpose: 'share', profile: 'anonymised', ...more });

const refused = async (body: object): Promise<string | null> => {
  const answer = await server.json<ExportAnswer>('POST', '/exports', body);
  expect(answer.files).toEqual([]);
  return answer.refused;
};
const made = async (path: string, body: object) =>
  (await server.json<ExportAnswer>('POST', path, body, 202)).files;
const taken = async (id: string): Promise<Buffer> =>
  Buffer.from(await (await server.request('GET', `/download/${id}`)).arrayBuffer());
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const left = async () =>
  (await server.json<CasePage>('GET', `/cases/${code}`)).departures.map(({ fileName }) => fileName);
const actions = (): string[] =>
  [...server.vault.custody.entries(server.desk.case(code).id)].map(({ action }) => action);

describe('the gate', () => {
  it('lets nothing out that nobody agreed to, with the reason, and nothing is made', async () => {
    expect(await refused(order())).toBe('no-consent');
    consent({ shareIndicators: 'ask' });
    expect(await refused(order())).toBe('not-in-scope');
    expect(await refused(order({ dryRun: true }))).toBe('not-in-scope');
    consent({ shareIndicators: 'yes', shareWith: ['Ceiba'], publishAnonymously: 'yes' });
    expect(await refused(dossier())).toBe('recipient-not-named');
    expect(await refused(order({ named: true }))).toBe('not-in-scope');
    expect(await refused(order({ purpose: 'press', profile: 'for-press' }))).toBe('tlp');
    server.desk.withdrawConsent(code, 'asked to');
    expect(await refused(order())).toBe('withdrawn');
    expect(await refused(dossier({ recipient: 'Ceiba' }))).toBe('withdrawn');
    const preview = await server.json<ExportAnswer>(
      'POST',
      '/exports/preview',
      dossier({ recipient: 'Ceiba' }),
    );
    expect(preview).toEqual({ refused: 'withdrawn', files: [] });
    expect(await left()).toEqual(['departed-word']);
    expect(actions()).not.toContain('export');
    expect(
      readdirSync(String(process.env.TMPDIR)).filter((name) => name.startsWith('vigia-leaving-')),
    ).toEqual([]);
  });

  it('keeps dossiers and bundles from the press, in the dry run too', async () => {
    consent({ publishAnonymously: 'yes' });
    for (const formats of [['dossier'], ['bundle'], ['csv-indicators', 'dossier']])
      for (const dryRun of [true, false])
        expect(await refused(order({ formats, purpose: 'press', dryRun }))).toBe('whole-case-purpose');
  });

  it('needs a second person for what is red, who is another one', async () => {
    consent({ useInComplaint: 'yes' });
    server.desk.update(code, { tlp: 'red' });
    const complaint = order({ purpose: 'complaint', profile: 'for-prosecutor', recipient: 'FGR' });
    expect(await refused(complaint)).toBe('second-person-needed');
    expect(await refused({ ...complaint, approvedBy: ' ANA ' })).toBe('second-person-needed');
    expect(await made('/exports', { ...complaint, approvedBy: 'luz' })).toHaveLength(1);
  });

  it('lets out what was agreed to, on record with its hash', async () => {
    consent({ shareIndicators: 'yes' });
    const allowed = await server.json<ExportAnswer>('POST', '/exports', order({ dryRun: true }));
    expect(allowed).toEqual({ refused: null, files: [] });
    expect(await left()).toEqual(['departed-word']);
    const [file] = await made('/exports', order());
    const bytes = await taken(file?.id ?? '');
    expect(file).toMatchObject({
      name: 'indicators.csv',
      sizeBytes: bytes.byteLength,
      sha256: sha256(bytes),
    });
    const { departures } = await server.json<CasePage>('GET', `/cases/${code}`);
    expect(departures[0]).toMatchObject({
      fileName: 'indicators.csv',
      recipient: 'R3D',
      purpose: 'indicators',
      profile: 'indicators-only',
      sha256: sha256(bytes),
    });
    expect(actions().slice(-2)).toEqual(['export', 'redact']);
  });
});

describe('a preview', () => {
  it('is what leaves, byte by byte, whatever happened since', async () => {
    consent({ shareWith: ['R3D'] });
    const preview = await made('/exports/preview', dossier());
    expect(preview.map(({ name }) => name)).toEqual(['dossier.es.html', 'dossier.es.pdf']);
    expect(await left()).toEqual(['departed-word']);
    expect(actions().at(-1)).toBe('open');
    server.desk.update(code, { summary: 'Something new' });
    const files = await made('/exports', dossier({ preview: preview.map(({ id }) => id) }));
    expect(files.map(({ name, sha256: hash }) => [name, hash])).toEqual(
      preview.map(({ name, sha256: hash }) => [name, hash]),
    );
    for (const { id, sha256: hash } of files) expect(sha256(await taken(id))).toBe(hash);
    // Only what is on record as having left can be taken.
    for (const { id } of preview)
      expect(await server.refusal('GET', `/download/${id}`)).toEqual([404, 'no-such-download']);
    const page = (await taken(files[0]?.id ?? '')).toString();
    expect(page).toContain('<!doctype html>');
    expect(page).not.toMatch(/ximena|ñandú/i);
    expect((await taken(files[1]?.id ?? '')).subarray(0, 5).toString()).toBe('%PDF-');
    expect((await left()).slice(0, 2).sort()).toEqual(['dossier.es.html', 'dossier.es.pdf']);
  });

  it('made ready before the consent was withdrawn, or the case destroyed, is not given any more', async () => {
    consent({ shareWith: ['R3D'] });
    const [file] = await made('/exports', dossier());
    const at = `/download/${file?.id}`;
    expect((await server.request('GET', at)).status).toBe(200);
    await server.json('POST', `/cases/${code}/consents/withdraw`, { reason: '' });
    expect(await server.refusal('GET', at)).toEqual([422, 'case/export-not-allowed']);
    await server.json('POST', `/cases/${code}/delete`, { code, reason: 'asked' });
    expect(await server.refusal('GET', at)).toEqual([404, 'case/no-such-case']);
  });

  it('can be looked at page by page, which is on record and no departure', async () => {
    const at = '/exports/preview/pages';
    const order = dossier({ page: 0 });
    expect(await server.refusal('POST', at, order)).toEqual([422, 'case/export-not-allowed']);
    consent({ shareWith: ['R3D'] });
    const first = await server.json<DossierPage>('POST', at, order);
    const last = await server.json<DossierPage>('POST', at, { ...order, page: first.pages - 1 });
    const beyond = await server.json<DossierPage>('POST', at, { ...order, page: first.pages });

    expect(first.pages).toBeGreaterThan(1);
    expect(first.svg).toMatch(/^<svg [^>]*viewBox="0 0 595\.27\d* 841\.8\d*"/);
    expect(last.svg).toMatch(/^<svg [^>]*viewBox="0 [1-9][\d.]+ 595/);
    expect(first.svg).not.toMatch(/<script|<foreignObject|href="(?!#|data:image)/i);
    expect(beyond.svg).toBe('');
    expect(await left()).toEqual(['departed-word']);
    expect(actions().filter((action) => action === 'open')).toHaveLength(1);
  });

  it('does not leave for another purpose, case or naming, nor after its consent', async () => {
    consent({ shareWith: ['R3D'], useInComplaint: 'yes' });
    const [file] = await made('/exports/preview', dossier());
    const preview = [file?.id];
    const gone = [409, 'preview-gone'];
    expect(await server.refusal('POST', '/exports', dossier({ preview, purpose: 'client' }))).toEqual(gone);
    const named = { preview, purpose: 'complaint', named: true, approvedBy: 'luz' };
    expect(await server.refusal('POST', '/exports', dossier(named))).toEqual(gone);
    const other = { preview, caseCode: server.code, purpose: 'client' };
    expect(await server.refusal('POST', '/exports', dossier(other))).toEqual(gone);
    expect(await server.refusal('POST', '/exports', dossier({ preview: ['x'] }))).toEqual(gone);
    server.desk.withdrawConsent(code, '');
    expect(await refused(dossier({ preview }))).toBe('withdrawn');
    expect(await left()).toEqual(['departed-word']);
  });
});

describe('a download', () => {
  it('is an attachment that nothing opens, and is encrypted until it is taken', async () => {
    const [file] = await made('/exports', dossier({ purpose: 'client', recipient: 'client 7' }));
    const answer = await server.request('GET', `/download/${file?.id}`);
    expect(Object.fromEntries(answer.headers)).toEqual({
      'content-type': 'application/octet-stream',
      'content-length': String(file?.sizeBytes),
      'content-disposition': `attachment; filename="dossier.es.html"; filename*=UTF-8''dossier.es.html`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    const folder = String(process.env.TMPDIR);
    const [shelf = ''] = readdirSync(folder).filter((name) => name.startsWith('vigia-leaving-'));
    const stored = readFileSync(join(folder, shelf, file?.id ?? ''));
    expect(stored.byteLength).toBe(file?.sizeBytes);
    expect(stored.includes('<!doctype html>')).toBe(false);
  });

  it('is there for half an hour', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const [file] = await made('/exports', dossier({ purpose: 'client' }));
    vi.setSystemTime(Date.now() + 29 * 60_000);
    expect((await server.request('GET', `/download/${file?.id}`)).status).toBe(200);
    vi.setSystemTime(Date.now() + 60_000);
    expect(await server.refusal('GET', `/download/${file?.id}`)).toEqual([404, 'no-such-download']);
    expect(await server.refusal('GET', '/download/..%2f..%2fetc%2fpasswd')).toEqual([
      404,
      'no-such-download',
    ]);
  });
});

describe('a bundle', () => {
  it('leaves sealed for somebody, never open', async () => {
    consent({});
    const bundle = order({ formats: ['bundle'], purpose: 'own-backup', profile: 'for-prosecutor' });
    expect(await server.refusal('POST', '/exports', bundle)).toEqual([422, 'bundle-seal']);
    expect(await server.refusal('POST', '/exports', { ...bundle, sealTo: ['age1nobody'] })).toEqual([
      422,
      'age-recipient',
    ]);
    const [file] = await made('/exports', { ...bundle, sealTo: [` ${RECIPIENT} `] });
    expect(file?.name).toMatch(/\.age$/);
    expect((await taken(file?.id ?? '')).subarray(0, 22).toString()).toBe('age-encryption.org/v1\n');
  });
});

describe('what is asked wrongly of exports', () => {
  it('is refused', async () => {
    for (const wrong of [
      { profile: 'everything' },
      { formats: [] },
      { formats: ['exe'] },
      { purpose: 'fun' },
      { named: 'yes' },
      { preview: [] },
      { caseCode: null },
    ]) {
      expect(await server.refusal('POST', '/exports', order(wrong)), JSON.stringify(wrong)).toEqual([
        400,
        'bad-request',
      ]);
      expect(await server.refusal('POST', '/exports/preview', order(wrong))).toEqual([400, 'bad-request']);
    }
    const nowhere = order({ caseCode: 'V-2026-0999' });
    expect(await server.refusal('POST', '/exports', nowhere)).toEqual([404, 'case/no-such-case']);
    expect(await server.refusal('POST', '/exports/preview', nowhere)).toEqual([404, 'case/no-such-case']);
  });

  it('tells what each profile does with each field, in the language of the session', async () => {
    const es = await server.json<ExportProfile[]>('GET', '/exports/profiles');
    expect(es.map(({ profile, purpose }) => [profile, purpose])).toEqual([
      ['indicators-only', 'indicators'],
      ['anonymised', 'share'],
      ['for-prosecutor', 'complaint'],
      ['for-press', 'press'],
    ]);
    server.speak('en');
    const en = await server.json<ExportProfile[]>('GET', '/exports/profiles');
    for (const [index, { fields }] of es.entries()) {
      expect(fields.length).toBeGreaterThan(5);
      expect(fields.map(({ treatment }) => treatment)).toEqual(
        en[index]?.fields.map(({ treatment }) => treatment),
      );
      expect(fields.every(({ name, words }) => name !== '' && words !== '')).toBe(true);
    }
    expect(es[0]?.fields[0]?.words).not.toBe(en[0]?.fields[0]?.words);
  });
});
