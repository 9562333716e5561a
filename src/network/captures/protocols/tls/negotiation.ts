import type { Tls } from '../../../../records/kinds/tls.js';
import type { NetworkEnds } from '../../../../records/network-ends.js';
import { certificateWithValidity, DerError, unreadCertificate } from '../../../certificates.js';
import type { FlowContext, PacketMark } from '../../flows/consumer.js';
import { type ClientHello, parseClientHello } from './client-hello.js';
import { ja3, ja3s, ja4 } from './fingerprints.js';
import { HelloFields } from './hello-fields.js';
import { parseServerHello, type ServerHello } from './server-hello.js';
import { hidesCertificates, versionName } from './versions.js';

/** Kept of a chain: longer ones are no chains. */
const MAX_CERTIFICATES = 10;
/** Hellos kept of one conversation: two, unless somebody plays. */
const MAX_HELLOS = 4;

type Hello = Tls['hellos'][number];

/** Types of handshake messages that are read (RFC 8446 4, RFC 5246 7.4). */
export const [CLIENT_HELLO, SERVER_HELLO, CERTIFICATE, SERVER_HELLO_DONE] = [1, 2, 11, 14];

/** What the messages of a handshake say, and the record that is made of it, once. */
export class Negotiation {
  readonly #flow: FlowContext;
  readonly #carrier: Tls['carrier'];
  quicVersion: string | null = null;
  /** Only what the record needs: lists of a hello made for it take many times its length. */
  #hello: Pick<ClientHello, 'serverName' | 'isEncrypted' | 'alpn' | 'sessionId'> | null = null;
  #helloMark: PacketMark | null = null;
  readonly #hellos: Hello[] = [];
  /** The client hello came from the end that was taken for the server. */
  #isTurned = false;
  #answer: ServerHello | null = null;
  #answerMark: PacketMark | null = null;
  #certificates: Tls['certificates'] = [];
  #certificateMark: PacketMark | null = null;
  #wasRetried = false;
  /** The server's part in the clear is over. */
  #isServerDone = false;
  #isEmitted = false;

  constructor(flow: FlowContext, carrier: Tls['carrier']) {
    this.#flow = flow;
    this.#carrier = carrier;
  }

  /** Neither hello was seen. */
  get isEmpty(): boolean {
    return this.#helloMark === null && this.#answerMark === null && !this.#wasRetried;
  }

  get wasRetried(): boolean {
    return this.#wasRetried;
  }

  /** The client is at the end that was taken for the server. */
  get isTurned(): boolean {
    return this.#isTurned;
  }

  get isEmitted(): boolean {
    return this.#isEmitted;
  }

  get isServerDone(): boolean {
    return this.#isServerDone;
  }

  /** Nothing more can come from the client: its hello is here, and that after a HelloRetryRequest. */
  get isClientDone(): boolean {
    return this.#hellos.length > (this.#wasRetried ? 1 : 0);
  }

  /** Takes the body of a message. False: it is damaged, and nothing after it can be trusted. */
  message(
    type: number,
    bytes: Buffer,
    start: number,
    end: number,
    mark: PacketMark,
    fromClient: boolean,
  ): boolean {
    switch (type) {
      case CLIENT_HELLO:
        return this.#clientHello(bytes, start, end, mark, fromClient);
      case SERVER_HELLO:
        return this.#serverHello(bytes, start, end, mark, fromClient);
      case CERTIFICATE:
        return this.#chain(bytes, start, end, mark, fromClient);
      case SERVER_HELLO_DONE:
        this.#isServerDone = true;
    }
    return true;
  }

