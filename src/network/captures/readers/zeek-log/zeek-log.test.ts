import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvidenceError } from '../../../../core/evidence-error.js';
import { readAll, type Said } from '../../../../core/testing/run.js';
import { memoryEvidence } from '../../../../evidence/testing/memory-source.js';
import type { LogRecord } from '../../logs/log-rows.js';
import { reader } from './zeek-log.js';

const ID = ['id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p'];
const CONN = [
  ...['ts', 'uid', ...ID, 'proto', 'service', 'duration', 'orig_bytes', 'resp_bytes', 'conn_state'],
  ...['history', 'orig_pkts', 'resp_pkts', 'ip_proto'],
];
const FINGERPRINT = 'ab'.repeat(32);

/** A log as Zeek's table writer makes it. */
function table(path: string, fields: readonly string[], ...rows: readonly (readonly string[])[]): string {
  return [
    '#separator \\x09',
    '#set_separator\t,',
    '#empty_field\t(empty)',
    '#unset_field\t-',
    `#path\t${path}`,
    '#open\t2026-03-02-10-00-00',
    `#fields\t${fields.join('\t')}`,
    `#types\t${fields.map(() => 'string').join('\t')}`,
    ...rows.map((row) => row.join('\t')),
    '#close\t2026-03-02-11-00-00',
    '',
  ].join('\n');
}

/** A row of conn.log between the same two ends. */
function conn(...[service = 'ssl', proto = 'tcp', port = '443']: readonly string[]): string[] {
  return [
    ...['1772445600.123456', 'CAbc1', '192.168.1.7', '50001', '203.0.113.5', port, proto, service],
    ...['1.500000', '300', '4000', 'SF', 'ShADadFf', '6', '5', '6'],
  ];
}

/** The same fields and values as the rows of another test, but of another log. */
function row(path: string, values: Readonly<Record<string, string>>): string {
  return table(path, Object.keys(values), Object.values(values));
}

const ENDS = {
  ts: '1772445600.000000',
  uid: 'CAbc1',
  'id.orig_h': '192.168.1.7',
  'id.orig_p': '50001',
  'id.resp_h': '203.0.113.5',
  'id.resp_p': '443',
};

async function read(content: string | Uint8Array, path = 'zeek.log'): Promise<Said<LogRecord>> {
  return readAll(reader, await memoryEvidence(path, content));
}

async function isRecognised(content: string, path = 'zeek.log'): Promise<boolean> {
  const file = await memoryEvidence(path, content);
  return (await reader.recognises?.(await file.probe())) ?? false;
}

