import { compareText } from '../../../../core/compare-text.js';
import { Smallest } from '../../../../core/smallest.js';
import type { Flow } from '../../../../records/kinds/flow.js';
import { resolverServiceOf } from '../../known/doh-resolvers.js';
import { vpnSignOf } from '../../known/tunnels.js';

const MAX_NAMED = 5;
const DNS_OVER_TLS = 853;

/** What in a piece of evidence hides the names that devices look up: then an address without a name says little. */
export class Circumstances {
  readonly #resolvers = new Smallest<string>(MAX_NAMED, compareText);
  readonly #tunnels = new Smallest<string>(MAX_NAMED, compareText);
  #answers = 0;
  #overTls = 0;

  /** @returns name of the tunnel the flow belongs to, or null */
  seeFlow(flow: Flow): string | null {
    const { transport, serverPort, application, serverNames } = flow;
    if (serverPort === DNS_OVER_TLS) this.overTls();
    const tunnel = vpnSignOf({ transport, serverPort, application, host: serverNames[0] ?? null });
    if (tunnel !== null) this.#tunnels.add(tunnel);
    return tunnel;
  }

  /** @returns who runs the resolver that was spoken to, or null */
  resolver(host: string | null, address: string | null): string | null {
    const service =
      (host === null ? null : resolverServiceOf(host)) ??
      (address === null ? null : resolverServiceOf(address));
    if (service !== null) this.#resolvers.add(service);
    return service;
  }

  /** Something was said on the port of DNS over TLS. */
  overTls(): void {
    this.#overTls += 1;
  }

  answered(): void {
    this.#answers += 1;
  }

  get hasAnswers(): boolean {
    return this.#answers > 0;
  }

  /** Services of encrypted DNS, or none. */
  get resolvers(): readonly string[] {
    return this.#resolvers.values();
  }

  get tunnels(): readonly string[] {
    return this.#tunnels.values();
  }

  get hasDnsOverTls(): boolean {
    return this.#overTls > 0;
  }
}
