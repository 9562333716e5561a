import { randomInt } from 'node:crypto';
import type { Frame } from '../frames/frame.js';
import { FlowState } from './flow-state.js';

const MOST_BUCKETS = 2 ** 18;
/** At first: a folder may hold thousands of small captures. They double as conversations come. */
const FIRST_BUCKETS = 2 ** 10;
/** Conversations in memory at once; the one used longest ago is told and dropped first. */
const MAX_FLOWS = 100_000;

/** Kept to be used again. */
const MAX_SPARE = 1_000;

/** Lists by last use, each with its own patience. */
export const OPEN_TCP = 0;
export const CLOSED = 1;
export const OTHER = 2;
/** After so long a silence a conversation is over, in microseconds: connections may idle for long, datagrams do not. */
const PATIENCE_MICROS = [3_600e6, 30e6, 180e6] as const;

/** Ports that servers have and clients do not, above 1,023. */
const SERVER_PORTS = new Set([
  1080, 1194, 1433, 1521, 1723, 1883, 1900, 2049, 3128, 3306, 3389, 3478, 4070, 4443, 4500, 5060, 5222, 5223,
  5228, 5353, 5355, 5432, 5938, 6379, 6667, 8000, 8008, 8080, 8081, 8443, 8883, 8888, 9001, 9090, 9443, 51820,
]);

/** All conversations in memory, found by their addresses and ports, in either direction. */
export class FlowTable {
  #buckets: (FlowState | null)[] = new Array<FlowState | null>(FIRST_BUCKETS).fill(null);
  #bucketMask = FIRST_BUCKETS - 1;
  /** Drawn anew each time, so that no file can be made in which all conversations fall into one bucket. */
  readonly #seed = randomInt(1, 2 ** 31) | 1;
  readonly #oldest: (FlowState | null)[] = [null, null, null];
  readonly #newest: (FlowState | null)[] = [null, null, null];
  readonly #over: (flow: FlowState) => void;
  /** Used before, and as new: a scan makes and drops them by the million. */
  readonly #spare: FlowState[] = [];
  #size = 0;
  /** How many were dropped for want of room. */
  crowdedOut = 0;
  /** Whether the frame of the last look-up travels from the client. */
  fromClient = true;

  /** `over` is told of every conversation that ends. */
  constructor(over: (flow: FlowState) => void) {
    this.#over = over;
  }

  /** The conversation of a frame; null when there is none yet. */
  find(frame: Frame): FlowState | null {
    const { bytes, sourceAt, destinationAt, sourcePort, destinationPort, protocol, ipVersion } = frame;
    let flow = this.#buckets[this.#hashOf(frame) & this.#bucketMask] ?? null;
    const is6 = ipVersion === 6;
    const lowAt = is6 ? 12 : 0;
    const source3 = bytes.readInt32BE(sourceAt + lowAt);
    const destination3 = bytes.readInt32BE(destinationAt + lowAt);
    for (; flow !== null; flow = flow.nextInBucket) {
      if (flow.protocol !== protocol || flow.ipVersion !== ipVersion) continue;
      if (
        flow.client3 === source3 &&
        flow.server3 === destination3 &&
        flow.clientPort === sourcePort &&
        flow.serverPort === destinationPort &&
        (!is6 || (isClient(flow, bytes, sourceAt) && isServer(flow, bytes, destinationAt)))
      ) {
        this.fromClient = true;
        return flow;
      }
      if (
        flow.server3 === source3 &&
        flow.client3 === destination3 &&
        flow.serverPort === sourcePort &&
        flow.clientPort === destinationPort &&
        (!is6 || (isServer(flow, bytes, sourceAt) && isClient(flow, bytes, destinationAt)))
      ) {
        this.fromClient = false;
        return flow;
      }
    }
    return null;
  }