describe('captures/zeek-log, tables', () => {
  it('gives a connection of conn.log', async () => {
    const { records, problems } = await read(table('conn', CONN, conn()));

    expect(problems).toEqual([]);
    expect(records).toEqual([
      {
        kind: 'flow',
        at: '2026-03-02T10:00:00.123456Z',
        source: { evidence: 'e1', path: 'zeek.log', locator: 'line 9' },
        transport: 'tcp',
        clientAddress: '192.168.1.7',
        clientPort: 50_001,
        serverAddress: '203.0.113.5',
        serverPort: 443,
        lastAt: '2026-03-02T10:00:01.623456Z',
        application: 'tls',
        serverNames: [],
        clientPackets: 6,
        serverPackets: 5,
        clientBytes: 300,
        serverBytes: 4_000,
        isAnswered: true,
        history: 'ShADadFf',
        clientTtls: [],
        serverTtls: [],
        synFingerprint: null,
        lastFrame: null,
      },
    ]);
  });

  it.each([
    ['dns', 'udp', '53', 'dns'],
    ['dns', 'udp', '5353', 'mdns'],
    ['dns', 'udp', '5355', 'llmnr'],
    ['dns', 'udp', '137', 'nbns'],
    ['quic,ssl', 'udp', '443', 'quic'],
    ['ssl,quic', 'udp', '443', 'quic'],
    ['ssl', 'udp', '443', 'dtls'],
    ['ssl,smtp', 'tcp', '25', 'tls'],
    ['-http,ssh', 'tcp', '22', 'ssh'],
    ['-http', 'tcp', '80', null],
    ['-', 'tcp', '80', null],
  ])('calls what Zeek confirmed, %s over %s to port %s, %s', async (service, proto, port, application) => {
    const { records } = await read(table('conn', CONN, conn(service, proto, port)));

    expect(records).toMatchObject([{ application }]);
  });

  it('gives no ports to ICMP, and tells its versions and other protocols apart', async () => {
    const base = { ...ENDS, 'id.orig_p': '8', 'id.resp_p': '0', orig_pkts: '1', resp_pkts: '0' };
    const four = await read(row('conn', { ...base, proto: 'icmp' }));
    const six = await read(
      row('conn', { ...base, 'id.orig_h': 'fe80::1', 'id.resp_h': 'ff02::1', proto: 'icmp' }),
    );
    const other = await read(row('conn', { ...base, proto: 'unknown_transport', ip_proto: '47' }));

    expect(four.records).toMatchObject([
      { transport: 'icmp', clientPort: null, serverPort: null, isAnswered: false },
    ]);
    expect(six.records).toMatchObject([{ transport: 'ipv6-icmp', clientAddress: 'fe80::1' }]);
    expect(other.records).toMatchObject([{ transport: 'gre' }]);
  });

  it('takes fields in any order, other separators, and headers that come again', async () => {
    const text = [
      '#separator \\x2c',
      '#set_separator,|',
      '#empty_field,NONE',
      '#unset_field,?',
      '#path,dns',
      '#fields,query,unheard_of,id.resp_p,id.resp_h,id.orig_p,id.orig_h,ts,rtt,qtype_name,rcode_name,answers,TTLs',
      'a.example,?,53,192.168.1.1,5000,192.168.1.7,1772445600.000000,0.020000,A,NOERROR,b.example|198.51.100.7,60.000000|30.000000',
      '#close,2026',
      '#separator \\x09',
      '#set_separator\t,',
      '#empty_field\t(empty)',
      '#unset_field\t-',
      '#path\tconn',
      `#fields\t${CONN.join('\t')}`,
      conn().join('\t'),
    ].join('\r\n');
    const { records, problems } = await read(`\ufeff${text}`);

    expect(problems).toEqual([]);
    expect(records).toMatchObject([
      {
        kind: 'dns',
        name: 'a.example',
        responseCode: 'NOERROR',
        isQuerySeen: true,
        answeredAt: '2026-03-02T10:00:00.020000Z',
        answers: [
          { name: 'a.example', type: 'CNAME', ttlSeconds: 60, data: 'b.example' },
          { name: 'b.example', type: 'A', ttlSeconds: 30, data: '198.51.100.7' },
        ],
        source: { locator: 'line 7' },
      },
      { kind: 'flow', source: { locator: 'line 15' } },
    ]);
  });

  it('gives questions of dns.log with names as records have them', async () => {
    const base = { ...ENDS, 'id.resp_p': '53', proto: 'udp', trans_id: '7', rtt: '-' };
    const unanswered = { ...base, query: 'x\\x00y\\xff\\x5c.example', qtype_name: '*', rcode_name: '-' };
    const answeredOnly = { ...base, query: 'a.example', qtype_name: 'query-65400', rcode_name: 'NXDOMAIN' };
    const netbios = { ...base, 'id.resp_p': '137', query: 'WORKGROUP', qtype_name: 'NB', rcode_name: '-' };

    expect((await read(row('dns', unanswered))).records).toMatchObject([
      {
        name: 'x\\000y\\255\\092.example',
        type: 'ANY',
        responseCode: null,
        isQuerySeen: true,
        answeredAt: null,
        answers: [],
        transactionId: 7,
        service: 'dns',
      },
    ]);
    expect((await read(row('dns', answeredOnly))).records).toMatchObject([
      {
        type: 'TYPE65400',
        isQuerySeen: false,
        responseCode: 'NXDOMAIN',
        answeredAt: '2026-03-02T10:00:00.000000Z',
      },
    ]);
    expect(await read(row('dns', netbios))).toEqual({ records: [], problems: [], passedOver: 1 });
  });

  it('gives handshakes of ssl.log', async () => {
    const modern = {
      ...ENDS,
      version: 'TLSv13',
      cipher: 'TLS_AES_128_GCM_SHA256',
      server_name: 'www.example',
      resumed: 'T',
      next_protocol: 'h2',
      ja3: 'c'.repeat(32),
      ja4: 't13d1516h2_8daaf6152771_e5627efa2ab1',
      ssl_client_exts: '0,16,65037',
      orig_alpn: 'h2,http/1.1',
      cert_chain_fps: `${FINGERPRINT},${'cd'.repeat(32)}`,
      subject: 'CN=www.example,O=Ejemplo\\x5c, S.A.,C=MX',
      issuer: 'CN=CA\\xc3\\xb1a,O=Ejemplo',
      validation_status: 'self signed certificate in certificate chain',
    };
    const { records } = await read(row('ssl', modern));
    const old = await read(
      row('ssl', { ...ENDS, version: 'DTLSv12', cipher: '-', cert_chain_fuids: 'FAbc' }),
    );

    expect(records).toMatchObject([
      {
        kind: 'tls',
        carrier: 'tls',
        version: 'TLS 1.3',
        serverName: 'www.example',
        encryptedClientHello: true,
        alpn: ['h2', 'http/1.1'],
        selectedAlpn: 'h2',
        hellos: [{ frame: null, ja3: 'c'.repeat(32), ja4: 't13d1516h2_8daaf6152771_e5627efa2ab1' }],
        cipher: 'TLS_AES_128_GCM_SHA256',
        isResumed: true,
        validation: 'self signed certificate in certificate chain',
        certificates: [
          {
            position: 1,
            sha256: FINGERPRINT,
            subject: [
              ['C', 'MX'],
              ['O', 'Ejemplo, S.A.'],
              ['CN', 'www.example'],
            ],
            issuer: [
              ['O', 'Ejemplo'],
              ['CN', 'CAña'],
            ],
          },
          { position: 2, sha256: 'cd'.repeat(32), subject: null },
        ],
      },
    ]);
    expect(old.records).toMatchObject([
      { carrier: 'dtls', transport: 'udp', version: 'DTLS 1.2', cipher: null, hellos: [], certificates: [] },
    ]);
  });

  it('gives quic.log, x509.log, http.log and files.log', async () => {
    const quic = await read(
      row('quic', { ...ENDS, version: 'quicv2', server_name: 'q.example', client_protocol: 'h3' }),
    );
    const x509 = {
      ts: ENDS.ts,
      fingerprint: FINGERPRINT,
      'certificate.serial': '00A1B2',
      'certificate.subject': 'CN=www.example',
      'certificate.issuer': 'CN=CA',
      'certificate.not_valid_before': '1764547200.000000',
      'certificate.not_valid_after': '1772323199.000000',
      'san.dns': 'www.example,b.example',
      'san.ip': '-',
      host_cert: 'T',
      client_cert: 'F',
    };
    const http = {
      ...ENDS,
      'id.resp_p': '8080',
      method: 'GET',
      host: 'www.example:8080',
      uri: '/a?b=c',
      referrer: '-',
      version: '1.1',
      user_agent: 'Agent\\x09One',
      request_body_len: '0',
      response_body_len: '12',
      status_code: '302',
      status_msg: 'Found',
    };
    const file = {
      ts: ENDS.ts,
      fuid: 'FAbc',
      tx_hosts: '203.0.113.5',
      rx_hosts: '192.168.1.7',
      source: 'HTTP',
      analyzers: 'SHA1,MD5',
      mime_type: 'application/zip',
      filename: 'dir/app.apk',
      is_orig: 'F',
      seen_bytes: '10',
      total_bytes: '12',
      missing_bytes: '2',
      overflow_bytes: '0',
      md5: 'a'.repeat(32),
      sha1: '-',
      sha256: '-',
    };

    expect(quic.records).toMatchObject([
      {
        carrier: 'quic',
        transport: 'udp',
        quicVersion: '2',
        serverName: 'q.example',
        alpn: ['h3'],
        version: null,
      },
    ]);
    expect((await read(row('x509', x509))).records).toMatchObject([
      {
        kind: 'tls',
        serverAddress: null,
        certificates: [
          {
            position: 1,
            sha256: FINGERPRINT,
            serial: 'a1b2',
            notBefore: '2025-12-01T00:00:00.000000Z',
            notAfter: '2026-02-28T23:59:59.000000Z',
            alternativeNames: ['www.example', 'b.example'],
          },
        ],
      },
    ]);
    expect((await read(row('x509', { ...x509, host_cert: 'F', client_cert: 'T' }))).passedOver).toBe(1);
    expect((await read(row('http', http))).records).toMatchObject([
      {
        kind: 'http',
        version: 'HTTP/1.1',
        host: 'www.example',
        target: '/a?b=c',
        url: 'http://www.example:8080/a?b=c',
        userAgent: 'Agent\tOne',
        referrer: null,
        status: 302,
        reason: 'Found',
        responseBodyBytes: 12,
        requestBodyBytes: 0,
      },
    ]);
    expect((await read(row('files', file))).records).toMatchObject([
      {
        kind: 'file-download',
        clientAddress: '192.168.1.7',
        serverAddress: '203.0.113.5',
        protocol: 'http',
        direction: 'download',
        name: 'app.apk',
        fileType: 'apk',
        sizeBytes: 10,
        isWhole: false,
        md5: 'a'.repeat(32),
      },
    ]);
  });

  it('gives certificates of files.log as certificates, and passes over what else a handshake carries', async () => {
    const fields = ['ts', 'fuid', ...ID, 'source', 'analyzers', 'mime_type', 'is_orig', 'sha1'];
    const ends = ['192.168.1.7', '50001', '203.0.113.5', '443'];
    const { records, passedOver, problems } = await read(
      table(
        'files',
        fields,
        ['1.5', 'F1', ...ends, 'SSL', 'X509,SHA1', 'application/x-x509-user-cert', 'F', 'A'.repeat(40)],
        ['1.5', 'F2', ...ends, 'SSL', 'X509,SHA1', 'application/x-x509-ca-cert', 'F', 'b'.repeat(40)],
        ['1.5', 'F3', ...ends, 'SSL', 'X509,SHA1', 'application/x-x509-user-cert', 'T', 'c'.repeat(40)],
        ['1.5', 'F4', ...ends, 'SSL', 'OCSP_REPLY', 'application/ocsp-response', 'F', '-'],
        ['1.5', 'F5', ...ends, 'SSL', 'X509', 'application/x-x509-user-cert', 'F', '-'],
      ),
    );

    expect(problems).toEqual([]);
    expect(passedOver).toBe(3);
    expect(records).toMatchObject([
      { kind: 'tls', serverPort: 443, certificates: [{ position: 1, sha1: 'a'.repeat(40) }] },
      { kind: 'tls', certificates: [{ position: null, sha1: 'b'.repeat(40) }] },
    ]);
  });

  it('gives notices and hits of Zeek’s lists as alerts', async () => {
    const notice = {
      ...ENDS,
      note: 'SSL::Invalid_Server_Cert',
      msg: 'self signed',
      proto: 'tcp',
      actions: 'Notice::ACTION_LOG',
      dropped: 'F',
    };
    const intel = {
      ...ENDS,
      'seen.indicator': 'c2.example',
      'seen.indicator_type': 'Intel::DOMAIN',
      'seen.where': 'DNS::IN_REQUEST',
      sources: 'one,two',
    };

    expect((await read(row('notice', notice))).records).toMatchObject([
      {
        kind: 'ids-alert',
        engine: 'zeek',
        signature: 'SSL::Invalid_Server_Cert',
        signatureId: null,
        action: null,
        serverPort: 443,
      },
    ]);
    const scan = {
      ...notice,
      'id.orig_h': '-',
      'id.resp_h': '-',
      src: '192.168.1.9',
      dst: '203.0.113.9',
      p: '22',
    };
    expect((await read(row('notice', scan))).records).toMatchObject([
      { clientAddress: '192.168.1.9', serverAddress: '203.0.113.9', serverPort: 22 },
    ]);
    expect((await read(row('intel', intel))).records).toMatchObject([
      {
        kind: 'ids-alert',
        signature: 'Intel::DOMAIN c2.example (DNS::IN_REQUEST)',
        category: 'one, two',
        host: 'c2.example',
      },
    ]);
  });

  it('tells of bytes that contradict each other, and passes over other oddities', async () => {
    const notice = {
      ...ENDS,
      proto: 'tcp',
      note: 'Conn::Retransmission_Inconsistency',
      msg: 'ends rexmit inconsistency (HTTP/1.1 302\\x5cx0d\\x5cx0a) (HTTP/1.1 200\\x5cx0d\\x5cx0a) [AP]',
    };
    const weird = { ...ENDS, name: 'fragment_inconsistency', addl: '-', notice: 'F', peer: 'zeek' };

    expect((await read(row('notice', notice))).records).toMatchObject([
      { kind: 'ids-alert' },
      {
        kind: 'packet-anomaly',
        anomaly: 'overlap-conflict',
        statedBy: 'zeek',
        fromServer: null,
        packets: [],
        overlapExcerpts: ['HTTP/1.1 302\r\n', 'HTTP/1.1 200\r\n'],
      },
    ]);
    expect((await read(row('weird', weird))).records).toMatchObject([{ anomaly: 'overlap-conflict' }]);
    expect(await read(row('weird', { ...weird, name: 'fragment_overlap' }))).toEqual({
      records: [],
      problems: [],
      passedOver: 1,
    });
  });

  it('names the logs it takes nothing from', async () => {
    const { records, problems } = await read(
      `${row('dhcp', { ts: ENDS.ts, mac: '-' })}${row('ssh', ENDS)}${row('dhcp', { ts: ENDS.ts, mac: '-' })}`,
    );

    expect(records).toEqual([]);
    expect(problems).toMatchObject([
      {
        code: 'logs-not-read',
        effect: 'note',
        count: 3,
        values: { logs: { list: ['dhcp', 'ssh'] }, more: 0 },
        source: { locator: 'line 9' },
      },
    ]);
  });

  it.each(['es', 'en'])('says so in %s in the same words for every hour of a rotated log', (language) => {
    // Reports tell sentences that are alike once; a sentence with a count would come for each file.
    const { problems } = JSON.parse(readFileSync(new URL(`${language}.json`, import.meta.url), 'utf8'));

    expect(problems['log-not-read']).toContain('{log}');
    expect(problems['log-not-read']).not.toContain('count');
  });

  it('reads on after bad lines, and says so when the last one is cut', async () => {
    const good = conn().join('\t');
    const text = `${table('conn', CONN, ['only', 'two'], conn(), ['x'.repeat(20)])}${good}\n1772445600.1\tCAb`;
    const { records, problems } = await read(text);

    expect(records).toHaveLength(2);
    expect(problems).toMatchObject([
      { code: 'content-truncated', effect: 'lost', source: { locator: 'line 14' } },
      { code: 'bad-row', count: 2, source: { locator: 'line 9' } },
    ]);
  });

  it('leaves masked and impossible times open', async () => {
    for (const ts of ['XXXXXXXXXX.XXXXXX', '-', '99999999999999', '1e9', '-5.0']) {
      const { records } = await read(row('conn', { ...ENDS, ts, proto: 'tcp', orig_pkts: '1' }));
      expect(records).toMatchObject([{ at: null, lastAt: null }]);
    }
  });

  it('takes no keys for fields that objects have by themselves', async () => {
    const { records } = await read(
      row('conn', { ...ENDS, proto: 'tcp', orig_pkts: '1', constructor: 'x', __proto__x: 'y' }),
    );

    expect(records).toHaveLength(1);
    expect(await isRecognised('{"ts":1,"constructor":{"orig_h":"a"}}')).toBe(false);
  });
});

