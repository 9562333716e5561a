import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../core/contracts.js';
import { flattenMessages } from '../../core/language.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { readBlockHeader, readProof, verifyProof } from './opentimestamps.js';
import { REPLY_STATUSES, readReply, STAMP_PROBLEMS, type StampVerdict, verifyReply } from './rfc3161.js';
import { dayStampFiles, rootFile } from './root-file.js';
import { STAMP_ERROR_CODES, StampError } from './stamp-error.js';
import { proofLines, stampErrorText, stampLines, stampTranslator } from './stamp-texts.js';
import { append, attestation, inBlock, otsProof, pending, STEP } from './testing/ots-proof.js';
import { timeStampAuthority } from './testing/time-stamp-authority.js';

const DIGEST = new Uint8Array(32).fill(1);

describe('sentences about stamps', () => {
  it('are the same ones in both languages', () => {
    expect(Object.keys(flattenMessages(es)).sort()).toEqual(Object.keys(flattenMessages(en)).sort());
  });

  it.each(LANGUAGES)('exist for every error, problem and status (%s)', (language) => {
    const say = stampTranslator(language, 'UTC');
    for (const code of STAMP_ERROR_CODES) {
      expect(stampErrorText(new StampError(code, 'byte 1'), say)).toMatch(/^\S.*\.$/);
    }
    for (const code of STAMP_PROBLEMS) expect(say.has(`problems.${code}`)).toBe(true);
    for (const status of REPLY_STATUSES) expect(say.has(`status.${status}`)).toBe(true);
  });

  it('tell what a stamp that holds shows, and what was not looked up', async () => {
    const made = await timeStampAuthority();
    const reply = readReply(await made.reply({ digest: DIGEST, status: 1 }));
    const verdict = verifyReply(reply, { digest: DIGEST, trustedCertificates: [made.rootPem] });
    const lines = stampLines(verdict, stampTranslator('en', 'UTC'));
    expect(lines).toEqual([
      'The time stamp holds. "CN=Synthetic stamp signer" signed that it had exactly this digest at 4 Mar 2026, 05:06:07.',
      'The authority says that its clock may be off by up to 1.02 seconds.',
      'It also says that its stamps can be put in order by their times.',
      'The authority granted the stamp with changes to what was asked.',
      `You trust it through "CN=Synthetic root", whose certificate has the SHA-256 fingerprint ${verdict.trustedBy?.fingerprint}.`,
      'Policy 1.3.6.1.4.1.32473.2, serial number 1267, nonce –.',
      'The request was not given, so it was not checked that the reply answers it. The digest was compared.',
      'Whether a certificate had been revoked was not looked up: that would need the network.',
    ]);
    expect(stampLines(verdict, stampTranslator('es', 'America/Mexico_City'))[0]).toBe(
      'El sello de tiempo es válido. «CN=Synthetic stamp signer» firmó que tenía exactamente esta huella digital el 3 mar 2026, 23:06:07.',
    );
  });

  it('tell every reason why a stamp does not hold', async () => {
    const made = await timeStampAuthority({ signerValid: ['2020-01-01T00:00:00Z', '2021-01-01T00:00:00Z'] });
    const reply = readReply(await made.reply({ digest: DIGEST, status: 5, statusText: 'Key\u202elost' }));
    const verdict = verifyReply(reply, { digest: DIGEST.with(0, 2), trustedCertificates: [made.rootPem] });
    expect(stampLines(verdict, stampTranslator('es', 'UTC'))).toEqual([
      'El sello de tiempo no es válido. Lo que está mal:',
      'La autoridad no concedió el sello: el certificado de la autoridad fue revocado.',
      `El sello es de otra cosa: se hizo para la huella digital ${'01'.repeat(32)}, y la de aquí es 02${'01'.repeat(31)}.`,
      'El certificado de «CN=Synthetic stamp signer» era válido del 1 ene 2020, 00:00:00 al 1 ene 2021, 00:00:00; el sello dice 4 mar 2026, 05:06:07.',
      'La autoridad dice: «Key⟨U+202E⟩lost»',
      'No se entregó la solicitud, así que no se comprobó que la respuesta sea para ella. La huella digital sí se comparó.',
      'No se consultó si algún certificado fue revocado: para eso haría falta la red.',
    ]);
  });

  it.each(LANGUAGES)('have a value for every blank, whatever the problem (%s)', (language) => {
    const values = {
      ...{
        status: 'rejected',
        expected: 'aa',
        found: 'bb',
        algorithm: '1.2',
        subject: 'CN=a',
        issuer: 'CN=b',
      },
      ...{ at: '2026-01-01T00:00:00.000000Z', validFrom: '2026-01-01T00:00:00.000000Z' },
      validTo: '2026-01-01T00:00:00.000000Z',
    };
    const verdict: StampVerdict = {
      holds: false,
      problems: STAMP_PROBLEMS.map((code) => ({ code, values })),
      status: 'rejected',
      statusTexts: [],
      failures: [],
      stated: null,
      nonceCompared: true,
      signer: null,
      trustedBy: null,
    };
    expect(stampLines(verdict, stampTranslator(language, 'UTC'))).toHaveLength(1 + STAMP_PROBLEMS.length);
  });
});

