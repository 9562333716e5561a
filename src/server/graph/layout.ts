/** A force layout (Fruchterman and Reingold, "Graph drawing by force-directed placement", 1991): tied nodes draw near, all push away. */

const ROUNDS = 160;

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Places from 0 to 1, the same for the same seed. @param edges pairs of node numbers */
export function layOut(count: number, edges: readonly (readonly [number, number])[], seed: number): Place[] {
  const next = generator(seed);
  const x = Float64Array.from({ length: count }, next);
  const y = Float64Array.from({ length: count }, next);
  const [dx, dy] = [new Float64Array(count), new Float64Array(count)];
  const ideal = Math.sqrt(1 / Math.max(1, count));
  const at = (list: Float64Array, index: number): number => list[index] ?? 0;
  const push = (one: number, other: number, force: (distance: number) => number): void => {
    const [gapX, gapY] = [at(x, one) - at(x, other), at(y, one) - at(y, other)];
    const distance = Math.max(1e-4, Math.hypot(gapX, gapY));
    const [shareX, shareY] = [(gapX / distance) * force(distance), (gapY / distance) * force(distance)];
    dx[one] = at(dx, one) + shareX;
    dy[one] = at(dy, one) + shareY;
    dx[other] = at(dx, other) - shareX;
    dy[other] = at(dy, other) - shareY;
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    dx.fill(0);
    dy.fill(0);
    for (let one = 0; one < count; one += 1)
      for (let other = one + 1; other < count; other += 1)
        push(one, other, (distance) => (ideal * ideal) / distance);
    for (const [one, other] of edges) push(one, other, (distance) => -(distance * distance) / ideal);
    const heat = 0.1 * (1 - round / ROUNDS);
    for (let node = 0; node < count; node += 1) {
      // Towards the middle, or what is tied to nothing drifts away for ever.
      const [pullX, pullY] = [
        at(dx, node) + (0.5 - at(x, node)) * 0.05,
        at(dy, node) + (0.5 - at(y, node)) * 0.05,
      ];
      const length = Math.max(1e-9, Math.hypot(pullX, pullY));
      const step = Math.min(length, heat) / length;
      x[node] = at(x, node) + pullX * step;
      y[node] = at(y, node) + pullY * step;
    }
  }
  const [scaleX, scaleY] = [scale(x), scale(y)];
  return Array.from({ length: count }, (_, node) => ({ x: scaleX(at(x, node)), y: scaleY(at(y, node)) }));
}

function scale(values: Float64Array): (value: number) => number {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const span = most - least;
  return (value) => (span > 1e-9 ? Math.round(((value - least) / span) * 1e4) / 1e4 : 0.5);
}

/** Numbers from 0 to 1 (mulberry32, public domain). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
