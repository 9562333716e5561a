import { compareText } from '../../core/compare-text.js';
import coreEn from '../../core/en.json' with { type: 'json' };
import coreEs from '../../core/es.json' with { type: 'json' };
import { createTranslator, flattenMessages, type Translator } from '../../core/language.js';
import type { ResultFinding } from '../../core/result.js';
import { defang } from '../../records/links.js';
import reportEn from '../../report/en.json' with { type: 'json' };
import reportEs from '../../report/es.json' with { type: 'json' };
import type { PrintBlock, PrintCell, PrintColumn, Run, Words } from '../../report/pdf/print-document.js';
import type { EvidenceItem } from '../model/evidence-item.js';
import type { DossierFact, DossierInput, DossierObservation, DossierRun } from './dossier-input.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import type { LegalPack } from './legal/legal-pack.js';

/** What every part of the dossier is written from. */
export interface DossierContext {
  readonly input: DossierInput;
  readonly pack: LegalPack | null;
  readonly translate: Translator;
  /** A text of this room. */
  readonly say: (key: string, values?: Parameters<Translator>[1]) => string;
  /** In order of date, those without one last; the number of a fact is its place here, from 1. */
  readonly facts: readonly DossierFact[];
  readonly findings: readonly CaseFinding[];
  readonly evidenceByLabel: ReadonlyMap<string, EvidenceItem>;
  readonly labelById: ReadonlyMap<string, string>;
  /** Evidence label -> first custody entry about it. */
  readonly firstEntry: ReadonlyMap<string, number>;
}

export interface CaseFinding {
  /** `R1 f3`. */
  readonly name: string;
  readonly run: DossierRun;
  readonly finding: ResultFinding;
  readonly observation: DossierObservation | null;
}

export function dossierContext(input: DossierInput, pack: LegalPack | null): DossierContext {
  const { language } = input;
  const messages = {
    ...flattenMessages(language === 'es' ? coreEs : coreEn),
    ...flattenMessages(language === 'es' ? reportEs : reportEn, 'report'),
    ...flattenMessages(language === 'es' ? es : en, 'dossier'),
  };
  const translate = createTranslator(language, messages, input.timeZone, defang);
  const observations = new Map(input.observations.map((one) => [one.finding, one]));
  const labelById = new Map(input.evidence.map(({ id, label }) => [id, label]));
  const firstEntry = new Map<string, number>();
  for (const { seq, evidenceId } of input.custody.entries) {
    const label = evidenceId === null ? undefined : labelById.get(evidenceId);
    if (label !== undefined && !firstEntry.has(label)) firstEntry.set(label, seq);
  }
  return {
    input,
    pack,
    translate,
    say: (key, values) => translate(`dossier.${key}`, values),
    facts: [...input.facts].sort(
      (a, b) => compareText(a.at ?? '~', b.at ?? '~') || compareText(a.text, b.text),
    ),
    findings: input.runs.flatMap((run) =>
      run.result.findings.map((finding) => {
        const name = `${run.id} ${finding.id}`;
        return { name, run, finding, observation: observations.get(name) ?? null };
      }),
    ),
    evidenceByLabel: new Map(input.evidence.map((item) => [item.label, item])),
    labelById,
    firstEntry,
  };
}

export function heading(level: 1 | 2 | 3, text: string): PrintBlock {
  return { kind: 'heading', level, text };
}

export function paragraph(words: Words): PrintBlock {
  return { kind: 'paragraph', words };
}

export function muted(words: Words): PrintBlock {
  return { kind: 'paragraph', look: 'muted', words };
}

export function code(text: string): Run {
  return { text, style: 'code' };
}

export function list(look: 'bullets' | 'numbers', items: readonly Words[]): PrintBlock[] {
  return items.length === 0 ? [] : [{ kind: 'list', look, items }];
}

export function table(
  caption: string,
  columns: readonly PrintColumn[],
  rows: readonly (readonly PrintCell[])[],
): PrintBlock[] {
  return rows.length === 0 ? [] : [{ kind: 'table', caption, columns, rows }];
}

/** A text that people recorded, or the word that nobody did. */
export function recorded(text: string, { say }: DossierContext): string {
  return text.trim() === '' ? say('notRecorded') : text;
}

/** `2016-07-12 22:03:00`: the form that needs no zone explained. */
export function utcWords(at: string): string {
  return at.replace('T', ' ').replace(/(?:\.\d+)?Z$/, '');
}
