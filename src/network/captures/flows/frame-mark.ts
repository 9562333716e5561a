import { fromUnixMicroseconds } from '../../../core/time.js';
import type { PacketFacts } from '../../../records/network-ends.js';
import type { Frame } from '../frames/frame.js';
import type { PacketMark } from './consumer.js';

const TCP = 6;

/** What the headers of a packet say, kept after the packet is gone. */
export class FrameMark implements PacketMark {
  frame = 0;
  micros = Number.NaN;
  #ttl = 0;
  #ipId = 0;
  #dontFragment = false;
  #isTcp = false;
  #tcpFlags = 0;
  #sequence = 0;
  #acknowledgement = 0;
  #window = 0;
  #optionsBytes = 0;
  #payloadBytes = 0;

  constructor(frame: Frame) {
    this.take(frame);
  }

  /** Takes another packet instead, for a mark that is used again. */
  take(frame: Frame): void {
    this.frame = frame.frame;
    this.micros = frame.micros;
    this.#ttl = frame.ttl;
    this.#ipId = frame.ipId;
    this.#dontFragment = frame.dontFragment;
    this.#isTcp = frame.protocol === TCP;
    this.#tcpFlags = frame.tcpFlags;
    this.#sequence = frame.sequence;
    this.#acknowledgement = frame.acknowledgement;
    this.#window = frame.window;
    this.#optionsBytes = frame.optionsEnd - frame.optionsAt;
    this.#payloadBytes = frame.payloadLength;
  }

  get ttl(): number {
    return this.#ttl;
  }

  get ipId(): number {
    return this.#ipId;
  }

  get sequence(): number {
    return this.#sequence;
  }

  facts(): PacketFacts {
    const isIpv4 = this.#ipId >= 0;
    const isTcp = this.#isTcp;
    return {
      frame: this.frame,
      at: storedTime(this.micros),
      ttl: this.#ttl,
      ipId: isIpv4 ? this.#ipId : null,
      dontFragment: isIpv4 ? this.#dontFragment : null,
      tcpFlags: isTcp ? this.#tcpFlags : null,
      sequence: isTcp ? this.#sequence : null,
      acknowledgement: isTcp ? this.#acknowledgement : null,
      window: isTcp ? this.#window : null,
      optionsBytes: isTcp ? this.#optionsBytes : null,
      payloadBytes: this.#payloadBytes,
    };
  }
}

/** A time of a packet as records store it. */
export function storedTime(micros: number): string | null {
  return Number.isNaN(micros) ? null : fromUnixMicroseconds(micros);
}
