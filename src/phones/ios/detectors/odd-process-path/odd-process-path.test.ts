import { describe, expect, it } from 'vitest';
import { permission, time, usage } from '../../../../records/testing/records.js';
import { detectInAnyOrder, sayInBoth } from '../../testing/findings.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './odd-process-path.js';

const STAGING = '/private/var/db/com.apple.xpc.roleaccountd.staging';
const granted = (client: string) => permission({ client, clientType: 'absolute-path' });

describe('ios/odd-process-path', () => {
  it('reports a program below the staging folder as a trace, once for all records', () => {
    const drafts = detectInAnyOrder(detector, [
      usage({ processName: `${STAGING}/example`, bundleId: null }),
      granted(`/var/db/com.apple.xpc.roleaccountd.staging/example`),
    ]);

    expect(drafts).toMatchObject([
      {
        severity: 'high',
        confidence: 'medium',
        shows: 'oddity',
        variant: 'staging',
        at: time('2024-02-14T14:13:21Z'),
        values: { path: `${STAGING}/example`, network: 'yes', permissions: 1 },
      },
    ]);
    expect(drafts[0]?.evidence).toHaveLength(2);
  });

  it.each(['/private/var/tmp/x', '/var/tmp/a/b', '/tmp/x', '/private/var/root/x', '/private/var/db/other/x'])(
    'reports %s as out of the ordinary',
    (path) => {
      expect(detectInAnyOrder(detector, [granted(path)])).toMatchObject([
        { severity: 'high', shows: 'oddity' },
      ]);
    },
  );

  it.each([
    '/usr/libexec/locationd',
    '/private/var/containers/Bundle/Application/0/App.app/App',
    '/private/var/tmpfiles/x',
    '/private/var/mobile/Library/x',
    'private/var/tmp/x',
    'com.example.app',
    'bh/com.example.app',
  ])('stays silent on %s', (path) => {
    expect(detectInAnyOrder(detector, [granted(path), usage({ processName: path })])).toEqual([]);
  });

  it('plays down the updater of the system, and not what only imitates its name', () => {
    const bundle = `${STAGING}/exec/16777224.1234567.xpc`;
    const name = 'com.apple.MobileSoftwareUpdate.UpdateBrainService';
    expect(
      detectInAnyOrder(detector, [granted(`${bundle}/${name}`), granted(`${bundle}/Contents/MacOS/${name}`)]),
    ).toMatchObject([
      { severity: 'low', variant: 'updater', shows: 'advice' },
      { severity: 'low', variant: 'updater', shows: 'advice' },
    ]);
    expect(detectInAnyOrder(detector, [granted(`${STAGING}/${name}`)])).toMatchObject([{ shows: 'oddity' }]);
    expect(detectInAnyOrder(detector, [granted(`${bundle}/${name}d`)])).toMatchObject([{ shows: 'oddity' }]);
  });

  it('tells two paths of one record apart, and keeps two phones apart', () => {
    const source = { evidence: 'e2', path: 'a', locator: 'b' };
    const drafts = detectInAnyOrder(detector, [
      usage({ processName: '/private/var/tmp/a', bundleId: '/private/var/tmp/b' }),
      usage({ processName: '/private/var/tmp/a', source }),
    ]);
    expect(drafts.map(({ values, evidence }) => [values.path, evidence[0]?.evidence])).toEqual([
      ['/private/var/tmp/a', 'e1'],
      ['/private/var/tmp/b', 'e1'],
      ['/private/var/tmp/a', 'e2'],
    ]);
  });

  it('says it in both languages', () => {
    const staged = sayInBoth(
      { es, en },
      detectInAnyOrder(detector, [granted(`${STAGING}/x`), usage({ processName: `${STAGING}/x` })])[0],
    );
    expect(staged.es.explanation).toContain(
      `${STAGING}/x. Usó la red. Aparece en la lista de permisos. En los casos`,
    );
    expect(staged.en.explanation).toContain(
      `${STAGING}/x. It used the network. It is in the list of permissions. In`,
    );
    const odd = sayInBoth({ es, en }, detectInAnyOrder(detector, [granted('/tmp/x')])[0]);
    expect(odd.es.title).toBe('Se anotó un programa en una carpeta que no es para programas');
    const name = 'com.apple.NRD.UpdateBrainService';
    const updater = sayInBoth(
      { es, en },
      detectInAnyOrder(detector, [granted(`${STAGING}/exec/1.2.xpc/${name}`)])[0],
    );
    expect(updater.en.title).toBe('The system updater passed through an unusual folder');
  });
});
