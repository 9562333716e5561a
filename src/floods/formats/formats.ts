import type { LogFormatKind } from '../hits/log-format.js';
import { apacheError } from './apache-error/apache-error.js';
import { awsAlb, awsElb, awsS3 } from './aws/aws.js';
import { banjaxLine } from './banjax-line/banjax-line.js';
import { clf } from './clf/clf.js';
import { haproxy } from './haproxy/haproxy.js';
import { anyCsv, anyJson } from './json/any-json.js';
import { caddy } from './json/caddy.js';
import { cloudflareEvents, cloudflareEventsCsv, cloudflareLogpush } from './json/cloudflare.js';
import { banjaxBans, deflectJson } from './json/deflect.js';
import { traefikJson } from './json/traefik.js';
import { nginxError } from './nginx-error/nginx-error.js';
import { nginxProxyManager } from './nginx-proxy-manager/nginx-proxy-manager.js';
import { squid } from './squid/squid.js';
import { swabber } from './swabber/swabber.js';
import { cloudfront, w3c } from './w3c/w3c.js';
import { wrapped } from './wrapped/wrapped.js';

/** Lines of servers, as they also come in envelopes. The most frequent is first. */
const SERVER_LINES: readonly LogFormatKind[] = [
  clf,
  nginxError,
  apacheError,
  nginxProxyManager,
  caddy,
  traefikJson,
  cloudflareLogpush,
  cloudflareEvents,
  deflectJson,
  banjaxBans,
  // Of what the other formats in JSON leave.
  anyJson,
  awsAlb,
  awsElb,
  awsS3,
  haproxy,
  squid,
  banjaxLine,
  swabber,
];

/**
 * All formats that are known without being told, in the order in which they are tried. The most frequent is first; one
 * that takes lines of another must stand behind it.
 */
export const LOG_FORMATS: readonly LogFormatKind[] = [
  clf,
  // Before other JSON, of which it takes only what holds a line of a server.
  wrapped(SERVER_LINES),
  ...SERVER_LINES.slice(1),
  // These say in a first line what they are.
  cloudfront,
  w3c,
  cloudflareEventsCsv,
  anyCsv,
];
