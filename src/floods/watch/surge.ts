/** Whether a site has many times its usual traffic now, and what the surplus has in common. Bounded, event time only. */
import type { HitFacts } from '../traffic/facts.js';
import { COHORT } from '../traffic/shape.js';
import type { Alert, AlertSign } from './decision.js';

/** Minutes that tell what is usual: six hours. */
const HISTORY_MINUTES = 360;
/** With less nothing is usual yet. */
const LEAST_HISTORY = 30;
/** As for incidents in a whole log: {@link file://./../incidents}. */
const LEAST_Z = 6;
const LEAST_TIMES_NORMAL = 10;
const LEAST_PER_MINUTE = 60;
const MINUTES_LOOKED_AT = 5;
const MINUTES_ABOVE = 3;
const MINUTES_UNTIL_OVER = 10;
/** A sign has this share of the pages of the last minutes, and had at most a tenth of that before. */
const LEAST_SHARE = 0.3;
const MOST_USUAL_PART = 0.1;
const MAX_VALUES = 4_096;
/** A time so far back, or as far ahead as the history is long, is astray; so many pages in a row, and the clock was set. */
const ASTRAY_MINUTES = 10;
const ASTRAY_PAGES = 20;
const TYPES = [
  { type: COHORT.path, name: 'path' },
  { type: COHORT.agent, name: 'agent' },
  { type: COHORT.query, name: 'query' },
  { type: COHORT.manner, name: 'manner' },
] as const;

export interface SurgeState {
  readonly history: readonly number[];
  readonly recent: readonly number[];
  readonly minute: number;
  readonly count: number;
  readonly isFlood: boolean;
  readonly quiet: number;
  /** By type: hash, requests of this minute, requests of the last minutes, usual requests a minute, text. */
  readonly values: readonly (readonly [number, number, number, number, number, string])[];
}

interface Value {
  now: number;
  /** Requests of the last minutes, halved each minute. */
  recent: number;
  /** Usual requests a minute: mean over about an hour of minutes that are no flood. */
  usual: number;
  text: string;
}

export class SurgeWatch {
  readonly #alert: (alert: Alert) => void;
  /** Pages per minute, newest last; minutes of floods are left out. */
  #history: number[] = [];
  /** The last few minutes, whatever they were. */
  #recent: number[] = [];
  #minute = -1;
  #count = 0;
  #quiet = 0;
  /** Pages in a row that are far from the minute that is counted. */
  #astray = 0;
  readonly #values = new Map<string, Value>();
  #signs: (AlertSign & { readonly key: string })[] = [];
  isFlood = false;

  constructor(alert: (alert: Alert) => void, state?: SurgeState) {
    this.#alert = alert;
    if (!state) return;
    this.#history = [...state.history];
    this.#recent = [...state.recent];
    this.#minute = state.minute;
    this.#count = state.count;
    this.isFlood = state.isFlood;
    this.#quiet = state.quiet;
    for (const [type, hash, now, recent, usual, text] of state.values) {
      this.#values.set(`${type} ${hash}`, { now, recent, usual, text });
    }
    if (this.isFlood) this.#signs = this.#findSigns();
  }

  get signs(): readonly AlertSign[] {
    return this.#signs.map(({ type, value, share }) => ({ type, value, share }));
  }

  /** A page of a minute. Lines a little out of order belong to the minute that is counted now. */
  page(minute: number, facts: HitFacts, textOf: (type: number) => string): void {
    const ahead = minute - this.#minute;
    const isAstray = this.#minute !== -1 && (ahead < -ASTRAY_MINUTES || ahead > HISTORY_MINUTES);
    this.#astray = isAstray ? this.#astray + 1 : 0;
    // One line of another year must not end the minutes of this one: no flood would be seen until then.
    if (isAstray ? this.#astray >= ASTRAY_PAGES : ahead > 0) this.#begin(minute);
    this.#count += 1;
    for (const { type } of TYPES) {
      const hash = hashOf(facts, type);
      if (hash === 0) continue;
      const key = `${type} ${hash}`;
      const known = this.#values.get(key);
      if (known) known.now += 1;
      else if (this.#values.size < MAX_VALUES) {
        this.#values.set(key, { now: 1, recent: 0, usual: 0, text: textOf(type) });
      }
    }
  }

  isPartOfFlood(facts: HitFacts): boolean {
    if (!this.isFlood) return false;
    for (const { key } of this.#signs) {
      for (const { type } of TYPES) if (key === `${type} ${hashOf(facts, type)}`) return true;
    }
    return false;
  }

  #begin(minute: number): void {
    if (this.#minute !== -1) {
      this.#end(this.#count);
      // Minutes without a page count too. What is usual does not become nothing by a long silence, or a wrong clock.
      const silent = minute - this.#minute - 1;
      const isLong = silent > HISTORY_MINUTES;
      const counted = isLong ? (this.isFlood ? MINUTES_UNTIL_OVER : 0) : silent;
      for (let index = 0; index < counted; index += 1) this.#end(0);
      if (isLong) this.#recent = [];
    }
    this.#astray = 0;
    this.#minute = minute;
    this.#count = 0;
  }

