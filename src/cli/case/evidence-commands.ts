import { sealItem, unsealItem } from '../../casework/desk/case-sealing.js';
import type { CaseCheck } from '../../casework/desk/desk.js';
import { EXIT } from '../../core/exit-code.js';
import { print } from '../print.js';
import { atDesk, type SessionContext, type VaultOptions } from '../vault-session.js';
import { asJson, type Json } from './command-parts.js';

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
    const item = await unsealItem(desk, code, label, options.out);
    print(context.translate('cli.case.unseal.written', { label: item.label, path: options.out }));
    return EXIT.ran;
  });
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