  /** The server begins to encrypt. After a ServerHello of TLS 1.2 or before and without certificates: taken up again. */
  encryptionBegins(): void {
    if (this.#answer !== null && !hidesCertificates(this.#answer.version)) this.#isServerDone = true;
  }

  /** Nothing more comes from the server in the clear: an alert, or it is over. */
  serverEnds(): void {
    this.#isServerDone = true;
  }

  /** A hello in the form of SSL 2.0: it has neither names nor fingerprints. */
  sslV2Hello(mark: PacketMark, fromClient: boolean): void {
    if (this.#helloMark === null) {
      this.#helloMark = mark;
      this.#isTurned = !fromClient;
    }
    if (this.#hellos.length < MAX_HELLOS) this.#hellos.push({ frame: mark.frame, ja3: null, ja4: null });
  }

  /** The answer in SSL 2.0 itself, which carries the one certificate. */
  sslV2Answer(bytes: Buffer, certificateStart: number, certificateEnd: number, mark: PacketMark): void {
    this.#answer = SSL_2_ANSWER;
    this.#answerMark = mark;
    if (certificateEnd > certificateStart) {
      this.#certificateMark = mark;
      this.#certificates = [certificateIn(bytes, certificateStart, certificateEnd, 1)];
    }
    this.#isServerDone = true;
  }

  /** Emits the record if there is one to emit and it was not emitted before. */
  emit(): void {
    if (this.#isEmitted) return;
    const mark = this.#helloMark ?? this.#answerMark;
    if (mark === null) return;
    this.#isEmitted = true;
    const hello = this.#hello;
    const answer = this.#answer;
    const record: Tls = {
      kind: 'tls',
      at: this.#flow.at(mark.micros),
      source: this.#flow.place(mark.frame),
      ...this.#ends(),
      carrier: this.#carrier,
      version: answer === null ? null : versionName(answer.version),
      quicVersion: this.quicVersion,
      serverName: hello?.serverName ?? null,
      encryptedClientHello: hello?.isEncrypted ?? false,
      alpn: hello === null ? [] : [...hello.alpn],
      selectedAlpn: answer?.alpn ?? null,
      hellos: this.#hellos,
      ja3s: answer === null || answer === SSL_2_ANSWER || this.#carrier === 'dtls' ? null : ja3s(answer),
      cipher:
        answer === null || answer === SSL_2_ANSWER
          ? null
          : `0x${answer.cipher.toString(16).padStart(4, '0')}`,
      certificates: this.#certificates,
      isResumed: this.#isResumed(),
      certificateFrame: this.#certificateMark?.frame ?? null,
      serverHelloFrame: this.#answerMark?.frame ?? null,
      validation: null,
    };
    this.#flow.emit(record);
  }

  #clientHello(bytes: Buffer, start: number, end: number, mark: PacketMark, fromClient: boolean): boolean {
    const hello = parseClientHello(bytes, start, end, this.#carrier === 'dtls');
    if (hello === null) return false;
    // JA3 is defined for TLS; nobody publishes values for DTLS.
    const fingerprints = {
      ja3: this.#carrier === 'dtls' ? null : ja3(hello),
      ja4: ja4(hello, this.#carrier),
    };
    if (this.#hello === null) {
      const { serverName, isEncrypted, alpn, sessionId } = hello;
      this.#hello = { serverName, isEncrypted, alpn, sessionId };
      this.#helloMark = mark;
      this.#isTurned = !fromClient;
      if (hello.serverName !== null) this.#flow.serverName(hello.serverName);
    }
    if (!this.#isKnown(fingerprints) && this.#hellos.length < MAX_HELLOS)
      this.#hellos.push({ frame: mark.frame, ...fingerprints });
    return true;
  }

  // Datagrams are sent again when lost, and after a HelloVerifyRequest: the same hello, which counts once.
  #isKnown(fingerprints: { readonly ja3: string | null; readonly ja4: string }): boolean {
    if (this.#carrier === 'tls' || this.#wasRetried) return false;
    return this.#hellos.some(({ ja3, ja4 }) => ja3 === fingerprints.ja3 && ja4 === fingerprints.ja4);
  }

  #serverHello(bytes: Buffer, start: number, end: number, mark: PacketMark, fromClient: boolean): boolean {
    const answer = parseServerHello(bytes, start, end);
    if (answer === null) return false;
    if (this.#helloMark === null) this.#isTurned = fromClient;
    if (answer.isRetry) {
      // Twice would be an error (RFC 8446 4.1.4).
      this.#wasRetried = true;
      return true;
    }
    this.#answer = answer;
    this.#answerMark = mark;
    if (hidesCertificates(answer.version)) this.#isServerDone = true;
    return true;
  }

  #chain(bytes: Buffer, start: number, end: number, mark: PacketMark, fromClient: boolean): boolean {
    // That of a client that shows who it is is not the server's.
    if (fromClient !== this.#isTurned || this.#certificates.length > 0) return true;
    const list = new HelloFields(bytes, start, end).vector(3);
    this.#certificateMark = mark;
    while (!list.isOver && this.#certificates.length < MAX_CERTIFICATES) {
      const certificate = list.vector(3);
      if (list.isDamaged) break;
      this.#certificates.push(
        certificateIn(bytes, certificate.at, certificate.end, this.#certificates.length + 1),
      );
    }
    return !list.isDamaged;
  }

  #isResumed(): boolean | null {
    const answer = this.#answer;
    if (answer === null) return null;
    if (hidesCertificates(answer.version)) return answer.hasPreSharedKey;
    if (this.#certificates.length > 0) return false;
    // RFC 5246 7.4.1.3: the server repeats the session it takes up again.
    const session = this.#hello?.sessionId ?? null;
    if (session === null) return null;
    return session !== '' && session === answer.sessionId;
  }

  #ends(): NetworkEnds {
    const { ends } = this.#flow;
    if (!this.#isTurned) return ends;
    return {
      transport: ends.transport,
      clientAddress: ends.serverAddress,
      clientPort: ends.serverPort,
      serverAddress: ends.clientAddress,
      serverPort: ends.clientPort,
    };
  }
}

/** Nothing of it but that it is there: SSL 2.0 lets the client choose the cipher afterwards. */
const SSL_2_ANSWER: ServerHello = {
  legacyVersion: 0x0002,
  version: 0x0002,
  sessionId: '',
  cipher: 0,
  extensions: [],
  alpn: null,
  hasPreSharedKey: false,
  isRetry: false,
};

function certificateIn(
  bytes: Buffer,
  start: number,
  end: number,
  position: number,
): Tls['certificates'][number] {
  const der = bytes.subarray(start, end);
  try {
    return certificateWithValidity(der, position);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return unreadCertificate(der, position);
  }
}
