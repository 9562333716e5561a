import type { EventRow } from '../../../api/paths.js';
import { useSettings } from '../../../shell/session.js';
import { useTexts } from '../../../texts/texts.js';
import { EvidenceText } from '../../../ui/evidence-text.js';

/** What people wrote to each other, or about each other. */
const PRIVATE_KINDS: ReadonlySet<string> = new Set([
  'attachment',
  'calendar-event',
  'chat',
  'contact',
  'message',
]);
const ROW_CHARACTERS = 300;

export function isPrivate({ kind }: EventRow): boolean {
  return PRIVATE_KINDS.has(kind);
}

/** The beginning of what a row says; covered, only how long it is. */
export function RowText({ row }: { readonly row: EventRow }) {
  const t = useTexts();
  const { coverContent } = useSettings();
  if (coverContent && isPrivate(row)) {
    const words = row.text.trim() === '' ? 0 : row.text.trim().split(/\s+/).length;
    return <span>{t('timeline.covered', { words })}</span>;
  }
  return <EvidenceText text={row.text.slice(0, ROW_CHARACTERS)} />;
}
