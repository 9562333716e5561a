import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dnsMessage, dnsName } from '../../../../../fixtures/captures/conversation.js';
import { looksLikeDns, parseDns } from './dns-message.js';

describe('a message of DNS', () => {
  it('gives names as text with other bytes as numbers', () => {
    const name = Buffer.concat([Buffer.from([5]), Buffer.from('a.\\ \xff', 'latin1'), dnsName('Example')]);
    const message = dnsMessage({ name: 'x' });
    const bytes = Buffer.concat([message.subarray(0, 12), name, message.subarray(15)]);

    expect(parse(bytes)?.questions).toEqual([
      { name: 'a\\046\\092\\032\\255.Example', type: 1, recordClass: 1 },
    ]);
  });

  it('writes "." for the root', () => {
    expect(parse(dnsMessage({ name: '.', type: 'NS' }))?.questions[0]?.name).toBe('.');
  });

  it.each([
    ['A', 1, [192, 0, 2, 1], '192.0.2.1'],
    ['A of a wrong length', 1, [192, 0, 2], '\\# 3 c00002'],
    ['AAAA', 28, [0x20, 1, 0x0d, 0xb8, ...Array(11).fill(0), 1], '2001:db8::1'],
    ['CNAME', 5, dnsName('b.example'), 'b.example'],
    ['MX', 15, [0, 10, ...dnsName('mail.example')], '10 mail.example'],
    ['SRV', 33, [0, 1, 0, 2, 0x14, 0x66, ...dnsName('s.example')], '1 2 5222 s.example'],
    ['TXT', 16, [3, 97, 34, 98, 1, 200], '"a\\"b" "\\200"'],
    ['TXT whose length lies', 16, [9, 97], '\\# 2 0961'],
    [
      'SOA',
      6,
      [...dnsName('ns.example'), ...dnsName('h.example'), ...[1, 2, 3, 4, 5].flatMap((n) => [0, 0, 0, n])],
      'ns.example h.example 1 2 3 4 5',
    ],
    ['CAA', 257, [0, 5, ...Buffer.from('issueca.example')], '0 issue "ca.example"'],
    [
      'NAPTR',
      35,
      [0, 1, 0, 2, 1, 117, 3, ...Buffer.from('sip'), 0, ...dnsName('n.example')],
      '1 2 "u" "sip" "" n.example',
    ],
    [
      'HTTPS',
      65,
      [
        ...[0, 1, 0],
        ...[0, 1, 0, 6, 2, 104, 50, 2, 104, 51],
        ...[0, 3, 0, 2, 0x20, 0xfb],
        ...[0, 4, 0, 4, 192, 0, 2, 1],
        ...[0, 5, 0, 3, 1, 2, 3],
        ...[0x80, 0, 0, 1, 120],
      ],
      '1 . alpn="h2,h3" port=8443 ipv4hint=192.0.2.1 ech=AQID key32768="x"',
    ],
    ['HTTPS whose parameter is cut', 65, [0, 1, 0, 0, 1, 0, 9, 2], '1 .'],
    ['an unknown type', 4711, [0xde, 0xad], '\\# 2 dead'],
    ['nothing', 4711, [], '\\# 0'],
  ])('writes the data of %s as zone files do', (_title, type, data, text) => {
    const bytes = dnsMessage({ name: 'a.example', answers: [{ type, data: Buffer.from(data) }] });

    expect(parse(bytes)?.answers).toMatchObject([{ name: 'a.example', type, ttlSeconds: 300, data: text }]);
  });

  it('keeps what stands before a damaged record', () => {
    const whole = dnsMessage({ name: 'a.example', answers: ['192.0.2.1', '192.0.2.2'] });

    expect(parse(whole)).toMatchObject({ isComplete: true, answers: { length: 2 } });
    expect(parse(whole.subarray(0, whole.length - 1))).toMatchObject({
      isComplete: false,
      answers: [{ data: '192.0.2.1' }],
    });
  });

  it('refuses pointers that point forward or at themselves', () => {
    const header = dnsMessage({ name: '.' }).subarray(0, 12);
    for (const target of [12, 14, 0x3fff])
      expect(
        parse(Buffer.concat([header, Buffer.from([0xc0 | (target >> 8), target & 0xff, 0, 1, 0, 1, 0])])),
      ).toBeNull();
  });

  it('takes the upper bits of the code from OPT', () => {
    const message = dnsMessage({ name: 'a.example', answers: [] });
    message.writeUInt16BE(1, 10);
    const opt = Buffer.from([0, 0, 41, 16, 0, 1, 0, 0, 0, 0, 0]);

    expect(parse(Buffer.concat([message, opt]))).toMatchObject({ responseCode: 16, isComplete: true });
  });

  it('stays small when a small message names a long name many times', () => {
    const long = Array.from({ length: 3 }, () => '\x01'.repeat(60)).join('.');
    const bytes = dnsMessage({
      name: long,
      answers: Array.from({ length: 250 }, () => ({ type: 'CNAME' as const, data: Buffer.from([0xc0, 12]) })),
    });
    const message = parse(bytes);
    const characters = message?.answers.reduce((sum, { name, data }) => sum + name.length + data.length, 0);

    expect(message?.isComplete).toBe(false);
    expect(characters).toBeLessThan(70_000);
  });

  it('gives a message or null for any bytes, soon', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        parse(Buffer.from(bytes));
        looksLikeDns(Buffer.from(bytes), 0, bytes.length);
      }),
    );
  });
});

describe('a datagram of an unknown port', () => {
  it('is taken for DNS when it is a question or an answer', () => {
    const question = dnsMessage({ id: 1, name: 'a.example' });
    const answer = dnsMessage({ id: 1, name: 'a.example', answers: ['192.0.2.1'] });

    expect(looksLikeDns(question, 0, question.length)).toBe(true);
    expect(looksLikeDns(answer, 0, answer.length)).toBe(true);
  });

  it('is not when something follows, or the name is none', () => {
    const question = dnsMessage({ id: 1, name: 'a.example' });
    const more = Buffer.concat([question, Buffer.from([0])]);
    const odd = dnsMessage({ id: 1, name: 'a b.example' });

    expect(looksLikeDns(more, 0, more.length)).toBe(false);
    expect(looksLikeDns(question, 0, question.length - 1)).toBe(false);
    expect(looksLikeDns(odd, 0, odd.length)).toBe(false);
  });

  it('is not when it is chance', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 80 }), (bytes) => {
        expect(looksLikeDns(Buffer.from(bytes), 0, bytes.length)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});

function parse(bytes: Buffer) {
  return parseDns(bytes, 0, bytes.length);
}
