import type { Hit } from '../hits/hit.js';
import type { CohortTable } from './cohort-table.js';
import { countryText } from './country-code.js';
import { type HitFacts, networkHash, networkText, SEED, type ShapeTexts } from './facts.js';
import { hashBytes, mixed } from './hash.js';
import { COHORT } from './shape.js';

const COHORT_TYPES = Object.keys(COHORT).length;
const NO_COHORT = 0xffffffff;
/** Cohorts of each type whose rows are remembered; a power of two. Visits of many clients mix in the lines of a log. */
const REMEMBERED = 64;

/** Takes what each request has in common with others. */
export interface CohortSink {
  /** @param country two letters as `first << 8 | second`; 0 unknown, as `asn` */
  count(hit: Hit, facts: HitFacts, site: number, asn: number, country: number): void;
}

/** Counts which requests have what in common. */
export class CohortCounter implements CohortSink {
  readonly #texts: ShapeTexts;
  /** By type, and by the last bits of a hash: value, type and site, and row. */
  readonly #remembered = new Uint32Array(COHORT_TYPES * REMEMBERED * 3).fill(NO_COHORT);

  constructor(
    readonly table: CohortTable,
    texts: ShapeTexts,
  ) {
    this.#texts = texts;
  }

  count(hit: Hit, facts: HitFacts, site: number, asn: number, country: number): void {
    const { table } = this;
    table.count(this.#row(COHORT.path, site, facts.pathShape, hit, facts), facts);
    table.count(this.#row(COHORT.agent, site, facts.agentHash, hit, facts), facts);
    table.count(this.#row(COHORT.manner, site, facts.manner, hit, facts), facts);
    if (hit.ipVersion !== 0) {
      table.count(this.#row(COHORT.network, site, networkHash(hit), hit, facts), facts);
    }
    // Parts of pages follow from the page: they say nothing more about these.
    if (facts.isAsset === 1) return;
    table.count(this.#row(COHORT.referer, site, facts.refererHash, hit, facts), facts);
    if (facts.queryShape !== 0) {
      table.count(this.#row(COHORT.query, site, facts.queryShape, hit, facts), facts);
    }
    table.count(this.#row(COHORT.protocol, site, (hit.method << 8) | hit.protocol, hit, facts), facts);
    if (hit.tlsStart !== -1) {
      const hash = hashBytes(hit.bytes, hit.tlsStart, hit.tlsEnd, SEED.tls);
      table.count(this.#row(COHORT.tls, site, hash, hit, facts), facts);
    }
    if (asn !== 0) table.count(this.#row(COHORT.asn, site, asn, hit, facts), facts);
    if (country !== 0) table.count(this.#row(COHORT.country, site, country, hit, facts), facts);
  }

  #row(type: number, site: number, value: number, hit: Hit, facts: HitFacts): number {
    const second = ((type << 24) | site) >>> 0;
    const remembered = this.#remembered;
    const at = (type * REMEMBERED + (mixed(value) & (REMEMBERED - 1))) * 3;
    if (remembered[at] === value && remembered[at + 1] === second) return remembered[at + 2] as number;
    const row = this.#found(type, site, value, second, hit, facts);
    remembered[at] = value;
    remembered[at + 1] = second;
    remembered[at + 2] = row;
    return row;
  }

  #found(type: number, site: number, value: number, second: number, hit: Hit, facts: HitFacts): number {
    const { table } = this;
    const known = table.index.find(value, second);
    if (known !== -1) return known;
    if (table.isFull()) this.thin();
    return table.addCohort(value, second, type, site, value, this.#textOf(type, value, hit, facts));
  }

  /** Makes room: rows change. */
  thin(): void {
    this.table.thin();
    this.#remembered.fill(NO_COHORT);
  }

  #textOf(type: number, value: number, hit: Hit, facts: HitFacts): string {
    if (type === COHORT.network) return networkText(hit);
    if (type === COHORT.asn) return `AS${value}`;
    if (type === COHORT.country) return countryText(value);
    return this.#texts.textOf(type, hit, facts);
  }
}
