import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { CHROMIUM, TestPage } from './testing/chromium.js';
import { type BagFiles, exampleBag } from './testing/example-bag.js';
import { verifierPage } from './verifier.js';

describe.skipIf(CHROMIUM === null)(
  'the page in a browser, opened from disk (skipped without Chromium)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigia-verifier-'));
    const good = join(folder, 'good');
    const bad = join(folder, 'bad');
    const bag = exampleBag(verifierPage());
    const address = pathToFileURL(join(good, 'verifier.html')).href;
    let page: TestPage;

    beforeAll(async () => {
      lay(good, bag);
      const log = Buffer.from(bag.get('custody.jsonl') ?? '')
        .toString()
        .replace('México', 'Mexico');
      lay(bad, new Map([...bag, ['custody.jsonl', Buffer.from(log)], ['data/más.txt', Buffer.from('x')]]));
      writeFileSync(join(folder, 'good.zip'), await zipOf(bag));
      page = await TestPage.open(address);
    });

    afterAll(async () => {
      await page.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const textOf = async (selector: string): Promise<string> =>
      String(await page.value(`document.querySelector(${JSON.stringify(selector)}).textContent`));
    const speak = (language: string): Promise<unknown> =>
      page.value(`document.querySelector('[data-language=${language}]').click()`);
    /** What the page says after something was done: the words of before are taken away first. */
    const after = async (action: () => Promise<unknown>): Promise<string> => {
      await page.value('document.getElementById("result").textContent = ""');
      await action();
      return verdict();
    };
    const useKey = (key: string): Promise<unknown> =>
      page.value(
        `document.getElementById('key').value = '${key}'; document.getElementById('use-key').click()`,
      );
    const verdict = async (): Promise<string> => {
      await page.until(
        'document.getElementById("progress").hidden && !!document.querySelector("#result .card")',
      );
      return textOf('#result .card h2');
    };
    const typed = async (receipt: string): Promise<string> => {
      await page.value(
        `(() => { const field = document.getElementById('receipt'); field.value = ${JSON.stringify(receipt)}; field.dispatchEvent(new Event('input')); })()`,
      );
      return textOf('#receipt-answer');
    };

    it('says of a folder that was chosen that it fits together, in both languages', async () => {
      await page.choose('#folder', [good]);
      await verdict();
      await speak('es');
      expect(await verdict()).toBe(es.verdict.fits);
      expect(await textOf('#verdict')).toContain('3 entradas, encadenadas y firmadas');
      expect(await textOf('#result')).toContain('leal clamor aprobar perfil sanción rubí nueve rábano');
      await speak('en');
      expect(await verdict()).toBe(en.verdict.fits);
      expect(await textOf('#verdict')).toContain(en.verdict.bound.replace('{seq}', '3'));
      expect(await textOf('#result')).toContain('labor crew awake rail spin social output scare');
    });

    it('compares a receipt that is typed, by code or by words', async () => {
      expect(await typed('28B8 bd5e 7090 b8d9 7933')).toBe(en.receipt.reached.replace('{seq}', '1'));
      expect(await typed('leal clamor aprobar perfil sancion rubi nueve rabano')).toBe(
        en.receipt.reached.replace('{seq}', '3'),
      );
      expect(await typed('zoo zoo zoo zoo zoo zoo zoo zoo')).toBe(en.receipt.notReached);
      await speak('es');
      expect(await textOf('#receipt-answer')).toBe(es.receipt.notReached);
    });

    it('says of a folder that was dropped what does not fit', async () => {
      expect(await after(() => page.drop([bad]))).toBe(`▲${es.verdict.differs}`);
      const said = await textOf('#result');
      for (const words of [
        es.verdict.logDiffers.replace('{entries}', '3').replace('{seq}', '1'),
        es.log.codes['bad-hash'],
        es.files.states.unlisted,
        es.verdict.boundDiffers.replace('{seq}', '3'),
      ])
        expect(said).toContain(words);
      expect(await typed('28b8bd5e7090b8d97933')).toBe(es.receipt.reachedBroken.replace('{seq}', '1'));
    });

    it('reads a zip, dropped or chosen, and files one by one', async () => {
      const zip = join(folder, 'good.zip');
      const files = [...bag.keys()].map((path) => join(good, path));
      expect(await after(() => page.drop([zip]))).toBe(es.verdict.fits);
      expect(await after(() => page.choose('#files', [zip]))).toBe(es.verdict.fits);
      expect(await after(() => page.choose('#files', files))).toBe(es.verdict.fits);
      expect(await after(() => page.drop(files))).toBe(es.verdict.fits);
      const alone = await after(() => page.choose('#files', [join(good, 'custody.jsonl')]));
      expect(alone).toBe(`◆${es.verdict.partly}`);
      expect(await textOf('#verdict')).toContain(es.lacks.keys);
    });

    it('checks with a key from elsewhere', async () => {
      await after(() => page.choose('#folder', [good]));
      await after(() => useKey('no key'));
      expect(await textOf('#key-answer')).toBe(es.ownKey.wrong);
      expect(await after(() => useKey('ab'.repeat(32)))).toBe(`▲${es.verdict.differs}`);
      expect(await textOf('#verdict')).toContain(es.ownKey.used);
      expect(await textOf('#result')).toContain(es.log.codes['bad-signature']);
      expect(await after(() => useKey(''))).toBe(es.verdict.fits);
    });

    it('says of something else that it is none', async () => {
      writeFileSync(join(folder, 'other.txt'), 'something');
      expect(await after(() => page.choose('#files', [join(folder, 'other.txt')]))).toBe(es.verdict.none);
      writeFileSync(join(folder, 'cut.zip'), 'PK\x03\x04 cut');
      await page.choose('#files', [join(folder, 'cut.zip')]);
      await page.until(
        `document.querySelector('#status').textContent === ${JSON.stringify(es.progress.failed)}`,
      );
    });

    it('fits on a phone, asked for nothing but itself, and complained of nothing', async () => {
      await page.choose('#folder', [bad]);
      await verdict();
      await page.picture(360);
      expect(await page.value('document.documentElement.scrollWidth')).toBe(360);
      expect(page.requests).toEqual([address]);
      expect(page.complaints).toEqual([]);
    });
  },
);

function lay(folder: string, files: BagFiles): void {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

async function zipOf(files: BagFiles): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, bytes] of files) zip.addBuffer(Buffer.from(bytes), `export/${path}`);
  zip.end();
  const parts: Buffer[] = [];
  for await (const part of zip.outputStream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
