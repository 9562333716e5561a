import type {
  EvidenceFile,
  EvidenceSource,
  FileProbe,
  Problem,
  ReadContext,
  Reader,
} from '../../../../core/contracts.js';
import { EvidenceError } from '../../../../core/evidence-error.js';
import { pointerTo, problemAt } from '../../../../core/places.js';
import { RowCounter } from '../../../../formats/row-counter.js';
import { decodeHead } from '../../../../formats/text-lines.js';
import type { ServerCertificate } from '../../../../records/certificate.js';
import type { ServerObservation } from '../../../../records/kinds/server-observation.js';
import { certificateFromDer, DerError, mayCarrySign } from '../../../certificates.js';
import { rowLines } from '../../../row-lines.js';
import { certificateShape } from '../../fingerprints/hacking-team.js';
import { observation, PassedOverCounter } from '../../observation.js';
import type { ScanItem } from '../../scan-rows.js';
import { addressOf, portOf } from '../../scan-values.js';

const SCAN = 'sonar-ssl';
/** `sha1,base64 of DER`: DER of a certificate begins with 30 82 or 30 81, in base64 with M. */
const CERTIFICATE_ROW = /^"?[0-9a-f]{40}"?,"?M[A-Za-z0-9+/]{20,}={0,2}"?$/i;
/** The same with its end beyond the beginning of the file. */
const CUT_CERTIFICATE_ROW = /^"?[0-9a-f]{40}"?,"?M[A-Za-z0-9+/]{20,}/i;
/** `ip,sha1` and `ip,port,sha1`, as the sets of hosts and of endpoints have them. */
const HOST_ROW = /^"?[0-9a-f.:]{3,45}"?,(?:"?\d{1,5}"?,)?"?[0-9a-f]{40}"?(?:,.{0,200})?$/i;
const HEADER = /^"?(?:ip|host|address|saddr|sha1|fingerprint|hash|certificate)\b[^\n]{0,100}$/i;
/** Files of the same source looked into for certificates. A week of the study is two files. */
const MAX_LOOKED_INTO = 5_000;
/** Certificates that carry a sign or are listed: the study found 324. A hostile file may claim any number. */
const MAX_SOUGHT = 100_000;
/** Longer rows hold no certificate. */
const MAX_LINE_BYTES = 1024 * 1024;
const SHA1_DIGITS = 40;

/**
 * Reads the certificates and hosts of Project Sonar's scans of port 443 (Rapid7, "More SSL" and "SSL certificates"): one
 * file has every certificate once, the other says which address showed which. The few certificates that carry a
 * published sign or are listed are taken out of the first, in one walk; the second, with its ten million rows, is then
 * only looked through for them. The rows have no time; the date of the scan stands in the names of the files.
 */
export const reader: Reader<ServerObservation> = {
  id: 'scans/sonar-ssl',
  emits: ['server-observation'],
  artifacts: [],
  recognises: (probe) => partOf(probe) !== null,

  async *read(file, context) {
    const part = partOf(await file.probe());
    if (part === null) throw new EvidenceError('wrong-format', pointerTo(file, ''));
    const set = await setOf(file, context);
    if (part === 'certificates') yield* readCertificates(file, set, context);
    else yield* readHosts(file, set, context);
  },
};

type Part = 'certificates' | 'hosts';

/** Told by the whole lines of the beginning, so that a list of digests or of addresses is not taken for it. */
function partOf({ head }: FileProbe): Part | null {
  const text = decodeHead(head);
  if (text === null) return null;
  const lines = text.split(/\r?\n/);
  const cut = lines.pop() ?? '';
  if (lines[0] !== undefined && HEADER.test(lines[0])) lines.shift();
  const rows = lines.filter((line) => line !== '');
  if (rows.length === 0)
    return CUT_CERTIFICATE_ROW.test(cut) ? 'certificates' : isHostRow(cut) ? 'hosts' : null;
  if (areMost(rows, (row) => CERTIFICATE_ROW.test(row))) return 'certificates';
  return areMost(rows, isHostRow) ? 'hosts' : null;
}

/** A damaged row here and there makes no other file of it. */
function areMost(rows: readonly string[], fits: (row: string) => boolean): boolean {
  return rows.filter(fits).length * 5 >= rows.length * 4;
}

function isHostRow(row: string): boolean {
  return HOST_ROW.test(row) && addressOf(unquoted(row.slice(0, row.indexOf(',')))) !== null;
}

function unquoted(cell: string): string {
  return cell.startsWith('"') && cell.endsWith('"') && cell.length > 1 ? cell.slice(1, -1) : cell;
}

// ---------------------------------------------------------------------------------------------------------------
// The files of one source together

/** A certificate worth a look, by its SHA-1. */
interface Sought {
  readonly certificate: ServerCertificate;
  /** Where it stands. */
  readonly path: string;
  readonly locator: string;
  isMet: boolean;
}

