/** What both readers of sms.db need: where it lies, who is behind a `handle`, which conversation a message belongs to. */
import type { ArtifactPlace, FileProbe } from '../../../core/contracts.js';
import type { SqliteDatabase } from '../../../evidence/sqlite/sqlite.js';
import { integer, text } from '../../../evidence/sqlite/values.js';
import { columnsOf } from './table-columns.js';

export const SMS_DATABASE_PLACES: readonly ArtifactPlace[] = [
  { in: ['ios-backup'], path: 'HomeDomain/Library/SMS/sms.db' },
  { in: ['files'], path: '**/Library/SMS/sms.db' },
  // The same database on a Mac.
  { in: ['files'], path: '**/Library/Messages/chat.db' },
];

export async function isSmsDatabase(probe: FileProbe): Promise<boolean> {
  const tables = await probe.sqliteTables();
  return tables.has('message') && tables.has('handle');
}

export interface Handle {
  readonly address: string;
  readonly service: string | null;
}

export interface Conversation {
  /** Room name of a group, else the address of the other side. */
  readonly id: string | null;
  readonly participants: readonly string[];
}

/**
 * Handles and conversations, read into maps instead of joined, so that a missing table, a deleted handle or a damaged
 * index costs names and never messages.
 */
export class SmsDirectory {
  readonly #handles: ReadonlyMap<number, Handle>;
  readonly #conversations: ReadonlyMap<number, Conversation>;
  readonly #conversationOf = new ConversationByMessage();

  constructor(db: SqliteDatabase) {
    this.#handles = readHandles(db);
    this.#conversations = readConversations(db, this.#handles);
    // Messages in "Recently Deleted" are moved from one table to the other (iOS 16).
    for (const table of ['chat_recoverable_message_join', 'chat_message_join']) {
      for (const [message, chat] of pairs(db, table, 'message_id', 'chat_id'))
        this.#conversationOf.set(message, chat);
    }
  }

  handle(id: number | null): Handle | null {
    return id === null ? null : (this.#handles.get(id) ?? null);
  }

  conversationOf(messageId: number): Conversation | null {
    const id = this.#conversationOf.get(messageId);
    return id === undefined ? null : (this.#conversations.get(id) ?? null);
  }
}

/**
 * Which conversation each message is in. Row numbers are counted up from 1, so they are places in an array: in a map
 * of 200,000 entries each look-up waits for memory. Numbers that are none of these, in a damaged database, go to a map.
 */
class ConversationByMessage {
  // 0: none; conversations are stored as one more.
  #places = new Uint32Array(4096);
  readonly #others = new Map<number, number>();

  set(message: number, chat: number): void {
    if (message < 0 || message >= MAX_PLACES || chat < 0 || chat >= 0xffff_ffff) {
      this.#others.set(message, chat);
      return;
    }
    if (message >= this.#places.length) {
      const larger = new Uint32Array(2 ** Math.ceil(Math.log2(message + 1)));
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places[message] = chat + 1;
  }

  get(message: number): number | undefined {
    const place = this.#places[message] ?? 0;
    return place > 0 ? place - 1 : this.#others.get(message);
  }
}

// 16 MB at most; nobody has more messages, and a made-up row number must not cost memory.
const MAX_PLACES = 4_194_304;

/** Pairs of numbers of a join table; nothing when this version has no such table. */
export function* pairs(
  db: SqliteDatabase,
  table: string,
  from: string,
  to: string,
): Generator<[from: number, to: number]> {
  const columns = db.columns(table);
  if (!columns.has(from) || !columns.has(to)) return;
  for (const row of db.rows(`SELECT "${from}" AS a, "${to}" AS b FROM "${table}"`)) {
    const a = integer(row.a);
    const b = integer(row.b);
    if (a !== null && b !== null) yield [a, b];
  }
}

function readHandles(db: SqliteDatabase): Map<number, Handle> {
  const handles = new Map<number, Handle>();
  if (!db.columns('handle').has('ROWID')) return handles;
  const columns = columnsOf(db, 'handle', ['id', 'service']);
  for (const row of db.rows(`SELECT ROWID AS row_id, ${columns} FROM handle`, { key: 'row_id' })) {
    const id = integer(row.row_id);
    const address = text(row.id);
    if (id !== null && address) handles.set(id, { address, service: text(row.service) });
  }
  return handles;
}

function readConversations(
  db: SqliteDatabase,
  handles: ReadonlyMap<number, Handle>,
): Map<number, Conversation> {
  const conversations = new Map<number, Conversation>();
  if (!db.columns('chat').has('ROWID')) return conversations;
  const participants = new Map<number, string[]>();
  for (const [chat, handleId] of pairs(db, 'chat_handle_join', 'chat_id', 'handle_id')) {
    const address = handles.get(handleId)?.address;
    if (address === undefined) continue;
    const list = participants.get(chat);
    if (list) list.push(address);
    else participants.set(chat, [address]);
  }
  const columns = columnsOf(db, 'chat', ['chat_identifier', 'room_name', 'guid']);
  for (const row of db.rows(`SELECT ROWID AS row_id, ${columns} FROM chat`, { key: 'row_id' })) {
    const id = integer(row.row_id);
    if (id === null) continue;
    conversations.set(id, {
      id: text(row.room_name) || text(row.chat_identifier) || text(row.guid),
      participants: participants.get(id) ?? [],
    });
  }
  return conversations;
}
