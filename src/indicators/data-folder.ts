import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Where Vigía keeps what belongs to the person and not to a case: the folder each system has for it, or the one named
 * in `VIGIA_DATA_DIR`. It is not created here.
 *
 * @example
 * dataFolder({ VIGIA_DATA_DIR: '/media/key/vigia' }, 'linux'); // '/media/key/vigia'
 */
export function dataFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const own = environment.VIGIA_DATA_DIR;
  if (own) return path.resolve(own);
  if (platform === 'win32') {
    return path.win32.join(environment.LOCALAPPDATA || path.win32.join(home, 'AppData', 'Local'), 'vigia');
  }
  if (platform === 'darwin') return path.posix.join(home, 'Library', 'Application Support', 'vigia');
  // XDG Base Directory Specification: a relative path in the variable is to be ignored.
  const shared = environment.XDG_DATA_HOME;
  const base = shared && path.posix.isAbsolute(shared) ? shared : path.posix.join(home, '.local', 'share');
  return path.posix.join(base, 'vigia');
}
