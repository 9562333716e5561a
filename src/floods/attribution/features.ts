/**
 * How a client behaves, in numbers: after BotHound (https://github.com/equalitie/BotHound, `README.md`, ten features of a
 * visit), from what is counted of each client over the whole log.
 */
import { COHORT, type TrafficView } from '../traffic/shape.js';

/** In this order in every vector. */
export const FEATURES = [
  /** Mean seconds between requests of a visit, as a logarithm; a lone request counts as 1,800. */
  'gap',
  /** Standard deviation of those, as a logarithm. */
  'gapSpread',
  /** Share of gaps as long as the one before. */
  'evenGaps',
  /** One over the number of user agents. */
  'agentShare',
  /** Styles, scripts, pictures and the like for each page, as a logarithm. */
  'assets',
  /** Mean bytes of an answer, as a logarithm. */
  'bytes',
  /** Share of answers 4xx and 5xx. */
  'errors',
  /** Parts of the path most asked for. */
  'depth',
  /** Share of the path most asked for, at least. */
  'pathShare',
  /** Mean seconds of a visit, as a logarithm. */
  'visitLength',
  /** Share of requests that send something. */
  'posts',
  /** Share of requests that name no page they come from. */
  'refererNone',
] as const;
/** A lone request of a visit: the silence that ends one. */
const LONE_GAP_SECONDS = 1_800;

/** Vectors of clients, one after the other, and what they were standardised with. */
export interface FeatureTable {
  /** Rows of `view.clients`. */
  readonly rows: readonly number[];
  /** `rows.length` times `FEATURES.length` numbers: standard deviations from the mean. */
  readonly values: Float64Array;
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/** What clients do, each feature as standard deviations from the mean of all; one that is the same for all is 0. */
export function featuresOf(view: TrafficView, rows: readonly number[]): FeatureTable {
  const width = FEATURES.length;
  const values = new Float64Array(rows.length * width);
  const depths = new Map<number, number>();
  for (const [index, row] of rows.entries()) values.set(rawFeatures(view, row, depths), index * width);
  const means = new Float64Array(width);
  const deviations = new Float64Array(width);
  for (let feature = 0; feature < width; feature += 1) {
    let [sum, squares] = [0, 0];
    for (let at = feature; at < values.length; at += width) sum += values[at] as number;
    const mean = rows.length > 0 ? sum / rows.length : 0;
    for (let at = feature; at < values.length; at += width) squares += ((values[at] as number) - mean) ** 2;
    const deviation = rows.length > 0 ? Math.sqrt(squares / rows.length) : 0;
    means[feature] = mean;
    deviations[feature] = deviation;
    for (let at = feature; at < values.length; at += width)
      values[at] = deviation > 1e-9 ? ((values[at] as number) - mean) / deviation : 0;
  }
  return { rows, values, means, deviations };
}

function rawFeatures(view: TrafficView, row: number, depths: Map<number, number>): number[] {
  const { clients } = view;
  const of = (column: Uint32Array | Float64Array): number => column[row] as number;
  const hits = Math.max(1, of(clients.hits));
  const gaps = of(clients.gaps);
  const mean = gaps > 0 ? of(clients.gapSeconds) / gaps : LONE_GAP_SECONDS;
  const variance = gaps > 0 ? Math.max(0, of(clients.gapSquares) / gaps - mean * mean) : 0;
  const pages = of(clients.pages);
  return [
    Math.log1p(mean),
    Math.log1p(Math.sqrt(variance)),
    gaps > 0 ? of(clients.evenGaps) / gaps : 0,
    1 / Math.max(1, view.clientDistinct(row, 'agents')),
    pages > 0 ? Math.log1p(of(clients.assets) / pages) : 0,
    Math.log1p(of(clients.bytesOut) / hits),
    (of(clients.status4xx) + of(clients.status5xx)) / hits,
    depthOf(view, of(clients.path), depths),
    Math.min(1, of(clients.pathVotes) / hits),
    Math.log1p(of(clients.gapSeconds) / Math.max(1, of(clients.visits))),
    of(clients.posts) / hits,
    of(clients.refererNone) / hits,
  ];
}

function depthOf(view: TrafficView, hash: number, known: Map<number, number>): number {
  let depth = known.get(hash);
  if (depth === undefined) {
    const path = view.textOf(COHORT.path, hash) ?? '';
    depth = path.split('/').filter((part) => part !== '').length - (path.includes(' ') ? 1 : 0);
    known.set(hash, Math.max(0, depth));
  }
  return Math.max(0, depth);
}

/**
 * How far apart two groups lie: per feature the squared difference of the means over the product of the deviations, as
 * BotHound has it, with a floor under the deviations so that features that never vary do not make it infinite.
 */
export function distanceOf(a: FeatureTable, b: FeatureTable): number {
  const floor = 0.05;
  return FEATURES.reduce((sum, _name, feature) => {
    const difference = (a.means[feature] as number) - (b.means[feature] as number);
    const spread =
      Math.max(floor, a.deviations[feature] as number) * Math.max(floor, b.deviations[feature] as number);
    return sum + difference ** 2 / spread;
  }, 0);
}
