import type { EvidenceFile, PassedOver, Problem, ReadContext } from '../../core/contracts.js';
import { problemAt } from '../../core/places.js';
import { RowCounter } from '../../formats/row-counter.js';
import type { ServerCertificate } from '../../records/certificate.js';
import type { ServerObservation } from '../../records/kinds/server-observation.js';
import { certificateFromDer, DerError, mayCarrySign } from '../certificates.js';
import { isWorthALook, observation, PassedOverCounter } from './observation.js';
import { scanTime } from './scan-time.js';

/** What a scan reader says. */
export type ScanItem = ServerObservation | Problem | PassedOver;

/** What an export says about one server; what it does not say is left out. */
export type ServerFields = Partial<Omit<ServerObservation, 'kind' | 'source' | 'scan'>>;

/**
 * Takes what a reader finds in rows: gives a record of what is worth a look, counts the rest. Everything waits here
 * until the reader lets it leave, so that rows are read without a wait between them.
 */
export class ScanRows {
  /** Day of the study that the name of the file begins with, as scans.io and its kind name files; null when it does not. */
  readonly studyDay: string | null;
  readonly #file: EvidenceFile;
  readonly #context: ReadContext;
  readonly #passedOver = new PassedOverCounter('server-observation');
  readonly #badRows = new RowCounter();
  readonly #tooLarge = new RowCounter();
  readonly #badCertificates = new RowCounter();
  #leaving: ScanItem[] = [];
  #locator = '';

  constructor(file: EvidenceFile, context: ReadContext) {
    this.#file = file;
    this.#context = context;
    this.studyDay = studyDayOf(file.path);
  }

  /** Begins a row. */
  at(locator: string): void {
    this.#locator = locator;
  }

  /** One server of the row; `place` says where in the row, when there are several. */
  server(scan: string, fields: ServerFields, place = ''): void {
    const locator = place === '' ? this.#locator : `${this.#locator} > ${place}`;
    const row = observation(this.#file, locator, scan, fields);
    if (isWorthALook(row, this.#context)) this.#leaving.push(row);
    else this.nothing(row.at);
  }

  /** A row that was read and tells of no server: nobody answered. */
  nothing(at: string | null): void {
    const said = this.#passedOver.add(at);
    if (said) this.#leaving.push(said);
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

  /**
   * A certificate of the row, from its bytes where they tell more than the export's own words do: hashing ten million
   * certificates to no purpose takes minutes.
   */
  certificate(
    stated: ServerCertificate | null,
    der: Uint8Array | null,
    position: number | null,
  ): ServerCertificate | null {
    if (der === null) return stated;
    const hasDigest = stated !== null && (stated.sha256 !== null || stated.sha1 !== null);
    if (hasDigest && !mayCarrySign(der)) return stated;
    try {
      const read = certificateFromDer(der, position);
      return stated ? { ...read, md5: stated.md5 } : read;
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      this.#badCertificates.add(this.#locator);
      return stated;
    }
  }

  /** What leaves now. */
  leaving(): readonly ScanItem[] {
    if (this.#leaving.length === 0) return NONE;
    const items = this.#leaving;
    this.#leaving = [];
    return items;
  }

  /** What is left at the end of the file. */
  end(): readonly ScanItem[] {
    const file = this.#file;
    const said = this.#passedOver.end();
    if (said) this.#leaving.push(said);
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

const NONE: readonly ScanItem[] = [];

function studyDayOf(path: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const [, year, month, day] = /^(20\d\d)-?(\d\d)-?(\d\d)[-_.]/.exec(name) ?? [];
  return day === undefined ? null : scanTime(`${year}-${month}-${day}T00:00:00Z`);
}
