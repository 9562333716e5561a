import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tarArchive, zipArchive } from '../../../fixtures/archives.js';
import { LANGUAGES } from '../../core/contracts.js';
import { createTranslator, flattenMessages } from '../../core/language.js';
import { BAG_ERROR_CODES, BAG_PROBLEM_CODES, BagError } from './bag-problem.js';
import { openBagSource } from './bag-source.js';
import { bagProblemText } from './bag-texts.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { type Bag, type ReadBagOptions, readBag } from './read-bag.js';
import { bagFiles, DECLARATION, digestOf, manifestLines, memoryBag } from './testing/bag-fixture.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-bag-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (changes = {}, options?: ReadBagOptions): Promise<Bag> =>
  readBag(memoryBag(bagFiles(changes)), options);

/** Problems as "code file:line detail", the last two where they say something. */
const shown = ({ problems }: Bag): string[] =>
  problems.map(({ code, file, line, detail }) =>
    [code, line === null ? file : `${file}:${line}`, detail === file ? '' : detail].join(' ').trim(),
  );

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function zipBag(members: Parameters<typeof zipArchive>[0]): Promise<Bag> {
  const path = join(folder, 'bag.zip');
  writeFileSync(path, zipArchive(members));
  return readBag(await openBagSource(path));
}

const asMembers = (files: Record<string, string | Uint8Array>): { name: string; content: Uint8Array }[] =>
  Object.entries(files).map(([name, content]) => ({ name, content: Buffer.from(content) }));

describe('a bag as it should be', () => {
  it('has no problem, and its files, digests and information are given', async () => {
    const bag = await read();
    expect(shown(bag)).toEqual([]);
    expect(bag.problemCount).toBe(0);
    expect(bag.info).toEqual([
      ['Source-Organization', 'Help desk of the coast'],
      ['Payload-Oxum', '12.2'],
    ]);
    expect(bag.files.map(({ name, sizeBytes }) => `${name} ${sizeBytes}`)).toEqual([
      'bag-info.txt 65',
      'bagit.txt 54',
      'custody.jsonl 3',
      'data/case.json 7',
      'data/notes/día.txt 5',
      'manifest-sha256.txt 167',
    ]);
    expect(bag.files[3]?.digests).toEqual(new Map([['sha256', digestOf('{"a":1}')]]));
    expect(await textOf(bag.open('data/notes/día.txt'))).toBe('hola\n');
  });

  it.each(['\n', '\r', '\r\n'])('may end its lines with %j', async (end) => {
    const payload = { 'data/a': 'a', 'data/b': 'b' };
    const files = {
      ...payload,
      'bagit.txt': DECLARATION.replaceAll('\n', end),
      'bag-info.txt': `A: 1${end}B: 2${end}\t3${end}`,
      'manifest-md5.txt': manifestLines(payload, 'md5').replaceAll('\n', end),
    };
    const bag = await readBag(memoryBag(files));
    expect(shown(bag)).toEqual([]);
    expect(bag.info).toEqual([
      ['A', '1'],
      ['B', '2 3'],
    ]);
    expect(bag.files.map(({ name }) => name)).toEqual(['data/a', 'data/b']);
  });

  it('may be of an earlier version, in Latin 1, with several manifests, digests in capitals and marks of md5sum', async () => {
    const files = {
      'data/a\u00f1o': 'x',
      'data/b': 'y',
      'bagit.txt': 'BagIt-Version: 0.97\nTag-File-Character-Encoding: ISO-8859-1\n',
      'manifest-sha1.txt': Buffer.from(`${digestOf('x', 'sha1').toUpperCase()} *data/a\u00f1o\n`, 'latin1'),
      // In the drafts one manifest had to list a file, not all.
      'manifest-sha512.txt': `${digestOf('y', 'sha512')}\tdata/b`,
      'bag-info.txt': 'Label : value\n',
    };
    const bag = await readBag(memoryBag(files));
    expect(shown(bag)).toEqual([]);
    expect(bag.info).toEqual([['Label', 'value']]);
  });

  it('may have names with "%" and line ends, encoded, and names in another normal form', async () => {
    const names = ['data/100%', 'data/a\nb\rc', 'data/20%20', 'data/nin\u0303o'];
    const files = Object.fromEntries(names.map((name) => [name, name]));
    const lines = names.map((name) => {
      const written = name.replaceAll('%', '%25').replace('\n', '%0A').replace('\r', '%0d');
      return `${digestOf(name)}  ${written.normalize('NFC')}\n`;
    });
    const bag = await readBag(
      memoryBag({ ...files, 'bagit.txt': DECLARATION, 'manifest-sha256.txt': lines.join('') }),
    );
    expect(shown(bag)).toEqual([]);
    expect(await textOf(bag.open('data/ni\u00f1o'))).toBe('data/nin\u0303o');
  });

  it('may lie in one folder inside the zip', async () => {
    const inside = asMembers(bagFiles()).map((member) => ({ ...member, name: `case-7/${member.name}` }));
    const bag = await zipBag([{ name: 'case-7/' }, ...inside]);
    expect(shown(bag)).toEqual([]);
    expect(bag.files.some(({ name }) => name === 'data/case.json')).toBe(true);
    const beside = await zipBag([...inside, { name: 'other.txt', content: 'x' }]);
    expect(shown(beside)).toEqual(['no-bagit-txt bagit.txt']);
  });

  it('may hold archives, which stay the files they are', async () => {
    const archive = zipArchive([{ name: 'x', content: 'y' }]);
    const payload = { 'data/evidence.zip': archive };
    const files = { ...payload, 'bagit.txt': DECLARATION, 'manifest-sha256.txt': manifestLines(payload) };
    expect(shown(await zipBag(asMembers(files)))).toEqual([]);
  });
});

