/**
 * The fields of an event of CrowdSec, out of a hit: as its parsers of web servers (`nginx-logs`, `apache2-logs`) and
 * `http-logs` behind them fill them in. Texts are bytes, one character each.
 */
import { addressOf } from '../hits/client-address.js';
import { EVENT, type Hit, METHOD } from '../hits/hit.js';
import { MAX_TEXT } from './linear-pattern.js';

const [SLASH, DOT, QUESTION] = [0x2f, 0x2e, 0x3f];

/** Extensions of what `http-logs` calls static (floods spec, 1.4), in capitals as it compares them. */
const STATIC_EXTENSIONS: ReadonlySet<string> = new Set(
  `.JPG .CSS .JS .JPEG .PNG .SVG .MAP .ICO .OTF .GIF .MP3 .MP4 .WOFF .WOFF2 .TTF .EOT .WEBP .WAV .GZ .BROTLI .BVR .TS
   .BMP .AVIF .MJS`.split(/\s+/),
);
const LONGEST_EXTENSION = 8;
/** Which hashes of extensions are static: most others are seen to be none without making a text of them. */
const STATIC_HASHES = new Uint8Array(1_024);
for (const extension of STATIC_EXTENSIONS) {
  STATIC_HASHES[extensionHash(Buffer.from(extension), 0, extension.length)] = 1;
}

function extensionHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + ((bytes[at] as number) | 0x20)) | 0;
  return hash & 1_023;
}

/**
 * Bytes that ordinary addresses of pages are without, and most patterns of rules cannot do without. A target without any
 * is plain.
 */
