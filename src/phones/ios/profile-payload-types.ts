/**
 * What payloads of configuration profiles allow whoever made the profile, by payload type. Types are from Apple's "Device
 * Management" documentation, "Profile-Specific Payload Keys" (developer.apple.com/documentation/devicemanagement).
 * Payloads that only set up an account, a Wi-Fi network or a font are not here.
 */
export type ProfileAbility =
  | 'manages'
  | 'enrols'
  | 'trustsAuthority'
  | 'certificate'
  | 'tunnel'
  | 'proxy'
  | 'filter'
  | 'dns'
  | 'cellular'
  | 'hidesNotifications'
  | 'restricts'
  | 'singleApp';

const ABILITY_BY_TYPE: ReadonlyMap<string, ProfileAbility> = new Map(
  Object.entries({
    // Mobile device management: apps, settings, lock, erase, from afar.
    'com.apple.mdm': 'manages',
    // First part of an enrolment over the air.
    'profile service': 'enrols',
    'com.apple.security.root': 'trustsAuthority',
    // May hold any certificate, an authority's too.
    'com.apple.security.pem': 'certificate',
    'com.apple.security.pkcs1': 'certificate',
    'com.apple.vpn.managed': 'tunnel',
    'com.apple.vpn.managed.applayer': 'tunnel',
    'com.apple.relay.managed': 'tunnel',
    'com.apple.proxy.http.global': 'proxy',
    'com.apple.webcontent-filter': 'filter',
    'com.apple.dnssettings.managed': 'dns',
    'com.apple.dnsproxy.managed': 'dns',
    'com.apple.cellular': 'cellular',
    'com.apple.apn.managed': 'cellular',
    'com.apple.notificationsettings': 'hidesNotifications',
    'com.apple.applicationaccess': 'restricts',
    'com.apple.app.lock': 'singleApp',
  } satisfies Record<string, ProfileAbility>),
);

/** What a payload allows, or null when it is of no concern here. Capitals in types do not matter. */
export function abilityOf(payloadType: string | null): ProfileAbility | null {
  return ABILITY_BY_TYPE.get(payloadType?.trim().toLowerCase() ?? '') ?? null;
}
