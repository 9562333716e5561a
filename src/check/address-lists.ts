/** Files of addresses that a command is given. */
import { type Network, networkText, readNetworkList } from '../floods/defence/networks.js';
import { AddressListError } from './block-error.js';
import { readTextFile } from './text-file.js';

export { networkText };

/** Addresses and networks, one a line. @throws AddressListError */
export function allowList(path: string): Promise<readonly Network[]> {
  return networksIn(path, readNetworkList);
}

/** Exits of Tor: one address a line, or the form with `ExitAddress` lines. @throws AddressListError */
export function exitList(path: string): Promise<readonly Network[]> {
  return networksIn(path, readExitList);
}

/** Longer than any such list. */
const MAX_LIST_BYTES = 16_777_216;

async function networksIn(path: string, read: typeof readNetworkList): Promise<readonly Network[]> {
  const file = await readTextFile(path, MAX_LIST_BYTES);
  if (typeof file === 'string') throw new AddressListError('unreadable', path, 0, '');
  const { networks, wrong } = read(file.text);
  const [first] = wrong;
  if (first) throw new AddressListError('wrong-line', path, first.line, first.text);
  return networks;
}

/** The bulk list of exits, or the longer one, whose other lines say when an exit was seen. */
function readExitList(text: string): ReturnType<typeof readNetworkList> {
  const plain = text
    .replace(/^(?:@type|Downloaded|ExitNode|Published|LastStatus) .*$/gm, '')
    .replace(/^ExitAddress (\S+).*$/gm, '$1');
  return readNetworkList(plain);
}
