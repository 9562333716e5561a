import type { Hit } from '../hits/hit.js';

/**
 * Error logs are written in local time without a zone (nginx ngx_log.c, Apache ErrorLogFormat `%t`). Where such lines
 * stand in one file with lines of an access log, these say what the zone is. A hit is filled by all formats of one file,
 * so it is the key; the zone is noted when it changes only.
 */
const zones = new WeakMap<Hit, number>();

/** A line of this file was written in this zone (minutes east of UTC). */
export function noteZone(hit: Hit, zoneMinutes: number): void {
  zones.set(hit, zoneMinutes);
}

/** The zone of the last line that had one; 0 (UTC) when there was none. */
export function zoneOfLog(hit: Hit): number {
  return zones.get(hit) ?? 0;
}
