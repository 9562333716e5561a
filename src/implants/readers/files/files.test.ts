import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { writePcap } from '../../../../fixtures/captures/pcap.js';
import type { EvidenceFile, EvidenceSource, RulePack } from '../../../core/contracts.js';
import { EvidenceError } from '../../../core/evidence-error.js';
import { sweepAll, TEST_NOW } from '../../../core/testing/run.js';
import { memorySource } from '../../../evidence/testing/memory-source.js';
import { readRulePack } from '../../../indicators/rule-pack.js';
import type { FileEntry } from '../../../records/kinds/file-entry.js';
import type { RuleMatch } from '../../../records/kinds/rule-match.js';
import { reader } from './files.js';

const SHARED = fileURLToPath(new URL('../../../../../shared/data/network/yara/', import.meta.url));
const hashOf = (name: string, content: Uint8Array | string): string =>
  createHash(name).update(content).digest('hex');
const pack = (name: string, source: string): RulePack =>
  readRulePack(name, `${name}.yar`, source, hashOf('sha256', source));

const OWN = pack(
  'own',
  `rule example_tool : sign {
    meta: family = "Example" author = "Somebody" description = "A tool of an example" date = "2025-03-01"
      reference = "https://example.org/report" licence = "CC0"
    strings: $a = "needle\\x00" $b = /thread [0-9]+/
    condition: all of them
  }`,
);

const entriesIn = (records: readonly (FileEntry | RuleMatch)[]): FileEntry[] =>
  records.filter((record) => record.kind === 'file-entry');
const matchesIn = (records: readonly (FileEntry | RuleMatch)[]): RuleMatch[] =>
  records.filter((record) => record.kind === 'rule-match');

