import { join } from 'node:path';
import { exportCase, PURPOSE_OF } from '../../casework/desk/case-export.js';
import type { ExportPurpose } from '../../casework/model/consent.js';
import { SHARING_FORMATS, type SharingFormat } from '../../casework/sharing/formats.js';
import type { SharingProfile } from '../../casework/sharing/shareable.js';
import { VERSION } from '../../check/version.js';
import { EXIT } from '../../core/exit-code.js';
import { CommandError } from '../command-error.js';
import { print } from '../print.js';
import { atDesk, type SessionContext, type VaultOptions } from '../vault-session.js';
import { calendarOf } from './command-parts.js';

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
  } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  return atDesk(options, context, async (desk) => {
    const written = await exportCase(
      desk,
      code,
      {
        folder: options.out,
        profile: options.profile,
        formats: formatsOf(options.format),
        purpose: options.purpose ?? PURPOSE_OF[options.profile],
        recipient: options.to ?? '',
        named: options.named === true,
        approvedBy: options.approvedBy ?? null,
        calendar: await calendarOf(options, translate),
        toolVersion: VERSION,
      },
      translate,
    );
    for (const { name, sha256 } of written) print(`${sha256}  ${join(options.out, name)}`);
    print(translate('cli.case.export.gone', { count: written.length, recipient: options.to ?? '' }));
    return EXIT.ran;
  });
}

function formatsOf(names: readonly string[] | undefined): readonly (SharingFormat | 'dossier')[] {
  const known = [...SHARING_FORMATS, 'dossier'] as const;
  return (names ?? ['stix', 'misp', 'csv-indicators']).map((name) => {
    const format = known.find((one) => one === name);
    if (format) return format;
    throw new CommandError('exportFormat', { name, known: known.join(', ') }, EXIT.wrongUsage);
  });
}
