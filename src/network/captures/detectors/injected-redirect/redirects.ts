import { parse } from 'tldts';
import type { FindingReason } from '../../../../core/contracts.js';
import type { Http } from '../../../../records/kinds/http.js';
import type { PacketFacts } from '../../../../records/network-ends.js';
import { isOwnSide } from '../../addresses.js';
import { microsecondsBetween, millisecondsOf } from '../../injection/moments.js';
import { PACKETLOGIC_IP_ID } from '../../injection/packet-signs.js';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Longer addresses are not parsed. */
const MAX_ADDRESS = 8_192;
/** On shorter ways half the time is less than clocks of captures tell. */
const MIN_HANDSHAKE_MICROS = 5_000;
/** A lost SYN is sent again after a second (RFC 6298 2): then the time is not that of the way. */
const MAX_HANDSHAKE_MICROS = 900_000;

/** Endings of files that are programs or carry them. */
const PROGRAMS: ReadonlySet<string> = new Set(
  `7z apk apkm app appimage appx appxbundle bat cab cmd com deb dll dmg exe hta ipa iso jar jse lnk msi msix msixbundle msp
   msu pkg ps1 rar rpm run scr sh tgz vbs wsf xapk zip`.split(/\s+/),
);

/**
 * What a sign adds. Without `bare`, `no-headers` or an odd identification the others are everyday, except both of `too-fast` and
 * `ttl` on the request for a download: Server and Date can be forged, the way cannot.
 */
const POINTS = {
  /** Neither Server nor Date, and `Connection: close` or `Content-Length: 0`: the shape of published tools and boxes. */
  bare: 3,
  /** Neither Server nor Date (which origin servers must send, RFC 9110 6.6.1). */
  'no-headers': 1,
  'id-marked': 3,
  'id-one': 3,
  'id-echo': 3,
  /** Within half the time of the handshake: portals and caches nearby do this too. */
  'too-fast': 3,
  ttl: 2,
  df: 1,
  download: 2,
  'download-swap': 1,
  /** Portals redirect to the own network. */
  'own-side': -3,
} as const;
type RedirectSign = keyof typeof POINTS;

/** A redirect to somebody else. */
export interface Redirect {
  readonly url: string;
  readonly host: string;
  /** Who the host belongs to: registrable domain, or the address. */
  readonly owner: string;
  readonly location: string;
  readonly target: string;
  readonly targetOwner: string;
}

/** What speaks for it being written by another machine. */
export interface Suspicion {
  readonly score: number;
  readonly reasons: readonly FindingReason[];
  readonly isDownload: boolean;
  readonly hasOddId: boolean;
}

/** Where an answer redirects to, in whole; null when it does not. */
export function wholeLocation({ status, location, url }: Http): string | null {
  if (status === null || !REDIRECTS.has(status) || location === null || url === null) return null;
  return parsed(location, url)?.href ?? null;
}

/** An address in the one form in which addresses are compared. */
export function plainAddressOf(url: string): string {
  return parsed(url)?.href ?? url;
}

/** A redirect that leads to somebody else; null for those that stay. */
export function redirectElsewhere(record: Http): Redirect | null {
  const { url } = record;
  const location = wholeLocation(record);
  if (location === null || url === null || isOwnSide(record.serverAddress)) return null;
  const from = parsed(url);
  const to = parsed(location);
  if (!from || !to || (to.protocol !== 'http:' && to.protocol !== 'https:')) return null;
  const [host, target] = [bareHost(from), bareHost(to)];
  const [owner, targetOwner] = [ownerOf(host), ownerOf(target)];
  if (host === '' || target === '' || owner === targetOwner) return null;
  return { url, host, owner, location, target, targetOwner };
}

