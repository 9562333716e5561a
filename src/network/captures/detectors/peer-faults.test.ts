/** The eight faults found in the source of SpyGuard and TinyCheck (spec of the network room, section 1), so that none comes back. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { EvidenceRecord, FindingDraft } from '../../../core/contracts.js';
import type { Indicator } from '../../../core/indicator.js';
import { detect } from '../../../core/testing/run.js';
import { renderTexts } from '../../../core/testing/texts.js';
import { detector as match } from '../../../indicators/detectors/match/match.js';
import { compileMatcher } from '../../../indicators/matcher.js';
import { indicator } from '../../../indicators/testing/indicator.js';
import { recordKinds } from '../../../records/kinds.generated.js';
import { isDohResolver } from '../known/doh-resolvers.js';
import { dynamicDnsParent } from '../known/dynamic-dns.js';
import { pushServiceOf } from '../known/push-services.js';
import { dns, flow, frame, http, tls } from '../testing/traffic.js';
import { detector as checks } from './connection-checks/connection-checks.js';
import checksEs from './connection-checks/es.json' with { type: 'json' };
import { detector as dynamicDns } from './dynamic-dns/dynamic-dns.js';

const LISTED_6 = indicator('ipv6', '2001:db8::bad', { family: 'Pegasus' });
const LISTED_4 = indicator('ipv4', '203.0.113.66', { family: 'Pegasus' });
const LISTED_NAME = indicator('domain', 'lure.example', { family: 'Pegasus' });

describe('faults of SpyGuard and TinyCheck', () => {
  it('1: no destination of IPv6 is let off, however it is written', () => {
    for (const address of ['2001:db8::bad', '2001:DB8:0:0:0:0:0:BAD']) {
      expect(published([LISTED_6], [flow({ serverAddress: address })])).toHaveLength(1);
    }
    expect(
      published([indicator('cidr', '2001:db8::/32')], [flow({ serverAddress: '2001:db8:5::1' })]),
    ).toHaveLength(1);
    expect(published([LISTED_6], [flow({ serverAddress: '2001:db8::bae' })])).toEqual([]);
    // As an answer and as a server of the other checks too.
    expect(published([LISTED_6], [dns('a.example', ['2001:db8::bad'])])).toHaveLength(1);
    expect(check('tls-odd-port', [tls({ serverAddress: '2001:db8::bad', serverPort: 4_444 })])).toHaveLength(
      1,
    );
  });

  it('2: names are compared at their dots, by lists and by what is known', () => {
    const google = indicator('domain', 'google.com');
    for (const host of ['evilgoogle.com', 'google.com.evil.example', 'xgoogle.com']) {
      expect(
        published([google], [dns(host, []), tls({ serverName: host }), http({ host, url: null })]),
      ).toEqual([]);
    }
    expect(published([google], [dns('www.google.com', [])])).toHaveLength(1);
    expect(dynamicDnsParent('evilduckdns.org')).toBeNull();
    expect(isDohResolver('evildns.google')).toBe(false);
    expect(pushServiceOf('evilpush.apple.com.example', null, 5_223)).toBeNull();
    expect(pushServiceOf('evilmtalk.google.com', null, 5_228)).toBeNull();
  });

  it('3: protocols are compared as they are written, and every look-up counts without a connection', () => {
    for (const transport of ['udp', 'icmp', 'ipv6-icmp']) {
      expect(check('unrecognised-protocol', [flow({ transport, serverPort: null })])).toHaveLength(1);
    }
    expect(
      published([LISTED_NAME], [dns('lure.example', [], { responseCode: null, answerFrame: null })]),
    ).toMatchObject([{ severity: 'critical', variant: 'looked-up' }]);
    const overTcp = dns('lure.example', [], { transport: 'tcp', type: 'HTTPS' });
    expect(published([LISTED_NAME], [overTcp])).toHaveLength(1);
    expect(detect(dynamicDns, [dns('casa.ddns.net', [])])).toHaveLength(1);
  });

  it('4: a well-known name never lets a destination off', () => {
    const trusted = [
      dns('www.google.com', ['203.0.113.66']),
      tls({ serverName: '1-courier.push.apple.com', serverAddress: '203.0.113.66', source: frame(6) }),
      flow({ serverNames: ['mtalk.google.com'], serverAddress: '203.0.113.66', source: frame(5) }),
    ];
    expect(published([LISTED_4], trusted)).toMatchObject([
      { variant: 'address', values: { seen: 'reached' } },
    ]);
    // A front at a shared address: the listed name behind it is still seen.
    const front = [
      tls({ serverName: 'cdn.example', serverAddress: '203.0.113.66' }),
      http({ host: 'lure.example', url: 'http://lure.example/', serverAddress: '203.0.113.66' }),
    ];
    expect(published([LISTED_NAME], front)).toHaveLength(1);
    // What is known of one conversation with a server does not silence the next.
    const push = tls({ serverName: 'g.whatsapp.net', serverPort: 5_222 });
    expect(check('tls-odd-port', [push, tls({ serverName: null, serverPort: 4_444 })])).toHaveLength(1);
  });

  it('5: an address may have several names, and none of them is the label of the rest', () => {
    const shared = [
      dns('shop.example', ['203.0.113.10']),
      dns('lure.example', ['203.0.113.10'], { source: frame(8), answerFrame: 9 }),
      dns('casa.ddns.net', ['203.0.113.10'], { source: frame(10), answerFrame: 11 }),
      tls({ serverName: 'shop.example', source: frame(12) }),
      tls({ serverName: 'lure.example', source: frame(14), hellos: [] }),
    ];
    for (const records of [shared, shared.toReversed()]) {
      const [finding, ...others] = published([LISTED_NAME], records);
      expect(others).toEqual([]);
      expect(finding).toMatchObject({
        variant: 'connected',
        details: { hosts: ['lure.example'], contacts: 1 },
      });
      expect(finding?.evidence.map(({ locator }) => locator)).toEqual(['frame 8', 'frame 9', 'frame 14']);
      expect(detect(dynamicDns, records as never)).toMatchObject([
        { details: { host: 'casa.ddns.net', contacts: 0 } },
      ]);
    }
    const [odd] = check('tls-odd-port', [...shared, tls({ serverName: null, serverPort: 4_444 })]);
    expect(odd?.details?.hosts).toMatchObject([
      { host: '203.0.113.10', names: ['lure.example', 'shop.example', 'casa.ddns.net'] },
    ]);
  });

  it('6: checks do not depend on lists being loaded, and say what they are about', () => {
    const records = [tls({ serverPort: 4_444 }), http({ serverPort: 81 })];
    const without = detect(checks, records);
    const withLists = detect(checks, records, { matcher: compileMatcher([LISTED_4]) });
    expect(withLists).toEqual(without);
    const [odd] = check('tls-odd-port', records);
    expect(renderTexts('es', checksEs.variants['tls-odd-port'], odd?.values ?? {}).explanation).toContain(
      'Hubo conexiones cifradas con www[.]example por un puerto que no es de los habituales para eso. Puerto: 4444.',
    );
  });

  it('7: nothing is asked of the network', () => {
    const active =
      /(?:from|import|require)\s*\(?\s*['"](?:node:)?(?:net|tls|https?|http2|dns|dns\/promises|dgram|child_process)['"]|\bfetch\(|new WebSocket/;
    const folders = ['..', '../../../indicators/detectors/match'];
    for (const folder of folders) {
      for (const file of sources(fileURLToPath(new URL(folder, import.meta.url)))) {
        expect(`${file}: ${active.exec(codeOf(file))?.[0] ?? 'nothing'}`).toBe(`${file}: nothing`);
      }
    }
    const [checked] = detect(checks, [tls()]);
    expect(checked?.details?.notDone).toEqual(['ACT-01', 'ACT-02', 'IOC-11', 'SSL-05']);
  });

  it('8: every finding points to the packets', () => {
    const records = [
      dns('lure.example', ['203.0.113.66']),
      dns('casa.ddns.net', ['203.0.113.66'], { source: frame(4), answerFrame: 5 }),
      tls({ serverName: 'lure.example', serverPort: 4_444, serverAddress: '203.0.113.66', source: frame(9) }),
      http({ serverPort: 81, source: frame(12) }),
      flow({ transport: 'udp', serverPort: 40_000, source: frame(20) }),
      flow({ serverAddress: '203.0.113.66', source: frame(21) }),
    ];
    const findings = [
      ...published([LISTED_NAME, LISTED_4], records),
      ...detect(checks, records),
      ...detect(dynamicDns, records as never),
    ];
    expect(findings.length).toBeGreaterThan(5);
    for (const { evidence } of findings) {
      expect(evidence.length).toBeGreaterThan(0);
      for (const { path, locator } of evidence) {
        expect(path).toBe('capture.pcap');
        expect(locator).toMatch(/^frame \d+$/);
      }
    }
  });
});

function published(
  indicators: readonly Indicator[],
  records: readonly EvidenceRecord[],
): readonly FindingDraft[] {
  return detect(match, records, {
    matcher: compileMatcher(indicators),
    observablesOf: (record) => recordKinds.get(record.kind)?.observables(record) ?? [],
  });
}

function check(id: string, records: readonly EvidenceRecord[]): FindingDraft[] {
  return detect(checks, records as never).filter(({ variant }) => variant === id);
}

/** Sources below a folder, without tests. */
function sources(folder: string): string[] {
  return readdirSync(folder, { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join(folder, name));
}

/** A file without its comments. */
function codeOf(file: string): string {
  return readFileSync(file, 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '');
}
