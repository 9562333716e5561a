import type { FileProbe, Problem, ReadContext, Reader } from '../../../../core/contracts.js';
import { EvidenceError } from '../../../../core/evidence-error.js';
import { pointerTo } from '../../../../core/places.js';
import { headRows, openTables } from '../../../../formats/open-tables.js';
import { decodeHead } from '../../../../formats/text-lines.js';
import type { ServerCertificate } from '../../../../records/certificate.js';
import type { ServerObservation } from '../../../../records/kinds/server-observation.js';
import { certificateFromPem, DerError, parseDnText } from '../../../certificates.js';
import { type ScanItem, ScanRows } from '../../scan-rows.js';
import { digestOf, serialOf } from '../../scan-values.js';

const SCAN = 'umich-ssl';
/** The table has 44 columns. */
const MIN_COLUMNS = 40;
const MAX_COLUMNS = 48;
/** Where columns stand as counted from the column of the subject. */
const [SERIAL, ISSUER, PURPOSES, AUTHORITY] = [-3, 1, 14, 15] as const;
/** The subject stands in the fifth or in the sixth column, as one counts from 0 or from 1. */
const SUBJECT_COLUMNS = [5, 4] as const;
/** Rows looked at to tell where the columns stand. */
const SAMPLE_ROWS = 50;

/**
 * Reads `certificates.csv` of the University of Michigan's scans of HTTPS (scans.io, 2012 and 2013): every certificate
 * once, as 44 columns of text in the words of OpenSSL, without the addresses that showed it. Told by its content: a
 * pair of columns with distinguished names where subject and issuer stand.
 */
export const reader: Reader<ServerObservation> = {
  id: 'scans/certificate-table',
  emits: ['server-observation'],
  artifacts: [],
  recognises: (probe) => isCertificateTable(probe),

  async *read(file, context) {
    const { tables, problems } = await openTables(file, { signal: context.signal });
    yield* problems;
    const rows = new ScanRows(file, context);
    const met: Problem[] = [];
    const options = { signal: context.signal, onProblem: (problem: Problem) => void met.push(problem) };
    let subjectAt: number | null = null;
    for await (const batch of tables[0]?.rows(options) ?? []) {
      subjectAt ??= subjectColumn(batch.slice(0, SAMPLE_ROWS).map(({ cells }) => cells));
      if (subjectAt === null) throw new EvidenceError('wrong-format', pointerTo(file, ''));
      for (const { number, cells } of batch) {
        rows.at(`row ${number}`);
        takeRow(rows, cells, subjectAt, number === 1, context);
      }
      yield* rows.leaving() as readonly ScanItem[];
    }
    yield* met;
    yield* rows.end();
  },
};

function isCertificateTable({ head }: FileProbe): boolean {
  const text = decodeHead(head);
  if (text === null || !text.includes('=')) return false;
  const rows = headRows(text).map(({ cells }) => cells);
  return rows.length > 0 && subjectColumn(rows) !== null;
}

/** Which column is the subject: where most rows have a name there and another one beside it. */
function subjectColumn(rows: readonly (readonly string[])[]): number | null {
  for (const column of SUBJECT_COLUMNS) {
    const fitting = rows.filter(
      (cells) =>
        cells.length >= MIN_COLUMNS &&
        cells.length <= MAX_COLUMNS &&
        isName(cells[column]) &&
        isName(cells[column + ISSUER]),
    ).length;
    if (fitting > 0 && fitting * 2 >= rows.length - 1) return column;
  }
  return null;
}

/** `C=US, O=Example, CN=www.example.org` or `/C=US/O=Example`. */
function isName(cell: string | undefined): boolean {
  return cell !== undefined && /^\/?\s{0,2}[A-Za-z0-9.]{1,40}\s{0,2}=/.test(cell);
}

/** Longer texts hold more than a name of eleven characters. */
const MAX_LONE_NAME = 24;

/** A first look: names are not taken apart for each of ten million rows. */
function mayFit(subject: string, issuer: string): boolean {
  if (issuer.includes('RCS Cert') || issuer.includes('HT srl') || issuer.includes('System Cert')) return true;
  return issuer.length <= MAX_LONE_NAME && subject.length <= MAX_LONE_NAME;
}

function isListed({ sha1, sha256 }: Digests, { isListed: listed }: ReadContext): boolean {
  if (!listed) return false;
  if (sha1 !== null && listed({ type: 'cert-hash', value: sha1 })) return true;
  return sha256 !== null && listed({ type: 'cert-hash', value: sha256 });
}

type Digests = Pick<ServerCertificate, 'sha256' | 'sha1' | 'md5'>;

