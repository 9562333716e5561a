/** Who talked to whom: devices on the left, hosts on the right, and when each host was talked to. */
import { compareText } from '../core/compare-text.js';
import { SEVERITIES, type Severity } from '../core/contracts.js';
import type { Translator } from '../core/language.js';
import type { ResultFinding } from '../core/result.js';
import { defang } from '../records/links.js';
import {
  axisLabels,
  cutInside,
  drawingTools,
  drawMark,
  type Figure,
  type FigureTable,
  hourFormat,
  marginFor,
  narrowAxisTicks,
  shortAxisSpan,
  svgText,
  tableOf,
  tickFormat,
} from './chart-parts.js';
import { dayFormat, spanFormat, wallClock } from './dates.js';
import { SEVERITY_INKS } from './marks.js';
import { printable } from './printable.js';

type Picture = Extract<NonNullable<ResultFinding['picture']>, { kind: 'conversations' }>;
type Conversation = Picture['conversations'][number];

interface Drawn {
  readonly id: string;
  readonly title: string;
  readonly picture: Picture;
}

/** Hardly wider than a phone. */
const WIDTH = 400;
/** An axis with days needs more. */
const DAYS_WIDTH = 520;
const ROW_HEIGHT = 20;
const MAX_HOSTS = 30;
const MAX_DEVICES = 12;
const DEVICE_LETTERS = 19;
const HOST_LETTERS = 24;
/** Beside an axis. */
const ROW_LETTERS = 20;
const MARK_SIZE = 11;
const [THINNEST, WIDEST] = [1, 8];
const LINK_INK = '#125c66';
const OTHERS_INK = '#6b757e';
const DAY_MS = 86_400_000;
const ADDRESSES_IN_TABLE = 3;
const PROTOCOLS_IN_TABLE = 5;

/** A host, with what all devices said to it. */
interface Host {
  readonly label: string;
  readonly conversations: Conversation[];
  bytes: number;
  severity: Severity | null;
}

/** A line of the drawing. */
interface Link {
  /** Index into the devices, and into the hosts. */
  readonly device: number;
  readonly host: number;
  readonly bytes: number;
  readonly severity: Severity | null;
  readonly isOthers: boolean;
  readonly words: string;
}

/** Two figures: who with whom, and when, which is left out where nothing has a time. None when there is nothing to draw. */
export async function conversationsFigures(drawn: Drawn, translate: Translator): Promise<Figure[]> {
  const { picture } = drawn;
  const conversations = picture.conversations.filter(({ device }) => device < picture.devices.length);
  if (conversations.length === 0) return [];
  const hosts = hostsOf(conversations);
  const shown = mostOf(hosts);
  const figures = [
    await linksFigure(drawn, conversations, hosts, shown, translate),
    await timeFigure(drawn, shown, translate),
  ];
  return figures.filter((figure) => figure !== null);
}