describe('sentences about proofs', () => {
  const say = stampTranslator('en', 'UTC');
  const proof = readProof(
    otsProof(
      'sha256',
      DIGEST,
      ...[STEP.fork, pending('https://calendar.example.org')],
      ...[STEP.fork, attestation('0102030405060708', new Uint8Array())],
      ...[append(Uint8Array.of(2)), STEP.sha256, inBlock(358_391)],
    ),
  );
  const root = Buffer.from((proof.attested[2]?.message ?? new Uint8Array()).toReversed()).toString('hex');
  const lines = (...headers: Parameters<typeof readBlockHeader>[]): string[] =>
    proofLines(
      verifyProof(
        proof,
        DIGEST,
        headers.map((header) => readBlockHeader(...header)),
      ),
      say,
    );

  it('say "not yet anchored", "unknown" and what a header would have to be', () => {
    expect(lines()).toEqual([
      'Not yet anchored: only the calendar server https://calendar.example.org vouches for it so far. Take the proof to a computer with a network and run "ots upgrade" there.',
      'There is an attestation of a kind that Vigía does not know (tag 0102030405060708). It was kept and shows nothing here.',
      `Not checked: the proof names Bitcoin block 358391, and no header of it was given. Its Merkle root would have to be ${root}.`,
    ]);
  });

  it('say what was anchored and what is still to be compared', () => {
    expect(lines([358_391, root]).slice(2)).toEqual([
      'Anchored: the proof leads to the Merkle root that was given for Bitcoin block 358391. What was stamped existed before that block.',
      'Vigía asked nobody about the block. Only its Merkle root was given: compare it with an own node or with two block explorers.',
    ]);
    const full = {
      ...readBlockHeader(358_391, root),
      time: '2015-05-28T15:41:18.000000Z',
      blockHash: 'ab'.repeat(32),
    };
    expect(proofLines(verifyProof(proof, DIGEST, [full]), stampTranslator('es', 'UTC')).slice(2)).toEqual([
      'Anclada: la prueba lleva a la raíz de Merkle del bloque 358391 de Bitcoin. Lo sellado existía antes de ese bloque, cuyo encabezado dice 28 may 2015, 15:41:18.',
      `Vigía no le preguntó a nadie por el bloque. Compare su huella con un nodo propio o con dos exploradores de bloques: ${'ab'.repeat(32)}.`,
    ]);
  });

  it('say what does not fit', () => {
    expect(lines([358_391, '11'.repeat(32)])[2]).toBe(
      `It does not fit: the proof leads to ${root}, and Bitcoin block 358391 as given has ${'11'.repeat(32)}. Either the header or the proof is wrong; it proves nothing.`,
    );
    expect(proofLines(verifyProof(proof, DIGEST.with(0, 0), []), say)).toEqual([
      'This proof is about another file: the digest in it is not the one compared.',
    ]);
  });

  it('warn of SHA-1', () => {
    const weak = readProof(otsProof('sha1', DIGEST.slice(0, 20), pending('https://calendar.example.org')));
    expect(proofLines(verifyProof(weak, DIGEST.slice(0, 20), []), say).at(-1)).toMatch(
      /^Warning: this way uses SHA-1\./,
    );
  });
});

describe('files that are carried out', () => {
  it('hold one root and nothing else', () => {
    const root = new Uint8Array(32).fill(0xcd);
    const { files, digest } = dayStampFiles('2026-11-22', root, Uint8Array.of(1, 2));
    expect(files.map(({ name }) => name)).toEqual(['2026-11-22.root.txt', '2026-11-22.root.txt.tsq']);
    expect(Buffer.from(files[0]?.bytes ?? []).toString()).toBe(`${'cd'.repeat(32)}\n`);
    expect(Buffer.from(files[1]?.bytes ?? []).includes(Buffer.from(digest))).toBe(true);
  });

  it('are not made for what is no day or no root', () => {
    expect(() => dayStampFiles('../x', new Uint8Array(32), Uint8Array.of(1))).toThrow(StampError);
    expect(() => rootFile(new Uint8Array(31))).toThrow(StampError);
  });
});
