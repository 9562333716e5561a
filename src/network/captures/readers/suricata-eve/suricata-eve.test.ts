import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derCertificate } from '../../../../../fixtures/scans/certificates.js';
import { EvidenceError } from '../../../../core/evidence-error.js';
import { readAll, type Said } from '../../../../core/testing/run.js';
import { memoryEvidence } from '../../../../evidence/testing/memory-source.js';
import type { LogRecord } from '../../logs/log-rows.js';
import { reader } from './suricata-eve.js';

const TO_SERVER = { src_ip: '192.168.1.7', src_port: 50_001, dest_ip: '203.0.113.5', dest_port: 443 };
const TO_CLIENT = { src_ip: '203.0.113.5', src_port: 443, dest_ip: '192.168.1.7', dest_port: 50_001 };
const CLIENT_FIRST = {
  transport: 'tcp',
  clientAddress: '192.168.1.7',
  clientPort: 50_001,
  serverAddress: '203.0.113.5',
  serverPort: 443,
};
const OVERLAP = {
  gid: 1,
  signature_id: 2_210_050,
  rev: 2,
  signature: 'SURICATA STREAM reassembly overlap with different data',
  category: 'Generic Protocol Command Decode',
  severity: 3,
  action: 'allowed',
};

function event(type: string, fields: object, ends: object = TO_SERVER): object {
  return {
    timestamp: '2026-03-02T12:00:00.123456+0200',
    flow_id: 1_234_567_890_123_456,
    in_iface: 'eth0',
    event_type: type,
    ...ends,
    proto: 'TCP',
    ...fields,
  };
}

function dnsEvent(dns: object, ends: object): object {
  return event('dns', { proto: 'UDP', dns }, ends);
}

const ASKS = { src_ip: '192.168.1.7', src_port: 50_001, dest_ip: '192.168.1.1', dest_port: 53 };
const ANSWERS = { src_ip: '192.168.1.1', src_port: 53, dest_ip: '192.168.1.7', dest_port: 50_001 };

async function read(content: string): Promise<Said<LogRecord>> {
  return readAll(reader, await memoryEvidence('eve.json', content));
}

function readEvents(...events: readonly object[]): Promise<Said<LogRecord>> {
  return read(events.map((value) => `${JSON.stringify(value)}\n`).join(''));
}

async function isRecognised(content: string): Promise<boolean> {
  const file = await memoryEvidence('eve.json', content);
  return (await reader.recognises?.(await file.probe())) ?? false;
}

const FLOW = event('flow', {
  app_proto: 'tls',
  flow: {
    pkts_toserver: 6,
    pkts_toclient: 5,
    bytes_toserver: 700,
    bytes_toclient: 4_300,
    start: '2026-03-02T11:59:58.000001+0200',
    end: '2026-03-02T12:00:00.000002+0200',
    age: 2,
    state: 'closed',
  },
});
const FLOW_RECORD = {
  kind: 'flow',
  at: '2026-03-02T09:59:58.000001Z',
  lastAt: '2026-03-02T10:00:00.000002Z',
  ...CLIENT_FIRST,
  application: 'tls',
  clientPackets: 6,
  serverPackets: 5,
  clientBytes: 700,
  serverBytes: 4_300,
  isAnswered: true,
  history: null,
  source: { evidence: 'e1', path: 'eve.json', locator: 'line 1' },
};