export const MARKS: ReadonlySet<number> = new Set(Buffer.from('.%+<>\'"();:*\\~$|{}[]^@!, `'));
/** Capital letters: addresses of pages have few, and some patterns are about nothing else. */
export const CAPITALS: ReadonlySet<number> = new Set(Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ'));
/** 1 for marks, 2 for capitals. */
const SIGNS = new Uint8Array(256);
for (const byte of MARKS) SIGNS[byte] = 1;
for (const byte of CAPITALS) SIGNS[byte] = 2;

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
  /** Where the last part of the path begins; -1 without a slash. Where its extension begins; -1 without. */
  nameStart = -1;
  extensionStart = -1;
  isStatic = false;
  isPlain = false;
  /** There is no capital letter in the target. */
  isLower = false;
  readonly #addresses: string[] = new Array<string>(CACHED_ADDRESSES).fill('');
  readonly #addressWords = new Int32Array(CACHED_ADDRESSES * 4);
  readonly #addressVersions = new Uint8Array(CACHED_ADDRESSES);

  /** Takes a hit and works out the places in its target. */
  take(hit: Hit, isEvent: boolean): void {
    this.hit = hit;
    this.isEvent = isEvent;
    this.requestEnd = hit.targetEnd;
    this.argsStart = -1;
    this.nameStart = -1;
    this.extensionStart = -1;
    this.isStatic = false;
    this.isPlain = true;
    this.isLower = true;
    if (hit.targetStart === -1) return;
    const { bytes } = hit;
    const end = Math.min(hit.targetEnd, hit.targetStart + MAX_TEXT);
    this.requestEnd = end;
    if (hit.malformed) {
      this.#takeMalformed(end);
      return;
    }
    let slash = -1;
    let dot = -1;
    let signs = 0;
    for (let at = hit.targetStart; at < end; at += 1) {
      const byte = bytes[at] as number;
      signs |= SIGNS[byte] as number;
      if (byte === SLASH) slash = at;
      else if (byte === DOT) dot = at;
      else if (byte === QUESTION) {
        // http-logs cuts at the last one.
        this.requestEnd = at;
        this.argsStart = at + 1;
        this.nameStart = slash + 1;
        this.extensionStart = dot > slash + 1 ? dot : -1;
      }
    }
    this.isLower = signs < 2;
    this.isPlain = (signs & 1) === 0 && this.#absoluteStart() === hit.targetStart;
    if (this.argsStart === -1) {
      this.nameStart = slash + 1;
      this.extensionStart = dot > slash + 1 ? dot : -1;
    }
    // Nothing before the last question mark has a slash, or nothing at all has.
    if (this.nameStart === 0) this.nameStart = -1;
    if (this.nameStart === -1) this.extensionStart = -1;
    else if (this.extensionStart !== -1) this.isStatic = this.#hasStaticExtension();
  }

  /** What is no HTTP has no parts; but of a version that is none, the request before it is. */
  #takeMalformed(end: number): void {
    this.isPlain = false;
    this.isLower = false;
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
    this.nameStart = this.hit.targetStart + slash + 1;
    const dot = request.lastIndexOf('.', question === -1 ? undefined : question);
    if (dot > slash + 1) this.extensionStart = this.hit.targetStart + dot;
    this.isStatic = this.extensionStart !== -1 && this.#hasStaticExtension();
  }
  /** Where the arguments of a malformed request end. */
  argsEnd = -1;

  #hasStaticExtension(): boolean {
    const { requestEnd, extensionStart } = this;
    if (requestEnd - extensionStart > LONGEST_EXTENSION) return false;
    if (STATIC_HASHES[extensionHash(this.hit.bytes, extensionStart, requestEnd)] === 0) return false;
    return STATIC_EXTENSIONS.has(upperCase(this.#bytes(extensionStart, requestEnd)));
  }

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
    const { hit } = this;
    return this.#bytes(this.#absoluteStart(), hit.targetEnd);
  }

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
    return this.#bytes(this.hit.targetStart, this.requestEnd);
  }

  args(): string {
    if (this.argsStart === -1) return '';
    return this.#bytes(this.argsStart, this.hit.malformed ? this.argsEnd : this.hit.targetEnd);
  }

  name(): string {
    return this.nameStart === -1 ? '' : this.#bytes(this.nameStart, this.requestEnd);
  }

  referer(): string {
    return this.#bytes(this.hit.refererStart, this.hit.refererEnd);
  }

  user(): string {
    return this.#bytes(this.hit.userStart, this.hit.userEnd);
  }

  #bytes(start: number, end: number): string {
    if (start === -1 || end <= start) return '';
    return this.hit.bytes.toString('latin1', start, Math.min(end, start + MAX_TEXT));
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

  text(path: FieldPath): string {
    const { hit } = this;
    switch (path) {
      case 'evt.Meta.log_type':
        return this.isEvent ? 'http_error-log' : 'http_access-log';
      case 'evt.Meta.service':
        return 'http';
      case 'evt.Meta.sub_type':
        return hit.event === EVENT.requestsLimited ? 'req_limit_exceeded' : '';
      case 'evt.Meta.http_status':
      case 'evt.Parsed.status':
      case 'evt.Parsed.response':
        return statusText(hit.status);
      case 'evt.Meta.http_path':
        return this.target();
      case 'evt.Meta.http_verb':
      case 'evt.Parsed.verb':
        return this.method();
      case 'evt.Meta.http_user_agent':
      case 'evt.Parsed.http_user_agent':
        return this.agent();
      case 'evt.Meta.http_args_len':
        return this.nameStart === -1 ? '' : String(this.args().length);
      case 'evt.Meta.source_ip':
      case 'evt.Parsed.remote_addr':
      case 'evt.Parsed.clientip':
        return this.address();
      case 'evt.Meta.target_fqdn':
      case 'evt.Parsed.target_fqdn':
        return this.host();
      case 'evt.Parsed.request':
        return this.request();
      case 'evt.Parsed.http_version':
      case 'evt.Parsed.httpversion':
        return this.version();
      case 'evt.Parsed.body_bytes_sent':
      case 'evt.Parsed.bytes':
        return hit.bytesOut < 0 ? '' : String(hit.bytesOut);
      case 'evt.Parsed.http_referer':
      case 'evt.Parsed.referrer':
        return this.referer();
      case 'evt.Parsed.remote_user':
        return this.user();
      case 'evt.Parsed.http_args':
        return this.args();
      case 'evt.Parsed.file_dir':
        return this.nameStart === -1 ? '' : this.#bytes(hit.targetStart, this.nameStart);
      case 'evt.Parsed.file_frag':
        return this.nameStart === -1
          ? ''
          : this.#bytes(this.nameStart, this.extensionStart === -1 ? this.requestEnd : this.extensionStart);
      case 'evt.Parsed.file_ext':
        return this.extensionStart === -1 ? '' : this.#bytes(this.extensionStart, this.requestEnd);
      case 'evt.Parsed.file_name':
        return this.name();
      case 'evt.Parsed.static_ressource':
        return this.isStatic ? 'true' : 'false';
      case 'evt.Parsed.impact_completion':
        return impactOf(statusText(hit.status));
      case 'evt.Parsed.http_path':
        return '';
    }
  }
}

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
  /** No mark in the target, and it is HTTP. */
  readonly isPlain: boolean;
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
      return assumption.isPlain ? '' : null;
    case 'evt.Parsed.http_version':
    case 'evt.Parsed.httpversion':
      return assumption.version;
    case 'evt.Parsed.http_path':
      return '';
    default:
      return null;
  }
}