describe('a bag that is not', () => {
  const declared = (text: string | Uint8Array) => ({
    'bagit.txt': text,
    'tagmanifest-sha256.txt': null,
    'custody.jsonl': null,
  });
  it.each([
    ['\ufeffBagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n', ['bom bagit.txt:1']],
    ['BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n', ['bad-declaration bagit.txt:1']],
    ['BagIt-Version: 1.0\nTag-File-Character-Encoding : UTF-8\n', ['bad-declaration bagit.txt:2']],
    [`${DECLARATION}More: 1\n`, ['bad-declaration bagit.txt']],
    ['BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8', ['unsupported-version bagit.txt:1 2.0']],
    ['BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-16', ['unsupported-encoding bagit.txt:2 UTF-16']],
    ['', ['bad-declaration bagit.txt', 'bad-declaration bagit.txt:1', 'bad-declaration bagit.txt:2']],
  ])('by its declaration %j', async (text, expected) => {
    expect(shown(await read(declared(text)))).toEqual(expected);
  });

  it('has no declaration', async () => {
    const bag = await read({ 'bagit.txt': null });
    expect(shown(bag)).toEqual(['no-bagit-txt bagit.txt']);
    expect(bag.files).toEqual([]);
  });

  it.each([
    '../../../README.md',
    'data/../../x',
    'data/./x',
    'data//x',
    '/data/x',
    '//server/x',
    'C:\\x',
    'c:x',
    '\\\\server\\x',
    'data\\x',
    '\\.\\./\\.\\./README.md',
    'data/x\0',
  ])('lists the name %j, which is not used', async (name) => {
    const manifest = `${manifestLines({ 'data/case.json': '{"a":1}', 'data/notes/día.txt': 'hola\n' })}`;
    const bag = await read({
      'manifest-sha256.txt': `${manifest}${digestOf('x')}  ${name}\n`,
      'tagmanifest-sha256.txt': null,
      'custody.jsonl': null,
    });
    expect(shown(bag)).toEqual([`unsafe-name manifest-sha256.txt:3 ${name}`]);
    await expect(async () => bag.open(name)).rejects.toThrow(BagError);
  });

  it.each(['/data/x', 'data\\x', '../x', 'C:\\x', './data/x'])('holds the name %j', async (name) => {
    const bag = await zipBag([...asMembers(bagFiles()), { name, content: 'x' }]);
    expect(shown(bag)).toContain(`unsafe-name ${name}`);
  });

  it('holds a name twice, with the same or other content', async () => {
    for (const content of ['{"a":1}', '{"a":2}']) {
      const bag = await zipBag([...asMembers(bagFiles()), { name: 'data/case.json', content }]);
      expect(shown(bag)).toContain('twice-in-archive data/case.json');
    }
    const bag = await readBag(memoryBag({ ...bagFiles(), 'data/notes/di\u0301a.txt': 'x' }));
    expect(shown(bag)).toEqual(['twice-in-archive data/notes/di\u0301a.txt']);
  });

  it('holds a link', async () => {
    const bag = await zipBag([
      ...asMembers(bagFiles()),
      { name: 'data/l', content: '/etc/passwd', mode: 0o120777 },
    ]);
    expect(shown(bag)).toEqual(['not-a-file data/l']);
  });

  it.skipIf(process.platform === 'win32')('is a folder that holds a link (skipped on Windows)', async () => {
    await writeFolder(join(folder, 'bag'), bagFiles({ 'data/case.json': null }));
    writeFileSync(join(folder, 'elsewhere'), '{"a":1}');
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'bag', 'data', 'case.json'));
    const bag = await readBag(await openBagSource(join(folder, 'bag')));
    expect(shown(bag)).toContain('not-a-file data/case.json');
    expect(shown(bag)).toContain('missing-file data/case.json');
  });

  it('is cut off or damaged', async () => {
    const whole = zipArchive(asMembers(bagFiles()));
    const path = join(folder, 'cut.zip');
    writeFileSync(path, whole.subarray(0, whole.byteLength - 40));
    expect((await readBag(await openBagSource(path))).problemCount).toBeGreaterThan(0);
    writeFileSync(path, tarArchive([{ name: 'bagit.txt', content: DECLARATION }]));
    await expect(openBagSource(path)).rejects.toMatchObject({ name: 'BagError', code: 'not-a-bag' });
    await expect(openBagSource(join(folder, 'none'))).rejects.toMatchObject({ code: 'unreadable' });
  });

  it('lacks files or has more', async () => {
    expect(shown(await read({ 'data/case.json': null }))).toEqual([
      'missing-file data/case.json',
      'oxum-mismatch bag-info.txt 12.2',
    ]);
    expect(shown(await read({ 'data/more': 'x' }))).toEqual(['unlisted-file data/more']);
    expect(shown(await read({ 'custody.jsonl': null }))).toEqual(['missing-file custody.jsonl']);
    expect(shown(await read({ 'keys/a.pub': 'x' }))).toEqual(['unlisted-file keys/a.pub']);
    // Without tag manifest nobody vouches for other tag files.
    expect(shown(await read({ 'tagmanifest-sha256.txt': null }))).toEqual(['unlisted-file custody.jsonl']);
  });

  it('has other content, in payload or tag files, by any of its manifests', async () => {
    expect(shown(await read({ 'data/case.json': '{"a":2}' }))).toEqual(['digest-mismatch data/case.json']);
    expect(shown(await read({ 'custody.jsonl': '[]\n' }))).toEqual(['digest-mismatch custody.jsonl']);
    const both = { 'data/case.json': '{"a":1}', 'data/notes/día.txt': 'hola' };
    const bag = await read({
      'manifest-md5.txt': manifestLines(both, 'md5'),
      'tagmanifest-sha256.txt': null,
    });
    expect(shown(bag)).toEqual(['unlisted-file custody.jsonl', 'digest-mismatch data/notes/día.txt']);
  });

  const withManifest = (text: string | Uint8Array) =>
    read({ 'manifest-sha256.txt': text, 'tagmanifest-sha256.txt': null, 'custody.jsonl': null });
  const honest = manifestLines({ 'data/case.json': '{"a":1}', 'data/notes/día.txt': 'hola\n' });

  it('lists a file twice', async () => {
    expect(shown(await withManifest(honest + manifestLines({ 'data/case.json': '{"a":1}' })))).toEqual([
      'listed-twice manifest-sha256.txt:3 data/case.json',
    ]);
    expect(shown(await withManifest(honest + manifestLines({ 'data/case.json': '' })))).toEqual([
      'listed-twice-other-digest manifest-sha256.txt:3 data/case.json',
    ]);
    const otherForm = 'data/notes/di\u0301a.txt';
    expect(shown(await withManifest(honest + manifestLines({ [otherForm]: 'hola\n' })))).toEqual([
      `listed-twice manifest-sha256.txt:3 ${otherForm}`,
    ]);
  });

  it('has lines that are none', async () => {
    const zeros = '0'.repeat(64);
    const bad = ['abc  data/x', zeros, `${zeros}  `, `${zeros}data/x`, `${'g'.repeat(64)}  data/x`, '\ufeff'];
    const bag = await withManifest(`${honest}\n${bad.join('\n')}\n`);
    expect(bag.problems.map(({ code, line }) => `${code} ${line}`)).toEqual(
      bad.map((_, index) => `bad-manifest-line ${index + 4}`),
    );
    const bytes = Buffer.concat([Buffer.from(`${honest}${zeros}  data/`), Buffer.from([0xff, 0x0a])]);
    expect(shown(await withManifest(bytes))).toEqual(['bad-manifest-line manifest-sha256.txt:3']);
    const info = { 'bag-info.txt': ' first\nno colon\n: x\nA : x\n\nB: y\n', 'tagmanifest-sha256.txt': null };
    const bagWithInfo = await read({ ...info, 'custody.jsonl': null });
    expect(bagWithInfo.problems.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
    expect(bagWithInfo.info).toEqual([['B', 'y']]);
  });

  it('lists files in the wrong manifest', async () => {
    expect(shown(await withManifest(honest + manifestLines({ 'bagit.txt': DECLARATION })))).toEqual([
      'wrong-manifest manifest-sha256.txt:3 bagit.txt',
    ]);
    const tags = manifestLines({ 'data/case.json': '{"a":1}', 'tagmanifest-sha256.txt': '' });
    expect(shown(await read({ 'tagmanifest-sha256.txt': tags })).slice(0, 2)).toEqual([
      'wrong-manifest tagmanifest-sha256.txt:1 data/case.json',
      'wrong-manifest tagmanifest-sha256.txt:2',
    ]);
  });

  it('has manifests that differ, that cannot be checked, or none', async () => {
    const other = manifestLines({ 'data/case.json': '{"a":1}' }, 'sha512');
    const plain = { 'tagmanifest-sha256.txt': null, 'custody.jsonl': null };
    expect(shown(await read({ ...plain, 'manifest-sha512.txt': other }))).toEqual([
      'manifests-differ manifest-sha512.txt data/notes/día.txt',
    ]);
    expect(shown(await read({ ...plain, 'manifest-whirlpool.txt': other }))).toEqual([
      'unsupported-digest manifest-whirlpool.txt whirlpool',
    ]);
    expect(shown(await read({ ...plain, 'manifest-sha256.txt': null }))).toEqual([
      'no-manifest manifest-sha256.txt',
      'unlisted-file data/case.json',
      'unlisted-file data/notes/día.txt',
    ]);
  });

  it('wants files from the network, which are not fetched', async () => {
    const payload = { 'data/case.json': '{"a":1}', 'data/notes/día.txt': 'hola\n', 'data/far away': 'x' };
    const bag = await read({
      'manifest-sha256.txt': manifestLines(payload),
      'fetch.txt': [
        'https://example.org/a - data/far away',
        'https://example.org/b 7 data/case.json',
        'https://example.org/c 7 ../x',
        'https://example.org/d seven data/x',
        'https://example.org/e 7 custody.jsonl',
      ].join('\n'),
      'tagmanifest-sha256.txt': null,
      'custody.jsonl': null,
      'bag-info.txt': null,
    });
    expect(shown(bag)).toEqual([
      'missing-file data/far away',
      'fetch-not-followed fetch.txt:1 data/far away',
      'unsafe-name fetch.txt:3 ../x',
      'bad-fetch-line fetch.txt:4 https://example.org/d seven data/x',
      'wrong-manifest fetch.txt:5 custody.jsonl',
    ]);
  });

  it.each(['12.3', '13.2', '12', 'x', ''])('says that it holds %j', async (oxum) => {
    const changes = { 'bag-info.txt': `Payload-Oxum: ${oxum}\n`, 'tagmanifest-sha256.txt': null };
    const bag = await read({ ...changes, 'custody.jsonl': null });
    expect(shown(bag)).toEqual([`oxum-mismatch bag-info.txt ${oxum}`.trim()]);
  });

  it('changes after it was read', async () => {
    const files = bagFiles();
    const bag = await readBag(memoryBag(files));
    files['data/case.json'] = '{"a":2}';
    await expect(textOf(bag.open('data/case.json'))).rejects.toMatchObject({
      code: 'digest-mismatch',
      file: 'data/case.json',
    });
    delete files['custody.jsonl'];
    await expect(textOf(bag.open('custody.jsonl'))).rejects.toMatchObject({ code: 'unreadable' });
  });
});

