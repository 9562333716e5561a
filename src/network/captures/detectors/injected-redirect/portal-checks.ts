/**
 * Addresses that systems ask for to learn whether a network has a portal in front of it (RFC 8952 2.2). An answer with a
 * redirect is what they look for, so it shows a portal, and where it is.
 *
 * Own collection from the documentation and sources of the systems (Android, iOS and macOS, Windows, Firefox, Chrome,
 * NetworkManager in GNOME, Ubuntu, Debian, Fedora, KDE, makers of phones), recalled up to 2026-11. Anyone may add to it.
 */
import { plainName } from '../../tables/host-names.js';

const CHECKS: ReadonlySet<string> = new Set([
  'captive.apple.com',
  'captive.g.aaplimg.com',
  'captiveportal.kuketz.de',
  'check.kde.org',
  'clients1.google.com',
  'clients3.google.com',
  'connect.rom.miui.com',
  'connectivity-check.ubuntu.com',
  'connectivitycheck.android.com',
  'connectivitycheck.gstatic.com',
  'connectivitycheck.grapheneos.network',
  'connectivitycheck.platform.hicloud.com',
  'connectivitycheck.samsung.com',
  'detectportal.firefox.com',
  'edge-http.microsoft.com',
  'fedoraproject.org',
  'ipv6.msftconnecttest.com',
  'ipv6.msftncsi.com',
  'network-test.debian.org',
  'networkcheck.kde.org',
  'nmcheck.gnome.org',
  'play.googleapis.com',
  'www.androidbak.net',
  'www.apple.com',
  'www.gstatic.com',
  'www.ibook.info',
  'www.itools.info',
  'www.msftconnecttest.com',
  'www.msftncsi.com',
  'www.thinkdifferent.us',
]);
/** Hosts that also serve other things, by the paths that are asked of them for this. */
const PATHS: ReadonlyMap<string, string> = new Map([
  ['clients1.google.com', '/generate_204'],
  ['clients3.google.com', '/generate_204'],
  ['fedoraproject.org', '/static/hotspot.txt'],
  ['play.googleapis.com', '/generate_204'],
  ['www.apple.com', '/library/test/success.html'],
  ['www.gstatic.com', '/generate_204'],
]);

/** True for a request that only asks whether there is a portal. */
export function isPortalCheck(host: string, target: string): boolean {
  const name = plainName(host);
  if (!CHECKS.has(name)) return false;
  const path = PATHS.get(name);
  return path === undefined || target.startsWith(path);
}
