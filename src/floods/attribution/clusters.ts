/** Groups of clients of one attack that behave differently: two botnets at once, or one that does two things. */
import { COHORT, type TrafficView } from '../traffic/shape.js';
import { FEATURES, type FeatureTable, featuresOf } from './features.js';

/** More clients than this are sampled. */
const MOST_CLIENTS = 50_000;
const MOST_GROUPS = 5;
const ROUNDS = 40;
/** Fewest clients of an attack that are told apart, and of a group: as share and as number. */
const LEAST_CLIENTS = 40;
const LEAST_GROUP = 10;
const LEAST_GROUP_SHARE = 0.05;
/** Mean silhouette (Rousseeuw 1987) from which on groups are well apart; 0.5 is "reasonable", 0.7 "strong" structure. */
const LEAST_SILHOUETTE = 0.6;
/** Of so many clients the silhouette is taken. */
const SILHOUETTE_SAMPLE = 400;

/** Clients of an attack that behave alike. */
export interface ClientGroup {
  /** Rows of `view.clients` (of a sample, if there are very many clients). */
  readonly clients: readonly number[];
  /** Of all clients looked at. */
  readonly share: number;
  readonly hits: number;
  /** What most of its clients mostly did, as far as it is known. */
  readonly agent: string | null;
  readonly path: string | null;
}

/**
 * Groups of an attack's clients, largest first; empty when they are not clearly of several kinds. The same clients give the
 * same groups, in whatever order they were counted.
 */
export function groupsOf(view: TrafficView, clients: readonly number[]): readonly ClientGroup[] {
  if (clients.length < LEAST_CLIENTS) return [];
  const rows = sampleOf(view, clients, MOST_CLIENTS);
  const table = featuresOf(view, rows);
  let best: { readonly labels: Uint8Array; readonly silhouette: number } | null = null;
  for (let count = 2; count <= MOST_GROUPS; count += 1) {
    const labels = kMeans(table, count);
    if (!areLargeEnough(labels, count)) continue;
    const silhouette = silhouetteOf(table, labels, count);
    // More groups must be clearly better, not by a hair.
    if (silhouette >= LEAST_SILHOUETTE && silhouette > (best?.silhouette ?? 0) + 0.02)
      best = { labels, silhouette };
  }
  if (best === null) return [];
  const { labels } = best;
  const byLabel = new Map<number, number[]>();
  for (const [index, row] of rows.entries()) {
    const label = labels[index] as number;
    const group = byLabel.get(label);
    if (group) group.push(row);
    else byLabel.set(label, [row]);
  }
  return [...byLabel.values()]
    .sort((a, b) => b.length - a.length || compareClients(view, a[0] as number, b[0] as number))
    .map((group) => ({
      clients: group,
      share: Number((group.length / rows.length).toPrecision(3)),
      hits: group.reduce((sum, row) => sum + (view.clients.hits[row] as number), 0),
      agent: mostCommon(view, group, view.clients.agent, COHORT.agent),
      path: mostCommon(view, group, view.clients.path, COHORT.path),
    }));
}

/** At most so many, chosen and put in order by their addresses: the order of reading must not matter. */
function sampleOf(view: TrafficView, clients: readonly number[], most: number): readonly number[] {
  const ordered = [...clients];
  if (ordered.length > most) {
    const place = new Map(ordered.map((row) => [row, mixed(view, row)]));
    ordered.sort((a, b) => (place.get(a) as number) - (place.get(b) as number) || compareClients(view, a, b));
    ordered.length = most;
  }
  return ordered.sort((a, b) => compareClients(view, a, b));
}

