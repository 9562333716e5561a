import type { Confidence, Severity } from '../../../src/core/contracts.js';
import { useTexts } from '../texts/texts.js';
import classes from './severity.module.css';

/** Shape and word carry the severity; the colour repeats them (web.md 4.3). */
export function SeverityMark({ severity }: { readonly severity: Severity }) {
  const t = useTexts();
  return (
    <span className={`${classes.mark} ${classes[severity]}`}>
      <SeverityShape severity={severity} />
      {t(`severity.${severity}`)}
    </span>
  );
}

export function SeverityShape({ severity }: { readonly severity: Severity }) {
  const shapes: Readonly<Record<Severity, React.ReactNode>> = {
    critical: <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor" />,
    high: <path d="M8 1l7 13H1z" fill="currentColor" />,
    medium: (
      <>
        <path d="M8 1l7 7-7 7-7-7z" fill="none" stroke="currentColor" strokeWidth="1.8" />
        <path d="M8 1v14l-7-7z" fill="currentColor" />
      </>
    ),
    low: <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="2" />,
    info: <path d="M2 2h12v12H2z" fill="none" stroke="currentColor" strokeWidth="2" />,
  };
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" className={classes[severity]}>
      {shapes[severity]}
    </svg>
  );
}

/** Three bars and the word: how sure, apart from how grave. */
export function ConfidenceMark({ confidence }: { readonly confidence: Confidence }) {
  const t = useTexts();
  const filled = { low: 1, medium: 2, high: 3 }[confidence];
  return (
    <span className={classes.confidence}>
      <svg viewBox="0 0 16 12" width="16" height="12" aria-hidden="true">
        {[0, 1, 2].map((bar) => (
          <rect
            key={bar}
            x={bar * 6}
            y={8 - bar * 4}
            width="4"
            height={4 + bar * 4}
            fill={bar < filled ? 'currentColor' : 'none'}
            stroke="currentColor"
          />
        ))}
      </svg>
      {t(`confidence.${confidence}`)}
    </span>
  );
}
