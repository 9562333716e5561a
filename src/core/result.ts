/**
 * The result document `vigia.result/1`: the one thing other programs read. Fields are only ever added.
 * Its JSON Schema in `schemas/` is generated from these types.
 */
import { z } from 'zod';
import { CONFIDENCES, LANGUAGES, SEVERITIES, TIME_PRECISIONS } from './contracts.js';
import { INDICATOR_TYPES } from './indicator.js';

export const RESULT_SCHEMA_ID = 'vigia.result/1';

const pointerSchema = z.object({
  evidence: z.string().describe('Id of the evidence, e1, e2 …'),
  path: z.string().describe('Path inside the evidence, "/" between parts'),
  locator: z
    .string()
    .describe('Place in the file: table and row, line, byte, key path; empty = the whole file'),
});

const problemSchema = z.object({
  code: z.string().describe('Stable kebab-case code'),
  effect: z
    .enum(['lost', 'note'])
    .describe('lost: content no detector saw because of it; note: nothing was lost'),
  message: z.string().describe('The sentence for people, in the language of the document'),
  path: z.string(),
  locator: z.string(),
  count: z.number().int().positive(),
});

export type ResultProblem = z.infer<typeof problemSchema>;

const evidenceSchema = z.object({
  id: z.string(),
  path: z.string().describe('As given; for evidence found inside other evidence, "!/" and the path inside'),
  kind: z.string().describe('folder, file, zip, tar, tar.gz, gz, ios-backup …'),
  sha256: z
    .string()
    .nullable()
    .describe(
      'Of the bytes of a file. Of a folder: of the lines "<sha256>  <path>\\n" of its files, sorted by path. Null when it lies inside other evidence or could not be read',
    ),
  sizeBytes: z.number().nonnegative(),
  details: z.record(z.string(), z.unknown()),
  problems: z.array(problemSchema).describe('Met while opening it'),
});

export type ResultEvidence = z.infer<typeof evidenceSchema>;

export const COVERAGE_STATUSES = ['read', 'empty', 'absent', 'unreadable', 'partial', 'encrypted'] as const;

const coverageSchema = z.object({
  evidence: z.string(),
  reader: z.string(),
  name: z.string().describe('What the reader reads, in plain words'),
  artifact: z
    .string()
    .describe(
      'Path of the artifact, or where it was expected when absent; ** for every file of the evidence',
    ),
  status: z.enum(COVERAGE_STATUSES),
  sweep: z
    .literal(true)
    .optional()
    .describe('Every file was compared by place, hash and rules; none was read as what it is'),
  records: z.record(z.string(), z.number().int().nonnegative()).describe('Record kind -> number'),
  passedOver: z
    .record(z.string(), z.number().int().nonnegative())
    .optional()
    .describe(
      'Record kind -> number of entries that were read and compared and fit nothing, so have no record',
    ),
  firstAt: z.string().nullable(),
  lastAt: z.string().nullable(),
  precision: z
    .enum(['day', 'month'])
    .optional()
    .describe('How fine the times are known, where some are known to the day or month only'),
  problems: z.array(problemSchema),
});

export type ResultCoverage = z.infer<typeof coverageSchema>;
export type CoverageStatus = ResultCoverage['status'];

const feedSchema = z.object({
  feed: z.string(),
  families: z.array(z.string()),
  count: z.number().int().nonnegative(),
  sha256: z.string(),
  file: z.string(),
  licence: z.string().nullable(),
  importedAt: z
    .string()
    .nullable()
    .describe('When it entered the local store; null when given with --indicators'),
  problems: z.array(problemSchema),
});

export type ResultFeed = z.infer<typeof feedSchema>;

const peopleOverTimeSchema = z
  .object({
    kind: z.literal('people-over-time'),
    rows: z.array(z.string()),
    marks: z.array(
      z.object({
        row: z.number().int().nonnegative(),
        at: z.string(),
        severity: z.enum(SEVERITIES),
        group: z.string(),
      }),
    ),
  })
  .describe('Events of several people over time');

const serversSchema = z
  .object({
    kind: z.literal('servers'),
    bars: z.array(z.object({ label: z.string(), count: z.number().int().nonnegative() })),
    spans: z.array(
      z.object({
        label: z.string(),
        from: z.string(),
        to: z.string().nullable(),
        severity: z.enum(SEVERITIES),
      }),
    ),
  })
  .describe('Where servers stand, and from when to when each was seen');

