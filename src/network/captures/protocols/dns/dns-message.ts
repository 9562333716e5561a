/** Messages of the name system (RFC 1035 4), as mDNS (RFC 6762) and LLMNR (RFC 4795) use them too. */

export interface DnsQuestion {
  readonly name: string;
  readonly type: number;
  readonly recordClass: number;
}

export interface DnsResource extends DnsQuestion {
  readonly ttlSeconds: number;
  /** As zone files write it. */
  readonly data: string;
}

export interface DnsMessage {
  readonly id: number;
  readonly isResponse: boolean;
  readonly opcode: number;
  readonly isTruncated: boolean;
  /** Of the header, with the upper bits of OPT (RFC 6891 6.1.3) where there is one. */
  readonly responseCode: number;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsResource[];
  /** False: the message ends before what its header counts, or something in it is damaged. */
  readonly isComplete: boolean;
}

/** Null when not even a header is there, or nothing in it makes sense as a message. */
export function parseDns(_bytes: Buffer, _start: number, _end: number): DnsMessage | null {
  return null;
}

/** Whether a datagram of an unknown port is a message: strict, because any bytes come there. */
export function looksLikeDns(_bytes: Buffer, _start: number, _end: number): boolean {
  return false;
}
