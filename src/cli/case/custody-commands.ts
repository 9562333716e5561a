/** `vigia case receipt|stamp|log`. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { receiptText } from '../../casework/custody/receipt.js';
import { logFiles } from '../../casework/desk/case-bundle.js';
import { checkProof, checkReply, stampRequests } from '../../casework/desk/case-stamps.js';
import { type BlockHeader, readBlockHeader } from '../../casework/stamps/opentimestamps.js';
import { StampError } from '../../casework/stamps/stamp-error.js';
import {
  proofLines,
  stampErrorText,
  stampLines,
  stampTranslator,
} from '../../casework/stamps/stamp-texts.js';
import { EXIT } from '../../core/exit-code.js';
import type { Translator } from '../../core/language.js';
import { CommandError } from '../command-error.js';
import { print } from '../print.js';
import { atDesk, type SessionContext, type VaultOptions } from '../vault-session.js';
import { refuseOutput, writeNew } from './command-parts.js';

export function caseReceipt(code: string, options: VaultOptions, context: SessionContext): Promise<number> {
  return atDesk(options, context, (desk) => {
    const own = desk.case(code);
    const head = desk.vault.custody.last(own.id);
    if (!head) throw new CommandError('emptyLog', { code: own.code }, EXIT.couldNotRun);
    const { language } = context.translate;
    print(receiptText({ caseCode: own.code, headHash: head.hash, seq: head.seq, at: head.at, language }));
    return EXIT.ran;
  });
}

/** Without a folder: the log as it stands, a line an entry. */
export function caseLog(
  code: string,
  options: { readonly out?: string } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  return atDesk(options, context, async (desk) => {
    const own = desk.case(code);
    if (options.out === undefined) {
      for (const line of desk.vault.custody.lines(own.id)) print(line);
      return EXIT.ran;
    }
    await refuseOutput(desk, options.out);
    for (const { name, chunks } of logFiles(desk, own)) {
      const path = join(options.out, ...name.split('/'));
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeNew(path, Buffer.concat([...chunks]));
    }
    print(context.translate('cli.case.log.written', { code: own.code, folder: options.out }));
    return EXIT.ran;
  });
}

export function caseStamp(
  code: string,
  options: {
    readonly out?: string;
    readonly reply?: string;
    readonly ca?: string;
    readonly proof?: string;
    readonly header?: readonly string[];
  } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  const say = stampTranslator(translate.language, translate.timeZone);
  return atDesk(options, context, async (desk) => {
    try {
      if (options.out !== undefined) {
        const files = stampRequests(desk, code);
        await refuseOutput(desk, options.out);
        await mkdir(options.out, { recursive: true });
        for (const { name, bytes } of files) await writeNew(join(options.out, name), bytes);
        print(translate('cli.case.stamp.written', { count: files.length, folder: options.out }));
        return EXIT.ran;
      }
      if (options.reply !== undefined) {
        if (options.ca === undefined) throw new CommandError('stampCa', {}, EXIT.wrongUsage);
        const trusted = [(await bytesOf(options.ca)).toString('utf8')];
        const { day, verdict } = checkReply(desk, code, await bytesOf(options.reply), trusted);
        print(dayLine(day, translate));
        for (const line of stampLines(verdict, say)) print(line);
        return verdict.holds && day !== null ? EXIT.ran : EXIT.someEvidenceUnreadable;
      }
      if (options.proof === undefined) throw new CommandError('stampWhat', {}, EXIT.wrongUsage);
      const { day, verdict } = checkProof(
        desk,
        code,
        await bytesOf(options.proof),
        headersOf(options.header ?? []),
      );
      print(dayLine(day, translate));
      for (const line of proofLines(verdict, say)) print(line);
      return verdict.holds && day !== null ? EXIT.ran : EXIT.someEvidenceUnreadable;
    } catch (error) {
      if (!(error instanceof StampError)) throw error;
      print(stampErrorText(error, say));
      return EXIT.couldNotRun;
    }
  });
}

function dayLine(day: string | null, translate: Translator): string {
  return translate('cli.case.stamp.day', { day: day ?? '', found: day === null ? 'no' : 'yes' });
}

/** `HEIGHT:HEX`, the 80 bytes of a block header. */
function headersOf(given: readonly string[]): BlockHeader[] {
  return given.map((text) => {
    const [, height, hex] = /^(\d{1,9}):([0-9a-f]{64,160})$/i.exec(text) ?? [];
    if (height === undefined || hex === undefined)
      throw new CommandError('blockHeader', { value: text }, EXIT.wrongUsage);
    return readBlockHeader(Number(height), hex);
  });
}

async function bytesOf(path: string): Promise<Buffer> {
  const bytes = await readFile(path).catch(() => null);
  if (bytes === null) throw new CommandError('fileUnreadable', { path }, EXIT.couldNotRun);
  return bytes;
}
