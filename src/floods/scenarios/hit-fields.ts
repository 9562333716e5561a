/**
 * The fields of an event of CrowdSec, out of a hit: as its parsers of web servers (`nginx-logs`, `apache2-logs`) and
 * `http-logs` behind them fill them in. Texts are bytes, one character each.
 */
import { addressOf } from '../hits/client-address.js';
import { EVENT, type Hit, METHOD } from '../hits/hit.js';
import { MAX_TEXT } from './linear-pattern.js';

const [SLASH, DOT, QUESTION] = [0x2f, 0x2e, 0x3f];

/** Extensions of what `http-logs` calls static (floods spec, 1.4), whatever their case. */
const STATIC_EXTENSIONS =
  `.jpg .css .js .jpeg .png .svg .map .ico .otf .gif .mp3 .mp4 .woff .woff2 .ttf .eot .webp .wav .gz
  .brotli .bvr .ts .bmp .avif .mjs`.split(/\s+/);
const LONGEST_EXTENSION = 8;
/** By a hash. */
const STATIC_BY_HASH: (readonly Uint8Array[])[] = Array.from({ length: 256 }, () => []);
for (const extension of STATIC_EXTENSIONS) {
  const bytes = Buffer.from(extension);
  const hash = extensionHash(bytes, 0, bytes.length);
  STATIC_BY_HASH[hash] = [...(STATIC_BY_HASH[hash] ?? []), bytes];
}

function extensionHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + ((bytes[at] as number) | 0x20)) | 0;
  return hash & 255;
}

function isStaticExtension(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > LONGEST_EXTENSION) return false;
  const known = STATIC_BY_HASH[extensionHash(bytes, start, end)] as readonly Uint8Array[];
  for (let index = 0; index < known.length; index += 1) {
    const extension = known[index] as Uint8Array;
    if (extension.length !== end - start) continue;
    let at = 0;
    // Of letters only the case is left out: a dot or a digit has that bit set already.
    while (at < extension.length && extension[at] === ((bytes[start + at] as number) | 0x20)) at += 1;
    if (at === extension.length) return true;
  }
  return false;
}

/**
 * Bytes that ordinary addresses are without, and most patterns of rules cannot do without. A target without any, and
 * without two dots in a row, is plain.
 */
