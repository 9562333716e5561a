/** Why no IP header was found in a packet. Negative, so that it goes where a place would. */
export const NOT_IP = -1;
/** The capture ends before the header. */
export const CUT = -2;
export const UNKNOWN_LINK = -3;
/** Encrypted by the radio network. */
export const ENCRYPTED = -4;
/** Part of a packet, or several, in one frame of a radio network. */
export const AGGREGATED = -5;
export const DAMAGED = -6;
