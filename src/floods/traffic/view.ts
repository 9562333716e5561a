import { addressOf } from '../hits/client-address.js';
import { type ClientTable as ClientRows, K, KF } from './client-table.js';
import { C, CF, type CohortTable as CohortRows, SKETCH } from './cohort-table.js';
import { countryText } from './country-code.js';
import { M, MF, type MinuteRows } from './minute-table.js';
import type {
  ByteRange,
  ClientSlotTable,
  ClientTable,
  CohortTable,
  CohortType,
  MinuteTable,
  SlotTable,
  TrafficSource,
  TrafficView,
} from './shape.js';
import { distinctOf, distinctOfBits } from './sketches.js';
import type { Slots } from './slots.js';

/** What a view is made of. */
export interface CountedTables {
  readonly minutes: MinuteRows;
  readonly clients: ClientRows;
  readonly cohorts: CohortRows;
  readonly sites: readonly string[];
  readonly pingbacks: ReadonlyMap<
    string,
    { readonly hits: number; readonly firstSecond: number; readonly lastSecond: number }
  >;
  /** Names of clients that are no addresses, by {@link nameKey}. */
  readonly clientNames: ReadonlyMap<string, string>;
  readonly otherSiteHits: number;
  sourceViews(): readonly TrafficSource[];
  ranges(fromMinute: number, toMinute: number): readonly ByteRange[];
}

/** Counted traffic as detectors read it. Columns are taken out when they are first asked for. */
export function viewOf(traffic: CountedTables): TrafficView {
  const { clients, cohorts } = traffic;
  const clientSlots = slotView(clients.slots);
  let texts: ReadonlyMap<string, number> | null = null;
  const view: TrafficView = {
    sources: traffic.sourceViews(),
    sites: traffic.sites,
    minutes: minuteView(traffic),
    clients: lazy<ClientTable>(clients.size, {
      ...columnsOf(CLIENT_COLUMNS, (counter) => clients.column(counter)),
      ...columnsOf(CLIENT_FLOATS, (float) => clients.floatColumn(float)),
    }),
    cohorts: lazy<CohortTable>(cohorts.size, {
      ...columnsOf(COHORT_COLUMNS, (counter) => cohorts.column(counter)),
      ...columnsOf(CF, (float) => cohorts.floatColumn(float)),
      type: () => cohorts.type.subarray(0, cohorts.size),
      site: () => cohorts.site.subarray(0, cohorts.size),
    }),
    clientSlots: lazy<ClientSlotTable>(clientSlots.size, {
      owner: () => clientSlots.owner,
      minute: () => clientSlots.minute,
      length: () => clientSlots.length,
      hits: () => clientSlots.hits,
      assets: () => clients.slots.assets.subarray(0, clientSlots.size),
      errors: () => clients.slots.errors.subarray(0, clientSlots.size),
      agent: () => clients.slots.agent.subarray(0, clientSlots.size),
      path: () => clients.slots.path.subarray(0, clientSlots.size),
      query: () => clients.slots.query.subarray(0, clientSlots.size),
      manner: () => clients.slots.manner.subarray(0, clientSlots.size),
    }),
    cohortSlots: slotView(cohorts.slots),
    clientText: (row) => {
      const ipVersion = versionOf(clients, row);
      const [first, second] = [clients.index.first(row), clients.index.second(row)];
      if (ipVersion === 4) return addressOf({ ipVersion, ip0: first, ip1: 0, ip2: 0, ip3: 0 });
      if (ipVersion === 6) return `${addressOf({ ipVersion, ip0: first, ip1: second, ip2: 0, ip3: 0 })}/64`;
      return traffic.clientNames.get(nameKey(first, second)) ?? '-';
    },
    clientAddress: (row) => {
      const ipVersion = versionOf(clients, row);
      const ip1 = ipVersion === 6 ? clients.index.second(row) : 0;
      return { ipVersion, ip0: ipVersion === 0 ? 0 : clients.index.first(row), ip1 };
    },
    clientPlace: (row) => ({
      asn: clients.counter(row, K.asn),
      country: countryText(clients.counter(row, K.country)),
    }),
    clientDistinct: (row, what) => {
      const low = what === 'paths' ? K.pathsLow : what === 'queries' ? K.queriesLow : K.agentsLow;
      const bits = distinctOfBits(clients.counter(row, low), clients.counter(row, low + 1));
      return Math.min(bits, clients.counter(row, K.hits));
    },
    cohortText: (row) => Buffer.from(cohorts.texts[row] ?? '', 'latin1').toString('utf8'),
    cohortHash: (row) => cohorts.valueHash[row] ?? 0,
    cohortDistinct: (row, what) => {
      const distinct = distinctOf(cohorts.sketches, cohorts.sketchStart(row, SKETCH[what]));
      return Math.min(distinct, cohorts.counter(row, C.hits));
    },
    textOf: (type, hash) => {
      texts ??= rowsByHash(traffic);
      const row = texts.get(hashKey(type, hash));
      return row === undefined ? null : view.cohortText(row);
    },
    ranges: (fromMinute, toMinute) => traffic.ranges(fromMinute, toMinute),
    pingback: [...traffic.pingbacks]
      .map(([address, seen]) => ({ address, ...seen }))
      .sort((a, b) => b.hits - a.hits || (a.address < b.address ? -1 : 1)),
    dropped: {
      clients: { rows: clients.droppedRows, hits: clients.droppedHits },
      cohorts: { rows: cohorts.droppedRows, hits: cohorts.droppedHits },
      sites: { rows: 0, hits: traffic.otherSiteHits },
      minutes: { rows: 0, hits: traffic.minutes.droppedHits },
    },
  };
  return view;
}

