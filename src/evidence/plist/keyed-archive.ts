import {
  DEFAULT_PLIST_LIMITS,
  type MutableDictionary,
  newDictionary,
  type PlistDictionary,
  PlistError,
  type PlistLimits,
  PlistUid,
  type PlistValue,
  setEntry,
} from './value.js';

// 2001-01-01 UTC in milliseconds, from which NSDate counts seconds.
const APPLE_EPOCH_MILLISECONDS = 978_307_200_000;

type Container = readonly PlistValue[] | PlistDictionary;

/**
 * Turns the objects of an NSKeyedArchiver into plain values: NSDictionary, NSArray, NSSet, NSString, NSData, NSDate,
 * NSURL, NSUUID and NSNull and their mutable forms become what they stand for; an object of any other class becomes
 * a dictionary of its fields with its class name under `$class`. Where an object contains itself a dictionary
 * `{ $cycle: true }` stands in its place; a pointer to no object stays a UID.
 *
 * The result is the root object, or, for an archive with several roots none of which is named `root`, a dictionary
 * of them.
 *
 * @example
 * const file = asDictionary(unarchive(parsePlist(row.file)));
 * const path = asText(file?.RelativePath);
 * @throws PlistError `wrong-format` when the value is no keyed archive
 */
export function unarchive(archive: PlistValue, limits: Partial<PlistLimits> = {}): PlistValue {
  const objects = isDictionary(archive) ? archive.$objects : null;
  const top = isDictionary(archive) ? archive.$top : null;
  if (!Array.isArray(objects) || !isDictionary(top))
    throw new PlistError('wrong-format', 0, 'no keyed archive');
  const unarchiver = new Unarchiver(objects, { ...DEFAULT_PLIST_LIMITS, ...limits });
  const names = Object.keys(top);
  const root = top.root ?? (names.length === 1 ? top[names[0] ?? ''] : undefined);
  return unarchiver.resolve(root ?? top, 0);
}

interface Resolved {
  readonly value: PlistValue;
  /** How many containers lie inside each other in it. */
  readonly height: number;
}

class Unarchiver {
  readonly #objects: readonly PlistValue[];
  readonly #maxDepth: number;
  #objectsLeft: number;
  #elementsLeft: number;
  #bytesLeft: number;
  /** By identity, so that what the file shares is resolved once, pointed to or not. `null` while being resolved. */
  readonly #resolved = new Map<Container, Resolved | null>();
  // Set by resolve: the height of the value just given.
  #height = 0;

  constructor(objects: readonly PlistValue[], limits: PlistLimits) {
    this.#objects = objects;
    this.#maxDepth = limits.maxDepth;
    this.#objectsLeft = limits.maxObjects;
    this.#elementsLeft = limits.maxElements;
    this.#bytesLeft = limits.maxBytes;
  }