describe('the sweep of files', () => {
  it('gives an entry with path, size and hashes for every file, also for an empty one', async () => {
    const source = await memorySource({ 'Users/a/x.bin': 'content', empty: '' });
    const { records, problems } = await sweepAll(reader, source);

    expect(problems).toEqual([]);
    expect(records).toHaveLength(2);
    expect(records[0]).toEqual({
      kind: 'file-entry',
      at: null,
      source: { evidence: 'e1', path: 'Users/a/x.bin', locator: '' },
      domain: null,
      path: 'Users/a/x.bin',
      devicePath: null,
      entryType: 'file',
      sizeBytes: 7,
      modifiedAt: null,
      statusChangedAt: null,
      bornAt: null,
      mode: null,
      userId: null,
      present: true,
      sha256: hashOf('sha256', 'content'),
      sha1: hashOf('sha1', 'content'),
      md5: hashOf('md5', 'content'),
      origins: [],
    });
    expect(entriesIn(records)[1]).toMatchObject({ path: 'empty', sizeBytes: 0, md5: hashOf('md5', '') });
  });

  it('gives a match for a rule that fits, with what the rule and its pack say, and none for a near miss', async () => {
    const content = 'see thread 12, a needle\0, a needle\0';
    const source = await memorySource({ hit: content, miss: 'see thread x, a needle\0' });
    const { records, problems } = await sweepAll(reader, source, { rulePacks: [OWN] });

    expect(problems).toEqual([]);
    expect(matchesIn(records)).toEqual([
      {
        kind: 'rule-match',
        at: null,
        source: { evidence: 'e1', path: 'hit', locator: 'byte 4' },
        rule: 'example_tool',
        tags: ['sign'],
        family: 'Example',
        description: 'A tool of an example',
        author: 'Somebody',
        reference: 'https://example.org/report',
        ruleDate: '2025-03-01',
        pack: 'own',
        packLicence: 'CC0',
        sha256: hashOf('sha256', content),
        sha1: hashOf('sha1', content),
        md5: hashOf('md5', content),
        sizeBytes: content.length,
        strings: [
          { id: '$b', offset: 4, length: 9, text: 'thread 12' },
          { id: '$a', offset: 17, length: 7, text: 'needle\0' },
          { id: '$a', offset: 28, length: 7, text: 'needle\0' },
        ],
        stringsTotal: 3,
      },
    ]);
  });

  it('says once in a run which rules could not be used, and uses the others', async () => {
    const bad = pack('bad', 'rule broken { condition: nobody } rule fine { condition: filesize == 1 }');
    const context = { now: TEST_NOW, rulePacks: [bad] };
    const said: string[][] = [];
    for (const path of ['a', 'b']) {
      const lines: string[] = [];
      for await (const item of reader.sweep(await memorySource({ [path]: 'x' }), context)) {
        lines.push(
          item.kind === 'problem'
            ? `${item.kind} ${JSON.stringify('values' in item && item.values)}`
            : item.kind,
        );
      }
      said.push(lines);
    }

    const values = {
      pack: 'bad',
      named: 'yes',
      rule: 'broken',
      message: 'unknown identifier `nobody`, this identifier has not been declared (line 1)',
    };
    expect(said).toEqual([
      [`problem ${JSON.stringify(values)}`, 'file-entry', 'rule-match'],
      ['file-entry', 'rule-match'],
    ]);
  });

  it('says of the log of a web server that only its name was compared, and scans what only looks a little like one', async () => {
    const line = '192.0.2.1 - - [04/Sep/2025:09:34:00 -0600] "GET /thread%2012,%20a%20needle HTTP/1.1" 404 5';
    const text = 'thread 12, a needle\0\n';
    const source = await memorySource({
      'access.log': `${line}\n`.repeat(20) + text,
      'few.log': `${line}\n`.repeat(3) + text,
      'other.log': `${`${line}\n`.repeat(4) + text}${line}\n`.repeat(4),
    });
    const { records, problems } = await sweepAll(reader, source, { rulePacks: [OWN] });

    expect(problems.map(({ code, source: { path } }) => [code, path])).toEqual([
      ['log-not-scanned', 'access.log'],
    ]);
    expect(matchesIn(records).map(({ source: { path } }) => path)).toEqual(['few.log', 'other.log']);
  });

  it('says of a capture that only its name was compared', async () => {
    const capture = writePcap([{ bytes: Buffer.from('thread 12, a needle\0') }]);
    const source = await memorySource({ 'a.pcap': capture });
    const { records, problems } = await sweepAll(reader, source, { rulePacks: [OWN] });

    expect(problems.map(({ code, effect, source: { path } }) => [code, effect, path])).toEqual([
      ['capture-not-scanned', 'note', 'a.pcap'],
    ]);
    expect(matchesIn(records)).toEqual([]);
    expect(entriesIn(records)[0]?.sha256).toBeUndefined();
    // Without rules there is nothing to say.
    expect((await sweepAll(reader, source)).problems).toEqual([]);
  });

  it('tells of a file that cannot be read, and goes on', async () => {
    const inner = await memorySource({ a: 'a', b: 'b', c: 'c' });
    const source: EvidenceSource = {
      ...inner,
      async *find(globs) {
        for await (const file of inner.find(globs)) yield file.path === 'b' ? unreadable(file) : file;
      },
    };
    const { records, problems } = await sweepAll(reader, source);

    expect(entriesIn(records).map(({ path, sha256 }) => [path, sha256])).toEqual([
      ['a', hashOf('sha256', 'a')],
      ['b', undefined],
      ['c', hashOf('sha256', 'c')],
    ]);
    expect(problems).toEqual([
      {
        kind: 'problem',
        code: 'no-permission',
        effect: 'lost',
        source: { evidence: 'e1', path: 'b', locator: '' },
      },
    ]);
  });

  it('stops when the run is stopped', async () => {
    const abort = new AbortController();
    abort.abort(new Error('stopped by hand'));

    await expect(sweepAll(reader, await memorySource({ a: 'a' }), { signal: abort.signal })).rejects.toThrow(
      'stopped by hand',
    );
  });

  it('leaves backups, whose layout is known, to their readers', () => {
    expect(reader.sweeps).toEqual(['files']);
  });
});

function unreadable(file: EvidenceFile): EvidenceFile {
  return {
    ...file,
    async *stream() {
      yield new Uint8Array(0);
      throw new EvidenceError('no-permission', { evidence: 'e1', path: file.path, locator: '' });
    },
  };
}

describe.skipIf(!existsSync(SHARED))('with published rules (skipped without ../shared)', () => {
  const files = existsSync(SHARED) ? readdirSync(SHARED).filter((name) => /\.yara?$/.test(name)) : [];

  it('the positive control fits the installer of FinSpy for Linux and nothing else', async () => {
    // data/network/README.md, YARA
    const control = [
      ...['%s/.kde/Autostart', '%s/.kde4/Autostart', 'g_plauncher', 'g_pinstall_host_location'],
      ...['g_pinstall_folder', '%s/.bash_profile', 'lspci | grep -i "system peripheral" | grep -i "virtual"'],
    ].join('\0');
    const packs = files.map((name) => pack(name, readFileSync(`${SHARED}${name}`, 'utf8')));
    const { records, problems } = await sweepAll(reader, await memorySource({ control, other: 'x' }), {
      rulePacks: packs,
    });

    expect(packs).toHaveLength(5);
    expect(problems).toEqual([]);
    expect(matchesIn(records).map(({ rule, source }) => [rule, source.path])).toEqual([
      ['finspy_linux_installer1', 'control'],
    ]);
  });
});