describe('captures/zeek-log, JSON', () => {
  const flow = {
    ts: 1_772_445_600.123456,
    uid: 'CAbc1',
    'id.orig_h': '192.168.1.7',
    'id.orig_p': 50_001,
    'id.resp_h': '2001:0DB8::0001',
    'id.resp_p': 443,
    proto: 'tcp',
    service: 'ssl',
    duration: 1.5,
    orig_pkts: 6,
    resp_pkts: 0,
    conn_state: 'S0',
  };
  const expected = {
    kind: 'flow',
    at: '2026-03-02T10:00:00.123456Z',
    lastAt: '2026-03-02T10:00:01.623456Z',
    clientAddress: '192.168.1.7',
    serverAddress: '2001:db8::1',
    serverPort: 443,
    application: 'tls',
    isAnswered: false,
  };
  const {
    'id.orig_h': orig_h,
    'id.orig_p': orig_p,
    'id.resp_h': resp_h,
    'id.resp_p': resp_p,
    ...rest
  } = flow;

  it.each([
    ['with the path in the row', 'anything.json', { _path: 'conn', ...flow }],
    ['named after its file', 'logs/conn.log', flow],
    ['rotated', 'conn.2026-03-02-10-00-00.log', flow],
    ['of Corelight', 'conn_20260302_10:00:00-11:00:00+0000.log', { ...flow, _write_ts: 'x' }],
    ['shortened', 'conn_red.log', flow],
    ['without any name', 'a.json', flow],
    ['in a file with the name of another log', 'dns.log', flow],
    ['with an object for the ends', 'a.json', { ...rest, id: { orig_h, orig_p, resp_h, resp_p } }],
    ['with time as text', 'a.json', { ...flow, ts: '2026-03-02T10:00:00.123456Z' }],
    ['with another zone', 'a.json', { ...flow, ts: '2026-03-02T04:00:00.123456-0600' }],
    ['of Elasticsearch', 'a.json', { _index: 'zeek', _source: { _path: 'conn', ...flow } }],
    ['of Zeek’s Kafka writer', 'a.json', { conn: flow }],
    ['of Filebeat', 'a.json', { '@timestamp': 'x', message: JSON.stringify(flow) }],
    ['of Elastic’s agent', 'a.json', { message: 'x', event: { original: JSON.stringify(flow) } }],
    ['of Security Onion', 'a.json', { _index: 'so', _source: { message: JSON.stringify(flow) } }],
  ])('reads a connection %s', async (_how, path, object) => {
    const text = `${JSON.stringify(object)}\n`;

    expect(await isRecognised(text, path)).toBe(true);
    expect(await read(text, path)).toMatchObject({ records: [expected], problems: [] });
    expect(await read(`[${JSON.stringify(object)}]`, path)).toMatchObject({
      records: [expected],
      problems: [],
    });
  });

  it('takes milliseconds, and rows that syslog carried', async () => {
    const text = `<85>1 2026-03-02T10:00:00Z zeek udp 1 - [f="conn.log"] ${JSON.stringify({ ...flow, ts: 1_772_445_600_123 })}\n`;

    expect(await isRecognised(text)).toBe(true);
    expect((await read(`${text}${text}`)).records).toMatchObject([
      { at: '2026-03-02T10:00:00.123000Z' },
      { source: { locator: 'line 2' } },
    ]);
  });

  it('tells logs by their fields where nothing else does', async () => {
    const ends = {
      ts: 1_772_445_600,
      'id.orig_h': '192.168.1.7',
      'id.resp_h': '203.0.113.5',
      'id.resp_p': 443,
    };
    const rows = [
      { ...ends, query: 'a.example', trans_id: 1, qtype_name: 'A', answers: ['198.51.100.7'], TTLs: [60] },
      { ...ends, version: 'TLSv12', cipher: 'x', established: true, server_name: 'a.example' },
      { ...ends, version: '1', client_initial_dcid: 'ab', server_name: 'a.example' },
      { ...ends, method: 'GET', host: 'a.example', uri: '/', status_code: 200 },
      { ts: 1_772_445_600, fuid: 'F1', source: 'HTTP', mime_type: 'text/html', seen_bytes: 3 },
      { ts: 1_772_445_600, fingerprint: FINGERPRINT, 'certificate.serial': '01', host_cert: true },
      { ...ends, note: 'A::B', msg: 'c' },
      { ...ends, name: 'rexmit_inconsistency', notice: false, peer: 'zeek' },
      { ...ends, 'seen.indicator': '203.0.113.5', 'seen.indicator_type': 'Intel::ADDR', sources: ['x'] },
    ];
    const { records, problems } = await read(rows.map((value) => JSON.stringify(value)).join('\n'), 'a.json');

    expect(problems).toEqual([]);
    expect(records.map(({ kind }) => kind)).toEqual([
      ...['dns', 'tls', 'tls', 'http', 'file-download', 'tls', 'ids-alert', 'packet-anomaly', 'ids-alert'],
    ]);
    expect(records[0]).toMatchObject({ answers: [{ type: 'A', ttlSeconds: 60, data: '198.51.100.7' }] });
  });

  it('reads on after bad lines', async () => {
    const good = JSON.stringify({ _path: 'conn', ...flow });
    const { records, problems } = await read(
      `${good}\nnot json\n{"a":1}\n${JSON.stringify({ ts: 1, _path: 'conn' })}\n${JSON.stringify({ ts: 1, _path: 'ntp' })}\n${good}\n{"ts":17`,
    );

    expect(records).toHaveLength(2);
    expect(problems).toMatchObject([
      { code: 'content-truncated' },
      { code: 'log-not-read', values: { log: 'ntp' } },
      { code: 'bad-row', count: 3, source: { locator: 'line 2' } },
    ]);
  });
});

