/** One request with its answer, as far as either is seen. */
import type { FileDownload } from '../../../../records/kinds/file-download.js';
import type { Http } from '../../../../records/kinds/http.js';
import type { NetworkEnds } from '../../../../records/network-ends.js';
import type { FlowContext, PacketMark } from '../../flows/consumer.js';
import type { TakenFile } from './file-taker.js';
import { MessageBody, type TakerChoice } from './message-body.js';
import { type Header, headerValue, type MessageHead } from './message-head.js';
import type { RequestLine, StatusLine } from './start-lines.js';

/** Kept of the beginning of a body (as the record says). */
export const REQUEST_BODY_START = 2048;
export const RESPONSE_BODY_START = 512;
const HTTP_PORT = 80;

interface Request {
  readonly line: RequestLine;
  readonly headers: Header[];
  readonly host: string | null;
  readonly url: string | null;
  readonly mark: PacketMark;
  readonly body: MessageBody;
  /** Null as long as its body is coming; then whether its length is known. */
  isLengthKnown: boolean | null;
}

interface Answer {
  readonly line: StatusLine | null;
  readonly headers: Header[];
  readonly mark: PacketMark;
  readonly body: MessageBody;
  isLengthKnown: boolean | null;
}

export class Exchange {
  request: Request | null = null;
  answer: Answer | null = null;
  /** Taken of the budget for its heads. */
  heldBytes = 0;

  get isRequestOver(): boolean {
    return this.request === null || this.request.isLengthKnown !== null;
  }

  get isAnswerOver(): boolean {
    return this.answer !== null && this.answer.isLengthKnown !== null;
  }

  get method(): string | null {
    return this.request?.line.method ?? null;
  }

  get url(): string | null {
    return this.request?.url ?? null;
  }

  asked(
    line: RequestLine,
    { headers }: MessageHead,
    mark: PacketMark,
    ends: NetworkEnds,
    choose: TakerChoice,
  ): void {
    const { authority, path } = destinationOf(line, headers);
    this.request = {
      line,
      headers,
      host: authority === null ? null : hostOf(authority),
      url: urlOf(line, authority, path, ends),
      mark,
      body: new MessageBody(REQUEST_BODY_START, choose),
      isLengthKnown: null,
    };
  }

  answered(line: StatusLine | null, headers: Header[], mark: PacketMark, choose: TakerChoice): void {
    this.answer = {
      line,
      headers,
      mark,
      body: new MessageBody(RESPONSE_BODY_START, choose),
      isLengthKnown: null,
    };
  }

  /** What is waited for, in words. */
  get words(): string | null {
    if (this.request === null) return null;
    const { line, url } = this.request;
    return `${line.method} ${url ?? line.target}`;
  }

  record(flow: FlowContext): Http {
    const { request, answer } = this;
    const first = (request ?? answer)?.mark as PacketMark;
    const requestHeaders = request?.headers ?? [];
    const responseHeaders = answer?.headers ?? [];
    return {
      kind: 'http',
      at: flow.at(first.micros),
      source: flow.place(first.frame),
      ...flow.ends,
      version: request?.line.version ?? null,
      method: this.method,
      host: request?.host ?? null,
      target: request?.line.target ?? null,
      url: this.url,
      requestHeaders,
      userAgent: headerValue(requestHeaders, 'user-agent'),
      referrer: headerValue(requestHeaders, 'referer'),
      requestBodyBytes: request?.isLengthKnown ? request.body.sizeBytes : null,
      requestBodyStart: request?.body.start ?? null,
      status: answer?.line?.status ?? null,
      reason: answer?.line?.reason ?? null,
      responseHeaders,
      location: headerValue(responseHeaders, 'location'),
      contentType: headerValue(responseHeaders, 'content-type'),
      responseBodyBytes: answer?.isLengthKnown ? answer.body.sizeBytes : null,
      responseBodyStart: answer?.body.start ?? null,
      responseAt: answer ? flow.at(answer.mark.micros) : null,
      requestPacket: request?.mark.facts() ?? null,
      responsePacket: answer?.mark.facts() ?? null,
      synAckPacket: flow.synAck(),
      handshakeMicroseconds: flow.handshakeMicroseconds(),
    };
  }

  fileRecord(flow: FlowContext, file: TakenFile, direction: FileDownload['direction']): FileDownload {
    const { mark, ...facts } = file;
    return {
      kind: 'file-download',
      at: flow.at(mark.micros),
      source: flow.place(mark.frame),
      ...flow.ends,
      protocol: 'http',
      direction,
      url: this.url,
      ...facts,
    };
  }
}

/** Host with its port as sent, and the path: of an absolute target (RFC 9112 3.2.2), else of the Host header. */
function destinationOf(
  { method, target }: RequestLine,
  headers: readonly Header[],
): { authority: string | null; path: string | null } {
  if (method === 'CONNECT') return { authority: target, path: null };
  const header = headerValue(headers, 'host');
  const authority = header === null || header === '' ? null : header;
  if (target.startsWith('/')) return { authority, path: target };
  if (target === '*') return { authority, path: '' };
  if (!isAbsolute(target)) return { authority, path: null };
  const slash = target.indexOf('/', 7);
  const stop = slash === -1 ? target.length : slash;
  const withUser = target.slice(7, stop);
  const named = withUser.slice(withUser.lastIndexOf('@') + 1);
  return named === '' ? { authority, path: null } : { authority: named, path: target.slice(stop) };
}

function urlOf(
  { target }: RequestLine,
  authority: string | null,
  path: string | null,
  ends: NetworkEnds,
): string | null {
  if (path === null) return target.includes('://') ? target : null;
  // An absolute target says itself where it leads; the connection goes to a proxy then.
  if (isAbsolute(target)) return target;
  const port = ends.serverPort !== null && ends.serverPort !== HTTP_PORT ? `:${ends.serverPort}` : '';
  if (authority !== null) return `http://${authority}${hasPort(authority) ? '' : port}${path}`;
  const { serverAddress } = ends;
  if (serverAddress === null) return null;
  return `http://${serverAddress.includes(':') ? `[${serverAddress}]` : serverAddress}${port}${path}`;
}

function isAbsolute(target: string): boolean {
  return target.slice(0, 7).toLowerCase() === 'http://';
}

/** Without port, and without the brackets of an IPv6 address. */
function hostOf(authority: string): string | null {
  const end = authority.startsWith('[') ? authority.indexOf(']') : -1;
  const host =
    end > 0
      ? authority.slice(1, end)
      : hasPort(authority)
        ? authority.slice(0, authority.lastIndexOf(':'))
        : authority;
  return host === '' ? null : host;
}

function hasPort(authority: string): boolean {
  const colon = authority.lastIndexOf(':');
  if (colon === -1 || colon < authority.lastIndexOf(']')) return false;
  for (let at = colon + 1; at < authority.length; at += 1) {
    const code = authority.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return true;
}