  /** A minute is over. */
  #end(count: number): void {
    const usual = usualOf(this.#history);
    const isAbove = usual !== null && isSurge(count, usual);
    this.#recent.push(isAbove ? 1 : 0);
    if (this.#recent.length > MINUTES_LOOKED_AT) this.#recent.shift();
    for (const value of this.#values.values()) value.recent = value.recent / 2 + value.now;
    if (!this.isFlood && this.#recent.reduce((sum, above) => sum + above, 0) >= MINUTES_ABOVE) {
      this.isFlood = true;
      this.#quiet = 0;
      this.#signs = this.#findSigns();
      const at = (this.#minute + 1) * 60;
      this.#alert({
        code: 'flood-begins',
        at,
        perMinute: count,
        normal: usual?.median ?? 0,
        signs: this.signs,
      });
    } else if (this.isFlood) {
      this.#signs = this.#findSigns();
      this.#quiet = isAbove ? 0 : this.#quiet + 1;
      if (this.#quiet >= MINUTES_UNTIL_OVER) {
        this.isFlood = false;
        this.#signs = [];
        this.#recent = [];
        this.#alert({ code: 'flood-ends', at: (this.#minute + 1) * 60 });
      }
    }
    // What is not usual must not become usual.
    if (!isAbove && !this.isFlood) {
      this.#history.push(count);
      if (this.#history.length > HISTORY_MINUTES) this.#history.shift();
      for (const value of this.#values.values()) value.usual += (value.now - value.usual) / 60;
    }
    this.#forget();
  }

  #forget(): void {
    const isFull = this.#values.size >= MAX_VALUES * 0.75;
    for (const [key, value] of this.#values) {
      value.now = 0;
      if (value.recent < 0.5 && value.usual < (isFull ? 0.1 : 0.005)) this.#values.delete(key);
    }
    if (this.#values.size < MAX_VALUES * 0.9) return;
    // A flood of invented values: those asked for least make room.
    const sizes = [...this.#values.values()].map(({ recent, usual }) => recent + usual).sort((a, b) => a - b);
    const border = sizes[sizes.length >> 1] as number;
    for (const [key, { recent, usual }] of this.#values) {
      if (recent + usual <= border) this.#values.delete(key);
    }
  }

  #findSigns(): (AlertSign & { readonly key: string })[] {
    const totals = new Map<string, number>();
    for (const [key, { recent }] of this.#values) {
      const type = key.slice(0, key.indexOf(' '));
      totals.set(type, (totals.get(type) ?? 0) + recent);
    }
    const whole = Math.max(...totals.values(), 0);
    const signs: (AlertSign & { readonly key: string })[] = [];
    for (const [key, { recent, usual, text }] of this.#values) {
      const share = recent / Math.max(whole, 1);
      // `recent` is about two minutes of requests.
      if (share < LEAST_SHARE || usual * 2 > recent * MOST_USUAL_PART) continue;
      const type = TYPES.find((one) => key.startsWith(`${one.type} `));
      if (type) signs.push({ key, type: type.name, value: text, share });
    }
    return signs.sort((a, b) => b.share - a.share || (a.key < b.key ? -1 : 1));
  }

  state(): SurgeState {
    return {
      history: this.#history,
      recent: this.#recent,
      minute: this.#minute,
      count: this.#count,
      isFlood: this.isFlood,
      quiet: this.#quiet,
      values: [...this.#values].map(([key, { now, recent, usual, text }]) => {
        const [type = '0', hash = '0'] = key.split(' ');
        return [Number(type), Number(hash), now, recent, usual, text] as const;
      }),
    };
  }
}

function hashOf(facts: HitFacts, type: number): number {
  if (type === COHORT.path) return facts.pathShape;
  if (type === COHORT.agent) return facts.agentHash;
  if (type === COHORT.query) return facts.queryShape;
  return facts.manner;
}

function usualOf(history: readonly number[]): { readonly median: number; readonly scale: number } | null {
  if (history.length < LEAST_HISTORY) return null;
  const logs = history.map((count) => Math.log1p(count)).sort((a, b) => a - b);
  const middle = logs[logs.length >> 1] as number;
  const deviations = logs.map((value) => Math.abs(value - middle)).sort((a, b) => a - b);
  const median = Math.expm1(middle);
  const spread = 1.4826 * (deviations[deviations.length >> 1] as number);
  return { median, scale: Math.max(spread, Math.sqrt(median) / Math.max(median, 1), 0.05) };
}

function isSurge(
  count: number,
  { median, scale }: { readonly median: number; readonly scale: number },
): boolean {
  const z = (Math.log1p(count) - Math.log1p(median)) / scale;
  return z >= LEAST_Z && count >= Math.max(LEAST_TIMES_NORMAL * median, LEAST_PER_MINUTE);
}
