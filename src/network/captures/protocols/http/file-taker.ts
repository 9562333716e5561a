/** A file in a body, from its first byte to its record. */
import type { PacketMark } from '../../flows/consumer.js';
import type { MemoryBudget } from '../memory-budget.js';
import { type Coding, type FileBytes, type FileFacts, PackedFile, PlainFile } from './file-bytes.js';
import { extensionOf, type FileHints } from './file-type.js';
import type { BodyTaker } from './message-body.js';

/** A file that is over, as its record tells of it. */
export interface TakenFile extends FileFacts {
  readonly mark: PacketMark;
  readonly name: string | null;
  readonly mediaType: string | null;
}

export interface FileDescription {
  readonly name: string | null;
  /** As the sender says. */
  readonly mediaType: string | null;
  readonly coding: Coding | null;
  /** False: this is a part of a file. */
  readonly isAllOfIt: boolean;
  /** Smaller ones leave no record. */
  readonly minBytes: number;
}

export class FileTaker implements BodyTaker {
  readonly #description: FileDescription;
  readonly #mark: PacketMark;
  readonly #tell: (file: TakenFile) => void;
  readonly #file: FileBytes;
  #hasGap = false;

  constructor(
    description: FileDescription,
    mark: PacketMark,
    budget: MemoryBudget,
    tell: (file: TakenFile) => void,
  ) {
    this.#description = description;
    this.#mark = mark;
    this.#tell = tell;
    this.#file =
      description.coding === null ? new PlainFile(budget) : new PackedFile(description.coding, budget);
  }

  take(bytes: Buffer, start: number, end: number): void {
    this.#file.take(bytes, start, end);
  }

  gap(): void {
    this.#hasGap = true;
  }

  finish(isWhole: boolean): void {
    const { name, mediaType, isAllOfIt, minBytes } = this.#description;
    const facts = this.#file.finish(isWhole && isAllOfIt && !this.#hasGap, hintsOf(name, mediaType));
    if (facts.sizeBytes >= minBytes) this.#tell({ ...facts, mark: this.#mark, name, mediaType });
  }
}

/** What a name and a media type say. */
export function hintsOf(name: string | null, mediaType: string | null): FileHints {
  const semicolon = mediaType?.indexOf(';') ?? -1;
  const bare = semicolon === -1 ? mediaType : (mediaType as string).slice(0, semicolon);
  return { extension: name === null ? '' : extensionOf(name), mediaType: bare?.trim().toLowerCase() ?? null };
}