const COHORT_COLUMNS = {
  hits: C.hits,
  pages: C.pages,
  assets: C.assets,
  posts: C.posts,
  status4xx: C.status4xx,
  status5xx: C.status5xx,
  notFound: C.notFound,
  refererNone: C.refererNone,
  refererOutside: C.refererOutside,
  cacheKnown: C.cacheKnown,
  cacheMissed: C.cacheMissed,
  timed: C.timed,
};
const CLIENT_COLUMNS = {
  hits: K.hits,
  pages: K.pages,
  assets: K.assets,
  posts: K.posts,
  status4xx: K.status4xx,
  status5xx: K.status5xx,
  notFound: K.notFound,
  refererNone: K.refererNone,
  malformed: K.malformed,
  visits: K.visits,
  gaps: K.gaps,
  evenGaps: K.evenGaps,
  agent: K.agent,
  path: K.path,
  pathVotes: K.pathVotes,
  loginFailures: K.loginFailures,
  loginSuccesses: K.loginSuccesses,
  adminPages: K.adminPages,
  xmlrpcPosts: K.xmlrpcPosts,
  source: K.source,
};
const CLIENT_FLOATS = {
  bytesOut: KF.bytesOut,
  firstSecond: KF.firstSecond,
  lastSecond: KF.lastSecond,
  gapSeconds: KF.gapSeconds,
  gapSquares: KF.gapSquares,
  firstByte: KF.firstByte,
  loginSuccessSecond: KF.loginSuccessSecond,
};

function minuteView(traffic: CountedTables): MinuteTable {
  const { minutes } = traffic;
  const order = minutes.sorted();
  return lazy<MinuteTable>(minutes.size, {
    ...columnsOf(M, (counter) => minutes.column(counter, order)),
    ...columnsOf(MF, (float) => minutes.floatColumn(float, order)),
    site: () => order.map((row) => minutes.index.first(row)),
    minute: () => order.map((row) => minutes.index.second(row)),
  });
}

function slotView(slots: Slots): SlotTable {
  const { size } = slots;
  return lazy<SlotTable>(size, {
    owner: () => Uint32Array.from({ length: size }, (_, row) => slots.owner(row)),
    minute: () => Uint32Array.from({ length: size }, (_, row) => slots.minute(row)),
    length: () => Uint32Array.from({ length: size }, (_, row) => slots.length(row)),
    hits: () => slots.hits.subarray(0, size),
  });
}

function columnsOf<Name extends string, A>(
  columns: Readonly<Record<Name, number>>,
  column: (index: number) => A,
): Record<Name, () => A> {
  const made: Partial<Record<Name, () => A>> = {};
  for (const name of Object.keys(columns) as Name[]) made[name] = () => column(columns[name]);
  return made as Record<Name, () => A>;
}

type Makers<Table> = { readonly [Name in Exclude<keyof Table, 'size'>]: () => Table[Name] };

/** A table whose columns are made when they are first read. */
function lazy<Table extends { readonly size: number }>(size: number, makers: Makers<Table>): Table {
  const table: Record<string, unknown> = { size };
  for (const [name, make] of Object.entries<() => unknown>(makers)) {
    Object.defineProperty(table, name, {
      enumerable: true,
      configurable: true,
      get: () => {
        const value = make();
        Object.defineProperty(table, name, { value, enumerable: true });
        return value;
      },
    });
  }
  return table as unknown as Table;
}

function rowsByHash({ cohorts }: CountedTables): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (let row = 0; row < cohorts.size; row += 1) {
    const key = hashKey(cohorts.type[row] as CohortType, cohorts.valueHash[row] as number);
    if (!rows.has(key)) rows.set(key, row);
  }
  return rows;
}

function hashKey(type: number, hash: number): string {
  return `${type}:${hash}`;
}

/** Key of a name in `clientNames`. */
export function nameKey(first: number, second: number): string {
  return `${first}:${second}`;
}

/** Version of a client's address. */
function versionOf(clients: ClientRows, row: number): 0 | 4 | 6 {
  return clients.counter(row, K.ipVersion) as 0 | 4 | 6;
}
