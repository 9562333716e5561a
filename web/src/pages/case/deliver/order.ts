import { useQueries, useQuery } from '@tanstack/react-query';
import { type ApiFailure, post } from '../../../api/client.js';
import type { ExportAnswer } from '../../../api/paths.js';

export const PURPOSES = [
  'client',
  'share',
  'indicators',
  'complaint',
  'press',
  'press-named',
  'own-backup',
] as const;
export type Purpose = (typeof PURPOSES)[number];

/** Made of the whole case, whatever the profile says; the others go through it. */
export const WHOLE_FORMATS = ['dossier', 'bundle'] as const;
export const PART_FORMATS = [
  'csv-indicators',
  'csv-findings',
  'timesketch-csv',
  'timesketch-jsonl',
  'stix',
  'misp',
  'alerts',
] as const;
export type Format = (typeof WHOLE_FORMATS)[number] | (typeof PART_FORMATS)[number];

/** What was chosen so far; `` and none: not yet. Kept in memory only. */
export interface Order {
  readonly purpose: Purpose | '';
  readonly recipient: string;
  readonly profile: string;
  readonly formats: readonly Format[];
  readonly named: 'yes' | 'no' | '';
  readonly approvedBy: string;
  readonly withEvidence: boolean;
  /** Public age keys, one a line. */
  readonly sealTo: string;
}

export const NOTHING_CHOSEN: Order = {
  purpose: '',
  recipient: '',
  profile: '',
  formats: [],
  named: '',
  approvedBy: '',
  withEvidence: false,
  sealTo: '',
};

/** Refusals that an answer further down still can remove. */
const CAN_BE_ANSWERED: readonly (string | null)[] = [null, 'recipient-not-named', 'second-person-needed'];

export function keysOf({ sealTo }: Order): string[] {
  return sealTo
    .split(/\s+/)
    .map((key) => key.trim())
    .filter((key) => key !== '');
}

/** Whether the profile decides anything of it. */
export function isRedacted({ formats }: Order): boolean {
  return PART_FORMATS.some((format) => formats.includes(format));
}

/** @param profile of the files that leave whole: any, as none is applied to them */
export function bodyOf(code: string, order: Order, dryRun: boolean, preview: readonly string[] = []) {
  return {
    caseCode: code,
    profile: isRedacted(order) ? order.profile : 'for-prosecutor',
    formats: [...order.formats],
    purpose: order.purpose,
    recipient: order.recipient.trim(),
    named: order.named === 'yes',
    approvedBy: order.approvedBy.trim(),
    withEvidence: order.withEvidence,
    sealTo: order.formats.includes('bundle') ? keysOf(order) : [],
    dryRun,
    ...(preview.length > 0 ? { preview: [...preview] } : {}),
  };
}

const ask = (body: object, signal: AbortSignal): Promise<ExportAnswer> =>
  post<ExportAnswer>('/exports', body, signal);

/** For each purpose why nothing may leave for it, whoever receives it; null when it may; left out while it is asked. */
export function useRefusals(code: string): ReadonlyMap<Purpose, string | null> {
  const answers = useQueries({
    queries: PURPOSES.map((purpose) => {
      const body = bodyOf(
        code,
        { ...NOTHING_CHOSEN, purpose, formats: ['csv-indicators'], profile: 'indicators-only' },
        true,
      );
      return {
        queryKey: ['/exports', body],
        queryFn: ({ signal }: { signal: AbortSignal }) => ask(body, signal),
      };
    }),
  });
  const refusals = new Map<Purpose, string | null>();
  for (const [index, purpose] of PURPOSES.entries()) {
    const answer = answers[index]?.data;
    if (answer) refusals.set(purpose, CAN_BE_ANSWERED.includes(answer.refused) ? null : answer.refused);
  }
  return refusals;
}

/** What the gate says to the order as it stands. */
export function useDryRun(code: string, order: Order, isWanted: boolean) {
  const body = bodyOf(code, order, true);
  return useQuery<ExportAnswer, ApiFailure>({
    queryKey: ['/exports', body],
    queryFn: ({ signal }) => ask(body, signal),
    enabled: isWanted,
  });
}
