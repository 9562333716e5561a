import { Buffer } from 'node:buffer';
import type { EvidenceFile, FileProbe, ReadContext, Reader } from '../../../../core/contracts.js';
import { EvidenceError } from '../../../../core/evidence-error.js';
import { isIPv6 } from '../../../../core/ip-address.js';
import { pointerTo } from '../../../../core/places.js';
import type { ServerObservation } from '../../../../records/kinds/server-observation.js';
import { rowLines } from '../../../row-lines.js';
import { bannerRow } from '../../banner-row.js';
import { httpFromRaw } from '../../http-answer.js';
import { type ScanItem, ScanRows } from '../../scan-rows.js';
import { addressOf, portOf } from '../../scan-values.js';

/** Kept of one answer in a file of its own; its length is counted to the end. */
const MAX_ANSWER = 65_536;
const STATUS_LINE = /^HTTP\/\d(?:\.\d)? ?[\d ]{0,5}[^\r\n]{0,200}\r?\n/;
/** Lines looked at to recognise a list. */
const LINES_SEEN = 10;
/** `80-TCP_GetRequest`, as the Internet Census of 2012 names its files. */
const CENSUS_NAME = /^(\d{1,5})-(?:TCP|UDP)_/i;

/**
 * Reads answers as they were sent: one in a file of its own, whose address stands in its name or in that of its folder
 * (`203.0.113.5_80.txt`, `203.0.113.5/80.bin`), and lists with an address, what else is known, and the answer in one
 * line, with its line ends escaped in any of the usual ways. The service probes of the Internet Census of 2012 are such
 * lists (address, time, state, answer in quoted-printable).
 */
export const reader: Reader<ServerObservation> = {
  id: 'scans/raw-banner',
  emits: ['server-observation'],
  artifacts: [],
  recognises: ({ head }) => formOf(head) !== null,

  read(file, context) {
    return read(file, context);
  },
};

function formOf(head: FileProbe['head']): 'answer' | 'list' | null {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  if (STATUS_LINE.test(text)) return 'answer';
  const lines = text.replace(/^\xef\xbb\xbf/, '').split('\n', LINES_SEEN + 1);
  // The last one may be cut.
  if (lines.length > 1) lines.pop();
  let [answers, places, strangers] = [0, 0, 0];
  for (const [index, line] of lines.entries()) {
    if (isEmpty(line)) continue;
    const row = bannerRow(line);
    if (row === null) {
      if (index > 0 || !isHeader(line)) strangers += 1;
      continue;
    }
    places += 1;
    if (row.answer !== null) answers += 1;
  }
  // A damaged line or two do not make it something else.
  return answers > 0 && strangers <= places ? 'list' : null;
}

function isEmpty(line: string): boolean {
  const text = line.trim();
  return text === '' || text.startsWith('#');
}

/** `ip,port,banner` */
function isHeader(line: string): boolean {
  return /^"?(?:ip|saddr|address|host)\b[\w"',;\t -]{0,200}\r?$/i.test(line);
}

async function* read(file: EvidenceFile, context: ReadContext): AsyncGenerator<ScanItem> {
  const form = formOf((await file.probe()).head);
  if (form === null) throw new EvidenceError('wrong-format', pointerTo(file, ''));
  const rows = new ScanRows(file, context);
  if (form === 'answer') {
    await readAnswer(file, context, rows);
  } else {
    const port = portOf(CENSUS_NAME.exec(nameOf(file))?.[1]);
    const scan = port === null ? 'banner-list' : 'internet-census-2012';
    const lines = rowLines(file, {
      signal: context.signal,
      encoding: 'latin1',
      onLine: (line, number) => {
        rows.at(`line ${number}`);
        if (isEmpty(line)) return;
        const row = bannerRow(line);
        if (row === null) {
          if (number > 1 || !isHeader(line)) rows.bad();
          return;
        }
        const { at, address, answer } = row;
        rows.server(scan, {
          at,
          address,
          port: row.port ?? port,
          http: answer === null ? null : httpFromRaw(answer),
        });
      },
      onTooLong: (number) => {
        rows.at(`line ${number}`);
        rows.tooLarge();
      },
    });
    for await (const _ of lines) yield* rows.leaving();
  }
  yield* rows.end();
}

async function readAnswer(file: EvidenceFile, { signal }: ReadContext, rows: ScanRows): Promise<void> {
  let kept = '';
  let bytes = 0;
  for await (const part of file.stream()) {
    signal?.throwIfAborted();
    if (kept.length < MAX_ANSWER)
      kept += Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString(
        'latin1',
        0,
        MAX_ANSWER - kept.length,
      );
    bytes += part.byteLength;
  }
  const answer = httpFromRaw(kept);
  const beyond = bytes - kept.length;
  rows.server('banner', {
    ...placeNamed(file),
    http: answer.bodyBytes === null ? answer : { ...answer, bodyBytes: answer.bodyBytes + beyond },
  });
}

function nameOf({ path }: EvidenceFile): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Address and port as the names of the file and of the folders around it tell them. */
function placeNamed(file: EvidenceFile): Pick<ServerObservation, 'address' | 'port'> {
  const parts = `${file.source.path}/${file.path}`
    .split(/[\\/]+/)
    .slice(-4)
    .reverse();
  let port: number | null = null;
  for (const [index, part] of parts.entries()) {
    const found = addressNamed(part);
    if (found) return { address: found.address, port: found.port ?? port };
    // `203.0.113.5/80.txt`
    if (index === 0) port = portOf(/^(?:\D{0,5}[_-])?(\d{1,5})(?:\.\w{1,5})?$/.exec(part)?.[1]);
  }
  return { address: null, port };
}

function addressNamed(name: string): { readonly address: string; readonly port: number | null } | null {
  if (name.length > 255) return null;
  const [, four, port] =
    /(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?!\d|\.\d)(?:[_:-](\d{1,5})(?!\d))?/.exec(name) ?? [];
  const address = addressOf(four);
  if (address !== null) return { address, port: portOf(port) };
  // Colons may not stand in names on Windows.
  const [, six, sixPort] =
    /^([\da-f]{1,4}(?:[:-][\da-f]{0,4}){2,7})(?:_(\d{1,5}))?(?:\.\w{1,5})?$/i.exec(name) ?? [];
  const written = six?.replaceAll('-', ':');
  return written !== undefined && isIPv6(written)
    ? { address: written.toLowerCase(), port: portOf(sixPort) }
    : null;
}
