import { Link } from '@tanstack/react-router';
import classes from './case-mark.module.css';

const PATTERNS = 6;

/** Code and pseudonym of the open case, with a pattern of its own: two windows with two cases are told apart at a glance. */
export function CaseMark({ code, person }: { readonly code: string; readonly person: string }) {
  const pattern = [...code].reduce((sum, character) => sum + (character.codePointAt(0) ?? 0), 0) % PATTERNS;
  return (
    <Link to="/cases/$code" params={{ code }} className={classes.mark}>
      <span className={classes.pattern} data-pattern={pattern} aria-hidden="true" />
      <span>{person === '' ? code : `${code} · ${person}`}</span>
    </Link>
  );
}
