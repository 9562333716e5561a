import type { Hit } from '../../hits/hit.js';
import { LINE } from '../../hits/log-format.js';
import { type JsonDialect, jsonFormat } from './json-format.js';
import type { LogRecord } from './log-record.js';
import { FIELD } from './names.js';

/** Traefik: doc.traefik.io/traefik/observe/logs-and-access-logs, list of fields. `Duration` is in nanoseconds. */
const dialect: JsonDialect = {
  id: 'traefik-json',
  names: {
    time: ['startutc'],
    time2: ['startlocal', 'time'],
    client: ['clienthost', 'clientaddr'],
    forwarded: ['request_x-forwarded-for', 'request_x-real-ip'],
    host: ['requesthost', 'requestaddr'],
    user: ['clientusername'],
    method: ['requestmethod'],
    target: ['requestpath'],
    protocol: ['requestprotocol'],
    status: ['downstreamstatus'],
    bytesOut: ['downstreamcontentsize'],
    nanoseconds: ['duration'],
    referer: ['request_referer'],
    agent: ['request_user-agent'],
    upstreamStatus: ['originstatus'],
    contentType: ['downstream_content-type', 'origin_content-type'],
    tls: ['tlscipher'],
  },
  judge(record: LogRecord, hit: Hit): number {
    if (!record.has(FIELD.client)) return LINE.foreign;
    if (!record.has(FIELD.method) && !record.has(FIELD.target)) return LINE.foreign;
    return record.fill(hit) ? LINE.hit : LINE.foreign;
  },
};

/** Access logs of Traefik as JSON. */
export const traefikJson = jsonFormat(dialect);
