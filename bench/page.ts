/**
 * The first page of the web app, in a real Chromium over the real server: from the address to what can be read. Limits: 1 s, and 400 KB of
 * scripts, packed. There is no peer for it.
 *
 *     npm run build && npx tsx bench/page.ts
 */
import { gzipSync } from 'node:zlib';
import { begin, openStand } from '../test/web/browser.js';
import { count, load, machine, print } from './measure.js';

const [LIMIT_MILLISECONDS, LIMIT_BYTES, TIMES] = [1_000, 400_000, 7];

const stand = await openStand();
try {
  print(`the first page; ${machine()}; load ${load()}`);
  const { page } = await stand.open();
  await begin(page);
  const times: number[] = [];
  let bytes = 0;
  for (let time = 0; time < TIMES; time += 1) {
    // A new window each time: nothing of it is in memory, nor in the cache of the browser.
    await page.context().clearCookies();
    const other = await stand.browser.newContext();
    const fresh = await other.newPage();
    const scripts: Promise<Buffer>[] = [];
    fresh.on('response', (response) => {
      if (new URL(response.url()).pathname.endsWith('.js')) scripts.push(response.body());
    });
    const began = performance.now();
    await fresh.goto(stand.server.launchUrl());
    await fresh.getByRole('heading', { name: '¿Qué pasó?' }).waitFor();
    times.push(performance.now() - began);
    bytes = (await Promise.all(scripts)).reduce((sum, body) => sum + gzipSync(body).byteLength, 0);
    await other.close();
  }
  const middle = times.sort((a, b) => a - b)[TIMES >> 1] as number;
  print(
    `shown       ${middle.toFixed(0)} ms (${(LIMIT_MILLISECONDS / middle).toFixed(1)}x of the limit of ${count(LIMIT_MILLISECONDS)} ms), median of ${TIMES}`,
    `scripts     ${count(bytes)} bytes packed (${(LIMIT_BYTES / bytes).toFixed(1)}x of the limit of ${count(LIMIT_BYTES)})`,
  );
} finally {
  await stand.close();
}