  /** A new conversation, which a frame begins. `turned`: the frame comes from the server. */
  create(frame: Frame, turned: boolean, list: number): FlowState {
    if (this.#size >= MAX_FLOWS) this.#makeRoom();
    const flow = this.#spare.pop() ?? new FlowState();
    const { bytes } = frame;
    const clientAt = turned ? frame.destinationAt : frame.sourceAt;
    const serverAt = turned ? frame.sourceAt : frame.destinationAt;
    if (frame.ipVersion === 6) {
      flow.client0 = bytes.readInt32BE(clientAt);
      flow.client1 = bytes.readInt32BE(clientAt + 4);
      flow.client2 = bytes.readInt32BE(clientAt + 8);
      flow.client3 = bytes.readInt32BE(clientAt + 12);
      flow.server0 = bytes.readInt32BE(serverAt);
      flow.server1 = bytes.readInt32BE(serverAt + 4);
      flow.server2 = bytes.readInt32BE(serverAt + 8);
      flow.server3 = bytes.readInt32BE(serverAt + 12);
    } else {
      flow.client3 = bytes.readInt32BE(clientAt);
      flow.server3 = bytes.readInt32BE(serverAt);
    }
    flow.clientPort = turned ? frame.destinationPort : frame.sourcePort;
    flow.serverPort = turned ? frame.sourcePort : frame.destinationPort;
    flow.ipVersion = frame.ipVersion;
    flow.protocol = frame.protocol;
    flow.isTurned = turned;
    flow.firstFrame = frame.frame;
    flow.firstMicros = frame.micros;
    flow.hash = this.#hashOf(frame);
    this.#toBucket(flow);
    flow.list = list;
    this.#append(flow);
    this.#size += 1;
    if (this.#size > this.#buckets.length && this.#size < MOST_BUCKETS) this.#moreBuckets();
    this.fromClient = !turned;
    return flow;
  }

  /** A frame of the conversation was seen: it is now the last used of its list. */
  touch(flow: FlowState, list: number): void {
    if (flow.newer === null && flow.list === list) return;
    this.#unlink(flow);
    flow.list = list;
    this.#append(flow);
  }

  /** Ends a conversation. */
  remove(flow: FlowState): void {
    this.#unlink(flow);
    let before: FlowState | null = null;
    const bucket = flow.hash & this.#bucketMask;
    let walk = this.#buckets[bucket] ?? null;
    while (walk !== null && walk !== flow) {
      before = walk;
      walk = walk.nextInBucket;
    }
    if (before === null) this.#buckets[bucket] = flow.nextInBucket;
    else before.nextInBucket = flow.nextInBucket;
    // What is dropped must not hold on to what stays: it would be kept with it.
    flow.nextInBucket = null;
    this.#size -= 1;
    this.#over(flow);
    // Nobody holds on to one that no decoder worked for.
    if (flow.context === null && this.#spare.length < MAX_SPARE) {
      flow.clear();
      this.#spare.push(flow);
    }
  }

  /** Whether a conversation had been silent for too long before a frame: that begins another. */
  isOver(flow: FlowState, frame: Frame): boolean {
    return frame.micros - flow.lastMicros > (PATIENCE_MICROS[flow.list] as number);
  }

  /** Ends what has been silent for too long at a moment. */
  expire(micros: number): void {
    for (let list = 0; list < PATIENCE_MICROS.length; list += 1) {
      const patience = PATIENCE_MICROS[list] as number;
      for (;;) {
        const flow = this.#oldest[list] ?? null;
        if (flow === null || !(micros - flow.lastMicros > patience)) break;
        this.remove(flow);
      }
    }
  }

  /** Ends so many, in the order they were used last. False: none is left. */
  end(most: number): boolean {
    let left = most;
    for (let list = 0; list < PATIENCE_MICROS.length; list += 1) {
      for (let flow = this.#oldest[list]; flow; flow = this.#oldest[list]) {
        if (left === 0) return true;
        left -= 1;
        this.remove(flow);
      }
    }
    return false;
  }

  /** Ends the conversation used longest ago, but not the one that needs the room. False: there is no other. */
  endOldestBut(needy: FlowState | null): boolean {
    let found: FlowState | null = null;
    for (const oldest of this.#oldest) {
      const flow = oldest !== null && oldest === needy ? oldest.newer : oldest;
      if (flow && (found === null || flow.lastFrame < found.lastFrame)) found = flow;
    }
    if (found === null) return false;
    this.crowdedOut += 1;
    this.remove(found);
    return true;
  }

  #makeRoom(): void {
    const flow = this.#oldest[CLOSED] ?? this.#oldest[OTHER] ?? this.#oldest[OPEN_TCP];
    if (!flow) return;
    this.crowdedOut += 1;
    this.remove(flow);
  }

  #toBucket(flow: FlowState): void {
    const bucket = flow.hash & this.#bucketMask;
    flow.nextInBucket = this.#buckets[bucket] ?? null;
    this.#buckets[bucket] = flow;
  }

