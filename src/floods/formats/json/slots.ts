/** What is looked for in an object of JSON. */
export const SLOT = {
  time: 0,
  /** Where date and time stand apart. */
  date: 1,
  client: 2,
  forwarded: 3,
  host: 4,
  user: 5,
  method: 6,
  /** Path and query. */
  target: 7,
  path: 8,
  query: 9,
  /** The whole request line. */
  request: 10,
  protocol: 11,
  status: 12,
  upstreamStatus: 13,
  bytesOut: 14,
  durationSeconds: 15,
  durationMillis: 16,
  durationMicros: 17,
  durationNanos: 18,
  /** In a unit that only its form tells. */
  durationAny: 19,
  referer: 20,
  agent: 21,
  cache: 22,
  type: 23,
  tls: 24,
  asn: 25,
  country: 26,
  /** What a guard did. */
  action: 27,
  logger: 28,
  level: 29,
  message: 30,
  /** The client or what X-Forwarded-For says of it, whichever there is (Traefik). */
  clientToo: 31,
} as const;

export const SLOT_COUNT = 32;