export const MARKS: ReadonlySet<number> = new Set(Buffer.from('%+<>\'"();:*\\~$|{}[]^@!, `'));
/** Capital letters: addresses of pages have few, and some patterns are about nothing else. */
export const CAPITALS: ReadonlySet<number> = new Set(Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ'));
/** What a byte is, in bits; two dots in a row are a mark. */
const SIGN = { mark: 1, capital: 2, dot: 4, question: 8, twoDots: 16 } as const;
const SIGNS = new Uint8Array(256);
for (const byte of MARKS) SIGNS[byte] = SIGN.mark;
for (const byte of CAPITALS) SIGNS[byte] = SIGN.capital;
SIGNS[DOT] = SIGN.dot;
SIGNS[QUESTION] = SIGN.question;

export const FIELD_PATHS = [
  'evt.Meta.log_type',
  'evt.Meta.service',
  'evt.Meta.sub_type',
  'evt.Meta.http_status',
  'evt.Meta.http_path',
  'evt.Meta.http_verb',
  'evt.Meta.http_user_agent',
  'evt.Meta.http_args_len',
  'evt.Meta.source_ip',
  'evt.Meta.target_fqdn',
  'evt.Parsed.request',
  'evt.Parsed.verb',
  'evt.Parsed.http_version',
  'evt.Parsed.httpversion',
  'evt.Parsed.status',
  'evt.Parsed.response',
  'evt.Parsed.body_bytes_sent',
  'evt.Parsed.bytes',
  'evt.Parsed.http_referer',
  'evt.Parsed.referrer',
  'evt.Parsed.http_user_agent',
  'evt.Parsed.remote_addr',
  'evt.Parsed.clientip',
  'evt.Parsed.remote_user',
  'evt.Parsed.target_fqdn',
  'evt.Parsed.http_args',
  'evt.Parsed.file_dir',
  'evt.Parsed.file_frag',
  'evt.Parsed.file_ext',
  'evt.Parsed.file_name',
  'evt.Parsed.static_ressource',
  'evt.Parsed.impact_completion',
  'evt.Parsed.http_path',
] as const;
export type FieldPath = (typeof FIELD_PATHS)[number];

/** Fields that hold a part of the target: without a mark in it, there is none in them. */
export const TARGET_FIELDS: ReadonlySet<FieldPath> = new Set<FieldPath>([
  'evt.Meta.http_path',
  'evt.Parsed.request',
  'evt.Parsed.http_args',
  'evt.Parsed.file_dir',
  'evt.Parsed.file_frag',
  'evt.Parsed.file_ext',
  'evt.Parsed.file_name',
]);

const CACHED_ADDRESSES = 4_096;

/** Text of a version of HTTP, by its number in a hit. */
export const VERSIONS: Readonly<Record<number, string>> = {
  9: '0.9',
  10: '1.0',
  11: '1.1',
  20: '2.0',
  30: '3.0',
};

/** One hit, seen as an event. Holds no more than the places of one hit. */
export class HitFields {
  hit!: Hit;
  isEvent = false;
  /** Where the target without its arguments ends, and where they begin; -1 when there are none. */
  requestEnd = -1;
  argsStart = -1;
  /** Where the extension of the last part of the path begins, with its dot; -1 without. */
  extensionStart = -1;
  isStatic = false;
  isPlain = false;
  /** There is no capital letter in the target. */
  isLower = false;
  /** There is a dot in the target. */
  hasDot = false;
  readonly #addresses: string[] = new Array<string>(CACHED_ADDRESSES).fill('');
  readonly #addressWords = new Int32Array(CACHED_ADDRESSES * 4);
  readonly #addressVersions = new Uint8Array(CACHED_ADDRESSES);

  /** Takes a hit and works out the places in its target. */
  take(hit: Hit, isEvent: boolean): void {
    this.hit = hit;
    this.isEvent = isEvent;
    this.#target = null;
    this.#request = null;
    this.requestEnd = hit.targetEnd;
    this.argsStart = -1;
    this.extensionStart = -1;
    this.isStatic = false;
    this.isPlain = true;
    this.isLower = true;
    this.hasDot = false;
    if (hit.targetStart === -1) return;
    const { bytes } = hit;
    const end = Math.min(hit.targetEnd, hit.targetStart + MAX_TEXT + 1);
    this.requestEnd = end;
    if (hit.malformed) {
      this.#takeMalformed(end);
      return;
    }
    // One loop without a branch says of most targets that there is nothing to see.
    let signs = 0;
    let before = 0;
    for (let at = hit.targetStart; at < end; at += 1) {
      const sign = SIGNS[bytes[at] as number] as number;
      signs |= sign | ((sign & before & SIGN.dot) << 2);
      before = sign;
    }
    this.isLower = (signs & SIGN.capital) === 0;
    this.isPlain = (signs & (SIGN.mark | SIGN.twoDots)) === 0 && this.#absoluteStart() === hit.targetStart;
    this.hasDot = (signs & SIGN.dot) !== 0;
    if ((signs & (SIGN.dot | SIGN.question)) !== 0) this.#split(bytes, hit.targetStart, end, signs);
  }

  /** Finds arguments and extension. http-logs cuts at the last question mark. */
  #split(bytes: Buffer, start: number, end: number, signs: number): void {
    let stop = end;
    if ((signs & SIGN.question) !== 0) {
      for (stop = end - 1; bytes[stop] !== QUESTION; stop -= 1);
      this.argsStart = stop + 1;
      this.requestEnd = stop;
    }
    if ((signs & SIGN.dot) === 0) return;
    for (let at = stop - 1; at > start; at -= 1) {
      const byte = bytes[at];
      if (byte === SLASH) return;
      if (byte !== DOT) continue;
      // A name that begins with its only dot has no extension; one without a slash before it is no path.
      if (bytes[at - 1] === SLASH || bytes[start] !== SLASH) return;
      this.extensionStart = at;
      this.isStatic = isStaticExtension(bytes, at, stop);
      return;
    }
  }

  /** Where the last part of the path begins; -1 without a slash. */
  get nameStart(): number {
    const { bytes, targetStart } = this.hit;
    if (targetStart === -1) return -1;
    for (let at = this.requestEnd - 1; at >= targetStart; at -= 1) if (bytes[at] === SLASH) return at + 1;
    return -1;
  }

  /** What is no HTTP has no parts; but of a version that is none, the request before it is. */
  #takeMalformed(end: number): void {
    this.isPlain = false;
    this.isLower = false;
    this.hasDot = true;
    this.requestEnd = this.hit.targetStart;
    const text = this.#bytes(this.hit.targetStart, end);
    const version = text.lastIndexOf(' HTTP/');
    if (this.hit.methodStart === -1 || version === -1) return;
    this.requestEnd = this.hit.targetStart + version;
    const request = text.slice(0, version);
    const question = request.lastIndexOf('?');
    if (question !== -1) {
      this.argsStart = this.hit.targetStart + question + 1;
      this.argsEnd = this.requestEnd;
      this.requestEnd = this.argsStart - 1;
    }
    const slash = request.lastIndexOf('/', question === -1 ? undefined : question);
    if (slash === -1) return;
    const dot = request.lastIndexOf('.', question === -1 ? undefined : question);
    if (dot > slash + 1) this.extensionStart = this.hit.targetStart + dot;
    this.isStatic =
      this.extensionStart !== -1 && isStaticExtension(this.hit.bytes, this.extensionStart, this.requestEnd);
  }
  /** Where the arguments of a malformed request end. */
  argsEnd = -1;

  /** Address of the client, or its name where the log has no address. */
  address(): string {
    const { hit } = this;
    if (hit.ipVersion === 0) return this.#bytes(hit.clientStart, hit.clientEnd);
    const slot =
      (Math.imul(hit.ip0 ^ Math.imul(hit.ip1 ^ Math.imul(hit.ip2 ^ hit.ip3, 31), 31), 0x9e3779b1) >>> 20) &
      (CACHED_ADDRESSES - 1);
    const words = this.#addressWords;
    const at = slot * 4;
    if (
      words[at] === (hit.ip0 | 0) &&
      words[at + 1] === (hit.ip1 | 0) &&
      words[at + 2] === (hit.ip2 | 0) &&
      words[at + 3] === (hit.ip3 | 0) &&
      this.#addressVersions[slot] === hit.ipVersion
    ) {
      return this.#addresses[slot] as string;
    }
    words[at] = hit.ip0;
    words[at + 1] = hit.ip1;
    words[at + 2] = hit.ip2;
    words[at + 3] = hit.ip3;
    this.#addressVersions[slot] = hit.ipVersion;
    const text = addressOf(hit);
    this.#addresses[slot] = text;
    return text;
  }

  /** The target as written, with its arguments. */
  target(): string {
    this.#target ??= this.#bytes(this.#absoluteStart(), this.hit.targetEnd);
    return this.#target;
  }
  #target: string | null = null;

  version(): string {
    const { hit } = this;
    const known = VERSIONS[hit.protocol];
    if (known !== undefined) return known;
    if (!hit.malformed || hit.methodStart === -1 || hit.targetStart === -1) return '';
    return / HTTP\/(\d{1,9}(?:\.\d{1,9})?)$/.exec(this.#bytes(hit.targetStart, hit.targetEnd))?.[1] ?? '';
  }

  host(): string {
    return this.#bytes(this.hit.hostStart, this.hit.hostEnd);
  }

  agent(): string {
    return this.#bytes(this.hit.agentStart, this.hit.agentEnd);
  }

  method(): string {
    return this.#bytes(this.hit.methodStart, this.hit.methodEnd);
  }

  /** The target without its arguments. */
  request(): string {
    if (this.hit.targetStart === -1) return '';
    this.#request ??= this.#bytes(this.hit.targetStart, this.requestEnd);
    return this.#request;
  }
  #request: string | null = null;

  args(): string {
    if (this.argsStart === -1) return '';
    return this.#bytes(this.argsStart, this.hit.malformed ? this.argsEnd : this.hit.targetEnd);
  }

  name(): string {
    const { nameStart } = this;
    return nameStart === -1 ? '' : this.#bytes(nameStart, this.requestEnd);
  }

  referer(): string {
    return this.#bytes(this.hit.refererStart, this.hit.refererEnd);
  }

  user(): string {
    return this.#bytes(this.hit.userStart, this.hit.userEnd);
  }

  #bytes(start: number, end: number): string {
    if (start === -1 || end <= start) return '';
    return this.hit.bytes.toString('latin1', start, Math.min(end, start + MAX_TEXT + 1));
  }

  /** A proxy is asked with an absolute address: `http://host/path`; the path alone is the target of the hit. */
  #absoluteStart(): number {
    const { hit } = this;
    const { bytes, hostStart, targetStart } = hit;
    if (hostStart < 8 || hit.hostEnd > targetStart || targetStart - hit.hostEnd > 6) return targetStart;
    if (bytes[hostStart - 1] !== SLASH || bytes[hostStart - 2] !== SLASH) return targetStart;
    if (hit.methodEnd >= 0 && hit.methodEnd < hostStart && hostStart - hit.methodEnd < 12)
      return hit.methodEnd + 1;
    return targetStart;
  }

  directory(): string {
    const { nameStart } = this;
    return nameStart === -1 ? '' : this.#bytes(this.hit.targetStart, nameStart);
  }

  /** The last part of the path without its extension. */
  stem(): string {
    const { nameStart, extensionStart } = this;
    return nameStart === -1
      ? ''
      : this.#bytes(nameStart, extensionStart === -1 ? this.requestEnd : extensionStart);
  }

  extension(): string {
    return this.extensionStart === -1 ? '' : this.#bytes(this.extensionStart, this.requestEnd);
  }
}

