/** What the commands of cases share. */
import { writeFile } from 'node:fs/promises';
import type { CalendarEntry } from '../../casework/correlation/correlate.js';
import type { Desk } from '../../casework/desk/desk.js';
import { DeskError } from '../../casework/desk/desk-error.js';
import { loadCalendar } from '../../check/calendar.js';
import { refuseOutputInEvidence } from '../../check/output-guard.js';
import { compareText } from '../../core/compare-text.js';
import type { Translator } from '../../core/language.js';
import { fromDate } from '../../core/time.js';
import { OutputError } from '../../report/outputs.js';

export interface Json {
  readonly json?: boolean;
}

export function asJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** Nothing is written into evidence, nor into the vault. @throws OutputInEvidenceError */
export async function refuseOutput({ vault }: Desk, folder: string): Promise<void> {
  const items = vault.cases.list().flatMap(({ id }) => vault.evidence.list(id));
  const places = items.map(({ referencePath }) => referencePath).filter((path) => path !== '');
  await refuseOutputInEvidence(folder, [vault.dir, ...places], []);
}

/** @throws DeskError when it is there already */
export async function writeNew(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(path, content, { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new DeskError('output-exists', path);
    throw new OutputError(path, error);
  });
}

export async function calendarOf(
  { events, hearings }: { readonly events?: string; readonly hearings?: string },
  translate: Translator,
): Promise<CalendarEntry[]> {
  const entries: CalendarEntry[] = [];
  for (const [path, kind] of [
    [events, 'publication'],
    [hearings, 'hearing'],
  ] as const) {
    if (path === undefined) continue;
    for (const { at, title } of await loadCalendar(path, { timeZone: translate.timeZone })) {
      const time = new Date(at);
      const stored = Number.isNaN(time.getTime()) ? null : fromDate(time);
      if (stored !== null) entries.push({ at: stored, title, kind, caseCode: null });
    }
  }
  return entries.sort((a, b) => compareText(a.at, b.at));
}
