import type { NetworkEnds } from '../../../records/network-ends.js';
import { isMulticastOrBroadcast, isOwnSide } from '../addresses.js';
import { plainAddress } from './host-names.js';

/** A conversation as seen from the own side. */
export interface Sides {
  readonly device: string;
  readonly host: string;
  readonly hostPort: number | null;
  /** Whether the device began it. */
  readonly isDeviceClient: boolean;
  /** Both ends belong to the own side. */
  readonly isWithin: boolean;
  readonly isToMany: boolean;
}

/**
 * Which end is the device: the one of the own side; where both are or none is, the one that began. Null when an end is not
 * known.
 */
export function sidesOf({ clientAddress, clientPort, serverAddress, serverPort }: NetworkEnds): Sides | null {
  if (clientAddress === null || serverAddress === null) return null;
  const client = plainAddress(clientAddress);
  const server = plainAddress(serverAddress);
  const isClientOwn = isOwnSide(client);
  const isServerOwn = isOwnSide(server);
  const isDeviceClient = isClientOwn || !isServerOwn;
  return {
    device: isDeviceClient ? client : server,
    host: isDeviceClient ? server : client,
    hostPort: isDeviceClient ? serverPort : clientPort,
    isDeviceClient,
    isWithin: isClientOwn && isServerOwn,
    isToMany: isMulticastOrBroadcast(server) || isMulticastOrBroadcast(client),
  };
}
