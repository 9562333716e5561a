import { type Translator, visibleText } from '../core/language.js';
import type { Result, ResultCoverage, ResultEvidence, ResultProblem } from '../core/result.js';

/** What to say about one piece of evidence besides its name: encrypted or not, files nobody recognised. */
export function evidenceNotes(item: ResultEvidence, translate: Translator): string[] {
  const notes: string[] = [];
  const { encrypted, unrecognisedFiles, unrecognisedExamples, notProbedFiles } = item.details;
  if (encrypted === true) notes.push(translate('report.details.encrypted'));
  if (encrypted === false) notes.push(translate('report.details.plain'));
  if (typeof unrecognisedFiles === 'number' && unrecognisedFiles > 0) {
    const names = Array.isArray(unrecognisedExamples) ? unrecognisedExamples.slice(0, 5).map(String) : [];
    const examples = names.length === 0 ? 'none' : visibleText(names.join(', '));
    notes.push(translate('report.details.unrecognisedFiles', { count: unrecognisedFiles, examples }));
  }
  if (typeof notProbedFiles === 'number' && notProbedFiles > 0) {
    notes.push(translate('report.details.notProbedFiles', { count: notProbedFiles }));
  }
  return notes;
}

/** Problems worth a line of their own under the coverage table; those of absent parts are said in groups. */
export function coverageNotes(entry: ResultCoverage): ResultProblem[] {
  return entry.status === 'absent' ? [] : entry.problems;
}

/** Absent parts in at most two sentences: what only encrypted backups hold, and the rest. */
export function absentGroups(result: Result, translate: Translator): string[] {
  const encryptedOnly: string[] = [];
  const rest: string[] = [];
  for (const entry of result.coverage) {
    if (entry.status !== 'absent') continue;
    const isEncryptedOnly = entry.problems.some((problem) => problem.code === 'encrypted-backups-only');
    (isEncryptedOnly ? encryptedOnly : rest).push(entry.name);
  }
  const sentences: string[] = [];
  const say = (id: string, names: string[]): void => {
    const distinct = [...new Set(names)];
    if (distinct.length > 0)
      sentences.push(translate(id, { count: distinct.length, names: distinct.join('; ') }));
  };
  say('report.absentParts', rest);
  say('report.absentEncryptedOnly', encryptedOnly);
  return sentences;
}
