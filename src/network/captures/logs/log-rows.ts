import type { EvidenceFile, PassedOver, Pointer, Problem } from '../../../core/contracts.js';
import { PassedOverCounter } from '../../../core/passed-over.js';
import { pointerTo, problemAt } from '../../../core/places.js';
import { RowCounter } from '../../../formats/row-counter.js';
import type { ServerCertificate } from '../../../records/certificate.js';
import type { Dns } from '../../../records/kinds/dns.js';
import type { FileDownload } from '../../../records/kinds/file-download.js';
import type { Flow } from '../../../records/kinds/flow.js';
import type { Http } from '../../../records/kinds/http.js';
import type { IdsAlert } from '../../../records/kinds/ids-alert.js';
import type { PacketAnomaly } from '../../../records/kinds/packet-anomaly.js';
import type { Tls } from '../../../records/kinds/tls.js';
import { certificateWithValidity, DerError } from '../../certificates.js';

/** What a log tells of. */
export type LogRecord = Flow | Dns | Tls | Http | FileDownload | IdsAlert | PacketAnomaly;
export type LogItem = LogRecord | Problem | PassedOver;

/** Names of logs come from the file: that many are told apart. */
const MAX_NAMES = 100;
const OTHER_NAMES = '…';
const MAX_NAME = 60;
/** Told by name in one sentence. */
const MAX_NAMED = 20;

/**
 * Takes what a reader finds in the rows of a log: records, and counts of what gives none. Everything waits here until
 * the reader lets it leave, so that rows are read without a wait between them.
 */
export class LogRows {
  readonly #file: EvidenceFile;
  readonly #badRows = new RowCounter();
  readonly #tooLarge = new RowCounter();
  readonly #badCertificates = new RowCounter();
  readonly #passedOver = new Map<LogRecord['kind'], PassedOverCounter>();
  readonly #notRead = new Map<string, RowCounter>();
  #leaving: LogItem[] = [];
  #locator = '';

  constructor(file: EvidenceFile) {
    this.#file = file;
  }

  /** Begins a row. */
  at(locator: string): void {
    this.#locator = locator;
  }

  /** Place of the row. */
  place(): Pointer {
    return pointerTo(this.#file, this.#locator);
  }

  give(record: LogRecord): void {
    this.#leaving.push(record);
  }

  /** A row that was read and would be a record of a kind, but tells nothing that is compared. */
  passOver(kind: LogRecord['kind'], at: string | null): void {
    let counter = this.#passedOver.get(kind);
    if (counter === undefined) {
      counter = new PassedOverCounter(kind);
      this.#passedOver.set(kind, counter);
    }
    const said = counter.add(at);
    if (said) this.#leaving.push(said);
  }

  /** A row of a log, or of a kind of event, of which Vigía makes no records. */
  notRead(name: string): void {
    const plain = name.slice(0, MAX_NAME);
    const known = this.#notRead.has(plain) || this.#notRead.size < MAX_NAMES ? plain : OTHER_NAMES;
    let counter = this.#notRead.get(known);
    if (counter === undefined) {
      counter = new RowCounter();
      this.#notRead.set(known, counter);
    }
    counter.add(this.#locator);
  }

  /** The row is none of this format, or damaged. */
  bad(): void {
    this.#badRows.add(this.#locator);
  }

  tooLarge(): void {
    this.#tooLarge.add(this.#locator);
  }

  problem(problem: Problem): void {
    this.#leaving.push(problem);
  }

  /** The last row has no end. */
  cut(): void {
    this.#leaving.push(problemAt(this.#file, this.#locator, 'content-truncated', 'lost'));
  }

  /** A certificate of the row, from its bytes; null, and counted, when they are none. */
  certificate(der: Uint8Array, position: number | null): ServerCertificate | null {
    try {
      return certificateWithValidity(der, position);
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      this.#badCertificates.add(this.#locator);
      return null;
    }
  }

  /** What leaves now. */
  leaving(): readonly LogItem[] {
    if (this.#leaving.length === 0) return NONE;
    const items = this.#leaving;
    this.#leaving = [];
    return items;
  }

  /** In one sentence: a log of Suricata has a dozen types of events that say nothing here. */
  #logsNotRead(): Problem | null {
    const [first, ...others] = this.#notRead;
    if (first === undefined) return null;
    const [log, counter] = first;
    if (others.length === 0)
      return problemAt(this.#file, counter.first, 'log-not-read', 'note', {
        values: { log },
        count: counter.count,
      });
    const names = [...this.#notRead.keys()];
    return problemAt(this.#file, counter.first, 'logs-not-read', 'note', {
      values: { logs: { list: names.slice(0, MAX_NAMED) }, more: Math.max(0, names.length - MAX_NAMED) },
      count: others.reduce((sum, [, { count }]) => sum + count, counter.count),
    });
  }

  /** What is left at the end of the file. */
  end(): readonly LogItem[] {
    const file = this.#file;
    for (const counter of this.#passedOver.values()) {
      const said = counter.end();
      if (said) this.#leaving.push(said);
    }
    const notRead = this.#logsNotRead();
    if (notRead !== null) this.#leaving.push(notRead);
    if (this.#badRows.count > 0)
      this.#leaving.push(
        problemAt(file, this.#badRows.first, 'bad-row', 'lost', { count: this.#badRows.count }),
      );
    if (this.#tooLarge.count > 0)
      this.#leaving.push(
        problemAt(file, this.#tooLarge.first, 'item-too-large', 'lost', { count: this.#tooLarge.count }),
      );
    if (this.#badCertificates.count > 0)
      this.#leaving.push(
        problemAt(file, this.#badCertificates.first, 'bad-certificate', 'lost', {
          count: this.#badCertificates.count,
        }),
      );
    return this.leaving();
  }
}

const NONE: readonly LogItem[] = [];
