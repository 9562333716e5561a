import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvidenceError } from '../../../../core/evidence-error.js';
import { readAll, type Said } from '../../../../core/testing/run.js';
import { memoryEvidence } from '../../../../evidence/testing/memory-source.js';
import type { LogRecord } from '../../logs/log-rows.js';
import { alertLine } from './alert-line.js';
import { reader } from './suricata-fast-log.js';

const OVERLAP =
  '10/05/2021-12:34:56.789012  [**] [1:2210050:2] SURICATA STREAM reassembly overlap with different data [**] [Classification: Generic Protocol Command Decode] [Priority: 3] {TCP} 203.0.113.5:80 -> 192.168.1.7:50001';
const DROPPED =
  '10/05/2021-12:34:57.000001  [Drop] [**] [1:9000001:1] TEST [**] name [**] [Classification: (null)] [Priority: 1] {UDP} 192.168.1.7:50002 -> 203.0.113.5:53';

async function read(content: string, timeZone?: string): Promise<Said<LogRecord>> {
  const file = await memoryEvidence('fast.log', content);
  return readAll(reader, file, timeZone === undefined ? {} : { times: { timeZone } });
}

describe('captures/suricata-fast-log', () => {
  it('gives alerts, and of one rule the contradiction too', async () => {
    const { records, problems } = await read(`${OVERLAP}\n${DROPPED}\n`);

    expect(records).toMatchObject([
      {
        kind: 'ids-alert',
        at: '2021-10-05T12:34:56.789012Z',
        atZone: 'assumed-utc',
        source: { evidence: 'e1', path: 'fast.log', locator: 'line 1' },
        transport: 'tcp',
        clientAddress: '192.168.1.7',
        clientPort: 50_001,
        serverAddress: '203.0.113.5',
        serverPort: 80,
        engine: 'suricata',
        signatureId: 2_210_050,
        signature: 'SURICATA STREAM reassembly overlap with different data',
        category: 'Generic Protocol Command Decode',
        priority: 3,
        action: null,
      },
      {
        kind: 'packet-anomaly',
        at: '2021-10-05T12:34:56.789012Z',
        anomaly: 'overlap-conflict',
        fromServer: true,
        statedBy: 'suricata',
      },
      { signature: 'TEST [**] name', action: 'blocked', priority: 1, serverPort: 53, category: null },
    ]);
    expect(problems).toMatchObject([{ code: 'time-zone-assumed', effect: 'note' }]);
  });

  it('takes the time zone that the analyst names', async () => {
    const { records, problems } = await read(OVERLAP, 'America/Mexico_City');

    expect(records).toMatchObject([{ at: '2021-10-05T17:34:56.789012Z', atZone: 'given' }, {}]);
    expect(problems).toEqual([]);
  });

  it.each([
    [
      '{TCP} 2001:0db8:0000:0000:0000:0000:0000:0001:443 -> fe80:0000:0000:0000:0000:0000:0000:0007:50001',
      '2001:db8::1',
      443,
    ],
    [
      '{IPv6-ICMP} fe80:0000:0000:0000:0000:0000:0000:0007:135 -> 2001:0db8:0000:0000:0000:0000:0000:0001:0',
      '2001:db8::1',
      null,
    ],
    ['{ICMP} 192.168.1.7:8 -> 203.0.113.5:0', '203.0.113.5', null],
    ['{ICMP} 192.168.1.7 -> 203.0.113.5', '203.0.113.5', null],
    ['{PROTO:047} 192.168.1.7:0 -> 203.0.113.5:0', '203.0.113.5', null],
  ])('reads the ends of %s', (ends, serverAddress, serverPort) => {
    expect(alertLine(`10/05/2021-12:34:56.789012  [**] [1:1:1] a [**] [Priority: 3] ${ends}`)).toMatchObject({
      ends: { serverAddress, serverPort },
    });
  });

  it('reads what Snort writes, without a year', async () => {
    const line =
      '10/05-12:34:56.789012 [**] [1:1000001:1] "TEST" [**] [Priority: 0] {TCP} 192.168.1.7:50001 -> 203.0.113.5:443\n';
    const { records, problems } = await read(line);

    expect(records).toMatchObject([
      { engine: 'snort', at: null, signature: 'TEST', category: null, priority: 0 },
    ]);
    expect(problems).toEqual([]);
  });

  it('reads on after bad lines, and says when the last one is cut', async () => {
    const { records, problems } = await read(`${OVERLAP}\nhola\n\n${DROPPED}\n10/05/2021-12:34`);

    expect(records).toHaveLength(3);
    expect(problems).toMatchObject([
      { code: 'content-truncated', source: { locator: 'line 5' } },
      { code: 'time-zone-assumed' },
      { code: 'bad-row', count: 1, source: { locator: 'line 2' } },
    ]);
  });

  it.each(['hola', '[**]', '10/05/2021-12:34:56.789012 hola [**]', ''])('leaves "%s" alone', async (text) => {
    await expect(read(text)).rejects.toThrow(EvidenceError);
  });

  it('survives any line, quickly', async () => {
    const part = fc.constantFrom(
      ...[
        '10/05/2021-12:34:56.789012 ',
        '[**]',
        ' [1:1:1] ',
        '[Priority: 3]',
        '{TCP}',
        ' -> ',
        '192.0.2.1:80',
        ':',
        ' ',
        '[',
      ],
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(part, fc.string({ maxLength: 5 })), { maxLength: 14 }),
        async (parts) => {
          await read(`${OVERLAP}\n${parts.join('')}\n`);
        },
      ),
    );
    const started = performance.now();
    for (const filler of [' ', '[**]', '[', '{', '-> ', ':', '[Classification: '])
      alertLine(`10/05/2021-12:34:56.789012 [**] [1:1:1] ${filler.repeat(16_000 / filler.length)}`);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
