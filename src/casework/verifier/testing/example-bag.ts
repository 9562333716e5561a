/** Exports as the document lays them out, made of the worked example. */
import { createHash } from 'node:crypto';
import { dailyRoots } from '../../custody/merkle.js';
import { rootFile } from '../../stamps/root-file.js';
import { EXAMPLE_KEY, EXAMPLE_NOTE, exampleLog, logText } from './example.js';

export type BagFiles = ReadonlyMap<string, Uint8Array>;

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** The manifest of data/ in the worked example. */
export const EXAMPLE_MANIFEST = `${sha256(EXAMPLE_NOTE)}  data/nota.txt\n`;

/** The log of the worked example. */
export const EXAMPLE_LOG = exampleLog(sha256(EXAMPLE_NOTE), sha256(EXAMPLE_MANIFEST));

/** A whole export. @param verifier - the page to lie in it */
export function exampleBag(verifier: string): BagFiles {
  const files = new Map<string, string | Uint8Array>([
    ['bagit.txt', 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'],
    ['bag-info.txt', `Payload-Oxum: ${Buffer.byteLength(EXAMPLE_NOTE)}.1\n`],
    ['custody.jsonl', logText(EXAMPLE_LOG)],
    ['keys/custody.txt', `${Buffer.from(EXAMPLE_KEY).toString('hex')}\n`],
    ['README.txt', 'Read me.\n'],
    ['LEEME.txt', 'Léame.\n'],
    ['verifier.html', verifier],
    ['manifest-sha256.txt', EXAMPLE_MANIFEST],
  ]);
  const [first] = dailyRoots(EXAMPLE_LOG);
  if (first) {
    files.set(`stamps/${first.day}.root.txt`, rootFile(first.root));
    files.set(`stamps/${first.day}.root.txt.ots`, new Uint8Array(40));
  }
  const tags = [...files].map(([path, content]) => `${sha256(content)}  ${path}\n`);
  files.set('tagmanifest-sha256.txt', tags.join(''));
  files.set('data/nota.txt', EXAMPLE_NOTE);
  return new Map([...files].map(([path, content]) => [path, Buffer.from(content)]));
}
