import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detect } from '../../../../core/testing/run.js';
import { expectSoundTexts, renderTexts } from '../../../../core/testing/texts.js';
import { dns, flow, frame, http, momentAt, tls } from '../../testing/traffic.js';
import { detector } from './dynamic-dns.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };

describe('captures/dynamic-dns', () => {
  it('makes one finding of all that is seen of a host', () => {
    const [finding, ...others] = detect(detector, [
      dns('casa.ddns.net', ['203.0.113.10']),
      tls({ serverName: 'Casa.ddns.net', source: frame(8), at: momentAt(1) }),
      flow({ serverNames: ['casa.ddns.net'], source: frame(6), at: momentAt(0.5) }),
    ]);

    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'low',
      confidence: 'low',
      shows: 'oddity',
      at: momentAt(0),
      details: {
        aliases: ['IOC-05', 'IOC-09'],
        host: 'casa.ddns.net',
        parent: 'ddns.net',
        kind: 'dynamic',
        lookUps: 1,
        contacts: 1,
        addresses: ['203.0.113.10'],
        devices: ['192.168.43.17'],
      },
      reasons: [{ code: 'dynamic', values: { alias: 'IOC-05' } }],
    });
    expect(finding?.variant).toBeUndefined();
    expect(finding?.evidence.map(({ locator }) => locator)).toEqual([
      'frame 2',
      'frame 3',
      'frame 6',
      'frame 8',
    ]);
  });

  it('looks behind aliases, and at requests in the clear', () => {
    const alias = dns('foto.example', ['203.0.113.10']);
    const findings = detect(detector, [
      {
        ...alias,
        answers: [
          { name: 'foto.example', type: 'CNAME', ttlSeconds: 1, data: 'oculta.duckdns.org.' },
          ...alias.answers,
        ],
      },
      http({ host: 'disco.synology.me' }),
      http({ host: 'abc.ngrok-free.app' }),
    ]);

    expect(findings.map(({ variant, details }) => [variant, details?.host])).toEqual([
      ['tunnel', 'abc.ngrok-free.app'],
      ['appliance', 'disco.synology.me'],
      [undefined, 'oculta.duckdns.org'],
    ]);
    expect(findings[0]?.reasons).toMatchObject([{ values: { alias: 'IOC-09' } }]);
  });

  it('leaves out providers, names that only look alike, addresses and the own network', () => {
    expect(
      detect(detector, [
        dns('www.duckdns.org', ['203.0.113.10']),
        dns('duckdns.org', []),
        dns('evilddns.net', []),
        dns('casa.ddns.net.example', []),
        dns('casa.ddns.net', [], { service: 'mdns' }),
        dns('', []),
        dns('\\255\\000.', []),
        http({ host: '203.0.113.10' }),
        http({ host: null }),
        tls({ serverName: null }),
      ]),
    ).toEqual([]);
  });

  it('keeps pieces of evidence apart and finds the same in any order', () => {
    const records = [
      dns('casa.ddns.net', ['203.0.113.10']),
      dns('casa.ddns.net', [], { source: frame(1, 'capture.pcap', 'e2') }),
      tls({ serverName: 'casa.ddns.net', source: frame(9), at: null }),
      tls({ serverName: 'otra.hopto.org', source: frame(20) }),
    ];
    const expected = detect(detector, records);
    expect(expected).toHaveLength(3);
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
        expect(detect(detector, shuffled)).toEqual(expected);
      }),
    );
  });

  it('does not grow without end, and says so', () => {
    const records = Array.from({ length: 2_000 }, (_, number) =>
      dns(`casa${number}.ddns.net`, [], { source: frame(number) }),
    );
    const findings = detect(detector, records);
    expect(findings.length).toBeLessThanOrEqual(200);
    expect(findings[0]?.details?.leftOut).toBeGreaterThan(1_000);
  });

  it('bears any name', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        detect(detector, [dns(name, [name]), tls({ serverName: name }), http({ host: name })]);
      }),
    );
  });

  it('has sound texts', () => {
    const values = detect(detector, [dns('casa.ddns.net', ['203.0.113.10'])])[0]?.values ?? {};
    for (const count of [0, 1, 7]) {
      expectSoundTexts(
        { es, en },
        {
          ...values,
          ...{ lookUps: count, contacts: count, addressCount: count, deviceCount: count, leftOut: count },
        },
      );
    }
    expect(renderTexts('es', es, values).explanation).toBe(
      'casa[.]ddns[.]net está bajo ddns[.]net, donde cualquiera consigue gratis un nombre para una dirección que cambia. Se preguntó por el nombre una vez. No se ve una conexión que dé ese nombre. Dirección: 203[.]0[.]113[.]10. Equipo: 192.168.43.17. Lo usan muchas personas para llegar a sus aparatos en casa; también lo han usado programas espía, porque no cuesta nada ni dice de quién es. No muestra quién está detrás ni que el equipo haya sido intervenido. Es la comprobación IOC-05 de SpyGuard y TinyCheck.',
    );
  });
});
