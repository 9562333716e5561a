import { RawPacket } from '../../container/raw-packet.js';
import { addressText } from '../address-text.js';
import { Frame } from '../frame.js';
import { type FrameCounts, FrameDecoder } from '../frame-decoder.js';

/** What a decoder says of a packet, in words; null when it gives nothing. */
export interface Said {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  /** Payload as Latin-1. */
  readonly payload: string;
  readonly payloadLength: number;
  readonly frame: Frame;
}

/** Packets as given to a decoder. */
export interface Given {
  readonly bytes: Uint8Array;
  readonly linkType?: number;
  readonly wireLength?: number;
  readonly micros?: number;
}

/** A decoder that is asked packet by packet. */
export class Decoding {
  readonly decoder = new FrameDecoder();
  #frames = 0;

  decode({ bytes, linkType = 101, wireLength, micros = 0 }: Given): Said | null {
    this.#frames += 1;
    const raw = new RawPacket();
    // Not at the beginning of its buffer, as in a file; what lies around it must not be read.
    raw.bytes = Buffer.concat([Buffer.alloc(7, 0x45), bytes, Buffer.alloc(64, 0x45)]);
    raw.start = 7;
    raw.end = 7 + bytes.length;
    raw.wireLength = wireLength ?? bytes.length;
    raw.linkType = linkType;
    raw.micros = micros;
    raw.frame = this.#frames;
    const frame = new Frame();
    return this.decoder.decode(raw, frame) ? said(frame) : null;
  }

  /** Counts that are not zero, without that of all packets. */
  get counts(): Partial<FrameCounts> {
    const counts = Object.entries(this.decoder.counts);
    return Object.fromEntries(counts.filter(([name, count]) => name !== 'packets' && count > 0));
  }
}

export function decode(bytes: Uint8Array, linkType = 101, more: Partial<Given> = {}): Said | null {
  return new Decoding().decode({ bytes, linkType, ...more });
}

/** Why a packet was not given: the counts. */
export function whyNot(bytes: Uint8Array, linkType = 101, more: Partial<Given> = {}): Partial<FrameCounts> {
  const decoding = new Decoding();
  if (decoding.decode({ bytes, linkType, ...more }) !== null) throw new Error('it was decoded');
  return decoding.counts;
}

function said(frame: Frame): Said {
  const { bytes, ipVersion, payloadStart, payloadEnd, payloadLength } = frame;
  return {
    source: `${addressText(bytes, frame.sourceAt, ipVersion)} ${frame.sourcePort}`,
    destination: `${addressText(bytes, frame.destinationAt, ipVersion)} ${frame.destinationPort}`,
    protocol: frame.protocol,
    payload: bytes.toString('latin1', payloadStart, payloadEnd),
    payloadLength,
    frame,
  };
}
