import type { EvidenceFile, Reader } from '../../../../core/contracts.js';
import { begunJson } from '../../../../formats/begun-json.js';
import { asObject, type JsonObject, own } from '../../../../formats/json-values.js';
import {
  type JsonRowFormat,
  type JsonRowTaker,
  jsonOf,
  readJsonRows,
  recognisesJsonRows,
} from '../../../json-rows.js';
import { textAt } from '../../../scans/scan-values.js';
import { type LogItem, type LogRecord, LogRows } from '../../logs/log-rows.js';
import { EVE_EVENTS, isEve, isEvent } from './eve-events.js';

/**
 * Suricata's eve.json (EVE), versions 4 to 8: connections, names asked for, encrypted and plain ones, files, alerts, and
 * packets that contradict each other. Also as a list, and as shippers wrap it. Other events are named, and not read.
 */
export const reader: Reader<LogRecord> = {
  id: 'captures/suricata-eve',
  emits: ['flow', 'dns', 'tls', 'http', 'file-download', 'ids-alert', 'packet-anomaly'],
  artifacts: [],
  recognises: (probe) => recognisesJsonRows(probe, EVE),
  read: (file, { signal }) => readJsonRows(file, signal, EVE, new EveTaker(file)),
};

const EVE: JsonRowFormat = {
  // Answers of Elasticsearch and OpenSearch.
  lists: ['hits.hits', 'rawResponse.hits.hits', 'events', 'results'],
  hasPrefixes: true,
  // The text that a shipper keeps may be cut where the beginning of the file ends.
  isEntry: (entry) => eventIn(entry, isEve, begunJson) !== null,
};

/** Keys under which shippers keep an event: Elasticsearch, Logstash, Filebeat's module, Wazuh, Splunk. */
const WRAPPERS = ['_source', 'suricata', 'eve', 'event', 'data', 'result', 'json'] as const;
/** Keys under which they keep it as text. */
const TEXTS = ['message', '_raw', 'original', 'full_log'] as const;
const MAX_WRAPPINGS = 4;

/** The event of a row; null when there is none. */
function eventIn(
  entry: JsonObject,
  isOne: (object: JsonObject) => boolean,
  parse: typeof begunJson | typeof jsonOf,
  depth = 0,
): JsonObject | null {
  if (isOne(entry)) return entry;
  if (depth >= MAX_WRAPPINGS) return null;
  for (const key of WRAPPERS) {
    const inner = asObject(own(entry, key));
    const event = inner === null ? null : eventIn(inner, isOne, parse, depth + 1);
    if (event !== null) return event;
  }
  for (const key of TEXTS) {
    const text = textAt(entry, key);
    if (!text?.includes('"event_type"')) continue;
    const inner = asObject(parse(text.slice(Math.max(0, text.indexOf('{')))) ?? undefined);
    if (inner !== null && isOne(inner)) return inner;
  }
  return null;
}

/** Gives entries to the rows. */
class EveTaker extends LogRows implements JsonRowTaker<LogItem> {
  constructor(file: EvidenceFile) {
    super(file);
  }

  read(entry: JsonObject): boolean {
    const event = eventIn(entry, isEvent, jsonOf);
    if (event === null) return false;
    const type = textAt(event, 'event_type') ?? '';
    const read = EVE_EVENTS.get(type);
    if (read !== undefined) return read(event, this);
    this.notRead(type);
    return true;
  }
}
