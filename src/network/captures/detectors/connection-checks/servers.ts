import { compareText } from '../../../../core/compare-text.js';
import { SampledMap } from '../../../../core/sampled-map.js';
import { Smallest } from '../../../../core/smallest.js';
import { plainAddress } from '../../tables/host-names.js';
import { compareSeen, type SeenAt } from '../../tables/places.js';
import type { CheckId } from './checks.js';

/** Servers, or names, kept at once. */
const MAX_KEPT = 20_000;
/** Pointers kept of one check on one host. */
const MAX_PLACES = 8;
const MAX_MARKS = 8;

/** What one check saw on one host. */
export interface Sign {
  count: number;
  readonly places: Smallest<SeenAt>;
  readonly devices: Smallest<string>;
  readonly ports: Smallest<number>;
  /** What tells more of it: an authority, a name in a certificate, a transport. */
  readonly marks: Smallest<string>;
}

/** A server by its address, or a name by itself. */
export interface Host {
  readonly evidence: string;
  /** Address, or name. */
  readonly key: string;
  /** Whether any answer, hello or request gives a name for it. */
  isNamed: boolean;
  readonly signs: Map<CheckId, Sign>;
}

export interface Noticed {
  readonly seen: SeenAt;
  readonly device: string | null;
  readonly port: number | null;
  readonly mark: string | null;
}

/** Hosts of all evidence; when they are too many, a part of them is followed whole and the rest not at all. */
export class Hosts {
  readonly #hosts = new SampledMap<Host>(MAX_KEPT);

  /** Null: this one is not followed. */
  at(evidence: string, key: string): Host | null {
    return this.#hosts.at(`${evidence} ${key}`, () => ({
      evidence,
      key,
      isNamed: false,
      signs: new Map<CheckId, Sign>(),
    }));
  }

  /** By address, in its one form. */
  server(evidence: string, address: string): Host | null {
    return this.at(evidence, plainAddress(address));
  }

  all(): Host[] {
    return [...this.#hosts.values()].sort(
      (a, b) => compareText(a.evidence, b.evidence) || compareText(a.key, b.key),
    );
  }

  get aboutLeftOut(): number {
    return this.#hosts.aboutLeftOut;
  }
}

/** Counts what a check saw on a host. */
export function notice(host: Host | null, check: CheckId, { seen, device, port, mark }: Noticed): void {
  if (host === null) return;
  let sign = host.signs.get(check);
  if (sign === undefined) {
    sign = {
      count: 0,
      places: new Smallest(MAX_PLACES, compareSeen),
      devices: new Smallest(MAX_MARKS, compareText),
      ports: new Smallest<number>(MAX_MARKS, (a, b) => a - b),
      marks: new Smallest(MAX_MARKS, compareText),
    };
    host.signs.set(check, sign);
  }
  sign.count += 1;
  // Not the record itself: it may be large.
  sign.places.add({ at: seen.at, source: seen.source });
  if (device !== null) sign.devices.add(device);
  if (port !== null) sign.ports.add(port);
  if (mark !== null) sign.marks.add(mark);
}
