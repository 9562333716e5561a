/** What the defence needs of an incident and of the world around it. */
import type { CohortSign, Incident } from '../incidents/incident.js';
import type { ClientAddress } from './networks.js';

/** What many clients of an attack had in common. */
export type AttackSign = Pick<CohortSign, 'type' | 'value' | 'windowHits' | 'outsideHits'>;

/** What of an incident is needed to defend against it. */
export type Attack = Pick<
  Incident,
  'siteName' | 'fromMinute' | 'toMinute' | 'attackHits' | 'clients' | 'mixedClients'
> & {
  readonly kind: string;
  /** Strongest first. */
  readonly signs: readonly AttackSign[];
};

/** What an address is, besides its part in the attack. */
export interface Surroundings {
  /** Search engines, previewers, monitors, archives and the like, by their published ranges. */
  isKnown(address: ClientAddress): boolean;
  /** Many people share one address: carriers' NAT, mobile networks. */
  isCarrier(asn: number): boolean;
  /** A network of computers for hire, where no reader sits. */
  isHosting(asn: number): boolean;
}
