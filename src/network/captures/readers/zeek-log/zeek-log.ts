import type { EvidenceFile, Reader } from '../../../../core/contracts.js';
import { EvidenceError } from '../../../../core/evidence-error.js';
import { pointerTo } from '../../../../core/places.js';
import { begunJson } from '../../../../formats/begun-json.js';
import { asObject, type JsonObject, own } from '../../../../formats/json-values.js';
import {
  type JsonRowFormat,
  type JsonRowTaker,
  jsonOf,
  readJsonRows,
  recognisesJsonRows,
} from '../../../json-rows.js';
import { rowLines, textOfHead } from '../../../row-lines.js';
import { objectAt, textAt } from '../../../scans/scan-values.js';
import { type LogItem, type LogRecord, LogRows } from '../../logs/log-rows.js';
import { pathByFields, ZEEK_LOGS } from './zeek-logs.js';
import { JsonRow, TableRow, type ZeekRow } from './zeek-row.js';

/**
 * Logs of Zeek (Bro), as tables and as JSON, also of Corelight's sensors: connections, names asked for, encrypted and plain
 * ones, files, certificates, notices. Other logs are named, and not read.
 */
export const reader: Reader<LogRecord> = {
  id: 'captures/zeek-log',
  emits: ['flow', 'dns', 'tls', 'http', 'file-download', 'ids-alert', 'packet-anomaly'],
  artifacts: [],
  recognises: (probe) => isTable(probe.head) || recognisesJsonRows(probe, ZEEK_JSON),

  async *read(file, { signal }) {
    const probe = await file.probe();
    const path = pathOfName(file.path);
    if (isTable(probe.head)) yield* readTable(file, path, signal);
    else yield* readJsonRows(file, signal, ZEEK_JSON, new JsonTaker(file, path));
  },
};

// ---------------------------------------------------------------------------------------------------------------
// Tables

const HASH = 35;

