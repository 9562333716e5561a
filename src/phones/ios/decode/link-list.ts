import { extractLinks } from '../../../records/links.js';

/**
 * Links of one message from the several places that hold them, each once: the same address with and without a final
 * slash, as a text and its preview have it, is one.
 */
export class LinkList {
  readonly #links: string[] = [];
  readonly #seen = new Set<string>();

  /** Takes the links out of a text. */
  addText(text: string | null): void {
    if (text === null || text === '') return;
    // U+FFFC stands in a text for a picture or preview and may touch the address.
    for (const link of extractLinks(text.includes('\uFFFC') ? text.replaceAll('\uFFFC', ' ') : text))
      this.add(link);
  }

  /** Takes an address as it is. */
  add(link: string): void {
    const key = sameAddress(link);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#links.push(link);
  }

  get all(): string[] {
    return this.#links;
  }
}

// Only the host may change its case; a path means something else in capitals.
function sameAddress(link: string): string {
  const parts = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)\/?$/i.exec(link);
  return parts?.[1] !== undefined ? parts[1].toLowerCase() : link;
}
