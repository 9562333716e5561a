import { describe, expect, it } from 'vitest';
import { detect } from '../../../core/testing/run.js';
import { isProxyAddress } from '../../known/known-clients.js';
import { hitOf } from '../../testing/requests.js';
import { WebTraffic } from '../../traffic/web-traffic.js';
import { detector } from './proxy-addresses.js';

function traffic(clients: readonly string[]): WebTraffic {
  const counted = new WebTraffic();
  const source = counted.startSource({ evidence: 'e1', path: 'access.log' });
  for (const [index, client] of clients.entries()) {
    const hit = hitOf({ second: 1_772_400_000 + index, client });
    counted.hit(hit, isProxyAddress(hit.ipVersion, hit.ip0, hit.ip1, hit.ip2, hit.ip3));
  }
  counted.endSource(source, {
    lines: clients.length,
    unparsed: 0,
    formats: new Map([['clf', clients.length]]),
  });
  return counted;
}

const found = (clients: readonly string[]) => detect(detector, [], {}, [traffic(clients)]);
const times = (count: number, client: string): string[] => new Array<string>(count).fill(client);

describe('floods/proxy-addresses', () => {
  it('says that these are the addresses of a go-between, and names them', () => {
    const [finding] = found([...times(70, '172.17.0.1'), ...times(30, '203.0.113.9')]);

    expect(finding).toMatchObject({
      severity: 'low',
      shows: 'advice',
      values: { share: 70, proxied: 70, hits: 100, proxy: '172.17.0.1', proxies: { list: ['172.17.0.1'] } },
      evidence: [{ evidence: 'e1', path: 'access.log', locator: '' }],
    });
  });

  it('says nothing when visitors have addresses of their own, or there are hardly any requests', () => {
    expect(found([...times(50, '10.0.0.1'), ...times(50, '203.0.113.9')])).toEqual([]);
    expect(found(times(10, '10.0.0.1'))).toEqual([]);
    expect(found([])).toEqual([]);
  });
});
