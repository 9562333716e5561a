import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadFeed } from '../load.js';

const NOW = '2026-01-01T00:00:00.000000Z';
const load = (text: string, name = 'folder/list.xml') => loadFeed(name, Buffer.from(text), NOW);

const stix1 = (body: string, rootAttributes = ''): string => `<?xml version="1.0"?>
<stix:STIX_Package ${rootAttributes} xmlns:stix="http://stix.mitre.org/stix-1" version="1.1.1">
  <stix:STIX_Header><stix:Title>Export from  MISP</stix:Title></stix:STIX_Header>
  <stix:Related_Packages><stix:Related_Package><stix:Package>
    <stix:Incidents><stix:Incident><incident:Title>A report (MISP Event #7)</incident:Title>
      <incident:Related_Indicators>${body}</incident:Related_Indicators>
    </stix:Incident></stix:Incidents>
  </stix:Package></stix:Related_Package></stix:Related_Packages>
</stix:STIX_Package>`;

const stix1Indicator = (
  kind: string,
  properties: string,
  { relationship = 'Network activity', confidence = 'High', attributes = '' } = {},
): string => `
<incident:Related_Indicator><stixCommon:Relationship>${relationship}</stixCommon:Relationship>
<stixCommon:Indicator id=":indicator-1" timestamp="2017-06-26T13:13:29+00:00"><indicator:Title>t</indicator:Title>
<indicator:Observable id=":observable-1"><cybox:Object><cybox:Properties xsi:type="X:${kind}" ${attributes}>${properties}</cybox:Properties></cybox:Object></indicator:Observable>
<indicator:Confidence><stixCommon:Value>${confidence}</stixCommon:Value></indicator:Confidence>
</stixCommon:Indicator></incident:Related_Indicator>`;

const value = (name: string, text: string): string => `<X:${name} condition="Equals">${text}</X:${name}>`;

describe('STIX 1 XML', () => {
  it('loads a domain with its report as family', () => {
    const feed = load(stix1(stix1Indicator('DomainNameObjectType', value('Value', 'lure.example.org'))));
    expect(feed.indicators).toMatchObject([
      {
        type: 'domain',
        value: 'lure.example.org',
        family: 'A report',
        place: 'indicator-1',
        validFrom: '2017-06-26T13:13:29.000000Z',
      },
    ]);
    expect(feed.problems).toEqual([]);
  });

  it.each([
    [
      'URIObjectType',
      value('Value', 'http://lure.example.org/AbC?a=1&amp;b=2'),
      '',
      'url',
      'http://lure.example.org/AbC?a=1&b=2',
    ],
    [
      'AddressObjectType',
      value('Address_Value', '203.0.113.7'),
      'category="ipv4-addr"',
      'ipv4',
      '203.0.113.7',
    ],
    [
      'AddressObjectType',
      value('Address_Value', 'a@example.org'),
      'category="e-mail"',
      'email',
      'a@example.org',
    ],
    ['HostnameObjectType', value('Hostname_Value', 'lure.example.org'), '', 'domain', 'lure.example.org'],
    ['MutexObjectType', value('Name', 'Global\\x'), '', 'mutex', 'Global\\x'],
    ['PipeObjectType', value('Name', 'x'), '', 'pipe', 'x'],
    [
      'EmailMessageObjectType',
      `<E:Header><E:From>${value('Address_Value', 'a@example.org')}</E:From></E:Header>`,
      '',
      'email',
      'a@example.org',
    ],
    [
      'WindowsRegistryKeyObjectType',
      `<W:Hive>HKLM</W:Hive>${value('Key', 'Software\\x')}`,
      '',
      'registry-key',
      'HKLM\\Software\\x',
    ],
    [
      'FileObjectType',
      `<F:Hashes><c:Hash><c:Type>MD5</c:Type>${value('Simple_Hash_Value', 'a'.repeat(32))}</c:Hash></F:Hashes>${value('File_Name', 'x.doc')}`,
      '',
      'md5',
      'a'.repeat(32),
    ],
  ])('%s gives what it holds', (kind, properties, attributes, type, expected) => {
    expect(load(stix1(stix1Indicator(kind, properties, { attributes }))).indicators).toMatchObject([
      { type, value: expected },
    ]);
  });

  it('splits lists inside one value', () => {
    const feed = load(
      stix1(stix1Indicator('DomainNameObjectType', value('Value', 'a.example.org##comma##b.example.org'))),
    );
    expect(feed.indicators.map((item) => item.value)).toEqual(['a.example.org', 'b.example.org']);
  });

  it('takes the address of the report itself as a reference', () => {
    const link = value('Value', 'https://research.example.org/report');
    for (const marks of [{ relationship: 'External analysis' }, { confidence: 'None' }]) {
      const feed = load(stix1(stix1Indicator('URIObjectType', link, marks)));
      expect(feed.indicators).toEqual([]);
      expect(feed.references).toEqual(['https://research.example.org/report']);
      expect(feed.skipped).toEqual({ reference: 1 });
    }
  });

  it('repairs the empty namespace prefix of published files and says so', () => {
    const feed = load(
      stix1(
        stix1Indicator('DomainNameObjectType', value('Value', 'lure.example.org')),
        'xmlns:="https://example.org"',
      ),
    );
    expect(feed.indicators).toHaveLength(1);
    expect(feed.problems).toMatchObject([{ code: 'xml-repaired', effect: 'note', values: { number: 1 } }]);
  });

  it('leaves out comparisons other than equality', () => {
    const feed = load(
      stix1(stix1Indicator('DomainNameObjectType', '<X:Value condition="Contains">example.org</X:Value>')),
    );
    expect(feed.indicators).toEqual([]);
    expect(feed.skipped).toEqual({ condition: 1 });
  });

  it('loads what stands before the cut of a file and says that it is cut', () => {
    const whole = stix1(stix1Indicator('DomainNameObjectType', value('Value', 'lure.example.org')));
    const feed = load(whole.slice(0, whole.indexOf('<indicator:Confidence>')));
    expect(feed.problems).toMatchObject([{ code: 'truncated', effect: 'lost' }]);
    expect(load('<stix:STIX_Package').problems).toMatchObject([{ code: 'damaged', effect: 'lost' }]);
  });

  it('never expands entities a document defines', () => {
    const feed = load(
      `<!DOCTYPE x [<!ENTITY a "lure.example.org"><!ENTITY b "&a;&a;">]>${stix1(stix1Indicator('DomainNameObjectType', value('Value', '&b;'))).replace('<?xml version="1.0"?>', '')}`,
    );
    expect(feed.indicators).toEqual([]);
  });

  it('gives up on nesting without end', () => {
    const feed = load(`<STIX_Package>${'<a>'.repeat(50_000)}`);
    expect(feed.problems).toMatchObject([{ code: 'limit-depth', effect: 'lost' }]);
  });
});

