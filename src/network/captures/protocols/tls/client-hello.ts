import { HelloFields } from './hello-fields.js';
import { printable } from './hello-text.js';

/** What a ClientHello offers (RFC 5246 7.4.1.2, RFC 8446 4.1.2), as it is on the wire, GREASE included. */
export interface ClientHello {
  readonly legacyVersion: number;
  readonly sessionId: string;
  readonly ciphers: readonly number[];
  /** Types in wire order. */
  readonly extensions: readonly number[];
  readonly groups: readonly number[];
  readonly pointFormats: readonly number[];
  /** Null when there is no such extension. */
  readonly signatureAlgorithms: readonly number[] | null;
  readonly versions: readonly number[];
  readonly serverName: string | null;
  readonly alpn: readonly string[];
  /** First protocol of ALPN, as bytes in hexadecimal; null without the extension, or with an empty one. */
  readonly firstAlpn: string | null;
  readonly isEncrypted: boolean;
}

/** Types of extensions (IANA, TLS ExtensionType Values). */
export const [SERVER_NAME, GROUPS, POINT_FORMATS, SIGNATURE_ALGORITHMS, ALPN] = [0, 10, 11, 13, 16];
export const [PRE_SHARED_KEY, SUPPORTED_VERSIONS] = [41, 43];
/** Encrypted ClientHello (RFC 9849), and encrypted SNI (draft-ietf-tls-esni-02). */
const [ENCRYPTED_HELLO, ENCRYPTED_NAME] = [0xfe0d, 0xffce];

/** Most that the lengths of two bytes let a list hold. */
const MAX_NUMBERS = 32_768;
const MAX_SESSION_BYTES = 32;
/** Kept of the protocols offered. */
const MAX_PROTOCOLS = 64;
/** Extensions looked at. Each has four bytes, so a hello of 64 KiB may claim more, but none does in earnest. */
const MAX_EXTENSIONS = 1_024;

/** The body of a ClientHello, without its type and length; null when it is none. Of DTLS: with a cookie. */
export function parseClientHello(
  bytes: Buffer,
  start: number,
  end: number,
  isDatagram: boolean,
): ClientHello | null {
  const fields = new HelloFields(bytes, start, end);
  const legacyVersion = fields.number(2);
  fields.skip(32);
  const session = fields.vector(1);
  if (isDatagram) fields.vector(1);
  const ciphers = fields.vector(2).numbers16(MAX_NUMBERS);
  fields.vector(1);
  // The longest session has 32 bytes; encrypted bytes taken for a hello hardly ever pass.
  if (fields.isDamaged || session.end - session.at > MAX_SESSION_BYTES || ciphers.length === 0) return null;
  const found = new Found();
  // Hellos of SSL 3.0 and some of TLS 1.0 end here.
  if (!fields.isOver) {
    const extensions = fields.vector(2);
    if (fields.isDamaged) return null;
    while (!extensions.isOver && found.extensions.length < MAX_EXTENSIONS) {
      const type = extensions.number(2);
      const content = extensions.vector(2);
      if (extensions.isDamaged) return null;
      found.extensions.push(type);
      found.take(type, content);
    }
  }
  return { legacyVersion, sessionId: bytes.toString('latin1', session.at, session.end), ciphers, ...found };
}

class Found {
  readonly extensions: number[] = [];
  groups: number[] = [];
  pointFormats: number[] = [];
  signatureAlgorithms: number[] | null = null;
  versions: number[] = [];
  serverName: string | null = null;
  alpn: string[] = [];
  firstAlpn: string | null = null;
  isEncrypted = false;

  take(type: number, content: HelloFields): void {
    switch (type) {
      case SERVER_NAME:
        this.serverName ??= serverNameIn(content.vector(2));
        break;
      case GROUPS:
        this.groups = content.vector(2).numbers16(MAX_NUMBERS);
        break;
      case POINT_FORMATS: {
        const { at, end } = content.vector(1);
        this.pointFormats = [...content.bytes.subarray(at, end)];
        break;
      }
      case SIGNATURE_ALGORITHMS:
        this.signatureAlgorithms = content.vector(2).numbers16(MAX_NUMBERS);
        break;
      case SUPPORTED_VERSIONS:
        this.versions = content.vector(1).numbers16(MAX_NUMBERS);
        break;
      case ALPN:
        this.#protocols(content.vector(2));
        break;
      case ENCRYPTED_HELLO:
      case ENCRYPTED_NAME:
        this.isEncrypted = true;
        break;
    }
  }

  #protocols(list: HelloFields): void {
    while (!list.isOver && this.alpn.length < MAX_PROTOCOLS) {
      const { at, end } = list.vector(1);
      if (list.isDamaged) return;
      this.firstAlpn ??= list.bytes.toString('hex', at, end);
      this.alpn.push(printable(list.bytes, at, end));
    }
  }
}

// RFC 6066 3: a list, of which only names of hosts (type 0) were ever defined.
function serverNameIn(list: HelloFields): string | null {
  while (!list.isOver) {
    const type = list.number(1);
    const { at, end } = list.vector(2);
    if (list.isDamaged) return null;
    if (type === 0) return end > at ? printable(list.bytes, at, end) : null;
  }
  return null;
}
