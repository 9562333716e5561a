import { visibleText } from '../../../src/core/language.js';
import { defangText } from '../../../src/records/defang-text.js';
import { defang } from '../../../src/records/refang.js';
import { useTexts } from '../texts/texts.js';
import { Button } from './button.js';
import classes from './evidence-text.module.css';
import { useUncovered } from './uncovered.js';

const LONGEST = 4_000;

/** Text of evidence: a text node with what is invisible made visible, links defanged. Never a link, an image or HTML. */
export function EvidenceText({ text, isMono = false }: { readonly text: string; readonly isMono?: boolean }) {
  const t = useTexts();
  const shown = text.length > LONGEST ? text.slice(0, LONGEST) : text;
  return (
    <bdi className={isMono ? `v-mono ${classes.text}` : classes.text}>
      {visibleText(defangText(shown))}
      {shown.length < text.length ? (
        <span> … {t('evidence.cut', { shown: shown.length, length: text.length })}</span>
      ) : null}
    </bdi>
  );
}

/** Types of indicators and traces whose values programs make links of. */
const LINK_TYPE = /domain|host|url|ipv|cidr|address|email|sender/;

/** The value of an indicator or a trace: a host or an address is disarmed even without a scheme before it. */
export function ValueText({ type, value }: { readonly type: string; readonly value: string }) {
  return <EvidenceText isMono text={LINK_TYPE.test(type) ? defang(value) : value} />;
}

/** The same as {@link EvidenceText}, not on the page at all until uncovered, one by one; covered again when the page is left. */
export function CoveredText({ text, what }: { readonly text: string; readonly what: string }) {
  const t = useTexts();
  const { isUncovered, uncover, isCovering } = useUncovered();
  if (!isCovering || isUncovered) return <EvidenceText text={text} />;
  const words = text.trim() === '' ? 0 : text.trim().split(/\s+/).length;
  return (
    <span className={classes.covered}>
      {t('evidence.covered', { what, words })}{' '}
      <Button size="small" look="quiet" onClick={uncover}>
        {t('evidence.uncover')}
      </Button>
    </span>
  );
}
