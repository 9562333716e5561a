/** Shared by tests: traffic put together packet by packet. */
import { ipPacket, type PacketFields } from '../../../fixtures/captures/packets.js';
import { PacketTraffic } from '../../records/tallies/packet-traffic.js';

export const SCENE_START = 1_767_323_045_000_000;

/** Packets of a scene, counted as they are added. */
export class PacketScene {
  readonly traffic = new PacketTraffic();
  #frame = 0;
  #micros = SCENE_START;

  constructor(path = 'capture.pcap') {
    this.traffic.startSource({ evidence: 'e1', path, place: 'frame' });
  }

  /** Packets that come `stepMicros` after one another. */
  add(packets: Iterable<PacketFields>, stepMicros = 100): this {
    for (const fields of packets) {
      this.#micros += stepMicros;
      this.packet(fields, this.#micros);
    }
    return this;
  }

  packet(fields: PacketFields, micros: number): void {
    const bytes = ipPacket(fields);
    this.#frame += 1;
    // Of Ethernet only the length.
    const wireLength = bytes.length + 14;
    this.traffic.packet({ bytes, end: bytes.length, wireLength, micros, frame: this.#frame }, 0);
  }
}

/** Address `n` of a made-up crowd. */
export function crowd(number: number): string {
  return `10.${64 + ((number >> 16) & 63)}.${(number >> 8) & 255}.${number & 255}`;
}

export function udp(
  from: string,
  sourcePort: number,
  to: string,
  destinationPort: number,
  bytes = 100,
): PacketFields {
  return {
    source: from,
    destination: to,
    udp: { sourcePort, destinationPort },
    payload: Buffer.alloc(bytes, 0x5a),
  };
}

export function tcp(
  from: string,
  sourcePort: number,
  to: string,
  destinationPort: number,
  flags: number,
  bytes = 0,
): PacketFields {
  return {
    source: from,
    destination: to,
    tcp: { sourcePort, destinationPort, flags },
    payload: Buffer.alloc(bytes, 0x5a),
  };
}

/** A number that looks random, the same each time. */
export function scattered(number: number, below: number): number {
  return ((Math.imul(number + 1, 0x9e3779b1) >>> 0) % 1_000_003) % below;
}

export function* times(
  count: number,
  make: (number: number) => PacketFields | readonly PacketFields[],
): Generator<PacketFields> {
  for (let number = 0; number < count; number += 1) {
    const made = make(number);
    if (Array.isArray(made)) yield* made as readonly PacketFields[];
    else yield made as PacketFields;
  }
}
