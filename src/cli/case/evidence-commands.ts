/** `vigia case add|seal|unseal|redact|verify`. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { redactItem } from '../../casework/desk/case-redaction.js';
import { sealItem, unsealItem } from '../../casework/desk/case-sealing.js';
import type { CaseCheck } from '../../casework/desk/desk.js';
import type { Rectangle } from '../../casework/redaction/png.js';
import { EXIT } from '../../core/exit-code.js';
import { CommandError } from '../command-error.js';
import { print } from '../print.js';
import { atDesk, type SessionContext, type VaultOptions } from '../vault-session.js';
import { asJson, type Json, refuseOutput } from './command-parts.js';

export function caseAdd(
  code: string,
  paths: readonly string[],
  options: {
    readonly from?: string;
    readonly description?: string;
    readonly where?: string;
    readonly method?: string;
    readonly seal?: boolean;
  } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  return atDesk(options, context, async (desk) => {
    const own = desk.case(code);
    for (const path of paths) {
      const item = await desk.receive(code, path, {
        description: options.description ?? '',
        from: options.from ?? own.clientRef,
        where: options.where ?? '',
        zone: translate.timeZone,
        method: options.method ?? '',
      });
      print(translate('cli.case.add.taken', { label: item.label, path, sha256: item.sha256 }));
      if (options.seal && item.sealed === null) {
        await sealItem(desk, code, item.label);
        print(translate('cli.case.seal.sealed', { label: item.label, path }));
      }
    }
    return EXIT.ran;
  });
}

/** @param labels none: all evidence of the case that is not sealed yet */
export function caseSeal(
  code: string,
  labels: readonly string[],
  options: VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  return atDesk(options, context, async (desk) => {
    const all = desk.vault.evidence.list(desk.case(code).id);
    const open = all.filter(({ sealed, destroyedAt }) => sealed === null && destroyedAt === null);
    const chosen = labels.length > 0 ? labels : open.map(({ label }) => label);
    for (const one of chosen) {
      const { label, referencePath } = await sealItem(desk, code, one);
      print(translate('cli.case.seal.sealed', { label, path: referencePath }));
    }
    print(translate(chosen.length === 0 ? 'cli.case.seal.nothing' : 'cli.case.seal.originals'));
    return EXIT.ran;
  });
}

export function caseUnseal(
  code: string,
  label: string,
  options: { readonly out: string } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  return atDesk(options, context, async (desk) => {
    await refuseOutput(desk, dirname(options.out));
    const item = await unsealItem(desk, code, label, options.out);
    print(context.translate('cli.case.unseal.written', { label: item.label, path: options.out }));
    return EXIT.ran;
  });
}

export function caseRedact(
  code: string,
  label: string,
  options: {
    readonly out: string;
    readonly reason: string;
    readonly hide?: readonly string[];
    readonly hideFile?: string;
    readonly field?: readonly string[];
    readonly rectangle?: readonly string[];
  } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  return atDesk(options, context, async (desk) => {
    const fields = [...(options.field ?? [])];
    const request = {
      words: [...(options.hide ?? []), ...(await linesOf(options.hideFile))],
      fields,
      rectangles: (options.rectangle ?? []).map(rectangleOf),
    };
    const { out, reason } = options;
    await refuseOutput(desk, dirname(out));
    const { item, redacted } = await redactItem(desk, code, label, { request, reason, out });
    print(translate('cli.case.redact.made', { label: item.label, of: label.toUpperCase(), path: out }));
    print(`SHA-256 ${item.sha256}`);
    for (const [index, count] of redacted.words.entries())
      print(translate('cli.case.redact.word', { number: index + 1, count }));
    for (const [index, count] of redacted.fields.entries())
      print(translate('cli.case.redact.fieldCount', { name: fields[index] ?? '', count }));
    if (redacted.removed.length > 0)
      print(translate('cli.case.redact.removed', { what: redacted.removed.join(', ') }));
    print(translate('cli.case.redact.limits'));
    return EXIT.ran;
  });
}

/** `LEFT,TOP,WIDTH,HEIGHT` in pixels. */
function rectangleOf(text: string): Rectangle {
  const [, left, top, width, height] = /^(\d{1,6}),(\d{1,6}),(\d{1,6}),(\d{1,6})$/.exec(text.trim()) ?? [];
  if (height === undefined) throw new CommandError('rectangle', { value: text }, EXIT.wrongUsage);
  return { left: Number(left), top: Number(top), width: Number(width), height: Number(height) };
}

async function linesOf(path: string | undefined): Promise<string[]> {
  if (path === undefined) return [];
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) throw new CommandError('fileUnreadable', { path }, EXIT.couldNotRun);
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

export function caseVerify(
  code: string | undefined,
  options: Json & VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  return atDesk(options, context, async (desk) => {
    const problems = desk.vault.verify();
    const codes = code === undefined ? desk.vault.cases.list().map((own) => own.code) : [code];
    const checks: CaseCheck[] = [];
    for (const one of codes) checks.push(await desk.verify(one));
    const isWhole = problems.length === 0 && checks.every((check) => check.isWhole);
    if (options.json) {
      print(
        asJson({
          isWhole,
          vault: problems,
          cases: checks.map(({ case: own, log, items }) => ({ code: own.code, log, items })),
        }),
      );
      return isWhole ? EXIT.ran : EXIT.someEvidenceUnreadable;
    }
    for (const { place, detail } of problems)
      print(translate('cli.case.verify.vaultProblem', { place, detail }));
    for (const { case: own, log, items } of checks) {
      print(
        log.ok
          ? translate('cli.case.verify.logOk', { code: own.code, entries: log.entries })
          : translate('cli.case.verify.logBad', { code: own.code, seq: log.firstBadSeq ?? 0 }),
      );
      for (const { item, original, sealed } of items) {
        const copy =
          sealed === null
            ? ''
            : `; ${translate('cli.case.verify.sealed', { state: { word: `casework.sealed.${sealed}` } })}`;
        print(`  ${item.label}  ${item.originalName}: ${translate(`casework.originals.${original}`)}${copy}`);
      }
    }
    print(translate('cli.case.verify.limits'));
    return isWhole ? EXIT.ran : EXIT.someEvidenceUnreadable;
  });
}
