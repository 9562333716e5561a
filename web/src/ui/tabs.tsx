import { Link, type LinkProps } from '@tanstack/react-router';
import classes from './tabs.module.css';

export interface Tab {
  readonly id: string;
  readonly name: string;
  readonly to: LinkProps;
}

/** Pages that belong together. Each is an address, so that Back works; the present one is marked. */
export function Tabs({
  label,
  tabs,
  current,
}: {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly current: string;
}) {
  return (
    <nav aria-label={label} className={classes.tabs}>
      {tabs.map(({ id, name, to }) => (
        <Link key={id} {...to} className={classes.tab} aria-current={id === current ? 'page' : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
