import { describe, expect, it } from 'vitest';
import { LINE_WRITERS, type LineFormat, type LineWriter } from '../../../fixtures/floods/log-lines.js';
import { siteTraffic } from '../../../fixtures/floods/site-log.js';
import { LineReader } from '../hits/read-hits.js';
import { LOG_FORMATS } from './formats.js';

/** Which format takes the lines of each writer. */
const FORMAT_OF: Readonly<Record<LineFormat, string>> = {
  combined: 'clf',
  common: 'clf',
  vcombined: 'clf',
  'combined-extra': 'clf',
  'combined-forwarded': 'clf',
  'syslog-combined': 'clf',
  'quoted-combined': 'clf',
  varnish: 'clf',
  caddy: 'caddy',
  'traefik-json': 'traefik-json',
  'traefik-clf': 'clf',
  haproxy: 'haproxy',
  'aws-alb': 'aws-alb',
  'aws-alb-33': 'aws-alb',
  'aws-elb': 'aws-elb',
  cloudfront: 'cloudfront',
  w3c: 'w3c',
  'cloudflare-logpush': 'cloudflare-logpush',
  'cloudflare-logpush-nanos': 'cloudflare-logpush',
  'deflect-json': 'deflect-json',
  'banjax-line': 'banjax-line',
  squid: 'squid',
  'nginx-json': 'json',
  'nginx-proxy-manager': 'nginx-proxy-manager',
  'nginx-error': 'nginx-error',
};

const requests = [...siteTraffic({ seed: 3, from: 1_757_000_000, days: 0.01, hitsPerDay: 20_000 })].filter(
  ({ method, target }) => method !== '' && !target.includes(' '),
);

describe('all formats together', () => {
  it.each(Object.entries(FORMAT_OF) as [LineFormat, string][])('%s is read as %s', (name, id) => {
    const { head = [], line }: LineWriter = LINE_WRITERS[name];
    const counts = formatsOf([...head, ...requests.map((request) => line(request))]);
    expect(counts).toEqual({
      lines: head.length + requests.length,
      skipped: head.length,
      unparsed: 0,
      [id]: requests.length,
    });
  });

  it.each((Object.keys(FORMAT_OF) as LineFormat[]).filter((name) => name !== 'w3c' && name !== 'cloudfront'))(
    '%s is read out of the log of a container too',
    (name) => {
      const { line }: LineWriter = LINE_WRITERS[name];
      const lines = requests.map((request) =>
        JSON.stringify({ log: `${line(request)}\n`, stream: 'stdout' }),
      );
      expect(formatsOf(lines)).toEqual({
        lines: lines.length,
        skipped: 0,
        unparsed: 0,
        wrapped: lines.length,
      });
    },
  );

  it('loses no line where formats change from line to line', () => {
    const names = (Object.keys(FORMAT_OF) as LineFormat[]).filter((name) => !('head' in LINE_WRITERS[name]));
    const lines = requests.map((request, index) =>
      LINE_WRITERS[names[index % names.length] as LineFormat].line(request),
    );
    expect(formatsOf(lines)).toMatchObject({ lines: lines.length, skipped: 0, unparsed: 0 });
  });
});

function formatsOf(lines: readonly string[]): Record<string, number> {
  const reader = new LineReader(LOG_FORMATS, { hit: () => undefined });
  for (const line of lines) {
    const bytes = Buffer.from(line);
    reader.line(bytes, 0, bytes.length, 0);
  }
  const { unparsed, skipped } = reader;
  return { lines: reader.lines, skipped, unparsed, ...Object.fromEntries(reader.formats()) };
}
