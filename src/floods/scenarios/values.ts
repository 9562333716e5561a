/** Values of rule files, which may be anything. */
import { ScenarioError } from './scenario-error.js';

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
};
/** Longer than any rule waits. */
const MAX_SECONDS = 366 * 86_400;

/** A duration as Go writes it (`1h30m`, `0.5s`; CrowdSec adds days) in seconds; null when it is none. */
export function goDuration(text: string): number | null {
  const plain = text.trim();
  if (plain === '0') return 0;
  if (
    plain.length === 0 ||
    plain.length > 60 ||
    !/^(?:\d{0,12}\.?\d{0,12}(?:ns|us|µs|ms|s|m|h|d))+$/.test(plain)
  )
    return null;
  let seconds = 0;
  for (const [, digits, unit] of plain.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h|d)/g)) {
    const amount = Number(digits);
    if (Number.isNaN(amount)) return null;
    seconds += amount * (UNIT_SECONDS[unit as string] as number);
  }
  return seconds <= MAX_SECONDS ? seconds : null;
}

/** A duration of fail2ban: seconds, or with a unit (`10m`, `1h 30m`); null when it is none. */
export function failDuration(text: string): number | null {
  const plain = text.trim().toLowerCase();
  if (/^\d{1,9}$/.test(plain)) return Number(plain);
  if (plain.length > 40 || !/^(?:\d{1,9}\s*[a-z]{1,7}\s*)+$/.test(plain)) return null;
  let seconds = 0;
  for (const [, digits, unit] of plain.matchAll(/(\d+)\s*([a-z]+)/g)) {
    const known = {
      s: 1,
      sec: 1,
      m: 60,
      min: 60,
      h: 3_600,
      hour: 3_600,
      hours: 3_600,
      d: 86_400,
      day: 86_400,
      days: 86_400,
      w: 604_800,
    }[unit as 's'];
    if (known === undefined) return null;
    seconds += Number(digits) * known;
  }
  return seconds <= MAX_SECONDS ? seconds : null;
}

export type YamlMap = ReadonlyMap<unknown, unknown>;

export function isMap(value: unknown): value is YamlMap {
  return value instanceof Map;
}

/** A text, or a number or truth value as it would be written; null for anything else. */
export function textIn(map: YamlMap, name: string): string | null {
  const value = map.get(name);
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

export function numberIn(map: YamlMap, name: string): number | null {
  const value = map.get(name);
  const number = typeof value === 'string' && /^-?\d{1,9}(\.\d{1,6})?$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** @throws ScenarioError `missing` or `value` */
export function wholeNumber(map: YamlMap, name: string, least: number): number {
  const value = numberIn(map, name);
  if (value === null) throw new ScenarioError(map.has(name) ? 'value' : 'missing', name);
  if (!Number.isInteger(value) || value < least || value > 1_000_000)
    throw new ScenarioError('value', `${name}: ${value}`);
  return value;
}

/** @throws ScenarioError `missing` or `value` */
export function wantedText(map: YamlMap, name: string): string {
  const value = textIn(map, name);
  if (value === null || value.trim() === '')
    throw new ScenarioError(map.has(name) ? 'value' : 'missing', name);
  return value;
}