const status: Field = ({ hit }) => statusText(hit.status);
const agent: Field = (fields) => fields.agent();
const method: Field = (fields) => fields.method();
const address: Field = (fields) => fields.address();
const host: Field = (fields) => fields.host();
const version: Field = (fields) => fields.version();
const bytesOut: Field = ({ hit }) => (hit.bytesOut < 0 ? '' : String(hit.bytesOut));
const referer: Field = (fields) => fields.referer();
type Field = (fields: HitFields) => string;

/** Text of each field. */
export const FIELDS: Readonly<Record<FieldPath, Field>> = {
  'evt.Meta.log_type': ({ isEvent }) => (isEvent ? 'http_error-log' : 'http_access-log'),
  'evt.Meta.service': () => 'http',
  'evt.Meta.sub_type': ({ hit }) => (hit.event === EVENT.requestsLimited ? 'req_limit_exceeded' : ''),
  'evt.Meta.http_status': status,
  'evt.Meta.http_path': (fields) => fields.target(),
  'evt.Meta.http_verb': method,
  'evt.Meta.http_user_agent': agent,
  // Only counted where there is a path at all.
  'evt.Meta.http_args_len': (fields) => (fields.nameStart === -1 ? '' : String(fields.args().length)),
  'evt.Meta.source_ip': address,
  'evt.Meta.target_fqdn': host,
  'evt.Parsed.request': (fields) => fields.request(),
  'evt.Parsed.verb': method,
  'evt.Parsed.http_version': version,
  'evt.Parsed.httpversion': version,
  'evt.Parsed.status': status,
  'evt.Parsed.response': status,
  'evt.Parsed.body_bytes_sent': bytesOut,
  'evt.Parsed.bytes': bytesOut,
  'evt.Parsed.http_referer': referer,
  'evt.Parsed.referrer': referer,
  'evt.Parsed.http_user_agent': agent,
  'evt.Parsed.remote_addr': address,
  'evt.Parsed.clientip': address,
  'evt.Parsed.remote_user': (fields) => fields.user(),
  'evt.Parsed.target_fqdn': host,
  'evt.Parsed.http_args': (fields) => fields.args(),
  'evt.Parsed.file_dir': (fields) => fields.directory(),
  'evt.Parsed.file_frag': (fields) => fields.stem(),
  'evt.Parsed.file_ext': (fields) => fields.extension(),
  'evt.Parsed.file_name': (fields) => fields.name(),
  'evt.Parsed.static_ressource': ({ isStatic }) => (isStatic ? 'true' : 'false'),
  'evt.Parsed.impact_completion': ({ hit }) => impactOf(statusText(hit.status)),
  'evt.Parsed.http_path': () => '',
};