async function linksFigure(
  { id, title, picture }: Drawn,
  conversations: readonly Conversation[],
  hosts: readonly Host[],
  shown: readonly Host[],
  translate: Translator,
): Promise<Figure> {
  const devices = picture.devices.slice(0, MAX_DEVICES);
  const others = hosts.length - shown.length;
  const hostNames = shown.map(({ label }) => cutInside(hostWords(label), HOST_LETTERS));
  if (others > 0) hostNames.push(translate('report.conversations.others', { count: others }));
  const hostLabels = axisLabels(hostNames, HOST_LETTERS);
  const deviceLabels = axisLabels(
    devices.map((device) => cutInside(hostWords(device), DEVICE_LETTERS)),
    DEVICE_LETTERS,
  );
  const links = linksOf(devices, hosts, shown, translate);
  const rows = Math.max(hostLabels.length, devices.length);
  // A single device stands in the middle of its hosts.
  const deviceRow = (index: number): number => ((index + 0.5) / devices.length) * rows - 0.5;
  const hostRow = (index: number): number => ((index + 0.5) / hostLabels.length) * rows - 0.5;
  const volumes = links.map(({ bytes }) => Math.log10(1 + bytes));
  const [least, most] = [Math.min(...volumes), Math.max(...volumes)];
  const { Plot, document } = await drawingTools();
  const height = 16 + ROW_HEIGHT * rows;
  const svg = Plot.plot({
    document,
    width: WIDTH,
    height,
    marginTop: 8,
    marginBottom: 8,
    marginLeft: 12,
    marginRight: marginFor(hostLabels),
    x: { axis: null, domain: [0, 1] },
    y: { axis: null, domain: [-0.5, rows - 0.5], reverse: true },
    marks: [
      Plot.link(links, {
        x1: 0,
        x2: 1,
        y1: (link: Link) => deviceRow(link.device),
        y2: (link: Link) => hostRow(link.host),
        curve: 'bump-x',
        stroke: (link: Link) => inkOf(link),
        strokeOpacity: (link: Link) => (link.severity === null ? 0.5 : 1),
        strokeWidth: (link: Link) => widthOf(link.bytes, least, most),
        title: (link: Link) => link.words,
      }),
      Plot.dot(deviceLabels, {
        x: 0,
        y: (_label: string, index: number) => deviceRow(index),
        r: 4,
        fill: LINK_INK,
      }),
      Plot.text(deviceLabels, {
        x: 0,
        y: (_label: string, index: number) => deviceRow(index),
        text: (label: string) => label,
        // Over the lines, which leave it to the right: beside them there is no room on a phone.
        textAnchor: 'start',
        dx: -6,
        dy: -13,
        fill: '#1b2126',
        stroke: '#ffffff',
        strokeWidth: 4,
      }),
      Plot.text(hostLabels, {
        x: 1,
        y: (_label: string, index: number) => hostRow(index),
        text: (label: string) => label,
        textAnchor: 'start',
        dx: 10,
        fill: '#1b2126',
      }),
    ],
  });
  const x = svg.scale('x');
  const y = svg.scale('y');
  const marks = shown.flatMap((host, index) =>
    host.severity === null
      ? []
      : drawMark(
          { severity: host.severity, words: signWords(host.label, host.severity, translate) },
          Number(x?.apply(1)) - MARK_SIZE / 2,
          Number(y?.apply(hostRow(index))) - MARK_SIZE / 2,
          MARK_SIZE,
        ),
  );
  const hasMarks = conversations.some(({ severity }) => severity !== null);
  const devicesLeftOut = picture.devices.length - devices.length;
  const caption = translate('report.conversations.title');
  return {
    svg: svgText(svg, marks.join(''), {
      id: `picture-${id}-hosts`,
      title: `${title}. ${caption}`,
      description: translate('report.conversations.description', {
        devices: picture.devices.length,
        hosts: hosts.length,
      }),
      className: 'narrow',
    }),
    width: WIDTH,
    height,
    caption,
    notes: [
      translate('report.conversations.note'),
      ...(hasMarks ? [translate('report.conversations.marksNote')] : []),
      ...(others > 0 ? [translate('report.conversations.othersNote', { count: others })] : []),
      ...(devicesLeftOut > 0
        ? [translate('report.conversations.devicesLeftOut', { count: devicesLeftOut })]
        : []),
      ...(picture.leftOut > 0 ? [translate('report.conversations.leftOut', { count: picture.leftOut })] : []),
    ],
    table: conversationsTable(picture, conversations, translate),
  };
}

