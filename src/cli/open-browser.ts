import { spawn } from 'node:child_process';

/** What opens an address in the person's browser. On Windows `start` is a word of the shell; this is what stands behind it. */
const BROWSERS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Without a shell, which would read the address. */
export function openBrowser(url: string, onFailure: () => void): void {
  const [program, ...arguments_] = BROWSERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program ?? '', [...arguments_, url], { detached: true, stdio: 'ignore' });
  child.on('error', onFailure);
  child.on('exit', (code) => {
    if (code !== 0 && code !== null) onFailure();
  });
  child.unref();
}
