import picomatch from 'picomatch';

/** The part of globs that SQL can decide, so that one pass over `Files` gives few candidates. */
export interface ManifestQuery {
  /** A condition over `domain` and `relativePath`; true for every row that may fit, and for some that do not. */
  readonly condition: string;
  readonly parameters: readonly string[];
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
  const conditions: string[] = [];
  const parameters: string[] = [];
  for (const glob of globs) {
    const narrowed = globs.length > MAX_NARROWED_GLOBS ? null : narrow(glob);
    if (narrowed === null) return { condition: '1', parameters: [], fits };
    conditions.push(narrowed.condition);
    parameters.push(...narrowed.parameters);
  }
  return { condition: conditions.join(' OR ') || '0', parameters, fits };
}

function narrow(glob: string): { condition: string; parameters: string[] } | null {
  // Braces, groups, classes, escapes and negation may hold or hide a "/": left to picomatch.
  if (/[[\]{}()!\\+@]/.test(glob)) return null;
  const [domain = '', ...rest] = glob.split('/');
  const conditions: string[] = [];
  const parameters: string[] = [];
  if (!domain.includes('**')) {
    const literal = domain.replace(/[*?].*$/, '');
    if (literal === domain) {
      conditions.push('domain = ?');
      parameters.push(domain);
    } else if (literal !== '') {
      conditions.push('substr(domain, 1, length(?)) = ?');
      parameters.push(literal, literal);
    }
    const path = rest.join('/');
    if (!/[*?]/.test(path)) {
      conditions.push('relativePath = ?');
      parameters.push(path);
      return { condition: `(${conditions.join(' AND ')})`, parameters };
    }
  }
  const last = rest.at(-1) ?? '';
  const ending = last.replace(/^.*[*?]/, '');
  if (ending !== '') {
    conditions.push('substr(relativePath, -length(?)) = ?');
    parameters.push(ending, ending);
  }
  return conditions.length === 0 ? null : { condition: `(${conditions.join(' AND ')})`, parameters };
}
