/**
 * Traefik with `accessLog.format: json` (Traefik documentation, "Access Logs", table of fields; times in nanoseconds).
 * Headers that are kept appear as `request_Name` and `downstream_Name`.
 */
import { LINE, type LogFormatKind } from '../../hits/log-format.js';
import { type Dialect, JsonFormat } from './json-format.js';
import { SLOT } from './slots.js';

const DIALECT: Dialect = {
  id: 'traefik-json',
  isLoose: false,
  wanted: [
    [SLOT.time, 'startutc', 'startlocal', 'time'],
    // ClientHost is what X-Forwarded-For says, where it says anything.
    [SLOT.client, 'clientaddr'],
    [SLOT.forwarded, 'request_x-forwarded-for'],
    [SLOT.clientToo, 'clienthost'],
    [SLOT.host, 'requesthost', 'requestaddr'],
    [SLOT.user, 'clientusername'],
    [SLOT.method, 'requestmethod'],
    [SLOT.target, 'requestpath'],
    [SLOT.protocol, 'requestprotocol'],
    [SLOT.status, 'downstreamstatus'],
    [SLOT.upstreamStatus, 'originstatus'],
    [SLOT.bytesOut, 'downstreamcontentsize'],
    [SLOT.durationNanos, 'duration'],
    [SLOT.referer, 'request_referer'],
    [SLOT.agent, 'request_user-agent'],
    [SLOT.type, 'downstream_content-type'],
    [SLOT.tls, 'tlscipher'],
  ],
  judge(fields) {
    const isRequest = fields.has(SLOT.method) && fields.has(SLOT.target);
    const hasClient = fields.has(SLOT.client) || fields.has(SLOT.clientToo);
    return isRequest && hasClient && fields.has(SLOT.status) ? LINE.hit : LINE.foreign;
  },
};

export const traefikJson: LogFormatKind = { id: DIALECT.id, open: () => new JsonFormat(DIALECT) };
