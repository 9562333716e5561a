/** Folders and files of this computer for choosing evidence where it lies: home and mounted media, links not followed. */
import { type Dirent, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { PathListing } from '../api/api.js';
import { ApiProblem } from '../api-problem.js';

const MAX_ENTRIES = 2_000;

export interface PathBrowserOptions {
  readonly home?: string;
  /** Folders whose subfolders are mounted media. */
  readonly mediaFolders?: readonly string[];
}

export class PathBrowser {
  readonly #home: string;
  readonly #mediaFolders: readonly string[];

  constructor({ home = homedir(), mediaFolders = defaultMediaFolders() }: PathBrowserOptions = {}) {
    this.#home = real(home) ?? resolve(home);
    this.#mediaFolders = mediaFolders;
  }

  /** @param under - empty: where choosing begins. @throws ApiProblem 403 path-outside, path-no-permission; 404 no-such-path */
  async list(under: string): Promise<PathListing> {
    if (under === '') return this.#start();
    const path = await this.allowed(under);
    const names = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      throw pathProblem(error);
    });
    const shown = names
      .filter((entry) => (entry.isDirectory() || entry.isFile()) && !entry.isSymbolicLink())
      .sort(foldersFirst);
    const entries: PathListing['entries'][number][] = [];
    for (const entry of shown.slice(0, MAX_ENTRIES)) {
      const own = join(path, entry.name);
      const size = entry.isFile()
        ? await lstat(own).then(
            ({ size: bytes }) => bytes,
            () => null,
          )
        : null;
      entries.push({ name: entry.name, path: own, isFolder: entry.isDirectory(), sizeBytes: size });
    }
    const isRoot = this.#roots().includes(path);
    return { path, parent: isRoot ? '' : dirname(path), entries, isCut: shown.length > MAX_ENTRIES };
  }

  /**
   * A path that may be read, as it really is.
   *
   * @throws ApiProblem 403 path-outside when it or a folder above it is a link, or when it lies elsewhere; 404 no-such-path
   */
  async allowed(path: string): Promise<string> {
    if (!isAbsolute(path) || path.includes('\0')) throw new ApiProblem(403, 'path-outside');
    const wanted = resolve(path);
    const root = this.#roots().find((own) => isWithin(own, wanted));
    if (root === undefined) throw new ApiProblem(403, 'path-outside');
    const found = await realpath(wanted).catch((error: unknown) => {
      throw pathProblem(error);
    });
    // A link anywhere on the way makes the real path another one. Letters differ in case where the file system does not care.
    if (found !== wanted && found.toLowerCase() !== wanted.toLowerCase())
      throw new ApiProblem(403, 'path-outside');
    return found;
  }

  #start(): PathListing {
    const entries = this.#roots().map((path) => ({ name: path, path, isFolder: true, sizeBytes: null }));
    return { path: '', parent: null, entries, isCut: false };
  }

  #roots(): string[] {
    const media = this.#mediaFolders.flatMap((folder) =>
      subfolders(folder).map((name) => join(folder, name)),
    );
    const drives = process.platform === 'win32' ? windowsDrives() : [];
    return [...new Set([this.#home, ...media, ...drives])];
  }
}

function foldersFirst(a: Dirent, b: Dirent): number {
  const folders = Number(b.isDirectory()) - Number(a.isDirectory());
  return folders !== 0 ? folders : a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way));
}

/** Where systems mount what is plugged in: /media/USER (Debian), /run/media/USER (Fedora, Arch), /mnt, /Volumes (macOS). */
function defaultMediaFolders(): string[] {
  if (process.platform === 'win32') return [];
  if (process.platform === 'darwin') return ['/Volumes'];
  let user = '';
  try {
    user = userInfo().username;
  } catch {
    // A user without an entry in the system's list.
  }
  return user === '' ? ['/mnt'] : [`/media/${user}`, `/run/media/${user}`, '/mnt'];
}

/** All drives but that of the system, which is reached by the home folder. */
function windowsDrives(): string[] {
  const own = (process.env.SystemDrive ?? 'C:').toUpperCase();
  return [...'DEFGHIJKLMNOPQRSTUVWXYZ']
    .map((letter) => `${letter}:`)
    .flatMap((drive) => {
      if (drive === own) return [];
      return real(`${drive}\\`) === null ? [] : [`${drive}\\`];
    });
}

function subfolders(folder: string): string[] {
  try {
    if (lstatSync(folder).isSymbolicLink()) return [];
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}

function real(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

function pathProblem(error: unknown): ApiProblem {
  const name = error instanceof Error && 'code' in error ? error.code : '';
  if (name === 'EACCES' || name === 'EPERM') return new ApiProblem(403, 'path-no-permission');
  return new ApiProblem(404, 'no-such-path');
}
