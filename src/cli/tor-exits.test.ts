import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { getFlood, searchFlood } from '../../fixtures/floods/attacks.js';
import { logText } from '../../fixtures/floods/log-lines.js';
import { merged } from '../../fixtures/floods/request.js';
import { siteTraffic } from '../../fixtures/floods/site-log.js';
import { HOUR, MONDAY, unusedAddress, withClients } from '../floods/attribution/testing/scenes.js';
import { labFolder } from './testing/built-cli.js';
import { checkMain, runMain } from './testing/run-main.js';

const lab = labFolder();
const log = join(lab, 'access.log');
const exits = join(lab, 'exits.txt');
/** Half of the sources of both attacks; the others are of one attack alone. */
const EXITS = Array.from({ length: 150 }, (_, index) => unusedAddress(3)(index));

beforeAll(() => {
  const some = (kind: number) => (index: number) => EXITS[index] ?? unusedAddress(kind)(index);
  const attacks = [
    withClients(searchFlood({ seed: 5, from: MONDAY + 19 * HOUR, clients: 300 }), some(1)),
    withClients(getFlood({ seed: 6, from: MONDAY + 58 * HOUR, clients: 300 }), some(2)),
  ];
  const ordinary = siteTraffic({ seed: 3, from: MONDAY, days: 4, hitsPerDay: 6_000 });
  writeFileSync(log, logText(merged(ordinary, attacks)));
  writeFileSync(exits, EXITS.map((address) => `ExitAddress ${address} 2026-03-02 11:05:00\n`).join(''));
});

describe('--tor-exits', () => {
  it('keeps exits of Tor from linking two attacks', async () => {
    const linked = async (...args: string[]): Promise<string[]> => {
      const { result } = await checkMain([log, ...args]);
      return result.findings
        .filter(({ detector }) => detector === 'floods/linked-incidents')
        .map(({ explanation, benignCauses }) => [explanation, ...benignCauses].join(' '));
    };
    const without = await linked('--lang', 'en');
    expect(without).toHaveLength(1);
    expect(without[0]).toContain('no list of them was given here');
    expect(await linked('--tor-exits', exits)).toEqual([]);
  });

  it('is refused with the line of what is no address', async () => {
    writeFileSync(join(lab, 'wrong.txt'), '192.0.2.1\nsalida\n');
    const run = await runMain(['check', log, '--tor-exits', join(lab, 'wrong.txt'), '--lang', 'es']);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('línea 2: «salida» no es una dirección');
  });
});
