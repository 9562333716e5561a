/** A real Chromium for tests, spoken to through a pipe: no port, no package, no network. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Where the systems that run these tests keep it. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const CHROMIUM = PLACES.find((path) => existsSync(path)) ?? null;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** One page in a browser that is started for it. */
export class TestPage {
  /** Addresses of everything that was asked for. */
  readonly requests: string[] = [];
  /** Errors, warnings and refusals that the browser noted. */
  readonly complaints: string[] = [];
  readonly #waiting = new Map<number, (message: Message) => void>();
  #session = '';
  #last = 0;
  #text = '';

  private constructor(
    readonly child: ChildProcess,
    readonly folder: string,
  ) {
    const output = child.stdio[4] as Readable;
    output.setEncoding('utf8');
    output.on('data', (text: string) => this.#read(text));
  }

  static async open(address: string): Promise<TestPage> {
    const folder = mkdtempSync(join(tmpdir(), 'vigia-browser-'));
    const child = spawn(
      CHROMIUM ?? '',
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        `--user-data-dir=${folder}`,
        '--remote-debugging-pipe',
        'about:blank',
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    const page = new TestPage(child, folder);
    const { targetId } = await page.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await page.send('Target.attachToTarget', { targetId, flatten: true });
    page.#session = String(sessionId);
    for (const domain of ['Page', 'Runtime', 'Log', 'Network', 'DOM']) await page.send(`${domain}.enable`);
    await page.send('Page.navigate', { url: address });
    await page.until('document.readyState === "complete" && location.href !== "about:blank"');
    return page;
  }

  async send(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    this.#last += 1;
    const id = this.#last;
    const session = this.#session === '' ? {} : { sessionId: this.#session };
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    (this.child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    const { error, result } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  /** The value of an expression in the page. */
  async value(expression: string): Promise<unknown> {
    const { result } = await this.send('Runtime.evaluate', { expression, awaitPromise: true });
    return (result as { readonly value?: unknown }).value;
  }

  async until(expression: string): Promise<void> {
    const end = Date.now() + 20_000;
    while ((await this.value(expression)) !== true) {
      if (Date.now() > end) throw new Error(`never true: ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Gives files, or one folder, to a field of the page. */
  async choose(selector: string, files: readonly string[]): Promise<void> {
    const { root } = await this.send('DOM.getDocument');
    const { nodeId } = await this.send('DOM.querySelector', {
      nodeId: (root as { readonly nodeId: number }).nodeId,
      selector,
    });
    await this.send('DOM.setFileInputFiles', { nodeId, files });
  }

  /** Drops files or folders onto the middle of the page, as a file manager does. */
  async drop(files: readonly string[]): Promise<void> {
    const data = { items: [], files, dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'])
      await this.send('Input.dispatchDragEvent', { type, x: 300, y: 200, data });
  }

  async picture(width: number): Promise<Buffer> {
    await this.send('Emulation.setDeviceMetricsOverride', {
      width,
      height: 800,
      deviceScaleFactor: 1,
      mobile: width < 500,
    });
    const { data } = await this.send('Page.captureScreenshot', { captureBeyondViewport: true });
    return Buffer.from(String(data), 'base64');
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.#session = '';
    this.send('Browser.close').catch(() => undefined);
    await gone;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #read(text: string): void {
    this.#text += text;
    const messages = this.#text.split('\0');
    this.#text = messages.pop() ?? '';
    for (const message of messages) this.#take(JSON.parse(message) as Message);
  }

  #take(message: Message): void {
    if (message.id !== undefined) {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
      return;
    }
    const { method = '', params = {} } = message;
    if (method === 'Network.requestWillBeSent')
      this.requests.push((params.request as { readonly url: string }).url);
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded')
      this.complaints.push(JSON.stringify(params));
    if (method === 'Runtime.consoleAPICalled') this.complaints.push(JSON.stringify(params));
  }
}