describe('limits of bags', () => {
  it.each([
    [{ lineBytes: 50 }, 'line-too-long manifest-sha256.txt:1'],
    [{ manifestBytes: 100 }, 'too-large manifest-sha256.txt:2'],
    [{ infoBytes: 60 }, 'too-large bag-info.txt:3'],
  ])('%j are reported', async (limits, expected) => {
    const bag = await read({ 'custody.jsonl': null, 'tagmanifest-sha256.txt': null }, { limits });
    expect(shown(bag)).toContain(expected);
  });

  it('hold for the number of lines of a manifest', async () => {
    const manifest = manifestLines({ 'data/a': '', 'data/b': '', 'data/c': '' });
    const files = { 'bagit.txt': DECLARATION, 'manifest-sha256.txt': manifest };
    const bag = await readBag(memoryBag(files), { limits: { files: 2 } });
    expect(shown(bag)).toEqual([
      'too-many-files manifest-sha256.txt:3',
      'missing-file data/a',
      'missing-file data/b',
    ]);
  });

  it('hold for the number of files in the bag', async () => {
    const bag = await read({}, { limits: { files: 3 } });
    expect(shown(bag)[0]).toBe('too-many-files bag-info.txt');
  });

  it('keep problems countable: a million bad lines are told as a hundred', async () => {
    const bad = 'x\n'.repeat(1_000_000);
    const source = memoryBag({});
    const bag = await readBag({
      ...source,
      paths: () => ['bagit.txt', 'manifest-sha256.txt'],
      async *stream(path) {
        yield Buffer.from(path === 'bagit.txt' ? DECLARATION : bad);
      },
    });
    expect(bag.problems.length).toBe(101);
    expect(bag.problemCount).toBe(500_001);
  });

  it('stop reading when asked to', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(read({}, { signal })).rejects.toThrow('stopped');
  });
});

