import type { PacketMark } from '../../flows/consumer.js';
import type { MemoryBudget } from '../memory-budget.js';

/** Longest message that is kept until it is whole. */
const MAX_MESSAGE_BYTES = 64 * 1024;
/** 2^14, and what encryption may add up to TLS 1.2 (RFC 5246 6.2.3). */
const MAX_RECORD_BYTES = 16_384 + 2_048;
const [CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA, HEARTBEAT] = [20, 21, 22, 23, 24];
/** Level of an alert (RFC 8446 6). */
const FATAL = 2;

/** What is found in the records of one direction. */
export interface HandshakeListener {
  /** Which types of messages are wanted whole. */
  wants(type: number): boolean;
  /** The body of a message of handshake. False: stop. */
  message(type: number, bytes: Buffer, start: number, end: number, mark: PacketMark): boolean;
  /** A record that is no handshake begins. False: stop. */
  record(type: 'change-cipher-spec' | 'fatal-alert' | 'application-data'): boolean;
}

/**
 * Takes records of TLS apart (RFC 8446 5.1) and puts messages of handshake together, across records and segments. Keeps
 * nothing but the message that is not whole yet.
 */
export class HandshakeReader {
  readonly #listener: HandshakeListener;
  readonly #budget: MemoryBudget;
  /** Bytes of the record's header that came so far. */
  #headerBytes = 0;
  #recordType = 0;
  #recordLength = 0;
  /** Still to come of the record. */
  #recordLeft = 0;
  /** Bytes of the message's header that came so far. */
  #messageHeaderBytes = 0;
  #messageType = 0;
  #messageLength = 0;
  #messageMark: PacketMark | null = null;
  /** Of the body that came so far. */
  #messageBytes = 0;
  #message: Buffer | null = null;
  #isStopped = false;
  records = 0;

  constructor(listener: HandshakeListener, budget: MemoryBudget) {
    this.#listener = listener;
    this.#budget = budget;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
    this.#release();
  }

  /** Takes what comes next. False: it stopped. */
  data(bytes: Buffer, start: number, end: number, mark: PacketMark): boolean {
    let at = start;
    while (at < end && !this.#isStopped) {
      if (this.#recordLeft === 0) {
        at = this.#header(bytes, at, end);
        continue;
      }
      const most = Math.min(end, at + this.#recordLeft);
      if (this.#recordType === HANDSHAKE) this.#handshake(bytes, at, most, mark);
      else if (this.#recordType === ALERT) this.#alert(bytes[at] as number);
      this.#recordLeft -= most - at;
      at = most;
    }
    return !this.#isStopped;
  }

  #header(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && this.#headerBytes < 5) {
      const byte = bytes[at] as number;
      at += 1;
      if (this.#headerBytes === 0) this.#recordType = byte;
      else if (this.#headerBytes === 1) {
        if (byte !== 3) {
          this.stop();
          return end;
        }
      } else if (this.#headerBytes === 3) this.#recordLength = byte << 8;
      else if (this.#headerBytes === 4) this.#recordLength |= byte;
      this.#headerBytes += 1;
    }
    if (this.#headerBytes < 5) return at;
    this.#headerBytes = 0;
    this.#recordLeft = this.#recordLength;
    if (this.#recordLength > MAX_RECORD_BYTES || !this.#begin()) this.stop();
    return at;
  }

  #begin(): boolean {
    this.records += 1;
    switch (this.#recordType) {
      case HANDSHAKE:
      case ALERT:
      case HEARTBEAT:
        return true;
      case CHANGE_CIPHER_SPEC:
        return this.#listener.record('change-cipher-spec');
      case APPLICATION_DATA:
        return this.#listener.record('application-data');
      default:
        return false;
    }
  }

  // Encrypted ones are longer than two bytes.
  #alert(level: number): void {
    const isFirstByte = this.#recordLeft === this.#recordLength;
    if (isFirstByte && this.#recordLength === 2 && level === FATAL && !this.#listener.record('fatal-alert'))
      this.stop();
  }

  #handshake(bytes: Buffer, start: number, end: number, mark: PacketMark): void {
    let at = start;
    while (at < end && !this.#isStopped) {
      if (this.#messageHeaderBytes < 4) {
        this.#messageHeader(bytes[at] as number, mark);
        at += 1;
        // An empty one is whole with its header.
        if (this.#messageHeaderBytes === 4 && this.#messageLength === 0) this.#whole(bytes, at, at);
        continue;
      }
      const wanted = this.#messageLength - this.#messageBytes;
      const most = Math.min(end, at + wanted);
      if (this.#messageBytes === 0 && most - at === wanted) {
        this.#whole(bytes, at, most);
      } else {
        this.#keep(bytes, at, most);
        if (this.#isStopped) return;
        if (this.#messageBytes === this.#messageLength)
          this.#whole(this.#message ?? bytes, 0, this.#message ? this.#messageLength : 0);
      }
      at = most;
    }
  }

  #messageHeader(byte: number, mark: PacketMark): void {
    if (this.#messageHeaderBytes === 0) {
      this.#messageType = byte;
      this.#messageLength = 0;
      this.#messageMark = mark;
    } else this.#messageLength = this.#messageLength * 256 + byte;
    this.#messageHeaderBytes += 1;
    if (
      this.#messageHeaderBytes === 4 &&
      this.#messageLength > MAX_MESSAGE_BYTES &&
      this.#listener.wants(this.#messageType)
    )
      this.stop();
  }

  // Grows with what really came, not with what the length claims.
  #keep(bytes: Buffer, start: number, end: number): void {
    const length = this.#messageBytes + end - start;
    if (this.#listener.wants(this.#messageType)) {
      if (this.#message === null || this.#message.length < length) {
        const size = Math.min(this.#messageLength, Math.max(2 * length, 1_024));
        if (!this.#budget.take(size)) {
          this.stop();
          return;
        }
        const larger = Buffer.allocUnsafeSlow(size);
        this.#message?.copy(larger, 0, 0, this.#messageBytes);
        this.#release();
        this.#message = larger;
      }
      bytes.copy(this.#message, this.#messageBytes, start, end);
    }
    this.#messageBytes = length;
  }

  #release(): void {
    if (this.#message !== null) this.#budget.give(this.#message.length);
    this.#message = null;
  }

  #whole(bytes: Buffer, start: number, end: number): void {
    const type = this.#messageType;
    const mark = this.#messageMark;
    this.#messageHeaderBytes = 0;
    this.#messageBytes = 0;
    this.#release();
    this.#messageMark = null;
    if (mark !== null && this.#listener.wants(type) && !this.#listener.message(type, bytes, start, end, mark))
      this.stop();
  }
}
