import type { IndicatorMatch } from '../core/contracts.js';
import type { Indicator } from '../core/indicator.js';
import { addTo, collect, type Index, type MatchKind } from './matcher-index.js';

// The kernel keeps the first 16 characters of a process name: MAXCOMLEN in xnu's bsd/sys/param.h.
const KERNEL_NAME_LENGTH = 16;
// No file system of a phone or computer holds deeper or longer paths; evidence may claim so.
const MAX_PATH_LENGTH = 4_096;
const MAX_PARTS = 256;
// Some thousand paths are published: with 65,536 slots few that are not listed are looked up in vain.
const FILTER_BITS = 16;
const FILTER_SIZE = 1 << FILTER_BITS;

// Folders every system has. Listed on their own they would fit every device, so they never match.
const COMMON_FOLDERS = new Set([
  '',
  '/private',
  '/private/var',
  '/private/var/db',
  '/private/var/mobile',
  '/private/var/root',
  '/private/var/tmp',
  '/private/tmp',
  '/private/etc',
  '/data',
  '/data/local',
  '/data/local/tmp',
  '/sdcard',
  '/system',
  '/usr',
  '/bin',
  '/Applications',
  '/Library',
]);

// iOS appends the UUID of the container to some paths (newer shutdown logs).
const FINAL_UUID = /\/[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;

// Where implants were staged (NSO's and QuaDream's paths): system processes do not live there.
const STAGING_FOLDERS = ['/private/var/db/', '/private/var/tmp/', '/private/tmp/'];
const STAGING_NAME = 'roleaccountd.staging';

/** True for a path at a place where programs have no business and published implants were found. */
export function isStagingPath(path: string): boolean {
  return isStaged(canonicalPath(path));
}

/** True for a path in the folder that NSO's and QuaDream's implants were started from; nothing else lies there. */
export function isImplantFolder(path: string): boolean {
  return /roleaccountd\.staging/.test(path);
}

function isStaged(path: string): boolean {
  // Asked for every path of a backup: plain comparisons, of which the first says no to most.
  return (
    (path.startsWith('/private/') && STAGING_FOLDERS.some((folder) => path.startsWith(folder))) ||
    path.includes(STAGING_NAME)
  );
}

/** Processes, paths, names of files and app ids, which occur inside each other's values. */
export interface PathIndex {
  add(indicator: Indicator): void;
  matchProcess(value: string, found: IndicatorMatch[]): void;
  matchPath(value: string, found: IndicatorMatch[]): void;
  matchApp(value: string, found: IndicatorMatch[]): void;
}

export function createPathIndex(): PathIndex {
  const processes: Index = new Map();
  const truncatedProcesses: Index = new Map();
  const paths: Index = new Map();
  const fileNames: Index = new Map();
  const apps: Index = new Map();

  /**
   * Which slots the listed paths and file names fall into. A backup lists 300,000 paths with some eight folders each;
   * this tells by a few characters that none of them is listed, and nearly none is.
   */
  const mayBePath = new Uint8Array(FILTER_SIZE);
  const mayBeFileName = new Uint8Array(FILTER_SIZE);

  function addPath(value: string, indicator: Indicator): void {
    const path = canonicalPath(value);
    if (COMMON_FOLDERS.has(path)) return;
    addTo(paths, path, indicator);
    mayBePath[slotOf(path, 0, path.length)] = 1;
  }

  function addFileName(name: string, indicator: Indicator): void {
    addTo(fileNames, name, indicator);
    mayBeFileName[slotOf(name, 0, name.length)] = 1;
  }

  function matchPathOnly(value: string, found: IndicatorMatch[]): string {
    const path = withoutFinalUuid(canonicalPath(value));
    let nameStart = 0;
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      if (slash > 0 && mayBePath[slotOf(path, 0, slash)] === 1)
        collect(paths, path.slice(0, slash), 'below', found);
      nameStart = slash + 1;
    }
    const { length } = path;
    if (mayBeFileName[slotOf(path, nameStart, length)] === 1)
      collect(fileNames, path.slice(nameStart), 'exact', found);
    if (mayBePath[slotOf(path, 0, length)] === 1) collect(paths, path, 'exact', found);
    return path;
  }

  function matchParts(value: string, found: IndicatorMatch[]): void {
    const parts = value.split('/', MAX_PARTS);
    const how: MatchKind = parts.length === 1 ? 'exact' : 'component';
    const seen = new Set<string>();
    for (const part of parts) {
      if (part === '' || seen.has(part)) continue;
      seen.add(part);
      collect(processes, part, how, found);
      // An app id inside "process/bundle", or alone: usage rows name some apps by nothing else.
      if (apps.size > 0) collect(apps, part.toLowerCase(), how, found);
    }
    const first = parts[0] ?? '';
    if (first.length === KERNEL_NAME_LENGTH) collect(truncatedProcesses, first, 'truncated', found);
  }

  return {
    add(indicator) {
      const value = indicator.value.trim();
      if (value === '') return;
      if (indicator.type === 'process') {
        if (value.includes('/')) addPath(value, indicator);
        else addTo(processes, value, indicator);
        if (!value.includes('/') && value.length > KERNEL_NAME_LENGTH) {
          addTo(truncatedProcesses, value.slice(0, KERNEL_NAME_LENGTH), indicator);
        }
      } else if (indicator.type === 'app-id') addTo(apps, value.toLowerCase(), indicator);
      else if (/[/\\]/.test(value)) addPath(value, indicator);
      else addFileName(value, indicator);
    },

    matchProcess(value, found) {
      const name = value.slice(0, MAX_PATH_LENGTH).trim();
      if (name === '') return;
      matchParts(name, found);
      if (name.startsWith('/')) matchPathOnly(name, found);
    },

    matchPath(value, found) {
      if (value === '' || value.length > MAX_PATH_LENGTH) return;
      const path = matchPathOnly(value, found);
      // A published process name as a part of a path means something only where implants were staged: elsewhere short
      // names ("bh", "payload") are folders of many programs.
      if (processes.size > 0 && isStaged(path)) {
        for (const part of new Set(path.split('/', MAX_PARTS))) collect(processes, part, 'component', found);
      }
    },

    matchApp(value, found) {
      collect(apps, value.trim().toLowerCase(), 'exact', found);
    },
  };
}

