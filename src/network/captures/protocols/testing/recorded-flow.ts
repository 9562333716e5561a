/** A conversation for tests of decoders: remembers what a decoder says. */
import type { EvidenceRecord, Problem } from '../../../../core/contracts.js';
import { fromUnixMicroseconds } from '../../../../core/time.js';
import { recordKinds } from '../../../../records/kinds.generated.js';
import type { NetworkEnds, PacketFacts } from '../../../../records/network-ends.js';
import type { FlowContext, PacketMark } from '../../flows/consumer.js';

/** 2026-01-02 03:04:05 UTC. */
export const START_MICROS = 1_767_323_045_000_000;

export class RecordedFlow implements FlowContext {
  readonly records: EvidenceRecord[] = [];
  readonly problems: Problem[] = [];
  readonly names: string[] = [];
  applicationName: string | null = null;
  synAckFacts: PacketFacts | null = null;

  constructor(
    readonly ends: NetworkEnds = {
      transport: 'tcp',
      clientAddress: '192.168.1.20',
      clientPort: 50_000,
      serverAddress: '192.0.2.80',
      serverPort: 80,
    },
  ) {}

  /** Records of one kind. */
  of<R extends EvidenceRecord>(kind: R['kind']): R[] {
    return this.records.filter((record): record is R => record.kind === kind);
  }

  place(frame: number) {
    return { evidence: 'e1', path: 'a.pcap', locator: `frame ${frame}` };
  }

  at(micros: number): string | null {
    return Number.isNaN(micros) ? null : fromUnixMicroseconds(micros);
  }

  emit(record: EvidenceRecord): void {
    recordKinds.get(record.kind)?.schema.parse(record);
    this.records.push(record);
  }

  problem(problem: Omit<Problem, 'kind' | 'source'>, frame: number): void {
    this.problems.push({ kind: 'problem', source: this.place(frame), ...problem });
  }

  application(name: string): void {
    this.applicationName = name;
  }

  serverName(name: string): void {
    this.names.push(name);
  }

  synAck(): PacketFacts | null {
    return this.synAckFacts;
  }

  handshakeMicroseconds(): number | null {
    return this.synAckFacts === null ? null : 12_000;
  }
}

/** A packet with this number, so many milliseconds after the start. */
export function markOf(frame: number, milliseconds = frame): PacketMark {
  const micros = START_MICROS + milliseconds * 1000;
  return {
    frame,
    micros,
    facts: () => ({
      frame,
      at: fromUnixMicroseconds(micros),
      ttl: 64,
      ipId: 1,
      dontFragment: true,
      tcpFlags: 0x18,
      sequence: 1,
      acknowledgement: 1,
      window: 500,
      optionsBytes: 0,
      payloadBytes: 10,
    }),
  };
}