/** What the certificate and host files of one source have in common. */
interface SonarSet {
  readonly sought: Map<string, Sought>;
  /** Certificate files -> what is to be said of them when they are read. */
  readonly certificateFiles: Map<string, readonly ScanItem[]>;
  /** Host files not read yet. */
  readonly hostsToRead: Set<string>;
  readonly hasHosts: boolean;
}

/** Kept as long as the source is: the second file of a pair is read after the first. */
const sets = new WeakMap<EvidenceSource, Promise<SonarSet>>();

function setOf(file: EvidenceFile, context: ReadContext): Promise<SonarSet> {
  let set = sets.get(file.source);
  if (!set) {
    set = gather(file, context);
    sets.set(file.source, set);
    // What failed once is tried again with the next file, which then tells why.
    set.catch(() => sets.delete(file.source));
  }
  return set;
}

async function gather(given: EvidenceFile, context: ReadContext): Promise<SonarSet> {
  const set = {
    sought: new Map<string, Sought>(),
    certificateFiles: new Map<string, readonly ScanItem[]>(),
    hostsToRead: new Set<string>(),
    hasHosts: false,
  };
  let looked = 0;
  for await (const file of given.source.find(['**'])) {
    context.signal?.throwIfAborted();
    looked += 1;
    if (looked > MAX_LOOKED_INTO && file.path !== given.path) continue;
    let part: Part | null;
    try {
      part = partOf(await file.probe());
    } catch (error) {
      // Unreadable ones are not part of the set; who reads them says so.
      if (context.signal?.aborted) throw error;
      continue;
    }
    if (part === 'hosts') set.hostsToRead.add(file.path);
    if (part === 'certificates')
      set.certificateFiles.set(file.path, await takeSought(file, set.sought, context));
  }
  set.hasHosts = set.hostsToRead.size > 0;
  return set;
}

async function takeSought(
  file: EvidenceFile,
  sought: Map<string, Sought>,
  { signal, isListed }: ReadContext,
): Promise<readonly ScanItem[]> {
  const said: ScanItem[] = [];
  const passedOver = new PassedOverCounter('server-observation');
  const badRows = new RowCounter();
  const tooLarge = new RowCounter();
  const leftOut = new RowCounter();
  const at = dateOf(file).at ?? null;
  const onLine = (line: string, number: number): void => {
    const comma = line.indexOf(',');
    const sha1 = unquoted(line.slice(0, comma));
    if (comma < SHA1_DIGITS || !isSha1(sha1)) {
      if (number > 1 || !HEADER.test(line)) badRows.add(`line ${number}`);
      return;
    }
    const der = Buffer.from(line.slice(line.charCodeAt(comma + 1) === 34 ? comma + 2 : comma + 1), 'base64');
    const certificate =
      mayCarrySign(der) || isListed?.({ type: 'cert-hash', value: sha1 }) ? certificateIn(der) : null;
    if (certificate === 'damaged') {
      badRows.add(`line ${number}`);
      return;
    }
    const isSought =
      certificate !== null &&
      (certificateShape(certificate) !== null || isListed?.({ type: 'cert-hash', value: sha1 }) === true);
    if (!isSought || certificate === null) {
      const item = passedOver.add(at);
      if (item) said.push(item);
      return;
    }
    const key = sha1.toLowerCase();
    if (sought.size >= MAX_SOUGHT) leftOut.add(`line ${number}`);
    else if (!sought.has(key))
      sought.set(key, { certificate, path: file.path, locator: `line ${number}`, isMet: false });
  };
  const lines = rowLines(file, {
    signal,
    encoding: 'latin1',
    maxLineBytes: MAX_LINE_BYTES,
    onLine,
    onTooLong: (number) => tooLarge.add(`line ${number}`),
  });
  for await (const _ of lines);
  const rest = passedOver.end();
  if (rest) said.push(rest);
  said.push(...problemsOf(file, badRows, tooLarge));
  if (leftOut.count > 0) said.push(problemAt(file, leftOut.first, 'limit-count', 'lost'));
  return said;
}

