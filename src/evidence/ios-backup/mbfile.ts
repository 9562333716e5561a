/** What the fast reader found; values as stored. */
export interface MbFile {
  readonly size: number | null;
  readonly mode: number | null;
  readonly lastModified: number | null;
  readonly lastStatusChange: number | null;
  readonly birth: number | null;
  readonly userId: number | null;
  readonly groupId: number | null;
  readonly inode: number | null;
  readonly protectionClass: number | null;
  readonly encryptionKey: Uint8Array | null;
  readonly target: string | null;
}

const TRAILER_BYTES = 32;
const MAX_OBJECTS = 20_000;
const MAX_KEYS = 64;
const NOT_FOUND = -1;

// Keys as they are stored, so that they are compared without making texts of them.
const MAGIC = stored('bplist00');
const TOP = stored('$top');
const ROOT = stored('root');
const OBJECTS = stored('$objects');
const NS_DATA = stored('NS.data');
const SIZE = stored('Size');
const MODE = stored('Mode');
const LAST_MODIFIED = stored('LastModified');
const LAST_STATUS_CHANGE = stored('LastStatusChange');
const BIRTH = stored('Birth');
const USER_ID = stored('UserID');
const GROUP_ID = stored('GroupID');
const INODE = stored('InodeNumber');
const PROTECTION_CLASS = stored('ProtectionClass');
const ENCRYPTION_KEY = stored('EncryptionKey');
const TARGET = stored('Target');
const FIELDS = [
  SIZE,
  MODE,
  LAST_MODIFIED,
  LAST_STATUS_CHANGE,
  BIRTH,
  USER_ID,
  GROUP_ID,
  INODE,
  PROTECTION_CLASS,
  ENCRYPTION_KEY,
  TARGET,
];
/** Fields by the length of their key: at most two have the same. */
const FIELDS_BY_LENGTH = Array.from(
  { length: 1 + Math.max(...FIELDS.map((key) => key.length)) },
  (_, length) => FIELDS.filter((key) => key.length === length),
);
const NO_FIELDS: readonly Uint8Array[] = [];

/** A binary property list; objects are named by their number. One for all rows, because a manifest has 10^5 of them. */
interface Archive {
  bytes: Uint8Array;
  offsetSize: number;
  referenceSize: number;
  objectCount: number;
  tableOffset: number;
  topObject: number;
  /** Where the references of `$objects` start, once looked up, and how many there are. */
  objectsStart: number | null;
  objectsCount: number;
  /** Length of what `contentOf` or `containerOf` found last. */
  length: number;
}

const NOTHING = new Uint8Array(0);
const archive: Archive = {
  bytes: NOTHING,
  offsetSize: 1,
  referenceSize: 1,
  objectCount: 0,
  tableOffset: 0,
  topObject: 0,
  objectsStart: null,
  objectsCount: 0,
  length: 0,
};

/**
 * Picks the fields of an `MBFile` straight out of a binary keyed archive, without building its other values: a
 * manifest has some 10^5 of them, and this is about fifty times faster than reading each as a whole property list.
 * It knows only what iOS writes. Null means "something else is there", and the general reader decides.
 *
 * Functions over one plain object, numbers put together byte by byte: as a class with Buffer's own methods the same
 * took seven times as long, which was a fifth of a whole check.
 */
export function pickMbFile(bytes: Uint8Array): MbFile | null {
  if (!openArchive(archive, bytes)) return null;
  const root = targetOf(archive, entryOf(archive, entryOf(archive, archive.topObject, TOP), ROOT));
  const found = root === NOT_FOUND ? null : readFields(archive, root);
  archive.bytes = NOTHING;
  return found;
}

function readFields(from: Archive, root: number): MbFile | null {
  const start = containerOf(from, root, 0xd0);
  const count = from.length;
  if (start === NOT_FOUND || count > MAX_KEYS) return null;
  let size = null;
  let mode = null;
  let lastModified = null;
  let lastStatusChange = null;
  let birth = null;
  let userId = null;
  let groupId = null;
  let inode = null;
  let protectionClass = null;
  let encryptionKey = null;
  let target = null;
  let keysFound = 0;
  for (let index = 0; index < count; index += 1) {
    const field = fieldOf(from, referenceAt(from, start, index));
    // No text, or one with accents: another kind of archive.
    if (field === null) return null;
    // Another key of iOS.
    if (field === NOTHING) continue;
    keysFound += 1;
    const value = referenceAt(from, start, count + index);
    if (field === ENCRYPTION_KEY) {
      if (encryptionKey) return null;
      encryptionKey = dataOf(from, value);
      if (!encryptionKey) return null;
      continue;
    }
    if (field === TARGET) {
      if (target !== null) return null;
      target = textOf(from, targetOf(from, value));
      if (target === null) return null;
      continue;
    }
    const number = integerOf(from, value);
    if (number === NOT_FOUND) return null;
    if (field === SIZE) size = number;
    else if (field === MODE) mode = number;
    else if (field === LAST_MODIFIED) lastModified = number;
    else if (field === LAST_STATUS_CHANGE) lastStatusChange = number;
    else if (field === BIRTH) birth = number;
    else if (field === USER_ID) userId = number;
    else if (field === GROUP_ID) groupId = number;
    else if (field === INODE) inode = number;
    else protectionClass = number;
  }
  const found: MbFile = {
    size,
    mode,
    lastModified,
    lastStatusChange,
    birth,
    userId,
    groupId,
    inode,
    protectionClass,
    encryptionKey,
    target,
  };
  // Twice the same key: which one counts is for the general reader to say.
  return keysFound === fieldsIn(found) ? found : null;
}

