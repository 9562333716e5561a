/**
 * Web origins written into file names. WebKit names the storage of a site `https_example.org_0` (scheme, host, port;
 * 0 = the usual port), Firefox `https+++example.org`, and others put a percent-encoded address. Such a name says that
 * a page of that site stored something on the device. Since WebKit hashes these names on newer systems, their
 * absence says nothing.
 */

// WebKit, SecurityOriginData::databaseIdentifier. What follows the port is the suffix of the file: `.localstorage`.
const WEBKIT = /^(https?)_+([^/]+?)_(\d{1,5})(?=$|[._])/i;
const FIREFOX = /^(https?)\+\+\+([^+^/]+)(?:\+(\d{1,5}))?(?=$|[+^])/i;
const ENCODED = /(https?)%3a%2f%2f([^%/\s]+)(?:%3a(\d{1,5}))?/gi;
const HOST =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?\.)*[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?$/u;
// Paths of a phone have some hundreds of characters (PATH_MAX is 1024); longer ones were made up.
const MAX_PATH_CHARACTERS = 4_096;

/**
 * @example
 * originsOf('Library/WebKit/WebsiteData/LocalStorage/https_example.org_0.localstorage'); // ['https://example.org']
 */
export function originsOf(path: string): string[] {
  // Nearly all paths end here; only then is the path looked at closely.
  if (!/http/i.test(path) || path.length > MAX_PATH_CHARACTERS) return [];
  const origins = new Set<string>();
  const add = (scheme = '', host = '', port = '0'): void => {
    const origin = originOf(scheme, host, port);
    if (origin !== null) origins.add(origin);
  };
  for (const part of path.split('/')) {
    // The storage of a page inside another page names both: `https_example.org_0_https_example.net_0`.
    for (const name of part.split(/_(?=https?_)/i)) {
      const webkit = WEBKIT.exec(name);
      if (webkit) add(webkit[1], webkit[2], webkit[3]);
    }
    const firefox = FIREFOX.exec(part);
    if (firefox) add(firefox[1], firefox[2], firefox[3]);
    for (const encoded of part.matchAll(ENCODED)) add(encoded[1], encoded[2], encoded[3]);
  }
  return [...origins];
}

function originOf(scheme: string, host: string, port: string): string | null {
  // A bare number is a counter in a file name; read as a URL it would become an IPv4 address.
  if (host.length > 253 || !HOST.test(host) || /^\d+$/.test(host)) return null;
  const text = `${scheme.toLowerCase()}://${host}${port === '0' ? '' : `:${port}`}`;
  return URL.canParse(text) ? new URL(text).origin : null;
}
