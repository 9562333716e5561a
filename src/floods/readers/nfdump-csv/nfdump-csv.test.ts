import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvidenceError } from '../../../core/evidence-error.js';
import { readAll } from '../../../core/testing/run.js';
import { expectSoundTexts } from '../../../core/testing/texts.js';
import { memoryEvidence } from '../../../evidence/testing/memory-source.js';
import { PacketTraffic } from '../../../records/tallies/packet-traffic.js';
import { wordsText } from '../../fingerprint/fingerprint.js';
import { FlowRows, flowHeader } from '../../flows/flow-columns.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { reader } from './nfdump-csv.js';

const OLD = [
  'ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das,smk,dmk,dtos,dir,nh',
  '2026-01-02 03:04:05,2026-01-02 03:04:09,4.100,192.0.2.1,203.0.113.7,53,4444,UDP,......,0,0,10,14000,0,0,1,2,0,0,0,0,0,0,0.0.0.0',
  '2026-01-02 03:04:06,2026-01-02 03:04:06,0.000,2001:db8::1,203.0.113.7,0,8.0,ICMP,......,0,0,3,180,0,0,1,2,0,0,0,0,0,0,0.0.0.0',
  'Summary',
  'flows,bytes,packets,avg_bps,avg_pps,avg_bpp',
  '2,14180,13,27000,3,1090',
].join('\n');

const NEW = [
  'firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows',
  '2026-01-02 03:04:05.250,4.000,UDP,192.0.2.1,53,203.0.113.7,4444,10,14000,1',
  '2026-01-02 03:04:06.000,0.000,TCP,192.0.2.2,40000,203.0.113.7,443,3,180,2',
].join('\r\n');

async function read(text: string, times?: { timeZone: string }) {
  const said = await readAll(
    reader,
    await memoryEvidence('flows.csv', Buffer.from(text)),
    times ? { times } : {},
  );
  const [tally] = said.tallies ?? [];
  return { ...said, traffic: tally instanceof PacketTraffic ? tally : null };
}

describe('floods/nfdump-csv', () => {
  it('reads the old columns, and not the sums behind them', async () => {
    const { traffic, problems } = await read(OLD);

    expect(problems).toMatchObject([{ code: 'time-zone-assumed', effect: 'note' }]);
    expect(traffic).toMatchObject({ packets: 13, bytes: 14_180, flows: 2 });
    const [target] = traffic?.targets() ?? [];
    expect(target && wordsText(target.words)).toBe('203.0.113.7');
    const vector = target?.counts?.protocols.get(17)?.ports.get(53);
    expect(vector).toMatchObject({
      firstMicros: Date.UTC(2026, 0, 2, 3, 4, 5) * 1000,
      lastMicros: Date.UTC(2026, 0, 2, 3, 4, 9) * 1000,
    });
    expect(target?.counts?.protocols.get(1)?.ports.get(0)?.headers('icmp-type')).toEqual([[8, 3]]);
    expect([...(target?.counts?.files ?? [])]).toEqual([[0, 2]]);
  });

  it('reads the new columns, several flows in a row, in the zone that is given', async () => {
    const { traffic, problems, passedOver } = await read(NEW, { timeZone: 'America/Mexico_City' });

    expect(problems).toEqual([]);
    expect(passedOver).toBe(3);
    expect(traffic?.sources[0]).toMatchObject({
      firstMicros: (Date.UTC(2026, 0, 2, 9, 4, 5) + 250) * 1000,
      lastMicros: (Date.UTC(2026, 0, 2, 9, 4, 9) + 250) * 1000,
    });
  });

  it('reads other names, separators, quotes, numbers of protocols, flags, units and times with a zone', () => {
    const header = flowHeader(
      '"Start Time";"Src IP Addr";"Dst IP Addr";"Proto";"Flags";"Packets";"Bytes";"Sampling"',
    );
    const rows = new FlowRows(header ?? expect.fail('no header'), undefined);
    expect(
      rows.read('"2026-01-02T03:04:05.5-06:00";"192.0.2.1";"203.0.113.7";"6";"...A..S.";"1.2 M";"3 G";"100"'),
    ).toBe(true);
    expect(rows.facts).toMatchObject({
      protocol: 6,
      tcpFlags: 0x12,
      packets: 1_200_000,
      bytes: 3e9,
      firstMicros: (Date.UTC(2026, 0, 2, 9, 4, 5) + 500) * 1000,
    });
    expect(rows.sampling).toBe(100);
    expect(rows.hasAssumedZone).toBe(false);
    expect(rows.read('1767323045.25;192.0.2.1;203.0.113.7;17;0x02;1;60;1')).toBe(true);
    expect(rows.facts.firstMicros).toBe(1_767_323_045_250_000);
  });

  it('counts rows that are none and reads the others', async () => {
    const { traffic, problems } = await read(
      `${NEW}\nnonsense\n2026-01-02 03:04:05,1,UDP,host,1,203.0.113.7,2,1,1,1\n`,
    );
    expect(traffic?.flows).toBe(3);
    expect(problems).toMatchObject([
      { code: 'bad-row', effect: 'lost', count: 2 },
      { code: 'time-zone-assumed' },
    ]);
  });

  it('says when there is nothing but the header', async () => {
    const { problems } = await read(
      'firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows\n',
    );
    expect(problems).toMatchObject([{ code: 'no-flows', effect: 'note' }]);
  });

  it.each(['name,address\na,b\n', 'src,dst\n1,2\n', '', 'just a text'])(
    'does not take %j for flows',
    async (text) => {
      const evidence = await memoryEvidence('x.csv', Buffer.from(text));
      expect(await reader.recognises?.(await evidence.probe())).toBe(false);
    },
  );

  it('survives any text', async () => {
    const header = NEW.split('\r\n')[0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.constantFrom(...NEW.split('\r\n'))),
          {
            maxLength: 8,
          },
        ),
        async (lines) => {
          const said = await read([header, ...lines].join('\n')).catch((error: unknown) => error);
          // With bytes that no text has it is not taken for text.
          if (said instanceof EvidenceError) expect(said.code).toBe('wrong-format');
          else expect(said).toMatchObject({ records: [] });
        },
      ),
      { numRuns: 100 },
    );
  });

  it('takes long rows of separators and digits fast', () => {
    const header = flowHeader(NEW.split('\r\n')[0] ?? '');
    const rows = new FlowRows(header ?? expect.fail('no header'), undefined);
    const started = performance.now();
    for (const text of [','.repeat(1e6), '1'.repeat(1e6), `2026-01-02 ${'0'.repeat(1e6)}`]) rows.read(text);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('says the same in both languages', () => {
    expectSoundTexts({ es, en }, { sampling: 10 });
  });
});