/** The signs of a redirect; null when nothing that matters speaks for another writer. */
export function suspicionOf(record: Http, redirect: Redirect): Suspicion | null {
  const shape = shapeOf(record);
  if (shape === 'unknown') return null;
  const answer = record.responsePacket;
  const odd = answer === null ? null : oddIdOf(answer, record);
  const asked = fileIn(redirect.url);
  const given = fileIn(redirect.location);
  const reasons: FindingReason[] = [];
  const add = (code: RedirectSign, values: FindingReason['values'] = {}): void => {
    reasons.push({ code, points: POINTS[code], values });
  };
  const isHeaderless = shape !== 'usual';
  if (isHeaderless) add(shape);
  if (odd !== null) add(odd, { id: String(answer?.ipId ?? '?') });
  addTiming(record, add);
  addHeaders(answer, record.synAckPacket, add);
  const isDownload = asked !== null;
  const isElsewhere = (['too-fast', 'ttl'] as const).every((sign) =>
    reasons.some(({ code }) => code === sign),
  );
  if (!isHeaderless && odd === null && !(isDownload && isElsewhere)) return null;
  if (asked !== null) {
    add('download', { askedName: asked });
    if (given !== null && given !== asked) add('download-swap', { givenName: given });
  }
  if (isOwnSide(redirect.target)) add('own-side');
  const score = reasons.reduce((sum, { points = 0 }) => sum + points, 0);
  reasons.sort((a, b) => (b.points ?? 0) - (a.points ?? 0));
  return { score, reasons, isDownload, hasOddId: odd !== null };
}

type Add = (code: RedirectSign, values?: FindingReason['values']) => void;

function addTiming(
  { requestPacket, responsePacket, handshakeMicroseconds: handshake }: Http,
  add: Add,
): void {
  const delay = microsecondsBetween(requestPacket?.at ?? null, responsePacket?.at ?? null);
  if (delay === null || delay < 0 || handshake === null) return;
  if (handshake < MIN_HANDSHAKE_MICROS || handshake > MAX_HANDSHAKE_MICROS) return;
  if (delay < handshake / 2)
    add('too-fast', {
      delay: millisecondsOf(delay) ?? 0,
      handshake: millisecondsOf(handshake) ?? 0,
    });
}

function addHeaders(answer: PacketFacts | null, own: PacketFacts | null, add: Add): void {
  if (answer === null || own === null) return;
  if (answer.ttl !== null && own.ttl !== null && answer.ttl !== own.ttl)
    add('ttl', { ttlAnswer: String(answer.ttl), ttlHandshake: String(own.ttl) });
  if (answer.dontFragment !== null && own.dontFragment !== null && answer.dontFragment !== own.dontFragment)
    add('df');
}

/** `unknown`: logs, which give only some of the headers. */
function shapeOf({ responseHeaders, responsePacket }: Http): 'bare' | 'no-headers' | 'usual' | 'unknown' {
  if (responsePacket === null) return 'unknown';
  let [hasLocation, isClosed, isEmpty] = [false, false, false];
  for (const [name, value] of responseHeaders) {
    switch (name.toLowerCase()) {
      // What speaks for a server that knows who asks is of that server.
      case 'server':
      case 'date':
      case 'set-cookie':
        return 'usual';
      case 'location':
        hasLocation = true;
        break;
      case 'connection':
        isClosed = value.trim().toLowerCase() === 'close';
        break;
      case 'content-length':
        isEmpty = value.trim() === '0';
        break;
    }
  }
  if (!hasLocation) return 'unknown';
  return isClosed || isEmpty ? 'bare' : 'no-headers';
}

function oddIdOf(
  { ipId, dontFragment }: PacketFacts,
  { synAckPacket: own, requestPacket }: Http,
): 'id-marked' | 'id-one' | 'id-echo' | null {
  if (ipId === null) return null;
  if (ipId === PACKETLOGIC_IP_ID) return 'id-marked';
  // Who counts from 0 in each connection comes to 1 as well, with all else alike.
  if (ipId === 1) return own?.ipId === 0 && own.dontFragment === dontFragment ? null : 'id-one';
  return ipId > 0 && ipId === requestPacket?.ipId ? 'id-echo' : null;
}

/** Name of the program an address leads to; null when it does not look like one. */
function fileIn(address: string): string | null {
  const name = parsed(address)?.pathname.split('/').at(-1) ?? '';
  const dot = name.lastIndexOf('.');
  return dot > 0 && PROGRAMS.has(name.slice(dot + 1).toLowerCase()) ? name : null;
}

function parsed(address: string, base?: string): URL | null {
  if (address.length > MAX_ADDRESS || (base?.length ?? 0) > MAX_ADDRESS) return null;
  try {
    return new URL(address, base);
  } catch {
    // The URL standard has no milder way to say that a text is no address.
    return null;
  }
}

/** Without the brackets of IPv6 and the final dot. */
function bareHost({ hostname }: URL): string {
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

function ownerOf(host: string): string {
  return parse(host, { allowPrivateDomains: true }).domain ?? host;
}
