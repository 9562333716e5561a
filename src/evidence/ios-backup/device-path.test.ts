import { describe, expect, it } from 'vitest';
import { devicePathOf } from './device-path.js';

describe('the path on the device', () => {
  it.each([
    ['HomeDomain', 'Library/SMS/sms.db', '/private/var/mobile/Library/SMS/sms.db'],
    [
      'RootDomain',
      'Library/Caches/locationd/clients.plist',
      '/private/var/root/Library/Caches/locationd/clients.plist',
    ],
    [
      'WirelessDomain',
      'Library/Databases/DataUsage.sqlite',
      '/private/var/wireless/Library/Databases/DataUsage.sqlite',
    ],
    ['CameraRollDomain', 'Media/DCIM', '/private/var/mobile/Media/DCIM'],
    ['HomeDomain', '', '/private/var/mobile'],
    [
      'AppDomain-org.example.app',
      'Documents/a',
      '/private/var/mobile/Containers/Data/Application/<org.example.app>/Documents/a',
    ],
    ['AppDomainGroup-group.x', 'a', '/private/var/mobile/Containers/Shared/AppGroup/<group.x>/a'],
    [
      'SysSharedContainerDomain-systemgroup.x',
      'a',
      '/private/var/containers/Shared/SystemGroup/<systemgroup.x>/a',
    ],
  ])('of %s %s', (domain, path, expected) => {
    expect(devicePathOf(domain, path)).toBe(expected);
  });

  it('is unknown for a domain nobody knows, whatever it is called', () => {
    expect(devicePathOf('OtherDomain', 'a')).toBeNull();
    expect(devicePathOf('constructor', 'a')).toBeNull();
  });
});
