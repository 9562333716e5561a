import { compareText } from '../../../../core/compare-text.js';
import type {
  Confidence,
  Detection,
  Detector,
  FindingDraft,
  FindingReason,
  Severity,
} from '../../../../core/contracts.js';
import { SampledMap } from '../../../../core/sampled-map.js';
import { Smallest } from '../../../../core/smallest.js';
import type { DownloadedFileType, FileDownload } from '../../../../records/kinds/file-download.js';
import type { Http } from '../../../../records/kinds/http.js';
import type { PacketAnomaly } from '../../../../records/kinds/packet-anomaly.js';
import { addressOf, connectionKey, packetKey, packetPlaces } from '../../injection/connection.js';
import { compareSeen, type SeenAt } from '../../tables/places.js';
import { isPortalCheck } from './portal-checks.js';
import {
  plainAddressOf,
  type Redirect,
  redirectElsewhere,
  type Suspicion,
  suspicionOf,
  wholeLocation,
} from './redirects.js';

type Watched = Http | FileDownload | PacketAnomaly;

const MAX_REDIRECTS = 20_000;
const MAX_SUSPECTS = 5_000;
const MAX_DOWNLOADS = 10_000;
const MAX_PACKETS = 20_000;
const MAX_PORTALS = 1_000;
const MAX_FINDINGS = 50;
const MAX_PLACES = 100;
const MAX_LISTED = 50;
const MAX_NAMED = 5;
/** Redirects from the address answered to the file. */
const MAX_STEPS = 6;

/** Least score of each grade. Without a missing Server and Date more is asked for. */
const MIN_LOW = 3;
const MIN_MEDIUM = 5;
const MIN_HIGH = 8;
const WENT_ON_POINTS = 2;
const MANY_HOSTS_POINTS = 2;
const MANY_HOSTS = 3;
const FILE_POINTS = 1;

/** Types that run, or bring something that does. */
const PROGRAM_TYPES: ReadonlySet<DownloadedFileType> = new Set([
  ...(['apk', 'pe', 'mach-o', 'elf', 'dex', 'jar', 'dmg', 'msi', 'pkg', 'ipa', 'script'] as const),
]);

interface Suspect {
  readonly record: Http;
  readonly redirect: Redirect;
  readonly suspicion: Suspicion;
  readonly device: string;
}

/** A suspect with what other records add to it. */
interface Judged extends Suspect {
  readonly score: number;
  readonly reasons: readonly FindingReason[];
  readonly file: FileDownload | null;
}

interface Group {
  readonly device: string;
  readonly isDownload: boolean;
  readonly targetOwner: string;
  readonly members: Suspect[];
}

interface JudgedGroup extends Omit<Group, 'members'> {
  /** The one that weighs most first. */
  readonly members: readonly Judged[];
}

/**
 * Redirects of HTTP to somebody else that do not look like the server's own, above all of downloads: without Server and
 * Date, from another distance, too early. In-path boxes keep the true answer back, so no second packet shows them; this
 * does. Says with them which file followed.
 *
 * Redirects that `captures/injected-answer` or `captures/packetlogic` tell of are told here only when a download was asked for.
 * Those of a portal, known by the checks for it that it answers, are left out.
 *
 * `details`: `device`, `isDownload`, `redirects` (a list of `url`, `location`, `frame`, `score`, `signs`, `file`: `url`, `name`,
 * `fileType`, `sha256`, `sizeBytes`, `source`), `count`, `hosts`, `targetOwner`, `leftOut`.
 */
export const detector: Detector<Watched> = {
  id: 'captures/injected-redirect',
  version: 1,
  watches: ['http', 'file-download', 'packet-anomaly'],
  references: [
    'https://citizenlab.ca/2018/03/bad-traffic-sandvines-packetlogic-devices-deploy-government-spyware-turkey-syria/',
    'https://www.welivesecurity.com/2017/09/21/new-finfisher-surveillance-campaigns/',
    'https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1',
    'https://attack.mitre.org/techniques/T1659/',
  ],
  start: () => new InjectedRedirect(),
};

class InjectedRedirect implements Detection<Watched> {
  readonly #suspects = new SampledMap<Suspect>(MAX_SUSPECTS);
  /** Where each address redirected to, for following a download. */
  readonly #next = new SampledMap<Smallest<string>>(MAX_REDIRECTS);
  readonly #downloads = new SampledMap<{ first: FileDownload }>(MAX_DOWNLOADS);
  readonly #portals = new SampledMap<true>(MAX_PORTALS);
  /** Packets that other detectors tell of. */
  readonly #told = new SampledMap<true>(MAX_PACKETS);
  readonly #afterEnd = new SampledMap<true>(MAX_PACKETS);

