import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pingbackFlood } from '../../fixtures/floods/attacks.js';
import { logText } from '../../fixtures/floods/log-lines.js';
import { merged } from '../../fixtures/floods/request.js';
import { siteTraffic } from '../../fixtures/floods/site-log.js';
import { runMain } from './testing/run-main.js';

const FROM = 1_772_460_000;
let folder: string;
let attacked: string;
let calm: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-block-'));
  attacked = join(folder, 'access.log');
  calm = join(folder, 'calm.log');
  const traffic = () => siteTraffic({ seed: 7, from: FROM - 12 * 3_600, days: 0.75, hitsPerDay: 20_000 });
  writeFileSync(attacked, logText(merged(traffic(), [pingbackFlood({ seed: 3, from: FROM })])));
  writeFileSync(calm, logText(traffic()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('vigia block', () => {
  it('prints the rules alone on standard output, and says beside them what they do', async () => {
    const { code, stdout, stderr } = await runMain(['block', attacked, '--for', 'nftables']);

    expect(stderr).toMatch(
      /^Against an attack reflected by WordPress pingbacks .* 0 of [\d,]+ ordinary clients/,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# Vigía wrote this file \(nftables\)/);
    expect(stdout).toContain('table inet vigia {');
    expect(stdout).toContain('timeout 86400s');
  });

  it('does not end as if all were well when nothing is found in a log of which a part is lost', async () => {
    const damaged = join(folder, 'damaged.log');
    writeFileSync(damaged, `${readFileSync(calm, 'utf8')}what is this\n`);
    const { code, stdout, stderr } = await runMain(['block', damaged, '--for', 'nginx', '--lang', 'en']);
    expect(stdout).toMatch(/^The logs show no attack/);
    expect(stderr).toMatch(/One part of the logs was not understood/);
    expect(code).toBe(3);
  });

  it('writes several files into a folder, and one into a file', async () => {
    const out = join(folder, 'rules');
    const several = await runMain(['block', attacked, '--for', 'nginx', '--out', out, '--lang', 'es']);
    expect(several.code).toBe(0);
    expect(several.stdout).toContain('Contra un ataque reflejado por pingbacks de WordPress');
    expect(readdirSync(out).sort()).toEqual(['vigia-http.conf', 'vigia-server.conf']);
    expect(readFileSync(join(out, 'vigia-http.conf'), 'utf8')).toContain('"~^WordPress/" 1;');

    const file = join(folder, 'vigia.nft');
    expect(
      (await runMain(['block', attacked, '--for', 'nftables', '--out', file, '--expires', '2h'])).code,
    ).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('timeout 7200s');
  });

  it('gives everything as JSON', async () => {
    const { code, stdout } = await runMain(['block', attacked, '--for', 'apache', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'written',
      attack: { kind: 'pingback' },
      outcome: { ordinaryClientsStopped: 0 },
      files: [{ name: 'vigia-apache.conf' }],
      written: [],
    });
  });

  it('writes nothing without an attack', async () => {
    const out = join(folder, 'none');
    const { code, stdout } = await runMain(['block', calm, '--for', 'nginx', '--out', out]);
    expect(code).toBe(0);
    expect(stdout).toContain('The logs show no attack.');
    expect(existsSync(out)).toBe(false);
  });

  it('refuses what is no log, a number that is none, a list with a wrong line', async () => {
    const notes = join(folder, 'notes.txt');
    writeFileSync(notes, '192.0.2.1\nour office\n');

    const noLog = await runMain(['block', notes, '--for', 'nginx']);
    expect(noLog).toMatchObject({ code: 1, stdout: '' });
    const noSuch = await runMain(['block', attacked, '--for', 'nginx', '--incident', '9']);
    expect(noSuch.code).toBe(1);
    expect(noSuch.stderr).toContain('there is no number 9');
    const wrong = await runMain(['block', attacked, '--for', 'nginx', '--allow', notes]);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain('line 2: “our office” is neither an address nor a network');
  });

  it('never writes over the evidence', async () => {
    const before = readFileSync(attacked);
    const { code } = await runMain(['block', attacked, '--for', 'cidr', '--out', attacked]);
    expect(code).toBe(1);
    expect(readFileSync(attacked).equals(before)).toBe(true);
  });

  it.each([
    ['no program', []],
    ['a program that is none', ['--for', 'iptables']],
    ['a time that is none', ['--for', 'nginx', '--expires', 'forever']],
    ['a time too long', ['--for', 'nginx', '--expires', '31d']],
    ['harm without limit', ['--for', 'nginx', '--max-harm', '50']],
    ['half an incident', ['--for', 'nginx', '--incident', '1.5']],
  ])('is used wrongly with %s', async (_name, options) => {
    const { code, stdout, stderr } = await runMain(['block', attacked, ...options]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).not.toBe('');
  });

  it('tells wrong lines of command in the language of the run', async () => {
    const { stderr } = await runMain(['block', attacked, '--lang', 'es']);
    expect(stderr).toContain('falta la opción --for');
  });
});
