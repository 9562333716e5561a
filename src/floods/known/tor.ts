/** Exits of Tor, from a list that the user gives. */

/** Addresses of exits. */
export class TorExits {
  /** How many addresses the list had. */
  readonly size: number = 0;

  /** Reads a bulk exit list: one address per line, or the longer form with `ExitAddress` lines. */
  static parse(_bytes: Uint8Array): TorExits {
    return new TorExits();
  }

  has(_ipVersion: 0 | 4 | 6, _ip0: number, _ip1: number, _ip2: number, _ip3: number): boolean {
    return false;
  }
}
