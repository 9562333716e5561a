import type { ReactNode } from 'react';
import classes from './badge.module.css';

/** A short word about a thing: state, TLP, counts. Neutral on purpose. */
export function Badge({ children }: { readonly children: ReactNode }) {
  return <span className={classes.badge}>{children}</span>;
}

/** A filter that is on; pressing it takes it away. */
export function Chip({
  children,
  label,
  onRemove,
}: {
  readonly children: ReactNode;
  readonly label: string;
  readonly onRemove: () => void;
}) {
  return (
    <button type="button" className={classes.chip} aria-label={label} onClick={onRemove}>
      {children} <span aria-hidden="true">✕</span>
    </button>
  );
}
