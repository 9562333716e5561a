import { describe, expect, it } from 'vitest';
import { payload, profile } from '../../../../records/testing/records.js';
import { detectInAnyOrder, sayInBoth } from '../../testing/findings.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './profile-payloads.js';

const withTypes = (...types: string[]) => profile({ payloads: types.map((type) => payload(type)) });

describe('ios/profile-payloads', () => {
  it('lists what a profile allows in one finding, whichever payload comes first', () => {
    const drafts = detectInAnyOrder(detector, [
      profile({
        organization: 'Ejemplo, A. C.',
        removalDisallowed: true,
        payloads: [
          payload('com.apple.wifi.managed', ['proxy.example.net']),
          payload('com.apple.webcontent-filter', ['filter.example.org']),
          payload('com.apple.mdm', ['https://mdm.example.org/checkin', 'https://mdm.example.org/server']),
        ],
      }),
    ]);

    expect(drafts).toMatchObject([
      {
        severity: 'medium',
        confidence: 'high',
        shows: 'oddity',
        at: '2024-02-16T22:40:10.000000Z',
        values: {
          name: 'Perfil de ejemplo',
          organization: 'Ejemplo, A. C.',
          manages: 'yes',
          filter: 'yes',
          proxy: 'no',
          locked: 'yes',
          serverCount: 3,
          servers: {
            link: 'filter.example.org, https://mdm.example.org/checkin, https://mdm.example.org/server',
          },
        },
        evidence: [{ path: 'ConfigurationProfiles/profile-1.stub' }],
      },
    ]);
  });

  it.each([
    ['medium', ['com.apple.mdm']],
    ['medium', ['com.apple.security.root']],
    ['medium', ['com.apple.proxy.http.global']],
    ['medium', ['com.apple.notificationsettings']],
    ['low', ['com.apple.vpn.managed']],
    ['low', ['com.apple.webcontent-filter']],
    ['low', ['com.apple.dnsSettings.managed']],
    ['low', ['com.apple.applicationaccess', 'com.apple.cellular']],
    ['low', ['com.apple.security.pem', 'com.apple.vpn.managed']],
    ['high', ['com.apple.security.root', 'com.apple.vpn.managed']],
    ['high', ['com.apple.mdm', 'com.apple.security.root']],
  ] as const)('gives %s for %s', (severity, types) => {
    expect(detectInAnyOrder(detector, [withTypes(...types)])).toMatchObject([{ severity }]);
  });

  it('stays silent on profiles that only set up accounts or Wi-Fi, and on empty ones', () => {
    expect(
      detectInAnyOrder(detector, [
        withTypes('com.apple.wifi.managed', 'com.apple.mail.managed', 'com.apple.mdm.other', ''),
        profile({ uuid: null, payloads: [{ ...payload('x'), type: null }] }),
        profile(),
      ]),
    ).toEqual([]);
  });

  it('says a profile with two copies once, and keeps phones and profiles apart', () => {
    const mdm = { payloads: [payload('com.apple.mdm')] };
    const at = (path: string, evidence = 'e1') => ({ evidence, path, locator: '' });
    const drafts = detectInAnyOrder(detector, [
      profile({ ...mdm, source: at('a') }),
      profile({ ...mdm, source: at('MCState/a'), uuid: '00000000-0000-4000-8000-000000000001' }),
      profile({ ...mdm, source: at('b'), uuid: 'B' }),
      profile({ ...mdm, source: at('c'), uuid: null, identifier: null }),
      profile({ ...mdm, source: at('a', 'e2') }),
    ]);
    expect(drafts.map(({ evidence }) => evidence.map((place) => `${place.evidence} ${place.path}`))).toEqual([
      ['e1 MCState/a', 'e1 a'],
      ['e1 b'],
      ['e1 c'],
      ['e2 a'],
    ]);
  });

  it('says it in both languages', () => {
    const mdm = profile({
      organization: 'Ejemplo, A. C.',
      payloads: [
        payload('com.apple.mdm', ['https://mdm.example.org/checkin']),
        payload('com.apple.security.root'),
      ],
    });
    const said = sayInBoth({ es, en }, detectInAnyOrder(detector, [mdm])[0]);
    expect(said.es.title).toBe('Un perfil permite administrar este equipo a distancia: «Perfil de ejemplo»');
    expect(said.es.explanation).toContain(
      '«Perfil de ejemplo», a nombre de «Ejemplo, A. C.». Permite administrar el equipo a distancia:',
    );
    expect(said.es.explanation).toContain('Nombra el servidor hxxps://mdm[.]example[.]org/checkin. Esto');
    expect(said.en.explanation).toContain(
      'that can allow protected connections to be read. It names the server',
    );

    const hosts = ['a.example.org', 'b.example.org', 'c.example.org', 'd.example.org'];
    const all = profile({
      displayName: null,
      identifier: null,
      uuid: null,
      payloads: [
        payload('com.apple.vpn.managed', hosts),
        ...[
          'Profile Service',
          'com.apple.security.pem',
          'com.apple.webcontent-filter',
          'com.apple.dnsProxy.managed',
        ].map((type) => payload(type)),
        ...['com.apple.cellular', 'com.apple.applicationaccess', 'com.apple.app.lock'].map((type) =>
          payload(type),
        ),
      ],
    });
    const other = sayInBoth({ es, en }, detectInAnyOrder(detector, [all])[0]);
    expect(other.es.title).toBe('Un perfil cambia cómo funciona o se conecta este equipo: «—»');
    expect(other.es.explanation).toContain(
      'Nombra los servidores a[.]example[.]org, b[.]example[.]org, c[.]example[.]org y uno más. Esto',
    );
    expect(other.en.explanation).toContain('c[.]example[.]org and one more. This');
  });
});
