import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureBuilder } from '../../../../../fixtures/captures/conversation.js';
import { writePcap, writePcapng, writePcapngSections } from '../../../../../fixtures/captures/pcap.js';
import { clientHello, serverHello } from '../../../../../fixtures/captures/tls-hello.js';
import { memoryEvidence } from '../../../../evidence/testing/memory-source.js';
import { readCapture } from '../../testing/read-capture.js';
import { reader } from './pcap.js';

function everyday(): CaptureBuilder {
  const capture = new CaptureBuilder();
  capture.dns('192.168.1.20', '192.168.1.1', 'news.example', ['192.0.2.80']);
  capture
    .tcp('192.168.1.20:50000', '192.0.2.80:443')
    .connect()
    .client(clientHello({ serverName: 'news.example', alpn: ['h2'] }))
    .server(serverHello({}))
    .close();
  capture.http(
    '192.168.1.20:50001',
    '192.0.2.81:80',
    { target: '/a', headers: [['Host', 'plain.example']] },
    { body: 'hello' },
  );
  return capture;
}

describe('captures/pcap', () => {
  it('says when there are no packets', async () => {
    const said = await readCapture(writePcap([]));
    expect(said.problems).toMatchObject([{ code: 'no-packets', effect: 'note' }]);
  });

  it('reads names, hellos, requests and conversations, each with its packet', async () => {
    const said = await readCapture(everyday().bytes());
    expect(said.problems).toEqual([]);
    expect(said.dns).toMatchObject([
      {
        name: 'news.example',
        type: 'A',
        responseCode: 'NOERROR',
        clientAddress: '192.168.1.20',
        serverAddress: '192.168.1.1',
        answers: [{ data: '192.0.2.80' }],
        source: { locator: 'frame 1' },
        answerFrame: 2,
      },
    ]);
    expect(said.tls).toMatchObject([
      { serverName: 'news.example', alpn: ['h2'], carrier: 'tls', source: { locator: 'frame 6' } },
    ]);
    expect(said.http).toMatchObject([
      { url: 'http://plain.example/a', status: 200, responseBodyBytes: 5, handshakeMicroseconds: 1000 },
    ]);
    expect(said.flows.map(({ application, serverNames }) => [application, serverNames])).toEqual(
      expect.arrayContaining([
        ['dns', []],
        ['tls', ['news.example']],
        ['http', ['plain.example']],
      ]),
    );
    expect(said.anomalies).toEqual([]);
  });

  it('counts what went where, of every packet', async () => {
    const { packets } = everyday();
    const said = await readCapture(writePcap(packets));
    expect(said.tallies).toMatchObject([
      {
        of: 'packet-traffic',
        packets: packets.length,
        sources: [{ path: 'capture.pcap', place: 'frame', notIp: 0, unread: 0 }],
      },
    ]);
    expect((await readCapture(writePcap([]))).tallies).toBeUndefined();
  });

  it('reads the same from pcapng', async () => {
    const { packets } = everyday();
    const fromPcap = await readCapture(writePcap(packets));
    const fromPcapng = await readCapture(writePcapng(packets));
    expect(fromPcapng.records).toEqual(fromPcap.records);
  });

  it('says that keys lie in the file', async () => {
    const { packets } = everyday();
    const said = await readCapture(
      writePcapngSections([
        {
          blocks: [
            { block: 'interface' },
            { block: 'secrets', data: 'CLIENT_RANDOM 00 00' },
            ...packets.map((packet) => ({ block: 'packet' as const, ...packet })),
          ],
        },
      ]),
    );
    expect(said.problems.map(({ code, effect }) => [code, effect])).toEqual([['keys-inside', 'note']]);
    expect(said.dns).toHaveLength(1);
  });

  it('reads what comes before a cut, and says that it was cut', async () => {
    const bytes = everyday().bytes();
    const said = await readCapture(bytes.subarray(0, bytes.length - 20));
    expect(said.dns).toHaveLength(1);
    expect(said.problems.some(({ effect }) => effect === 'lost')).toBe(true);
  });

  it('knows a capture by its content only', async () => {
    const recognises = async (bytes: Uint8Array): Promise<boolean> =>
      (await reader.recognises?.(await (await memoryEvidence('a.txt', bytes)).probe())) ?? false;
    expect(await recognises(everyday().bytes())).toBe(true);
    expect(await recognises(Buffer.from('not a capture at all, but text'))).toBe(false);
    expect(await recognises(Buffer.alloc(0))).toBe(false);
  });

  it('says what is not IP, and that nothing was lost by it', async () => {
    const capture = everyday();
    capture.raw(Buffer.concat([Buffer.alloc(12, 0xff), Buffer.from([0x08, 0x06]), Buffer.alloc(28)]));
    const { problems } = await readCapture(capture.bytes());
    expect(problems).toMatchObject([{ code: 'frames-not-ip', effect: 'note', count: 1 }]);
  });

  it('gives something for any damage, and never throws', async () => {
    const whole = everyday().bytes();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 30 }),
        async (changes) => {
          const bytes = Buffer.from(whole);
          for (const [place, value] of changes) if (place >= 4) bytes[place] = value;
          const said = await readCapture(bytes);
          expect(said.records.length + said.problems.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 150 },
    );
  });
});
