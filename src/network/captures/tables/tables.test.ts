import { describe, expect, it } from 'vitest';
import type { Dns } from '../../../records/kinds/dns.js';
import { HostNames } from './host-names.js';
import { compareSeen } from './places.js';
import { sidesOf } from './sides.js';

describe('the names of a host', () => {
  const source = { evidence: 'e1', path: 'a.pcap', locator: 'frame 1' };
  const answered = (
    name: string,
    answers: readonly [string, string][],
    service: Dns['service'] = 'dns',
  ): Dns => ({
    kind: 'dns',
    at: null,
    source,
    transport: 'udp',
    clientAddress: '192.168.1.7',
    clientPort: 50_000,
    serverAddress: '192.168.1.1',
    serverPort: 53,
    service,
    transactionId: 1,
    name,
    type: 'A',
    responseCode: 'NOERROR',
    isQuerySeen: true,
    answeredAt: null,
    answerFrame: null,
    answers: answers.map(([type, data]) => ({ name, type, ttlSeconds: 60, data })),
  });

  it('are all kept: those the device named first, then those that were looked up', () => {
    const names = new HostNames();
    names.answered(
      answered('B.example.', [
        ['CNAME', 'cdn.example'],
        ['A', '192.0.2.1'],
      ]),
    );
    names.answered(answered('a.example', [['A', '192.0.2.1']]));
    names.named('e1', '192.0.2.1', 'z.example');
    names.named('e1', '192.0.2.1', '192.0.2.1');
    names.named('e1', '192.0.2.1', null);

    expect(names.of('e1', '192.0.2.1')).toEqual({
      names: ['z.example', 'a.example', 'b.example'],
      isCut: false,
    });
    expect(names.of('e2', '192.0.2.1').names).toEqual([]);
  });

  it('are joined however an address is written', () => {
    const names = new HostNames();
    names.answered(answered('a.example', [['AAAA', '2001:DB8:0:0::1']]));

    expect(names.of('e1', '2001:db8::1').names).toEqual(['a.example']);
  });

  it('do not come from the own network, and do not grow without end', () => {
    const names = new HostNames();
    names.answered(answered('printer.local', [['A', '192.168.1.9']], 'mdns'));
    for (let index = 0; index < 100; index += 1) names.named('e1', '192.0.2.1', `${index}.example`);

    expect(names.of('e1', '192.168.1.9').names).toEqual([]);
    expect(names.of('e1', '192.0.2.1').names).toHaveLength(16);
    expect(names.of('e1', '192.0.2.1').isCut).toBe(true);
  });
});

describe('the device of a conversation', () => {
  const ends = (clientAddress: string | null, serverAddress: string | null) =>
    sidesOf({ transport: 'tcp', clientAddress, clientPort: 40_000, serverAddress, serverPort: 443 });

  it('is the end of the own side', () => {
    expect(ends('10.0.0.2', '192.0.2.1')).toEqual({
      device: '10.0.0.2',
      host: '192.0.2.1',
      hostPort: 443,
      isDeviceClient: true,
      isWithin: false,
      isToMany: false,
    });
    expect(ends('192.0.2.1', '10.0.0.2')).toMatchObject({
      device: '10.0.0.2',
      host: '192.0.2.1',
      hostPort: 40_000,
      isDeviceClient: false,
    });
  });

  it('is the one that began where both are alike, and nobody where one is not known', () => {
    expect(ends('2001:DB8::1', '2001:db8:f::2')).toMatchObject({
      device: '2001:db8::1',
      isDeviceClient: true,
    });
    expect(ends('10.0.0.2', '10.0.0.1')).toMatchObject({ device: '10.0.0.2', isWithin: true });
    expect(ends('10.0.0.2', '239.255.255.250')).toMatchObject({ isToMany: true });
    expect(ends(null, '192.0.2.1')).toBeNull();
    expect(ends('10.0.0.2', null)).toBeNull();
  });
});

describe('places', () => {
  it('come in order of time, then as the packets are numbered', () => {
    const seen = (at: string | null, locator: string) => ({
      at,
      source: { evidence: 'e1', path: 'a.pcap', locator },
    });
    const list = [
      seen(null, 'frame 1'),
      seen('2026-01-01T00:00:01.000000Z', 'frame 12'),
      seen('2026-01-01T00:00:01.000000Z', 'frame 9'),
      seen('2026-01-01T00:00:00.000000Z', 'frame 20'),
    ];

    expect(list.sort(compareSeen).map(({ source: { locator } }) => locator)).toEqual([
      'frame 20',
      'frame 9',
      'frame 12',
      'frame 1',
    ]);
  });
});
