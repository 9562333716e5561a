/**
 * Cloudflare: developers.cloudflare.com/logs/logpush/logpush-job/datasets/zone, `http_requests` and `firewall_events`; the
 * same events as the GraphQL API names them (`firewallEventsAdaptive`). Times are RFC 3339, Unix seconds or nanoseconds.
 */
import { LINE, type LogFormatKind } from '../../hits/log-format.js';
import { CsvFormat } from './csv-format.js';
import { type Dialect, JsonFormat } from './json-format.js';
import { SLOT } from './slots.js';

const REQUESTS: Dialect = {
  id: 'cloudflare-logpush',
  isLoose: false,
  envelopes: ['_source', 'dimensions'],
  wanted: [
    [SLOT.time, 'edgestarttimestamp', 'edgeendtimestamp'],
    [SLOT.client, 'clientip'],
    [SLOT.host, 'clientrequesthost', 'zonename'],
    [SLOT.method, 'clientrequestmethod'],
    [SLOT.target, 'clientrequesturi'],
    [SLOT.path, 'clientrequestpath'],
    [SLOT.protocol, 'clientrequestprotocol'],
    [SLOT.status, 'edgeresponsestatus'],
    [SLOT.upstreamStatus, 'originresponsestatus'],
    [SLOT.bytesOut, 'edgeresponsebytes', 'edgeresponsebodybytes'],
    [SLOT.durationMillis, 'edgetimetofirstbytems', 'originresponsedurationms'],
    [SLOT.durationNanos, 'originresponsetime'],
    [SLOT.referer, 'clientrequestreferer'],
    [SLOT.agent, 'clientrequestuseragent'],
    [SLOT.cache, 'cachecachestatus', 'cachestatus'],
    [SLOT.type, 'edgeresponsecontenttype'],
    [SLOT.tls, 'ja4', 'ja3hash', 'clientsslcipher'],
    [SLOT.asn, 'clientasn'],
    [SLOT.country, 'clientcountry'],
  ],
  judge(fields) {
    const isRequest = fields.has(SLOT.time) && fields.has(SLOT.client);
    return isRequest && (fields.has(SLOT.status) || fields.has(SLOT.target) || fields.has(SLOT.path))
      ? LINE.hit
      : LINE.foreign;
  },
};

const EVENTS: Dialect = {
  id: 'cloudflare-events',
  isLoose: false,
  envelopes: ['_source', 'dimensions'],
  wanted: [
    [SLOT.time, 'datetime', 'occurred_at'],
    [SLOT.client, 'clientip'],
    [SLOT.host, 'clientrequesthttphost', 'clientrequesthost'],
    [SLOT.method, 'clientrequesthttpmethodname', 'clientrequestmethod'],
    [SLOT.path, 'clientrequestpath', 'clientrequesturi'],
    [SLOT.query, 'clientrequestquery'],
    [SLOT.protocol, 'clientrequesthttpprotocol', 'clientrequestprotocol'],
    [SLOT.status, 'edgeresponsestatus'],
    [SLOT.upstreamStatus, 'originresponsestatus'],
    [SLOT.referer, 'clientrequestreferer'],
    [SLOT.agent, 'useragent', 'clientrequestuseragent'],
    [SLOT.tls, 'ja4', 'ja3hash'],
    [SLOT.asn, 'clientasn'],
    [SLOT.country, 'clientcountryname', 'clientcountry'],
    [SLOT.action, 'action'],
  ],
  judge(fields) {
    return fields.has(SLOT.time) && fields.has(SLOT.client) && fields.has(SLOT.action)
      ? LINE.event
      : LINE.foreign;
  },
};

/** Requests of Cloudflare, as Logpush delivers them. */
export const cloudflareLogpush: LogFormatKind = { id: REQUESTS.id, open: () => new JsonFormat(REQUESTS) };

/** Security events of Cloudflare: what was challenged or blocked before it reached the site. */
export const cloudflareEvents: LogFormatKind = { id: EVENTS.id, open: () => new JsonFormat(EVENTS) };

const COLUMN_NAMES: ReadonlyMap<number, readonly string[]> = new Map<number, readonly string[]>([
  [SLOT.time, ['date time', 'timestamp', 'date', 'time']],
  [SLOT.client, ['ip address', 'ip', 'source ip']],
  [SLOT.host, ['host', 'hostname']],
  [SLOT.method, ['method', 'http method']],
  [SLOT.path, ['path', 'uri', 'url']],
  [SLOT.query, ['query string', 'query']],
  [SLOT.protocol, ['http version', 'protocol']],
  [SLOT.agent, ['ua']],
  [SLOT.asn, ['asn']],
  [SLOT.country, ['country']],
  [SLOT.action, ['action taken']],
]);

/** The columns of a table of events, as the export and people name them. */
const EVENT_COLUMNS: Dialect = {
  ...EVENTS,
  id: 'cloudflare-events-csv',
  wanted: EVENTS.wanted.map(
    ([slot, ...paths]) => [slot, ...paths, ...(COLUMN_NAMES.get(slot) ?? [])] as const,
  ),
};

/** Security events of Cloudflare as a table. */
export const cloudflareEventsCsv: LogFormatKind = {
  id: EVENT_COLUMNS.id,
  open: () => new CsvFormat(EVENT_COLUMNS.id, EVENT_COLUMNS),
};
