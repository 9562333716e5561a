/** Acceptance of the foundation (issue 2) on synthetic evidence, and what holds for the package as a whole. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEMO_PASSWORD, writeDemoCase } from '../../fixtures/demo-case.js';
import { searchFlood } from '../../fixtures/floods/attacks.js';
import { logPieces } from '../../fixtures/floods/log-lines.js';
import { merged } from '../../fixtures/floods/request.js';
import { siteTraffic } from '../../fixtures/floods/site-log.js';
import { ensureBuilt, labFolder, ROOT } from '../../src/cli/testing/built-cli.js';
import {
  LISTED_HOST,
  PASSWORD,
  smallPhone,
  writeEncryptedPhone,
} from '../../src/cli/testing/small-phones.js';
import { asIosBackup } from '../../src/evidence/ios-backup/ios-backup.js';
import { openEvidence } from '../../src/evidence/open-evidence.js';
import { check, lossesOf, matchesOf, problemsOf } from './case.js';

const lab = labFolder();
const list = join(lab, 'list.txt');

beforeAll(async () => {
  await ensureBuilt();
  writeFileSync(list, `${LISTED_HOST}\n`);
}, 240_000);

describe('a synthetic backup encrypted by fixtures/', () => {
  const folder = join(lab, 'encrypted');
  beforeAll(() => {
    writeEncryptedPhone(folder);
  });

  it('is opened with the right password', async () => {
    const args = ['--password', PASSWORD, '-i', list, '--no-default-indicators'];
    const { code, result } = await check(folder, args, { built: true });

    expect(code).toBe(0);
    expect(result.counts).toMatchObject({ message: 2, 'calendar-event': 1 });
    expect(result.evidence[0]?.details).toMatchObject({ encrypted: true });
    expect(matchesOf(result)).toMatchObject([{ severity: 'critical', value: LISTED_HOST }]);
    expect(lossesOf(result)).toEqual([]);
  });

  it('is refused clearly with a wrong one', async () => {
    const { code, result } = await check(folder, ['--password', 'wrong', '-i', list], { built: true });

    expect(code).toBe(3);
    expect(result.verdict.code).toBe('nothing-read');
    expect(matchesOf(result)).toEqual([]);
    expect(problemsOf(result).map((problem) => problem.code)).toContain('wrong-password');
  });

  it('one whose Manifest sizes are wrong still yields files with their original SHA-256', async () => {
    const wrong = join(lab, 'wrong sizes');
    // Sizes on both sides of the block of AES, so that cutting or padding would show.
    const odd = [0, 1, 15, 16, 17, 4_095, 4_096, 70_001].map((bytes) => ({
      domain: 'CameraRollDomain',
      path: `Media/${bytes}.bin`,
      content: Buffer.alloc(bytes, bytes % 251),
    }));
    const files = [...smallPhone(), ...odd];
    const built = writeEncryptedPhone(wrong, { files, wrongSizes: true });
    const opened = await openEvidence([wrong], { password: async () => PASSWORD });
    try {
      const source = opened.sources.find((candidate) => asIosBackup(candidate) !== null);
      for (const { domain, path, sha256 } of built.files) {
        const file = await source?.file(`${domain}/${path}`);
        if (sha256 === null || !file) continue;
        const bytes = await file.bytes({ maxBytes: 1_000_000 });
        expect(createHash('sha256').update(bytes).digest('hex'), path).toBe(sha256);
      }
      expect(built.files.filter(({ sha256 }) => sha256 !== null).length).toBe(files.length);
    } finally {
      await opened.close();
    }
    const { code, result } = await check(wrong, ['--password', PASSWORD]);
    expect(code).toBe(0);
    expect(result.counts).toMatchObject({ message: 2 });
    expect(problemsOf(result).map((problem) => problem.code)).toContain('size-differs');
  });
});

describe('the demo case', () => {
  it('encrypted and plain give the same lures, and only the encrypted one has the browsing history', async () => {
    const { encrypted, plain } = writeDemoCase(join(lab, 'demo'));
    const open = await check(encrypted.folder, ['--password', DEMO_PASSWORD]);
    const clear = await check(plain.folder);

    expect([open.code, clear.code]).toEqual([0, 0]);
    const lures = ({ result }: typeof open): string[] =>
      matchesOf(result)
        .flatMap(({ places }) => places)
        .filter((place) => !place.includes('Safari'))
        .sort();
    expect(lures(open)).toEqual(lures(clear));
    expect(lures(open).length).toBeGreaterThan(2);
    expect(open.result.counts['url-visit']).toBe(6);
    expect(clear.result.counts['url-visit']).toBeUndefined();
    const history = clear.result.coverage.find(({ reader }) => reader === 'ios/safari-history');
    expect(history).toMatchObject({ status: 'absent', problems: [{ code: 'encrypted-backups-only' }] });
  });
});

describe('an access log long enough for a second thread', () => {
  it('gives what one thread finds in it', async () => {
    const file = join(lab, 'access.log');
    const from = 1_772_431_200;
    const ordinary = siteTraffic({ seed: 7, from, days: 3, hitsPerDay: 95_000 });
    const flood = searchFlood({ seed: 8, from: from + 2 * 86_400 + 50_000 });
    const pieces = logPieces(merged(ordinary, [flood]));
    writeFileSync(file, Buffer.concat([...pieces]));
    expect(statSync(file).size).toBeGreaterThan(64 * 1_048_576);

    // The built command has a file to start a thread with; the sources have none.
    const shared = await check(file, [], { built: true });
    const alone = await check(file);

    expect(alone.result.findings.some(({ detector }) => detector === 'floods/incident')).toBe(true);
    expect(shared.result.findings).toEqual(alone.result.findings);
    expect(shared.result.counts).toEqual(alone.result.counts);
    expect(shared.result.coverage).toEqual(alone.result.coverage);
  }, 120_000);
});

describe('the package', () => {
  const packed = (): string[] => {
    // `npm` itself starts this when tests run by `npm test`; its own settings must not change what is listed.
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const { stdout, stderr } = spawnSync(npm, ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: ROOT,
      encoding: 'utf8',
      shell: process.platform === 'win32',
      env: { ...process.env, npm_config_loglevel: 'error', npm_config_offline: 'true' },
    });
    const listed: { files: { path: string }[] }[] = JSON.parse(stdout || `"${stderr}"`);
    return (listed[0]?.files ?? []).map(({ path }) => path);
  };

  it('`npm pack` holds what is needed to run, and nothing that is not', () => {
    const files = packed();

    for (const needed of [
      'package.json',
      'bin/vigia.js',
      'dist/src/cli/main.js',
      'dist/src/evidence/hash-worker.js',
      'dist/src/cli/es.json',
      'dist/src/cli/en.json',
      'dist/src/phones/ios/readers/sms/es.json',
      'dist/fixtures/demo-case.js',
      'schemas/vigia.result-1.schema.json',
      'README.md',
      'README.es.md',
      'LICENSE',
      'CHANGELOG.md',
    ]) {
      expect(files).toContain(needed);
    }
    const allowed = /^(bin|dist|schemas)\/|^(package\.json|README(\.es)?\.md|LICENSE|CHANGELOG\.md|NOTICE)$/;
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
    expect(files.filter((file) => /\.test\.|\/testing\/|\.map$|\.tsbuildinfo$/.test(file))).toEqual([]);
    // Sources are not shipped twice.
    expect(files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([]);
  });

  it('has every module that its modules import', () => {
    const dist = join(ROOT, 'dist');
    const missing = filesBelow(dist)
      .filter((file) => file.endsWith('.js'))
      .flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*['"](\.{1,2}\/[^'"]+)['"]/g)]
          .map((match) => join(file, '..', match[1] ?? ''))
          .filter((target) => !existsSync(target))
          .map((target) => `${file} imports ${target}`),
      );

    expect(missing).toEqual([]);
  });

  it('assumes no system: no shell, no other program, no fixed folder of one system', () => {
    const sources = filesBelow(join(ROOT, 'src')).filter(
      (file) => file.endsWith('.ts') && !/\.test\.ts$|[\\/]testing[\\/]/.test(file),
    );
    const suspicious = sources.flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .map((line, index) => ({ line, place: `${file}:${index + 1}` }))
        .filter(({ line }) => !/^\s*(\/\/|\*|\/\*)/.test(line))
        // Places of implants on other people's computers are what these look for; one starts Node itself again, one the browser
        // when asked to, on each system its own way.
        .filter(
          ({ place }) =>
            !/implants[\\/](?:artefacts|autostart)[\\/]|sweep[\\/]scan-hands\.ts|cli[\\/]open-browser\.ts/.test(
              place,
            ),
        )
        .filter(({ line }) => /child_process|['"`]\/(tmp|home|usr|dev)\/|process\.env\.HOME\b/.test(line))
        .map(({ place }) => place),
    );

    expect(suspicious).toEqual([]);
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
