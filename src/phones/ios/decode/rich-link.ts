/**
 * Addresses inside `message.payload_data`: what Messages stores for a link shown as a preview, and for messages of
 * small apps. It is a keyed archive; for previews its root holds `richLinkMetadata`, an LPLinkMetadata (class of
 * Apple's LinkPresentation framework, developer.apple.com/documentation/linkpresentation/lplinkmetadata).
 */
import {
  asArray,
  asDictionary,
  asText,
  type PlistDictionary,
  PlistError,
  PlistUid,
  type PlistValue,
  parsePlist,
} from '../../../evidence/plist/plist.js';

export interface RichLink {
  readonly links: readonly string[];
  readonly title: string | null;
}

export type RichLinkResult = RichLink | { readonly links: null; readonly reason: PlistError['code'] };

// Previews carry small pictures; bigger payloads are damage or an attempt to exhaust memory.
const MAX_PAYLOAD_BYTES = 8 * 1024 * 1024;
const MAX_OBJECTS = 50_000;
const MAX_LINKS = 100;

/**
 * The addresses a payload points to: those of the link itself, or, where there is no link preview in it, every web
 * address it holds. Addresses of preview pictures are left out: they are not what a person would open.
 *
 * @example
 * const { links } = readRichLink(row.payload_data); // ['https://example.org/a']
 */
export function readRichLink(bytes: Uint8Array): RichLinkResult {
  let payload: PlistDictionary | null;
  try {
    payload = asDictionary(parsePlist(bytes, { maxBytes: MAX_PAYLOAD_BYTES, maxObjects: MAX_OBJECTS }));
  } catch (error) {
    if (error instanceof PlistError) return { links: null, reason: error.code };
    throw error;
  }
  // Worked on as a flat list of objects: the graph behind it, which may be endless, is never walked.
  const objects = asArray(payload?.$objects);
  if (!objects) return { links: null, reason: 'wrong-format' };

  const links = new Set<string>();
  let title: string | null = null;
  for (const object of objects) {
    const metadata = asDictionary(object);
    if (!metadata || classNameOf(metadata, objects) !== 'LPLinkMetadata') continue;
    for (const key of ['originalURL', 'URL']) add(links, addressOf(resolve(metadata[key], objects), objects));
    title ??= asText(resolve(metadata.title, objects));
  }
  if (links.size > 0) return { links: [...links], title };

  for (const object of objects) {
    const address = addressOf(object, objects);
    if (address && /^https?:/i.test(address)) add(links, address);
  }
  return { links: [...links], title };
}

function add(links: Set<string>, address: string | null): void {
  if (address && links.size < MAX_LINKS) links.add(address);
}

function classNameOf(object: PlistDictionary, objects: readonly PlistValue[]): string | null {
  return asText(asDictionary(resolve(object.$class, objects))?.$classname);
}

function resolve(value: PlistValue | undefined, objects: readonly PlistValue[]): PlistValue | undefined {
  return value instanceof PlistUid ? objects[value.value] : value;
}

/** An archived NSURL: an address, and the one it is relative to when it is. */
function addressOf(value: PlistValue | undefined, objects: readonly PlistValue[]): string | null {
  const url = asDictionary(value);
  const relative = asText(resolve(url?.['NS.relative'], objects));
  if (relative === null || relative === '') return null;
  const base = asText(resolve(asDictionary(resolve(url?.['NS.base'], objects))?.['NS.relative'], objects));
  return base !== null && URL.canParse(relative, base) ? new URL(relative, base).href : relative;
}
