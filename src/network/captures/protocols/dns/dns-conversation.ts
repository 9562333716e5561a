/** Questions and answers of one conversation with a name server, or of one device with its network. */
import type { Dns } from '../../../../records/kinds/dns.js';
import type { PacketAnomaly } from '../../../../records/kinds/packet-anomaly.js';
import type { NetworkEnds } from '../../../../records/network-ends.js';
import type { Consumer, FlowContext, PacketMark } from '../../flows/consumer.js';
import { MemoryBudget } from '../memory-budget.js';
import { type DnsMessage, type DnsQuestion, type DnsResource, parseDns } from './dns-message.js';
import { DnsStream } from './dns-stream.js';
import { responseCodeName, TYPE_A, TYPE_AAAA, typeName } from './dns-types.js';

export { looksLikeDns } from './dns-message.js';

export type DnsService = 'dns' | 'mdns' | 'llmnr';

/** Questions of one conversation that wait for an answer, and answers that a second one may contradict. */
const MAX_WAITING = 256;
const MAX_RECENT = 64;
/** A resolver gives up long before. */
const MAX_WAIT_MICROS = 60_000_000;
/** Two answers to one question further apart are no race (spec of the network room, 2.3). */
const RACE_MICROS = 1_000_000;
/** What announcements of the own network are remembered by, so that each is told once. */
const MAX_ANNOUNCED = 512;
const MAX_ANNOUNCED_BYTES = 65_536;
/** Records made of one message of mDNS. */
const MAX_RECORDS_OF_MESSAGE = 16;
const MAX_EXCERPT = 400;
/** Addresses compared of one answer, and characters of one that holds none. */
const MAX_ADDRESSES = 64;
const MAX_SET_CHARACTERS = 512;
const NXDOMAIN = 3;
/** Held for one conversation when it has no budget in common with others. */
const OWN_BUDGET_BYTES = 4 * 1024 * 1024;
/** What a question, an answer and an announcement take beside their texts. */
const WAITING_BYTES = 512;
const ANSWERED_BYTES = 1_024;
const ANNOUNCED_BYTES = 64;

/** A question, until its answer is there or nobody waits for it any more. */
interface Waiting {
  readonly question: DnsQuestion;
  readonly transactionId: number;
  readonly mark: PacketMark;
  readonly fromClient: boolean;
  /** How often it was asked. */
  times: number;
  /** Taken of the budget. */
  readonly heldBytes: number;
}

/** An answer, as long as a second one would be a race. */
interface Answered {
  readonly waiting: Waiting | null;
  readonly mark: PacketMark;
  readonly excerpt: string;
  readonly addresses: readonly string[];
  readonly isNoSuchName: boolean;
  /** How often it was asked, and answered. */
  readonly asked: number;
  times: number;
  /** All sets of addresses that were given. */
  readonly sets: string[];
  /** Taken of the budget. */
  heldBytes: number;
}

/** Decoder of DNS, mDNS and LLMNR over UDP, and of DNS over TCP. */
export class DnsConversation implements Consumer {
  readonly #flow: FlowContext;
  readonly #service: DnsService;
  readonly #budget: MemoryBudget;
  readonly #client: DnsStream | null;
  readonly #server: DnsStream | null;
  readonly #waiting = new Map<string, Waiting>();
  readonly #recent = new Map<string, Answered>();
  #announced: Set<string> | null = null;
  #announcedBytes = 0;
  #isNamed = false;
  #turnedEnds: NetworkEnds | null = null;

  constructor(
    flow: FlowContext,
    service: DnsService,
    isStream: boolean,
    budget = new MemoryBudget(OWN_BUDGET_BYTES),
  ) {
    this.#flow = flow;
    this.#service = service;
    this.#budget = budget;
    this.#client = isStream ? new DnsStream(budget) : null;
    this.#server = isStream ? new DnsStream(budget) : null;
  }

  data(fromClient: boolean, bytes: Buffer, start: number, end: number, mark: PacketMark): boolean {
    const stream = fromClient ? this.#client : this.#server;
    if (stream === null) {
      this.#message(fromClient, bytes, start, end, mark);
      return true;
    }
    return stream.data(bytes, start, end, mark, (whole, from, to, begun) =>
      this.#message(fromClient, whole, from, to, begun),
    );
  }