describe('captures/zeek-log', () => {
  it.each([
    ['text', 'hola\n'],
    ['a comment', '# hola\n'],
    ['other JSON', '{"ts":1,"a":2}\n'],
    ['a table of masscan', '#masscan\nopen tcp 80 192.0.2.1 1\n'],
    ['nothing', ''],
    ['notes', '# fields\tts\n#separator of things\nhola'],
    ['other JSON with a name and a peer', '{"ts":1,"name":"x","peer":"y","notice":1}\n'],
  ])('leaves %s alone', async (_what, text) => {
    expect(await isRecognised(text)).toBe(false);
    await expect(read(text)).rejects.toThrow(EvidenceError);
  });

  it('survives any table and any line', async () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('-', '(empty)', 'T', 'F', '1772445600.5', '192.0.2.1', 'a,b', '\\x', '\\xff', '443'),
    );
    const path = fc.constantFrom(
      ...['conn', 'dns', 'ssl', 'quic', 'http', 'files', 'x509', 'notice', 'weird', 'intel', 'ntp'],
    );
    const fields = fc.constantFrom(
      ...[
        ...CONN,
        'query',
        'qtype_name',
        'answers',
        'TTLs',
        'rcode_name',
        'rtt',
        'version',
        'subject',
        'cert',
      ],
      ...[
        'cert_chain_fps',
        'host',
        'uri',
        'method',
        'source',
        'fuid',
        'mime_type',
        'filename',
        'note',
        'msg',
        'name',
      ],
      ...[
        'certificate.serial',
        'certificate.subject',
        'seen.indicator',
        'san.dns',
        'tx_hosts',
        'is_orig',
        'user_agent',
      ],
    );
    await fc.assert(
      fc.asyncProperty(
        path,
        fc.uniqueArray(fields, { minLength: 1, maxLength: 12 }),
        fc.array(fc.array(cell, { maxLength: 12 }), { maxLength: 6 }),
        async (name, names, rows) => {
          const said = await read(table(name, names, ...rows));
          expect(said.problems.every(({ kind }) => kind === 'problem')).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
    await fc.assert(
      fc.asyncProperty(
        path,
        fc.array(fc.dictionary(fields, fc.jsonValue({ maxDepth: 2 })), { maxLength: 5 }),
        async (name, objects) => {
          const lines = objects.map((object) => JSON.stringify({ ...object, ts: 1, _path: name }));
          await read(`${JSON.stringify({ _path: name, ts: 1 })}\n${lines.join('\n')}`);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('takes any bytes, quickly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        const head = Buffer.from(table('conn', CONN, conn()));
        await read(Buffer.concat([head, bytes]));
      }),
      { numRuns: 100 },
    );
    const started = performance.now();
    await read(
      row('http', { ...ENDS, uri: '\\x'.repeat(200_000), host: ':'.repeat(200_000), method: 'GET' }),
    );
    await read(
      row('dns', { ...ENDS, query: '\\xff'.repeat(100_000), qtype_name: 'A', answers: ','.repeat(200_000) }),
    );
    await read(row('ssl', { ...ENDS, version: 'x'.repeat(200_000), subject: 'CN='.repeat(100_000) }));
    await read(
      row('notice', {
        ...ENDS,
        note: '::Retransmission_Inconsistency',
        msg: 'inconsistency ('.repeat(50_000),
      }),
    );
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

const BASELINE = fileURLToPath(
  new URL('../../../../../../shared/data/network/zeek/baseline', import.meta.url),
);

describe.skipIf(!existsSync(BASELINE))(
  'captures/zeek-log on Zeek’s own logs (skipped without ../shared)',
  () => {
    const logs = existsSync(BASELINE)
      ? readdirSync(BASELINE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.log'))
      : [];

    it('reads every one without a problem', async () => {
      expect(logs.length).toBeGreaterThan(10);
      for (const name of logs) {
        const content = readFileSync(join(BASELINE, name), 'utf8');
        expect(await isRecognised(content, name)).toBe(true);
        const { records, problems, passedOver } = await read(content, name);
        const rows = content.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
        expect(problems, name).toEqual([]);
        expect(records.length + passedOver, name).toBe(rows.length);
      }
    });

    it.each([
      [
        'scripts.base.protocols.quic.curl-http3',
        { serverName: 'www.google.de', quicVersion: '1', alpn: ['h3'] },
      ],
      ['scripts.base.protocols.quic.chromium', { serverName: 'api.cirrus-ci.com', quicVersion: '1' }],
      ['scripts.base.protocols.quic.quicv2-echo-443', { serverName: 'localhost', quicVersion: '2' }],
      ['scripts.base.protocols.quic.quicv2-http3-443', { serverName: null, quicVersion: '2' }],
      ['scripts.base.protocols.quic.quicdoq', { serverName: null, alpn: ['doq'], serverPort: 853 }],
    ])('%s', async (folder, expected) => {
      const { records } = await read(readFileSync(join(BASELINE, folder, 'quic.log')));
      const handshake = await read(readFileSync(join(BASELINE, folder, 'ssl.log')));

      expect(records).toMatchObject([{ carrier: 'quic', at: null, ...expected }]);
      expect(handshake.records).toMatchObject([
        { version: 'TLS 1.3', serverName: expected.serverName ?? null },
      ]);
    });

    it('gives the connection whose beginning was not seen', async () => {
      const { records } = await read(readFileSync(join(BASELINE, 'core.tcp.missing-syn/conn.log')));

      expect(records).toMatchObject([
        {
          at: null,
          history: '^hADdFaf',
          application: 'http',
          clientBytes: 98,
          serverBytes: 9_417,
          isAnswered: true,
        },
      ]);
    });
  },
);
