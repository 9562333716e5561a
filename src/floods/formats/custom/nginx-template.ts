/** nginx `log_format`: ngx_http_log_module and the variables of the modules it names. */
import { LogFormatError } from './log-format-error.js';
import { type FieldKind, type Parsed, Parts, type PlacedText } from './template.js';

const VARIABLES: Readonly<Record<string, FieldKind>> = {
  remote_addr: 'client',
  http_x_forwarded_for: 'forwarded',
  proxy_add_x_forwarded_for: 'forwarded',
  http_x_real_ip: 'forwarded',
  http_cf_connecting_ip: 'forwarded',
  http_true_client_ip: 'forwarded',
  proxy_protocol_addr: 'forwarded',
  remote_user: 'user',
  time_local: 'clf-time',
  time_iso8601: 'iso-time',
  msec: 'epoch-time',
  request: 'request',
  request_method: 'method',
  request_uri: 'target',
  uri: 'path',
  document_uri: 'path',
  args: 'query',
  query_string: 'query',
  is_args: 'question',
  server_protocol: 'protocol',
  status: 'status',
  body_bytes_sent: 'bytes',
  bytes_sent: 'bytes',
  http_referer: 'referer',
  http_user_agent: 'agent',
  host: 'host',
  http_host: 'host',
  server_name: 'host',
  ssl_server_name: 'host',
  request_time: 'seconds',
  upstream_cache_status: 'cache',
  upstream_status: 'upstream-status',
  sent_http_content_type: 'type',
  ssl_cipher: 'tls',
  http_ssl_ja4: 'tls',
  http_ssl_ja3_hash: 'tls',
  geoip_country_code: 'country',
  geoip2_data_country_code: 'country',
  geoip2_data_country_iso_code: 'country',
  http_cf_ipcountry: 'country',
  geoip2_data_autonomous_system_number: 'asn',
};

/** `$name` and `${name}`; all else is fixed text. */
export function nginxTemplate({ text, places }: PlacedText, escaping: 'json' | 'backslash' | 'none'): Parsed {
  const parts = new Parts();
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    if (char !== '$') {
      parts.literal(char);
      continue;
    }
    const isBraced = text[at + 1] === '{';
    const from = isBraced ? at + 2 : at + 1;
    let to = from;
    while (to < text.length && /\w/.test(text[to] as string)) to += 1;
    const place = places[at] ?? at;
    if (isBraced && text[to] !== '}') return new LogFormatError('unclosed', place, text.slice(at, to));
    if (to === from) return new LogFormatError('unknown-field', place, text.slice(at, at + 2));
    const name = text.slice(from, to);
    const after = isBraced ? to + 1 : to;
    const kind = Object.hasOwn(VARIABLES, name) ? (VARIABLES[name] as FieldKind) : 'skip';
    parts.field(kind, place, text.slice(at, after));
    at = after - 1;
  }
  return { parts: parts.list, escaping };
}