  see(record: Watched): void {
    switch (record.kind) {
      case 'http':
        this.#seeHttp(record);
        break;
      case 'file-download':
        this.#seeDownload(record);
        break;
      case 'packet-anomaly':
        this.#seeAnomaly(record);
        break;
    }
  }

  end(): readonly FindingDraft[] {
    const groups = [...this.#groups()]
      .map((group) => this.#judged(group))
      .filter(({ members }) => members.length > 0)
      .sort(
        (a, b) =>
          rankOf(b) - rankOf(a) ||
          compareSeen(clearestOf(a).record, clearestOf(b).record) ||
          compareText(`${a.device} ${a.targetOwner}`, `${b.device} ${b.targetOwner}`),
      );
    const leftOut = Math.max(0, groups.length - MAX_FINDINGS) + this.#suspects.aboutLeftOut;
    return groups.slice(0, MAX_FINDINGS).map((group) => findingOf(group, leftOut));
  }

  #seeHttp(record: Http): void {
    const location = wholeLocation(record);
    if (location === null || record.url === null) return;
    const device = addressOf(record.clientAddress);
    const { evidence, path, locator } = record.source;
    this.#next
      .at(`${evidence} ${device} ${plainAddressOf(record.url)}`, () => new Smallest(MAX_STEPS, compareText))
      ?.add(location);
    const redirect = redirectElsewhere(record);
    if (redirect === null) return;
    if (isPortalCheck(redirect.host, record.target ?? '')) {
      this.#portals.at(`${evidence} ${device} ${redirect.targetOwner}`, () => true);
      return;
    }
    const suspicion = suspicionOf(record, redirect);
    if (suspicion === null) return;
    this.#suspects.at(`${evidence} ${path} ${locator} ${record.url}`, () => ({
      record,
      redirect,
      suspicion,
      device,
    }));
  }

  #seeDownload(record: FileDownload): void {
    if (record.direction !== 'download' || record.url === null) return;
    const key = `${record.source.evidence} ${addressOf(record.clientAddress)} ${plainAddressOf(record.url)}`;
    const known = this.#downloads.at(key, () => ({ first: record }));
    if (known && compareSeen(record, known.first) < 0) known.first = record;
  }

  #seeAnomaly(record: PacketAnomaly): void {
    if (record.anomaly === 'overlap-conflict' || record.anomaly === 'marked-packet')
      for (const packet of record.packets) this.#told.at(packetKey(record.source, packet), () => true);
    else if (record.anomaly === 'data-after-end' && record.fromServer === true)
      this.#afterEnd.at(connectionKey(record), () => true);
  }

  #groups(): Iterable<Group> {
    const groups = new Map<string, Group>();
    for (const suspect of this.#suspects.values()) {
      const { record, redirect, suspicion, device } = suspect;
      const { evidence } = record.source;
      const { isDownload } = suspicion;
      const { targetOwner } = redirect;
      if (!isDownload && (this.#isTold(record) || this.#portals.get(`${evidence} ${device} ${targetOwner}`)))
        continue;
      const key = `${evidence} ${device} ${isDownload} ${targetOwner}`;
      const known = groups.get(key);
      if (known) known.members.push(suspect);
      else groups.set(key, { device, isDownload, targetOwner, members: [suspect] });
    }
    return groups.values();
  }

  #isTold({ source, responsePacket }: Http): boolean {
    return responsePacket !== null && this.#told.get(packetKey(source, responsePacket)) === true;
  }

  #judged(group: Group): JudgedGroup {
    const owners = new Set(group.members.map(({ redirect }) => redirect.owner)).size;
    const members = group.members
      .map((suspect) => this.#judge(suspect, owners))
      .filter(({ score, suspicion }) => score >= (hasHeaderSign(suspicion) ? MIN_LOW : MIN_MEDIUM))
      .sort((a, b) => b.score - a.score || compareSeen(a.record, b.record));
    return { ...group, members };
  }

  #judge(suspect: Suspect, owners: number): Judged {
    const { record, suspicion, redirect, device } = suspect;
    const reasons = [...suspicion.reasons];
    if (this.#afterEnd.get(connectionKey(record)))
      reasons.push({ code: 'went-on', points: WENT_ON_POINTS, values: {} });
    if (owners >= MANY_HOSTS)
      reasons.push({ code: 'many-hosts', points: MANY_HOSTS_POINTS, values: { owners } });
    const file = this.#fileBehind(record.source.evidence, device, redirect.location);
    if (file !== null && PROGRAM_TYPES.has(file.fileType))
      reasons.push({ code: 'file-followed', points: FILE_POINTS, values: fileValues(file) });
    reasons.sort((a, b) => (b.points ?? 0) - (a.points ?? 0));
    const score = reasons.reduce((sum, { points = 0 }) => sum + points, 0);
    return { ...suspect, score, reasons, file };
  }

  /** The file at the end of the redirects that follow; null when none is seen. */
  #fileBehind(evidence: string, device: string, location: string): FileDownload | null {
    let url: string | undefined = location;
    for (let step = 0; step < MAX_STEPS && url !== undefined; step += 1) {
      const file = this.#downloads.get(`${evidence} ${device} ${url}`);
      if (file) return file.first;
      url = this.#next.get(`${evidence} ${device} ${url}`)?.values()[0];
    }
    return null;
  }
}