function certificateIn(der: Uint8Array): ServerCertificate | 'damaged' {
  try {
    return certificateFromDer(der);
  } catch (error) {
    if (error instanceof DerError) return 'damaged';
    throw error;
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Reading

function* readCertificates(file: EvidenceFile, set: SonarSet, context: ReadContext): Generator<ScanItem> {
  yield* set.certificateFiles.get(file.path) ?? [];
  context.signal?.throwIfAborted();
  if (set.hasHosts) return;
  for (const sought of set.sought.values()) if (sought.path === file.path) yield withoutAddress(file, sought);
  yield problemAt(file, '', 'hosts-missing', 'note');
}

/** Nobody says who showed it. */
function withoutAddress(file: EvidenceFile, { certificate, path, locator }: Sought): ServerObservation {
  const record = observation(file, locator, SCAN, { ...dateOf(file), certificates: [certificate] });
  return { ...record, source: { ...record.source, path } };
}

async function* readHosts(file: EvidenceFile, set: SonarSet, context: ReadContext): AsyncGenerator<ScanItem> {
  const { signal, isListed } = context;
  if (set.certificateFiles.size === 0) yield problemAt(file, '', 'certificates-missing', 'lost');
  const passedOver = new PassedOverCounter('server-observation');
  const badRows = new RowCounter();
  const tooLarge = new RowCounter();
  const date = dateOf(file);
  const at = date.at ?? null;
  let leaving: ScanItem[] = [];
  const onLine = (line: string, number: number): void => {
    const row = hostRowOf(line);
    if (!row) {
      if (number > 1 || !HEADER.test(line)) badRows.add(`line ${number}`);
      return;
    }
    const found = set.sought.get(row.sha1);
    if (
      !found &&
      !(
        isListed?.({ type: 'host', value: row.address }) || isListed?.({ type: 'cert-hash', value: row.sha1 })
      )
    ) {
      const said = passedOver.add(at);
      if (said) leaving.push(said);
      return;
    }
    if (addressOf(row.address) === null) {
      badRows.add(`line ${number}`);
      return;
    }
    if (found) found.isMet = true;
    leaving.push(
      observation(file, `line ${number}`, SCAN, {
        ...date,
        address: row.address,
        port: row.port,
        certificates: [found?.certificate ?? onlyDigest(row.sha1)],
      }),
    );
  };
  const lines = rowLines(file, {
    signal,
    encoding: 'latin1',
    maxLineBytes: MAX_LINE_BYTES,
    onLine,
    onTooLong: (number) => tooLarge.add(`line ${number}`),
  });
  for await (const _ of lines) {
    if (leaving.length === 0) continue;
    yield* leaving;
    leaving = [];
  }
  const rest = passedOver.end();
  if (rest) yield rest;
  yield* problemsOf(file, badRows, tooLarge);
  set.hostsToRead.delete(file.path);
  if (set.hostsToRead.size > 0) return;
  // The last of the host files: what none of them showed is told without an address.
  for (const sought of set.sought.values()) if (!sought.isMet) yield withoutAddress(file, sought);
}

interface HostRow {
  readonly address: string;
  readonly port: number | null;
  readonly sha1: string;
}

/** The address is not checked here: ten million are, and only a few matter. */
function hostRowOf(line: string): HostRow | null {
  const comma = line.indexOf(',');
  if (comma < 2 || comma > 47) return null;
  const address = unquoted(line.slice(0, comma));
  // The usual row is an address, a comma and forty digits.
  if (line.length - comma - 1 === SHA1_DIGITS) {
    const sha1 = line.slice(comma + 1);
    return isSha1(sha1) ? { address, port: null, sha1: sha1.toLowerCase() } : null;
  }
  if (line.length > 500) return null;
  const cells = line
    .slice(comma + 1)
    .split(',', 3)
    .map(unquoted);
  const sha1 = cells.slice(0, 2).find(isSha1);
  return sha1 === undefined
    ? null
    : { address, port: sha1 === cells[0] ? null : portOf(cells[0]), sha1: sha1.toLowerCase() };
}

function isSha1(text: string): boolean {
  return text.length === SHA1_DIGITS && /^[0-9a-fA-F]+$/.test(text);
}

function onlyDigest(sha1: string): ServerCertificate {
  return {
    position: null,
    subject: null,
    issuer: null,
    namesInOrder: false,
    serial: null,
    extendedKeyUsage: null,
    authorityName: null,
    sha256: null,
    sha1,
    md5: null,
  };
}

/** `20131030_hosts.csv`, `2014-09-29-1412000000-https_get_443_certs`: the day of the scan, in the name or above it. */
function dateOf(file: EvidenceFile): Pick<ServerObservation, 'at' | 'atPrecision' | 'atZone'> {
  for (const name of [...file.path.split('/').reverse(), file.source.path.split(/[\\/]/).at(-1) ?? '']) {
    const [, year, month, day] =
      /(?:^|\D)(20[0-3]\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?:\D|$)/.exec(name) ?? [];
    if (year !== undefined)
      return { at: `${year}-${month}-${day}T00:00:00.000000Z`, atPrecision: 'day', atZone: 'assumed-utc' };
  }
  return { at: null };
}

function problemsOf(file: EvidenceFile, badRows: RowCounter, tooLarge: RowCounter): Problem[] {
  const problems: Problem[] = [];
  if (badRows.count > 0)
    problems.push(problemAt(file, badRows.first, 'bad-row', 'lost', { count: badRows.count }));
  if (tooLarge.count > 0)
    problems.push(problemAt(file, tooLarge.first, 'item-too-large', 'lost', { count: tooLarge.count }));
  return problems;
}
