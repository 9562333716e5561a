/** What the fast reader found; values as stored. */
export interface MbFile {
  size: number | null;
  mode: number | null;
  lastModified: number | null;
  lastStatusChange: number | null;
  birth: number | null;
  userId: number | null;
  groupId: number | null;
  inode: number | null;
  protectionClass: number | null;
  encryptionKey: Uint8Array | null;
  target: string | null;
}

const TRAILER_BYTES = 32;
const MAX_OBJECTS = 20_000;
const NOT_FOUND = -1;

/**
 * Picks the fields of an `MBFile` straight out of a binary keyed archive, without building its other values: a
 * manifest has some 10^5 of them, and this is about ten times faster than reading each as a whole property list.
 * It knows only what iOS writes. Null means "something else is there", and the general reader decides.
 */
export function pickMbFile(bytes: Uint8Array): MbFile | null {
  const archive = Archive.open(bytes);
  if (!archive) return null;
  const top = archive.lookUp(archive.topObject, '$top');
  const root = archive.target(archive.lookUp(top, 'root'));
  return root === NOT_FOUND ? null : readFields(archive, root);
}

function readFields(archive: Archive, root: number): MbFile | null {
  const found: MbFile = {
    size: null,
    mode: null,
    lastModified: null,
    lastStatusChange: null,
    birth: null,
    userId: null,
    groupId: null,
    inode: null,
    protectionClass: null,
    encryptionKey: null,
    target: null,
  };
  const count = archive.count(root, 0xd0);
  if (count === NOT_FOUND || count > 64) return null;
  const seen = new Set<string>();
  for (let index = 0; index < count; index += 1) {
    const key = archive.text(archive.part(root, count, index));
    if (key === null || seen.has(key)) return null;
    seen.add(key);
    const value = archive.part(root, count, count + index);
    switch (key) {
      case 'EncryptionKey': {
        found.encryptionKey = archive.data(value);
        if (!found.encryptionKey) return null;
        break;
      }
      case 'Target': {
        found.target = archive.text(archive.target(value));
        if (found.target === null) return null;
        break;
      }
      default: {
        const field = INTEGER_FIELDS.get(key);
        if (!field) break;
        const number = archive.integer(value);
        if (number === null) return null;
        found[field] = number;
      }
    }
  }
  return found;
}

type IntegerField = {
  [Key in keyof MbFile]: number extends MbFile[Key] ? Key : never;
}[keyof MbFile];

const INTEGER_FIELDS: ReadonlyMap<string, IntegerField> = new Map([
  ['Size', 'size'],
  ['Mode', 'mode'],
  ['LastModified', 'lastModified'],
  ['LastStatusChange', 'lastStatusChange'],
  ['Birth', 'birth'],
  ['UserID', 'userId'],
  ['GroupID', 'groupId'],
  ['InodeNumber', 'inode'],
  ['ProtectionClass', 'protectionClass'],
]);