const openioc10 = (items: string, operator = 'OR'): string => `<?xml version="1.0" encoding="utf-8"?>
<ioc xmlns="http://schemas.mandiant.com/2010/ioc" id="1"><short_description>Event #104</short_description>
<description>A report</description><authored_date>2017-06-26T00:00:00</authored_date>
<definition><Indicator operator="${operator}">${items}</Indicator></definition></ioc>`;
const openioc11 = (
  items: string,
): string => `<OpenIOC xmlns="http://openioc.org/schemas/OpenIOC_1.1"><metadata>
<short_description>Rook</short_description></metadata><criteria><Indicator operator="OR"><Indicator operator="AND">${items}</Indicator></Indicator></criteria></OpenIOC>`;
const item = (search: string, content: string, id: string, more = 'condition="is"'): string =>
  `<IndicatorItem id="${id}" ${more}><Context document="x" search="${search}" type="mir"/><Content type="string">${content}</Content></IndicatorItem>`;
const UUID = '93dac831-a885-462f-8149-39f71e6c0afc';

describe('OpenIOC', () => {
  it('takes the value from the id when the content is empty (1.0)', () => {
    const feed = load(
      openioc10(
        item('Network/DNS', '', 'lure.example.org') +
          item('UrlHistoryItem/URL', '', 'http://lure.example.org/AbC?a=1&amp;b=2'),
      ),
      'x/list.ioc',
    );
    expect(feed.indicators).toMatchObject([
      {
        type: 'domain',
        value: 'lure.example.org',
        family: 'A report',
        validFrom: '2017-06-26T00:00:00.000000Z',
      },
      { type: 'url', value: 'http://lure.example.org/AbC?a=1&b=2' },
    ]);
    expect(feed.problems).toEqual([]);
  });

  it('prefers the content, and never takes a UUID for a value', () => {
    const feed = load(
      openioc10(item('Network/DNS', 'lure.example.org', UUID) + item('Network/DNS', '', UUID)),
    );
    expect(feed.indicators).toMatchObject([{ value: 'lure.example.org' }]);
    expect(feed.skipped).toEqual({ blank: 1 });
  });

  it('takes only the hashes of file entries (1.1)', () => {
    const feed = load(
      openioc11(
        item('FileItem/FileName', 'download', UUID, 'condition="contains"') +
          item('FileItem/Md5sum', 'a'.repeat(32), UUID, 'condition="contains"') +
          item('FileItem/Sha1sum', 'b'.repeat(40), UUID) +
          item('FileItem/Sha256sum', 'c'.repeat(64), UUID),
      ),
    );
    expect(feed.indicators.map(({ type }) => type)).toEqual(['md5', 'sha1', 'sha256']);
    expect(feed.skipped).toEqual({ 'file-name-with-hash': 1 });
    expect(feed.families).toEqual(['Rook']);
  });

  it('leaves out what only holds together with something else, or is negated', () => {
    const both =
      item('Network/DNS', 'lure.example.org', UUID) + item('PortItem/remoteIP', '203.0.113.7', UUID);
    expect(load(openioc10(both, 'AND')).skipped).toEqual({ 'pattern-and': 2 });
    expect(load(openioc10(both, 'OR')).indicators).toHaveLength(2);
    expect(
      load(openioc10(item('Network/DNS', 'x.example.org', UUID, 'condition="is" negate="true"'))).skipped,
    ).toEqual({ negated: 1 });
    expect(
      load(openioc10(item('FileItem/FileName', 'x', UUID) + item('Other/Term', 'x', UUID))).skipped,
    ).toEqual({ 'too-general': 1, 'other-type': 1 });
  });
});

describe('XML of any kind', () => {
  it('survives any text between the tags it knows', () => {
    const parts = fc.constantFrom(
      '<ioc>',
      '</ioc>',
      '<definition>',
      '<Indicator operator="OR">',
      '<IndicatorItem id="a.example.org">',
      '<Context search="Network/DNS"/>',
      '<Content>',
      '</Content>',
      '<STIX_Package>',
      '<Properties xsi:type="URIObjectType">',
      '<Value>',
      '&amp;',
      '&#x0;',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '<?',
      '"',
      '=',
      'text',
    );
    fc.assert(
      fc.property(
        fc.constantFrom('<ioc>', '<OpenIOC>', '<x:STIX_Package>'),
        fc.array(parts, { maxLength: 30 }),
        (root, rest) => void load(root + rest.join('')),
      ),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void load(`<ioc>${text}`)),
    );
  });
});
