/** An interface of a section of pcapng: what is needed to read its packets. */
const TWO_TO_32 = 2 ** 32;
/** Seconds beyond any time somebody lived through: such an offset is damage. */
const LARGEST_OFFSET_SECONDS = 1e11;

export class CaptureInterface {
  readonly linkType: number;
  /** Longest packet kept; 0 for no limit. */
  readonly snapLength: number;
  /** Units in a microsecond, when they are whole and at most a million; else 0. */
  readonly #perMicro: number;
  /** Microseconds in a unit, when they are whole; else 0. */
  readonly #micros: number;
  readonly #perSecond: bigint;
  readonly #offsetMicros: number;

  /** `resolution`: the byte of if_tsresol; `offsetSeconds`: of if_tsoffset (draft-ietf-opsawg-pcapng 4.2). */
  constructor(linkType: number, snapLength: number, resolution: number, offsetSeconds: number) {
    this.linkType = linkType;
    this.snapLength = snapLength;
    const exponent = resolution & 0x7f;
    const isDecimal = (resolution & 0x80) === 0;
    this.#perMicro = isDecimal && exponent >= 6 && exponent <= 12 ? 10 ** (exponent - 6) : 0;
    this.#micros = isDecimal && exponent < 6 ? 10 ** (6 - exponent) : 0;
    this.#perSecond = isDecimal ? 10n ** BigInt(exponent) : 1n << BigInt(exponent);
    this.#offsetMicros = Math.abs(offsetSeconds) <= LARGEST_OFFSET_SECONDS ? offsetSeconds * 1e6 : 0;
  }

  /** The time of two halves of 32 bits, in UTC microseconds since 1970. */
  microsOf(high: number, low: number): number {
    const divisor = this.#perMicro;
    if (divisor === 1) return high * TWO_TO_32 + low + this.#offsetMicros;
    if (divisor > 0) {
      // Nanoseconds since 1970 are more than a double holds exactly: the upper half is divided by itself.
      const rest = high % divisor;
      const whole = ((high - rest) / divisor) * TWO_TO_32;
      return whole + Math.floor((rest * TWO_TO_32 + low) / divisor) + this.#offsetMicros;
    }
    if (this.#micros > 0) return (high * TWO_TO_32 + low) * this.#micros + this.#offsetMicros;
    const units = (BigInt(high) << 32n) | BigInt(low);
    return Number((units * 1_000_000n) / this.#perSecond) + this.#offsetMicros;
  }
}
