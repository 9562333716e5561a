/** Names that files travel under: in Content-Disposition (RFC 6266), or in the address. */

const MAX_NAME = 255;
const MAX_HEADER = 4096;

/** Name that a Content-Disposition gives; null when it gives none. */
export function dispositionName(disposition: string): string | null {
  const header = disposition.slice(0, MAX_HEADER);
  const extended = parameterOf(header, 'filename*');
  if (extended !== null) {
    // RFC 8187 3.2: charset'language'percent-encoded.
    const [charset, , ...rest] = extended.split("'");
    const encoded = rest.join("'");
    if (charset && encoded !== '') return cut(decoded(encoded, charset.toLowerCase() === 'utf-8'));
  }
  const plain = parameterOf(header, 'filename');
  return plain === null || plain === '' ? null : cut(plain);
}

/** A parameter of a header such as Content-Disposition or Content-Type, without its quotation marks. */
export function parameterOf(header: string, name: string): string | null {
  let at = header.indexOf(';');
  while (at !== -1 && at < header.length) {
    at = skipSpace(header, at + 1);
    const equals = header.indexOf('=', at);
    const next = header.indexOf(';', at);
    if (equals === -1) return null;
    if (next !== -1 && next < equals) {
      at = next;
      continue;
    }
    const given = header.slice(at, equals).trim().toLowerCase();
    let value = '';
    at = skipSpace(header, equals + 1);
    if (header[at] === '"') {
      at += 1;
      while (at < header.length && header[at] !== '"') {
        if (header[at] === '\\' && at + 1 < header.length) at += 1;
        value += header[at];
        at += 1;
      }
      at = header.indexOf(';', at);
    } else {
      const stop = header.indexOf(';', at);
      value = header.slice(at, stop === -1 ? header.length : stop).trim();
      at = stop;
    }
    if (given === name) return value;
  }
  return null;
}

/** Last part of the path of an address or target, decoded; null when it ends with a slash. */
export function pathName(target: string): string | null {
  let end = target.length;
  for (const mark of ['?', '#']) {
    const at = target.indexOf(mark);
    if (at !== -1 && at < end) end = at;
  }
  const path = target.slice(0, end);
  const scheme = path.indexOf('://');
  const slash = path.lastIndexOf('/');
  if (scheme !== -1 && slash <= scheme + 2) return null;
  const last = path.slice(slash + 1);
  return last === '' ? null : cut(decoded(last, true));
}

function decoded(text: string, isUtf8: boolean): string {
  if (!text.includes('%')) return text;
  const bytes: number[] = [];
  for (let at = 0; at < text.length && bytes.length < MAX_HEADER; at += 1) {
    const code = text[at] === '%' ? Number.parseInt(text.slice(at + 1, at + 3), 16) : Number.NaN;
    if (Number.isNaN(code) || !/^[0-9a-f]{2}$/i.test(text.slice(at + 1, at + 3)))
      bytes.push(text.charCodeAt(at) & 0xff);
    else {
      bytes.push(code);
      at += 2;
    }
  }
  return Buffer.from(bytes).toString(isUtf8 ? 'utf8' : 'latin1');
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at;
}

function cut(name: string): string {
  return name.slice(0, MAX_NAME);
}
