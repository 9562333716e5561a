import { ALPN, PRE_SHARED_KEY, SUPPORTED_VERSIONS } from './client-hello.js';
import { HelloFields } from './hello-fields.js';
import { printable } from './hello-text.js';

/** What a ServerHello chose (RFC 5246 7.4.1.3, RFC 8446 4.1.3). */
export interface ServerHello {
  readonly legacyVersion: number;
  /** Of supported_versions, else the old field. */
  readonly version: number;
  readonly sessionId: string;
  readonly cipher: number;
  readonly extensions: readonly number[];
  readonly alpn: string | null;
  /** A key of before was taken up (TLS 1.3). */
  readonly hasPreSharedKey: boolean;
  /** HelloRetryRequest: asks for another ClientHello. */
  readonly isRetry: boolean;
}

/** SHA-256 of "HelloRetryRequest" in place of the random (RFC 8446 4.1.3). */
const RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');
/** Extensions looked at; a server may only answer what was offered. */
const MAX_EXTENSIONS = 1_024;

/** The body of a ServerHello, without its type and length; null when it is none. */
export function parseServerHello(bytes: Buffer, start: number, end: number): ServerHello | null {
  const fields = new HelloFields(bytes, start, end);
  const legacyVersion = fields.number(2);
  const random = fields.skip(32);
  // Drafts of TLS 1.3 before 22 have neither session nor compression here.
  const isOldDraft = legacyVersion >= 0x7f00 && legacyVersion < 0x7f16;
  const session = isOldDraft ? null : fields.vector(1);
  const cipher = fields.number(2);
  if (!isOldDraft) fields.skip(1);
  if (fields.isDamaged) return null;
  const found = { version: legacyVersion, alpn: null as string | null, hasPreSharedKey: false };
  const types: number[] = [];
  if (!fields.isOver) {
    const extensions = fields.vector(2);
    if (fields.isDamaged) return null;
    while (!extensions.isOver && types.length < MAX_EXTENSIONS) {
      const type = extensions.number(2);
      const content = extensions.vector(2);
      if (extensions.isDamaged) return null;
      types.push(type);
      if (type === SUPPORTED_VERSIONS) {
        const version = content.number(2);
        if (version !== -1) found.version = version;
      } else if (type === PRE_SHARED_KEY) found.hasPreSharedKey = true;
      else if (type === ALPN) {
        const { at, end } = content.vector(2).vector(1);
        if (end > at) found.alpn = printable(bytes, at, end);
      }
    }
  }
  return {
    legacyVersion,
    ...found,
    sessionId: session ? bytes.toString('latin1', session.at, session.end) : '',
    cipher,
    extensions: types,
    isRetry: bytes.compare(RETRY_RANDOM, 0, 32, random, random + 32) === 0,
  };
}
