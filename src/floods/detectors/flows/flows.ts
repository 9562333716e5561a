import { compareText } from '../../../core/compare-text.js';
import type { Detection, Detector, FindingDraft, FindingReason, Tally } from '../../../core/contracts.js';
import { fromUnixMicroseconds } from '../../../core/time.js';
import { type PacketSource, PacketTraffic } from '../../../records/tallies/packet-traffic.js';

const MEGABYTE = 1_000_000;
const MAX_PLACES = 50;

/**
 * What exported flows hold (NetFlow, IPFIX, tables of nfdump), what was looked for in them, and what flows cannot show: a report
 * without a flood must not be read as "there was no attack". One finding for all files of flows together, which says nothing
 * against anybody. Captures have an overview of their own.
 *
 * `details`: `flows`, `packets`, `bytes`, `firstAt`, `lastAt`, `files` (`path`, `flows`, `packets`, `bytes`, `firstAt`,
 * `lastAt`, `sampling`). No address.
 */
export const detector: Detector = {
  id: 'floods/flows',
  version: 1,
  watches: [],
  tallies: ['packet-traffic'],
  references: [
    'https://www.rfc-editor.org/rfc/rfc7011',
    'https://www.rfc-editor.org/rfc/rfc3954',
    'https://github.com/phaag/nfdump',
  ],
  start: () => new Flows(),
};

class Flows implements Detection {
  #traffic: PacketTraffic | null = null;

  see(): void {}

  weigh(tally: Tally): void {
    if (tally instanceof PacketTraffic) this.#traffic = tally;
  }

  end(): readonly FindingDraft[] {
    const traffic = this.#traffic;
    const files = (traffic?.sources ?? [])
      .filter(({ place, flows }) => place !== 'frame' && flows > 0)
      .sort((a, b) => compareText(a.evidence, b.evidence) || compareText(a.path, b.path));
    return traffic === null || files.length === 0 ? [] : [overviewOf(files, traffic.dropped.destinations)];
  }
}

function overviewOf(files: readonly PacketSource[], dropped: number): FindingDraft {
  const sum = (of: (file: PacketSource) => number): number =>
    files.reduce((total, file) => total + of(file), 0);
  const flows = sum((file) => file.flows);
  const packets = sum((file) => file.packets);
  const bytes = sum((file) => file.bytes);
  const firstAt = fromUnixMicroseconds(Math.min(...files.map(({ firstMicros }) => firstMicros)));
  const lastAt = fromUnixMicroseconds(Math.max(...files.map(({ lastMicros }) => lastMicros)));
  return {
    severity: 'info',
    confidence: 'high',
    shows: 'advice',
    values: {
      files: files.length,
      flows,
      packets,
      megabytes: bytes >= 10 * MEGABYTE ? Math.round(bytes / MEGABYTE) : Math.ceil(bytes / 1e5) / 10,
      hasTime: firstAt !== null && lastAt !== null,
      from: { time: firstAt ?? '' },
      to: { time: lastAt ?? '' },
    },
    at: firstAt,
    reasons: limitsOf(files, dropped, firstAt !== null),
    details: {
      flows,
      packets,
      bytes,
      firstAt,
      lastAt,
      files: files.map(({ path, firstMicros, lastMicros, sampling, ...counts }) => ({
        path,
        flows: counts.flows,
        packets: counts.packets,
        bytes: counts.bytes,
        firstAt: fromUnixMicroseconds(firstMicros),
        lastAt: fromUnixMicroseconds(lastMicros),
        sampling,
      })),
    },
    evidence: files.slice(0, MAX_PLACES).map(({ evidence, path }) => ({ evidence, path, locator: '' })),
  };
}

/** What was looked for, and what flows do not show. */
function limitsOf(files: readonly PacketSource[], dropped: number, hasTime: boolean): FindingReason[] {
  const sampling = Math.max(...files.map((file) => file.sampling));
  const reasons: FindingReason[] = [
    { code: 'compared', values: {} },
    { code: 'limit-content', values: {} },
    { code: 'limit-moments', values: {} },
    { code: 'limit-sources', values: {} },
  ];
  const add = (code: string, values: FindingReason['values'], holds: boolean): void => {
    if (holds) reasons.push({ code, values });
  };
  add('limit-sampled', { sampling }, sampling > 1);
  add('limit-several', { files: files.length }, files.length > 1);
  add('limit-undated', {}, !hasTime);
  add('limit-destinations', { count: dropped }, dropped > 0);
  return reasons;
}