const conversationsSchema = z
  .object({
    kind: z.literal('conversations'),
    devices: z.array(z.string()),
    conversations: z.array(
      z.object({
        device: z.number().int().nonnegative(),
        host: z.string(),
        addresses: z.array(z.string()),
        protocols: z.array(z.string()),
        connections: z.number().int().nonnegative(),
        firstAt: z.string().nullable(),
        lastAt: z.string().nullable(),
        sentBytes: z.number().nullable(),
        receivedBytes: z.number().nullable(),
        locator: z.string(),
        severity: z.enum(SEVERITIES).nullable(),
      }),
    ),
    leftOut: z.number().int().nonnegative(),
  })
  .describe('Who talked to whom in captured traffic');

const intervalsSchema = z
  .object({
    kind: z.literal('intervals'),
    rows: z.array(
      z.object({
        label: z.string(),
        moments: z.array(z.string()),
        intervalSeconds: z.number(),
        severity: z.enum(SEVERITIES),
      }),
    ),
    from: z.string(),
    to: z.string(),
  })
  .describe('Moments that come at even distances');

const trafficSchema = z
  .object({
    kind: z.literal('traffic'),
    from: z.string(),
    stepSeconds: z.number().positive(),
    perMinute: z.array(z.number().nonnegative()),
    usual: z.array(z.number().nonnegative().nullable()),
    failed: z.array(z.number().nonnegative()),
    spans: z.array(
      z.object({
        from: z.string(),
        to: z.string(),
        severity: z.enum(SEVERITIES),
        label: z.string().optional().describe('What it is, where there are several'),
      }),
    ),
  })
  .describe('Requests to a site over time');

const findingSchema = z.object({
  id: z.string(),
  detector: z.string(),
  version: z.number().int().positive(),
  severity: z.enum(SEVERITIES),
  confidence: z.enum(CONFIDENCES),
  at: z.string().nullable(),
  atPrecision: z
    .enum(TIME_PRECISIONS)
    .optional()
    .describe('How fine `at` is known, where that is less than a second'),
  title: z.string(),
  explanation: z.string(),
  benignCauses: z.array(z.string()),
  nextSteps: z.array(z.string()),
  technique: z.string().nullable().describe('MITRE ATT&CK technique id'),
  indicator: z
    .object({
      type: z.enum(INDICATOR_TYPES),
      value: z.string().describe('As published, not defanged'),
      family: z.string(),
      feed: z.string(),
      sources: z
        .array(z.object({ feed: z.string(), family: z.string(), file: z.string() }))
        .optional()
        .describe('All feeds that list it, when more than one does'),
    })
    .nullable(),
  subjects: z.array(z.string()).describe('People or devices concerned, as pseudonyms'),
  reasons: z
    .array(
      z.object({
        code: z.string().describe('Stable kebab-case code'),
        points: z
          .number()
          .nullable()
          .describe('What it adds to the score; null for a reason that decides alone'),
        text: z.string(),
      }),
    )
    .optional()
    .describe('Why, one by one, for findings that weigh several reasons'),
  details: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Facts for programs; which ones is up to the detector'),
  picture: z
    .discriminatedUnion('kind', [
      peopleOverTimeSchema,
      serversSchema,
      conversationsSchema,
      intervalsSchema,
      trafficSchema,
    ])
    .optional()
    .describe('Drawn in the report'),
  attachments: z
    .array(z.object({ name: z.string(), text: z.string() }))
    .optional()
    .describe('Files that go with it: letters to send, documents for other programs'),
  evidence: z.array(pointerSchema).min(1),
  evidenceTotal: z
    .number()
    .int()
    .positive()
    .describe('Number of places, of which `evidence` lists at most 1,000'),
});

export type ResultFinding = z.infer<typeof findingSchema>;

export const resultSchema = z.object({
  schema: z.literal(RESULT_SCHEMA_ID),
  tool: z.object({
    name: z.literal('vigia'),
    version: z.string(),
    startedAt: z.string(),
    finishedAt: z.string(),
    language: z.enum(LANGUAGES),
    timeZone: z.string(),
  }),
  consent: z.string().nullable(),
  evidence: z.array(evidenceSchema),
  coverage: z.array(coverageSchema),
  counts: z.record(z.string(), z.number().int().nonnegative()),
  indicators: z.array(feedSchema),
  findings: z.array(findingSchema),
  verdict: z
    .object({
      code: z.enum([
        'trace',
        'targeted',
        'site-attacked',
        'unclear',
        'infrastructure',
        'none',
        'none-on-site',
        'only-compared',
        'nothing-read',
      ]),
      text: z.string().describe('One or two sentences, never stronger than what is shown'),
      coverage: z.string().describe('What was read and what was not, in a sentence'),
    })
    .describe('The line on top of every report'),
});

export type Result = z.infer<typeof resultSchema>;
export type VerdictCode = Result['verdict']['code'];
