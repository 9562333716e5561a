/** Legal tests of one jurisdiction as dated data: facts for counsel to confirm, never a judgement. */
import { z } from 'zod';
import mx from './mx.json' with { type: 'json' };

const both = z.object({ es: z.string().min(1), en: z.string().min(1) });

/**
 * How well a statement of law is known: from a secondary source, from memory, or our own proposal. None of them was
 * compared with the text in force.
 */
const basis = z.enum(['secondary', 'recalled', 'proposal']);
const sourced = z.object({ text: both, basis, source: both });

const testSchema = z.object({
  id: z.string(),
  group: z.string(),
  article: both,
  /** As the source puts it, in its own language. */
  quote: z.string().optional(),
  question: both,
  /** What this dossier cannot say, and who could. */
  gap: both,
  /** Facts of these kinds are listed beside it, besides those that somebody marked as bearing on it. */
  factKinds: z.array(z.enum(['technique', 'publication', 'hearing', 'case-event'])),
  basis,
  source: both,
});

const LINES = ['affected', 'origin', 'senders', 'malware', 'vendor'] as const;

const legalPackSchema = z
  .object({
    id: z.string(),
    /** ISO 3166-1 alpha-2. */
    jurisdiction: z.string(),
    /** Day the pack was put together. */
    date: z.iso.date(),
    name: both,
    competence: z.array(sourced),
    /** Lines of inquiry the authority announced, in its order; empty where there are none. */
    lines: z.array(z.object({ id: z.enum(LINES), title: both })),
    linesSource: z.object({ basis, source: both }),
    tests: z.array(testSchema),
    groups: z.record(z.string(), both),
    requests: z.array(sourced),
  })
  .refine(({ tests, groups }) => tests.every(({ group }) => Object.hasOwn(groups, group)));

export type LegalPack = z.infer<typeof legalPackSchema>;

const PACKS: Readonly<Record<string, LegalPack>> = { MX: legalPackSchema.parse(mx) };

/** The pack of a country, or null where none is written yet. */
export function legalPackOf(country: string): LegalPack | null {
  return Object.hasOwn(PACKS, country) ? (PACKS[country] ?? null) : null;
}
