import type {
  EvidenceFile,
  EvidenceRecord,
  PassedOver,
  Pointer,
  Problem,
  Reader,
  Tally,
} from '../../../../core/contracts.js';
import { PacketTraffic } from '../../../../records/tallies/packet-traffic.js';
import { CaptureParser, looksLikeCapture, type RawPacket } from '../../container/capture-parser.js';
import { CaptureFlows } from '../../flows/capture-flows.js';
import { Frame } from '../../frames/frame.js';
import { FrameDecoder } from '../../frames/frame-decoder.js';

/**
 * Captured traffic: pcap and pcapng, told apart by content. Gives conversations, questions to the name system, encrypted and
 * plain ones, files that travelled in the clear, and packets that contradict each other; and counts of what went where, in which
 * attacks by volume are looked for.
 */
export const reader: Reader = {
  id: 'captures/pcap',
  emits: ['flow', 'dns', 'tls', 'http', 'file-download', 'packet-anomaly'],
  artifacts: [],
  recognises: ({ head }) => looksLikeCapture(head),

  async *read(file, { signal }) {
    const reading = new CaptureReading(file);
    let failure: unknown = null;
    try {
      for await (const chunk of file.stream()) {
        signal?.throwIfAborted();
        reading.push(chunk);
        yield* reading.take();
      }
    } catch (error) {
      if (signal?.aborted) throw error;
      // What came before the damage counts.
      failure = error;
    }
    reading.endPackets(failure !== null);
    while (reading.endConversations()) yield* reading.take();
    reading.end();
    yield* reading.take();
    if (reading.traffic !== null) yield reading.traffic;
    if (failure !== null) throw failure;
  },
};

/** Conversations ended before their records are handed on. */
const ENDED_AT_ONCE = 256;

/** One file while it is read. */
class CaptureReading {
  readonly #file: EvidenceFile;
  readonly #frame = new Frame();
  readonly #decoder = new FrameDecoder();
  readonly #parser: CaptureParser;
  readonly #flows: CaptureFlows;
  #said: (EvidenceRecord | Problem | PassedOver)[] = [];
  #hasSecrets = false;
  readonly #traffic = new PacketTraffic();

  constructor(file: EvidenceFile) {
    this.#file = file;
    this.#traffic.startSource({ evidence: file.source.id, path: file.path, place: 'frame' });
    this.#flows = new CaptureFlows({
      place: (frame) => this.#place(`frame ${frame}`),
      emit: (record) => this.#said.push(record),
      problem: (problem) => this.#said.push(problem),
    });
    this.#parser = new CaptureParser({
      packet: (packet) => {
        this.#packet(packet);
        this.#traffic.packet(packet, this.#decoder.ipAt);
      },
      problem: (problem) =>
        this.#said.push({ kind: 'problem', ...problem, source: this.#place(problem.locator) }),
      secrets: () => this.#secrets(),
    });
  }

  push(chunk: Uint8Array): void {
    const piece = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#flows.piece(piece);
    this.#parser.push(piece);
  }

  /** What has been read since the last call. */
  take(): readonly (EvidenceRecord | Problem | PassedOver)[] {
    const said = this.#said;
    if (said.length > 0) this.#said = [];
    return said;
  }

  /** What went where; null when nothing did. */
  get traffic(): Tally | null {
    return this.#traffic.packets > 0 ? this.#traffic : null;
  }

  /** `isBroken`: the file could not be read to its end, so a cut packet there is no defect of its own. */
  endPackets(isBroken: boolean): void {
    this.#parser.end(isBroken);
    this.#decoder.end();
  }

  /** Ends some of those that are open; false: none is left. There may be too many for their records to be held at once. */
  endConversations(): boolean {
    return this.#flows.end(ENDED_AT_ONCE);
  }

  end(): void {
    this.#sayCounts();
  }

  #packet(packet: RawPacket): void {
    if (this.#decoder.decode(packet, this.#frame)) this.#flows.packet(this.#frame);
  }

  #secrets(): void {
    if (this.#hasSecrets) return;
    this.#hasSecrets = true;
    this.#said.push({
      kind: 'problem',
      code: 'keys-inside',
      effect: 'note',
      source: this.#place(''),
    });
  }

  /** What became of packets that are in no record, or not whole in one. */
  #sayCounts(): void {
    const { counts } = this.#decoder;
    const said: readonly (Pick<Problem, 'code' | 'effect'> & { readonly count: number })[] = [
      { code: 'frames-not-ip', effect: 'note', count: counts.notIp },
      { code: 'frames-encrypted', effect: 'lost', count: counts.encrypted },
      { code: 'frames-aggregated', effect: 'lost', count: counts.aggregated },
      { code: 'frames-damaged', effect: 'lost', count: counts.damaged },
      { code: 'headers-cut', effect: 'lost', count: counts.cutHeaders },
      { code: 'payloads-cut', effect: 'lost', count: counts.cutPayloads },
      { code: 'fragments-missing', effect: 'lost', count: counts.incomplete },
      { code: 'fragments-overlap', effect: 'lost', count: counts.overlapping },
      { code: 'conversations-crowded-out', effect: 'note', count: this.#flows.crowdedOut },
      { code: 'comparisons-missed', effect: 'lost', count: this.#flows.missedComparisons },
    ];
    const source = this.#place('');
    if (this.#parser.container !== null && this.#parser.packets === 0)
      this.#said.push({ kind: 'problem', code: 'no-packets', effect: 'note', source });
    for (const problem of said)
      if (problem.count > 0) this.#said.push({ kind: 'problem', ...problem, source });
    if (counts.unknownLink > 0)
      this.#said.push({
        kind: 'problem',
        code: 'link-not-read',
        effect: 'lost',
        source,
        count: counts.unknownLink,
        values: { links: [...this.#decoder.unknownLinkTypes].sort((a, b) => a - b).join(', ') },
      });
  }

  #place(locator: string): Pointer {
    return { evidence: this.#file.source.id, path: this.#file.path, locator };
  }
}
