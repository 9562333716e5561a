import type { HitFields } from './hit-fields.js';
import type { LinearPattern } from './linear-pattern.js';

/** A rule on a line of a log, put together again from the hit. */
export interface LineRule {
  readonly is: 'line';
  readonly pattern: LinearPattern;
  /**
   * - `banjax`: `METHOD host METHOD path HTTP/x agent`, the line of Banjax without its time and address
   * - `banjax-ats`: `METHOD target host agent`, of the old Banjax
   * - `combined`: the combined log format, with the address and without the date, as fail2ban looks at it
   */
  readonly line: 'banjax' | 'banjax-ats' | 'combined';
  /** What fits this does not count; null for none. */
  readonly except: LinearPattern | null;
  /** Sites to which it does not apply. */
  readonly skippedHosts: ReadonlySet<string>;
  /** The only site to which it applies; null for all. */
  readonly onlyHost: string | null;
}

/** @returns whether the rule fits a hit */
export function lineFits(rule: LineRule, fields: HitFields): boolean {
  if (fields.isEvent) return false;
  if (rule.onlyHost !== null && fields.host() !== rule.onlyHost) return false;
  const line =
    rule.line === 'combined'
      ? combinedLine(fields)
      : rule.line === 'banjax'
        ? banjaxLine(fields)
        : atsLine(fields);
  if (!rule.pattern.test(line) || rule.except?.test(line)) return false;
  return rule.skippedHosts.size === 0 || !rule.skippedHosts.has(fields.host());
}

/** Floods spec, 2: the host alone, the path without its arguments. */
function banjaxLine(fields: HitFields): string {
  const method = fields.method() || '-';
  const { hit } = fields;
  const target = hit.queryStart === -1 ? fields.target() : fields.target().split('?', 1)[0];
  const version = fields.version();
  return `${method} ${fields.host() || '-'} ${method} ${target || '-'}${version === '' ? '' : ` HTTP/${version}`} ${fields.agent() || '-'}`;
}

/** equalitie/banjax, regex_manager. */
function atsLine(fields: HitFields): string {
  return `${fields.method()} ${fields.target()} ${fields.host()} ${fields.agent()}`;
}

function combinedLine(fields: HitFields): string {
  const { hit } = fields;
  const version = hit.protocol === 0 ? '' : ` HTTP/${fields.version()}`;
  const request = `${fields.method()}${hit.methodStart === -1 ? '' : ' '}${fields.target()}${version}`;
  return `${fields.address() || '-'} - ${fields.user() || '-'} [] "${request || '-'}" ${hit.status === 0 ? '-' : hit.status} ${hit.bytesOut < 0 ? '-' : hit.bytesOut} "${fields.referer() || '-'}" "${fields.agent() || '-'}"`;
}
