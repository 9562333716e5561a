import { describe, expect, it } from 'vitest';
import { expectSoundTexts } from '../../core/testing/texts.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { SHARING_FILES, SHARING_FORMATS, writeShared } from './formats.js';
import { redact } from './redact.js';
import { SHARING_PROFILES, type SharingProfile } from './shareable.js';
import { CANARIES, LISTED, LURE, plantedCase, wholeText } from './testing/planted-case.js';

const HIDDEN: readonly SharingProfile[] = ['indicators-only', 'anonymised'];

describe('redaction', () => {
  it.each(HIDDEN.flatMap((profile) => SHARING_FORMATS.map((format) => [profile, format] as const)))(
    'lets nothing of a person out with %s in %s, in any encoding',
    async (profile, format) => {
      const text = await wholeText(writeShared(redact(plantedCase(), profile), format, { separator: ';' }));

      for (const [name, canary] of Object.entries(CANARIES))
        for (const [encoding, form] of encodings(canary))
          expect(text.toLowerCase().includes(form.toLowerCase()), `${name} in ${encoding}`).toBe(false);
      // What is meant to leave does.
      const isHeadOnly = profile === 'indicators-only' && format === 'csv-findings';
      const isDefanged = format.startsWith('timesketch');
      const wanted = isHeadOnly ? 'severity' : isDefanged ? LISTED.split('.')[0] : LISTED;
      expect(text.includes(wanted ?? '')).toBe(true);
    },
  );

  it('does not join two exports of the same case', async () => {
    const texts = await Promise.all(
      [1, 2].map(async (key) => {
        const shared = redact(plantedCase({ exportKey: new Uint8Array(32).fill(key) }), 'anonymised');
        return (
          await Promise.all(SHARING_FORMATS.map((format) => wholeText(writeShared(shared, format))))
        ).join('\n');
      }),
    );
    const idsOf = (text: string | undefined): Set<string> =>
      new Set(text?.match(/[a-z-]+--[0-9a-f-]{36}|\b[CEFP]-[0-9a-f]{10}\b|[0-9a-f]{8}-[0-9a-f-]{27}/g));
    const [first, second] = texts.map(idsOf);
    const common = [...(first ?? [])].filter((id) => second?.has(id));

    expect(first?.size).toBeGreaterThan(20);
    // Only what everybody gives the same id: the marking, our extension, what was observed, templates of MISP.
    expect(
      common.filter((id) => /^(?:identity|incident|note|indicator|grouping|bundle|[CEFP])-/.test(id)),
    ).toEqual([]);
  });

  it('repeats itself under the same key', async () => {
    for (const format of SHARING_FORMATS)
      expect(await wholeText(writeShared(redact(plantedCase(), 'anonymised'), format))).toBe(
        await wholeText(writeShared(redact(plantedCase(), 'anonymised'), format)),
      );
  });

  it('says what was removed and who did it, without the values', async () => {
    const shared = redact(plantedCase(), 'anonymised');
    for await (const _ of shared.events());
    const record = shared.redaction();
    const { operator, ...rest } = record;

    expect(operator).toBe(CANARIES.team);
    expect(record.fields).toEqual(
      expect.arrayContaining([
        { field: 'case.title', treatment: 'remove', values: 1 },
        { field: 'client.name', treatment: 'remove', values: 1 },
        { field: 'finding.subjects', treatment: 'pseudonym', values: 10 },
        { field: 'finding.pictures', treatment: 'remove', values: 5 },
        { field: 'finding.attachments', treatment: 'remove', values: 5 },
        { field: 'record.content', treatment: 'attacker', values: 1 },
      ]),
    );
    expect(record.recordsLeftOut).toBe(2);
    for (const canary of Object.values(CANARIES)) expect(JSON.stringify(rest)).not.toContain(canary);
  });

  it('names unpublished hosts as seen, never for blocking, and not at all to the press', () => {
    const host = (profile: SharingProfile) =>
      redact(plantedCase(), profile).indicators.find(({ value }) => value === LURE);

    expect(host('indicators-only')).toMatchObject({ basis: 'observed', forDetection: false, family: null });
    expect(host('anonymised')).toMatchObject({ basis: 'observed', forDetection: false });
    expect(host('for-press')).toBeUndefined();
  });

  it('takes the address of one person’s link down to its host', () => {
    const { indicators } = redact(plantedCase(), 'indicators-only');

    expect(indicators.map(({ type, value }) => `${type} ${value}`)).toEqual([
      `domain ${LURE}`,
      'domain lures.example.net',
      `domain ${LISTED}`,
    ]);
    expect(indicators[2]).toMatchObject({
      basis: 'published',
      forDetection: true,
      family: 'Pegasus',
      lists: [],
      firstSeen: { at: '2024-03-01T00:00:00.000000Z', known: 'month' },
    });
  });

  it('gives a prosecutor the facts, and the name only with consent', async () => {
    const without = redact(plantedCase(), 'for-prosecutor');
    const named = redact(
      plantedCase({ consent: { id: null, named: true, clientIdentifiers: true } }),
      'for-prosecutor',
    );
    const text = await wholeText(writeShared(without, 'stix'));
    const withName = await wholeText(writeShared(named, 'stix'));

    expect(without.case.code).toBe('V-2026-0001');
    expect(without.client).toMatchObject({ name: CANARIES.account, isNamed: false });
    expect(text.includes(CANARIES.messageText)).toBe(true);
    expect(text.includes(CANARIES.thirdNumber)).toBe(true);
    expect(text.includes('message ROWID 6')).toBe(true);
    expect(text.includes('2024-03-12T17:04:10.123Z')).toBe(true);
    for (const secret of [
      CANARIES.clientName,
      CANARIES.clientNumber,
      CANARIES.email,
      CANARIES.imei,
      CANARIES.imsi,
    ])
      expect(text.includes(secret), secret).toBe(false);
    expect(named.client).toEqual({ name: CANARIES.clientName, isNamed: true, kind: 'individual' });
    expect(withName.includes(CANARIES.clientNumber)).toBe(true);
    // Messages nobody pointed at stay where they are.
    expect(text.includes('message ROWID 7')).toBe(false);
  });

  it('never gives the safe channel, the duress word or the team to anybody', async () => {
    const sealed = { ...plantedCase().identity, duressWord: 'jacarandá-19', safeHours: 'madrugada-3' };
    for (const profile of SHARING_PROFILES) {
      const shareable = plantedCase({
        identity: sealed as never,
        consent: { id: null, named: true, clientIdentifiers: true },
        findings: [],
      });
      for (const format of SHARING_FORMATS) {
        const text = await wholeText(writeShared(redact(shareable, profile), format));
        expect(text).not.toContain('jacarandá-19');
        expect(text).not.toContain('madrugada-3');
      }
    }
  });

  it('tells the press what happened, with people taken out of the words', async () => {
    const shared = redact(plantedCase(), 'for-press');
    const text = await wholeText(writeShared(shared, 'csv-findings'));

    expect(shared.case.title).toBe(CANARIES.caseTitle);
    expect(shared.case.summary).toContain('[nombre] recibió un mensaje de [número].');
    expect(text).toContain('Mensaje a [nombre]');
    for (const secret of [
      CANARIES.clientName,
      CANARIES.clientNumber,
      CANARIES.thirdNumber,
      CANARIES.email,
      CANARIES.imei,
      CANARIES.imsi,
      CANARIES.udid,
      CANARIES.serial,
      CANARIES.account,
      CANARIES.localAddress,
      '/canaria/',
    ])
      expect(text.includes(secret), secret).toBe(false);
  });

  it('refuses a key that hides nothing and a time that is none', () => {
    expect(() => redact(plantedCase({ exportKey: new Uint8Array(8) }), 'anonymised')).toThrow(
      expect.objectContaining({ name: 'SharingError', code: 'export-key-too-short' }),
    );
    expect(() => redact(plantedCase({ now: 'now' }), 'anonymised')).toThrow(
      expect.objectContaining({ code: 'bad-time' }),
    );
  });

  it('writes every format of an empty case', async () => {
    const empty = plantedCase({ findings: [], evidence: [], runs: [], identity: null });
    for (const profile of SHARING_PROFILES)
      for (const format of SHARING_FORMATS)
        expect(await wholeText(writeShared(redact(empty, profile), format))).not.toContain('undefined');
    expect(new Set(Object.values(SHARING_FILES)).size).toBe(SHARING_FORMATS.length);
  });

  it('says the same in both languages', () => {
    const values = {
      detector: 'a/b',
      severity: 'high',
      event: 'x',
      values: 'y',
      family: 'F',
      code: 'C',
      version: '1',
      date: '2026-01-01',
      profile: 'indicators',
      service: 'sms',
    };
    expectSoundTexts({ es, en }, values);
  });
});

/** A text as files may hold it. Base64 depends on what stands before, so its three middles are looked for. */
function encodings(text: string): [string, string][] {
  const bytes = Buffer.from(text, 'utf8');
  const wide = Buffer.from(text, 'utf16le');
  const base64 = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(before === 0 ? 0 : 4, -4),
  );
  return [
    ['plain', text],
    ['JSON', JSON.stringify(text).slice(1, -1)],
    ['percent', encodeURIComponent(text)],
    ['hexadecimal', bytes.toString('hex')],
    ['UTF-16', wide.toString('latin1')],
    ['UTF-16 hexadecimal', wide.toString('hex')],
    ...base64.map((form) => ['base64', form] as [string, string]),
    ['UTF-16 base64', wide.toString('base64').slice(0, -4)],
  ];
}
