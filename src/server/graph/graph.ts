/** People and what reached them, laid out here: the same cases give the same picture, and the table has the same rows. */
import type { CaseEvent } from '../../casework/correlation/correlate.js';
import { traceKey } from '../../casework/correlation/traces.js';
import { compareText } from '../../core/compare-text.js';
import type { Translator } from '../../core/language.js';
import type { Graph } from '../api/api.js';
import { layOut } from './layout.js';

export const MAX_NODES = 300;
/** Any number: the same each time. */
const SEED = 20_170_619;

interface Node {
  readonly key: string;
  readonly kind: 'person' | 'trace';
  readonly type: string;
  readonly label: string;
  /** Keys of the nodes it is tied to. */
  readonly others: Set<string>;
  events: number;
}

export function graphOf(events: readonly CaseEvent[], translate: Translator): Graph {
  const nodes = new Map<string, Node>();
  const edges = new Map<string, { person: string; trace: string; technique: string; count: number }>();
  for (const { person, traces, technique } of events) {
    const from = nodeAt(nodes, `person ${person}`, { kind: 'person', type: '', label: person });
    from.events += 1;
    for (const trace of new Map(traces.map((one) => [traceKey(one), one])).values()) {
      const to = nodeAt(nodes, `trace ${traceKey(trace)}`, {
        kind: 'trace',
        type: translate(`casework.traces.${trace.type}`),
        label: trace.value,
      });
      to.events += 1;
      from.others.add(to.key);
      to.others.add(from.key);
      const key = JSON.stringify([from.key, to.key, technique]);
      const edge = edges.get(key) ?? { person: from.key, trace: to.key, technique, count: 0 };
      edge.count += 1;
      edges.set(key, edge);
    }
  }
  const shown = mostPeople([...nodes.values()]);
  const ids = new Map(shown.map((node, index) => [node.key, index]));
  const kept = [...edges.values()].flatMap(({ person, trace, technique, count }) => {
    const [from, to] = [ids.get(person), ids.get(trace)];
    return from === undefined || to === undefined ? [] : [{ from, to, technique, count }];
  });
  const places = layOut(
    shown.length,
    kept.map(({ from, to }) => [from, to] as const),
    SEED,
  );
  return {
    nodes: shown.map(({ kind, type, label, events: met, others }, index) => ({
      id: `n${index + 1}`,
      kind,
      type,
      label,
      x: places[index]?.x ?? 0.5,
      y: places[index]?.y ?? 0.5,
      weight: kind === 'person' ? met : others.size,
    })),
    edges: kept.map(({ from, to, technique, count }) => ({
      from: `n${from + 1}`,
      to: `n${to + 1}`,
      technique: translate(`casework.techniques.${technique}`),
      count,
    })),
    shown: shown.length,
    total: nodes.size,
    criterion: 'most-people',
    seed: SEED,
  };
}

function nodeAt(nodes: Map<string, Node>, key: string, about: Pick<Node, 'kind' | 'type' | 'label'>): Node {
  const known = nodes.get(key) ?? { key, ...about, others: new Set<string>(), events: 0 };
  nodes.set(key, known);
  return known;
}

/** People first, as far as two thirds of the room; then what reached most of them. */
function mostPeople(nodes: readonly Node[]): Node[] {
  const sorted = [...nodes].sort(
    (a, b) => b.others.size - a.others.size || b.events - a.events || compareText(a.key, b.key),
  );
  const traces = sorted.filter(({ kind }) => kind === 'trace');
  const people = sorted
    .filter(({ kind }) => kind === 'person')
    .slice(0, Math.max(Math.floor((MAX_NODES * 2) / 3), MAX_NODES - traces.length));
  return [...people, ...traces.slice(0, MAX_NODES - people.length)];
}
