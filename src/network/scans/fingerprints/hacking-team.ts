import type { DistinguishedName, ServerCertificate } from '../../../records/certificate.js';
import type { HttpAnswer } from '../http-answer.js';
import { headOf, plainName, type ShapeMatch, statusOf } from './shape.js';

/**
 * Answers and certificates of servers of Hacking Team's Remote Control System, as Citizen Lab published them in 2014
 * (https://citizenlab.ca/2014/02/mapping-hacking-teams-untraceable-spyware/, https://github.com/citizenlab/spyware-scan).
 * Two slips of the published scripts are not repeated: the serial number of the fourth certificate rule was assigned
 * rather than compared, and every status text was optional.
 */

// ---------------------------------------------------------------------------------------------------------------
// Answers

/** What stands after the protocol, and the name of the shape. Real servers write "Not Found": the missing space is the tell. */
const STATUSES: ReadonlyMap<string, string> = new Map([
  ['404 NotFound', 'rcs-http-404'],
  ['400 BadRequest', 'rcs-http-400'],
  ['500 InternalServerError', 'rcs-http-500'],
  ['200 OK', 'rcs-http-200'],
]);
const PLAIN_OK = '200 OK';

/** `Connection` comes first or after the length; nothing else may be there. Anchored, without nested repetition: linear. */
const HEADERS =
  /^HTTP\/1\.1 [^\r]{6,23}\r\n(?:Connection: close\r\nContent-Type: text\/html\r\nContent-[Ll]ength: \d{1,10}|Content-Type: text\/html\r\nContent-[Ll]ength: \d{1,10}\r\nConnection: close)(?:\r\nServer: Apache[^\r\n]{0,200})?$/;
/** The page of a plain 200 leads elsewhere at once … */
const REFRESH = /content="0;url=http:\/\/[^"\s]/;
/** … or signs as this server, in words of Apache's error page that no Apache of that version sends with 200 and so few headers. */
const APACHE_PAGE = /Apache\/2\.\d{1,2}\.\d{1,2} \(Unix\) OpenSSL\/1\.0\.0g Server/;
const APACHE_HEADER = /^Apache\/2\.\d{1,2}\.\d{1,2} \(Unix\) OpenSSL\/1\.0\.0g$/;
/** Where the pages were short: the longest published one has 302 bytes. */
const MAX_PAGE = 4_096;

export function hackingTeamShapes(answer: HttpAnswer): ShapeMatch | null {
  const { headers } = answer;
  if (headers.length < 2 || headers.length > 4) return null;
  const status = statusOf(answer.statusLine);
  const fingerprint = status === null ? undefined : STATUSES.get(status);
  if (fingerprint === undefined) return null;
  let how: 'exact' | 'compatible' = 'compatible';
  if (answer.raw === null) {
    if (!partsFit(headers, status !== PLAIN_OK)) return null;
  } else {
    const head = headOf(answer.raw);
    if (!head || !HEADERS.test(head.text)) return null;
    how = head.how;
  }
  if (status !== PLAIN_OK) return { fingerprint, how, isGeneric: false };
  const page = answer.body?.slice(0, MAX_PAGE) ?? '';
  const signsAsApache = APACHE_PAGE.test(page);
  if (!signsAsApache && !REFRESH.test(page)) return null;
  const isTelling = signsAsApache || headers.some(([, value]) => APACHE_HEADER.test(value));
  return { fingerprint, how, isGeneric: !isTelling };
}

// Parsers written in Go dropped "Connection: close" for years (net/http), so with a telling status it may be missing.
function partsFit(headers: HttpAnswer['headers'], mayLackConnection: boolean): boolean {
  const seen = new Set<string>();
  for (const [name, value] of headers) {
    const plain = plainName(name);
    if (seen.has(plain)) return false;
    seen.add(plain);
    if (plain === 'connection') {
      if (value !== 'close') return false;
    } else if (plain === 'content-type') {
      if (value !== 'text/html') return false;
    } else if (plain === 'content-length') {
      if (!/^\d{1,10}$/.test(value)) return false;
    } else if (plain !== 'server' || !value.startsWith('Apache')) {
      return false;
    }
  }
  if (!seen.has('content-type') || !seen.has('content-length')) return false;
  return mayLackConnection || seen.has('connection');
}

