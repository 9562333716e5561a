import type { Hit } from '../../hits/hit.js';
import { LINE } from '../../hits/log-format.js';
import { decisionIn } from '../values.js';
import { type JsonDialect, jsonFormat } from './json-format.js';
import type { LogRecord } from './log-record.js';
import { FIELD } from './names.js';

/**
 * The log of nginx at the edge of Deflect, as it is written and as Logstash passes it on (deflect-ca/baskerville and
 * baskervillehall, which read it). A request that Banjax answered with a challenge or refused is a request all the same:
 * as an event it would be missing from the flood.
 */
const edge: JsonDialect = {
  id: 'deflect-json',
  names: {
    time: ['time_local'],
    time2: ['datestamp', 'timestamp'],
    time3: ['@timestamp'],
    client: ['client_ip'],
    forwarded: ['forwardedfor'],
    host: ['client_request_host'],
    user: ['client_user'],
    method: ['client_request_method'],
    path: ['client_url'],
    query: ['querystring'],
    protocol: ['http_request_version'],
    status: ['http_response_code'],
    bytesOut: ['reply_length_bytes'],
    seconds: ['request_time'],
    referer: ['referer'],
    agent: ['client_ua'],
    cache: ['cache_result'],
    upstreamStatus: ['upstream_status'],
    contentType: ['content_type'],
    tls: ['ja4', 'ssl_cipher', 'cipher'],
    country: ['geoip.country_code2', 'geoip.country_code'],
    asn: ['geoip.asn'],
  },
  envelopes: ['_source'],
  judge(record: LogRecord, hit: Hit): number {
    if (!record.has(FIELD.client) || !record.has(FIELD.status)) return LINE.foreign;
    if (!record.has(FIELD.path) && !record.has(FIELD.host)) return LINE.foreign;
    return record.fill(hit) ? LINE.hit : LINE.foreign;
  },
};

/** Requests at the edge of Deflect. */
export const deflectJson = jsonFormat(edge);

/** Banjax: deflect-ca/banjax, the log of bans. Its times have no zone; servers of Deflect keep UTC. */
const bans: JsonDialect = {
  id: 'banjax-bans',
  names: {
    time: ['timestring', 'timestamp'],
    time2: ['@timestamp'],
    client: ['client_ip'],
    host: ['client_request_host'],
    method: ['client_request_method'],
    path: ['path'],
    agent: ['client_ua'],
    action: ['action'],
    rule: ['rule_type', 'trigger'],
  },
  envelopes: ['_source'],
  judge(record: LogRecord, hit: Hit): number {
    if (!record.has(FIELD.rule) || !record.has(FIELD.action) || !record.has(FIELD.client))
      return LINE.foreign;
    if (!record.fill(hit)) return LINE.foreign;
    hit.event = decisionIn(record.bytes, record.start(FIELD.action), record.end(FIELD.action));
    return LINE.event;
  },
};

/** Bans and challenges of Banjax. */
export const banjaxBans = jsonFormat(bans);
