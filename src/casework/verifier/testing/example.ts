/** The worked example of docs/custody-format.md: what Vigía itself makes of it, for the tests to hold the document against. */
import { canonicalise } from '../../custody/canonical-json.js';
import { type CustodyBody, type CustodyEntry, makeEntry } from '../../custody/custody-log.js';
import { publicKeyOf, signer } from '../../custody/keys.js';

/** RFC 8032, 7.1, test 1: a key that everybody has. */
const SEED = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');

export const EXAMPLE_KEY = publicKeyOf(SEED);

/** The one file of the example's data/. */
export const EXAMPLE_NOTE = 'Nota de entrega: una memoria USB.\n';

type Step = Omit<CustodyBody, 'seq' | 'prev'>;

const BASE = { clockSource: 'system', actor: 'op-01' } as const;

/** Three entries on two days. @param noteSha256 - of the file of data/ */
export function exampleLog(noteSha256: string, manifestSha256: string): CustodyEntry[] {
  const steps: readonly Step[] = [
    {
      ...BASE,
      at: '2026-05-04T16:20:00.000000Z',
      monotonicMs: 1000,
      action: 'receive',
      evidenceId: 'E-001',
      detail: { from: 'Ceiba', sha256: noteSha256, where: 'México' },
    },
    {
      ...BASE,
      at: '2026-05-04T16:21:30.500000Z',
      monotonicMs: 91_500.5,
      action: 'verify-ok',
      evidenceId: 'E-001',
      detail: { sha256: noteSha256 },
    },
    {
      ...BASE,
      at: '2026-05-05T09:00:00.000000Z',
      monotonicMs: 2000,
      action: 'export',
      evidenceId: null,
      detail: { manifestSha256 },
    },
  ];
  const entries: CustodyEntry[] = [];
  for (const step of steps) entries.push(makeEntry(entries.at(-1) ?? null, step, signer(SEED)));
  return entries;
}

/** The text of a log, as it lies in a file. */
export function logText(entries: readonly CustodyEntry[]): string {
  return entries.map((entry) => `${canonicalise({ ...entry })}\n`).join('');
}
