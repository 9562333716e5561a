/** `vigia case export|import|recipient`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { receiptCode, receiptWords } from '../../casework/custody/receipt.js';
import { withBundle } from '../../casework/desk/bundle-file.js';
import {
  EXPORT_FORMATS,
  type ExportFormat,
  exportCase,
  PURPOSE_OF,
} from '../../casework/desk/case-export.js';
import { importBag } from '../../casework/desk/case-import.js';
import type { ExportPurpose } from '../../casework/model/consent.js';
import type { SharingProfile } from '../../casework/sharing/shareable.js';
import { translatorFor } from '../../check/messages.js';
import { VERSION } from '../../check/version.js';
import { LANGUAGES } from '../../core/contracts.js';
import { EXIT } from '../../core/exit-code.js';
import { parseIdentityFile } from '../../evidence/age/key-ring.js';
import { type AgeRecipient, parseRecipient, publicKeyOf, recipientText } from '../../evidence/age/keys.js';
import { CommandError } from '../command-error.js';
import { print } from '../print.js';
import { atDesk, firstLine, type SessionContext, type VaultOptions } from '../vault-session.js';
import { asJson, calendarOf, type Json, refuseOutput } from './command-parts.js';

/** What the secret of a vault is for with which others seal bundles for it. */
const FOR_THIS_DESK = 'bundles for this desk';

export function caseExport(
  code: string,
  options: {
    readonly out: string;
    readonly profile: SharingProfile;
    readonly format?: readonly string[];
    readonly purpose?: ExportPurpose;
    readonly to?: string;
    readonly named?: boolean;
    readonly approvedBy?: string;
    readonly events?: string;
    readonly hearings?: string;
    readonly withEvidence?: boolean;
    readonly sealTo?: readonly string[];
    readonly sealPassphraseFile?: string;
    readonly unsealed?: boolean;
  } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  return atDesk(options, context, async (desk) => {
    const formats = formatsOf(options.format);
    await refuseOutput(desk, options.out);
    const hasBundle = formats.includes('bundle');
    const written = await exportCase(
      desk,
      code,
      {
        folder: options.out,
        profile: options.profile,
        formats,
        purpose: options.purpose ?? purposeOf(formats, options.profile),
        recipient: options.to ?? '',
        named: options.named === true,
        approvedBy: options.approvedBy ?? null,
        calendar: await calendarOf(options, translate),
        toolVersion: VERSION,
        ...(hasBundle
          ? {
              bundle: {
                recipients: await recipientsOf(options),
                withEvidence: options.withEvidence === true,
                translators: LANGUAGES.map((language) => translatorFor(language, translate.timeZone)),
              },
            }
          : {}),
      },
      translate,
    );
    for (const { name, sha256 } of written) print(`${sha256}  ${join(options.out, name)}`);
    print(translate('cli.case.export.gone', { count: written.length, recipient: options.to ?? '' }));
    return EXIT.ran;
  });
}

/** What quotes the evidence is for more than its profile says. */
function purposeOf(formats: readonly ExportFormat[], profile: SharingProfile): ExportPurpose {
  if (formats.includes('bundle')) return 'share';
  return formats.includes('dossier') ? 'complaint' : PURPOSE_OF[profile];
}

function formatsOf(names: readonly string[] | undefined): readonly ExportFormat[] {
  return (names ?? ['stix', 'misp', 'csv-indicators']).map((name) => {
    const format = EXPORT_FORMATS.find((one) => one === name);
    if (format) return format;
    throw new CommandError('exportFormat', { name, known: EXPORT_FORMATS.join(', ') }, EXIT.wrongUsage);
  });
}

/** Who opens a bundle. Open to everybody only when that is asked for. */
async function recipientsOf(options: {
  readonly sealTo?: readonly string[];
  readonly sealPassphraseFile?: string;
  readonly unsealed?: boolean;
}): Promise<readonly AgeRecipient[] | null> {
  const { sealTo = [], sealPassphraseFile, unsealed } = options;
  const ways = [sealTo.length > 0, sealPassphraseFile !== undefined, unsealed === true].filter(Boolean);
  if (ways.length !== 1) throw new CommandError('bundleSeal', {}, EXIT.wrongUsage);
  if (unsealed) return null;
  if (sealPassphraseFile !== undefined) {
    const passphrase = Buffer.from(await firstLine(sealPassphraseFile), 'utf8');
    return [{ kind: 'passphrase', passphrase }];
  }
  return sealTo.map((text) => {
    const publicKey = parseRecipient(text.trim());
    if (publicKey === null) throw new CommandError('ageRecipient', { value: text }, EXIT.wrongUsage);
    return { kind: 'x25519', publicKey };
  });
}

export function caseRecipient(options: VaultOptions, context: SessionContext): Promise<number> {
  return atDesk(options, context, (desk) => {
    const secret = desk.vault.secret(FOR_THIS_DESK);
    print(recipientText(publicKeyOf(secret)));
    secret.fill(0);
    return EXIT.ran;
  });
}

export function caseImport(
  path: string,
  options: Json & {
    readonly identityFile?: string;
    readonly sealPassphraseFile?: string;
  } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  return atDesk(
    options,
    context,
    async (desk) => {
      const own = desk.vault.secret(FOR_THIS_DESK);
      const { sealPassphraseFile } = options;
      const passphrase = sealPassphraseFile === undefined ? null : await firstLine(sealPassphraseFile);
      const keys = {
        privateKeys: [own, ...(await identitiesOf(options.identityFile))],
        passphrase: passphrase === null ? null : async () => passphrase,
      };
      const imported = await withBundle(path, keys, (bag) => importBag(desk, bag));
      own.fill(0);
      const { case: taken, headHash, entries, sealed, refused } = imported;
      const code = receiptCode(headHash);
      if (options.json) {
        print(asJson({ case: taken, headHash, entries, sealed, refused }));
      } else {
        print(translate('cli.case.import.taken', { code: taken.code, entries, sealed: sealed.length }));
        print(
          translate('cli.case.import.compare', {
            code: code.replace(/(.{4})(?=.)/g, '$1 '),
            words: receiptWords(headHash, translate.language).join(' '),
          }),
        );
        for (const label of refused) print(translate('cli.case.import.refused', { label }));
      }
      return refused.length === 0 ? EXIT.ran : EXIT.someEvidenceUnreadable;
    },
    true,
  );
}

async function identitiesOf(path: string | undefined): Promise<Buffer[]> {
  if (path === undefined) return [];
  const keys = parseIdentityFile(await readFile(path, 'utf8').catch(() => ''));
  if (keys === null) throw new CommandError('identityFileAge', { path }, EXIT.couldNotRun);
  return keys;
}