  resolve(pointer: PlistValue, depth: number): PlistValue {
    const source = pointer instanceof PlistUid ? this.#follow(pointer) : pointer;
    this.#height = 0;
    if (!isContainer(source)) return source;

    const before = this.#resolved.get(source);
    if (before) {
      // A shared object may stand deeper here than where it was met first.
      if (depth + before.height > this.#maxDepth) throw new PlistError('limit-depth', this.#place(pointer));
      this.#height = before.height;
      return before.value;
    }
    if (before === null) {
      this.#height = 1;
      return cycleMarker();
    }

    if (depth >= this.#maxDepth) throw new PlistError('limit-depth', this.#place(pointer));
    this.#objectsLeft -= 1;
    if (this.#objectsLeft < 0) throw new PlistError('limit-count', this.#place(pointer));
    this.#resolved.set(source, null);
    const value = Array.isArray(source)
      ? this.#list(source, depth + 1)
      : this.#object(source as PlistDictionary, depth + 1, this.#place(pointer));
    const height = isContainer(value) ? this.#height + 1 : 0;
    this.#resolved.set(source, { value, height });
    this.#height = height;
    return value;
  }

  /** Object 0 is the text `$null` by convention and stands for nothing. A pointer to a pointer is never written. */
  #follow(uid: PlistUid): PlistValue {
    const target = this.#objects[uid.value];
    if (target === undefined || target instanceof PlistUid) return uid;
    return uid.value === 0 && target === '$null' ? null : target;
  }

  #place(pointer: PlistValue): number {
    return pointer instanceof PlistUid ? pointer.value : 0;
  }

  #list(items: readonly PlistValue[], depth: number): PlistValue[] {
    this.#take(items.length);
    let height = 0;
    const list = items.map((item) => {
      const value = this.resolve(item, depth);
      if (this.#height > height) height = this.#height;
      return value;
    });
    this.#height = height;
    return list;
  }

  #object(source: PlistDictionary, depth: number, place: number): PlistValue {
    const classes = this.#classesOf(source);
    for (const name of classes) {
      const foundation = FOUNDATION_CLASSES[name];
      if (!foundation) continue;
      // A subclass may have fields of its own, which must not be lost: it stays a dictionary of its fields.
      if (name !== classes[0] && hasOtherFields(source, foundation.fields)) break;
      const value = this.#foundationValue(foundation.kind, source, depth, place);
      if (value !== undefined) return value;
      break;
    }
    return this.#fields(source, classes[0] ?? null, depth, place);
  }

  /** The class of an object and those it derives from, nearest first; empty for a plain dictionary. */
  #classesOf(source: PlistDictionary): readonly string[] {
    const uid = source.$class;
    const description = uid instanceof PlistUid ? this.#objects[uid.value] : null;
    if (!isDictionary(description)) return [];
    const { $classname, $classes } = description;
    // Real hierarchies have a handful of levels.
    const names = [$classname, ...(Array.isArray($classes) ? $classes.slice(0, 32) : [])];
    return names.filter((name) => typeof name === 'string');
  }

  #fields(source: PlistDictionary, className: string | null, depth: number, place: number): PlistValue {
    const names = Object.keys(source);
    this.#take(names.length * 2);
    const result = newDictionary();
    if (className !== null) result.$class = className;
    let height = 0;
    for (const [index, name] of names.entries()) {
      if (name === '$class' && className !== null) continue;
      const value = this.resolve(source[name] ?? null, depth);
      if (this.#height > height) height = this.#height;
      setEntry(result, name, value, index, place);
    }
    this.#height = height;
    return result;
  }

  /** The value an object of Foundation stands for, or undefined when its fields are not what they should be. */
  #foundationValue(
    kind: FoundationKind,
    source: PlistDictionary,
    depth: number,
    place: number,
  ): PlistValue | undefined {
    switch (kind) {
      case 'dictionary':
        return this.#keysAndObjects(source, depth, place);
      case 'list': {
        const items = source['NS.objects'];
        return Array.isArray(items) ? this.#list(items, depth) : undefined;
      }
      case 'text': {
        const text = this.#scalar(source['NS.string'] ?? source['NS.bytes']);
        if (text instanceof Uint8Array) return this.#decode(text, place);
        return typeof text === 'string' ? text : undefined;
      }
      case 'bytes': {
        const bytes = this.#scalar(source['NS.data']);
        return bytes instanceof Uint8Array ? bytes : undefined;
      }
      case 'date': {
        const seconds = this.#scalar(source['NS.time']);
        return typeof seconds === 'number'
          ? new Date(Math.round(seconds * 1000) + APPLE_EPOCH_MILLISECONDS)
          : undefined;
      }
      case 'url':
        return this.#address(source, depth);
      case 'uuid': {
        const bytes = this.#scalar(source['NS.uuidbytes']);
        if (!(bytes instanceof Uint8Array) || bytes.byteLength !== 16) return undefined;
        const hex = Buffer.from(bytes).toString('hex').toUpperCase();
        return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
      }
      case 'null':
        return null;
    }
  }

  #keysAndObjects(source: PlistDictionary, depth: number, place: number): PlistValue | undefined {
    const keys = source['NS.keys'];
    const values = source['NS.objects'];
    if (!Array.isArray(keys) || !Array.isArray(values) || keys.length !== values.length) return undefined;
    const names = this.#list(keys, depth);
    // Keys may be objects of any class. Then the two lists are shown as they are.
    if (names.some(isContainer)) return undefined;
    this.#take(values.length);
    const result: MutableDictionary = newDictionary();
    let height = 0;
    for (const [index, name] of names.entries()) {
      const value = this.resolve(values[index] ?? null, depth);
      if (this.#height > height) height = this.#height;
      setEntry(result, name, value, index, place);
    }
    this.#height = height;
    return result;
  }

  #address(source: PlistDictionary, depth: number): PlistValue | undefined {
    const relative = this.#scalar(source['NS.relative']);
    if (typeof relative !== 'string') return undefined;
    const base = this.resolve(source['NS.base'] ?? null, depth);
    if (base === null) return relative;
    if (typeof base !== 'string') return undefined;
    return URL.canParse(relative, base) ? new URL(relative, base).href : undefined;
  }

  /** A field that may be kept inside its object or be pointed to. */
  #scalar(value: PlistValue | undefined): PlistValue | undefined {
    return value instanceof PlistUid ? this.#follow(value) : value;
  }

  /** Many objects may point to the same bytes, and each makes a text of its own. */
  #decode(bytes: Uint8Array, place: number): string {
    this.#bytesLeft -= bytes.byteLength;
    if (this.#bytesLeft < 0) throw new PlistError('limit-bytes', place);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  }

  #take(count: number): void {
    this.#elementsLeft -= count;
    if (this.#elementsLeft < 0) throw new PlistError('limit-count', 0);
  }
}

