import type { Network } from '../defence/networks.js';

/** Why something is done. Each has a sentence in the language files. */
export type DecisionReason =
  /** More pages than a person opens. */
  | 'page-rate'
  /** More forms sent than a person sends. */
  | 'post-rate'
  /** The client says it verifies a pingback, again and again. */
  | 'pingback'
  /** Logins refused one after another. */
  | 'refused-logins'
  /** Takes part in what the site is flooded with, and asks for nothing else. */
  | 'part-of-flood';

/** `observe`: too little, or somebody who must never be kept out. `limit`: many people may share the address. */
export type DecisionAction = 'observe' | 'limit' | 'block';

/** What is to be done with one address (IPv6: its /64), until when, and where in the log the cause stands. */
export interface Decision {
  readonly subject: Network;
  readonly action: DecisionAction;
  readonly reason: DecisionReason;
  /** Unix seconds of the request that decided. */
  readonly at: number;
  readonly ttlSeconds: number;
  /** Requests counted for the reason. */
  readonly hits: number;
  /** Byte of the line that decided, in the log as it was then. */
  readonly byte: number;
}

/** Something about the whole site. */
export type Alert =
  | {
      readonly code: 'flood-begins';
      readonly at: number;
      readonly perMinute: number;
      readonly normal: number;
      readonly signs: readonly AlertSign[];
    }
  | { readonly code: 'flood-ends'; readonly at: number }
  /** The addresses in the log are those of a proxy: nothing is blocked. */
  | { readonly code: 'proxy-addresses'; readonly at: number }
  /** So many blocks in a minute, or so many ordinary readers among them, that something else must be done. */
  | { readonly code: 'too-many-blocks'; readonly at: number };

/** What the requests of a flood have in common. */
export interface AlertSign {
  readonly type: 'path' | 'agent' | 'query' | 'manner';
  readonly value: string;
  /** Of the pages of the last minutes. */
  readonly share: number;
}