/** From the first to the last time each host was talked to. Null when nothing has a time. */
async function timeFigure(
  { id, title }: Drawn,
  shown: readonly Host[],
  translate: Translator,
): Promise<Figure | null> {
  const clock = wallClock(translate);
  const dated = shown
    .flatMap((host) => {
      const span = spanOf(host);
      return span === null
        ? []
        : [{ ...host, ...span, first: clock(span.firstAt), last: clock(span.lastAt) }];
    })
    .sort((a, b) => compareText(a.firstAt, b.firstAt) || compareText(a.label, b.label));
  if (dated.length === 0) return null;
  const labels = axisLabels(
    dated.map(({ label }) => cutInside(hostWords(label), ROW_LETTERS)),
    ROW_LETTERS,
  );
  const data = dated.map((host, index) => ({ ...host, row: labels[index] ?? '' }));
  const lowest = new Date(Math.min(...data.map(({ first }) => first.getTime())));
  const highest = new Date(Math.max(...data.map(({ last }) => last.getTime())));
  const { from, to } = shortAxisSpan(lowest, highest);
  const spanMs = to.getTime() - from.getTime();
  const isWithinDay = spanMs < DAY_MS;
  const width = isWithinDay ? WIDTH : DAYS_WIDTH;
  const { Plot, document } = await drawingTools();
  const height = 48 + ROW_HEIGHT * data.length;
  type Row = (typeof data)[number];
  const ink = (row: Row): string => (row.severity === null ? LINK_INK : SEVERITY_INKS[row.severity]);
  const svg = Plot.plot({
    document,
    width,
    height,
    marginTop: 8,
    marginLeft: marginFor(labels),
    marginRight: 36,
    marginBottom: 32,
    x: {
      type: 'utc',
      label: null,
      ticks: narrowAxisTicks(from, to),
      tickFormat: isWithinDay ? hourFormat(spanMs, translate) : tickFormat(spanMs, translate),
      domain: [from, to],
      grid: true,
    },
    y: { type: 'point', padding: 0.6, label: null, tickSize: 0, domain: labels },
    marks: [
      Plot.ruleY(data, { y: 'row', x1: 'first', x2: 'last', stroke: ink, strokeWidth: 4 }),
      Plot.dot(data, { y: 'row', x: 'first', r: 3.5, fill: ink }),
      Plot.dot(data, { y: 'row', x: 'last', r: 3.5, fill: ink }),
    ],
  });
  const x = svg.scale('x');
  const y = svg.scale('y');
  const marks = data.flatMap((row) =>
    row.severity === null
      ? []
      : drawMark(
          { severity: row.severity, words: signWords(row.label, row.severity, translate) },
          Number(x?.apply(row.first)) - MARK_SIZE / 2,
          Number(y?.apply(row.row)) - MARK_SIZE / 2,
          MARK_SIZE,
        ),
  );
  const caption = translate('report.conversations.timeTitle', {
    day: dayFormat(translate)(data[0]?.firstAt ?? ''),
    isWithinDay: isWithinDay ? 'yes' : 'no',
  });
  return {
    svg: svgText(svg, marks.join(''), {
      id: `picture-${id}-times`,
      title: `${title}. ${caption}`,
      description: translate('report.conversations.timeDescription', { hosts: data.length }),
      className: isWithinDay ? 'narrow' : 'time',
    }),
    width,
    height,
    caption,
    notes: [translate('report.conversations.timeNote')],
    // The table of the first figure has the times.
    table: null,
  };
}

/** In the order of the picture, which is that of their traffic. */
function hostsOf(conversations: readonly Conversation[]): Host[] {
  const hosts = new Map<string, Host>();
  for (const conversation of conversations) {
    const { host: label, severity } = conversation;
    const host = hosts.get(label) ?? { label, conversations: [], bytes: 0, severity: null };
    hosts.set(label, host);
    host.conversations.push(conversation);
    host.bytes += bytesOf(conversation);
    if (severity !== null && (host.severity === null || rank(severity) > rank(host.severity)))
      host.severity = severity;
  }
  return [...hosts.values()].sort((a, b) => b.bytes - a.bytes);
}

/** Those with a sign first, then those with the most traffic; in the order of their traffic. */
function mostOf(hosts: readonly Host[]): Host[] {
  if (hosts.length <= MAX_HOSTS) return [...hosts];
  const places = new Map(hosts.map((host, index) => [host, index]));
  return hosts
    .toSorted(
      (a, b) => (b.severity === null ? -1 : rank(b.severity)) - (a.severity === null ? -1 : rank(a.severity)),
    )
    .slice(0, MAX_HOSTS)
    .sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
}

function linksOf(
  devices: readonly string[],
  hosts: readonly Host[],
  shown: readonly Host[],
  translate: Translator,
): Link[] {
  const links: Link[] = [];
  const places = new Map(shown.map((host, index) => [host, index]));
  const others = new Map<number, { bytes: number; connections: number }>();
  for (const host of hosts) {
    const place = places.get(host);
    const byDevice = new Map<number, { bytes: number; connections: number; severity: Severity | null }>();
    for (const conversation of host.conversations) {
      const { device, connections, severity } = conversation;
      if (device >= devices.length) continue;
      const sums = place === undefined ? others : byDevice;
      const known = sums.get(device) ?? { bytes: 0, connections: 0, severity };
      sums.set(device, known);
      known.bytes += bytesOf(conversation);
      known.connections += connections;
    }
    for (const [device, sum] of byDevice)
      links.push({
        ...{ device, host: place ?? 0, bytes: sum.bytes, severity: host.severity, isOthers: false },
        words: linkWords(devices[device] ?? '', host.label, sum, translate),
      });
  }
  for (const [device, sum] of others)
    links.push({
      ...{ device, host: shown.length, bytes: sum.bytes, severity: null, isOthers: true },
      words: linkWords(devices[device] ?? '', '', sum, translate),
    });
  return links;
}