/** Told by their length, among the columns before the subject. */
function digestsOf(cells: readonly string[], subjectAt: number): Digests {
  const digests: { -readonly [K in keyof Digests]: Digests[K] } = { sha256: null, sha1: null, md5: null };
  for (let column = 0; column < subjectAt; column += 1) {
    const cell = cells[column];
    digests.sha256 ??= digestOf(cell, 32);
    digests.sha1 ??= digestOf(cell, 20);
    digests.md5 ??= digestOf(cell, 16);
  }
  return digests;
}

function takeRow(
  rows: ScanRows,
  cells: readonly string[],
  subjectAt: number,
  isFirst: boolean,
  context: ReadContext,
): void {
  const [subject, issuer] = [cells[subjectAt], cells[subjectAt + ISSUER]];
  if (subject === undefined || issuer === undefined || cells.length < MIN_COLUMNS) {
    if (cells.some((cell) => cell !== '')) rows.bad();
    return;
  }
  if (isFirst && !isName(subject) && !isName(issuer)) return;
  const digests = digestsOf(cells, subjectAt);
  if (!mayFit(subject, issuer) && !isListed(digests, context)) {
    rows.nothing(null);
    return;
  }
  const read = fromBytes(cells);
  rows.server(SCAN, {
    certificates: [
      read ? { ...read, md5: digests.md5 } : { ...fromText(cells, subjectAt, subject, issuer), ...digests },
    ],
  });
}

// Where the table has the certificate itself, that tells more than the words about it.
function fromBytes(cells: readonly string[]): ServerCertificate | null {
  const encoded = cells.find(
    (cell) => cell.startsWith('-----BEGIN CERT') || /^MII[A-Za-z0-9+/]{97}/.test(cell),
  );
  if (encoded === undefined) return null;
  try {
    return certificateFromPem(encoded);
  } catch (error) {
    if (error instanceof DerError) return null;
    throw error;
  }
}

function fromText(
  cells: readonly string[],
  subjectAt: number,
  subject: string,
  issuer: string,
): Omit<ServerCertificate, keyof Digests> {
  return {
    position: null,
    subject: parseDnText(subject),
    issuer: parseDnText(issuer),
    namesInOrder: true,
    serial: serialOfCell(cells[subjectAt + SERIAL] ?? ''),
    extendedKeyUsage: purposesOf(cells[subjectAt + PURPOSES] ?? ''),
    authorityName: authorityOf(cells[subjectAt + AUTHORITY] ?? ''),
  };
}

/** `1`, `1 (0x1)`, `0x01`, `01:AB`. Digits alone are decimal when OpenSSL prints them so, and few enough not to be hexadecimal. */
function serialOfCell(cell: string): string | null {
  const text = cell.trim();
  const explained = /^\d{1,20} \((?:0x)?([0-9a-f]{1,40})\)$/i.exec(text);
  if (explained) return serialOf(explained[1], 16);
  // Both writings of a small number are the same, and no larger one is compared with anything.
  return /^\d{1,19}$/.test(text) ? serialOf(text, 10) : serialOf(text, 16);
}

/** Purposes in the words of OpenSSL (objects.txt) and as numbers (RFC 5280 section 4.2.1.12). */
const PURPOSE_NAMES: ReadonlyMap<string, string> = new Map([
  ['tls web server authentication', '1.3.6.1.5.5.7.3.1'],
  ['serverauth', '1.3.6.1.5.5.7.3.1'],
  ['tls web client authentication', '1.3.6.1.5.5.7.3.2'],
  ['clientauth', '1.3.6.1.5.5.7.3.2'],
  ['code signing', '1.3.6.1.5.5.7.3.3'],
  ['e-mail protection', '1.3.6.1.5.5.7.3.4'],
  ['time stamping', '1.3.6.1.5.5.7.3.8'],
  ['ocsp signing', '1.3.6.1.5.5.7.3.9'],
]);

function purposesOf(cell: string): string[] {
  return cell
    .slice(0, 2_000)
    .split(/[,;\n]/)
    .map((part) => part.trim())
    .filter(
      (part) => part !== '' && part.toLowerCase() !== 'critical' && !/^(?:none|null|n\/a|-)$/i.test(part),
    )
    .map((part) => PURPOSE_NAMES.get(part.toLowerCase()) ?? part);
}

/** `keyid:…`, `DirName:/CN=name`, `serial:01`, on lines of their own or after each other. */
function authorityOf(cell: string): ServerCertificate['authorityName'] {
  const text = cell.slice(0, 4_000);
  const start = text.indexOf('DirName:');
  if (start === -1) return null;
  const name = text.slice(start + 8);
  const end = name.search(/\n|[,;\s]{0,3}serial:/);
  const parsed = parseDnText((end === -1 ? name : name.slice(0, end)).trim());
  return parsed.length > 0 ? parsed : null;
}
