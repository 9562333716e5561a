/** Broken rules put together by client, for detectors: bounded, and the same whatever order the records come in. */
import { compareText } from '../../core/compare-text.js';
import type { Pointer } from '../../core/contracts.js';
import { SampledMap } from '../../core/sampled-map.js';
import { Smallest } from '../../core/smallest.js';
import type { RuleOverflow } from '../../records/kinds/rule-overflow.js';
import { type AddressWords, readAddress } from '../hits/client-address.js';
import { isProxyAddress, knownClient } from '../known/known-clients.js';
import type { TrafficView } from '../traffic/shape.js';

const MAX_CLIENTS = 20_000;
const MAX_RULES = 40;
const MAX_PATHS = 10;
const MAX_PLACES = 5;

/** What one client did against one rule. */
export interface CaseRule {
  events: number;
  overflows: number;
  /** Answers by status. */
  readonly statuses: Map<number, number>;
}

/** What one client did. */
export class ClientCase {
  readonly rules = new SampledMap<CaseRule & { readonly rule: string }>(MAX_RULES);
  readonly paths = new Smallest<string>(MAX_PATHS, compareText);
  readonly places = new Smallest<{ readonly at: string; readonly source: Pointer }>(
    MAX_PLACES,
    comparePlaces,
  );
  events = 0;
  firstAt: string | null = null;
  lastAt: string | null = null;
  readonly words: Readonly<AddressWords>;

  constructor(readonly client: string) {
    this.words = wordsOf(client);
  }

  add(record: RuleOverflow): void {
    this.events += record.events;
    if (record.firstAt !== null && (this.firstAt === null || record.firstAt < this.firstAt))
      this.firstAt = record.firstAt;
    if (record.lastAt !== null && (this.lastAt === null || record.lastAt > this.lastAt))
      this.lastAt = record.lastAt;
    for (const path of record.samplePaths) this.paths.add(path);
    this.places.add({ at: record.at ?? '', source: record.source });
    const rule = this.rules.at(record.rule, () => ({
      rule: record.rule,
      events: 0,
      overflows: 0,
      statuses: new Map(),
    }));
    if (rule === null) return;
    rule.events += record.events;
    rule.overflows += record.overflows;
    for (const { status, count } of record.statuses) {
      rule.statuses.set(status, (rule.statuses.get(status) ?? 0) + count);
    }
  }

  /** Most events first. */
  rulesInOrder(): readonly (CaseRule & { readonly rule: string })[] {
    return [...this.rules.values()].sort((a, b) => b.events - a.events || compareText(a.rule, b.rule));
  }

  /** A known service, by its address: it asks for what others link to. */
  get isKnownService(): boolean {
    const { ipVersion, ip0, ip1 } = this.words;
    if (ipVersion === 0) return false;
    const known = knownClient(ipVersion, ip0, ip1);
    return known !== null && known.kind !== 'cdn' && known.kind !== 'guard';
  }

  /** An address of a content network, or a private one: others may be behind it. */
  get isProxy(): boolean {
    const { ipVersion, ip0, ip1, ip2, ip3 } = this.words;
    return ipVersion !== 0 && isProxyAddress(ipVersion, ip0, ip1, ip2, ip3);
  }
}

export class RuleCases {
  readonly #clients = new SampledMap<ClientCase>(MAX_CLIENTS);

  add(record: RuleOverflow): void {
    // A rule that lets somebody in says nothing against them.
    if (record.client === null || record.decision === 'allow') return;
    const { client } = record;
    this.#clients.at(client, () => new ClientCase(client))?.add(record);
  }

  /** Most events first. */
  inOrder(): readonly ClientCase[] {
    return [...this.#clients.values()].sort((a, b) => b.events - a.events || compareText(a.client, b.client));
  }

  get aboutLeftOut(): number {
    return this.#clients.aboutLeftOut;
  }
}

/** The row of counted traffic of each client: of an IPv6 address, that of its /64. */
export function rowsOf(view: TrafficView, cases: readonly ClientCase[]): ReadonlyMap<ClientCase, number> {
  const wanted = new Map<number, ClientCase[]>();
  for (const each of cases) {
    if (each.words.ipVersion === 0) continue;
    const same = wanted.get(each.words.ip0);
    if (same) same.push(each);
    else wanted.set(each.words.ip0, [each]);
  }
  const rows = new Map<ClientCase, number>();
  if (wanted.size === 0) return rows;
  for (let row = 0; row < view.clients.size; row += 1) {
    const { ipVersion, ip0, ip1 } = view.clientAddress(row);
    for (const each of wanted.get(ip0) ?? []) {
      if (each.words.ipVersion === ipVersion && (ipVersion === 4 || each.words.ip1 === ip1))
        rows.set(each, row);
    }
  }
  return rows;
}

/** Words of an address as text; version 0 for anything else. */
export function wordsOf(address: string): AddressWords {
  const words: AddressWords = { ipVersion: 0, ip0: 0, ip1: 0, ip2: 0, ip3: 0 };
  const bytes = Buffer.from(address.slice(0, 100));
  readAddress(bytes, 0, bytes.length, words);
  return words;
}

function comparePlaces(
  a: { readonly at: string; readonly source: Pointer },
  b: { readonly at: string; readonly source: Pointer },
): number {
  return (
    compareText(a.at, b.at) ||
    compareText(a.source.evidence, b.source.evidence) ||
    compareText(a.source.path, b.source.path) ||
    compareText(a.source.locator, b.source.locator)
  );
}
