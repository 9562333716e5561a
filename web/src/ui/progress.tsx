import classes from './progress.module.css';

/** How far something is; `share` 0..1, or null while it cannot be known. */
export function Progress({ label, share }: { readonly label: string; readonly share: number | null }) {
  const percent = share === null ? undefined : Math.round(share * 100);
  return (
    <div
      className={classes.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div
        className={share === null ? `${classes.bar} ${classes.unknown}` : classes.bar}
        style={share === null ? undefined : { width: `${percent}%` }}
      />
    </div>
  );
}
