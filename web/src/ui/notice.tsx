import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './notice.module.css';

/** Something to know before going on. `partial` for what is missing; never red: that is for what evidence shows. */
export function Notice({
  kind = 'info',
  title,
  children,
  actions,
  isAnnounced = false,
}: {
  readonly kind?: 'info' | 'partial' | 'problem';
  readonly title?: string;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
  readonly isAnnounced?: boolean;
}) {
  const Icon = kind === 'info' ? IconInfoCircle : IconAlertTriangle;
  return (
    <div className={`${classes.notice} ${classes[kind]}`} role={isAnnounced ? 'alert' : undefined}>
      <Icon aria-hidden size={22} />
      <div>
        {title ? <strong>{title}</strong> : null}
        <div>{children}</div>
        {actions ? <div className={classes.actions}>{actions}</div> : null}
      </div>
    </div>
  );
}