describe('captures/suricata-eve', () => {
  it('gives a connection', async () => {
    expect(await readEvents(FLOW)).toMatchObject({ records: [FLOW_RECORD], problems: [], passedOver: 0 });
  });

  it.each([
    ['Elasticsearch', { _index: 'x', _id: 'y', _source: FLOW }],
    ['Logstash', { '@timestamp': 'x', event: FLOW }],
    ['Filebeat’s module', { '@timestamp': 'x', suricata: { eve: FLOW } }],
    ['Filebeat', { '@timestamp': 'x', message: JSON.stringify(FLOW) }],
    ['Wazuh', { timestamp: 'x', rule: { id: '86601' }, data: FLOW }],
    ['Splunk', { preview: false, result: { _raw: JSON.stringify(FLOW) } }],
  ])('reads events that %s wraps', async (_who, wrapped) => {
    expect(await isRecognised(JSON.stringify(wrapped))).toBe(true);
    expect(await readEvents(wrapped)).toMatchObject({ records: [FLOW_RECORD], problems: [] });
  });

  it('reads a list, an answer of Elasticsearch, and lines of syslog', async () => {
    const line = `Mar  2 12:00:00 sensor suricata[123]: ${JSON.stringify(FLOW)}\n`;

    expect(await read(JSON.stringify([FLOW, FLOW]))).toMatchObject({ records: [{}, {}], problems: [] });
    expect(
      await read(JSON.stringify({ took: 1, hits: { total: 1, hits: [{ _source: FLOW }] } })),
    ).toMatchObject({ records: [{ clientPackets: 6 }], problems: [] });
    expect(await isRecognised(line)).toBe(true);
    expect(await read(`${line}${line}`)).toMatchObject({
      records: [FLOW_RECORD, { source: { locator: 'line 2' } }],
      problems: [],
    });
  });

  it('says what carries a connection only where Suricata knew', async () => {
    const flow = { pkts_toserver: 1, pkts_toclient: 0 };
    const { records } = await readEvents(
      event('flow', { app_proto: 'failed', flow }),
      event('flow', { app_proto: 'failed', app_proto_tc: 'http', flow }),
      event('flow', { proto: 'UDP', app_proto: 'dns', flow }, { ...ASKS, dest_port: 5353 }),
      event(
        'flow',
        { proto: 'IPv6-ICMP', icmp_type: 135, flow },
        { src_ip: 'fe80:0000:0000:0000:0000:0000:0000:0001', dest_ip: 'ff02::1' },
      ),
      event('flow', { proto: '047', flow }),
    );

    expect(records).toMatchObject([
      { application: null, isAnswered: false },
      { application: 'http' },
      { application: 'mdns', transport: 'udp' },
      { transport: 'ipv6-icmp', clientAddress: 'fe80::1', clientPort: null, serverPort: null },
      { transport: 'gre', clientPort: null },
    ]);
  });

  it('gives questions and answers of all versions of dns', async () => {
    const asked = { type: 'query', id: 7, rrname: 'a.example', rrtype: 'A', tx_id: 0 };
    const first = {
      type: 'answer',
      id: 7,
      rcode: 'NOERROR',
      rrname: 'b.example',
      rrtype: 'A',
      ttl: 60,
      rdata: '198.51.100.7',
    };
    const answers = [
      { rrname: 'a.example', rrtype: 'CNAME', ttl: 30, rdata: 'b.example' },
      { rrname: 'b.example', rrtype: 'AAAA', ttl: 60, rdata: '2001:0db8:0000:0000:0000:0000:0000:0007' },
      {
        rrname: 'b.example',
        rrtype: 'SRV',
        ttl: 60,
        srv: { priority: 1, weight: 2, port: 443, name: 'c.example' },
      },
    ];
    const { records, problems } = await readEvents(
      dnsEvent(asked, ASKS),
      dnsEvent(first, ANSWERS),
      dnsEvent(
        { version: 2, type: 'answer', id: 7, rcode: 'NOERROR', rrname: 'a.example', rrtype: 'A', answers },
        ASKS,
      ),
      dnsEvent(
        {
          version: 2,
          type: 'answer',
          id: 8,
          rcode: 'NOERROR',
          rrname: 'a.example',
          rrtype: 'A',
          grouped: { A: ['198.51.100.7', '198.51.100.8'] },
        },
        ANSWERS,
      ),
      dnsEvent(
        {
          version: 3,
          type: 'response',
          id: 9,
          rcode: 'NXDOMAIN',
          queries: [{ rrname: 'x.example', rrtype: 'HTTPS' }],
        },
        ANSWERS,
      ),
      dnsEvent(
        {
          version: 3,
          type: 'request',
          id: 9,
          rcode: 'NOERROR',
          queries: [{ rrname: '\\x00\\\\.example', rrtype: 'TXT' }],
        },
        ASKS,
      ),
    );
    const ends = {
      clientAddress: '192.168.1.7',
      clientPort: 50_001,
      serverAddress: '192.168.1.1',
      serverPort: 53,
    };

    expect(problems).toEqual([]);
    expect(records).toMatchObject([
      {
        ...ends,
        kind: 'dns',
        name: 'a.example',
        type: 'A',
        isQuerySeen: true,
        responseCode: null,
        answers: [],
        answeredAt: null,
        transactionId: 7,
      },
      {
        ...ends,
        name: 'b.example',
        isQuerySeen: false,
        responseCode: 'NOERROR',
        answeredAt: '2026-03-02T10:00:00.123456Z',
        answers: [{ name: 'b.example', type: 'A', ttlSeconds: 60, data: '198.51.100.7' }],
      },
      {
        ...ends,
        answers: [
          { type: 'CNAME', data: 'b.example' },
          { name: 'b.example', type: 'AAAA', data: '2001:db8::7' },
          { type: 'SRV', data: '1 2 443 c.example' },
        ],
      },
      { ...ends, answers: [{ name: 'a.example', type: 'A', ttlSeconds: null }, { data: '198.51.100.8' }] },
      { ...ends, name: 'x.example', type: 'HTTPS', responseCode: 'NXDOMAIN', answers: [] },
      { ...ends, name: '\\000\\092\\092.example', type: 'TXT', responseCode: null, isQuerySeen: true },
    ]);
  });

  it('gives handshakes, with the certificate in words or in bytes', async () => {
    const stated = {
      subject: 'C=MX, O=Ejemplo, S.A., CN=www.example',
      issuerdn: 'CN=CA',
      serial: '00:AA:01',
      fingerprint: Array.from({ length: 20 }, () => 'ab').join(':'),
      sni: 'www.example',
      version: 'TLS 1.2',
      notbefore: '2026-01-01T00:00:00',
      notafter: '2026-04-01T00:00:00',
      ja3: { hash: 'c'.repeat(32), string: '771' },
      ja3s: { hash: 'd'.repeat(32), string: '771' },
      ja4: 't13d1516h2_8daaf6152771_e5627efa2ab1',
      client_alpns: ['h2', 'http/1.1'],
      server_alpns: ['h2'],
      subjectaltname: ['www.example'],
    };
    const der = derCertificate({ subject: [['CN', 'real.example']], issuer: [['CN', 'CA']] });
    const { records, problems } = await readEvents(
      event('tls', { tls: stated }),
      event('tls', { tls: { ...stated, chain: [der.toString('base64'), 'AAAA'] } }),
      event('tls', { tls: { sni: 'a.example', version: 'TLSv1', session_resumed: true } }),
      event('tls', { tls: { version: 'UNDETERMINED', certificate: der.toString('base64') } }),
    );

    expect(records).toMatchObject([
      {
        kind: 'tls',
        ...CLIENT_FIRST,
        carrier: 'tls',
        version: 'TLS 1.2',
        serverName: 'www.example',
        alpn: ['h2', 'http/1.1'],
        selectedAlpn: 'h2',
        hellos: [{ frame: null, ja3: 'c'.repeat(32), ja4: 't13d1516h2_8daaf6152771_e5627efa2ab1' }],
        ja3s: 'd'.repeat(32),
        certificates: [
          {
            position: 1,
            subject: [
              ['C', 'MX'],
              ['O', 'Ejemplo, S.A.'],
              ['CN', 'www.example'],
            ],
            issuer: [['CN', 'CA']],
            serial: 'aa01',
            sha1: 'ab'.repeat(20),
            sha256: null,
            notBefore: '2026-01-01T00:00:00.000000Z',
            notAfter: '2026-04-01T00:00:00.000000Z',
            alternativeNames: ['www.example'],
          },
        ],
      },
      { certificates: [{ position: 1, subject: [['CN', 'real.example']] }] },
      { version: 'TLS 1.0', isResumed: true, certificates: [], hellos: [] },
      { version: null, certificates: [{ subject: [['CN', 'real.example']] }] },
    ]);
    expect(problems).toMatchObject([{ code: 'bad-certificate', count: 1, source: { locator: 'line 2' } }]);
  });

  it('gives QUIC', async () => {
    const quic = {
      version: '1',
      sni: 'q.example',
      ja3: { hash: 'c'.repeat(32), string: '771' },
      ja4: 'q13d0310h3_55b375c5d22e_cd85d2d88918',
      extensions: [
        { name: 'alpn', type: 16, values: ['h3'] },
        { name: null, type: 65_037 },
      ],
    };

    expect((await readEvents(event('quic', { proto: 'UDP', quic }))).records).toMatchObject([
      {
        kind: 'tls',
        carrier: 'quic',
        transport: 'udp',
        quicVersion: '1',
        serverName: 'q.example',
        encryptedClientHello: true,
        alpn: ['h3'],
        hellos: [{ ja3: 'c'.repeat(32), ja4: 'q13d0310h3_55b375c5d22e_cd85d2d88918' }],
      },
    ]);
  });

  it('gives requests and the files in their answers', async () => {
    const http = {
      hostname: 'www.example',
      http_port: 8080,
      url: '/dir/app.apk?x=1',
      http_user_agent: 'Agent',
      http_refer: 'http://b.example/',
      http_content_type: 'application/zip',
      http_method: 'GET',
      protocol: 'HTTP/1.1',
      status: 302,
      redirect: 'http://c.example/',
      length: 12,
      request_headers: [{ name: 'Host', value: 'www.example' }, { name: 'X' }],
    };
    const fileinfo = {
      filename: '/dir/app.apk?x=1',
      magic: 'Zip archive data, at least v2.0 to extract',
      gaps: false,
      state: 'CLOSED',
      sha256: 'E'.repeat(64),
      size: 12,
    };
    const { records } = await readEvents(
      event('http', { http }, { ...TO_SERVER, dest_port: 8080 }),
      event('fileinfo', { app_proto: 'http', http, fileinfo }, { ...TO_CLIENT, src_port: 8080 }),
      event(
        'fileinfo',
        { app_proto: 'http', fileinfo: { ...fileinfo, state: 'TRUNCATED', magic: 'PE32 executable (GUI)' } },
        TO_SERVER,
      ),
    );

    expect(records).toMatchObject([
      {
        kind: 'http',
        clientAddress: '192.168.1.7',
        version: 'HTTP/1.1',
        method: 'GET',
        host: 'www.example',
        target: '/dir/app.apk?x=1',
        url: 'http://www.example:8080/dir/app.apk?x=1',
        requestHeaders: [
          ['Host', 'www.example'],
          ['X', ''],
        ],
        responseHeaders: [['Location', 'http://c.example/']],
        userAgent: 'Agent',
        referrer: 'http://b.example/',
        status: 302,
        location: 'http://c.example/',
        contentType: 'application/zip',
        responseBodyBytes: 12,
      },
      {
        kind: 'file-download',
        clientAddress: '192.168.1.7',
        serverAddress: '203.0.113.5',
        direction: 'download',
        protocol: 'http',
        url: 'http://www.example:8080/dir/app.apk?x=1',
        name: 'app.apk',
        fileType: 'apk',
        isWhole: true,
        sha256: 'e'.repeat(64),
        sizeBytes: 12,
      },
      { direction: 'upload', clientAddress: '192.168.1.7', fileType: 'pe', isWhole: false, url: null },
    ]);
  });

  it('gives alerts, with the client where it is whoever sent the packet', async () => {
    const alert = {
      action: 'blocked',
      signature_id: 9_000_001,
      signature: 'TEST',
      category: 'Misc',
      severity: 2,
    };
    const inside = { src_ip: '192.168.1.7', src_port: 50_001, dest_ip: '203.0.113.5', dest_port: 50_002 };
    const { records } = await readEvents(
      event('alert', { alert, tls: { sni: 'a.example' } }),
      event('alert', { alert, http: { hostname: 'b.example:8080' } }, TO_CLIENT),
      event('alert', { alert, direction: 'to_client', dns: { query: [{ rrname: 'c.example' }] } }, TO_CLIENT),
      event('alert', { alert, flow: { src_ip: '203.0.113.5', src_port: 50_002 } }, inside),
      event('alert', { alert, proto: 'ICMP' }, { src_ip: '203.0.113.5', dest_ip: '192.168.1.7' }),
    );

    expect(records).toMatchObject([
      {
        kind: 'ids-alert',
        ...CLIENT_FIRST,
        engine: 'suricata',
        signatureId: 9_000_001,
        signature: 'TEST',
        category: 'Misc',
        priority: 2,
        action: 'blocked',
        host: 'a.example',
      },
      { ...CLIENT_FIRST, host: 'b.example' },
      { ...CLIENT_FIRST, host: 'c.example' },
      { clientAddress: '203.0.113.5', clientPort: 50_002, serverAddress: '192.168.1.7' },
      { transport: 'icmp', clientAddress: '192.168.1.7', clientPort: null },
    ]);
  });

  it('tells of bytes that contradict each other, and passes over other anomalies', async () => {
    const stream = { type: 'stream', event: 'stream.reassembly_overlap_different_data' };
    const other = { type: 'decode', event: 'decoder.ipv4.trunc_pkt' };
    const { records, passedOver, problems } = await readEvents(
      event('anomaly', { anomaly: stream }, TO_CLIENT),
      event('alert', { alert: OVERLAP }, TO_SERVER),
      event('anomaly', { anomaly: other }),
      event('anomaly', { anomaly: { ...stream, event: 'stream.pkt_retransmission' } }),
      event('netflow', { netflow: { pkts: 1 } }),
      { timestamp: '2026-03-02T12:00:00.000000+0000', event_type: 'stats', stats: { uptime: 1 } },
    );

    expect(problems).toEqual([]);
    expect(passedOver).toBe(4);
    expect(records).toMatchObject([
      {
        kind: 'packet-anomaly',
        ...CLIENT_FIRST,
        anomaly: 'overlap-conflict',
        fromServer: true,
        statedBy: 'suricata',
        packets: [],
      },
      { kind: 'ids-alert', signatureId: 2_210_050 },
      { kind: 'packet-anomaly', ...CLIENT_FIRST, fromServer: false, statedBy: 'suricata' },
    ]);
  });

  it('names the events it takes nothing from, and reads on after bad lines', async () => {
    const text = [
      JSON.stringify(event('ssh', { ssh: {} })),
      'not json',
      JSON.stringify({ a: 1 }),
      JSON.stringify(event('flow', { flow: null })),
      JSON.stringify(event('ssh', { ssh: {} })),
      JSON.stringify(FLOW),
      '{"timestamp":"2026-03',
    ].join('\n');
    const { records, problems } = await read(text);

    expect(records).toHaveLength(1);
    expect(problems).toMatchObject([
      { code: 'content-truncated', effect: 'lost', source: { locator: 'line 7' } },
      { code: 'log-not-read', effect: 'note', count: 2, values: { log: 'ssh' } },
      { code: 'bad-row', count: 3, source: { locator: 'line 2' } },
    ]);
  });

  it('names in one sentence what several types of events say in vain', async () => {
    const { problems } = await readEvents(
      FLOW,
      ...['mqtt', 'ssh', 'mqtt'].map((type) => event(type, { [type]: {} })),
    );

    expect(problems).toMatchObject([
      { code: 'logs-not-read', count: 3, values: { logs: { list: ['mqtt', 'ssh'] }, more: 0 } },
    ]);
    const types = Array.from({ length: 25 }, (_, index) => event(`type${index}`, {}));
    expect((await readEvents(FLOW, ...types)).problems).toMatchObject([{ count: 25, values: { more: 5 } }]);
  });

  it('takes events about packets without IP, which have no ends, also as the first', async () => {
    const [timestamp, anomaly] = ['2026-03-02T12:00:00.123456+0200', { event: 'decoder.ipv4.trunc_pkt' }];
    const damaged = { timestamp, event_type: 'anomaly', anomaly };
    const arp = { timestamp, event_type: 'arp', arp: { opcode: 'request' } };

    expect(await isRecognised(`${JSON.stringify(arp)}\n`)).toBe(true);
    expect(await readEvents(damaged, arp, FLOW)).toMatchObject({
      records: [{ kind: 'flow' }],
      problems: [{ code: 'log-not-read', values: { log: 'arp' } }],
      passedOver: 1,
    });
  });

  it('reads a log whose older part was dropped in the middle of a line', async () => {
    const text = `9,"state":"new"},"app_proto":"tls"}\n${JSON.stringify(FLOW)}\n`;

    expect(await isRecognised(text)).toBe(true);
    expect(await read(text)).toMatchObject({
      records: [{ kind: 'flow', source: { locator: 'line 2' } }],
      problems: [{ code: 'bad-row', count: 1, source: { locator: 'line 1' } }],
    });
    expect(await isRecognised(`An event:\n${JSON.stringify(FLOW)}\n`)).toBe(false);
    expect(await isRecognised(`{"a":1}\n${JSON.stringify(FLOW)}\n`)).toBe(false);
  });

  it('knows a question to a server of names that left from a port of mDNS', async () => {
    const asked = dnsEvent(
      { version: 2, type: 'query', id: 1, rrname: 'a.example', rrtype: 'A' },
      { ...ASKS, src_port: 5353 },
    );

    expect((await readEvents(asked)).records).toMatchObject([{ service: 'dns', clientPort: 5353 }]);
  });

  it('knows an event whose beginning is all that is seen', async () => {
    const long = event('alert', { alert: OVERLAP, payload: 'A'.repeat(10_000) });

    expect(await isRecognised(JSON.stringify(long))).toBe(true);
    expect(await isRecognised(JSON.stringify({ message: JSON.stringify(long) }))).toBe(true);
  });

  it.each([
    ['text', 'hola\n'],
    ['other JSON', '{"timestamp":"2026-03-02T12:00:00Z","event_type":"login","user":"a"}\n'],
    ['other JSON with an address', '{"timestamp":"x","event_type":"page_view","src_ip":"192.0.2.1"}\n'],
    ['nothing', ''],
  ])('leaves %s alone', async (_what, text) => {
    expect(await isRecognised(text)).toBe(false);
    await expect(read(text)).rejects.toThrow(EvidenceError);
  });

  it('survives any values', async () => {
    const types = ['flow', 'dns', 'tls', 'quic', 'http', 'fileinfo', 'alert', 'anomaly', 'stats', 'x'];
    const keys = fc.constantFrom(
      ...[
        'rrname',
        'rdata',
        'answers',
        'queries',
        'grouped',
        'type',
        'subject',
        'chain',
        'certificate',
        'serial',
      ],
      ...[
        'version',
        'ja3',
        'ja4',
        'extensions',
        'hostname',
        'url',
        'http_port',
        'request_headers',
        'filename',
        'magic',
      ],
      ...[
        'signature',
        'signature_id',
        'category',
        'event',
        'start',
        'pkts_toclient',
        'src_ip',
        '__proto__',
        'constructor',
      ],
    );
    const inner = fc.dictionary(keys, fc.jsonValue({ maxDepth: 3 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...types), inner, inner), { maxLength: 6 }),
        async (events) => {
          const first = JSON.stringify(FLOW);
          const lines = events.map(([type, value, outer]) =>
            JSON.stringify({ ...outer, ...event(type, { [type === 'x' ? 'flow' : type]: value }) }),
          );
          const { records } = await read([first, ...lines].join('\n'));
          expect(records.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 300 },
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (text) => {
        await read(`${JSON.stringify(FLOW)}\n${text}`);
      }),
    );
  });
});