function mixed(view: TrafficView, row: number): number {
  const { ipVersion, ip0, ip1 } = view.clientAddress(row);
  let hash = Math.imul(ip0 ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(ip1 + ipVersion, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function compareClients(view: TrafficView, a: number, b: number): number {
  const [first, second] = [view.clientAddress(a), view.clientAddress(b)];
  const order = first.ipVersion - second.ipVersion || first.ip0 - second.ip0 || first.ip1 - second.ip1;
  if (order !== 0 || first.ipVersion !== 0) return order;
  const [one, other] = [view.clientText(a), view.clientText(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Lloyd's rounds from centres as far apart as can be (maximin): no chance in it. */
function kMeans({ rows, values }: FeatureTable, count: number): Uint8Array {
  const width = FEATURES.length;
  const centres = firstCentres(values, rows.length, count);
  const labels = new Uint8Array(rows.length);
  for (let round = 0; round < ROUNDS; round += 1) {
    let changes = 0;
    const sums = new Float64Array(count * width);
    const sizes = new Float64Array(count);
    for (let index = 0; index < rows.length; index += 1) {
      const label = nearest(values, index * width, centres, count);
      if (label !== labels[index]) changes += 1;
      labels[index] = label;
      sizes[label] = (sizes[label] as number) + 1;
      for (let feature = 0; feature < width; feature += 1) {
        const at = label * width + feature;
        sums[at] = (sums[at] as number) + (values[index * width + feature] as number);
      }
    }
    for (let at = 0; at < sums.length; at += 1) {
      const size = sizes[Math.floor(at / width)] as number;
      if (size > 0) centres[at] = (sums[at] as number) / size;
    }
    if (changes === 0 && round > 0) break;
  }
  return labels;
}

/** The client nearest to the mean of all, then always the one farthest from those chosen; single strays are passed over. */
function firstCentres(values: Float64Array, size: number, count: number): Float64Array {
  const width = FEATURES.length;
  const centres = new Float64Array(count * width);
  const distance = new Float64Array(size);
  // Standardised: the mean of all is 0.
  for (let index = 0; index < size; index += 1) distance[index] = squared(values, index * width, centres, 0);
  let chosen = 0;
  for (let index = 1; index < size; index += 1)
    if ((distance[index] as number) < (distance[chosen] as number)) chosen = index;
  distance.fill(Number.POSITIVE_INFINITY);
  // The farthest of all is often a stray; of the farther ones the one at this rank has company.
  const rank = Math.floor(size * 0.02);
  for (let centre = 0; centre < count; centre += 1) {
    centres.set(values.subarray(chosen * width, (chosen + 1) * width), centre * width);
    for (let index = 0; index < size; index += 1)
      distance[index] = Math.min(
        distance[index] as number,
        squared(values, index * width, centres, centre * width),
      );
    const far = Array.from(distance.keys()).sort(
      (a, b) => (distance[b] as number) - (distance[a] as number) || a - b,
    );
    chosen = far[rank] ?? 0;
  }
  return centres;
}

function nearest(values: Float64Array, at: number, centres: Float64Array, count: number): number {
  let [label, least] = [0, Number.POSITIVE_INFINITY];
  for (let centre = 0; centre < count; centre += 1) {
    const distance = squared(values, at, centres, centre * FEATURES.length);
    if (distance < least) [label, least] = [centre, distance];
  }
  return label;
}

function squared(a: Float64Array, aStart: number, b: Float64Array, bStart: number): number {
  let sum = 0;
  for (let feature = 0; feature < FEATURES.length; feature += 1) {
    const difference = (a[aStart + feature] as number) - (b[bStart + feature] as number);
    sum += difference * difference;
  }
  return sum;
}

function areLargeEnough(labels: Uint8Array, count: number): boolean {
  const sizes = new Uint32Array(count);
  for (const label of labels) sizes[label] = (sizes[label] as number) + 1;
  return sizes.every((size) => size >= Math.max(LEAST_GROUP, labels.length * LEAST_GROUP_SHARE));
}

/** Mean silhouette of clients at even distances through the list. */
function silhouetteOf({ rows, values }: FeatureTable, labels: Uint8Array, count: number): number {
  const width = FEATURES.length;
  const step = Math.max(1, Math.floor(rows.length / SILHOUETTE_SAMPLE));
  const sample: number[] = [];
  for (let index = 0; index < rows.length; index += step) sample.push(index);
  let [sum, counted] = [0, 0];
  for (const index of sample) {
    const sums = new Float64Array(count);
    const sizes = new Uint32Array(count);
    for (const other of sample) {
      if (other === index) continue;
      const label = labels[other] as number;
      sums[label] =
        (sums[label] as number) + Math.sqrt(squared(values, index * width, values, other * width));
      sizes[label] = (sizes[label] as number) + 1;
    }
    const own = labels[index] as number;
    if ((sizes[own] as number) === 0) continue;
    const inside = (sums[own] as number) / (sizes[own] as number);
    let outside = Number.POSITIVE_INFINITY;
    for (let label = 0; label < count; label += 1)
      if (label !== own && (sizes[label] as number) > 0)
        outside = Math.min(outside, (sums[label] as number) / (sizes[label] as number));
    if (!Number.isFinite(outside)) continue;
    const widest = Math.max(inside, outside);
    sum += widest > 0 ? (outside - inside) / widest : 0;
    counted += 1;
  }
  return counted > 0 ? sum / counted : 0;
}

function mostCommon(
  view: TrafficView,
  rows: readonly number[],
  column: Uint32Array,
  type: typeof COHORT.agent | typeof COHORT.path,
): string | null {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(column[row] as number, (counts.get(column[row] as number) ?? 0) + 1);
  const [first] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return first ? view.textOf(type, first[0]) : null;
}
