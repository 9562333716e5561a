import { asArray, asBytes, asDictionary, PlistError, parsePlist } from '../../../evidence/plist/plist.js';
import { decodeAttributedBody } from './attributed-body.js';

// iMessage allows five edits of a message (support.apple.com, "Unsend or edit a text message on iPhone"); this is
// far above what parts times versions can give.
const MAX_VERSIONS = 200;
const MAX_BYTES = 4 * 1024 * 1024;

export interface EditHistory {
  /** Texts of the message over time, oldest first within each part. */
  readonly texts: readonly string[];
  readonly links: readonly string[];
  /** False when a version could not be read. */
  readonly complete: boolean;
}

/**
 * Earlier versions of an edited iMessage (iOS 16 on): in `message.message_summary_info`, a property list whose key
 * `ec` holds, per part of the message, the versions as attributed strings under `t` (documentation of the
 * imessage-database crate). A link sent and edited away within minutes is only found here.
 *
 * @example
 * readEditHistory(row.message_summary_info)?.texts // ['first version', 'second version']
 */
export function readEditHistory(bytes: Uint8Array): EditHistory | null {
  const texts: string[] = [];
  const links: string[] = [];
  let complete = true;
  try {
    const summary = asDictionary(parsePlist(bytes, { maxBytes: MAX_BYTES }));
    const parts = asDictionary(summary?.ec);
    if (!parts) return null;
    for (const part of Object.values(parts)) {
      for (const version of asArray(part) ?? []) {
        if (texts.length >= MAX_VERSIONS) return { texts, links, complete: false };
        const archived = asBytes(asDictionary(version)?.t);
        if (!archived) continue;
        const body = decodeAttributedBody(archived);
        if (body.text === null) {
          complete = false;
          continue;
        }
        texts.push(body.text);
        links.push(...body.links);
      }
    }
  } catch (error) {
    if (!(error instanceof PlistError)) throw error;
    complete = false;
  }
  return { texts, links, complete };
}