/** Host (or address) a page leads to by a meta refresh or a Location header: the decoy shown to the curious. */
export function decoyOf(answer: HttpAnswer): string | null {
  const page = answer.body?.slice(0, MAX_PAGE) ?? '';
  const inPage = /content=["']?\d{1,5};\s{0,5}url=["']?([^"'\s>]{1,500})/i.exec(page)?.[1];
  return hostIn(
    inPage ?? answer.headers.find(([name]) => plainName(name) === 'location')?.[1]?.slice(0, 500) ?? '',
  );
}

function hostIn(link: string): string | null {
  const host = /^https?:\/\/(?:[^/?#@]*@)?(\[[0-9a-f:.]+\]|[^/?#:\s@]+)/i.exec(link)?.[1];
  return host ? host.replace(/^\[|\]$|\.$/g, '').toLowerCase() : null;
}

// ---------------------------------------------------------------------------------------------------------------
// Certificates

/** TLS Web Client Authentication (RFC 5280 section 4.2.1.12): odd for a server, and all that these certificates name. */
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';
/** Published as parts of the issuer's text, but as words of their own: a company may be called "LIGHT srl". */
const OWN_NAME = /(?<![\p{L}\p{N}])(?:RCS Certification Authority|HT srl)(?![\p{L}\p{N}])/u;
/** Length of the names in the fourth rule. */
const NAME_LENGTH = 11;

/** The rule that a certificate fits, strongest first, or null. */
export function certificateShape(certificate: ServerCertificate): ShapeMatch | null {
  const { issuer, subject } = certificate;
  if (!issuer) return null;
  for (let index = 0; index < issuer.length; index += 1) {
    const [name, value] = issuer[index] as DistinguishedName[number];
    if (OWN_NAME.test(value)) return { fingerprint: 'rcs-certificate-1', how: 'exact', isGeneric: false };
    if (name === 'CN' && value === 'System Certification Authority') {
      const match = organisationFits(certificate, issuer, index);
      if (match) return match;
    }
  }
  if (issuer.length !== 1 || subject?.length !== 1) return null;
  const [issuerName, subjectName] = [onlyName(issuer), onlyName(subject)];
  if (subjectName === 'server' && issuerName === 'default')
    return { fingerprint: 'rcs-certificate-2', how: 'exact', isGeneric: false };
  return subjectName?.length === NAME_LENGTH && issuerName?.length === NAME_LENGTH
    ? clientCertificate(certificate, issuerName)
    : null;
}

function onlyName(name: DistinguishedName): string | null {
  return name[0]?.[0] === 'CN' ? name[0][1] : null;
}

// Published as the text "CN=System Certification Authority, O=Organization ltd", so the one follows the other.
function organisationFits(
  { namesInOrder }: ServerCertificate,
  issuer: DistinguishedName,
  index: number,
): ShapeMatch | null {
  const fits = ([name, value]: DistinguishedName[number]): boolean =>
    name === 'O' && value.startsWith('Organization ltd');
  const next = issuer[index + 1];
  if (namesInOrder)
    return next && fits(next) ? { fingerprint: 'rcs-certificate-3', how: 'exact', isGeneric: false } : null;
  return issuer.some(fits) ? { fingerprint: 'rcs-certificate-3', how: 'compatible', isGeneric: false } : null;
}

// Weak: the study says itself that it sometimes fits others.
function clientCertificate(certificate: ServerCertificate, issuerName: string): ShapeMatch | null {
  const { serial, extendedKeyUsage, authorityName, namesInOrder } = certificate;
  if (serial !== '1') return null;
  if (extendedKeyUsage && (extendedKeyUsage.length !== 1 || extendedKeyUsage[0] !== CLIENT_AUTHENTICATION))
    return null;
  if (authorityName) {
    if (authorityName.length !== 1 || onlyName(authorityName) !== issuerName) return null;
    return {
      fingerprint: 'rcs-certificate-4',
      how: extendedKeyUsage ? 'exact' : 'compatible',
      isGeneric: true,
    };
  }
  // Exports of parsed parts lack the directory name. Read from the certificate itself there is none, which does not fit.
  return extendedKeyUsage && !namesInOrder
    ? { fingerprint: 'rcs-certificate-4', how: 'compatible', isGeneric: true }
    : null;
}
