import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT } from '../../hits/hit.js';
import { LINE } from '../../hits/log-format.js';
import { readLine } from '../testing/read-lines.js';
import { swabber } from './swabber.js';

const LINES = [
  '192.0.2.7, [2016-05-27T12:00:03], matched regex rule <simple-to-follow>, http://www.example.org/?s=a, www.example.org, "Mozilla/5.0 (X11, Linux)", banned',
  '2001:db8::7, [2016-05-27 12:00:03], asked to be challenged, /wp-login.php, www.example.org, flagged',
  '192.0.2.7, [27/May/2016:12:00:03 +0000], carbon, banned',
] as const;

describe('bans of swabber', () => {
  it('reads who was banned, when and where', () => {
    const format = swabber.open();
    const time = '2016-05-27T12:00:03.000Z';
    expect(readLine(format, LINES[0])).toMatchObject({
      verdict: LINE.event,
      event: EVENT.blocked,
      time,
      client: '192.0.2.7',
      host: 'www.example.org',
      target: '/?s=a',
      agent: 'Mozilla/5.0 (X11, Linux)',
    });
    expect(readLine(format, LINES[1])).toMatchObject({
      verdict: LINE.event,
      event: EVENT.challenged,
      time,
      client: '2001:db8::7',
      target: '/wp-login.php',
    });
    expect(readLine(format, `May 27 12:00:03 borde1 swabber[3]: ${LINES[2]}\r`)).toMatchObject({
      verdict: LINE.event,
      event: EVENT.blocked,
      time,
    });
    expect(readLine(format, LINES[2].replace('banned', 'seen'))).toMatchObject({ event: EVENT.other });
  });

  it.each([
    '',
    '192.0.2.7',
    'x, [2016-05-27T12:00:03], a, banned',
    '192.0.2.7, [yesterday at some time], a, banned',
    '[2016-05-27T12:00:03], a',
  ])('leaves «%s» to others', (line) => {
    expect(readLine(swabber.open(), line).verdict).toBe(LINE.foreign);
  });

  it('never fails, whatever the bytes, and takes time by the length of the line only', () => {
    const format = swabber.open();
    const verdicts: readonly number[] = Object.values(LINE);
    fc.assert(
      fc.property(
        fc.constantFrom(...LINES),
        fc.array(fc.tuple(fc.nat(150), fc.nat(255)), { maxLength: 8 }),
        fc.nat(150),
        (line, changes, end) => {
          const copy = Buffer.from(line);
          for (const [at, byte] of changes) copy[at % copy.length] = byte;
          return [copy, copy.subarray(0, end)].every((bytes) =>
            verdicts.includes(readLine(format, bytes).verdict),
          );
        },
      ),
      { numRuns: 500 },
    );
    const started = performance.now();
    for (const text of ['"'.repeat(1e6), ', "'.repeat(3e5), ', a'.repeat(3e5), ' '.repeat(1e6)])
      readLine(format, LINES[2] + text);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
