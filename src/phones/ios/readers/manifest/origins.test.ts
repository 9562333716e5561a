import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { originsOf } from './origins.js';

const WEBKIT = 'Library/WebKit/WebsiteData';

describe('web origins in paths', () => {
  it.each([
    [`${WEBKIT}/WebSQL/https_www.example.org_0/0.db-wal`, ['https://www.example.org']],
    [`${WEBKIT}/LocalStorage/http_example.org_8080.localstorage`, ['http://example.org:8080']],
    [`${WEBKIT}/LocalStorage/https_example.org_443.localstorage-shm`, ['https://example.org']],
    [
      `${WEBKIT}/IndexedDB/v1/https_a.example.org_0/https_b.example.net_0/db`,
      ['https://a.example.org', 'https://b.example.net'],
    ],
    [
      `${WEBKIT}/IndexedDB/https_a.example.org_0_https_b.example.net_0`,
      ['https://a.example.org', 'https://b.example.net'],
    ],
    ['Default/IndexedDB/https_chrome.example.org_0.indexeddb.leveldb/LOG', ['https://chrome.example.org']],
    ['storage/default/https+++firefox.example.org^partition/ls', ['https://firefox.example.org']],
    ['storage/default/https+++firefox.example.org+8443/ls', ['https://firefox.example.org:8443']],
    ['Caches/https%3A%2F%2Fencoded.example.org%2Fpath', ['https://encoded.example.org']],
    [`${WEBKIT}/LocalStorage/HTTPS_UPPER.example.org_0`, ['https://upper.example.org']],
    [`${WEBKIT}/LocalStorage/https_my_host.example.org_0`, ['https://my_host.example.org']],
    [`${WEBKIT}/LocalStorage/https_niño.example.org_0`, ['https://xn--nio-8ma.example.org']],
    [`${WEBKIT}/LocalStorage/https_192.0.2.1_0`, ['https://192.0.2.1']],
  ])('%s', (path, expected) => {
    expect(originsOf(path)).toEqual(expected);
  });

  it.each([
    'Library/Preferences/com.example.http_client.plist',
    `${WEBKIT}/LocalStorage/file__0.localstorage`,
    `${WEBKIT}/LocalStorage/https_example.org`,
    `${WEBKIT}/LocalStorage/https_example.org_999999`,
    `${WEBKIT}/LocalStorage/https_exa mple.org_0`,
    `${WEBKIT}/LocalStorage/https__0`,
    `Caches/http_0_1`,
    '',
  ])('says nothing about %j', (path) => {
    expect(originsOf(path)).toEqual([]);
  });

  it('gives valid origins or none, fast, for any text', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('https_', 'http_', '_0', '/', '+++', '%3A%2F%2F', 'https'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        for (const origin of originsOf(parts.join(''))) expect(new URL(origin).origin).toBe(origin);
      }),
    );
  });

  it('takes no time over names made to be slow', () => {
    for (const piece of ['https_', 'https_a', '_', 'https%3a%2f%2f', 'a_0_https', 'http+++']) {
      const started = performance.now();
      originsOf(`https_${piece.repeat(4_000 / piece.length)}!`);
      expect(performance.now() - started).toBeLessThan(200);
    }
  });
});
