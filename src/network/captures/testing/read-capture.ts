/** Shared by tests: a capture read as the reader does. */
import type { EvidenceRecord } from '../../../core/contracts.js';
import { readAll, type Said } from '../../../core/testing/run.js';
import { memoryEvidence } from '../../../evidence/testing/memory-source.js';
import type { Dns } from '../../../records/kinds/dns.js';
import type { FileDownload } from '../../../records/kinds/file-download.js';
import type { Flow } from '../../../records/kinds/flow.js';
import type { Http } from '../../../records/kinds/http.js';
import type { PacketAnomaly } from '../../../records/kinds/packet-anomaly.js';
import type { Tls } from '../../../records/kinds/tls.js';
import { reader } from '../readers/pcap/pcap.js';

export interface ReadCapture extends Said<EvidenceRecord> {
  readonly flows: readonly Flow[];
  readonly dns: readonly Dns[];
  readonly tls: readonly Tls[];
  readonly http: readonly Http[];
  readonly downloads: readonly FileDownload[];
  readonly anomalies: readonly PacketAnomaly[];
}

/** All the reader says about a capture, by kind. */
export async function readCapture(bytes: Uint8Array, name = 'capture.pcap'): Promise<ReadCapture> {
  const said = await readAll(reader, await memoryEvidence(name, bytes));
  const ofKind = <R extends EvidenceRecord>(kind: R['kind']): R[] =>
    said.records.filter((record): record is R => record.kind === kind);
  return {
    ...said,
    flows: ofKind<Flow>('flow'),
    dns: ofKind<Dns>('dns'),
    tls: ofKind<Tls>('tls'),
    http: ofKind<Http>('http'),
    downloads: ofKind<FileDownload>('file-download'),
    anomalies: ofKind<PacketAnomaly>('packet-anomaly'),
  };
}