function linkWords(
  device: string,
  host: string,
  { bytes, connections }: { readonly bytes: number; readonly connections: number },
  translate: Translator,
): string {
  const ends = host === '' ? hostWords(device) : `${hostWords(device)} · ${hostWords(host)}`;
  const words = translate('report.conversations.connections', { count: connections });
  return `${ends} · ${byteWords(bytes, translate)} · ${words}`;
}

function inkOf({ severity, isOthers }: Link): string {
  if (isOthers) return OTHERS_INK;
  return severity === null ? LINK_INK : SEVERITY_INKS[severity];
}

/** By the logarithm, since volumes differ a million times: the thinnest is the smallest, the widest the largest. */
function widthOf(bytes: number, least: number, most: number): number {
  const part = most > least ? (Math.log10(1 + bytes) - least) / (most - least) : 0.5;
  return THINNEST + (WIDEST - THINNEST) * part;
}

function conversationsTable(
  picture: Picture,
  conversations: readonly Conversation[],
  translate: Translator,
): FigureTable {
  const hasDevices = picture.devices.length > 1;
  const hasMarks = conversations.some(({ severity }) => severity !== null);
  const unknown = '–';
  const column = (name: string, isCount = false): FigureTable['columns'][number] => ({
    label: translate(`report.conversations.columns.${name}`),
    isCount,
  });
  const bytes = (count: number | null): string => (count === null ? unknown : byteWords(count, translate));
  const when = spanFormat(translate);
  return tableOf(
    [
      column('host'),
      ...(hasDevices ? [column('device')] : []),
      ...(hasMarks ? [column('sign')] : []),
      column('protocols'),
      column('connections', true),
      column('sent', true),
      column('received', true),
      column('when'),
      column('place'),
    ],
    conversations.map((one) => [
      withAddresses(one),
      ...(hasDevices ? [hostWords(picture.devices[one.device] ?? '')] : []),
      ...(hasMarks ? [one.severity === null ? unknown : translate(`severity.${one.severity}`)] : []),
      listWords(one.protocols, PROTOCOLS_IN_TABLE),
      translate.number(one.connections),
      bytes(one.sentBytes),
      bytes(one.receivedBytes),
      when(one.firstAt, one.lastAt) ?? unknown,
      printable(one.locator, 200),
    ]),
  );
}

/** `www[.]example: 203[.]0[.]113[.]10`. */
function withAddresses({ host, addresses }: Conversation): string {
  const others = addresses.filter((address) => address !== host).map(hostWords);
  return others.length === 0
    ? hostWords(host)
    : `${hostWords(host)}: ${listWords(others, ADDRESSES_IN_TABLE)}`;
}

function listWords(items: readonly string[], limit: number): string {
  const shown = items.slice(0, limit).join(', ');
  return printable(items.length > limit ? `${shown} … (${items.length})` : shown, 400);
}

function signWords(label: string, severity: Severity, translate: Translator): string {
  return `${hostWords(label)} · ${translate(`severity.${severity}`)}`;
}

/** A host or address, defanged as everywhere. */
function hostWords(label: string): string {
  return printable(defang(label), 200);
}

function spanOf({ conversations }: Host): { readonly firstAt: string; readonly lastAt: string } | null {
  const moments = conversations
    .flatMap(({ firstAt, lastAt }) => [firstAt, lastAt])
    .filter((at): at is string => at !== null && !Number.isNaN(Date.parse(at)))
    .sort(compareText);
  const [firstAt] = moments;
  const lastAt = moments.at(-1);
  return firstAt === undefined || lastAt === undefined ? null : { firstAt, lastAt };
}

function bytesOf({ sentBytes, receivedBytes }: Conversation): number {
  return Math.max(0, sentBytes ?? 0) + Math.max(0, receivedBytes ?? 0);
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `1.2 MB`, by thousands. */
function byteWords(bytes: number, translate: Translator): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${translate.number(size < 10 && unit > 0 ? Math.round(size * 10) / 10 : Math.round(size))} ${UNITS[unit]}`;
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
