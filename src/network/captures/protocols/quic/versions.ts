/** What differs between versions of QUIC in the packets that anybody can decrypt. */
export interface QuicVersion {
  /** As records name it. */
  readonly name: string;
  /** Salt of the first keys. */
  readonly salt: Buffer;
  /** Begins the labels of keys: `quic key`. */
  readonly label: 'quic' | 'quicv2';
  /** Number of the type Initial, and of Retry, in the long header. */
  readonly initialType: number;
  readonly retryType: number;
}

/** RFC 9001 5.2; the same in drafts 33 and 34. */
const SALT_1 = Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex');
/** RFC 9369 3.3.1. */
const SALT_2 = Buffer.from('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'hex');
/** draft-ietf-quic-tls-29 5.2, to draft 32. */
const SALT_DRAFT_29 = Buffer.from('afbfec289993d24c9e9786f19c6111e04390a899', 'hex');
/** draft-ietf-quic-tls-23 5.2, to draft 28. */
const SALT_DRAFT_23 = Buffer.from('c3eef712c72ebb5a11a7d2432bb46365bef9f502', 'hex');

/** Drafts were numbered from here (RFC 9000 15, older text). */
const DRAFTS = 0xff000000;
const [FIRST_DRAFT, LAST_DRAFT] = [23, 34];

const KNOWN: ReadonlyMap<number, QuicVersion> = new Map([
  [0x00000001, { name: '1', salt: SALT_1, label: 'quic', initialType: 0, retryType: 3 }],
  // RFC 9369 3.1 and 3.2.
  [0x6b3343cf, { name: '2', salt: SALT_2, label: 'quicv2', initialType: 1, retryType: 0 }],
  ...drafts(),
]);

function drafts(): [number, QuicVersion][] {
  const versions: [number, QuicVersion][] = [];
  for (let draft = FIRST_DRAFT; draft <= LAST_DRAFT; draft += 1) {
    const salt = draft < 29 ? SALT_DRAFT_23 : draft < 33 ? SALT_DRAFT_29 : SALT_1;
    versions.push([
      DRAFTS + draft,
      { name: `draft-${draft}`, salt, label: 'quic', initialType: 0, retryType: 3 },
    ]);
  }
  return versions;
}

/** The version of that number, when its packets can be read. */
export function quicVersion(number: number): QuicVersion | null {
  return KNOWN.get(number) ?? null;
}

/** A version that clients really send though it cannot be read here: reserved ones, drafts, Google's and Meta's own. */
export function isPlausibleVersion(number: number): boolean {
  // RFC 9000 15: 0x?a?a?a?a forces a negotiation of the version.
  if ((number & 0x0f0f0f0f) === 0x0a0a0a0a) return true;
  const family = number >>> 8;
  if (family === 0xff0000 || family === 0xfaceb0) return true;
  // `Q046`, `Q050`, `T051` as text.
  const digits = number & 0xffff;
  return (family >>> 8 === 0x5130 || family >>> 8 === 0x5430) && digits >= 0x3433 && digits <= 0x3539;
}