  gap(fromClient: boolean, lengthBytes: number): boolean {
    (fromClient ? this.#client : this.#server)?.gap(lengthBytes);
    return true;
  }

  end(fromClient: boolean | null): void {
    if (fromClient !== null) return;
    for (const [key, waiting] of this.#waiting) this.#giveUp(key, waiting);
    for (const [key, answered] of this.#recent) this.#forget(key, answered);
    this.#forgetAnnounced();
    this.#client?.end();
    this.#server?.end();
  }

  #message(fromClient: boolean, bytes: Buffer, start: number, end: number, mark: PacketMark): void {
    const message = parseDns(bytes, start, end);
    if (message === null) return;
    if (!this.#isNamed && message.questions.length + message.answers.length > 0) {
      this.#isNamed = true;
      this.#flow.application(this.#service);
    }
    if (this.#service === 'mdns') this.#announcement(fromClient, message, mark);
    else if (message.isResponse) this.#response(fromClient, message, mark, bytes, start, end);
    else for (const question of message.questions) this.#query(fromClient, message, question, mark);
  }

  #query(fromClient: boolean, message: DnsMessage, question: DnsQuestion, mark: PacketMark): void {
    const key = keyOf(fromClient, message.id, question);
    const known = this.#waiting.get(key);
    // The same again within the time somebody waits: it was repeated. Later: the number is used anew.
    if (known && !(mark.micros - known.mark.micros > MAX_WAIT_MICROS)) {
      known.times += 1;
      return;
    }
    if (known) this.#giveUp(key, known);
    this.#dropLate(mark.micros);
    const heldBytes = WAITING_BYTES + key.length + question.name.length;
    const waiting = { question, transactionId: message.id, mark, fromClient, times: 1, heldBytes };
    if (this.#budget.take(heldBytes)) this.#waiting.set(key, waiting);
    else this.#emitUnanswered(waiting);
  }

  /** Those that nobody waits for any more, and the oldest when there are too many. */
  #dropLate(now: number): void {
    for (const [key, waiting] of this.#waiting) {
      if (this.#waiting.size < MAX_WAITING && !(now - waiting.mark.micros > MAX_WAIT_MICROS)) return;
      this.#giveUp(key, waiting);
    }
  }

  #giveUp(key: string, waiting: Waiting): void {
    this.#waiting.delete(key);
    this.#budget.give(waiting.heldBytes);
    this.#emitUnanswered(waiting);
  }

  #response(
    fromClient: boolean,
    message: DnsMessage,
    mark: PacketMark,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    // The asker is the other side.
    const askedByClient = !fromClient;
    for (const question of message.questions.length > 0 ? message.questions : this.#unsaid(message)) {
      const key = keyOf(askedByClient, message.id, question);
      const waiting = this.#waiting.get(key) ?? null;
      if (waiting !== null) {
        this.#waiting.delete(key);
        this.#budget.give(waiting.heldBytes);
      }
      if (this.#client !== null) {
        // Over TCP nobody answers in another's place without the connection showing it; a transfer of a zone has many.
        this.#emit(askedByClient, waiting, question, message, mark);
        continue;
      }
      const earlier = this.#recent.get(key);
      if (waiting === null && earlier && isWithin(earlier.mark, mark, RACE_MICROS)) {
        this.#again(askedByClient, earlier, question, message, mark, excerptOf(bytes, start, end));
        continue;
      }
      this.#emit(askedByClient, waiting, question, message, mark);
      this.#dropOld(mark.micros);
      if (earlier) this.#forget(key, earlier);
      const addresses = addressesOf(message);
      const excerpt = excerptOf(bytes, start, end);
      const set = setOf(message, addresses);
      // The addresses are in the set too.
      const heldBytes = ANSWERED_BYTES + key.length + excerpt.length + 2 * set.length;
      // Without room a second answer cannot be compared with it.
      if (!this.#budget.take(heldBytes)) continue;
      this.#recent.set(key, {
        waiting,
        mark,
        excerpt,
        addresses,
        isNoSuchName: message.responseCode === NXDOMAIN,
        asked: waiting?.times ?? 0,
        times: 1,
        sets: [set],
        heldBytes,
      });
    }
  }

