/** A file that lies as sealed pieces of equal size, read at any place as if it were whole. */
import type { Pointer } from '../../core/contracts.js';
import { EvidenceError } from '../../core/evidence-error.js';
import { UnsealedFile } from '../../evidence/age/unsealed-file.js';
import type { OpenBytes, RandomAccess } from '../../evidence/file-range.js';

/** Opened pieces kept, of all files together: each keeps up to 256 KiB of what was read of it. */
const KEPT_PIECES = 16;

export interface SealedPiece {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sealedBytes: number;
  readonly headerBytes: number;
  readonly fileKey: Buffer;
}

/** Opens pieces, and keeps those used last. */
export class PieceReader {
  readonly #kept = new Map<SealedPiece, UnsealedFile>();

  open(piece: SealedPiece, pointer: Pointer): UnsealedFile {
    const known = this.#kept.get(piece);
    const file =
      known ??
      new UnsealedFile(piece.path, pointer, {
        sealedBytes: piece.sealedBytes,
        headerBytes: piece.headerBytes,
        fileKey: piece.fileKey,
        onChanged: () => {},
      });
    this.#kept.delete(piece);
    this.#kept.set(piece, file);
    // Those that are left to the garbage may still be read by whoever opened them; their keys die with them.
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_PIECES) break;
      this.#kept.delete(oldest);
    }
    return file;
  }

  forget(): void {
    for (const file of this.#kept.values()) file.forget();
    this.#kept.clear();
  }
}

export class PiecedFile implements RandomAccess {
  readonly #reader: PieceReader;
  readonly #pieces: readonly SealedPiece[];
  readonly #pieceBytes: number;

  /** @param pieces - in order, all of `pieceBytes` but the last */
  constructor(
    reader: PieceReader,
    pieces: readonly SealedPiece[],
    pieceBytes: number,
    readonly sizeBytes: number,
  ) {
    this.#reader = reader;
    this.#pieces = pieces;
    this.#pieceBytes = pieceBytes;
  }

  open(pointer: Pointer): OpenBytes {
    let current: { readonly number: number; readonly opened: OpenBytes } | null = null;
    const pieceAt = (number: number): OpenBytes => {
      if (current?.number === number) return current.opened;
      current?.opened.close();
      current = null;
      const piece = this.#pieces[number];
      if (!piece) throw new EvidenceError('damaged', pointer);
      const file = this.#reader.open(piece, pointer);
      if (file.sizeBytes !== piece.sizeBytes) throw new EvidenceError('damaged', pointer);
      current = { number, opened: file.open(pointer) };
      return current.opened;
    };
    return {
      readAt: (position, length) => {
        const end = Math.min(position + length, this.sizeBytes);
        if (!(position >= 0 && position < end)) return Buffer.alloc(0);
        const parts: Buffer[] = [];
        for (let at = position; at < end; ) {
          const number = Math.floor(at / this.#pieceBytes);
          const offset = at - number * this.#pieceBytes;
          const wanted = Math.min(end - at, this.#pieceBytes - offset);
          const part = pieceAt(number).readAt(offset, wanted);
          parts.push(part);
          at += part.byteLength;
          if (part.byteLength < wanted) break;
        }
        return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
      },
      close: () => {
        current?.opened.close();
        current = null;
      },
    };
  }
}