describe('any text', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc
      .array(
        fc.oneof(
          fc.constantFrom(
            ...['\n', '\r\n', ' ', '  ', '\t', '*', '%0A', '%25', '../', 'data/', '\\', ': ', '\ufeff'],
            ...['data/case.json', digestOf('{"a":1}'), digestOf('x', 'md5'), '12.2', 'BagIt-Version', '1.0'],
          ),
          fc.string({ maxLength: 5 }),
        ),
        { maxLength: 40 },
      )
      .map((parts) => parts.join('')),
    fc.uint8Array({ maxLength: 300 }),
  );
  const names = ['manifest-sha256.txt', 'manifest-md5.txt', 'tagmanifest-sha256.txt', 'bagit.txt'];

  it('as a tag file gives files and problems, never anything else', async () => {
    const file = fc.constantFrom(...names, 'bag-info.txt', 'fetch.txt', 'manifest-x.txt', 'data/case.json');
    await fc.assert(
      fc.asyncProperty(file, anyText, async (name, content) => {
        const bag = await read({ [name]: content });
        const known = new Set<string>(BAG_PROBLEM_CODES);
        for (const { code } of bag.problems) expect(known.has(code)).toBe(true);
        for (const { name: own } of bag.files) expect(own).not.toMatch(/\.\.|^\/|\\/);
        // All files of the fixture are covered by its tag manifest, so a change is never unnoticed.
        const isSame = Buffer.from(content).equals(Buffer.from(bagFiles()[name] ?? ''));
        if (name !== 'tagmanifest-sha256.txt' && !isSame) expect(bag.problemCount).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('may name the files', async () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '', 'data', 'a\\b', 'C:', 'x'),
      fc.string({ unit: 'binary' }),
    );
    const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    await fc.assert(
      fc.asyncProperty(fc.array(path, { maxLength: 5 }), async (paths) => {
        const payload = Object.fromEntries(paths.map((own) => [own, 'x']));
        const files = { ...payload, 'bagit.txt': DECLARATION, 'manifest-sha256.txt': manifestLines(payload) };
        const bag = await readBag(memoryBag(files));
        for (const { name } of bag.files) {
          expect(name.split('/')).not.toContain('..');
          expect(name).not.toMatch(/^\/|\\|^[a-z]:/i);
        }
      }),
    );
  });
});