type FoundationKind = 'dictionary' | 'list' | 'text' | 'bytes' | 'date' | 'url' | 'uuid' | 'null';

interface FoundationClass {
  readonly kind: FoundationKind;
  readonly fields: readonly string[];
}

const DICTIONARY: FoundationClass = { kind: 'dictionary', fields: ['NS.keys', 'NS.objects'] };
const LIST: FoundationClass = { kind: 'list', fields: ['NS.objects'] };
const TEXT: FoundationClass = { kind: 'text', fields: ['NS.string', 'NS.bytes'] };
const BYTES: FoundationClass = { kind: 'bytes', fields: ['NS.data'] };

/** Classes of Foundation and the fields they archive. No prototype: class names come from the evidence. */
const FOUNDATION_CLASSES: Readonly<Record<string, FoundationClass | undefined>> = Object.assign(
  Object.create(null) as Record<string, FoundationClass | undefined>,
  {
    NSDictionary: DICTIONARY,
    NSMutableDictionary: DICTIONARY,
    NSArray: LIST,
    NSMutableArray: LIST,
    NSSet: LIST,
    NSMutableSet: LIST,
    NSOrderedSet: LIST,
    NSMutableOrderedSet: LIST,
    NSString: TEXT,
    NSMutableString: TEXT,
    NSData: BYTES,
    NSMutableData: BYTES,
    NSDate: { kind: 'date', fields: ['NS.time'] },
    NSURL: { kind: 'url', fields: ['NS.base', 'NS.relative'] },
    NSUUID: { kind: 'uuid', fields: ['NS.uuidbytes'] },
    NSNull: { kind: 'null', fields: [] },
  } satisfies Record<string, FoundationClass>,
);

function hasOtherFields(source: PlistDictionary, fields: readonly string[]): boolean {
  return Object.keys(source).some((name) => name !== '$class' && !fields.includes(name));
}

function cycleMarker(): PlistDictionary {
  const marker = newDictionary();
  marker.$cycle = true;
  return marker;
}

function isContainer(value: PlistValue | undefined): value is Container {
  return Array.isArray(value) || isDictionary(value);
}

function isDictionary(value: PlistValue | undefined): value is PlistDictionary {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;
}
