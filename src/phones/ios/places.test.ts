import { describe, expect, it } from 'vitest';
import { writeBinaryPlist } from '../../../fixtures/binary-plist.js';
import { isPlistNaming } from './places.js';

describe('telling property lists apart by their head', () => {
  const xml = '<?xml version="1.0"?><plist version="1.0"><dict><key>AppleLocale</key></dict></plist>';

  it('finds keys in binary and XML property lists', () => {
    expect(isPlistNaming(writeBinaryPlist({ AppleLocale: 'es_MX' }), 'AppleLocale')).toBe(true);
    expect(isPlistNaming(Buffer.from(xml), 'AppleLocale')).toBe(true);
    expect(isPlistNaming(Buffer.from(`\ufeff${xml}`), 'AppleLocale')).toBe(true);
  });

  it('wants every key, and a property list', () => {
    expect(isPlistNaming(writeBinaryPlist({ AppleLocale: 'es_MX' }), 'AppleLocale', 'LDMGlobalEnabled')).toBe(
      false,
    );
    expect(isPlistNaming(Buffer.from('AppleLocale'), 'AppleLocale')).toBe(false);
    expect(isPlistNaming(new Uint8Array(), 'AppleLocale')).toBe(false);
  });
});