/** As `http-logs` says it. */
export function impactOf(status: string): string {
  return status === '404' || status === '403' || status === '502' ? 'false' : 'true';
}

/** Texts of statuses are made once. */
const STATUS_TEXTS = Array.from({ length: 1_000 }, (_, status) => (status === 0 ? '' : String(status)));

export function statusText(status: number): string {
  return STATUS_TEXTS[status] ?? '';
}

/** Only ASCII letters: a text of bytes has others as parts of letters. */
export function upperCase(text: string): string {
  return isAscii(text) ? text.toUpperCase() : text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

export function lowerCase(text: string): string {
  return isAscii(text) ? text.toLowerCase() : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return false;
  return true;
}

/** Text of bytes as text again. */
export function readable(bytes: string): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Methods told apart for {@link Assumption}; the others have none of their own. */
export const METHOD_TEXTS: Readonly<Record<number, string>> = {
  [METHOD.get]: 'GET',
  [METHOD.head]: 'HEAD',
  [METHOD.post]: 'POST',
};

/** What is known of all hits of a class, before looking closer. */
export interface Assumption {
  readonly isEvent: boolean;
  /** Text of the status; null when it is one of many. */
  readonly status: string | null;
  readonly method: string | null;
  readonly isStatic: boolean;
  readonly hasArgs: boolean;
  /** No mark in the target nor two dots in a row, and it is HTTP. */
  readonly isPlain: boolean;
  /** A dot may be in the target. */
  readonly hasDot: boolean;
  /** No capital letter in the target, and it is HTTP. */
  readonly isLower: boolean;
  /** Version of HTTP; null when it is not one of those that are told apart. */
  readonly version: string | null;
}

/** Value of a field for all hits of a class; null when they differ. */
export function assumedText(path: FieldPath, assumption: Assumption): string | null {
  switch (path) {
    case 'evt.Meta.log_type':
      return assumption.isEvent ? 'http_error-log' : 'http_access-log';
    case 'evt.Meta.service':
      return 'http';
    case 'evt.Meta.sub_type':
      return assumption.isEvent ? null : '';
    case 'evt.Meta.http_status':
    case 'evt.Parsed.status':
    case 'evt.Parsed.response':
      return assumption.status;
    case 'evt.Parsed.impact_completion':
      return assumption.status === null ? null : impactOf(assumption.status);
    case 'evt.Meta.http_verb':
    case 'evt.Parsed.verb':
      return assumption.method;
    case 'evt.Parsed.static_ressource':
      return assumption.isStatic ? 'true' : 'false';
    case 'evt.Parsed.http_args':
      return assumption.hasArgs ? null : '';
    case 'evt.Parsed.file_ext':
      return assumption.hasDot ? null : '';
    case 'evt.Parsed.http_version':
    case 'evt.Parsed.httpversion':
      return assumption.version;
    case 'evt.Parsed.http_path':
      return '';
    default:
      return null;
  }
}
