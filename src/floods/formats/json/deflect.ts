/**
 * Deflect: the log of nginx at its edge, as written and as Logstash passes it on, and the log of bans and challenges of
 * Banjax (deflect-ca/banjax; deflect-ca/baskerville, which reads them).
 */
import { LINE, type LogFormatKind } from '../../hits/log-format.js';
import { type Dialect, JsonFormat } from './json-format.js';
import { SLOT } from './slots.js';

const REQUESTS: Dialect = {
  id: 'deflect-json',
  isLoose: false,
  envelopes: ['_source'],
  wanted: [
    [SLOT.time, 'time_local', 'datestamp', '@timestamp', 'timestamp'],
    [SLOT.client, 'client_ip'],
    [SLOT.forwarded, 'forwardedfor'],
    [SLOT.host, 'client_request_host'],
    [SLOT.user, 'client_user'],
    [SLOT.method, 'client_request_method'],
    [SLOT.path, 'client_url'],
    [SLOT.query, 'querystring'],
    [SLOT.protocol, 'http_request_version'],
    [SLOT.status, 'http_response_code'],
    [SLOT.upstreamStatus, 'upstream_status'],
    [SLOT.bytesOut, 'reply_length_bytes'],
    [SLOT.durationSeconds, 'request_time'],
    [SLOT.referer, 'referer'],
    [SLOT.agent, 'client_ua'],
    [SLOT.cache, 'cache_result'],
    [SLOT.type, 'content_type'],
    [SLOT.asn, 'geoip.asn', 'geoip_asn'],
    [SLOT.country, 'geoip.country_code2', 'geoip_country_code', 'geoip.country_iso_code'],
  ],
  judge(fields) {
    // What Banjax decided does not count: a request it challenged or refused is a request all the same.
    const isRequest = fields.has(SLOT.client) && fields.has(SLOT.method) && fields.has(SLOT.path);
    return isRequest && fields.has(SLOT.status) ? LINE.hit : LINE.foreign;
  },
};

const BANS: Dialect = {
  id: 'banjax-bans',
  isLoose: false,
  envelopes: ['_source'],
  wanted: [
    [SLOT.time, 'timestring', 'timestamp', '@timestamp', 'datestamp'],
    [SLOT.client, 'client_ip'],
    [SLOT.host, 'client_request_host'],
    [SLOT.method, 'client_request_method'],
    [SLOT.path, 'path'],
    [SLOT.agent, 'client_ua'],
    [SLOT.country, 'geoip.country_code2', 'country'],
    [SLOT.action, 'action'],
    [SLOT.message, 'trigger', 'rule_type', 'number_of_fails'],
  ],
  judge(fields) {
    return fields.has(SLOT.client) && fields.has(SLOT.action) && fields.has(SLOT.message)
      ? LINE.event
      : LINE.foreign;
  },
};

/** Requests at the edge of Deflect. */
export const deflectJson: LogFormatKind = { id: REQUESTS.id, open: () => new JsonFormat(REQUESTS) };

/** Bans and challenges of Banjax. */
export const banjaxBans: LogFormatKind = { id: BANS.id, open: () => new JsonFormat(BANS) };
