/** MISP events as JSON: `{response: [{Event}]}`, `{Event}`, a bare event, or the attributes of a search. */
import type { IndicatorCategory } from '../../core/indicator.js';
import { type FeedBuilder, feedTime } from '../feed-builder.js';
import { asArray, asObject, field, type JsonObject, textField } from './json.js';
import { meaningOf, splitComposite } from './misp-types.js';

/** True for what this format can read. */
export function looksLikeMisp(json: unknown): boolean {
  return eventsOf(json).length > 0;
}

export function readMisp(json: unknown, feed: FeedBuilder): void {
  for (const event of eventsOf(json)) readEvent(event, feed);
}

function eventsOf(json: unknown): JsonObject[] {
  const items = Array.isArray(json) ? json : [json];
  return items.flatMap((item) => {
    const object = asObject(item);
    const response = field(object, 'response');
    if (Array.isArray(response)) return eventsOf(response);
    if (asObject(response) !== null) return eventsOf([response]);
    const event = asObject(field(object, 'Event')) ?? object;
    const isEvent = Array.isArray(field(event, 'Attribute')) || Array.isArray(field(event, 'Object'));
    return event !== null && isEvent ? [event] : [];
  });
}

interface EventContext {
  readonly family: string | null;
  readonly category: IndicatorCategory | undefined;
  readonly date: string | null;
}

function readEvent(event: JsonObject, feed: FeedBuilder): void {
  const tags = asArray(field(event, 'Tag')).map((tag) => textField(asObject(tag), 'name') ?? '');
  const info = textField(event, 'info');
  const words = [info ?? '', ...tags].join(' ').toLowerCase();
  const context: EventContext = {
    family: familyInTags(tags) ?? info,
    category: words.includes('stalkerware') ? 'stalkerware' : undefined,
    date: feedTime(field(event, 'date')),
  };
  const id = textField(event, 'uuid') ?? '';
  asArray(field(event, 'Attribute')).forEach((attribute, index) => {
    readAttribute(attribute, `${id} Attribute[${index}]`, false, context, feed);
  });
  asArray(field(event, 'Object')).forEach((item, number) => {
    const object = asObject(item);
    const attributes = asArray(field(object, 'Attribute'));
    if (field(object, 'deleted') === true) {
      feed.skip('deleted', Math.max(1, attributes.length));
      return;
    }
    const hasHash = attributes.some((inner) =>
      /^(?:md5|sha1|sha256)$/.test(textField(asObject(inner), 'type') ?? ''),
    );
    attributes.forEach((attribute, index) => {
      readAttribute(attribute, `${id} Object[${number}] Attribute[${index}]`, hasHash, context, feed);
    });
  });
}

/** The malware a galaxy tag names: `misp-galaxy:malpedia="Pegasus"`. The taxonomies of techniques and countries name none. */
function familyInTags(tags: readonly string[]): string | null {
  for (const tag of tags) {
    const name =
      /^misp-galaxy:(?:[a-z0-9-]*malware|malpedia|tool|rat|stealer|surveillance-vendor)="([^"]+)"$/i.exec(
        tag,
      )?.[1];
    // MITRE names end in their number: "Pegasus for iOS - S0289".
    if (name !== undefined) return name.replace(/ - S\d{4}$/, '');
  }
  return null;
}

function readAttribute(
  item: unknown,
  fallbackPlace: string,
  besideHash: boolean,
  context: EventContext,
  feed: FeedBuilder,
): void {
  const attribute = asObject(item);
  const type = textField(attribute, 'type');
  const value = textField(attribute, 'value');
  const place = textField(attribute, 'uuid') ?? fallbackPlace;
  if (attribute === null || type === null || value === null) {
    feed.skip('malformed');
    feed.note('bad-entry', place, { value: '' });
    return;
  }
  if (field(attribute, 'deleted') === true) {
    feed.skip('deleted');
    return;
  }
  if (isReference(field(attribute, 'to_ids'), textField(attribute, 'category'))) {
    feed.skip('reference');
    if (type === 'url' || type === 'link') feed.reference(value);
    return;
  }
  readTyped(type, value, place, besideHash, feed, {
    family: context.family,
    category: context.category,
    validFrom: feedTime(field(attribute, 'first_seen')) ?? context.date,
    comment: textField(attribute, 'comment'),
  });
}

/**
 * MISP's own marks for "context, do not detect": the flag, or the category of the reports. Without them the researchers'
 * own page would become an indicator (lures spec, 4.2).
 */
export function isReference(toIds: unknown, category: string | null): boolean {
  return (
    toIds === false ||
    toIds === 0 ||
    toIds === '0' ||
    toIds === 'false' ||
    category?.trim() === 'External analysis'
  );
}

/** Adds a value under its MISP type, composite or not. Shared with the CSV exports, which use the same types. */
export function readTyped(
  type: string,
  value: string,
  place: string,
  besideHash: boolean,
  feed: FeedBuilder,
  rest: {
    readonly family: string | null | undefined;
    readonly category?: IndicatorCategory | undefined;
    readonly validFrom: string | null;
    readonly comment: string | null;
  },
): void {
  if (type.startsWith('filename|') || (besideHash && type === 'filename')) feed.skip('file-name-with-hash');
  if (besideHash && type === 'filename') return;
  for (const part of splitComposite(type, value)) {
    const meaning = meaningOf(part.type);
    if (meaning.kind === 'skip') {
      feed.skip(meaning.reason);
    } else if (meaning.kind === 'reference') {
      feed.skip('reference');
      feed.reference(part.value);
    } else {
      feed.add({ type: meaning.type, value: part.value, place, ...rest });
    }
  }
}
