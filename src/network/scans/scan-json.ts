/** Exports of scans in JSON: a row a line, a list, or a document that wraps its entries. */
import type { EvidenceFile, FileProbe, ReadContext } from '../../core/contracts.js';
import type { JsonObject } from '../../formats/json-values.js';
import { type JsonRowFormat, type JsonRowTaker, readJsonRows, recognisesJsonRows } from '../json-rows.js';
import { type ScanItem, ScanRows } from './scan-rows.js';

/** One export format. */
export interface ScanFormat extends JsonRowFormat {
  /** Gives the servers of an entry to the rows. False when it is none of this format after all. */
  read(entry: JsonObject, rows: ScanRows): boolean;
}

/** Whether a file begins as a format's exports do. */
export function recognisesScan(probe: FileProbe, format: ScanFormat): boolean {
  return recognisesJsonRows(probe, format);
}

/**
 * Reads an export. A bad row costs itself only; all of them are one problem with the first place.
 *
 * @throws EvidenceError `wrong-format` when it does not begin as one
 */
export function readScanJson(
  file: EvidenceFile,
  context: ReadContext,
  format: ScanFormat,
): AsyncGenerator<ScanItem> {
  return readJsonRows(file, context.signal, format, new ScanTaker(file, context, format));
}

/** Gives entries to a format, which gives servers to the rows. */
class ScanTaker extends ScanRows implements JsonRowTaker<ScanItem> {
  readonly #format: ScanFormat;

  constructor(file: EvidenceFile, context: ReadContext, format: ScanFormat) {
    super(file, context);
    this.#format = format;
  }

  read(entry: JsonObject): boolean {
    return this.#format.read(entry, this);
  }
}