function hasHeaderSign({ reasons }: Suspicion): boolean {
  return reasons.some(({ code }) => code === 'bare' || code === 'no-headers');
}

type Grade = 'high' | 'medium' | 'low';

/** A portal of a Wi-Fi has all signs of an answer from nearby: high needs a download, or a mark that portals do not have. */
function gradeOf({ score, suspicion }: Judged): Grade {
  const isOdd = suspicion.hasOddId || (suspicion.isDownload && hasHeaderSign(suspicion));
  if (score >= MIN_HIGH && isOdd) return 'high';
  return score >= MIN_MEDIUM ? 'medium' : 'low';
}

const WEIGHTS: Readonly<Record<Grade, { readonly severity: Severity; readonly confidence: Confidence }>> = {
  high: { severity: 'high', confidence: 'medium' },
  medium: { severity: 'medium', confidence: 'low' },
  low: { severity: 'low', confidence: 'low' },
};

/** Further signs than were asked for. */
const MIN_SURE = 12;

function rankOf(group: JudgedGroup): number {
  const clearest = clearestOf(group);
  return ['low', 'medium', 'high'].indexOf(gradeOf(clearest)) * 100 + clearest.score;
}

function clearestOf({ members }: JudgedGroup): Judged {
  return members[0] as Judged;
}

function findingOf(group: JudgedGroup, leftOut: number): FindingDraft {
  const { device, isDownload, targetOwner, members } = group;
  const clearest = clearestOf(group);
  const { redirect, score, reasons, file } = clearest;
  const grade = gradeOf(clearest);
  const hosts = [...new Set(members.map((member) => member.redirect.host))].sort(compareText);
  const places = new Smallest<SeenAt>(MAX_PLACES, compareSeen);
  for (const member of members) for (const place of placesOf(member)) places.add(place);
  return {
    ...WEIGHTS[grade],
    ...(grade === 'high' && score >= MIN_SURE ? { confidence: 'high' } : {}),
    shows: grade === 'high' ? 'attempt' : 'oddity',
    ...(grade === 'high' ? { technique: 'T1659' } : {}),
    ...(isDownload ? { variant: 'download' } : {}),
    values: {
      device: device,
      host: { link: redirect.host },
      url: { link: redirect.url },
      location: { link: redirect.location },
      target: { link: redirect.target },
      times: members.length,
      hostCount: hosts.length,
      hosts: { list: hosts.slice(0, MAX_NAMED).map((link) => ({ link })) },
      score,
      grade,
      ...fileValues(file),
      leftOut,
    },
    at: firstOf(members).at,
    reasons,
    details: {
      device,
      isDownload,
      targetOwner,
      count: members.length,
      hosts: hosts.slice(0, MAX_LISTED),
      redirects: members.slice(0, MAX_LISTED).map(detailsOf),
      leftOut,
    },
    evidence: places.values().map(({ source }) => source),
  };
}

function fileValues(file: FileDownload | null): FindingDraft['values'] {
  return {
    hasFile: file === null ? 'no' : 'yes',
    fileType: file?.fileType ?? '',
    hasName: file === null || file.name === null ? 'no' : 'yes',
    fileName: file?.name ?? '',
    isProgram: file !== null && PROGRAM_TYPES.has(file.fileType) ? 'yes' : 'no',
    hasHash: file?.sha256 ? 'yes' : 'no',
    sha256: file?.sha256 ?? '',
  };
}

function placesOf({ record, file }: Judged): readonly SeenAt[] {
  return [
    { at: record.at, source: record.source },
    ...(record.responsePacket === null ? [] : packetPlaces(record, [record.responsePacket])),
    ...(file === null ? [] : [{ at: file.at, source: file.source }]),
  ];
}

function firstOf(members: readonly Judged[]): SeenAt {
  return members.map(({ record }) => record).sort(compareSeen)[0] as SeenAt;
}

function detailsOf({ record, redirect, score, reasons, file }: Judged): Readonly<Record<string, unknown>> {
  return {
    url: redirect.url,
    location: redirect.location,
    frame: record.responsePacket?.frame ?? null,
    score,
    signs: reasons.map(({ code }) => code),
    file:
      file === null
        ? null
        : {
            url: file.url,
            name: file.name,
            fileType: file.fileType,
            sha256: file.sha256 ?? null,
            sizeBytes: file.sizeBytes,
            source: file.source.locator,
          },
  };
}
