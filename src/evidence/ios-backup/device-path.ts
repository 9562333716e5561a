/**
 * Where the files of a backup domain lie on the running device. iOS keeps the list in
 * `/System/Library/Backup/Domains.plist`; this is the usual mapping, on which public backup tools agree. Apps lie in
 * containers named by a UUID that the backup does not tell, so their paths hold the bundle id in its place, in angle
 * brackets, and are meant for reading and for comparing ends.
 */
const FIXED_DOMAINS: Readonly<Record<string, string>> = {
  HomeDomain: '/private/var/mobile',
  // Media domains hold paths that begin with "Media/".
  CameraRollDomain: '/private/var/mobile',
  MediaDomain: '/private/var/mobile',
  TonesDomain: '/private/var/mobile',
  HealthDomain: '/private/var/mobile/Library',
  HomeKitDomain: '/private/var/mobile',
  KeyboardDomain: '/private/var/mobile',
  RootDomain: '/private/var/root',
  WirelessDomain: '/private/var/wireless',
  KeychainDomain: '/private/var/Keychains',
  ManagedPreferencesDomain: '/private/var/Managed Preferences',
  SystemPreferencesDomain: '/private/var/preferences',
  InstallDomain: '/private/var/installd',
  DatabaseDomain: '/private/var/db',
  MobileDeviceDomain: '/private/var/MobileDevice',
};

const CONTAINER_DOMAINS: readonly (readonly [prefix: string, folder: string])[] = [
  ['AppDomainGroup-', '/private/var/mobile/Containers/Shared/AppGroup'],
  ['AppDomainPlugin-', '/private/var/mobile/Containers/Data/PluginKitPlugin'],
  ['AppDomain-', '/private/var/mobile/Containers/Data/Application'],
  ['SysSharedContainerDomain-', '/private/var/containers/Shared/SystemGroup'],
  ['SysContainerDomain-', '/private/var/containers/Data/System'],
];

/**
 * Path on the device of a file in a backup, or null when the domain is not known.
 *
 * @example
 * devicePathOf('HomeDomain', 'Library/SMS/sms.db'); // '/private/var/mobile/Library/SMS/sms.db'
 */
export function devicePathOf(domain: string, relativePath: string): string | null {
  const folder = folderOf(domain);
  if (folder === null) return null;
  return relativePath === '' ? folder : `${folder}/${relativePath}`;
}

// A phone has some hundred domains and a Manifest some 10^5 rows.
const MAX_FOLDERS = 5_000;
const folders = new Map<string, string | null>();

function folderOf(domain: string): string | null {
  const known = folders.get(domain);
  if (known !== undefined) return known;
  const folder = newFolderOf(domain);
  if (folders.size < MAX_FOLDERS) folders.set(domain, folder);
  return folder;
}

function newFolderOf(domain: string): string | null {
  const fixed = Object.hasOwn(FIXED_DOMAINS, domain) ? FIXED_DOMAINS[domain] : undefined;
  if (fixed !== undefined) return fixed;
  for (const [prefix, folder] of CONTAINER_DOMAINS) {
    if (domain.startsWith(prefix)) return `${folder}/<${domain.slice(prefix.length)}>`;
  }
  return null;
}
