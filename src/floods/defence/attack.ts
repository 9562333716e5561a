/** What the defence needs of an incident and of the world around it. */
import type { CohortType } from '../traffic/shape.js';
import type { ClientAddress } from './networks.js';

/** What many clients of an attack had in common. Part of `CohortSign`. */
export interface AttackSign {
  readonly type: CohortType;
  readonly value: string;
  readonly windowHits: number;
  readonly outsideHits: number;
}

/** Part of `Incident`. */
export interface Attack {
  readonly kind: string;
  readonly siteName: string;
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly attackHits: number;
  /** Strongest first. */
  readonly signs: readonly AttackSign[];
  /** Rows of the clients that took part. */
  readonly clients: readonly number[];
}

/** What an address is, besides its part in the attack. */
export interface Surroundings {
  /** Search engines, previewers, monitors, archives and the like, by their published ranges. */
  isKnown(address: ClientAddress): boolean;
  /** Many people share one address: carriers' NAT, mobile networks. */
  isCarrier(asn: number): boolean;
  /** A network of computers for hire, where no reader sits. */
  isHosting(asn: number): boolean;
}
