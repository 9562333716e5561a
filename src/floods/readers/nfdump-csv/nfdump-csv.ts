import type { EvidenceFile, ReadContext, Reader, ReadItem } from '../../../core/contracts.js';
import { EvidenceError } from '../../../core/evidence-error.js';
import { pointerTo, problemAt } from '../../../core/places.js';
import { fromUnixMicroseconds } from '../../../core/time.js';
import { decodeHead, textLines } from '../../../formats/text-lines.js';
import { PacketTraffic } from '../../../records/tallies/packet-traffic.js';
import { type FlowHeader, FlowRows, flowHeader } from '../../flows/flow-columns.js';

/** Longer lines are no flows. */
const MOST_CHARACTERS = 8_192;
/** Lines looked at for the header: some tools write a comment first. */
const FIRST_LINES = 10;

/**
 * Flows as text, with the names of the columns in the first line: what `nfdump -o csv` writes, old (`ts,te,td,sa,da`) and new
 * (`firstSeen,duration,proto,srcAddr`), and exports with alike names. Gives counts, no record for each flow.
 */
export const reader: Reader = {
  id: 'floods/nfdump-csv',
  about: 'site',
  emits: [],
  artifacts: [],
  recognises: ({ head }) => headerIn(head) !== null,
  read,
};

function headerIn(head: Uint8Array): FlowHeader | null {
  const text = decodeHead(head);
  if (text === null) return null;
  for (const line of text.split(/\r?\n/, FIRST_LINES)) {
    const header = flowHeader(line);
    if (header !== null) return header;
  }
  return null;
}

async function* read(file: EvidenceFile, { signal, times }: ReadContext): AsyncGenerator<ReadItem> {
  if (headerIn((await file.probe()).head) === null)
    throw new EvidenceError('wrong-format', pointerTo(file, ''));
  const traffic = new PacketTraffic();
  const counts = traffic.startSource({ evidence: file.source.id, path: file.path, place: 'line' });
  const state = { rows: null as FlowRows | null, isOver: false, flows: 0, bad: 0, assumed: false };
  const lines = textLines(file, {
    signal,
    maxCharacters: MOST_CHARACTERS,
    onCut: () => {
      state.bad += 1;
    },
  });
  for await (const batch of lines) {
    for (const { text, number } of batch) take(text, number, state, traffic, times);
    if (state.rows && state.rows.sampling > counts.sampling) counts.sampling = state.rows.sampling;
    if (state.rows?.hasAssumedZone) state.assumed = true;
  }
  if (state.flows > 0) {
    yield {
      kind: 'passed-over',
      of: 'flow',
      count: state.flows,
      firstAt: fromUnixMicroseconds(counts.firstMicros),
      lastAt: fromUnixMicroseconds(counts.lastMicros),
    };
    yield traffic;
  } else yield problemAt(file, '', 'no-flows', 'note');
  if (state.bad > 0) yield problemAt(file, '', 'bad-row', 'lost', { count: state.bad });
  if (state.assumed) yield problemAt(file, '', 'time-zone-assumed', 'note');
  if (counts.sampling > 1)
    yield problemAt(file, '', 'flows-sampled', 'note', { values: { sampling: counts.sampling } });
}

function take(
  line: string,
  number: number,
  state: { rows: FlowRows | null; isOver: boolean; flows: number; bad: number },
  traffic: PacketTraffic,
  times: ReadContext['times'],
): void {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return;
  // Two exports may stand one behind the other.
  const header = /^[a-z"]/i.test(text) ? flowHeader(text) : null;
  if (header !== null) {
    state.rows = new FlowRows(header, times);
    state.isOver = false;
    return;
  }
  // nfdump puts sums behind the flows.
  if (/^(Summary|Sys:|Time window|Total flows|No matching|No matched)/i.test(text)) {
    state.isOver = true;
    return;
  }
  if (state.rows === null || state.isOver) return;
  const { rows } = state;
  if (!rows.read(text)) {
    state.bad += 1;
    return;
  }
  rows.facts.place = number;
  state.flows += rows.facts.flows;
  traffic.flow(rows.facts);
}