  /** A message without a question: it is that of the number, or that of what it answers. */
  #unsaid(message: DnsMessage): readonly DnsQuestion[] {
    for (const { transactionId, question } of this.#waiting.values())
      if (transactionId === message.id) return [question];
    const [first] = message.answers;
    return first === undefined ? [] : [first];
  }

  #dropOld(now: number): void {
    for (const [key, answered] of this.#recent) {
      if (this.#recent.size < MAX_RECENT && now - answered.mark.micros <= RACE_MICROS) return;
      this.#forget(key, answered);
    }
  }

  #forget(key: string, { heldBytes }: Answered): void {
    this.#recent.delete(key);
    this.#budget.give(heldBytes);
  }

  /** A second answer soon after the first: the same again, or another. */
  #again(
    askedByClient: boolean,
    earlier: Answered,
    question: DnsQuestion,
    message: DnsMessage,
    mark: PacketMark,
    excerpt: string,
  ): void {
    const addresses = addressesOf(message);
    const set = setOf(message, addresses);
    earlier.times += 1;
    if (earlier.sets.includes(set) || earlier.sets.length >= MAX_RECORDS_OF_MESSAGE) return;
    if (!this.#budget.take(set.length)) return;
    earlier.heldBytes += set.length;
    earlier.sets.push(set);
    this.#emit(askedByClient, earlier.waiting, question, message, mark);
    const isNoSuchName = message.responseCode === NXDOMAIN;
    const isContradiction =
      (addresses.length > 0 && (earlier.addresses.length > 0 || earlier.isNoSuchName)) ||
      (isNoSuchName && earlier.addresses.length > 0);
    // A question that was asked twice may be answered twice, and a server that hands out its addresses in turn gives others.
    if (isContradiction && earlier.times > earlier.asked)
      this.#emitRace(askedByClient, earlier, question, addresses, mark, excerpt);
  }

  /** mDNS: questions and answers go to everyone and are not matched; each is told once in a conversation. */
  #announcement(fromClient: boolean, message: DnsMessage, mark: PacketMark): void {
    if (!message.isResponse) {
      for (const question of message.questions.slice(0, MAX_RECORDS_OF_MESSAGE))
        if (this.#isNew(`? ${question.type} ${question.name}`))
          this.#emitUnanswered({
            question,
            transactionId: message.id,
            mark,
            fromClient,
            times: 1,
            heldBytes: 0,
          });
      return;
    }
    const byName = new Map<string, DnsResource[]>();
    for (const answer of message.answers) {
      const same = byName.get(answer.name);
      if (same) same.push(answer);
      else if (byName.size < MAX_RECORDS_OF_MESSAGE) byName.set(answer.name, [answer]);
    }
    for (const [name, answers] of byName) {
      const [first] = answers;
      if (first === undefined) continue;
      const known = answers.filter(({ type, data }) => this.#isNew(`${name} ${type} ${data}`));
      if (known.length > 0) this.#emit(!fromClient, null, first, { ...message, answers }, mark);
    }
  }

  #isNew(announced: string): boolean {
    if (this.#announced?.has(announced)) return false;
    // When there are too many they are forgotten, and each may be told once more.
    const isFull =
      this.#announced !== null &&
      (this.#announced.size >= MAX_ANNOUNCED || this.#announcedBytes >= MAX_ANNOUNCED_BYTES);
    if (isFull) this.#forgetAnnounced();
    const bytes = ANNOUNCED_BYTES + announced.length;
    if (!this.#budget.take(bytes)) return true;
    this.#announced ??= new Set();
    this.#announced.add(announced);
    this.#announcedBytes += bytes;
    return true;
  }

  #forgetAnnounced(): void {
    this.#announced = null;
    this.#budget.give(this.#announcedBytes);
    this.#announcedBytes = 0;
  }

  #emitUnanswered({ question, transactionId, mark, fromClient }: Waiting): void {
    this.#flow.emit(
      this.#record(fromClient, transactionId, question, mark, {
        isQuerySeen: true,
        responseCode: null,
        answeredAt: null,
        answerFrame: null,
        answers: [],
      }),
    );
  }

  #emit(
    askedByClient: boolean,
    waiting: Waiting | null,
    question: DnsQuestion,
    message: DnsMessage,
    mark: PacketMark,
  ): void {
    this.#flow.emit(
      this.#record(askedByClient, message.id, waiting?.question ?? question, waiting?.mark ?? mark, {
        isQuerySeen: waiting !== null,
        responseCode: responseCodeName(message.responseCode),
        answeredAt: this.#flow.at(mark.micros),
        answerFrame: mark.frame,
        answers: message.answers.map(({ name, type, ttlSeconds, data }) => ({
          name,
          type: typeName(type),
          ttlSeconds,
          data,
        })),
      }),
    );
  }

  #record(
    askedByClient: boolean,
    transactionId: number,
    question: DnsQuestion,
    mark: PacketMark,
    answer: Pick<Dns, 'isQuerySeen' | 'responseCode' | 'answeredAt' | 'answerFrame' | 'answers'>,
  ): Dns {
    return {
      kind: 'dns',
      at: this.#flow.at(mark.micros),
      source: this.#flow.place(mark.frame),
      ...this.#ends(askedByClient),
      service: this.#service,
      // mDNS does not use the number (RFC 6762 18.1).
      transactionId: this.#service === 'mdns' ? null : transactionId,
      name: question.name,
      type: typeName(question.type),
      ...answer,
    };
  }

  #emitRace(
    askedByClient: boolean,
    earlier: Answered,
    question: DnsQuestion,
    addresses: readonly string[],
    mark: PacketMark,
    excerpt: string,
  ): void {
    const race: PacketAnomaly = {
      kind: 'packet-anomaly',
      at: this.#flow.at(mark.micros),
      source: this.#flow.place(mark.frame),
      ...this.#ends(askedByClient),
      anomaly: 'dns-race',
      fromServer: true,
      packets: [earlier.mark.facts(), mark.facts()],
      handshakePacket: null,
      overlapBytes: null,
      differingBytes: null,
      excerpts: [earlier.excerpt, excerpt],
      overlapExcerpts: [],
      clientIpId: null,
      clientWindow: null,
      signs: [],
      name: question.name,
      answers: [[...earlier.addresses], [...addresses]],
      request: null,
      statedBy: null,
    };
    this.#flow.emit(race);
  }

  /** Client is who asks. */
  #ends(askedByClient: boolean): NetworkEnds {
    const { ends } = this.#flow;
    if (askedByClient) return ends;
    this.#turnedEnds ??= {
      transport: ends.transport,
      clientAddress: ends.serverAddress,
      clientPort: ends.serverPort,
      serverAddress: ends.clientAddress,
      serverPort: ends.clientPort,
    };
    return this.#turnedEnds;
  }
}

/** Names compare without regard to case (RFC 4343), and askers vary it on purpose. */
function keyOf(askedByClient: boolean, id: number, { name, type }: DnsQuestion): string {
  return `${askedByClient ? '>' : '<'}${id} ${type} ${name.toLowerCase()}`;
}

function isWithin(earlier: PacketMark, later: PacketMark, micros: number): boolean {
  return Math.abs(later.micros - earlier.micros) <= micros;
}

function addressesOf({ answers }: DnsMessage): string[] {
  const list: string[] = [];
  for (const { type, data } of answers)
    if ((type === TYPE_A || type === TYPE_AAAA) && list.length < MAX_ADDRESSES) list.push(data);
  return list;
}

/** What tells two answers apart, whatever the order: addresses, or that there are none and why. */
function setOf(message: DnsMessage, addresses: readonly string[]): string {
  if (addresses.length > 0) return [...new Set(addresses)].sort().join(' ');
  let text = `none ${message.responseCode}`;
  for (const { type, data } of message.answers)
    if (text.length < MAX_SET_CHARACTERS) text += ` ${type} ${data.slice(0, MAX_SET_CHARACTERS)}`;
  return text;
}

function excerptOf(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, Math.min(end, start + MAX_EXCERPT));
}
