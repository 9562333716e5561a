import picomatch from 'picomatch';

/** The part of globs that SQL can decide, so that one pass over `Files` gives few candidates. */
export interface ManifestQuery {
  /** A condition over `domain` and `relativePath`; true for every row that may fit, and for some that do not. */
  readonly condition: string;
  readonly parameters: readonly string[];
  /** True when the indexes of `Files` find the rows; else the whole table has to be walked. */
  readonly indexed: boolean;
  /** The exact answer, for `domain/relativePath`. */
  fits(path: string): boolean;
}

// SQLite allows 32,766 parameters; beyond this many globs narrowing down would cost more than it saves.
const MAX_NARROWED_GLOBS = 200;

/** Whether a path has to be searched for, or can be looked up as it is. */
export function isGlob(path: string): boolean {
  return picomatch.scan(path).isGlob || /[*?[\]{}()!\\]/.test(path);
}

export function compileGlobs(globs: readonly string[]): ManifestQuery {
  const fits = picomatch([...globs], { dot: true });
  const narrowed: Narrowed[] = [];
  for (const glob of globs) {
    const one = globs.length > MAX_NARROWED_GLOBS ? null : narrow(glob);
    if (one === null) return { condition: '1', parameters: [], indexed: false, fits };
    narrowed.push(one);
  }
  return {
    condition: narrowed.map((one) => one.condition).join(' OR ') || '0',
    parameters: narrowed.flatMap((one) => one.parameters),
    indexed: narrowed.every((one) => one.indexed),
    fits,
  };
}

interface Narrowed {
  readonly condition: string;
  readonly parameters: readonly string[];
  readonly indexed: boolean;
}

function narrow(glob: string): Narrowed | null {
  // Braces, groups, classes, escapes and negation may hold or hide a "/": left to picomatch.
  if (/[[\]{}()!\\+@]/.test(glob)) return null;
  const [domain = '', ...rest] = glob.split('/');
  const conditions: string[] = [];
  const parameters: string[] = [];
  let indexed = false;
  const need = (condition: string, ...values: string[]): void => {
    conditions.push(condition);
    parameters.push(...values);
  };
  // "**" as the first part may stand for the domain and folders below it, or for nothing.
  if (!domain.includes('**')) {
    const start = domain.replace(/[*?].*$/, '');
    if (start === domain) need('domain = ?', domain);
    else if (start !== '') need('domain >= ? AND domain < ?', start, afterPrefix(start));
    const path = rest.join('/');
    const folder = path.replace(/[*?].*$/, '');
    if (folder === path) need('relativePath = ?', path);
    else if (folder !== '') need('relativePath >= ? AND relativePath < ?', folder, afterPrefix(folder));
    indexed = folder !== '' || start !== '';
    if (folder === path) return { condition: `(${conditions.join(' AND ')})`, parameters, indexed };
  }
  const ending = (rest.at(-1) ?? '').replace(/^.*[*?]/, '');
  if (ending !== '') need('substr(relativePath, -length(?)) = ?', ending, ending);
  return conditions.length === 0 ? null : { condition: `(${conditions.join(' AND ')})`, parameters, indexed };
}

/** The first text after all that begin with this prefix: SQLite compares texts byte by byte. */
function afterPrefix(prefix: string): string {
  // U+10FFFF is the highest code point, and no path holds it: it is not a character.
  return `${prefix}\u{10ffff}`;
}
