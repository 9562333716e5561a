import { describe, expect, it } from 'vitest';
import { app, permission, storeApp } from '../../../../records/testing/records.js';
import { detectInAnyOrder, sayInBoth } from '../../testing/findings.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './sensor-permission.js';

const elsewhere = { evidence: 'e2', path: 'a', locator: 'b' };

describe('ios/sensor-permission', () => {
  it('reports a side-loaded app that may use the microphone, once for all it may do', () => {
    const drafts = detectInAnyOrder(detector, [
      permission(),
      permission({ service: 'kTCCServicePhotos', decision: 'limited', at: null }),
      permission({ service: 'kTCCServiceCamera', decision: 'denied' }),
      app({ name: 'Chat' }),
    ]);

    expect(drafts).toMatchObject([
      {
        severity: 'high',
        confidence: 'medium',
        shows: 'oddity',
        at: '2024-02-16T22:51:00.000000Z',
        values: { app: 'com.example.chat', name: 'Chat', microphone: 'yes', photos: 'yes', camera: 'no' },
      },
    ]);
    expect(drafts[0]?.evidence.map(({ locator }) => locator)).toEqual([
      'access ROWID com.example.chat kTCCServiceMicrophone',
      'access ROWID com.example.chat kTCCServicePhotos',
      'Applications > com.example.chat',
    ]);
  });

  it('weighs data at rest less than hearing and seeing', () => {
    expect(
      detectInAnyOrder(detector, [app(), permission({ service: 'kTCCServiceAddressBook' })]),
    ).toMatchObject([{ severity: 'medium', values: { contacts: 'yes' } }]);
    expect(detectInAnyOrder(detector, [app({ seenIn: ['data-folder'] }), permission()])).toMatchObject([
      { severity: 'medium', confidence: 'low' },
    ]);
  });

  it('counts the parts of an app as the app', () => {
    expect(
      detectInAnyOrder(detector, [app(), permission({ client: 'com.example.chat.widget' })]),
    ).toMatchObject([{ severity: 'high', values: { app: 'com.example.chat.widget' } }]);
    expect(
      detectInAnyOrder(detector, [storeApp(), permission({ client: 'com.example.chat.widget' })]),
    ).toEqual([]);
    expect(
      detectInAnyOrder(detector, [storeApp(), permission({ client: 'com.example.chatter' })]),
    ).toMatchObject([{ variant: 'unlisted' }]);
  });

  it('stays silent on apps of the store, on Apple’s, on answers of no, and on other services', () => {
    expect(
      detectInAnyOrder(detector, [
        storeApp({ appId: 'com.example.bank' }),
        permission({ client: 'com.example.bank' }),
        permission({ client: 'com.apple.camera' }),
        permission({ client: '/usr/libexec/x', clientType: 'absolute-path' }),
        app(),
        permission({ decision: 'denied' }),
        permission({ decision: 'unknown', service: 'kTCCServiceCamera' }),
        permission({ service: 'kTCCServiceUbiquity' }),
      ]),
    ).toEqual([]);
  });

  it('stays silent when it cannot be told whether there is a receipt', () => {
    expect(detectInAnyOrder(detector, [app({ storeReceipt: null }), permission()])).toEqual([]);
    const receipt = storeApp({ source: { evidence: 'e1', path: 'iTunesMetadata.plist', locator: '' } });
    expect(detectInAnyOrder(detector, [app(), receipt, permission()])).toEqual([]);
  });

  it('mentions an app in no list only when receipts are known for the phone', () => {
    const gone = permission({ client: 'com.example.gone' });
    expect(detectInAnyOrder(detector, [gone])).toEqual([]);
    expect(detectInAnyOrder(detector, [gone, app()])).toEqual([]);
    expect(detectInAnyOrder(detector, [gone, storeApp({ source: elsewhere })])).toEqual([]);
    expect(detectInAnyOrder(detector, [gone, storeApp()])).toMatchObject([
      {
        severity: 'low',
        confidence: 'low',
        shows: 'advice',
        variant: 'unlisted',
        values: { app: 'com.example.gone' },
      },
    ]);
  });

  it('does not join the app of one phone with the permission of another', () => {
    expect(detectInAnyOrder(detector, [app(), permission({ source: elsewhere })])).toEqual([]);
    expect(
      detectInAnyOrder(detector, [
        app(),
        permission(),
        app({ source: elsewhere }),
        permission({ source: elsewhere }),
      ]),
    ).toHaveLength(2);
  });

  it('says it in both languages', () => {
    const said = sayInBoth({ es, en }, detectInAnyOrder(detector, [app({ name: 'Chat' }), permission()])[0]);
    expect(said.es.title).toBe(
      'Una aplicación que no viene de la App Store tiene permisos delicados: Chat (com.example.chat)',
    );
    expect(said.es.explanation).toContain('datos delicados. Puede usar el micrófono. Alguien aceptó');
    const services = ['Camera', 'ScreenCapture', 'Location', 'ContactsFull', 'Photos', 'Reminders'];
    const all = services.map((service) => permission({ service: `kTCCService${service}` }));
    const every = sayInBoth({ es, en }, detectInAnyOrder(detector, [app(), ...all])[0]);
    expect(every.en.explanation).toContain(
      'It may use the camera. It may see the screen. It may know where the device is. It may read the contacts. It may see the photos. It may read the calendar or the reminders. Someone',
    );
    const gone = detectInAnyOrder(detector, [storeApp(), permission({ client: 'com.example.gone' })])[0];
    expect(sayInBoth({ es, en }, gone).es.title).toContain(
      'Hay permisos de una aplicación que no está en ninguna lista',
    );
  });
});
