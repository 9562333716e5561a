import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlist } from './plist.js';
import { PlistError, type PlistLimits, PlistUid, type PlistValue } from './value.js';

const PROLOG = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
`;

describe('property lists in XML', () => {
  it('reads every type', () => {
    const value = read(`<dict>
      <key>Device Name</key><string>Teléfono de Ana</string>
      <key>Backups</key><array><integer>-12</integer><real>2.5</real><true/><false></false></array>
      <key>Last Backup Date</key><date>2019-08-29T23:13:30Z</date>
      <key>Icon</key><data>
        AQID
        /w==
      </data>
      <key>None</key><array/><key>Nothing</key><dict></dict><key>Blank</key><string/>
    </dict>`);

    expect(value).toEqual({
      'Device Name': 'Teléfono de Ana',
      Backups: [-12, 2.5, true, false],
      'Last Backup Date': new Date('2019-08-29T23:13:30Z'),
      Icon: new Uint8Array([1, 2, 3, 255]),
      None: [],
      Nothing: {},
      Blank: '',
    });
    expect(Object.getPrototypeOf(value)).toBeNull();
  });

  it.each<[string, PlistValue]>([
    ['<integer>9007199254740991</integer>', Number.MAX_SAFE_INTEGER],
    ['<integer>9007199254740993</integer>', 2n ** 53n + 1n],
    ['<integer>4611686018427387905</integer>', 2n ** 62n + 1n],
    ['<integer>-9223372036854775809</integer>', -(2n ** 63n) - 1n],
    ['<integer> +0x1F </integer>', 31],
    ['<real>-1.5e3</real>', -1500],
    ['<real>nan</real>', Number.NaN],
    ['<real>-infinity</real>', Number.NEGATIVE_INFINITY],
    ['<string> a &amp;lt; &#241;&#x1F441; </string>', ' a &lt; ñ👁 '],
    ['<string>a<![CDATA[<b> &amp; ]]>c<!-- no -->d</string>', 'a<b> &amp; cd'],
    ['<string>one\r\ntwo</string>', 'one\ntwo'],
    ['<date>no date</date>', new Date(Number.NaN)],
    ['<dict><key>CF$UID</key><integer>7</integer></dict>', new PlistUid(7)],
    [
      '<dict><key>CF$UID</key><integer>7</integer><key>a</key><true/></dict>',
      { CF$UID: 7, a: true } as unknown as PlistValue,
    ],
    ['<!-- a --><true/><!-- b -->', true],
  ])('reads %s exactly', (xml, value) => {
    expect(read(xml)).toEqual(value);
  });

  it('keeps keys that other readers trip over, and both values of a repeated key', () => {
    const value = read(
      '<dict><key>__proto__</key><true/><key>a &amp; b</key><integer>1</integer>' +
        '<key>x</key><string>first</string><key>x</key><string>second</string></dict>',
    );

    expect(Object.entries(value as object)).toEqual([
      ['__proto__', true],
      ['a & b', 1],
      ['x', 'first'],
      ['x (entry 4)', 'second'],
    ]);
  });

  it('reads UTF-16 and Latin-1, with and without a mark at the start', () => {
    const xml = '<plist version="1.0"><string>ñandú</string></plist>';
    const utf16 = Buffer.from(`\ufeff${xml}`, 'utf16le');

    expect(parsePlist(utf16)).toBe('ñandú');
    expect(parsePlist(Buffer.from(utf16).swap16())).toBe('ñandú');
    expect(parsePlist(utf16.subarray(2))).toBe('ñandú');
    expect(parsePlist(Buffer.from(`\ufeff\n${xml}`, 'utf8'))).toBe('ñandú');
    const latin1 = `<?xml version="1.0" encoding="ISO-8859-1"?>${xml}`;
    expect(parsePlist(Buffer.from(latin1, 'latin1'))).toBe('ñandú');
  });

  it.each([
    ['nothing', ''],
    ['a text property list of NeXT', '{ Name = "phone"; Numbers = (1, 2); }'],
    ['a web page', '<!DOCTYPE html><html><body>plist</body></html>'],
    ['JSON', '{"a": 1}'],
    ['another XML document', '<?xml version="1.0"?><a><plist/></a>'],
    ['a later binary format', 'bplist16........................................'],
  ])('says wrong-format for %s', (_, text) => {
    expect(codeOf(text)).toBe('wrong-format');
  });

  it.each([
    ['a document cut short', '<plist><dict><key>a</key><string>b</string>'],
    ['a document cut inside a tag', '<plist><dict><ke'],
    ['crossed tags', '<plist><dict><key>a</dict></key></plist>'],
    ['two values', '<plist><true/><true/></plist>'],
    ['no value', '<plist/>'],
    ['a key without a value', '<plist><dict><key>a</key></dict></plist>'],
    ['a value without a key', '<plist><dict><true/></dict></plist>'],
    ['two keys in a row', '<plist><dict><key>a</key><key>b</key></dict></plist>'],
    ['text between elements', '<plist><array>1<true/></array></plist>'],
    ['an element inside a text', '<plist><string>a<true/></string></plist>'],
    ['an unknown element', '<plist><float>1</float></plist>'],
    ['a property named like a prototype', '<plist><__proto__/></plist>'],
    ['an integer that is none', '<plist><integer>12a</integer></plist>'],
    ['an endless integer', `<plist><integer>${'9'.repeat(100_000)}</integer></plist>`],
    ['a real that is none', '<plist><real>1,5</real></plist>'],
    ['bytes that are no base64', '<plist><data>A=B!</data></plist>'],
    ['an unknown entity', '<plist><string>&nbsp;</string></plist>'],
    ['a bare ampersand', '<plist><string>a & b</string></plist>'],
    ['a character that does not exist', '<plist><string>&#x110000;</string></plist>'],
  ])('says damaged for %s', (_, text) => {
    expect(codeOf(text)).toBe('damaged');
  });

  it('names the line where reading stopped', () => {
    const xml = `${PROLOG}<plist>\n<dict>\n<key>a</key>\n<integer>x</integer>\n</dict></plist>`;

    expect(() => parsePlist(Buffer.from(xml))).toThrow(expect.objectContaining({ code: 'damaged', line: 6 }));
  });
});

describe('hostile property lists in XML', () => {
  it('refuses a document type that defines entities, whatever they would expand to', () => {
    const laughs = `<!DOCTYPE plist [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>`;
    expect(codeOf(`${laughs}<plist><string>&b;</string></plist>`)).toBe('damaged');

    const file = '<!DOCTYPE plist [<!ENTITY f SYSTEM "file:///etc/hosts">]>';
    expect(codeOf(`${file}<plist><string>&f;</string></plist>`)).toBe('damaged');
  });

  it('stops at the limit of depth', () => {
    expect(codeOf(nested(512))).toBeNull();
    expect(codeOf(nested(513))).toBe('limit-depth');
    expect(codeOf(nested(50_000))).toBe('limit-depth');
    expect(codeOf(nested(3), { maxDepth: 2 })).toBe('limit-depth');
  });

  it('stops at the limit of objects, before the tree is built when there are far too many', () => {
    const three = '<plist><array><true/><true/></array></plist>';
    expect(codeOf(three, { maxObjects: 3 })).toBeNull();
    expect(codeOf(three, { maxObjects: 2 })).toBe('limit-count');
    expect(codeOf(`<plist><array>${'<true/>'.repeat(100)}</array></plist>`, { maxObjects: 2 })).toBe(
      'limit-count',
    );
  });

  it('stops at the limit of container entries', () => {
    const xml = '<plist><dict><key>a</key><array><true/></array></dict></plist>';
    expect(codeOf(xml, { maxElements: 3 })).toBeNull();
    expect(codeOf(xml, { maxElements: 2 })).toBe('limit-count');
  });

  it('stops at the limit of bytes', () => {
    const xml = '<plist><true/></plist>';
    expect(codeOf(xml, { maxBytes: xml.length })).toBeNull();
    expect(codeOf(xml, { maxBytes: xml.length - 1 })).toBe('limit-bytes');
    expect(codeOf(`<plist><true/>${' '.repeat(64 * 1024 * 1024)}</plist>`)).toBe('limit-bytes');
  });

  it.each([
    ['openings', '<plist>'.repeat(30_000)],
    ['document types', `${'<!DOCTYPE '.repeat(30_000)}<plist/>`],
    ['comments', `<plist>${'<!--'.repeat(30_000)}</plist>`],
    ['attributes', `<plist ${'a="b" '.repeat(30_000)}/>`],
    ['unclosed attributes', '<plist a="'.repeat(30_000)],
    ['declared encodings', `<?xml ${'encoding'.repeat(30_000)}<plist/>`],
    ['ampersands', `<plist><string>${'&'.repeat(200_000)}</string></plist>`],
  ])('does not slow down on many %s', (_, text) => {
    const started = performance.now();
    expect(codeOf(text)).not.toBeNull();
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('gives a value or a typed error for any change of a valid file, within 100 ms', () => {
    const valid = `${PROLOG}<plist version="1.0"><dict><key>a</key><array><integer>1</integer><real>2.5</real>
      <date>2019-08-29T23:13:30Z</date><data>AQID</data><true/></array><key>b &amp; c</key>
      <string>text <![CDATA[more]]></string><!-- note --><key>d</key><dict/></dict></plist>`;
    const pieces = fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.constantFrom(
        '<',
        '>',
        '&',
        '</',
        '<!--',
        ']]>',
        '<![CDATA[',
        '<?',
        '<!DOCTYPE [',
        '"',
        '<dict>',
        '\0',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.nat(12), pieces), { minLength: 1, maxLength: 4 }),
        (cuts) => {
          let text = valid;
          for (const [place, length, piece] of cuts) {
            const start = place % text.length;
            text = text.slice(0, start) + piece + text.slice(start + length);
          }
          let milliseconds = timeOf(text);
          // A busy machine may have paused the first run; slow reading is slow every time.
          if (milliseconds >= 100) milliseconds = Math.min(timeOf(text), timeOf(text));
          expect(milliseconds).toBeLessThan(100);
        },
      ),
      { numRuns: 1_500 },
    );
  });
});

function read(xml: string): PlistValue {
  return parsePlist(Buffer.from(`${PROLOG}<plist version="1.0">\n${xml}\n</plist>\n`));
}

function nested(depth: number): string {
  return `<plist>${'<array>'.repeat(depth)}${'</array>'.repeat(depth)}</plist>`;
}

function timeOf(text: string): number {
  const started = performance.now();
  codeOf(text);
  return performance.now() - started;
}

function codeOf(text: string, limits: Partial<PlistLimits> = {}): string | null {
  try {
    parsePlist(Buffer.from(text), limits);
    return null;
  } catch (error) {
    if (error instanceof PlistError) return error.code;
    throw error;
  }
}
