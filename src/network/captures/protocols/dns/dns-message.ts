/** Messages of the name system (RFC 1035 4), as mDNS (RFC 6762) and LLMNR (RFC 4795) use them too. */
import { dataText } from './dns-data.js';
import { NameReader, skipName } from './dns-name.js';
import { isKnownType, TYPE_OPT } from './dns-types.js';

export interface DnsQuestion {
  readonly name: string;
  readonly type: number;
  /** Without the top bit, which mDNS uses for something else (RFC 6762 5.4, 10.2). */
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
  /** The answer section. */
  readonly answers: readonly DnsResource[];
  /** False: the message ends before what its header counts, or something in it is damaged or beyond a limit. */
  readonly isComplete: boolean;
}

const HEADER_BYTES = 12;
/** Kept of one message: more than any server sends to a datagram, and enough to know a transfer of a zone by. */
const MAX_QUESTIONS = 16;
const MAX_ANSWERS = 256;
/** Characters of names and data of one message: pointers let a small one hold a long name many times. */
const MAX_CHARACTERS = 65_536;
/** Records of the other sections looked through for OPT. */
const MAX_OTHERS = 256;
const IN = 1;
/** IN, CH, HS, NONE, ANY (RFC 6895 3.2). Other numbers: these bytes are not DNS. */
const CLASSES = new Set([1, 3, 4, 254, 255]);
const MAX_OPCODE = 6;
const [CODE_BITS, OPCODE_BITS, Z_BIT] = [0x0f, 0x7800, 0x0040];
const [RESPONSE_BIT, AUTHORITATIVE_BIT, TRUNCATED_BIT, AVAILABLE_BIT] = [0x8000, 0x0400, 0x0200, 0x0080];
/** Longest that `looksLikeDns` answers for. */
const MAX_LIKELY_RECORDS = 64;

const names = new NameReader();

/** Null when not even a header is there, or nothing that follows it can be read. */
export function parseDns(bytes: Buffer, start: number, end: number): DnsMessage | null {
  if (end - start < HEADER_BYTES) return null;
  const flags = bytes.readUInt16BE(start + 2);
  const questionCount = bytes.readUInt16BE(start + 4);
  const answerCount = bytes.readUInt16BE(start + 6);
  const otherCount = bytes.readUInt16BE(start + 8) + bytes.readUInt16BE(start + 10);
  const isResponse = (flags & RESPONSE_BIT) !== 0;
  const opcode = (flags & OPCODE_BITS) >> 11;
  if ((questionCount + answerCount === 0 && !isResponse) || opcode > MAX_OPCODE) return null;
  names.begin();
  const questions: DnsQuestion[] = [];
  let at = readQuestions(bytes, start, end, questionCount, questions);
  const [question] = questions;
  if (question === undefined ? at === -1 : !CLASSES.has(question.recordClass)) return null;
  const answers: DnsResource[] = [];
  if (at !== -1) at = readAnswers(bytes, start, at, end, answerCount, answers);
  let upperBits = 0;
  if (at !== -1 && otherCount > 0 && isResponse) {
    const found = findExtendedCode(bytes, at, end, otherCount);
    if (found === -1) at = -1;
    else upperBits = found;
  }
  if (questionCount + answerCount > 0 && questions.length + answers.length === 0) return null;
  return {
    id: bytes.readUInt16BE(start),
    isResponse,
    opcode,
    isTruncated: (flags & TRUNCATED_BIT) !== 0,
    responseCode: (flags & CODE_BITS) | (upperBits << 4),
    questions,
    answers,
    isComplete: at !== -1,
  };
}

/** Position after the questions; -1 when one is damaged. */
function readQuestions(
  bytes: Buffer,
  start: number,
  end: number,
  count: number,
  questions: DnsQuestion[],
): number {
  let at = start + HEADER_BYTES;
  for (let index = 0; index < count; index += 1) {
    const name = index < MAX_QUESTIONS ? names.read(bytes, start, at, end) : null;
    const { next } = names;
    if (name === null || next + 4 > end) return -1;
    questions.push({
      name,
      type: bytes.readUInt16BE(next),
      recordClass: bytes.readUInt16BE(next + 2) & 0x7fff,
    });
    at = next + 4;
  }
  return at;
}

/** Position after the answers; -1 when one is damaged or too many are there. */
function readAnswers(
  bytes: Buffer,
  start: number,
  from: number,
  end: number,
  count: number,
  answers: DnsResource[],
): number {
  let at = from;
  let characters = 0;
  for (let index = 0; index < count; index += 1) {
    if (index >= MAX_ANSWERS || characters > MAX_CHARACTERS) return -1;
    const name = names.read(bytes, start, at, end);
    const { next } = names;
    if (name === null || next + 10 > end) return -1;
    const type = bytes.readUInt16BE(next);
    const dataEnd = next + 10 + bytes.readUInt16BE(next + 8);
    if (dataEnd > end) return -1;
    at = dataEnd;
    if (type === TYPE_OPT) continue;
    const recordClass = bytes.readUInt16BE(next + 2) & 0x7fff;
    const ttlSeconds = bytes.readUInt32BE(next + 4);
    const data = dataText(type, bytes, start, next + 10, dataEnd, names);
    characters += name.length + data.length;
    answers.push({ name, type, recordClass, ttlSeconds, data });
  }
  return at;
}

/** Upper bits of the response code, 0 without OPT; -1 when a record is damaged. */
function findExtendedCode(bytes: Buffer, from: number, end: number, count: number): number {
  let at = from;
  for (let index = 0; index < count && index < MAX_OTHERS; index += 1) {
    const next = skipName(bytes, at, end);
    if (next === -1 || next + 10 > end) return -1;
    if (bytes.readUInt16BE(next) === TYPE_OPT) return bytes[next + 4] as number;
    at = next + 10 + bytes.readUInt16BE(next + 8);
    if (at > end) return -1;
  }
  return 0;
}

/**
 * Whether a datagram of any port is a message of DNS. Strict, because any bytes come there: one question for a known
 * type, flags that fit, records that end exactly where the datagram does.
 */
export function looksLikeDns(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < HEADER_BYTES + 5) return false;
  const flags = bytes.readUInt16BE(start + 2);
  const isResponse = (flags & RESPONSE_BIT) !== 0;
  if ((flags & (OPCODE_BITS | Z_BIT)) !== 0 || bytes.readUInt16BE(start + 4) !== 1) return false;
  const answers = bytes.readUInt16BE(start + 6);
  const authorities = bytes.readUInt16BE(start + 8);
  const others = bytes.readUInt16BE(start + 10);
  if (!isResponse) {
    if ((flags & (AUTHORITATIVE_BIT | TRUNCATED_BIT | AVAILABLE_BIT | CODE_BITS)) !== 0) return false;
    if (answers + authorities > 0 || others > 2) return false;
  }
  if ((flags & CODE_BITS) > 10 || answers + authorities + others > MAX_LIKELY_RECORDS) return false;
  names.begin();
  const name = names.read(bytes, start, start + HEADER_BYTES, end);
  let at = names.next;
  if (name === null || !names.isHostLike || at + 4 > end) return false;
  if (!isKnownType(bytes.readUInt16BE(at)) || bytes.readUInt16BE(at + 2) !== IN) return false;
  at += 4;
  for (let index = 0; index < answers + authorities + others; index += 1) {
    const next = skipName(bytes, at, end);
    if (next === -1 || next + 10 > end) return false;
    at = next + 10 + bytes.readUInt16BE(next + 8);
    if (at > end) return false;
  }
  return at === end;
}
