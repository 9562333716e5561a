import type { Detector, FindingDraft, Pointer } from '../../../../core/contracts.js';
import { canonicalPath } from '../../../../indicators/matcher-paths.js';
import type { Permission } from '../../../../records/kinds/permission.js';
import type { ProcessUsage } from '../../../../records/kinds/process-usage.js';
import { earliest, pointersOf, Sightings, shown, yesNo } from '../../sightings.js';

interface Sighting {
  readonly at: string | null;
  readonly source: Pointer;
  readonly kind: 'permission' | 'process-usage';
  readonly path: string;
}

// Folder of a system service in which published samples of Pegasus (Amnesty International, 2021) and of QuaDream's tool
// (Citizen Lab, 2023) kept their programs.
const STAGING_FOLDER = '/private/var/db/com.apple.xpc.roleaccountd.staging/';

// Apple's own update of the system runs from a bundle in that folder for a while (github.com/MacPaw/binaries-issues #5).
const UPDATER =
  /\/[^/]*\.xpc\/(?:[^/]+\/){0,2}com\.apple\.(?:MobileSoftwareUpdate|NRD)\.(?:UpdateBrain|CleanupPreparePath)Service$/;

// Folders for data, from which programs do not run: the rule of Kaspersky's iShutdown for what it finds at shutdown.
const DATA_FOLDERS = ['/private/var/db/', '/private/var/tmp/', '/private/tmp/', '/private/var/root/'];

/**
 * A program that used the network or holds a permission lies in a folder where programs have no place.
 * Shows that a path was recorded. Does not show what the program did, nor that it is still there.
 */
export const detector: Detector<Permission | ProcessUsage> = {
  id: 'ios/odd-process-path',
  version: 1,
  watches: ['process-usage', 'permission'],
  references: [
    'https://www.amnesty.org/en/latest/research/2021/07/forensic-methodology-report-how-to-catch-nso-groups-pegasus/',
    'https://citizenlab.ca/2023/04/spyware-vendor-quadream-exploits-victims-customers/',
    'https://github.com/KasperskyLab/iShutdown',
    'https://github.com/MacPaw/binaries-issues/issues/5',
  ],

  start() {
    const sightings = new Sightings<Sighting>();
    return {
      see(record) {
        const { at, source, kind } = record;
        const names = kind === 'permission' ? [record.client] : [record.processName, record.bundleId];
        for (const name of names) {
          if (!name?.startsWith('/')) continue;
          // One spelling for all: /var is /private/var.
          const path = canonicalPath(name);
          if (isOdd(path)) sightings.add({ at, source, kind, path }, path);
        }
      },
      end: () => sightings.groups().map(findingOf),
    };
  },
};

function isOdd(path: string): boolean {
  return DATA_FOLDERS.some((folder) => path.startsWith(folder));
}

function findingOf(sightings: readonly Sighting[]): FindingDraft {
  const path = sightings[0]?.path ?? '';
  const base = {
    values: {
      path: shown(path),
      network: yesNo(sightings.some(({ kind }) => kind === 'process-usage')),
      permissions: pointersOf(sightings.filter(({ kind }) => kind === 'permission')).length,
    },
    at: earliest(sightings.map(({ at }) => at)),
    evidence: pointersOf(sightings),
  };
  if (!path.startsWith(STAGING_FOLDER))
    return { ...base, severity: 'high', confidence: 'medium', shows: 'oddity' };
  return UPDATER.test(path)
    ? { ...base, severity: 'low', confidence: 'low', shows: 'advice', variant: 'updater' }
    : { ...base, severity: 'high', confidence: 'medium', shows: 'oddity', variant: 'staging' };
}
