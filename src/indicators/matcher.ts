import type { IndicatorMatch, IndicatorMatcher } from '../core/contracts.js';
import type { Indicator } from '../core/indicator.js';
import { createHostIndex } from './matcher-hosts.js';
import { addTo, collect, type Index } from './matcher-index.js';
import { createPathIndex } from './matcher-paths.js';

// The shortest national numbers that are compared: shorter ones are short codes that many senders share.
const MIN_PHONE_DIGITS = 7;

const NONE: readonly IndicatorMatch[] = Object.freeze([]);

/**
 * Puts indicators into look-up tables, one per kind of value. A look-up costs a few hash steps whatever the number of
 * indicators. The same value from two feeds gives two matches.
 *
 * Rules of comparison, in short: hosts at label boundaries, never above the registrable domain; addresses by equality
 * after normalisation, or inside a range; URLs without scheme and final slash; paths at "/" boundaries; process names
 * case-sensitive, each part of `process/bundle`, cut at 16 characters; everything else by equality.
 *
 * @example
 * compileMatcher(indicators).match({ type: 'url', value: 'https://a.example.org/x' });
 */
export function compileMatcher(indicators: readonly Indicator[]): IndicatorMatcher {
  const hosts = createHostIndex();
  const paths = createPathIndex();
  const emails: Index = new Map();
  const phoneNumbers: Index = new Map();
  const hashes: Index = new Map();
  const certificates: Index = new Map();
  const profiles: Index = new Map();
  const properties: Index = new Map();
  const fingerprints: Index = new Map();
  const userAgents: Index = new Map();

  function add(indicator: Indicator): void {
    const value = indicator.value.trim();
    if (value === '') return;
    switch (indicator.type) {
      case 'domain':
      case 'url':
      case 'ipv4':
      case 'ipv6':
      case 'cidr':
        hosts.add(indicator);
        break;
      case 'process':
      case 'file-name':
      case 'file-path':
      case 'app-id':
        paths.add(indicator);
        break;
      case 'email':
        addTo(emails, emailKey(value), indicator);
        break;
      case 'phone-number': {
        const digits = phoneKey(value);
        if (digits !== null) addTo(phoneNumbers, digits, indicator);
        break;
      }
      case 'md5':
      case 'sha1':
      case 'sha256':
        addTo(hashes, hexKey(value), indicator);
        break;
      case 'app-cert':
      case 'cert-sha1':
      case 'cert-sha256':
        addTo(certificates, hexKey(value), indicator);
        break;
      case 'config-profile':
        addTo(profiles, value.toLowerCase(), indicator);
        break;
      case 'android-property':
        addTo(properties, value.toLowerCase(), indicator);
        break;
      case 'ja3':
      case 'ja4':
      case 'jarm':
        addTo(fingerprints, value.toLowerCase(), indicator);
        break;
      case 'user-agent':
        addTo(userAgents, value, indicator);
        break;
      case 'registry-key':
      case 'mutex':
      case 'pipe':
        // No record offers these for comparison yet.
        break;
    }
  }

  for (const indicator of indicators) add(indicator);

  return {
    size: indicators.length,
    match({ type, value }) {
      const found: IndicatorMatch[] = [];
      switch (type) {
        case 'url':
          hosts.matchUrl(value, found);
          break;
        case 'host':
          hosts.matchHost(value, found);
          break;
        case 'process':
          paths.matchProcess(value, found);
          break;
        case 'file-path':
          paths.matchPath(value, found);
          break;
        case 'app-id':
          paths.matchApp(value, found);
          break;
        case 'email':
          if (emails.size > 0) collect(emails, emailKey(value), 'exact', found);
          break;
        case 'phone-number': {
          const digits = phoneNumbers.size > 0 ? phoneKey(value) : null;
          if (digits !== null) collect(phoneNumbers, digits, 'exact', found);
          break;
        }
        case 'hash':
          // A digest tells its algorithm by its length, so one table holds all of them.
          collect(hashes, hexKey(value), 'exact', found);
          break;
        case 'app-cert':
        case 'cert-hash':
          collect(certificates, hexKey(value), 'exact', found);
          break;
        case 'config-profile':
          collect(profiles, value.trim().toLowerCase(), 'exact', found);
          break;
        case 'property':
          collect(properties, value.trim().toLowerCase(), 'exact', found);
          break;
        case 'tls-fingerprint':
          collect(fingerprints, value.trim().toLowerCase(), 'exact', found);
          break;
        case 'user-agent':
          collect(userAgents, value.trim(), 'exact', found);
          break;
      }
      return found.length === 0 ? NONE : found;
    },
  };
}

/** The bare address of `mailto:a@b?subject=x` and `Name <a@b>` too. */
function emailKey(value: string): string {
  const text = value.trim();
  const bare = text.endsWith('>') ? text.slice(text.lastIndexOf('<') + 1, -1) : text;
  const link = /^mailto:([^?]*)/i.exec(bare);
  return (link?.[1] ?? bare).trim().toLowerCase();
}

/** Digits only, without the international prefix "00". Null when too short to name one subscriber. */
function phoneKey(value: string): string | null {
  const digits = value.replace(/\D/g, '').replace(/^00/, '');
  return digits.length < MIN_PHONE_DIGITS ? null : digits;
}

/** Hexadecimal without the colons and spaces that certificate viewers print. */
function hexKey(value: string): string {
  return value.replace(/[\s:]/g, '').toLowerCase();
}
