import type { EvidenceRecord, Pointer } from '../../../core/contracts.js';
import type { NetworkEnds, PacketFacts } from '../../../records/network-ends.js';
import { endText } from '../../../records/network-ends.js';
import { plainAddress } from '../tables/host-names.js';
import type { SeenAt } from '../tables/places.js';

/** One connection of one file: records of different kinds about it have the same. */
export function connectionKey({ source, ...record }: EvidenceRecord & NetworkEnds): string {
  const client = endText(record.clientAddress, record.clientPort);
  const server = endText(record.serverAddress, record.serverPort);
  return `${source.evidence} ${source.path} ${record.transport} ${client} ${server}`;
}

/** One packet of one file. */
export function packetKey({ evidence, path }: Pointer, { frame }: PacketFacts): string {
  return `${evidence} ${path} ${frame}`;
}

/** Where packets of a record stand; the record itself where a log tells of it without packets. */
export function packetPlaces(
  { at, source }: EvidenceRecord,
  packets: readonly PacketFacts[],
): readonly SeenAt[] {
  if (packets.length === 0) return [{ at, source }];
  return packets.map((packet) => ({
    at: packet.at,
    source: packet.frame === null ? source : { ...source, locator: `frame ${packet.frame}` },
  }));
}

/** Address of an end in its one form, or a question mark where a log leaves it out. */
export function addressOf(address: string | null): string {
  return address === null ? '?' : plainAddress(address);
}