describe('sentences about bags', () => {
  it('are the same ones in both languages', () => {
    expect(Object.keys(flattenMessages(es)).sort()).toEqual(Object.keys(flattenMessages(en)).sort());
    expect(Object.keys(en.problems).sort()).toEqual([...BAG_PROBLEM_CODES].sort());
    expect(Object.keys(en.errors).sort()).toEqual([...BAG_ERROR_CODES].sort());
  });

  it.each(LANGUAGES)('are whole for every problem and error (%s)', (language) => {
    const messages = flattenMessages(language === 'es' ? es : en, 'casework.bag');
    const say = createTranslator(language, messages, 'UTC', (link) => link);
    for (const code of BAG_PROBLEM_CODES) {
      for (const line of [null, 3]) {
        const text = bagProblemText({ code, file: 'manifest-md5.txt', line, detail: 'x' }, say);
        expect(text).toMatch(/^\S.*[.]$/);
        expect(text).not.toMatch(/[{}]| {2}/);
      }
    }
    for (const code of BAG_ERROR_CODES) {
      expect(bagProblemText(new BagError(code, 'data/a'), say)).toContain('data/a');
    }
  });
});

// -----------------------------------------------------------------------------------------------------------------

const SUITE = fileURLToPath(new URL('../../../../shared/data/casework/bagit/', import.meta.url));