function fieldsIn(found: MbFile): number {
  return (
    (found.size === null ? 0 : 1) +
    (found.mode === null ? 0 : 1) +
    (found.lastModified === null ? 0 : 1) +
    (found.lastStatusChange === null ? 0 : 1) +
    (found.birth === null ? 0 : 1) +
    (found.userId === null ? 0 : 1) +
    (found.groupId === null ? 0 : 1) +
    (found.inode === null ? 0 : 1) +
    (found.protectionClass === null ? 0 : 1) +
    (found.encryptionKey === null ? 0 : 1) +
    (found.target === null ? 0 : 1)
  );
}

/** False when this is nothing the quick way knows. */
function openArchive(into: Archive, bytes: Uint8Array): boolean {
  const trailer = bytes.length - TRAILER_BYTES;
  if (trailer < MAGIC.length || !isAt(bytes, 0, MAGIC)) return false;
  into.bytes = bytes;
  into.objectsStart = null;
  into.offsetSize = bytes[trailer + 6] as number;
  into.referenceSize = bytes[trailer + 7] as number;
  if (!isWidth(into.offsetSize) || !isWidth(into.referenceSize)) return false;
  // Three numbers of eight bytes, of which a row of some hundred bytes needs the lower four.
  for (let at = trailer + 8; at < bytes.length; at += 8) if (numberAt(bytes, at, 4) !== 0) return false;
  into.objectCount = numberAt(bytes, trailer + 12, 4);
  into.topObject = numberAt(bytes, trailer + 20, 4);
  into.tableOffset = numberAt(bytes, trailer + 28, 4);
  return into.objectCount <= MAX_OBJECTS && into.tableOffset + into.objectCount * into.offsetSize <= trailer;
}

/** Value of a key in a dictionary. */
function entryOf(from: Archive, dictionary: number, key: Uint8Array): number {
  const start = containerOf(from, dictionary, 0xd0);
  const count = from.length;
  if (start === NOT_FOUND || count > MAX_KEYS) return NOT_FOUND;
  for (let index = 0; index < count; index += 1) {
    const at = offsetOf(from, referenceAt(from, start, index));
    if (at === NOT_FOUND || from.bytes[at] !== (0x50 | key.length)) continue;
    if (at + 1 + key.length <= from.tableOffset && isAt(from.bytes, at + 1, key))
      return referenceAt(from, start, count + index);
  }
  return NOT_FOUND;
}

/** What a UID points to in `$objects`. */
function targetOf(from: Archive, uid: number): number {
  const at = offsetOf(from, uid);
  const marker = markerAt(from, at);
  if (marker >> 4 !== 0x8) return NOT_FOUND;
  const size = (marker & 0x0f) + 1;
  if (!isWidth(size) || at + 1 + size > from.tableOffset) return NOT_FOUND;
  if (from.objectsStart === null) {
    from.objectsStart = containerOf(from, entryOf(from, from.topObject, OBJECTS), 0xa0);
    from.objectsCount = from.length;
  }
  const index = numberAt(from.bytes, at + 1, size);
  if (from.objectsStart === NOT_FOUND || index >= from.objectsCount) return NOT_FOUND;
  return referenceAt(from, from.objectsStart, index);
}

/** Which of the fields a key names; nothing for a key of another name; null when it is no ASCII text. */
function fieldOf(from: Archive, object: number): Uint8Array | null {
  const at = offsetOf(from, object);
  const marker = markerAt(from, at);
  if ((marker & 0xf0) !== 0x50) return null;
  const start = contentOf(from, at, marker);
  const { length } = from;
  if (start === NOT_FOUND || start + length > from.tableOffset) return null;
  const candidates = length < FIELDS_BY_LENGTH.length ? (FIELDS_BY_LENGTH[length] ?? NO_FIELDS) : NO_FIELDS;
  for (const candidate of candidates) if (isAt(from.bytes, start, candidate)) return candidate;
  return NOTHING;
}

