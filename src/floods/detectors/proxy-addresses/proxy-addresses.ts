import { compareText } from '../../../core/compare-text.js';
import type { Detection, Detector, FindingDraft, Tally } from '../../../core/contracts.js';
import { fromUnixSeconds } from '../../../core/time.js';
import { weighed } from '../../incidents/weighed.js';
import { isProxyAddress } from '../../known/known-clients.js';
import type { TrafficSource, TrafficView } from '../../traffic/shape.js';

/** From this share on addresses of the log are those of a go-between: nothing is to be blocked by address. */
const LEAST_SHARE = 0.6;
/** Fewer requests may be those of a few machines of one's own. */
const LEAST_HITS = 20;
const MAX_PROXIES = 5;
const MAX_PLACES = 50;

/**
 * Most requests of a log carry the address of a proxy, a content network, or a private one, and no other: visitors cannot be
 * told apart, and who blocks such an address shuts everybody out. Says how to make the server write down the real address. It is
 * no sign of anything bad.
 *
 * `details`: `files` (`path`, `hits`, `proxied`), `proxies` (addresses seen most).
 */
export const detector: Detector = {
  id: 'floods/proxy-addresses',
  version: 1,
  watches: [],
  tallies: ['web-traffic'],
  references: [
    'https://nginx.org/en/docs/http/ngx_http_realip_module.html',
    'https://httpd.apache.org/docs/2.4/mod/mod_remoteip.html',
    'https://developers.cloudflare.com/support/troubleshooting/restoring-visitor-ips/restoring-original-visitor-ips/',
  ],
  start: () => new ProxyAddresses(),
};

class ProxyAddresses implements Detection {
  #view: TrafficView | null = null;

  see(): void {}

  weigh(tally: Tally): void {
    this.#view = weighed(tally)?.view ?? this.#view;
  }

  end(): readonly FindingDraft[] {
    const view = this.#view;
    if (view === null) return [];
    const files = view.sources
      .filter(({ hits, proxied }) => hits >= LEAST_HITS && proxied >= hits * LEAST_SHARE)
      .sort((a, b) => compareText(a.evidence, b.evidence) || compareText(a.path, b.path));
    const proxies = proxiesOf(view);
    const [proxy] = proxies;
    if (files.length === 0 || proxy === undefined) return [];
    const sum = (of: (file: TrafficSource) => number): number =>
      files.reduce((total, file) => total + of(file), 0);
    const [hits, proxied] = [sum((file) => file.hits), sum((file) => file.proxied)];
    return [
      {
        // Above what says nothing: without visitors most of the other checks are blind.
        severity: 'low',
        confidence: 'high',
        shows: 'advice',
        values: {
          share: Math.floor((proxied / hits) * 100),
          proxied,
          hits,
          files: files.length,
          proxy,
          proxies: { list: proxies },
        },
        at: fromUnixSeconds(Math.min(...files.map(({ firstSecond }) => firstSecond))),
        details: {
          files: files.map(({ path, hits: all, proxied: through }) => ({
            path,
            hits: all,
            proxied: through,
          })),
          proxies,
        },
        evidence: files.slice(0, MAX_PLACES).map(({ evidence, path }) => ({ evidence, path, locator: '' })),
      },
    ];
  }
}

/** Addresses of go-betweens, those with most requests first. They are machines, not people. */
function proxiesOf(view: TrafficView): string[] {
  const { hits, size } = view.clients;
  return Array.from({ length: size }, (_, row) => row)
    .filter((row) => {
      const { ipVersion, ip0, ip1 } = view.clientAddress(row);
      return ipVersion !== 0 && isProxyAddress(ipVersion, ip0, ip1, 0, 0);
    })
    .sort(
      (a, b) =>
        (hits[b] as number) - (hits[a] as number) || compareText(view.clientText(a), view.clientText(b)),
    )
    .slice(0, MAX_PROXIES)
    .map((row) => view.clientText(row));
}
