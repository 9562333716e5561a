import { isOwnSide } from '../addresses.js';

/** Ports below are those of services (RFC 6335 6). */
const FIRST_USER_PORT = 1_024;
/** Linux takes ports of clients from here on; others from 49152 (RFC 6335 6). */
const FIRST_CLIENT_PORT = 32_768;

/**
 * Whether the sender of a packet is likely the server of its connection. Some logs tell of packets, not of connections,
 * and do not say who began.
 */
export function isFromServer(
  source: string | null,
  sourcePort: number | null,
  destination: string | null,
  destinationPort: number | null,
): boolean {
  if (sourcePort !== null && destinationPort !== null) {
    const isService = sourcePort < FIRST_USER_PORT;
    if (isService !== destinationPort < FIRST_USER_PORT) return isService;
  }
  const isOwn = isOwnSide(source);
  if (isOwn !== isOwnSide(destination)) return !isOwn;
  return (
    sourcePort !== null &&
    destinationPort !== null &&
    sourcePort < FIRST_CLIENT_PORT &&
    destinationPort >= FIRST_CLIENT_PORT
  );
}
