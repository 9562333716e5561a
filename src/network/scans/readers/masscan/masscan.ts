import { Buffer } from 'node:buffer';
import type { EvidenceFile, FileProbe, ReadContext, Reader } from '../../../../core/contracts.js';
import { EvidenceError } from '../../../../core/evidence-error.js';
import { pointerTo } from '../../../../core/places.js';
import { begunJson } from '../../../../formats/begun-json.js';
import {
  asList,
  asObject,
  asText,
  type JsonObject,
  type JsonValue,
  own,
} from '../../../../formats/json-values.js';
import type { ServerObservation } from '../../../../records/kinds/server-observation.js';
import { rowLines, textOfHead } from '../../../row-lines.js';
import { httpFromRaw, unescapeBanner, withBody } from '../../http-answer.js';
import { type ScanItem, ScanRows } from '../../scan-rows.js';
import { scanTime } from '../../scan-time.js';
import { addressOf, bytesAsText, objectAt, portOf, textAt } from '../../scan-values.js';
import { derOf } from '../../stated-certificates.js';

/** Ports in one entry: masscan writes one, other tools of its form a few. */
const MAX_PORTS = 10_000;
/** `open tcp 80 192.0.2.1 1514764800`, `banner tcp 80 192.0.2.1 1514764800 http HTTP/1.1 200 OK\x0d\x0a…` */
const LIST_LINE =
  /^(open|closed|banner) (tcp|udp|sctp|icmp) (\d{1,5}) ([\da-fA-F.:]{2,45}) (\d{1,12})(?: (\S{1,40}) ([\s\S]*))?$/;
/** Lines of a list or document that hold no entry. The last one of a JSON file is no valid JSON. */
const NO_ENTRY = /^(?:[[\],]*|#.*|\{ ?"?finished"?: ?\d+ ?\}\]?)$/;

/**
 * Reads masscan's lists (`-oL`), JSON (`-oJ`) and lines of JSON (`-oD`), with `--banners`
 * (https://github.com/robertdavidgraham/masscan). What it calls `http` is the head of the answer; the body is not kept.
 * `X509` is a certificate in base64.
 */
export const reader: Reader<ServerObservation> = {
  id: 'scans/masscan',
  emits: ['server-observation'],
  artifacts: [],
  recognises,
  read,
};

function recognises({ head }: FileProbe): boolean {
  const text = textOfHead(head);
  const lines = text
    .slice(0, 8_192)
    .split('\n', 12)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !NO_ENTRY.test(line));
  const [first] = lines;
  if (first === undefined) return text.startsWith('#masscan');
  if (LIST_LINE.test(first)) return true;
  const entry =
    first.startsWith('{') || first.startsWith('[') ? entryIn(begunJson(withValidEscapes(first))) : null;
  return entry !== null && isEntry(entry);
}

function isEntry(entry: JsonObject): boolean {
  if (addressOf(own(entry, 'ip')) === null) return false;
  if (asText(own(entry, 'rec_type')) !== null) return portOf(own(entry, 'port')) !== null;
  return asList(own(entry, 'ports')).some((port) => portOf(own(asObject(port) ?? {}, 'port')) !== null);
}

/** A file in one line begins with the list itself. */
function entryIn(value: JsonValue | null): JsonObject | null {
  return asObject(Array.isArray(value) ? asList(value)[0] : (value ?? undefined));
}

async function* read(file: EvidenceFile, context: ReadContext): AsyncGenerator<ScanItem> {
  if (!recognises(await file.probe())) throw new EvidenceError('wrong-format', pointerTo(file, ''));
  const rows = new ScanRows(file, context);
  const lines = rowLines(file, {
    signal: context.signal,
    encoding: 'utf8',
    onLine: (line, number, isLast) => {
      rows.at(`line ${number}`);
      const text = line.trim();
      if (text.length < 100 && NO_ENTRY.test(text)) return;
      const isRead =
        text.startsWith('{') || text.startsWith('[') ? readJson(text, rows) : readListLine(text, rows);
      if (isRead) return;
      if (isLast) rows.cut();
      else rows.bad();
    },
    onTooLong: (number) => {
      rows.at(`line ${number}`);
      rows.tooLarge();
    },
  });
  for await (const _ of lines) yield* rows.leaving();
  yield* rows.end();
}

function readListLine(line: string, rows: ScanRows): boolean {
  const [, state, , port, address, time, service, banner] = LIST_LINE.exec(line) ?? [];
  if (state === undefined || addressOf(address) === null) return false;
  const base = { at: scanTime(time), address: address ?? null, port: portOf(port) };
  if (state === 'banner') give(base, service ?? null, unescapeBanner(banner ?? ''), '', rows);
  else give(base, null, '', '', rows);
  return true;
}

function readJson(line: string, rows: ScanRows): boolean {
  // Entries are separated by commas at the end of a line or on one of their own.
  const text = line.endsWith(',') ? line.slice(0, -1) : line;
  const value = parsed(text) ?? parsed(withValidEscapes(text));
  if (value === undefined) return false;
  let all = true;
  for (const item of Array.isArray(value) ? asList(value) : [value]) {
    const entry = asObject(item);
    const isRead = entry !== null && readEntry(entry, rows);
    if (!isRead && Array.isArray(value)) rows.bad();
    else all &&= isRead;
  }
  return all;
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Older versions, and scripts that make JSON of its lists, write bytes as `\x0d`, which JSON does not know. */
function withValidEscapes(text: string): string {
  return text.includes('\\x')
    ? text.replace(/\\(?:x([\da-f]{2})|[^x])/gi, (whole, digits?: string) =>
        digits === undefined ? whole : `\\u00${digits}`,
      )
    : text;
}

function readEntry(entry: JsonObject, rows: ScanRows): boolean {
  const address = addressOf(own(entry, 'ip'));
  if (address === null) return false;
  const at = scanTime(own(entry, 'timestamp'));
  const port = portOf(own(entry, 'port'));
  if (port !== null) {
    const data = objectAt(entry, 'data');
    give({ at, address, port }, textAt(data, 'service_name'), textAt(data, 'banner') ?? '', '', rows);
    return true;
  }
  const ports = asList(own(entry, 'ports'));
  if (ports.length === 0) return false;
  for (const [index, value] of ports.slice(0, MAX_PORTS).entries()) {
    const one = asObject(value);
    const service = objectAt(one, 'service');
    const base = { at, address, port: one && portOf(own(one, 'port')) };
    const place = ports.length > 1 ? `ports > ${index}` : '';
    give(base, textAt(service, 'name'), textAt(service, 'banner') ?? '', place, rows);
  }
  return true;
}

function give(
  base: Pick<ServerObservation, 'at' | 'address' | 'port'>,
  service: string | null,
  banner: string,
  place: string,
  rows: ScanRows,
): void {
  if (banner.startsWith('HTTP/')) {
    const text = bytesAsText(banner);
    // It keeps the head up to the last line feed of the blank line, without that one (proto-http.c).
    const sent = text.endsWith('\n\r') ? `${text}\n` : text;
    // masscan stops after the head unless asked for more; a body that is there was asked for.
    const answer = httpFromRaw(sent);
    rows.server(
      'masscan',
      { ...base, http: answer.bodyBytes === 0 ? withBody(answer, null) : answer },
      place,
    );
  } else if (service === 'X509' || service === 'X509CA') {
    const position = service === 'X509' ? 1 : null;
    const certificate = rows.certificate(null, derOf(banner) ?? Buffer.alloc(0), position);
    rows.server('masscan', { ...base, certificates: certificate ? [certificate] : [] }, place);
  } else {
    rows.server('masscan', base, place);
  }
}
