import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadFeed } from '../load.js';
import { csvRows } from './csv.js';

const NOW = '2026-01-01T00:00:00.000000Z';
const load = (text: string, name = 'own/table.csv') => loadFeed(name, Buffer.from(text), NOW);
const pairs = (text: string) => load(text).indicators.map(({ type, value }) => [type, value]);
const HEAD = 'uuid,event_id,category,type,value,comment,to_ids,date';

describe('CSV rows', () => {
  it('reads quoted cells with delimiters, marks and line ends, and any line end', () => {
    expect([...csvRows('a,"b,""c""\nd"\r\n,x\re', ',')]).toEqual([
      { line: 1, cells: ['a', 'b,"c"\nd'] },
      { line: 3, cells: ['', 'x'] },
      { line: 4, cells: ['e'] },
    ]);
  });

  it('reads back every table it is given', () => {
    const cell = fc.string({ maxLength: 12 }).map((text) => text.trim());
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 }),
        (table) => {
          const text = table
            .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(','))
            .join('\r\n');
          expect([...csvRows(text, ',')].map(({ cells }) => cells)).toEqual(table);
        },
      ),
    );
  });
});

describe('CSV tables', () => {
  it('reads the MISP export, with rules in a cell, more columns and Windows line ends', () => {
    const text = [
      `${HEAD},object_relation,attribute_tag,object_uuid,object_name,object_meta_category`,
      'u1,104,Network activity,domain,"lure.example.org","",1,20170626,,,,,',
      'u2,104,Payload delivery,url,"http://lure.example.org/1MAAWrO","seen, once",1,20170626,,,,,',
      'u3,104,Payload delivery,yara,"rule x {\r\n  strings: $a = ""b""\r\n}","",1,20170626,,,,,',
      'u4,104,External analysis,url,"https://research.example.org/r","",0,20170626,,,,,',
      'u5,104,Other,threat-actor,"Somebody","",1,20170626,,,,,',
      'u6,104,Payload delivery,url,"http//lure.example.org/x","",1,20170626,,,,,',
      `u7,104,Payload delivery,filename|md5,"x.doc|${'a'.repeat(32)}","",1,20170626,,,,,`,
    ].join('\r\n');
    const feed = load(text, '201706_Campaign/iocs.csv');
    expect(feed.indicators).toMatchObject([
      {
        type: 'domain',
        value: 'lure.example.org',
        family: '201706_Campaign',
        place: 'u1',
        validFrom: '2017-06-26T00:00:00.000000Z',
        comment: null,
      },
      { type: 'url', value: 'http://lure.example.org/1MAAWrO', comment: 'seen, once' },
      { type: 'url', value: 'http://lure.example.org/x', place: 'u6' },
      { type: 'md5', place: 'u7' },
    ]);
    expect(feed.skipped).toEqual({
      'detection-rule': 1,
      reference: 1,
      'other-type': 1,
      'file-name-with-hash': 1,
    });
    expect(feed.references).toEqual(['https://research.example.org/r']);
    expect(feed.problems).toMatchObject([
      { code: 'url-repaired', effect: 'note', source: { locator: 'u6' } },
    ]);
  });

  it('reads a table of domains and addresses', () => {
    expect(
      pairs('domain_name,ip_address\n"a.example.org","203.0.113.7"\n"b.example.org","203.0.113.7"\n'),
    ).toEqual([
      ['domain', 'a.example.org'],
      ['ipv4', '203.0.113.7'],
      ['domain', 'b.example.org'],
    ]);
    expect(
      pairs('Domain,Relevant resolution,Relevant date\nlure[.]example[.]org,203.0.113.7,2016-01-02\n'),
    ).toEqual([
      ['domain', 'lure.example.org'],
      ['ipv4', '203.0.113.7'],
    ]);
  });

  it('reads tables of samples, and no file name beside a hash', () => {
    const sha256 = 'a'.repeat(64);
    expect(load(`sha256,Description\n${sha256},A sample\n`).indicators).toMatchObject([
      { type: 'sha256', comment: 'A sample' },
    ]);
    const c2 = load(`MD5,,C2,Malware Family\n${'b'.repeat(32)},x,lure.example.org,Thing\n`);
    expect(c2.indicators).toMatchObject([
      { type: 'md5', family: 'Thing' },
      { type: 'domain', family: 'Thing' },
    ]);
    const files = load(
      `File,MD5,VirusTotal (date),First Sub. on VT\nx.doc,${'b'.repeat(32)},N/A,N/A\ny.doc,N/A,N/A,N/A\n`,
    );
    expect(files.indicators.map(({ type, value }) => [type, value])).toEqual([
      ['md5', 'b'.repeat(32)],
      ['file-name', 'y.doc'],
    ]);
    expect(files.skipped).toEqual({ 'file-name-with-hash': 1, blank: 1 });
    const apps = load(
      `SHA256,Package Name,Certificate,Version,App\n${sha256},com.example.thing,${'C'.repeat(40)},1.0,Thing\n`,
    );
    expect(apps.indicators.map(({ type, family }) => [type, family])).toEqual([
      ['sha256', 'Thing'],
      ['app-id', 'Thing'],
      ['app-cert', 'Thing'],
    ]);
  });

  it('reads type, indicator and app', () => {
    const feed = load(
      'type,indicator,app\ndomain,a.example.org,One\nipv4,203.0.113.7,Two\ndomain,203.0.113.9,Two\n',
    );
    expect(feed.indicators.map(({ type, family }) => [type, family])).toEqual([
      ['domain', 'One'],
      ['ipv4', 'Two'],
      ['ipv4', 'Two'],
    ]);
    expect(feed.problems).toMatchObject([{ code: 'type-corrected', source: { locator: 'line 4' } }]);
  });

  it('reads a table without headings by its values, and semicolons and tabs', () => {
    expect(pairs('a.example.org,a@example.org\nb.example.org,note\n')).toEqual([
      ['domain', 'a.example.org'],
      ['email', 'a@example.org'],
      ['domain', 'b.example.org'],
    ]);
    expect(pairs('domain;ip\na.example.org;203.0.113.7\n')).toHaveLength(2);
    expect(pairs('domain\tip\na.example.org\t203.0.113.7, 203.0.113.8\n')).toHaveLength(3);
  });

  it('reads Spanish headings, and the line spreadsheets write for themselves', () => {
    expect(
      load('sep=;\r\nTipo;Valor;Descripción;Familia\r\nprocess;bh;sí;Pegasus\r\n').indicators,
    ).toMatchObject([{ type: 'process', value: 'bh', family: 'Pegasus', comment: 'sí', place: 'line 3' }]);
    expect(
      load('Dominio,Dirección IP,Correo electrónico\nlure.example.org,203.0.113.7,a@example.org\n')
        .indicators,
    ).toMatchObject([{ type: 'domain' }, { type: 'ipv4' }, { type: 'email' }]);
  });

  it('keeps what stands before an open quotation mark', () => {
    expect(
      pairs(`${HEAD}\nu1,1,x,domain,"a.example.org","",1,20170626\nu2,1,x,domain,"b.example.org,"",1`)[0],
    ).toEqual(['domain', 'a.example.org']);
  });

  it('survives any text below any heading', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(HEAD, 'domain,ip', 'MD5,,C2'),
        fc.string({ unit: 'binary', maxLength: 300 }),
        (head, text) => void load(`${head}\n${text}`),
      ),
    );
  });
});
