import type { StoredRecord } from '../../casework/vault/record-store.js';
import type { Translator } from '../../core/language.js';
import { recordKinds } from '../../records/kinds.generated.js';
import type { EventRow } from '../api/api.js';
import { kindName } from './event-texts.js';
import type { FindingPlaces } from './finding-places.js';

/** A row shows the beginning; the whole stands with the evidence. */
const MAX_CHARACTERS = 1_000;

export interface RowWords {
  readonly translate: Translator;
  readonly texts: Translator;
  readonly places: FindingPlaces;
}

/** A moment of a record as a row. Its text is that of the evidence: the page shows it as text only. */
export function eventRow(
  moment: {
    readonly key: string;
    readonly at: string;
    readonly event: string;
    readonly stored: StoredRecord;
  },
  words: RowWords,
): EventRow {
  const { key, at, event, stored } = moment;
  const entries = recordKinds.get(stored.record.kind)?.timeline(stored.record) ?? [];
  const entry = entries.find((one) => one.at === at && one.event === event);
  const id = `report.events.${event}`;
  return {
    ...rowOf(stored, words),
    id: key,
    at,
    event: words.translate.has(id) ? words.translate(id) : event,
    text: cut(entry?.text ?? ''),
  };
}

/** A record that has no time. */
export function undatedRow(stored: StoredRecord, words: RowWords): EventRow {
  return {
    ...rowOf(stored, words),
    id: `0.${stored.id}.0`,
    at: null,
    event: '',
    text: cut(textOf(stored.record)),
  };
}

function rowOf(
  stored: StoredRecord,
  { texts, places }: RowWords,
): Omit<EventRow, 'id' | 'at' | 'event' | 'text'> {
  const { kind, source } = stored.record;
  return {
    kind,
    kindName: kindName(texts, kind),
    evidence: places.label(stored),
    path: source.path,
    locator: source.locator,
    findings: places.of(stored),
  };
}

/** The first texts of a record: no kind says what one without a time is in a line. */
function textOf(record: StoredRecord['record']): string {
  const texts: string[] = [];
  for (const [key, value] of Object.entries(record))
    if (key !== 'kind' && key !== 'source' && typeof value === 'string' && value !== '') texts.push(value);
  return texts.slice(0, 6).join(' · ');
}

function cut(text: string): string {
  if (text.length <= MAX_CHARACTERS) return text;
  const last = text.charCodeAt(MAX_CHARACTERS - 2);
  return `${text.slice(0, last >= 0xd800 && last <= 0xdbff ? MAX_CHARACTERS - 2 : MAX_CHARACTERS - 1)}…`;
}