/** Whether a file begins with the header of Zeek's table writer. Comments may stand before it. */
function isTable(head: Uint8Array): boolean {
  // Also after the byte order marks of UTF-8 and UTF-16.
  if (head[0] !== HASH && head[2] !== HASH && head[3] !== HASH) return false;
  for (const line of textOfHead(head).split('\n', 20)) {
    const plain = line.replace(/^\ufeff/, '');
    if (/^#separator \\x[\da-f]{2}/i.test(plain) || /^#fields\tts\t/.test(plain)) return true;
    if (!plain.startsWith('#')) return false;
  }
  return false;
}

async function* readTable(
  file: EvidenceFile,
  pathOfFile: string | null,
  signal: AbortSignal | undefined,
): AsyncGenerator<LogItem> {
  const rows = new LogRows(file);
  const table = new TableRow();
  let hasFields = false;
  const lines = rowLines(file, {
    signal,
    encoding: 'utf8',
    onLine: (text, number, isLast) => {
      if (text.charCodeAt(0) === HASH) {
        table.header(text);
        hasFields ||= text.startsWith('#fields');
        return;
      }
      rows.at(`line ${number}`);
      if (table.row(text) && readRow(table, table.path, pathOfFile, rows)) return;
      if (isLast) rows.cut();
      else rows.bad();
    },
    onTooLong: (number) => {
      rows.at(`line ${number}`);
      rows.tooLarge();
    },
  });
  for await (const _ of lines) for (const item of rows.leaving()) yield item;
  if (!hasFields) throw new EvidenceError('wrong-format', pointerTo(file, ''));
  for (const item of rows.end()) yield item;
}

// ---------------------------------------------------------------------------------------------------------------
// JSON

const ZEEK_JSON: JsonRowFormat = {
  lists: [],
  hasPrefixes: true,
  isEntry(entry) {
    // The text that a shipper keeps may be cut where the beginning of the file ends.
    const { object, path } = unwrapped(entry, begunJson);
    const moment = own(object, 'ts');
    if (typeof moment !== 'number' && !(typeof moment === 'string' && /^\d/.test(moment))) return false;
    if (path !== null && own(object, '_path') !== undefined) return true;
    const probe = new JsonRow();
    probe.row(object);
    return (
      probe.has('id.orig_h') ||
      (probe.has('fuid') && probe.has('source')) ||
      probe.has('certificate.serial') ||
      (probe.has('note') && (probe.has('actions') || probe.has('suppress_for'))) ||
      (probe.has('name') && probe.flag('notice') !== null && probe.has('peer'))
    );
  },
};

interface Unwrapped {
  readonly object: JsonObject;
  readonly path: string | null;
}

/**
 * A row, out of what shippers put around it: `{"_source": …}`, Zeek's Kafka writer's `{"conn": …}`, the text in `message`
 * that Filebeat and Security Onion keep.
 */
function unwrapped(entry: JsonObject, parse: typeof begunJson | typeof jsonOf): Unwrapped {
  const path = own(entry, '_path');
  if (typeof path === 'string' || own(entry, 'ts') !== undefined)
    return { object: entry, path: typeof path === 'string' ? path : null };
  const source = asObject(own(entry, '_source'));
  const shipped = source ?? entry;
  for (const text of [textAt(shipped, 'message'), textAt(objectAt(shipped, 'event'), 'original')]) {
    if (!text?.includes('"ts"')) continue;
    const inner = asObject(parse(text.slice(Math.max(0, text.indexOf('{')))) ?? undefined);
    if (inner !== null && own(inner, 'ts') !== undefined) return unwrappedOnce(inner);
  }
  return unwrappedOnce(shipped);
}

function unwrappedOnce(entry: JsonObject): Unwrapped {
  const stated = own(entry, '_path');
  if (typeof stated === 'string') return { object: entry, path: stated };
  if (own(entry, 'ts') !== undefined) return { object: entry, path: null };
  const keys = Object.keys(entry);
  const [key] = keys;
  const inner = keys.length === 1 && key !== undefined ? asObject(own(entry, key)) : null;
  return inner === null || key === undefined ? { object: entry, path: null } : { object: inner, path: key };
}

/** Gives entries of JSON to the rows. */
class JsonTaker extends LogRows implements JsonRowTaker<LogItem> {
  readonly #pathOfFile: string | null;
  readonly #row = new JsonRow();

  constructor(file: EvidenceFile, pathOfFile: string | null) {
    super(file);
    this.#pathOfFile = pathOfFile;
  }

  read(entry: JsonObject): boolean {
    const { object, path } = unwrapped(entry, jsonOf);
    this.#row.row(object);
    if (!this.#row.has('ts')) return false;
    return readRow(this.#row, path, this.#pathOfFile, this);
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Both

/**
 * Reads a row of the log that the content says it is of; where it says none, of the one that the name of the file or the
 * fields say. False when it is of none.
 */
function readRow(row: ZeekRow, stated: string | null, pathOfFile: string | null, rows: LogRows): boolean {
  const path = plainPath(stated ?? pathOfFile);
  const log = path === null ? undefined : ZEEK_LOGS.get(path);
  if (log?.(row, rows)) return true;
  if (stated === null || log !== undefined) {
    const guessed = pathByFields(row);
    if (guessed !== null && guessed !== path && ZEEK_LOGS.get(guessed)?.(row, rows)) return true;
  }
  if (log !== undefined) return false;
  rows.notRead(path ?? '?');
  return true;
}

/** Corelight's shortened logs: `conn_red`. */
function plainPath(path: string | null): string | null {
  return path?.endsWith('_red') ? path.slice(0, -4) : path;
}

/** Name of the log by that of its file: `conn.log`, `conn.2024-01-01-00-00-00.log`, `conn_20240101_00:00:00-01:00:00+0000.log`. */
function pathOfName(path: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const [, log] = /^([a-z][a-z0-9]*(?:_[a-z][a-z0-9]*)*)(?=[._-])/.exec(name) ?? [];
  return log ?? null;
}