/**
 * A path in its one form: "/" between parts, no doubled or final one, and the link names /var, /tmp and /etc of iOS and
 * macOS written as the folders they lead to. `~` in an iPhone's databases is the home of the only user.
 */
export function canonicalPath(text: string): string {
  let path = text.includes('\\') ? text.replaceAll('\\', '/') : text;
  if (path.includes('//')) path = path.replace(/\/{2,}/g, '/');
  if (path.endsWith('/')) path = path.slice(0, -1);
  if (path.startsWith('~/')) return `/private/var/mobile${path.slice(1)}`;
  if (path.startsWith('private/')) return `/${path}`;
  if (/^\/(?:var|tmp|etc)(?:\/|$)/.test(path)) return `/private${path}`;
  return path;
}

/** A slot of the filter for part of a text, from its length and four of its characters. */
function slotOf(text: string, start: number, end: number): number {
  const length = end - start;
  if (length === 0) return 0;
  const sum =
    Math.imul(length, 0x01_0003) +
    Math.imul(text.charCodeAt(end - 1), 0x1f) +
    Math.imul(text.charCodeAt(end - Math.min(2, length)), 0x3d_0f) +
    Math.imul(text.charCodeAt(end - Math.min(4, length)), 0x07_5b1d) +
    Math.imul(text.charCodeAt(start + (length >> 1)), 0x3a_de68b);
  return Math.imul(sum, 0x9e37_79b1) >>> (32 - FILTER_BITS);
}

function withoutFinalUuid(path: string): string {
  // 37 = the slash and a UUID.
  return path.length > 37 && path.charCodeAt(path.length - 37) === 47 ? path.replace(FINAL_UUID, '') : path;
}