  #moreBuckets(): void {
    const before = this.#buckets;
    this.#buckets = new Array<FlowState | null>(before.length * 2).fill(null);
    this.#bucketMask = this.#buckets.length - 1;
    for (const first of before) {
      for (let flow = first; flow !== null; ) {
        const next: FlowState | null = flow.nextInBucket;
        this.#toBucket(flow);
        flow = next;
      }
    }
  }

  #append(flow: FlowState): void {
    const newest = this.#newest[flow.list] ?? null;
    flow.older = newest;
    flow.newer = null;
    if (newest === null) this.#oldest[flow.list] = flow;
    else newest.newer = flow;
    this.#newest[flow.list] = flow;
  }

  #unlink(flow: FlowState): void {
    const { older, newer } = flow;
    if (older === null) this.#oldest[flow.list] = newer;
    else older.newer = newer;
    if (newer === null) this.#newest[flow.list] = older;
    else newer.older = older;
    flow.older = null;
    flow.newer = null;
  }

  /** The same for both directions: only sums of the two ends go into it. */
  #hashOf(frame: Frame): number {
    const { bytes, sourceAt, destinationAt } = frame;
    let sum = 0;
    const words = frame.ipVersion === 6 ? 16 : 4;
    for (let word = 0; word < words; word += 4) {
      const source = this.#mix(bytes.readInt32BE(sourceAt + word) ^ word);
      const destination = this.#mix(bytes.readInt32BE(destinationAt + word) ^ word);
      sum = (sum + source + destination) | 0;
    }
    sum = (sum + this.#mix(frame.sourcePort) + this.#mix(frame.destinationPort)) | 0;
    sum = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d);
    return (sum ^ (sum >>> 13) ^ frame.protocol) & (MOST_BUCKETS - 1);
  }

  #mix(word: number): number {
    let mixed = Math.imul(word ^ this.#seed, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), this.#seed);
    return mixed ^ (mixed >>> 16);
  }
}

/** Whether a frame that begins a conversation comes from its server, by its ports: the answer of what was not captured. */
export function comesFromServer(frame: Frame): boolean {
  return isServerPort(frame.sourcePort) && !isServerPort(frame.destinationPort);
}

function isServerPort(port: number): boolean {
  return (port > 0 && port < 1024) || SERVER_PORTS.has(port);
}

function isClient(flow: FlowState, bytes: Buffer, at: number): boolean {
  return (
    bytes.readInt32BE(at) === flow.client0 &&
    bytes.readInt32BE(at + 4) === flow.client1 &&
    bytes.readInt32BE(at + 8) === flow.client2
  );
}

function isServer(flow: FlowState, bytes: Buffer, at: number): boolean {
  return (
    bytes.readInt32BE(at) === flow.server0 &&
    bytes.readInt32BE(at + 4) === flow.server1 &&
    bytes.readInt32BE(at + 8) === flow.server2
  );
}
