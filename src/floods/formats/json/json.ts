/** Access logs of one JSON object a line, and tables of the same values. */
import type { LogFormatKind } from '../../hits/log-format.js';
import { caddy } from './caddy.js';
import { cloudflare, cloudflareCsv } from './cloudflare.js';
import { banjaxBans, deflectJson } from './deflect.js';
import { csvLog, jsonLog } from './json-log.js';
import { traefikJson } from './traefik-json.js';

/** In order of trial: the one with names to guess is last. */
export const JSON_FORMATS: readonly LogFormatKind[] = [
  caddy,
  traefikJson,
  cloudflare,
  deflectJson,
  banjaxBans,
  jsonLog,
];

/** Tables that know their names from their first line. */
export const CSV_FORMATS: readonly LogFormatKind[] = [cloudflareCsv, csvLog];
