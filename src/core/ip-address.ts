/**
 * Telling addresses from other text. The one place that takes anything from `node:net`, so that the rule "only the
 * update contacts the network" can be checked by its imports.
 */
export { isIP, isIPv4, isIPv6 } from 'node:net';
