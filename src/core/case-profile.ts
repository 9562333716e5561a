/**
 * What an analyst knows about a case and tells Vigía beside the evidence: the people concerned, names that make a
 * message personal, how to read dates, what was published when. Stays on the machine; nothing of it is written into results
 * but the codes and the titles of publications.
 */
import { z } from 'zod';

const names = z.array(z.string().trim().min(1).max(200)).max(1_000).default([]);

const personSchema = z.strictObject({
  /** Pseudonym shown in reports: `P1`. */
  code: z.string().trim().min(1).max(60),
  /** Names and nicknames the person goes by. */
  names,
  /** Phone numbers, e-mail addresses and accounts of the person. */
  addresses: names,
  /** Globs of the files (inside what was given) that are this person's: `jimena/**`. */
  files: names,
});

const brandSchema = z.strictObject({
  /** As people write it. */
  name: z.string().trim().min(1).max(100),
  /** Lower-case words that stand for it in host names; left out: the name without spaces and accents. */
  tokens: names,
  /** Its true registrable domains. */
  domains: z.array(z.string().trim().min(3).max(253)).min(1).max(200),
});

const publicationSchema = z.strictObject({
  /** When, as people write it: `2026-03-05 14:00`, `5/3/2026`. Of a day alone nobody knows the hour. */
  at: z.string().trim().min(6).max(60),
  title: z.string().trim().min(1).max(300),
  /** IANA zone of `at` where it names none; left out, that of the profile. */
  timeZone: z
    .string()
    .refine((zone) => isTimeZone(zone), { error: 'unknown time zone' })
    .optional(),
});

/** Something the people of the case published, or that they took part in. */
export type Publication = z.infer<typeof publicationSchema>;

/** More than this is no calendar. */
export const MAX_PUBLICATIONS = 10_000;

export const caseProfileSchema = z.strictObject({
  people: z.array(personSchema).max(10_000).default([]),
  /** Organisations, media and collectives the people belong to. */
  organisations: names,
  /** Colleagues, relatives and sources whose names would make a message personal. */
  colleagues: names,
  /** Cases, investigations and places of their work. */
  topics: names,
  /** Numbers and addresses known to be harmless; their messages are never called unknown. */
  knownSenders: names,
  /** Further brands to watch for imitations, besides the list that comes with Vigía. */
  brands: z.array(brandSchema).max(10_000).default([]),
  /** What was published when, court dates, protests: held against the times of attacks. */
  publications: z.array(publicationSchema).max(MAX_PUBLICATIONS).default([]),
  /** Order of day and month in dates such as 03/04/21 that a file does not explain. */
  dateOrder: z.enum(['day-first', 'month-first']).optional(),
  /** IANA zone of local times that a file does not explain. */
  timeZone: z
    .string()
    .refine((zone) => isTimeZone(zone), { error: 'unknown time zone' })
    .optional(),
});

export type CaseProfile = z.infer<typeof caseProfileSchema>;

/** Nothing known about the case. */
export const EMPTY_PROFILE: CaseProfile = caseProfileSchema.parse({});

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    // Intl has no milder way to ask.
    return false;
  }
}
