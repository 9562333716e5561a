import { compareText } from '../../../../core/compare-text.js';
import type { FindingDraft, Severity } from '../../../../core/contracts.js';
import { SampledMap } from '../../../../core/sampled-map.js';
import { Smallest } from '../../../../core/smallest.js';
import type { IdsAlert } from '../../../../records/kinds/ids-alert.js';
import { endText } from '../../../../records/network-ends.js';
import { compareSeen, type SeenAt } from '../../tables/places.js';

const MAX_SIGNATURES = 500;
const MAX_PLACES = 100;
const MAX_ENDS = 20;
const MAX_NAMED = 5;
const MAX_LETTERS = 300;

/** Names as their makers write them. */
const ENGINES: ReadonlyMap<string, string> = new Map([
  ['suricata', 'Suricata'],
  ['zeek', 'Zeek'],
  ['snort', 'Snort'],
]);

/** Categories that tell of packets that do not parse, not of anybody (classification.config of Suricata). */
const NOISE: ReadonlySet<string> = new Set([
  'generic protocol command decode',
  'not suspicious traffic',
  'misc activity',
]);

interface Signature {
  readonly first: Pick<IdsAlert, 'engine' | 'signatureId' | 'signature' | 'category' | 'priority'>;
  readonly evidence: string;
  count: number;
  gravest: number | null;
  blocked: number;
  readonly places: Smallest<SeenAt>;
  readonly ends: Smallest<string>;
}

/** Alerts of other programs, one finding for each of their rules (SNORT-01). */
export class Alerts {
  readonly #signatures = new SampledMap<Signature>(MAX_SIGNATURES);

  see(alert: IdsAlert): void {
    const { at, source, engine, signatureId, signature, category, priority, action } = alert;
    const key = JSON.stringify([source.evidence, engine, signatureId, signature, category]);
    const known = this.#signatures.at(key, () => ({
      first: { engine, signatureId, signature, category, priority },
      evidence: source.evidence,
      count: 0,
      gravest: null,
      blocked: 0,
      places: new Smallest(MAX_PLACES, compareSeen),
      ends: new Smallest(MAX_ENDS, compareText),
    }));
    if (known === null) return;
    known.count += 1;
    if (priority !== null) known.gravest = Math.min(known.gravest ?? priority, priority);
    if (action === 'blocked') known.blocked += 1;
    known.places.add({ at, source });
    known.ends.add(
      `${endText(alert.clientAddress, alert.clientPort)} > ${alert.host ?? endText(alert.serverAddress, alert.serverPort)}`,
    );
  }

  findings(): FindingDraft[] {
    const all = [...this.#signatures.values()].sort(
      (a, b) =>
        compareText(a.evidence, b.evidence) ||
        compareText(a.first.engine, b.first.engine) ||
        (a.gravest ?? 9) - (b.gravest ?? 9) ||
        compareText(a.first.signature, b.first.signature) ||
        compareText(a.first.category ?? '', b.first.category ?? '') ||
        (a.first.signatureId ?? -1) - (b.first.signatureId ?? -1),
    );
    return all.map((signature) => findingOf(signature, this.#signatures.aboutLeftOut));
  }
}

/** By the rule's own priority; what only says that packets are odd is context. */
export function severityOfAlert({ category, priority }: Pick<IdsAlert, 'category' | 'priority'>): Severity {
  if (category !== null && NOISE.has(category.toLowerCase())) return 'info';
  switch (priority) {
    case 1:
      return 'high';
    case 2:
      return 'medium';
    case null:
    case 3:
      return 'low';
    default:
      return 'info';
  }
}

function findingOf(
  { first, count, gravest, blocked, places, ends }: Signature,
  leftOut: number,
): FindingDraft {
  const { engine, signatureId, signature, category } = first;
  const severity = severityOfAlert({ category, priority: gravest });
  const kept = places.values();
  const name = ENGINES.get(engine.toLowerCase()) ?? engine;
  const values = {
    alias: 'SNORT-01',
    engine: name,
    signature: shortened(signature),
    hasNumber: signatureId === null ? 'no' : 'yes',
    number: String(signatureId ?? ''),
    hasCategory: category === null || category === '' ? 'no' : 'yes',
    category: shortened(category ?? ''),
    hasPriority: gravest === null ? 'no' : 'yes',
    priority: gravest ?? 0,
    count,
    blocked,
    ends: { list: ends.values().slice(0, MAX_NAMED) },
    hasMoreEnds: ends.isCut || ends.values().length > MAX_NAMED ? 'yes' : 'no',
    leftOut,
  };
  return {
    severity,
    confidence: severity === 'high' || severity === 'medium' ? 'medium' : 'low',
    shows: severity === 'info' ? 'advice' : 'oddity',
    variant: 'ids-alert',
    values,
    at: kept[0]?.at ?? null,
    reasons: [{ code: 'ids-alert', values }],
    details: {
      aliases: ['SNORT-01'],
      engine,
      signatureId,
      signature,
      category,
      priority: gravest,
      count,
      blocked,
      ends: ends.values(),
    },
    evidence: kept.map(({ source }) => source),
  };
}

function shortened(text: string): string {
  return text.length > MAX_LETTERS ? `${text.slice(0, MAX_LETTERS)}…` : text;
}
