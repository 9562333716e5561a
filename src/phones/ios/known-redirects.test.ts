import { describe, expect, it } from 'vitest';
import { isEverydayDestination, isRedirectingPage } from './known-redirects.js';

describe('known redirects', () => {
  it.each([
    ['bit.ly', '/abc'],
    ['click.ct.sendgrid.net', '/ls/click'],
    ['www.google.com', '/url'],
    ['www.google.com.mx', '/url'],
    ['l.facebook.com', '/l.php'],
    ['out.reddit.com', '/t3_x'],
  ])('takes %s%s for a page that sends on', (host, path) => {
    expect(isRedirectingPage(host, path)).toBe(true);
  });

  it.each([
    ['www.google.com', '/'],
    ['google.com.example.org', '/url'],
    ['notbit.ly', '/abc'],
    ['bit.ly.example.org', '/abc'],
    ['www.yahoo.com', '/'],
    ['facebook.com', '/somebody'],
    ['localhost', '/'],
    ['', '/'],
  ])('does not take %s%s for one', (host, path) => {
    expect(isRedirectingPage(host, path)).toBe(false);
  });

  it('knows everyday destinations by their registrable domain', () => {
    expect(isEverydayDestination('wikipedia.org')).toBe(true);
    expect(isEverydayDestination('wikipedia.example')).toBe(false);
  });
});