function textOf(from: Archive, object: number): string | null {
  const at = offsetOf(from, object);
  const marker = markerAt(from, at);
  const isWide = (marker & 0xf0) === 0x60;
  if ((marker & 0xf0) !== 0x50 && !isWide) return null;
  const start = contentOf(from, at, marker);
  const end = start + from.length * (isWide ? 2 : 1);
  if (start === NOT_FOUND || end > from.tableOffset) return null;
  const content = Buffer.from(from.bytes.subarray(start, end));
  return isWide ? content.swap16().toString('utf16le') : content.toString('latin1');
}

/** Non-negative whole numbers of 1, 2 and 4 bytes, and of 8 when they are exact; else `NOT_FOUND`. */
function integerOf(from: Archive, object: number): number {
  const at = offsetOf(from, object);
  const marker = markerAt(from, at);
  if (marker < 0x10 || marker > 0x13) return NOT_FOUND;
  const size = 1 << (marker & 0x0f);
  if (at + 1 + size > from.tableOffset) return NOT_FOUND;
  if (size < 8) return numberAt(from.bytes, at + 1, size);
  const upper = numberAt(from.bytes, at + 1, 4);
  return upper > 0xffff ? NOT_FOUND : upper * 0x1_0000_0000 + numberAt(from.bytes, at + 5, 4);
}

/** Bytes: in place, behind a UID, or in the `NS.data` of what the UID points to. */
function dataOf(from: Archive, object: number): Uint8Array | null {
  const direct = plainDataOf(from, object);
  if (direct) return direct;
  const target = targetOf(from, object);
  const pointed = plainDataOf(from, target);
  if (pointed) return pointed;
  const inside = entryOf(from, target, NS_DATA);
  return plainDataOf(from, inside) ?? plainDataOf(from, targetOf(from, inside));
}

function plainDataOf(from: Archive, object: number): Uint8Array | null {
  const at = offsetOf(from, object);
  const marker = markerAt(from, at);
  if ((marker & 0xf0) !== 0x40) return null;
  const start = contentOf(from, at, marker);
  const end = start + from.length;
  return start === NOT_FOUND || end > from.tableOffset ? null : from.bytes.subarray(start, end);
}

/** Where the references of a dictionary (0xd0) or array (0xa0) start; how many entries it has is in `length`. */
function containerOf(from: Archive, object: number, type: number): number {
  const at = offsetOf(from, object);
  const marker = markerAt(from, at);
  if ((marker & 0xf0) !== type) return NOT_FOUND;
  const start = contentOf(from, at, marker);
  const references = type === 0xd0 ? from.length * 2 : from.length;
  return start === NOT_FOUND || start + references * from.referenceSize > from.tableOffset
    ? NOT_FOUND
    : start;
}

/** Where the content of an object starts; its length is in `length`. */
function contentOf(from: Archive, at: number, marker: number): number {
  from.length = marker & 0x0f;
  if (from.length !== 0x0f) return at + 1;
  const intMarker = from.bytes[at + 1] as number;
  const size = 1 << (intMarker & 0x0f);
  if (intMarker >> 4 !== 0x1 || size > 4 || at + 2 + size > from.tableOffset) return NOT_FOUND;
  from.length = numberAt(from.bytes, at + 2, size);
  return at + 2 + size;
}

/** Reference number `index` of a container that `containerOf` accepted. */
function referenceAt(from: Archive, start: number, index: number): number {
  return numberAt(from.bytes, start + index * from.referenceSize, from.referenceSize);
}

function offsetOf(from: Archive, object: number): number {
  if (object < 0 || object >= from.objectCount) return NOT_FOUND;
  const offset = numberAt(from.bytes, from.tableOffset + object * from.offsetSize, from.offsetSize);
  return offset >= MAGIC.length && offset < from.tableOffset ? offset : NOT_FOUND;
}

function markerAt(from: Archive, at: number): number {
  return at === NOT_FOUND ? 0 : (from.bytes[at] as number);
}

/** A big-endian number of 1, 2 or 4 bytes, which are known to be there. */
function numberAt(bytes: Uint8Array, at: number, size: number): number {
  if (size === 1) return bytes[at] as number;
  if (size === 2) return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}

function isAt(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length; index += 1) {
    if (bytes[start + index] !== wanted[index]) return false;
  }
  return true;
}

function isWidth(size: number): boolean {
  return size === 1 || size === 2 || size === 4;
}

// Plain arrays of bytes, not Buffers: one kind of array in all comparisons.
function stored(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}
