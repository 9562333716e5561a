/** Indicators as STIX 2.1 patterns and as cyber-observable objects. */
import type { IndicatorType } from '../../../core/indicator.js';
import { observableId } from '../export-ids.js';

/** A cyber-observable object, before its markings. */
export interface StixObservable {
  readonly type: string;
  readonly id: string;
  readonly [property: string]: unknown;
}

/**
 * The pattern of an indicator, or null where STIX has no property for it. `app`, `configuration-profile` and
 * `android-property` are the names that the published mobile-forensics feeds use.
 *
 * @example
 * patternOf('domain', 'example.org'); // "[domain-name:value = 'example.org']"
 */
export function patternOf(type: IndicatorType, value: string): string | null {
  const equals = (path: string): string => `[${path} = ${literal(value)}]`;
  switch (type) {
    case 'domain':
      return equals('domain-name:value');
    case 'url':
      return equals('url:value');
    case 'ipv4':
      return equals('ipv4-addr:value');
    case 'ipv6':
      return equals('ipv6-addr:value');
    case 'cidr':
      return `[${value.includes(':') ? 'ipv6-addr' : 'ipv4-addr'}:value ISSUBSET ${literal(value)}]`;
    case 'email':
      return equals('email-addr:value');
    case 'phone-number':
      return equals('phone-number:value');
    case 'process':
      return equals('process:name');
    case 'file-name':
      return equals('file:name');
    case 'file-path':
      return equals('file:path');
    case 'md5':
      return equals('file:hashes.MD5');
    case 'sha1':
      return equals("file:hashes.'SHA-1'");
    case 'sha256':
      return equals("file:hashes.'SHA-256'");
    case 'app-id':
      return equals('app:id');
    case 'app-cert':
      return equals(`app:cert.${value.length === 32 ? 'md5' : value.length === 40 ? 'sha1' : 'sha256'}`);
    case 'cert-sha1':
      return equals("x509-certificate:hashes.'SHA-1'");
    case 'cert-sha256':
      return equals("x509-certificate:hashes.'SHA-256'");
    case 'config-profile':
      return equals('configuration-profile:id');
    case 'android-property':
      return equals('android-property:name');
    case 'registry-key':
      return equals('windows-registry-key:key');
    case 'mutex':
      return equals('mutex:name');
    case 'user-agent':
      return equals("network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'");
    case 'ja3':
    case 'ja4':
    case 'jarm':
    case 'pipe':
      return null;
  }
}

/** A string of the patterning language: the quotation mark and the backslash are escaped (STIX 2.1, 9.1). */
function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** What was seen, as an object with the id that everybody gives it; null where STIX has no object of the kind. */
export function observableOf(type: IndicatorType, value: string): StixObservable | null {
  switch (type) {
    case 'domain':
      return valueObject('domain-name', value);
    case 'url':
      return urlObservable(value);
    case 'ipv4':
      return valueObject('ipv4-addr', value);
    case 'ipv6':
      return valueObject('ipv6-addr', value);
    case 'cidr':
      return valueObject(value.includes(':') ? 'ipv6-addr' : 'ipv4-addr', value);
    case 'email':
      return valueObject('email-addr', value);
    case 'file-name':
      return withId('file', { name: value });
    case 'md5':
      return fileWithHash('MD5', value);
    case 'sha1':
      return fileWithHash('SHA-1', value);
    case 'sha256':
      return fileWithHash('SHA-256', value);
    case 'mutex':
      return withId('mutex', { name: value });
    case 'registry-key':
      return withId('windows-registry-key', { key: value });
    default:
      return null;
  }
}

/** An address, or null for one without a scheme: a URL object has one (STIX 2.1, 6.16). */
export function urlObservable(link: string): StixObservable | null {
  const parts = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)([^#]*)(#.*)?$/is.exec(link);
  if (!parts) return null;
  const [, scheme = '', authority = '', path = '', fragment = ''] = parts;
  const host = /^[^[\]]*(?:\[[0-9a-f:.]+\](?::\d*)?)?$/i.test(authority)
    ? authority
    : escapeBrackets(authority);
  const rest =
    escapeBrackets(path) +
    (fragment === '' ? '' : `#${escapeBrackets(fragment.slice(1)).replaceAll('#', '%23')}`);
  const uri = `${scheme}${asUri(host)}${asUri(rest)}`;
  return host === '' ? null : valueObject('url', uri);
}

/** Characters that no URI holds, as the bytes of their UTF-8 (RFC 3987, 3.1; RFC 3986, 2.1). */
function asUri(text: string): string {
  return text
    .replace(/%(?![0-9a-f]{2})/gi, '%25')
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/[^\w.~:/?#[\]@!$&'()*+,;=%-]+/g, encodeURIComponent);
}

function escapeBrackets(text: string): string {
  return text.replaceAll('[', '%5B').replaceAll(']', '%5D');
}

function valueObject(type: string, value: string): StixObservable {
  return withId(type, { value });
}

/** Hashes are written in lower case: the id is that of the text. */
function fileWithHash(algorithm: string, value: string): StixObservable {
  return withId('file', { hashes: { [algorithm]: value.toLowerCase() } });
}

/** An object whose properties are all id contributing ones, in sorted order. */
function withId(type: string, properties: Readonly<Record<string, unknown>>): StixObservable {
  return { type, spec_version: '2.1', id: observableId(type, JSON.stringify(properties)), ...properties };
}