const VALID = ['v1.0/valid/basicBag'];
const INVALID: Readonly<Record<string, readonly string[]>> = {
  'v0.97/invalid/bom-in-bagit.txt': ['bom bagit.txt:1'],
  'v0.97/invalid/corrupt-data-file': [
    'digest-mismatch data/bare-filename',
    'oxum-mismatch bag-info.txt 58.2',
  ],
  'v0.97/invalid/corrupt-tag-file': [
    'digest-mismatch bag-info.txt',
    'digest-mismatch bagit.txt',
    'digest-mismatch manifest-md5.txt',
  ],
  'v0.97/invalid/extra-file-in-bag': ['unlisted-file data/bar'],
  'v0.97/invalid/out-of-scope-file-paths-using-dot-notation': [
    'unsafe-name manifest-md5.txt:3 ../../../README.md',
    'unsafe-name manifest-md5.txt:4 \\.\\./\\.\\./\\.\\./README.md',
  ],
  'v1.0/invalid/bagit-with-invalid-whitespace': [
    'bad-declaration bagit.txt:1',
    'bad-declaration bagit.txt:2',
  ],
  'v1.0/invalid/notAllManifestsListAllFiles': ['unlisted-file data/missingFromManifest.txt'],
  // The tag manifests of these two also have another digest of bagit.txt than that of the file.
  'v1.0/invalid/same-filename-listed-twice-with-different-hashes': [
    'listed-twice-other-digest manifest-sha256.txt:2 data/README',
    'digest-mismatch bagit.txt',
  ],
  'v1.0/invalid/same-filename-listed-twice-with-the-same-hash': [
    'listed-twice manifest-sha256.txt:2 data/README',
    'digest-mismatch bagit.txt',
  ],
};

describe.skipIf(!existsSync(SUITE))('the published bags (skipped without ../shared)', () => {
  const bagAt = async (path: string): Promise<Bag> => readBag(await openBagSource(join(SUITE, path)));

  it('has an expectation for every one', async () => {
    const there: string[] = [];
    for (const version of ['v0.97', 'v1.0']) {
      for (const kind of await readdir(join(SUITE, version))) {
        for (const name of await readdir(join(SUITE, version, kind)))
          there.push(`${version}/${kind}/${name}`);
      }
    }
    expect(there.sort()).toEqual([...Object.keys(INVALID), ...VALID].sort());
  });

  it.each(VALID)('%s is valid', async (path) => {
    const bag = await bagAt(path);
    expect(shown(bag)).toEqual([]);
    expect(bag.files.map(({ name }) => name)).toEqual(['bagit.txt', 'data/hello.txt', 'manifest-sha512.txt']);
    expect(await textOf(bag.open('data/hello.txt'))).toBe('hello\n');
  });

  it.each(Object.entries(INVALID))('%s is not', async (path, expected) => {
    expect(shown(await bagAt(path))).toEqual(expected);
  });

  it.each([...VALID, ...Object.keys(INVALID)])('%s is the same in a zip', async (path) => {
    const source = await openBagSource(join(SUITE, path));
    const members = [...source.paths()].map((name) => ({
      name: `bag/${name}`,
      content: readFileSync(join(SUITE, path, name)),
    }));
    expect(shown(await zipBag(members))).toEqual(INVALID[path] ?? []);
  });
});

async function writeFolder(root: string, files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
}
