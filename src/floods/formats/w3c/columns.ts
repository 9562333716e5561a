/** What the columns of a W3C log are, by the names in its `#Fields:` (W3C "Extended Log File Format", IIS, CloudFront). */

/** What a column holds. */
export const COLUMN = {
  date: 0,
  time: 1,
  client: 2,
  forwarded: 3,
  host: 4,
  user: 5,
  method: 6,
  stem: 7,
  query: 8,
  uri: 9,
  protocol: 10,
  status: 11,
  bytesOut: 12,
  /** In the unit of the program. */
  timeTaken: 13,
  referer: 14,
  agent: 15,
  cache: 16,
  type: 17,
  tls: 18,
  country: 19,
  asn: 20,
  /** Unix time, milliseconds or seconds. */
  timestamp: 21,
  /** The site as its owner calls it, where the host that was asked for is another's (CloudFront). */
  site: 22,
} as const;
export const COLUMN_COUNT = 23;

const NAMES: ReadonlyMap<string, number> = new Map<string, number>([
  ['date', COLUMN.date],
  ['time', COLUMN.time],
  ['timestamp', COLUMN.timestamp],
  ['timestamp(ms)', COLUMN.timestamp],
  ['c-ip', COLUMN.client],
  ['x-forwarded-for', COLUMN.forwarded],
  ['cs(x-forwarded-for)', COLUMN.forwarded],
  ['cs-x-forwarded-for', COLUMN.forwarded],
  ['x-real-ip', COLUMN.forwarded],
  ['cs(x-real-ip)', COLUMN.forwarded],
  ['cf-connecting-ip', COLUMN.forwarded],
  ['cs(cf-connecting-ip)', COLUMN.forwarded],
  ['cs-host', COLUMN.host],
  ['cs(host)', COLUMN.host],
  ['x-host-header', COLUMN.site],
  ['cs-username', COLUMN.user],
  ['cs-method', COLUMN.method],
  ['cs-uri-stem', COLUMN.stem],
  ['cs-uri-query', COLUMN.query],
  ['cs-uri', COLUMN.uri],
  ['cs-version', COLUMN.protocol],
  ['cs-protocol-version', COLUMN.protocol],
  ['sc-status', COLUMN.status],
  ['sc-bytes', COLUMN.bytesOut],
  ['time-taken', COLUMN.timeTaken],
  ['cs(referer)', COLUMN.referer],
  ['cs-referer', COLUMN.referer],
  ['cs(user-agent)', COLUMN.agent],
  ['cs-user-agent', COLUMN.agent],
  ['x-edge-result-type', COLUMN.cache],
  ['x-cache', COLUMN.cache],
  ['sc-content-type', COLUMN.type],
  ['sc(content-type)', COLUMN.type],
  ['rs(content-type)', COLUMN.type],
  ['ssl-cipher', COLUMN.tls],
  ['c-country', COLUMN.country],
  ['asn', COLUMN.asn],
]);

/** IIS 7 to 10 as they come, for files of which the beginning is gone. */
export const IIS_COLUMNS =
  'date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken';
/** CloudFront's 33, likewise ("Standard log file fields"). */
export const CLOUDFRONT_COLUMNS =
  'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end';

/** Longest head that is looked at. */
const MAX_COLUMNS = 128;

/** What each column holds, -1 for what nobody asks for. Of several columns for the same, the first. */
export function columnsOf(names: string): Int8Array {
  const words = names.split(/[ \t]+/).filter((word) => word !== '');
  const seen = new Set<number>();
  return Int8Array.from(
    words.slice(0, MAX_COLUMNS).map((word) => {
      const column = NAMES.get(word.toLowerCase()) ?? -1;
      if (column === -1 || seen.has(column)) return -1;
      seen.add(column);
      return column;
    }),
  );
}
