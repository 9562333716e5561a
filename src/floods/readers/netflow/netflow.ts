import type { EvidenceFile, Problem, ReadContext, Reader, ReadItem } from '../../../core/contracts.js';
import { EvidenceError } from '../../../core/evidence-error.js';
import { pointerTo } from '../../../core/places.js';
import { fromUnixMicroseconds } from '../../../core/time.js';
import { PacketTraffic } from '../../../records/tallies/packet-traffic.js';
import { FlowPackets, mayBeHeader } from '../../flows/flow-packets.js';

/** First bytes of the files of nfcapd (nfdump: nffile.h, 0xA50C), in both byte orders. */
const NFCAPD = [
  [0xa5, 0x0c],
  [0x0c, 0xa5],
] as const;
/** Shorter ones are told by their version alone, which any two bytes may be. */
const SHORTEST = 20;

/**
 * Flows as routers export them (NetFlow 5, NetFlow 9, IPFIX): the payloads of their packets one behind the other in a file.
 * Gives counts, no record for each flow. Files of nfcapd are recognised, and said how to export.
 */
export const reader: Reader = {
  id: 'floods/netflow',
  about: 'site',
  emits: [],
  artifacts: [],
  recognises: ({ head }) => isNfcapd(head) || isFlowFile(head),
  read,
};

function isNfcapd(head: Uint8Array): boolean {
  return NFCAPD.some(([first, second]) => head[0] === first && head[1] === second);
}

/** A header, and what must follow it: for version 5 a record, else a set of sensible number. */
function isFlowFile(head: Uint8Array): boolean {
  if (head.length < SHORTEST || !mayBeHeader(head, 0)) return false;
  const version = (head[1] as number) & 0xff;
  const number = (at: number): number => ((head[at] as number) << 8) | (head[at + 1] as number);
  if (version === 5) {
    // A byte of padding between the ports and the flags of the first record.
    return head.length >= 72 && head[60] === 0;
  }
  const set = version === 9 ? 20 : 16;
  if (head.length < set + 4) return false;
  const id = number(set);
  const isSet = id >= 256 || (version === 9 ? id <= 1 : id === 2 || id === 3);
  return isSet && number(set + 2) >= 4;
}

async function* read(file: EvidenceFile, { signal }: ReadContext): AsyncGenerator<ReadItem> {
  const source = pointerTo(file, '');
  const { head } = await file.probe();
  if (isNfcapd(head)) {
    yield { kind: 'problem', code: 'nfcapd-not-read', effect: 'lost', source };
    return;
  }
  if (!isFlowFile(head)) throw new EvidenceError('wrong-format', source);
  const traffic = new PacketTraffic();
  const counts = traffic.startSource({ evidence: file.source.id, path: file.path, place: 'record' });
  const packets = new FlowPackets({
    flow: (facts, sampling) => {
      if (sampling > counts.sampling) counts.sampling = sampling;
      traffic.flow(facts);
    },
  });
  let failure: unknown = null;
  try {
    for await (const chunk of file.stream()) {
      signal?.throwIfAborted();
      packets.push(chunk);
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    failure = error;
  }
  packets.end();
  if (packets.flows > 0) {
    yield {
      kind: 'passed-over',
      of: 'flow',
      count: packets.flows,
      firstAt: fromUnixMicroseconds(counts.firstMicros),
      lastAt: fromUnixMicroseconds(counts.lastMicros),
    };
    yield traffic;
  }
  for (const problem of problemsOf(packets, counts.sampling)) yield { kind: 'problem', ...problem, source };
  if (failure !== null) throw failure;
}

function problemsOf(packets: FlowPackets, sampling: number): readonly Omit<Problem, 'kind' | 'source'>[] {
  const { flows, holes, lostBytes, isCut, setsWithoutTemplate, recordsWithoutAddresses, templatesRefused } =
    packets;
  const said: Omit<Problem, 'kind' | 'source'>[] = [];
  if (flows === 0) said.push({ code: 'no-flows', effect: 'note' });
  if (holes > 0)
    said.push({ code: 'flows-damaged', effect: 'lost', count: holes, values: { bytes: lostBytes } });
  if (isCut) said.push({ code: 'flows-cut', effect: 'lost' });
  if (setsWithoutTemplate > 0)
    said.push({ code: 'flows-without-template', effect: 'lost', count: setsWithoutTemplate });
  if (templatesRefused > 0) said.push({ code: 'templates-refused', effect: 'lost', count: templatesRefused });
  if (recordsWithoutAddresses > 0)
    said.push({ code: 'flows-without-addresses', effect: 'note', count: recordsWithoutAddresses });
  if (sampling > 1) said.push({ code: 'flows-sampled', effect: 'note', values: { sampling } });
  return said;
}
