import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../../hits/client-address.js';
import { EVENT, Hit } from '../../hits/hit.js';
import { LINE } from '../../hits/log-format.js';
import { apacheError } from './apache-error.js';

describe('Apache error log', () => {
  it('reads a line of 2.4', () => {
    expect(
      read(
        '[Thu Oct 10 13:55:36.902022 2024] [authz_core:error] [pid 35708:tid 4328636416] [client 192.0.2.7:5000] AH01630: client denied by server configuration: /srv/a, referer: https://a.example/',
      ),
    ).toEqual({
      verdict: LINE.event,
      event: EVENT.blocked,
      time: '2024-10-10T13:55:36.902Z',
      client: '192.0.2.7',
      referer: 'https://a.example/',
    });
  });

  it('reads a line of 2.2, and one in compact time', () => {
    expect(
      read('[Wed Oct  9 14:32:52 2024] [error] [client 2001:db8::7] File does not exist: /srv/a'),
    ).toMatchObject({
      verdict: LINE.event,
      event: EVENT.other,
      time: '2024-10-09T14:32:52.000Z',
      client: '2001:db8::7',
    });
    expect(read('[2024-10-09 14:32:52.120000] [core:notice] [pid 1] AH00094: Command line')).toMatchObject({
      verdict: LINE.event,
      time: '2024-10-09T14:32:52.120Z',
      client: '',
    });
  });

  it.each([
    ['192.0.2.7:443', '192.0.2.7'],
    ['2001:db8::7:51234', '2001:db8::7'],
    ['2001:db8::1:2345', '2001:db8::1'],
    ['[2001:db8::7]:51234', '2001:db8::7'],
    ['2001:db8:0:0:0:0:0:7:80', '2001:db8::7'],
  ])('takes the port off a client of 2.4: %s', (client, address) => {
    expect(
      read(`[Thu Oct 10 13:55:36.902022 2024] [core:error] [pid 1:tid 2] [client ${client}] AH1: x`).client,
    ).toBe(address);
  });

  it.each([
    ['[mpm_event:error] [pid 1:tid 2] AH00484: server reached MaxRequestWorkers setting', EVENT.exhausted],
    [
      '[reqtimeout:info] [pid 1:tid 2] [client 192.0.2.7:5] AH01382: Request header read timeout',
      EVENT.clientTimedOut,
    ],
    [
      '[proxy:error] [pid 1:tid 2] AH01114: HTTP: failed to make connection to backend: 10.0.0.1',
      EVENT.upstreamFailed,
    ],
    ['[:error] [pid 1] [client 192.0.2.7] ModSecurity: Access denied with code 403', EVENT.blocked],
  ])('tells what «%s» means', (rest, event) => {
    expect(read(`[Thu Oct 10 13:55:36.902022 2024] ${rest}`)).toMatchObject({ verdict: LINE.event, event });
  });

  it.each([
    '',
    '[',
    '[Thu Oct 10 13:55:36.902022 2024]',
    '[Thu Oct 10 13:55:36.902022 2024] x',
    '[Thu Okt 10 13:55:36 2024] [error] x',
    '[10/Oct/2024:13:55:36 +0000] - 200 200 - GET',
  ])('leaves to others what is not its own: %s', (line) => {
    expect(read(line).verdict).toBe(LINE.foreign);
  });

  it('gives a verdict on any bytes', () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom(
          '[Thu Oct 10 13:55:36 2024] ',
          '[error] ',
          '[client ',
          ']',
          '2001:db8::1',
          ':80',
          ', referer: ',
        )
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        expect([LINE.foreign, LINE.event]).toContain(read(Buffer.concat(parts)).verdict);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['[', '[client ', ', referer: ', 'MaxC'])('takes little time for a mebibyte of «%s»', (filling) => {
    const started = performance.now();
    read(`[Thu Oct 10 13:55:36 2024] [error] ${filling.repeat(1_048_576 / filling.length)}`);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

function read(line: string | Buffer) {
  const bytes = Buffer.concat([Buffer.from('"? '), Buffer.from(line), Buffer.from('"], \n')]);
  const hit = new Hit();
  const verdict = apacheError.open().parse(bytes, 3, bytes.length - 5, hit);
  return {
    verdict,
    event: hit.event,
    time: hit.seconds === -1 ? '' : new Date(hit.seconds * 1000 + hit.milliseconds).toISOString(),
    client: hit.ipVersion === 0 ? hit.text(hit.clientStart, hit.clientEnd) : addressOf(hit),
    referer: hit.text(hit.refererStart, hit.refererEnd),
  };
}
