/** Evidence of a case opened again, to show what is around a pointer: where it lies, or its sealed copy. */
import type { Desk } from '../../casework/desk/desk.js';
import { openSealedItem } from '../../casework/desk/sealed-items.js';
import type { EvidenceItem } from '../../casework/model/evidence-item.js';
import type { HeldEvidence } from '../../evidence/held.js';
import { type OpenedEvidence, openEvidence } from '../../evidence/open-evidence.js';

/** Closed after so long without use. */
const KEPT_MILLISECONDS = 60_000;

interface Opened {
  readonly evidence: OpenedEvidence;
  close(): Promise<void>;
}

/** Keeps what was opened last open for a while: a person looks at one place after another. */
export class HeldItems {
  readonly #desk: Desk;
  readonly #uploaded: (path: string) => HeldEvidence | null;
  #id = '';
  #opened: Promise<Opened | null> = Promise.resolve(null);
  #timer: NodeJS.Timeout | null = null;

  /** @param uploaded - what was sent by the page and is still there, by the path that stands for it */
  constructor(desk: Desk, uploaded: (path: string) => HeldEvidence | null) {
    this.#desk = desk;
    this.#uploaded = uploaded;
  }

  /** Null when it can no longer be opened. */
  async open(item: EvidenceItem): Promise<OpenedEvidence | null> {
    if (this.#id !== item.id) {
      await this.close();
      this.#id = item.id;
      this.#opened = this.#open(item).catch(() => null);
    }
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.close(), KEPT_MILLISECONDS);
    this.#timer.unref();
    return (await this.#opened)?.evidence ?? null;
  }

  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#id = '';
    const opened = await this.#opened;
    this.#opened = Promise.resolve(null);
    await opened?.close();
  }

  async #open(item: EvidenceItem): Promise<Opened | null> {
    const sealed = await openSealedItem(this.#desk.vault, item).catch(() => null);
    const held = sealed?.held ?? this.#uploaded(item.referencePath);
    const path = item.referencePath;
    try {
      const evidence = await openEvidence([path], {
        hash: false,
        ...(held ? { held: new Map([[path, held]]) } : {}),
      });
      return {
        evidence,
        close: async () => {
          await evidence.close();
          sealed?.forget();
        },
      };
    } catch (error) {
      sealed?.forget();
      throw error;
    }
  }
}