/** The bytes of a binary property list; objects are named by their number, `NOT_FOUND` when there is none. */
class Archive {
  readonly #bytes: Buffer;
  readonly #offsetSize: number;
  readonly #referenceSize: number;
  readonly #objectCount: number;
  readonly #tableOffset: number;
  /** Object number of `$objects`, once looked up. */
  #objects: number | null = null;
  readonly topObject: number;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
    const trailer = bytes.byteLength - TRAILER_BYTES;
    this.#offsetSize = bytes[trailer + 6] ?? 0;
    this.#referenceSize = bytes[trailer + 7] ?? 0;
    this.#objectCount = bytes.readUIntBE(trailer + 10, 6);
    this.topObject = bytes.readUIntBE(trailer + 18, 6);
    this.#tableOffset = bytes.readUIntBE(trailer + 26, 6);
  }

  static open(bytes: Uint8Array): Archive | null {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (buffer.byteLength < 8 + TRAILER_BYTES || buffer.toString('latin1', 0, 8) !== 'bplist00') return null;
    const archive = new Archive(buffer);
    const tableEnd = archive.#tableOffset + archive.#objectCount * archive.#offsetSize;
    const fits =
      archive.#objectCount <= MAX_OBJECTS &&
      isWidth(archive.#offsetSize) &&
      isWidth(archive.#referenceSize) &&
      tableEnd <= buffer.byteLength - TRAILER_BYTES;
    return fits ? archive : null;
  }

  /** Value of a key in a dictionary. */
  lookUp(dictionary: number, wanted: string): number {
    const count = this.count(dictionary, 0xd0);
    if (count === NOT_FOUND || count > 64) return NOT_FOUND;
    for (let index = 0; index < count; index += 1) {
      if (this.text(this.part(dictionary, count, index)) === wanted)
        return this.part(dictionary, count, count + index);
    }
    return NOT_FOUND;
  }

  /** What a UID points to in `$objects`. */
  target(uid: number): number {
    const at = this.#offset(uid);
    const marker = this.#byte(at);
    if (marker >> 4 !== 0x8) return NOT_FOUND;
    const size = (marker & 0x0f) + 1;
    if (!isWidth(size) || at + 1 + size > this.#tableOffset) return NOT_FOUND;
    this.#objects ??= this.lookUp(this.topObject, '$objects');
    const count = this.count(this.#objects, 0xa0);
    const index = this.#bytes.readUIntBE(at + 1, size);
    return count === NOT_FOUND || index >= count ? NOT_FOUND : this.part(this.#objects, count, index);
  }

  /** Number of entries, when the object is of this type (0xd0 dictionary, 0xa0 array). */
  count(object: number, type: number): number {
    const at = this.#offset(object);
    const marker = this.#byte(at);
    if ((marker & 0xf0) !== type) return NOT_FOUND;
    const count = this.#length(at, marker);
    const references = type === 0xd0 ? count * 2 : count;
    const end = this.#contentStart(at, marker) + references * this.#referenceSize;
    return count === NOT_FOUND || end > this.#tableOffset ? NOT_FOUND : count;
  }

  /** Reference number `index` of a container that `count` accepted. */
  part(container: number, count: number, index: number): number {
    const start = this.#offset(container) + (count < 15 ? 1 : this.#longCountBytes(container));
    return this.#bytes.readUIntBE(start + index * this.#referenceSize, this.#referenceSize);
  }

  text(object: number): string | null {
    const at = this.#offset(object);
    const marker = this.#byte(at);
    const isWide = (marker & 0xf0) === 0x60;
    if ((marker & 0xf0) !== 0x50 && !isWide) return null;
    const length = this.#length(at, marker);
    const start = this.#contentStart(at, marker);
    const end = start + length * (isWide ? 2 : 1);
    if (length === NOT_FOUND || end > this.#tableOffset) return null;
    if (!isWide) return this.#bytes.toString('latin1', start, end);
    return Buffer.from(this.#bytes.subarray(start, end)).swap16().toString('utf16le');
  }

  /** Non-negative whole numbers of 1, 2 and 4 bytes, and of 8 when they are exact. */
  integer(object: number): number | null {
    const at = this.#offset(object);
    const marker = this.#byte(at);
    if (marker < 0x10 || marker > 0x13) return null;
    const size = 1 << (marker & 0x0f);
    if (at + 1 + size > this.#tableOffset) return null;
    if (size < 8) return this.#bytes.readUIntBE(at + 1, size);
    return this.#bytes.readUInt16BE(at + 1) === 0 ? this.#bytes.readUIntBE(at + 3, 6) : null;
  }

  /** Bytes: in place, behind a UID, or in the `NS.data` of what the UID points to. */
  data(object: number): Uint8Array | null {
    const direct = this.#plainData(object);
    if (direct) return direct;
    const target = this.target(object);
    const pointed = this.#plainData(target);
    if (pointed) return pointed;
    const inside = this.lookUp(target, 'NS.data');
    return this.#plainData(inside) ?? this.#plainData(this.target(inside));
  }

  #plainData(object: number): Uint8Array | null {
    const at = this.#offset(object);
    const marker = this.#byte(at);
    if ((marker & 0xf0) !== 0x40) return null;
    const length = this.#length(at, marker);
    const start = this.#contentStart(at, marker);
    return length === NOT_FOUND || start + length > this.#tableOffset
      ? null
      : this.#bytes.subarray(start, start + length);
  }

  #offset(object: number): number {
    if (object < 0 || object >= this.#objectCount) return NOT_FOUND;
    const offset = this.#bytes.readUIntBE(this.#tableOffset + object * this.#offsetSize, this.#offsetSize);
    return offset >= 8 && offset < this.#tableOffset ? offset : NOT_FOUND;
  }

  #byte(at: number): number {
    return at === NOT_FOUND ? 0 : (this.#bytes[at] ?? 0);
  }

  #length(at: number, marker: number): number {
    if ((marker & 0x0f) !== 0x0f) return marker & 0x0f;
    const size = 1 << (this.#byte(at + 1) & 0x0f);
    if (this.#byte(at + 1) >> 4 !== 0x1 || size > 4 || at + 2 + size > this.#tableOffset) return NOT_FOUND;
    const length = this.#bytes.readUIntBE(at + 2, size);
    // Written long although short: nothing iOS does, and `part` relies on it.
    return length < 15 ? NOT_FOUND : length;
  }

  #contentStart(at: number, marker: number): number {
    return (marker & 0x0f) === 0x0f ? at + 2 + (1 << (this.#byte(at + 1) & 0x0f)) : at + 1;
  }

  #longCountBytes(container: number): number {
    return 2 + (1 << (this.#byte(this.#offset(container) + 1) & 0x0f));
  }
}

function isWidth(size: number): boolean {
  return size === 1 || size === 2 || size === 4;
}
