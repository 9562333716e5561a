import type { Hit } from '../../hits/hit.js';
import { LINE } from '../../hits/log-format.js';
import { decisionIn } from '../values.js';
import { csvFormat } from './csv-format.js';
import { type JsonDialect, jsonFormat } from './json-format.js';
import type { LogRecord } from './log-record.js';
import { FIELD } from './names.js';

/**
 * Cloudflare: developers.cloudflare.com/logs/logpush/logpush-job/datasets/zone/http_requests and …/firewall_events, and the
 * fields of `firewallEventsAdaptive` of its GraphQL API, as which Security Events are exported. Times are RFC 3339, Unix
 * seconds, or Unix nanoseconds, as the job says (`timestamp_format`).
 */
const dialect: JsonDialect = {
  id: 'cloudflare',
  names: {
    time: ['edgestarttimestamp', 'datetime'],
    time2: ['edgeendtimestamp', 'occurred_at', 'date time', 'timestamp'],
    client: ['clientip', 'client ip', 'ip', 'ip address'],
    host: ['clientrequesthost', 'clientrequesthttphost', 'host', 'zonename'],
    method: ['clientrequestmethod', 'clientrequesthttpmethodname', 'method'],
    target: ['clientrequesturi', 'uri'],
    path: ['clientrequestpath', 'path'],
    query: ['clientrequestquery', 'query', 'query string'],
    protocol: ['clientrequestprotocol', 'clientrequesthttpprotocol', 'proto', 'http version'],
    status: ['edgeresponsestatus'],
    bytesOut: ['edgeresponsebytes'],
    // 0 when the origin was not asked, which is no duration of the request.
    milliseconds: ['originresponsedurationms'],
    nanoseconds: ['originresponsetime'],
    referer: ['clientrequestreferer'],
    agent: ['clientrequestuseragent', 'useragent', 'user agent', 'ua'],
    cache: ['cachecachestatus', 'cachestatus'],
    upstreamStatus: ['originresponsestatus'],
    contentType: ['edgeresponsecontenttype'],
    tls: ['ja4', 'ja3hash', 'clientsslcipher'],
    asn: ['clientasn', 'asn'],
    country: ['clientcountry', 'clientcountryname', 'country'],
    // Of the data set of requests these say more, and are no sign of an event.
    action: ['action', 'action taken'],
    rule: ['ruleid', 'rule id', 'rayname', 'rayid', 'ray_id', 'ray id', 'service', 'source'],
  },
  envelopes: ['dimensions', 'node'],
  judge,
};

function judge(record: LogRecord, hit: Hit): number {
  if (!record.has(FIELD.client) || !record.has(FIELD.rule)) return LINE.foreign;
  if (!record.has(FIELD.method) && !record.has(FIELD.action)) return LINE.foreign;
  if (!record.fill(hit)) return LINE.foreign;
  if (!record.has(FIELD.action)) {
    if (hit.durationMs === 0) hit.durationMs = -1;
    return LINE.hit;
  }
  hit.event = decisionIn(record.bytes, record.start(FIELD.action), record.end(FIELD.action));
  return LINE.event;
}

/** Requests and security events of Cloudflare as JSON, one object a line. */
export const cloudflare = jsonFormat(dialect);
/** Security events of Cloudflare as a table. */
export const cloudflareCsv = csvFormat('cloudflare-csv', dialect);
